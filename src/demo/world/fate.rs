//! What is to become of the newest needs, so that every desk of the demo has something to do on the day it starts.
//!
//! The past is left to chance and to the experts' habits; only some of the last weeks' needs are told what to become.

use super::arrivals::office_hours;
use super::experts::Shown;
use crate::domain::calendar::{Calendar, at_hour, beijing_date};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use std::collections::HashMap;

/// What is to become of a need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Whatever chance says.
    Ordinary,
    /// Nobody has been asked yet.
    NeverOffered,
    /// The first expert has not answered yet.
    StillWaiting,
    /// The first expert asks something at that instant, and waits.
    Question(DateTime<Utc>),
    /// The first letter comes back, and nobody stands behind.
    Bounces,
    /// Everybody asked declines, and nobody has chosen others yet.
    Exhausted,
    /// Accepted; feedback is still to come, or late.
    NoFeedback {
        /// Whether it is late already.
        overdue: bool,
    },
    /// Feedback is in, the rating is not.
    NoRating,
    /// Rated, and not closed yet.
    NotClosed,
    /// The expert at that place is asked first, and says nothing.
    Silent(usize),
    /// The enterprise takes it back while the first offer is open.
    Retracted,
    /// The expert at that place serves, and the enterprise reports a gift.
    Reported(usize),
}

impl Fate {
    /// Whether the first expert is to accept soon.
    #[must_use]
    pub const fn accepts(self) -> bool {
        matches!(self, Self::NoFeedback { .. } | Self::NoRating | Self::NotClosed | Self::Reported(_))
    }
}

/// The working day `count` working days before `day`.
fn working_day_before(calendar: &Calendar, day: NaiveDate, count: u32) -> NaiveDate {
    let mut found = day;
    let mut left = count;
    while left > 0 {
        let Some(before) = found.checked_sub_days(Days::new(1)) else { break };
        found = before;
        if calendar.is_working_day(found) {
            left -= 1;
        }
    }
    found
}

/// Where needs of a fate are looked for: the newest ones at or before an instant.
struct Search<'a> {
    arrivals: &'a [DateTime<Utc>],
    /// Whether anybody at all may serve a need: in Chinese, and with nobody on the other side.
    plain: &'a dyn Fn(usize) -> bool,
    fates: HashMap<usize, Fate>,
}

impl Search<'_> {
    fn give(&mut self, at_or_before: DateTime<Utc>, count: usize, fate: Fate) {
        let end = self.arrivals.partition_point(|at| *at <= at_or_before);
        let mut left = count;
        for index in (0..end).rev() {
            if left == 0 {
                break;
            }
            let named = matches!(fate, Fate::Silent(_) | Fate::Reported(_));
            if (!named || (self.plain)(index))
                && let std::collections::hash_map::Entry::Vacant(free) = self.fates.entry(index)
            {
                free.insert(fate);
                left -= 1;
            }
        }
    }
}

/// The fates of the needs that arrived at these instants; needs that are not in the answer are ordinary. `plain` says of a
/// need whether anybody at all may serve it.
#[must_use]
pub fn fates(
    calendar: &Calendar,
    arrivals: &[DateTime<Utc>],
    start: DateTime<Utc>,
    shown: Shown,
    plain: &dyn Fn(usize) -> bool,
) -> HashMap<usize, Fate> {
    let today = beijing_date(start);
    let evening = |count| at_hour(working_day_before(calendar, today, count), 18);
    let mut search = Search { arrivals, plain, fates: HashMap::new() };
    for days in [50, 34, 13] {
        search.give(start - TimeDelta::days(days), 1, Fate::Silent(shown.silent));
    }
    search.give(start - TimeDelta::days(24), 1, Fate::Reported(shown.reported));
    search.give(start - TimeDelta::days(30), 1, Fate::Retracted);
    search.give(start, 3, Fate::NeverOffered);
    if let Some(asked) = question_time(calendar, start) {
        search.give(asked - TimeDelta::hours(3), 2, Fate::Question(asked));
    }
    search.give(start - TimeDelta::hours(3), 1, Fate::Bounces);
    let newest = arrivals.len().saturating_sub(arrivals.partition_point(|at| *at <= evening(3)));
    search.give(start - TimeDelta::hours(1), 2 + newest / 8, Fate::StillWaiting);
    search.give(evening(1), 2 + newest / 8, Fate::StillWaiting);
    search.give(evening(2), 2 + newest / 8, Fate::StillWaiting);
    search.give(start, newest / 12, Fate::NeverOffered);
    search.give(evening(4), 2, Fate::Exhausted);
    search.give(evening(5), 3, Fate::NoFeedback { overdue: false });
    search.give(evening(16), 1, Fate::NoFeedback { overdue: true });
    search.give(evening(8), 3, Fate::NoRating);
    search.give(evening(10), 3, Fate::NotClosed);
    search.fates
}

/// When a question is asked so that its reply is still owed at `start`: in the last office hours before it.
fn question_time(calendar: &Calendar, start: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let today = beijing_date(start);
    let mut day = today;
    for _ in 0..30 {
        if calendar.is_working_day(day) {
            for hour in [17, 16, 15, 14, 11, 10] {
                let asked = at_hour(day, hour) + TimeDelta::minutes(12);
                if asked < start - TimeDelta::minutes(20) && office_hours(calendar, asked) == asked {
                    return Some(asked);
                }
            }
        }
        day = day.checked_sub_days(Days::new(1))?;
    }
    None
}
