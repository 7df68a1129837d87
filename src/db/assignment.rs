//! Assignments.

use super::JsonText;
use super::conn::{Conn, cols};
use super::schema::assignments;
use crate::domain::answer_rule::CountedDay;
use crate::domain::answer_rule::CountingRule;
use crate::domain::assignment::AnswerKind;
use crate::domain::assignment::AnsweredBy;
use crate::domain::assignment::AssignmentState;
use crate::domain::assignment::DeclineReason;
use crate::domain::assignment::NotifiedBy;
use crate::ids::AccountId;
use crate::ids::AssignmentId;
use crate::ids::ExpertId;
use crate::ids::NeedId;
use crate::ids::SeatId;
use chrono::NaiveDateTime;
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;

/// One offer of one seat to one expert (派单).
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = assignments, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct AssignmentRow {
    /// Id.
    pub id: AssignmentId,
    /// Number.
    pub number: String,
    /// Need.
    pub need: NeedId,
    /// Seat.
    pub seat: SeatId,
    /// Expert.
    pub expert: ExpertId,
    /// Round.
    pub round: i32,
    /// State.
    pub state: AssignmentState,
    /// Rule.
    pub rule: CountingRule,
    /// Offered by.
    pub offered_by: Option<AccountId>,
    /// Notified at.
    pub notified_at: Option<NaiveDateTime>,
    /// Notified by.
    pub notified_by: Option<NotifiedBy>,
    /// Answer due at.
    pub answer_due_at: Option<NaiveDateTime>,
    /// Provisional.
    pub provisional: bool,
    /// Day count.
    pub day_count: JsonText<Vec<CountedDay>>,
    /// Late.
    pub late: bool,
    /// First answer.
    pub first_answer: Option<AnswerKind>,
    /// Answered at.
    pub answered_at: Option<NaiveDateTime>,
    /// Answered by.
    pub answered_by: Option<AnsweredBy>,
    /// Decline reason.
    pub decline_reason: Option<DeclineReason>,
    /// Note.
    pub note: Option<String>,
    /// Question.
    pub question: Option<String>,
    /// Asked at.
    pub asked_at: Option<NaiveDateTime>,
    /// Clock restarts at.
    pub clock_restarts_at: Option<NaiveDateTime>,
    /// Reply.
    pub reply: Option<String>,
    /// Replied at.
    pub replied_at: Option<NaiveDateTime>,
    /// Feedback due at.
    pub feedback_due_at: Option<NaiveDateTime>,
    /// Next due at.
    pub next_due_at: Option<NaiveDateTime>,
    /// Ended at.
    pub ended_at: Option<NaiveDateTime>,
    /// End reason.
    pub end_reason: Option<String>,
    /// Ranking.
    pub ranking: JsonText<serde_json::Value>,
    /// Created at.
    pub created_at: NaiveDateTime,
    /// Updated at.
    pub updated_at: NaiveDateTime,
}

row_deeds!(AssignmentRow, assignments, id: AssignmentId);

/// The assignment of that number.
///
/// # Errors
/// What the database says.
pub fn by_number(conn: &mut Conn, number: &str) -> QueryResult<Option<AssignmentRow>> {
    assignments::table.filter(assignments::number.eq(number)).select(cols::<AssignmentRow>()).first(conn).optional()
}

/// The assignments of a need, newest first.
///
/// # Errors
/// What the database says.
pub fn of_need(conn: &mut Conn, need: NeedId) -> QueryResult<Vec<AssignmentRow>> {
    assignments::table
        .filter(assignments::need.eq(need))
        .order((assignments::created_at.desc(), assignments::id.desc()))
        .select(cols::<AssignmentRow>())
        .load(conn)
}

/// The assignments of a seat, newest first.
///
/// # Errors
/// What the database says.
pub fn of_seat(conn: &mut Conn, seat: SeatId) -> QueryResult<Vec<AssignmentRow>> {
    assignments::table
        .filter(assignments::seat.eq(seat))
        .order((assignments::created_at.desc(), assignments::id.desc()))
        .select(cols::<AssignmentRow>())
        .load(conn)
}

/// The assignments of an expert in those states, newest first, at most two hundred.
///
/// # Errors
/// What the database says.
pub fn of_expert(conn: &mut Conn, expert: ExpertId, states: &[AssignmentState]) -> QueryResult<Vec<AssignmentRow>> {
    assignments::table
        .filter(assignments::expert.eq(expert))
        .filter(assignments::state.eq_any(states))
        .order((assignments::created_at.desc(), assignments::id.desc()))
        .limit(200)
        .select(cols::<AssignmentRow>())
        .load(conn)
}

/// Offers that wait for an answer and cases in hand, in the very words of the index `assignments_in_hand`: for questions
/// about everybody's. diesel prepares a statement with it anew each time, so questions about one expert spell it out.
pub fn in_hand() -> SqlLiteral<Bool> {
    sql::<Bool>("assignments.state IN ('offered', 'accepted')")
}

/// What is due at `now`, oldest first.
///
/// # Errors
/// What the database says.
pub fn due(conn: &mut Conn, now: NaiveDateTime, limit: i64) -> QueryResult<Vec<AssignmentId>> {
    assignments::table
        .filter(assignments::next_due_at.le(now))
        .order((assignments::next_due_at, assignments::id))
        .limit(limit)
        .select(assignments::id)
        .load(conn)
}

/// The next instant at which anything is due.
///
/// # Errors
/// What the database says.
pub fn next_due(conn: &mut Conn) -> QueryResult<Option<NaiveDateTime>> {
    assignments::table
        .filter(assignments::next_due_at.is_not_null())
        .order(assignments::next_due_at)
        .select(assignments::next_due_at)
        .first::<Option<NaiveDateTime>>(conn)
        .optional()
        .map(Option::flatten)
}

/// The offers a better calendar may spare: those whose clock runs, and those that ran out after `since`, or under a year
/// that was not known, without an answer.
///
/// # Errors
/// What the database says.
pub fn counted_by_calendar(conn: &mut Conn, since: NaiveDateTime) -> QueryResult<Vec<AssignmentId>> {
    let open: Vec<AssignmentId> = assignments::table
        .filter(assignments::next_due_at.is_not_null())
        .filter(assignments::state.eq(AssignmentState::Offered))
        .filter(assignments::answer_due_at.is_not_null())
        .select(assignments::id)
        .load(conn)?;
    let lapsed: Vec<AssignmentId> = assignments::table
        .filter(assignments::state.eq(AssignmentState::Lapsed))
        .filter(assignments::first_answer.is_null())
        .filter(assignments::ended_at.gt(since).or(assignments::provisional.eq(true)))
        .select(assignments::id)
        .load(conn)?;
    let mut ids = open;
    ids.extend(lapsed);
    ids.sort_unstable();
    Ok(ids)
}

/// The offers that nobody answered and whose deadline lies after `instant`, open or lapsed: those an outage that began
/// then may spoil. Lapsed ones are few: an outage is entered soon after it was.
///
/// # Errors
/// What the database says.
pub fn due_after(conn: &mut Conn, instant: NaiveDateTime) -> QueryResult<Vec<AssignmentId>> {
    let open = assignments::table
        .filter(assignments::state.eq(AssignmentState::Offered))
        .filter(assignments::answer_due_at.gt(instant))
        .select(assignments::id)
        .load::<AssignmentId>(conn)?;
    let lapsed = assignments::table
        .filter(assignments::state.eq(AssignmentState::Lapsed))
        .filter(assignments::ended_at.gt(instant))
        .select(assignments::id)
        .load::<AssignmentId>(conn)?;
    let mut ids = open;
    ids.extend(lapsed);
    ids.sort_unstable();
    Ok(ids)
}

/// Writes the whole row back if it is still as it was read; false when somebody wrote it meanwhile.
///
/// # Errors
/// What the database says.
pub fn save_if_unchanged(conn: &mut Conn, row: &AssignmentRow, read_at: NaiveDateTime) -> QueryResult<bool> {
    diesel::update(assignments::table.filter(assignments::id.eq(&row.id)).filter(assignments::updated_at.eq(read_at)))
        .set(row)
        .execute(conn)
        .map(|rows| rows == 1)
}
