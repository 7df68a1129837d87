//! The counting rules: when an answer to an offer is due, and the day-by-day count behind it.
//!
//! Purpose: 「2日内」 of the standard's answering clause, read under one of four rules an office may choose (《民法典》
//! art. 204 lets an agreement settle how a period is counted). The default, `civil-code`, follows 《民法典》 arts. 200–203:
//! the day of notice is not counted (201), a last day that is a rest day moves to the next working day and the last day
//! ends at 24:00 (203).
//!
//! Contract: [`due`] is a pure function of rule, floor, notice and calendar. `due_at` is the first instant that is too
//! late. What the letter night, questions, outages and feedback add stands in [`letter_hours`] and [`moved_due`]. The
//! count is stored with the offer as JSON and put into words later, in any language, by the keys `why-…`.
//!
//! Deliberately absent: words; the present time; recounting an offer by a rule other than the one it was made under; any
//! way to make a deadline earlier than one that was told.

mod chain;
pub mod letter_hours;
pub mod moved_count;
pub mod moved_due;
mod why;

pub use chain::{latest_answer, predicted_chain};

pub use letter_hours::{next_waking, reminder_times, tomorrow_morning};
pub use moved_count::{Outage, after_outages, count_after_question};
pub use moved_due::{
    GRACE_SECONDS, add_working_days, answered_in_time, clock_restarts_at, due_after_outage, due_after_reply,
    feedback_due, last_day, reply_due,
};
pub use why::Why;

use crate::domain::calendar::{Calendar, DayKind, at_hour, beijing_clock, beijing_date, day_after, start_of_day};
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Days an expert has to answer: 「2日内」.
pub const ANSWER_DAYS: u8 = 2;
/// The same in hours, under [`CountingRule::Hours48`].
pub const ANSWER_HOURS: u8 = 48;
/// Waking hours, for the floor, are 08:00–22:00 Beijing time: the first of them…
pub const WAKING_FROM: u32 = 8;
/// …and the hour at which they end.
pub const WAKING_UNTIL: u32 = 22;
/// A floor above this many waking hours (24 days) counts as this many.
pub const LONGEST_FLOOR: u32 = 336;

/// How 「2日内」 is counted; fixed with each offer when it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub enum CountingRule {
    /// 《民法典》 arts. 201, 203: two days after the day of notice, a last day at rest moves on; ends 24:00.
    #[default]
    #[serde(rename = "civil-code")]
    CivilCode,
    /// The same without moving the last day.
    #[serde(rename = "calendar-days")]
    CalendarDays,
    /// The end of the second working day after the day of notice, make-up days being working days.
    #[serde(rename = "working-days")]
    WorkingDays,
    /// 48 hours from the instant of notice, by the clock.
    #[serde(rename = "hours-48")]
    Hours48,
}

impl CountingRule {
    /// Every rule, in the order pages offer them.
    pub const ALL: [Self; 4] = [Self::CivilCode, Self::CalendarDays, Self::WorkingDays, Self::Hours48];

    /// The rule's stable name in files, commands and the API; with the prefix `rule-` the key of its words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CivilCode => "civil-code",
            Self::CalendarDays => "calendar-days",
            Self::WorkingDays => "working-days",
            Self::Hours48 => "hours-48",
        }
    }
}

impl fmt::Display for CountingRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no counting rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownRule;

impl fmt::Display for UnknownRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a counting rule: expected civil-code, calendar-days, working-days or hours-48")
    }
}

impl std::error::Error for UnknownRule {}

impl FromStr for CountingRule {
    type Err = UnknownRule;

    fn from_str(text: &str) -> Result<Self, UnknownRule> {
        Self::ALL.into_iter().find(|rule| rule.as_str() == text).ok_or(UnknownRule)
    }
}

/// One day of a count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountedDay {
    /// The day, in Beijing.
    pub date: NaiveDate,
    /// Whether the rule counts it.
    pub counted: bool,
    /// Why it is counted, or why not.
    pub why: Why,
}

/// When an answer is due, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueDate {
    /// The rule counted by.
    pub rule: CountingRule,
    /// The instant of notice: the mail server's 250, or the time staff entered.
    pub notified_at: DateTime<Utc>,
    /// The first instant that is too late.
    pub due_at: DateTime<Utc>,
    /// A day the result hangs on lies in a year whose notice is not out: it may still move, later only.
    pub provisional: bool,
    /// Every day from the day of notice to the last, each once, in order.
    pub count: Vec<CountedDay>,
}

impl DueDate {
    /// The same offer counted again, once a better calendar is in: never earlier than was told before.
    ///
    /// `floor` is the one the offer was made under. Where the new count would end earlier, the deadline and the count
    /// that were told stand.
    #[must_use]
    pub fn restated(&self, floor: Option<u32>, calendar: &Calendar) -> Self {
        let recounted = due(self.rule, floor, self.notified_at, calendar);
        if recounted.due_at >= self.due_at {
            return recounted;
        }
        Self { provisional: recounted.provisional, ..self.clone() }
    }
}

/// When the answer to a notice at `notified_at` is due.
///
/// `waking_hours_floor` is the least number of waking hours (08:00–22:00 in Beijing) the expert is given; a period with
/// fewer runs on to the first instant that gives so many.
#[must_use]
pub fn due(
    rule: CountingRule,
    waking_hours_floor: Option<u32>,
    notified_at: DateTime<Utc>,
    calendar: &Calendar,
) -> DueDate {
    let mut counted = match rule {
        CountingRule::CivilCode => count_days(notified_at, calendar, true),
        CountingRule::CalendarDays => count_days(notified_at, calendar, false),
        CountingRule::WorkingDays => count_working_days(notified_at, calendar),
        CountingRule::Hours48 => count_hours(notified_at),
    };
    if let Some(hours) = waking_hours_floor {
        counted.extend_to_floor(notified_at, hours.min(LONGEST_FLOOR));
    }
    DueDate { rule, notified_at, due_at: counted.due_at, provisional: counted.provisional, count: counted.days }
}

/// A count in the making.
struct Count {
    days: Vec<CountedDay>,
    due_at: DateTime<Utc>,
    provisional: bool,
}

impl Count {
    /// Starts at the day of notice, which no rule by days counts.
    fn from_notice_day(date: NaiveDate) -> Self {
        let notice_day = CountedDay { date, counted: false, why: Why::NoticeDay };
        Self { days: vec![notice_day], due_at: start_of_day(day_after(date)), provisional: false }
    }

    /// Adds a day to the end of which the period now runs.
    fn push(&mut self, date: NaiveDate, counted: bool, why: Why) {
        self.days.push(CountedDay { date, counted, why });
        self.due_at = start_of_day(day_after(date));
    }

    /// Runs on, day by day, until `hours` waking hours lie between the notice and the end.
    fn extend_to_floor(&mut self, notified_at: DateTime<Utc>, hours: u32) {
        let mut missing = TimeDelta::hours(i64::from(hours)) - waking_time(notified_at, self.due_at);
        let mut date = beijing_date(self.due_at);
        while missing > TimeDelta::zero() {
            let from = at_hour(date, WAKING_FROM).max(self.due_at);
            let available = waking_time(from, at_hour(date, WAKING_UNTIL));
            if available > TimeDelta::zero() {
                let taken = missing.min(available);
                missing -= taken;
                self.due_at = later_by(from, taken);
            }
            let until = if missing > TimeDelta::zero() { "24:00".to_owned() } else { clock_text(self.due_at, date) };
            // The day the hours rule ended on is in the list already and now ends later.
            if self.days.last().is_some_and(|last| last.date == date) {
                self.days.pop();
            }
            self.days.push(CountedDay { date, counted: true, why: Why::FloorExtension { hours, until } });
            let following = day_after(date);
            if following == date {
                break;
            }
            date = following;
        }
    }
}

/// `civil-code` (`moves`) and `calendar-days`: rest days inside the period count; only a last day moves.
fn count_days(notified_at: DateTime<Utc>, calendar: &Calendar, moves: bool) -> Count {
    let notice_day = beijing_date(notified_at);
    let mut count = Count::from_notice_day(notice_day);
    let mut date = notice_day;
    for n in 1..=ANSWER_DAYS {
        date = day_after(date);
        if n < ANSWER_DAYS || !moves {
            count.push(date, true, inside_period(n, date, calendar));
        }
    }
    if !moves {
        return count;
    }
    let mut rest_days_passed = false;
    loop {
        let year = date.year();
        let known = calendar.knows_year(year);
        count.provisional |= !known;
        let n = ANSWER_DAYS;
        let moves_on = match calendar.kind(date) {
            DayKind::Weekend if !known => Why::UnknownYearWeekend { year },
            DayKind::Weekend => Why::LastDayWeekend,
            DayKind::Holiday { occasion } => Why::LastDayHoliday { occasion: occasion.to_owned() },
            DayKind::MakeUp { occasion } => {
                let occasion = occasion.to_owned();
                let why = if rest_days_passed {
                    Why::MovedHereMakeUp { n, occasion }
                } else {
                    Why::CountedMakeUp { n, occasion }
                };
                count.push(date, true, why);
                return count;
            }
            DayKind::Working => {
                let why = match (known, rest_days_passed) {
                    (false, _) => Why::UnknownYearWorkingDay { n, year },
                    (true, true) => Why::MovedHere { n },
                    (true, false) => Why::Counted { n },
                };
                count.push(date, true, why);
                return count;
            }
        };
        count.push(date, false, moves_on);
        rest_days_passed = true;
        let following = day_after(date);
        if following == date {
            return count;
        }
        date = following;
    }
}

/// A day that counts whatever it is; its kind is only mentioned, and only where it is certain.
fn inside_period(n: u8, date: NaiveDate, calendar: &Calendar) -> Why {
    match calendar.kind(date) {
        _ if !calendar.knows_year(date.year()) => Why::Counted { n },
        DayKind::Working => Why::Counted { n },
        DayKind::Weekend => Why::CountedWeekend { n },
        DayKind::Holiday { occasion } => Why::CountedHoliday { n, occasion: occasion.to_owned() },
        DayKind::MakeUp { occasion } => Why::CountedMakeUp { n, occasion: occasion.to_owned() },
    }
}

/// `working-days`: rest days do not count at all.
fn count_working_days(notified_at: DateTime<Utc>, calendar: &Calendar) -> Count {
    let mut date = beijing_date(notified_at);
    let mut count = Count::from_notice_day(date);
    let mut n = 0;
    while n < ANSWER_DAYS {
        let following = day_after(date);
        if following == date {
            break;
        }
        date = following;
        let year = date.year();
        let known = calendar.knows_year(year);
        count.provisional |= !known;
        match calendar.kind(date) {
            DayKind::Weekend if !known => count.push(date, false, Why::UnknownYearWeekend { year }),
            DayKind::Weekend => count.push(date, false, Why::WeekendNotCounted),
            DayKind::Holiday { occasion } => {
                count.push(date, false, Why::HolidayNotCounted { occasion: occasion.to_owned() });
            }
            DayKind::MakeUp { occasion } => {
                n += 1;
                count.push(date, true, Why::CountedMakeUp { n, occasion: occasion.to_owned() });
            }
            DayKind::Working => {
                n += 1;
                let why = if known { Why::Counted { n } } else { Why::UnknownYearWorkingDay { n, year } };
                count.push(date, true, why);
            }
        }
    }
    count
}

/// `hours-48`: by the clock, rest or not; no calendar is asked, so the result is never provisional.
fn count_hours(notified_at: DateTime<Utc>) -> Count {
    let due_at = later_by(notified_at, TimeDelta::hours(i64::from(ANSWER_HOURS)));
    let mut days = Vec::new();
    let mut from = notified_at;
    while from < due_at {
        let date = beijing_date(from);
        let until = start_of_day(day_after(date)).min(due_at);
        let why = Why::HoursRun { from: clock_text(from, date), until: clock_text(until, date) };
        days.push(CountedDay { date, counted: true, why });
        if until <= from {
            break;
        }
        from = until;
    }
    Count { days, due_at, provisional: false }
}

/// How much of the time from `from` until `until` lies between 08:00 and 22:00 in Beijing.
fn waking_time(from: DateTime<Utc>, until: DateTime<Utc>) -> TimeDelta {
    let mut total = TimeDelta::zero();
    let mut date = beijing_date(from);
    while start_of_day(date) < until {
        let begins = at_hour(date, WAKING_FROM).max(from);
        let ends = at_hour(date, WAKING_UNTIL).min(until);
        if begins < ends {
            total += ends - begins;
        }
        let following = day_after(date);
        if following == date {
            break;
        }
        date = following;
    }
    total
}

/// `at + by`, staying within what can be represented.
fn later_by(at: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    at.checked_add_signed(by).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// Beijing's clock at `at` as seen from `date`: `10:00`, `23:59:30`, and `24:00` for the end of that day.
fn clock_text(at: DateTime<Utc>, date: NaiveDate) -> String {
    let clock = beijing_clock(at);
    if clock.date() > date {
        return "24:00".to_owned();
    }
    let second = clock.time().format("%S").to_string();
    let pattern = if second == "00" { "%H:%M" } else { "%H:%M:%S" };
    clock.time().format(pattern).to_string()
}

#[cfg(test)]
mod oracle_tests;
#[cfg(test)]
mod tests;
