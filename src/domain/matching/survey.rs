//! Everybody looked at once: what a ranking is made of.
//!
//! One pass over the rows decides who may be asked and what he scores but for fairness, whose yardstick is the peers'
//! median and known only then; a second pass adds it and keeps the best. Nobody is cut off, nothing is sorted that is not
//! asked for, and the lists are used again from need to need ([`Bench`]).
//!
//! Contract: the same values as [`super::explain`] tells and the same rules as [`super::eligible`] asks, in the same order;
//! a test holds both over random crowds. What a need shares with everybody is reckoned once ([`Tables`]).

use super::eligible::{Exclusion, eligible, in_person, rule_number};
use super::rank::{OrderKey, Peers, Ranked, tie_last_asked, tie_load};
use super::row::{DATED, MONTHLY_CAP, OFF_REGISTER, ON_LEAVE, OPEN_CAP, Roster, Row, SOME_DISTRICTS};
use super::signals::{self, NEUTRAL, NO_INDUSTRY_NAMED, SAME_REGION};
use super::weights::{SIGNALS, contribution};
use super::{Candidate, DutyHere, Facts, NeedProfile, Signal, Weights};
use crate::domain::place::Direction;
use crate::ids::ExpertId;
use chrono::Datelike;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// What is known of one need and each expert together, by slot. The first four are asked of everybody and answer from
/// dense lists; the whole [`Facts`] only of those who are looked at more closely.
pub trait Together {
    /// How well the need's text fits the expert's, 0–1000.
    fn text_permille(&self, slot: usize) -> u16;
    /// What his similar services are worth ([`super::experience`]).
    fn experience(&self, slot: usize) -> u16;
    /// His duty turns at the need's station.
    fn duty(&self, slot: usize) -> Option<DutyHere>;
    /// Something else may bar him: he was asked before, or a name or relation wants comparing.
    fn look_closer(&self, slot: usize) -> bool;
    /// All that is known; words may be left out.
    fn facts(&self, slot: usize) -> Facts;
}

/// The lists a survey writes; kept and written again for the next need.
#[derive(Debug, Default)]
pub struct Bench {
    /// The score, or for somebody a rule drops a negative number that names the rule.
    scores: Vec<i32>,
    /// Times asked in 90 days; [`NEWCOMER`] for who is on the register for less. For somebody a rule drops, how many items and
    /// industries he shares with the need.
    asked: Vec<u16>,
    newcomers: Vec<(u32, u16, u64)>,
    everybody: Counts,
    alike: Counts,
}

const NEWCOMER: u16 = u16::MAX;
/// Times asked beyond this count as this; with at most a hundred a month nobody gets there.
const MOST_ASKED: usize = 1023;

/// How many were asked how often.
#[derive(Debug)]
struct Counts([u32; MOST_ASKED + 1]);

impl Default for Counts {
    fn default() -> Self {
        Self([0; MOST_ASKED + 1])
    }
}

impl Counts {
    #[inline]
    fn add(&mut self, asked: u16) {
        if let Some(count) = self.0.get_mut(usize::from(asked).min(MOST_ASKED)) {
            *count += 1;
        }
    }

    fn len(&self) -> u32 {
        self.0.iter().sum()
    }

    /// The lower median; 0 of nobody.
    fn median(&self) -> u16 {
        let Some(middle) = self.len().checked_sub(1).map(|last| last / 2) else { return 0 };
        let mut seen = 0;
        for (asked, count) in (0_u16..).zip(self.0) {
            seen += count;
            if seen > middle {
                return asked;
            }
        }
        0
    }
}

/// The numbers of the rules a row alone can tell.
mod rule {
    use super::rule_number;
    pub(super) const STANDING: u8 = rule_number("standing");
    pub(super) const QUALIFICATION: u8 = rule_number("qualification");
    pub(super) const LICENCE: u8 = rule_number("licence");
    pub(super) const LEAVE: u8 = rule_number("leave");
    pub(super) const OPEN_CAP: u8 = rule_number("open-cap");
    pub(super) const MONTHLY_CAP: u8 = rule_number("monthly-cap");
    pub(super) const MODE: u8 = rule_number("mode");
    pub(super) const DISTANCE: u8 = rule_number("distance");
}

/// What every expert is measured by for one need.
struct Tables<'a> {
    need: &'a NeedProfile,
    in_person: bool,
    direction: Direction,
    region: u16,
    wanted_services: u32,
    wanted_industries: u32,
    /// The industry's value by how many are shared, as far as the list goes.
    industry_values: [u16; 8],
    languages: super::LanguageSet,
    last_day: chrono::NaiveDate,
    /// The day's number on which is asked.
    asked_day: i32,
}

impl<'a> Tables<'a> {
    fn new(need: &'a NeedProfile) -> Self {
        let wanted_industries = need.industries.len();
        Self {
            need,
            in_person: in_person(need.mode),
            direction: need.point.map_or(Direction::UNKNOWN, crate::domain::place::Point::direction),
            region: need.region.map_or(u16::MAX, |region| region.0),
            wanted_services: need.services.len(),
            wanted_industries,
            industry_values: std::array::from_fn(|shared| {
                signals::shared_industries_value(u32::try_from(shared).unwrap_or(u32::MAX), wanted_industries.max(1))
            }),
            languages: need.languages.or_chinese(),
            last_day: need.asked_on.max(need.wanted_on),
            asked_day: need.asked_on.num_days_from_ce(),
        }
    }

    #[inline]
    fn metres(&self, row: &Row) -> Option<u32> {
        (self.direction.is_known() && row.direction.is_known()).then(|| self.direction.metres_to(row.direction))
    }

    /// The number of the rule that drops him as far as his row tells, `Err` where only a closer look can say.
    #[inline]
    fn dropped(&self, row: &Row, metres: Option<u32>, closer: bool) -> Result<Option<u8>, ()> {
        if row.bars & OFF_REGISTER != 0 {
            return Ok(Some(rule::STANDING));
        }
        if closer || row.bars & (DATED | SOME_DISTRICTS) != 0 {
            return Err(());
        }
        if row.qualified_until < self.last_day {
            return Ok(Some(rule::QUALIFICATION));
        }
        if self.need.licences.iter().any(|rule| rule.met(&row.licensed, self.last_day).is_err()) {
            return Ok(Some(rule::LICENCE));
        }
        if row.bars & ON_LEAVE != 0
            && (row.leave.covers(self.need.asked_on) || row.leave.covers(self.need.wanted_on))
        {
            return Ok(Some(rule::LEAVE));
        }
        if row.bars & OPEN_CAP != 0 {
            return Ok(Some(rule::OPEN_CAP));
        }
        if row.bars & MONTHLY_CAP != 0 {
            return Ok(Some(rule::MONTHLY_CAP));
        }
        if !row.modes.is_empty() && !row.modes.has(self.need.mode) {
            return Ok(Some(rule::MODE));
        }
        if self.in_person
            && row.max_km != u16::MAX
            && metres.is_some_and(|metres| metres > u32::from(row.max_km) * 1000)
        {
            return Ok(Some(rule::DISTANCE));
        }
        Ok(None)
    }

    /// Days since he became active, if he is new.
    #[inline]
    fn days_new(&self, row: &Row) -> Option<u64> {
        let days = self.asked_day.saturating_sub(row.active_since);
        if i64::from(days) < signals::WINDOW_DAYS { u64::try_from(days.max(0)).ok() } else { None }
    }

    /// All values but fairness, which stays 0.
    #[inline]
    fn values(&self, row: &Row, metres: Option<u32>, slot: usize, together: &impl Together) -> [u16; SIGNALS] {
        let shared = self.need.services.and(row.services);
        let service = if self.wanted_services == 0 {
            NEUTRAL
        } else if shared.is_empty() {
            0
        } else {
            signals::covered_value(shared.len(), self.wanted_services, together.experience(slot))
        };
        let service = if self.languages.and(row.languages).is_empty() { service / 2 } else { service };
        let shared = self.need.industries.and(row.industries);
        let industry = if self.wanted_industries == 0 {
            NEUTRAL
        } else if row.industries.is_empty() {
            NO_INDUSTRY_NAMED
        } else if shared.is_empty() {
            0
        } else {
            let shared = shared.len();
            let known = usize::try_from(shared).ok().and_then(|shared| self.industry_values.get(shared)).copied();
            known.unwrap_or_else(|| signals::shared_industries_value(shared, self.wanted_industries))
        };
        let distance = match metres {
            _ if !self.in_person => 1000,
            Some(metres) => signals::metres_value(metres),
            None if self.region != u16::MAX && self.region == row.region => SAME_REGION,
            None => NEUTRAL,
        };
        let text = together.text_permille(slot).min(1000);
        let duty = signals::duty_value(together.duty(slot));
        [service, industry, text, distance, duty, row.load, 0, row.answers, row.satisfaction]
    }
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
