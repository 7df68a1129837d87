//! What goes with a page of needs, assignments or experts: everything by the ids on the page, in one query each, so that a
//! page takes a fixed number of queries whatever its length. The pages themselves are [`super::listing`]'s, whose rows
//! were found within a reader's scope.

use super::assignment::AssignmentRow;
use super::conn::{Conn, cols};
use super::expert::{LeaveRow, QualificationRow};
use super::expert_terms::ExpertTermsRow;
use super::need::{ClosureRow, NeedRow, ReserveRow, SeatRow};
use super::outbox::OutboxRow;
use super::reminder::ReminderRow;
use super::schema::{
    accounts, assignments, closures, expert_terms, experts, leaves, needs, outbox, qualifications, reminders, reserves,
    seats, stations,
};
use crate::domain::need::NeedState;
use crate::ids::{AccountId, AssignmentId, EnterpriseId, ExpertId, NeedId, SeatId, StationId};
use chrono::NaiveDate;
use diesel::prelude::*;

/// The seats of those needs, in order.
///
/// # Errors
/// What the database says.
pub fn seats_of(conn: &mut Conn, of: &[NeedId]) -> QueryResult<Vec<SeatRow>> {
    seats::table
        .filter(seats::need.eq_any(of))
        .order((seats::need, seats::position))
        .select(cols::<SeatRow>())
        .load(conn)
}

/// The reserves of those seats, in order.
///
/// # Errors
/// What the database says.
pub fn reserves_of(conn: &mut Conn, of: &[SeatId]) -> QueryResult<Vec<ReserveRow>> {
    reserves::table
        .filter(reserves::seat.eq_any(of))
        .order((reserves::seat, reserves::position))
        .select(cols::<ReserveRow>())
        .load(conn)
}

/// The assignments of those needs, oldest first.
///
/// # Errors
/// What the database says.
pub fn assignments_of(conn: &mut Conn, of: &[NeedId]) -> QueryResult<Vec<AssignmentRow>> {
    assignments::table
        .filter(assignments::need.eq_any(of))
        .order(assignments::id)
        .select(cols::<AssignmentRow>())
        .load(conn)
}

/// The reminders of those assignments, in order.
///
/// # Errors
/// What the database says.
pub fn reminders_of(conn: &mut Conn, of: &[AssignmentId]) -> QueryResult<Vec<ReminderRow>> {
    reminders::table
        .filter(reminders::assignment.eq_any(of))
        .order((reminders::assignment, reminders::ordinal))
        .select(cols::<ReminderRow>())
        .load(conn)
}

/// The letters to the experts of those offers, oldest first.
///
/// # Errors
/// What the database says.
pub fn letters_of(conn: &mut Conn, of: &[AssignmentId]) -> QueryResult<Vec<OutboxRow>> {
    outbox::table
        .filter(outbox::assignment.eq_any(of))
        .filter(outbox::account.is_null())
        .order((outbox::created_at, outbox::id))
        .select(cols::<OutboxRow>())
        .load(conn)
}

/// Numbers of those needs.
///
/// # Errors
/// What the database says.
pub fn numbers_of(conn: &mut Conn, of: &[NeedId]) -> QueryResult<Vec<(NeedId, String)>> {
    needs::table.filter(needs::id.eq_any(of)).select((needs::id, needs::number)).load(conn)
}

/// Names and firms of those experts.
///
/// # Errors
/// What the database says.
pub fn names_of(conn: &mut Conn, of: &[ExpertId]) -> QueryResult<Vec<(ExpertId, String, String)>> {
    experts::table.filter(experts::id.eq_any(of)).select((experts::id, experts::name, experts::firm)).load(conn)
}

/// Names of those accounts.
///
/// # Errors
/// What the database says.
pub fn owners_of(conn: &mut Conn, of: &[AccountId]) -> QueryResult<Vec<(AccountId, String)>> {
    accounts::table.filter(accounts::id.eq_any(of)).select((accounts::id, accounts::name)).load(conn)
}

/// Names of those stations.
///
/// # Errors
/// What the database says.
pub fn stations_of(conn: &mut Conn, of: &[StationId]) -> QueryResult<Vec<(StationId, String)>> {
    stations::table.filter(stations::id.eq_any(of)).select((stations::id, stations::name)).load(conn)
}

/// Open needs of those enterprises, newest first: what a need is compared with.
///
/// # Errors
/// What the database says.
pub fn open_of_enterprises(conn: &mut Conn, of: &[EnterpriseId]) -> QueryResult<Vec<NeedRow>> {
    needs::table
        .filter(needs::enterprise.eq_any(of))
        .filter(needs::state.ne_all([NeedState::Closed, NeedState::Retracted]))
        .order(needs::created_at.desc())
        .limit(1_000)
        .select(cols::<NeedRow>())
        .load(conn)
}

/// How those needs were closed.
///
/// # Errors
/// What the database says.
pub fn closures_of(conn: &mut Conn, of: &[NeedId]) -> QueryResult<Vec<ClosureRow>> {
    closures::table.filter(closures::need.eq_any(of)).select(cols::<ClosureRow>()).load(conn)
}

/// The qualifications of those experts.
///
/// # Errors
/// What the database says.
pub fn qualifications_of(conn: &mut Conn, of: &[ExpertId]) -> QueryResult<Vec<QualificationRow>> {
    qualifications::table
        .filter(qualifications::expert.eq_any(of))
        .order((qualifications::expert, qualifications::kind))
        .select(cols::<QualificationRow>())
        .load(conn)
}

/// The terms of those experts who set any.
///
/// # Errors
/// What the database says.
pub fn terms_of(conn: &mut Conn, of: &[ExpertId]) -> QueryResult<Vec<ExpertTermsRow>> {
    expert_terms::table.filter(expert_terms::expert.eq_any(of)).select(cols::<ExpertTermsRow>()).load(conn)
}

/// The leaves of those experts that end on or after `day`, soonest first.
///
/// # Errors
/// What the database says.
pub fn leaves_of(conn: &mut Conn, of: &[ExpertId], day: NaiveDate) -> QueryResult<Vec<LeaveRow>> {
    leaves::table
        .filter(leaves::expert.eq_any(of))
        .filter(leaves::to_on.ge(day))
        .order((leaves::expert, leaves::from_on))
        .select(cols::<LeaveRow>())
        .load(conn)
}
