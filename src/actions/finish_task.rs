//! A person says that a task is done (完成待办), where no deed of the office says so by itself.
//!
//! A reply finishes 「回复提问」, a rating finishes 「回访」: those are not ticked off by hand while that deed can still
//! be done. What remains is work the office does outside (phoning, checking an address) and says so here.

use super::{Actor, Done, Office, Tx};
use crate::db;
use crate::db::assignment::AssignmentRow;
use crate::db::task::TaskRow;
use crate::domain::assignment::AssignmentState;
use crate::domain::event::Event;
use crate::domain::refusal::Refusal;
use crate::domain::role::{Right, Scope};
use crate::domain::task::TaskKind;
use crate::ids::TaskId;
use serde_json::json;

/// What marking a task of that kind as done asks of an account; `None` when a deed finishes it.
#[must_use]
pub const fn right_to_finish(kind: TaskKind) -> Option<Right> {
    match kind {
        TaskKind::Undelivered
        | TaskKind::NotMyAnswer
        | TaskKind::MailAlarm
        | TaskKind::OutOfOffice
        | TaskKind::MailReply
        | TaskKind::MailComplaint
        | TaskKind::MailUnmatched => Some(Right::WorkNeeds),
        TaskKind::ConductReport
        | TaskKind::AdmonitionProposed
        | TaskKind::RemovalProposed
        | TaskKind::EmailObjected
        | TaskKind::ClockBack => Some(Right::Decide),
        TaskKind::Unanswered
        | TaskKind::NobodyQualifies
        | TaskKind::ReplyQuestion
        | TaskKind::QuestionOverdue
        | TaskKind::AddContact
        | TaskKind::CallBack
        | TaskKind::CloseNeed
        | TaskKind::FeedbackOverdue
        | TaskKind::NobodyAsked
        | TaskKind::ReviewApplication
        | TaskKind::LookAtDocument
        | TaskKind::ApproveCalendar
        | TaskKind::DecideCase => None,
    }
}

/// The state of the task's offer in which its deed can still be done; afterwards it is ticked off by hand.
#[must_use]
pub const fn waits_for(kind: TaskKind) -> Option<AssignmentState> {
    match kind {
        TaskKind::ReplyQuestion | TaskKind::QuestionOverdue => Some(AssignmentState::Offered),
        TaskKind::FeedbackOverdue => Some(AssignmentState::Accepted),
        _ => None,
    }
}

/// Whether the task is about an offer its expert knows nothing of yet: only the notice, or the end of the offer, ends it.
#[must_use]
pub fn is_untold(kind: TaskKind, offer: &AssignmentRow) -> bool {
    kind == TaskKind::Undelivered && offer.state == AssignmentState::Offered && offer.notified_at.is_none()
}

/// Marks a task as done. Done twice changes nothing.
///
/// # Errors
/// [`Refusal::NotFound`] outside the actor's scope; [`Refusal::NotYours`] without the right; [`Refusal::WrongState`]
/// when a deed finishes it.
pub fn finish_task(office: &Office, actor: &Actor, id: TaskId) -> Done<TaskRow> {
    let task = office.write(|tx| {
        let mut task = db::task::find(tx.conn, &id)?.ok_or(Refusal::NotFound)?;
        if !may_see(tx, actor, &task)? {
            return Err(Refusal::NotFound.into());
        }
        if task.done_at.is_some() {
            return Ok(task);
        }
        if let Some(id) = task.assignment
            && db::assignment::find(tx.conn, &id)?.is_some_and(|offer| is_untold(task.kind, &offer))
        {
            return Err(Refusal::WrongState.into());
        }
        match right_to_finish(task.kind) {
            Some(right) => actor.needs(right)?,
            None if deed_is_over(tx, &task)? => actor.needs(Right::WorkNeeds)?,
            None => return Err(Refusal::WrongState.into()),
        }
        task.done_at = Some(tx.now.naive_utc());
        task.done_by = actor.account();
        db::task::save(tx.conn, &task)?;
        let subject = match (task.need, task.expert, task.conduct_case) {
            (Some(need), _, _) => need.to_string(),
            (None, Some(expert), _) => expert.to_string(),
            (None, None, Some(case)) => case.to_string(),
            (None, None, None) => task.id.to_string(),
        };
        tx.event(&subject, actor, Event::TaskDone, &json!({"task": task.id, "kind": task.kind}))?;
        if task.kind == TaskKind::ClockBack {
            super::keep_pulse::confirm_clock(tx, actor)?;
        }
        Ok(task)
    })?;
    if task.kind == TaskKind::ClockBack {
        office.remember_beat(office.clock.now());
    }
    Ok(task)
}

fn may_see(tx: &mut Tx<'_>, actor: &Actor, task: &TaskRow) -> Result<bool, super::ActionError> {
    if task.account.is_some() && task.account == actor.account() {
        return Ok(true);
    }
    let scope = actor.scope();
    if let Some(need) = task.need {
        return Ok(db::need::find(tx.conn, &need)?.is_some_and(|row| scope.covers(&row.region, row.station)));
    }
    Ok(match &task.region {
        Some(region) => scope.covers_region(region),
        None => scope == Scope::Everything,
    })
}

/// Whether the offer the task waits for moved on, so that no deed will finish it any more.
fn deed_is_over(tx: &mut Tx<'_>, task: &TaskRow) -> Result<bool, super::ActionError> {
    let (Some(state), Some(id)) = (waits_for(task.kind), task.assignment) else { return Ok(false) };
    Ok(db::assignment::find(tx.conn, &id)?.is_none_or(|row| row.state != state))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_ticked_off_by_hand_or_by_a_deed_never_by_both() {
        for kind in TaskKind::ALL {
            assert!(right_to_finish(*kind).is_none() || waits_for(*kind).is_none(), "{kind}");
        }
        assert_eq!(right_to_finish(TaskKind::CallBack), None);
        assert_eq!(right_to_finish(TaskKind::NobodyQualifies), None, "somebody is asked, or the need is closed");
        assert_eq!(right_to_finish(TaskKind::ConductReport), Some(Right::Decide));
    }
}
