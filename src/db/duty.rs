//! Plans of duty turns.

use super::JsonText;
use super::conn::{Conn, cols};
use super::schema::duty_plans;
use crate::domain::duty::{DutyRules, PlanState};
use crate::ids::{AccountId, DutyPlanId};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

/// One plan (值班计划).
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = duty_plans, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct PlanRow {
    /// Id.
    pub id: DutyPlanId,
    /// Title.
    pub title: String,
    /// Where it stands.
    pub state: PlanState,
    /// The first day.
    pub from_on: NaiveDate,
    /// The last day.
    pub to_on: NaiveDate,
    /// What it asks for.
    pub rules: JsonText<DutyRules>,
    /// What the search proved, as JSON.
    pub outcome: JsonText<serde_json::Value>,
    /// By whom; nobody for the command line.
    pub created_by: Option<AccountId>,
    /// When.
    pub created_at: NaiveDateTime,
    /// When the experts were asked first.
    pub asked_at: Option<NaiveDateTime>,
    /// Who published it.
    pub published_by: Option<AccountId>,
    /// When.
    pub published_at: Option<NaiveDateTime>,
    /// Updated at.
    pub updated_at: NaiveDateTime,
    /// Raised by every deed on the plan or its turns.
    pub version: i32,
}

row_deeds!(PlanRow, duty_plans, id: DutyPlanId);

/// The plans that end on or after a day, latest first, at most `limit`.
///
/// # Errors
/// What the database says.
pub fn newest(conn: &mut Conn, from: NaiveDate, limit: i64) -> QueryResult<Vec<PlanRow>> {
    duty_plans::table
        .filter(duty_plans::to_on.ge(from))
        .order((duty_plans::from_on.desc(), duty_plans::id.desc()))
        .limit(limit)
        .select(cols::<PlanRow>())
        .load(conn)
}

/// The plans of those ids.
///
/// # Errors
/// What the database says.
pub fn by_ids(conn: &mut Conn, ids: &[DutyPlanId]) -> QueryResult<Vec<PlanRow>> {
    duty_plans::table.filter(duty_plans::id.eq_any(ids)).select(cols::<PlanRow>()).load(conn)
}

/// Raises a plan's version: one of its turns changed, so what was previewed no longer stands.
///
/// # Errors
/// What the database says.
pub fn touch(conn: &mut Conn, plan: DutyPlanId, now: NaiveDateTime) -> QueryResult<()> {
    diesel::update(duty_plans::table.filter(duty_plans::id.eq(plan)))
        .set((duty_plans::version.eq(duty_plans::version + 1), duty_plans::updated_at.eq(now)))
        .execute(conn)
        .map(drop)
}
