//! What the file of one expert counts beside the record: offers, services and marks of some months. Counts and days only, so
//! no need behind them is told to whoever may not see it.

use super::conn::Conn;
use super::schema::{assignments, feedback, ratings};
use crate::domain::assignment::AssignmentState;
use crate::domain::feedback::RatingChannel;
use crate::ids::ExpertId;
use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::count_star;
use diesel::prelude::*;

/// When each offer of an expert since `from` was made, and where it stands.
///
/// # Errors
/// What the database says.
pub fn offers_since(
    conn: &mut Conn,
    expert: ExpertId,
    from: NaiveDateTime,
) -> QueryResult<Vec<(NaiveDateTime, AssignmentState)>> {
    assignments::table
        .filter(assignments::expert.eq(expert))
        .filter(assignments::created_at.ge(from))
        .order(assignments::created_at)
        .select((assignments::created_at, assignments::state))
        .load(conn)
}

/// The day and the hours of each service of an expert since `from`.
///
/// # Errors
/// What the database says.
pub fn services_since(conn: &mut Conn, expert: ExpertId, from: NaiveDate) -> QueryResult<Vec<(NaiveDate, f64)>> {
    feedback::table
        .inner_join(assignments::table.on(assignments::id.eq(feedback::assignment)))
        .filter(assignments::expert.eq(expert))
        .filter(feedback::served_on.ge(from))
        .order(feedback::served_on)
        .select((feedback::served_on, feedback::hours))
        .load(conn)
}

/// How many marks of each kind an expert got, by channel.
///
/// # Errors
/// What the database says.
pub fn marks_by_score(conn: &mut Conn, expert: ExpertId) -> QueryResult<Vec<(i32, RatingChannel, i64)>> {
    ratings::table
        .inner_join(assignments::table.on(assignments::id.eq(ratings::assignment)))
        .filter(assignments::expert.eq(expert))
        .group_by((ratings::score, ratings::channel))
        .select((ratings::score, ratings::channel, count_star()))
        .load(conn)
}
