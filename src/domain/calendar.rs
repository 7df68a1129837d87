//! The office's calendar: which days are worked, and when a Beijing day begins.
//!
//! Purpose: answer "is this a rest day?" for the counting rules, the State Council's annual notices (国务院办公厅关于部分
//! 节假日安排的通知) included, both their holidays and their make-up days (调休上班日).
//!
//! Contract: a year is *known* when at least one row of the calendar falls into it. In a known year the rows and the
//! weekends decide. In any other year weekends rest, and so do the days that 《全国年节及纪念日放假办法》 (as amended
//! with effect from 2025-01-01) fixes by Gregorian date: 1 January, 1–2 May, 1–3 October; whoever relied on such a
//! year marks the result provisional. Everything is a pure function of the rows.
//!
//! Deliberately absent: lunar arithmetic and guessing of notices that are not out; reading files or the database; the
//! present time.

mod beijing;

pub use beijing::{at_hour, beijing_clock, beijing_date, day_after, start_of_day};

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The days of the State Council's notices for 2020–2026, as shipped with the product (CSV: `date,kind,occasion`).
pub const SHIPPED_HOLIDAYS: &str = include_str!("holidays-cn.csv");

/// First line of a calendar file; further columns (such as the notice number) may follow and are not read here.
const HEADER: [&str; 3] = ["date", "kind", "occasion"];

/// What a notice makes of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RowKind {
    /// Nobody works: 放假.
    Holiday,
    /// A Saturday or Sunday that is worked: 调休上班.
    Workday,
}

impl RowKind {
    /// The word used in files and in the database: `holiday` or `workday`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Holiday => "holiday",
            Self::Workday => "workday",
        }
    }
}

crate::domain::text_enum! {
    /// Where a notice that was read in stands: it counts only once a second person has approved it.
    pub enum ImportState {
        /// Waits for a second person.
        Pending = "pending",
        /// Counts.
        Approved = "approved",
        /// Does not count.
        Refused = "refused",
    }
}

crate::domain::text_enum! {
    /// What a second person says to a notice that was read in.
    pub enum ImportDecision {
        /// It counts.
        Approve = "approve",
        /// It does not.
        Refuse = "refuse",
    }
}

/// One row of a calendar: a day that is not what its weekday says, or a day named by a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarRow {
    /// The day, in Beijing.
    pub date: NaiveDate,
    /// Rest or work.
    pub kind: RowKind,
    /// The festival the notice gives, in Chinese: 春节, 国庆节…
    pub occasion: String,
}

/// What kind of day a date is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayKind<'calendar> {
    /// Monday to Friday without a holiday.
    Working,
    /// Saturday or Sunday at rest.
    Weekend,
    /// A holiday, on whatever weekday.
    Holiday {
        /// The festival, in Chinese.
        occasion: &'calendar str,
    },
    /// A Saturday or Sunday that is worked to make up for a holiday (调休上班日).
    MakeUp {
        /// The festival it makes up for, in Chinese.
        occasion: &'calendar str,
    },
}

impl DayKind<'_> {
    /// Whether people rest on such a day.
    #[must_use]
    pub const fn is_rest(self) -> bool {
        matches!(self, Self::Weekend | Self::Holiday { .. })
    }
}

/// Why a calendar file was refused: the first line that is wrong, and what is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalendarProblem {
    /// Line of the file, from 1; for rows that came from no file, the ordinal of the row.
    pub line: usize,
    /// What is wrong there.
    pub reason: CalendarFault,
}

/// What can be wrong with a line of a calendar file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalendarFault {
    /// The first line is not `date,kind,occasion`.
    Header,
    /// Fewer than three columns.
    Columns,
    /// Not a date of the form `2026-02-14`.
    Date,
    /// Neither `holiday` nor `workday`.
    Kind,
    /// No occasion given.
    Occasion,
    /// The date stands in the file already.
    Duplicate,
    /// A `workday` on Monday to Friday: make-up days are Saturdays and Sundays, so the date or year is mistaken.
    MakeUpOnWeekday,
}

impl CalendarFault {
    /// Every fault, for the tests of the translations.
    pub const ALL: [Self; 7] =
        [Self::Header, Self::Columns, Self::Date, Self::Kind, Self::Occasion, Self::Duplicate, Self::MakeUpOnWeekday];

    /// Stable machine code; with the prefix `calendar-problem-` the key of its message.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Columns => "columns",
            Self::Date => "date",
            Self::Kind => "kind",
            Self::Occasion => "occasion",
            Self::Duplicate => "duplicate",
            Self::MakeUpOnWeekday => "make-up-on-weekday",
        }
    }
}

impl fmt::Display for CalendarProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = match self.reason {
            CalendarFault::Header => "the first line must be date,kind,occasion",
            CalendarFault::Columns => "expected at least three columns: date,kind,occasion",
            CalendarFault::Date => "not a date such as 2026-02-14",
            CalendarFault::Kind => "kind must be holiday or workday",
            CalendarFault::Occasion => "the occasion is empty",
            CalendarFault::Duplicate => "this date stands in the file already",
            CalendarFault::MakeUpOnWeekday => "a workday row must be a Saturday or Sunday",
        };
        write!(f, "line {}: {said}", self.line)
    }
}

impl std::error::Error for CalendarProblem {}

/// A calendar: the rows of the notices it was made from, and a version to store beside what was decided by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    rows: BTreeMap<NaiveDate, CalendarRow>,
    known_years: BTreeSet<i32>,
    version: String,
}

impl Calendar {
    /// Reads CSV text: the header `date,kind,occasion`, then one day a line, in any order.
    ///
    /// A byte order mark, CRLF and empty lines are tolerated, further columns ignored. `version` is the caller's name
    /// for this text, usually the beginning of its SHA-256.
    ///
    /// # Errors
    /// The first line that cannot be read, with the reason.
    pub fn from_csv(text: &str, version: &str) -> Result<Self, CalendarProblem> {
        let mut calendar = Self::without_rows(version);
        let mut header_seen = false;
        for (index, raw_line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let line = index + 1;
            let content = raw_line.trim();
            if !header_seen {
                let mut names = content.split(',').map(str::trim);
                if !HEADER.iter().all(|wanted| names.next() == Some(*wanted)) {
                    return Err(CalendarProblem { line, reason: CalendarFault::Header });
                }
                header_seen = true;
            } else if !content.is_empty() {
                read_row(content)
                    .and_then(|row| calendar.add(row))
                    .map_err(|reason| CalendarProblem { line, reason })?;
            }
        }
        if !header_seen {
            return Err(CalendarProblem { line: 1, reason: CalendarFault::Header });
        }
        Ok(calendar)
    }

    /// Makes a calendar of rows that were read elsewhere (the database, a worksheet).
    ///
    /// # Errors
    /// The first row that contradicts another or its weekday; `line` is its ordinal, from 1.
    pub fn from_rows(rows: impl IntoIterator<Item = CalendarRow>, version: &str) -> Result<Self, CalendarProblem> {
        let mut calendar = Self::without_rows(version);
        for (index, row) in rows.into_iter().enumerate() {
            calendar.add(row).map_err(|reason| CalendarProblem { line: index + 1, reason })?;
        }
        Ok(calendar)
    }

    fn without_rows(version: &str) -> Self {
        Self { rows: BTreeMap::new(), known_years: BTreeSet::new(), version: version.to_owned() }
    }

    fn add(&mut self, row: CalendarRow) -> Result<(), CalendarFault> {
        if row.occasion.is_empty() {
            return Err(CalendarFault::Occasion);
        }
        if row.kind == RowKind::Workday && !is_weekend(row.date) {
            return Err(CalendarFault::MakeUpOnWeekday);
        }
        if self.rows.contains_key(&row.date) {
            return Err(CalendarFault::Duplicate);
        }
        // New Year's days stand in the notice of the year before: only the days between make a year known.
        if (2..=11).contains(&row.date.month()) {
            self.known_years.insert(row.date.year());
        }
        self.rows.insert(row.date, row);
        Ok(())
    }

    /// The version given by the caller, stored beside every deadline counted with this calendar.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The rows, by date.
    pub fn rows(&self) -> impl Iterator<Item = &CalendarRow> {
        self.rows.values()
    }

    /// What kind of day `date` is; in a year that is not known, by weekday and fixed date alone.
    #[must_use]
    pub fn kind(&self, date: NaiveDate) -> DayKind<'_> {
        if let Some(row) = self.rows.get(&date) {
            return match row.kind {
                RowKind::Holiday => DayKind::Holiday { occasion: &row.occasion },
                RowKind::Workday => DayKind::MakeUp { occasion: &row.occasion },
            };
        }
        if !self.knows_year(date.year())
            && let Some(occasion) = fixed_date_holiday(date)
        {
            return DayKind::Holiday { occasion };
        }
        if is_weekend(date) { DayKind::Weekend } else { DayKind::Working }
    }

    /// Whether people rest on `date`: a holiday, or a weekend day that is not made up.
    #[must_use]
    pub fn is_rest_day(&self, date: NaiveDate) -> bool {
        self.kind(date).is_rest()
    }

    /// Whether people work on `date`, make-up days included.
    #[must_use]
    pub fn is_working_day(&self, date: NaiveDate) -> bool {
        !self.is_rest_day(date)
    }

    /// Whether the State Council's days of this Gregorian year are in the calendar.
    #[must_use]
    pub fn knows_year(&self, year: i32) -> bool {
        self.known_years.contains(&year)
    }

    /// The first working day strictly after `after`.
    #[must_use]
    pub fn next_working_day(&self, after: NaiveDate) -> NaiveDate {
        let mut date = after;
        while let Some(following) = date.succ_opt() {
            date = following;
            if self.is_working_day(date) {
                break;
            }
        }
        date
    }

    /// The year whose notice is overdue on `today`: from 1 December next year's, if it is not in the calendar; this
    /// year's at any time.
    #[must_use]
    pub fn missing_year(&self, today: NaiveDate) -> Option<i32> {
        let this_year = today.year();
        if !self.knows_year(this_year) {
            return Some(this_year);
        }
        let next_year = this_year.saturating_add(1);
        (today.month() == 12 && !self.knows_year(next_year)).then_some(next_year)
    }
}

/// The machine code of a festival's Chinese name, key of its translation with the prefix `occasion-`; `None` for a
/// name the notices do not usually carry, which is then shown as it stands.
#[must_use]
pub fn occasion_code(occasion: &str) -> Option<&'static str> {
    match occasion {
        "元旦" => Some("new-year"),
        "春节" => Some("spring-festival"),
        "清明节" => Some("qingming"),
        "劳动节" => Some("labour-day"),
        "端午节" => Some("dragon-boat"),
        "中秋节" => Some("mid-autumn"),
        "国庆节" => Some("national-day"),
        _ => None,
    }
}

fn read_row(content: &str) -> Result<CalendarRow, CalendarFault> {
    let mut columns = content.split(',').map(str::trim);
    let (Some(date), Some(kind), Some(occasion)) = (columns.next(), columns.next(), columns.next()) else {
        return Err(CalendarFault::Columns);
    };
    // chrono also reads 2026-2-14; a file that is compared and hashed has one spelling of a date.
    let date = match NaiveDate::parse_from_str(date, "%Y-%m-%d") {
        Ok(parsed) if date.len() == 10 => parsed,
        _ => return Err(CalendarFault::Date),
    };
    let kind = match kind {
        "holiday" => RowKind::Holiday,
        "workday" => RowKind::Workday,
        _ => return Err(CalendarFault::Kind),
    };
    Ok(CalendarRow { date, kind, occasion: occasion.to_owned() })
}

fn is_weekend(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

/// The days 《全国年节及纪念日放假办法》 art. 2 fixes by Gregorian date; the lunar ones and 清明 wait for the notice.
fn fixed_date_holiday(date: NaiveDate) -> Option<&'static str> {
    match (date.month(), date.day()) {
        (1, 1) => Some("元旦"),
        (5, 1 | 2) => Some("劳动节"),
        (10, 1..=3) => Some("国庆节"),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
