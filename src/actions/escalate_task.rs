//! A task nobody acts on climbs: after the owner, the 站长 is told, then the managers, then the managers daily, until the
//! task is done or its need is closed. The intervals are policy. Run twice at the same moment, it tells once.

use super::owners::{head_of, managers_of, staff_for};
use super::{Actor, Done, Letter, Office, Tx};
use crate::db;
use crate::db::escalation::EscalationRow;
use crate::db::task::TaskRow;
use crate::domain::event::Event;
use crate::domain::need::SeatState;
use crate::domain::notice::NoticeKind;
use crate::ids::TaskId;
use serde_json::json;

/// Watches a task that was just left.
pub(super) fn watch(tx: &mut Tx<'_>, task: &TaskRow) -> Done<()> {
    let rules = tx.policy()?.letters;
    if rules.escalation_hours.is_empty() {
        return Ok(());
    }
    let next_at = rules.escalates_at(tx.now, 0, tx.now).naive_utc();
    Ok(db::escalation::insert(tx.conn, &EscalationRow { task: task.id, step: 0, next_at })?)
}

/// Tells the next circle of people, if the task still waits. Answers whether somebody was told.
///
/// # Errors
/// A fault of the machine.
pub fn escalate_task(office: &Office, id: TaskId) -> Done<bool> {
    office.write(|tx| {
        let Some(mut row) = db::escalation::find(tx.conn, &id)? else { return Ok(false) };
        if row.next_at > tx.now.naive_utc() {
            return Ok(false);
        }
        let Some(task) = db::task::find(tx.conn, &id)? else { return Ok(false) };
        let need = match task.need {
            Some(need) => Some(tx.need(&Actor::Desk, need)?),
            None => None,
        };
        // Somebody acted: the task is done, the need is closed, or every seat has somebody who was asked.
        let free = match &need {
            Some(need) => db::need::seats_of(tx.conn, need.id)?.iter().any(|seat| seat.state == SeatState::Free),
            None => false,
        };
        let Some(need) = need.filter(|need| task.done_at.is_none() && need.state.is_open() && free) else {
            db::escalation::end(tx.conn, id)?;
            return Ok(false);
        };
        let mut told = if row.step == 0 { staff_for(tx, &need)? } else { managers_of(tx, &need.region)? };
        told.extend(head_of(tx, &need)?);
        told.sort_unstable();
        told.dedup();
        for account in &told {
            let mut letter = Letter::new(NoticeKind::StaffEscalated, format!("escalated:{id}:{}:{account}", row.step))
                .about(need.id)
                .to_account(*account);
            letter.task = Some(id);
            tx.owe(&Actor::Desk, letter)?;
        }
        if row.step > 0 && !task.for_manager {
            db::task::show_to_managers(tx.conn, id)?;
        }
        tx.event(
            need.id.as_str(),
            &Actor::Desk,
            Event::TaskEscalated,
            &json!({"task": id, "kind": task.kind, "step": row.step, "told": told}),
        )?;
        row.step += 1;
        let step = usize::try_from(row.step).unwrap_or(usize::MAX);
        let rules = tx.policy()?.letters;
        row.next_at = rules.escalates_at(task.created_at.and_utc(), step, tx.now).max(tx.now).naive_utc();
        if row.next_at <= tx.now.naive_utc() {
            row.next_at = rules.escalates_at(tx.now, usize::MAX, tx.now).naive_utc();
        }
        db::escalation::save(tx.conn, &row)?;
        Ok(true)
    })
}
