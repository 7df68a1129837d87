//! Finds the conduct cases something is due for, and tends each in a transaction of its own.

use super::TickReport;
use crate::actions::tell_case::tend_case;
use crate::actions::{Done, Office};
use crate::db;

/// How many are read at a time.
const AT_A_TIME: i64 = 200;

/// Tends every case that is due now.
///
/// # Errors
/// A fault of the machine.
pub fn sweep(office: &Office, report: &mut TickReport) -> Done<()> {
    loop {
        let due = db::conduct::due(&mut *office.read()?, office.now().naive_utc(), AT_A_TIME)?;
        let mut moved = false;
        for id in due {
            if tend_case(office, id)? {
                report.tasks_left += 1;
                moved = true;
            }
        }
        if !moved {
            return Ok(());
        }
    }
}
