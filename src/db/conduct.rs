//! Incidents and conduct cases.

use super::JsonText;
use super::SealedText;
use super::conn::{Conn, cols};
use super::schema::{conduct_cases, incidents};
use crate::domain::conduct::AppealOutcome;
use crate::domain::conduct::CaseKind;
use crate::domain::conduct::CaseStage;
use crate::domain::conduct::CaseState;
use crate::domain::conduct::Decision;
use crate::domain::conduct::Finding;
use crate::domain::conduct::IncidentKind;
use crate::domain::standing::Standing;
use crate::ids::AccountId;
use crate::ids::AssignmentId;
use crate::ids::CaseId;
use crate::ids::ExpertId;
use crate::ids::IncidentId;
use crate::ids::NeedId;
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// One admonition or removal case.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = conduct_cases, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct CaseRow {
    /// Id.
    pub id: CaseId,
    /// Number.
    pub number: String,
    /// Kind.
    pub kind: CaseKind,
    /// Expert.
    pub expert: ExpertId,
    /// State.
    pub state: CaseState,
    /// Grounds.
    pub grounds: String,
    /// Assignments.
    pub assignments: JsonText<Vec<AssignmentId>>,
    /// Evidence.
    pub evidence: JsonText<serde_json::Value>,
    /// Standing before.
    pub standing_before: Standing,
    /// Opened by.
    pub opened_by: AccountId,
    /// Opened at.
    pub opened_at: NaiveDateTime,
    /// Decision.
    pub decision: Option<Decision>,
    /// Decision reason.
    pub decision_reason: Option<String>,
    /// Decided by.
    pub decided_by: Option<AccountId>,
    /// Decided at.
    pub decided_at: Option<NaiveDateTime>,
    /// Where exactly it stands.
    pub stage: CaseStage,
    /// When the desk looks at it next.
    pub next_due_at: Option<NaiveDateTime>,
    /// Working days for the statement, as promised when it was opened.
    pub statement_days: i32,
    /// Working days for an appeal, as promised when it was opened.
    pub appeal_days: i32,
    /// When the expert was told of it.
    pub told_at: Option<NaiveDateTime>,
    /// The first instant too late for the statement.
    pub statement_due_at: Option<NaiveDateTime>,
    /// SHA-256 of the evidence as frozen, hex; empty for cases of the first version.
    pub evidence_sha256: String,
    /// Decided before the time to be heard was over, and without a statement.
    pub early: bool,
    /// When the expert was told of the decision.
    pub decision_told_at: Option<NaiveDateTime>,
    /// The first instant too late for an appeal.
    pub appeal_due_at: Option<NaiveDateTime>,
    /// How the appeal ended.
    pub appeal_outcome: Option<AppealOutcome>,
    /// Why, in words.
    pub appeal_reason: Option<String>,
    /// By whom.
    pub appeal_decided_by: Option<AccountId>,
    /// When.
    pub appeal_decided_at: Option<NaiveDateTime>,
}

impl CaseRow {
    /// Whether the case ended against the expert and no appeal changed that.
    #[must_use]
    pub fn stands_against(&self) -> bool {
        self.decision.is_some_and(Decision::is_against) && self.appeal_outcome != Some(AppealOutcome::Overturned)
    }
}

row_deeds!(CaseRow, conduct_cases, id: CaseId);

/// Something that may weigh against an expert.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = incidents, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct IncidentRow {
    /// Id.
    pub id: IncidentId,
    /// Expert.
    pub expert: ExpertId,
    /// Kind.
    pub kind: IncidentKind,
    /// Need.
    pub need: Option<NeedId>,
    /// Assignment.
    pub assignment: Option<AssignmentId>,
    /// Happened at.
    pub happened_at: NaiveDateTime,
    /// Withdrawn at.
    pub withdrawn_at: Option<NaiveDateTime>,
    /// Withdrawn why.
    pub withdrawn_why: Option<String>,
    /// Dedup key.
    pub dedup_key: String,
    /// What was said, by an enterprise or by staff; sealed under the expert's key.
    pub note: Option<SealedText>,
    /// The account that entered it; `None` for what arose by itself or came by link.
    pub entered_by: Option<AccountId>,
    /// What a manager found.
    pub finding: Option<Finding>,
    /// In words, sealed under the expert's key.
    pub finding_note: Option<SealedText>,
    /// Who found it.
    pub found_by: Option<AccountId>,
    /// When.
    pub found_at: Option<NaiveDateTime>,
}

impl IncidentRow {
    /// Whether it weighs against the expert: not withdrawn, and proven where it has to be.
    #[must_use]
    pub fn weighs(&self) -> bool {
        self.withdrawn_at.is_none() && (!self.kind.is_report() || self.finding == Some(Finding::Proven))
    }
}

many_rows!(insert_incidents, IncidentRow, incidents);

/// Records an incident once; false when its key is known.
///
/// # Errors
/// What the database says.
pub fn record_incident(conn: &mut Conn, row: &IncidentRow) -> QueryResult<bool> {
    crate::each_backend!(conn, |c| diesel::insert_into(incidents::table)
        .values(row)
        .on_conflict(incidents::dedup_key)
        .do_nothing()
        .execute(c))
    .map(|rows| rows == 1)
}

/// The incidents of an expert, newest first.
///
/// # Errors
/// What the database says.
pub fn incidents_of(conn: &mut Conn, expert: ExpertId) -> QueryResult<Vec<IncidentRow>> {
    incidents::table
        .filter(incidents::expert.eq(expert))
        .order(incidents::happened_at.desc())
        .select(cols::<IncidentRow>())
        .load(conn)
}

/// Withdraws the lapse of an assignment, with the reason; false when there was none.
///
/// # Errors
/// What the database says.
pub fn withdraw_lapse(conn: &mut Conn, assignment: AssignmentId, why: &str, now: NaiveDateTime) -> QueryResult<bool> {
    diesel::update(
        incidents::table
            .filter(incidents::assignment.eq(assignment))
            .filter(incidents::kind.eq(IncidentKind::Lapse))
            .filter(incidents::withdrawn_at.is_null()),
    )
    .set((incidents::withdrawn_at.eq(Some(now)), incidents::withdrawn_why.eq(Some(why))))
    .execute(conn)
    .map(|rows| rows > 0)
}

/// The cases of an expert, newest first.
///
/// # Errors
/// What the database says.
pub fn of_expert(conn: &mut Conn, expert: ExpertId) -> QueryResult<Vec<CaseRow>> {
    conduct_cases::table
        .filter(conduct_cases::expert.eq(expert))
        .order(conduct_cases::opened_at.desc())
        .select(cols::<CaseRow>())
        .load(conn)
}

/// The cases, open ones first, then newest first, at most two hundred.
///
/// # Errors
/// What the database says.
pub fn recent(conn: &mut Conn) -> QueryResult<Vec<CaseRow>> {
    conduct_cases::table
        .order((conduct_cases::state.desc(), conduct_cases::opened_at.desc()))
        .limit(200)
        .select(cols::<CaseRow>())
        .load(conn)
}

/// Withdraws the incident of that key, with the reason; false when there was none.
///
/// # Errors
/// What the database says.
pub fn withdraw_by_key(conn: &mut Conn, key: &str, why: &str, now: NaiveDateTime) -> QueryResult<bool> {
    diesel::update(incidents::table.filter(incidents::dedup_key.eq(key)).filter(incidents::withdrawn_at.is_null()))
        .set((incidents::withdrawn_at.eq(Some(now)), incidents::withdrawn_why.eq(Some(why))))
        .execute(conn)
        .map(|rows| rows > 0)
}

/// The incident of that id.
///
/// # Errors
/// What the database says.
pub fn incident(conn: &mut Conn, id: IncidentId) -> QueryResult<Option<IncidentRow>> {
    incidents::table.filter(incidents::id.eq(id)).select(cols::<IncidentRow>()).first(conn).optional()
}

/// Writes an incident back.
///
/// # Errors
/// What the database says.
pub fn save_incident(conn: &mut Conn, row: &IncidentRow) -> QueryResult<()> {
    diesel::update(incidents::table.filter(incidents::id.eq(row.id))).set(row).execute(conn).map(drop)
}

/// The cases something is due for, oldest first, at most `limit`.
///
/// # Errors
/// What the database says.
pub fn due(conn: &mut Conn, now: NaiveDateTime, limit: i64) -> QueryResult<Vec<CaseId>> {
    conduct_cases::table
        .filter(conduct_cases::next_due_at.is_not_null())
        .filter(conduct_cases::next_due_at.le(now))
        .order((conduct_cases::next_due_at, conduct_cases::id))
        .limit(limit)
        .select(conduct_cases::id)
        .load(conn)
}

/// When the next case is due.
///
/// # Errors
/// What the database says.
pub fn next_due(conn: &mut Conn) -> QueryResult<Option<NaiveDateTime>> {
    conduct_cases::table
        .filter(conduct_cases::next_due_at.is_not_null())
        .select(diesel::dsl::min(conduct_cases::next_due_at))
        .first(conn)
}
