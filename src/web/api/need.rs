//! Needs: submitted, found, read, retracted, closed.
//!
//! A need is found by its id or by the number people read aloud. Lists without a filter come straight from the
//! database; with one, through [`finding`].

use super::assembly::{self, Eyes};
use super::paging::{self, Page};
use super::shape::NeedShape;
use super::words;
use crate::actions::close_need::{CloseNeed, close_need};
use crate::actions::retract_need::retract_need;
use crate::actions::submit_need::{SubmitNeed, submit_need};
use crate::actions::suggest_experts::is_told_plainly;
use crate::db::need::NeedRow;
use crate::db::{self, Conn};
use crate::domain::calendar::{day_after, start_of_day};
use crate::domain::feedback::Evaluation;
use crate::domain::need::{CloseReason, NeedState};
use crate::domain::place::Point;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::region;
use crate::domain::role::{Right, Role};
use crate::ids::{NeedId, StationId};
use crate::search::{Kind, SearchQuery};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::finding::{self, DEEPEST};
use chrono::{DateTime, NaiveDate};
use diesel::QueryResult;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// Which needs.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NeedsQuery {
    /// Full text in Chinese or English, or a number.
    #[serde(default)]
    pub q: Option<String>,
    /// In this state.
    #[serde(default)]
    #[param(value_type = Option<NeedState>)]
    pub state: Option<String>,
    /// Of this region, by name or code.
    #[serde(default)]
    pub region: Option<String>,
    /// With this service item, by slug or name.
    #[serde(default)]
    pub service: Option<String>,
    /// Of this station.
    #[serde(default)]
    #[param(value_type = Option<StationId>)]
    pub station: Option<StationId>,
    /// Submitted on or after this Beijing date.
    #[serde(default)]
    pub from: Option<NaiveDate>,
    /// Submitted on or before this Beijing date.
    #[serde(default)]
    pub to: Option<NaiveDate>,
    /// Rows a page, 1 to 200.
    #[serde(default)]
    pub limit: Option<u32>,
    /// Where the page before ended.
    #[serde(default)]
    pub cursor: Option<String>,
}

/// Why the enterprise takes the need back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetractionInput {
    /// In words.
    pub reason: String,
}

/// Why a need is closed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClosureInput {
    /// `served` asks for feedback and rating; `passed-on` for a note.
    #[schema(value_type = CloseReason)]
    pub reason: String,
    /// In words.
    #[serde(default)]
    pub note: Option<String>,
    /// The 内部评价.
    #[serde(default)]
    pub evaluation: Option<EvaluationInput>,
}

/// The liaison's 内部评价, one to five each.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EvaluationInput {
    /// 及时.
    pub promptness: u8,
    /// 专业.
    pub expertise: u8,
    /// 态度.
    pub attitude: u8,
    /// In words.
    #[serde(default)]
    pub note: Option<String>,
}

/// The need a path names, by id or number, if the account may see it.
///
/// # Errors
/// [`Refusal::NotFound`] alike for unknown and foreign needs.
pub fn named(call: &Call, conn: &mut Conn) -> Result<NeedRow, WebError> {
    let text = call.param("id");
    let row = match text.parse::<NeedId>() {
        Ok(id) => db::need::find(conn, &id)?,
        Err(_) => db::need::by_number(conn, &text.to_uppercase())?,
    };
    let scope = call.scope()?;
    Ok(row.filter(|need| scope.covers(&need.region, need.station)).ok_or(Refusal::NotFound)?)
}

/// The same, of which only the id is wanted.
///
/// # Errors
/// As [`named`].
pub fn named_id(call: &Call) -> Result<NeedId, WebError> {
    let mut reader = call.office.read()?;
    Ok(named(call, &mut reader)?.id)
}

/// Who reads: those who work on needs read enterprises' contacts in full.
fn eyes(call: &Call) -> Result<Eyes<'_>, Refusal> {
    let full_contact = call.account()?.role.has(Right::WorkNeeds);
    Ok(Eyes { keys: &call.office.keys, scope: call.scope()?, full_contact, plain: is_told_plainly(&call.actor()?) })
}

/// The shape of one need as it stands now.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn shown(call: &Call, id: NeedId) -> Result<NeedShape, WebError> {
    let mut reader = call.office.read()?;
    let row = db::need::find(&mut reader, &id)?.ok_or(Refusal::NotFound)?;
    Ok(assembly::needs(&mut reader, call.l, vec![row], eyes(call)?)?.pop().ok_or(Refusal::NotFound)?)
}

/// `POST /api/v1/needs`.
///
/// # Errors
/// What [`submit_need`] says.
#[utoipa::path(post, path = "/api/v1/needs", operation_id = "submit-need", tag = "needs", request_body = SubmitNeed,
    responses((status = 201, description = "", body = NeedShape)))]
pub fn submit(call: &Call) -> Answered {
    let mut input: SubmitNeed = call.json()?;
    if input.station.is_none() && call.account()?.role == Role::Manager {
        input.station = station_for(&mut *call.office.read()?, &input)?;
    }
    let submitted = submit_need(&call.office, &call.actor()?, &input)?;
    let address = format!("/api/v1/needs/{}", submitted.id);
    if submitted.rows.need.automatic {
        return Answer::created(&address, &shown(call, submitted.id)?);
    }
    // Everything the answer says was in the deed's hands; reading it again would cost as much as the deed.
    let account = call.account()?;
    let shape = assembly::submitted(*submitted.rows, (account.id, &account.name), eyes(call)?);
    Answer::created(&address, &shape)
}

/// A manager who names no station submits at the one nearest to the enterprise, within the need's region.
fn station_for(conn: &mut Conn, input: &SubmitNeed) -> QueryResult<Option<StationId>> {
    let Some(place) = region::named(&input.region) else { return Ok(None) };
    let here = Point::new(input.lat.unwrap_or(place.lat), input.lon.unwrap_or(place.lon)).ok();
    let mut best: Option<(u32, StationId)> = None;
    for (id, lat, lon) in db::listing::stations_in(conn, place.code)? {
        let there = lat.zip(lon).and_then(|(lat, lon)| Point::new(lat, lon).ok());
        let metres = here.zip(there).map_or(u32::MAX, |(here, there)| here.metres_to(there));
        if best.is_none_or(|(nearest, _)| metres < nearest) {
            best = Some((metres, id));
        }
    }
    Ok(best.map(|(_, id)| id))
}

/// `GET /api/v1/needs/{id}`.
///
/// # Errors
/// [`Refusal::NotFound`].
#[utoipa::path(get, path = "/api/v1/needs/{id}", operation_id = "show-need", tag = "needs",
    params(("id" = String, Path, description = "Id or number")),
    responses((status = 200, description = "", body = NeedShape)))]
pub fn show(call: &Call) -> Answered {
    Answer::json(&shown(call, named_id(call)?)?)
}

/// `GET /api/v1/needs`.
///
/// # Errors
/// [`Refusal::Invalid`] naming the filter.
#[utoipa::path(get, path = "/api/v1/needs", operation_id = "list-needs", tag = "needs", params(NeedsQuery),
    responses((status = 200, description = "", body = Page<NeedShape>)))]
pub fn list(call: &Call) -> Answered {
    let query: NeedsQuery = call.query()?;
    let limit = paging::limit(query.limit, paging::USUAL, paging::MOST)?;
    if query.from.zip(query.to).is_some_and(|(from, to)| to < from) {
        return Err(Refusal::Invalid(vec![FieldProblem::new("to", "out-of-range")]).into());
    }
    let state: Option<NeedState> = words::filter("state", query.state.as_deref())?;
    let asked = SearchQuery {
        kind: Some(Kind::Need),
        state: state.map(|state| state.as_str().to_owned()),
        region: words::region_filter(query.region.as_deref())?,
        service: words::service_filter(query.service.as_deref())?,
        station: query.station.map(|station| station.to_string()),
        from: query.from.map(|day| start_of_day(day).timestamp_micros()),
        to: query.to.map(|day| start_of_day(day_after(day)).timestamp_micros()),
        ..finding::query(call, query.q.as_deref().unwrap_or_default())?
    };
    let filtered = query.q.is_some()
        || asked.state.is_some()
        || asked.region.is_some()
        || asked.service.is_some()
        || asked.station.is_some()
        || asked.from.is_some()
        || asked.to.is_some();
    let (rows, next_cursor) = if filtered {
        let (found, next) = by_place(call, asked, query.cursor.as_deref(), limit)?;
        (finding::needs(call, &found)?, next)
    } else {
        newest(call, query.cursor.as_deref(), limit)?
    };
    let items = assembly::needs(&mut *call.office.read()?, call.l, rows, eyes(call)?)?;
    Answer::json(&Page { items, next_cursor })
}

/// Everything the account may see, newest first, by key.
fn newest(call: &Call, cursor: Option<&str>, limit: usize) -> Result<(Vec<NeedRow>, Option<String>), WebError> {
    let after = paging::place("needs", cursor, |text| {
        let (micros, id) = text.split_once('/')?;
        Some((DateTime::from_timestamp_micros(micros.parse().ok()?)?.naive_utc(), id.parse::<NeedId>().ok()?))
    })?;
    let most = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let rows = db::listing::needs(&mut *call.office.read()?, call.scope()?, after, most)?;
    Ok(paging::cut(rows, limit, |last| {
        paging::cursor("needs", &format!("{}/{}", last.created_at.and_utc().timestamp_micros(), last.id))
    }))
}

/// What is looked for, best first, a page by place; with the cursor of the next.
///
/// # Errors
/// [`Refusal::Invalid`] naming `cursor`; a fault when neither index nor database can be read.
pub fn by_place(
    call: &Call,
    asked: SearchQuery,
    cursor: Option<&str>,
    limit: usize,
) -> Result<(finding::Findings, Option<String>), WebError> {
    let in_range = |text: &str| text.parse::<usize>().ok().filter(|offset| *offset <= DEEPEST);
    let offset = paging::place("found", cursor, in_range)?.unwrap_or(0);
    let counted = asked.facets;
    let found = finding::find(call, &SearchQuery { limit, offset, counted, ..asked })?;
    let next = offset + limit;
    let cursor = (found.more && next <= DEEPEST).then(|| paging::cursor("found", &next.to_string()));
    Ok((found, cursor))
}

/// `POST /api/v1/needs/{id}/retraction`.
///
/// # Errors
/// What [`retract_need`] says.
#[utoipa::path(post, path = "/api/v1/needs/{id}/retraction", operation_id = "retract-need", tag = "needs",
    params(("id" = String, Path, description = "Id or number")), request_body = RetractionInput,
    responses((status = 200, description = "", body = NeedShape)))]
pub fn retract(call: &Call) -> Answered {
    let input: RetractionInput = call.json()?;
    let id = named_id(call)?;
    retract_need(&call.office, &call.actor()?, id, &input.reason)?;
    Answer::json(&shown(call, id)?)
}

/// `POST /api/v1/needs/{id}/closure`.
///
/// # Errors
/// What [`close_need`] says.
#[utoipa::path(post, path = "/api/v1/needs/{id}/closure", operation_id = "close-need", tag = "needs",
    params(("id" = String, Path, description = "Id or number")), request_body = ClosureInput,
    responses((status = 200, description = "", body = NeedShape)))]
pub fn close(call: &Call) -> Answered {
    let input: ClosureInput = call.json()?;
    let id = named_id(call)?;
    let close = CloseNeed {
        reason: words::word_or_name("reason", "close-reason", CloseReason::ALL, &input.reason)?,
        note: input.note,
        evaluation: input.evaluation.map(|given| Evaluation {
            promptness: given.promptness,
            expertise: given.expertise,
            attitude: given.attitude,
            note: given.note,
        }),
    };
    close_need(&call.office, &call.actor()?, id, &close)?;
    Answer::json(&shown(call, id)?)
}
