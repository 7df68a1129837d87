//! Everybody looked at once: what a ranking is made of.
//!
//! One pass over the rows decides who may be asked and what he scores but for duty, which few have, and fairness, whose
//! yardstick is the peers' median and known only then; a second pass adds it and keeps the best. Nobody is cut off, nothing
//! is sorted that is not asked for, and the lists are used again from need to need ([`Bench`]).
//!
//! Contract: the same values as [`super::explain`] tells and the same rules as [`super::eligible`] asks, in the same order;
//! a test holds both over random crowds. What a need shares with everybody is reckoned once ([`Tables`]).

mod bench;
mod tables;

pub use bench::Bench;
use bench::NEWCOMER;
use tables::Tables;

use super::eligible::{Exclusion, eligible, rule_number};
use super::rank::{OrderKey, Peers, Ranked, tie_last_asked, tie_load};
use super::row::{Roster, Row};
use super::signals;
use super::weights::{SIGNALS, contribution};
use super::{Candidate, DutyHere, Facts, NeedProfile, Signal, Weights};
use crate::ids::ExpertId;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// What is known of one need and each expert together, by slot. Text, experience and whether to look closer are asked of
/// everybody and answer from dense lists; the whole [`Facts`] only of those who are looked at more closely.
pub trait Together {
    /// How well the need's text fits the expert's, 0–1000.
    fn text_permille(&self, slot: usize) -> u16;
    /// What his similar services are worth ([`super::experience`]).
    fn experience(&self, slot: usize) -> u16;
    /// Those with duty turns near, each once: few among many.
    fn duties(&self) -> impl Iterator<Item = (usize, DutyHere)>;
    /// Something else may bar him: he was asked before, or a name or relation wants comparing.
    fn look_closer(&self, slot: usize) -> bool;
    /// All that is known; words may be left out.
    fn facts(&self, slot: usize) -> Facts;
}

/// Somebody a rule drops: no conflict, and what he does not share with the need; who; the slot. The least comes first.
type Near = ((bool, u16), ExpertId, usize);

/// Everybody's score or rule for one need, on a [`Bench`].
pub struct Survey<'a, T> {
    /// Who was looked at.
    pub roster: &'a Roster,
    /// For what.
    pub need: &'a NeedProfile,
    /// By which weights.
    pub weights: &'a Weights,
    /// With what known besides.
    pub together: &'a T,
    /// The yardstick.
    pub peers: Peers,
    counts: [u32; Exclusion::CODES.len()],
    bench: &'a mut Bench,
}

impl<'a, T: Together> Survey<'a, T> {
    /// Looks at everybody.
    pub fn new(
        roster: &'a Roster,
        need: &'a NeedProfile,
        weights: &'a Weights,
        together: &'a T,
        bench: &'a mut Bench,
    ) -> Self {
        let peers = Peers { count: 0, median_asked: 0, means: [0; SIGNALS] };
        let mut survey = Self { roster, need, weights, together, peers, counts: [0; Exclusion::CODES.len()], bench };
        let mut sums = survey.look_at_everybody();
        survey.add_duty(&mut sums);
        survey.add_fairness(&mut sums);
        let count = u64::from(survey.peers.count).max(1);
        for (mean, sum) in survey.peers.means.iter_mut().zip(sums) {
            *mean = u16::try_from(sum / count).unwrap_or(1000);
        }
        survey
    }

    fn look_at_everybody(&mut self) -> [u64; SIGNALS] {
        let bench = &mut *self.bench;
        bench.scores.clear();
        bench.asked.clear();
        bench.newcomers.clear();
        bench.everybody.0.fill(0);
        bench.alike.0.fill(0);
        bench.scores.reserve(self.roster.len());
        bench.asked.reserve(self.roster.len());
        let tables = Tables::new(self.need);
        let mut sums = [0_u64; SIGNALS];
        // Small sums of a stretch fit into half the space, and the machine adds several at once.
        let mut stretch = [0_u32; SIGNALS];
        for (slot, row) in self.roster.rows().iter().enumerate() {
            if slot % STRETCH == 0 {
                add_up(&mut sums, &mut stretch);
            }
            let metres = if tables.in_person { tables.metres(row) } else { None };
            let rule = match tables.dropped(row, metres, self.together.look_closer(slot)) {
                Ok(rule) => rule,
                Err(()) => self.roster.get(slot).and_then(|expert| {
                    eligible(self.need, expert, &self.together.facts(slot)).err().map(|rule| rule_number(rule.code()))
                }),
            };
            if let Some(rule) = rule {
                if let Some(count) = self.counts.get_mut(usize::from(rule)) {
                    *count += 1;
                }
                bench.scores.push(-1 - i32::from(rule));
                bench.asked.push(shared(self.need, row));
                continue;
            }
            let values = tables.values(row, metres, slot, self.together);
            for (sum, value) in stretch.iter_mut().zip(values) {
                *sum += u32::from(value);
            }
            bench.scores.push(score(self.weights, &values));
            bench.everybody.add(row.asked_90d);
            if !self.need.services.and(row.services).is_empty() {
                bench.alike.add(row.asked_90d);
            }
            match tables.days_new(row) {
                Some(days) => {
                    bench.newcomers.push((u32::try_from(slot).unwrap_or(u32::MAX), row.asked_90d, days));
                    bench.asked.push(NEWCOMER);
                }
                None => bench.asked.push(row.asked_90d.min(NEWCOMER - 1)),
            }
        }
        add_up(&mut sums, &mut stretch);
        self.peers.count = bench.everybody.len();
        let yardstick = if bench.alike.len() < 5 { &bench.everybody } else { &bench.alike };
        self.peers.median_asked = yardstick.median();
        sums
    }

    fn add_duty(&mut self, sums: &mut [u64; SIGNALS]) {
        let weight = self.weights.of(Signal::Duty);
        let mut sum = 0_u64;
        for (slot, lies) in self.together.duties() {
            if let Some(score) = self.bench.scores.get_mut(slot).filter(|score| **score >= 0) {
                let value = signals::duty_value(Some(lies));
                sum += u64::from(value);
                *score += contribution(weight, value);
            }
        }
        if let Some(held) = sums.get_mut(Signal::Duty as usize) {
            *held = sum;
        }
    }

    fn add_fairness(&mut self, sums: &mut [u64; SIGNALS]) {
        let bench = &mut *self.bench;
        let weight = self.weights.of(Signal::Fairness);
        let median = self.peers.median_asked;
        let mut table: Vec<(u16, i32)> = Vec::new();
        let mut sum = 0_u64;
        for (score, asked) in bench.scores.iter_mut().zip(&bench.asked) {
            if *score < 0 || *asked == NEWCOMER {
                continue;
            }
            while table.len() <= usize::from(*asked) {
                let value = signals::fair_value(u16::try_from(table.len()).unwrap_or(u16::MAX), None, median);
                table.push((value, contribution(weight, value)));
            }
            if let Some((value, part)) = table.get(usize::from(*asked)) {
                sum += u64::from(*value);
                *score += part;
            }
        }
        for (slot, asked, days) in &bench.newcomers {
            let value = signals::fair_value(*asked, Some(*days), median);
            sum += u64::from(value);
            if let Some(score) = bench.scores.get_mut(*slot as usize) {
                *score += contribution(weight, value);
            }
        }
        if let Some(held) = sums.get_mut(Signal::Fairness as usize) {
            *held = sum;
        }
    }

    /// How many may be asked.
    #[must_use]
    pub const fn eligible(&self) -> u32 {
        self.peers.count
    }

    /// How many each rule dropped; rules that dropped nobody are absent.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<&'static str, u32> {
        Exclusion::CODES.into_iter().zip(self.counts).filter(|(_, count)| *count > 0).collect()
    }

    /// The score of the expert at a slot; none if a rule drops him.
    #[must_use]
    pub fn score(&self, slot: usize) -> Option<i32> {
        self.bench.scores.get(slot).copied().filter(|score| *score >= 0)
    }

    /// The rule that drops the expert at a slot.
    #[must_use]
    pub fn rule(&self, slot: usize) -> Option<Exclusion> {
        if self.score(slot).is_some() {
            return None;
        }
        eligible(self.need, self.roster.get(slot)?, &self.together.facts(slot)).err()
    }

    /// The best so many, in order.
    #[must_use]
    pub fn best(&self, limit: usize) -> Vec<Ranked> {
        let mut best: Vec<(Ranked, OrderKey)> = Vec::with_capacity(limit + 1);
        let mut least = 0;
        for (slot, score) in self.bench.scores.iter().enumerate() {
            if *score < least {
                continue;
            }
            let Some((ranked, key)) = self.ranked(slot) else { continue };
            let at = best.partition_point(|(held, held_key)| in_order(held_key, held, &key, &ranked).is_lt());
            if at >= limit {
                continue;
            }
            best.insert(at, (ranked, key));
            best.truncate(limit);
            if let (true, Some((last, _))) = (best.len() == limit, best.last()) {
                least = last.score;
            }
        }
        best.into_iter().map(|(ranked, _)| ranked).collect()
    }

    /// Everybody who may be asked, in order.
    #[must_use]
    pub fn order(&self) -> Vec<Ranked> {
        let mut all: Vec<(Ranked, OrderKey)> = (0..self.roster.len()).filter_map(|slot| self.ranked(slot)).collect();
        all.sort_unstable_by(|(one, key), (other, other_key)| in_order(key, one, other_key, other));
        all.into_iter().map(|(ranked, _)| ranked).collect()
    }

    /// The place of the expert at a slot in the order, from 1.
    #[must_use]
    pub fn place(&self, slot: usize) -> Option<usize> {
        let (own, own_key) = self.ranked(slot)?;
        let mut before = 0;
        for (other, score) in self.bench.scores.iter().enumerate() {
            if *score < own.score {
                continue;
            }
            if *score > own.score {
                before += 1;
            } else if let Some((ranked, key)) = self.ranked(other)
                && in_order(&key, &ranked, &own_key, &own).is_lt()
            {
                before += 1;
            }
        }
        Some(before + 1)
    }

    /// The slots of those a rule drops although the matter is theirs (they share a service item or an industry) or whom a
    /// conflict bars: conflicts first, then who shares most, then by id; at most `limit`. Unless it is told to somebody who
    /// may know (`plain`), what only the office knows counts as any other rule and brings nobody to the top.
    #[must_use]
    pub fn dropped_but_near(&self, limit: usize, plain: bool) -> Vec<usize> {
        let on_top = |code| Exclusion::code_is_conflict(code) && (plain || Exclusion::neutral_code(code) == code);
        let conflicts = Exclusion::CODES.map(on_top);
        let mut near: Vec<Near> = Vec::with_capacity(limit + 1);
        for (slot, (score, shared)) in self.bench.scores.iter().zip(&self.bench.asked).enumerate() {
            if *score >= 0 {
                continue;
            }
            let conflict = usize::try_from(-1 - score).ok().and_then(|code| conflicts.get(code)).is_some_and(|is| *is);
            if !conflict && *shared == 0 {
                continue;
            }
            let place = (!conflict, u16::MAX - shared);
            let full = near.len() == limit;
            if full && near.last().is_none_or(|(last, _, _)| *last < place) {
                continue;
            }
            let Some(id) = self.roster.id(slot) else { continue };
            if full && near.last().is_some_and(|(last, last_id, _)| (*last, *last_id) < (place, id)) {
                continue;
            }
            let at = near.partition_point(|(other, other_id, _)| (*other, *other_id) < (place, id));
            near.insert(at, (place, id, slot));
            near.truncate(limit);
        }
        near.into_iter().map(|(_, _, slot)| slot).collect()
    }

    fn ranked(&self, slot: usize) -> Option<(Ranked, OrderKey)> {
        let score = self.score(slot)?;
        let expert = self.roster.get(slot)?;
        Some((Ranked { index: slot, id: expert.id, score }, order_key(expert, score)))
    }
}

/// So many values, of at most 1000 each, are added up in 32 bits.
const STRETCH: usize = 1 << 20;

/// Adds the sums of a stretch to those of all before it, and begins another.
fn add_up(sums: &mut [u64; SIGNALS], stretch: &mut [u32; SIGNALS]) {
    for (sum, part) in sums.iter_mut().zip(stretch.iter_mut()) {
        *sum += u64::from(std::mem::take(part));
    }
}

/// How many items and industries he shares with the need.
#[inline]
fn shared(need: &NeedProfile, row: &Row) -> u16 {
    let shared = need.services.and(row.services).len() + need.industries.and(row.industries).len();
    u16::try_from(shared).unwrap_or(u16::MAX)
}

fn order_key(expert: &Candidate, score: i32) -> OrderKey {
    OrderKey { score, load: tie_load(expert), last_asked: tie_last_asked(expert) }
}

fn in_order(key: &OrderKey, one: &Ranked, other_key: &OrderKey, other: &Ranked) -> Ordering {
    key.compare(other_key).then_with(|| one.id.cmp(&other.id))
}

/// The score of these values: the sum of the contributions.
#[inline]
pub(super) fn score(weights: &Weights, values: &[u16; SIGNALS]) -> i32 {
    weights.hundredths().iter().zip(values).map(|(weight, value)| contribution(*weight, *value)).sum()
}

#[cfg(test)]
mod tests;
