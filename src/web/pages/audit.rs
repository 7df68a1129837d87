//! The trail (留痕): what happened to one subject, whether its chain is as it was written, and the latest events.
//!
//! A subject is found by its id or by the number people read: a need's, an offer's, a case's, an expert's number on file.

use super::super::routes::{Access, Route, get};
use super::trail::{self, Event};
use crate::db::conn::Conn;
use crate::db::{self, conduct_list, expert_list};
use crate::domain::role::{Right, Scope};
use crate::i18n::L;
use crate::ids::{CaseId, EventId, ExpertId, NeedId, StationId};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::frame::Frame;
use chrono::DateTime;

/// The rows of the table.
#[must_use]
pub fn rows() -> Vec<Route> {
    vec![get("/audit", Access::SignedIn(Right::Audit), show)]
}

/// How many of the latest events a page holds.
const ON_A_PAGE: i64 = 50;

#[derive(askama::Template)]
#[template(path = "pages/audit.html", config = "src/web/askama.toml")]
struct AuditPage {
    f: Frame,
    asked: String,
    /// Whose trail: a title and where its page is, if it has one.
    subject: String,
    title: String,
    href: String,
    found: bool,
    intact: bool,
    events: Vec<Event>,
    latest: Vec<Event>,
    sees_latest: bool,
    next: String,
}

/// A subject of the trail that was found.
struct Subject {
    key: String,
    title: String,
    href: String,
}

/// `GET /audit`.
///
/// # Errors
/// A fault.
pub fn show(call: &Call) -> Answered {
    let l = call.l;
    let scope = call.scope()?;
    let asked = call.query_value("subject").unwrap_or_default();
    let mut reader = call.office.read()?;
    let subject = if asked.is_empty() { None } else { find(&mut reader, l, scope, &asked)? };
    let rows = match &subject {
        Some(subject) => db::audit::trail(&mut reader, &subject.key)?,
        None => Vec::new(),
    };
    let events = trail::told(&mut reader, l, &rows)?;
    let before = call.query_value("before").and_then(|text| {
        let (at, id) = text.split_once('_')?;
        Some((DateTime::from_timestamp_micros(at.parse().ok()?)?.naive_utc(), id.parse::<EventId>().ok()?))
    });
    let latest_rows =
        if asked.is_empty() { db::audit::latest(&mut reader, scope, before, ON_A_PAGE)? } else { Vec::new() };
    let next = match latest_rows.last() {
        Some(last) if i64::try_from(latest_rows.len()).unwrap_or(0) == ON_A_PAGE => {
            format!("/audit?before={}_{}", last.at.and_utc().timestamp_micros(), last.id)
        }
        _ => String::new(),
    };
    let latest = trail::told_apart(&mut reader, l, &latest_rows)?;
    let page = AuditPage {
        f: call.frame("audit"),
        found: subject.is_some(),
        intact: trail::is_intact(&rows, &events),
        subject: subject.as_ref().map(|found| found.key.clone()).unwrap_or_default(),
        title: subject.as_ref().map(|found| found.title.clone()).unwrap_or_default(),
        href: subject.map(|found| found.href).unwrap_or_default(),
        asked,
        events,
        latest,
        sees_latest: *scope == Scope::Everything,
        next,
    };
    Answer::page(&page)
}

/// The subject meant by an id or number, if there is one and the reader may see it.
fn find(conn: &mut Conn, l: L, scope: &Scope, asked: &str) -> Result<Option<Subject>, WebError> {
    let number = asked.trim().to_uppercase();
    if let Some(series) = number.get(..3) {
        match series {
            "XQ-" => return Ok(of_need(scope, db::need::by_number(conn, &number)?)),
            "PD-" => {
                let need = match db::assignment::by_number(conn, &number)? {
                    Some(offer) => db::need::find(conn, &offer.need)?,
                    None => None,
                };
                return Ok(of_need(scope, need));
            }
            "CQ-" => {
                let case = conduct_list::by_number(conn, &number)?;
                return of_case(conn, scope, case);
            }
            "BA-" => return Ok(expert_list::by_filed_number(conn, &number)?.and_then(|row| of_expert(scope, row))),
            _ => {}
        }
    }
    let id = asked.trim().to_lowercase();
    if let Ok(need) = id.parse::<NeedId>()
        && let Some(row) = db::need::find(conn, &need)?
    {
        return Ok(of_need(scope, Some(row)));
    }
    if let Ok(expert) = id.parse::<ExpertId>()
        && let Some(row) = db::expert::find(conn, &expert)?
    {
        return Ok(of_expert(scope, row));
    }
    if let Ok(case) = id.parse::<CaseId>()
        && let Some(row) = db::conduct::find(conn, &case)?
    {
        return of_case(conn, scope, Some(row));
    }
    if let Ok(station) = id.parse::<StationId>()
        && let Some(row) = db::station::find(conn, &station)?
    {
        let seen = scope.covers(&row.region, row.id);
        return Ok(seen.then(|| Subject { href: format!("/stations/{}", row.id), key: id, title: row.name }));
    }
    // What belongs to no region is for whoever sees everything: policy, calendar, sheets, accounts.
    let common = matches!(id.as_str(), "policy" | "calendar" | "sheets" | "service");
    if *scope == Scope::Everything && (common || id.starts_with("account:")) {
        let title = if common { l.t(&format!("audit-subject-{id}")) } else { l.t("audit-subject-account") };
        return Ok(Some(Subject { key: id, title, href: String::new() }));
    }
    Ok(None)
}

fn of_need(scope: &Scope, row: Option<db::need::NeedRow>) -> Option<Subject> {
    row.filter(|row| scope.covers(&row.region, row.station)).map(|row| Subject {
        href: format!("/needs/{}", row.id),
        key: row.id.to_string(),
        title: format!("{} {}", row.number, row.title),
    })
}

fn of_expert(scope: &Scope, row: db::expert::ExpertRow) -> Option<Subject> {
    scope.covers_region(&row.region).then(|| Subject {
        href: format!("/experts/{}", row.id),
        key: row.id.to_string(),
        title: format!("{} {}", row.filed_number.unwrap_or_default(), row.name).trim().to_owned(),
    })
}

fn of_case(conn: &mut Conn, scope: &Scope, row: Option<db::conduct::CaseRow>) -> Result<Option<Subject>, WebError> {
    let Some(case) = row else { return Ok(None) };
    let expert = db::expert::find(conn, &case.expert)?.filter(|expert| scope.covers_region(&expert.region));
    Ok(expert.map(|expert| Subject {
        href: format!("/conduct/{}", case.id),
        key: case.id.to_string(),
        title: format!("{} {}", case.number, expert.name),
    }))
}
