//! Reminders.

use super::conn::{Conn, cols};
use super::schema::reminders;
use crate::ids::AssignmentId;
use crate::ids::ReminderId;
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// One reminder of one offer.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = reminders, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ReminderRow {
    /// Id.
    pub id: ReminderId,
    /// Assignment.
    pub assignment: AssignmentId,
    /// Ordinal.
    pub ordinal: i32,
    /// Due at.
    pub due_at: NaiveDateTime,
    /// Sent at.
    pub sent_at: Option<NaiveDateTime>,
    /// Cancelled at.
    pub cancelled_at: Option<NaiveDateTime>,
}

row_deeds!(ReminderRow, reminders, id: ReminderId);

/// The reminders of an offer, in order.
///
/// # Errors
/// What the database says.
pub fn of_assignment(conn: &mut Conn, assignment: AssignmentId) -> QueryResult<Vec<ReminderRow>> {
    reminders::table
        .filter(reminders::assignment.eq(assignment))
        .order(reminders::ordinal)
        .select(cols::<ReminderRow>())
        .load(conn)
}

/// Cancels what was not sent yet.
///
/// # Errors
/// What the database says.
pub fn cancel(conn: &mut Conn, assignment: AssignmentId, now: NaiveDateTime) -> QueryResult<()> {
    diesel::update(
        reminders::table
            .filter(reminders::assignment.eq(assignment))
            .filter(reminders::sent_at.is_null())
            .filter(reminders::cancelled_at.is_null()),
    )
    .set(reminders::cancelled_at.eq(Some(now)))
    .execute(conn)
    .map(drop)
}

/// A reminder was told.
///
/// # Errors
/// What the database says.
pub fn sent(conn: &mut Conn, assignment: AssignmentId, ordinal: i32, now: NaiveDateTime) -> QueryResult<()> {
    diesel::update(
        reminders::table
            .filter(reminders::assignment.eq(assignment))
            .filter(reminders::ordinal.eq(ordinal))
            .filter(reminders::sent_at.is_null()),
    )
    .set(reminders::sent_at.eq(Some(now)))
    .execute(conn)
    .map(drop)
}
