use super::*;
use crate::actions::contact;
use crate::db::audit::chain_hash;
use crate::domain::answer_rule::due;
use crate::domain::assignment::{AssignmentState, OfferOutcome};
use crate::domain::calendar::beijing_clock;
use crate::domain::contact::{Email, Phone};
use crate::domain::need::{NeedState, SeatState, state_from_seats};
use crate::domain::standing::Standing;
use crate::domain::task::TaskKind;
use crate::domain::uscc::Uscc;
use crate::ids::{AssignmentId, ExpertId, NeedId, SeatId};
use std::collections::{HashMap, HashSet};

/// A Sunday, a Wednesday morning, the middle of the Spring Festival, and a Monday at ten.
const STARTS: [&str; 4] =
    ["2026-11-22T06:00:00Z", "2026-06-10T02:30:00Z", "2026-02-19T04:00:00Z", "2026-11-23T02:00:00Z"];

fn keys() -> Keyring {
    Keyring::new([(1, [7; 32])].into()).expect("keys")
}

fn rows(size: Size, seed: u64, start: &str) -> (Rows, Built) {
    let corpus = Corpus::read().expect("the corpus");
    let plan = Plan {
        corpus: &corpus,
        size,
        seed,
        start: start.parse().expect("an instant"),
        password: "zhipai-demo-2026",
        password_hash: "x".to_owned(),
        keys: keys(),
    };
    let mut all = Rows::default();
    let built = build(&plan, &mut |more: Rows| {
        gather(&mut all, more);
        Ok(())
    });
    (all, built.expect("builds"))
}

fn gather(all: &mut Rows, mut more: Rows) {
    macro_rules! append { ($($field:ident),+) => { $( all.$field.append(&mut more.$field); )+ } }
    append!(
        regions,
        days,
        stations,
        accounts,
        tokens,
        experts,
        contacts,
        restated_experts,
        qualifications,
        leaves,
        enterprises,
        needs,
        seats,
        reserves,
        assignments,
        reminders,
        feedback,
        ratings,
        closures,
        incidents,
        cases,
        statements,
        standing,
        tasks,
        outbox,
        facts,
        fact_services,
        audit
    );
    for row in all.restated_experts.drain(..) {
        for known in all.experts.iter_mut().filter(|known| known.id == row.id) {
            *known = row.clone();
        }
    }
}

fn fingerprint(rows: &Rows) -> String {
    crate::seal::fingerprint(format!("{rows:?}").as_bytes())
}

#[test]
fn the_same_seed_gives_the_same_city_and_another_seed_another() {
    let one = fingerprint(&rows(Size::Small, 7, STARTS[0]).0);
    assert_eq!(one, fingerprint(&rows(Size::Small, 7, STARTS[0]).0));
    assert_ne!(one, fingerprint(&rows(Size::Small, 8, STARTS[0]).0));
}

#[test]
fn the_small_city_holds_at_every_start() {
    for start in STARTS {
        for seed in [1, 2, 3] {
            let (rows, built) = rows(Size::Small, seed, start);
            assert_eq!((rows.stations.len(), rows.experts.len(), rows.needs.len()), (10, 60, 300), "{start} {seed}");
            let start = start.parse().expect("an instant");
            people_hold(&rows, &built);
            needs_hold(&rows, start);
            offers_hold(&rows, start);
            caps_hold(&rows);
            figures_hold(&rows);
            trails_hold(&rows);
        }
    }
}

#[test]
fn the_city_holds() {
    let start = STARTS[1];
    let (rows, built) = rows(Size::City, 1, start);
    assert_eq!((rows.stations.len(), rows.experts.len(), rows.needs.len()), (120, 600, 6_000));
    let start = start.parse().expect("an instant");
    people_hold(&rows, &built);
    needs_hold(&rows, start);
    offers_hold(&rows, start);
    caps_hold(&rows);
    figures_hold(&rows);
    trails_hold(&rows);
    let regions: HashSet<&str> = rows.stations.iter().map(|station| station.region.as_str()).collect();
    assert_eq!(regions.len(), 17);
    let on_time = rows.facts.iter().filter(|fact| fact.outcome == OfferOutcome::OnTime).count();
    let late =
        rows.facts.iter().filter(|fact| matches!(fact.outcome, OfferOutcome::Late | OfferOutcome::Lapsed)).count();
    assert!(on_time * 100 / (on_time + late) >= 80 && late > 100, "{on_time} {late}");
}

fn people_hold(rows: &Rows, built: &Built) {
    let keys = keys();
    let reached: Vec<_> = rows.contacts.iter().map(|row| contact::opened(&keys, row)).collect();
    assert_eq!(reached.len(), rows.experts.len());
    for (row, reached) in rows.experts.iter().zip(&reached) {
        assert_eq!(
            Some(&row.email_mark),
            reached.email.as_ref().map(|email| contact::email_mark(&keys, email)).as_ref()
        );
    }
    let addresses = rows.accounts.iter().map(|row| row.email.clone());
    let addresses = addresses.chain(reached.iter().map(|reached| reached.email.clone().expect("an address")));
    let contacts: Vec<String> = rows.needs.iter().filter_map(|row| contact::of_need(&keys, row).email).collect();
    assert!(contacts.len() > rows.needs.len() / 2);
    let mut seen = HashSet::new();
    for address in addresses {
        assert!(seen.insert(address.clone()), "{address} twice");
        assert!(address.ends_with(".example") && address.parse::<Email>().is_ok(), "{address}");
    }
    for address in contacts {
        assert!(address.ends_with(".example") && address.parse::<Email>().is_ok(), "{address}");
    }
    for phone in
        reached.iter().filter_map(|reached| reached.phone.as_ref()).chain(rows.stations.iter().map(|row| &row.phone))
    {
        assert_eq!(phone.parse::<Phone>().map(|parsed| parsed.as_str().to_owned()).as_ref(), Ok(phone));
    }
    let mut codes = HashSet::new();
    for code in rows.enterprises.iter().filter_map(|row| row.uscc.as_ref()) {
        assert!(code.parse::<Uscc>().is_ok() && codes.insert(code.clone()), "{code}");
    }
    let keys: HashSet<&str> = rows.enterprises.iter().map(|row| row.name_key.as_str()).collect();
    assert_eq!(keys.len(), rows.enterprises.len());
    for standing in Standing::ALL {
        assert!(rows.experts.iter().any(|row| row.standing == *standing), "nobody is {standing}");
    }
    for station in &rows.stations {
        let heads = rows.accounts.iter().filter(|account| account.station == Some(station.id) && account.head).count();
        assert_eq!(heads, 1, "{}", station.name);
    }
    let roles = |role: &str| built.accounts.iter().filter(|account| account.role == role).count();
    assert!(roles("liaison") >= 2 && roles("manager") >= 2 && roles("admin") == 1 && roles("auditor") == 1);
    for account in &built.accounts {
        let hash = crate::seal::fingerprint(account.token.as_bytes());
        assert!(rows.tokens.iter().any(|token| token.hash == hash), "{}", account.email);
    }
}

fn needs_hold(rows: &Rows, start: DateTime<Utc>) {
    let mut seats: HashMap<NeedId, Vec<SeatState>> = HashMap::new();
    for seat in &rows.seats {
        seats.entry(seat.need).or_default().push(seat.state);
    }
    let asked: HashSet<NeedId> = rows.assignments.iter().map(|row| row.need).collect();
    let closed: HashSet<NeedId> = rows.closures.iter().map(|row| row.need).collect();
    let stations: HashMap<_, _> = rows.accounts.iter().map(|row| (row.id, row.station)).collect();
    for need in &rows.needs {
        assert!(need.created_at < start.naive_utc());
        assert_eq!(stations.get(&need.owner).copied().flatten(), Some(need.station), "{}", need.number);
        assert_eq!(closed.contains(&need.id), !need.state.is_open(), "{}", need.number);
        if need.state.is_open() {
            let seats = seats.get(&need.id).expect("seats");
            assert_eq!(need.state, state_from_seats(seats, asked.contains(&need.id)), "{} {seats:?}", need.number);
        }
    }
    let mut newest: Vec<_> = rows.needs.iter().collect();
    newest.sort_by_key(|need| std::cmp::Reverse(need.created_at));
    let titles: HashSet<&str> = newest.iter().take(200).map(|need| need.title.as_str()).collect();
    let descriptions: HashSet<&str> = newest.iter().take(200).map(|need| need.description.as_str()).collect();
    assert_eq!((titles.len(), descriptions.len()), (200, 200));
    for state in NeedState::ALL {
        assert!(rows.needs.iter().any(|need| need.state == *state), "no need is {state}");
    }
    let kinds = [
        TaskKind::Unanswered,
        TaskKind::Undelivered,
        TaskKind::ReplyQuestion,
        TaskKind::CloseNeed,
        TaskKind::FeedbackOverdue,
        TaskKind::AdmonitionProposed,
        TaskKind::DecideCase,
    ];
    for kind in kinds {
        assert!(rows.tasks.iter().any(|task| task.kind == kind && task.done_at.is_none()), "no task {kind}");
    }
}

fn offers_hold(rows: &Rows, start: DateTime<Utc>) {
    let calendar = shipped_calendar(&calendar_days().expect("days")).expect("a calendar");
    let seats: HashMap<SeatId, SeatState> = rows.seats.iter().map(|seat| (seat.id, seat.state)).collect();
    let (mut open, mut taken): (HashSet<SeatId>, HashSet<SeatId>) = (HashSet::new(), HashSet::new());
    let letters: HashMap<AssignmentId, &str> = rows
        .outbox
        .iter()
        .filter(|row| row.dedup_key.starts_with("offer:"))
        .filter_map(|row| Some((row.assignment?, row.state.as_str())))
        .collect();
    let mut running = 0;
    for row in &rows.assignments {
        match row.state {
            AssignmentState::Offered => {
                assert!(open.insert(row.seat), "two offers of one seat: {}", row.number);
                assert_eq!(seats.get(&row.seat), Some(&SeatState::Offered));
                assert!(
                    row.next_due_at.is_some_and(|due| due >= start.naive_utc()),
                    "{} {:?}",
                    row.number,
                    row.next_due_at
                );
                let state = letters.get(&row.id).copied();
                assert_eq!(
                    state,
                    Some(if row.notified_at.is_some() { "accepted" } else { "queued" }),
                    "{}",
                    row.number
                );
                running += usize::from(row.notified_at.is_some());
            }
            AssignmentState::Accepted => {
                assert!(taken.insert(row.seat), "two takers of one seat: {}", row.number);
                assert_eq!(seats.get(&row.seat), Some(&SeatState::Taken));
                assert!(
                    row.next_due_at.is_some_and(|due| due >= start.naive_utc()),
                    "{} {:?}",
                    row.number,
                    row.next_due_at
                );
            }
            AssignmentState::Done => assert!(taken.insert(row.seat), "two takers of one seat: {}", row.number),
            _ => assert_eq!(row.next_due_at, None, "{}", row.number),
        }
        let Some(notified_at) = row.notified_at else { continue };
        assert!(notified_at < start.naive_utc());
        let counted = due(row.rule, None, notified_at.and_utc(), &calendar);
        assert_eq!(row.day_count.get(), counted.count, "{}", row.number);
        let due_at = row.answer_due_at.expect("due").and_utc();
        assert!(
            if row.replied_at.is_some() { due_at >= counted.due_at } else { due_at == counted.due_at },
            "{}",
            row.number
        );
        assert_eq!(row.provisional, counted.provisional);
        let Some(answered_at) = row.answered_at else { continue };
        assert!(answered_at < start.naive_utc() && answered_at >= notified_at);
        let hour = beijing_clock(answered_at.and_utc()).format("%H").to_string();
        assert!(("07"..="23").contains(&hour.as_str()), "{} answered at {hour}", row.number);
    }
    assert!(running >= 2, "{running} clocks run");
    for row in &rows.reminders {
        assert!(row.sent_at.is_none_or(|sent| sent >= row.due_at));
        assert!(row.sent_at.is_some() || row.cancelled_at.is_some() || row.due_at >= start.naive_utc());
    }
    for row in &rows.outbox {
        assert!(row.state != "queued" || row.accepted_at.is_none() && row.attempts == 0, "{}", row.dedup_key);
        assert!(row.accepted_at.is_none_or(|at| at <= start.naive_utc()), "{}", row.dedup_key);
    }
    let keys: HashSet<&str> = rows.outbox.iter().map(|row| row.dedup_key.as_str()).collect();
    assert_eq!(keys.len(), rows.outbox.len());
    let numbers: HashSet<&str> = rows.assignments.iter().map(|row| row.number.as_str()).collect();
    assert_eq!(numbers.len(), rows.assignments.len());
}

/// At no moment has anybody more offers open, or in a month more offers, than they may have.
fn caps_hold(rows: &Rows) {
    let caps: HashMap<ExpertId, (i32, i32)> =
        rows.experts.iter().map(|row| (row.id, (row.open_cap, row.monthly_cap))).collect();
    let mut by_month: HashMap<(ExpertId, String), i32> = HashMap::new();
    let mut moments: HashMap<ExpertId, Vec<(chrono::NaiveDateTime, i32)>> = HashMap::new();
    for row in &rows.assignments {
        let month = beijing_clock(row.created_at.and_utc()).format("%Y-%m").to_string();
        if !matches!(row.state, AssignmentState::Void | AssignmentState::Undelivered) {
            *by_month.entry((row.expert, month)).or_default() += 1;
        }
        let seen = moments.entry(row.expert).or_default();
        seen.push((row.created_at, 1));
        let lapse = row.late.then_some(row.answer_due_at).flatten();
        let accepted =
            matches!(row.state, AssignmentState::Accepted | AssignmentState::Done | AssignmentState::Released);
        // A first answer that was a question did not end the offer: the reply at the earliest did.
        let said_yes = if row.asked_at.is_some() { row.replied_at } else { row.answered_at };
        if let Some(ended) = lapse.or(if accepted { said_yes } else { row.ended_at }) {
            seen.push((ended, -1));
        }
    }
    for ((expert, month), count) in by_month {
        assert!(count <= caps.get(&expert).expect("known").1, "{expert} had {count} offers in {month}");
    }
    for (expert, mut seen) in moments {
        seen.sort_unstable();
        let mut open = 0;
        for (at, change) in seen {
            open += change;
            assert!(open <= caps.get(&expert).expect("known").0, "{expert} had {open} offers open at {at}");
        }
    }
}

fn figures_hold(rows: &Rows) {
    let facts: HashMap<AssignmentId, OfferOutcome> =
        rows.facts.iter().map(|fact| (fact.assignment, fact.outcome)).collect();
    assert_eq!(facts.len(), rows.facts.len());
    for row in &rows.assignments {
        let expected: &[Option<OfferOutcome>] = match row.state {
            AssignmentState::Offered if row.first_answer.is_some() => &[Some(OfferOutcome::OnTime)],
            AssignmentState::Offered => &[None],
            AssignmentState::Lapsed if row.first_answer.is_some() => &[Some(OfferOutcome::OnTime)],
            AssignmentState::Lapsed => &[Some(OfferOutcome::Lapsed)],
            AssignmentState::Undelivered => &[Some(OfferOutcome::Undelivered)],
            AssignmentState::Void if row.first_answer.is_none() => &[Some(OfferOutcome::Void)],
            _ if row.late => &[Some(OfferOutcome::Late)],
            _ => &[Some(OfferOutcome::OnTime)],
        };
        assert!(
            expected.contains(&facts.get(&row.id).copied()),
            "{} {} {:?}",
            row.number,
            row.state,
            facts.get(&row.id)
        );
    }
    let served: HashSet<AssignmentId> = rows.fact_services.iter().map(|(id, _)| *id).collect();
    assert_eq!(served.len(), rows.facts.len());
    let done = rows.assignments.iter().filter(|row| row.state == AssignmentState::Done).count();
    assert_eq!(done, rows.feedback.len());
}

fn trails_hold(rows: &Rows) {
    let mut last: HashMap<&str, (i32, &str, chrono::NaiveDateTime)> = HashMap::new();
    for row in &rows.audit {
        let (step, previous, at) =
            last.get(row.subject.as_str()).copied().unwrap_or((0, "", chrono::NaiveDateTime::MIN));
        assert_eq!((row.step, row.previous.as_str()), (step + 1, previous), "{}", row.subject);
        assert!(row.at >= at, "{} {} went back in time", row.subject, row.event);
        assert_eq!(row.hash, chain_hash(row));
        last.insert(&row.subject, (row.step, &row.hash, row.at));
    }
    assert!(rows.needs.iter().all(|need| last.contains_key(need.id.as_str())));
    assert!(rows.experts.iter().all(|expert| last.contains_key(expert.id.as_str())));
}

#[test]
fn the_city_goes_into_a_database_whole() {
    let folder = std::env::temp_dir().join(format!("zhipai-world-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let db = Db::open(&format!("sqlite:{}", folder.join("a.db").display()), 1).expect("opens");
    db.write::<_, DbFault>(crate::db::migrate::migrate).expect("migrates");
    let corpus = Corpus::read().expect("the corpus");
    let plan = Plan {
        corpus: &corpus,
        size: Size::Small,
        seed: 3,
        start: STARTS[0].parse().expect("an instant"),
        password: "zhipai-demo-2026",
        password_hash: "x".to_owned(),
        keys: keys(),
    };
    let built = raise(&db, &plan, &mut |_| ()).expect("raised");
    let next = db.write::<_, DbFault>(|conn| Ok(dialect::next_number(conn, Series::Need)?)).expect("a number");
    assert_eq!(next, 301);
    assert!(built.accounts.len() >= 8);
    let mut reader = db.reader().expect("a reader");
    assert_eq!(crate::db::indexed::needs_after(&mut reader, None, 1_000).expect("needs").len(), 300);
    drop(reader);
    drop(db);
    let _ = std::fs::remove_dir_all(folder);
}
