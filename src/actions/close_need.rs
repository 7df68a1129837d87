//! A need closes: with feedback and rating (or 回访) and the liaison's 内部评价, or with one of the stated reasons.
//!
//! Source: rules.md, "Feedback, rating, evaluation, closing".

use super::retract_need::void_all;
use super::{Actor, Done, Letter, Office, Tx};
use crate::db;
use crate::db::JsonText;
use crate::db::need::{ClosureRow, NeedRow};
use crate::domain::assignment::{AssignmentState, VoidReason};
use crate::domain::event::Event;
use crate::domain::feedback::Evaluation;
use crate::domain::need::{CloseReason, NeedState};
use crate::domain::notice::NoticeKind;
use crate::domain::refusal::{FieldProblem, Problems, Refusal};
use crate::domain::role::Right;
use crate::ids::NeedId;
use serde_json::json;

/// How to close.
#[derive(Debug, Clone)]
pub struct CloseNeed {
    /// Why.
    pub reason: CloseReason,
    /// In words; 转办 says where.
    pub note: Option<String>,
    /// The 内部评价, with [`CloseReason::Served`].
    pub evaluation: Option<Evaluation>,
}

/// Whether every seat is served and rated.
pub(super) fn is_ready(tx: &mut Tx<'_>, need: &NeedRow) -> Done<bool> {
    if need.state != NeedState::Served {
        return Ok(false);
    }
    let ratings = db::feedback::ratings_of_need(tx.conn, need.id)?;
    let done = db::assignment::of_need(tx.conn, need.id)?.into_iter().filter(|row| row.state == AssignmentState::Done);
    Ok(done.into_iter().all(|row| ratings.iter().any(|rating| rating.assignment == row.id)))
}

/// Closes a need.
///
/// # Errors
/// [`Refusal::NotReadyToClose`] for [`CloseReason::Served`] without feedback and rating; [`Refusal::NeedClosed`];
/// [`Refusal::Invalid`] without the note 转办 asks for or with an evaluation out of range.
pub fn close_need(office: &Office, actor: &Actor, id: NeedId, input: &CloseNeed) -> Done<()> {
    actor.needs(Right::WorkNeeds)?;
    let mut p = Problems::default();
    let note = p.optional("note", input.note.as_deref(), 1_000);
    if input.reason.needs_note() && note.is_none() {
        p.add(FieldProblem::new("note", "needs-note"));
    }
    if let Some(evaluation) = &input.evaluation {
        for (field, value) in [
            ("evaluation.promptness", evaluation.promptness),
            ("evaluation.expertise", evaluation.expertise),
            ("evaluation.attitude", evaluation.attitude),
        ] {
            if !(1..=5).contains(&value) {
                p.add(FieldProblem::with(field, "out-of-range", "1–5"));
            }
        }
        p.optional("evaluation.note", evaluation.note.as_deref(), 1_000);
    }
    p.settle()?;
    office.write(|tx| {
        let mut need = tx.need(actor, id)?;
        if !need.state.is_open() {
            return Err(Refusal::NeedClosed.into());
        }
        let taken = db::assignment::of_need(tx.conn, id)?
            .iter()
            .any(|row| matches!(row.state, AssignmentState::Accepted | AssignmentState::Done));
        match input.reason {
            CloseReason::Served if !is_ready(tx, &need)? => return Err(Refusal::NotReadyToClose.into()),
            CloseReason::NobodyAccepted if taken => return Err(Refusal::NotReadyToClose.into()),
            _ => {}
        }
        need.state = NeedState::Closed;
        void_all(tx, &need, VoidReason::Closed)?;
        tx.settle_need(&mut need)?;
        db::task::finish_all(tx.conn, id, actor.account(), tx.now.naive_utc())?;
        let closure = ClosureRow {
            need: id,
            reason: input.reason,
            note: note.clone(),
            evaluation: input.evaluation.as_ref().map(JsonText::of),
            closed_by: actor.account(),
            closed_at: tx.now.naive_utc(),
        };
        db::need::insert_closures(tx.conn, std::slice::from_ref(&closure))?;
        tx.event(id.as_str(), actor, Event::NeedClosed, &json!({"reason": input.reason}))?;
        if need.contact_email.is_some() {
            tx.owe(actor, Letter::new(NoticeKind::NeedClosed, format!("closed:{id}")).about(id))?;
        }
        Ok(())
    })
}
