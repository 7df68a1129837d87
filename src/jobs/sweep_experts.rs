//! Finds the papers whose notice is due and the changes of address nobody objected to in time, and sees to each in a
//! transaction of its own.

use super::setback::Items;
use super::{Desk, TickReport};
use crate::actions::tend_document::{noticeable, tend_document};
use crate::actions::{Done, change_email};

/// How many are read at a time.
const AT_A_TIME: i64 = 200;

/// Sees to everything of experts that is due; one that fails holds up no other.
///
/// # Errors
/// A fault of the machine; the first that failed.
pub fn sweep(desk: &Desk, _: &mut TickReport) -> Done<()> {
    let office = &desk.office;
    let mut items = Items::of(desk, "paper");
    loop {
        let mut done = 0;
        for one in noticeable(office, items.limit(AT_A_TIME))? {
            let key = format!("{one:?}");
            done += usize::from(items.one(key, || tend_document(office, one))?.unwrap_or(false));
        }
        if done == 0 {
            break;
        }
    }
    for change in change_email::due(office, items.limit(AT_A_TIME))? {
        items.one(change, || change_email::carry_out(office, change))?;
    }
    items.settle()
}
