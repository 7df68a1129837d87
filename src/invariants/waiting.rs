//! I3: nothing waits for ever. Timers are rows: whatever is open has one, and whatever has ended has none.

use super::Findings;
use super::Invariant;
use super::Look;
use super::dossier::Dossier;
use super::dossier::Offer;
use crate::domain::assignment::AssignmentState;
use chrono::NaiveDateTime;

pub(super) fn judge(dossier: &Dossier, look: &Look<'_>, findings: &mut Findings) {
    for offer in &dossier.offers {
        if let Some(why) = wrong(offer, look) {
            findings.add(Invariant::NothingWaits, &offer.number, why);
        }
    }
    for row in &dossier.owed {
        if row.state == "sending" && row.leased_until.is_none() {
            findings.add(Invariant::NothingWaits, &row.dedup_key, "being sent, by nobody");
        }
    }
}

fn wrong(offer: &Offer, look: &Look<'_>) -> Option<String> {
    match offer.state {
        AssignmentState::Offered => {
            let Some(next) = offer.next_due_at else { return Some("open without a timer".to_owned()) };
            let latest = latest(offer);
            if latest.is_some_and(|latest| next > latest) {
                return Some(format!("the desk looks at {next}, after {latest:?}"));
            }
            overdue(next, look)
        }
        AssignmentState::Accepted => match offer.next_due_at {
            None => Some("accepted without a timer for its feedback".to_owned()),
            Some(next) => overdue(next, look),
        },
        AssignmentState::Done => offer.next_due_at.and_then(|next| overdue(next, look)),
        AssignmentState::Declined
        | AssignmentState::Lapsed
        | AssignmentState::Undelivered
        | AssignmentState::Void
        | AssignmentState::Released => {
            offer.next_due_at.map(|next| format!("{} and a timer at {next} is left", offer.state))
        }
    }
}

/// The latest instant at which the desk must look at an open offer; nothing bounds one whose letter is on its way.
fn latest(offer: &Offer) -> Option<NaiveDateTime> {
    if offer.asked_at.is_some() && offer.replied_at.is_none() {
        return offer.clock_restarts_at;
    }
    offer.notified_at.and(offer.answer_due_at)
}

fn overdue(next: NaiveDateTime, look: &Look<'_>) -> Option<String> {
    let until = look.tended_until?.naive_utc();
    (next < until).then(|| format!("due at {next} and not tended at {until}"))
}
