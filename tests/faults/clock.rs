//! F5: the clock steps: a second, an hour, two days, back and forth, over a leap day and a year's end. Nothing lapses before
//! its time, nobody is reminded twice, and needs are taken all along.

use crate::rounds;
use crate::served::{Place, office_on};
use crate::support::app::{at, sender};
use crate::support::backend::Backend;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use zhipai::actions::assign_expert::{AssignExpert, assign_expert};
use zhipai::actions::register_expert::register_expert;
use zhipai::actions::submit_need::{EnterpriseInput, SubmitNeed, submit_need};
use zhipai::actions::{Actor, Office};
use zhipai::clock::{Chance, Clock};
use zhipai::db;
use zhipai::domain::assignment::AssignmentState;
use zhipai::domain::role::{Role, Scope, Staff};
use zhipai::domain::task::TaskKind;
use zhipai::jobs::Desk;
use zhipai::jobs::supervisor::round;
use zhipai::mail::{MailboxFile, Mailer};

/// A clock anybody may set, backwards too.
struct LooseClock(Mutex<DateTime<Utc>>);

impl LooseClock {
    fn step(&self, by: TimeDelta) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for LooseClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

fn submit(office: &Office, actor: &Actor) -> zhipai::ids::NeedId {
    let input = SubmitNeed {
        enterprise: EnterpriseInput {
            name: "云岫传感科技有限公司".to_owned(),
            region: "海淀区".to_owned(),
            contact_name: "周小满".to_owned(),
            contact_phone: Some("13900139000".to_owned()),
            ..Default::default()
        },
        title: "商标被抢注".to_owned(),
        description: "在先使用，能否异议？".to_owned(),
        services: vec!["dispute".to_owned()],
        region: "海淀区".to_owned(),
        mode: "online".to_owned(),
        ..Default::default()
    };
    submit_need(office, actor, &input).expect("needs are taken whatever the clock does").id
}

#[test]
fn clock_steps() {
    let steps = [
        TimeDelta::seconds(1),
        TimeDelta::seconds(-1),
        TimeDelta::seconds(-4),
        TimeDelta::hours(1),
        TimeDelta::hours(-1),
        TimeDelta::days(2),
        TimeDelta::days(-2),
    ];
    let chance = Chance::seeded(5);
    let (mut lapses, mut reminders, mut backwards) = (0, 0, 0);
    // A leap day, a year's end, and an ordinary week.
    let starts = ["2024-02-27T10:00:00+08:00", "2025-12-30T10:00:00+08:00", "2026-03-10T10:00:00+08:00"];
    for (n, start) in starts.iter().cycle().take(rounds(3, 60)).enumerate() {
        let place = Place::fresh(if n % 2 == 0 { Backend::Sqlite } else { Backend::Postgres });
        let clock = Arc::new(LooseClock(Mutex::new(at(start))));
        let shared: Arc<dyn Clock> = clock.clone();
        let office = Arc::new(office_on(&place.url, shared, n as u64));
        let staff = |account, role, station: Option<_>| {
            let scope = station.map_or(Scope::Everything, Scope::Station);
            Actor::Staff(Staff { account, role, scope, station })
        };
        let manager = staff(place.seeded.managers[0].0, Role::Manager, None);
        let liaison = staff(place.seeded.liaison.0, Role::Liaison, Some(place.seeded.station));
        let input = serde_json::from_value(crate::support::people::expert("沈知行")).expect("an expert");
        let expert = register_expert(&office, &manager, &input).expect("registered");
        let mailbox = Arc::new(MailboxFile::in_memory());
        let mailer: Arc<dyn Mailer> = mailbox.clone();
        let desk = Desk::new(office.clone(), Some(mailer), sender());
        let need = submit(&office, &liaison);
        let input = AssignExpert { expert_id: expert, reserves: Vec::new(), seat: None, tomorrow: false };
        let offer = assign_expert(&office, &liaison, need, &input).expect("offered");
        let mut next_beat = None;
        let mut latest = clock.now();
        for step in 0..600 {
            let [dice] = chance.bytes::<1>();
            let by = if step % 15 == 14 { steps[usize::from(dice) % steps.len()] } else { TimeDelta::minutes(20) };
            // The service beats all the while; a step ahead is no time it was down for.
            for minute in (2..20).step_by(2) {
                let at = clock.now() + TimeDelta::minutes(minute);
                if by == TimeDelta::minutes(20) && !office.clock_is_back() {
                    office.write(|tx| Ok(db::pulse::beat(tx.conn, at.naive_utc())?)).expect("beats");
                }
            }
            clock.step(by);
            backwards += usize::from(by < TimeDelta::zero());
            round(&desk, &mut next_beat).expect("a round");
            latest = latest.max(clock.now());
            submit_every(step, &office, &liaison);
            // Somebody looks at the clock after a while and says that it is right.
            if office.clock_is_back() && step % 40 == 39 {
                let open = db::task::open_of_kind(&mut office.read().expect("a reader"), TaskKind::ClockBack);
                for task in open.expect("tasks") {
                    zhipai::actions::finish_task::finish_task(&office, &manager, task).expect("confirmed");
                }
            }
            let row = db::assignment::find(&mut office.read().expect("a reader"), &offer).expect("reads").expect("it");
            if row.state == AssignmentState::Lapsed {
                let due = row.answer_due_at.expect("due").and_utc();
                assert!(latest >= due, "lapsed at {latest}, due {due}");
                lapses += 1;
                break;
            }
        }
        let mut seen = BTreeMap::<String, usize>::new();
        for letter in mailbox.entries(None, None) {
            *seen.entry(letter.headers.get("Message-ID").cloned().unwrap_or_default()).or_default() += 1;
        }
        assert!(seen.values().all(|times| *times == 1), "{seen:?}");
        let kept = db::reminder::of_assignment(&mut office.read().expect("a reader"), offer).expect("reminders");
        reminders += kept.iter().filter(|reminder| reminder.sent_at.is_some()).count();
    }
    assert!(backwards > 0);
    println!("clock: {backwards} steps back, {lapses} lapses none early, {reminders} reminders none twice");
}

fn submit_every(step: usize, office: &Office, actor: &Actor) {
    if step.is_multiple_of(50) {
        submit(office, actor);
    }
}
