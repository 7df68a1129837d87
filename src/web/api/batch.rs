//! Several open needs assigned together: a plan that writes nothing, and the offers of one.

use super::candidate::{CandidateExpert, CandidateShape, candidate, expert};
use super::shape::{AssignmentShape, NeedName};
use crate::actions::assign_batch::{BatchOffer, assign_batch};
use crate::actions::plan_batch::{BatchNeed, BatchPlan, BatchSeat, Gap, Pinned, PlanBatch, plan_batch};
use crate::actions::suggest_experts::Suggested;
use crate::actions::{ActionError, Done};
use crate::db;
use crate::domain::catalogue;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::ids::{AssignmentId, ExpertId, NeedId, SeatId};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::reasons::{Teller, as_number};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::ToSchema;

/// Which needs to plan together.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchInput {
    /// Ids or numbers, at most 100.
    pub needs: Vec<String>,
    /// Seats that are decided already.
    #[serde(default)]
    pub pinned: Vec<Pinned>,
    /// Reserves behind every seat, at most 10; the policy's number when left out.
    #[serde(default)]
    pub reserves: Option<usize>,
}

/// Which offers to send.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchOffersInput {
    /// The offers.
    pub offers: Vec<BatchOffer>,
    /// The letters leave tomorrow at 08:00 instead of at once.
    #[serde(default)]
    pub tomorrow: bool,
}

/// A reserve with their points for the need.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchReserveShape {
    /// Who.
    pub expert: CandidateExpert,
    /// Points.
    pub score: f64,
}

/// Somebody who ranks above the one proposed.
#[derive(Debug, Serialize, ToSchema)]
pub struct PassedShape {
    /// Who.
    pub expert: CandidateExpert,
    /// The needs of the batch they are given; empty when what they carry speaks against it.
    pub given: Vec<NeedName>,
}

/// How many experts a rule drops.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleCountShape {
    /// The rule's code.
    pub rule: &'static str,
    /// How many.
    pub number: u32,
}

/// Why nobody is proposed for a seat.
#[derive(Debug, Serialize, ToSchema)]
pub struct GapShape {
    /// `nobody-may-be-asked`, `nobody-knows`, `everybody-full`, `same-need` or `other-side`.
    pub why: &'static str,
    /// The same in the language asked for.
    pub text: String,
    /// With `nobody-may-be-asked`: how many each rule drops.
    pub rules: Vec<RuleCountShape>,
    /// With `everybody-full`: one more place for any of these would cover the seat.
    pub would_cover: Vec<CandidateExpert>,
}

/// One seat of the plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchSeatShape {
    /// Its need.
    pub need: NeedName,
    /// The seat.
    pub seat: SeatId,
    /// From 1.
    pub position: i32,
    /// Who is proposed, with every reason; `null` for nobody.
    pub candidate: Option<CandidateShape>,
    /// Whether it was decided already.
    pub pinned: bool,
    /// Who stands behind, in order.
    pub reserves: Vec<BatchReserveShape>,
    /// Those who rank above the one proposed, at most three.
    pub passed: Vec<PassedShape>,
    /// Why nobody is proposed.
    pub gap: Option<GapShape>,
}

/// The plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchShape {
    /// Every free seat.
    pub seats: Vec<BatchSeatShape>,
    /// How many somebody is proposed for.
    pub covered: usize,
    /// Numbers of needs without a free seat, passed over.
    pub full: Vec<String>,
    /// Recognises the plan.
    pub fingerprint: String,
}

/// A need none of whose offers was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchRefusalShape {
    /// Which.
    pub need_id: NeedId,
    /// The code of the refusal; `fault` when the machine broke.
    pub code: &'static str,
    /// With `not-eligible`: the rule.
    pub rule: Option<&'static str>,
    /// The same in the language asked for.
    pub text: String,
}

/// What became of the offers.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchOutcomeShape {
    /// The offers made.
    pub assignments: Vec<AssignmentShape>,
    /// The needs left as they were.
    pub refused: Vec<BatchRefusalShape>,
}

/// `POST /api/v1/batches`.
///
/// # Errors
/// What [`plan_batch`] says.
#[utoipa::path(post, path = "/api/v1/batches", operation_id = "plan-batch", tag = "assignments", request_body = BatchInput,
    responses((status = 200, description = "", body = BatchShape)))]
pub fn plan(call: &Call) -> Answered {
    let body: BatchInput = call.json()?;
    let input = PlanBatch { needs: ids(call, &body.needs)?, pinned: body.pinned, reserves: body.reserves };
    let plan = plan_batch(&call.office, &call.actor()?, &input)?;
    let teller = Teller::new(call.l, &plan.industries);
    let seats = plan.seats.iter().filter_map(|seat| shaped(&teller, &plan, seat)).collect();
    Answer::json(&BatchShape {
        seats,
        covered: plan.covered(),
        fingerprint: format!("{:016x}", plan.fingerprint),
        full: plan.full,
    })
}

/// Needs by id or number, in the order given.
fn ids(call: &Call, names: &[String]) -> Result<Vec<NeedId>, WebError> {
    let mut reader = call.office.read()?;
    let mut ids = Vec::with_capacity(names.len());
    let mut problems = Vec::new();
    for (place, name) in names.iter().enumerate().take(crate::actions::plan_batch::MOST_NEEDS + 1) {
        let id = match name.parse::<NeedId>() {
            Ok(id) => Some(id),
            Err(_) => db::need::by_number(&mut reader, &name.to_uppercase())?.map(|row| row.id),
        };
        match id {
            Some(id) => ids.push(id),
            None => problems.push(FieldProblem::with(format!("needs.{place}"), "not-known", name)),
        }
    }
    if problems.is_empty() { Ok(ids) } else { Err(Refusal::Invalid(problems).into()) }
}

fn shaped(teller: &Teller<'_>, plan: &BatchPlan, seat: &BatchSeat) -> Option<BatchSeatShape> {
    let need = plan.needs.get(seat.need)?;
    let name = |need: &BatchNeed| NeedName { id: need.row.id, number: need.row.number.clone() };
    let reserve = |one: &Suggested| BatchReserveShape { expert: expert(&one.expert), score: as_number(one.score) };
    let passed = seat.passed.iter().filter_map(|one| {
        let given = plan.needs.iter().filter(|other| one.given.contains(&other.row.id)).map(name).collect();
        Some(PassedShape { expert: expert(&need.candidate_of(&seat.seat, one.expert)?.expert), given })
    });
    Some(BatchSeatShape {
        need: name(need),
        seat: seat.seat.id,
        position: seat.seat.position,
        candidate: seat
            .chosen
            .and_then(|id| need.candidate_of(&seat.seat, id))
            .map(|one| candidate(teller, one.clone(), true)),
        pinned: seat.pinned,
        reserves: seat.reserves.iter().filter_map(|id| need.candidate_of(&seat.seat, *id)).map(reserve).collect(),
        passed: passed.collect(),
        gap: seat.gap.as_ref().map(|gap| gap_shape(teller, plan, need, gap)),
    })
}

fn gap_shape(teller: &Teller<'_>, plan: &BatchPlan, need: &BatchNeed, gap: &Gap) -> GapShape {
    let l = teller.l;
    let brief = |id: &ExpertId| plan.needs.iter().find_map(|other| other.candidate(*id)).map(|one| one.expert.clone());
    match gap {
        Gap::NobodyMayBeAsked(rules) => GapShape {
            why: "nobody-may-be-asked",
            text: l.t("batch-gap-nobody"),
            rules: rules.iter().map(|(rule, number)| RuleCountShape { rule, number: *number }).collect(),
            would_cover: Vec::new(),
        },
        Gap::EverybodyFull(full) => {
            let people: Vec<_> = full.iter().filter_map(brief).collect();
            let names: Vec<&str> = people.iter().take(6).map(|one| one.name.as_str()).collect();
            let args = [("n", full.len().to_string()), ("names", l.list(&names))];
            let text = l.a("batch-gap-full", &[("n", &args[0].1), ("names", &args[1].1)]);
            let would_cover = people.iter().map(|one| expert(one)).collect();
            GapShape { why: "everybody-full", text, rules: Vec::new(), would_cover }
        }
        Gap::SameNeed => GapShape {
            why: "same-need",
            text: l.a("batch-gap-same", &[("n", &need.eligible.to_string())]),
            rules: Vec::new(),
            would_cover: Vec::new(),
        },
        Gap::OtherSide => GapShape {
            why: "other-side",
            text: l.t("batch-gap-other-side"),
            rules: Vec::new(),
            would_cover: Vec::new(),
        },
        Gap::NobodyKnows(slug) => {
            let item = catalogue::by_slug(slug).map_or(slug.as_str(), |item| l.pick(item.zh, item.en));
            let text = l.a("batch-gap-nobody-knows", &[("item", item)]);
            GapShape { why: "nobody-knows", text, rules: Vec::new(), would_cover: Vec::new() }
        }
    }
}

/// `POST /api/v1/batches/offers`.
///
/// # Errors
/// What [`assign_batch`] says of the batch as a whole.
#[utoipa::path(post, path = "/api/v1/batches/offers", operation_id = "assign-batch", tag = "assignments",
    request_body = BatchOffersInput, responses((status = 200, description = "", body = BatchOutcomeShape)))]
pub fn offers(call: &Call) -> Answered {
    let body: BatchOffersInput = call.json()?;
    let outcomes = assign_batch(&call.office, &call.actor()?, &body.offers, body.tomorrow)?;
    let mut made: Vec<AssignmentId> = Vec::new();
    let mut refused = Vec::new();
    for outcome in outcomes {
        match refusal(call, &outcome.offers) {
            None => made.extend(outcome.offers.unwrap_or_default()),
            Some((code, rule, text)) => {
                refused.push(BatchRefusalShape { need_id: outcome.need, code, rule, text });
            }
        }
    }
    let mut reader = call.office.read()?;
    let mut rows: HashMap<AssignmentId, _> = HashMap::new();
    for id in &made {
        if let Some(row) = db::assignment::find(&mut reader, id)? {
            rows.insert(*id, row);
        }
    }
    let rows = made.iter().filter_map(|id| rows.remove(id)).collect();
    Answer::json(&BatchOutcomeShape { assignments: super::assembly::assignments(&mut reader, call.l, rows)?, refused })
}

/// Code, rule and sentence of what a need said.
fn refusal(call: &Call, made: &Done<Vec<AssignmentId>>) -> Option<(&'static str, Option<&'static str>, String)> {
    let l = call.l;
    match made {
        Ok(_) => None,
        Err(ActionError::Refused(refusal)) => {
            let rule = if let Refusal::NotEligible(rule) = refusal { Some(*rule) } else { None };
            let text = match rule {
                Some(rule) => l.a("need-plan-not-eligible", &[("rule", &l.t(&format!("excluded-{rule}-tag")))]),
                None => l.t(&format!("refused-{}-text", refusal.code())),
            };
            Some((refusal.code(), rule, text))
        }
        Err(ActionError::Fault(fault)) => {
            tracing::error!(%fault, "an offer of a batch could not be made");
            Some(("fault", None, l.t("batch-broken")))
        }
    }
}
