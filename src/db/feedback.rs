//! Feedback and ratings.

use super::JsonText;
use super::conn::{Conn, cols};
use super::schema::{feedback, ratings};
use crate::domain::feedback::ConductReport;
use crate::domain::feedback::FiledBy;
use crate::domain::feedback::Outcome;
use crate::domain::feedback::RatingChannel;
use crate::ids::AccountId;
use crate::ids::AssignmentId;
use crate::ids::ExpertId;
use crate::ids::FeedbackId;
use crate::ids::NeedId;
use crate::ids::RatingId;
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

/// What the expert wrote.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = feedback, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct FeedbackRow {
    /// Id.
    pub id: FeedbackId,
    /// Need.
    pub need: NeedId,
    /// Assignment.
    pub assignment: AssignmentId,
    /// Done.
    pub done: String,
    /// Hours.
    pub hours: f64,
    /// Served on.
    pub served_on: NaiveDate,
    /// Outcome.
    pub outcome: Outcome,
    /// Follow up.
    pub follow_up: Option<String>,
    /// No gift.
    pub no_gift: bool,
    /// No promotion.
    pub no_promotion: bool,
    /// No touting.
    pub no_touting: bool,
    /// Filed by.
    pub filed_by: FiledBy,
    /// Entered by.
    pub entered_by: Option<AccountId>,
    /// Filed at.
    pub filed_at: NaiveDateTime,
}

row_deeds!(FeedbackRow, feedback, id: FeedbackId);

/// What the enterprise said.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = ratings, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct RatingRow {
    /// Id.
    pub id: RatingId,
    /// Need.
    pub need: NeedId,
    /// Assignment.
    pub assignment: AssignmentId,
    /// Score.
    pub score: i32,
    /// Remark.
    pub remark: Option<String>,
    /// Conduct.
    pub conduct: JsonText<Vec<ConductReport>>,
    /// Channel.
    pub channel: RatingChannel,
    /// Entered by.
    pub entered_by: Option<AccountId>,
    /// Created at.
    pub created_at: NaiveDateTime,
}

/// What the change log calls a new rating; the id of such a change is the rating's, or [`EVERY_RATING`].
pub const RATED: &str = "rating";
/// Stands for the ids of ratings that came in by the hundred.
pub const EVERY_RATING: &str = "every";

/// Adds many ratings, some hundreds a statement, and notes them in the change log.
///
/// # Errors
/// What the database says.
pub fn insert_ratings(conn: &mut Conn, rows: &[RatingRow]) -> QueryResult<()> {
    for chunk in rows.chunks(400) {
        crate::each_backend!(conn, |c| diesel::insert_into(ratings::table).values(chunk).execute(c))?;
    }
    if rows.len() > 100 {
        return super::changes::note(conn, RATED, EVERY_RATING);
    }
    for row in rows {
        super::changes::note(conn, RATED, row.id.as_str())?;
    }
    Ok(())
}

/// The feedback of a need.
///
/// # Errors
/// What the database says.
pub fn of_need(conn: &mut Conn, need: NeedId) -> QueryResult<Vec<FeedbackRow>> {
    feedback::table.filter(feedback::need.eq(need)).order(feedback::filed_at).select(cols::<FeedbackRow>()).load(conn)
}

/// The feedback of an assignment.
///
/// # Errors
/// What the database says.
pub fn of_assignment(conn: &mut Conn, assignment: AssignmentId) -> QueryResult<Option<FeedbackRow>> {
    feedback::table.filter(feedback::assignment.eq(assignment)).select(cols::<FeedbackRow>()).first(conn).optional()
}

/// The ratings of a need.
///
/// # Errors
/// What the database says.
pub fn ratings_of_need(conn: &mut Conn, need: NeedId) -> QueryResult<Vec<RatingRow>> {
    ratings::table.filter(ratings::need.eq(need)).order(ratings::created_at).select(cols::<RatingRow>()).load(conn)
}

/// The feedback of an expert, newest first.
///
/// # Errors
/// What the database says.
pub fn of_expert(conn: &mut Conn, expert: ExpertId) -> QueryResult<Vec<FeedbackRow>> {
    use super::schema::assignments;
    feedback::table
        .inner_join(assignments::table.on(assignments::id.eq(feedback::assignment)))
        .filter(assignments::expert.eq(expert))
        .order(feedback::filed_at.desc())
        .select(cols::<FeedbackRow>())
        .load(conn)
}
