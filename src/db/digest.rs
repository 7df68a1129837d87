//! Letters that travel together: which wait for the same reader, what that reader got lately, and the digest that carries
//! them.
//!
//! A carried letter stays `queued` with `digest` set until its digest is settled, so that what happens meanwhile (an
//! answer) still voids it. Found by the indexes `outbox_reader` and `outbox_digest`.

use super::JsonText;
use super::conn::{Conn, cols};
use super::outbox::OutboxRow;
use super::schema::outbox;
use crate::domain::notice::{NoticeKind, OwedNotice};
use crate::ids::OutboxId;
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// How many letters travel in one digest at most.
const MOST_TOGETHER: usize = 60;
/// How many of a reader's letters are read to find those: what other nodes are sending at this moment is among them.
const MOST_READY: i64 = 120;

/// The letters a reader got since `since`, with when; a digest counts once.
///
/// # Errors
/// What the database says.
pub fn got_since(conn: &mut Conn, reader: &str, since: NaiveDateTime) -> QueryResult<Vec<(NoticeKind, NaiveDateTime)>> {
    let rows: Vec<(JsonText<OwedNotice>, Option<NaiveDateTime>)> = outbox::table
        .filter(outbox::reader.eq(reader))
        .filter(outbox::accepted_at.ge(since))
        .filter(outbox::digest.is_null())
        .select((outbox::notice, outbox::accepted_at))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(notice, at)| Some((notice.get().kind, at?))).collect())
}

/// The letters the desk owes a reader that could leave now, oldest first: those that wait, and those among `leased`.
///
/// # Errors
/// What the database says.
pub fn ready_for(
    conn: &mut Conn,
    reader: &str,
    now: NaiveDateTime,
    leased: &[OutboxId],
) -> QueryResult<Vec<OutboxRow>> {
    // Which of those being sent are in the lease is told apart here: with a list in it, the statement would be prepared anew
    // for every letter.
    let mut rows: Vec<OutboxRow> = outbox::table
        .filter(outbox::reader.eq(reader))
        .filter(outbox::accepted_at.is_null())
        .filter(outbox::by_desk.eq(true))
        .filter(outbox::digest.is_null())
        .filter(outbox::not_before.le(now))
        .filter(outbox::state.eq("queued").or(outbox::state.eq("sending")))
        .order((outbox::created_at, outbox::id))
        .limit(MOST_READY)
        .select(cols::<OutboxRow>())
        .load(conn)?;
    rows.retain(|row| row.state == "queued" || leased.contains(&row.id));
    rows.truncate(MOST_TOGETHER);
    Ok(rows)
}

/// Whether somebody else has a letter of the desk for that reader in hand at this moment: one that is leased and not among
/// `mine`.
///
/// # Errors
/// What the database says.
pub fn in_other_hands(conn: &mut Conn, reader: &str, now: NaiveDateTime, mine: &[OutboxId]) -> QueryResult<bool> {
    let there = outbox::table
        .filter(outbox::reader.eq(reader))
        .filter(outbox::accepted_at.is_null())
        .filter(outbox::by_desk.eq(true))
        .filter(outbox::digest.is_null())
        .filter(outbox::state.eq("sending"))
        .filter(outbox::leased_until.gt(now))
        .filter(outbox::id.ne_all(mine));
    diesel::select(diesel::dsl::exists(there)).get_result(conn)
}

/// Gives a letter to a digest; false when somebody else holds it by now.
///
/// # Errors
/// What the database says.
pub fn carry(conn: &mut Conn, row: &OutboxRow, digest: OutboxId) -> QueryResult<bool> {
    // A leased letter gives its attempt back: the digest's is the one that counts.
    let given_back = i32::from(row.state == "sending");
    diesel::update(
        outbox::table
            .filter(outbox::id.eq(row.id))
            .filter(outbox::fence.eq(row.fence))
            .filter(outbox::state.eq(&row.state)),
    )
    .set((
        outbox::state.eq("queued"),
        outbox::digest.eq(Some(digest)),
        outbox::leased_until.eq(None::<NaiveDateTime>),
        outbox::attempts.eq(row.attempts - given_back),
    ))
    .execute(conn)
    .map(|rows| rows == 1)
}

/// The letters a digest carries that were not voided meanwhile, oldest first.
///
/// # Errors
/// What the database says.
pub fn carried(conn: &mut Conn, digest: OutboxId) -> QueryResult<Vec<OutboxRow>> {
    outbox::table
        .filter(outbox::digest.eq(digest))
        .filter(outbox::state.eq("queued"))
        .order((outbox::created_at, outbox::id))
        .select(cols::<OutboxRow>())
        .load(conn)
}

/// Every letter a digest was made of, whatever became of each.
///
/// # Errors
/// What the database says.
pub fn parts(conn: &mut Conn, digest: OutboxId) -> QueryResult<Vec<OutboxRow>> {
    outbox::table
        .filter(outbox::digest.eq(digest))
        .order((outbox::created_at, outbox::id))
        .select(cols::<OutboxRow>())
        .load(conn)
}

/// Voids the carried letters of a digest whose occasion has passed: all but `told`.
///
/// # Errors
/// What the database says.
pub fn drop_untold(conn: &mut Conn, digest: OutboxId, told: &[OutboxId]) -> QueryResult<()> {
    diesel::update(
        outbox::table
            .filter(outbox::digest.eq(digest))
            .filter(outbox::state.eq("queued"))
            .filter(outbox::id.ne_all(told)),
    )
    .set(outbox::state.eq("void"))
    .execute(conn)
    .map(drop)
}

/// Writes what became of a carried letter; false when it was voided meanwhile.
///
/// # Errors
/// What the database says.
pub fn settle_carried(
    conn: &mut Conn,
    id: OutboxId,
    state: &str,
    accepted_at: Option<NaiveDateTime>,
    error: Option<&str>,
) -> QueryResult<bool> {
    diesel::update(
        outbox::table.filter(outbox::id.eq(id)).filter(outbox::state.eq("queued")).filter(outbox::digest.is_not_null()),
    )
    .set((outbox::state.eq(state), outbox::accepted_at.eq(accepted_at), outbox::last_error.eq(error)))
    .execute(conn)
    .map(|rows| rows == 1)
}
