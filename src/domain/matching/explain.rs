//! Why him: the parts of one score, and the two or three of them worth a sentence.

use super::rank::Peers;
use super::weights::contribution;
use super::{Candidate, Facts, NeedProfile, Reason, ReasonText, Signal, Weights, signals};

/// Hundredths of a point by which a third reason must lift an expert above his peers to be told.
const WORTH_A_THIRD: i32 = 100;

/// Metres between the expert and the place of service; None if either is unknown.
#[must_use]
pub fn distance_metres(need: &NeedProfile, expert: &Candidate) -> Option<u32> {
    Some(need.point?.metres_to(expert.point?))
}

/// Every signal's part in the expert's score, in the order of [`Signal::ALL`]; the contributions sum exactly to the
/// score that [`super::rank`] gave him with the same arguments.
#[must_use]
pub fn explain(need: &NeedProfile, expert: &Candidate, facts: &Facts, weights: &Weights, peers: &Peers) -> Vec<Reason> {
    let values = signals::values(need, expert, facts, peers);
    let texts = signals::texts(need, expert, facts, peers);
    let mut reasons = Vec::with_capacity(values.len());
    for ((signal, value), text) in Signal::ALL.iter().zip(values).zip(texts) {
        let weight = weights.of(*signal);
        reasons.push(Reason { signal: *signal, value, weight, contribution: contribution(weight, value), text });
    }
    reasons
}

/// The sum of the contributions, in hundredths of a point.
#[must_use]
pub fn score_of(reasons: &[Reason]) -> i32 {
    reasons.iter().map(|reason| reason.contribution).sum()
}

/// The two or three reasons that set the expert apart from his peers, in the order of the signals. Fewer where fewer
/// speak for him.
#[must_use]
pub fn sentence(reasons: &[Reason], peers: &Peers) -> Vec<ReasonText> {
    let mut telling: Vec<(i32, &Reason)> = Vec::new();
    for (reason, mean) in reasons.iter().zip(peers.means) {
        if reason.text.is_telling() && reason.value >= 500 {
            telling.push((reason.contribution - contribution(reason.weight, mean), reason));
        }
    }
    telling.sort_by_key(|(lift, reason)| (-lift, -reason.contribution, reason.signal));
    let mut chosen: Vec<&Reason> = Vec::new();
    for (lift, reason) in telling {
        if chosen.len() < 2 || (chosen.len() == 2 && lift >= WORTH_A_THIRD) {
            chosen.push(reason);
        }
    }
    chosen.sort_by_key(|reason| reason.signal);
    chosen.into_iter().map(|reason| reason.text.clone()).collect()
}
