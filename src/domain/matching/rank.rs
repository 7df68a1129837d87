//! The order: everybody scored, nobody cut off, and the same order whatever the order of the input.

use super::eligible::{Exclusion, eligible};
use super::signals;
use super::weights::{SIGNALS, contribution};
use super::{Candidate, Facts, NeedProfile, Signal, Weights};
use crate::ids::ExpertId;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// What those who may be asked have in common: the yardstick of fairness and of what is worth saying.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peers {
    /// How many may be asked.
    pub count: u32,
    /// Lower median of the times asked in 90 days, over those who share a service item with the need (over all who may
    /// be asked if these are fewer than five).
    pub median_asked: u16,
    /// Mean value of each signal, in the order of [`Signal::ALL`].
    pub means: [u16; SIGNALS],
}

/// One place in the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ranked {
    /// Place of the candidate in the slice that was ranked.
    pub index: usize,
    /// Who.
    pub id: ExpertId,
    /// Hundredths of a point, 0–10 000.
    pub score: i32,
}

/// Everybody, in order or with the rule that drops him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranking {
    /// Those who may be asked, best first.
    pub ranked: Vec<Ranked>,
    /// Those who may not, by id.
    pub excluded: Vec<(ExpertId, Exclusion)>,
    /// How many each rule dropped; rules that dropped nobody are absent.
    pub counts: BTreeMap<&'static str, u32>,
    /// The yardstick used.
    pub peers: Peers,
}

impl Ranking {
    /// The ids in order, one a line: what the frozen SHA-256 is taken of.
    #[must_use]
    pub fn order_text(&self) -> String {
        let mut text = String::with_capacity(self.ranked.len() * 37);
        for ranked in &self.ranked {
            text.push_str(ranked.id.as_str());
            text.push('\n');
        }
        text
    }
}

/// What settles the order between two experts, before their ids do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OrderKey {
    pub(super) score: i32,
    pub(super) load: u32,
    /// Milliseconds since 1970; never asked comes first.
    pub(super) last_asked: i64,
}

impl OrderKey {
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        other.score.cmp(&self.score).then(self.load.cmp(&other.load)).then(self.last_asked.cmp(&other.last_asked))
    }
}

/// What an expert carries, for ties: offers open and offers this month.
pub(super) fn tie_load(expert: &Candidate) -> u32 {
    u32::from(expert.open_offers) + u32::from(expert.month_offers)
}

/// When he was last asked, for ties.
pub(super) fn tie_last_asked(expert: &Candidate) -> i64 {
    expert.last_asked_at.map_or(i64::MIN, |at| at.timestamp_millis())
}

struct Scored<'a> {
    index: usize,
    expert: &'a Candidate,
    values: [u16; SIGNALS],
    key: OrderKey,
}

/// Ranks the candidates; `facts` is asked once for each of them, by its place in the slice.
#[must_use]
pub fn rank(
    need: &NeedProfile,
    candidates: &[Candidate],
    facts: impl Fn(usize) -> Facts,
    weights: &Weights,
) -> Ranking {
    let mut scored: Vec<Scored> = Vec::with_capacity(candidates.len());
    let mut excluded = Vec::new();
    let mut counts: BTreeMap<&'static str, u32> = BTreeMap::new();
    let unknown_peers = Peers { count: 0, median_asked: 0, means: [0; SIGNALS] };
    for (index, expert) in candidates.iter().enumerate() {
        let facts = facts(index);
        if let Err(rule) = eligible(need, expert, &facts) {
            *counts.entry(rule.code()).or_default() += 1;
            excluded.push((expert.id, rule));
            continue;
        }
        // Fairness needs the peers' median, which is known only when everybody was seen.
        let values = signals::values(need, expert, &facts, &unknown_peers);
        let key = OrderKey { score: 0, load: tie_load(expert), last_asked: tie_last_asked(expert) };
        scored.push(Scored { index, expert, values, key });
    }
    let peers = Peers { median_asked: median_asked(need, &scored), ..unknown_peers };
    for row in &mut scored {
        if let Some(fairness) = row.values.get_mut(Signal::Fairness as usize) {
            *fairness = signals::fairness_value(need, row.expert, &peers);
        }
        row.key.score = score(weights, &row.values);
    }
    let peers = with_means(peers, &scored);
    scored.sort_unstable_by(|one, other| one.key.compare(&other.key).then_with(|| one.expert.id.cmp(&other.expert.id)));
    excluded.sort_unstable_by_key(|(id, _)| *id);
    let ranked =
        scored.iter().map(|row| Ranked { index: row.index, id: row.expert.id, score: row.key.score }).collect();
    Ranking { ranked, excluded, counts, peers }
}

/// The score of these values: the sum of the contributions.
pub(super) fn score(weights: &Weights, values: &[u16; SIGNALS]) -> i32 {
    weights.hundredths().iter().zip(values).map(|(weight, value)| contribution(*weight, *value)).sum()
}

fn median_asked(need: &NeedProfile, scored: &[Scored]) -> u16 {
    let alike = |row: &&Scored| !row.expert.services.and(need.services).is_empty();
    let mut asked: Vec<u16> = scored.iter().filter(alike).map(|row| row.expert.asked_90d).collect();
    if asked.len() < 5 {
        asked = scored.iter().map(|row| row.expert.asked_90d).collect();
    }
    if asked.is_empty() {
        return 0;
    }
    let middle = (asked.len() - 1) / 2;
    *asked.select_nth_unstable(middle).1
}

fn with_means(peers: Peers, scored: &[Scored]) -> Peers {
    let mut sums = [0_u64; SIGNALS];
    for row in scored {
        for (sum, value) in sums.iter_mut().zip(row.values) {
            *sum += u64::from(value);
        }
    }
    let count = u64::try_from(scored.len()).unwrap_or(u64::MAX).max(1);
    let mut means = [0_u16; SIGNALS];
    for (mean, sum) in means.iter_mut().zip(sums) {
        *mean = u16::try_from(sum / count).unwrap_or(1000);
    }
    Peers { count: u32::try_from(scored.len()).unwrap_or(u32::MAX), means, ..peers }
}
