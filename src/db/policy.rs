//! Policy, versioned.

use super::conn::{Conn, cols};
use super::schema::{policies};
use crate::ids::AccountId;
use super::JsonText;
use chrono::{NaiveDateTime};
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
