//! Times during which the answer page was down.

use super::conn::{Conn, cols};
use super::schema::outages;
use crate::ids::AccountId;
use crate::ids::OutageId;
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// One outage (服务中断).
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = outages, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct OutageRow {
    /// Id.
    pub id: OutageId,
    /// From when.
    pub from_at: NaiveDateTime,
    /// Until when.
    pub until_at: NaiveDateTime,
    /// `pulse`: found as a gap after a restart; `entered`: by a person.
    pub source: String,
    /// In words, where a person entered it.
    pub note: Option<String>,
    /// By whom.
    pub entered_by: Option<AccountId>,
    /// How many deadlines it moved.
    pub moved: i32,
    /// When it was recorded.
    pub created_at: NaiveDateTime,
    /// Recognises the same outage recorded twice.
    pub dedup_key: String,
}

row_deeds!(OutageRow, outages, id: OutageId);

/// Records an outage once; false when its key is known.
///
/// # Errors
/// What the database says.
pub fn record(conn: &mut Conn, row: &OutageRow) -> QueryResult<bool> {
    crate::each_backend!(conn, |c| diesel::insert_into(outages::table)
        .values(row)
        .on_conflict(outages::dedup_key)
        .do_nothing()
        .execute(c))
    .map(|rows| rows == 1)
}

/// The outages that ended after `from`, oldest first.
///
/// # Errors
/// What the database says.
pub fn since(conn: &mut Conn, from: NaiveDateTime) -> QueryResult<Vec<OutageRow>> {
    outages::table
        .filter(outages::until_at.gt(from))
        .order((outages::from_at, outages::id))
        .select(cols::<OutageRow>())
        .load(conn)
}

/// The newest outages, at most `limit`.
///
/// # Errors
/// What the database says.
pub fn newest(conn: &mut Conn, limit: i64) -> QueryResult<Vec<OutageRow>> {
    outages::table
        .order((outages::until_at.desc(), outages::id.desc()))
        .limit(limit)
        .select(cols::<OutageRow>())
        .load(conn)
}
