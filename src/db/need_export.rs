//! Needs as a sheet takes them: those submitted within a period.

use super::conn::{Conn, cols};
use super::need::NeedRow;
use super::schema::needs;
use crate::domain::role::Scope;
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// The needs of the scope submitted in `[period.0, period.1)`, oldest first, at most `limit`.
///
/// # Errors
/// What the database says.
pub fn submitted_within(
    conn: &mut Conn,
    scope: &Scope,
    period: (NaiveDateTime, NaiveDateTime),
    limit: i64,
) -> QueryResult<Vec<NeedRow>> {
    let mut query = needs::table
        .filter(needs::created_at.ge(period.0))
        .filter(needs::created_at.lt(period.1))
        .order((needs::created_at, needs::id))
        .limit(limit)
        .select(cols::<NeedRow>())
        .into_boxed();
    match scope {
        Scope::Everything => {}
        Scope::Regions(codes) => query = query.filter(needs::region.eq_any(codes.clone())),
        Scope::Station(station) => query = query.filter(needs::station.eq(*station)),
    }
    query.load(conn)
}
