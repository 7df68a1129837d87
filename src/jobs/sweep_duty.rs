//! Sees to the rota: its day's round and the turns nobody came to.

use super::TickReport;
use crate::actions::tend_duty::tend_duty;
use crate::actions::{Done, Office};

/// Does what is due of the rota; what is owed leaves by the same round's delivery.
///
/// # Errors
/// A fault of the machine.
pub fn sweep(office: &Office, _: &mut TickReport) -> Done<()> {
    let done = tend_duty(office)?;
    if done > 0 {
        tracing::info!(done, "the rota was seen to");
    }
    Ok(())
}
