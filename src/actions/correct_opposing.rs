//! The other side of a need becomes known, or was written wrongly (补充对方当事人): everybody asked so far is looked at again.
//!
//! An open offer to somebody the new names tie to the other side is void at once, and its chain goes on; where he accepted,
//! a manager decides, for the enterprise may know him by now. Waivers fall: they were granted for the parties as they stood.
//! Source: Beijing standard, 行为准则 (回避). Deliberately absent: releasing whoever accepted without a person's word.

use super::answer_assignment::void_offer;
use super::suggest_experts::conflict_on_rows;
use super::{Actor, Done, Office, Tx, Work};
use crate::db;
use crate::db::assignment::AssignmentRow;
use crate::db::need::NeedRow;
use crate::domain::assignment::{AssignmentState, VoidReason};
use crate::domain::event::Event;
use crate::domain::refusal::{Problems, Refusal};
use crate::domain::role::Right;
use crate::domain::task::TaskKind;
use crate::ids::NeedId;
use serde_json::json;

/// What became of those who were asked before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rechecked {
    /// Open offers that are void now.
    pub voided: usize,
    /// Accepted ones a manager has to look at.
    pub to_decide: usize,
}

/// Sets the opposing parties and their agents of an open need; left out or empty: none.
///
/// # Errors
/// [`Refusal::Invalid`] when a field is too long; [`Refusal::NeedClosed`]; [`Refusal::NotFound`]; [`Refusal::NotYours`].
pub fn correct_opposing(
    office: &Office,
    actor: &Actor,
    id: NeedId,
    party: Option<&str>,
    agent: Option<&str>,
) -> Done<Rechecked> {
    actor.needs(Right::WorkNeeds)?;
    let mut problems = Problems::default();
    let party = problems.optional("opposing_party", party, 200);
    let agent = problems.optional("opposing_agent", agent, 200);
    problems.settle()?;
    office.write(|tx| {
        let mut need = tx.need(actor, id)?;
        if !need.state.is_open() {
            return Err(Refusal::NeedClosed.into());
        }
        if (&need.opposing_party, &need.opposing_agent) == (&party, &agent) {
            return Ok(Rechecked::default());
        }
        need.opposing_party.clone_from(&party);
        need.opposing_agent.clone_from(&agent);
        need.updated_at = tx.now.naive_utc();
        db::need::save(tx.conn, &need)?;
        let waivers = db::relation::drop_waivers(tx.conn, id)?;
        let detail = json!({"fields": ["opposing_party", "opposing_agent"], "waivers_dropped": waivers});
        tx.event(id.as_str(), actor, Event::NeedCorrected, &detail)?;
        tx.changed("need", id.as_str())?;
        look_again(tx, &mut need)
    })
}

fn look_again(tx: &mut Tx<'_>, need: &mut NeedRow) -> Done<Rechecked> {
    let mut found = Rechecked::default();
    for mut row in db::assignment::of_need(tx.conn, need.id)? {
        // Whom he serves against is learned from this need.
        if matches!(row.state, AssignmentState::Offered | AssignmentState::Accepted | AssignmentState::Done) {
            tx.changed("expert", row.expert.as_str())?;
        }
        if !matches!(row.state, AssignmentState::Offered | AssignmentState::Accepted) {
            continue;
        }
        let Some(rule) = conflict_on_rows(tx.conn, need, row.expert, tx.now)? else { continue };
        if row.state == AssignmentState::Offered {
            void_offer(tx, &mut row, need, VoidReason::NotEligible)?;
            super::next_in_chain::within(tx, need, row.seat)?;
            found.voided += 1;
        } else {
            decide(tx, need, &row, rule.code())?;
            found.to_decide += 1;
        }
    }
    Ok(found)
}

/// A manager looks whether whoever accepted may go on.
fn decide(tx: &mut Tx<'_>, need: &NeedRow, row: &AssignmentRow, rule: &str) -> Done<()> {
    tx.leave_task(Work {
        kind: TaskKind::ConflictFound,
        dedup: format!("conflict-found:{}:{rule}", row.id),
        need: Some(need.id),
        assignment: Some(row.id),
        expert: Some(row.expert),
        case: None,
        account: Some(need.owner),
        for_manager: true,
        detail: None,
        due_at: None,
    })
}
