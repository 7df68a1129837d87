//! When needs arrive: on working days, in office hours, more in April and before the year ends, over one year.

use super::dice::Dice;
use crate::domain::calendar::{Calendar, at_hour, beijing_clock, beijing_date, day_after};
use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Timelike, Utc};

/// Office hours, Beijing time: from…
const OPENS: u32 = 9;
/// …to.
const CLOSES: u32 = 18;

/// The newest working days, which have at least a few needs each however small the city is.
const BUSY_DAYS: usize = 12;
/// How many that is.
const AT_LEAST: usize = 3;

/// The instants at which `count` needs arrive in the year before `start`, in order.
#[must_use]
pub fn arrivals(dice: &mut Dice, calendar: &Calendar, start: DateTime<Utc>, count: usize) -> Vec<DateTime<Utc>> {
    let today = beijing_date(start);
    let first = today.checked_sub_days(Days::new(365)).unwrap_or(today);
    let mut days: Vec<(NaiveDate, u32)> = Vec::new();
    let mut day = first;
    while day <= today {
        let weight =
            if calendar.is_working_day(day) { share_of_day(day, today, start) * season(day.month()) / 100 } else { 0 };
        if weight > 0 {
            days.push((day, weight));
        }
        day = day_after(day);
    }
    let weights: Vec<u32> = days.iter().map(|(_, weight)| *weight).collect();
    let mut found = Vec::with_capacity(count);
    let busy = AT_LEAST.min(count / (BUSY_DAYS * 2));
    for (day, _) in days.iter().rev().take(BUSY_DAYS) {
        for _ in 0..busy {
            found.push(moment(dice, *day, start));
        }
    }
    while found.len() < count {
        match days.get(dice.weighted(&weights)) {
            Some((day, _)) => found.push(moment(dice, *day, start)),
            None => found.push(start - TimeDelta::hours(dice.between(1, 8_000))),
        }
    }
    found.sort_unstable();
    found
}

/// Hundredths of an ordinary working day: today only so much as has passed.
fn share_of_day(day: NaiveDate, today: NaiveDate, start: DateTime<Utc>) -> u32 {
    if day < today {
        return 100;
    }
    let now = beijing_clock(start);
    let minutes = (now.hour() * 60 + now.minute()).saturating_sub(OPENS * 60 + 20);
    minutes.min((CLOSES - OPENS) * 60) * 100 / ((CLOSES - OPENS) * 60)
}

const fn season(month: u32) -> u32 {
    match month {
        1 => 90,
        2 => 60,
        3 => 110,
        4 => 140,
        7 | 8 => 85,
        11 => 115,
        12 => 105,
        _ => 100,
    }
}

/// A moment in office hours on that day, a quarter of an hour before `start` at the latest.
fn moment(dice: &mut Dice, day: NaiveDate, start: DateTime<Utc>) -> DateTime<Utc> {
    let opens = at_hour(day, OPENS);
    let latest = at_hour(day, CLOSES).min(start - TimeDelta::minutes(15));
    let open = (latest - opens).num_seconds().max(60);
    let mut at = opens + TimeDelta::seconds(dice.between(0, open - 1));
    // People eat between 12 and 13:30.
    if (12..14).contains(&beijing_clock(at).hour()) && dice.percent(70) {
        at = opens + TimeDelta::seconds(dice.between(0, open.min(3 * 3_600) - 1));
    }
    at
}

/// The next moment at or after `at` at which the office works.
#[must_use]
pub fn office_hours(calendar: &Calendar, at: DateTime<Utc>) -> DateTime<Utc> {
    let date = beijing_date(at);
    if calendar.is_working_day(date) {
        if at < at_hour(date, OPENS) {
            return at_hour(date, OPENS) + (at - at_hour(date, 0)) / 12;
        }
        if at < at_hour(date, CLOSES) {
            return at;
        }
    }
    let next = calendar.next_working_day(date);
    // Spread over the morning, so that not everything happens at nine sharp.
    at_hour(next, OPENS) + TimeDelta::seconds((at.timestamp() % 5_400).abs())
}

/// The next moment at or after `at` at which a person looks at their mail.
#[must_use]
pub fn waking(at: DateTime<Utc>) -> DateTime<Utc> {
    let date = beijing_date(at);
    let minutes = TimeDelta::seconds((at.timestamp() % 4_800).abs());
    if at < at_hour(date, 7) {
        at_hour(date, 7) + minutes
    } else if at >= at_hour(date, 23) {
        at_hour(day_after(date), 7) + minutes
    } else {
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::SHIPPED_HOLIDAYS;

    #[test]
    fn needs_arrive_on_working_days_before_the_start() {
        let calendar = Calendar::from_csv(SHIPPED_HOLIDAYS, "v1").expect("a calendar");
        for (start, hours) in [("2026-11-22T06:00:00Z", 8..20), ("2026-03-11T02:30:00Z", 8..20)] {
            let start: DateTime<Utc> = start.parse().expect("an instant");
            let all = arrivals(&mut Dice::of(5, "arrivals"), &calendar, start, 300);
            assert_eq!(all.len(), 300);
            assert!(all.windows(2).all(|pair| pair[0] <= pair[1]));
            for at in &all {
                assert!(
                    *at < start
                        && calendar.is_working_day(beijing_date(*at))
                        && hours.contains(&beijing_clock(*at).hour()),
                    "{at}"
                );
            }
            let fortnight = all.iter().filter(|at| **at > start - TimeDelta::days(20)).count();
            assert!(fortnight >= BUSY_DAYS * AT_LEAST, "{fortnight}");
            let night = start - TimeDelta::hours(start.hour().into());
            assert!(calendar.is_working_day(beijing_date(office_hours(&calendar, night))));
        }
    }
}
