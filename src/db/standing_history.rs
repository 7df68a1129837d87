//! How each expert came to stand as they stand: one row a step, never changed.

use super::conn::{Conn, cols};
use super::schema::standing_history;
use crate::domain::standing::{Standing, StandingDeed};
use crate::ids::{CaseId, ExpertId};
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// One step.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = standing_history)]
pub struct StepRow {
    /// Whose.
    pub expert: ExpertId,
    /// Place in the expert's history, from 1.
    pub nth: i32,
    /// From.
    pub from_standing: Standing,
    /// To.
    pub to_standing: Standing,
    /// By what.
    pub deed: StandingDeed,
    /// When.
    pub at: NaiveDateTime,
    /// Who, as the trail names them.
    pub actor: String,
    /// In which case, if in one.
    pub conduct_case: Option<CaseId>,
    /// Why, in words.
    pub why: Option<String>,
}

many_rows!(insert_many, StepRow, standing_history);

/// The steps of an expert, oldest first.
///
/// # Errors
/// What the database says.
pub fn of_expert(conn: &mut Conn, expert: ExpertId) -> QueryResult<Vec<StepRow>> {
    standing_history::table
        .filter(standing_history::expert.eq(expert))
        .order(standing_history::nth)
        .select(cols::<StepRow>())
        .load(conn)
}

/// The last step of an expert, if there was one.
///
/// # Errors
/// What the database says.
pub fn last(conn: &mut Conn, expert: ExpertId) -> QueryResult<Option<StepRow>> {
    standing_history::table
        .filter(standing_history::expert.eq(expert))
        .order(standing_history::nth.desc())
        .select(cols::<StepRow>())
        .first(conn)
        .optional()
}
