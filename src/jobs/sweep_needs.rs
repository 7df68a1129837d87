//! Finds the needs nobody looks after, and sees to each.

use super::TickReport;
use crate::actions::tend_need::neglected;
use crate::actions::tend_need::tend_need;
use crate::actions::{Done, Office};

/// How many are read at a time.
const AT_A_TIME: i64 = 200;

/// Sees to every need that nobody looks after; those that cannot be helped now are left for the next round.
///
/// # Errors
/// A fault of the machine.
pub fn sweep(office: &Office, report: &mut TickReport) -> Done<()> {
    for id in neglected(office, AT_A_TIME)? {
        report.tasks_left += usize::from(tend_need(office, id)?);
    }
    Ok(())
}
