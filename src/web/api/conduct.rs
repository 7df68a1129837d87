//! Conduct: admonition and removal cases, opened by one manager, heard, decided by a second, appealed against before a
//! third; and the ledger of what was decided.
//!
//! Reading asks for [`Right::Audit`](crate::domain::role::Right::Audit) as the pages do, every deed for
//! [`Right::Decide`](crate::domain::role::Right::Decide); cases of experts outside the account's region do not exist.
//! Deliberately absent: the content of papers, which are read and filed on the page.

use super::conduct_shape::{CaseLine, CaseShape, LedgerLine, ledger_lines};
use super::paging::{self, Page};
use super::words;
use crate::actions::conduct_case::open_case;
use crate::actions::decide_appeal::decide_appeal;
use crate::actions::decide_case::{DecideCase, decide_case};
use crate::actions::file_case_paper::{TransferCase, transfer_case};
use crate::actions::hear_expert::hear_expert;
use crate::actions::tell_case::enter_case_told;
use crate::db;
use crate::db::conduct_list::CasePick;
use crate::domain::assignment::NotifiedBy;
use crate::domain::calendar::start_of_day;
use crate::domain::conduct::{AppealOutcome, CaseKind, CaseStage, Decision, StatementKind};
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::ids::{AssignmentId, CaseId, ExpertId};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// Which cases.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CasesQuery {
    /// At this stage.
    #[serde(default)]
    #[param(value_type = Option<CaseStage>)]
    pub stage: Option<String>,
    /// Admonition or removal.
    #[serde(default)]
    #[param(value_type = Option<CaseKind>)]
    pub kind: Option<String>,
    /// Of this expert.
    #[serde(default)]
    pub expert: Option<String>,
    /// Rows a page, 1 to 200.
    #[serde(default)]
    pub limit: Option<u32>,
    /// Where the page before ended.
    #[serde(default)]
    pub cursor: Option<String>,
}

/// Which decisions.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LedgerQuery {
    /// Decided on this day or later.
    #[serde(default)]
    #[param(value_type = Option<NaiveDate>)]
    pub from: Option<String>,
    /// Decided on this day or before.
    #[serde(default)]
    #[param(value_type = Option<NaiveDate>)]
    pub to: Option<String>,
    /// Admonition or removal.
    #[serde(default)]
    #[param(value_type = Option<CaseKind>)]
    pub kind: Option<String>,
    /// Rows a page, 1 to 200.
    #[serde(default)]
    pub limit: Option<u32>,
    /// Where the page before ended.
    #[serde(default)]
    pub cursor: Option<String>,
}

/// Why an expert is admonished.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdmonitionBody {
    /// In words.
    pub grounds: String,
    /// The offers it rests on.
    #[serde(default)]
    pub assignments: Vec<AssignmentId>,
}

/// Why an expert is to be removed: suspends at once.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemovalBody {
    /// In words.
    pub grounds: String,
    /// The offers it rests on.
    #[serde(default)]
    pub assignments: Vec<AssignmentId>,
}

/// How a second manager decides.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionBody {
    /// What is decided; it has to fit the kind of case.
    #[schema(value_type = Decision)]
    pub decision: String,
    /// In words.
    pub reason: String,
    /// Whether to decide against somebody who was not heard and still may be; it is written down as such. A caller that
    /// leaves it out is taken to know what it does.
    #[serde(default = "knowingly")]
    pub early: bool,
}

const fn knowingly() -> bool {
    true
}

/// How staff told the expert of a case or a decision.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ToldBody {
    /// `phone` or `wechat`.
    #[schema(schema_with = words::told_by)]
    pub channel: String,
    /// When: the time to be heard, or to appeal, counts from there.
    pub at: DateTime<Utc>,
}

/// What the expert brought to the office, in the expert's own words.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HeardBody {
    /// As said.
    pub words: String,
}

/// How an appeal ends.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppealDecisionBody {
    /// Upheld or overturned.
    #[schema(value_type = AppealOutcome)]
    pub outcome: String,
    /// In words; the expert reads it.
    pub reason: String,
}

/// To whom a case was passed on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferBody {
    /// Which authority.
    pub authority: String,
    /// On which day.
    pub on_day: NaiveDate,
    /// Its number there, or ours.
    #[serde(default)]
    pub reference: Option<String>,
}

fn shown(call: &Call, id: CaseId) -> Result<CaseShape, WebError> {
    let mut reader = call.office.read()?;
    let case = db::conduct::find(&mut reader, &id)?.ok_or(Refusal::NotFound)?;
    let expert = db::expert::find(&mut reader, &case.expert)?.ok_or(Refusal::NotFound)?;
    if !call.scope()?.covers_region(&expert.region) {
        return Err(Refusal::NotFound.into());
    }
    CaseShape::read(&call.office.keys, &mut reader, case, expert)
}

/// The id in the path, of a case the account may see: a foreign one does not exist, for deeds as for reading.
fn seen(call: &Call) -> Result<CaseId, WebError> {
    let id: CaseId = call.id("id")?;
    let mut reader = call.office.read()?;
    let case = db::conduct::find(&mut reader, &id)?.ok_or(Refusal::NotFound)?;
    let expert = db::expert::find(&mut reader, &case.expert)?.ok_or(Refusal::NotFound)?;
    if call.scope()?.covers_region(&expert.region) { Ok(id) } else { Err(Refusal::NotFound.into()) }
}

fn opened(call: &Call, kind: CaseKind, grounds: &str, assignments: &[AssignmentId]) -> Answered {
    let expert: ExpertId = call.id("id")?;
    let id = open_case(&call.office, &call.actor()?, expert, kind, grounds, assignments)?;
    Answer::created(&format!("/api/v1/conduct-cases/{id}"), &shown(call, id)?)
}

/// `POST /api/v1/experts/{id}/admonitions`.
///
/// # Errors
/// What [`open_case`] says.
#[utoipa::path(post, path = "/api/v1/experts/{id}/admonitions", operation_id = "admonish-expert", tag = "conduct",
    params(("id" = ExpertId, Path, description = "The expert")), request_body = AdmonitionBody,
    responses((status = 201, description = "", body = CaseShape)))]
pub fn admonish(call: &Call) -> Answered {
    let body: AdmonitionBody = call.json()?;
    opened(call, CaseKind::Admonition, &body.grounds, &body.assignments)
}

/// `POST /api/v1/experts/{id}/removal`.
///
/// # Errors
/// What [`open_case`] says.
#[utoipa::path(post, path = "/api/v1/experts/{id}/removal", operation_id = "remove-expert", tag = "conduct",
    params(("id" = ExpertId, Path, description = "The expert")), request_body = RemovalBody,
    responses((status = 201, description = "", body = CaseShape)))]
pub fn remove(call: &Call) -> Answered {
    let body: RemovalBody = call.json()?;
    opened(call, CaseKind::Removal, &body.grounds, &body.assignments)
}

/// `GET /api/v1/conduct-cases`: newest first.
///
/// # Errors
/// [`Refusal::Invalid`] naming the filter.
#[utoipa::path(get, path = "/api/v1/conduct-cases", operation_id = "list-cases", tag = "conduct", params(CasesQuery),
    responses((status = 200, description = "", body = Page<CaseLine>)))]
pub fn list(call: &Call) -> Answered {
    let query: CasesQuery = call.query()?;
    let limit = paging::limit(query.limit, paging::USUAL, paging::MOST)?;
    let pick = CasePick {
        stage: words::filter("stage", query.stage.as_deref())?,
        kind: words::filter("kind", query.kind.as_deref())?,
        expert: words::filter("expert", query.expert.as_deref())?,
        decided: None,
    };
    let before = paging::place("cases", query.cursor.as_deref(), |text| text.parse::<CaseId>().ok())?;
    let most = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let rows = db::conduct_list::page(&mut *call.office.read()?, call.scope()?, &pick, before, most)?;
    let (rows, next_cursor) = paging::cut(rows, limit, |(last, _)| paging::cursor("cases", last.id.as_str()));
    Answer::json(&Page {
        items: rows.into_iter().map(|(case, expert)| CaseLine::of(case, expert)).collect(),
        next_cursor,
    })
}

/// `GET /api/v1/conduct-ledger`: every decision against an expert, the case opened last first.
///
/// # Errors
/// [`Refusal::Invalid`] naming the filter.
#[utoipa::path(get, path = "/api/v1/conduct-ledger", operation_id = "read-ledger", tag = "conduct", params(LedgerQuery),
    responses((status = 200, description = "", body = Page<LedgerLine>)))]
pub fn ledger(call: &Call) -> Answered {
    let query: LedgerQuery = call.query()?;
    let limit = paging::limit(query.limit, paging::USUAL, paging::MOST)?;
    let from = day("from", query.from.as_deref())?.unwrap_or_default();
    let to = day("to", query.to.as_deref())?.unwrap_or(LAST_DAY);
    let after = to.succ_opt().unwrap_or(to);
    let pick = CasePick {
        kind: words::filter("kind", query.kind.as_deref())?,
        decided: Some((start_of_day(from).naive_utc(), start_of_day(after).naive_utc())),
        ..CasePick::default()
    };
    let before = paging::place("ledger", query.cursor.as_deref(), |text| text.parse::<CaseId>().ok())?;
    let most = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let mut reader = call.office.read()?;
    let rows = db::conduct_list::page(&mut reader, call.scope()?, &pick, before, most)?;
    let (rows, next_cursor) = paging::cut(rows, limit, |(last, _)| paging::cursor("ledger", last.id.as_str()));
    Answer::json(&Page { items: ledger_lines(&mut reader, rows)?, next_cursor })
}

/// Later than any decision, and a moment both databases can write.
const LAST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(9000, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// A day of the query.
fn day(field: &str, text: Option<&str>) -> Result<Option<NaiveDate>, Refusal> {
    let wrong = |text: &str| Refusal::Invalid(vec![FieldProblem::with(field, "not-a-date", text)]);
    let read = |text: &str| text.parse::<NaiveDate>().ok().filter(|day| *day < LAST_DAY).ok_or_else(|| wrong(text));
    text.map(read).transpose()
}

/// `GET /api/v1/conduct-cases/{id}`.
///
/// # Errors
/// [`Refusal::NotFound`] alike for unknown and foreign cases.
#[utoipa::path(get, path = "/api/v1/conduct-cases/{id}", operation_id = "show-case", tag = "conduct",
    params(("id" = CaseId, Path, description = "The case")),
    responses((status = 200, description = "", body = CaseShape)))]
pub fn show(call: &Call) -> Answered {
    Answer::json(&shown(call, call.id("id")?)?)
}

/// `POST /api/v1/conduct-cases/{id}/decision`.
///
/// # Errors
/// What [`decide_case`] says.
#[utoipa::path(post, path = "/api/v1/conduct-cases/{id}/decision", operation_id = "decide-case", tag = "conduct",
    params(("id" = CaseId, Path, description = "The case")), request_body = DecisionBody,
    responses((status = 200, description = "", body = CaseShape)))]
pub fn decide(call: &Call) -> Answered {
    let body: DecisionBody = call.json()?;
    let id = seen(call)?;
    let decision = words::word_or_name("decision", "decision", Decision::ALL, &body.decision)?;
    let input = DecideCase { decision, reason: &body.reason, early: body.early };
    decide_case(&call.office, &call.actor()?, id, &input)?;
    Answer::json(&shown(call, id)?)
}

/// `POST /api/v1/conduct-cases/{id}/told`: staff told the expert themselves, of the case or of the decision.
///
/// # Errors
/// What [`enter_case_told`] says.
#[utoipa::path(post, path = "/api/v1/conduct-cases/{id}/told", operation_id = "tell-case", tag = "conduct",
    params(("id" = CaseId, Path, description = "The case")), request_body = ToldBody,
    responses((status = 200, description = "", body = CaseShape)))]
pub fn told(call: &Call) -> Answered {
    let body: ToldBody = call.json()?;
    let id = seen(call)?;
    let by: NotifiedBy = words::word("channel", &body.channel)?;
    if by == NotifiedBy::Smtp {
        return Err(Refusal::Invalid(vec![FieldProblem::with("channel", "not-known", by)]).into());
    }
    // Instants are kept in microseconds on both databases.
    let at = DateTime::from_timestamp_micros(body.at.timestamp_micros()).unwrap_or(body.at);
    enter_case_told(&call.office, &call.actor()?, id, by, at)?;
    Answer::json(&shown(call, id)?)
}

fn heard(call: &Call, kind: StatementKind) -> Answered {
    let body: HeardBody = call.json()?;
    let id = seen(call)?;
    hear_expert(&call.office, &call.actor()?, id, kind, &body.words)?;
    Answer::json(&shown(call, id)?)
}

/// `POST /api/v1/conduct-cases/{id}/statement`: what the expert brought on paper or said in the office before the decision.
///
/// # Errors
/// What [`hear_expert`] says.
#[utoipa::path(post, path = "/api/v1/conduct-cases/{id}/statement", operation_id = "enter-statement", tag = "conduct",
    params(("id" = CaseId, Path, description = "The case")), request_body = HeardBody,
    responses((status = 200, description = "", body = CaseShape)))]
pub fn statement(call: &Call) -> Answered {
    heard(call, StatementKind::Statement)
}

/// `POST /api/v1/conduct-cases/{id}/appeal`: the expert appeals, on paper or in the office.
///
/// # Errors
/// What [`hear_expert`] says.
#[utoipa::path(post, path = "/api/v1/conduct-cases/{id}/appeal", operation_id = "enter-appeal", tag = "conduct",
    params(("id" = CaseId, Path, description = "The case")), request_body = HeardBody,
    responses((status = 200, description = "", body = CaseShape)))]
pub fn appeal(call: &Call) -> Answered {
    heard(call, StatementKind::Appeal)
}

/// `POST /api/v1/conduct-cases/{id}/appeal-decision`: by a manager who did not make the decision.
///
/// # Errors
/// What [`decide_appeal`] says.
#[utoipa::path(post, path = "/api/v1/conduct-cases/{id}/appeal-decision", operation_id = "decide-appeal", tag = "conduct",
    params(("id" = CaseId, Path, description = "The case")), request_body = AppealDecisionBody,
    responses((status = 200, description = "", body = CaseShape)))]
pub fn review(call: &Call) -> Answered {
    let body: AppealDecisionBody = call.json()?;
    let id = seen(call)?;
    let outcome = words::word_or_name("outcome", "appeal-outcome", AppealOutcome::ALL, &body.outcome)?;
    decide_appeal(&call.office, &call.actor()?, id, outcome, &body.reason)?;
    Answer::json(&shown(call, id)?)
}

/// `POST /api/v1/conduct-cases/{id}/transfer`: the case was passed on to an authority (移送).
///
/// # Errors
/// What [`transfer_case`] says.
#[utoipa::path(post, path = "/api/v1/conduct-cases/{id}/transfer", operation_id = "transfer-case", tag = "conduct",
    params(("id" = CaseId, Path, description = "The case")), request_body = TransferBody,
    responses((status = 200, description = "", body = CaseShape)))]
pub fn transfer(call: &Call) -> Answered {
    let body: TransferBody = call.json()?;
    let id = seen(call)?;
    let input = TransferCase { authority: &body.authority, on_day: body.on_day, reference: body.reference.as_deref() };
    transfer_case(&call.office, &call.actor()?, id, &input)?;
    Answer::json(&shown(call, id)?)
}
