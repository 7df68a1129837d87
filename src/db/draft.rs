//! Unfinished forms.

use super::JsonText;
use super::conn::{Conn, cols};
use super::schema::drafts;
use crate::ids::DraftId;
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// One unfinished form.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = drafts, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct DraftRow {
    /// Id.
    pub id: DraftId,
    /// Owner.
    pub owner: String,
    /// Form.
    pub form: String,
    /// Fields.
    pub fields: JsonText<Vec<(String, String)>>,
    /// Updated at.
    pub updated_at: NaiveDateTime,
}

/// Keeps the latest state of a form; the owner is an account or a link's subject.
///
/// # Errors
/// What the database says.
pub fn keep(conn: &mut Conn, row: &DraftRow) -> QueryResult<()> {
    let known = diesel::update(drafts::table.filter(drafts::owner.eq(&row.owner)).filter(drafts::form.eq(&row.form)))
        .set((drafts::fields.eq(&row.fields), drafts::updated_at.eq(row.updated_at)))
        .execute(conn)?;
    if known == 0 {
        diesel::insert_into(drafts::table).values(row).execute(conn)?;
    }
    Ok(())
}

/// The draft of a form.
///
/// # Errors
/// What the database says.
pub fn find(conn: &mut Conn, owner: &str, form: &str) -> QueryResult<Option<DraftRow>> {
    drafts::table
        .filter(drafts::owner.eq(owner))
        .filter(drafts::form.eq(form))
        .select(cols::<DraftRow>())
        .first(conn)
        .optional()
}

/// Drops the draft of a form.
///
/// # Errors
/// What the database says.
pub fn drop_draft(conn: &mut Conn, owner: &str, form: &str) -> QueryResult<()> {
    diesel::delete(drafts::table.filter(drafts::owner.eq(owner)).filter(drafts::form.eq(form))).execute(conn).map(drop)
}
