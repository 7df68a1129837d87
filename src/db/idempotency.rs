//! First answers to idempotency keys.

use super::conn::{Conn, cols};
use super::schema::idempotency;
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// The first answer to a key.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = idempotency, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct IdempotencyRow {
    /// Key.
    pub key: String,
    /// Request hash.
    pub request_hash: String,
    /// Status.
    pub status: i32,
    /// Body.
    pub body: String,
    /// Created at.
    pub created_at: NaiveDateTime,
}

/// The first answer to a key.
///
/// # Errors
/// What the database says.
pub fn find(conn: &mut Conn, key: &str) -> QueryResult<Option<IdempotencyRow>> {
    idempotency::table.filter(idempotency::key.eq(key)).select(cols::<IdempotencyRow>()).first(conn).optional()
}

/// Keeps the first answer to a key.
///
/// # Errors
/// What the database says.
pub fn insert(conn: &mut Conn, row: &IdempotencyRow) -> QueryResult<()> {
    diesel::insert_into(idempotency::table).values(row).execute(conn).map(drop)
}

/// Drops answers older than `before`.
///
/// # Errors
/// What the database says.
pub fn drop_before(conn: &mut Conn, before: NaiveDateTime) -> QueryResult<usize> {
    diesel::delete(idempotency::table.filter(idempotency::created_at.lt(before))).execute(conn)
}

/// Takes a key for a call about to be made; false when it is known.
///
/// # Errors
/// What the database says.
pub fn claim(conn: &mut Conn, row: &IdempotencyRow) -> QueryResult<bool> {
    crate::each_backend!(conn, |c| diesel::insert_into(idempotency::table)
        .values(row)
        .on_conflict(idempotency::key)
        .do_nothing()
        .execute(c))
    .map(|rows| rows == 1)
}

/// The status of a key whose deed is done and whose answer is not kept yet; its body is what was made.
pub const DONE: i32 = 1;

/// Marks the key as done in the transaction of its deed, if `holder` still holds it; false when another took it over.
///
/// # Errors
/// What the database says.
pub fn mark(conn: &mut Conn, key: &str, holder: &str, made: &str) -> QueryResult<bool> {
    diesel::update(
        idempotency::table
            .filter(idempotency::key.eq(key))
            .filter(idempotency::status.eq(0))
            .filter(idempotency::body.eq(holder)),
    )
    .set((idempotency::status.eq(DONE), idempotency::body.eq(made)))
    .execute(conn)
    .map(|rows| rows == 1)
}

/// Keeps the answer of a call whose key was taken.
///
/// # Errors
/// What the database says.
pub fn keep(conn: &mut Conn, key: &str, status: i32, body: &str) -> QueryResult<()> {
    diesel::update(idempotency::table.filter(idempotency::key.eq(key)))
        .set((idempotency::status.eq(status), idempotency::body.eq(body)))
        .execute(conn)
        .map(drop)
}

/// Gives a key back, if it is still held by `holder`: the call was refused, and may be made again.
///
/// # Errors
/// What the database says.
pub fn give_back(conn: &mut Conn, key: &str, holder: &str) -> QueryResult<()> {
    diesel::delete(
        idempotency::table
            .filter(idempotency::key.eq(key))
            .filter(idempotency::status.eq(0))
            .filter(idempotency::body.eq(holder)),
    )
    .execute(conn)
    .map(drop)
}
