//! Lists for calls: needs, assignments, experts and trails, page by page. What goes with a page is [`super::beside`]'s.
//!
//! Contract: pages go by a key that never moves (moment and id, or id alone; ids sort by age), so nothing is told twice
//! or left out while others write. Needs and assignments take the reader's [`Scope`]; the register of experts is one
//! for the whole city, because any station may ask anybody on it, and only contact data are masked by scope. Deliberately
//! absent: free text, which is the index's and [`super::without_index`]'s.

use super::assignment::AssignmentRow;
use super::audit::AuditRow;
use super::conduct::CaseRow;
use super::conn::{Backend, Conn, cols};
use super::expert::ExpertRow;
use super::need::NeedRow;
use super::schema::{assignments, audit, conduct_cases, experts, needs, stations};
use crate::domain::assignment::AssignmentState;
use crate::domain::role::Scope;
use crate::domain::standing::Standing;
use crate::ids::{AssignmentId, ExpertId, NeedId, StationId};
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// Which assignments.
#[derive(Debug, Clone, Default)]
pub struct AssignmentPick {
    /// In this state.
    pub state: Option<AssignmentState>,
    /// Of this expert.
    pub expert: Option<ExpertId>,
    /// Of this need.
    pub need: Option<NeedId>,
}

/// Which experts.
#[derive(Debug, Clone, Default)]
pub struct ExpertPick {
    /// Of this region's code.
    pub region: Option<String>,
    /// Offering this service item.
    pub service: Option<String>,
    /// Knowing this industry.
    pub industry: Option<String>,
    /// In this standing.
    pub standing: Option<Standing>,
}

/// A pattern for LIKE that matches these characters anywhere; the escape is `\`.
pub(super) fn anywhere(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// A pattern for LIKE that matches what begins with these characters.
pub(super) fn beginning(text: &str) -> String {
    anywhere(text).split_off(1)
}

/// A pattern for LIKE that matches a JSON list of texts holding this one.
pub(super) fn listed(text: &str) -> String {
    anywhere(&serde_json::Value::from(text).to_string())
}

/// Needs, newest first, at most `limit` after `(moment, id)`.
///
/// # Errors
/// What the database says.
pub fn needs(
    conn: &mut Conn,
    scope: &Scope,
    after: Option<(NaiveDateTime, NeedId)>,
    limit: i64,
) -> QueryResult<Vec<NeedRow>> {
    let mut query = needs::table.into_boxed::<Backend>();
    match scope {
        Scope::Everything => {}
        Scope::Regions(codes) => query = query.filter(needs::region.eq_any(codes.clone())),
        Scope::Station(station) => query = query.filter(needs::station.eq(*station)),
    }
    if let Some((at, id)) = after {
        query = query.filter(needs::created_at.lt(at).or(needs::created_at.eq(at).and(needs::id.lt(id))));
    }
    query.order((needs::created_at.desc(), needs::id.desc())).limit(limit).select(cols::<NeedRow>()).load(conn)
}

/// Assignments, newest first, at most `limit` before `before`.
///
/// # Errors
/// What the database says.
pub fn assignments(
    conn: &mut Conn,
    scope: &Scope,
    pick: &AssignmentPick,
    before: Option<AssignmentId>,
    limit: i64,
) -> QueryResult<Vec<AssignmentRow>> {
    let mut query =
        assignments::table.inner_join(needs::table.on(needs::id.eq(assignments::need))).into_boxed::<Backend>();
    match scope {
        Scope::Everything => {}
        Scope::Regions(codes) => query = query.filter(needs::region.eq_any(codes.clone())),
        Scope::Station(station) => query = query.filter(needs::station.eq(*station)),
    }
    if let Some(state) = pick.state {
        query = query.filter(assignments::state.eq(state));
    }
    if let Some(expert) = pick.expert {
        query = query.filter(assignments::expert.eq(expert));
    }
    if let Some(need) = pick.need {
        query = query.filter(assignments::need.eq(need));
    }
    if let Some(id) = before {
        query = query.filter(assignments::id.lt(id));
    }
    query.order(assignments::id.desc()).limit(limit).select(cols::<AssignmentRow>()).load(conn)
}

/// Experts, newest on the register first, at most `limit` before `before`.
///
/// # Errors
/// What the database says.
pub fn experts(
    conn: &mut Conn,
    pick: &ExpertPick,
    before: Option<ExpertId>,
    limit: i64,
) -> QueryResult<Vec<ExpertRow>> {
    let mut query = experts::table.into_boxed::<Backend>();
    if let Some(region) = &pick.region {
        query = query.filter(experts::region.eq(region.clone()));
    }
    if let Some(service) = &pick.service {
        query = query.filter(experts::services.like(listed(service)).escape('\\'));
    }
    if let Some(industry) = &pick.industry {
        query = query.filter(experts::industries.like(listed(industry)).escape('\\'));
    }
    if let Some(standing) = pick.standing {
        query = query.filter(experts::standing.eq(standing));
    }
    if let Some(id) = before {
        query = query.filter(experts::id.lt(id));
    }
    query.order(experts::id.desc()).limit(limit).select(cols::<ExpertRow>()).load(conn)
}

/// The case of that number.
///
/// # Errors
/// What the database says.
pub fn case_numbered(conn: &mut Conn, number: &str) -> QueryResult<Option<CaseRow>> {
    conduct_cases::table.filter(conduct_cases::number.eq(number)).select(cols::<CaseRow>()).first(conn).optional()
}

/// The trail of one subject, at most `limit` steps after `step`.
///
/// # Errors
/// What the database says.
pub fn trail_after(conn: &mut Conn, subject: &str, step: i32, limit: i64) -> QueryResult<Vec<AuditRow>> {
    audit::table
        .filter(audit::subject.eq(subject))
        .filter(audit::step.gt(step))
        .order(audit::step)
        .limit(limit)
        .select(cols::<AuditRow>())
        .load(conn)
}

/// A station with the latitude and longitude of where it is, in degrees, where they are known.
pub type StationPlace = (StationId, Option<f64>, Option<f64>);

/// The stations of a region, by name, with their places.
///
/// # Errors
/// What the database says.
pub fn stations_in(conn: &mut Conn, region: &str) -> QueryResult<Vec<StationPlace>> {
    stations::table
        .filter(stations::region.eq(region))
        .order((stations::name, stations::id))
        .select((stations::id, stations::lat, stations::lon))
        .load(conn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_what_was_typed_and_nothing_cleverer() {
        assert_eq!(anywhere("100%_a\\"), "%100\\%\\_a\\\\%");
        assert_eq!(listed("risk"), "%\"risk\"%");
    }
}
