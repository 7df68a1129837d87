//! Applications to the register and their reviews.

use super::JsonText;
use super::conn::{Conn, cols};
use super::schema::{applications, reviews};
use crate::ids::{AccountId, ApplicationId, ExpertId, ReviewId};
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// One application.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = applications, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ApplicationRow {
    /// Id.
    pub id: ApplicationId,
    /// Expert.
    pub expert: ExpertId,
    /// `page`, `staff` or `sheet`.
    pub channel: String,
    /// The version of the text on personal data that was agreed to.
    pub consent: Option<String>,
    /// Made at.
    pub made_at: NaiveDateTime,
}

row_deeds!(ApplicationRow, applications, id: ApplicationId);

/// One review.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = reviews, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ReviewRow {
    /// Id.
    pub id: ReviewId,
    /// Expert.
    pub expert: ExpertId,
    /// `admit`, `more` or `refuse`.
    pub decision: String,
    /// The reviewer's words to the applicant.
    pub reason: String,
    /// Every condition with its verdict, and the reason written for it.
    pub findings: JsonText<Vec<Judged>>,
    /// Decided by.
    pub decided_by: Option<AccountId>,
    /// Decided at.
    pub decided_at: NaiveDateTime,
}

/// One condition as it was judged.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Judged {
    /// The condition's code.
    pub condition: String,
    /// The verdict's code.
    pub verdict: String,
    /// Why the applicant was admitted all the same, where it was not met.
    pub reason: Option<String>,
}

/// Adds a review.
///
/// # Errors
/// What the database says.
pub fn insert_review(conn: &mut Conn, row: &ReviewRow) -> QueryResult<()> {
    diesel::insert_into(reviews::table).values(row).execute(conn).map(drop)
}

/// The review of that id.
///
/// # Errors
/// What the database says.
pub fn review(conn: &mut Conn, id: ReviewId) -> QueryResult<Option<ReviewRow>> {
    reviews::table.filter(reviews::id.eq(id)).select(cols::<ReviewRow>()).first(conn).optional()
}

/// The reviews of an expert, newest first.
///
/// # Errors
/// What the database says.
pub fn reviews_of(conn: &mut Conn, expert: ExpertId) -> QueryResult<Vec<ReviewRow>> {
    reviews::table
        .filter(reviews::expert.eq(expert))
        .order((reviews::decided_at.desc(), reviews::id.desc()))
        .select(cols::<ReviewRow>())
        .load(conn)
}

/// The applications of an expert, newest first.
///
/// # Errors
/// What the database says.
pub fn of_expert(conn: &mut Conn, expert: ExpertId) -> QueryResult<Vec<ApplicationRow>> {
    applications::table
        .filter(applications::expert.eq(expert))
        .order((applications::made_at.desc(), applications::id.desc()))
        .select(cols::<ApplicationRow>())
        .load(conn)
}
