//! The cases behind a figure: the offers that were counted, a page at a time, through the same filter as the figure.
//!
//! Contract: newest notice first, by keyset; there is no unscoped form. Offers that are still open have no fact yet and
//! stand on the first page, before the others. Indexes: `offer_facts_day`, `offer_facts_station`, `offer_facts_expert`,
//! `assignments_open`. Deliberately absent: counting (see `domain::figures`).

use super::conn::{Backend, Conn};
use super::schema::{assignments, experts, needs, offer_fact_services, offer_facts, stations};
use crate::domain::assignment::{AnswerKind, AssignmentState, DeclineReason, OfferOutcome};
use crate::domain::calendar::{day_after, start_of_day};
use crate::domain::figures::{By, Measure};
use crate::domain::firm;
use crate::domain::role::Scope;
use crate::ids::{AssignmentId, EnterpriseId, NeedId};
use chrono::{Datelike, NaiveDate, NaiveDateTime};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use std::collections::HashMap;

/// Which cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFilter {
    /// From this Beijing date of the notice.
    pub from: NaiveDate,
    /// To this one, counted.
    pub to: NaiveDate,
    /// Of this figure.
    pub measure: Measure,
    /// Without those answered on time.
    pub not_on_time: bool,
    /// Of this row: what it stands for, and its key.
    pub row: Option<(By, String)>,
    /// Of this region, beside the row.
    pub region: Option<String>,
    /// Of this enterprise's needs.
    pub enterprise: Option<EnterpriseId>,
    /// Declined for this reason.
    pub reason: Option<DeclineReason>,
    /// Answered after so many minutes at least, and before so many.
    pub minutes: Option<(i64, Option<i64>)>,
    /// Only those after this one in the list.
    pub after: Option<(NaiveDate, AssignmentId)>,
}

/// One case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseLine {
    /// The offer.
    pub assignment: AssignmentId,
    /// Its number.
    pub number: String,
    /// Where it stands now.
    pub state: AssignmentState,
    /// The Beijing date it is counted under; `None` while it is open.
    pub counted_on: Option<NaiveDate>,
    /// How it counts; `None` while it is open and not yet due.
    pub outcome: Option<OfferOutcome>,
    /// What was answered.
    pub answer: Option<AnswerKind>,
    /// Why declined.
    pub decline_reason: Option<DeclineReason>,
    /// Whether staff entered the answer.
    pub by_staff: bool,
    /// Minutes to the first answer.
    pub minutes: Option<i64>,
    /// When the expert was told.
    pub notified_at: Option<NaiveDateTime>,
    /// The first instant that was too late.
    pub due_at: Option<NaiveDateTime>,
    /// The need.
    pub need: NeedId,
    /// Its number.
    pub need_number: String,
    /// Its title.
    pub title: String,
    /// The station's name.
    pub station: String,
    /// The expert's name.
    pub expert: String,
    /// The expert's firm.
    pub firm: String,
}

/// A page of cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CasePage {
    /// The cases.
    pub lines: Vec<CaseLine>,
    /// Where the next page begins, if there is one.
    pub next: Option<(NaiveDate, AssignmentId)>,
}

/// The most open offers shown above the finished ones.
const MOST_OPEN: i64 = 200;

type Counted = (AssignmentId, NaiveDate, OfferOutcome, Option<AnswerKind>, Option<DeclineReason>, bool, Option<i64>);

/// The cases within the scope that pass the filter, at most `limit` finished ones.
///
/// # Errors
/// What the database says.
pub fn page(conn: &mut Conn, scope: &Scope, filter: &CaseFilter, limit: i64) -> QueryResult<CasePage> {
    let mut lines = Vec::new();
    let wants_open = matches!(filter.measure, Measure::Offered | Measure::Open);
    if wants_open && filter.after.is_none() && filter.reason.is_none() && filter.minutes.is_none() {
        let ids = open_ids(conn, scope, filter)?;
        let mut details = details(conn, &ids)?;
        lines.extend(ids.iter().filter_map(|id| details.remove(id)));
    }
    if filter.measure == Measure::Open {
        return Ok(CasePage { lines, next: None });
    }
    let mut rows = counted(conn, scope, filter, limit.saturating_add(1))?;
    let more = usize::try_from(limit).is_ok_and(|limit| rows.len() > limit);
    if more {
        rows.pop();
    }
    let next = if more { rows.last().map(|row| (row.1, row.0)) } else { None };
    let ids: Vec<AssignmentId> = rows.iter().map(|row| row.0).collect();
    let mut details = details(conn, &ids)?;
    for (id, day, outcome, answer, decline_reason, by_staff, minutes) in rows {
        if let Some(line) = details.remove(&id) {
            let counted_on = Some(day);
            lines.push(CaseLine {
                counted_on,
                outcome: Some(outcome),
                answer,
                decline_reason,
                by_staff,
                minutes,
                ..line
            });
        }
    }
    Ok(CasePage { lines, next })
}

fn counted(conn: &mut Conn, scope: &Scope, filter: &CaseFilter, limit: i64) -> QueryResult<Vec<Counted>> {
    use OfferOutcome::{Lapsed, Late, OnTime, Undelivered, Void};
    let (from, to) = span(filter);
    let spellings = spellings(conn, filter)?;
    let mut query = offer_facts::table
        .filter(offer_facts::notified_on.between(from, to))
        .select((
            offer_facts::assignment,
            offer_facts::notified_on,
            offer_facts::outcome,
            offer_facts::answer,
            offer_facts::decline_reason,
            offer_facts::by_staff,
            offer_facts::minutes,
        ))
        .into_boxed::<Backend>();
    query = match scope {
        Scope::Everything => query,
        Scope::Regions(codes) => query.filter(offer_facts::region.eq_any(codes)),
        Scope::Station(own) => query.filter(offer_facts::station.eq(own)),
    };
    query = match filter.measure {
        Measure::Offered | Measure::Open => query,
        Measure::Due => query.filter(offer_facts::outcome.eq_any([OnTime, Late, Lapsed])),
        Measure::OnTime => query.filter(offer_facts::outcome.eq(OnTime)),
        Measure::Late => query.filter(offer_facts::outcome.eq(Late)),
        Measure::Lapsed => query.filter(offer_facts::outcome.eq(Lapsed)),
        Measure::Undelivered => query.filter(offer_facts::outcome.eq(Undelivered)),
        Measure::Void => query.filter(offer_facts::outcome.eq(Void)),
        Measure::Accepted | Measure::Declined | Measure::Asked | Measure::StaffEntered => {
            query.filter(offer_facts::outcome.eq_any([OnTime, Late]))
        }
    };
    query = match filter.measure {
        Measure::Accepted => query.filter(offer_facts::answer.eq(AnswerKind::Accept)),
        Measure::Declined => query.filter(offer_facts::answer.eq(AnswerKind::Decline)),
        Measure::Asked => query.filter(offer_facts::answer.eq(AnswerKind::Question)),
        Measure::StaffEntered => query.filter(offer_facts::by_staff.eq(true)),
        _ => query,
    };
    if filter.not_on_time {
        query = query.filter(offer_facts::outcome.ne(OnTime));
    }
    match &filter.row {
        None | Some((By::Month, _)) => {}
        Some((By::Expert, key)) => query = query.filter(offer_facts::expert.eq(key)),
        Some((By::Firm, _)) => query = query.filter(offer_facts::firm.eq_any(spellings)),
        Some((By::Region, key)) => query = query.filter(offer_facts::region.eq(key)),
        Some((By::Station, key)) => query = query.filter(offer_facts::station.eq(key)),
        Some((By::Service, key)) => {
            let of_item = offer_fact_services::table
                .filter(offer_fact_services::assignment.eq(offer_facts::assignment))
                .filter(offer_fact_services::service.eq(key));
            query = query.filter(diesel::dsl::exists(of_item));
        }
    }
    if let Some(region) = &filter.region {
        query = query.filter(offer_facts::region.eq(region));
    }
    if let Some(enterprise) = filter.enterprise {
        query = query.filter(offer_facts::enterprise.eq(enterprise.as_str().to_owned()));
    }
    if let Some(reason) = filter.reason {
        query = query.filter(offer_facts::decline_reason.eq(reason));
    }
    if let Some((at_least, below)) = filter.minutes {
        query = query.filter(offer_facts::minutes.ge(at_least));
        if let Some(below) = below {
            query = query.filter(offer_facts::minutes.lt(below));
        }
    }
    if let Some((day, id)) = filter.after {
        query = query.filter(
            offer_facts::notified_on.lt(day).or(offer_facts::notified_on.eq(day).and(offer_facts::assignment.lt(id))),
        );
    }
    query.order((offer_facts::notified_on.desc(), offer_facts::assignment.desc())).limit(limit).load(conn)
}

/// How the firm of the row was written in the facts: as the row says, and with an enterprise beside it in any spelling that
/// comes to the same (the fairness watch counts a firm that serves one enterprise again and again however it is written).
fn spellings(conn: &mut Conn, filter: &CaseFilter) -> QueryResult<Vec<String>> {
    let Some((By::Firm, key)) = &filter.row else { return Ok(Vec::new()) };
    let Some(enterprise) = filter.enterprise else { return Ok(vec![key.clone()]) };
    let written: Vec<String> = offer_facts::table
        .filter(offer_facts::enterprise.eq(enterprise.as_str().to_owned()))
        .select(offer_facts::firm)
        .distinct()
        .load(conn)?;
    let wanted = firm::grouped(key);
    Ok(written.into_iter().filter(|name| firm::grouped(name) == wanted).collect())
}

/// The days asked for, narrowed to a month when the row is one.
fn span(filter: &CaseFilter) -> (NaiveDate, NaiveDate) {
    let month = match &filter.row {
        Some((By::Month, key)) => NaiveDate::parse_from_str(&format!("{key}-01"), "%Y-%m-%d").ok(),
        _ => None,
    };
    let Some(first) = month else { return (filter.from, filter.to) };
    let next = if first.month() == 12 {
        NaiveDate::from_ymd_opt(first.year().saturating_add(1), 1, 1)
    } else {
        NaiveDate::from_ymd_opt(first.year(), first.month() + 1, 1)
    };
    let last = next.and_then(|day| day.pred_opt()).unwrap_or(first);
    (filter.from.max(first), filter.to.min(last))
}

fn open_ids(conn: &mut Conn, scope: &Scope, filter: &CaseFilter) -> QueryResult<Vec<AssignmentId>> {
    let (from, to) = span(filter);
    let mut query = assignments::table
        .inner_join(needs::table.on(needs::id.eq(assignments::need)))
        .inner_join(experts::table.on(experts::id.eq(assignments::expert)))
        .filter(sql::<Bool>("assignments.state = 'offered'"))
        .filter(assignments::notified_at.ge(start_of_day(from).naive_utc()))
        .filter(assignments::notified_at.lt(start_of_day(day_after(to)).naive_utc()))
        .filter(assignments::first_answer.is_null())
        .select(assignments::id)
        .into_boxed::<Backend>();
    query = match scope {
        Scope::Everything => query,
        Scope::Regions(codes) => query.filter(needs::region.eq_any(codes)),
        Scope::Station(own) => query.filter(needs::station.eq(own)),
    };
    match &filter.row {
        None | Some((By::Month, _)) => {}
        Some((By::Expert, key)) => query = query.filter(assignments::expert.eq(key)),
        Some((By::Firm, key)) if filter.enterprise.is_none() => query = query.filter(experts::firm.eq(key)),
        // By any spelling of the firm.
        Some((By::Firm, key)) => query = query.filter(experts::firm_key.eq(firm::normalised(key))),
        Some((By::Region, key)) => query = query.filter(needs::region.eq(key)),
        Some((By::Station, key)) => query = query.filter(needs::station.eq(key)),
        // The items are a JSON list of slugs, which hold neither quotes nor wildcards.
        Some((By::Service, key)) => query = query.filter(needs::services.like(format!("%\"{key}\"%"))),
    }
    if let Some(region) = &filter.region {
        query = query.filter(needs::region.eq(region));
    }
    if let Some(enterprise) = filter.enterprise {
        query = query.filter(needs::enterprise.eq(enterprise));
    }
    query.order((assignments::answer_due_at, assignments::id)).limit(MOST_OPEN).load(conn)
}

/// What a line says beside the fact.
fn details(conn: &mut Conn, ids: &[AssignmentId]) -> QueryResult<HashMap<AssignmentId, CaseLine>> {
    type OfferColumns = (AssignmentId, String, AssignmentState, Option<NaiveDateTime>, Option<NaiveDateTime>);
    type Columns = (OfferColumns, (NeedId, String, String), String, (String, String));
    let rows: Vec<Columns> = assignments::table
        .inner_join(needs::table.on(needs::id.eq(assignments::need)))
        .inner_join(stations::table.on(stations::id.eq(needs::station)))
        .inner_join(experts::table.on(experts::id.eq(assignments::expert)))
        .filter(assignments::id.eq_any(ids))
        .select((
            (
                assignments::id,
                assignments::number,
                assignments::state,
                assignments::notified_at,
                assignments::answer_due_at,
            ),
            (needs::id, needs::number, needs::title),
            stations::name,
            (experts::name, experts::firm),
        ))
        .load(conn)?;
    let mut found = HashMap::with_capacity(rows.len());
    for ((assignment, number, state, notified_at, due_at), (need, need_number, title), station, (expert, firm)) in rows
    {
        let line = CaseLine {
            assignment,
            number,
            state,
            counted_on: None,
            outcome: None,
            answer: None,
            decline_reason: None,
            by_staff: false,
            minutes: None,
            notified_at,
            due_at,
            need,
            need_number,
            title,
            station,
            expert,
            firm,
        };
        found.insert(assignment, line);
    }
    Ok(found)
}
