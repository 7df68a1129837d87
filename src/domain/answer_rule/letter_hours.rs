//! Letters and the night: when the desk may write by itself, and when it reminds unless a manager set it otherwise
//! ([`LetterRules`]).
//!
//! Contract: letters the desk sends by itself leave from 08:00 up to, not including, 21:00 Beijing time. Letters a person
//! sends leave at once and do not ask here.

use crate::domain::calendar::{at_hour, beijing_date, day_after};
use crate::domain::letter_rules::LetterRules;
use chrono::{DateTime, Utc};

/// The hour from which the desk writes by itself, Beijing time.
pub const LETTERS_FROM: u32 = 8;
/// The hour from which it no longer does.
pub const LETTERS_UNTIL: u32 = 21;
/// The hours in which the desk does not write by itself, over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    /// The hour at which they begin, Beijing time.
    pub from: u32,
    /// The hour of the next morning at which they end.
    pub until: u32,
}

impl Default for QuietHours {
    fn default() -> Self {
        Self { from: LETTERS_UNTIL, until: LETTERS_FROM }
    }
}

impl QuietHours {
    /// When a letter the desk sends by itself may leave: `at` itself by day, else the next morning.
    #[must_use]
    pub fn next_waking(self, at: DateTime<Utc>) -> DateTime<Utc> {
        let date = beijing_date(at);
        let morning = at_hour(date, self.until);
        if at < morning {
            morning
        } else if at < at_hour(date, self.from) {
            at
        } else {
            self.tomorrow_morning(at)
        }
    }

    /// The morning of the Beijing day after the one `at` falls on.
    #[must_use]
    pub fn tomorrow_morning(self, at: DateTime<Utc>) -> DateTime<Utc> {
        at_hour(day_after(beijing_date(at)), self.until)
    }
}

/// [`QuietHours::next_waking`] under the default hours: `at` itself between 08:00 and 21:00, else the next 08:00.
#[must_use]
pub fn next_waking(at: DateTime<Utc>) -> DateTime<Utc> {
    QuietHours::default().next_waking(at)
}

/// 「明日 8:00」: 08:00 on the Beijing day after the one `at` falls on.
#[must_use]
pub fn tomorrow_morning(at: DateTime<Utc>) -> DateTime<Utc> {
    QuietHours::default().tomorrow_morning(at)
}

/// The reminders of an offer under the default rules, in order of time, each with its number: the first at half of
/// notice→due, the second at 09:00 on the last day, of two closer than four hours only the second.
#[must_use]
pub fn reminder_times(notified_at: DateTime<Utc>, due_at: DateTime<Utc>) -> Vec<(u8, DateTime<Utc>)> {
    LetterRules::default().reminder_times(notified_at, due_at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::answer_rule::tests::beijing;
    use crate::domain::answer_rule::{CountingRule, due};
    use crate::domain::calendar::{Calendar, SHIPPED_HOLIDAYS, beijing_clock};
    use chrono::TimeDelta;

    const REMINDERS_APART: TimeDelta = TimeDelta::hours(4);

    #[test]
    fn the_desk_writes_by_day() {
        let cases = [
            ("2026-03-10 00:00", "2026-03-10 08:00", "2026-03-11 08:00"),
            ("2026-03-10 07:59:59", "2026-03-10 08:00", "2026-03-11 08:00"),
            ("2026-03-10 08:00", "2026-03-10 08:00", "2026-03-11 08:00"),
            ("2026-03-10 20:59:59", "2026-03-10 20:59:59", "2026-03-11 08:00"),
            ("2026-03-10 21:00", "2026-03-11 08:00", "2026-03-11 08:00"),
            ("2026-12-31 23:59:59", "2027-01-01 08:00", "2027-01-01 08:00"),
        ];
        for (at, waking, tomorrow) in cases {
            assert_eq!(next_waking(beijing(at)), beijing(waking), "{at}");
            assert_eq!(tomorrow_morning(beijing(at)), beijing(tomorrow), "{at}");
        }
    }

    #[test]
    fn reminders() {
        let cases: [(&str, &str, &[(u8, &str)]); 12] = [
            // Civil code, notice by day: half, then the last morning.
            ("2026-03-10 10:00", "2026-03-13 00:00", &[(1, "2026-03-11 17:00"), (2, "2026-03-12 09:00")]),
            // Half at 21:00 or later moves to 08:00, an hour before the second: only the second.
            ("2026-03-10 18:00", "2026-03-13 00:00", &[(2, "2026-03-12 09:00")]),
            ("2026-03-10 23:59", "2026-03-13 00:00", &[(2, "2026-03-12 09:00")]),
            ("2026-03-10 00:00", "2026-03-13 00:00", &[(1, "2026-03-11 12:00"), (2, "2026-03-12 09:00")]),
            // Over a holiday.
            ("2026-02-13 17:00", "2026-02-25 00:00", &[(1, "2026-02-19 08:30"), (2, "2026-02-24 09:00")]),
            // 48 hours.
            ("2026-03-10 10:00", "2026-03-12 10:00", &[(1, "2026-03-11 10:00"), (2, "2026-03-12 09:00")]),
            ("2026-03-10 08:30", "2026-03-12 08:30", &[(1, "2026-03-11 08:30")]),
            ("2026-03-10 03:00", "2026-03-12 03:00", &[(1, "2026-03-11 08:00")]),
            ("2026-03-10 09:00", "2026-03-12 09:00", &[(1, "2026-03-11 09:00")]),
            // Notice on the last day itself, before and after 09:00.
            ("2026-03-12 08:00", "2026-03-13 00:00", &[(2, "2026-03-12 09:00"), (1, "2026-03-12 16:00")]),
            ("2026-03-12 09:00", "2026-03-13 00:00", &[(1, "2026-03-12 16:30")]),
            // Half at night, 08:00 after the end.
            ("2026-03-12 22:00", "2026-03-13 07:00", &[]),
        ];
        for (notice, due_at, expected) in cases {
            let expected: Vec<_> = expected.iter().map(|(number, at)| (*number, beijing(at))).collect();
            assert_eq!(reminder_times(beijing(notice), beijing(due_at)), expected, "{notice} {due_at}");
        }
        let apart = reminder_times(beijing("2026-03-11 01:00"), beijing("2026-03-13 01:00"));
        assert_eq!(apart, [(1, beijing("2026-03-12 08:00"))], "09:00 of the last day is too late");
        // Exactly four hours apart: both.
        let apart = reminder_times(beijing("2026-03-12 02:00"), beijing("2026-03-13 00:00"));
        assert_eq!(apart, [(2, beijing("2026-03-12 09:00")), (1, beijing("2026-03-12 13:00"))]);
        assert_eq!(reminder_times(beijing("2026-03-12 02:00"), beijing("2026-03-12 02:00")), []);
        assert_eq!(reminder_times(beijing("2026-03-12 02:00"), beijing("2026-03-11 02:00")), []);
    }

    #[test]
    fn no_reminder_at_night_or_outside_the_period() {
        let calendar = Calendar::from_csv(SHIPPED_HOLIDAYS, "v1").unwrap();
        let mut notified_at = beijing("2026-01-01 00:00");
        while notified_at < beijing("2027-01-01 00:00") {
            for rule in CountingRule::ALL {
                let due_at = due(rule, None, notified_at, &calendar).due_at;
                let reminders = reminder_times(notified_at, due_at);
                assert!(!reminders.is_empty(), "{rule} {notified_at}");
                for (_, at) in &reminders {
                    assert!(notified_at < *at && *at < due_at, "{rule} {notified_at}");
                    let clock = beijing_clock(*at).time().format("%H:%M:%S").to_string();
                    assert!(
                        "08:00:00" <= clock.as_str() && clock.as_str() < "21:00:00",
                        "{rule} {notified_at} {clock}"
                    );
                }
                assert!(reminders.windows(2).all(|pair| pair[1].1 - pair[0].1 >= REMINDERS_APART));
            }
            notified_at += TimeDelta::minutes(47);
        }
    }
}
