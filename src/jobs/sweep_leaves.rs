//! Finds the experts whose leave has begun, once a Beijing day, and moves on what is open to them.

use super::setback::Items;
use super::{Desk, TickReport};
use crate::actions::Done;
use crate::actions::enter_leave::{begin_leave, gone_with_offers};
use crate::domain::calendar::beijing_date;

/// Moves on what is open to whoever is away since today, or since a day nobody looked.
///
/// # Errors
/// A fault of the machine; the first that failed, then the whole day is looked at again.
pub fn sweep(desk: &Desk, _: &mut TickReport) -> Done<()> {
    let office = &desk.office;
    let today = beijing_date(office.now());
    if desk.post().leaves_looked_at == Some(today) {
        return Ok(());
    }
    let mut items = Items::of(desk, "leave");
    for expert in gone_with_offers(office)? {
        items.one(expert, || begin_leave(office, expert))?;
    }
    items.settle()?;
    desk.post().leaves_looked_at = Some(today);
    Ok(())
}
