//! The days of the State Council notices.

use super::conn::{Conn, cols};
use super::schema::calendar_days;
use chrono::NaiveDate;
use diesel::prelude::*;

/// One day of the State Council notices.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = calendar_days, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct CalendarDayRow {
    /// Day.
    pub day: NaiveDate,
    /// Kind.
    pub kind: String,
    /// Occasion.
    pub occasion: String,
    /// Source.
    pub source: String,
}

many_rows!(insert_days, CalendarDayRow, calendar_days);

/// Every day of every notice.
///
/// # Errors
/// What the database says.
pub fn all(conn: &mut Conn) -> QueryResult<Vec<CalendarDayRow>> {
    calendar_days::table.order(calendar_days::day).select(cols::<CalendarDayRow>()).load(conn)
}

/// Drops the days from `from` to `to` inclusive, before a notice is imported anew.
///
/// # Errors
/// What the database says.
pub fn drop_days(conn: &mut Conn, from: NaiveDate, to: NaiveDate) -> QueryResult<()> {
    diesel::delete(calendar_days::table.filter(calendar_days::day.between(from, to))).execute(conn).map(drop)
}
