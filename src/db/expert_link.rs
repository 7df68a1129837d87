//! One-time links of experts: in to their own page, and about a change of address. The row holds a random name; the link is
//! that name sealed, so a leaked table opens nothing.

use super::conn::{Conn, cols};
use super::schema::expert_links;
use crate::ids::{EmailChangeId, ExpertId};
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// One link.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = expert_links, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ExpertLinkRow {
    /// Its random name.
    pub hash: String,
    /// `enter`, `email-confirm` or `email-object`.
    pub purpose: String,
    /// Expert.
    pub expert: ExpertId,
    /// Which change of address.
    pub email_change: Option<EmailChangeId>,
    /// Expires at.
    pub expires_at: NaiveDateTime,
    /// Used at.
    pub used_at: Option<NaiveDateTime>,
}

/// Adds a link.
///
/// # Errors
/// What the database says.
pub fn insert(conn: &mut Conn, row: &ExpertLinkRow) -> QueryResult<()> {
    diesel::insert_into(expert_links::table).values(row).execute(conn).map(drop)
}

/// The link of that name and purpose, unused and in time.
///
/// # Errors
/// What the database says.
pub fn live(conn: &mut Conn, hash: &str, purpose: &str, now: NaiveDateTime) -> QueryResult<Option<ExpertLinkRow>> {
    expert_links::table
        .filter(expert_links::hash.eq(hash))
        .filter(expert_links::purpose.eq(purpose))
        .filter(expert_links::used_at.is_null())
        .filter(expert_links::expires_at.gt(now))
        .select(cols::<ExpertLinkRow>())
        .first(conn)
        .optional()
}

/// The link of that name, whatever became of it.
///
/// # Errors
/// What the database says.
pub fn find(conn: &mut Conn, hash: &str) -> QueryResult<Option<ExpertLinkRow>> {
    expert_links::table.filter(expert_links::hash.eq(hash)).select(cols::<ExpertLinkRow>()).first(conn).optional()
}

/// Uses a link up; false when somebody did before.
///
/// # Errors
/// What the database says.
pub fn use_up(conn: &mut Conn, hash: &str, now: NaiveDateTime) -> QueryResult<bool> {
    diesel::update(expert_links::table.filter(expert_links::hash.eq(hash)).filter(expert_links::used_at.is_null()))
        .set(expert_links::used_at.eq(Some(now)))
        .execute(conn)
        .map(|rows| rows == 1)
}

/// Uses up every open link of an expert of a purpose: a newer one takes their place.
///
/// # Errors
/// What the database says.
pub fn use_up_all(conn: &mut Conn, expert: ExpertId, purpose: &str, now: NaiveDateTime) -> QueryResult<()> {
    diesel::update(
        expert_links::table
            .filter(expert_links::expert.eq(expert))
            .filter(expert_links::purpose.eq(purpose))
            .filter(expert_links::used_at.is_null()),
    )
    .set(expert_links::used_at.eq(Some(now)))
    .execute(conn)
    .map(drop)
}
