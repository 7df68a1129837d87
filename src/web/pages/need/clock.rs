//! The answer clock of an offer, in words: what is left, the due instant, and the count day by day (ui.md).
//!
//! The same offer is told in a row of a list ([`Until`]) and in full ([`Clock`], `m::clock`). The count is the one kept
//! with the offer, so it says what was promised and not what would be counted now. Deliberately absent: any counting.

use crate::db::assignment::AssignmentRow;
use crate::domain::answer_rule::{CountedDay, CountingRule, Why};
use crate::domain::assignment::AssignmentState;
use crate::domain::calendar::beijing_date;
use crate::i18n::{L, Lang};
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};

/// What is left shorter than this is shown as soon due.
const SOON: TimeDelta = TimeDelta::hours(24);

/// Where an offer stands, as far as its clock goes.
#[derive(Debug, Clone, Copy)]
pub struct OfferTimes {
    /// Where it stands.
    pub state: AssignmentState,
    /// When the clock began.
    pub notified_at: Option<DateTime<Utc>>,
    /// The first instant that is too late.
    pub answer_due_at: Option<DateTime<Utc>>,
    /// Whether a question has stopped the clock.
    pub paused: bool,
    /// When feedback is due.
    pub feedback_due_at: Option<DateTime<Utc>>,
}

impl OfferTimes {
    /// The times of an assignment.
    #[must_use]
    pub fn of(row: &AssignmentRow) -> Self {
        Self {
            state: row.state,
            notified_at: row.notified_at.map(|at| at.and_utc()),
            answer_due_at: row.answer_due_at.map(|at| at.and_utc()),
            paused: row.asked_at.is_some() && row.replied_at.is_none(),
            feedback_due_at: row.feedback_due_at.map(|at| at.and_utc()),
        }
    }
}

/// The clock in a row, for `m::until`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Until {
    /// `soon`, `late`, `ok` or nothing.
    pub kind: &'static str,
    /// Icon.
    pub symbol: &'static str,
    /// What is left.
    pub words: String,
    /// RFC 3339, where there is an instant.
    pub machine: String,
    /// The instant, or a note.
    pub instant: String,
}

/// RFC 3339, UTC, to the second.
#[must_use]
pub fn machine(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

fn towards(l: L, now: DateTime<Utc>, due_at: DateTime<Utc>, left_key: &str, over_key: &str) -> Until {
    let (kind, symbol, words) = match l.left(now, due_at) {
        None => ("late", "alert", l.t(over_key)),
        Some(left) if due_at - now < SOON => ("soon", "clock", l.a(left_key, &[("left", &left)])),
        Some(left) => ("", "clock", l.a(left_key, &[("left", &left)])),
    };
    Until { kind, symbol, words, machine: machine(due_at), instant: l.short_due(due_at) }
}

/// What is left of an offer, in a row; `None` when nothing is waited for.
#[must_use]
pub fn until(l: L, now: DateTime<Utc>, offer: &OfferTimes) -> Option<Until> {
    match offer.state {
        AssignmentState::Offered if offer.paused => Some(Until {
            kind: "soon",
            symbol: "ask",
            words: l.t("need-clock-paused"),
            instant: l.t("need-clock-paused-note"),
            ..Until::default()
        }),
        AssignmentState::Offered => Some(match offer.answer_due_at {
            Some(due_at) => towards(l, now, due_at, "need-clock-left", "need-clock-over"),
            None => Until {
                symbol: "mail",
                words: l.t("need-clock-unsent"),
                instant: l.t("need-clock-unsent-note"),
                ..Until::default()
            },
        }),
        AssignmentState::Accepted => {
            let due_at = offer.feedback_due_at?;
            Some(towards(l, now, due_at, "need-clock-feedback", "need-clock-feedback-over"))
        }
        _ => None,
    }
}

/// A figure and its unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Figure.
    pub number: String,
    /// Unit.
    pub unit: String,
}

/// One cell of the day strip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// Weekday.
    pub weekday: String,
    /// Day of the month.
    pub date: String,
    /// Counted or not, in a word.
    pub note: String,
    /// Whether the rule counts it.
    pub counted: bool,
    /// Whether it is passed over as a day of rest.
    pub rest: bool,
    /// Whether the period ends on it.
    pub last: bool,
    /// Whether it is today.
    pub today: bool,
}

/// One row of the count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayRow {
    /// The day.
    pub day: String,
    /// Counted or not, in a word.
    pub count: String,
    /// Why.
    pub why: String,
}

/// The component in full, for `m::clock`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clock {
    /// `soon`, `late`, `ok`, `paused` or nothing.
    pub state: &'static str,
    /// What it is for.
    pub title: String,
    /// Icon.
    pub symbol: &'static str,
    /// Kind of the tag.
    pub tag_kind: &'static str,
    /// Icon of the tag.
    pub tag_symbol: &'static str,
    /// The tag; empty for none.
    pub tag_text: String,
    /// Before the figures.
    pub before: String,
    /// What is left.
    pub left: Vec<Part>,
    /// After the figures.
    pub after: String,
    /// Before the due instant.
    pub due_before: String,
    /// RFC 3339.
    pub due_machine: String,
    /// The due instant; empty for none.
    pub due_text: String,
    /// After the due instant.
    pub due_after: String,
    /// Day strip.
    pub days: Vec<Day>,
    /// Count with reasons.
    pub rows: Vec<DayRow>,
    /// The rule it was counted by.
    pub rule: String,
    /// Whether the count stands open.
    pub open: bool,
}

/// What is left as figures with units: the two largest.
fn parts(l: L, minutes: i64) -> Vec<Part> {
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let part = |number: i64, unit: &str| Part { number: number.to_string(), unit: l.t(&format!("need-unit-{unit}")) };
    match (days, hours) {
        (0, 0) => vec![part(rest, "minute")],
        (0, _) => vec![part(hours, "hour"), part(rest, "minute")],
        (_, 0) => vec![part(days, "day")],
        _ => vec![part(days, "day"), part(hours, "hour")],
    }
}

/// Why a day is counted or not, as a sentence.
#[must_use]
pub fn why(l: L, why: &Why) -> String {
    let mut arguments = why.arguments();
    if let Some(key) = why.occasion_key() {
        for (name, value) in &mut arguments {
            if *name == "occasion" {
                *value = l.t(&key);
            }
        }
    }
    let borrowed: Vec<(&str, &str)> = arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
    l.a(&format!("why-{}", why.code()), &borrowed)
}

/// Counted or not, in a word.
fn note(l: L, day: &CountedDay) -> String {
    match &day.why {
        Why::NoticeDay => l.t("need-day-notice"),
        Why::Counted { n }
        | Why::CountedWeekend { n }
        | Why::CountedHoliday { n, .. }
        | Why::CountedMakeUp { n, .. }
        | Why::UnknownYearWorkingDay { n, .. } => l.a("need-day-counted", &[("n", &n.to_string())]),
        Why::MovedHere { .. } | Why::MovedHereMakeUp { .. } => l.t("need-day-moved-here"),
        Why::LastDayWeekend | Why::LastDayHoliday { .. } | Why::UnknownYearWeekend { .. } => l.t("need-day-moves"),
        Why::WeekendNotCounted | Why::HolidayNotCounted { .. } => l.t("need-day-rest"),
        Why::HoursRun { .. } => l.t("need-day-hours"),
        Why::FloorExtension { .. } => l.t("need-day-floor"),
        Why::ClockStopped => l.t("need-day-stopped"),
        Why::MovedByQuestion | Why::MovedByOutage { .. } => l.t("need-day-moved-here"),
    }
}

/// The count as a strip and as a table, with the days a reply or an outage added.
#[must_use]
pub fn counted(l: L, count: &[CountedDay], today: NaiveDate) -> (Vec<Day>, Vec<DayRow>) {
    let last = count.iter().rposition(|day| day.counted);
    let mut days = Vec::with_capacity(count.len());
    let mut rows = Vec::with_capacity(count.len());
    for (place, day) in count.iter().enumerate() {
        let is_today = day.date == today;
        let date = match l.0 {
            Lang::Zh => format!("{}日", day.date.day()),
            Lang::En => day.date.day().to_string(),
        };
        days.push(Day {
            weekday: if is_today { l.t("need-day-today") } else { l.weekday(day.date).to_owned() },
            date,
            note: note(l, day),
            counted: day.counted,
            rest: !day.counted && day.why != Why::NoticeDay,
            last: Some(place) == last,
            today: is_today,
        });
        rows.push(DayRow { day: l.short_date(day.date), count: note(l, day), why: why(l, &day.why) });
    }
    (days, rows)
}

/// What a counting rule says, in a sentence.
#[must_use]
pub fn rule_words(l: L, rule: CountingRule) -> String {
    let (name, text) = (l.t(&format!("rule-{rule}")), l.t(&format!("rule-{rule}-text")));
    l.a("need-clock-rule", &[("name", &name), ("text", &text)])
}

/// The clock of an open offer, in full.
#[must_use]
pub fn clock(l: L, now: DateTime<Utc>, row: &AssignmentRow, expert: &str) -> Clock {
    let times = OfferTimes::of(row);
    let mut clock = Clock { title: l.t("need-clock-title"), symbol: "clock", ..Clock::default() };
    let Some(due_at) = times.answer_due_at else {
        clock.tag_symbol = "mail";
        clock.tag_text = l.t("need-clock-unsent");
        clock.before = l.a("need-clock-not-begun", &[("name", expert)]);
        return clock;
    };
    let (days, rows) = counted(l, &row.day_count.get(), beijing_date(now));
    clock.days = days;
    clock.rows = rows;
    clock.rule = rule_words(l, row.rule);
    clock.due_before = l.a("need-clock-due-before", &[("name", expert)]);
    clock.due_after = l.t("need-clock-due-after");
    clock.due_machine = machine(due_at);
    clock.due_text = l.due(due_at);
    if times.paused {
        clock.state = "paused";
        clock.tag_kind = "ask";
        clock.tag_symbol = "ask";
        clock.tag_text = l.t("need-clock-paused");
        clock.before = l.t("need-clock-paused-long");
        clock.due_before = l.t("need-clock-due-was");
        clock.due_after = String::new();
        return clock;
    }
    if now >= due_at {
        clock.state = "late";
        clock.tag_kind = "late";
        clock.tag_symbol = "alert";
        clock.tag_text = l.t("need-clock-over");
        clock.before = l.t("need-clock-over-long");
        return clock;
    }
    let left = due_at - now;
    if left < SOON {
        clock.state = "soon";
        clock.tag_kind = "soon";
        clock.tag_symbol = "clock";
        clock.tag_text = l.t("need-clock-soon");
    }
    clock.before = l.t("need-clock-before");
    clock.left = parts(l, left.num_minutes().max(1));
    clock.after = l.t("need-clock-after");
    clock
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::answer_rule::due;
    use crate::domain::calendar::{Calendar, start_of_day};

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).expect("an instant").to_utc()
    }

    #[test]
    fn a_row_says_what_is_waited_for() {
        let due_at = at("2026-05-08T16:00:00Z");
        let offered = OfferTimes {
            state: AssignmentState::Offered,
            notified_at: Some(at("2026-05-06T07:12:00Z")),
            answer_due_at: Some(due_at),
            paused: false,
            feedback_due_at: None,
        };
        let unsent = OfferTimes { notified_at: None, answer_due_at: None, ..offered };
        let paused = OfferTimes { paused: true, ..offered };
        let accepted = OfferTimes { state: AssignmentState::Accepted, feedback_due_at: Some(due_at), ..offered };
        let cases = [
            (offered, "2026-05-07T02:00:00Z", "", "clock"),
            (offered, "2026-05-08T01:40:00Z", "soon", "clock"),
            (offered, "2026-05-08T16:00:00Z", "late", "alert"),
            (unsent, "2026-05-08T01:40:00Z", "", "mail"),
            (paused, "2026-05-08T01:40:00Z", "soon", "ask"),
            (accepted, "2026-05-09T01:40:00Z", "late", "alert"),
        ];
        for lang in [Lang::Zh, Lang::En] {
            for (offer, now, kind, symbol) in cases {
                let said = until(L(lang), at(now), &offer).expect("said");
                assert_eq!((said.kind, said.symbol), (kind, symbol), "{offer:?}");
                assert!(!format!("{said:?}").contains('⟦'), "{said:?}");
            }
            let declined = OfferTimes { state: AssignmentState::Declined, ..offered };
            assert_eq!(until(L(lang), at("2026-05-07T02:00:00Z"), &declined), None);
        }
    }

    #[test]
    fn the_count_is_told_for_every_rule_and_ends_on_its_last_counted_day() {
        let calendar = Calendar::from_csv("date,kind,occasion\n2026-05-01,holiday,劳动节\n", "t").expect("a calendar");
        for rule in CountingRule::ALL {
            let told = due(rule, Some(40), at("2026-04-29T07:12:00Z"), &calendar);
            for lang in [Lang::Zh, Lang::En] {
                let today = NaiveDate::from_ymd_opt(2026, 4, 30).expect("a date");
                let (days, rows) = counted(L(lang), &told.count, today);
                assert_eq!(days.iter().filter(|day| day.last).count(), 1, "{rule}");
                assert!(!format!("{days:?}{rows:?}{}", rule_words(L(lang), rule)).contains('⟦'), "{rule}");
            }
            assert!(told.due_at > start_of_day(NaiveDate::from_ymd_opt(2026, 4, 30).expect("a date")));
        }
    }
}
