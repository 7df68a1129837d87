//! Finds the tasks nobody acted on, and tells more people of each in a transaction of its own.

use super::TickReport;
use crate::actions::escalate_task::escalate_task;
use crate::actions::{Done, Office};
use crate::db;

/// How many are read at a time.
const AT_A_TIME: i64 = 200;

/// Tells of every task that is due to be told.
///
/// # Errors
/// A fault of the machine.
pub fn sweep(office: &Office, report: &mut TickReport) -> Done<()> {
    let due = db::escalation::due(&mut *office.read()?, office.now().naive_utc(), AT_A_TIME)?;
    for task in due {
        if escalate_task(office, task)? {
            report.tasks_escalated += 1;
        }
    }
    Ok(())
}
