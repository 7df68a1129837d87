//! Tasks.

use super::conn::{Conn, cols};
use super::schema::tasks;
use crate::domain::task::TaskKind;
use crate::ids::AccountId;
use crate::ids::AssignmentId;
use crate::ids::CaseId;
use crate::ids::ExpertId;
use crate::ids::NeedId;
use crate::ids::StationId;
use crate::ids::TaskId;
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// One task (待办).
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = tasks, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct TaskRow {
    /// Id.
    pub id: TaskId,
    /// Kind.
    pub kind: TaskKind,
    /// Need.
    pub need: Option<NeedId>,
    /// Assignment.
    pub assignment: Option<AssignmentId>,
    /// Expert.
    pub expert: Option<ExpertId>,
    /// Conduct case.
    pub conduct_case: Option<CaseId>,
    /// Station.
    pub station: Option<StationId>,
    /// Region.
    pub region: Option<String>,
    /// Account.
    pub account: Option<AccountId>,
    /// For manager.
    pub for_manager: bool,
    /// Detail.
    pub detail: Option<String>,
    /// Due at.
    pub due_at: Option<NaiveDateTime>,
    /// Created at.
    pub created_at: NaiveDateTime,
    /// Done at.
    pub done_at: Option<NaiveDateTime>,
    /// Done by.
    pub done_by: Option<AccountId>,
    /// Dedup key.
    pub dedup_key: String,
}

row_deeds!(TaskRow, tasks, id: TaskId);

/// Adds a task once; false when its key is known.
///
/// # Errors
/// What the database says.
pub fn add(conn: &mut Conn, row: &TaskRow) -> QueryResult<bool> {
    crate::each_backend!(conn, |c| diesel::insert_into(tasks::table)
        .values(row)
        .on_conflict(tasks::dedup_key)
        .do_nothing()
        .execute(c))
    .map(|rows| rows == 1)
}

/// Marks the open tasks of a need of one kind as done.
///
/// # Errors
/// What the database says.
pub fn finish(
    conn: &mut Conn,
    need: NeedId,
    kind: TaskKind,
    by: Option<AccountId>,
    now: NaiveDateTime,
) -> QueryResult<()> {
    diesel::update(
        tasks::table.filter(tasks::need.eq(need)).filter(tasks::kind.eq(kind)).filter(tasks::done_at.is_null()),
    )
    .set((tasks::done_at.eq(Some(now)), tasks::done_by.eq(by)))
    .execute(conn)
    .map(drop)
}

/// Marks the open tasks of one offer of those kinds as done.
///
/// # Errors
/// What the database says.
pub fn finish_of_offer(
    conn: &mut Conn,
    assignment: AssignmentId,
    kinds: &[TaskKind],
    by: Option<AccountId>,
    now: NaiveDateTime,
) -> QueryResult<()> {
    // Kind by kind: a statement with a list in it is prepared anew each time, and there are one or two.
    for kind in kinds {
        diesel::update(
            tasks::table
                .filter(tasks::assignment.eq(assignment))
                .filter(tasks::kind.eq(kind))
                .filter(tasks::done_at.is_null()),
        )
        .set((tasks::done_at.eq(Some(now)), tasks::done_by.eq(by)))
        .execute(conn)?;
    }
    Ok(())
}

/// The open tasks of one kind that belong to that offer.
///
/// # Errors
/// What the database says.
pub fn open_of_offer(conn: &mut Conn, assignment: AssignmentId, kind: TaskKind) -> QueryResult<Vec<TaskRow>> {
    tasks::table
        .filter(tasks::assignment.eq(assignment))
        .filter(tasks::kind.eq(kind))
        .filter(tasks::done_at.is_null())
        .order((tasks::created_at, tasks::id))
        .select(cols::<TaskRow>())
        .load(conn)
}

/// The open tasks on one account's desk.
///
/// # Errors
/// What the database says.
pub fn open_of_account(conn: &mut Conn, account: AccountId) -> QueryResult<Vec<TaskRow>> {
    tasks::table
        .filter(tasks::account.eq(account))
        .filter(tasks::done_at.is_null())
        .order((tasks::created_at, tasks::id))
        .select(cols::<TaskRow>())
        .load(conn)
}

/// Marks every open task of a need as done.
///
/// # Errors
/// What the database says.
pub fn finish_all(conn: &mut Conn, need: NeedId, by: Option<AccountId>, now: NaiveDateTime) -> QueryResult<()> {
    diesel::update(tasks::table.filter(tasks::need.eq(need)).filter(tasks::done_at.is_null()))
        .set((tasks::done_at.eq(Some(now)), tasks::done_by.eq(by)))
        .execute(conn)
        .map(drop)
}

/// Marks the open tasks of a case as done.
///
/// # Errors
/// What the database says.
pub fn finish_case(conn: &mut Conn, case: CaseId, by: Option<AccountId>, now: NaiveDateTime) -> QueryResult<()> {
    diesel::update(tasks::table.filter(tasks::conduct_case.eq(case)).filter(tasks::done_at.is_null()))
        .set((tasks::done_at.eq(Some(now)), tasks::done_by.eq(by)))
        .execute(conn)
        .map(drop)
}

/// The open tasks of a need.
///
/// # Errors
/// What the database says.
pub fn open_of_need(conn: &mut Conn, need: NeedId) -> QueryResult<Vec<TaskRow>> {
    tasks::table
        .filter(tasks::need.eq(need))
        .filter(tasks::done_at.is_null())
        .order(tasks::created_at)
        .select(cols::<TaskRow>())
        .load(conn)
}

/// Moves the open tasks of a need to another account.
///
/// # Errors
/// What the database says.
pub fn move_to(conn: &mut Conn, need: NeedId, account: AccountId) -> QueryResult<()> {
    diesel::update(
        tasks::table.filter(tasks::need.eq(need)).filter(tasks::done_at.is_null()).filter(tasks::account.is_not_null()),
    )
    .set(tasks::account.eq(Some(account)))
    .execute(conn)
    .map(drop)
}

/// The open tasks of a kind, oldest first.
///
/// # Errors
/// What the database says.
pub fn open_of_kind(conn: &mut Conn, kind: TaskKind) -> QueryResult<Vec<TaskId>> {
    tasks::table
        .filter(tasks::done_at.is_null())
        .filter(tasks::for_manager.eq(true))
        .filter(tasks::kind.eq(kind))
        .order(tasks::created_at)
        .select(tasks::id)
        .load(conn)
}

/// The task left under that key, done or not.
///
/// # Errors
/// What the database says.
pub fn by_dedup(conn: &mut Conn, key: &str) -> QueryResult<Option<TaskRow>> {
    tasks::table.filter(tasks::dedup_key.eq(key)).select(cols::<TaskRow>()).first(conn).optional()
}

/// Puts a task on the managers' desk too.
///
/// # Errors
/// What the database says.
pub fn show_to_managers(conn: &mut Conn, id: TaskId) -> QueryResult<()> {
    diesel::update(tasks::table.filter(tasks::id.eq(id))).set(tasks::for_manager.eq(true)).execute(conn).map(drop)
}

/// Marks every open task of a kind as done.
///
/// # Errors
/// What the database says.
pub fn finish_of_kind(conn: &mut Conn, kind: TaskKind, now: NaiveDateTime) -> QueryResult<()> {
    diesel::update(tasks::table.filter(tasks::kind.eq(kind)).filter(tasks::done_at.is_null()))
        .set(tasks::done_at.eq(Some(now)))
        .execute(conn)
        .map(drop)
}

/// Marks the open tasks of an expert of one kind as done.
///
/// # Errors
/// What the database says.
pub fn finish_of_expert(conn: &mut Conn, expert: ExpertId, kind: TaskKind, now: NaiveDateTime) -> QueryResult<()> {
    diesel::update(
        tasks::table.filter(tasks::expert.eq(expert)).filter(tasks::kind.eq(kind)).filter(tasks::done_at.is_null()),
    )
    .set(tasks::done_at.eq(Some(now)))
    .execute(conn)
    .map(drop)
}

/// Whether a station has an open task of a kind.
///
/// # Errors
/// What the database says.
pub fn open_of_station(conn: &mut Conn, station: StationId, kind: TaskKind) -> QueryResult<bool> {
    let open = tasks::table
        .filter(tasks::station.eq(station))
        .filter(tasks::kind.eq(kind))
        .filter(tasks::done_at.is_null())
        .select(diesel::dsl::count_star());
    Ok(open.first::<i64>(conn)? > 0)
}

/// Marks a station's open tasks of a kind as done.
///
/// # Errors
/// What the database says.
pub fn finish_of_station(conn: &mut Conn, station: StationId, kind: TaskKind, now: NaiveDateTime) -> QueryResult<()> {
    diesel::update(
        tasks::table.filter(tasks::station.eq(station)).filter(tasks::kind.eq(kind)).filter(tasks::done_at.is_null()),
    )
    .set(tasks::done_at.eq(Some(now)))
    .execute(conn)
    .map(drop)
}

/// Marks the task of that key as done, if it is open.
///
/// # Errors
/// What the database says.
pub fn finish_by_key(conn: &mut Conn, key: &str, by: Option<AccountId>, now: NaiveDateTime) -> QueryResult<()> {
    diesel::update(tasks::table.filter(tasks::dedup_key.eq(key)).filter(tasks::done_at.is_null()))
        .set((tasks::done_at.eq(Some(now)), tasks::done_by.eq(by)))
        .execute(conn)
        .map(drop)
}

/// Marks the open tasks of a case of one kind as done.
///
/// # Errors
/// What the database says.
pub fn finish_case_kind(conn: &mut Conn, case: CaseId, kind: TaskKind, now: NaiveDateTime) -> QueryResult<()> {
    diesel::update(
        tasks::table.filter(tasks::conduct_case.eq(case)).filter(tasks::kind.eq(kind)).filter(tasks::done_at.is_null()),
    )
    .set(tasks::done_at.eq(Some(now)))
    .execute(conn)
    .map(drop)
}

/// Whether an expert has an open task of one of those kinds.
///
/// # Errors
/// What the database says.
pub fn has_open_of_expert(conn: &mut Conn, expert: ExpertId, kinds: &[TaskKind]) -> QueryResult<bool> {
    let open = tasks::table
        .filter(tasks::expert.eq(expert))
        .filter(tasks::kind.eq_any(kinds))
        .filter(tasks::done_at.is_null());
    diesel::select(diesel::dsl::exists(open)).get_result(conn)
}
