//! Where every chain of the trail ends, and the daily roots over all of them (rules.md, "Audit, erasure").
//!
//! A head is moved in the transaction that appends to its chain, so a deletion of the last rows leaves a head that points
//! beyond them. A root covers every chain as it stood at the end of one Beijing day.

use super::audit::AuditRow;
use super::conn::{Conn, cols};
use super::schema::{audit, audit_heads, audit_roots};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use std::collections::HashMap;

/// The end of one chain.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = audit_heads, primary_key(subject))]
pub struct HeadRow {
    /// Whose.
    pub subject: String,
    /// The last step.
    pub step: i32,
    /// When it was taken.
    pub at: NaiveDateTime,
    /// Its hash.
    pub hash: String,
}

/// The root of one day.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_roots)]
pub struct RootRow {
    /// The Beijing day.
    pub day: NaiveDate,
    /// The instant that ended it: what the trail held before it is covered.
    pub cut_at: NaiveDateTime,
    /// How many chains there were.
    pub chains: i64,
    /// The Merkle root, hex.
    pub root: String,
    /// The root of the day anchored before; empty on the first.
    pub previous: String,
    /// Our seal over day, cut, count, root and previous root.
    pub seal: String,
    /// When it was computed.
    pub made_at: NaiveDateTime,
    /// When it was handed to the mail server, if it is mailed.
    pub mailed_at: Option<NaiveDateTime>,
}

/// The end of a subject's chain.
///
/// # Errors
/// What the database says.
pub fn head(conn: &mut Conn, subject: &str) -> QueryResult<Option<HeadRow>> {
    audit_heads::table.filter(audit_heads::subject.eq(subject)).select(cols::<HeadRow>()).first(conn).optional()
}

/// Moves the end of a chain to the row just appended.
///
/// # Errors
/// What the database says; `NotFound` when the end did not stand one step before.
pub fn move_head(conn: &mut Conn, row: &AuditRow, known: bool) -> QueryResult<()> {
    if !known {
        let head = HeadRow { subject: row.subject.clone(), step: row.step, at: row.at, hash: row.hash.clone() };
        return diesel::insert_into(audit_heads::table).values(&head).execute(conn).map(drop);
    }
    let one_before =
        audit_heads::table.filter(audit_heads::subject.eq(&row.subject)).filter(audit_heads::step.eq(row.step - 1));
    let moved = diesel::update(one_before)
        .set((audit_heads::step.eq(row.step), audit_heads::at.eq(row.at), audit_heads::hash.eq(&row.hash)))
        .execute(conn)?;
    if moved == 1 { Ok(()) } else { Err(diesel::result::Error::NotFound) }
}

/// Puts the ends of chains that have one event each and are new.
///
/// # Errors
/// What the database says.
pub fn begin_heads(conn: &mut Conn, rows: &[AuditRow]) -> QueryResult<()> {
    if let [row] = rows {
        return move_head(conn, row, false);
    }
    let heads: Vec<HeadRow> = rows
        .iter()
        .map(|row| HeadRow { subject: row.subject.clone(), step: row.step, at: row.at, hash: row.hash.clone() })
        .collect();
    for chunk in heads.chunks(400) {
        crate::each_backend!(conn, |c| diesel::insert_into(audit_heads::table).values(chunk).execute(c))?;
    }
    Ok(())
}

/// Sets the ends of chains to the last of the rows of each.
///
/// # Errors
/// What the database says.
pub fn put_heads(conn: &mut Conn, rows: &[AuditRow]) -> QueryResult<()> {
    let mut last: HashMap<&str, &AuditRow> = HashMap::new();
    for row in rows {
        last.entry(&row.subject)
            .and_modify(|known| *known = if row.step > known.step { row } else { known })
            .or_insert(row);
    }
    let heads: Vec<HeadRow> = last
        .into_values()
        .map(|row| HeadRow { subject: row.subject.clone(), step: row.step, at: row.at, hash: row.hash.clone() })
        .collect();
    for chunk in heads.chunks(400) {
        let subjects: Vec<&str> = chunk.iter().map(|head| head.subject.as_str()).collect();
        diesel::delete(audit_heads::table.filter(audit_heads::subject.eq_any(&subjects))).execute(conn)?;
        crate::each_backend!(conn, |c| diesel::insert_into(audit_heads::table).values(chunk).execute(c))?;
    }
    Ok(())
}

/// The ends of at most `limit` chains after `subject`, by subject, byte by byte.
///
/// # Errors
/// What the database says.
pub fn heads_after(conn: &mut Conn, subject: &str, limit: i64) -> QueryResult<Vec<HeadRow>> {
    audit_heads::table
        .filter(audit_heads::subject.gt(subject))
        .order(audit_heads::subject)
        .limit(limit)
        .select(cols::<HeadRow>())
        .load(conn)
}

/// The ends of those chains.
///
/// # Errors
/// What the database says.
pub fn heads_of(conn: &mut Conn, subjects: &[&str]) -> QueryResult<Vec<HeadRow>> {
    audit_heads::table.filter(audit_heads::subject.eq_any(subjects)).select(cols::<HeadRow>()).load(conn)
}

/// How a chain ended before `cut`: step and hash of its last row of before; `None` when it began later.
///
/// # Errors
/// What the database says.
pub fn end_before(conn: &mut Conn, subject: &str, cut: NaiveDateTime) -> QueryResult<Option<(i32, String)>> {
    audit::table
        .filter(audit::subject.eq(subject))
        .filter(audit::at.lt(cut))
        .order(audit::step.desc())
        .select((audit::step, audit::hash))
        .first(conn)
        .optional()
}

/// The instant that ended the last anchored day.
///
/// # Errors
/// What the database says.
pub fn newest_cut(conn: &mut Conn) -> QueryResult<Option<NaiveDateTime>> {
    audit_roots::table.order(audit_roots::day.desc()).select(audit_roots::cut_at).first(conn).optional()
}

/// The root of the last anchored day.
///
/// # Errors
/// What the database says.
pub fn newest(conn: &mut Conn) -> QueryResult<Option<RootRow>> {
    audit_roots::table.order(audit_roots::day.desc()).select(cols::<RootRow>()).first(conn).optional()
}

/// The root of a day.
///
/// # Errors
/// What the database says.
pub fn of_day(conn: &mut Conn, day: NaiveDate) -> QueryResult<Option<RootRow>> {
    audit_roots::table.filter(audit_roots::day.eq(day)).select(cols::<RootRow>()).first(conn).optional()
}

/// At most `limit` roots before `day`, newest first.
///
/// # Errors
/// What the database says.
pub fn before(conn: &mut Conn, day: Option<NaiveDate>, limit: i64) -> QueryResult<Vec<RootRow>> {
    let query = audit_roots::table.order(audit_roots::day.desc()).limit(limit).select(cols::<RootRow>());
    match day {
        None => query.load(conn),
        Some(day) => query.filter(audit_roots::day.lt(day)).load(conn),
    }
}

/// Every root, oldest first.
///
/// # Errors
/// What the database says.
pub fn all(conn: &mut Conn) -> QueryResult<Vec<RootRow>> {
    audit_roots::table.order(audit_roots::day).select(cols::<RootRow>()).load(conn)
}

/// Keeps a root, unless that day has one already.
///
/// # Errors
/// What the database says.
pub fn keep(conn: &mut Conn, row: &RootRow) -> QueryResult<bool> {
    crate::each_backend!(conn, |c| diesel::insert_into(audit_roots::table)
        .values(row)
        .on_conflict(audit_roots::day)
        .do_nothing()
        .execute(c))
    .map(|rows| rows == 1)
}

/// The roots that were not mailed yet, oldest first.
///
/// # Errors
/// What the database says.
pub fn unmailed(conn: &mut Conn) -> QueryResult<Vec<RootRow>> {
    audit_roots::table
        .filter(audit_roots::mailed_at.is_null())
        .order(audit_roots::day)
        .select(cols::<RootRow>())
        .load(conn)
}

/// Notes that the roots up to `day` were mailed.
///
/// # Errors
/// What the database says.
pub fn mailed(conn: &mut Conn, day: NaiveDate, at: NaiveDateTime) -> QueryResult<()> {
    diesel::update(audit_roots::table.filter(audit_roots::day.le(day)).filter(audit_roots::mailed_at.is_null()))
        .set(audit_roots::mailed_at.eq(Some(at)))
        .execute(conn)
        .map(drop)
}
