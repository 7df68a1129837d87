//! Staff reply to an expert's question; the clock runs again (rules.md, "The answer").

use super::tend_assignment::restart_clock;
use super::{Actor, Done, Letter, Office};
use crate::db;
use crate::domain::answer_rule::due_after_reply;
use crate::domain::assignment::AssignmentState;
use crate::domain::event::Event;
use crate::domain::notice::NoticeKind;
use crate::domain::refusal::{Problems, Refusal};
use crate::domain::role::Right;
use crate::domain::task::TaskKind;
use crate::ids::AssignmentId;
use serde_json::json;

/// Replies. The new due instant is the later of the old one and 24:00 of the day after the reply.
///
/// # Errors
/// [`Refusal::NoQuestion`] when none waits; [`Refusal::Invalid`] for an empty reply.
pub fn reply_question(office: &Office, actor: &Actor, id: AssignmentId, text: &str) -> Done<()> {
    actor.needs(Right::WorkNeeds)?;
    let mut problems = Problems::default();
    let text = problems.text("text", text, 2_000);
    problems.settle()?;
    office.write(|tx| {
        let (mut row, need) = tx.assignment(actor, id)?;
        if row.state != AssignmentState::Offered || row.asked_at.is_none() || row.reply.is_some() {
            return Err(Refusal::NoQuestion.into());
        }
        let restarted_before = row.replied_at.is_some();
        row.reply = Some(text.clone());
        let due_at = row.answer_due_at.map_or(tx.now, |at| at.and_utc());
        if restarted_before {
            tx.save_assignment(&mut row)?;
        } else {
            let new_due = due_after_reply(due_at, tx.now);
            restart_clock(tx, &mut row, new_due, "replied")?;
        }
        tx.event(need.id.as_str(), actor, Event::QuestionReplied, &json!({"assignment": row.id}))?;
        let asked = [TaskKind::ReplyQuestion, TaskKind::QuestionOverdue];
        db::task::finish_of_offer(tx.conn, row.id, &asked, actor.account(), tx.now.naive_utc())?;
        tx.owe(actor, Letter::new(NoticeKind::QuestionReplied, format!("replied:{}", row.id)).of_offer(&row))
    })
}
