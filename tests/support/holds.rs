//! What every story leaves behind must hold: the invariants, and a trail without a personal value.

use super::app::App;
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl};
use zhipai::clock::Clock;
use zhipai::db::Conn;
use zhipai::invariants::{Findings, Look, Reach, verify};

#[derive(QueryableByName)]
struct Value {
    #[diesel(sql_type = Text)]
    value: String,
}

/// Where people's names, addresses and phones are kept.
const PERSONAL: [&str; 7] = [
    "SELECT name AS value FROM experts",
    "SELECT email AS value FROM experts",
    "SELECT phone AS value FROM experts WHERE phone IS NOT NULL",
    "SELECT contact_name AS value FROM needs",
    "SELECT contact_phone AS value FROM needs WHERE contact_phone IS NOT NULL",
    "SELECT contact_email AS value FROM needs WHERE contact_email IS NOT NULL",
    "SELECT email AS value FROM accounts",
];

fn values(conn: &mut Conn, sql: &str) -> Vec<String> {
    let rows: Vec<Value> = diesel::sql_query(sql).load(conn).expect("reads");
    rows.into_iter().map(|row| row.value).collect()
}

/// Looks at everything a story left.
pub fn look(app: &App) {
    let mut reader = app.office.read().expect("a reader");
    let mut findings = Findings::default();
    let calendar = app.office.calendar();
    let look = Look::at(app.clock.now(), &calendar, None);
    verify(&mut reader, &app.office.keys, &look, Reach::Everything, &[], &mut findings).expect("verifies");
    assert_eq!(findings.offenders, [], "an invariant does not hold at the end of the story");
    let details = values(&mut reader, "SELECT detail AS value FROM audit");
    for sql in PERSONAL {
        for personal in values(&mut reader, sql).iter().filter(|text| text.chars().count() > 1) {
            let told = details.iter().find(|detail| detail.contains(personal.as_str()));
            assert_eq!(told, None, "the trail holds the personal value {personal}");
        }
    }
}
