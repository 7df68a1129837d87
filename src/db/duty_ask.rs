//! Letters that ask experts about a plan's turns, and when their answers are due.

use super::conn::{Conn, cols};
use super::schema::duty_asks;
use crate::ids::{DutyAskId, DutyPlanId, ExpertId};
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// One asking.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = duty_asks, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct AskRow {
    /// Id.
    pub id: DutyAskId,
    /// Plan.
    pub plan: DutyPlanId,
    /// Expert.
    pub expert: ExpertId,
    /// Which asking of the same plan.
    pub round: i32,
    /// Asked at.
    pub asked_at: NaiveDateTime,
    /// When the mail server took the letter.
    pub notified_at: Option<NaiveDateTime>,
    /// The first instant that is too late.
    pub answer_due_at: Option<NaiveDateTime>,
    /// When everything asked was answered.
    pub answered_at: Option<NaiveDateTime>,
}

row_deeds!(AskRow, duty_asks, id: DutyAskId);

/// The askings of a plan, newest first.
///
/// # Errors
/// What the database says.
pub fn of_plan(conn: &mut Conn, plan: DutyPlanId) -> QueryResult<Vec<AskRow>> {
    duty_asks::table
        .filter(duty_asks::plan.eq(plan))
        .order((duty_asks::round.desc(), duty_asks::id))
        .select(cols::<AskRow>())
        .load(conn)
}

/// The newest asking of an expert about a plan.
///
/// # Errors
/// What the database says.
pub fn newest(conn: &mut Conn, plan: DutyPlanId, expert: ExpertId) -> QueryResult<Option<AskRow>> {
    duty_asks::table
        .filter(duty_asks::plan.eq(plan))
        .filter(duty_asks::expert.eq(expert))
        .order(duty_asks::round.desc())
        .select(cols::<AskRow>())
        .first(conn)
        .optional()
}

/// The askings of an expert that are not answered yet.
///
/// # Errors
/// What the database says.
pub fn open_of_expert(conn: &mut Conn, expert: ExpertId) -> QueryResult<Vec<AskRow>> {
    duty_asks::table
        .filter(duty_asks::expert.eq(expert))
        .filter(duty_asks::answered_at.is_null())
        .order((duty_asks::asked_at.desc(), duty_asks::id))
        .select(cols::<AskRow>())
        .load(conn)
}

/// The askings not answered whose answer is due within those instants.
///
/// # Errors
/// What the database says.
pub fn due_before(conn: &mut Conn, from: NaiveDateTime, until: NaiveDateTime) -> QueryResult<Vec<AskRow>> {
    duty_asks::table
        .filter(duty_asks::answered_at.is_null())
        .filter(duty_asks::answer_due_at.between(from, until))
        .order(duty_asks::id)
        .limit(2_000)
        .select(cols::<AskRow>())
        .load(conn)
}
