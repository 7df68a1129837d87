//! A taken seat is given back: by the expert (「我无法继续」), the station or the enterprise. The chain goes on; no breach.

use super::answer_assignment::tell_staff;
use super::{Actor, Done, Letter, Office, Tx};
use crate::db;
use crate::db::assignment::AssignmentRow;
use crate::db::need::NeedRow;
use crate::domain::assignment::{AssignmentState, ReleasedBy};
use crate::domain::event::Event;
use crate::domain::notice::NoticeKind;
use crate::domain::refusal::{Problems, Refusal};
use crate::domain::role::Right;
use crate::ids::AssignmentId;
use serde_json::json;

/// Gives an accepted seat back.
///
/// # Errors
/// [`Refusal::WrongState`] unless the offer was accepted and no feedback is filed; [`Refusal::Invalid`] without a reason.
pub fn release_assignment(office: &Office, actor: &Actor, id: AssignmentId, by: ReleasedBy, reason: &str) -> Done<()> {
    actor.needs(Right::WorkNeeds)?;
    let mut problems = Problems::default();
    let reason = problems.text("reason", reason, 500);
    problems.settle()?;
    office.write(|tx| {
        let (mut row, mut need) = tx.assignment(actor, id)?;
        if row.state != AssignmentState::Accepted {
            return Err(Refusal::WrongState.into());
        }
        within(tx, actor, &mut row, &mut need, by, &reason)?;
        if by != ReleasedBy::Expert {
            tx.owe(actor, Letter::new(NoticeKind::ExpertReleased, format!("released:{}", row.id)).of_offer(&row))?;
        }
        Ok(())
    })
}

/// The half inside an open transaction; whoever calls it tells the expert.
pub(super) fn within(
    tx: &mut Tx<'_>,
    actor: &Actor,
    row: &mut AssignmentRow,
    need: &mut NeedRow,
    by: ReleasedBy,
    reason: &str,
) -> Done<()> {
    row.state = AssignmentState::Released;
    row.next_due_at = None;
    row.ended_at = Some(tx.now.naive_utc());
    row.end_reason = Some(by.as_str().to_owned());
    row.note = Some(reason.to_owned());
    db::outbox::void_of_assignment(tx.conn, row.id)?;
    tx.save_assignment(row)?;
    tx.event(need.id.as_str(), actor, Event::AssignmentReleased, &json!({"assignment": row.id, "by": by}))?;
    if need.contact_email.is_some() && by != ReleasedBy::Enterprise {
        let mut letter = Letter::new(NoticeKind::SearchingAgain, format!("searching:{}", row.id)).of_offer(row);
        letter.expert = None;
        tx.owe(actor, letter)?;
    }
    super::next_in_chain::within(tx, need, row.seat)?;
    tell_staff(tx, row, need, NoticeKind::StaffReleased)
}
