//! Conduct cases with their experts, as far as a reader's scope reaches; and what a service file (服务评价档案) holds.

use super::assignment::AssignmentRow;
use super::conduct::{CaseRow, IncidentRow};
use super::conn::{Conn, cols};
use super::expert::ExpertRow;
use super::feedback::RatingRow;
use super::need::NeedRow;
use super::schema::{assignments, conduct_cases, experts, incidents, needs, ratings};
use crate::domain::conduct::{CaseKind, CaseStage, Decision};
use crate::domain::role::Scope;
use crate::ids::{AssignmentId, CaseId, ExpertId, StationId};
use chrono::NaiveDateTime;
use diesel::dsl::count_star;
use diesel::prelude::*;

/// More decisions than that in a year, and a ledger is read by kind.
const MOST_IN_LEDGER: i64 = 1_000;

/// The cases at those stages, newest first, at most `limit`; a station decides on nobody and sees none.
///
/// # Errors
/// What the database says.
pub fn cases(
    conn: &mut Conn,
    scope: &Scope,
    stages: &[CaseStage],
    limit: i64,
) -> QueryResult<Vec<(CaseRow, ExpertRow)>> {
    let mut query = conduct_cases::table
        .inner_join(experts::table.on(experts::id.eq(conduct_cases::expert)))
        .filter(conduct_cases::stage.eq_any(stages.to_vec()))
        .order((conduct_cases::opened_at.desc(), conduct_cases::id.desc()))
        .limit(limit)
        .select((cols::<CaseRow>(), cols::<ExpertRow>()))
        .into_boxed();
    match scope {
        Scope::Everything => {}
        Scope::Regions(codes) => query = query.filter(experts::region.eq_any(codes.clone())),
        Scope::Station(_) => return Ok(Vec::new()),
    }
    query.load(conn)
}

/// Which cases a list holds.
#[derive(Debug, Clone, Default)]
pub struct CasePick {
    /// At this stage.
    pub stage: Option<CaseStage>,
    /// Of this kind.
    pub kind: Option<CaseKind>,
    /// Of this expert.
    pub expert: Option<ExpertId>,
    /// Decided against the expert in `[from, to)`: what the ledger (台账) holds.
    pub decided: Option<(NaiveDateTime, NaiveDateTime)>,
}

/// Cases page by page, newest first, at most `limit` before `before`; a station decides on nobody and sees none.
///
/// # Errors
/// What the database says.
pub fn page(
    conn: &mut Conn,
    scope: &Scope,
    pick: &CasePick,
    before: Option<CaseId>,
    limit: i64,
) -> QueryResult<Vec<(CaseRow, ExpertRow)>> {
    let mut query = conduct_cases::table
        .inner_join(experts::table.on(experts::id.eq(conduct_cases::expert)))
        .order(conduct_cases::id.desc())
        .limit(limit)
        .select((cols::<CaseRow>(), cols::<ExpertRow>()))
        .into_boxed();
    match scope {
        Scope::Everything => {}
        Scope::Regions(codes) => query = query.filter(experts::region.eq_any(codes.clone())),
        Scope::Station(_) => return Ok(Vec::new()),
    }
    if let Some(stage) = pick.stage {
        query = query.filter(conduct_cases::stage.eq(stage));
    }
    if let Some(kind) = pick.kind {
        query = query.filter(conduct_cases::kind.eq(kind));
    }
    if let Some(expert) = pick.expert {
        query = query.filter(conduct_cases::expert.eq(expert));
    }
    if let Some((from, to)) = pick.decided {
        let against: Vec<Decision> = Decision::ALL.iter().copied().filter(|one| one.is_against()).collect();
        query = query
            .filter(conduct_cases::decision.eq_any(against))
            .filter(conduct_cases::decided_at.ge(from))
            .filter(conduct_cases::decided_at.lt(to));
    }
    if let Some(id) = before {
        query = query.filter(conduct_cases::id.lt(id));
    }
    query.load(conn)
}

/// How many cases stand at each stage.
///
/// # Errors
/// What the database says.
pub fn by_stage(conn: &mut Conn, scope: &Scope) -> QueryResult<Vec<(CaseStage, i64)>> {
    let all = conduct_cases::table.group_by(conduct_cases::stage).select((conduct_cases::stage, count_star()));
    match scope {
        Scope::Everything => all.load(conn),
        Scope::Regions(codes) => {
            let own = experts::table.filter(experts::region.eq_any(codes.clone())).select(experts::id);
            all.filter(conduct_cases::expert.eq_any(own)).load(conn)
        }
        Scope::Station(_) => Ok(Vec::new()),
    }
}

/// What the ledger (台账) holds of a year: every case decided against its expert in `[from, to)`, oldest first.
///
/// # Errors
/// What the database says.
pub fn ledger(
    conn: &mut Conn,
    scope: &Scope,
    (from, to): (NaiveDateTime, NaiveDateTime),
    kind: Option<CaseKind>,
) -> QueryResult<Vec<(CaseRow, ExpertRow)>> {
    let against: Vec<Decision> = Decision::ALL.iter().copied().filter(|one| one.is_against()).collect();
    let mut query = conduct_cases::table
        .inner_join(experts::table.on(experts::id.eq(conduct_cases::expert)))
        .filter(conduct_cases::decision.eq_any(against))
        .filter(conduct_cases::decided_at.ge(from))
        .filter(conduct_cases::decided_at.lt(to))
        .order((conduct_cases::decided_at, conduct_cases::number))
        .limit(MOST_IN_LEDGER)
        .select((cols::<CaseRow>(), cols::<ExpertRow>()))
        .into_boxed();
    if let Some(kind) = kind {
        query = query.filter(conduct_cases::kind.eq(kind));
    }
    match scope {
        Scope::Everything => {}
        Scope::Regions(codes) => query = query.filter(experts::region.eq_any(codes.clone())),
        Scope::Station(_) => return Ok(Vec::new()),
    }
    query.load(conn)
}

/// The case of that number.
///
/// # Errors
/// What the database says.
pub fn by_number(conn: &mut Conn, number: &str) -> QueryResult<Option<CaseRow>> {
    conduct_cases::table.filter(conduct_cases::number.eq(number)).select(cols::<CaseRow>()).first(conn).optional()
}

/// The ratings of an expert with their needs, newest first, at most `limit`.
///
/// # Errors
/// What the database says.
pub fn rated_services(conn: &mut Conn, expert: ExpertId, limit: i64) -> QueryResult<Vec<(RatingRow, NeedRow)>> {
    ratings::table
        .inner_join(assignments::table.on(assignments::id.eq(ratings::assignment)))
        .inner_join(needs::table.on(needs::id.eq(ratings::need)))
        .filter(assignments::expert.eq(expert))
        .order(ratings::created_at.desc())
        .limit(limit)
        .select((cols::<RatingRow>(), cols::<NeedRow>()))
        .load(conn)
}

/// The ratings of a station's needs with need and expert, newest first, at most `limit`.
///
/// # Errors
/// What the database says.
pub fn rated_at_station(
    conn: &mut Conn,
    station: StationId,
    limit: i64,
) -> QueryResult<Vec<(RatingRow, NeedRow, ExpertRow)>> {
    ratings::table
        .inner_join(assignments::table.on(assignments::id.eq(ratings::assignment)))
        .inner_join(needs::table.on(needs::id.eq(ratings::need)))
        .inner_join(experts::table.on(experts::id.eq(assignments::expert)))
        .filter(needs::station.eq(station))
        .order(ratings::created_at.desc())
        .limit(limit)
        .select((cols::<RatingRow>(), cols::<NeedRow>(), cols::<ExpertRow>()))
        .load(conn)
}

/// The incidents of a station's needs with need and expert, newest first, at most `limit`.
///
/// # Errors
/// What the database says.
pub fn incidents_at_station(
    conn: &mut Conn,
    station: StationId,
    limit: i64,
) -> QueryResult<Vec<(IncidentRow, NeedRow, ExpertRow)>> {
    incidents::table
        .inner_join(needs::table.on(incidents::need.eq(needs::id.nullable())))
        .inner_join(experts::table.on(experts::id.eq(incidents::expert)))
        .filter(needs::station.eq(station))
        .order(incidents::happened_at.desc())
        .limit(limit)
        .select((cols::<IncidentRow>(), cols::<NeedRow>(), cols::<ExpertRow>()))
        .load(conn)
}

/// Those offers with their needs.
///
/// # Errors
/// What the database says.
pub fn offers(conn: &mut Conn, of: &[AssignmentId]) -> QueryResult<Vec<(AssignmentRow, NeedRow)>> {
    assignments::table
        .inner_join(needs::table.on(needs::id.eq(assignments::need)))
        .filter(assignments::id.eq_any(of))
        .select((cols::<AssignmentRow>(), cols::<NeedRow>()))
        .load(conn)
}
