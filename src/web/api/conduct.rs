//! Conduct: admonition and removal cases, opened by one manager and decided by a second.

use super::shape::{ExpertName, utc};
use super::words;
use crate::actions::conduct_case::open_case;
use crate::actions::decide_case::{DecideCase, decide_case};
use crate::db;
use crate::domain::conduct::{AppealOutcome, CaseKind, CaseStage, CaseState, Decision};
use crate::domain::refusal::Refusal;
use crate::domain::standing::Standing;
use crate::ids::{AccountId, AssignmentId, CaseId, ExpertId};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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

/// A conduct case.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseShape {
    /// Id.
    pub id: CaseId,
    /// Number people read aloud: `CQ-2026-000001`.
    pub number: String,
    /// Admonition or removal.
    pub kind: CaseKind,
    /// Whose.
    pub expert: ExpertName,
    /// The expert's standing now.
    pub standing: Standing,
    /// Where the case stands.
    pub state: CaseState,
    /// In words.
    pub grounds: String,
    /// The offers it rests on.
    pub assignments: Vec<AssignmentId>,
    /// What speaks for and against, as the rows said when the case was opened.
    #[schema(value_type = Object)]
    pub evidence: serde_json::Value,
    /// Who opened it.
    pub opened_by: AccountId,
    /// When.
    pub opened_at: DateTime<Utc>,
    /// What was decided.
    pub decision: Option<Decision>,
    /// Why, in words.
    pub decision_reason: Option<String>,
    /// By whom.
    pub decided_by: Option<AccountId>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// Where exactly the case stands.
    pub stage: CaseStage,
    /// When the expert was told of it.
    pub told_at: Option<DateTime<Utc>>,
    /// The first instant too late for a statement.
    pub statement_due_at: Option<DateTime<Utc>>,
    /// Whether it was decided before the expert was heard.
    pub early: bool,
    /// When the expert was told of the decision.
    pub decision_told_at: Option<DateTime<Utc>>,
    /// The first instant too late for an appeal.
    pub appeal_due_at: Option<DateTime<Utc>>,
    /// How the appeal ended.
    pub appeal_outcome: Option<AppealOutcome>,
    /// SHA-256 of the evidence as frozen, hex.
    pub evidence_sha256: String,
}

fn shown(call: &Call, id: CaseId) -> Result<CaseShape, WebError> {
    let mut reader = call.office.read()?;
    let case = db::conduct::find(&mut reader, &id)?.ok_or(Refusal::NotFound)?;
    let expert = db::expert::find(&mut reader, &case.expert)?.ok_or(Refusal::NotFound)?;
    if !call.scope()?.covers_region(&expert.region) {
        return Err(Refusal::NotFound.into());
    }
    Ok(CaseShape {
        id: case.id,
        number: case.number,
        kind: case.kind,
        expert: ExpertName { id: expert.id, name: expert.name, firm: expert.firm },
        standing: expert.standing,
        state: case.state,
        grounds: case.grounds,
        assignments: case.assignments.get(),
        evidence: case.evidence.get(),
        opened_by: case.opened_by,
        opened_at: utc(case.opened_at),
        decision: case.decision,
        decision_reason: case.decision_reason,
        decided_by: case.decided_by,
        decided_at: case.decided_at.map(utc),
        stage: case.stage,
        told_at: case.told_at.map(utc),
        statement_due_at: case.statement_due_at.map(utc),
        early: case.early,
        decision_told_at: case.decision_told_at.map(utc),
        appeal_due_at: case.appeal_due_at.map(utc),
        appeal_outcome: case.appeal_outcome,
        evidence_sha256: case.evidence_sha256,
    })
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
    let id: CaseId = call.id("id")?;
    let decision = words::word_or_name("decision", "decision", Decision::ALL, &body.decision)?;
    let input = DecideCase { decision, reason: &body.reason, early: body.early };
    decide_case(&call.office, &call.actor()?, id, &input)?;
    Answer::json(&shown(call, id)?)
}
