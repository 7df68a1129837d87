//! Finds the tasks nobody acted on, and tells more people of each in a transaction of its own.

use super::setback::Items;
use super::{Desk, TickReport};
use crate::actions::Done;
use crate::actions::escalate_task::escalate_task;
use crate::db;

/// How many are read at a time.
const AT_A_TIME: i64 = 200;

/// Tells of every task that is due to be told; one that fails holds up no other.
///
/// # Errors
/// A fault of the machine; the first that failed.
pub fn sweep(desk: &Desk, report: &mut TickReport) -> Done<()> {
    let office = &desk.office;
    let mut items = Items::of(desk, "task");
    let due = db::escalation::due(&mut *office.read()?, office.now().naive_utc(), items.limit(AT_A_TIME))?;
    for task in due {
        if items.one(task, || escalate_task(office, task))?.unwrap_or(false) {
            report.tasks_escalated += 1;
        }
    }
    items.settle()
}
