//! Finds the assignments something is due for, and tends each in a transaction of its own.

use super::setback::Items;
use super::{Desk, TickReport};
use crate::actions::Done;
use crate::actions::tend_assignment::{Tended, tend_assignment};
use crate::db;

/// How many are read at a time.
const AT_A_TIME: i64 = 200;

/// Tends everything that is due now; one that fails holds up no other.
///
/// # Errors
/// A fault of the machine; the first that failed.
pub fn sweep(desk: &Desk, report: &mut TickReport) -> Done<()> {
    let office = &desk.office;
    let mut items = Items::of(desk, "assignment");
    loop {
        let limit = items.limit(AT_A_TIME);
        let due = db::assignment::due(&mut *office.read()?, office.now().naive_utc(), limit)?;
        let mut moved = false;
        for id in due {
            let Some(tended) = items.one(id, || tend_assignment(office, id))? else { continue };
            moved |= tended != Tended::Nothing;
            match tended {
                Tended::Reminded => report.reminders_sent += 1,
                Tended::Lapsed => report.assignments_lapsed += 1,
                Tended::TaskLeft => report.tasks_left += 1,
                Tended::Nothing | Tended::ClockRestarted | Tended::Watched => {}
            }
        }
        if !moved {
            return items.settle();
        }
    }
}
