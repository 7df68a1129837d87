//! Turns find a new home in the act that takes their expert away: leave, suspension, removal, withdrawal, or a no.
//!
//! Contract: exactly the turns that must change do; nobody is moved to make room, and nobody is put on one without a yes:
//! the best substitutes are asked by letter, the first yes takes it, and the gap stands on the desk until then.

use super::duty_people::substitutes;
use super::duty_seat::{free, offer, tell_changed};
use super::{Actor, Done, Tx};
use crate::db;
use crate::db::duty_turn::TurnRow;
use crate::domain::calendar::beijing_date;
use crate::domain::duty::{ConsentAnswer, TurnState};
use crate::domain::standing::Standing;
use crate::ids::ExpertId;
use chrono::NaiveDate;

/// How many are asked at once for a turn that lost its expert.
const ASKED_AT_ONCE: usize = 3;

/// Takes an expert off a turn; answers whom to offer it to, best first, where it is published.
pub(super) fn leave_turn(
    tx: &mut Tx<'_>,
    actor: &Actor,
    mut turn: TurnRow,
    said: ConsentAnswer,
    why: &str,
) -> Done<Vec<ExpertId>> {
    free(tx, actor, &mut turn, said, why)?;
    if !turn.published {
        return Ok(Vec::new());
    }
    let Some(plan) = db::duty::find(tx.conn, &turn.plan)? else { return Ok(Vec::new()) };
    let known: Vec<ExpertId> = db::duty_consent::of_turn(tx.conn, turn.id)?
        .into_iter()
        .filter(|row| matches!(row.answer, ConsentAnswer::No | ConsentAnswer::RatherNot | ConsentAnswer::Withdrawn))
        .map(|row| row.expert)
        .collect();
    let found = substitutes(tx.conn, &turn, &plan, ASKED_AT_ONCE + known.len())?;
    Ok(found.into_iter().map(|one| one.expert).filter(|expert| !known.contains(expert)).take(ASKED_AT_ONCE).collect())
}

/// Frees every turn of an expert on those days that is still to come. Answers how many found a new search.
pub(super) fn within(
    tx: &mut Tx<'_>,
    actor: &Actor,
    expert: ExpertId,
    (from, to): (NaiveDate, NaiveDate),
    why: &str,
) -> Done<usize> {
    let today = beijing_date(tx.now);
    let turns = db::duty_turn::of_expert(tx.conn, expert, from.max(today), to)?;
    let (mut moved, mut told) = (0, None);
    for turn in turns {
        if turn.span().ends() <= tx.now || turn.state == TurnState::Cancelled {
            continue;
        }
        db::dialect::lock_duty(tx.conn, turn.plan)?;
        // Read again: the lock may have been waited for.
        let Some(turn) = db::duty_turn::find(tx.conn, &turn.id)?.filter(|row| row.expert == Some(expert)) else {
            continue;
        };
        let (id, published, plan) = (turn.id, turn.published, turn.plan);
        let asked = leave_turn(tx, actor, turn, ConsentAnswer::Withdrawn, why)?;
        if published {
            told = Some(plan);
            if let Some(row) = db::duty_turn::find(tx.conn, &id)? {
                offer(tx, actor, &row, &asked)?;
            }
        }
        moved += 1;
    }
    stop_asking(tx, actor, expert, (from.max(today), to))?;
    let there = db::expert::find(tx.conn, &expert)?.is_some_and(|row| row.standing == Standing::Active);
    if let (Some(plan), true) = (told, there) {
        tell_changed(tx, actor, expert, plan)?;
    }
    Ok(moved)
}

/// What the expert was still asked about on those days is not asked any more.
fn stop_asking(tx: &mut Tx<'_>, actor: &Actor, expert: ExpertId, (from, to): (NaiveDate, NaiveDate)) -> Done<()> {
    let waiting: Vec<_> = db::duty_consent::of_expert(tx.conn, expert, from)?
        .into_iter()
        .filter(|row| row.answer == ConsentAnswer::Waiting)
        .map(|row| row.turn)
        .collect();
    for turn in db::duty_turn::by_ids(tx.conn, &waiting)?.into_iter().filter(|turn| turn.day <= to) {
        super::duty_seat::say(tx, actor, turn.id, expert, ConsentAnswer::Withdrawn, None)?;
    }
    Ok(())
}
