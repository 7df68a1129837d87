//! The office's policy: read, and set by a manager as a new version. What was promised stays as it was.

use super::{Actor, Done, Office};
use crate::db::policy::PolicyRow;
use crate::db::{self, Conn, JsonText};
use crate::domain::event::Event;
use crate::domain::licence::LicenceRules;
use crate::domain::policy::Policy;
use crate::domain::refusal::{Problems, Refusal};
use crate::domain::role::Right;
use chrono::NaiveDateTime;
use diesel::QueryResult;
use serde_json::json;

/// The key of the office's policy among the versions.
pub const POLICY_KEY: &str = "office";

/// The policy in force: the latest version, or the defaults of rules.md.
///
/// # Errors
/// What the database says; a fault when the row cannot be read.
pub fn in_force(conn: &mut Conn) -> Done<Policy> {
    match db::policy::latest(conn, POLICY_KEY)? {
        None => Ok(Policy::default()),
        Some(row) => serde_json::from_str(row.value.as_str())
            .map_err(|error| super::ActionError::Fault(super::Fault::new(format!("policy: {error}")))),
    }
}

/// Which service items ask for which licence now. A version that cannot be read asks for what is usual: whoever sets policy
/// is told of it elsewhere.
///
/// # Errors
/// What the database says.
pub fn licences_in_force(conn: &mut Conn) -> QueryResult<LicenceRules> {
    let row = db::policy::latest(conn, POLICY_KEY)?;
    let policy = row.and_then(|row| serde_json::from_str::<Policy>(row.value.as_str()).ok());
    Ok(policy.unwrap_or_default().licences)
}

/// The policy that was in force at `at`: what was promised under it stays.
///
/// # Errors
/// What the database says; a fault when the row cannot be read.
pub fn in_force_at(conn: &mut Conn, at: NaiveDateTime) -> Done<Policy> {
    match db::policy::at(conn, POLICY_KEY, at)? {
        None => Ok(Policy::default()),
        Some(row) => serde_json::from_str(row.value.as_str())
            .map_err(|error| super::ActionError::Fault(super::Fault::new(format!("policy: {error}")))),
    }
}

/// Sets a new version.
///
/// # Errors
/// [`Refusal::Invalid`] for figures out of range, [`Refusal::NotYours`].
pub fn set_policy(office: &Office, actor: &Actor, policy: &Policy) -> Done<()> {
    actor.needs(Right::Decide)?;
    check(policy)?;
    office.write(|tx| {
        let version = db::policy::latest(tx.conn, POLICY_KEY)?.map_or(1, |row| row.version + 1);
        let value = serde_json::to_value(policy).map_err(super::Fault::new).map_err(super::ActionError::Fault)?;
        let row = PolicyRow {
            key: POLICY_KEY.to_owned(),
            version,
            value: JsonText::of(&value),
            set_by: actor.account(),
            set_at: tx.now.naive_utc(),
        };
        db::policy::insert(tx.conn, &row)?;
        // Rankings in memory ask what a service item asks for.
        tx.changed("policy", POLICY_KEY)?;
        tx.event("policy", actor, Event::PolicySet, &json!({"version": version, "policy": value}))
    })
}

fn check(policy: &Policy) -> Result<(), Refusal> {
    use crate::domain::refusal::FieldProblem;
    let mut problems = Problems::default();
    let mut within = |field: &'static str, value: i64, least: i64, most: i64| {
        if !(least..=most).contains(&value) {
            problems.add(FieldProblem::with(field, "out-of-range", format!("{least}–{most}")));
        }
    };
    within("reserves", i64::from(policy.reserves), 0, 10);
    within("monthly_cap", i64::from(policy.monthly_cap), 1, 100);
    within("open_cap", i64::from(policy.open_cap), 1, 20);
    within("feedback_working_days", i64::from(policy.feedback_working_days), 1, 60);
    within("rating_days", i64::from(policy.rating_days), 1, 365);
    within("rating_reminder_day", i64::from(policy.rating_reminder_day), 1, 364);
    within("lapses_to_admonish", policy.lapses_to_admonish, 1, 50);
    within("admonitions_to_remove", policy.admonitions_to_remove, 1, 20);
    within("waking_hours_floor", i64::from(policy.waking_hours_floor.unwrap_or(0)), 0, 336);
    policy.letters.check(&mut problems);
    policy.conduct.check(&mut problems);
    policy.retention.check(&mut problems);
    policy.licences.check(&mut problems);
    problems.settle()
}
