//! Hours a week (每周可服务小时数): what an expert gives to the service, and whether a week has room for more.
//!
//! Source: issue "The registry", 3 (weekly hours on the expert's own page); Beijing standard, 服务要求 b) (the managing body
//! asks the experts' opinion and considers it). Contract: pure; weeks are those of ISO 8601, Monday to Sunday, of Beijing
//! dates; time is in minutes. Matching weighs services and duty turns together, the rota turns alone. Deliberately absent:
//! which services and turns there are, and experts who set no hours, whom no week bounds.

use chrono::{Datelike, Days, NaiveDate};

/// What a matter whose need names no hours is counted as: an hour, so that silence keeps nobody out for long.
pub const USUAL_MINUTES: u32 = 60;

/// The minutes of a matter, from the hours its need expects.
#[must_use]
pub fn matter_minutes(expected_hours: Option<i32>) -> u32 {
    expected_hours
        .and_then(|hours| u32::try_from(hours).ok())
        .filter(|hours| *hours > 0)
        .map_or(USUAL_MINUTES, |hours| hours.saturating_mul(60))
}

/// The Monday of a day's week.
#[must_use]
pub fn monday(day: NaiveDate) -> NaiveDate {
    day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday()))).unwrap_or(day)
}

/// Whether both days lie in one week.
#[must_use]
pub fn same_week(one: NaiveDate, other: NaiveDate) -> bool {
    one.iso_week() == other.iso_week()
}

/// The minutes given away in a day's week.
#[must_use]
pub fn given_in_week(given: &[(NaiveDate, u32)], day: NaiveDate) -> u32 {
    given.iter().filter(|(on, _)| same_week(*on, day)).fold(0, |sum, (_, minutes)| sum.saturating_add(*minutes))
}

/// Whether a week of `cap` hours, of which `given` minutes are given away, has no room for a matter of `more` minutes. A week
/// in which nothing is given away has room for any one: what is longer than a week is spread over several.
#[must_use]
pub fn is_full(cap: u16, given: u32, more: u32) -> bool {
    let cap = u32::from(cap) * 60;
    given >= cap || (given > 0 && given.saturating_add(more) > cap)
}

/// Whether a duty turn of `more` minutes does not fit any more. A turn cannot be spread, so an empty week bars one that is
/// longer than the week's hours.
#[must_use]
pub fn turn_does_not_fit(cap: u16, given: u32, more: u32) -> bool {
    given.saturating_add(more) > u32::from(cap) * 60
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn weeks_go_from_monday_to_sunday_over_the_new_year() {
        assert_eq!(monday(day("2026-05-10")), day("2026-05-04"));
        assert_eq!(monday(day("2026-05-04")), day("2026-05-04"));
        assert!(same_week(day("2026-12-31"), day("2027-01-03")), "one week, two years");
        assert!(!same_week(day("2026-05-10"), day("2026-05-11")));
        let given = [(day("2026-05-04"), 60), (day("2026-05-10"), 90), (day("2026-05-11"), 600)];
        assert_eq!(given_in_week(&given, day("2026-05-06")), 150);
        assert_eq!(given_in_week(&given, day("2026-06-06")), 0);
    }

    #[test]
    fn an_empty_week_takes_one_matter_and_a_begun_one_what_fits() {
        for (cap, given, more, full) in [
            (4, 0, 60, false),
            (4, 0, 480, false),
            (4, 180, 60, false),
            (4, 180, 61, true),
            (4, 240, 1, true),
            (1, 60, 60, true),
        ] {
            assert_eq!(is_full(cap, given, more), full, "{given} + {more} of {cap} h");
        }
        assert!(turn_does_not_fit(3, 0, 210) && !turn_does_not_fit(3, 0, 180) && turn_does_not_fit(3, 1, 180));
    }

    #[test]
    fn a_need_without_hours_counts_one() {
        assert_eq!([None, Some(0), Some(-3), Some(2)].map(matter_minutes), [60, 60, 60, 120]);
    }
}
