//! The charts of the board, counted in one pass over the same facts as the tables.

use super::Fact;
use crate::domain::assignment::{DeclineReason, OfferOutcome};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Where the bins of answer hours begin, in hours; each ends where the next begins.
pub const BIN_HOURS: [u32; 7] = [0, 2, 6, 12, 24, 36, 48];
/// How many offers an expert had: where each group begins. The first group, 0, is not counted from facts.
pub const LOAD_FROM: [u32; 4] = [1, 4, 7, 10];

/// What the charts show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overview {
    /// Offers answered on time, by [`BIN_HOURS`].
    pub on_time_bins: [u64; BIN_HOURS.len()],
    /// Answered late, or lapsed.
    pub not_on_time: u64,
    /// Declined, by reason, in the order of [`DeclineReason::ALL`].
    pub reasons: Vec<(DeclineReason, u64)>,
    /// Experts by the number of offers they had, by [`LOAD_FROM`].
    pub load: [u64; LOAD_FROM.len()],
    /// Experts who had at least one offer.
    pub asked_experts: u64,
    /// The busiest experts (their places) with their offers, most first, at most ten.
    pub busiest: Vec<(u32, u32)>,
    /// Offers that went to the busiest tenth of those asked, in percent of all.
    pub busiest_tenth_percent: Option<u64>,
    /// Needs by how many offers they took: one, two, three, four and more.
    pub chain: [u64; 4],
}

/// Counts the charts.
pub fn overview<'a>(facts: impl Iterator<Item = &'a Fact>) -> Overview {
    let mut found =
        Overview { reasons: DeclineReason::ALL.iter().map(|reason| (*reason, 0)).collect(), ..Overview::default() };
    let mut by_expert: Vec<u32> = Vec::new();
    let mut by_need: HashMap<u64, u32, BuildHasherDefault<AsItIs>> = HashMap::default();
    let mut all = 0_u64;
    for fact in facts {
        all += 1;
        match fact.outcome {
            Some(OfferOutcome::OnTime) => {
                let bin = bin_of(fact.minutes.unwrap_or(0));
                if let Some(count) = found.on_time_bins.get_mut(bin) {
                    *count += 1;
                }
            }
            Some(OfferOutcome::Late | OfferOutcome::Lapsed) => found.not_on_time += 1,
            Some(OfferOutcome::Undelivered | OfferOutcome::Void) | None => {}
        }
        if let Some(reason) = fact.decline_reason
            && let Some((_, count)) = found.reasons.iter_mut().find(|(known, _)| *known == reason)
        {
            *count += 1;
        }
        let place = fact.expert as usize;
        if by_expert.len() <= place {
            by_expert.resize(place + 1, 0);
        }
        if let Some(count) = by_expert.get_mut(place) {
            *count += 1;
        }
        *by_need.entry(fact.need).or_default() += 1;
    }
    for count in by_need.values() {
        let depth = (*count as usize).clamp(1, found.chain.len()) - 1;
        if let Some(needs) = found.chain.get_mut(depth) {
            *needs += 1;
        }
    }
    add_load(&mut found, &by_expert, all);
    found
}

/// A hasher for keys that are random already.
#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
    fn write_u64(&mut self, key: u64) {
        // The variant stands in the highest bits of the half of an id, alike in all, where a table looks for differences.
        self.0 = key ^ (key << 20);
    }
}

/// Which bin so many minutes fall into.
#[must_use]
pub fn bin_of(minutes: u32) -> usize {
    BIN_HOURS.iter().rposition(|hours| minutes >= hours * 60).unwrap_or(0)
}

fn add_load(found: &mut Overview, by_expert: &[u32], all: u64) {
    let mut asked: Vec<(u32, u32)> =
        (0_u32..).zip(by_expert).filter(|(_, count)| **count > 0).map(|(place, count)| (place, *count)).collect();
    found.asked_experts = asked.len() as u64;
    for (_, count) in &asked {
        if let Some(group) = LOAD_FROM.iter().rposition(|from| count >= from)
            && let Some(experts) = found.load.get_mut(group)
        {
            *experts += 1;
        }
    }
    let tenth = asked.len().div_ceil(10);
    let mut counts: Vec<u32> = asked.iter().map(|(_, count)| *count).collect();
    if all > 0 && tenth > 0 {
        counts.sort_unstable_by(|a, b| b.cmp(a));
        let theirs: u64 = counts.iter().take(tenth).map(|count| u64::from(*count)).sum();
        found.busiest_tenth_percent = Some((theirs * 100 + all / 2) / all);
    }
    asked.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    asked.truncate(10);
    found.busiest = asked;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::assignment::AnswerKind;
    use chrono::NaiveDate;

    #[test]
    fn bins_begin_at_their_hour() {
        for (minutes, bin) in [(0, 0), (119, 0), (120, 1), (359, 1), (360, 2), (2_879, 5), (2_880, 6), (90_000, 6)] {
            assert_eq!(bin_of(minutes), bin, "{minutes}");
        }
    }

    #[test]
    fn charts_count_each_offer_once() {
        let fact = |expert: u32, need: u64, outcome: OfferOutcome, reason: Option<DeclineReason>| Fact {
            day: NaiveDate::from_ymd_opt(2026, 5, 8).expect("a day"),
            outcome: Some(outcome),
            answer: reason.map(|_| AnswerKind::Decline),
            decline_reason: reason,
            by_staff: false,
            minutes: Some(130),
            region: 0,
            station: 0,
            expert,
            firm: 0,
            enterprise: 0,
            need,
            services: 0,
        };
        let mut facts = vec![
            fact(0, 1, OfferOutcome::OnTime, Some(DeclineReason::Time)),
            fact(1, 1, OfferOutcome::Lapsed, None),
            fact(2, 1, OfferOutcome::OnTime, None),
        ];
        facts.extend((0..4).map(|n| fact(0, 10 + n, OfferOutcome::Late, None)));
        let got = overview(facts.iter());
        assert_eq!(got.on_time_bins, [0, 2, 0, 0, 0, 0, 0]);
        assert_eq!((got.not_on_time, got.asked_experts), (5, 3));
        assert_eq!(got.reasons.first(), Some(&(DeclineReason::Time, 1)));
        assert_eq!((got.load, got.chain), ([2, 1, 0, 0], [4, 0, 1, 0]));
        assert_eq!(got.busiest.first(), Some(&(0, 5)));
        assert_eq!(got.busiest_tenth_percent, Some(71));
        assert_eq!(overview(std::iter::empty()).busiest_tenth_percent, None);
    }
}
