//! What is kept of a ranking with each offer: its inputs, the order's hash, and the reasons of those who are asked.

use super::{SIXTEEN_KILOBYTES, surveyed};
use crate::actions::{ActionError, Actor, Done, Fault, Office};
use crate::domain::matching::{self, FrozenQuery, FrozenRanking, Together, frozen_reasons};
use crate::ids::{ExpertId, NeedId};
use crate::seal::fingerprint;
use crate::search::analyzer::text_version;

/// The inputs of the ranking as they are frozen with an offer, with those asked in it; their reasons as far as there is room.
///
/// # Errors
/// As [`suggest_experts`](super::suggest_experts).
pub fn freeze(office: &Office, actor: &Actor, id: NeedId, asked: &[ExpertId]) -> Done<serde_json::Value> {
    surveyed(office, actor, id, None, |survey, need| {
        let together = survey.together;
        let query = FrozenQuery {
            services: need.services.get(),
            industries: need.industries.get(),
            region: Some(need.region.clone()),
            terms: together.query.words(),
            text_version: text_version().to_owned(),
        };
        let ranking = matching::ranking(survey);
        let mut frozen = matching::frozen(
            survey.need,
            survey.roster.candidates(),
            |slot| together.facts(slot),
            survey.weights,
            &ranking,
            asked,
            query,
        );
        for slot in together.waived.keys() {
            frozen.waived.extend(survey.roster.get(*slot).map(|one| (one.id, "conflict-waived".to_owned())));
        }
        frozen.order_sha256 = fingerprint(ranking.order_text().as_bytes());
        let mut left = SIXTEEN_KILOBYTES.saturating_sub(bytes(&frozen)?);
        for expert in asked {
            let Some(slot) = together.pool.slot(*expert) else { continue };
            let Some(candidate) = survey.roster.get(slot) else { continue };
            let facts = together.facts_in_words(slot);
            let reasons = matching::explain(survey.need, candidate, &facts, survey.weights, &survey.peers);
            let kept = (*expert, frozen_reasons(&reasons, &together.pool.industries));
            let Some(rest) = left.checked_sub(bytes(&kept)? + 1) else { break };
            left = rest;
            frozen.reasons.push(kept);
        }
        value(&frozen)
    })
}

fn bytes(value: &impl serde::Serialize) -> Done<usize> {
    serde_json::to_vec(value).map(|text| text.len()).map_err(|error| ActionError::Fault(Fault::new(error)))
}

fn value(frozen: &FrozenRanking) -> Done<serde_json::Value> {
    serde_json::to_value(frozen).map_err(|error| ActionError::Fault(Fault::new(error)))
}
