//! 「非本人操作」: an expert says that the answer staff entered in their name was not theirs.
//!
//! Source: rules.md, "The answer" (entered by staff, confirmed to the expert with 「非本人操作」). Contract: nothing of the
//! offer changes here; the managers look into it and correct the entry. Saying it twice is saying it once. Deliberately
//! absent: what the expert would have answered, which the managers ask for when they phone.

use super::owners::managers_of;
use super::{Actor, Done, Letter, Office, Work};
use crate::db;
use crate::db::assignment::AssignmentRow;
use crate::domain::assignment::{AnswerKind, AssignmentState};
use crate::domain::event::Event;
use crate::domain::notice::NoticeKind;
use crate::domain::refusal::Refusal;
use crate::domain::task::TaskKind;
use crate::ids::AssignmentId;
use serde_json::json;

/// The answer that stands for an offer, if one was given: what was decided last, else the first word.
#[must_use]
pub const fn standing_answer(row: &AssignmentRow) -> Option<AnswerKind> {
    match row.state {
        AssignmentState::Accepted | AssignmentState::Done | AssignmentState::Released => Some(AnswerKind::Accept),
        AssignmentState::Declined => Some(AnswerKind::Decline),
        _ => row.first_answer,
    }
}

/// The key under which the contest of the answer that stands is recognised.
#[must_use]
pub fn contest_key(row: &AssignmentRow) -> String {
    let answer = standing_answer(row).map_or("none", |answer| answer.as_str());
    format!("not-mine:{}:{answer}", row.id)
}

/// Contests the answer that stands: a task for the managers and a letter to each. False when it was said before.
///
/// # Errors
/// [`Refusal::WrongState`] when nothing was answered.
pub fn contest_answer(office: &Office, actor: &Actor, id: AssignmentId) -> Done<bool> {
    office.write(|tx| {
        let (row, need) = tx.assignment(actor, id)?;
        let Some(answer) = standing_answer(&row) else { return Err(Refusal::WrongState.into()) };
        let key = contest_key(&row);
        if db::task::by_dedup(tx.conn, &key)?.is_some() {
            return Ok(false);
        }
        tx.leave_task(Work {
            kind: TaskKind::NotMyAnswer,
            dedup: key.clone(),
            need: Some(need.id),
            assignment: Some(row.id),
            expert: Some(row.expert),
            case: None,
            account: None,
            for_manager: true,
            detail: Some(answer.as_str().to_owned()),
            due_at: None,
        })?;
        let detail = json!({"assignment": row.id, "answer": answer, "by": row.answered_by});
        tx.event(need.id.as_str(), actor, Event::AnswerContested, &detail)?;
        // Straight to the managers, past the station that entered it.
        for account in managers_of(tx, &need.region)? {
            let letter =
                Letter::new(NoticeKind::StaffNotMine, format!("{key}:{account}")).of_offer(&row).to_account(account);
            tx.owe(actor, letter)?;
        }
        Ok(true)
    })
}
