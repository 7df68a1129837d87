//! The enterprise takes a need back (撤回需求): every open offer is void, everybody concerned is told.

use super::answer_assignment::void_offer;
use super::{Actor, Done, Letter, Office, Tx};
use crate::db;
use crate::db::need::NeedRow;
use crate::domain::assignment::{AssignmentState, VoidReason};
use crate::domain::event::Event;
use crate::domain::need::NeedState;
use crate::domain::notice::NoticeKind;
use crate::domain::refusal::{Problems, Refusal};
use crate::domain::role::Right;
use crate::ids::NeedId;
use serde_json::json;

/// Retracts a need.
///
/// # Errors
/// [`Refusal::NeedClosed`] when it is closed or retracted already; [`Refusal::Invalid`] without a reason.
pub fn retract_need(office: &Office, actor: &Actor, id: NeedId, reason: &str) -> Done<()> {
    actor.needs(Right::WorkNeeds)?;
    let mut problems = Problems::default();
    let reason = problems.text("reason", reason, 500);
    problems.settle()?;
    office.write(|tx| {
        let mut need = tx.need(actor, id)?;
        if !need.state.is_open() || need.state == NeedState::Served {
            return Err(Refusal::NeedClosed.into());
        }
        need.state = NeedState::Retracted;
        void_all(tx, &need, VoidReason::Retracted)?;
        tx.settle_need(&mut need)?;
        db::task::finish_all(tx.conn, need.id, actor.account(), tx.now.naive_utc())?;
        let closure = db::need::ClosureRow {
            need: need.id,
            reason: crate::domain::need::CloseReason::WithdrawnByEnterprise,
            note: Some(reason.clone()),
            evaluation: None,
            closed_by: actor.account(),
            closed_at: tx.now.naive_utc(),
        };
        db::need::insert_closures(tx.conn, std::slice::from_ref(&closure))?;
        tx.event(need.id.as_str(), actor, Event::NeedRetracted, &json!({}))?;
        if need.contact_email.is_some() {
            tx.owe(actor, Letter::new(NoticeKind::NeedClosed, format!("closed:{}", need.id)).about(need.id))?;
        }
        Ok(())
    })
}

/// Makes every open and accepted offer of a need void.
pub(super) fn void_all(tx: &mut Tx<'_>, need: &NeedRow, why: VoidReason) -> Done<()> {
    for mut row in db::assignment::of_need(tx.conn, need.id)? {
        if matches!(row.state, AssignmentState::Offered | AssignmentState::Accepted) {
            void_offer(tx, &mut row, need, why)?;
        }
    }
    Ok(())
}
