//! Read views that count: what matching knows of an expert's past. Boards and desks read theirs from `desk` and
//! `answers`.

use super::JsonText;
use super::conn::{Conn, cols};
use super::schema::{assignments, audit, experts, needs, offer_facts, ratings};
use crate::domain::assignment::{AssignmentState, OfferOutcome};
use crate::domain::event::Event;
use crate::ids::ExpertId;
use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::count_star;
use diesel::prelude::*;

/// One offer, as matching counts it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = assignments)]
pub struct Asked {
    /// Who was asked.
    pub expert: ExpertId,
    /// Where the offer stands.
    pub state: AssignmentState,
    /// When.
    pub created_at: NaiveDateTime,
}

/// The offers made since `from`, of one expert or of all.
///
/// # Errors
/// What the database says.
pub fn recently_asked(conn: &mut Conn, one: Option<ExpertId>, from: NaiveDateTime) -> QueryResult<Vec<Asked>> {
    let query = assignments::table.filter(assignments::created_at.ge(from)).select(cols::<Asked>());
    match one {
        Some(expert) => query.filter(assignments::expert.eq(expert)).load(conn),
        None => query.load(conn),
    }
}

/// Whoever was asked in the days from `from` on and before `until`, each once.
///
/// # Errors
/// What the database says.
pub fn asked_between(conn: &mut Conn, from: NaiveDateTime, until: NaiveDateTime) -> QueryResult<Vec<ExpertId>> {
    assignments::table
        .filter(assignments::created_at.ge(from))
        .filter(assignments::created_at.lt(until))
        .select(assignments::expert)
        .distinct()
        .load(conn)
}

/// Whose offers were told from `from` on and before `until`, each once.
///
/// # Errors
/// What the database says.
pub fn told_between(conn: &mut Conn, from: NaiveDate, until: NaiveDate) -> QueryResult<Vec<ExpertId>> {
    offer_facts::table
        .filter(offer_facts::notified_on.ge(from))
        .filter(offer_facts::notified_on.lt(until))
        .select(offer_facts::expert)
        .distinct()
        .load(conn)
}

/// How many subjects of the trail a statement asks for.
const AT_A_TIME: usize = 500;

/// When experts were last admitted (备案), of one, or of those whose record changed since `from`: whoever was admitted since
/// then is among them.
///
/// # Errors
/// What the database says.
pub fn admitted(
    conn: &mut Conn,
    one: Option<ExpertId>,
    from: NaiveDateTime,
) -> QueryResult<Vec<(ExpertId, NaiveDateTime)>> {
    type Reviewed = (String, NaiveDateTime, JsonText<serde_json::Value>);
    let reviewed = || {
        audit::table
            .filter(audit::event.eq(Event::ExpertReviewed.as_str()))
            .order((audit::subject, audit::step))
            .select((audit::subject, audit::at, audit::detail))
    };
    let mut rows: Vec<Reviewed> = Vec::new();
    match one {
        // Without a list the prepared statement is kept.
        Some(expert) => rows = reviewed().filter(audit::subject.eq(expert.as_str())).load(conn)?,
        None => {
            let ids: Vec<ExpertId> =
                experts::table.filter(experts::updated_at.ge(from)).select(experts::id).load(conn)?;
            for chunk in ids.chunks(AT_A_TIME) {
                let subjects: Vec<&str> = chunk.iter().map(ExpertId::as_str).collect();
                rows.append(&mut reviewed().filter(audit::subject.eq_any(subjects)).load(conn)?);
            }
        }
    }
    let admitting = rows
        .into_iter()
        .filter(|(_, _, detail)| detail.get().get("decision").and_then(serde_json::Value::as_str) == Some("admit"));
    Ok(admitting.filter_map(|(subject, at, _)| Some((subject.parse().ok()?, at))).collect())
}

/// How many offers are open, by expert.
///
/// # Errors
/// What the database says.
pub fn open_offers(conn: &mut Conn, one: Option<ExpertId>) -> QueryResult<Vec<(ExpertId, i64)>> {
    match one {
        Some(expert) => {
            let count: i64 = assignments::table
                .filter(assignments::expert.eq(expert))
                .filter(assignments::state.eq(AssignmentState::Offered))
                .count()
                .get_result(conn)?;
            Ok(vec![(expert, count)])
        }
        None => assignments::table
            .filter(super::assignment::in_hand())
            .filter(assignments::state.eq(AssignmentState::Offered))
            .group_by(assignments::expert)
            .select((assignments::expert, count_star()))
            .load(conn),
    }
}

/// The dates from `from` on for which services are wanted that somebody is asked for or has accepted.
///
/// # Errors
/// What the database says.
pub fn booked_from(conn: &mut Conn, one: Option<ExpertId>, from: NaiveDate) -> QueryResult<Vec<(ExpertId, NaiveDate)>> {
    let query = assignments::table
        .inner_join(needs::table.on(needs::id.eq(assignments::need)))
        .filter(needs::wanted_by.ge(from))
        .select((assignments::expert, needs::wanted_by.assume_not_null()));
    let spelled_out =
        assignments::state.eq(AssignmentState::Offered).or(assignments::state.eq(AssignmentState::Accepted));
    match one {
        Some(expert) => query.filter(spelled_out).filter(assignments::expert.eq(expert)).load(conn),
        None => query.filter(super::assignment::in_hand()).load(conn),
    }
}

/// What was asked or agreed for days from `from` on, finished services included: expert, day, hours expected. Of some
/// experts.
///
/// # Errors
/// What the database says.
pub fn hours_from(
    conn: &mut Conn,
    experts: &[ExpertId],
    from: NaiveDate,
) -> QueryResult<Vec<(ExpertId, NaiveDate, Option<i32>)>> {
    use AssignmentState::{Accepted, Done, Offered};
    assignments::table
        .inner_join(needs::table.on(needs::id.eq(assignments::need)))
        .filter(assignments::expert.eq_any(experts))
        .filter(assignments::state.eq_any([Offered, Accepted, Done]))
        .filter(needs::wanted_by.ge(from))
        .select((assignments::expert, needs::wanted_by.assume_not_null(), needs::expected_hours))
        .load(conn)
}

/// How offers since `from` were answered.
///
/// # Errors
/// What the database says.
pub fn answer_history(
    conn: &mut Conn,
    one: Option<ExpertId>,
    from: NaiveDate,
) -> QueryResult<Vec<(ExpertId, OfferOutcome, Option<i64>)>> {
    let query = offer_facts::table.filter(offer_facts::notified_on.ge(from)).select((
        offer_facts::expert,
        offer_facts::outcome,
        offer_facts::minutes,
    ));
    match one {
        Some(expert) => query.filter(offer_facts::expert.eq(expert)).load(conn),
        None => query.load(conn),
    }
}

/// The ratings received, by expert.
///
/// # Errors
/// What the database says.
pub fn ratings_received(conn: &mut Conn, one: Option<ExpertId>) -> QueryResult<Vec<(ExpertId, i32)>> {
    let query = ratings::table
        .inner_join(assignments::table.on(assignments::id.eq(ratings::assignment)))
        .select((assignments::expert, ratings::score));
    match one {
        Some(expert) => query.filter(assignments::expert.eq(expert)).load(conn),
        None => query.load(conn),
    }
}
