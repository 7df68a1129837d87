//! The service's pulse: the last moment it is known to have run.

use super::conn::Conn;
use super::schema::pulse;
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// The last beat, if the service ever ran.
///
/// # Errors
/// What the database says.
pub fn last(conn: &mut Conn) -> QueryResult<Option<NaiveDateTime>> {
    pulse::table.select(pulse::beat_at).first(conn).optional()
}

/// Beats, unless a later beat is kept already.
///
/// # Errors
/// What the database says.
pub fn beat(conn: &mut Conn, at: NaiveDateTime) -> QueryResult<()> {
    let kept = crate::each_backend!(conn, |c| diesel::insert_into(pulse::table)
        .values((pulse::only_row.eq(1), pulse::beat_at.eq(at)))
        .on_conflict(pulse::only_row)
        .do_nothing()
        .execute(c))?;
    if kept == 0 {
        diesel::update(pulse::table.filter(pulse::beat_at.lt(at))).set(pulse::beat_at.eq(at)).execute(conn)?;
    }
    Ok(())
}

/// Sets the pulse back to `at`: somebody confirmed that the machine's clock is right now.
///
/// # Errors
/// What the database says.
pub fn set(conn: &mut Conn, at: NaiveDateTime) -> QueryResult<()> {
    diesel::update(pulse::table).set(pulse::beat_at.eq(at)).execute(conn).map(drop)
}
