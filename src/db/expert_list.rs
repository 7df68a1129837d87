//! What a list and a record say of experts beside their rows: load, answers, marks, and their offers within a scope.
//!
//! The rows themselves come from `listing::experts`. Contract: a fixed number of queries for a page of experts. Offers
//! are told with their needs, so they take the reader's [`Scope`].

use super::assignment::AssignmentRow;
use super::conn::{Conn, cols};
use super::expert::ExpertRow;
use super::need::NeedRow;
use super::schema::{assignments, experts, needs, offer_facts, ratings};
use crate::domain::assignment::{AssignmentState, OfferOutcome};
use crate::domain::role::Scope;
use crate::ids::ExpertId;
use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::{count_star, sum};
use diesel::prelude::*;

/// How many offers of each of those experts are open or taken.
///
/// # Errors
/// What the database says.
pub fn busy(conn: &mut Conn, of: &[ExpertId]) -> QueryResult<Vec<(ExpertId, i64)>> {
    assignments::table
        .filter(assignments::expert.eq_any(of))
        .filter(assignments::state.eq_any([AssignmentState::Offered, AssignmentState::Accepted]))
        .group_by(assignments::expert)
        .select((assignments::expert, count_star()))
        .load(conn)
}

/// How many offers each of those experts got since `from`.
///
/// # Errors
/// What the database says.
pub fn asked_since(conn: &mut Conn, of: &[ExpertId], from: NaiveDateTime) -> QueryResult<Vec<(ExpertId, i64)>> {
    assignments::table
        .filter(assignments::expert.eq_any(of))
        .filter(assignments::created_at.ge(from))
        .group_by(assignments::expert)
        .select((assignments::expert, count_star()))
        .load(conn)
}

/// How the offers of those experts were answered that were told on or after `from`.
///
/// # Errors
/// What the database says.
pub fn answers(
    conn: &mut Conn,
    of: &[ExpertId],
    from: NaiveDate,
) -> QueryResult<Vec<(ExpertId, OfferOutcome, Option<i64>)>> {
    offer_facts::table
        .filter(offer_facts::expert.eq_any(of))
        .filter(offer_facts::notified_on.ge(from))
        .select((offer_facts::expert, offer_facts::outcome, offer_facts::minutes))
        .load(conn)
}

/// How many marks each of those experts got, and their sum.
///
/// # Errors
/// What the database says.
pub fn marks(conn: &mut Conn, of: &[ExpertId]) -> QueryResult<Vec<(ExpertId, i64, Option<i64>)>> {
    ratings::table
        .inner_join(assignments::table.on(assignments::id.eq(ratings::assignment)))
        .filter(assignments::expert.eq_any(of))
        .group_by(assignments::expert)
        .select((assignments::expert, count_star(), sum(ratings::score)))
        .load(conn)
}

/// The offers of an expert in those states with their needs, newest first, as far as the scope reaches.
///
/// # Errors
/// What the database says.
pub fn offers(
    conn: &mut Conn,
    scope: &Scope,
    expert: ExpertId,
    states: &[AssignmentState],
    limit: i64,
) -> QueryResult<Vec<(AssignmentRow, NeedRow)>> {
    let mut query = assignments::table
        .inner_join(needs::table.on(needs::id.eq(assignments::need)))
        .filter(assignments::expert.eq(expert))
        .filter(assignments::state.eq_any(states.to_vec()))
        .order((assignments::created_at.desc(), assignments::id.desc()))
        .limit(limit)
        .select((cols::<AssignmentRow>(), cols::<NeedRow>()))
        .into_boxed();
    match scope {
        Scope::Everything => {}
        Scope::Regions(codes) => query = query.filter(needs::region.eq_any(codes.clone())),
        Scope::Station(station) => query = query.filter(needs::station.eq(*station)),
    }
    query.load(conn)
}

/// The expert of that number on file (备案号).
///
/// # Errors
/// What the database says.
pub fn by_filed_number(conn: &mut Conn, number: &str) -> QueryResult<Option<ExpertRow>> {
    experts::table.filter(experts::filed_number.eq(number)).select(cols::<ExpertRow>()).first(conn).optional()
}
