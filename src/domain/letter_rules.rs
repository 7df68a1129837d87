//! How the desk may write: quiet hours, when it reminds, whom it tells when nobody acts, and how many letters a person
//! gets (rules.md, "Letters and the night", "Defaults").
//!
//! Contract: every value is one a manager may set, and part of the policy's versions. What was planned under a version
//! (an offer's reminders) stays as it was planned. Deliberately absent: letters a person sends, which leave at once.

use super::answer_rule::last_day;
use super::answer_rule::letter_hours::QuietHours;
use super::calendar::at_hour;
use super::refusal::{FieldProblem, Problems};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What a manager may set about letters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LetterRules {
    /// The hour from which the desk no longer writes by itself, Beijing time.
    pub quiet_from: u32,
    /// The hour from which it writes again.
    pub quiet_until: u32,
    /// When an offer is reminded of, in order of weight: of two too close to each other the later in this list stays.
    pub reminders: Vec<ReminderPoint>,
    /// Reminders closer to each other than so many hours are one.
    pub reminders_apart_hours: u32,
    /// Hours after which a task nobody acted on is told to the 站长, then to the managers; from then on daily.
    pub escalation_hours: Vec<u32>,
    /// Minutes within which letters to the same person become one digest; 0 merges only what leaves together.
    pub digest_minutes: u32,
    /// Letters a day to one person, offers aside; the next one waits for the morning.
    pub letters_a_day: u32,
}

impl Default for LetterRules {
    fn default() -> Self {
        let quiet = QuietHours::default();
        Self {
            quiet_from: quiet.from,
            quiet_until: quiet.until,
            reminders: vec![ReminderPoint::Part(50), ReminderPoint::LastDay(9)],
            reminders_apart_hours: 4,
            escalation_hours: vec![4, 24],
            digest_minutes: 30,
            letters_a_day: 3,
        }
    }
}

/// When an offer is reminded of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReminderPoint {
    /// So many hundredths of the way from notice to due: `50%`.
    Part(u8),
    /// So many hours before due: `12h`.
    HoursBefore(u16),
    /// At this hour of the last day, Beijing time: `09:00`.
    LastDay(u8),
}

/// The text names no reminder point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoReminderPoint;

impl fmt::Display for NoReminderPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a reminder point: expected such as 50%, 12h or 09:00")
    }
}

impl std::error::Error for NoReminderPoint {}

impl fmt::Display for ReminderPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Part(part) => write!(f, "{part}%"),
            Self::HoursBefore(hours) => write!(f, "{hours}h"),
            Self::LastDay(hour) => write!(f, "{hour:02}:00"),
        }
    }
}

impl FromStr for ReminderPoint {
    type Err = NoReminderPoint;

    fn from_str(text: &str) -> Result<Self, NoReminderPoint> {
        let text = text.trim().replace('％', "%").replace('：', ":");
        let point = if let Some(part) = text.strip_suffix('%') {
            part.trim().parse().ok().filter(|part| (1..=99).contains(part)).map(Self::Part)
        } else if let Some(hours) = text.strip_suffix(['h', 'H']) {
            hours.trim().parse().ok().filter(|hours| (1..=240).contains(hours)).map(Self::HoursBefore)
        } else if let Some(hour) = text.strip_suffix(":00") {
            hour.parse().ok().filter(|hour| *hour < 24).map(Self::LastDay)
        } else {
            None
        };
        point.ok_or(NoReminderPoint)
    }
}

impl Serialize for ReminderPoint {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ReminderPoint {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The most reminders of one offer.
const MOST_REMINDERS: usize = 6;
/// The most steps of an escalation.
const MOST_STEPS: usize = 4;

impl LetterRules {
    /// The hours in which the desk does not write by itself.
    #[must_use]
    pub const fn quiet(&self) -> QuietHours {
        QuietHours { from: self.quiet_from, until: self.quiet_until }
    }

    /// The reminders of an offer, in order of time, each with its number (its place in the list, from 1).
    ///
    /// A point at night moves to the morning. One that would not lie strictly between notice and due falls away; of two
    /// closer than [`reminders_apart_hours`](Self::reminders_apart_hours) only the one named later stays.
    #[must_use]
    pub fn reminder_times(&self, notified_at: DateTime<Utc>, due_at: DateTime<Utc>) -> Vec<(u8, DateTime<Utc>)> {
        let apart = TimeDelta::hours(i64::from(self.reminders_apart_hours));
        let mut kept: Vec<(u8, DateTime<Utc>)> = Vec::new();
        for (number, point) in (1..).zip(&self.reminders) {
            let at = match point {
                ReminderPoint::Part(part) => {
                    let seconds = (due_at - notified_at).num_seconds() * i64::from(*part) / 100;
                    notified_at.checked_add_signed(TimeDelta::seconds(seconds))
                }
                ReminderPoint::HoursBefore(hours) => due_at.checked_sub_signed(TimeDelta::hours(i64::from(*hours))),
                ReminderPoint::LastDay(hour) => Some(at_hour(last_day(due_at), u32::from(*hour))),
            };
            let Some(at) = at.map(|at| self.quiet().next_waking(at)) else { continue };
            if at > notified_at && at < due_at {
                kept.retain(|(_, other)| (*other - at).abs() >= apart);
                kept.push((number, at));
            }
        }
        kept.sort_by_key(|(_, at)| *at);
        kept
    }

    /// When a task left at `since` is told to the next circle of people: `step` 0 is the first time after it was left.
    #[must_use]
    pub fn escalates_at(&self, since: DateTime<Utc>, step: usize, now: DateTime<Utc>) -> DateTime<Utc> {
        let at = match self.escalation_hours.get(step) {
            Some(hours) => since + TimeDelta::hours(i64::from(*hours)),
            None => now + TimeDelta::hours(24),
        };
        self.quiet().next_waking(at)
    }

    /// Whether a manager may set this; each problem names its field.
    pub fn check(&self, problems: &mut Problems) {
        let mut within = |field: &'static str, value: u32, least: u32, most: u32| {
            if !(least..=most).contains(&value) {
                problems.add(FieldProblem::with(field, "out-of-range", format!("{least}–{most}")));
            }
        };
        within("quiet_from", self.quiet_from, 17, 23);
        within("quiet_until", self.quiet_until, 5, 11);
        within("reminders_apart_hours", self.reminders_apart_hours, 0, 24);
        within("digest_minutes", self.digest_minutes, 0, 240);
        within("letters_a_day", self.letters_a_day, 1, 20);
        if self.reminders.len() > MOST_REMINDERS {
            problems.add(FieldProblem::with("reminders", "too-many", MOST_REMINDERS));
        }
        if self.escalation_hours.len() > MOST_STEPS {
            problems.add(FieldProblem::with("escalation_hours", "too-many", MOST_STEPS));
        }
        let hours = self.escalation_hours.iter().copied();
        let rising = self.escalation_hours.windows(2).all(|pair| pair.first() < pair.last());
        if !rising || hours.clone().any(|hours| !(1..=240).contains(&hours)) {
            problems.add(FieldProblem::with("escalation_hours", "not-rising", "1–240"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::start_of_day;
    use chrono::NaiveDateTime;

    /// An instant by Beijing's clock: `2026-03-10 09:00`.
    fn beijing(text: &str) -> DateTime<Utc> {
        let at = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("an instant");
        start_of_day(at.date()) + (at.time() - chrono::NaiveTime::MIN)
    }

    #[test]
    fn points_are_read_as_they_are_written() {
        for text in ["50%", "12h", "09:00", "1%", "240h", "23:00"] {
            assert_eq!(text.parse::<ReminderPoint>().expect("reads").to_string(), text);
        }
        assert_eq!(" 50％ ".parse(), Ok(ReminderPoint::Part(50)));
        assert_eq!("9：00".parse(), Ok(ReminderPoint::LastDay(9)));
        for text in ["", "half", "0%", "100%", "0h", "24:00", "09:30", "-1h", "1d"] {
            assert_eq!(text.parse::<ReminderPoint>(), Err(NoReminderPoint), "{text}");
        }
    }

    #[test]
    fn reminders_follow_the_list() {
        let rules = |points: &[&str]| LetterRules {
            reminders: points.iter().map(|point| point.parse().expect("a point")).collect(),
            ..LetterRules::default()
        };
        let (notice, due) = (beijing("2026-03-10 10:00"), beijing("2026-03-13 00:00"));
        let cases: [(&[&str], &[(u8, &str)]); 6] = [
            (&[], &[]),
            (&["25%", "50%", "09:00"], &[(1, "2026-03-11 08:00"), (2, "2026-03-11 17:00"), (3, "2026-03-12 09:00")]),
            // 12 h before is noon of the last day, three hours after 09:00: the later named stays.
            (&["09:00", "12h"], &[(2, "2026-03-12 12:00")]),
            (&["12h", "09:00"], &[(2, "2026-03-12 09:00")]),
            // At night: moved to the morning; after the end: none.
            (&["20h"], &[(1, "2026-03-12 08:00")]),
            (&["1h"], &[]),
        ];
        for (points, expected) in cases {
            let expected: Vec<_> = expected.iter().map(|(number, at)| (*number, beijing(at))).collect();
            assert_eq!(rules(points).reminder_times(notice, due), expected, "{points:?}");
        }
    }

    #[test]
    fn a_task_climbs_by_the_steps_and_then_daily() {
        let rules = LetterRules::default();
        let since = beijing("2026-03-10 19:00");
        assert_eq!(rules.escalates_at(since, 0, since), beijing("2026-03-11 08:00"));
        assert_eq!(rules.escalates_at(since, 1, since), beijing("2026-03-11 19:00"));
        let now = beijing("2026-03-11 19:00");
        assert_eq!(rules.escalates_at(since, 2, now), beijing("2026-03-12 19:00"));
    }

    #[test]
    fn what_will_not_do_names_its_field() {
        let fields = |rules: LetterRules| {
            let mut problems = Problems::default();
            rules.check(&mut problems);
            match problems.settle() {
                Ok(()) => Vec::new(),
                Err(crate::domain::refusal::Refusal::Invalid(found)) => {
                    found.into_iter().map(|problem| problem.field).collect()
                }
                Err(other) => panic!("{other:?}"),
            }
        };
        assert!(fields(LetterRules::default()).is_empty());
        assert_eq!(fields(LetterRules { quiet_from: 2, ..LetterRules::default() }), ["quiet_from"]);
        assert_eq!(fields(LetterRules { letters_a_day: 0, ..LetterRules::default() }), ["letters_a_day"]);
        let falling = LetterRules { escalation_hours: vec![24, 4], ..LetterRules::default() };
        assert_eq!(fields(falling), ["escalation_hours"]);
        let many = LetterRules { reminders: vec![ReminderPoint::Part(1); 7], ..LetterRules::default() };
        assert_eq!(fields(many), ["reminders"]);
    }

    #[test]
    fn an_older_policy_without_them_has_the_defaults() {
        let read: LetterRules = serde_json::from_str("{\"letters_a_day\": 5}").expect("reads");
        assert_eq!(read, LetterRules { letters_a_day: 5, ..LetterRules::default() });
        let text = serde_json::to_string(&read).expect("writes");
        assert!(text.contains("[\"50%\",\"09:00\"]"), "{text}");
    }
}
