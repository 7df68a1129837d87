//! What the last look at each invariant found.

use super::conn::{Conn, cols};
use super::schema::verifications;
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// The last result of one invariant.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = verifications)]
pub struct VerificationRow {
    /// Which one.
    pub invariant: String,
    /// When it was looked at.
    pub at: NaiveDateTime,
    /// How many offend.
    pub offenders: i64,
    /// The first of them, by number.
    pub sample: String,
}

/// Puts new results in the place of the old ones.
///
/// # Errors
/// What the database says.
pub fn put(conn: &mut Conn, rows: &[VerificationRow]) -> QueryResult<()> {
    diesel::delete(verifications::table).execute(conn)?;
    crate::each_backend!(conn, |c| diesel::insert_into(verifications::table).values(rows).execute(c)).map(drop)
}

/// The last results, by invariant.
///
/// # Errors
/// What the database says.
pub fn all(conn: &mut Conn) -> QueryResult<Vec<VerificationRow>> {
    verifications::table.order(verifications::invariant).select(cols::<VerificationRow>()).load(conn)
}

/// When the last look was.
///
/// # Errors
/// What the database says.
pub fn last_at(conn: &mut Conn) -> QueryResult<Option<NaiveDateTime>> {
    verifications::table.order(verifications::at.desc()).select(verifications::at).first(conn).optional()
}
