//! Changes of experts' mail addresses.

use super::conn::{Conn, cols};
use super::schema::email_changes;
use crate::domain::email_change::{EmailMoments, EmailOutcome};
use crate::ids::{EmailChangeId, ExpertId};
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// One change.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = email_changes, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct EmailChangeRow {
    /// Id.
    pub id: EmailChangeId,
    /// Expert.
    pub expert: ExpertId,
    /// The new address, sealed.
    pub sealed: Vec<u8>,
    /// Asked at.
    pub asked_at: NaiveDateTime,
    /// Confirmed at.
    pub confirmed_at: Option<NaiveDateTime>,
    /// When it is carried out unless somebody objects.
    pub due_at: Option<NaiveDateTime>,
    /// Ended at.
    pub ended_at: Option<NaiveDateTime>,
    /// Outcome.
    pub outcome: Option<EmailOutcome>,
}

row_deeds!(EmailChangeRow, email_changes, id: EmailChangeId);

impl EmailChangeRow {
    /// Its moments, as the rules want them.
    #[must_use]
    pub fn moments(&self) -> EmailMoments {
        EmailMoments {
            asked_at: self.asked_at.and_utc(),
            confirmed_at: self.confirmed_at.map(|at| at.and_utc()),
            ended_at: self.ended_at.map(|at| at.and_utc()),
        }
    }
}

/// The change of an expert that has not ended.
///
/// # Errors
/// What the database says.
pub fn open_of(conn: &mut Conn, expert: ExpertId) -> QueryResult<Option<EmailChangeRow>> {
    email_changes::table
        .filter(email_changes::expert.eq(expert))
        .filter(email_changes::ended_at.is_null())
        .select(cols::<EmailChangeRow>())
        .first(conn)
        .optional()
}

/// Changes nobody objected to in time.
///
/// # Errors
/// What the database says.
pub fn due(conn: &mut Conn, now: NaiveDateTime, limit: i64) -> QueryResult<Vec<EmailChangeId>> {
    email_changes::table
        .filter(email_changes::ended_at.is_null())
        .filter(email_changes::due_at.le(now))
        .order(email_changes::due_at)
        .limit(limit)
        .select(email_changes::id)
        .load(conn)
}

/// When the next change is due.
///
/// # Errors
/// What the database says.
pub fn next_due(conn: &mut Conn) -> QueryResult<Option<NaiveDateTime>> {
    email_changes::table
        .filter(email_changes::ended_at.is_null())
        .filter(email_changes::due_at.is_not_null())
        .select(diesel::dsl::min(email_changes::due_at))
        .get_result(conn)
}
