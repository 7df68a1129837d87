//! Sees to the rota: its day's round and the turns nobody came to.

use super::{Desk, TickReport};
use crate::actions::Done;
use crate::actions::tend_duty::tend_duty;

/// Does what is due of the rota; what is owed leaves by the same round's delivery.
///
/// # Errors
/// A fault of the machine.
pub fn sweep(desk: &Desk, _: &mut TickReport) -> Done<()> {
    let done = tend_duty(&desk.office)?;
    if done > 0 {
        tracing::info!(done, "the rota was seen to");
    }
    Ok(())
}
