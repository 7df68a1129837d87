//! What the search index is made of: whole kinds a page at a time, or the rows of some ids.
//!
//! Contract: pages go by id, so that a table of any size is read in even pieces while others write. Contact data is not
//! among what is read. Deliberately absent: scopes; the index keeps who may see what beside each document.

use super::conn::{Conn, cols};
use super::enterprise::EnterpriseRow;
use super::expert::{ExpertRow, QualificationRow};
use super::need::NeedRow;
use super::schema::{assignments, enterprises, experts, feedback, needs, qualifications};
use crate::domain::role::Scope;
use crate::ids::EnterpriseId;
use crate::ids::ExpertId;
use crate::ids::FeedbackId;
use crate::ids::NeedId;
use crate::ids::StationId;
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// What an expert wrote after a service.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = feedback)]
pub struct FeedbackText {
    /// Which.
    pub id: FeedbackId,
    /// Of which need.
    pub need: NeedId,
    /// What was done.
    pub done: String,
    /// What should follow.
    pub follow_up: Option<String>,
    /// When.
    pub filed_at: NaiveDateTime,
}

/// How many rows there are to index: needs, experts, enterprises, feedback.
///
/// # Errors
/// What the database says.
pub fn totals(conn: &mut Conn) -> QueryResult<i64> {
    let needs: i64 = needs::table.count().get_result(conn)?;
    let experts: i64 = experts::table.count().get_result(conn)?;
    let enterprises: i64 = enterprises::table.count().get_result(conn)?;
    let feedback: i64 = feedback::table.count().get_result(conn)?;
    Ok(needs + experts + enterprises + feedback)
}

/// The next needs by id, with the enterprise's name.
///
/// # Errors
/// What the database says.
pub fn needs_after(conn: &mut Conn, after: Option<NeedId>, limit: i64) -> QueryResult<Vec<(NeedRow, String)>> {
    let page = needs::table
        .inner_join(enterprises::table.on(enterprises::id.eq(needs::enterprise)))
        .select((cols::<NeedRow>(), enterprises::name))
        .order(needs::id)
        .limit(limit);
    match after {
        Some(id) => page.filter(needs::id.gt(id)).load(conn),
        None => page.load(conn),
    }
}

/// The needs of those ids, with the enterprise's name.
///
/// # Errors
/// What the database says.
pub fn needs_of(conn: &mut Conn, ids: &[NeedId]) -> QueryResult<Vec<(NeedRow, String)>> {
    needs::table
        .inner_join(enterprises::table.on(enterprises::id.eq(needs::enterprise)))
        .filter(needs::id.eq_any(ids))
        .select((cols::<NeedRow>(), enterprises::name))
        .load(conn)
}

/// How many ids a statement takes: a database binds only so many.
const IDS_AT_A_TIME: usize = 1_000;

/// The needs of those enterprises.
///
/// # Errors
/// What the database says.
pub fn needs_of_enterprises(conn: &mut Conn, of: &[EnterpriseId]) -> QueryResult<Vec<NeedId>> {
    let mut found = Vec::new();
    for ids in of.chunks(IDS_AT_A_TIME) {
        found.extend(needs::table.filter(needs::enterprise.eq_any(ids)).select(needs::id).load::<NeedId>(conn)?);
    }
    Ok(found)
}

/// The feedback of those needs, oldest first.
///
/// # Errors
/// What the database says.
pub fn feedback_of(conn: &mut Conn, of: &[NeedId]) -> QueryResult<Vec<FeedbackText>> {
    feedback::table
        .filter(feedback::need.eq_any(of))
        .order((feedback::filed_at, feedback::id))
        .select(cols::<FeedbackText>())
        .load(conn)
}

/// The feedback of those ids.
///
/// # Errors
/// What the database says.
pub fn feedback_by_ids(conn: &mut Conn, ids: &[FeedbackId]) -> QueryResult<Vec<FeedbackText>> {
    feedback::table.filter(feedback::id.eq_any(ids)).select(cols::<FeedbackText>()).load(conn)
}

/// The numbers of the assignments of those needs.
///
/// # Errors
/// What the database says.
pub fn assignment_numbers_of(conn: &mut Conn, of: &[NeedId]) -> QueryResult<Vec<(NeedId, String)>> {
    assignments::table
        .filter(assignments::need.eq_any(of))
        .order(assignments::number)
        .select((assignments::need, assignments::number))
        .load(conn)
}

/// The next experts by id.
///
/// # Errors
/// What the database says.
pub fn experts_after(conn: &mut Conn, after: Option<ExpertId>, limit: i64) -> QueryResult<Vec<ExpertRow>> {
    let page = experts::table.select(cols::<ExpertRow>()).order(experts::id).limit(limit);
    match after {
        Some(id) => page.filter(experts::id.gt(id)).load(conn),
        None => page.load(conn),
    }
}

/// The qualifications of those experts.
///
/// # Errors
/// What the database says.
pub fn qualifications_of(conn: &mut Conn, of: &[ExpertId]) -> QueryResult<Vec<QualificationRow>> {
    qualifications::table
        .filter(qualifications::expert.eq_any(of))
        .order((qualifications::expert, qualifications::kind, qualifications::id))
        .select(cols::<QualificationRow>())
        .load(conn)
}

/// The next enterprises by id.
///
/// # Errors
/// What the database says.
pub fn enterprises_after(conn: &mut Conn, after: Option<EnterpriseId>, limit: i64) -> QueryResult<Vec<EnterpriseRow>> {
    let page = enterprises::table.select(cols::<EnterpriseRow>()).order(enterprises::id).limit(limit);
    match after {
        Some(id) => page.filter(enterprises::id.gt(id)).load(conn),
        None => page.load(conn),
    }
}

/// Where those enterprises have needs: station and region, each pair once.
///
/// # Errors
/// What the database says.
pub fn where_served(conn: &mut Conn, of: &[EnterpriseId]) -> QueryResult<Vec<(EnterpriseId, StationId, String)>> {
    needs::table
        .filter(needs::enterprise.eq_any(of))
        .select((needs::enterprise, needs::station, needs::region))
        .distinct()
        .load(conn)
}

/// How many needs of those enterprises a scope holds; enterprises without any are left out.
///
/// # Errors
/// What the database says.
pub fn needs_counted(conn: &mut Conn, scope: &Scope, of: &[EnterpriseId]) -> QueryResult<Vec<(EnterpriseId, i64)>> {
    let counted = needs::table
        .filter(needs::enterprise.eq_any(of))
        .group_by(needs::enterprise)
        .select((needs::enterprise, diesel::dsl::count_star()));
    match scope {
        Scope::Everything => counted.load(conn),
        Scope::Regions(codes) => counted.filter(needs::region.eq_any(codes)).load(conn),
        Scope::Station(station) => counted.filter(needs::station.eq(station)).load(conn),
    }
}
