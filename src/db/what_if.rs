//! What a what-if replays: the needs of a period in the order they came, who was really asked first, and what experts were
//! asked beside them.
//!
//! Contract: needs within a [`Scope`], a page at a time, so that a year of a province never lies in memory at once.
//! Indexes: `needs_created`, `needs_region_created`, `needs_station_state`, `assignments_need`, `offer_facts_day`.
//! Deliberately absent: any writing.

use super::conn::{Backend, Conn, cols};
use super::expert::LeaveRow;
use super::need::NeedRow;
use super::schema::{assignments, enterprises, leaves, needs, offer_facts};
use crate::domain::assignment::AnswerKind;
use crate::domain::need::NeedState;
use crate::domain::role::Scope;
use crate::ids::{AssignmentId, ExpertId, NeedId, StationId};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::count_star;
use diesel::prelude::*;

/// How many needs of the scope were submitted from `from` on and before `before`, without those retracted.
///
/// # Errors
/// What the database says.
pub fn count(conn: &mut Conn, scope: &Scope, from: NaiveDateTime, before: NaiveDateTime) -> QueryResult<i64> {
    let mut query = needs::table
        .filter(needs::created_at.ge(from))
        .filter(needs::created_at.lt(before))
        .filter(needs::state.ne(NeedState::Retracted))
        .select(count_star())
        .into_boxed::<Backend>();
    query = match scope {
        Scope::Everything => query,
        Scope::Regions(codes) => query.filter(needs::region.eq_any(codes)),
        Scope::Station(own) => query.filter(needs::station.eq(own)),
    };
    query.first(conn)
}

/// When the need was submitted that has so many newer ones in the period: where a shortened period begins.
///
/// # Errors
/// What the database says.
pub fn nth_newest(
    conn: &mut Conn,
    scope: &Scope,
    from: NaiveDateTime,
    before: NaiveDateTime,
    newer: i64,
) -> QueryResult<Option<NaiveDateTime>> {
    let mut query = needs::table
        .filter(needs::created_at.ge(from))
        .filter(needs::created_at.lt(before))
        .filter(needs::state.ne(NeedState::Retracted))
        .select(needs::created_at)
        .into_boxed::<Backend>();
    query = match scope {
        Scope::Everything => query,
        Scope::Regions(codes) => query.filter(needs::region.eq_any(codes)),
        Scope::Station(own) => query.filter(needs::station.eq(own)),
    };
    query.order(needs::created_at.desc()).offset(newer).first(conn).optional()
}

/// The needs of the scope with their enterprises' names, in the order they came, after `after`, at most `limit`.
///
/// # Errors
/// What the database says.
pub fn page(
    conn: &mut Conn,
    scope: &Scope,
    from: NaiveDateTime,
    before: NaiveDateTime,
    after: Option<(NaiveDateTime, NeedId)>,
    limit: i64,
) -> QueryResult<Vec<(NeedRow, String)>> {
    let mut query = needs::table
        .inner_join(enterprises::table.on(enterprises::id.eq(needs::enterprise)))
        .filter(needs::created_at.ge(from))
        .filter(needs::created_at.lt(before))
        .filter(needs::state.ne(NeedState::Retracted))
        .select((cols::<NeedRow>(), enterprises::name))
        .into_boxed::<Backend>();
    query = match scope {
        Scope::Everything => query,
        Scope::Regions(codes) => query.filter(needs::region.eq_any(codes)),
        Scope::Station(own) => query.filter(needs::station.eq(own)),
    };
    if let Some((at, id)) = after {
        query = query.filter(needs::created_at.gt(at).or(needs::created_at.eq(at).and(needs::id.gt(id))));
    }
    query.order((needs::created_at, needs::id)).limit(limit).load(conn)
}

/// Who was asked first for each of those needs. Ids rise with time, and stand before the wide columns of a row.
///
/// # Errors
/// What the database says.
pub fn first_asked(conn: &mut Conn, of: &[NeedId]) -> QueryResult<Vec<(NeedId, ExpertId)>> {
    let mut first = Vec::with_capacity(of.len());
    for chunk in of.chunks(500) {
        let mut rows: Vec<(NeedId, AssignmentId, ExpertId)> = assignments::table
            .filter(assignments::need.eq_any(chunk))
            .select((assignments::need, assignments::id, assignments::expert))
            .load(conn)?;
        rows.sort_unstable_by_key(|(need, id, _)| (*need, *id));
        rows.dedup_by_key(|(need, _, _)| *need);
        first.extend(rows.into_iter().map(|(need, _, expert)| (need, expert)));
    }
    Ok(first)
}

/// One offer that really was made, as a what-if counts it.
#[derive(Debug, Clone, Queryable)]
pub struct Told {
    /// Who was asked.
    pub expert: ExpertId,
    /// The Beijing date of the notice.
    pub day: NaiveDate,
    /// What was answered.
    pub answer: Option<AnswerKind>,
    /// The need's region.
    pub region: String,
    /// The need's station.
    pub station: StationId,
}

/// The finished offers told of from `from` to `to`, both counted, by day.
///
/// # Errors
/// What the database says.
pub fn told(conn: &mut Conn, from: NaiveDate, to: NaiveDate) -> QueryResult<Vec<Told>> {
    offer_facts::table
        .filter(offer_facts::notified_on.between(from, to))
        .select((
            offer_facts::expert,
            offer_facts::notified_on,
            offer_facts::answer,
            offer_facts::region,
            offer_facts::station,
        ))
        .order((offer_facts::notified_on, offer_facts::assignment))
        .load(conn)
}

/// Every leave that touches the days from `from` to `to`.
///
/// # Errors
/// What the database says.
pub fn leaves_between(conn: &mut Conn, from: NaiveDate, to: NaiveDate) -> QueryResult<Vec<LeaveRow>> {
    leaves::table
        .filter(leaves::from_on.le(to))
        .filter(leaves::to_on.ge(from))
        .order((leaves::expert, leaves::from_on))
        .select(cols::<LeaveRow>())
        .load(conn)
}
