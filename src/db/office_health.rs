//! The health of the office, for managers and administrators: letters that do not arrive, stations nobody works for,
//! cases that wait for a decision.
//!
//! Contract: within the account's [`Scope`], limited, and found by an index: `outbox_state`, `outbox_due`,
//! `accounts_station`, `conduct_cases_stage`. Deliberately absent: what one account has to do (see [`super::desk`]).

use super::conn::{Backend, Conn};
use super::schema::{accounts, conduct_cases, experts, outbox, stations};
use crate::domain::calendar::beijing_date;
use crate::domain::conduct::{CaseKind, CaseStage};
use crate::domain::role::{Role, Scope, Staff};
use crate::domain::standing::Standing;
use crate::ids::{AccountId, CaseId, StationId};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;

/// Letters that have not arrived.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MailHealth {
    /// Waiting to leave, now or later.
    pub queued: i64,
    /// Leaving at this moment.
    pub sending: i64,
    /// Given up in the last seven days.
    pub failed: i64,
    /// Came back in the last seven days.
    pub bounced: i64,
    /// The oldest that may leave already.
    pub oldest_due: Option<NaiveDateTime>,
}

/// A case that waits for a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseWaiting {
    /// The case.
    pub id: CaseId,
    /// Its number.
    pub number: String,
    /// Admonition or removal.
    pub kind: CaseKind,
    /// The expert's name.
    pub expert: String,
    /// Since when.
    pub opened_at: NaiveDateTime,
    /// Whether this account opened it and so may not decide it.
    pub own: bool,
}

/// Letters that have not arrived; `now` bounds the last seven days.
///
/// # Errors
/// What the database says.
pub fn mail_health(conn: &mut Conn, now: DateTime<Utc>) -> QueryResult<MailHealth> {
    let since = (now - TimeDelta::days(7)).naive_utc();
    let waiting: Vec<(String, i64)> = outbox::table
        .filter(outbox::state.eq_any(["queued", "sending"]))
        .group_by(outbox::state)
        .select((outbox::state, count_star()))
        .load(conn)?;
    let lost: Vec<(String, i64)> = outbox::table
        .filter(outbox::state.eq_any(["failed", "bounced"]))
        .filter(outbox::created_at.ge(since))
        .group_by(outbox::state)
        .select((outbox::state, count_star()))
        .load(conn)?;
    let of = |rows: &[(String, i64)], state: &str| rows.iter().find(|(known, _)| known == state).map_or(0, |(_, n)| *n);
    let oldest_due: Option<NaiveDateTime> = outbox::table
        .filter(sql::<Bool>("outbox.state IN ('queued', 'sending')"))
        .filter(outbox::digest.is_null())
        .filter(outbox::not_before.le(now.naive_utc()))
        .order(outbox::not_before)
        .select(outbox::not_before)
        .first(conn)
        .optional()?;
    Ok(MailHealth {
        queued: of(&waiting, "queued"),
        sending: of(&waiting, "sending"),
        failed: of(&lost, "failed"),
        bounced: of(&lost, "bounced"),
        oldest_due,
    })
}

/// Stations of the scope without a liaison who is active today (rules.md, "The chain"), by name, at most `limit`.
///
/// # Errors
/// What the database says.
pub fn stations_without_liaison(
    conn: &mut Conn,
    scope: &Scope,
    now: DateTime<Utc>,
    limit: i64,
) -> QueryResult<Vec<(StationId, String)>> {
    let active = accounts::table
        .filter(accounts::station.eq(stations::id.nullable()))
        .filter(accounts::role.eq(Role::Liaison))
        .filter(accounts::disabled_at.is_null())
        .filter(accounts::on_leave_until.is_null().or(accounts::on_leave_until.lt(beijing_date(now))));
    let mut query = stations::table
        .filter(diesel::dsl::not(diesel::dsl::exists(active)))
        .select((stations::id, stations::name))
        .into_boxed::<Backend>();
    query = match scope {
        Scope::Everything => query,
        Scope::Regions(codes) => query.filter(stations::region.eq_any(codes)),
        Scope::Station(own) => query.filter(stations::id.eq(own)),
    };
    query.order(stations::name).limit(limit).load(conn)
}

/// The conduct cases that wait for a decision, oldest first, at most twenty.
///
/// # Errors
/// What the database says.
pub fn cases_waiting(conn: &mut Conn, staff: &Staff) -> QueryResult<Vec<CaseWaiting>> {
    let mut query = conduct_cases::table
        .inner_join(experts::table.on(experts::id.eq(conduct_cases::expert)))
        .filter(conduct_cases::stage.eq(CaseStage::Deciding))
        .select((
            conduct_cases::id,
            conduct_cases::number,
            conduct_cases::kind,
            experts::name,
            conduct_cases::opened_at,
            conduct_cases::opened_by,
        ))
        .into_boxed::<Backend>();
    if let Scope::Regions(codes) = &staff.scope {
        query = query.filter(experts::region.eq_any(codes));
    }
    let rows: Vec<(CaseId, String, CaseKind, String, NaiveDateTime, AccountId)> =
        query.order((conduct_cases::opened_at, conduct_cases::id)).limit(20).load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, number, kind, expert, opened_at, opened_by)| CaseWaiting {
            id,
            number,
            kind,
            expert,
            opened_at,
            own: opened_by == staff.account,
        })
        .collect())
}

/// How many experts of the scope wait for a review.
///
/// # Errors
/// What the database says.
pub fn to_review(conn: &mut Conn, scope: &Scope) -> QueryResult<i64> {
    let mut query = experts::table
        .filter(experts::standing.eq_any([Standing::Applied, Standing::Reviewing]))
        .into_boxed::<Backend>();
    if let Scope::Regions(codes) = scope {
        query = query.filter(experts::region.eq_any(codes));
    }
    query.count().get_result(conn)
}
