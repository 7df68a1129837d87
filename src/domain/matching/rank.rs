//! The order: everybody scored, nobody cut off, and the same order whatever the order of the input.

use super::eligible::Exclusion;
use super::survey::{Bench, Survey, Together};
use super::weights::SIGNALS;
use super::{Candidate, DutyHere, Facts, NeedProfile, Roster, Weights};
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

/// Ranks the candidates; `facts` is asked once for each of them, by its place in the slice.
#[must_use]
pub fn rank(
    need: &NeedProfile,
    candidates: &[Candidate],
    facts: impl Fn(usize) -> Facts,
    weights: &Weights,
) -> Ranking {
    let roster = Roster::of(candidates.to_vec());
    let known = Known((0..candidates.len()).map(facts).collect());
    let mut bench = Bench::default();
    ranking(&Survey::new(&roster, need, weights, &known, &mut bench))
}

/// The whole order of a survey, with everybody a rule drops.
#[must_use]
pub fn ranking<T: Together>(survey: &Survey<'_, T>) -> Ranking {
    let mut excluded: Vec<(ExpertId, Exclusion)> = Vec::new();
    for (slot, expert) in survey.roster.candidates().iter().enumerate() {
        excluded.extend(survey.rule(slot).map(|rule| (expert.id, rule)));
    }
    excluded.sort_unstable_by_key(|(id, _)| *id);
    Ranking { ranked: survey.order(), excluded, counts: survey.counts(), peers: survey.peers }
}

/// Facts at hand for everybody.
struct Known(Vec<Facts>);

impl Together for Known {
    fn text_permille(&self, slot: usize) -> u16 {
        self.0.get(slot).map_or(0, |facts| facts.text_permille)
    }
    fn experience(&self, slot: usize) -> u16 {
        self.0.get(slot).map_or(0, Facts::experience)
    }
    fn duties(&self) -> impl Iterator<Item = (usize, DutyHere)> {
        self.0.iter().enumerate().filter_map(|(slot, facts)| Some((slot, facts.duty?)))
    }
    fn look_closer(&self, _slot: usize) -> bool {
        true
    }
    fn facts(&self, slot: usize) -> Facts {
        self.0.get(slot).cloned().unwrap_or_default()
    }
}
