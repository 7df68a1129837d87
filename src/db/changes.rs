//! The change log that search indexes and matchers follow.

use super::conn::Conn;
pub use super::dialect::{Change, changes_since as since};
use super::schema::changes;
use diesel::prelude::*;

/// Says that something changed; part of the transaction that changed it.
///
/// # Errors
/// What the database says.
pub fn note(conn: &mut Conn, entity: &str, entity_id: &str) -> QueryResult<()> {
    diesel::insert_into(changes::table)
        .values((changes::entity.eq(entity), changes::entity_id.eq(entity_id)))
        .execute(conn)
        .map(drop)
}
