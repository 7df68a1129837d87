//! State Council notices that were read in and wait for a second person.

use super::JsonText;
use super::conn::{Conn, cols};
use super::schema::calendar_imports;
use crate::domain::calendar::CalendarRow;
use crate::domain::calendar::ImportState;
use crate::ids::AccountId;
use crate::ids::CalendarImportId;
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// One notice read in.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = calendar_imports, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct CalendarImportRow {
    /// Id.
    pub id: CalendarImportId,
    /// Where it stands.
    pub state: ImportState,
    /// The notice's number.
    pub source: String,
    /// Its days.
    pub days: JsonText<Vec<CalendarRow>>,
    /// SHA-256 of the file, hex.
    pub sha256: String,
    /// Who read it in; nobody for the command line.
    pub imported_by: Option<AccountId>,
    /// When.
    pub imported_at: NaiveDateTime,
    /// Who decided.
    pub decided_by: Option<AccountId>,
    /// When.
    pub decided_at: Option<NaiveDateTime>,
    /// Why it was refused.
    pub reason: Option<String>,
}

row_deeds!(CalendarImportRow, calendar_imports, id: CalendarImportId);

/// The newest notices read in, those that wait first, at most `limit`.
///
/// # Errors
/// What the database says.
pub fn newest(conn: &mut Conn, limit: i64) -> QueryResult<Vec<CalendarImportRow>> {
    let mut rows: Vec<CalendarImportRow> = calendar_imports::table
        .order((calendar_imports::imported_at.desc(), calendar_imports::id.desc()))
        .limit(limit)
        .select(cols::<CalendarImportRow>())
        .load(conn)?;
    rows.sort_by_key(|row| row.state != ImportState::Pending);
    Ok(rows)
}

/// The notice that was approved last.
///
/// # Errors
/// What the database says.
pub fn newest_approved(conn: &mut Conn) -> QueryResult<Option<CalendarImportId>> {
    calendar_imports::table
        .filter(calendar_imports::state.eq(ImportState::Approved))
        .order((calendar_imports::decided_at.desc(), calendar_imports::id.desc()))
        .select(calendar_imports::id)
        .first(conn)
        .optional()
}

/// The notice of the same file that still waits, if there is one.
///
/// # Errors
/// What the database says.
pub fn pending_of(conn: &mut Conn, sha256: &str) -> QueryResult<Option<CalendarImportRow>> {
    calendar_imports::table
        .filter(calendar_imports::sha256.eq(sha256))
        .filter(calendar_imports::state.eq(ImportState::Pending))
        .select(cols::<CalendarImportRow>())
        .first(conn)
        .optional()
}
