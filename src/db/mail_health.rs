//! How the mail is: what left last, what comes back and from where, and the letters staff may pass on while mail is off.
//!
//! Found by the indexes `outbox_state` and `outbox_due`, and by ids that sort by age.

use super::conn::{Backend, Conn, cols};
use super::outbox::OutboxRow;
use super::schema::{letters, needs, outbox};
use crate::domain::role::Scope;
use chrono::NaiveDateTime;
use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel::sql_types::Bool;

/// When a server last took a letter.
///
/// # Errors
/// What the database says.
pub fn last_accepted(conn: &mut Conn) -> QueryResult<Option<NaiveDateTime>> {
    letters::table.order(letters::id.desc()).select(letters::sent_at).first(conn).optional()
}

/// Whether a server took any letter since `since`.
///
/// # Errors
/// What the database says.
pub fn any_accepted_since(conn: &mut Conn, since: NaiveDateTime) -> QueryResult<bool> {
    Ok(last_accepted(conn)?.is_some_and(|last| last >= since))
}

/// Letters owed since `since` that came back, by the recipient's domain, the most first, at most twenty.
///
/// # Errors
/// What the database says.
pub fn bounced_by_domain(conn: &mut Conn, since: NaiveDateTime) -> QueryResult<Vec<(Option<String>, i64)>> {
    outbox::table
        .filter(outbox::state.eq("bounced"))
        .filter(outbox::created_at.ge(since))
        .group_by(outbox::domain)
        .select((outbox::domain, count_star()))
        .order((sql::<BigInt>("count(*)").desc(), outbox::domain))
        .limit(20)
        .load(conn)
}

/// The letters to experts and enterprises of the scope that wait, by reader, at most `limit`.
///
/// # Errors
/// What the database says.
pub fn waiting(conn: &mut Conn, scope: &Scope, limit: i64) -> QueryResult<Vec<OutboxRow>> {
    let mut query = outbox::table
        .inner_join(needs::table.on(needs::id.nullable().eq(outbox::need)))
        .filter(sql::<Bool>("outbox.state IN ('queued', 'sending')"))
        .filter(outbox::state.eq("queued"))
        .filter(outbox::account.is_null())
        .select(cols::<OutboxRow>())
        .into_boxed::<Backend>();
    query = match scope {
        Scope::Everything => query,
        Scope::Regions(codes) => query.filter(needs::region.eq_any(codes)),
        Scope::Station(own) => query.filter(needs::station.eq(own)),
    };
    query.order((outbox::reader, outbox::created_at)).limit(limit).load(conn)
}
