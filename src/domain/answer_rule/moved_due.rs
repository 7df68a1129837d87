//! What happens to a deadline after it was told: questions, outages, grace; and the other periods counted in working days.
//!
//! Contract: nothing here returns a deadline earlier than the one it was given. Every deadline is the first instant that
//! is too late, so "the end of a day" is 00:00 Beijing time of the next.

use super::later_by;
use crate::domain::calendar::{Calendar, beijing_date, day_after, start_of_day};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// Grace, in seconds, for an answer whose first byte came in time.
pub const GRACE_SECONDS: i64 = 60;
/// A question of the expert is to be replied to by the end of this many working days after it.
pub const REPLY_WORKING_DAYS: u32 = 1;
/// Unanswered, it stops the clock for this many working days after it.
pub const STOPPED_WORKING_DAYS: u32 = 2;
/// An answer page down for this many minutes on the last day moves the deadline.
pub const OUTAGE_MINUTES: u32 = 60;

/// The last day on which an answer is in time: the Beijing day just before `due_at`.
#[must_use]
pub fn last_day(due_at: DateTime<Utc>) -> NaiveDate {
    beijing_date(due_at.checked_sub_signed(TimeDelta::nanoseconds(1)).unwrap_or(due_at))
}

/// The `n`th working day after `date`, which itself is not counted; `date` if `n` is 0.
#[must_use]
pub fn add_working_days(date: NaiveDate, n: u32, calendar: &Calendar) -> NaiveDate {
    let mut last = date;
    for _ in 0..n {
        let following = calendar.next_working_day(last);
        if following == last {
            break;
        }
        last = following;
    }
    last
}

/// By when staff must reply to a question asked at `asked_at`: the end of the next working day.
#[must_use]
pub fn reply_due(asked_at: DateTime<Utc>, calendar: &Calendar) -> DateTime<Utc> {
    end_of_working_days(beijing_date(asked_at), REPLY_WORKING_DAYS, calendar)
}

/// When the clock a question stopped restarts by itself: the end of the second working day after it.
#[must_use]
pub fn clock_restarts_at(asked_at: DateTime<Utc>, calendar: &Calendar) -> DateTime<Utc> {
    end_of_working_days(beijing_date(asked_at), STOPPED_WORKING_DAYS, calendar)
}

/// The deadline after a question: the later of the old one and 24:00 of the day after the reply, or after the restart.
#[must_use]
pub fn due_after_reply(old_due: DateTime<Utc>, replied_or_restarted_at: DateTime<Utc>) -> DateTime<Utc> {
    old_due.max(end_of_day(day_after(beijing_date(replied_or_restarted_at))))
}

/// The deadline after the answer page was down for `minutes_down` minutes of the last day: an hour or more moves it to the
/// end of the next day.
#[must_use]
pub fn due_after_outage(due_at: DateTime<Utc>, minutes_down: u32) -> DateTime<Utc> {
    if minutes_down < OUTAGE_MINUTES {
        return due_at;
    }
    due_at.max(end_of_day(day_after(last_day(due_at))))
}

/// Whether an answer came in time: committed before `due_at`, or, its first byte having come before, within the grace.
#[must_use]
pub fn answered_in_time(first_byte_at: DateTime<Utc>, committed_at: DateTime<Utc>, due_at: DateTime<Utc>) -> bool {
    committed_at < due_at
        || (first_byte_at < due_at && committed_at < later_by(due_at, TimeDelta::seconds(GRACE_SECONDS)))
}

/// When the expert's feedback is due: the end of the `working_days`th working day after the service (or, where its day is
/// not known, the acceptance).
#[must_use]
pub fn feedback_due(served_or_accepted_on: NaiveDate, working_days: u32, calendar: &Calendar) -> DateTime<Utc> {
    end_of_working_days(served_or_accepted_on, working_days, calendar)
}

fn end_of_working_days(after: NaiveDate, working_days: u32, calendar: &Calendar) -> DateTime<Utc> {
    end_of_day(add_working_days(after, working_days, calendar))
}

fn end_of_day(date: NaiveDate) -> DateTime<Utc> {
    start_of_day(day_after(date))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::answer_rule::tests::beijing;
    use crate::domain::calendar::SHIPPED_HOLIDAYS;

    fn shipped() -> Calendar {
        Calendar::from_csv(SHIPPED_HOLIDAYS, "v1").unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn working_days_are_added() {
        let calendar = shipped();
        let cases = [
            ("2026-03-10", 0, "2026-03-10"),
            ("2026-03-14", 0, "2026-03-14"),
            ("2026-03-10", 1, "2026-03-11"),
            ("2026-03-13", 1, "2026-03-16"),
            ("2026-02-12", 5, "2026-02-26"),
            ("2026-09-30", 3, "2026-10-10"),
            ("2026-09-30", 4, "2026-10-12"),
        ];
        for (date, n, expected) in cases {
            assert_eq!(add_working_days(day(date), n, &calendar), day(expected), "{date} + {n}");
        }
        assert_eq!(feedback_due(day("2026-03-10"), 5, &calendar), beijing("2026-03-18 00:00"));
        assert_eq!(feedback_due(day("2026-02-12"), 5, &calendar), beijing("2026-02-27 00:00"));
    }

    #[test]
    fn a_question_stops_the_clock() {
        let calendar = shipped();
        let cases = [
            // Asked, to be replied to before, restarts by itself.
            ("2026-03-10 10:00", "2026-03-12 00:00", "2026-03-13 00:00"),
            ("2026-03-13 23:59:59", "2026-03-17 00:00", "2026-03-18 00:00"),
            ("2026-03-14 09:00", "2026-03-17 00:00", "2026-03-18 00:00"),
            ("2026-02-13 17:00", "2026-02-15 00:00", "2026-02-25 00:00"),
        ];
        for (asked, reply, restart) in cases {
            assert_eq!(reply_due(beijing(asked), &calendar), beijing(reply), "{asked}");
            assert_eq!(clock_restarts_at(beijing(asked), &calendar), beijing(restart), "{asked}");
        }
        let cases = [
            // Old due, reply or restart, new due.
            ("2026-03-13 00:00", "2026-03-10 17:00", "2026-03-13 00:00"),
            ("2026-03-13 00:00", "2026-03-11 17:00", "2026-03-13 00:00"),
            ("2026-03-13 00:00", "2026-03-12 00:00", "2026-03-14 00:00"),
            ("2026-03-13 00:00", "2026-03-12 09:00", "2026-03-14 00:00"),
            ("2026-03-13 00:00", "2026-03-13 00:00", "2026-03-15 00:00"),
            ("2026-03-12 10:00", "2026-03-11 23:00", "2026-03-13 00:00"),
        ];
        for (old, at, new) in cases {
            assert_eq!(due_after_reply(beijing(old), beijing(at)), beijing(new), "{old} {at}");
        }
    }

    #[test]
    fn an_hour_of_outage_gives_a_day() {
        let cases = [
            ("2026-03-13 00:00", 0, "2026-03-13 00:00"),
            ("2026-03-13 00:00", 59, "2026-03-13 00:00"),
            ("2026-03-13 00:00", 60, "2026-03-14 00:00"),
            ("2026-03-12 10:00", 60, "2026-03-14 00:00"),
            ("2026-03-12 00:00:01", 61, "2026-03-14 00:00"),
        ];
        for (old, minutes, new) in cases {
            assert_eq!(due_after_outage(beijing(old), minutes), beijing(new), "{old} {minutes}");
        }
    }

    #[test]
    fn in_time_or_late() {
        let due_at = beijing("2026-03-13 00:00");
        let cases = [
            // First byte and commit, in seconds from the deadline.
            (-5, -1, true),
            (-1, 0, true),
            (-1, GRACE_SECONDS - 1, true),
            (-1, GRACE_SECONDS, false),
            (0, 0, false),
            (0, 1, false),
            (10, 20, false),
        ];
        for (first_byte, committed, expected) in cases {
            let at = |seconds| due_at + TimeDelta::seconds(seconds);
            assert_eq!(answered_in_time(at(first_byte), at(committed), due_at), expected, "{first_byte} {committed}");
        }
        assert_eq!(last_day(due_at), day("2026-03-12"));
        assert_eq!(last_day(beijing("2026-03-13 00:00:01")), day("2026-03-13"));
    }
}
