//! An expert leaves by choice (自主退出); open offers and cases find a new home in the same act.
//!
//! Source: Beijing standard, 退出.

use super::{Actor, Done, Office, rehome};
use crate::db;
use crate::domain::event::Event;
use crate::domain::refusal::{Problems, Refusal};
use crate::domain::role::Right;
use crate::domain::standing::Standing;
use crate::ids::ExpertId;
use serde_json::json;

/// Takes an expert off the register at their own wish. Answers how many offers and cases found a new home.
///
/// # Errors
/// [`Refusal::WrongState`] when withdrawn or removed already; [`Refusal::NotFound`].
pub fn withdraw_expert(office: &Office, actor: &Actor, id: ExpertId, reason: Option<&str>) -> Done<usize> {
    actor.needs(Right::KeepRegister)?;
    let mut p = Problems::default();
    let reason = p.optional("reason", reason, 500);
    p.settle()?;
    office.write(|tx| {
        let mut row = db::expert::find(tx.conn, &id)?.ok_or(Refusal::NotFound)?;
        if !actor.scope().covers_region(&row.region) {
            return Err(Refusal::NotYours.into());
        }
        if matches!(row.standing, Standing::Withdrawn | Standing::Removed) {
            return Err(Refusal::WrongState.into());
        }
        row.standing = Standing::Withdrawn;
        row.standing_why = reason.clone();
        row.updated_at = tx.now.naive_utc();
        row.version += 1;
        db::expert::save(tx.conn, &row)?;
        tx.event(id.as_str(), actor, Event::ExpertWithdrew, &json!({}))?;
        tx.changed("expert", id.as_str())?;
        rehome::within(tx, actor, id, true, "withdrawn")
    })
}
