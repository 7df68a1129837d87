//! Which keys sealed something here: their ids and a value that proves a key without giving it away.

use super::conn::{Conn, cols};
use super::schema::key_ids;
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// One key that sealed something here.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = key_ids)]
pub struct KeyIdRow {
    /// The key's id in the ring.
    pub id: i32,
    /// What proves it.
    pub check_value: String,
    /// When it was first seen.
    pub created_at: NaiveDateTime,
}

/// Every key that sealed something here.
///
/// # Errors
/// What the database says.
pub fn all(conn: &mut Conn) -> QueryResult<Vec<KeyIdRow>> {
    key_ids::table.order(key_ids::id).select(cols::<KeyIdRow>()).load(conn)
}

/// Remembers a key.
///
/// # Errors
/// What the database says.
pub fn insert(conn: &mut Conn, row: &KeyIdRow) -> QueryResult<()> {
    diesel::insert_into(key_ids::table).values(row).execute(conn).map(drop)
}
