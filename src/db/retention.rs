//! What has been kept long enough, a handful at a time, and its going.

use super::conn::Conn;
use super::schema::{drafts, needs, outbox};
use crate::domain::need::NeedState;
use crate::ids::NeedId;
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// Needs closed or retracted that moved last before `before` and still say how to reach the enterprise: id and contact
/// name, oldest first.
///
/// # Errors
/// What the database says.
pub fn contacts_to_let_go(conn: &mut Conn, before: NaiveDateTime, most: i64) -> QueryResult<Vec<(NeedId, String)>> {
    needs::table
        .filter(needs::contact_phone.is_not_null().or(needs::contact_email.is_not_null()))
        .filter(needs::state.eq_any([NeedState::Closed, NeedState::Retracted]))
        .filter(needs::updated_at.lt(before))
        .order(needs::updated_at)
        .limit(most)
        .select((needs::id, needs::contact_name))
        .load(conn)
}

/// Lets go of how to reach a need's enterprise, of the blind mark of its address too; `name` stands in the contact's place.
/// Nothing else moves.
///
/// # Errors
/// What the database says.
pub fn let_go(conn: &mut Conn, need: NeedId, name: &str) -> QueryResult<()> {
    diesel::update(outbox::table.filter(outbox::need.eq(need)).filter(outbox::reader.like("mail:%")))
        .set(outbox::reader.eq(format!("need:{need}")))
        .execute(conn)?;
    diesel::update(needs::table.filter(needs::id.eq(need)))
        .set((
            needs::contact_name.eq(name),
            needs::contact_phone.eq(None::<super::SealedText>),
            needs::contact_email.eq(None::<super::SealedText>),
        ))
        .execute(conn)
        .map(drop)
}

/// Drops unfinished forms that nobody touched since `before`; answers how many.
///
/// # Errors
/// What the database says.
pub fn drop_drafts(conn: &mut Conn, before: NaiveDateTime) -> QueryResult<usize> {
    diesel::delete(drafts::table.filter(drafts::updated_at.lt(before))).execute(conn)
}
