//! The seats of duty turns.
//!
//! Every query is bounded by a plan, or by days with a station or an expert: indexes `duty_turns_day`,
//! `duty_turns_station`, `duty_turns_expert`.

use super::JsonText;
use super::conn::{Backend, Conn, cols};
use super::schema::duty_turns;
use crate::domain::duty::{DutyPart, Span, TurnState};
use crate::domain::role::Scope;
use crate::ids::{DutyPlanId, DutyTurnId, ExpertId, StationId};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

/// One seat of a turn (班次).
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = duty_turns, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct TurnRow {
    /// Id.
    pub id: DutyTurnId,
    /// Plan.
    pub plan: DutyPlanId,
    /// Station.
    pub station: StationId,
    /// The station's region.
    pub region: String,
    /// Day, in Beijing.
    pub day: NaiveDate,
    /// Part of the day.
    pub part: DutyPart,
    /// From which minute of the day.
    pub from_minute: i32,
    /// To which minute, not counted.
    pub to_minute: i32,
    /// Which seat.
    pub seat: i32,
    /// The event it belongs to.
    pub event: Option<String>,
    /// Services wanted.
    pub wanted: JsonText<Vec<String>>,
    /// Where it stands.
    pub state: TurnState,
    /// Who sits there, or is proposed to.
    pub expert: Option<ExpertId>,
    /// Whether it stands on a published rota.
    pub published: bool,
    /// Why nobody sits there: a code.
    pub why: Option<String>,
    /// Who could sit there instead, best first.
    pub alternates: JsonText<Vec<ExpertId>>,
    /// Raised by every change: the SEQUENCE of its calendar entry.
    pub sequence: i32,
    /// When the expert confirmed again, the day before.
    pub reconfirmed_at: Option<NaiveDateTime>,
    /// When they signed in at the station.
    pub signed_in_at: Option<NaiveDateTime>,
    /// `page` or `staff`.
    pub signed_in_by: Option<String>,
    /// When it was found that nobody came.
    pub missed_at: Option<NaiveDateTime>,
    /// Updated at.
    pub updated_at: NaiveDateTime,
}

impl TurnRow {
    /// When it lies.
    #[must_use]
    pub const fn span(&self) -> Span {
        Span { day: self.day, from: self.from_minute, to: self.to_minute }
    }
}

row_deeds!(TurnRow, duty_turns, id: DutyTurnId);

/// The turns of a plan, by station, day, hour and seat.
///
/// # Errors
/// What the database says.
pub fn of_plan(conn: &mut Conn, plan: DutyPlanId) -> QueryResult<Vec<TurnRow>> {
    duty_turns::table
        .filter(duty_turns::plan.eq(plan))
        .order((duty_turns::station, duty_turns::day, duty_turns::from_minute, duty_turns::seat))
        .select(cols::<TurnRow>())
        .load(conn)
}

/// On which day, at which station and in what state the published turns of those days are that may be seen.
///
/// # Errors
/// What the database says.
pub fn states(
    conn: &mut Conn,
    scope: &Scope,
    from: NaiveDate,
    to: NaiveDate,
) -> QueryResult<Vec<(NaiveDate, StationId, TurnState)>> {
    let mut query = duty_turns::table
        .filter(duty_turns::day.between(from, to))
        .filter(duty_turns::published.eq(true))
        .select((duty_turns::day, duty_turns::station, duty_turns::state))
        .into_boxed::<Backend>();
    query = match scope {
        Scope::Everything => query,
        Scope::Regions(codes) => query.filter(duty_turns::region.eq_any(codes)),
        Scope::Station(own) => query.filter(duty_turns::station.eq(own)),
    };
    query.limit(100_000).load(conn)
}

/// A turn with the other seats of its hours: of the same plan, station and day, and of the same event, or of the
/// same beginning where it is no event's.
///
/// # Errors
/// What the database says.
pub fn beside(conn: &mut Conn, turn: &TurnRow) -> QueryResult<Vec<TurnRow>> {
    let of_day: Vec<TurnRow> = duty_turns::table
        .filter(duty_turns::station.eq(turn.station))
        .filter(duty_turns::day.eq(turn.day))
        .filter(duty_turns::plan.eq(turn.plan))
        .order((duty_turns::from_minute, duty_turns::seat, duty_turns::id))
        .select(cols::<TurnRow>())
        .load(conn)?;
    // An event is one however its seats were divided since; an ordinary turn is its hours.
    let same = |other: &TurnRow| match &turn.event {
        Some(event) => other.event.as_ref() == Some(event) && other.part == turn.part,
        None => other.event.is_none() && other.from_minute == turn.from_minute,
    };
    Ok(of_day.into_iter().filter(same).collect())
}

/// The published turns of those days that may be seen, by station, day, hour and seat.
///
/// # Errors
/// What the database says.
pub fn published(conn: &mut Conn, scope: &Scope, from: NaiveDate, to: NaiveDate) -> QueryResult<Vec<TurnRow>> {
    let mut query = duty_turns::table
        .filter(duty_turns::day.between(from, to))
        .filter(duty_turns::published.eq(true))
        .select(cols::<TurnRow>())
        .into_boxed::<Backend>();
    query = match scope {
        Scope::Everything => query,
        Scope::Regions(codes) => query.filter(duty_turns::region.eq_any(codes)),
        Scope::Station(own) => query.filter(duty_turns::station.eq(own)),
    };
    query
        .order((duty_turns::station, duty_turns::day, duty_turns::from_minute, duty_turns::seat))
        .limit(20_000)
        .load(conn)
}

/// The published turns of a station on those days.
///
/// # Errors
/// What the database says.
pub fn of_station(conn: &mut Conn, station: StationId, from: NaiveDate, to: NaiveDate) -> QueryResult<Vec<TurnRow>> {
    published(conn, &Scope::Station(station), from, to)
}

/// The turns on which an expert sits or is proposed, by day.
///
/// # Errors
/// What the database says.
pub fn of_expert(conn: &mut Conn, expert: ExpertId, from: NaiveDate, to: NaiveDate) -> QueryResult<Vec<TurnRow>> {
    duty_turns::table
        .filter(duty_turns::expert.eq(expert))
        .filter(duty_turns::day.between(from, to))
        .order((duty_turns::day, duty_turns::from_minute, duty_turns::id))
        .select(cols::<TurnRow>())
        .load(conn)
}

/// Whoever holds turns on those days: expert, turn, plan and when; of these experts, or of all.
///
/// # Errors
/// What the database says.
pub fn held(
    conn: &mut Conn,
    only: Option<&[ExpertId]>,
    from: NaiveDate,
    to: NaiveDate,
) -> QueryResult<Vec<(ExpertId, DutyTurnId, DutyPlanId, Span)>> {
    let mut query = duty_turns::table
        .filter(duty_turns::expert.is_not_null())
        .filter(duty_turns::day.between(from, to))
        .select((
            duty_turns::expert,
            duty_turns::id,
            duty_turns::plan,
            duty_turns::day,
            duty_turns::from_minute,
            duty_turns::to_minute,
        ))
        .into_boxed::<Backend>();
    if let Some(ids) = only {
        query = query.filter(duty_turns::expert.eq_any(ids.to_vec()));
    }
    let rows: Vec<(Option<ExpertId>, DutyTurnId, DutyPlanId, NaiveDate, i32, i32)> = query.load(conn)?;
    Ok(rows
        .into_iter()
        .filter_map(|(expert, turn, plan, day, from, to)| Some((expert?, turn, plan, Span { day, from, to })))
        .collect())
}

/// The turns these experts have said yes to, from a day on: a proposal takes nobody's time.
///
/// # Errors
/// What the database says.
pub fn agreed(conn: &mut Conn, experts: &[ExpertId], from: NaiveDate) -> QueryResult<Vec<(ExpertId, Span)>> {
    let rows: Vec<(Option<ExpertId>, NaiveDate, i32, i32)> = duty_turns::table
        .filter(duty_turns::expert.eq_any(experts))
        .filter(duty_turns::state.eq(TurnState::Agreed))
        .filter(duty_turns::day.ge(from))
        .select((duty_turns::expert, duty_turns::day, duty_turns::from_minute, duty_turns::to_minute))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(expert, day, from, to)| Some((expert?, Span { day, from, to }))).collect())
}

/// Whose the published turns of those days are, one entry a turn.
///
/// # Errors
/// What the database says.
pub fn borne(conn: &mut Conn, from: NaiveDate, to: NaiveDate) -> QueryResult<Vec<ExpertId>> {
    let rows: Vec<Option<ExpertId>> = duty_turns::table
        .filter(duty_turns::day.between(from, to))
        .filter(duty_turns::published.eq(true))
        .filter(duty_turns::state.eq(TurnState::Agreed))
        .select(duty_turns::expert)
        .load(conn)?;
    Ok(rows.into_iter().flatten().collect())
}

/// The turns of those ids.
///
/// # Errors
/// What the database says.
pub fn by_ids(conn: &mut Conn, ids: &[DutyTurnId]) -> QueryResult<Vec<TurnRow>> {
    duty_turns::table
        .filter(duty_turns::id.eq_any(ids))
        .order((duty_turns::day, duty_turns::from_minute, duty_turns::id))
        .select(cols::<TurnRow>())
        .load(conn)
}

/// The published gaps of those days, by day.
///
/// # Errors
/// What the database says.
pub fn gaps(conn: &mut Conn, from: NaiveDate, to: NaiveDate) -> QueryResult<Vec<TurnRow>> {
    duty_turns::table
        .filter(duty_turns::day.between(from, to))
        .filter(duty_turns::published.eq(true))
        .filter(duty_turns::state.eq(TurnState::Gap))
        .order((duty_turns::day, duty_turns::from_minute, duty_turns::id))
        .limit(5_000)
        .select(cols::<TurnRow>())
        .load(conn)
}

/// The published turns of those days on which somebody sits, by day.
///
/// # Errors
/// What the database says.
pub fn manned(conn: &mut Conn, from: NaiveDate, to: NaiveDate) -> QueryResult<Vec<TurnRow>> {
    duty_turns::table
        .filter(duty_turns::day.between(from, to))
        .filter(duty_turns::published.eq(true))
        .filter(duty_turns::state.eq(TurnState::Agreed))
        .order((duty_turns::day, duty_turns::from_minute, duty_turns::id))
        .limit(20_000)
        .select(cols::<TurnRow>())
        .load(conn)
}

/// The stations of a plan with their regions.
///
/// # Errors
/// What the database says.
pub fn stations_of(conn: &mut Conn, plan: DutyPlanId) -> QueryResult<Vec<(StationId, String)>> {
    duty_turns::table
        .filter(duty_turns::plan.eq(plan))
        .select((duty_turns::station, duty_turns::region))
        .distinct()
        .load(conn)
}

/// Whether any published turn lies on or after a day.
///
/// # Errors
/// What the database says.
pub fn any_published_from(conn: &mut Conn, day: NaiveDate) -> QueryResult<bool> {
    let one: Option<DutyTurnId> = duty_turns::table
        .filter(duty_turns::day.ge(day))
        .filter(duty_turns::published.eq(true))
        .select(duty_turns::id)
        .first(conn)
        .optional()?;
    Ok(one.is_some())
}

/// When the published turns of those days lie on which somebody sits and nobody has signed in.
///
/// # Errors
/// What the database says.
pub fn unsigned(conn: &mut Conn, from: NaiveDate, to: NaiveDate) -> QueryResult<Vec<Span>> {
    Ok(manned_unsigned(conn, from, to)?.iter().map(TurnRow::span).collect())
}

/// The published turns of those days on which somebody sits, nobody has signed in, and nobody was found missing.
///
/// # Errors
/// What the database says.
pub fn manned_unsigned(conn: &mut Conn, from: NaiveDate, to: NaiveDate) -> QueryResult<Vec<TurnRow>> {
    duty_turns::table
        .filter(duty_turns::day.between(from, to))
        .filter(duty_turns::published.eq(true))
        .filter(duty_turns::state.eq(TurnState::Agreed))
        .filter(duty_turns::signed_in_at.is_null())
        .filter(duty_turns::missed_at.is_null())
        .order((duty_turns::day, duty_turns::from_minute, duty_turns::id))
        .limit(5_000)
        .select(cols::<TurnRow>())
        .load(conn)
}

/// Who is on duty at a minute of a day, and where.
///
/// # Errors
/// What the database says.
pub fn on_duty(conn: &mut Conn, day: NaiveDate, minute: i32) -> QueryResult<Vec<(ExpertId, StationId)>> {
    let rows: Vec<(Option<ExpertId>, StationId)> = duty_turns::table
        .filter(duty_turns::day.eq(day))
        .filter(duty_turns::published.eq(true))
        .filter(duty_turns::state.eq(TurnState::Agreed))
        .filter(duty_turns::from_minute.le(minute))
        .filter(duty_turns::to_minute.gt(minute))
        .select((duty_turns::expert, duty_turns::station))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(expert, station)| Some((expert?, station))).collect())
}
