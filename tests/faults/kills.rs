//! F2: `kill -9` under load. Every need answered 201 is there after the restart, once; a repeated key makes no second
//! one; a letter goes out twice at most once a crash, and then with the same Message-ID. The station asks by itself, so that
//! offers, their letters and their clocks are killed too; at the end every invariant holds over all of it.

use crate::clients::{StopsAtEnd, Told};
use crate::rounds;
use crate::served::{Place, Served, stamp};
use crate::smtp_sink::{Script, SmtpSink};
use crate::support::backend::Backend;
use diesel::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};
use zhipai::actions::register_expert::register_expert;
use zhipai::actions::set_policy::POLICY_KEY;
use zhipai::actions::{Actor, Office};
use zhipai::clock::Chance;
use zhipai::db::JsonText;
use zhipai::db::policy::PolicyRow;
use zhipai::db::schema::{assignments, needs, stations};
use zhipai::domain::policy::Policy;
use zhipai::domain::role::{Role, Scope, Staff};
use zhipai::invariants::{Findings, Look, Reach, verify};

const CLIENTS: usize = 4;

#[test]
fn kills_on_sqlite() {
    kills(Backend::Sqlite, rounds(6, 1_000));
}

#[test]
fn kills_on_postgres() {
    kills(Backend::Postgres, rounds(6, 1_000));
}

fn kills(backend: Backend, rounds: usize) {
    let sink = SmtpSink::start(Script::accepting());
    let place = Place::fresh(backend);
    let token = place.seeded.liaison.1.clone();
    asks_by_itself(&place.office(), &place, 12);
    let told = Told::default();
    let chance = Chance::seeded(2026);
    let run = stamp();
    let started = Instant::now();
    for round in 0..rounds {
        let served = Served::start(&place, "node", Some(sink.address()));
        // What the last crash left unanswered is asked again, with the same keys, while new needs come in.
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let _stops = StopsAtEnd(&stop);
            scope.spawn(|| {
                let client = crate::clients::client();
                for key in told.unanswered() {
                    told.post(&client, &served.base_url, &token, &key);
                }
            });
            for _ in 0..CLIENTS {
                scope.spawn(|| told.keep_posting(&served.base_url, &token, &run, &stop));
            }
            let [dice] = chance.bytes::<1>();
            // Most crashes come early; some leave time for letters to be on their way.
            let load = if round % 5 == 4 { 400 + u64::from(dice) } else { 2 + u64::from(dice % 60) };
            let until = Instant::now() + Duration::from_millis(load);
            while Instant::now() < until {
                std::thread::park_timeout(Duration::from_millis(1));
            }
            served.signal("KILL");
        });
        drop(served);
    }
    let served = Served::start(&place, "node", Some(sink.address()));
    told.settle(&served.base_url, &token);
    served.kill();
    let office = place.office();
    let mut reader = office.read().expect("a reader");
    let there: Vec<(String, String)> = needs::table
        .select((needs::id, needs::title))
        .load::<(zhipai::ids::NeedId, String)>(&mut *reader)
        .expect("reads")
        .into_iter()
        .map(|(id, title)| (id.to_string(), title))
        .collect();
    let by_id: BTreeMap<&str, &str> = there.iter().map(|(id, title)| (id.as_str(), title.as_str())).collect();
    let answered = told.answered();
    for (key, id) in &answered {
        assert_eq!(by_id.get(id.as_str()), Some(&format!("需求 {key}").as_str()), "{key} was answered 201 and is lost");
    }
    let titles: BTreeSet<&str> = there.iter().map(|(_, title)| title.as_str()).collect();
    assert_eq!(titles.len(), there.len(), "a need was made twice");
    assert_eq!(there.len(), answered.len(), "every key has its need, and nothing else is there");
    assert!(told.odd.lock().unwrap().is_empty(), "{:?}", told.odd.lock().unwrap());
    let mut findings = Findings::default();
    let calendar = office.calendar();
    let look = Look::at(office.now(), &calendar, None);
    verify(&mut reader, &office.keys, &look, Reach::Everything, &[], &mut findings).expect("verifies");
    assert_eq!(findings.offenders, [], "an invariant does not hold after {rounds} crashes");
    let offers: i64 = assignments::table.count().get_result(&mut *reader).expect("counts");
    let told_of: i64 = assignments::table
        .filter(assignments::notified_at.is_not_null())
        .count()
        .get_result(&mut *reader)
        .expect("counts");
    assert!(offers > 0, "the station asked nobody");
    let (letters, twice) = letters(&sink);
    assert!(twice <= rounds + 1, "{twice} letters went out twice in {rounds} crashes");
    println!(
        "kills {backend:?}: {rounds} kill -9 in {:.0?}, {} needs answered 201, 0 lost, 0 doubled; {offers} offers, {told_of} told, every invariant holds; {letters} letters, {twice} twice with the same Message-ID",
        started.elapsed(),
        answered.len(),
    );
}

/// The station asks by itself, and there are so many experts who may be asked without end.
pub fn asks_by_itself(office: &Office, place: &Place, experts: usize) {
    let manager = Actor::Staff(Staff {
        account: place.seeded.managers[0].0,
        role: Role::Manager,
        scope: Scope::Everything,
        station: None,
    });
    for n in 0..experts {
        let mut one = crate::support::people::expert("沈知行");
        one["name"] = format!("沈知行{n}").into();
        one["firm"] = format!("第{n}知识产权代理有限公司").into();
        one["email"] = format!("e{n}@experts.example").into();
        let input = serde_json::from_value(one).expect("an expert");
        register_expert(office, &manager, &input).expect("registered");
    }
    let policy = Policy { monthly_cap: 1_000, open_cap: 1_000, ..Policy::default() };
    office
        .write(|tx| {
            // Written past the deed, whose bounds are an office's and not a load's.
            let row = PolicyRow {
                key: POLICY_KEY.to_owned(),
                version: 1,
                value: JsonText::of(&serde_json::to_value(&policy).expect("JSON")),
                set_by: None,
                set_at: tx.now.naive_utc(),
            };
            zhipai::db::policy::insert(tx.conn, &row)?;
            diesel::update(stations::table.filter(stations::id.eq(place.seeded.station)))
                .set(stations::automatic.eq(true))
                .execute(tx.conn)?;
            Ok(())
        })
        .expect("set");
}

/// How many letters arrived, and how many of them more than once; each need's receipt has one Message-ID.
pub fn letters(sink: &SmtpSink) -> (usize, usize) {
    let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for letter in sink.received().into_iter().chain(sink.unacknowledged()) {
        ids.entry(letter.to.join(",")).or_default().insert(letter.message_id.clone());
        *seen.entry(letter.message_id).or_default() += 1;
    }
    // An enterprise here has one need and one receipt; an expert is written to about many.
    for (to, of) in ids.iter().filter(|(to, _)| to.ends_with("@enterprise.example")) {
        assert_eq!(of.len(), 1, "{to} was written to under two names: {of:?}");
    }
    (seen.len(), seen.values().map(|times| times - 1).sum())
}
