//! Mail that came in: by its Message-ID, so that none is dealt with twice. Neither text nor sender is kept.

use super::conn::Conn;
use super::schema::received_mail;
use crate::ids::OutboxId;
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// One message that came in.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = received_mail)]
pub struct ReceivedRow {
    /// Message-ID, or a fingerprint.
    pub key: String,
    /// What it was.
    pub kind: String,
    /// The letter it spoke of.
    pub outbox: Option<OutboxId>,
    /// When it was read.
    pub received_at: NaiveDateTime,
}

/// Notes a message once; false when its key is known.
///
/// # Errors
/// What the database says.
pub fn note(conn: &mut Conn, row: &ReceivedRow) -> QueryResult<bool> {
    crate::each_backend!(conn, |c| diesel::insert_into(received_mail::table)
        .values(row)
        .on_conflict(received_mail::key)
        .do_nothing()
        .execute(c))
    .map(|rows| rows == 1)
}

/// When mail was last read, and how many messages of each sort since `since`.
///
/// # Errors
/// What the database says.
pub fn counts_since(conn: &mut Conn, since: NaiveDateTime) -> QueryResult<Vec<(String, i64)>> {
    received_mail::table
        .filter(received_mail::received_at.ge(since))
        .group_by(received_mail::kind)
        .select((received_mail::kind, diesel::dsl::count_star()))
        .load(conn)
}
