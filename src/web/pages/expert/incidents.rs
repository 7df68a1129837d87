//! What was reported of an expert: staff enter a complaint, a manager looks into each report and says what was found.
//!
//! A liaison reports and sees nothing of what others reported; managers see everything. Deliberately absent: proposing or
//! opening a case, which stands on the record.

use super::super::options::{Pick, picks, words};
use crate::actions::own_words::OwnWords;
use crate::actions::report_incident::{ReportIncident, find_incident, report_incident};
use crate::actions::{ActionError, Done};
use crate::db::conduct::IncidentRow;
use crate::db::{self, beside, expert_list};
use crate::domain::assignment::AssignmentState;
use crate::domain::calendar::beijing_date;
use crate::domain::conduct::{Finding, IncidentKind};
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::role::Right;
use crate::i18n::L;
use crate::ids::{AccountId, ExpertId, IncidentId, NeedId};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::form::{Fields, Wrong};
use crate::web::frame::Frame;
use actix_web::http::StatusCode;
use std::collections::HashMap;

struct Line {
    id: String,
    day: String,
    what: String,
    number: String,
    said: String,
    by: String,
    found: String,
    waits: bool,
}

#[derive(askama::Template)]
#[template(path = "pages/expert_incidents.html", config = "src/web/askama.toml")]
struct IncidentsPage {
    f: Frame,
    id: String,
    name: String,
    firm: String,
    sees: bool,
    lines: Vec<Line>,
    findings: Vec<Pick>,
    kinds: Vec<Pick>,
    offers: Vec<Pick>,
    form: Fields,
    wrong: Wrong,
}

/// `GET /experts/{id}/incidents`.
///
/// # Errors
/// [`Refusal::NotFound`]; a fault.
pub fn show(call: &Call) -> Answered {
    page(call, call.id("id")?, &Fields::default(), Wrong::none())
}

fn page(call: &Call, id: ExpertId, form: &Fields, wrong: Wrong) -> Answered {
    let l = call.l;
    let staff = call.staff()?;
    let mut reader = call.office.read()?;
    let row = db::expert::find(&mut reader, &id)?.ok_or(Refusal::NotFound)?;
    let sees = staff.role.has(Right::Audit) && staff.scope.covers_region(&row.region);
    let rows = if sees { db::conduct::incidents_of(&mut reader, id)? } else { Vec::new() };
    let said = OwnWords::of(&call.office.keys, &mut reader, id)?;
    let needs: Vec<NeedId> = rows.iter().filter_map(|row| row.need).collect();
    let numbers: HashMap<NeedId, String> = beside::numbers_of(&mut reader, &needs)?.into_iter().collect();
    let accounts: Vec<AccountId> = rows.iter().flat_map(|row| [row.entered_by, row.found_by]).flatten().collect();
    let names: HashMap<AccountId, String> = beside::owners_of(&mut reader, &accounts)?.into_iter().collect();
    let states = [AssignmentState::Done, AssignmentState::Accepted, AssignmentState::Released, AssignmentState::Lapsed];
    let offers: Vec<(String, String)> = expert_list::offers(&mut reader, &staff.scope, id, &states, 40)?
        .into_iter()
        .map(|(offer, need)| (offer.id.to_string(), format!("{} {}", offer.number, need.title)))
        .collect();
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let reports = IncidentKind::ALL.iter().filter(|kind| kind.is_report()).map(IncidentKind::as_str);
    let page = IncidentsPage {
        f: call.frame("experts"),
        id: id.to_string(),
        name: row.name,
        firm: row.firm,
        sees,
        lines: rows.iter().map(|row| line(l, &said, row, (&numbers, &names))).collect(),
        findings: words(l, "finding", form.get("finding"), "", Finding::ALL.iter().map(Finding::as_str)),
        kinds: words(l, "incident", form.get("kind"), &l.t("incidents-choose"), reports),
        offers: picks(form.get("assignment"), &l.t("incidents-no-offer"), offers),
        form: form.clone(),
        wrong,
    };
    Answer::page_with(status, &page)
}

fn line(
    l: L,
    words: &OwnWords,
    row: &IncidentRow,
    (numbers, names): (&HashMap<NeedId, String>, &HashMap<AccountId, String>),
) -> Line {
    let day = |at: chrono::NaiveDateTime| l.date(beijing_date(at.and_utc()));
    let name = |id: Option<AccountId>| id.and_then(|id| names.get(&id).cloned()).unwrap_or_default();
    let found = match (row.finding, row.found_at, row.withdrawn_at) {
        (Some(finding), Some(at), _) => {
            let said = words.finding(row.id, row.finding_note.as_ref());
            let word = l.t(&format!("finding-{finding}"));
            format!("{word} · {} · {}{}{said}", day(at), name(row.found_by), l.pick("：", ": "))
        }
        (_, _, Some(at)) => format!("{} · {}", l.t("expert-withdrawn-incident"), day(at)),
        _ => String::new(),
    };
    Line {
        id: row.id.to_string(),
        day: day(row.happened_at),
        what: l.t(&format!("incident-{}", row.kind)),
        number: row.need.and_then(|need| numbers.get(&need).cloned()).unwrap_or_default(),
        said: words.report(row.id, row.note.as_ref()),
        by: match (row.entered_by, row.kind.is_report()) {
            (Some(_), _) => name(row.entered_by),
            (None, true) => l.t("incidents-by-enterprise"),
            (None, false) => l.t("incidents-by-itself"),
        },
        waits: row.kind.is_report() && row.finding.is_none() && row.withdrawn_at.is_none(),
        found,
    }
}

/// `POST /experts/{id}/incidents`.
///
/// # Errors
/// A fault; what will not do comes back as the form.
pub fn report(call: &Call) -> Answered {
    let id: ExpertId = call.id("id")?;
    let form = call.form()?;
    let reported = form
        .get("kind")
        .parse::<IncidentKind>()
        .map_err(|_| Refusal::Invalid(vec![FieldProblem::new("kind", "missing")]).into())
        .and_then(|kind| {
            let assignment = match form.opt("assignment") {
                None => None,
                Some(text) => Some(
                    text.parse().map_err(|_| Refusal::Invalid(vec![FieldProblem::new("assignment", "not-known")]))?,
                ),
            };
            let input = ReportIncident { kind, note: form.get("note"), assignment };
            report_incident(&call.office, &call.actor()?, id, &input)
        });
    settled(call, id, reported, "flash-incident-reported")
}

/// `POST /incidents/{id}/finding`.
///
/// # Errors
/// [`Refusal::NotFound`]; a fault; what will not do comes back on the page.
pub fn find(call: &Call) -> Answered {
    let incident: IncidentId = call.id("id")?;
    let expert = db::conduct::incident(&mut *call.office.read()?, incident)?.ok_or(Refusal::NotFound)?.expert;
    let form = call.form()?;
    let found = form
        .get("finding")
        .parse::<Finding>()
        .map_err(|_| Refusal::Invalid(vec![FieldProblem::new("finding", "missing")]).into())
        .and_then(|finding| {
            find_incident(&call.office, &call.actor()?, incident, finding, form.get("finding_note")).map(drop)
        });
    settled(call, expert, found, "flash-incident-found")
}

fn settled(call: &Call, id: ExpertId, done: Done<()>, flash: &str) -> Answered {
    match done {
        Ok(()) => Ok(Answer::see_other(&format!("/experts/{id}/incidents")).flash(flash, &[])),
        Err(ActionError::Refused(refusal @ (Refusal::NotFound | Refusal::NotYours))) => Err(refusal.into()),
        Err(ActionError::Refused(refusal)) => page(call, id, call.form()?, Wrong::of_refusal(call.l, &refusal)),
        Err(error) => Err(error.into()),
    }
}
