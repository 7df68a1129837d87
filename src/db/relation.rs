//! Conflicts of interest: declared relations, past services as far as they bind, waivers, and who asked.

use super::JsonText;
use super::conn::{Conn, cols};
use super::schema::{assignments, conflict_checks, enterprises, experts, needs, ratings, relations, waivers};
use crate::domain::assignment::AssignmentState;
use crate::domain::matching::RelationKind;
use crate::ids::{AccountId, AssignmentId, CheckId, ExpertId, NeedId, RelationId, WaiverId};
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// A declared relation of an expert to somebody.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = relations, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct RelationRow {
    /// Id.
    pub id: RelationId,
    /// Expert.
    pub expert: ExpertId,
    /// To whom.
    pub name: String,
    /// Kind.
    pub kind: RelationKind,
    /// `expert` or `staff`.
    pub declared_by: String,
    /// Entered by.
    pub entered_by: AccountId,
    /// Note.
    pub note: Option<String>,
    /// Declared at.
    pub declared_at: NaiveDateTime,
    /// Ended at.
    pub ended_at: Option<NaiveDateTime>,
}

row_deeds!(RelationRow, relations, id: RelationId);

/// The relations in force, of one expert or of all.
///
/// # Errors
/// What the database says.
pub fn in_force(conn: &mut Conn, one: Option<ExpertId>) -> QueryResult<Vec<RelationRow>> {
    let query =
        relations::table.filter(relations::ended_at.is_null()).order(relations::id).select(cols::<RelationRow>());
    match one {
        Some(expert) => query.filter(relations::expert.eq(expert)).load(conn),
        None => query.load(conn),
    }
}

/// A service somebody is asked for, accepted or did.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = assignments)]
pub struct PastService {
    /// The assignment.
    pub id: AssignmentId,
    /// Its need.
    pub need: NeedId,
    /// Who.
    pub expert: ExpertId,
    /// Offered, accepted or done.
    pub state: AssignmentState,
    /// When he was asked.
    pub created_at: NaiveDateTime,
}

/// What such a service was about.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = needs)]
pub struct NeedBrief {
    /// The need.
    pub id: NeedId,
    /// Against whom.
    pub opposing_party: Option<String>,
    /// About what.
    pub title: String,
    /// Which items.
    pub services: JsonText<Vec<String>>,
}

/// Services asked for since `from` that were done, and whatever is being asked or served now; of one expert or of all.
///
/// # Errors
/// What the database says.
pub fn past_services(conn: &mut Conn, one: Option<ExpertId>, from: NaiveDateTime) -> QueryResult<Vec<PastService>> {
    let done = assignments::table
        .filter(assignments::state.eq(AssignmentState::Done))
        .filter(assignments::created_at.ge(from))
        .select(cols::<PastService>());
    let mut services: Vec<PastService> = match one {
        Some(expert) => done.filter(assignments::expert.eq(expert)).load(conn)?,
        None => done.load(conn)?,
    };
    let open = assignments::state.eq(AssignmentState::Offered).or(assignments::state.eq(AssignmentState::Accepted));
    let now = assignments::table.select(cols::<PastService>());
    services.extend::<Vec<PastService>>(match one {
        Some(expert) => now.filter(open).filter(assignments::expert.eq(expert)).load(conn)?,
        None => now.filter(super::assignment::in_hand()).load(conn)?,
    });
    Ok(services)
}

/// What experts of a firm are asked for or serve at this moment, each with the firm's name as it is on file: of those whose
/// `firm_key` begins with `key` ([`FirmName::key_beginning`](crate::domain::firm::FirmName::key_beginning)), but for one
/// expert. The names want comparing: a key that begins alike may be another firm's.
///
/// # Errors
/// What the database says.
pub fn served_now_by_firm(conn: &mut Conn, key: &str, but: ExpertId) -> QueryResult<Vec<(PastService, String)>> {
    // Two steps, so that no planner starts from every offer there ever was: the firm's people first, they are few.
    let people: Vec<ExpertId> = experts::table
        .filter(experts::firm_key.like(super::listing::beginning(key)).escape('\\'))
        .filter(experts::id.ne(but))
        .order(experts::id)
        .select(experts::id)
        .load(conn)?;
    let mut found = Vec::new();
    for chunk in people.chunks(500) {
        let rows: Vec<(PastService, String)> = assignments::table
            .inner_join(experts::table.on(experts::id.eq(assignments::expert)))
            .filter(assignments::expert.eq_any(chunk))
            .filter(super::assignment::in_hand())
            .select((cols::<PastService>(), experts::firm))
            .load(conn)?;
        found.extend(rows);
    }
    found.sort_unstable_by_key(|(service, _)| service.id);
    Ok(found)
}

/// What needs are about, each with the enterprise's name; some hundreds a statement.
///
/// # Errors
/// What the database says.
pub fn briefs(conn: &mut Conn, ids: &[NeedId]) -> QueryResult<Vec<(NeedBrief, String)>> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(1_000) {
        let rows: Vec<(NeedBrief, String)> = needs::table
            .inner_join(enterprises::table.on(enterprises::id.eq(needs::enterprise)))
            .filter(needs::id.eq_any(chunk))
            .select((cols::<NeedBrief>(), enterprises::name))
            .load(conn)?;
        found.extend(rows);
    }
    Ok(found)
}

/// The ratings received, by assignment; of one expert or of all.
///
/// # Errors
/// What the database says.
pub fn ratings_by_assignment(conn: &mut Conn, one: Option<ExpertId>) -> QueryResult<Vec<(AssignmentId, i32)>> {
    match one {
        None => ratings::table.select((ratings::assignment, ratings::score)).load(conn),
        Some(expert) => ratings::table
            .inner_join(assignments::table.on(assignments::id.eq(ratings::assignment)))
            .filter(assignments::expert.eq(expert))
            .select((ratings::assignment, ratings::score))
            .load(conn),
    }
}

/// What a manager waived.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = waivers, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct WaiverRow {
    /// Id.
    pub id: WaiverId,
    /// For which need.
    pub need: NeedId,
    /// For whom.
    pub expert: ExpertId,
    /// The rule and its ground: `needs-waiver:past-service`.
    pub rule: String,
    /// Why.
    pub reason: String,
    /// By whom.
    pub granted_by: AccountId,
    /// When.
    pub granted_at: NaiveDateTime,
}

/// Adds a waiver.
///
/// # Errors
/// What the database says; a second one of the same rule and ground for the same need and expert is refused.
pub fn insert_waiver(conn: &mut Conn, row: &WaiverRow) -> QueryResult<()> {
    diesel::insert_into(waivers::table).values(row).execute(conn).map(drop)
}

/// The waivers of a need.
///
/// # Errors
/// What the database says.
pub fn waivers_of(conn: &mut Conn, need: NeedId) -> QueryResult<Vec<WaiverRow>> {
    waivers::table.filter(waivers::need.eq(need)).order(waivers::id).select(cols::<WaiverRow>()).load(conn)
}

/// Takes back the waivers of a need: they were granted for the parties as they were named then.
///
/// # Errors
/// What the database says.
pub fn drop_waivers(conn: &mut Conn, need: NeedId) -> QueryResult<usize> {
    diesel::delete(waivers::table.filter(waivers::need.eq(need))).execute(conn)
}

/// Somebody asked whether an expert conflicts; not with whom.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = conflict_checks, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct CheckRow {
    /// Id.
    pub id: CheckId,
    /// Who asked.
    pub account: AccountId,
    /// About whom.
    pub expert: ExpertId,
    /// What was answered.
    pub verdict: String,
    /// When.
    pub asked_at: NaiveDateTime,
}

/// Adds a check.
///
/// # Errors
/// What the database says.
pub fn insert_check(conn: &mut Conn, row: &CheckRow) -> QueryResult<()> {
    diesel::insert_into(conflict_checks::table).values(row).execute(conn).map(drop)
}

/// How many checks an account made since `from`, in all and about that expert.
///
/// # Errors
/// What the database says.
pub fn checks_since(
    conn: &mut Conn,
    account: AccountId,
    expert: ExpertId,
    from: NaiveDateTime,
) -> QueryResult<(usize, usize)> {
    let about: Vec<ExpertId> = conflict_checks::table
        .filter(conflict_checks::account.eq(account))
        .filter(conflict_checks::asked_at.ge(from))
        .select(conflict_checks::expert)
        .load(conn)?;
    Ok((about.len(), about.iter().filter(|one| **one == expert).count()))
}
