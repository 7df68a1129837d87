//! Sessions.

use super::conn::{Conn, cols};
use super::schema::sessions;
use crate::ids::{AccountId, ExpertId};
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// One session; the cookie holds the secret, the row its hash.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = sessions, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct SessionRow {
    /// Hash.
    pub hash: String,
    /// Account.
    pub account: Option<AccountId>,
    /// Csrf.
    pub csrf: String,
    /// Awaiting totp.
    pub awaiting_totp: bool,
    /// Created at.
    pub created_at: NaiveDateTime,
    /// Seen at.
    pub seen_at: NaiveDateTime,
    /// Expires at.
    pub expires_at: NaiveDateTime,
    /// Expert.
    pub expert: Option<ExpertId>,
}

/// Adds a session.
///
/// # Errors
/// What the database says.
pub fn insert(conn: &mut Conn, row: &SessionRow) -> QueryResult<()> {
    diesel::insert_into(sessions::table).values(row).execute(conn).map(drop)
}

/// The session of that hash, in time.
///
/// # Errors
/// What the database says.
pub fn live(conn: &mut Conn, hash: &str, now: NaiveDateTime) -> QueryResult<Option<SessionRow>> {
    sessions::table
        .filter(sessions::hash.eq(hash))
        .filter(sessions::expires_at.gt(now))
        .select(cols::<SessionRow>())
        .first(conn)
        .optional()
}

/// Says that the session was used.
///
/// # Errors
/// What the database says.
pub fn touch(conn: &mut Conn, hash: &str, now: NaiveDateTime) -> QueryResult<()> {
    diesel::update(sessions::table.filter(sessions::hash.eq(hash)))
        .set(sessions::seen_at.eq(now))
        .execute(conn)
        .map(drop)
}

/// The second factor was right: the session is whole.
///
/// # Errors
/// What the database says.
pub fn complete(conn: &mut Conn, hash: &str) -> QueryResult<()> {
    diesel::update(sessions::table.filter(sessions::hash.eq(hash)))
        .set(sessions::awaiting_totp.eq(false))
        .execute(conn)
        .map(drop)
}

/// Ends one session.
///
/// # Errors
/// What the database says.
pub fn end(conn: &mut Conn, hash: &str) -> QueryResult<()> {
    diesel::delete(sessions::table.filter(sessions::hash.eq(hash))).execute(conn).map(drop)
}

/// Ends every session of an account.
///
/// # Errors
/// What the database says.
pub fn end_all(conn: &mut Conn, account: AccountId) -> QueryResult<usize> {
    diesel::delete(sessions::table.filter(sessions::account.eq(account))).execute(conn)
}

/// Drops the sessions that ran out.
///
/// # Errors
/// What the database says.
pub fn drop_expired(conn: &mut Conn, now: NaiveDateTime) -> QueryResult<usize> {
    diesel::delete(sessions::table.filter(sessions::expires_at.le(now))).execute(conn)
}

/// Ends every session of an account but one.
///
/// # Errors
/// What the database says.
pub fn end_others(conn: &mut Conn, account: AccountId, keep: &str) -> QueryResult<usize> {
    diesel::delete(sessions::table.filter(sessions::account.eq(account)).filter(sessions::hash.ne(keep))).execute(conn)
}

/// Ends every session of an expert.
///
/// # Errors
/// What the database says.
pub fn end_of_expert(conn: &mut Conn, expert: ExpertId) -> QueryResult<usize> {
    diesel::delete(sessions::table.filter(sessions::expert.eq(expert))).execute(conn)
}
