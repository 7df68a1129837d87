//! What a list says of needs beside their rows: who is or was asked. The rows are the index's or
//! [`super::without_index`]'s; these are filled in for either.

use super::conn::{Conn, cols};
use super::schema::{assignments, needs};
use crate::domain::assignment::AssignmentState;
use crate::domain::need::NeedState;
use crate::domain::task::TaskKind;
use crate::ids::{AssignmentId, ExpertId, NeedId};
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// An offer, as a row of a list shows it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = assignments)]
pub struct ListedOffer {
    /// Which.
    pub id: AssignmentId,
    /// Of which need.
    pub need: NeedId,
    /// Who is asked.
    pub expert: ExpertId,
    /// Where it stands.
    pub state: AssignmentState,
    /// When the clock began.
    pub notified_at: Option<NaiveDateTime>,
    /// The first instant that is too late.
    pub answer_due_at: Option<NaiveDateTime>,
    /// When a question stopped the clock.
    pub asked_at: Option<NaiveDateTime>,
    /// When it ran again.
    pub replied_at: Option<NaiveDateTime>,
    /// When feedback is due.
    pub feedback_due_at: Option<NaiveDateTime>,
}

/// The open, accepted and finished offers of those needs, newest first.
///
/// # Errors
/// What the database says.
pub fn offers_of(conn: &mut Conn, ids: &[NeedId]) -> QueryResult<Vec<ListedOffer>> {
    assignments::table
        .filter(assignments::need.eq_any(ids))
        .filter(assignments::state.eq_any([AssignmentState::Offered, AssignmentState::Accepted, AssignmentState::Done]))
        .order((assignments::created_at.desc(), assignments::id.desc()))
        .select(cols::<ListedOffer>())
        .load(conn)
}

/// The needs no open task, offer or timer looks after: open since before `unasked` without anybody asked; automatic and
/// open since before `automatic`; unanswered with nobody told. Oldest first, at most `limit`.
///
/// # Errors
/// What the database says.
pub fn neglected(
    conn: &mut Conn,
    unasked: NaiveDateTime,
    automatic: NaiveDateTime,
    limit: i64,
) -> QueryResult<Vec<NeedId>> {
    use super::schema::tasks;
    // Spelled out, not as a list: diesel keeps no prepared statement with a list, and this is asked in every round.
    let told = || {
        let kind = tasks::kind
            .eq(TaskKind::Unanswered)
            .or(tasks::kind.eq(TaskKind::NobodyQualifies))
            .or(tasks::kind.eq(TaskKind::NobodyAsked));
        diesel::dsl::exists(
            tasks::table.filter(tasks::need.eq(needs::id.nullable())).filter(tasks::done_at.is_null()).filter(kind),
        )
    };
    let open: Vec<NeedId> = needs::table
        .filter(needs::state.eq(NeedState::Open))
        .filter(needs::created_at.lt(unasked).or(needs::automatic.eq(true).and(needs::created_at.lt(automatic))))
        .filter(diesel::dsl::not(told()))
        .order(needs::created_at)
        .limit(limit)
        .select(needs::id)
        .load(conn)?;
    let unanswered: Vec<NeedId> = needs::table
        .filter(needs::state.eq(NeedState::Unanswered))
        .filter(diesel::dsl::not(told()))
        .order(needs::created_at)
        .limit(limit)
        .select(needs::id)
        .load(conn)?;
    Ok(open.into_iter().chain(unanswered).collect())
}

/// A past need, as a rota is tried on it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = needs)]
pub struct PastNeed {
    /// Where it came in.
    pub station: crate::ids::StationId,
    /// Services.
    pub services: super::JsonText<Vec<String>>,
    /// The enterprise's region.
    pub region: String,
    /// Its place.
    pub lat: Option<f64>,
    /// Its place.
    pub lon: Option<f64>,
    /// When it was submitted.
    pub created_at: NaiveDateTime,
}

/// The needs of those stations since an instant, newest first, at most five thousand.
///
/// # Errors
/// What the database says.
pub fn past_of_stations(
    conn: &mut Conn,
    stations: &[crate::ids::StationId],
    since: NaiveDateTime,
) -> QueryResult<Vec<PastNeed>> {
    needs::table
        .filter(needs::station.eq_any(stations))
        .filter(needs::created_at.ge(since))
        .order(needs::created_at.desc())
        .limit(5_000)
        .select(cols::<PastNeed>())
        .load(conn)
}

/// The needs since then, wherever they came in; the newest twenty thousand.
///
/// # Errors
/// What the database says.
pub fn past(conn: &mut Conn, since: NaiveDateTime) -> QueryResult<Vec<PastNeed>> {
    needs::table
        .filter(needs::created_at.ge(since))
        .order(needs::created_at.desc())
        .limit(20_000)
        .select(cols::<PastNeed>())
        .load(conn)
}
