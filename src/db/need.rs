//! Needs, their seats, reserves and closures.

use super::JsonText;
use super::SealedText;
use super::conn::{Conn, cols};
use super::schema::{closures, needs, reserves, seats};
use crate::domain::feedback::Evaluation;
use crate::domain::need::CloseReason;
use crate::domain::need::Form;
use crate::domain::need::Mode;
use crate::domain::need::NeedState;
use crate::domain::need::ReserveState;
use crate::domain::need::SeatState;
use crate::domain::need::Urgency;
use crate::ids::AccountId;
use crate::ids::EnterpriseId;
use crate::ids::ExpertId;
use crate::ids::NeedId;
use crate::ids::ReserveId;
use crate::ids::SeatId;
use crate::ids::StationId;
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

/// One need (需求).
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = needs, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct NeedRow {
    /// Id.
    pub id: NeedId,
    /// Number.
    pub number: String,
    /// State.
    pub state: NeedState,
    /// Title.
    pub title: String,
    /// Description.
    pub description: String,
    /// Enterprise.
    pub enterprise: EnterpriseId,
    /// Contact name.
    pub contact_name: String,
    /// Contact phone, sealed; `actions::contact` opens it.
    pub contact_phone: Option<SealedText>,
    /// Contact email, sealed.
    pub contact_email: Option<SealedText>,
    /// Consent.
    pub consent: Option<String>,
    /// Station.
    pub station: StationId,
    /// Owner.
    pub owner: AccountId,
    /// Services.
    pub services: JsonText<Vec<String>>,
    /// Industries.
    pub industries: JsonText<Vec<String>>,
    /// Region.
    pub region: String,
    /// Lat.
    pub lat: Option<f64>,
    /// Lon.
    pub lon: Option<f64>,
    /// Mode.
    pub mode: Mode,
    /// Form.
    pub form: Form,
    /// Language.
    pub language: String,
    /// Urgency.
    pub urgency: Urgency,
    /// Wanted by.
    pub wanted_by: Option<NaiveDate>,
    /// Expected hours.
    pub expected_hours: Option<i32>,
    /// Confidential.
    pub confidential: bool,
    /// Opposing party.
    pub opposing_party: Option<String>,
    /// Opposing agent.
    pub opposing_agent: Option<String>,
    /// Automatic.
    pub automatic: bool,
    /// Created by.
    pub created_by: AccountId,
    /// Created at.
    pub created_at: NaiveDateTime,
    /// Updated at.
    pub updated_at: NaiveDateTime,
}

row_deeds!(NeedRow, needs, id: NeedId);

/// One place of a need.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = seats, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct SeatRow {
    /// Id.
    pub id: SeatId,
    /// Need.
    pub need: NeedId,
    /// Position.
    pub position: i32,
    /// Specialty.
    pub specialty: Option<String>,
    /// State.
    pub state: SeatState,
}

/// One reserve of a seat.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = reserves, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ReserveRow {
    /// Id.
    pub id: ReserveId,
    /// Seat.
    pub seat: SeatId,
    /// Expert.
    pub expert: ExpertId,
    /// Position.
    pub position: i32,
    /// State.
    pub state: ReserveState,
    /// Why.
    pub why: Option<String>,
}

/// How a need was closed.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = closures, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ClosureRow {
    /// Need.
    pub need: NeedId,
    /// Reason.
    pub reason: CloseReason,
    /// Note.
    pub note: Option<String>,
    /// Evaluation.
    pub evaluation: Option<JsonText<Evaluation>>,
    /// Closed by.
    pub closed_by: Option<AccountId>,
    /// Closed at.
    pub closed_at: NaiveDateTime,
}

many_rows!(insert_seats, SeatRow, seats);
many_rows!(insert_reserves, ReserveRow, reserves);
many_rows!(insert_closures, ClosureRow, closures);

/// The need of that number.
///
/// # Errors
/// What the database says.
pub fn by_number(conn: &mut Conn, number: &str) -> QueryResult<Option<NeedRow>> {
    needs::table.filter(needs::number.eq(number)).select(cols::<NeedRow>()).first(conn).optional()
}

/// The needs of those ids.
///
/// # Errors
/// What the database says.
pub fn by_ids(conn: &mut Conn, ids: &[NeedId]) -> QueryResult<Vec<NeedRow>> {
    needs::table.filter(needs::id.eq_any(ids)).select(cols::<NeedRow>()).load(conn)
}

/// The seats of a need, in order.
///
/// # Errors
/// What the database says.
pub fn seats_of(conn: &mut Conn, need: NeedId) -> QueryResult<Vec<SeatRow>> {
    seats::table.filter(seats::need.eq(need)).order(seats::position).select(cols::<SeatRow>()).load(conn)
}

/// One seat.
///
/// # Errors
/// What the database says.
pub fn seat(conn: &mut Conn, id: SeatId) -> QueryResult<Option<SeatRow>> {
    seats::table.filter(seats::id.eq(id)).select(cols::<SeatRow>()).first(conn).optional()
}

/// Sets where a seat stands.
///
/// # Errors
/// What the database says.
pub fn set_seat(conn: &mut Conn, id: SeatId, state: SeatState) -> QueryResult<()> {
    diesel::update(seats::table.filter(seats::id.eq(id))).set(seats::state.eq(state)).execute(conn).map(drop)
}

/// The reserves of a seat, in order.
///
/// # Errors
/// What the database says.
pub fn reserves_of(conn: &mut Conn, seat: SeatId) -> QueryResult<Vec<ReserveRow>> {
    reserves::table.filter(reserves::seat.eq(seat)).order(reserves::position).select(cols::<ReserveRow>()).load(conn)
}

/// Writes one reserve back.
///
/// # Errors
/// What the database says.
pub fn save_reserve(conn: &mut Conn, row: &ReserveRow) -> QueryResult<()> {
    diesel::update(reserves::table.filter(reserves::id.eq(row.id))).set(row).execute(conn).map(drop)
}

/// Drops the reserves of a seat that still wait.
///
/// # Errors
/// What the database says.
pub fn drop_waiting_reserves(conn: &mut Conn, seat: SeatId) -> QueryResult<()> {
    diesel::delete(reserves::table.filter(reserves::seat.eq(seat)).filter(reserves::state.eq(ReserveState::Waiting)))
        .execute(conn)
        .map(drop)
}

/// How the need was closed.
///
/// # Errors
/// What the database says.
pub fn closure(conn: &mut Conn, need: NeedId) -> QueryResult<Option<ClosureRow>> {
    closures::table.filter(closures::need.eq(need)).select(cols::<ClosureRow>()).first(conn).optional()
}

/// The open needs of an enterprise, newest first, at most twenty.
///
/// # Errors
/// What the database says.
pub fn open_of_enterprise(conn: &mut Conn, enterprise: EnterpriseId) -> QueryResult<Vec<NeedRow>> {
    needs::table
        .filter(needs::enterprise.eq(enterprise))
        .filter(needs::state.ne_all([NeedState::Closed, NeedState::Retracted]))
        .order(needs::created_at.desc())
        .limit(20)
        .select(cols::<NeedRow>())
        .load(conn)
}

/// The open needs an account owns.
///
/// # Errors
/// What the database says.
pub fn open_of_owner(conn: &mut Conn, owner: AccountId) -> QueryResult<Vec<NeedRow>> {
    needs::table
        .filter(needs::owner.eq(owner))
        .filter(needs::state.ne_all([NeedState::Closed, NeedState::Retracted]))
        .order(needs::created_at)
        .select(cols::<NeedRow>())
        .load(conn)
}
