//! Enterprises.

use super::conn::{Conn, cols};
use super::schema::enterprises;
use crate::ids::EnterpriseId;
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// One enterprise.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = enterprises, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct EnterpriseRow {
    /// Id.
    pub id: EnterpriseId,
    /// Name.
    pub name: String,
    /// Name key.
    pub name_key: String,
    /// Uscc.
    pub uscc: Option<String>,
    /// Region.
    pub region: String,
    /// Created at.
    pub created_at: NaiveDateTime,
}

row_deeds!(EnterpriseRow, enterprises, id: EnterpriseId);

/// Adds an enterprise; false when one of that name or code is there, also when it came at this very moment.
///
/// # Errors
/// What the database says.
pub fn add(conn: &mut Conn, row: &EnterpriseRow) -> QueryResult<bool> {
    crate::each_backend!(conn, |c| diesel::insert_into(enterprises::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))
    .map(|rows| rows == 1)
}

/// The enterprise of that normalised name.
///
/// # Errors
/// What the database says.
pub fn by_key(conn: &mut Conn, key: &str) -> QueryResult<Option<EnterpriseRow>> {
    enterprises::table.filter(enterprises::name_key.eq(key)).select(cols::<EnterpriseRow>()).first(conn).optional()
}

/// The enterprise of that 统一社会信用代码.
///
/// # Errors
/// What the database says.
pub fn by_uscc(conn: &mut Conn, uscc: &str) -> QueryResult<Option<EnterpriseRow>> {
    enterprises::table.filter(enterprises::uscc.eq(uscc)).select(cols::<EnterpriseRow>()).first(conn).optional()
}

/// The enterprises of those ids.
///
/// # Errors
/// What the database says.
pub fn by_ids(conn: &mut Conn, ids: &[EnterpriseId]) -> QueryResult<Vec<EnterpriseRow>> {
    enterprises::table.filter(enterprises::id.eq_any(ids)).select(cols::<EnterpriseRow>()).load(conn)
}

/// Every enterprise, by name.
///
/// # Errors
/// What the database says.
pub fn all(conn: &mut Conn) -> QueryResult<Vec<EnterpriseRow>> {
    enterprises::table.order(enterprises::name).select(cols::<EnterpriseRow>()).load(conn)
}
