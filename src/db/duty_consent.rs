//! What experts said to duty turns: one row for each pair that was ever asked.

use super::conn::{Conn, cols};
use super::schema::{duty_consents, duty_turns};
use crate::domain::assignment::AnsweredBy;
use crate::domain::duty::ConsentAnswer;
use crate::ids::{AccountId, DutyConsentId, DutyPlanId, DutyTurnId, ExpertId};
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// What one expert said to one turn (征求意见).
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = duty_consents, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ConsentRow {
    /// Id.
    pub id: DutyConsentId,
    /// Turn.
    pub turn: DutyTurnId,
    /// Expert.
    pub expert: ExpertId,
    /// What was said.
    pub answer: ConsentAnswer,
    /// How it reached us.
    pub channel: Option<AnsweredBy>,
    /// Who entered it, where staff did.
    pub entered_by: Option<AccountId>,
    /// When the expert was asked, or offered.
    pub asked_at: NaiveDateTime,
    /// When it was said.
    pub answered_at: Option<NaiveDateTime>,
}

row_deeds!(ConsentRow, duty_consents, id: DutyConsentId);

/// What that expert said to that turn.
///
/// # Errors
/// What the database says.
pub fn of(conn: &mut Conn, turn: DutyTurnId, expert: ExpertId) -> QueryResult<Option<ConsentRow>> {
    duty_consents::table
        .filter(duty_consents::turn.eq(turn))
        .filter(duty_consents::expert.eq(expert))
        .select(cols::<ConsentRow>())
        .first(conn)
        .optional()
}

/// Everything said to a turn, in the order of asking.
///
/// # Errors
/// What the database says.
pub fn of_turn(conn: &mut Conn, turn: DutyTurnId) -> QueryResult<Vec<ConsentRow>> {
    duty_consents::table
        .filter(duty_consents::turn.eq(turn))
        .order((duty_consents::asked_at, duty_consents::id))
        .select(cols::<ConsentRow>())
        .load(conn)
}

/// Everything said to the turns of a plan.
///
/// # Errors
/// What the database says.
pub fn of_plan(conn: &mut Conn, plan: DutyPlanId) -> QueryResult<Vec<ConsentRow>> {
    duty_consents::table
        .inner_join(duty_turns::table.on(duty_turns::id.eq(duty_consents::turn)))
        .filter(duty_turns::plan.eq(plan))
        .select(cols::<ConsentRow>())
        .load(conn)
}

/// Everything an expert said, or is asked, about turns from a day on.
///
/// # Errors
/// What the database says.
pub fn of_expert(conn: &mut Conn, expert: ExpertId, from: chrono::NaiveDate) -> QueryResult<Vec<ConsentRow>> {
    duty_consents::table
        .inner_join(duty_turns::table.on(duty_turns::id.eq(duty_consents::turn)))
        .filter(duty_consents::expert.eq(expert))
        .filter(duty_turns::day.ge(from))
        .select(cols::<ConsentRow>())
        .load(conn)
}

/// The pairs that will not sit on turns of those days: who said no or rather not.
///
/// # Errors
/// What the database says.
pub fn refusals(
    conn: &mut Conn,
    from: chrono::NaiveDate,
    to: chrono::NaiveDate,
) -> QueryResult<Vec<(ExpertId, DutyTurnId)>> {
    duty_consents::table
        .inner_join(duty_turns::table.on(duty_turns::id.eq(duty_consents::turn)))
        .filter(duty_turns::day.between(from, to))
        .filter(duty_consents::answer.eq_any([ConsentAnswer::No, ConsentAnswer::RatherNot]))
        .select((duty_consents::expert, duty_consents::turn))
        .load(conn)
}
