//! Letters owed.

use super::JsonText;
use super::conn::{Conn, cols};
use super::schema::outbox;
use crate::domain::notice::OwedNotice;
use crate::ids::AccountId;
use crate::ids::AssignmentId;
use crate::ids::ExpertId;
use crate::ids::NeedId;
use crate::ids::OutboxId;
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// One letter owed.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = outbox, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct OutboxRow {
    /// Id.
    pub id: OutboxId,
    /// Dedup key.
    pub dedup_key: String,
    /// Notice.
    pub notice: JsonText<OwedNotice>,
    /// Need.
    pub need: Option<NeedId>,
    /// Assignment.
    pub assignment: Option<AssignmentId>,
    /// Expert.
    pub expert: Option<ExpertId>,
    /// Account.
    pub account: Option<AccountId>,
    /// State.
    pub state: String,
    /// Not before.
    pub not_before: NaiveDateTime,
    /// Attempts.
    pub attempts: i32,
    /// Fence.
    pub fence: i64,
    /// Leased until.
    pub leased_until: Option<NaiveDateTime>,
    /// Accepted at.
    pub accepted_at: Option<NaiveDateTime>,
    /// Last error.
    pub last_error: Option<String>,
    /// Created at.
    pub created_at: NaiveDateTime,
    /// Who reads it: `expert:ID`, `account:ID`, or `need:ID` for the need's enterprise.
    pub reader: String,
    /// Whether the desk sends it by itself, so that the night rule and the digest hold for it.
    pub by_desk: bool,
    /// The digest that carries it.
    pub digest: Option<OutboxId>,
    /// The recipient's mail domain, once it was tried.
    pub domain: Option<String>,
    /// What was heard after the server took it (`delivered`, `relayed`, `delayed`), or how staff told it instead
    /// (`phone`, `wechat`).
    pub receipt: Option<String>,
    /// When.
    pub receipt_at: Option<NaiveDateTime>,
}

row_deeds!(OutboxRow, outbox, id: OutboxId);

/// Owes a letter once; false when its key is known.
///
/// # Errors
/// What the database says.
pub fn owe(conn: &mut Conn, row: &OutboxRow) -> QueryResult<bool> {
    crate::each_backend!(conn, |c| diesel::insert_into(outbox::table)
        .values(row)
        .on_conflict(outbox::dedup_key)
        .do_nothing()
        .execute(c))
    .map(|rows| rows == 1)
}

/// Leases up to `limit` letters that are due to the caller until `until`; each lease raises the letter's fence.
/// Call inside a write transaction.
///
/// # Errors
/// What the database says.
pub fn claim(conn: &mut Conn, now: NaiveDateTime, until: NaiveDateTime, limit: i64) -> QueryResult<Vec<OutboxRow>> {
    let due = outbox::table
        .filter(outbox::not_before.le(now))
        .filter(outbox::digest.is_null())
        .filter(outbox::state.eq("queued").or(outbox::state.eq("sending").and(outbox::leased_until.lt(now))))
        .order((outbox::not_before, outbox::id))
        .limit(limit)
        .select(outbox::id);
    let ids: Vec<OutboxId> = match conn {
        Conn::Pg(c) => due.for_update().skip_locked().load(c)?,
        Conn::Sqlite(c) => due.load(c)?,
    };
    let mut rows: Vec<OutboxRow> = diesel::update(outbox::table.filter(outbox::id.eq_any(&ids)))
        .set((
            outbox::state.eq("sending"),
            outbox::leased_until.eq(Some(until)),
            outbox::fence.eq(outbox::fence + 1),
            outbox::attempts.eq(outbox::attempts + 1),
        ))
        .returning(cols::<OutboxRow>())
        .get_results(conn)?;
    rows.sort_by_key(|row| (row.not_before, row.id));
    Ok(rows)
}

/// Writes a leased letter's outcome, if the lease is still the caller's; false when another took it over.
///
/// # Errors
/// What the database says.
pub fn settle(
    conn: &mut Conn,
    id: OutboxId,
    fence: i64,
    state: &str,
    not_before: NaiveDateTime,
    accepted_at: Option<NaiveDateTime>,
    error: Option<&str>,
) -> QueryResult<bool> {
    diesel::update(
        outbox::table.filter(outbox::id.eq(id)).filter(outbox::fence.eq(fence)).filter(outbox::state.eq("sending")),
    )
    .set((
        outbox::state.eq(state),
        outbox::not_before.eq(not_before),
        outbox::leased_until.eq(None::<NaiveDateTime>),
        outbox::accepted_at.eq(accepted_at),
        outbox::last_error.eq(error),
    ))
    .execute(conn)
    .map(|rows| rows == 1)
}

/// Gives a leased letter back untried, to leave from `not_before` on; false when another took it over.
///
/// # Errors
/// What the database says.
pub fn put_back(conn: &mut Conn, id: OutboxId, fence: i64, not_before: NaiveDateTime) -> QueryResult<bool> {
    diesel::update(
        outbox::table.filter(outbox::id.eq(id)).filter(outbox::fence.eq(fence)).filter(outbox::state.eq("sending")),
    )
    .set((
        outbox::state.eq("queued"),
        outbox::not_before.eq(not_before),
        outbox::leased_until.eq(None::<NaiveDateTime>),
        outbox::attempts.eq(outbox::attempts - 1),
    ))
    .execute(conn)
    .map(|rows| rows == 1)
}

/// Voids the letters of an offer that have not left.
///
/// # Errors
/// What the database says.
pub fn void_of_assignment(conn: &mut Conn, assignment: AssignmentId) -> QueryResult<()> {
    diesel::update(outbox::table.filter(outbox::assignment.eq(assignment)).filter(outbox::state.eq("queued")))
        .set(outbox::state.eq("void"))
        .execute(conn)
        .map(drop)
}

/// The next instant at which a letter may leave.
///
/// # Errors
/// What the database says.
pub fn next_due(conn: &mut Conn) -> QueryResult<Option<NaiveDateTime>> {
    outbox::table
        .filter(outbox::state.eq_any(["queued", "sending"]))
        .filter(outbox::digest.is_null())
        .order(outbox::not_before)
        .select(outbox::not_before)
        .first(conn)
        .optional()
}

/// The letters of a need, newest first.
///
/// # Errors
/// What the database says.
pub fn of_need(conn: &mut Conn, need: NeedId) -> QueryResult<Vec<OutboxRow>> {
    outbox::table.filter(outbox::need.eq(need)).order(outbox::created_at.desc()).select(cols::<OutboxRow>()).load(conn)
}

/// Letters by state: how many are in each.
///
/// # Errors
/// What the database says.
pub fn counts(conn: &mut Conn) -> QueryResult<Vec<(String, i64)>> {
    outbox::table.group_by(outbox::state).select((outbox::state, diesel::dsl::count_star())).load(conn)
}

/// Voids the rating reminder of an offer that has not left.
///
/// # Errors
/// What the database says.
pub fn void_rating_reminder(conn: &mut Conn, assignment: AssignmentId) -> QueryResult<()> {
    diesel::update(
        outbox::table
            .filter(outbox::dedup_key.eq(format!("rate-reminder:{assignment}")))
            .filter(outbox::state.eq("queued")),
    )
    .set(outbox::state.eq("void"))
    .execute(conn)
    .map(drop)
}

/// The letter owed under that key.
///
/// # Errors
/// What the database says.
pub fn by_key(conn: &mut Conn, key: &str) -> QueryResult<Option<OutboxRow>> {
    outbox::table.filter(outbox::dedup_key.eq(key)).select(cols::<OutboxRow>()).first(conn).optional()
}
