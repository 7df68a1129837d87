//! Stations.

use super::conn::{Conn, cols};
use super::schema::stations;
use crate::ids::StationId;
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// One station (工作站).
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = stations, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct StationRow {
    /// Id.
    pub id: StationId,
    /// Name.
    pub name: String,
    /// Region.
    pub region: String,
    /// Address.
    pub address: String,
    /// Phone.
    pub phone: String,
    /// Supervision phone.
    pub supervision_phone: String,
    /// Lat.
    pub lat: Option<f64>,
    /// Lon.
    pub lon: Option<f64>,
    /// Automatic.
    pub automatic: bool,
    /// Created at.
    pub created_at: NaiveDateTime,
}

row_deeds!(StationRow, stations, id: StationId);

/// Every station, by name.
///
/// # Errors
/// What the database says.
pub fn all(conn: &mut Conn) -> QueryResult<Vec<StationRow>> {
    stations::table.order(stations::name).select(cols::<StationRow>()).load(conn)
}

/// The station of that name.
///
/// # Errors
/// What the database says.
pub fn by_name(conn: &mut Conn, name: &str) -> QueryResult<Option<StationRow>> {
    stations::table.filter(stations::name.eq(name)).select(cols::<StationRow>()).first(conn).optional()
}

/// How many needs of each station are open: neither closed nor retracted.
///
/// # Errors
/// What the database says.
pub fn open_needs(conn: &mut Conn) -> QueryResult<Vec<(StationId, i64)>> {
    use super::schema::needs;
    use crate::domain::need::NeedState;
    let open: Vec<NeedState> = NeedState::ALL.iter().copied().filter(|state| state.is_open()).collect();
    needs::table
        .filter(needs::state.eq_any(open))
        .group_by(needs::station)
        .select((needs::station, diesel::dsl::count_star()))
        .load(conn)
}
