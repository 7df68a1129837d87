//! Assignments: read, answered on the expert's behalf, told by phone or WeChat, replied to, released.

use super::assembly;
use super::paging::{self, Page};
use super::shape::AssignmentShape;
use super::words;
use crate::actions::answer_assignment::{AnswerInput, answer_assignment};
use crate::actions::record_notice::enter_notice;
use crate::actions::release_assignment::release_assignment;
use crate::actions::reply_question::reply_question;
use crate::db::assignment::AssignmentRow;
use crate::db::listing::AssignmentPick;
use crate::db::{self, Conn};
use crate::domain::answer_rule::{due, latest_answer};
use crate::domain::assignment::{AnswerKind, AnsweredBy, AssignmentState, DeclineReason, NotifiedBy, ReleasedBy};
use crate::domain::need::ReserveState;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::ids::{AssignmentId, ExpertId, NeedId};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// Which assignments.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AssignmentsQuery {
    /// In this state.
    #[serde(default)]
    #[param(value_type = Option<AssignmentState>)]
    pub state: Option<String>,
    /// Of this expert.
    #[serde(default)]
    #[param(value_type = Option<ExpertId>)]
    pub expert: Option<ExpertId>,
    /// Of this need, by id or number.
    #[serde(default)]
    pub need: Option<String>,
    /// Rows a page, 1 to 200.
    #[serde(default)]
    pub limit: Option<u32>,
    /// Where the page before ended.
    #[serde(default)]
    pub cursor: Option<String>,
}

/// An expert's answer as told to staff.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerBody {
    /// Accept, decline or question.
    #[schema(value_type = AnswerKind)]
    pub answer: String,
    /// Why declined; asked for with a decline.
    #[serde(default)]
    #[schema(value_type = Option<DeclineReason>)]
    pub reason: Option<String>,
    /// A word to the station, or the question.
    #[serde(default)]
    pub note: Option<String>,
    /// Busy until this day inclusive: entered as leave.
    #[serde(default)]
    pub busy_until: Option<NaiveDate>,
    /// How staff were told: `phone`, `wechat` or `counter`.
    #[schema(value_type = AnsweredBy)]
    pub channel: String,
}

/// How and when staff told the expert of the offer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoticeBody {
    /// `phone` or `wechat`.
    #[schema(schema_with = words::told_by)]
    pub channel: String,
    /// When: the clock starts there.
    pub notified_at: DateTime<Utc>,
}

/// What staff reply to the question.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplyBody {
    /// In words.
    pub text: String,
}

/// Who gives a taken seat back, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseBody {
    /// Who.
    #[schema(value_type = ReleasedBy)]
    pub by: String,
    /// In words.
    pub reason: String,
}

/// The assignment a path names, by id or number, if the account may see its need.
///
/// # Errors
/// [`Refusal::NotFound`] alike for unknown and foreign ones.
fn named(call: &Call, conn: &mut Conn) -> Result<AssignmentRow, WebError> {
    let text = call.param("id");
    let row = match text.parse::<AssignmentId>() {
        Ok(id) => db::assignment::find(conn, &id)?,
        Err(_) => db::assignment::by_number(conn, &text.to_uppercase())?,
    };
    let row = row.ok_or(Refusal::NotFound)?;
    let need = db::need::find(conn, &row.need)?.ok_or(Refusal::NotFound)?;
    if !call.scope()?.covers(&need.region, need.station) {
        return Err(Refusal::NotFound.into());
    }
    Ok(row)
}

fn named_id(call: &Call) -> Result<AssignmentId, WebError> {
    let mut reader = call.office.read()?;
    Ok(named(call, &mut reader)?.id)
}

/// The shape of one assignment as it stands now.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn shown(call: &Call, id: AssignmentId) -> Result<AssignmentShape, WebError> {
    let mut reader = call.office.read()?;
    let row = db::assignment::find(&mut reader, &id)?.ok_or(Refusal::NotFound)?;
    let latest = latest(call, &mut reader, &row)?;
    let mut shape = assembly::assignments(&mut reader, call.l, vec![row])?.pop().ok_or(Refusal::NotFound)?;
    shape.latest_answer_at = latest;
    Ok(shape)
}

/// By when somebody will have answered, if everybody of the seat's chain waits until the last moment. An offer whose
/// letter has not left is counted as if it left now.
fn latest(call: &Call, conn: &mut Conn, row: &AssignmentRow) -> Result<Option<DateTime<Utc>>, WebError> {
    if row.state != AssignmentState::Offered {
        return Ok(None);
    }
    let waiting =
        db::need::reserves_of(conn, row.seat)?.iter().filter(|reserve| reserve.state == ReserveState::Waiting).count();
    let policy = call.office.policy()?;
    let calendar = call.office.calendar();
    let due_at = match row.answer_due_at {
        Some(at) => at.and_utc(),
        None => due(row.rule, policy.waking_hours_floor, call.now, &calendar).due_at,
    };
    Ok(Some(latest_answer(due_at, waiting, policy.counting_rule, policy.waking_hours_floor, &calendar)))
}

/// `GET /api/v1/assignments/{id}`.
///
/// # Errors
/// [`Refusal::NotFound`].
#[utoipa::path(get, path = "/api/v1/assignments/{id}", operation_id = "show-assignment", tag = "assignments",
    params(("id" = String, Path, description = "Id or number")),
    responses((status = 200, description = "", body = AssignmentShape)))]
pub fn show(call: &Call) -> Answered {
    Answer::json(&shown(call, named_id(call)?)?)
}

/// `GET /api/v1/assignments`.
///
/// # Errors
/// [`Refusal::Invalid`] naming the filter.
#[utoipa::path(get, path = "/api/v1/assignments", operation_id = "list-assignments", tag = "assignments", params(AssignmentsQuery),
    responses((status = 200, description = "", body = Page<AssignmentShape>)))]
pub fn list(call: &Call) -> Answered {
    let query: AssignmentsQuery = call.query()?;
    let limit = paging::limit(query.limit, paging::USUAL, paging::MOST)?;
    let before = paging::place("assignments", query.cursor.as_deref(), |text| text.parse::<AssignmentId>().ok())?;
    let state: Option<AssignmentState> = words::filter("state", query.state.as_deref())?;
    let mut reader = call.office.read()?;
    let need = match query.need.as_deref() {
        None => None,
        Some(text) => Some(need_named(&mut reader, text)?),
    };
    let pick = AssignmentPick { state, expert: query.expert, need };
    let most = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let rows = db::listing::assignments(&mut reader, call.scope()?, &pick, before, most)?;
    let (rows, next_cursor) = paging::cut(rows, limit, |last| paging::cursor("assignments", last.id.as_str()));
    Answer::json(&Page { items: assembly::assignments(&mut reader, call.l, rows)?, next_cursor })
}

fn need_named(conn: &mut Conn, text: &str) -> Result<NeedId, WebError> {
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    let known = db::need::by_number(conn, &text.to_uppercase())?;
    Ok(known
        .map(|need| need.id)
        .ok_or_else(|| Refusal::Invalid(vec![FieldProblem::with("need", "not-known", text)]))?)
}

/// `POST /api/v1/assignments/{id}/answer`.
///
/// # Errors
/// What [`answer_assignment`] says.
#[utoipa::path(post, path = "/api/v1/assignments/{id}/answer", operation_id = "answer-assignment", tag = "assignments",
    params(("id" = String, Path, description = "Id or number")), request_body = AnswerBody,
    responses((status = 200, description = "", body = AssignmentShape)))]
pub fn answer(call: &Call) -> Answered {
    let body: AnswerBody = call.json()?;
    let id = named_id(call)?;
    let by: AnsweredBy = words::word("channel", &body.channel)?;
    if by == AnsweredBy::Link {
        return Err(Refusal::Invalid(vec![FieldProblem::with("channel", "not-known", by)]).into());
    }
    let reason = match body.reason.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        None => None,
        Some(text) => Some(words::word_or_name("reason", "decline-reason", DeclineReason::ALL, text)?),
    };
    let input = AnswerInput {
        answer: words::word("answer", &body.answer)?,
        reason,
        note: body.note,
        busy_until: body.busy_until,
        by,
        first_byte_at: call.received_at,
    };
    answer_assignment(&call.office, &call.actor()?, id, &input)?;
    Answer::json(&shown(call, id)?)
}

/// `POST /api/v1/assignments/{id}/notice`.
///
/// # Errors
/// What [`enter_notice`] says.
#[utoipa::path(post, path = "/api/v1/assignments/{id}/notice", operation_id = "enter-notice", tag = "assignments",
    params(("id" = String, Path, description = "Id or number")), request_body = NoticeBody,
    responses((status = 200, description = "", body = AssignmentShape)))]
pub fn notice(call: &Call) -> Answered {
    let body: NoticeBody = call.json()?;
    let id = named_id(call)?;
    let by: NotifiedBy = words::word("channel", &body.channel)?;
    if by == NotifiedBy::Smtp {
        return Err(Refusal::Invalid(vec![FieldProblem::with("channel", "not-known", by)]).into());
    }
    enter_notice(&call.office, &call.actor()?, id, by, to_micros(body.notified_at))?;
    Answer::json(&shown(call, id)?)
}

/// Instants are kept in microseconds on both databases.
fn to_micros(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(at.timestamp_micros()).unwrap_or(at)
}

/// `POST /api/v1/assignments/{id}/reply`.
///
/// # Errors
/// What [`reply_question`] says.
#[utoipa::path(post, path = "/api/v1/assignments/{id}/reply", operation_id = "reply-question", tag = "assignments",
    params(("id" = String, Path, description = "Id or number")), request_body = ReplyBody,
    responses((status = 200, description = "", body = AssignmentShape)))]
pub fn reply(call: &Call) -> Answered {
    let body: ReplyBody = call.json()?;
    let id = named_id(call)?;
    reply_question(&call.office, &call.actor()?, id, &body.text)?;
    Answer::json(&shown(call, id)?)
}

/// `POST /api/v1/assignments/{id}/release`.
///
/// # Errors
/// What [`release_assignment`] says.
#[utoipa::path(post, path = "/api/v1/assignments/{id}/release", operation_id = "release-assignment", tag = "assignments",
    params(("id" = String, Path, description = "Id or number")), request_body = ReleaseBody,
    responses((status = 200, description = "", body = AssignmentShape)))]
pub fn release(call: &Call) -> Answered {
    let body: ReleaseBody = call.json()?;
    let id = named_id(call)?;
    let by: ReleasedBy = words::word("by", &body.by)?;
    release_assignment(&call.office, &call.actor()?, id, by, &body.reason)?;
    Answer::json(&shown(call, id)?)
}
