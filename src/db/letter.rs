//! Letters as sent.

use super::conn::{Conn, cols};
use super::schema::letters;
use crate::ids::LetterId;
use crate::ids::OutboxId;
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// One letter as it was sent, sealed.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = letters, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct LetterRow {
    /// Id.
    pub id: LetterId,
    /// Outbox.
    pub outbox: OutboxId,
    /// Template version.
    pub template_version: String,
    /// Sha256.
    pub sha256: String,
    /// Sealed.
    pub sealed: Vec<u8>,
    /// Sent at.
    pub sent_at: NaiveDateTime,
}

row_deeds!(LetterRow, letters, id: LetterId);

/// The letters sent for an outbox row.
///
/// # Errors
/// What the database says.
pub fn of_outbox(conn: &mut Conn, outbox: OutboxId) -> QueryResult<Vec<LetterRow>> {
    letters::table.filter(letters::outbox.eq(outbox)).order(letters::sent_at).select(cols::<LetterRow>()).load(conn)
}

/// Which letters were sent for those outbox rows: the row, the letter and when it was sent, oldest first.
///
/// # Errors
/// What the database says.
pub fn sent_of(conn: &mut Conn, rows: &[OutboxId]) -> QueryResult<Vec<(OutboxId, LetterId, NaiveDateTime)>> {
    letters::table
        .filter(letters::outbox.eq_any(rows))
        .order(letters::sent_at)
        .select((letters::outbox, letters::id, letters::sent_at))
        .load(conn)
}
