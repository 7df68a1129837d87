//! Why a day is counted or not: stable machine codes with their data.
//!
//! Contract: serialised as `{"code":"…", …data}` and stored for good, so codes and fields are never renamed. With the
//! prefix `why-` a code is the key of its message; [`Why::arguments`] are that message's arguments.

use crate::domain::calendar::occasion_code;
use serde::{Deserialize, Serialize};

/// Why a day of a count is counted or not. `n` is which of the days it is, from 1; `occasion` the festival's Chinese
/// name as in the calendar; times are Beijing's, `HH:MM` (with seconds where there are any), the end of a day `24:00`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Why {
    /// The day of notice is not counted (《民法典》 art. 201).
    NoticeDay,
    /// Counted as day `n`.
    Counted {
        /// Which day.
        n: u8,
    },
    /// A Saturday or Sunday inside the period, which counts like any day: only a last day moves.
    CountedWeekend {
        /// Which day.
        n: u8,
    },
    /// A holiday inside the period, which counts like any day: only a last day moves.
    CountedHoliday {
        /// Which day.
        n: u8,
        /// The festival.
        occasion: String,
    },
    /// A Saturday or Sunday that is worked, counted as day `n`.
    CountedMakeUp {
        /// Which day.
        n: u8,
        /// The festival it makes up for.
        occasion: String,
    },
    /// The last day would fall here, on a weekend: it moves on (《民法典》 art. 203).
    LastDayWeekend,
    /// The last day would fall here, on a holiday: it moves on (《民法典》 art. 203).
    LastDayHoliday {
        /// The festival.
        occasion: String,
    },
    /// The first working day after the rest days: the last day has moved here (《民法典》 art. 203).
    MovedHere {
        /// Which day.
        n: u8,
    },
    /// The same, on a Saturday or Sunday that is worked.
    MovedHereMakeUp {
        /// Which day.
        n: u8,
        /// The festival it makes up for.
        occasion: String,
    },
    /// A weekend, not counted under `working-days`.
    WeekendNotCounted,
    /// A holiday, not counted under `working-days`.
    HolidayNotCounted {
        /// The festival.
        occasion: String,
    },
    /// Counted as day `n`, taken for a working day though the notice for `year` is not out: provisional.
    UnknownYearWorkingDay {
        /// Which day.
        n: u8,
        /// The Gregorian year without a notice.
        year: i32,
    },
    /// A weekend taken for rest days though the notice for `year` is not out: provisional.
    UnknownYearWeekend {
        /// The Gregorian year without a notice.
        year: i32,
    },
    /// The 48 hours run on this day between these times.
    HoursRun {
        /// From when.
        from: String,
        /// Until when.
        until: String,
    },
    /// Added because the period gave fewer than `hours` waking hours; on this day it runs until `until`.
    FloorExtension {
        /// The least number of waking hours.
        hours: u32,
        /// Until when.
        until: String,
    },
    /// A question stopped the clock on this day.
    ClockStopped,
    /// The last day after a question: the day after the reply, or after the clock restarted by itself.
    MovedByQuestion,
    /// The last day after the answer page was down on the one before.
    MovedByOutage {
        /// For how many minutes.
        minutes: u32,
        /// On which day, `YYYY-MM-DD`.
        on: String,
    },
}

impl Why {
    /// The stable machine code, kebab-case.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoticeDay => "notice-day",
            Self::Counted { .. } => "counted",
            Self::CountedWeekend { .. } => "counted-weekend",
            Self::CountedHoliday { .. } => "counted-holiday",
            Self::CountedMakeUp { .. } => "counted-make-up",
            Self::LastDayWeekend => "last-day-weekend",
            Self::LastDayHoliday { .. } => "last-day-holiday",
            Self::MovedHere { .. } => "moved-here",
            Self::MovedHereMakeUp { .. } => "moved-here-make-up",
            Self::WeekendNotCounted => "weekend-not-counted",
            Self::HolidayNotCounted { .. } => "holiday-not-counted",
            Self::UnknownYearWorkingDay { .. } => "unknown-year-working-day",
            Self::UnknownYearWeekend { .. } => "unknown-year-weekend",
            Self::HoursRun { .. } => "hours-run",
            Self::FloorExtension { .. } => "floor-extension",
            Self::ClockStopped => "clock-stopped",
            Self::MovedByQuestion => "moved-by-question",
            Self::MovedByOutage { .. } => "moved-by-outage",
        }
    }

    /// The festival a day is named for, as in the calendar, where there is one.
    #[must_use]
    pub fn occasion(&self) -> Option<&str> {
        match self {
            Self::CountedHoliday { occasion, .. }
            | Self::CountedMakeUp { occasion, .. }
            | Self::LastDayHoliday { occasion }
            | Self::MovedHereMakeUp { occasion, .. }
            | Self::HolidayNotCounted { occasion } => Some(occasion),
            _ => None,
        }
    }

    /// Key of the festival's translated name (`occasion-spring-festival`…), where there is one; a translator puts it in
    /// place of the argument `occasion`.
    #[must_use]
    pub fn occasion_key(&self) -> Option<String> {
        Some(format!("occasion-{}", occasion_code(self.occasion()?)?))
    }

    /// The message's arguments, by name, as text.
    #[must_use]
    pub fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::NoticeDay
            | Self::LastDayWeekend
            | Self::WeekendNotCounted
            | Self::ClockStopped
            | Self::MovedByQuestion => Vec::new(),
            Self::MovedByOutage { minutes, on } => vec![("minutes", minutes.to_string()), ("on", on.clone())],
            Self::Counted { n } | Self::CountedWeekend { n } | Self::MovedHere { n } => vec![("n", n.to_string())],
            Self::CountedHoliday { n, occasion }
            | Self::CountedMakeUp { n, occasion }
            | Self::MovedHereMakeUp { n, occasion } => vec![("n", n.to_string()), ("occasion", occasion.clone())],
            Self::LastDayHoliday { occasion } | Self::HolidayNotCounted { occasion } => {
                vec![("occasion", occasion.clone())]
            }
            Self::UnknownYearWorkingDay { n, year } => vec![("n", n.to_string()), ("year", year.to_string())],
            Self::UnknownYearWeekend { year } => vec![("year", year.to_string())],
            Self::HoursRun { from, until } => vec![("from", from.clone()), ("until", until.clone())],
            Self::FloorExtension { hours, until } => vec![("hours", hours.to_string()), ("until", until.clone())],
        }
    }
}

#[cfg(test)]
pub(super) fn samples() -> Vec<Why> {
    let occasion = || "春节".to_owned();
    vec![
        Why::NoticeDay,
        Why::Counted { n: 1 },
        Why::CountedWeekend { n: 1 },
        Why::CountedHoliday { n: 1, occasion: occasion() },
        Why::CountedMakeUp { n: 2, occasion: occasion() },
        Why::LastDayWeekend,
        Why::LastDayHoliday { occasion: occasion() },
        Why::MovedHere { n: 2 },
        Why::MovedHereMakeUp { n: 2, occasion: occasion() },
        Why::WeekendNotCounted,
        Why::HolidayNotCounted { occasion: occasion() },
        Why::UnknownYearWorkingDay { n: 2, year: 2027 },
        Why::UnknownYearWeekend { year: 2027 },
        Why::HoursRun { from: "10:00".to_owned(), until: "24:00".to_owned() },
        Why::FloorExtension { hours: 30, until: "09:00".to_owned() },
        Why::ClockStopped,
        Why::MovedByQuestion,
        Why::MovedByOutage { minutes: 90, on: "2026-03-12".to_owned() },
    ]
}
