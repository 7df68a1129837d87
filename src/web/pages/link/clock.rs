//! The answer clock on the expert's page: what is left in words, the due instant, and the count day by day on demand.
//!
//! Contract: everything is told from what was fixed with the offer; nothing is counted here. A clock that has not begun
//! says from when it counts; one that a question stopped says until when. Deliberately absent: any ticking.

use crate::domain::answer_rule::{CountedDay, last_day};
use crate::domain::assignment::LinkView;
use crate::domain::calendar::beijing_date;
use crate::domain::notice::OfferFacts;
use crate::i18n::L;
use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, Utc};
use chrono_tz::Asia::Shanghai;

/// A figure of what is left with its unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The figure.
    pub number: i64,
    /// Its unit.
    pub unit: String,
}

/// One cell of the day strip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayCell {
    /// 周五.
    pub weekday: String,
    /// 8日.
    pub date: String,
    /// 第 2 日, or why not.
    pub note: String,
    /// Whether the rule counts it.
    pub counted: bool,
    /// Whether it is passed over though the period runs.
    pub rest: bool,
    /// The last day.
    pub last: bool,
    /// Today.
    pub today: bool,
}

/// One row of the count, with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayRow {
    /// The day.
    pub day: String,
    /// Which day of the count, or that it is none.
    pub count: String,
    /// Why.
    pub why: String,
}

/// The clock, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// `""`, `soon`, `late` or `paused`.
    pub state: &'static str,
    /// What to do by when.
    pub title: String,
    /// What stands where the figures would.
    pub before: String,
    /// What is left; empty when nothing runs.
    pub left: Vec<Part>,
    /// The due instant for machines; empty for none.
    pub due_machine: String,
    /// The due instant in words.
    pub due_text: String,
    /// From when it counts, whether it may move, what a question does.
    pub notes: Vec<String>,
    /// The strip.
    pub days: Vec<DayCell>,
    /// The same with reasons.
    pub rows: Vec<DayRow>,
    /// The rule in a sentence.
    pub rule: String,
}

/// Where a question stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// When it was asked.
    pub asked_at: DateTime<Utc>,
    /// When it was replied to.
    pub replied_at: Option<DateTime<Utc>>,
    /// When the clock restarts by itself.
    pub restarts_at: Option<DateTime<Utc>>,
}

impl Asked {
    /// Until when the clock stands still, if it does.
    #[must_use]
    pub fn stopped_until(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.restarts_at.filter(|restarts_at| self.replied_at.is_none() && now < *restarts_at)
    }
}

/// Below this many minutes little is left.
const SOON: i64 = 24 * 60;

impl Clock {
    /// The clock of an offer that may still be answered.
    #[must_use]
    pub fn of(l: L, offer: &OfferFacts, view: LinkView, asked: Option<&Asked>, now: DateTime<Utc>) -> Self {
        let rule = l.a(
            "letter-due-rule",
            &[("rule", &l.t(&format!("rule-{}", offer.rule))), ("text", &l.t(&format!("rule-{}-text", offer.rule)))],
        );
        let mut clock = Self {
            state: "",
            title: l.t("link-clock-answer"),
            before: String::new(),
            left: Vec::new(),
            due_machine: String::new(),
            due_text: String::new(),
            notes: Vec::new(),
            days: Vec::new(),
            rows: Vec::new(),
            rule,
        };
        let Some(due) = offer.answer_due_at else {
            clock.before = l.t("link-clock-not-begun");
            clock.notes.push(l.t("link-clock-from-notice"));
            return clock;
        };
        let Some(notified_at) = offer.notified_at else {
            clock.before = l.t("link-clock-not-begun");
            clock.notes.push(l.t("link-clock-from-notice"));
            clock.notes.push(l.a("link-clock-if-now", &[("due", &l.due(due))]));
            return clock;
        };
        clock.due_machine = machine(due);
        clock.due_text = l.due(due);
        clock.notes.push(l.a("letter-due-notified", &[("at", &l.instant(notified_at))]));
        if offer.provisional {
            clock.notes.push(l.t("letter-due-provisional"));
        }
        clock.count(l, &offer.count, due, now);
        if let Some(until) = asked.and_then(|asked| asked.stopped_until(now)) {
            clock.state = "paused";
            clock.title = l.t("link-clock-stopped");
            clock.before = l.a("link-clock-stopped-until", &[("until", &l.due(until))]);
            clock.notes.insert(0, l.t("link-clock-stopped-then"));
            return clock;
        }
        if view == LinkView::OpenLate || now >= due {
            clock.state = "late";
            clock.title = l.t("link-clock-late");
            clock.before = l.t("link-clock-late-still-free");
            return clock;
        }
        let minutes = (due - now).num_minutes().max(1);
        if minutes < SOON {
            clock.state = "soon";
        }
        clock.title = if last_day(due) == beijing_date(now) {
            l.a("link-clock-today", &[("time", &time_of(due))])
        } else {
            l.a("link-clock-by", &[("due", &l.short_due(due))])
        };
        clock.before = l.t("link-clock-left");
        clock.left = parts(l, minutes);
        clock
    }

    fn count(&mut self, l: L, count: &[CountedDay], due: DateTime<Utc>, now: DateTime<Utc>) {
        let today = beijing_date(now);
        let last = last_day(due);
        let mut n: u32 = 0;
        for (position, day) in count.iter().enumerate() {
            n += u32::from(day.counted);
            let note = match (day.counted, position) {
                (true, _) => l.a("link-clock-day", &[("n", &n.to_string())]),
                (false, 0) => l.t("link-clock-notice-day"),
                (false, _) => l.t("link-clock-not-counted"),
            };
            self.days.push(DayCell {
                weekday: l.weekday(day.date).to_owned(),
                date: day_of_month(l, day.date),
                note: note.clone(),
                counted: day.counted,
                rest: !day.counted && position > 0,
                last: day.date == last,
                today: day.date == today,
            });
            self.rows.push(DayRow { day: l.short_date(day.date), count: note, why: l.why(&day.why) });
        }
    }
}

/// For `<time datetime>`.
fn machine(at: DateTime<Utc>) -> String {
    at.with_timezone(&Shanghai).to_rfc3339_opts(SecondsFormat::Secs, false)
}

/// 24:00 for midnight, else the time of day.
fn time_of(due: DateTime<Utc>) -> String {
    let text = due.with_timezone(&Shanghai).format("%H:%M").to_string();
    if text == "00:00" { "24:00".to_owned() } else { text }
}

fn day_of_month(l: L, date: NaiveDate) -> String {
    match l.0 {
        crate::i18n::Lang::Zh => format!("{}日", date.day()),
        crate::i18n::Lang::En => date.day().to_string(),
    }
}

/// The two largest units of a span.
fn parts(l: L, minutes: i64) -> Vec<Part> {
    let part = |number: i64, unit: &str| Part { number, unit: l.t(unit) };
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match (days, hours) {
        (0, 0) => vec![part(rest, "link-unit-minute")],
        (0, _) => vec![part(hours, "link-unit-hour"), part(rest, "link-unit-minute")],
        (_, 0) => vec![part(days, "link-unit-day")],
        (_, _) => vec![part(days, "link-unit-day"), part(hours, "link-unit-hour")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::mail::letter::sample;
    use chrono::TimeDelta;

    #[test]
    fn the_clock_says_what_is_left_and_when_it_stands_still() {
        let l = L(Lang::Zh);
        let offer = sample::offer();
        let due = offer.answer_due_at.expect("set");
        let asked = Asked { asked_at: sample::now(), replied_at: None, restarts_at: Some(due + TimeDelta::days(3)) };
        let cases: [(DateTime<Utc>, Option<&Asked>, LinkView, &str, &str, usize); 5] = [
            (due - TimeDelta::hours(30), None, LinkView::Open, "", "请在 5月8日（周五）24:00 前答复", 2),
            (due - TimeDelta::minutes(860), None, LinkView::Open, "soon", "请在今天 24:00 前答复", 2),
            (due - TimeDelta::seconds(20), None, LinkView::Open, "soon", "请在今天 24:00 前答复", 1),
            (due - TimeDelta::hours(1), Some(&asked), LinkView::Open, "paused", "时限已停表", 0),
            (due + TimeDelta::hours(1), None, LinkView::OpenLate, "late", "答复时限已过", 0),
        ];
        for (now, asked, view, state, title, figures) in cases {
            let clock = Clock::of(l, &offer, view, asked, now);
            assert_eq!((clock.state, clock.title.as_str(), clock.left.len()), (state, title, figures), "{now}");
            assert_eq!(clock.days.len(), 3);
            assert!(clock.days[2].last && clock.days[2].note == "第 2 日" && !clock.days[0].counted);
        }
        let replied = Asked { replied_at: Some(sample::now()), ..asked };
        assert_eq!(Clock::of(l, &offer, LinkView::Open, Some(&replied), due - TimeDelta::hours(30)).state, "");
    }

    #[test]
    fn a_clock_that_has_not_begun_says_from_when_it_counts() {
        let offer = OfferFacts { notified_at: None, ..sample::offer() };
        let clock = Clock::of(L(Lang::Zh), &offer, LinkView::Open, None, sample::now());
        assert!(clock.left.is_empty() && clock.due_text.is_empty() && clock.rows.is_empty());
        assert_eq!(clock.before, "时限还没有开始");
        assert!(clock.notes.iter().any(|note| note.contains("2026年5月8日（周五）24:00")));
    }
}
