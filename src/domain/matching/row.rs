//! Everybody side by side: each expert's part in a ranking in some ninety bytes, so that a hundred thousand of them are
//! looked at in a millisecond or two.
//!
//! A [`Row`] holds what every need asks for; what is rarely asked for (names, leave, bookings) stays with the
//! [`Candidate`], and [`super::eligible`] looks there. Names of firms and persons are found through a sorted list, so a
//! need that names an opposing party costs a few look-ups and not a comparison with everybody.

use super::sets::{IndustrySet, LanguageSet, ModeSet, ServiceSet};
use super::{Candidate, LeaveDays, NeedProfile, Qualified, signals};
use crate::domain::firm::FirmName;
use crate::domain::licence::Licensed;
use crate::domain::place::Direction;
use crate::ids::ExpertId;
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeMap;

/// Not on the register as active.
pub(super) const OFF_REGISTER: u8 = 1;
/// Dated rows to look at: bookings, hours a week, or more than one leave.
pub(super) const DATED: u8 = 2;
/// Serves some districts only: the row does not say which.
pub(super) const SOME_DISTRICTS: u8 = 16;
/// As many offers open as he may have.
pub(super) const OPEN_CAP: u8 = 4;
/// As many offers this month as he may get.
pub(super) const MONTHLY_CAP: u8 = 8;
/// On leave once: the row says when.
pub(super) const ON_LEAVE: u8 = 32;

/// One expert in the ranking's loop.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) industries: IndustrySet,
    pub(super) services: ServiceSet,
    pub(super) direction: Direction,
    /// The last valid day; the end of time for no end and for none on file.
    pub(super) qualified_until: NaiveDate,
    pub(super) licensed: Licensed,
    /// The day's number since which he has been active; the least for long ago.
    pub(super) active_since: i32,
    /// His leave, where `bars` says that he has one.
    pub(super) leave: LeaveDays,
    /// The region's number; [`u16::MAX`] for none.
    pub(super) region: u16,
    pub(super) languages: LanguageSet,
    /// Kilometres; [`u16::MAX`] for no limit.
    pub(super) max_km: u16,
    pub(super) asked_90d: u16,
    pub(super) load: u16,
    pub(super) answers: u16,
    pub(super) satisfaction: u16,
    pub(super) modes: ModeSet,
    pub(super) bars: u8,
}

impl Row {
    pub(super) fn of(expert: &Candidate) -> Self {
        let mut bars = 0;
        let mut bar = |holds: bool, bit: u8| bars |= if holds { bit } else { 0 };
        bar(!expert.standing.may_be_asked(), OFF_REGISTER);
        bar(expert.leaves.len() > 1 || !expert.booked.is_empty() || expert.weekly_hours.is_some(), DATED);
        bar(expert.leaves.len() == 1, ON_LEAVE);
        bar(!expert.served.is_empty(), SOME_DISTRICTS);
        bar(expert.open_offers >= expert.open_cap, OPEN_CAP);
        bar(expert.month_offers >= expert.monthly_cap, MONTHLY_CAP);
        Self {
            industries: expert.industries,
            services: expert.services,
            direction: expert.point.map_or(Direction::UNKNOWN, crate::domain::place::Point::direction),
            qualified_until: match expert.qualified {
                Qualified::Until(day) => day,
                Qualified::NoExpiry | Qualified::None => NaiveDate::MAX,
            },
            licensed: expert.licensed,
            active_since: expert.active_since.map_or(i32::MIN, |day| day.num_days_from_ce()),
            leave: expert.leaves.first().copied().unwrap_or(LeaveDays { from: NaiveDate::MAX, to: NaiveDate::MIN }),
            region: expert.region.map_or(u16::MAX, |region| region.0),
            languages: expert.languages.or_chinese(),
            max_km: expert.max_distance_km.unwrap_or(u16::MAX),
            asked_90d: expert.asked_90d,
            load: signals::load_value(expert),
            answers: signals::answers_value(expert),
            satisfaction: signals::satisfaction_value(expert),
            modes: expert.modes,
            bars,
        }
    }
}

/// Slots by what a name is compared by, sorted, so that short names find the long ones.
#[derive(Debug, Clone, Default)]
pub struct Names(BTreeMap<String, Vec<u32>>);

impl Names {
    /// Puts a slot under a firm's brand; what is no firm is left out.
    pub fn add_firm(&mut self, firm: &FirmName, slot: usize) {
        if !firm.is_nothing() {
            self.add(firm.brand().to_owned(), slot);
        }
    }

    fn add(&mut self, key: String, slot: usize) {
        self.0.entry(key).or_default().push(u32::try_from(slot).unwrap_or(u32::MAX));
    }

    /// Takes a slot from under a firm's brand.
    pub fn remove_firm(&mut self, firm: &FirmName, slot: usize) {
        self.remove(firm.brand(), slot);
    }

    fn remove(&mut self, key: &str, slot: usize) {
        if let Some(slots) = self.0.get_mut(key) {
            slots.retain(|held| *held as usize != slot);
        }
    }

    /// Slots whose firm may be this one: the same brand, or one of the two brands short for the other. Whoever is not
    /// among them surely has another firm.
    pub fn like(&self, firm: &FirmName, found: &mut Vec<usize>) {
        let mut take = |slots: &Vec<u32>| found.extend(slots.iter().map(|slot| *slot as usize));
        let brand = firm.brand();
        if brand.is_empty() {
            return;
        }
        for (_, slots) in self.0.range(brand.to_owned()..).take_while(|(key, _)| key.starts_with(brand)) {
            take(slots);
        }
        for (end, _) in brand.char_indices().skip(1) {
            if let Some(slots) = brand.get(..end).and_then(|shorter| self.0.get(shorter)) {
                take(slots);
            }
        }
    }
}

/// Everybody who may be ranked, by slot. A slot once given is kept.
#[derive(Debug, Clone, Default)]
pub struct Roster {
    candidates: Vec<Candidate>,
    rows: Vec<Row>,
    /// Whose row it is: side by side too, for what is settled by id.
    ids: Vec<ExpertId>,
    names: Names,
}

impl Roster {
    /// An empty roster with room for so many.
    #[must_use]
    pub fn with_capacity(count: usize) -> Self {
        Self {
            candidates: Vec::with_capacity(count),
            rows: Vec::with_capacity(count),
            ids: Vec::with_capacity(count),
            names: Names::default(),
        }
    }

    /// Everybody of a slice; the slots are the places in it.
    #[must_use]
    pub fn of(candidates: Vec<Candidate>) -> Self {
        let mut roster = Self::with_capacity(candidates.len());
        for candidate in candidates {
            roster.put(roster.len(), candidate);
        }
        roster
    }

    /// Puts an expert at a slot: an old one, or the next new one; anything beyond is left alone.
    pub fn put(&mut self, slot: usize, candidate: Candidate) {
        let row = Row::of(&candidate);
        if let Some(old) = self.candidates.get_mut(slot) {
            self.names.remove_firm(&old.firm, slot);
            self.names.remove(&person_key(&old.name), slot);
            self.names.add_firm(&candidate.firm, slot);
            self.names.add(person_key(&candidate.name), slot);
            *old = candidate;
            if let Some(id) = self.ids.get_mut(slot) {
                *id = old.id;
            }
            if let Some(held) = self.rows.get_mut(slot) {
                *held = row;
            }
        } else if slot == self.candidates.len() {
            self.names.add_firm(&candidate.firm, slot);
            self.names.add(person_key(&candidate.name), slot);
            self.ids.push(candidate.id);
            self.candidates.push(candidate);
            self.rows.push(row);
        }
    }

    /// The experts, by slot.
    #[must_use]
    pub fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    /// The expert at a slot.
    #[must_use]
    pub fn get(&self, slot: usize) -> Option<&Candidate> {
        self.candidates.get(slot)
    }

    /// Who is at a slot.
    #[must_use]
    pub fn id(&self, slot: usize) -> Option<ExpertId> {
        self.ids.get(slot).copied()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.candidates.len()
    }

    /// Whether nobody is there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.candidates.is_empty()
    }

    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Slots whose firm may be this one.
    #[must_use]
    pub fn of_firm(&self, firm: &FirmName) -> Vec<usize> {
        let mut found = Vec::new();
        self.names.like(firm, &mut found);
        found
    }

    /// Slots whose person or firm may be one the need names; whoever is not among them surely has none of those names.
    #[must_use]
    pub fn namesakes(&self, need: &NeedProfile) -> Vec<usize> {
        let mut found = Vec::new();
        for firm in std::iter::once(&need.enterprise).chain(&need.opposing_party).chain(&need.opposing_agent) {
            self.names.like(firm, &mut found);
            let person = self.names.0.get(&person_key(firm.raw()));
            found.extend(person.into_iter().flatten().map(|slot| *slot as usize));
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// A person's name apart from the brands, which are folded and hold no control character.
fn person_key(name: &str) -> String {
    format!("\u{1}{}", name.trim())
}
