//! What every story leaves behind must hold: the invariants, and a trail without a personal value.

use super::app::App;
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl};
use zhipai::actions::contact;
use zhipai::clock::Clock;
use zhipai::db::{self, Conn};
use zhipai::invariants::{Findings, Look, Reach, verify};

#[derive(QueryableByName)]
struct Value {
    #[diesel(sql_type = Text)]
    value: String,
}

/// Where people's names, addresses and phones are kept.
const PERSONAL: [&str; 3] = [
    "SELECT name AS value FROM experts",
    "SELECT contact_name AS value FROM needs",
    "SELECT email AS value FROM accounts",
];

fn values(conn: &mut Conn, sql: &str) -> Vec<String> {
    let rows: Vec<Value> = diesel::sql_query(sql).load(conn).expect("reads");
    rows.into_iter().map(|row| row.value).collect()
}

/// Every address and number of experts and enterprises, opened.
pub fn reached(app: &App, conn: &mut Conn) -> Vec<String> {
    let keys = &app.office.keys;
    let experts = contact::of_everybody(keys, conn).expect("contacts").into_values();
    let mut found: Vec<String> = experts.flat_map(|one| [one.email, one.phone]).flatten().collect();
    for (need, phone, email) in db::sealing::needs_after(conn, None, 10_000).expect("needs") {
        found.extend(contact::open_of_need(keys, need, "phone", phone.as_ref()));
        found.extend(contact::open_of_need(keys, need, "email", email.as_ref()));
    }
    found
}

/// Looks at everything a story left.
pub fn look(app: &App) {
    let mut reader = app.office.read().expect("a reader");
    let mut findings = Findings::default();
    let calendar = app.office.calendar();
    let look = Look::at(app.clock.now(), &calendar, None);
    verify(&mut reader, &app.office.keys, &look, Reach::Everything, &[], &mut findings).expect("verifies");
    let offenders = &findings.offenders;
    assert!(
        offenders.is_empty(),
        "{} things do not hold at the end of the story, first {:#?}",
        offenders.len(),
        offenders.iter().take(10).collect::<Vec<_>>()
    );
    let details = values(&mut reader, "SELECT detail AS value FROM audit");
    for reach in reached(app, &mut reader) {
        let told = details.iter().find(|detail| detail.contains(reach.as_str()));
        assert_eq!(told, None, "the trail holds how to reach somebody: {reach}");
    }
    for sql in PERSONAL {
        for personal in values(&mut reader, sql).iter().filter(|text| text.chars().count() > 1) {
            let told = details.iter().find(|detail| detail.contains(personal.as_str()));
            assert_eq!(told, None, "the trail holds the personal value {personal}");
        }
    }
}
