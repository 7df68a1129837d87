//! Who gets staff mail and tasks of a need: always somebody (rules.md, "Owner").

use super::{Done, Tx};
use crate::db::account::AccountRow;
use crate::db::need::NeedRow;
use crate::db::{self};
use crate::domain::calendar::beijing_date;
use crate::domain::role::Role;
use crate::ids::AccountId;
use chrono::NaiveDate;

/// Whether an account can be written to today: not disabled, not on leave.
fn is_there(account: &AccountRow, today: NaiveDate) -> bool {
    account.disabled_at.is_none() && account.on_leave_until.is_none_or(|until| until < today)
}

/// Who is told of a need: the owner; else the station's other liaisons, then its 站长, then the region's manager, then
/// the city's. If nobody at all is there, the owner all the same: a letter that waits is better than none.
///
/// # Errors
/// What the database says.
pub fn staff_for(tx: &mut Tx<'_>, need: &NeedRow) -> Done<Vec<AccountId>> {
    let today = beijing_date(tx.now);
    if let Some(owner) = db::account::find(tx.conn, &need.owner)?
        && is_there(&owner, today)
    {
        return Ok(vec![owner.id]);
    }
    let station = db::account::of_station(tx.conn, need.station)?;
    let liaisons: Vec<AccountId> = station
        .iter()
        .filter(|account| account.role == Role::Liaison && !account.head && is_there(account, today))
        .map(|account| account.id)
        .collect();
    if !liaisons.is_empty() {
        return Ok(liaisons);
    }
    if let Some(head) = station.iter().find(|account| account.head && is_there(account, today)) {
        return Ok(vec![head.id]);
    }
    let managers = managers_of(tx, &need.region)?;
    Ok(if managers.is_empty() { vec![need.owner] } else { managers })
}

/// The managers of a region: the district's own, else the city's.
///
/// # Errors
/// What the database says.
pub fn managers_of(tx: &mut Tx<'_>, region: &str) -> Done<Vec<AccountId>> {
    let today = beijing_date(tx.now);
    let managers: Vec<AccountRow> =
        db::account::managers(tx.conn)?.into_iter().filter(|account| is_there(account, today)).collect();
    let district: Vec<AccountId> =
        managers.iter().filter(|account| account.region.as_deref() == Some(region)).map(|account| account.id).collect();
    if !district.is_empty() {
        return Ok(district);
    }
    Ok(managers
        .iter()
        .filter(|account| account.region.as_deref().is_none_or(|code| code == crate::domain::region::CITY))
        .map(|account| account.id)
        .collect())
}

/// The 站长 of a need's station, if there is one to write to.
///
/// # Errors
/// What the database says.
pub fn head_of(tx: &mut Tx<'_>, need: &NeedRow) -> Done<Option<AccountId>> {
    let today = beijing_date(tx.now);
    let station = db::account::of_station(tx.conn, need.station)?;
    Ok(station.iter().find(|account| account.head && is_there(account, today)).map(|account| account.id))
}
