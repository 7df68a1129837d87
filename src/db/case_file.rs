//! What stands in the file of a conduct case beside the case: what the expert said, papers, what was passed on (移送).

use super::SealedText;
use super::conn::{Conn, cols};
use super::schema::{case_papers, case_statements, case_transfers};
use crate::domain::conduct::{PaperKind, StatementKind};
use crate::domain::feedback::FiledBy;
use crate::ids::{AccountId, CaseId, PaperId, StatementId, TransferId};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

/// What the expert said.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = case_statements)]
pub struct StatementRow {
    /// Id.
    pub id: StatementId,
    /// The case.
    pub conduct_case: CaseId,
    /// 陈述 or 申诉.
    pub kind: StatementKind,
    /// In the expert's own words, sealed under the expert's key.
    pub words: SealedText,
    /// By link, or brought to staff.
    pub channel: FiledBy,
    /// The account that entered it.
    pub entered_by: Option<AccountId>,
    /// When.
    pub at: NaiveDateTime,
}

/// A paper of a case.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = case_papers)]
pub struct PaperRow {
    /// Id.
    pub id: PaperId,
    /// The case.
    pub conduct_case: CaseId,
    /// What it is.
    pub kind: PaperKind,
    /// Name.
    pub name: String,
    /// Media type as sniffed.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
    /// SHA-256 of the content, hex.
    pub sha256: String,
    /// Content.
    pub content: Vec<u8>,
    /// The account that filed it; `None` for the expert.
    pub added_by: Option<AccountId>,
    /// When.
    pub added_at: NaiveDateTime,
}

/// A paper without its content.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = case_papers)]
pub struct PaperEntry {
    /// Id.
    pub id: PaperId,
    /// The case.
    pub conduct_case: CaseId,
    /// What it is.
    pub kind: PaperKind,
    /// Name.
    pub name: String,
    /// Media type as sniffed.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
    /// SHA-256 of the content, hex.
    pub sha256: String,
    /// The account that filed it; `None` for the expert.
    pub added_by: Option<AccountId>,
    /// When.
    pub added_at: NaiveDateTime,
}

/// What was passed on to an authority.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = case_transfers)]
pub struct TransferRow {
    /// Id.
    pub id: TransferId,
    /// The case.
    pub conduct_case: CaseId,
    /// Which authority.
    pub authority: String,
    /// On which day.
    pub on_day: NaiveDate,
    /// Its number there, or ours.
    pub reference: Option<String>,
    /// Who entered it.
    pub entered_by: Option<AccountId>,
    /// When.
    pub entered_at: NaiveDateTime,
}

many_rows!(insert_statements, StatementRow, case_statements);
many_rows!(insert_papers, PaperRow, case_papers);
many_rows!(insert_transfers, TransferRow, case_transfers);

/// What the expert said in a case, oldest first.
///
/// # Errors
/// What the database says.
pub fn statements_of(conn: &mut Conn, case: CaseId) -> QueryResult<Vec<StatementRow>> {
    case_statements::table
        .filter(case_statements::conduct_case.eq(case))
        .order((case_statements::at, case_statements::id))
        .select(cols::<StatementRow>())
        .load(conn)
}

/// Whether the expert was heard in a case.
///
/// # Errors
/// What the database says.
pub fn was_heard(conn: &mut Conn, case: CaseId) -> QueryResult<bool> {
    let said = case_statements::table
        .filter(case_statements::conduct_case.eq(case))
        .filter(case_statements::kind.eq(StatementKind::Statement));
    diesel::select(diesel::dsl::exists(said)).get_result(conn)
}

/// The papers of a case without their content, oldest first.
///
/// # Errors
/// What the database says.
pub fn papers_of(conn: &mut Conn, case: CaseId) -> QueryResult<Vec<PaperEntry>> {
    papers_of_all(conn, &[case])
}

/// The papers of those cases without their content, oldest first.
///
/// # Errors
/// What the database says.
pub fn papers_of_all(conn: &mut Conn, cases: &[CaseId]) -> QueryResult<Vec<PaperEntry>> {
    case_papers::table
        .filter(case_papers::conduct_case.eq_any(cases))
        .order((case_papers::added_at, case_papers::id))
        .select(cols::<PaperEntry>())
        .load(conn)
}

/// The paper of that id.
///
/// # Errors
/// What the database says.
pub fn paper(conn: &mut Conn, id: PaperId) -> QueryResult<Option<PaperRow>> {
    case_papers::table.filter(case_papers::id.eq(id)).select(cols::<PaperRow>()).first(conn).optional()
}

/// What was passed on of those cases, oldest first.
///
/// # Errors
/// What the database says.
pub fn transfers_of(conn: &mut Conn, cases: &[CaseId]) -> QueryResult<Vec<TransferRow>> {
    case_transfers::table
        .filter(case_transfers::conduct_case.eq_any(cases))
        .order((case_transfers::on_day, case_transfers::id))
        .select(cols::<TransferRow>())
        .load(conn)
}
