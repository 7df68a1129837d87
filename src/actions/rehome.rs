//! An expert leaves the desk, for a while or for good: every open offer and accepted case of theirs finds a new home in
//! the same transaction (rules.md, "The chain" and "Standing, selection, conduct").

use super::answer_assignment::void_offer;
use super::{Actor, Done, Tx, release_assignment};
use crate::db;
use crate::domain::assignment::{AssignmentState, ReleasedBy, VoidReason};
use crate::domain::calendar::beijing_date;
use crate::domain::duty::far_ahead;
use crate::ids::ExpertId;

/// Makes open offers void and lets their chains go on; with `accepted_too`, accepted cases are released as well.
/// Answers how many found a new home.
pub(super) fn within(
    tx: &mut Tx<'_>,
    actor: &Actor,
    expert: ExpertId,
    accepted_too: bool,
    reason: &str,
) -> Done<usize> {
    let states: &[AssignmentState] =
        if accepted_too { &[AssignmentState::Offered, AssignmentState::Accepted] } else { &[AssignmentState::Offered] };
    let rows = db::assignment::of_expert(tx.conn, expert, states)?;
    let count = rows.len();
    if accepted_too {
        // Gone for good, or until further notice: every turn still to come finds a new home as well.
        let today = beijing_date(tx.now);
        super::rehome_duty::within(tx, actor, expert, (today, far_ahead()), reason)?;
    }
    for mut row in rows {
        let mut need = tx.need(&Actor::Desk, row.need)?;
        if row.state == AssignmentState::Offered {
            void_offer(tx, &mut row, &need, VoidReason::NotEligible)?;
            super::next_in_chain::within(tx, &mut need, row.seat)?;
        } else {
            release_assignment::within(tx, actor, &mut row, &mut need, ReleasedBy::Station, reason)?;
        }
    }
    Ok(count)
}
