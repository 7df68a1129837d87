//! What just happened, for a desk: the newest events of the needs of a scope.
//!
//! Contract: reads the trail by `audit_at` for wide scopes, and by `(subject, step)` for the few needs of a station, so
//! that a quiet station does not walk through a busy city's day. Deliberately absent: events of accounts and experts,
//! which belong to the trail's own page.

use super::conn::Conn;
use super::schema::{audit, needs};
use crate::domain::event::Event;
use crate::domain::role::Scope;
use crate::ids::NeedId;
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// One event of a need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewsLine {
    /// When.
    pub at: NaiveDateTime,
    /// What.
    pub event: Event,
    /// The need.
    pub need: NeedId,
    /// Its number.
    pub number: String,
}

/// How many events of the trail are looked at for a region's news.
const LOOKED_AT: i64 = 400;

/// The newest events since `since` in a scope, at most `limit`. Of a station, those of the needs named in `hers`.
///
/// # Errors
/// What the database says.
pub fn news(
    conn: &mut Conn,
    scope: &Scope,
    hers: &[NeedId],
    since: NaiveDateTime,
    limit: usize,
) -> QueryResult<Vec<NewsLine>> {
    let columns = (audit::at, audit::event, needs::id, needs::number, needs::region);
    let joined = audit::table.inner_join(needs::table.on(audit::subject.eq(needs::id))).filter(audit::at.ge(since));
    let rows: Vec<(NaiveDateTime, String, NeedId, String, String)> = match scope {
        Scope::Station(_) => {
            let subjects: Vec<String> = hers.iter().map(ToString::to_string).collect();
            joined
                .filter(audit::subject.eq_any(subjects))
                .order((audit::at.desc(), audit::id.desc()))
                .limit(LOOKED_AT)
                .select(columns)
                .load(conn)?
        }
        Scope::Everything | Scope::Regions(_) => {
            joined.order((audit::at.desc(), audit::id.desc())).limit(LOOKED_AT).select(columns).load(conn)?
        }
    };
    let mut lines = Vec::with_capacity(limit);
    for (at, event, need, number, region) in rows {
        let seen = match scope {
            Scope::Everything | Scope::Station(_) => true,
            Scope::Regions(codes) => codes.contains(&region),
        };
        let Ok(event) = event.parse::<Event>() else { continue };
        if seen && told(event) {
            lines.push(NewsLine { at, event, need, number });
        }
        if lines.len() == limit {
            break;
        }
    }
    Ok(lines)
}

/// Whether an event is news: those that only prepare or follow another are not.
const fn told(event: Event) -> bool {
    matches!(
        event,
        Event::NeedSubmitted
            | Event::NeedRetracted
            | Event::NeedClosed
            | Event::ExpertAssigned
            | Event::NoticeBounced
            | Event::ReminderSent
            | Event::OfferAccepted
            | Event::OfferDeclined
            | Event::QuestionAsked
            | Event::QuestionReplied
            | Event::OfferLapsed
            | Event::AssignmentReleased
            | Event::ChainExhausted
            | Event::FeedbackFiled
            | Event::ServiceRated
    )
}
