//! The change log that search indexes and matchers follow, who follows it, and how far back it reaches.
//!
//! Contract: a follower asks [`since`] with the watermark it was last given. The log is pruned below the least watermark of
//! those who were seen lately; a follower that was away longer is told so, by `None`, and reads everything anew. Deliberately
//! absent: what a change means.

use super::conn::Conn;
pub use super::dialect::{Change, changes_end as end};
use super::dialect::{changes_from, prune_changes};
use super::schema::{change_log, changes, followers};
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// How many rows one pruning takes out at most, so that no transaction grows long.
pub const AT_A_TIME: i64 = 20_000;

/// Says that something changed; part of the transaction that changed it.
///
/// # Errors
/// What the database says.
pub fn note(conn: &mut Conn, entity: &str, entity_id: &str) -> QueryResult<()> {
    diesel::insert_into(changes::table)
        .values((changes::entity.eq(entity), changes::entity_id.eq(entity_id)))
        .execute(conn)
        .map(drop)
}

/// Says of many at once that they changed; part of the transaction that changed them.
///
/// # Errors
/// What the database says.
pub fn note_many(conn: &mut Conn, entity: &str, ids: &[&str]) -> QueryResult<()> {
    for chunk in ids.chunks(400) {
        let rows: Vec<_> = chunk.iter().map(|id| (changes::entity.eq(entity), changes::entity_id.eq(*id))).collect();
        crate::each_backend!(conn, |c| diesel::insert_into(changes::table).values(&rows).execute(c))?;
    }
    Ok(())
}

/// The log's identity: another database has another one.
///
/// # Errors
/// What the database says.
pub fn identity(conn: &mut Conn) -> QueryResult<String> {
    change_log::table.select(change_log::identity).first(conn)
}

/// The changes since a watermark and the new watermark; `None` when the log no longer reaches back so far, or never
/// reached so far.
///
/// # Errors
/// What the database says.
pub fn since(conn: &mut Conn, watermark: i64) -> QueryResult<Option<(Vec<Change>, i64)>> {
    let end = end(conn)?;
    let found = changes_from(conn, watermark, end)?;
    // Read last: whatever was pruned before the rows were read is below this floor.
    let floor: i64 = change_log::table.select(change_log::floor).first(conn)?;
    Ok((watermark >= floor && watermark <= end).then_some((found, end)))
}

/// How many changes lie above a watermark.
///
/// # Errors
/// What the database says.
pub fn behind(conn: &mut Conn, watermark: i64) -> QueryResult<usize> {
    let end = end(conn)?;
    changes_from(conn, watermark, end).map(|found| found.len())
}

/// Says how far a process has followed.
///
/// # Errors
/// What the database says.
pub fn report(conn: &mut Conn, node: &str, watermark: i64, now: NaiveDateTime) -> QueryResult<()> {
    let row = (followers::node.eq(node), followers::watermark.eq(watermark), followers::seen_at.eq(now));
    let again = (followers::watermark.eq(watermark), followers::seen_at.eq(now));
    crate::each_backend!(conn, |c| diesel::insert_into(followers::table)
        .values(row)
        .on_conflict(followers::node)
        .do_update()
        .set(again)
        .execute(c))
    .map(drop)
}

/// Forgets the processes not seen since `before`, and takes out what every other has followed; answers how many changes
/// went, at most [`AT_A_TIME`]. With nobody seen, nothing goes.
///
/// # Errors
/// What the database says.
pub fn prune(conn: &mut Conn, before: NaiveDateTime) -> QueryResult<usize> {
    diesel::delete(followers::table.filter(followers::seen_at.lt(before))).execute(conn)?;
    let least: Option<i64> = followers::table.select(diesel::dsl::min(followers::watermark)).first(conn)?;
    let Some(least) = least else { return Ok(0) };
    // The floor rises first and in the same transaction: whoever reads after it is told.
    diesel::update(change_log::table.filter(change_log::floor.lt(least)))
        .set(change_log::floor.eq(least))
        .execute(conn)?;
    prune_changes(conn, least, AT_A_TIME)
}
