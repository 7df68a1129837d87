//! I8: the trail is whole. Every chain is hashed anew, every end is where its head says, every root carries our seal, and
//! the newest root is computed again from the ends as they stood.
//!
//! An edit, a deletion or a reorder breaks its chain or its end; a truncation leaves a head beyond the last row; whoever
//! rewrites a chain together with its head before the last cut changes the root. An exported root file adds the same for
//! somebody who also holds the keys. Not found: what was rewritten whole, head and all, since the last cut.

use super::Findings;
use super::Invariant;
use crate::actions::anchor_trail;
use crate::db::Conn;
use crate::db::anchor;
use crate::db::anchor::{HeadRow, RootRow};
use crate::db::audit;
use crate::db::audit::AuditRow;
use crate::db::audit::chain_hash;
use crate::db::schema::audit as rows;
use crate::db::schema::audit_heads as heads;
use crate::seal::Keyring;
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use std::collections::HashMap;

/// How many rows are read at a time.
const PAGE: i64 = 10_000;

/// One chain, whole or a part that begins with its first row.
pub(super) fn judge(chain: &[AuditRow], findings: &mut Findings) {
    let mut before = None;
    for row in chain {
        step(before, row, findings);
        before = Some(end(row));
    }
}

/// Where a chain stands after a row: its step and its hash.
fn end(row: &AuditRow) -> (i32, &str) {
    (row.step, row.hash.as_str())
}

fn step(before: Option<(i32, &str)>, row: &AuditRow, findings: &mut Findings) {
    let (expected, previous) = before.map_or((1, ""), |(step, hash)| (step + 1, hash));
    let why = if row.step != expected {
        format!("step {} where {expected} should be", row.step)
    } else if row.previous != previous {
        format!("step {expected} does not follow the one before")
    } else if chain_hash(row) != row.hash {
        format!("step {expected} was changed")
    } else {
        return;
    };
    findings.add(Invariant::TrailWhole, &row.subject, why);
}

/// Every chain and its end. Answers how many rows there are.
///
/// # Errors
/// What the database says.
pub fn chains(conn: &mut Conn, findings: &mut Findings) -> QueryResult<usize> {
    let mut seen = 0;
    let mut last: Option<AuditRow> = None;
    loop {
        let (subject, at) = last.as_ref().map_or(("", 0), |row| (row.subject.as_str(), row.step));
        let page = audit::after(conn, subject, at, PAGE)?;
        if page.is_empty() {
            break;
        }
        seen += page.len();
        for row in page {
            let before = last.as_ref().filter(|before| before.subject == row.subject);
            step(before.map(end), &row, findings);
            last = Some(row);
        }
    }
    ends(conn, findings)?;
    Ok(seen)
}

/// The chains that moved since `since`: their rows since then, each behind the one before it, and where they end. A chain's
/// time never runs backwards, so these rows are its last ones. Answers how many rows there are.
///
/// # Errors
/// What the database says.
pub fn moved(conn: &mut Conn, since: NaiveDateTime, findings: &mut Findings) -> QueryResult<usize> {
    let mut seen = 0;
    for part in audit::subjects_since(conn, since)?.chunks(500) {
        let subjects: Vec<&str> = part.iter().map(String::as_str).collect();
        let mut ends: HashMap<String, HeadRow> =
            anchor::heads_of(conn, &subjects)?.into_iter().map(|head| (head.subject.clone(), head)).collect();
        let rows = audit::since_of(conn, &subjects, since)?;
        seen += rows.len();
        for chain in rows.chunk_by(|one, next| one.subject == next.subject) {
            let (Some(first), Some(last)) = (chain.first(), chain.last()) else { continue };
            let before = anchor::end_before(conn, &first.subject, since)?;
            let mut before = before.as_ref().map(|(step, hash)| (*step, hash.as_str()));
            for row in chain {
                step(before, row, findings);
                before = Some(end(row));
            }
            let why = match ends.remove(&last.subject) {
                None => format!("step {} lies beyond the end that was noted", last.step),
                Some(head) if (head.step, head.hash.as_str()) != end(last) || head.at != last.at => {
                    format!("it ended at step {}, and that row is not there", head.step)
                }
                Some(_) => continue,
            };
            findings.add(Invariant::TrailWhole, &last.subject, why);
        }
    }
    Ok(seen)
}

/// The newest root alone: its seal, and that it follows the one before it.
///
/// # Errors
/// What the database says.
pub fn newest_root(conn: &mut Conn, keys: &Keyring, findings: &mut Findings) -> QueryResult<usize> {
    let newest = anchor::before(conn, None, 2)?;
    let mut before: Option<&RootRow> = None;
    for row in newest.iter().rev() {
        link(keys, before, row, findings);
        before = Some(row);
    }
    Ok(newest.len())
}

/// The heads that do not stand at the end of their chain, and the chains without a head.
///
/// # Errors
/// What the database says.
pub fn ends(conn: &mut Conn, findings: &mut Findings) -> QueryResult<()> {
    let at_the_end = rows::table
        .filter(rows::subject.eq(heads::subject))
        .filter(rows::step.eq(heads::step))
        .filter(rows::hash.eq(heads::hash))
        .filter(rows::at.eq(heads::at));
    let cut_off: Vec<(String, i32)> = heads::table
        .filter(diesel::dsl::not(diesel::dsl::exists(at_the_end)))
        .order(heads::subject)
        .limit(1_000)
        .select((heads::subject, heads::step))
        .load(conn)?;
    for (subject, step) in cut_off {
        findings.add(Invariant::TrailWhole, &subject, format!("it ended at step {step}, and that row is not there"));
    }
    let known = heads::table.filter(heads::subject.eq(rows::subject)).filter(heads::step.ge(rows::step));
    let beyond: Vec<(String, i32)> = rows::table
        .filter(diesel::dsl::not(diesel::dsl::exists(known)))
        .order((rows::subject, rows::step))
        .limit(1_000)
        .select((rows::subject, rows::step))
        .load(conn)?;
    for (subject, step) in beyond {
        findings.add(Invariant::TrailWhole, &subject, format!("step {step} lies beyond the end that was noted"));
    }
    Ok(())
}

/// The stored roots: seals, links, and the newest computed again. With `exported`, the roots of a file kept elsewhere: each
/// must be ours and be stored, and the newest of them is computed again as well.
///
/// # Errors
/// What the database says.
pub fn roots(conn: &mut Conn, keys: &Keyring, exported: &[RootRow], findings: &mut Findings) -> QueryResult<usize> {
    let stored = anchor::all(conn)?;
    let mut before: Option<&RootRow> = None;
    for row in &stored {
        link(keys, before, row, findings);
        before = Some(row);
    }
    if let Some(newest) = stored.last() {
        again(conn, newest, "the trail before it was changed", findings)?;
    }
    for row in exported {
        let name = root_name(row.day);
        if !anchor_trail::is_ours(keys, row) {
            findings.add(Invariant::TrailWhole, &name, "the exported root is none of ours");
        }
        match stored.iter().find(|known| known.day == row.day) {
            None => findings.add(Invariant::TrailWhole, &name, "exported, and no longer stored"),
            Some(known) if known.root != row.root || known.chains != row.chains => {
                findings.add(Invariant::TrailWhole, &name, "exported with another root than is stored");
            }
            Some(_) => {}
        }
    }
    if let Some(newest) = exported.iter().max_by_key(|row| row.day) {
        again(conn, newest, "the trail before the exported root was changed", findings)?;
    }
    Ok(stored.len())
}

/// A root carries our seal, and follows the one of the day before.
fn link(keys: &Keyring, before: Option<&RootRow>, row: &RootRow, findings: &mut Findings) {
    let name = root_name(row.day);
    if !anchor_trail::is_ours(keys, row) {
        findings.add(Invariant::TrailWhole, &name, "its seal does not hold");
    }
    let Some(before) = before else { return };
    if row.previous != before.root {
        findings.add(Invariant::TrailWhole, &name, "it does not follow the root before");
    }
    if before.day.succ_opt() != Some(row.day) {
        findings.add(Invariant::TrailWhole, &name, format!("no root between {} and it", before.day));
    }
}

fn again(conn: &mut Conn, row: &RootRow, why: &str, findings: &mut Findings) -> QueryResult<()> {
    let (chains, root) = anchor_trail::root_before(conn, row.cut_at)?;
    if chains != row.chains || root != row.root {
        let why = format!("{why}: {} chains then, {chains} now", row.chains);
        findings.add(Invariant::TrailWhole, &root_name(row.day), why);
    }
    Ok(())
}

fn root_name(day: NaiveDate) -> String {
    format!("root {day}")
}
