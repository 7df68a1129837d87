//! Finds the needs nobody looks after, and sees to each.

use super::setback::Items;
use super::{Desk, TickReport};
use crate::actions::Done;
use crate::actions::tend_need::neglected;
use crate::actions::tend_need::tend_need;

/// How many are read at a time.
const AT_A_TIME: i64 = 200;

/// Sees to every need that nobody looks after; those that cannot be helped now are left for the next round, and one that
/// fails holds up no other.
///
/// # Errors
/// A fault of the machine; the first that failed.
pub fn sweep(desk: &Desk, report: &mut TickReport) -> Done<()> {
    let office = &desk.office;
    let mut items = Items::of(desk, "need");
    for id in neglected(office, items.limit(AT_A_TIME))? {
        let done = items.one(id, || tend_need(office, id))?;
        report.tasks_left += usize::from(done.unwrap_or(false));
    }
    items.settle()
}
