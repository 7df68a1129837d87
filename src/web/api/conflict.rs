//! Conflicts of interest and the weights of the ranking: declarations, the check without exposure, waivers, weights.

use super::need::named_id;
use super::shape::NeedShape;
use crate::actions::check_conflict::{ConflictQuestion, Verdict, check_conflict};
use crate::actions::correct_opposing::correct_opposing;
use crate::actions::declare_relation::{RelationInput, declare_relation, end_relation};
use crate::actions::set_ranking::{in_force, set_ranking};
use crate::actions::waive_conflict::waive_conflict;
use crate::db;
use crate::db::relation::RelationRow;
use crate::domain::matching::{Signal, Weights};
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::ids::{ExpertId, NeedId, RelationId, WaiverId};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::reasons::as_number;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Whether an expert would conflict.
#[derive(Debug, Serialize, ToSchema)]
pub struct VerdictShape {
    /// `yes`, `no` or `ask-manager`; never why.
    pub verdict: Verdict,
}

/// A declared relation in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct RelationShape {
    /// Id.
    pub id: RelationId,
    /// To whom.
    pub name: String,
    /// Kind.
    pub kind: String,
    /// By the expert rather than the office.
    pub by_expert: bool,
    /// In a word.
    pub note: Option<String>,
    /// When.
    pub declared_at: DateTime<Utc>,
}

/// The relations of one expert.
#[derive(Debug, Serialize, ToSchema)]
pub struct RelationsShape {
    /// In force, oldest first.
    pub items: Vec<RelationShape>,
}

/// A declaration just entered; whoever may not read declarations learns its id only.
#[derive(Debug, Serialize, ToSchema)]
pub struct RelationEntered {
    /// Id.
    pub id: RelationId,
}

/// What ends a declaration: nothing more need be said, an empty object.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndingBody {}

/// Why a conflict is waived.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WaiverBody {
    /// In words.
    pub reason: String,
}

/// The other side of a need, as it should stand.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpposingBody {
    /// The opposing parties; none when left out.
    #[serde(default)]
    pub opposing_party: Option<String>,
    /// Their agents; none when left out.
    #[serde(default)]
    pub opposing_agent: Option<String>,
}

/// A waiver just granted.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaiverShape {
    /// Id.
    pub id: WaiverId,
    /// For which need.
    pub need_id: NeedId,
    /// For whom.
    pub expert_id: ExpertId,
}

/// The weights in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct RankingShape {
    /// The version: of the product's own below 10001, set in the office from there on.
    pub version: u32,
    /// Points by signal; together 100.
    pub weights: BTreeMap<&'static str, f64>,
}

/// New weights.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RankingBody {
    /// Points by signal, at most two decimals; every signal, together 100.
    pub weights: BTreeMap<String, f64>,
}

/// `POST /api/v1/experts/{id}/conflict-check`.
///
/// # Errors
/// What [`check_conflict`] says.
#[utoipa::path(post, path = "/api/v1/experts/{id}/conflict-check", operation_id = "check-conflict", tag = "experts",
    params(("id" = ExpertId, Path, description = "The expert")), request_body = ConflictQuestion,
    responses((status = 200, description = "", body = VerdictShape)))]
pub fn check(call: &Call) -> Answered {
    let question: ConflictQuestion = call.json()?;
    let verdict = check_conflict(&call.office, &call.actor()?, call.id("id")?, &question)?;
    Answer::json(&VerdictShape { verdict })
}

/// `GET /api/v1/experts/{id}/relations`.
///
/// # Errors
/// [`Refusal::NotFound`].
#[utoipa::path(get, path = "/api/v1/experts/{id}/relations", operation_id = "list-relations", tag = "experts",
    params(("id" = ExpertId, Path, description = "The expert")),
    responses((status = 200, description = "", body = RelationsShape)))]
pub fn relations(call: &Call) -> Answered {
    let id: ExpertId = call.id("id")?;
    let mut reader = call.office.read()?;
    db::expert::find(&mut reader, &id)?
        .filter(|row| call.scope().is_ok_and(|scope| scope.covers_region(&row.region)))
        .ok_or(Refusal::NotFound)?;
    let rows = db::relation::in_force(&mut reader, Some(id))?;
    Answer::json(&RelationsShape { items: rows.into_iter().map(told).collect() })
}

fn told(row: RelationRow) -> RelationShape {
    RelationShape {
        id: row.id,
        name: row.name,
        kind: row.kind.as_str().to_owned(),
        by_expert: row.declared_by == "expert",
        note: row.note,
        declared_at: row.declared_at.and_utc(),
    }
}

/// `POST /api/v1/experts/{id}/relations`.
///
/// # Errors
/// What [`declare_relation`] says.
#[utoipa::path(post, path = "/api/v1/experts/{id}/relations", operation_id = "declare-relation", tag = "experts",
    params(("id" = ExpertId, Path, description = "The expert")), request_body = RelationInput,
    responses((status = 201, description = "", body = RelationEntered)))]
pub fn declare(call: &Call) -> Answered {
    let input: RelationInput = call.json()?;
    let expert: ExpertId = call.id("id")?;
    let id = declare_relation(&call.office, &call.actor()?, expert, &input)?;
    Answer::created(&format!("/api/v1/experts/{expert}/relations"), &RelationEntered { id })
}

/// `POST /api/v1/relations/{id}/ending`.
///
/// # Errors
/// What [`end_relation`] says.
#[utoipa::path(post, path = "/api/v1/relations/{id}/ending", operation_id = "end-relation", tag = "experts",
    params(("id" = RelationId, Path, description = "The declaration")), request_body = EndingBody,
    responses((status = 200, description = "", body = RelationEntered)))]
pub fn end(call: &Call) -> Answered {
    let EndingBody {} = call.json()?;
    let id: RelationId = call.id("id")?;
    end_relation(&call.office, &call.actor()?, id)?;
    Answer::json(&RelationEntered { id })
}

/// `POST /api/v1/needs/{id}/candidates/{expert_id}/waiver`.
///
/// # Errors
/// What [`waive_conflict`] says.
#[utoipa::path(post, path = "/api/v1/needs/{id}/candidates/{expert_id}/waiver", operation_id = "waive-conflict", tag = "needs",
    params(("id" = String, Path, description = "Id or number"), ("expert_id" = ExpertId, Path, description = "The expert")),
    request_body = WaiverBody, responses((status = 201, description = "", body = WaiverShape)))]
pub fn waive(call: &Call) -> Answered {
    let body: WaiverBody = call.json()?;
    let need_id = named_id(call)?;
    let expert_id: ExpertId = call.id("expert_id")?;
    let id = waive_conflict(&call.office, &call.actor()?, need_id, expert_id, &body.reason)?;
    Answer::created(&format!("/api/v1/needs/{need_id}/candidates/{expert_id}"), &WaiverShape { id, need_id, expert_id })
}

/// `POST /api/v1/needs/{id}/opposing`.
///
/// # Errors
/// What [`correct_opposing`] says.
#[utoipa::path(post, path = "/api/v1/needs/{id}/opposing", operation_id = "correct-opposing", tag = "needs",
    params(("id" = String, Path, description = "Id or number")), request_body = OpposingBody,
    responses((status = 200, description = "", body = NeedShape)))]
pub fn opposing(call: &Call) -> Answered {
    let body: OpposingBody = call.json()?;
    let id = named_id(call)?;
    let (party, agent) = (body.opposing_party.as_deref(), body.opposing_agent.as_deref());
    correct_opposing(&call.office, &call.actor()?, id, party, agent)?;
    Answer::json(&super::need::shown(call, id)?)
}

fn shape(weights: &Weights) -> RankingShape {
    let points = Signal::ALL.iter().map(|signal| (signal.as_str(), as_number(weights.of(*signal))));
    RankingShape { version: weights.version(), weights: points.collect() }
}

/// `GET /api/v1/ranking`.
///
/// # Errors
/// A fault.
#[utoipa::path(get, path = "/api/v1/ranking", operation_id = "show-ranking", tag = "needs",
    responses((status = 200, description = "", body = RankingShape)))]
pub fn ranking(call: &Call) -> Answered {
    Answer::json(&shape(&in_force(&mut *call.office.read()?)?))
}

/// `POST /api/v1/ranking`.
///
/// # Errors
/// What [`set_ranking`] says.
#[utoipa::path(post, path = "/api/v1/ranking", operation_id = "set-ranking", tag = "needs", request_body = RankingBody,
    responses((status = 200, description = "", body = RankingShape)))]
pub fn set(call: &Call) -> Answered {
    let body: RankingBody = call.json()?;
    let mut problems = Vec::new();
    let mut hundredths = [0; Signal::ALL.len()];
    for (signal, weight) in Signal::ALL.iter().zip(&mut hundredths) {
        match body.weights.get(signal.as_str()).map(|points| in_hundredths(*points)) {
            Some(Some(figure)) => *weight = figure,
            Some(None) => problems.push(FieldProblem::new(format!("weights.{signal}"), "not-a-number")),
            None => problems.push(FieldProblem::new(format!("weights.{signal}"), "missing")),
        }
    }
    for name in body.weights.keys().filter(|name| name.parse::<Signal>().is_err()) {
        problems.push(FieldProblem::new(format!("weights.{name}"), "unknown-field"));
    }
    if !problems.is_empty() {
        return Err(Refusal::Invalid(problems).into());
    }
    Answer::json(&shape(&set_ranking(&call.office, &call.actor()?, hundredths)?))
}

/// Points as hundredths; none for more than two decimals or beyond 100.
fn in_hundredths(points: f64) -> Option<i32> {
    let hundredths = (points * 100.0).round();
    let exact = (points * 100.0 - hundredths).abs() < 1e-6 && (-10_000.0..=10_000.0).contains(&hundredths);
    exact.then_some(hundredths as i32)
}
