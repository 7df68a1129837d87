//! Somebody who left comes back: after withdrawal at once, after a removal only once the period is over and by a manager's
//! decision. It is a new application, reviewed like any other.
//!
//! Source: rules.md, "Defaults" (re-entry after removal: 24 months, by decision).

use super::change_standing::{self, Change};
use super::withdraw_expert::reachable;
use super::{Actor, Done, Office, Tx};
use crate::db;
use crate::db::Conn;
use crate::db::expert::ExpertRow;
use crate::domain::calendar::beijing_date;
use crate::domain::refusal::{Problems, Refusal};
use crate::domain::role::Right;
use crate::domain::standing::{Standing, StandingDeed, reentry_from};
use crate::ids::ExpertId;
use chrono::NaiveDate;

/// Takes a new application of somebody who left.
///
/// # Errors
/// [`Refusal::ReentryTooEarly`] before the period after a removal is over; [`Refusal::Invalid`] without a reason;
/// [`Refusal::CaseOpen`] while a case runs; [`Refusal::WrongState`] for whoever has not left; [`Refusal::NotYours`].
pub fn readmit_expert(office: &Office, actor: &Actor, id: ExpertId, reason: &str) -> Done<()> {
    actor.needs(Right::KeepRegister)?;
    let mut p = Problems::default();
    let reason = p.text("reason", reason, 500);
    p.settle()?;
    office.write(|tx| within(tx, actor, id, &reason))
}

/// The half inside an open transaction, for the application page.
///
/// # Errors
/// As [`readmit_expert`].
pub(super) fn within(tx: &mut Tx<'_>, actor: &Actor, id: ExpertId, reason: &str) -> Done<()> {
    let row = reachable(tx, actor, id)?;
    if row.standing == Standing::Removed {
        // By decision: nobody removed comes back by link alone.
        if !matches!(actor, Actor::Staff(_)) {
            return Err(Refusal::NotYours.into());
        }
        actor.needs(Right::Decide)?;
    }
    // Leaving and applying anew is no way around a case.
    if db::conduct::of_expert(tx.conn, id)?.iter().any(|case| case.stage.is_open()) {
        return Err(Refusal::CaseOpen.into());
    }
    let months = tx.policy()?.conduct.reentry_months;
    let from = may_reenter_from(tx.conn, &row, months)?.ok_or(Refusal::WrongState)?;
    if beijing_date(tx.now) < from {
        return Err(Refusal::ReentryTooEarly.into());
    }
    change_standing::within(tx, actor, id, Change::of(StandingDeed::Reenter, Some(reason))).map(drop)
}

/// The first day on which the expert may come back; `None` for whoever has not left.
///
/// # Errors
/// What the database says.
pub fn may_reenter_from(conn: &mut Conn, row: &ExpertRow, months: u32) -> Done<Option<NaiveDate>> {
    let left_at = db::standing_history::last(conn, row.id)?
        .filter(|step| step.to_standing == row.standing)
        .map_or(row.updated_at, |step| step.at);
    Ok(reentry_from(row.standing, beijing_date(left_at.and_utc()), months))
}
