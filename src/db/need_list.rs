//! Needs as lists show them: filtered within a scope, newest first, a page at a time by keyset.
//!
//! Contract: there is no unscoped form. Pages ask the index first; these queries stand in when it cannot answer, and
//! fill the rows of either. Indexes: `needs_station_state`, `needs_region_created`, `needs_state_created`,
//! `needs_created`, `assignments_need`. Deliberately absent: full text, which is the index's.

use super::conn::{Backend, Conn, cols};
use super::need::NeedRow;
use super::schema::{assignments, enterprises, needs};
use crate::domain::assignment::AssignmentState;
use crate::domain::need::NeedState;
use crate::domain::role::Scope;
use crate::domain::task::TaskKind;
use crate::ids::{AssignmentId, ExpertId, NeedId};
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// Which needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NeedFilter {
    /// Part of the number, the title or the enterprise's name.
    pub text: Option<String>,
    /// Where the need stands.
    pub state: Option<NeedState>,
    /// Slug of a service item.
    pub service: Option<String>,
    /// Region code.
    pub region: Option<String>,
    /// Submitted at or after.
    pub from: Option<NaiveDateTime>,
    /// Submitted before.
    pub to: Option<NaiveDateTime>,
    /// Only those after this one in the list: when it was submitted, and its id.
    pub after: Option<(NaiveDateTime, NeedId)>,
}

/// A text as a LIKE pattern: `%` and `_` mean themselves, with `!` as the escape.
fn pattern(text: &str) -> String {
    let mut escaped = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '!') {
            escaped.push('!');
        }
        escaped.push(c);
    }
    escaped.push('%');
    escaped
}

/// The needs within the scope that pass the filter, newest first, at most `limit`.
///
/// # Errors
/// What the database says.
pub fn page(conn: &mut Conn, scope: &Scope, filter: &NeedFilter, limit: i64) -> QueryResult<Vec<NeedRow>> {
    let mut query = needs::table.select(cols::<NeedRow>()).into_boxed::<Backend>();
    query = match scope {
        Scope::Everything => query,
        Scope::Regions(codes) => query.filter(needs::region.eq_any(codes)),
        Scope::Station(own) => query.filter(needs::station.eq(own)),
    };
    if let Some(text) = &filter.text {
        let like = pattern(text);
        let named = enterprises::table.filter(enterprises::name.like(like.clone()).escape('!')).select(enterprises::id);
        query = query.filter(
            needs::title
                .like(like.clone())
                .escape('!')
                .or(needs::number.like(like).escape('!'))
                .or(needs::enterprise.eq_any(named)),
        );
    }
    if let Some(state) = filter.state {
        query = query.filter(needs::state.eq(state));
    }
    if let Some(slug) = &filter.service {
        // Slugs are stored as a JSON list of texts, so the quotes mark a whole one.
        query = query.filter(needs::services.like(pattern(&format!("\"{slug}\""))).escape('!'));
    }
    if let Some(code) = &filter.region {
        query = query.filter(needs::region.eq(code));
    }
    if let Some(from) = filter.from {
        query = query.filter(needs::created_at.ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(needs::created_at.lt(to));
    }
    if let Some((at, id)) = filter.after {
        query = query.filter(needs::created_at.lt(at).or(needs::created_at.eq(at).and(needs::id.lt(id))));
    }
    query.order((needs::created_at.desc(), needs::id.desc())).limit(limit).load(conn)
}

/// An offer, as a row of a list shows it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = assignments)]
pub struct ListedOffer {
    /// Which.
    pub id: AssignmentId,
    /// Of which need.
    pub need: NeedId,
    /// Who is asked.
    pub expert: ExpertId,
    /// Where it stands.
    pub state: AssignmentState,
    /// When the clock began.
    pub notified_at: Option<NaiveDateTime>,
    /// The first instant that is too late.
    pub answer_due_at: Option<NaiveDateTime>,
    /// When a question stopped the clock.
    pub asked_at: Option<NaiveDateTime>,
    /// When it ran again.
    pub replied_at: Option<NaiveDateTime>,
    /// When feedback is due.
    pub feedback_due_at: Option<NaiveDateTime>,
}

/// The open, accepted and finished offers of those needs, newest first.
///
/// # Errors
/// What the database says.
pub fn offers_of(conn: &mut Conn, ids: &[NeedId]) -> QueryResult<Vec<ListedOffer>> {
    assignments::table
        .filter(assignments::need.eq_any(ids))
        .filter(assignments::state.eq_any([AssignmentState::Offered, AssignmentState::Accepted, AssignmentState::Done]))
        .order((assignments::created_at.desc(), assignments::id.desc()))
        .select(cols::<ListedOffer>())
        .load(conn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_means_what_was_typed() {
        assert_eq!(pattern("50%_!"), "%50!%!_!!%");
        assert_eq!(pattern("商标"), "%商标%");
    }
}

/// The needs no open task, offer or timer looks after: open since before `unasked` without anybody asked; automatic and
/// open since before `automatic`; unanswered with nobody told. Oldest first, at most `limit`.
///
/// # Errors
/// What the database says.
pub fn neglected(
    conn: &mut Conn,
    unasked: NaiveDateTime,
    automatic: NaiveDateTime,
    limit: i64,
) -> QueryResult<Vec<NeedId>> {
    use super::schema::tasks;
    let told = |kinds: [TaskKind; 3]| {
        diesel::dsl::exists(
            tasks::table
                .filter(tasks::need.eq(needs::id.nullable()))
                .filter(tasks::done_at.is_null())
                .filter(tasks::kind.eq_any(kinds)),
        )
    };
    let kinds = [TaskKind::Unanswered, TaskKind::NobodyQualifies, TaskKind::NobodyAsked];
    let open: Vec<NeedId> = needs::table
        .filter(needs::state.eq(NeedState::Open))
        .filter(needs::created_at.lt(unasked).or(needs::automatic.eq(true).and(needs::created_at.lt(automatic))))
        .filter(diesel::dsl::not(told(kinds)))
        .order(needs::created_at)
        .limit(limit)
        .select(needs::id)
        .load(conn)?;
    let unanswered: Vec<NeedId> = needs::table
        .filter(needs::state.eq(NeedState::Unanswered))
        .filter(diesel::dsl::not(told(kinds)))
        .order(needs::created_at)
        .limit(limit)
        .select(needs::id)
        .load(conn)?;
    Ok(open.into_iter().chain(unanswered).collect())
}
