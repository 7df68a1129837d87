//! Whom the stations of the past asked: the hard rules as they were at that moment, then a plain preference.
//!
//! Contract: nobody is asked who could not have been (standing, leave, qualification, caps, channel, distance, conflict).
//! Deliberately absent: the office's own ranking, which needs an index of the past it would be making.

use super::case::Case;
use super::dice::Dice;
use super::experts::Volunteer;
use crate::domain::calendar::{beijing_clock, beijing_date};
use crate::domain::need::Mode;
use crate::domain::place::Point;
use crate::domain::region;
use chrono::{DateTime, Datelike, Utc};
use std::collections::HashMap;

/// What an expert has to do at a moment of the past.
#[derive(Debug, Clone, Copy, Default)]
struct Load {
    open: u32,
    month: (i32, u32),
    offers: u32,
}

/// Everybody's load, and who offers what.
pub struct Choosing {
    loads: Vec<Load>,
    by_service: HashMap<String, Vec<usize>>,
}

fn month_of(at: DateTime<Utc>) -> (i32, u32) {
    let clock = beijing_clock(at);
    (clock.year(), clock.month())
}

/// How many of a long list are looked at.
const LOOKED_AT: usize = 72;

impl Choosing {
    /// Nobody has anything to do yet.
    #[must_use]
    pub fn new(volunteers: &[Volunteer]) -> Self {
        let mut by_service: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, volunteer) in volunteers.iter().enumerate() {
            for service in &volunteer.services {
                by_service.entry(service.clone()).or_default().push(place);
            }
        }
        Self { loads: vec![Load::default(); volunteers.len()], by_service }
    }

    /// An offer was made.
    pub fn offered(&mut self, expert: usize, at: DateTime<Utc>) {
        if let Some(load) = self.loads.get_mut(expert) {
            if load.month != month_of(at) {
                (load.month, load.offers) = (month_of(at), 0);
            }
            load.open += 1;
            load.offers += 1;
        }
    }

    /// An offer is no longer open; one that never reached anybody, or became void, does not count for its month.
    pub fn ended(&mut self, expert: usize, made_at: DateTime<Utc>, counts: bool) {
        if let Some(load) = self.loads.get_mut(expert) {
            load.open = load.open.saturating_sub(1);
            if !counts && load.month == month_of(made_at) {
                load.offers = load.offers.saturating_sub(1);
            }
        }
    }

    /// One more offer is open again: the expert took a seat late, or the like.
    #[must_use]
    pub fn open(&self, expert: usize) -> u32 {
        self.loads.get(expert).map_or(0, |load| load.open)
    }

    /// Whether somebody could be asked for the need at that moment.
    #[must_use]
    pub fn may_be_asked(&self, volunteer: &Volunteer, place: usize, case: &Case, at: DateTime<Utc>) -> bool {
        let need = &case.need;
        let today = beijing_date(at);
        let wanted = need.wanted_by.unwrap_or(today).max(today);
        // Whoever is about to go is not given anything any more.
        let there =
            volunteer.from <= at && volunteer.until.is_none_or(|until| at + chrono::TimeDelta::days(12) < until);
        let qualified = volunteer.qualified_until.is_none_or(|last| last >= wanted);
        let away = volunteer.leaves.iter().any(|(from, to)| [today, wanted].iter().any(|day| from <= day && day <= to));
        let load = self.loads.get(place).copied().unwrap_or_default();
        let month = if load.month == month_of(at) { load.offers } else { 0 };
        let free = load.open < volunteer.open_cap && month < volunteer.monthly_cap;
        let asked = case.offers.iter().any(|offer| offer.expert == place);
        let conflict = case.agent.is_some() && case.agent == volunteer.stem;
        let speaks = volunteer.languages.contains(&need.language);
        there
            && qualified
            && !away
            && free
            && !asked
            && !conflict
            && speaks
            && volunteer.modes.contains(&need.mode)
            && within_reach(volunteer, case)
    }

    /// The best `count` who may be asked, those kept for the seat's neighbours left out.
    pub fn choose(
        &self,
        dice: &mut Dice,
        volunteers: &[Volunteer],
        case: &Case,
        at: DateTime<Utc>,
        count: usize,
    ) -> Vec<usize> {
        let need = &case.need;
        let (services, industries) = (need.services.get(), need.industries.get());
        let mut places: Vec<usize> = Vec::new();
        for service in &services {
            let offering = self.by_service.get(service).map_or(&[][..], Vec::as_slice);
            if offering.len() <= LOOKED_AT {
                places.extend(offering);
            } else {
                places.extend((0..LOOKED_AT).filter_map(|_| dice.pick(offering).copied()));
            }
        }
        places.extend((0..LOOKED_AT / 3).map(|_| dice.below(volunteers.len())));
        places.sort_unstable();
        places.dedup();
        let mut found: Vec<(i64, usize)> = Vec::new();
        for place in places {
            let Some(volunteer) = volunteers.get(place) else { continue };
            let kept = case.reserves.iter().any(|(expert, _, _)| *expert == place);
            if volunteer.reserved || kept || !self.may_be_asked(volunteer, place, case, at) {
                continue;
            }
            let shared = |mine: &[String], theirs: &[String]| mine.iter().filter(|one| theirs.contains(one)).count();
            let score = shared(&volunteer.services, &services) * 40
                + shared(&volunteer.industries, &industries) * 16
                + usize::from(volunteer.region == need.region) * 18
                + dice.below(45);
            let tired = i64::from(self.open(place)) * 18;
            found.push((tired - i64::try_from(score).unwrap_or(0), place));
        }
        found.sort_unstable();
        found.into_iter().take(count).map(|(_, place)| place).collect()
    }
}

fn within_reach(volunteer: &Volunteer, case: &Case) -> bool {
    let Some(most) = volunteer.max_distance_km else { return true };
    if !matches!(case.need.mode, Mode::Onsite | Mode::Station | Mode::Training) {
        return true;
    }
    let centre = region::by_code(&case.need.region).map(|region| (region.lat, region.lon));
    let there = case.need.lat.zip(case.need.lon).or(centre).and_then(|(lat, lon)| Point::new(lat, lon).ok());
    let here = Point::new(volunteer.point.0, volunteer.point.1).ok();
    match (here, there) {
        (Some(here), Some(there)) => i64::from(here.metres_to(there)) <= i64::from(most) * 1_000,
        _ => true,
    }
}
