//! Files of needs.

use super::conn::{Conn, cols};
use super::schema::attachments;
use crate::ids::AccountId;
use crate::ids::AttachmentId;
use crate::ids::NeedId;
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// One file of a need.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = attachments, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct AttachmentRow {
    /// Id.
    pub id: AttachmentId,
    /// Need.
    pub need: NeedId,
    /// Name.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// Size.
    pub size: i64,
    /// Sha256.
    pub sha256: String,
    /// Content.
    pub content: Vec<u8>,
    /// Added by.
    pub added_by: AccountId,
    /// Added at.
    pub added_at: NaiveDateTime,
}

row_deeds!(AttachmentRow, attachments, id: AttachmentId);

/// How many files a need has.
///
/// # Errors
/// What the database says.
pub fn count(conn: &mut Conn, need: NeedId) -> QueryResult<i64> {
    attachments::table.filter(attachments::need.eq(need)).count().get_result(conn)
}

/// A file without its content.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = attachments)]
pub struct AttachmentEntry {
    /// Id.
    pub id: AttachmentId,
    /// Name as uploaded.
    pub name: String,
    /// Media type as sniffed.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
    /// SHA-256 of the content, hex.
    pub sha256: String,
    /// When it was added.
    pub added_at: NaiveDateTime,
}

/// The files of a need, without content.
///
/// # Errors
/// What the database says.
pub fn of_need(conn: &mut Conn, need: NeedId) -> QueryResult<Vec<AttachmentEntry>> {
    attachments::table
        .filter(attachments::need.eq(need))
        .order(attachments::added_at)
        .select(cols::<AttachmentEntry>())
        .load(conn)
}
