//! Beijing time: which day an instant falls on, and the instant a day or an hour of a day begins.
//!
//! The zone is `Asia/Shanghai` of the IANA database, not a fixed +08:00, so that instants before 1992, when summer time
//! was kept, are read as they were lived. No function panics: at the ends of what can be represented results stay
//! within it.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Asia::Shanghai;

/// Beijing's offset where the zone has no answer: a midnight skipped by summer time (1940, 1941).
const STANDARD_OFFSET: TimeDelta = TimeDelta::hours(8);

/// The day it is in Beijing at that instant.
#[must_use]
pub fn beijing_date(at: DateTime<Utc>) -> NaiveDate {
    beijing_clock(at).date()
}

/// What calendar and clock show in Beijing at that instant.
#[must_use]
pub fn beijing_clock(at: DateTime<Utc>) -> NaiveDateTime {
    let utc = at.naive_utc();
    let offset = Shanghai.offset_from_utc_datetime(&utc).fix();
    utc.checked_add_offset(offset).unwrap_or(utc)
}

/// 00:00 in Beijing on that day: the first instant of the day, and the first that is too late for the day before.
#[must_use]
pub fn start_of_day(date: NaiveDate) -> DateTime<Utc> {
    at_hour(date, 0)
}

/// The full hour (0–23) in Beijing on that day; 24 is 00:00 of the next day.
#[must_use]
pub fn at_hour(date: NaiveDate, hour: u32) -> DateTime<Utc> {
    let midnight = date.and_time(chrono::NaiveTime::MIN);
    let Some(local) = midnight.checked_add_signed(TimeDelta::hours(i64::from(hour))) else {
        return DateTime::<Utc>::MAX_UTC;
    };
    if let Some(zoned) = resolvable(local).then(|| Shanghai.from_local_datetime(&local).earliest()).flatten() {
        return zoned.with_timezone(&Utc);
    }
    match local.checked_sub_signed(STANDARD_OFFSET) {
        Some(utc) => utc.and_utc(),
        None => DateTime::<Utc>::MIN_UTC,
    }
}

/// The next day; the last day that can be represented is followed by itself.
#[must_use]
pub fn day_after(date: NaiveDate) -> NaiveDate {
    date.succ_opt().unwrap_or(date)
}

/// Whether the zone may be asked: within a day of chrono's limits an offset could leave the range.
fn resolvable(local: NaiveDateTime) -> bool {
    local.year() > NaiveDate::MIN.year() && local.year() < NaiveDate::MAX.year()
}
