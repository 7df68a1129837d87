//! The trail of one subject, oldest first, as far as the account may see the subject.

use super::paging::{self, Page};
use super::shape::utc;
use crate::db::audit::AuditRow;
use crate::db::{self, Conn};
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::role::Scope;
use crate::ids::{AssignmentId, CaseId, ExpertId, NeedId};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::QueryResult;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Whose trail.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// A need, assignment, expert or case, by id or number; an account, station or other subject by its id.
    pub subject: String,
    /// Rows a page, 1 to 200.
    #[serde(default)]
    pub limit: Option<u32>,
    /// Where the page before ended.
    #[serde(default)]
    pub cursor: Option<String>,
}

/// One event.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventShape {
    /// Whose.
    pub subject: String,
    /// From 1, without gaps.
    pub step: i32,
    /// When.
    pub at: DateTime<Utc>,
    /// Who: `account:…`, `expert:…`, `enterprise:…`, `desk` or `operator`.
    pub actor: String,
    /// What happened: the code.
    pub event: String,
    /// The same in the language asked for.
    pub text: String,
    /// Ids, field names and codes; never personal values.
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
    /// The hash of the step before; empty on the first.
    pub previous: String,
    /// SHA-256 over the previous hash and every field.
    pub hash: String,
}

/// A subject of the trail.
struct Subject {
    chain: String,
    seen: bool,
}

/// What a text names, and whether the scope sees it. What is none of ours is seen only by those who see everything.
fn named(conn: &mut Conn, scope: &Scope, text: &str) -> QueryResult<Subject> {
    let upper = text.to_uppercase();
    let mut need = match text.parse::<NeedId>() {
        Ok(id) => db::need::find(conn, &id)?,
        Err(_) => db::need::by_number(conn, &upper)?,
    };
    if need.is_none() {
        let offer = match text.parse::<AssignmentId>() {
            Ok(id) => db::assignment::find(conn, &id)?,
            Err(_) => db::assignment::by_number(conn, &upper)?,
        };
        if let Some(offer) = offer {
            need = db::need::find(conn, &offer.need)?;
        }
    }
    if let Some(need) = need {
        return Ok(Subject { seen: scope.covers(&need.region, need.station), chain: need.id.to_string() });
    }
    let case = match text.parse::<CaseId>() {
        Ok(id) => db::conduct::find(conn, &id)?,
        Err(_) => db::listing::case_numbered(conn, &upper)?,
    };
    let expert = match (&case, text.parse::<ExpertId>()) {
        (Some(case), _) => Some(case.expert),
        (None, Ok(id)) => Some(id),
        (None, Err(_)) => None,
    };
    let known = match expert {
        Some(id) => db::expert::find(conn, &id)?,
        None => None,
    };
    if let Some(expert) = known {
        let chain = case.map_or_else(|| expert.id.to_string(), |case| case.id.to_string());
        return Ok(Subject { seen: scope.covers_region(&expert.region), chain });
    }
    Ok(Subject { seen: *scope == Scope::Everything, chain: text.to_owned() })
}

fn shape(call: &Call, row: AuditRow) -> EventShape {
    let key = format!("event-{}", row.event);
    let text = if call.l.has(&key) { call.l.t(&key) } else { row.event.clone() };
    EventShape {
        subject: row.subject,
        step: row.step,
        at: utc(row.at),
        actor: row.actor,
        event: row.event,
        text,
        detail: row.detail.get(),
        previous: row.previous,
        hash: row.hash,
    }
}

/// `GET /api/v1/audit`.
///
/// # Errors
/// [`Refusal::NotFound`] for subjects without a trail and for foreign ones.
#[utoipa::path(get, path = "/api/v1/audit", operation_id = "read-trail", tag = "audit", params(AuditQuery),
    responses((status = 200, description = "", body = Page<EventShape>)))]
pub fn list(call: &Call) -> Answered {
    let query: AuditQuery = call.query()?;
    let text = query.subject.trim();
    if text.is_empty() {
        return Err(Refusal::Invalid(vec![FieldProblem::new("subject", "missing")]).into());
    }
    let limit = paging::limit(query.limit, paging::USUAL, paging::MOST)?;
    let after = paging::place("audit", query.cursor.as_deref(), |step| step.parse::<i32>().ok())?.unwrap_or(0);
    let mut reader = call.office.read()?;
    let subject = named(&mut reader, call.scope()?, text)?;
    if !subject.seen {
        return Err(Refusal::NotFound.into());
    }
    let most = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let rows = db::listing::trail_after(&mut reader, &subject.chain, after, most)?;
    drop(reader);
    if rows.is_empty() && after == 0 {
        return Err(WebError::from(Refusal::NotFound));
    }
    let (rows, next_cursor) = paging::cut(rows, limit, |last| paging::cursor("audit", &last.step.to_string()));
    Answer::json(&Page { items: rows.into_iter().map(|row| shape(call, row)).collect(), next_cursor })
}

/// Which roots.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RootsQuery {
    /// Rows a page, 1 to 200.
    #[serde(default)]
    pub limit: Option<u32>,
    /// Where the page before ended.
    #[serde(default)]
    pub cursor: Option<String>,
}

/// The root of one Beijing day.
#[derive(Debug, Serialize, ToSchema)]
pub struct RootShape {
    /// The day.
    pub date: NaiveDate,
    /// The instant that ended it.
    pub cut_at: DateTime<Utc>,
    /// How many chains there were.
    pub chains: i64,
    /// The Merkle root (RFC 6962) over their ends, hex.
    pub root: String,
    /// The root of the day before; empty on the first.
    pub previous: String,
    /// The office's seal over all of it.
    pub seal: String,
}

/// `GET /api/v1/audit/roots`: the daily roots, newest first.
///
/// # Errors
/// A fault.
#[utoipa::path(get, path = "/api/v1/audit/roots", operation_id = "read-roots", tag = "audit", params(RootsQuery),
    responses((status = 200, description = "", body = Page<RootShape>)))]
pub fn roots(call: &Call) -> Answered {
    let query: RootsQuery = call.query()?;
    let limit = paging::limit(query.limit, paging::USUAL, paging::MOST)?;
    let before = paging::place("roots", query.cursor.as_deref(), |day| day.parse::<NaiveDate>().ok())?;
    let most = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let rows = db::anchor::before(&mut *call.office.read()?, before, most)?;
    let (rows, next_cursor) = paging::cut(rows, limit, |last| paging::cursor("roots", &last.day.to_string()));
    let items = rows
        .into_iter()
        .map(|row| RootShape {
            date: row.day,
            cut_at: utc(row.cut_at),
            chains: row.chains,
            root: row.root,
            previous: row.previous,
            seal: row.seal,
        })
        .collect();
    Answer::json(&Page { items, next_cursor })
}
