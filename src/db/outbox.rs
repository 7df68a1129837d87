//! Letters owed.

use super::JsonText;
use super::conn::{Conn, cols};
use super::schema::outbox;
use crate::domain::notice::NoticeKind;
use crate::domain::notice::OwedNotice;
use crate::ids::AccountId;
use crate::ids::AssignmentId;
use crate::ids::ExpertId;
use crate::ids::NeedId;
use crate::ids::OutboxId;
use crate::trial;
use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::sql_types::Bool;

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
    /// Who reads it: `expert:ID`, `account:ID`; for the need's enterprise `mail:MARK` of its address, `need:ID` without one.
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

impl OutboxRow {
    /// Where the letter is, as far as anybody knows: `queued sending accepted relayed delayed delivered bounced failed
    /// void told`. `accepted` means a mail server took it; `delivered` that the reader's server reported so; `told` that
    /// staff passed it on themselves.
    #[must_use]
    pub fn whereabouts(&self) -> &str {
        match (self.state.as_str(), self.receipt.as_deref()) {
            ("accepted", Some(receipt)) => receipt,
            ("void", Some("phone" | "wechat")) => "told",
            (state, _) => state,
        }
    }
}

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
    let leased = || {
        (
            outbox::state.eq("sending"),
            outbox::leased_until.eq(Some(until)),
            outbox::fence.eq(outbox::fence + 1),
            outbox::attempts.eq(outbox::attempts + 1),
        )
    };
    let mut rows: Vec<OutboxRow> = Vec::with_capacity(ids.len());
    match ids.as_slice() {
        // A statement with a list in it is prepared anew each time; SQLite does it letter by letter for less.
        few if !conn.is_postgres() => {
            for id in few {
                let row = diesel::update(outbox::table.filter(outbox::id.eq(id)))
                    .set(leased())
                    .returning(cols::<OutboxRow>())
                    .get_result(conn)?;
                rows.push(row);
            }
        }
        many => {
            let claimed = diesel::update(outbox::table.filter(outbox::id.eq_any(many)))
                .set(leased())
                .returning(cols::<OutboxRow>())
                .get_results(conn)?;
            rows.extend::<Vec<OutboxRow>>(claimed);
        }
    }
    rows.sort_by_key(|row| (row.not_before, row.id));
    Ok(rows)
}

/// Whether [`claim`] would find anything at `now`: asked before a write transaction is opened for it.
///
/// # Errors
/// What the database says.
pub fn any_due(conn: &mut Conn, now: NaiveDateTime) -> QueryResult<bool> {
    let due = outbox::table
        .filter(outbox::not_before.le(now))
        .filter(outbox::digest.is_null())
        .filter(outbox::state.eq("queued").or(outbox::state.eq("sending").and(outbox::leased_until.lt(now))));
    diesel::select(diesel::dsl::exists(due)).get_result(conn)
}

/// What became of a leased letter.
#[derive(Debug, Clone, Copy)]
pub struct Settled<'a> {
    /// The state it is in now.
    pub state: &'a str,
    /// When it may leave, if it waits.
    pub not_before: NaiveDateTime,
    /// When the server took it.
    pub accepted_at: Option<NaiveDateTime>,
    /// What went wrong.
    pub error: Option<&'a str>,
}

/// Writes a leased letter's outcome, if the lease is still the caller's; false when another took it over.
///
/// # Errors
/// What the database says.
pub fn settle(conn: &mut Conn, letter: &OutboxRow, settled: Settled<'_>) -> QueryResult<bool> {
    let held = outbox::fence.eq(letter.fence).and(outbox::state.eq("sending"));
    let unguarded = trial::without(trial::Guard::Fence).into_sql::<Bool>();
    diesel::update(outbox::table.filter(outbox::id.eq(letter.id)).filter(held.or(unguarded)))
        .set((
            outbox::state.eq(settled.state),
            outbox::not_before.eq(settled.not_before),
            outbox::leased_until.eq(None::<NaiveDateTime>),
            outbox::accepted_at.eq(settled.accepted_at),
            outbox::last_error.eq(settled.error),
            outbox::domain.eq(&letter.domain),
        ))
        .execute(conn)
        .map(|rows| rows == 1)
}

/// A letter came back after the server took it, or while nobody knew whether it had: its state is `bounced`, and whoever
/// still holds a lease on it is fenced off. False when there was nothing to come back.
///
/// # Errors
/// What the database says.
pub fn came_back(conn: &mut Conn, id: OutboxId, why: &str) -> QueryResult<bool> {
    diesel::update(
        outbox::table
            .filter(outbox::id.eq(id))
            .filter(outbox::state.eq_any(["accepted", "sending", "queued"]))
            .filter(outbox::attempts.gt(0).or(outbox::digest.is_not_null())),
    )
    .set((
        outbox::state.eq("bounced"),
        outbox::fence.eq(outbox::fence + 1),
        outbox::leased_until.eq(None::<NaiveDateTime>),
        outbox::last_error.eq(Some(why)),
    ))
    .execute(conn)
    .map(|rows| rows == 1)
}

/// Notes what was heard of a letter the server took; a letter that lies in its mailbox is not made late again.
///
/// # Errors
/// What the database says.
pub fn receipt(conn: &mut Conn, id: OutboxId, receipt: &str, now: NaiveDateTime) -> QueryResult<()> {
    diesel::update(
        outbox::table
            .filter(outbox::id.eq(id).or(outbox::digest.eq(id)))
            .filter(outbox::state.eq("accepted"))
            .filter(outbox::receipt.is_null().or(outbox::receipt.ne("delivered"))),
    )
    .set((outbox::receipt.eq(Some(receipt)), outbox::receipt_at.eq(Some(now))))
    .execute(conn)
    .map(drop)
}

/// Staff told its reader themselves: a waiting letter never leaves. False when it does not wait.
///
/// # Errors
/// What the database says.
pub fn passed_on(conn: &mut Conn, id: OutboxId, by: &str, now: NaiveDateTime) -> QueryResult<bool> {
    diesel::update(outbox::table.filter(outbox::id.eq(id)).filter(outbox::state.eq("queued")))
        .set((outbox::state.eq("void"), outbox::receipt.eq(Some(by)), outbox::receipt_at.eq(Some(now))))
        .execute(conn)
        .map(|rows| rows == 1)
}

/// Staff told the expert of an offer themselves: its waiting letter never leaves.
///
/// # Errors
/// What the database says.
pub fn offer_passed_on(conn: &mut Conn, assignment: AssignmentId, by: &str, now: NaiveDateTime) -> QueryResult<()> {
    let waiting: Vec<OutboxRow> = outbox::table
        .filter(outbox::assignment.eq(assignment))
        .filter(outbox::state.eq("queued"))
        .select(cols::<OutboxRow>())
        .load(conn)?;
    for row in waiting.iter().filter(|row| row.notice.get().kind == NoticeKind::Offer) {
        passed_on(conn, row.id, by, now)?;
    }
    Ok(())
}

/// Letters that wait for `from` may leave at `now`.
///
/// # Errors
/// What the database says.
pub fn hurry(conn: &mut Conn, from: NaiveDateTime, now: NaiveDateTime) -> QueryResult<()> {
    diesel::update(outbox::table.filter(outbox::state.eq("queued")).filter(outbox::not_before.eq(from)))
        .set(outbox::not_before.eq(now))
        .execute(conn)
        .map(drop)
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
        .filter(outbox::state.eq("queued").or(outbox::state.eq("sending")))
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

/// Whether the letter is still leased to whoever holds that fence, at this moment.
///
/// # Errors
/// What the database says.
pub fn is_held(conn: &mut Conn, id: OutboxId, fence: i64, now: NaiveDateTime) -> QueryResult<bool> {
    let held = outbox::table
        .filter(outbox::id.eq(id))
        .filter(outbox::fence.eq(fence))
        .filter(outbox::state.eq("sending"))
        .filter(outbox::leased_until.gt(now));
    diesel::select(diesel::dsl::exists(held)).get_result(conn)
}

/// Every letter of an offer, oldest first.
///
/// # Errors
/// What the database says.
pub fn of_assignment(conn: &mut Conn, assignment: AssignmentId) -> QueryResult<Vec<OutboxRow>> {
    outbox::table
        .filter(outbox::assignment.eq(assignment))
        .order((outbox::created_at, outbox::dedup_key))
        .select(cols::<OutboxRow>())
        .load(conn)
}
