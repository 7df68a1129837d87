//! Finds the papers whose notice is due and the changes of address nobody objected to in time, and sees to each in a
//! transaction of its own.

use crate::actions::tend_document::{noticeable, tend_document};
use crate::actions::{Done, Office, change_email};

/// How many are read at a time.
const AT_A_TIME: i64 = 200;

/// Sees to everything of experts that is due. What is still due after one round is found by the next.
///
/// # Errors
/// A fault of the machine.
pub fn sweep(office: &Office) -> Done<()> {
    loop {
        let due = noticeable(office, AT_A_TIME)?;
        if due.is_empty() {
            break;
        }
        for one in due {
            tend_document(office, one)?;
        }
    }
    for change in change_email::due(office, AT_A_TIME)? {
        change_email::carry_out(office, change)?;
    }
    Ok(())
}
