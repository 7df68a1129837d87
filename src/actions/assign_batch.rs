//! The offers of a batch, as a person ticked them: one transaction per need, eligibility decided again on rows in each.
//!
//! A need whose offers no longer fit is left exactly as it was and reported; the others go out. Sending the same batch
//! twice finds the seats taken and offers nothing a second time.

use super::assign_expert::{AssignExpert, MOST_RESERVES, within};
use super::{ActionError, Actor, Done, Office, suggest_experts};
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::role::Right;
use crate::ids::{AssignmentId, ExpertId, NeedId, SeatId};
use serde::{Deserialize, Serialize};

/// One offer of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchOffer {
    /// Of which need.
    #[schema(value_type = String)]
    pub need_id: NeedId,
    /// Of which of its seats.
    #[schema(value_type = String)]
    pub seat: SeatId,
    /// Who is asked first.
    #[schema(value_type = String)]
    pub expert_id: ExpertId,
    /// Who is asked after, in order.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub reserves: Vec<ExpertId>,
}

/// What became of a need of the batch.
#[derive(Debug)]
pub struct Outcome {
    /// Which.
    pub need: NeedId,
    /// Its offers, or why none of them was made.
    pub offers: Result<Vec<AssignmentId>, ActionError>,
}

/// Sends the offers, need by need in the order in which they first come.
///
/// # Errors
/// [`Refusal::Invalid`] when there are none, too many, or too many reserves behind one; nothing was sent then. What one
/// need says stands in its [`Outcome`].
pub fn assign_batch(office: &Office, actor: &Actor, offers: &[BatchOffer], tomorrow: bool) -> Done<Vec<Outcome>> {
    actor.needs(Right::WorkNeeds)?;
    let most = super::plan_batch::MOST_SEATS;
    if offers.is_empty() {
        return Err(Refusal::Invalid(vec![FieldProblem::new("offers", "missing")]).into());
    }
    if offers.len() > most {
        return Err(Refusal::Invalid(vec![FieldProblem::with("offers", "too-many", most)]).into());
    }
    for (place, offer) in offers.iter().enumerate() {
        if offer.reserves.len() > MOST_RESERVES {
            let problem = FieldProblem::with(format!("offers.{place}.reserves"), "too-many", MOST_RESERVES);
            return Err(Refusal::Invalid(vec![problem]).into());
        }
    }
    let mut needs: Vec<NeedId> = Vec::new();
    for offer in offers {
        if !needs.contains(&offer.need_id) {
            needs.push(offer.need_id);
        }
    }
    let mut outcomes = Vec::with_capacity(needs.len());
    for need in needs {
        let own: Vec<&BatchOffer> = offers.iter().filter(|offer| offer.need_id == need).collect();
        outcomes.push(Outcome { need, offers: of_one_need(office, actor, need, &own, tomorrow) });
    }
    Ok(outcomes)
}

fn of_one_need(
    office: &Office,
    actor: &Actor,
    need: NeedId,
    offers: &[&BatchOffer],
    tomorrow: bool,
) -> Done<Vec<AssignmentId>> {
    let asked: Vec<ExpertId> = offers
        .iter()
        .flat_map(|offer| std::iter::once(offer.expert_id).chain(offer.reserves.iter().copied()))
        .collect();
    let frozen = suggest_experts::freeze(office, actor, need, &asked)?;
    office.write(|tx| {
        let mut made = Vec::with_capacity(offers.len());
        for offer in offers {
            let input = AssignExpert {
                expert_id: offer.expert_id,
                reserves: offer.reserves.clone(),
                seat: Some(offer.seat),
                tomorrow,
            };
            made.push(within(tx, actor, need, &input, &frozen)?);
        }
        Ok(made)
    })
}
