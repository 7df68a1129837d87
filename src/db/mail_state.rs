//! The mail worker's own state, shared by all nodes: an alarm, when a mailbox was last read.

use super::conn::{Conn, cols};
use super::schema::mail_state;
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// The key of the alarm that stops the worker; its `at` is when the worker tries again.
pub const ALARM: &str = "alarm";
/// The keys of mailboxes begin so; their `at` is when each was last read, their value what was wrong, if anything.
pub const INBOX: &str = "inbox:";

/// One piece of state.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = mail_state)]
pub struct MailStateRow {
    /// What.
    pub key: String,
    /// Its value.
    pub value: String,
    /// Its moment.
    pub at: NaiveDateTime,
}

/// The state under that key.
///
/// # Errors
/// What the database says.
pub fn find(conn: &mut Conn, key: &str) -> QueryResult<Option<MailStateRow>> {
    mail_state::table.filter(mail_state::key.eq(key)).select(cols::<MailStateRow>()).first(conn).optional()
}

/// Every piece of state.
///
/// # Errors
/// What the database says.
pub fn all(conn: &mut Conn) -> QueryResult<Vec<MailStateRow>> {
    mail_state::table.order(mail_state::key).select(cols::<MailStateRow>()).load(conn)
}

/// Sets a piece of state.
///
/// # Errors
/// What the database says.
pub fn put(conn: &mut Conn, key: &str, value: &str, at: NaiveDateTime) -> QueryResult<()> {
    let row = MailStateRow { key: key.to_owned(), value: value.to_owned(), at };
    crate::each_backend!(conn, |c| diesel::insert_into(mail_state::table)
        .values(&row)
        .on_conflict(mail_state::key)
        .do_update()
        .set(&row)
        .execute(c))
    .map(drop)
}

/// Takes the turn at something done every now and then: true when nobody took it after `not_since`, and then it is taken
/// at `now`.
///
/// # Errors
/// What the database says.
pub fn take_turn(conn: &mut Conn, key: &str, not_since: NaiveDateTime, now: NaiveDateTime) -> QueryResult<bool> {
    let row = MailStateRow { key: key.to_owned(), value: String::new(), at: now };
    let first = crate::each_backend!(conn, |c| diesel::insert_into(mail_state::table)
        .values(&row)
        .on_conflict(mail_state::key)
        .do_nothing()
        .execute(c))?;
    if first == 1 {
        return Ok(true);
    }
    diesel::update(mail_state::table.filter(mail_state::key.eq(key)).filter(mail_state::at.le(not_since)))
        .set(mail_state::at.eq(now))
        .execute(conn)
        .map(|rows| rows == 1)
}

/// Forgets a piece of state; false when there was none.
///
/// # Errors
/// What the database says.
pub fn forget(conn: &mut Conn, key: &str) -> QueryResult<bool> {
    diesel::delete(mail_state::table.filter(mail_state::key.eq(key))).execute(conn).map(|rows| rows > 0)
}
