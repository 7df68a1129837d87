//! How to reach experts, sealed. What opens a row is not here: `actions::contact`.

use super::conn::{Conn, cols};
use super::schema::expert_contacts;
use crate::ids::ExpertId;
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// How to reach one expert, sealed under a key of that person's own.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = expert_contacts, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ContactRow {
    /// Whose.
    pub expert: ExpertId,
    /// The person's own key, sealed under the office's ring; none once the person was erased.
    pub data_key: Option<Vec<u8>>,
    /// The address.
    pub email: Option<Vec<u8>>,
    /// The telephone number.
    pub phone: Option<Vec<u8>>,
    /// The blind mark of the number's last four digits.
    pub tail_mark: Option<String>,
    /// When the person was erased.
    pub erased_at: Option<NaiveDateTime>,
}

row_deeds!(ContactRow, expert_contacts, expert: ExpertId);

/// The rows of those experts.
///
/// # Errors
/// What the database says.
pub fn of_experts(conn: &mut Conn, ids: &[ExpertId]) -> QueryResult<Vec<ContactRow>> {
    let mut rows = Vec::with_capacity(ids.len());
    for part in ids.chunks(500) {
        let mut found: Vec<ContactRow> = expert_contacts::table
            .filter(expert_contacts::expert.eq_any(part))
            .select(cols::<ContactRow>())
            .load(conn)?;
        rows.append(&mut found);
    }
    Ok(rows)
}

/// Every row, for an export.
///
/// # Errors
/// What the database says.
pub fn all(conn: &mut Conn) -> QueryResult<Vec<ContactRow>> {
    expert_contacts::table.select(cols::<ContactRow>()).load(conn)
}

/// The rows after `last`, by id, for work on all of them a handful at a time.
///
/// # Errors
/// What the database says.
pub fn after(conn: &mut Conn, last: Option<ExpertId>, most: i64) -> QueryResult<Vec<ContactRow>> {
    let mut query = expert_contacts::table.order(expert_contacts::expert).limit(most).into_boxed();
    if let Some(last) = last {
        query = query.filter(expert_contacts::expert.gt(last));
    }
    query.select(cols::<ContactRow>()).load(conn)
}
