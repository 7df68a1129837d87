//! The append-only trail.

use super::JsonText;
use super::conn::{Conn, cols};
use super::schema::audit;
use crate::ids::EventId;
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// One event of one subject's chain.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = audit, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct AuditRow {
    /// Id.
    pub id: EventId,
    /// Subject.
    pub subject: String,
    /// Step.
    pub step: i32,
    /// At.
    pub at: NaiveDateTime,
    /// Actor.
    pub actor: String,
    /// Event.
    pub event: String,
    /// Detail.
    pub detail: JsonText<serde_json::Value>,
    /// Previous.
    pub previous: String,
    /// Hash.
    pub hash: String,
}

/// Appends one event to its subject's chain: the hash covers the previous hash and every field (rules.md, "Audit").
///
/// # Errors
/// What the database says.
pub fn append(
    conn: &mut Conn,
    id: EventId,
    subject: &str,
    at: NaiveDateTime,
    actor: &str,
    event: &str,
    detail: &serde_json::Value,
) -> QueryResult<()> {
    super::dialect::lock_subject(conn, subject)?;
    let last: Option<(i32, String)> = audit::table
        .filter(audit::subject.eq(subject))
        .order(audit::step.desc())
        .select((audit::step, audit::hash))
        .first(conn)
        .optional()?;
    let (step, previous) = last.map_or((1, String::new()), |(step, hash)| (step + 1, hash));
    let mut row = AuditRow {
        id,
        subject: subject.to_owned(),
        step,
        at,
        actor: actor.to_owned(),
        event: event.to_owned(),
        detail: JsonText::of(detail),
        previous,
        hash: String::new(),
    };
    row.hash = chain_hash(&row);
    insert_many(conn, std::slice::from_ref(&row))
}

many_rows!(insert_many, AuditRow, audit);

/// The hash of a row: SHA-256, hex, over its fields in order, each ended by a line feed.
#[must_use]
pub fn chain_hash(row: &AuditRow) -> String {
    use sha2::{Digest, Sha256};
    let mut hasher = Sha256::new();
    let at = row.at.and_utc().timestamp_micros().to_string();
    let step = row.step.to_string();
    for field in [&row.previous, &row.subject, &step, &at, &row.actor, &row.event, row.detail.as_str()] {
        hasher.update(field.as_bytes());
        hasher.update(b"\n");
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The trail of one subject, oldest first.
///
/// # Errors
/// What the database says.
pub fn trail(conn: &mut Conn, subject: &str) -> QueryResult<Vec<AuditRow>> {
    audit::table.filter(audit::subject.eq(subject)).order(audit::step).select(cols::<AuditRow>()).load(conn)
}

/// Every row, subject by subject, in steps: at most `limit` after `(subject, step)`.
///
/// # Errors
/// What the database says.
pub fn after(conn: &mut Conn, subject: &str, step: i32, limit: i64) -> QueryResult<Vec<AuditRow>> {
    audit::table
        .filter(audit::subject.gt(subject).or(audit::subject.eq(subject).and(audit::step.gt(step))))
        .order((audit::subject, audit::step))
        .limit(limit)
        .select(cols::<AuditRow>())
        .load(conn)
}

/// The latest events of every subject, newest first, at most `limit` before `(at, id)`. Only who may see everything may
/// see them; for a narrower scope there is the trail of one subject.
///
/// # Errors
/// What the database says.
pub fn latest(
    conn: &mut Conn,
    scope: &crate::domain::role::Scope,
    before: Option<(NaiveDateTime, EventId)>,
    limit: i64,
) -> QueryResult<Vec<AuditRow>> {
    if *scope != crate::domain::role::Scope::Everything {
        return Ok(Vec::new());
    }
    let query = audit::table.order((audit::at.desc(), audit::id.desc())).limit(limit).select(cols::<AuditRow>());
    match before {
        None => query.load(conn),
        Some((at, id)) => query.filter(audit::at.lt(at).or(audit::at.eq(at).and(audit::id.lt(id)))).load(conn),
    }
}
