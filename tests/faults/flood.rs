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
use zhipai::db::schema::outbox;
use zhipai::domain::calendar::beijing_date;
use zhipai::domain::letter_rules::LetterRules;
use zhipai::domain::notice::{NoticeKind, OwedNotice};
use zhipai::domain::role::{Role, Scope, Staff};
use zhipai::jobs::{Desk, next_due, tick};
use zhipai::mail::{MailboxFile, Mailer};

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
    let rows: Vec<(String, JsonText<OwedNotice>, Option<NaiveDateTime>)> = outbox::table
        .filter(outbox::by_desk.eq(true))
        .filter(outbox::digest.is_null())
        .filter(outbox::accepted_at.is_not_null())
        .order((outbox::accepted_at, outbox::id))
        .select((outbox::reader, outbox::notice, outbox::accepted_at))
        .load(&mut *office.read().expect("a reader"))
        .expect("letters");
    let (mut digests, mut offers) = (0, 0);
    let mut by_day: BTreeMap<(String, NaiveDate), Vec<NoticeKind>> = BTreeMap::new();
    for (reader, notice, accepted_at) in rows {
        let kind = notice.get().kind;
        digests += usize::from(kind.is_digest());
        offers += usize::from(kind == NoticeKind::Offer);
        if kind != NoticeKind::Offer {
            let day = beijing_date(accepted_at.expect("accepted").and_utc());
            by_day.entry((reader, day)).or_default().push(kind);
        }
    }
    let most = LetterRules::default().letters_a_day as usize;
    let mut fullest = 0;
    for ((reader, day), kinds) in &by_day {
        fullest = fullest.max(kinds.len());
        // A reminder that would come after the end does not wait; it takes along what else is ready.
        let too_many =
            kinds.iter().skip(most).filter(|kind| !matches!(kind, NoticeKind::Reminder | NoticeKind::Digest));
        assert_eq!(too_many.count(), 0, "{reader} on {day}: {kinds:?}");
        assert!(kinds.len() <= most + 1, "{reader} on {day}: {kinds:?}");
    }
    assert!(digests > 0, "nothing was gathered");
    println!(
        "flood {backend:?}: {count} needs in a minute, {experts} experts, {DAYS} days in {:.0?}: {offers} offers by the desk, {digests} digests, at most {fullest} other letters a person and day",
        started.elapsed(),
    );
}
