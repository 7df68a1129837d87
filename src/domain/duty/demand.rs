//! What recent needs say about a station's turns (服务需求人的实际住所、活动需求): where the enterprises are, when they came,
//! which services they asked for, and so how many experts a turn wants.
//!
//! Source: Beijing standard, 服务要求 b). Contract: pure and whole numbers, so that the proposal can be reckoned again by hand
//! from the figures shown beside it; a person takes it or changes it. What comes in after hours or on a weekend is met the
//! next working morning and counted there. Deliberately absent: any forecast, and holidays (a quarter has few).

use super::DutyPart;
use std::collections::BTreeMap;

/// Whole weeks looked back on: a quarter, so that every weekday counts alike.
pub const WEEKS: u32 = 13;
/// Needs one expert meets in half a day at the station.
pub const MEETS: u32 = 3;
/// The most experts a turn is proposed to have.
pub const MOST_SEATS: u8 = 5;
/// How many services are proposed as wanted.
pub const WANTED: usize = 3;
/// A service asked for less often is no proposal.
const SELDOM: u32 = 2;

/// Noon, and the end of office hours, in minutes of the day.
const NOON: u32 = 12 * 60;
const EVENING: u32 = 17 * 60;

/// One need as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Monday 1 to Sunday 7, in Beijing.
    pub weekday: u8,
    /// The minute of that day.
    pub minute: u32,
    /// Services asked for.
    pub services: Vec<String>,
}

/// The half day in which a need is met that comes in then: Monday 1 to Friday 5, morning or afternoon.
#[must_use]
pub const fn half_day(weekday: u8, minute: u32) -> (u8, DutyPart) {
    if weekday >= 6 || weekday == 0 {
        (1, DutyPart::Morning)
    } else if minute < NOON {
        (weekday, DutyPart::Morning)
    } else if minute < EVENING {
        (weekday, DutyPart::Afternoon)
    } else if weekday == 5 {
        (1, DutyPart::Morning)
    } else {
        (weekday + 1, DutyPart::Morning)
    }
}

/// What the needs of [`WEEKS`] weeks say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Demand {
    /// Needs looked at.
    pub needs: u32,
    /// Needs that came in on a Saturday or Sunday; counted on Mondays.
    pub weekend: u32,
    /// Monday to Friday: in the morning, in the afternoon.
    pub half_days: [[u32; 2]; 5],
    /// Services by how often they were asked for, most first.
    pub services: Vec<(String, u32)>,
    /// The half day with the most needs, and how many; none without needs.
    pub busiest: Option<(u8, DutyPart, u32)>,
    /// Experts proposed for each half-day turn.
    pub seats: u8,
    /// Services proposed.
    pub wanted: Vec<String>,
}

impl Demand {
    /// Needs of a weekday, Monday 1 to Friday 5.
    #[must_use]
    pub fn on(&self, weekday: u8) -> u32 {
        let day = usize::from(weekday).checked_sub(1).and_then(|at| self.half_days.get(at));
        day.map_or(0, |halves| halves.iter().sum())
    }

    /// Experts proposed for a turn of whole days: what comes all day, and the day is as long as two halves.
    #[must_use]
    pub fn seats_by_day(&self) -> u8 {
        let most = (1..=5).map(|weekday| self.on(weekday)).max().unwrap_or(0);
        seats_for(most, 2)
    }
}

/// Enough experts for so many needs in [`WEEKS`] weeks, each meeting [`MEETS`] in each of so many half days.
fn seats_for(needs: u32, halves: u32) -> u8 {
    let seats = needs.div_ceil(WEEKS * MEETS * halves).clamp(1, u32::from(MOST_SEATS));
    u8::try_from(seats).unwrap_or(MOST_SEATS)
}

/// Reckons what the needs of the last [`WEEKS`] weeks say: seats for the busiest half day of the week, and the services
/// asked for most.
#[must_use]
pub fn demand(asked: &[Asked]) -> Demand {
    let mut found = Demand { seats: 1, ..Demand::default() };
    let mut services: BTreeMap<&str, u32> = BTreeMap::new();
    for one in asked {
        found.needs += 1;
        found.weekend += u32::from(one.weekday >= 6);
        let (weekday, part) = half_day(one.weekday, one.minute);
        let half = usize::from(part == DutyPart::Afternoon);
        let day = found.half_days.get_mut(usize::from(weekday - 1));
        if let Some(count) = day.and_then(|halves| halves.get_mut(half)) {
            *count += 1;
        }
        for slug in &one.services {
            *services.entry(slug).or_default() += 1;
        }
    }
    for (weekday, halves) in (1_u8..).zip(&found.half_days) {
        for (part, count) in [DutyPart::Morning, DutyPart::Afternoon].into_iter().zip(halves) {
            if *count > found.busiest.map_or(0, |(.., most)| most) {
                found.busiest = Some((weekday, part, *count));
            }
        }
    }
    found.seats = seats_for(found.busiest.map_or(0, |(.., most)| most), 1);
    found.services = services.into_iter().map(|(slug, count)| (slug.to_owned(), count)).collect();
    found.services.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let often = |one: &&(String, u32)| one.1 >= SELDOM;
    found.wanted = found.services.iter().filter(often).take(WANTED).map(|(slug, _)| slug.clone()).collect();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(weekday: u8, hour: u32, service: &str) -> Asked {
        Asked { weekday, minute: hour * 60, services: vec![service.to_owned()] }
    }

    #[test]
    fn what_comes_after_hours_is_met_the_next_working_morning() {
        use DutyPart::{Afternoon, Morning};
        for ((weekday, hour), met) in [
            ((1, 9), (1, Morning)),
            ((1, 11), (1, Morning)),
            ((1, 12), (1, Afternoon)),
            ((4, 16), (4, Afternoon)),
            ((4, 17), (5, Morning)),
            ((5, 20), (1, Morning)),
            ((6, 10), (1, Morning)),
            ((7, 23), (1, Morning)),
        ] {
            assert_eq!(half_day(weekday, hour * 60), met, "{weekday} {hour}");
        }
    }

    #[test]
    fn seats_follow_the_busiest_half_day() {
        assert_eq!((demand(&[]).seats, demand(&[]).busiest, demand(&[]).needs), (1, None, 0));
        // A seat meets three a half day: 39 in thirteen weeks.
        let mut needs: Vec<Asked> = (0..39).map(|_| asked(2, 10, "dispute")).collect();
        assert_eq!(demand(&needs).seats, 1);
        needs.push(asked(2, 9, "risk"));
        let found = demand(&needs);
        assert_eq!((found.seats, found.busiest), (2, Some((2, DutyPart::Morning, 40))));
        assert_eq!((found.on(2), found.on(1), found.on(7), found.on(0)), (40, 0, 0, 0));
        assert_eq!(found.seats_by_day(), 1, "a whole day is two halves long");
        // The same number spread over the week wants no more than one.
        let spread: Vec<Asked> = (0..40_u8).map(|n| asked(1 + n % 5, 10, "dispute")).collect();
        assert_eq!(demand(&spread).seats, 1);
        let flood: Vec<Asked> = (0..2_000).map(|_| asked(3, 14, "search")).collect();
        assert_eq!(demand(&flood).seats, MOST_SEATS);
    }

    #[test]
    fn services_asked_for_once_are_no_proposal_and_weekends_are_told() {
        let needs = [asked(6, 10, "risk"), asked(1, 9, "risk"), asked(1, 9, "dispute"), asked(3, 9, "search")];
        let found = demand(&needs);
        assert_eq!(found.wanted, ["risk"]);
        assert_eq!(found.services, [("risk".to_owned(), 2), ("dispute".to_owned(), 1), ("search".to_owned(), 1)]);
        assert_eq!((found.weekend, found.on(1), found.needs), (1, 3, 4));
        let sum: u32 = (1..=5).map(|weekday| found.on(weekday)).sum();
        assert_eq!(sum, found.needs, "every need is counted on one half day");
    }
}
