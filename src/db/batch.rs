//! What a batch of offers is planned from: needs that still have a free seat, those seats, and what experts may carry.
//!
//! Contract: within a [`Scope`], urgent ones first, then oldest first. Indexes: `needs_state_created`,
//! `needs_station_state`, `seats_need`. Deliberately absent: who fits, which is matching's.

use super::conn::{Backend, Conn, cols};
use super::need::{NeedRow, SeatRow};
use super::schema::{enterprises, experts, needs, seats};
use crate::domain::need::{NeedState, SeatState};
use crate::domain::role::Scope;
use crate::ids::{EnterpriseId, ExpertId, NeedId};
use diesel::prelude::*;

/// The states a need with a free seat may be in.
const WAITING: [NeedState; 3] = [NeedState::Open, NeedState::Offering, NeedState::Unanswered];

/// The needs within the scope that still have a free seat, urgent first, then oldest first, at most `limit`.
///
/// # Errors
/// What the database says.
pub fn waiting(conn: &mut Conn, scope: &Scope, limit: i64) -> QueryResult<Vec<NeedRow>> {
    let free = seats::table.filter(seats::need.eq(needs::id)).filter(seats::state.eq(SeatState::Free));
    let mut query = needs::table
        .filter(needs::state.eq_any(WAITING))
        .filter(diesel::dsl::exists(free))
        .select(cols::<NeedRow>())
        .into_boxed::<Backend>();
    query = match scope {
        Scope::Everything => query,
        Scope::Regions(codes) => query.filter(needs::region.eq_any(codes)),
        Scope::Station(own) => query.filter(needs::station.eq(own)),
    };
    // `urgent` stands after `normal` in the alphabet.
    query.order((needs::urgency.desc(), needs::created_at, needs::id)).limit(limit).load(conn)
}

/// The free seats of those needs, by need and position.
///
/// # Errors
/// What the database says.
pub fn free_seats(conn: &mut Conn, of: &[NeedId]) -> QueryResult<Vec<SeatRow>> {
    seats::table
        .filter(seats::need.eq_any(of))
        .filter(seats::state.eq(SeatState::Free))
        .order((seats::need, seats::position))
        .select(cols::<SeatRow>())
        .load(conn)
}

/// How many offers of those experts may be open at once.
///
/// # Errors
/// What the database says.
pub fn open_caps(conn: &mut Conn, of: &[ExpertId]) -> QueryResult<Vec<(ExpertId, i32)>> {
    let mut caps = Vec::with_capacity(of.len());
    for chunk in of.chunks(1_000) {
        let rows: Vec<(ExpertId, i32)> =
            experts::table.filter(experts::id.eq_any(chunk)).select((experts::id, experts::open_cap)).load(conn)?;
        caps.extend(rows);
    }
    Ok(caps)
}

/// The names of those enterprises.
///
/// # Errors
/// What the database says.
pub fn enterprise_names(conn: &mut Conn, of: &[EnterpriseId]) -> QueryResult<Vec<(EnterpriseId, String)>> {
    enterprises::table.filter(enterprises::id.eq_any(of)).select((enterprises::id, enterprises::name)).load(conn)
}
