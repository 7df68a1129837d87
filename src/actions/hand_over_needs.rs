//! 交接: a leaver's open needs, with their tasks, go to a colleague in one deed.

use super::{Actor, Done, Office};
use crate::db;
use crate::domain::event::Event;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::role::{Right, Role};
use crate::ids::{AccountId, NeedId};
use serde_json::json;

/// Hands over all open needs of `from`, or only `one` of them, to `to`. Answers how many.
///
/// # Errors
/// [`Refusal::Invalid`] when `to` is disabled or of another station; [`Refusal::NotYours`] for liaisons of another station.
pub fn hand_over_needs(
    office: &Office,
    actor: &Actor,
    from: AccountId,
    to: AccountId,
    one: Option<NeedId>,
) -> Done<usize> {
    actor.needs(Right::WorkNeeds)?;
    office.write(|tx| {
        let scope = actor.scope();
        let receiver = db::account::find(tx.conn, &to)?.ok_or(Refusal::NotFound)?;
        let giver = db::account::find(tx.conn, &from)?.ok_or(Refusal::NotFound)?;
        let fits = receiver.disabled_at.is_none()
            && (receiver.role == Role::Manager || receiver.role == Role::Liaison && receiver.station == giver.station);
        if !fits {
            return Err(Refusal::Invalid(vec![FieldProblem::new("to", "not-known")]).into());
        }
        let needs = db::need::open_of_owner(tx.conn, from)?;
        let mut moved = 0;
        for mut need in needs.into_iter().filter(|need| one.is_none_or(|id| id == need.id)) {
            if !scope.covers(&need.region, need.station) {
                return Err(Refusal::NotYours.into());
            }
            need.owner = to;
            need.updated_at = tx.now.naive_utc();
            db::need::save(tx.conn, &need)?;
            db::task::move_to(tx.conn, need.id, to)?;
            tx.event(need.id.as_str(), actor, Event::NeedHandedOver, &json!({"from": from, "to": to}))?;
            tx.changed("need", need.id.as_str())?;
            moved += 1;
        }
        Ok(moved)
    })
}
