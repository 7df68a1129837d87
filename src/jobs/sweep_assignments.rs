//! Finds the assignments something is due for, and tends each in a transaction of its own.

use super::TickReport;
use crate::actions::tend_assignment::{Tended, tend_assignment};
use crate::actions::{Done, Office};
use crate::db;

/// How many are read at a time.
const AT_A_TIME: i64 = 200;

/// Tends everything that is due now.
///
/// # Errors
/// A fault of the machine.
pub fn sweep(office: &Office, report: &mut TickReport) -> Done<()> {
    loop {
        let due = db::assignment::due(&mut *office.read()?, office.now().naive_utc(), AT_A_TIME)?;
        if due.is_empty() {
            return Ok(());
        }
        let mut moved = false;
        for id in due {
            let tended = tend_assignment(office, id)?;
            moved |= tended != Tended::Nothing;
            match tended {
                Tended::Reminded => report.reminders_sent += 1,
                Tended::Lapsed => report.assignments_lapsed += 1,
                Tended::TaskLeft => report.tasks_left += 1,
                Tended::Nothing | Tended::ClockRestarted | Tended::Watched => {}
            }
        }
        if !moved {
            return Ok(());
        }
    }
}
