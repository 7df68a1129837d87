//! Sheets on their way in.
//!
//! Contract: whoever works on one writes under its fence; a write under an older one finds no row.

use super::conn::{Conn, cols};
use super::schema::sheet_imports;
use crate::domain::sheet_import::ImportStage;
use crate::ids::{AccountId, SheetImportId};
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// One sheet.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = sheet_imports)]
pub struct SheetImportRow {
    /// Id.
    pub id: SheetImportId,
    /// Whose.
    pub account: AccountId,
    /// What it holds: `experts`, `stations`, `enterprises`.
    pub kind: String,
    /// The file's name.
    pub name: String,
    /// What else was chosen with it.
    pub choice: String,
    /// Where it stands.
    pub stage: ImportStage,
    /// The file, sealed; gone once it was imported or waited too long.
    pub content: Option<Vec<u8>>,
    /// How many rows it has, once somebody read it.
    pub total: Option<i32>,
    /// How many of them were looked at.
    pub looked_at: i32,
    /// What came of them so far, sealed.
    pub progress: Option<Vec<u8>>,
    /// Raised by whoever takes it up: what somebody slower writes later counts no more.
    pub fence: i32,
    /// How often it was taken up since it last got on.
    pub tries: i32,
    /// Until when somebody holds it.
    pub leased_until: Option<NaiveDateTime>,
    /// When it came.
    pub created_at: NaiveDateTime,
    /// When it last moved.
    pub updated_at: NaiveDateTime,
}

/// Adds a sheet.
///
/// # Errors
/// What the database says.
pub fn insert(conn: &mut Conn, row: &SheetImportRow) -> QueryResult<()> {
    crate::each_backend!(conn, |c| diesel::insert_into(sheet_imports::table).values(row).execute(c)).map(drop)
}

/// The sheet of that id.
///
/// # Errors
/// What the database says.
pub fn find(conn: &mut Conn, id: SheetImportId) -> QueryResult<Option<SheetImportRow>> {
    sheet_imports::table.filter(sheet_imports::id.eq(id)).select(cols::<SheetImportRow>()).first(conn).optional()
}

/// The sheets somebody works on, or should.
///
/// # Errors
/// What the database says.
pub fn running(conn: &mut Conn) -> QueryResult<Vec<SheetImportId>> {
    sheet_imports::table
        .filter(sheet_imports::stage.eq_any([ImportStage::Trying, ImportStage::Importing]))
        .order(sheet_imports::created_at)
        .select(sheet_imports::id)
        .load(conn)
}

/// Drops the account's sheets that nobody works on and that were not imported.
///
/// # Errors
/// What the database says.
pub fn drop_waiting(conn: &mut Conn, account: AccountId) -> QueryResult<()> {
    diesel::delete(
        sheet_imports::table
            .filter(sheet_imports::account.eq(account))
            .filter(sheet_imports::stage.eq_any([ImportStage::Tried, ImportStage::Failed])),
    )
    .execute(conn)
    .map(drop)
}

/// Drops everybody's sheets that were tried out and moved last before `before`.
///
/// # Errors
/// What the database says.
pub fn drop_over(conn: &mut Conn, before: NaiveDateTime) -> QueryResult<()> {
    diesel::delete(
        sheet_imports::table
            .filter(sheet_imports::stage.eq(ImportStage::Tried))
            .filter(sheet_imports::updated_at.lt(before)),
    )
    .execute(conn)
    .map(drop)
}

/// Drops what was imported or given up and moved last before `before`.
///
/// # Errors
/// What the database says.
pub fn drop_ended(conn: &mut Conn, before: NaiveDateTime) -> QueryResult<usize> {
    diesel::delete(
        sheet_imports::table
            .filter(sheet_imports::stage.eq_any([ImportStage::Done, ImportStage::Failed]))
            .filter(sheet_imports::updated_at.lt(before)),
    )
    .execute(conn)
}

/// Takes a sheet up under a new fence, if it still stands under the one that was read.
///
/// # Errors
/// What the database says.
pub fn take_up(
    conn: &mut Conn,
    (id, fence): (SheetImportId, i32),
    until: NaiveDateTime,
    now: NaiveDateTime,
) -> QueryResult<bool> {
    diesel::update(sheet_imports::table.filter(sheet_imports::id.eq(id)).filter(sheet_imports::fence.eq(fence)))
        .set((
            sheet_imports::fence.eq(fence + 1),
            sheet_imports::tries.eq(sheet_imports::tries + 1),
            sheet_imports::leased_until.eq(Some(until)),
            sheet_imports::updated_at.eq(now),
        ))
        .execute(conn)
        .map(|rows| rows == 1)
}

/// What is written of a sheet after a part.
#[derive(Debug, Clone)]
pub struct Advance<'a> {
    /// How many rows it has.
    pub total: i32,
    /// How many were looked at.
    pub looked_at: i32,
    /// What came of them so far, sealed.
    pub progress: &'a [u8],
    /// Until when it is held.
    pub until: NaiveDateTime,
}

/// Writes how far a sheet is; false when somebody else took it up meanwhile.
///
/// # Errors
/// What the database says.
pub fn advance(
    conn: &mut Conn,
    (id, fence): (SheetImportId, i32),
    to: &Advance<'_>,
    now: NaiveDateTime,
) -> QueryResult<bool> {
    diesel::update(sheet_imports::table.filter(sheet_imports::id.eq(id)).filter(sheet_imports::fence.eq(fence)))
        .set((
            sheet_imports::total.eq(Some(to.total)),
            sheet_imports::looked_at.eq(to.looked_at),
            sheet_imports::progress.eq(Some(to.progress.to_vec())),
            sheet_imports::tries.eq(0),
            sheet_imports::leased_until.eq(Some(to.until)),
            sheet_imports::updated_at.eq(now),
        ))
        .execute(conn)
        .map(|rows| rows == 1)
}

/// Sets where a sheet stands, under its fence, and lets it go; what was imported or given up keeps no file.
///
/// # Errors
/// What the database says.
pub fn settle(
    conn: &mut Conn,
    (id, fence): (SheetImportId, i32),
    stage: ImportStage,
    now: NaiveDateTime,
) -> QueryResult<bool> {
    let at = || sheet_imports::table.filter(sheet_imports::id.eq(id)).filter(sheet_imports::fence.eq(fence));
    let rows = diesel::update(at())
        .set((
            sheet_imports::stage.eq(stage),
            sheet_imports::leased_until.eq(None::<NaiveDateTime>),
            sheet_imports::updated_at.eq(now),
        ))
        .execute(conn)?;
    if matches!(stage, ImportStage::Done | ImportStage::Failed) {
        diesel::update(at()).set(sheet_imports::content.eq(None::<Vec<u8>>)).execute(conn)?;
    }
    Ok(rows == 1)
}

/// Lets a sheet rest where it stands: from then on somebody else may take it up.
///
/// # Errors
/// What the database says.
pub fn let_rest(conn: &mut Conn, (id, fence): (SheetImportId, i32), until: NaiveDateTime) -> QueryResult<()> {
    diesel::update(sheet_imports::table.filter(sheet_imports::id.eq(id)).filter(sheet_imports::fence.eq(fence)))
        .set(sheet_imports::leased_until.eq(Some(until)))
        .execute(conn)
        .map(drop)
}

/// From tried out to being imported, from the first row on; false when it stands elsewhere.
///
/// # Errors
/// What the database says.
pub fn confirm(conn: &mut Conn, id: SheetImportId, now: NaiveDateTime) -> QueryResult<bool> {
    diesel::update(
        sheet_imports::table.filter(sheet_imports::id.eq(id)).filter(sheet_imports::stage.eq(ImportStage::Tried)),
    )
    .set((
        sheet_imports::stage.eq(ImportStage::Importing),
        sheet_imports::looked_at.eq(0),
        sheet_imports::progress.eq(None::<Vec<u8>>),
        sheet_imports::updated_at.eq(now),
    ))
    .execute(conn)
    .map(|rows| rows == 1)
}
