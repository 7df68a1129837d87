//! The calendar: notices read in and decided by a second person, and outages of the answer page.

use super::shape::utc;
use super::words;
use crate::actions::import_calendar::{self, Move, decide_calendar, import_calendar};
use crate::actions::record_outage::enter_outage;
use crate::db;
use crate::db::Conn;
use crate::db::calendar_import::CalendarImportRow;
use crate::db::outage::OutageRow;
use crate::domain::calendar::CalendarRow;
use crate::domain::calendar::ImportDecision;
use crate::domain::calendar::ImportState;
use crate::domain::refusal::Refusal;
use crate::ids::AccountId;
use crate::ids::AssignmentId;
use crate::ids::CalendarImportId;
use crate::ids::OutageId;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A notice as a file.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarImportBody {
    /// The notice's number: 国办发明电〔2025〕7号.
    pub source: String,
    /// `date,kind,occasion`, one day a line.
    pub csv: String,
}

/// What a second person says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarDecisionBody {
    /// Whether it counts.
    #[schema(value_type = ImportDecision)]
    pub decision: String,
    /// In words; asked for with a refusal.
    #[serde(default)]
    pub reason: Option<String>,
}

/// An outage a person knows of.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OutageBody {
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when.
    pub until: DateTime<Utc>,
    /// What was down, in words.
    pub note: String,
}

/// A day of a notice.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarDayShape {
    /// The day.
    pub date: NaiveDate,
    /// `holiday` or `workday`.
    pub kind: &'static str,
    /// The festival.
    pub occasion: String,
}

/// A deadline that moves later.
#[derive(Debug, Serialize, ToSchema)]
pub struct MoveShape {
    /// The offer.
    pub assignment: AssignmentId,
    /// Its number.
    pub number: String,
    /// As told.
    pub from: DateTime<Utc>,
    /// With the notice.
    pub to: DateTime<Utc>,
}

/// A notice that was read in.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarImportShape {
    /// Id.
    pub id: CalendarImportId,
    /// Where it stands.
    pub state: ImportState,
    /// The notice's number.
    pub source: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// The years it replaces; told while it waits.
    pub years: Vec<i32>,
    /// Its days.
    pub days: Vec<CalendarDayShape>,
    /// The open deadlines that would move later; told while it waits.
    pub moves: Vec<MoveShape>,
    /// Who read it in; `null` for the command line.
    pub imported_by: Option<AccountId>,
    /// When.
    pub imported_at: DateTime<Utc>,
    /// Who decided.
    pub decided_by: Option<AccountId>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// Why.
    pub reason: Option<String>,
}

/// The notices read in, those that wait first.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarImportsShape {
    /// The rows.
    pub items: Vec<CalendarImportShape>,
}

/// An outage.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutageShape {
    /// Id.
    pub id: OutageId,
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when.
    pub until: DateTime<Utc>,
    /// `pulse` or `entered`.
    pub source: String,
    /// In words.
    pub note: Option<String>,
    /// How many deadlines it moved.
    pub moved: i32,
}

/// The outages, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutagesShape {
    /// The rows.
    pub items: Vec<OutageShape>,
}

fn shape(conn: &mut Conn, row: CalendarImportRow) -> Result<CalendarImportShape, WebError> {
    let days = row.days.get();
    let report = match row.state {
        ImportState::Pending => import_calendar::preview(conn, &days, row.imported_at.and_utc())?,
        ImportState::Approved | ImportState::Refused => Default::default(),
    };
    let moves = report
        .moves
        .into_iter()
        .map(|Move { assignment, number, from, to }| MoveShape { assignment, number, from, to })
        .collect();
    let day = |CalendarRow { date, kind, occasion }| CalendarDayShape { date, kind: kind.as_str(), occasion };
    Ok(CalendarImportShape {
        id: row.id,
        state: row.state,
        source: row.source,
        sha256: row.sha256,
        years: report.years,
        days: days.into_iter().map(day).collect(),
        moves,
        imported_by: row.imported_by,
        imported_at: utc(row.imported_at),
        decided_by: row.decided_by,
        decided_at: row.decided_at.map(utc),
        reason: row.reason,
    })
}

fn shown(call: &Call, id: CalendarImportId) -> Result<CalendarImportShape, WebError> {
    let mut reader = call.office.read()?;
    let row = db::calendar_import::find(&mut reader, &id)?.ok_or(Refusal::NotFound)?;
    shape(&mut reader, row)
}

fn outage_shape(row: OutageRow) -> OutageShape {
    OutageShape {
        id: row.id,
        from: utc(row.from_at),
        until: utc(row.until_at),
        source: row.source,
        note: row.note,
        moved: row.moved,
    }
}

/// `GET /api/v1/calendar/imports`.
///
/// # Errors
/// A fault.
#[utoipa::path(get, path = "/api/v1/calendar/imports", operation_id = "list-calendar-imports", tag = "calendar",
    responses((status = 200, description = "", body = CalendarImportsShape)))]
pub fn list(call: &Call) -> Answered {
    let mut reader = call.office.read()?;
    let mut items = Vec::new();
    for row in db::calendar_import::newest(&mut reader, 50)? {
        items.push(shape(&mut reader, row)?);
    }
    Answer::json(&CalendarImportsShape { items })
}

/// `GET /api/v1/calendar/imports/{id}`.
///
/// # Errors
/// [`Refusal::NotFound`].
#[utoipa::path(get, path = "/api/v1/calendar/imports/{id}", operation_id = "show-calendar-import", tag = "calendar",
    params(("id" = CalendarImportId, Path, description = "The notice read in")),
    responses((status = 200, description = "", body = CalendarImportShape)))]
pub fn show(call: &Call) -> Answered {
    Answer::json(&shown(call, call.id("id")?)?)
}

/// `POST /api/v1/calendar/imports`.
///
/// # Errors
/// What [`import_calendar`] says.
#[utoipa::path(post, path = "/api/v1/calendar/imports", operation_id = "import-calendar", tag = "calendar",
    request_body = CalendarImportBody, responses((status = 201, description = "", body = CalendarImportShape)))]
pub fn import(call: &Call) -> Answered {
    let body: CalendarImportBody = call.json()?;
    let report = import_calendar(&call.office, &call.actor()?, &body.csv, &body.source, false)?;
    let id = report.waits_as.ok_or(Refusal::NotFound)?;
    Answer::created(&format!("/api/v1/calendar/imports/{id}"), &shown(call, id)?)
}

/// `POST /api/v1/calendar/imports/{id}/decision`.
///
/// # Errors
/// What [`decide_calendar`] says.
#[utoipa::path(post, path = "/api/v1/calendar/imports/{id}/decision", operation_id = "decide-calendar", tag = "calendar",
    params(("id" = CalendarImportId, Path, description = "The notice read in")), request_body = CalendarDecisionBody,
    responses((status = 200, description = "", body = CalendarImportShape)))]
pub fn decide(call: &Call) -> Answered {
    let body: CalendarDecisionBody = call.json()?;
    let id: CalendarImportId = call.id("id")?;
    let decision: ImportDecision = words::word("decision", &body.decision)?;
    let approve = decision == ImportDecision::Approve;
    decide_calendar(&call.office, &call.actor()?, id, approve, body.reason.as_deref().unwrap_or_default())?;
    Answer::json(&shown(call, id)?)
}

/// `GET /api/v1/outages`.
///
/// # Errors
/// A fault.
#[utoipa::path(get, path = "/api/v1/outages", operation_id = "list-outages", tag = "calendar",
    responses((status = 200, description = "", body = OutagesShape)))]
pub fn outages(call: &Call) -> Answered {
    let rows = db::outage::newest(&mut *call.office.read()?, 200)?;
    Answer::json(&OutagesShape { items: rows.into_iter().map(outage_shape).collect() })
}

/// `GET /api/v1/outages/{id}`.
///
/// # Errors
/// [`Refusal::NotFound`].
#[utoipa::path(get, path = "/api/v1/outages/{id}", operation_id = "show-outage", tag = "calendar",
    params(("id" = OutageId, Path, description = "The outage")),
    responses((status = 200, description = "", body = OutageShape)))]
pub fn outage(call: &Call) -> Answered {
    let row = db::outage::find(&mut *call.office.read()?, &call.id("id")?)?.ok_or(Refusal::NotFound)?;
    Answer::json(&outage_shape(row))
}

/// `POST /api/v1/outages`.
///
/// # Errors
/// What [`enter_outage`] says.
#[utoipa::path(post, path = "/api/v1/outages", operation_id = "enter-outage", tag = "calendar", request_body = OutageBody,
    responses((status = 201, description = "", body = OutageShape)))]
pub fn enter(call: &Call) -> Answered {
    let body: OutageBody = call.json()?;
    let (id, _) = enter_outage(&call.office, &call.actor()?, body.from, body.until, &body.note)?;
    let row = db::outage::find(&mut *call.office.read()?, &id)?.ok_or(Refusal::NotFound)?;
    Answer::created(&format!("/api/v1/outages/{id}"), &outage_shape(row))
}
