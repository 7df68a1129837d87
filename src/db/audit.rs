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
/// The trail's time never runs backwards in a chain, nor behind the last anchored day: a clock that was set back does
/// not reopen what a root already covers.
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
    let known = super::anchor::head(conn, subject)?;
    let anchored = super::anchor::newest_cut(conn)?;
    let earliest = known.as_ref().map(|head| head.at).max(anchored);
    let mut row = AuditRow {
        id,
        subject: subject.to_owned(),
        step: known.as_ref().map_or(1, |head| head.step + 1),
        at: earliest.map_or(at, |earliest| at.max(earliest)),
        actor: actor.to_owned(),
        event: event.to_owned(),
        detail: JsonText::of(detail),
        previous: known.as_ref().map_or_else(String::new, |head| head.hash.clone()),
        hash: String::new(),
    };
    row.hash = chain_hash(&row);
    diesel::insert_into(audit::table).values(&row).execute(conn)?;
    super::anchor::move_head(conn, &row, known.is_some())
}

/// What begins a new subject's chain.
#[derive(Debug, Clone)]
pub struct Beginning {
    /// The event's id.
    pub id: EventId,
    /// The subject, which has no chain yet.
    pub subject: String,
    /// What happened.
    pub event: &'static str,
    /// Its detail.
    pub detail: serde_json::Value,
}

/// Begins the chains of subjects made in this very transaction, many at once: what [`append`] would do one by one.
///
/// # Errors
/// What the database says; a subject that has a chain already.
pub fn begin(conn: &mut Conn, at: NaiveDateTime, actor: &str, beginnings: Vec<Beginning>) -> QueryResult<()> {
    let earliest = super::anchor::newest_cut(conn)?;
    let at = earliest.map_or(at, |earliest| at.max(earliest));
    let rows: Vec<AuditRow> = beginnings
        .into_iter()
        .map(|one| {
            let mut row = AuditRow {
                id: one.id,
                subject: one.subject,
                step: 1,
                at,
                actor: actor.to_owned(),
                event: one.event.to_owned(),
                detail: JsonText::of(&one.detail),
                previous: String::new(),
                hash: String::new(),
            };
            row.hash = chain_hash(&row);
            row
        })
        .collect();
    insert_rows(conn, &rows)?;
    super::anchor::begin_heads(conn, &rows)
}

many_rows!(insert_rows, AuditRow, audit);

/// Writes chains that were made elsewhere (a seeded history): `rows` of each subject in order, after any it has.
///
/// # Errors
/// What the database says.
pub fn insert_chains(conn: &mut Conn, rows: &[AuditRow]) -> QueryResult<()> {
    for chunk in rows.chunks(400) {
        crate::each_backend!(conn, |c| diesel::insert_into(audit::table).values(chunk).execute(c))?;
    }
    super::anchor::put_heads(conn, rows)
}

/// The hash of a row: SHA-256, hex, over its fields in order, each ended by a line feed.
#[must_use]
pub fn chain_hash(row: &AuditRow) -> String {
    use sha2::{Digest, Sha256};
    let mut hasher = Sha256::new();
    let at = row.at.and_utc().timestamp_micros().to_string();
    let step = row.step.to_string();
    let id = row.id.as_str().to_owned();
    for field in [&id, &row.previous, &row.subject, &step, &at, &row.actor, &row.event, row.detail.as_str()] {
        hasher.update(field.as_bytes());
        hasher.update(b"\n");
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The subjects with an event at or after `since`, each once, in order.
///
/// # Errors
/// What the database says.
pub fn subjects_since(conn: &mut Conn, since: NaiveDateTime) -> QueryResult<Vec<String>> {
    // Asked to sort and to tell each once, SQLite walks the whole trail by subject instead of its end by time.
    let mut subjects: Vec<String> = audit::table.filter(audit::at.ge(since)).select(audit::subject).load(conn)?;
    subjects.sort_unstable();
    subjects.dedup();
    Ok(subjects)
}

/// The events of those subjects at or after `since`, subject by subject, in steps.
///
/// # Errors
/// What the database says.
pub fn since_of(conn: &mut Conn, subjects: &[&str], since: NaiveDateTime) -> QueryResult<Vec<AuditRow>> {
    audit::table
        .filter(audit::subject.eq_any(subjects))
        .filter(audit::at.ge(since))
        .order((audit::subject, audit::step))
        .select(cols::<AuditRow>())
        .load(conn)
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
