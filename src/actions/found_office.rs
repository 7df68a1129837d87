//! The first start: the region tree and the calendar as shipped, and the proof that our keys are those this database was
//! sealed with.

use super::{ActionError, Done, Fault};
use crate::db::calendar::CalendarDayRow;
use crate::db::region::RegionRow;
use crate::db::{self, Conn, Db, JsonText};
use crate::domain::calendar::{Calendar, RowKind, SHIPPED_HOLIDAYS};
use crate::domain::region::SHIPPED;
use crate::seal::Keyring;
use chrono::{DateTime, Utc};

/// Puts in what every office has, where it is missing, and checks the keys.
///
/// # Errors
/// A fault when a key that sealed something here is missing or another one, or the database refuses.
pub fn found_office(db: &Db, keys: &Keyring, now: DateTime<Utc>) -> Done<()> {
    db.write::<(), ActionError>(|conn| {
        if db::region::all(conn)?.is_empty() {
            db::region::insert_many(conn, &regions())?;
        }
        if db::calendar::all(conn)?.is_empty() {
            db::calendar::insert_days(conn, &calendar_days()?)?;
        }
        check_keys(conn, keys, now)
    })
}

/// The region tree as shipped.
#[must_use]
pub fn regions() -> Vec<RegionRow> {
    SHIPPED
        .iter()
        .map(|region| RegionRow {
            code: region.code.to_owned(),
            parent: region.parent.map(str::to_owned),
            name: region.name.to_owned(),
            name_en: region.name_en.to_owned(),
            lat: region.lat,
            lon: region.lon,
            industries: JsonText::of(&region.industries.iter().map(|name| (*name).to_owned()).collect()),
        })
        .collect()
}

/// The State Council's days as shipped.
///
/// # Errors
/// A fault when the shipped file cannot be read.
pub fn calendar_days() -> Done<Vec<CalendarDayRow>> {
    let calendar = Calendar::from_csv(SHIPPED_HOLIDAYS, "shipped")
        .map_err(|problem| ActionError::Fault(Fault::new(format!("the shipped calendar: {problem:?}"))))?;
    Ok(calendar
        .rows()
        .map(|row| CalendarDayRow {
            day: row.date,
            kind: if row.kind == RowKind::Workday { "workday" } else { "holiday" }.to_owned(),
            occasion: row.occasion.clone(),
            source: "shipped".to_owned(),
        })
        .collect())
}

fn check_keys(conn: &mut Conn, keys: &Keyring, now: DateTime<Utc>) -> Done<()> {
    let known = db::key_id::all(conn)?;
    let ours = keys.check_values();
    for row in &known {
        let held = ours.iter().find(|(id, _)| i32::from(*id) == row.id);
        if held.is_none_or(|(_, value)| *value != row.check_value) {
            return Err(ActionError::Fault(Fault::new(format!(
                "key {} that sealed letters and links of this database is missing from the key file; nothing was changed",
                row.id
            ))));
        }
    }
    for (id, check_value) in ours {
        if !known.iter().any(|row| row.id == i32::from(id)) {
            db::key_id::insert(
                conn,
                &db::key_id::KeyIdRow { id: i32::from(id), check_value, created_at: now.naive_utc() },
            )?;
        }
    }
    Ok(())
}
