//! Who fits a need, and why: the ranking in words and figures.
//!
//! Points are hundredths on the inside and numbers with at most two decimals here, so that the contributions of a
//! candidate add up to the score exactly. `value` is 0 to 1, `weight` the points the signal can give at most.

use super::need::named_id;
use super::paging;
use super::words::region_name;
use crate::actions::assign_expert::{AssignExpert, assign_expert, assign_seats};
use crate::actions::expert_pool::ExpertBrief;
use crate::actions::suggest_experts::{Dropped, Suggested, WhyExpert, suggest_experts, why_expert};
use crate::domain::answer_rule::predicted_chain;
use crate::domain::matching::Signal;
use crate::ids::ExpertId;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::error::WebError;
use crate::web::reasons::{Teller, as_number};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::time::Instant;
use utoipa::{IntoParams, ToSchema};

/// The most candidates told at once.
const MOST: u32 = 100;

/// How many.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CandidatesQuery {
    /// How many, 1 to 100; 10 when left out.
    #[serde(default)]
    pub limit: Option<u32>,
}

/// An expert as the ranking names them; no contact data.
#[derive(Debug, Serialize, ToSchema)]
pub struct CandidateExpert {
    /// Id.
    pub id: ExpertId,
    /// Name.
    pub name: String,
    /// Employer.
    pub firm: String,
    /// Home region by name.
    pub region: String,
    /// The same by code.
    pub region_code: String,
    /// Years of practice.
    pub years: i32,
    /// Kinds of qualification on file.
    pub qualifications: Vec<String>,
}

/// One signal's part in a score.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReasonShape {
    /// Which signal.
    #[schema(schema_with = signal_names)]
    pub signal: &'static str,
    /// How strongly it speaks for the expert, 0 to 1.
    pub value: f64,
    /// What it can give at most, in points.
    pub weight: f64,
    /// What it gives, in points.
    pub contribution: f64,
    /// Why, in the language asked for.
    pub text: String,
}

fn signal_names() -> utoipa::openapi::schema::Object {
    utoipa::openapi::ObjectBuilder::new()
        .schema_type(utoipa::openapi::schema::Type::String)
        .enum_values(Some(Signal::ALL.iter().map(|signal| signal.as_str().to_owned())))
        .build()
}

/// Somebody who may be asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct CandidateShape {
    /// Who.
    pub expert: CandidateExpert,
    /// Points, at most 100: the sum of the contributions.
    pub score: f64,
    /// Every signal, in a fixed order.
    pub reasons: Vec<ReasonShape>,
    /// Kilometres to the place of service, one decimal; `null` where a place is unknown.
    pub distance_km: Option<f64>,
    /// Place in the whole order, from 1; told for one expert only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<usize>,
}

/// Somebody a rule drops.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExcludedShape {
    /// Who.
    pub expert: CandidateExpert,
    /// The rule's code.
    #[schema(schema_with = rule_codes)]
    pub rule: &'static str,
    /// Why, in the language asked for.
    pub text: String,
}

fn rule_codes() -> utoipa::openapi::schema::Object {
    utoipa::openapi::ObjectBuilder::new()
        .schema_type(utoipa::openapi::schema::Type::String)
        .enum_values(Some(crate::domain::matching::Exclusion::CODES))
        .build()
}

/// Who fits.
#[derive(Debug, Serialize, ToSchema)]
pub struct CandidatesShape {
    /// Who may be asked, best first.
    pub candidates: Vec<CandidateShape>,
    /// Who would be near the top but may not be asked.
    pub excluded: Vec<ExcludedShape>,
    /// By when somebody will have answered at the latest, if the best of the list are asked now with the usual number
    /// of reserves; `null` when nobody may be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predicted: Option<PredictedShape>,
    /// How many each rule dropped, in all; empty when one expert is asked about.
    pub excluded_counts: Vec<RuleCount>,
    /// How long the ranking took, milliseconds.
    pub took_ms: f64,
}

/// The deadlines of a chain if nobody answers before the last moment.
#[derive(Debug, Serialize, ToSchema)]
pub struct PredictedShape {
    /// The latest instant by which somebody has accepted or the chain has ended.
    pub latest_answer_at: DateTime<Utc>,
    /// Whether a year's holidays are still missing: it may move later.
    pub provisional: bool,
    /// Each one's turn.
    pub turns: Vec<TurnShape>,
}

/// One turn of a chain.
#[derive(Debug, Serialize, ToSchema)]
pub struct TurnShape {
    /// When the letter leaves.
    pub notified_at: DateTime<Utc>,
    /// The first instant that is too late.
    pub answer_due_at: DateTime<Utc>,
}

/// The chain of that many people, if the first letter leaves now.
fn predicted(call: &Call, people: usize) -> Result<Option<PredictedShape>, WebError> {
    let policy = call.office.policy()?;
    let reserves = usize::try_from(policy.reserves).unwrap_or(usize::MAX);
    let dates = predicted_chain(
        people.min(reserves.saturating_add(1)),
        call.now,
        policy.counting_rule,
        policy.waking_hours_floor,
        &call.office.calendar(),
    );
    Ok(dates.last().map(|last| PredictedShape {
        latest_answer_at: last.due_at,
        provisional: dates.iter().any(|date| date.provisional),
        turns: dates
            .iter()
            .map(|date| TurnShape { notified_at: date.notified_at, answer_due_at: date.due_at })
            .collect(),
    }))
}

/// Whom to ask for all free seats at once.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OffersBody {
    /// In order: one for each free seat, the rest are reserves of them all.
    pub experts: Vec<ExpertId>,
    /// 「明日 8:00 发出」 instead of at once.
    #[serde(default)]
    pub tomorrow: bool,
}

/// How many a rule dropped.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleCount {
    /// The rule's code.
    #[schema(schema_with = rule_codes)]
    pub rule: &'static str,
    /// How many.
    pub count: u32,
    /// The rule in a few words, in the language asked for.
    pub text: String,
}

pub(super) fn expert(brief: &ExpertBrief) -> CandidateExpert {
    CandidateExpert {
        id: brief.id,
        name: brief.name.clone(),
        firm: brief.firm.clone(),
        region: region_name(&brief.region),
        region_code: brief.region.clone(),
        years: brief.years,
        qualifications: brief.qualifications.clone(),
    }
}

pub(super) fn candidate(teller: &Teller<'_>, one: Suggested, with_place: bool) -> CandidateShape {
    let mut reasons = Vec::with_capacity(one.reasons.len());
    for reason in &one.reasons {
        reasons.push(ReasonShape {
            signal: reason.signal.as_str(),
            value: f64::from(reason.value) / 1000.0,
            weight: as_number(reason.weight),
            contribution: as_number(reason.contribution),
            text: teller.reason(reason),
        });
    }
    CandidateShape {
        expert: expert(&one.expert),
        score: as_number(one.score),
        reasons,
        distance_km: one.distance_metres.map(|metres| f64::from((metres + 50) / 100) / 10.0),
        place: with_place.then_some(one.place),
    }
}

fn excluded(teller: &Teller<'_>, one: Dropped) -> ExcludedShape {
    ExcludedShape { text: teller.excluded(&one.rule), rule: one.rule.code(), expert: expert(&one.expert) }
}

fn took(since: Instant) -> f64 {
    (since.elapsed().as_secs_f64() * 10_000.0).round() / 10.0
}

/// `GET /api/v1/needs/{id}/candidates`.
///
/// # Errors
/// [`crate::domain::refusal::Refusal::NotFound`].
#[utoipa::path(get, path = "/api/v1/needs/{id}/candidates", operation_id = "suggest-experts", tag = "needs",
    params(("id" = String, Path, description = "Id or number"), CandidatesQuery),
    responses((status = 200, description = "", body = CandidatesShape)))]
pub fn list(call: &Call) -> Answered {
    let query: CandidatesQuery = call.query()?;
    let limit = paging::limit(query.limit, 10, MOST)?;
    let id = named_id(call)?;
    let since = Instant::now();
    let shortlist = suggest_experts(&call.office, &call.actor()?, id, limit)?;
    let took_ms = took(since);
    let teller = Teller::new(call.l, &shortlist.industries);
    Answer::json(&CandidatesShape {
        predicted: predicted(call, shortlist.eligible)?,
        candidates: shortlist.candidates.into_iter().map(|one| candidate(&teller, one, false)).collect(),
        excluded: shortlist.excluded.into_iter().map(|one| excluded(&teller, one)).collect(),
        excluded_counts: shortlist
            .counts
            .iter()
            .map(|(rule, count)| RuleCount { rule, count: *count, text: call.l.t(&format!("excluded-{rule}-tag")) })
            .collect(),
        took_ms,
    })
}

/// `GET /api/v1/needs/{id}/candidates/{expert_id}`.
///
/// # Errors
/// [`crate::domain::refusal::Refusal::NotFound`].
#[utoipa::path(get, path = "/api/v1/needs/{id}/candidates/{expert_id}", operation_id = "why-expert", tag = "needs",
    params(("id" = String, Path, description = "Id or number"), ("expert_id" = ExpertId, Path, description = "The expert")),
    responses((status = 200, description = "", body = CandidatesShape)))]
pub fn show(call: &Call) -> Answered {
    let id = named_id(call)?;
    let expert: ExpertId = call.id("expert_id")?;
    let since = Instant::now();
    let (why, industries, _) = why_expert(&call.office, &call.actor()?, id, expert)?;
    let took_ms = took(since);
    let teller = Teller::new(call.l, &industries);
    let mut shape = CandidatesShape {
        candidates: Vec::new(),
        excluded: Vec::new(),
        predicted: None,
        excluded_counts: Vec::new(),
        took_ms,
    };
    match why {
        WhyExpert::Ranked(one) => shape.candidates.push(candidate(&teller, *one, true)),
        WhyExpert::Excluded(one) => shape.excluded.push(excluded(&teller, *one)),
    }
    Answer::json(&shape)
}

/// `POST /api/v1/needs/{id}/assignments`.
///
/// # Errors
/// What [`assign_expert`] says.
#[utoipa::path(post, path = "/api/v1/needs/{id}/assignments", operation_id = "assign-expert", tag = "assignments",
    params(("id" = String, Path, description = "Id or number")), request_body = AssignExpert,
    responses((status = 201, description = "", body = super::shape::AssignmentShape)))]
pub fn assign(call: &Call) -> Answered {
    let input: AssignExpert = call.json()?;
    let need = named_id(call)?;
    let id = assign_expert(&call.office, &call.actor()?, need, &input)?;
    Answer::created(&format!("/api/v1/assignments/{id}"), &super::assignment::shown(call, id)?)
}

/// `POST /api/v1/needs/{id}/offers`.
///
/// # Errors
/// What [`assign_seats`] says.
#[utoipa::path(post, path = "/api/v1/needs/{id}/offers", operation_id = "assign-seats", tag = "assignments",
    params(("id" = String, Path, description = "Id or number")), request_body = OffersBody,
    responses((status = 201, description = "", body = super::shape::NeedShape)))]
pub fn assign_all(call: &Call) -> Answered {
    let input: OffersBody = call.json()?;
    let need = named_id(call)?;
    assign_seats(&call.office, &call.actor()?, need, &input.experts, input.tomorrow)?;
    Answer::created(&format!("/api/v1/needs/{need}"), &super::need::shown(call, need)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::matching::{Reason, ReasonText};
    use crate::i18n::{L, Lang};
    use crate::ids::uuid_v7;
    use utoipa::PartialSchema;

    #[test]
    fn contributions_add_up_to_the_score_as_written() {
        let reason = |signal, contribution| Reason {
            signal,
            value: 333,
            weight: 1_000,
            contribution,
            text: ReasonText::DutyNone,
        };
        let one = Suggested {
            expert: std::sync::Arc::new(ExpertBrief {
                id: ExpertId::from_minted(uuid_v7(1, &[1; 10])),
                name: "顾明岚".into(),
                firm: "某所".into(),
                region: "110108".into(),
                years: 9,
                qualifications: vec!["专利代理师".into()],
            }),
            place: 3,
            score: 333 + 110 + 7,
            reasons: vec![reason(Signal::Service, 333), reason(Signal::Industry, 110), reason(Signal::Text, 7)],
            sentence: Vec::new(),
            distance_metres: Some(3_149),
            month: (0, 4),
            open: 0,
            median_hours: None,
        };
        let told = candidate(&Teller::new(L(Lang::Zh), &[]), one, true);
        let written: i64 = told.reasons.iter().map(|reason| (reason.contribution * 100.0).round() as i64).sum();
        assert_eq!(written, (told.score * 100.0).round() as i64);
        let json = serde_json::to_value(&told).expect("writes");
        assert_eq!((json["score"].to_string(), json["distance_km"].to_string()), ("4.5".into(), "3.1".into()));
        assert_eq!(
            (json["reasons"][0]["value"].to_string(), json["expert"]["region"].as_str()),
            ("0.333".into(), Some("海淀区"))
        );
    }

    #[test]
    fn the_document_names_every_signal_and_rule() {
        let text = serde_json::to_string(&(CandidateShape::schema(), ReasonShape::schema(), ExcludedShape::schema()))
            .expect("writes");
        for code in Signal::ALL.iter().map(|signal| signal.as_str()).chain(crate::domain::matching::Exclusion::CODES) {
            assert!(text.contains(&format!("\"{code}\"")), "{code}");
        }
    }
}
