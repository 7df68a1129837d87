//! What experts set about being asked, beside the caps on their record: hours a week, districts served.

use super::JsonText;
use super::conn::{Conn, cols};
use super::schema::expert_terms;
use crate::ids::ExpertId;
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// The terms of one expert.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = expert_terms, primary_key(expert), treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ExpertTermsRow {
    /// Expert.
    pub expert: ExpertId,
    /// Hours a week given to the service; none said: no limit.
    pub weekly_hours: Option<i32>,
    /// Codes of the districts served; none: all.
    pub regions: JsonText<Vec<String>>,
    /// Updated at.
    pub updated_at: NaiveDateTime,
}

/// The terms of an expert, if any were set.
///
/// # Errors
/// What the database says.
pub fn of_expert(conn: &mut Conn, expert: ExpertId) -> QueryResult<Option<ExpertTermsRow>> {
    expert_terms::table.filter(expert_terms::expert.eq(expert)).select(cols::<ExpertTermsRow>()).first(conn).optional()
}

/// The terms of one expert, or of all who set any.
///
/// # Errors
/// What the database says.
pub fn all(conn: &mut Conn, one: Option<ExpertId>) -> QueryResult<Vec<ExpertTermsRow>> {
    match one {
        Some(expert) => {
            expert_terms::table.filter(expert_terms::expert.eq(expert)).select(cols::<ExpertTermsRow>()).load(conn)
        }
        None => expert_terms::table.select(cols::<ExpertTermsRow>()).load(conn),
    }
}

/// Sets the terms of an expert.
///
/// # Errors
/// What the database says.
pub fn set(conn: &mut Conn, row: &ExpertTermsRow) -> QueryResult<()> {
    diesel::delete(expert_terms::table.filter(expert_terms::expert.eq(row.expert))).execute(conn)?;
    diesel::insert_into(expert_terms::table).values(row).execute(conn).map(drop)
}
