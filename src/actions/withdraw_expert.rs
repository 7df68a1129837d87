//! An expert leaves by choice (自主退出), pauses for a while (暂停), or comes back to work after a pause; open offers, cases
//! and turns find a new home in the same act.
//!
//! Source: Beijing standard, 退出 (「可以自主申请退出」). The expert does it by link or own page, or has staff enter it.

use super::change_standing::{self, Change};
use super::{Actor, Done, Office, Tx};
use crate::db;
use crate::domain::event::Event;
use crate::domain::refusal::{Problems, Refusal};
use crate::domain::role::Right;
use crate::domain::standing::StandingDeed;
use crate::ids::ExpertId;
use serde_json::json;

/// Takes an expert off the register at their own wish. Answers how many offers and cases found a new home.
///
/// # Errors
/// [`Refusal::WrongState`] when withdrawn or removed already; [`Refusal::NotFound`].
pub fn withdraw_expert(office: &Office, actor: &Actor, id: ExpertId, reason: Option<&str>) -> Done<usize> {
    by_choice(office, actor, id, StandingDeed::Withdraw, reason)
}

/// No more offers until the expert comes back; what is accepted is still served. Answers how many offers found a new home.
///
/// # Errors
/// [`Refusal::WrongState`] unless active; [`Refusal::NotFound`].
pub fn pause_expert(office: &Office, actor: &Actor, id: ExpertId, reason: Option<&str>) -> Done<usize> {
    by_choice(office, actor, id, StandingDeed::Pause, reason)
}

/// The expert may be asked again.
///
/// # Errors
/// [`Refusal::WrongState`] unless paused; [`Refusal::NotFound`].
pub fn resume_expert(office: &Office, actor: &Actor, id: ExpertId) -> Done<()> {
    by_choice(office, actor, id, StandingDeed::Resume, None).map(drop)
}

fn by_choice(office: &Office, actor: &Actor, id: ExpertId, deed: StandingDeed, reason: Option<&str>) -> Done<usize> {
    actor.needs(Right::KeepRegister)?;
    let mut p = Problems::default();
    let reason = p.optional("reason", reason, 500);
    p.settle()?;
    office.write(|tx| {
        reachable(tx, actor, id)?;
        let changed = change_standing::within(tx, actor, id, Change::of(deed, reason.as_deref()))?;
        if deed == StandingDeed::Withdraw {
            tx.event(id.as_str(), actor, Event::ExpertWithdrew, &json!({}))?;
        }
        Ok(changed.moved)
    })
}

/// The expert is there and in the actor's reach: staff of their region, or the expert in person.
///
/// # Errors
/// [`Refusal::NotFound`]; [`Refusal::NotYours`].
pub(super) fn reachable(tx: &mut Tx<'_>, actor: &Actor, id: ExpertId) -> Done<db::expert::ExpertRow> {
    let row = db::expert::find(tx.conn, &id)?.ok_or(Refusal::NotFound)?;
    let yours = match actor {
        Actor::Expert(own) => *own == id,
        Actor::Enterprise(_) => false,
        Actor::Staff(_) | Actor::Desk | Actor::Operator => actor.scope().covers_region(&row.region),
    };
    if yours { Ok(row) } else { Err(Refusal::NotYours.into()) }
}
