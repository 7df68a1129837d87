//! Papers of experts: what is on file, what waits to be looked at, what ends soon. Files are sealed and only read one at a
//! time.

use super::conn::{Conn, cols};
use super::expert::{ExpertRow, QualificationRow};
use super::schema::{documents, experts, qualifications};
use crate::domain::document::{DocumentKind, DocumentState, Paper, Validity};
use crate::domain::role::Scope;
use crate::domain::standing::Standing;
use crate::ids::{AccountId, DocumentId, ExpertId};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

/// One paper without its file.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = documents, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct DocumentRow {
    /// Id.
    pub id: DocumentId,
    /// Expert.
    pub expert: ExpertId,
    /// Kind.
    pub kind: DocumentKind,
    /// Which certificate; empty for other kinds.
    pub name: String,
    /// Number.
    pub number: Option<String>,
    /// Level.
    pub level: Option<String>,
    /// Issued on.
    pub issued_on: Option<NaiveDate>,
    /// Valid until.
    pub valid_until: Option<NaiveDate>,
    /// For a recommendation: the employer promises support.
    pub supports: bool,
    /// State.
    pub state: DocumentState,
    /// Why it was sent back.
    pub note: Option<String>,
    /// The file's name; `None` when no file was handed in.
    pub file_name: Option<String>,
    /// Media type.
    pub media_type: Option<String>,
    /// Size.
    pub size: Option<i64>,
    /// Sha256.
    pub sha256: Option<String>,
    /// Added by; `None` for the expert.
    pub added_by: Option<AccountId>,
    /// Added at.
    pub added_at: NaiveDateTime,
    /// Decided by.
    pub decided_by: Option<AccountId>,
    /// Decided at.
    pub decided_at: Option<NaiveDateTime>,
    /// When the next notice before its end is due.
    pub notice_at: Option<NaiveDateTime>,
}

row_deeds!(DocumentRow, documents, id: DocumentId);

impl DocumentRow {
    /// On which days it holds.
    #[must_use]
    pub const fn validity(&self) -> Validity {
        Validity { from: self.issued_on, until: self.valid_until }
    }

    /// The paper as the rules see it.
    #[must_use]
    pub fn paper(&self) -> Paper {
        Paper {
            kind: self.kind,
            name: self.name.clone(),
            validity: self.validity(),
            supports: self.supports,
            refused: self.state == DocumentState::Refused,
        }
    }
}

/// Keeps the sealed file of a paper.
///
/// # Errors
/// What the database says.
pub fn keep_file(conn: &mut Conn, id: DocumentId, sealed: &[u8]) -> QueryResult<()> {
    diesel::update(documents::table.filter(documents::id.eq(id)))
        .set(documents::sealed.eq(Some(sealed)))
        .execute(conn)
        .map(drop)
}

/// The sealed file of a paper.
///
/// # Errors
/// What the database says.
pub fn file(conn: &mut Conn, id: DocumentId) -> QueryResult<Option<Vec<u8>>> {
    documents::table.filter(documents::id.eq(id)).select(documents::sealed).first(conn).optional().map(Option::flatten)
}

/// The papers of an expert, oldest first.
///
/// # Errors
/// What the database says.
pub fn of_expert(conn: &mut Conn, expert: ExpertId) -> QueryResult<Vec<DocumentRow>> {
    documents::table
        .filter(documents::expert.eq(expert))
        .order((documents::added_at, documents::id))
        .select(cols::<DocumentRow>())
        .load(conn)
}

/// How many papers an expert has.
///
/// # Errors
/// What the database says.
pub fn count(conn: &mut Conn, expert: ExpertId) -> QueryResult<i64> {
    documents::table.filter(documents::expert.eq(expert)).count().get_result(conn)
}

fn within(scope: &Scope) -> Option<Vec<String>> {
    match scope {
        Scope::Everything => None,
        Scope::Regions(codes) => Some(codes.clone()),
        // A station keeps no register.
        Scope::Station(_) => Some(Vec::new()),
    }
}

/// Papers handed in by experts on the register that wait to be looked at, oldest first.
///
/// # Errors
/// What the database says.
pub fn waiting(conn: &mut Conn, scope: &Scope, limit: i64) -> QueryResult<Vec<(DocumentRow, ExpertRow)>> {
    let mut query = documents::table
        .inner_join(experts::table.on(experts::id.eq(documents::expert)))
        .filter(documents::state.eq(DocumentState::HandedIn))
        .filter(experts::standing.eq_any([Standing::Active, Standing::Paused, Standing::Suspended]))
        .order((documents::added_at, documents::id))
        .limit(limit)
        .select((cols::<DocumentRow>(), cols::<ExpertRow>()))
        .into_boxed();
    if let Some(codes) = within(scope) {
        query = query.filter(experts::region.eq_any(codes));
    }
    query.load(conn)
}

/// Applications that wait, oldest first.
///
/// # Errors
/// What the database says.
pub fn applicants(conn: &mut Conn, scope: &Scope, limit: i64) -> QueryResult<Vec<ExpertRow>> {
    let mut query = experts::table
        .filter(experts::standing.eq_any([Standing::Applied, Standing::Reviewing]))
        .order((experts::created_at, experts::id))
        .limit(limit)
        .select(cols::<ExpertRow>())
        .into_boxed();
    if let Some(codes) = within(scope) {
        query = query.filter(experts::region.eq_any(codes));
    }
    query.load(conn)
}

/// Papers that were taken and certificates on the record whose last day lies in `from..=to`, of experts on the register,
/// the soonest first.
///
/// # Errors
/// What the database says.
pub fn ending(
    conn: &mut Conn,
    scope: &Scope,
    (from, to): (NaiveDate, NaiveDate),
    limit: i64,
) -> QueryResult<Vec<(Ending, ExpertRow)>> {
    let serving = [Standing::Active, Standing::Paused, Standing::Suspended];
    let codes = within(scope);
    let mut papers = documents::table
        .inner_join(experts::table.on(experts::id.eq(documents::expert)))
        .filter(documents::state.eq(DocumentState::Accepted))
        .filter(documents::kind.ne(DocumentKind::Certificate))
        .filter(documents::valid_until.between(from, to))
        .filter(experts::standing.eq_any(serving))
        .order(documents::valid_until)
        .limit(limit)
        .select((cols::<DocumentRow>(), cols::<ExpertRow>()))
        .into_boxed();
    let mut held = qualifications::table
        .inner_join(experts::table.on(experts::id.eq(qualifications::expert)))
        .filter(qualifications::valid_until.between(from, to))
        .filter(experts::standing.eq_any(serving))
        .order(qualifications::valid_until)
        .limit(limit)
        .select((cols::<QualificationRow>(), cols::<ExpertRow>()))
        .into_boxed();
    if let Some(codes) = codes {
        papers = papers.filter(experts::region.eq_any(codes.clone()));
        held = held.filter(experts::region.eq_any(codes));
    }
    let papers: Vec<(DocumentRow, ExpertRow)> = papers.load(conn)?;
    let held: Vec<(QualificationRow, ExpertRow)> = held.load(conn)?;
    let mut all: Vec<(Ending, ExpertRow)> = papers
        .into_iter()
        .map(|(row, expert)| {
            (Ending { kind: row.kind, name: row.name, number: row.number, until: row.valid_until }, expert)
        })
        .chain(held.into_iter().map(|(row, expert)| {
            let kind = DocumentKind::Certificate;
            (Ending { kind, name: row.kind, number: row.number, until: row.valid_until }, expert)
        }))
        .collect();
    all.sort_by_key(|(paper, _)| paper.until);
    all.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(all)
}

/// A paper or certificate that ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// What it is.
    pub kind: DocumentKind,
    /// Which certificate; empty for other kinds.
    pub name: String,
    /// Its number.
    pub number: Option<String>,
    /// Its last day.
    pub until: Option<NaiveDate>,
}

/// Papers whose next notice is due.
///
/// # Errors
/// What the database says.
pub fn noticeable(conn: &mut Conn, now: NaiveDateTime, limit: i64) -> QueryResult<Vec<DocumentId>> {
    documents::table
        .filter(documents::notice_at.le(now))
        .order(documents::notice_at)
        .limit(limit)
        .select(documents::id)
        .load(conn)
}

/// When the next notice of any paper or certificate is due.
///
/// # Errors
/// What the database says.
pub fn next_notice(conn: &mut Conn) -> QueryResult<Option<NaiveDateTime>> {
    let paper: Option<NaiveDateTime> = documents::table
        .filter(documents::notice_at.is_not_null())
        .select(diesel::dsl::min(documents::notice_at))
        .get_result(conn)?;
    let held: Option<NaiveDateTime> = qualifications::table
        .filter(qualifications::notice_at.is_not_null())
        .select(diesel::dsl::min(qualifications::notice_at))
        .get_result(conn)?;
    Ok(paper.into_iter().chain(held).min())
}
