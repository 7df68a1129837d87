//! The count of a deadline that moved after it was told: which days were added, and why (rules.md, "The answer").
//!
//! Contract: the days that were told stay as they are; days are only added at the end, so that the expert reads the old
//! promise and what came on top of it. Deliberately absent: recording outages and finding the offers they touch.

use super::moved_due::{OUTAGE_MINUTES, due_after_outage};
use super::{CountedDay, Why, last_day};
use crate::domain::calendar::{day_after, start_of_day};
use chrono::{DateTime, NaiveDate, Utc};

/// A time during which the answer page was down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outage {
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when.
    pub until: DateTime<Utc>,
}

/// The count after a question moved the deadline from `old_due` to `new_due`: the clock stood still on the days between,
/// and the last day is the one after the reply or the restart.
#[must_use]
pub fn count_after_question(count: &[CountedDay], old_due: DateTime<Utc>, new_due: DateTime<Utc>) -> Vec<CountedDay> {
    if new_due <= old_due {
        return count.to_vec();
    }
    extended(count, last_day(old_due), last_day(new_due), Why::MovedByQuestion)
}

/// The deadline and its count after outages: as often as the page was down for an hour or more of the last day, the
/// deadline moves to the end of the next day. Outages that were taken into account before change nothing, because the
/// last day is another one by now.
#[must_use]
pub fn after_outages(
    due_at: DateTime<Utc>,
    count: &[CountedDay],
    outages: &[Outage],
) -> (DateTime<Utc>, Vec<CountedDay>) {
    let mut due_at = due_at;
    let mut count = count.to_vec();
    loop {
        let day = last_day(due_at);
        let minutes = minutes_down(outages, start_of_day(day), due_at);
        if minutes < OUTAGE_MINUTES {
            return (due_at, count);
        }
        let moved = due_after_outage(due_at, minutes);
        if moved <= due_at {
            return (due_at, count);
        }
        count = extended(&count, day, last_day(moved), Why::MovedByOutage { minutes, on: day.to_string() });
        due_at = moved;
    }
}

/// How many whole minutes of the time from `from` until `until` lie in an outage, overlapping ones counted once.
fn minutes_down(outages: &[Outage], from: DateTime<Utc>, until: DateTime<Utc>) -> u32 {
    let mut pieces: Vec<(DateTime<Utc>, DateTime<Utc>)> = outages
        .iter()
        .map(|outage| (outage.from.max(from), outage.until.min(until)))
        .filter(|(begins, ends)| begins < ends)
        .collect();
    pieces.sort_unstable();
    let mut seconds = 0;
    let mut seen_until = from;
    for (begins, ends) in pieces {
        let begins = begins.max(seen_until);
        if begins < ends {
            seconds += (ends - begins).num_seconds();
            seen_until = ends;
        }
    }
    u32::try_from(seconds / 60).unwrap_or(u32::MAX)
}

fn extended(count: &[CountedDay], from: NaiveDate, last: NaiveDate, why: Why) -> Vec<CountedDay> {
    let mut count = count.to_vec();
    // Under the hours rule the day it ended on may now end later.
    if count.last().is_some_and(|day| day.date == last) {
        count.pop();
    }
    let mut date = day_after(count.last().map_or(from, |day| day.date.max(from)));
    while date < last {
        count.push(CountedDay { date, counted: false, why: Why::ClockStopped });
        date = day_after(date);
    }
    count.push(CountedDay { date: last, counted: true, why });
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::answer_rule::tests::beijing;
    use crate::domain::answer_rule::{CountingRule, due, due_after_reply};
    use crate::domain::calendar::{Calendar, SHIPPED_HOLIDAYS};
    use chrono::TimeDelta;

    fn told() -> crate::domain::answer_rule::DueDate {
        let calendar = Calendar::from_csv(SHIPPED_HOLIDAYS, "v1").unwrap();
        due(CountingRule::CivilCode, None, beijing("2026-03-10 10:00"), &calendar)
    }

    fn codes(count: &[CountedDay]) -> Vec<(String, bool, &'static str)> {
        count.iter().map(|day| (day.date.to_string(), day.counted, day.why.code())).collect()
    }

    #[test]
    fn a_reply_adds_the_days_the_clock_stood_still() {
        let told = told();
        let new_due = due_after_reply(told.due_at, beijing("2026-03-13 10:00"));
        let count = count_after_question(&told.count, told.due_at, new_due);
        assert_eq!(
            codes(&count)[3..],
            [("2026-03-13".into(), false, "clock-stopped"), ("2026-03-14".into(), true, "moved-by-question")]
        );
        assert_eq!(codes(&count)[..3], codes(&told.count)[..], "what was told stands");
        assert_eq!(count_after_question(&told.count, told.due_at, told.due_at), told.count);
        // 48 hours end at 10:00; the reply gives the whole of that day.
        let hours = due(
            CountingRule::Hours48,
            None,
            beijing("2026-03-10 10:00"),
            &Calendar::from_csv(SHIPPED_HOLIDAYS, "v1").unwrap(),
        );
        let new_due = due_after_reply(hours.due_at, beijing("2026-03-11 17:00"));
        let count = count_after_question(&hours.count, hours.due_at, new_due);
        assert_eq!(count.len(), hours.count.len());
        assert_eq!(codes(&count).last(), Some(&("2026-03-12".into(), true, "moved-by-question")));
    }

    #[test]
    fn an_hour_down_on_the_last_day_moves_it_once_a_day() {
        let told = told();
        let outage = |from: &str, until: &str| Outage { from: beijing(from), until: beijing(until) };
        let cases: [(&[Outage], &str); 7] = [
            (&[], "2026-03-13 00:00"),
            (&[outage("2026-03-11 08:00", "2026-03-11 20:00")], "2026-03-13 00:00"),
            (&[outage("2026-03-12 08:00", "2026-03-12 08:59:59")], "2026-03-13 00:00"),
            (&[outage("2026-03-12 08:00", "2026-03-12 09:00")], "2026-03-14 00:00"),
            // Two half hours are an hour; the same half hour twice is not.
            (
                &[outage("2026-03-12 08:00", "2026-03-12 08:30"), outage("2026-03-12 21:00", "2026-03-12 21:30")],
                "2026-03-14 00:00",
            ),
            (
                &[outage("2026-03-12 08:00", "2026-03-12 08:30"), outage("2026-03-12 08:00", "2026-03-12 08:35")],
                "2026-03-13 00:00",
            ),
            // Over midnight: the next day was down as well, but not for an hour of it.
            (&[outage("2026-03-12 23:00", "2026-03-13 00:30")], "2026-03-14 00:00"),
        ];
        for (outages, expected) in cases {
            let (due_at, count) = after_outages(told.due_at, &told.count, outages);
            assert_eq!(due_at, beijing(expected), "{outages:?}");
            assert_eq!(count.last().map(|day| day.date), Some(last_day(due_at)));
            assert_eq!(after_outages(due_at, &count, outages), (due_at, count.clone()), "once is enough");
        }
        let long = [outage("2026-03-12 20:00", "2026-03-14 10:00")];
        let (due_at, count) = after_outages(told.due_at, &told.count, &long);
        assert_eq!(due_at, beijing("2026-03-16 00:00"), "12th, 13th and 14th were each down for an hour or more");
        assert_eq!(count.iter().filter(|day| day.why.code() == "moved-by-outage").count(), 3);
        assert!(due_at - told.due_at == TimeDelta::days(3));
    }
}
