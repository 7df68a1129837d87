//! Policy, versioned.

use super::JsonText;
use super::conn::{Conn, cols};
use super::schema::policies;
use crate::ids::AccountId;
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// One version of one policy.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = policies, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct PolicyRow {
    /// Key.
    pub key: String,
    /// Version.
    pub version: i32,
    /// Value.
    pub value: JsonText<serde_json::Value>,
    /// Set by.
    pub set_by: Option<AccountId>,
    /// Set at.
    pub set_at: NaiveDateTime,
}

/// The version of a policy in force.
///
/// # Errors
/// What the database says.
pub fn latest(conn: &mut Conn, key: &str) -> QueryResult<Option<PolicyRow>> {
    policies::table
        .filter(policies::key.eq(key))
        .order(policies::version.desc())
        .select(cols::<PolicyRow>())
        .first(conn)
        .optional()
}

/// Adds a version.
///
/// # Errors
/// What the database says.
pub fn insert(conn: &mut Conn, row: &PolicyRow) -> QueryResult<()> {
    diesel::insert_into(policies::table).values(row).execute(conn).map(drop)
}

/// The versions of a policy, newest first, at most `limit`.
///
/// # Errors
/// What the database says.
pub fn versions(conn: &mut Conn, key: &str, limit: i64) -> QueryResult<Vec<PolicyRow>> {
    policies::table
        .filter(policies::key.eq(key))
        .order(policies::version.desc())
        .limit(limit)
        .select(cols::<PolicyRow>())
        .load(conn)
}

/// The version of a policy that was in force at `at`.
///
/// # Errors
/// What the database says.
pub fn at(conn: &mut Conn, key: &str, at: NaiveDateTime) -> QueryResult<Option<PolicyRow>> {
    policies::table
        .filter(policies::key.eq(key))
        .filter(policies::set_at.le(at))
        .order(policies::version.desc())
        .select(cols::<PolicyRow>())
        .first(conn)
        .optional()
}
