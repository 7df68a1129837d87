//! Sealing what stands in the clear, and sealing anew under another key: the rows to work on, a handful at a time.

use super::SealedText;
use super::conn::{Conn, cols};
use super::expert::ExpertRow;
use super::schema::{expert_contacts, experts, needs, sealings};
use crate::ids::ExpertId;
use crate::ids::NeedId;
use chrono::NaiveDateTime;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;

/// How to reach a need's enterprise, as the row holds it: phone, then mail.
pub type NeedContact = (NeedId, Option<SealedText>, Option<SealedText>);

/// Whether that was sealed once and for all.
///
/// # Errors
/// What the database says.
pub fn is_done(conn: &mut Conn, what: &str) -> QueryResult<bool> {
    let rows: i64 = sealings::table.filter(sealings::what.eq(what)).count().get_result(conn)?;
    Ok(rows > 0)
}

/// Remembers that it was.
///
/// # Errors
/// What the database says.
pub fn done(conn: &mut Conn, what: &str, at: NaiveDateTime) -> QueryResult<()> {
    diesel::insert_into(sealings::table)
        .values((sealings::what.eq(what), sealings::done_at.eq(at)))
        .execute(conn)
        .map(drop)
}

/// Experts whose address still stands in the clear: those without a sealed row.
///
/// # Errors
/// What the database says.
pub fn plain_experts(conn: &mut Conn, most: i64) -> QueryResult<Vec<ExpertRow>> {
    experts::table
        .left_join(expert_contacts::table.on(expert_contacts::expert.eq(experts::id)))
        .filter(expert_contacts::expert.is_null())
        .order(experts::id)
        .limit(most)
        .select(cols::<ExpertRow>())
        .load(conn)
}

/// Puts an expert's marks in the place of what stood there.
///
/// # Errors
/// What the database says.
pub fn set_marks(conn: &mut Conn, expert: ExpertId, email: &str, phone: Option<&str>) -> QueryResult<()> {
    diesel::update(experts::table.filter(experts::id.eq(expert)))
        .set((experts::email_mark.eq(email), experts::phone_mark.eq(phone)))
        .execute(conn)
        .map(drop)
}

/// The needs after `last`, by id, that say how to reach the enterprise.
///
/// # Errors
/// What the database says.
pub fn needs_after(conn: &mut Conn, last: Option<NeedId>, most: i64) -> QueryResult<Vec<NeedContact>> {
    let mut query = needs::table
        .filter(needs::contact_phone.is_not_null().or(needs::contact_email.is_not_null()))
        .order(needs::id)
        .limit(most)
        .into_boxed();
    if let Some(last) = last {
        query = query.filter(needs::id.gt(last));
    }
    query.select((needs::id, needs::contact_phone, needs::contact_email)).load(conn)
}

/// Puts a need's sealed contact in the place of what stood there.
///
/// # Errors
/// What the database says.
pub fn set_need_contact(
    conn: &mut Conn,
    need: NeedId,
    phone: Option<&SealedText>,
    email: Option<&SealedText>,
) -> QueryResult<()> {
    diesel::update(needs::table.filter(needs::id.eq(need)))
        .set((needs::contact_phone.eq(phone), needs::contact_email.eq(email)))
        .execute(conn)
        .map(drop)
}

/// Has nodes that start together take turns, until this transaction ends. SQLite has one writer anyhow.
///
/// # Errors
/// What the database says.
pub fn take_turns(conn: &mut Conn) -> QueryResult<()> {
    if conn.is_postgres() { conn.batch_execute("SELECT pg_advisory_xact_lock(727275)") } else { Ok(()) }
}

/// Has SQLite overwrite what is deleted or replaced from now on, on this connection. PostgreSQL keeps old versions of a
/// row until it is vacuumed.
///
/// # Errors
/// What the database says.
pub fn overwrite_what_goes(conn: &mut Conn) -> QueryResult<()> {
    if conn.is_postgres() { Ok(()) } else { conn.batch_execute("PRAGMA secure_delete = ON") }
}

/// Gets rid of old versions that may still hold what stood in the clear; outside any transaction.
///
/// # Errors
/// What the database says.
pub fn sweep_out(conn: &mut Conn) -> QueryResult<()> {
    if conn.is_postgres() {
        // One statement at a time: several in one call are one transaction, in which nothing is vacuumed.
        conn.batch_execute("VACUUM experts")?;
        conn.batch_execute("VACUUM needs")
    } else {
        conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")
    }
}
