//! F14, the letters of a flood: ten thousand needs in a minute to experts who say nothing for days. Each offer is a letter of
//! its own; of everything else the desk writes by itself nobody gets more than three letters a day, and what belongs together
//! comes in one. (How fast the flood is taken is measured by `tests/run bench flood`.)

use crate::kills::asks_by_itself;
use crate::rounds;
use crate::served::{Place, office_on};
use crate::support::app::{at, sender};
use crate::support::backend::Backend;
use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use diesel::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;
use zhipai::actions::Actor;
use zhipai::actions::submit_need::{EnterpriseInput, SubmitNeed, submit_need};
use zhipai::clock::{Clock, VirtualClock};
use zhipai::db::JsonText;
use zhipai::db::schema::{assignments, outbox};
use zhipai::domain::calendar::beijing_date;
use zhipai::domain::letter_rules::LetterRules;
use zhipai::domain::notice::{NoticeKind, OwedNotice};
use zhipai::domain::role::{Role, Scope, Staff};
use zhipai::ids::{AssignmentId, OutboxId};
use zhipai::jobs::{Desk, next_due, tick};
use zhipai::mail::{MailboxFile, Mailer};

/// A letter that left: to whom, whether by the desk itself, about what, for which offer, in which digest, when.
type Sent = (String, bool, JsonText<OwedNotice>, Option<AssignmentId>, Option<OutboxId>, Option<NaiveDateTime>);

/// How long nobody answers.
const DAYS: i64 = 5;

#[test]
fn flood_on_sqlite() {
    flood(Backend::Sqlite, rounds(30, 10_000));
}

#[test]
fn flood_on_postgres() {
    flood(Backend::Postgres, rounds(30, 10_000));
}

fn typed(nth: usize) -> SubmitNeed {
    SubmitNeed {
        enterprise: EnterpriseInput {
            name: format!("第{nth}号传感科技有限公司"),
            region: "海淀区".to_owned(),
            contact_name: "周小满".to_owned(),
            contact_email: Some(format!("e{nth}@enterprise.example")),
            ..Default::default()
        },
        title: format!("第{nth}件：商标被抢注"),
        description: "在先使用，能否异议？".to_owned(),
        services: vec!["dispute".to_owned()],
        region: "海淀区".to_owned(),
        mode: "online".to_owned(),
        ..Default::default()
    }
}

fn flood(backend: Backend, count: usize) {
    let started = Instant::now();
    let place = Place::fresh(backend);
    let clock = Arc::new(VirtualClock::standing(at("2026-03-10T10:00:00+08:00")));
    let shared: Arc<dyn Clock> = clock.clone();
    let office = Arc::new(office_on(&place.url, shared, 14));
    // Three thousand to ten thousand needs; each is asked about several.
    let experts = (count * 3 / 10).max(10);
    asks_by_itself(&office, &place, experts);
    let liaison = Actor::Staff(Staff {
        account: place.seeded.liaison.0,
        role: Role::Liaison,
        scope: Scope::Station(place.seeded.station),
        station: Some(place.seeded.station),
    });
    let apart = TimeDelta::microseconds(60_000_000 / i64::try_from(count).unwrap_or(1).max(1));
    for nth in 0..count {
        submit_need(&office, &liaison, &typed(nth)).expect("submitted");
        clock.advance(apart);
    }
    let mailer: Arc<dyn Mailer> = Arc::new(MailboxFile::in_memory());
    let desk = Desk::new(office.clone(), Some(mailer), sender());
    let end = clock.now() + TimeDelta::days(DAYS);
    loop {
        tick(&desk).expect("a round");
        let now = clock.now();
        let next = next_due(&office).expect("reads").map_or(end, |due| due.max(now + TimeDelta::seconds(1)));
        if next >= end {
            break;
        }
        clock.move_to(next);
    }
    let mut reader = office.read().expect("a reader");
    let rows: Vec<Sent> = outbox::table
        .filter(outbox::accepted_at.is_not_null())
        .select((
            outbox::reader,
            outbox::by_desk,
            outbox::notice,
            outbox::assignment,
            outbox::digest,
            outbox::accepted_at,
        ))
        .load(&mut *reader)
        .expect("letters");
    let (mut digests, mut offers) = (0, Vec::new());
    let mut by_day: BTreeMap<(String, NaiveDate), Vec<NoticeKind>> = BTreeMap::new();
    for (reader, by_desk, notice, offer, digest, accepted_at) in rows {
        let kind = notice.get().kind;
        if kind == NoticeKind::Offer {
            assert_eq!(digest, None, "an offer is a letter of its own");
            offers.push(offer.expect("an offer"));
        } else if by_desk && digest.is_none() {
            digests += usize::from(kind.is_digest());
            let day = beijing_date(accepted_at.expect("accepted").and_utc());
            by_day.entry((reader, day)).or_default().push(kind);
        }
    }
    let mut notified: Vec<AssignmentId> = assignments::table
        .filter(assignments::notified_at.is_not_null())
        .select(assignments::id)
        .load(&mut *reader)
        .expect("offers");
    offers.sort_unstable();
    notified.sort_unstable();
    assert!(offers == notified, "{} letters with offers, {} offers told of", offers.len(), notified.len());
    let offers = offers.len();
    let most = LetterRules::default().letters_a_day as usize;
    let mut fullest = 0;
    for ((reader, day), kinds) in &by_day {
        fullest = fullest.max(kinds.len());
        // A reminder that would come after the end does not wait; it takes along what else is ready.
        let others = kinds.iter().filter(|kind| !matches!(kind, NoticeKind::Reminder | NoticeKind::Digest));
        assert!(others.count() <= most, "{reader} on {day}: {kinds:?}");
        assert!(kinds.len() <= most + 1, "{reader} on {day}: {kinds:?}");
    }
    assert!(digests > 0, "nothing was gathered");
    println!(
        "flood {backend:?}: {count} needs in a minute, {experts} experts, {DAYS} days in {:.0?}: {offers} offers, {digests} digests, at most {fullest} other letters a person and day",
        started.elapsed(),
    );
}
