//! Leave (请假) is entered for an expert: dated rows, both days inclusive. Open offers that fall into it move on.

use super::rehome::{self, Leaving};
use super::{Actor, Done, Office};
use crate::db;
use crate::db::expert::LeaveRow;
use crate::domain::calendar::beijing_date;
use crate::domain::event::Event;
use crate::domain::refusal::{FieldProblem, Problems, Refusal};
use crate::domain::role::Right;
use crate::ids::{ExpertId, LeaveId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Leave as typed.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeaveInput {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// Why, in a word.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Enters leave. Answers its id and how many open offers moved on.
///
/// # Errors
/// [`Refusal::Invalid`] for dates that make no sense; [`Refusal::NotFound`].
pub fn enter_leave(office: &Office, actor: &Actor, expert: ExpertId, input: &LeaveInput) -> Done<(LeaveId, usize)> {
    actor.needs(Right::WorkNeeds)?;
    let mut p = Problems::default();
    let reason = p.optional("reason", input.reason.as_deref(), 200);
    if input.to < input.from {
        p.add(FieldProblem::new("to", "out-of-range"));
    }
    if (input.to - input.from).num_days() > 3_660 {
        p.add(FieldProblem::new("to", "out-of-range"));
    }
    p.settle()?;
    office.write(|tx| {
        db::expert::find(tx.conn, &expert)?.ok_or(Refusal::NotFound)?;
        let id = LeaveId::from_minted(tx.mint());
        let row = LeaveRow { id, expert, from_on: input.from, to_on: input.to, reason: reason.clone() };
        db::expert::insert_leaves(tx.conn, std::slice::from_ref(&row))?;
        tx.event(expert.as_str(), actor, Event::LeaveEntered, &json!({"from": input.from, "to": input.to}))?;
        tx.changed("expert", expert.as_str())?;
        let today = beijing_date(tx.now);
        let moved = if input.from <= today && today <= input.to {
            rehome::within(tx, actor, expert, Leaving { accepted_too: false, reason: "leave" })?
        } else {
            0
        };
        Ok((id, moved))
    })
}
