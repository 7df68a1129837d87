//! The trail proves itself: whatever is edited, deleted, reordered or cut off is found, and the seeded city passes.

use crate::on_both;
use crate::support::backend::{Backend, TestDatabase};
use chrono::{DateTime, Days, TimeDelta, Utc};
use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;
use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use zhipai::actions::anchor_trail::{anchor_trail, cut_of, root_before};
use zhipai::actions::found_office::found_office;
use zhipai::actions::{Office, Settings};
use zhipai::clock::{Chance, VirtualClock};
use zhipai::db::audit::{AuditRow, append, chain_hash, trail};
use zhipai::db::{Conn, Db, anchor};
use zhipai::demo::corpus::Corpus;
use zhipai::demo::world::{Plan, Size, raise};
use zhipai::ids::EventId;
use zhipai::invariants::{Findings, Look, Reach, trail as whole, verify};
use zhipai::jobs::night::{look_and_keep, night};
use zhipai::seal::Keyring;
use zhipai::search::IndexHome;

on_both!(
    two_hundred_random_edits_are_all_found,
    a_chain_rewritten_with_its_head_changes_the_root,
    the_seeded_city_passes_verify,
    missed_days_are_anchored_and_a_clock_set_back_reopens_nothing,
);

/// The long form of the first story: `tests/run faults trail`.
mod long {
    use super::*;

    #[test]
    #[ignore = "takes a minute: the quick form runs always"]
    fn a_thousand_random_edits_on_each_database() {
        for backend in [Backend::Sqlite, Backend::Postgres] {
            edits(backend, 1_000);
        }
    }
}

fn start() -> DateTime<Utc> {
    "2026-05-08T02:00:00Z".parse().expect("an instant")
}

fn keys() -> Keyring {
    Keyring::new(BTreeMap::from([(1, [7; 32])])).expect("keys")
}

/// Thirty subjects with a handful of events each.
fn small_trail(conn: &mut Conn, chance: &Chance) -> Vec<String> {
    let subjects: Vec<String> = (0..30).map(|n| format!("subject-{n:02}")).collect();
    for turn in 0..8_i64 {
        for (subject, n) in subjects.iter().zip(0_i64..) {
            if n % 8 < turn {
                continue;
            }
            let at = start() + TimeDelta::minutes(turn * 60 + n);
            let id = EventId::from_minted(chance.id(at));
            let detail = json!({"turn": turn, "n": n});
            append(conn, id, subject, at.naive_utc(), "desk", "need-corrected", &detail).expect("appended");
        }
    }
    subjects
}

fn findings(conn: &mut Conn) -> Findings {
    let mut findings = Findings::default();
    whole::chains(conn, &mut findings).expect("reads");
    findings
}

fn every_row(conn: &mut Conn) -> Vec<AuditRow> {
    zhipai::db::audit::after(conn, "", 0, 100_000).expect("reads")
}

fn two_hundred_random_edits_are_all_found(backend: Backend) {
    edits(backend, 200);
}

fn edits(backend: Backend, count: u32) {
    let database = TestDatabase::fresh(backend);
    let db = Db::open(&database.url, 1).expect("opens");
    let chance = Chance::seeded(11);
    db.write_alone(|conn| {
        small_trail(conn, &chance);
        assert!(findings(conn).offenders.is_empty(), "whole before anything is changed");
        Ok(())
    })
    .expect("written");
    let mut dice = StdRng::seed_from_u64(5);
    let mut kinds: BTreeMap<&str, u32> = BTreeMap::new();
    for n in 0..count {
        let (kind, found) = db
            .write_alone(|conn| {
                conn.begin_write()?;
                let rows = every_row(conn);
                let kind = edit(conn, &rows, &mut dice);
                let found = findings(conn).offenders.len();
                conn.rollback()?;
                Ok((kind, found))
            })
            .expect("tried");
        *kinds.entry(kind).or_default() += 1;
        assert!(found > 0, "edit {n} ({kind}) was not found");
    }
    assert!(kinds.len() >= 12, "every kind of edit came up: {kinds:?}");
    db.write_alone(|conn| {
        assert!(findings(conn).offenders.is_empty(), "nothing stayed");
        Ok(())
    })
    .expect("read");
}

fn run(conn: &mut Conn, sql: &str) {
    let changed = diesel::sql_query(sql).execute(conn).unwrap_or_else(|error| panic!("{sql}: {error}"));
    assert!(changed > 0, "{sql}: changed nothing");
}

/// Makes one random change that somebody with the whole database could make.
fn edit(conn: &mut Conn, rows: &[AuditRow], dice: &mut StdRng) -> &'static str {
    let row = &rows[dice.random_range(0..rows.len())];
    let id = row.id;
    let noise = format!("{:016x}", dice.next_u64());
    match dice.random_range(0..14) {
        0 => {
            let fresh = Chance::seeded(dice.next_u64()).id(start());
            run(conn, &format!("UPDATE audit SET id = '{}' WHERE id = '{id}'", EventId::from_minted(fresh)));
            "id"
        }
        1 => {
            run(conn, &format!("UPDATE audit SET subject = 'other-{noise}' WHERE id = '{id}'"));
            "subject"
        }
        2 => {
            run(conn, &format!("UPDATE audit SET step = step + 100 WHERE id = '{id}'"));
            "step"
        }
        3 => {
            run(
                conn,
                &format!(
                    "UPDATE audit SET at = '2026-05-08 09:00:00.{:06}' WHERE id = '{id}'",
                    1 + dice.random_range(0..999_999)
                ),
            );
            "at"
        }
        4 => {
            run(conn, &format!("UPDATE audit SET actor = 'account:{noise}' WHERE id = '{id}'"));
            "actor"
        }
        5 => {
            run(conn, &format!("UPDATE audit SET event = 'task-done' WHERE id = '{id}'"));
            "event"
        }
        6 => {
            run(conn, &format!("UPDATE audit SET detail = '{{\"turn\":\"{noise}\"}}' WHERE id = '{id}'"));
            "detail"
        }
        7 => {
            run(conn, &format!("UPDATE audit SET previous = '{noise}' WHERE id = '{id}'"));
            "previous"
        }
        8 => {
            run(conn, &format!("UPDATE audit SET hash = '{noise}' WHERE id = '{id}'"));
            "hash"
        }
        9 => {
            run(conn, &format!("DELETE FROM audit WHERE id = '{id}'"));
            "delete"
        }
        10 => {
            run(conn, &format!("DELETE FROM audit WHERE subject = '{}' AND step >= {}", row.subject, row.step));
            "truncate"
        }
        11 => {
            let other = rows.iter().filter(|other| other.id != row.id).nth(dice.random_range(0..rows.len() - 1));
            let other = other.expect("another row");
            run(
                conn,
                &format!(
                    "UPDATE audit SET event = '{}', detail = '{}', at = '{}' WHERE id = '{id}'",
                    "swapped",
                    other.detail.as_str(),
                    other.at
                ),
            );
            run(
                conn,
                &format!(
                    "UPDATE audit SET event = '{}', detail = '{}', at = '{}' WHERE id = '{}'",
                    row.event,
                    row.detail.as_str(),
                    row.at,
                    other.id
                ),
            );
            "swap"
        }
        12 => {
            let mut changed = row.clone();
            changed.actor = format!("account:{noise}");
            let hash = chain_hash(&changed);
            run(conn, &format!("UPDATE audit SET actor = '{}', hash = '{hash}' WHERE id = '{id}'", changed.actor));
            "edit with its own hash"
        }
        _ => {
            run(conn, &format!("UPDATE audit_heads SET step = step - 1 WHERE subject = '{}'", row.subject));
            "head"
        }
    }
}

fn office(url: &str, clock: &Arc<VirtualClock>) -> Office {
    let db = Db::open(url, 2).expect("opens");
    found_office(&db, &keys(), start()).expect("founded");
    let settings =
        Settings { base_url: "http://z.example".into(), connections: 2, second_factor: false, mail_off: false };
    let index = (IndexHome::in_memory(), None);
    Office::open(db, Arc::<VirtualClock>::clone(clock), Chance::seeded(3), keys(), settings, index).expect("opens")
}

/// Writes a subject's chain anew with one word changed, head and all, as somebody would who wants no trace.
fn rewrite_whole(conn: &mut Conn, subject: &str) {
    let mut rows = trail(conn, subject).expect("reads");
    let mut previous = String::new();
    for row in &mut rows {
        row.actor = "account:somebody-else".to_owned();
        row.previous.clone_from(&previous);
        row.hash = chain_hash(row);
        previous.clone_from(&row.hash);
    }
    conn.batch_execute(&format!("DELETE FROM audit WHERE subject = '{subject}'")).expect("deleted");
    zhipai::db::audit::insert_chains(conn, &rows).expect("written");
}

fn a_chain_rewritten_with_its_head_changes_the_root(backend: Backend) {
    let database = TestDatabase::fresh(backend);
    let clock = Arc::new(VirtualClock::standing(start()));
    let office = office(&database.url, &clock);
    office.db.write_alone(|conn| Ok(small_trail(conn, &office.chance))).expect("written");
    clock.advance(TimeDelta::days(2));
    assert_eq!(anchor_trail(&office).expect("anchors"), 1, "an office without a root begins with yesterday");
    assert_eq!(anchor_trail(&office).expect("anchors"), 0, "once a day");
    let stored = anchor::all(&mut office.read().expect("a reader")).expect("reads");
    let check = |exported: &[anchor::RootRow]| {
        let mut findings = Findings::default();
        let mut reader = office.read().expect("a reader");
        whole::chains(&mut reader, &mut findings).expect("reads");
        whole::roots(&mut reader, &office.keys, exported, &mut findings).expect("reads");
        findings.offenders
    };
    assert_eq!(check(&stored), []);
    office
        .db
        .write_alone(|conn| {
            rewrite_whole(conn, "subject-07");
            Ok(())
        })
        .expect("rewritten");
    let found = check(&[]);
    assert!(!found.is_empty() && found.iter().all(|one| one.what.starts_with("root ")), "{found:?}");
    // Whoever lacks the key cannot write a root that fits; whoever has it still meets the exported one.
    office
        .db
        .write_alone(|conn| {
            let (chains, root) = root_before(conn, stored[0].cut_at)?;
            let mut forged = anchor::RootRow { chains, root, ..stored[0].clone() };
            forged.seal = office.keys.seal_line(&zhipai::actions::anchor_trail::sealed_line(&forged));
            diesel::sql_query("DELETE FROM audit_roots").execute(conn)?;
            anchor::keep(conn, &forged)?;
            Ok(())
        })
        .expect("forged");
    assert_eq!(check(&[]), [], "with the key a root can be forged");
    assert!(!check(&stored).is_empty(), "and the exported one tells");
    office
        .db
        .write_alone(|conn| Ok(conn.batch_execute("UPDATE audit_roots SET chains = chains + 1")?))
        .expect("edited");
    assert!(check(&[]).iter().any(|one| one.why.contains("seal")), "an edited root has no seal");
}

fn missed_days_are_anchored_and_a_clock_set_back_reopens_nothing(backend: Backend) {
    let database = TestDatabase::fresh(backend);
    let clock = Arc::new(VirtualClock::standing(start()));
    let office = office(&database.url, &clock);
    office.db.write_alone(|conn| Ok(small_trail(conn, &office.chance))).expect("written");
    clock.advance(TimeDelta::days(1));
    assert_eq!(anchor_trail(&office).expect("anchors"), 1);
    // Five days nobody was there.
    clock.advance(TimeDelta::days(6));
    assert_eq!(anchor_trail(&office).expect("anchors"), 6);
    let stored = anchor::all(&mut office.read().expect("a reader")).expect("reads");
    for pair in stored.windows(2) {
        assert_eq!(pair[1].previous, pair[0].root);
        assert_eq!(pair[1].day, pair[0].day + Days::new(1));
        assert_eq!(pair[1].cut_at, cut_of(pair[1].day));
    }
    // An event stamped by a clock that went back falls after the last cut all the same.
    office
        .db
        .write_alone(|conn| {
            let id = EventId::from_minted(office.chance.id(start()));
            append(conn, id, "subject-new", start().naive_utc(), "desk", "task-done", &json!({}))?;
            let id = EventId::from_minted(office.chance.id(start()));
            append(conn, id, "subject-03", start().naive_utc(), "desk", "task-done", &json!({}))?;
            Ok(())
        })
        .expect("appended");
    let mut findings = Findings::default();
    let mut reader = office.read().expect("a reader");
    whole::chains(&mut reader, &mut findings).expect("reads");
    whole::roots(&mut reader, &office.keys, &stored, &mut findings).expect("reads");
    assert_eq!(findings.offenders, []);
}

fn the_seeded_city_passes_verify(backend: Backend) {
    let database = TestDatabase::fresh(backend);
    let db = Db::open(&database.url, 2).expect("opens");
    let corpus = Corpus::read().expect("the corpus");
    let plan = Plan {
        corpus: &corpus,
        size: Size::Small,
        seed: 1,
        start: start(),
        password: "p",
        password_hash: "x".into(),
        keys: keys(),
    };
    raise(&db, &plan, &mut |_| ()).expect("raised");
    drop(db);
    let clock = Arc::new(VirtualClock::standing(start()));
    let office = office(&database.url, &clock);
    let calendar = office.calendar();
    let look = Look::at(start(), &calendar, None);
    let mut found = Findings::default();
    let seen = verify(&mut office.read().expect("a reader"), &keys(), &look, Reach::Everything, &[], &mut found)
        .expect("verifies");
    assert_eq!(found.offenders, []);
    assert!(seen.needs >= 300 && seen.rows > 1_000, "{seen:?}");
    let kept = look_and_keep(&office, &look, Reach::Everything).expect("looks");
    assert_eq!(kept.offenders, [], "the index and the pool agree as well");
    clock.advance(TimeDelta::days(1));
    let done = night(&office, None).expect("a night");
    assert_eq!((done.roots, done.offenders), (1, Some(0)), "one root, one look");
    assert_eq!(night(&office, None).expect("again").offenders, None, "once a day");
}
