//! Escalations: when a task nobody acted on is told to more people.

use super::conn::{Conn, cols};
use super::schema::escalations;
use crate::ids::TaskId;
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// The next telling of one task.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = escalations, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct EscalationRow {
    /// The task.
    pub task: TaskId,
    /// How often it was told so far.
    pub step: i32,
    /// When it is told next.
    pub next_at: NaiveDateTime,
}

row_deeds!(EscalationRow, escalations, task: TaskId);

/// The tasks due to be told, oldest first.
///
/// # Errors
/// What the database says.
pub fn due(conn: &mut Conn, now: NaiveDateTime, limit: i64) -> QueryResult<Vec<TaskId>> {
    escalations::table
        .filter(escalations::next_at.le(now))
        .order((escalations::next_at, escalations::task))
        .limit(limit)
        .select(escalations::task)
        .load(conn)
}

/// The next instant at which a task is due to be told.
///
/// # Errors
/// What the database says.
pub fn next_due(conn: &mut Conn) -> QueryResult<Option<NaiveDateTime>> {
    escalations::table.order(escalations::next_at).select(escalations::next_at).first(conn).optional()
}

/// Ends an escalation.
///
/// # Errors
/// What the database says.
pub fn end(conn: &mut Conn, task: TaskId) -> QueryResult<()> {
    diesel::delete(escalations::table.filter(escalations::task.eq(task))).execute(conn).map(drop)
}
