//! I1, I2, I5: a need is kept, its seats say what its offers say, nobody is asked twice, and silence is a person's task.

use super::Findings;
use super::Invariant;
use super::Look;
use super::dossier::Dossier;
use super::dossier::Offer;
use crate::domain::assignment::AssignmentState;
use crate::domain::event::Event;
use crate::domain::need::NeedState;
use crate::domain::need::ReserveState;
use crate::domain::need::SeatState;
use crate::domain::need::state_from_seats;
use crate::ids::ExpertId;
use chrono::TimeDelta;
use std::collections::BTreeSet;

pub(super) fn judge(dossier: &Dossier, look: &Look<'_>, findings: &mut Findings) {
    kept(dossier, findings);
    seats(dossier, findings);
    asked(dossier, findings);
    told(dossier, look, findings);
}

fn kept(dossier: &Dossier, findings: &mut Findings) {
    let begins = dossier.trail.first().is_some_and(|row| row.event == Event::NeedSubmitted.as_str());
    if !begins {
        findings.add(Invariant::NeedKept, &dossier.need.number, "its trail does not begin with its submission");
    }
    if dossier.seats.is_empty() {
        findings.add(Invariant::NeedKept, &dossier.need.number, "it has no seat");
    }
}

fn seats(dossier: &Dossier, findings: &mut Findings) {
    let is_open = dossier.need.state.is_open();
    for seat in &dossier.seats {
        let count = |wanted: &dyn Fn(&Offer) -> bool| {
            dossier.offers.iter().filter(|offer| offer.seat == seat.id && wanted(offer)).count()
        };
        let open = count(&|offer| offer.state == AssignmentState::Offered);
        let taken = count(&|offer| offer.state == AssignmentState::Accepted);
        let done = count(&|offer| offer.state == AssignmentState::Done);
        if open > 1 {
            findings.add(Invariant::OnePerSeat, &dossier.need.number, format!("{open} open offers for one seat"));
        }
        if taken + done > 1 {
            findings.add(Invariant::OnePerSeat, &dossier.need.number, format!("{} takers of one seat", taken + done));
        }
        if !is_open && open > 0 {
            findings.add(Invariant::OnePerSeat, &dossier.need.number, "an open offer although the need is closed");
        }
        let expected = match (open, taken, done) {
            (0, 0, 0) => SeatState::Free,
            (0, 0, _) => SeatState::Done,
            (0, _, _) => SeatState::Taken,
            (_, 0, 0) => SeatState::Offered,
            _ => {
                findings.add(Invariant::OnePerSeat, &dossier.need.number, "offered although it is taken");
                continue;
            }
        };
        if is_open && seat.state != expected {
            let why = format!("a seat says {} and its offers say {expected}", seat.state);
            findings.add(Invariant::OnePerSeat, &dossier.need.number, why);
        }
    }
    if is_open {
        let states: Vec<SeatState> = dossier.seats.iter().map(|seat| seat.state).collect();
        let expected = state_from_seats(&states, !dossier.offers.is_empty());
        if dossier.need.state != expected {
            let why = format!("the need says {} and its seats say {expected}", dossier.need.state);
            findings.add(Invariant::OnePerSeat, &dossier.need.number, why);
        }
    }
}

fn asked(dossier: &Dossier, findings: &mut Findings) {
    let mut seen: BTreeSet<ExpertId> = BTreeSet::new();
    for offer in &dossier.offers {
        if !seen.insert(offer.expert) {
            findings.add(Invariant::ChainGoesOn, &offer.number, "its expert was asked for this need before");
        }
        if offer.round < 1 {
            findings.add(Invariant::ChainGoesOn, &offer.number, format!("round {}", offer.round));
        }
    }
    for reserve in dossier.reserves.iter().filter(|reserve| reserve.state == ReserveState::Asked) {
        if !seen.contains(&reserve.expert) {
            findings.add(Invariant::ChainGoesOn, &dossier.need.number, "a reserve counts as asked and has no offer");
        }
    }
}

/// How long the desk may take to tell somebody.
const TOLD_WITHIN: TimeDelta = TimeDelta::minutes(10);

fn told(dossier: &Dossier, look: &Look<'_>, findings: &mut Findings) {
    // Whatever moved the need last, a round of the desk later somebody has been told.
    if dossier.trail.last().is_none_or(|row| row.at + TOLD_WITHIN >= look.now.naive_utc()) {
        return;
    }
    // Somebody was told once is not enough: the task must stand on a desk now, and climb.
    let told = dossier.tasks.iter().any(|task| task.kind.escalates());
    let needs_a_person = match dossier.need.state {
        NeedState::Unanswered => true,
        // Where the station asks by itself, a need nobody was asked for is silence unless a person was told.
        NeedState::Open => dossier.need.automatic && dossier.offers.is_empty(),
        _ => false,
    };
    if needs_a_person && !told {
        let why = format!("{}, and no open task asks a person for it", dossier.need.state);
        findings.add(Invariant::ChainGoesOn, &dossier.need.number, why);
    }
}
