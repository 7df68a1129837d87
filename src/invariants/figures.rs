//! I11, I12: the figures say how the offers ended, and a breach stands only against somebody who was told.

use super::Findings;
use super::Invariant;
use super::dossier::Dossier;
use super::dossier::Offer;
use crate::domain::assignment::AssignmentState;
use crate::domain::assignment::OfferOutcome;

pub(super) fn judge(dossier: &Dossier, findings: &mut Findings) {
    for offer in &dossier.offers {
        let counted: Vec<OfferOutcome> =
            dossier.facts.iter().filter(|fact| fact.assignment == offer.id).map(|fact| fact.outcome).collect();
        let fits = match expected(offer) {
            Some(outcome) => counted == [outcome],
            // Waiting, or opened again after its letter came back.
            None => counted.is_empty() || (offer.round > 1 && counted == [OfferOutcome::Undelivered]),
        };
        if !fits {
            let why = format!("{}, late {}, counted as {counted:?}", offer.state, offer.late);
            findings.add(Invariant::FiguresAgree, &offer.number, why);
        }
        let breach = dossier.breaches.contains(&offer.id);
        if breach && !is_breach(offer) {
            let why = format!("a breach stands: {}, told {:?}, late {}", offer.state, offer.notified_at, offer.late);
            findings.add(Invariant::BreachWithNotice, &offer.number, why);
        }
    }
}

/// How the offer counts now; `None` while it waits.
fn expected(offer: &Offer) -> Option<OfferOutcome> {
    if offer.first_answer.is_some() {
        return Some(if offer.late { OfferOutcome::Late } else { OfferOutcome::OnTime });
    }
    match offer.state {
        // It ran out before a deadline that moved later afterwards, for an outage or a notice: nobody's silence.
        AssignmentState::Lapsed if offer.ended_at.is_some() && offer.answer_due_at > offer.ended_at => {
            Some(OfferOutcome::Void)
        }
        AssignmentState::Lapsed => Some(OfferOutcome::Lapsed),
        AssignmentState::Undelivered => Some(OfferOutcome::Undelivered),
        AssignmentState::Void => Some(OfferOutcome::Void),
        _ => None,
    }
}

/// Whether the offer ran out against somebody who had been told: nothing else is a breach.
fn is_breach(offer: &Offer) -> bool {
    let ran_out = offer.state == AssignmentState::Lapsed || offer.late;
    offer.notified_at.is_some() && offer.answer_due_at.is_some() && ran_out
}
