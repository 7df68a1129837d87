//! Sealing what stands in the clear, and sealing anew under another key: the rows to work on, a handful at a time.

use super::SealedText;
use super::conn::{Conn, cols};
use super::expert::ExpertRow;
use super::schema::{case_statements, conduct_cases, expert_contacts, experts, incidents, needs, sealings};
use crate::ids::ExpertId;
use crate::ids::IncidentId;
use crate::ids::NeedId;
use crate::ids::StatementId;
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

/// Statements after `last`, by id, whose words still stand in the clear, with whose they are.
///
/// # Errors
/// What the database says.
pub fn statements_in_the_clear(
    conn: &mut Conn,
    last: Option<StatementId>,
    most: i64,
) -> QueryResult<Vec<(StatementId, ExpertId, SealedText)>> {
    let mut query = case_statements::table
        .inner_join(conduct_cases::table.on(conduct_cases::id.eq(case_statements::conduct_case)))
        .filter(case_statements::words.not_like("~%"))
        .order(case_statements::id)
        .limit(most)
        .select((case_statements::id, conduct_cases::expert, case_statements::words))
        .into_boxed();
    if let Some(last) = last {
        query = query.filter(case_statements::id.gt(last));
    }
    query.load(conn)
}

/// Puts a statement's sealed words in the place of what was read, unless something else stands there by now.
///
/// # Errors
/// What the database says.
pub fn set_words(conn: &mut Conn, id: StatementId, read: &SealedText, words: &SealedText) -> QueryResult<()> {
    diesel::update(case_statements::table.filter(case_statements::id.eq(id)).filter(case_statements::words.eq(read)))
        .set(case_statements::words.eq(words))
        .execute(conn)
        .map(drop)
}

/// A report's words, as the row holds them: of whom, what was said, what was found.
pub type ReportWords = (IncidentId, ExpertId, Option<SealedText>, Option<SealedText>);

/// Reports after `last`, by id, some of whose words still stand in the clear.
///
/// # Errors
/// What the database says.
pub fn reports_in_the_clear(conn: &mut Conn, last: Option<IncidentId>, most: i64) -> QueryResult<Vec<ReportWords>> {
    let mut query = incidents::table
        .filter(incidents::note.not_like("~%").or(incidents::finding_note.not_like("~%")))
        .order(incidents::id)
        .limit(most)
        .select((incidents::id, incidents::expert, incidents::note, incidents::finding_note))
        .into_boxed();
    if let Some(last) = last {
        query = query.filter(incidents::id.gt(last));
    }
    query.load(conn)
}

/// Puts what was reported, sealed, in the place of what was read, unless something else stands there by now.
///
/// # Errors
/// What the database says.
pub fn set_note(conn: &mut Conn, id: IncidentId, read: &SealedText, note: &SealedText) -> QueryResult<()> {
    diesel::update(incidents::table.filter(incidents::id.eq(id)).filter(incidents::note.eq(read)))
        .set(incidents::note.eq(note))
        .execute(conn)
        .map(drop)
}

/// The same of what was found.
///
/// # Errors
/// What the database says.
pub fn set_finding(conn: &mut Conn, id: IncidentId, read: &SealedText, note: &SealedText) -> QueryResult<()> {
    diesel::update(incidents::table.filter(incidents::id.eq(id)).filter(incidents::finding_note.eq(read)))
        .set(incidents::finding_note.eq(note))
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
