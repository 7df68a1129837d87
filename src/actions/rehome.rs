//! An expert leaves the desk, for a while or for good: every open offer, accepted case and future turn of theirs finds a new
//! home in the same transaction, and the expert is told once of all of it (rules.md, "The chain" and "Standing,
//! selection, conduct").

use super::answer_assignment::{tell_staff, void_offer};
use super::{Actor, Done, Letter, Tx, release_assignment};
use crate::db;
use crate::domain::assignment::{AssignmentState, ReleasedBy, VoidReason};
use crate::domain::calendar::beijing_date;
use crate::domain::duty::far_ahead;
use crate::domain::notice::NoticeKind;
use crate::ids::{ExpertId, TaskId};

/// Why an expert leaves the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Leaving<'a> {
    /// Accepted cases move on too, not only open offers.
    pub(super) accepted_too: bool,
    /// Every turn of duty still to come is given up; leave frees its own days alone ([`super::enter_leave`]).
    pub(super) turns_too: bool,
    /// In a word, for the trail.
    pub(super) reason: &'a str,
}

/// One kind of thing an expert may have in hand: moves it on inside the transaction and answers how many moved. Whoever
/// adds something experts are put down for adds a line to [`HOMES`].
type Home = fn(&mut Tx<'_>, &Actor, ExpertId, Leaving<'_>) -> Done<usize>;

/// Everything that has to find a new home, in order.
const HOMES: [Home; 2] = [offers, turns];

/// Moves everything on. Answers how many found a new home.
pub(super) fn within(tx: &mut Tx<'_>, actor: &Actor, expert: ExpertId, leaving: Leaving<'_>) -> Done<usize> {
    let mut moved = 0;
    for home in HOMES {
        moved += home(tx, actor, expert, leaving)?;
    }
    if moved > 0 {
        let key = format!("rehomed:{}", TaskId::from_minted(tx.mint()));
        let mut letter = Letter::new(NoticeKind::Rehomed, key);
        letter.expert = Some(expert);
        letter.ordinal = i32::try_from(moved).ok();
        tx.owe(actor, letter)?;
    }
    Ok(moved)
}

/// Open offers become void and their chains go on; accepted cases are released where they move on too. Whoever looks after
/// a need is told once of it, its enterprise only if somebody had accepted.
fn offers(tx: &mut Tx<'_>, actor: &Actor, expert: ExpertId, leaving: Leaving<'_>) -> Done<usize> {
    let states: &[AssignmentState] = if leaving.accepted_too {
        &[AssignmentState::Offered, AssignmentState::Accepted]
    } else {
        &[AssignmentState::Offered]
    };
    let rows = db::assignment::of_expert(tx.conn, expert, states)?;
    let count = rows.len();
    for row in rows {
        let mut need = tx.need(&Actor::Desk, row.need)?;
        // Read again: the lock may have been waited for, and the seat may have moved on meanwhile.
        let Some(mut row) = db::assignment::find(tx.conn, &row.id)?.filter(|row| states.contains(&row.state)) else {
            continue;
        };
        if row.state == AssignmentState::Offered {
            void_offer(tx, &mut row, &need, VoidReason::NotEligible)?;
            super::next_in_chain::within(tx, &mut need, row.seat)?;
            tell_staff(tx, &row, &need, NoticeKind::StaffReleased)?;
        } else {
            release_assignment::within(tx, actor, &mut row, &mut need, ReleasedBy::Station, leaving.reason)?;
        }
    }
    Ok(count)
}

/// Turns of duty still to come are offered to others, where the expert is gone for good or until further notice.
fn turns(tx: &mut Tx<'_>, actor: &Actor, expert: ExpertId, leaving: Leaving<'_>) -> Done<usize> {
    if !leaving.turns_too {
        return Ok(0);
    }
    let today = beijing_date(tx.now);
    super::rehome_duty::within(tx, actor, expert, (today, far_ahead()), leaving.reason)
}
