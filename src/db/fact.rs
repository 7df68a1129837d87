//! The narrow fact rows behind every figure: one per finished offer (rules.md, "Figures").

use super::conn::{Conn, cols};
use super::schema::{offer_fact_services, offer_facts};
use crate::domain::assignment::{AnswerKind, DeclineReason, OfferOutcome};
use crate::ids::{AssignmentId, EnterpriseId, ExpertId, NeedId, StationId};
use chrono::NaiveDate;
use diesel::prelude::*;

/// How one offer counts.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = offer_facts, treat_none_as_default_value = false)]
pub struct FactRow {
    /// The offer.
    pub assignment: AssignmentId,
    /// Its need.
    pub need: NeedId,
    /// Its expert.
    pub expert: ExpertId,
    /// The expert's firm at that time.
    pub firm: String,
    /// The need's region.
    pub region: String,
    /// The need's station.
    pub station: StationId,
    /// The Beijing date of the notice; of the attempt, where the letter never arrived.
    pub notified_on: NaiveDate,
    /// How it counts.
    pub outcome: OfferOutcome,
    /// The first answer.
    pub answer: Option<AnswerKind>,
    /// Why declined.
    pub decline_reason: Option<DeclineReason>,
    /// Whether staff entered the answer.
    pub by_staff: bool,
    /// Minutes from notice to first answer, wall clock.
    pub minutes: Option<i64>,
    /// Whose need it was.
    pub enterprise: EnterpriseId,
}

/// What the change log calls a day whose figures changed; the id of such a change is the day, `2026-05-08`.
pub const CHANGED_DAY: &str = "answers";

/// Says that the figures of these days changed.
///
/// # Errors
/// What the database says.
pub fn note_days(conn: &mut Conn, mut days: Vec<NaiveDate>) -> QueryResult<()> {
    days.sort_unstable();
    days.dedup();
    for day in days {
        super::changes::note(conn, CHANGED_DAY, &day.to_string())?;
    }
    Ok(())
}

/// Writes or restates the fact of an offer.
///
/// # Errors
/// What the database says.
pub fn put(conn: &mut Conn, row: &FactRow, services: &[String]) -> QueryResult<()> {
    let before: Option<NaiveDate> = offer_facts::table
        .filter(offer_facts::assignment.eq(row.assignment))
        .select(offer_facts::notified_on)
        .first(conn)
        .optional()?;
    note_days(conn, before.into_iter().chain([row.notified_on]).collect())?;
    diesel::delete(offer_fact_services::table.filter(offer_fact_services::assignment.eq(row.assignment)))
        .execute(conn)?;
    diesel::delete(offer_facts::table.filter(offer_facts::assignment.eq(row.assignment))).execute(conn)?;
    diesel::insert_into(offer_facts::table).values(row).execute(conn)?;
    for service in services {
        diesel::insert_into(offer_fact_services::table)
            .values((offer_fact_services::assignment.eq(row.assignment), offer_fact_services::service.eq(service)))
            .execute(conn)?;
    }
    Ok(())
}

/// Adds many facts with their services.
///
/// # Errors
/// What the database says.
pub fn insert_many(conn: &mut Conn, rows: &[FactRow], services: &[(AssignmentId, String)]) -> QueryResult<()> {
    note_days(conn, rows.iter().map(|row| row.notified_on).collect())?;
    for chunk in rows.chunks(400) {
        crate::each_backend!(conn, |c| diesel::insert_into(offer_facts::table).values(chunk).execute(c))?;
    }
    for chunk in services.chunks(2_000) {
        let pairs: Vec<_> = chunk
            .iter()
            .map(|(assignment, service)| {
                (offer_fact_services::assignment.eq(assignment), offer_fact_services::service.eq(service))
            })
            .collect();
        crate::each_backend!(conn, |c| diesel::insert_into(offer_fact_services::table).values(&pairs).execute(c))?;
    }
    Ok(())
}

/// The fact of one offer.
///
/// # Errors
/// What the database says.
pub fn find(conn: &mut Conn, assignment: AssignmentId) -> QueryResult<Option<FactRow>> {
    offer_facts::table.filter(offer_facts::assignment.eq(assignment)).select(cols::<FactRow>()).first(conn).optional()
}
