//! Calendar feeds of experts and stations.

use super::conn::{Conn, cols};
use super::schema::duty_feeds;
use crate::ids::{DutyFeedId, ExpertId, StationId};
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// One feed.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = duty_feeds, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct FeedRow {
    /// Id.
    pub id: DutyFeedId,
    /// Whose, where it is an expert's.
    pub expert: Option<ExpertId>,
    /// Of which station, where it is a station's.
    pub station: Option<StationId>,
    /// Addresses of an earlier round open nothing.
    pub round: i32,
    /// Created at.
    pub created_at: NaiveDateTime,
}

row_deeds!(FeedRow, duty_feeds, id: DutyFeedId);

/// The feed of an expert.
///
/// # Errors
/// What the database says.
pub fn of_expert(conn: &mut Conn, expert: ExpertId) -> QueryResult<Option<FeedRow>> {
    duty_feeds::table.filter(duty_feeds::expert.eq(expert)).select(cols::<FeedRow>()).first(conn).optional()
}

/// The feed of a station.
///
/// # Errors
/// What the database says.
pub fn of_station(conn: &mut Conn, station: StationId) -> QueryResult<Option<FeedRow>> {
    duty_feeds::table.filter(duty_feeds::station.eq(station)).select(cols::<FeedRow>()).first(conn).optional()
}
