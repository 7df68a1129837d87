//! Sheets (表格): what staff keep in Excel comes in, tried out first, and what the office knows goes out.
//!
//! A file is tried out against the real deeds and rolled back; what would happen is shown row by row. Confirming takes the
//! very same bytes, kept sealed for an hour. A large sheet is worked on beside the pages, and one of them shows how far it
//! is ([`super::sheet_work`]). Exports are POSTs, for each is written down.

use super::super::routes::{Access, BodyLimit, Route, get, post};
use super::options::{Pick, words};
use super::sheet_rows::{self, SheetKind};
use super::sheet_template;
use super::sheet_work::{Outcome, SMALL, outcome, work};
use crate::actions::ActionError;
use crate::actions::import_sheet::job::{ImportFile, confirm_import, import_job, open_import};
use crate::domain::calendar::beijing_date;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::role::Right;
use crate::domain::sheet_import::ImportStage;
use crate::ids::SheetImportId;
use crate::sheet::{Cell, write_csv, write_template, write_xlsx};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::form::{Fields, Wrong};
use crate::web::frame::Frame;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderName;
use chrono::{Datelike, NaiveDate};

/// The rows of the table.
#[must_use]
pub fn rows() -> Vec<Route> {
    use Access::SignedIn;
    vec![
        get("/sheets", SignedIn(Right::KeepRegister), show),
        post("/sheets/preview", SignedIn(Right::KeepRegister), preview).takes(BodyLimit::FILE),
        get("/sheets/imports/{id}", SignedIn(Right::KeepRegister), follow),
        post("/sheets/imports/{id}/confirmation", SignedIn(Right::KeepRegister), confirm),
        post("/sheets/export", SignedIn(Right::Read), export),
        get("/sheets/template/{kind}", SignedIn(Right::KeepRegister), template),
    ]
}

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const CSV: &str = "text/csv; charset=utf-8";
/// What new experts may be on arrival.
const STANDINGS: [&str; 2] = ["active", "applied"];
/// What a sheet may bring in.
const INCOMING: [SheetKind; 3] = [SheetKind::Experts, SheetKind::Stations, SheetKind::Enterprises];

#[derive(askama::Template)]
#[template(path = "pages/sheets.html", config = "src/web/askama.toml")]
struct SheetsPage {
    f: Frame,
    form: Fields,
    wrong: Wrong,
    kinds: Vec<Pick>,
    standings: Vec<Pick>,
    exports: Vec<Pick>,
    formats: Vec<Pick>,
}

/// What a trial or an import did.
struct Told {
    /// Where the sheet is imported from.
    id: String,
    /// A trial, or done.
    trial: bool,
    kind_word: String,
    file: String,
    nothing_to_do: bool,
    came: Outcome,
}

#[derive(askama::Template)]
#[template(path = "pages/sheet_outcome.html", config = "src/web/askama.toml")]
struct OutcomePage {
    f: Frame,
    out: Told,
}

/// How far a sheet is.
#[derive(askama::Template)]
#[template(path = "pages/sheet_progress.html", config = "src/web/askama.toml")]
struct ProgressPage {
    f: Frame,
    /// The page's own address.
    here: String,
    trial: bool,
    kind_word: String,
    file: String,
    looked_at: usize,
    /// 0 while nobody has read the file.
    total: usize,
    created: usize,
    changed: usize,
    refused: usize,
    /// Given up.
    failed: bool,
    /// Nobody works on it at this moment: it waits for its turn, or for somebody to take it over.
    waits: bool,
}

/// Seconds after which a page that waits is asked for again.
const AGAIN: &str = "2";

/// `GET /sheets`.
///
/// # Errors
/// A fault.
pub fn show(call: &Call) -> Answered {
    page(call, &Fields::default(), Wrong::none())
}

fn page(call: &Call, form: &Fields, wrong: Wrong) -> Answered {
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page_with(call, status, form, wrong)
}

/// The page for a sheet that is not there any more, to upload it again.
fn over(call: &Call, status: StatusCode) -> Answered {
    let mut wrong = Wrong::none();
    wrong.list.push(crate::web::form::WrongField { field: "file".to_owned(), text: call.l.t("sheets-over") });
    page_with(call, status, &Fields::default(), wrong)
}

fn page_with(call: &Call, status: StatusCode, form: &Fields, wrong: Wrong) -> Answered {
    let l = call.l;
    let today = beijing_date(call.now);
    let mut filled = form.clone();
    if form.opt("from").is_none() {
        filled.set("from", NaiveDate::from_ymd_opt(today.year(), 1, 1).unwrap_or(today).to_string());
    }
    if form.opt("to").is_none() {
        filled.set("to", today.to_string());
    }
    let page = SheetsPage {
        f: call.frame("sheets"),
        kinds: words(l, "sheets-kind", form.get("kind"), "", INCOMING.iter().map(SheetKind::as_str)),
        standings: words(l, "sheets-standing", form.get("standing"), "", STANDINGS),
        exports: words(l, "sheets-kind", form.get("what"), "", SheetKind::ALL.iter().map(SheetKind::as_str)),
        formats: words(l, "sheets-format", form.get("format"), "", ["xlsx", "csv"]),
        form: filled,
        wrong,
    };
    Answer::page_with(status, &page)
}

fn incoming(word: &str) -> Result<SheetKind, Refusal> {
    word.parse()
        .ok()
        .filter(|kind| INCOMING.contains(kind))
        .ok_or_else(|| Refusal::Invalid(vec![FieldProblem::new("kind", "missing")]))
}

/// `POST /sheets/preview`: takes a file in, to be tried out. A small one is tried out at once.
///
/// # Errors
/// A fault; a form without a file or kind comes back.
pub fn preview(call: &Call) -> Answered {
    let form = call.form()?;
    let file = call.files()?.iter().find(|file| file.field == "file");
    let (kind, file) = match (incoming(form.get("kind")), file) {
        (Ok(kind), Some(file)) => (kind, file),
        (Err(refusal), _) => return page(call, form, Wrong::of_refusal(call.l, &refusal)),
        (Ok(_), None) => {
            let refusal = Refusal::Invalid(vec![FieldProblem::new("file", "missing")]);
            return page(call, form, Wrong::of_refusal(call.l, &refusal));
        }
    };
    let standing = STANDINGS.into_iter().find(|word| *word == form.get("standing")).unwrap_or("applied");
    let taken = ImportFile {
        kind: kind.as_str().to_owned(),
        name: file.name.clone(),
        choice: standing.to_owned(),
        bytes: file.bytes.to_vec(),
    };
    let id = open_import(&call.office, &call.actor()?, &taken)?;
    if taken.bytes.len() <= SMALL.0 {
        work(&call.office, id)?;
    }
    Ok(Answer::see_other(&format!("/sheets/imports/{id}")))
}

/// `GET /sheets/imports/{id}`: how far a sheet is, then what came of it. A page that waits asks again by itself, script or
/// none.
///
/// # Errors
/// [`Refusal::NotFound`]; a fault. When the hour is over the page says so, and the same of another's sheet.
pub fn follow(call: &Call) -> Answered {
    let id: SheetImportId = call.id("id")?;
    let Some(job) = import_job(&call.office, &call.actor()?, id)? else { return over(call, StatusCode::NOT_FOUND) };
    let kind_word = call.l.t(&format!("sheets-kind-{}", job.kind));
    let came = outcome(call.l, job.progress.as_deref());
    let trial = matches!(job.stage, ImportStage::Trying | ImportStage::Tried);
    if job.stage.runs() || job.stage == ImportStage::Failed {
        let page = ProgressPage {
            f: call.frame("sheets"),
            here: format!("/sheets/imports/{id}"),
            trial,
            kind_word,
            file: job.name,
            looked_at: job.looked_at,
            total: job.total.unwrap_or(0),
            created: came.created,
            changed: came.changed,
            refused: came.refused,
            failed: job.stage == ImportStage::Failed,
            waits: !job.is_held,
        };
        let answer = Answer::page(&page)?;
        return Ok(if job.stage.runs() {
            answer.with_header(HeaderName::from_static("refresh"), AGAIN)
        } else {
            answer
        });
    }
    let nothing_to_do = came.created + came.changed == 0;
    let out = Told { id: id.to_string(), trial, kind_word, file: job.name, nothing_to_do, came };
    Answer::page(&OutcomePage { f: call.frame("sheets"), out })
}

/// `POST /sheets/imports/{id}/confirmation`: does what was shown, with the very file that was tried out.
///
/// # Errors
/// A fault; when the hour is over the page says so.
pub fn confirm(call: &Call) -> Answered {
    let id: SheetImportId = call.id("id")?;
    let actor = call.actor()?;
    let rows = import_job(&call.office, &actor, id)?.and_then(|job| job.total);
    match confirm_import(&call.office, &actor, id) {
        Ok(()) => {}
        Err(ActionError::Refused(Refusal::NotFound)) => return over(call, StatusCode::UNPROCESSABLE_ENTITY),
        Err(error) => return Err(error.into()),
    }
    if rows.is_some_and(|rows| rows <= SMALL.1) {
        work(&call.office, id)?;
    }
    Ok(Answer::see_other(&format!("/sheets/imports/{id}")))
}

/// `POST /sheets/export`: a file to keep.
///
/// # Errors
/// A fault; what will not do comes back as the form.
pub fn export(call: &Call) -> Answered {
    let form = call.form()?;
    match asked_export(form).and_then(|(kind, period)| {
        sheet_rows::export(&call.office, &call.actor()?, call.l, kind, period)
            .map(|sheet| (kind, sheet))
            .map_err(WebError::from)
    }) {
        Ok((kind, sheet)) => file(call, kind, &sheet.header, &sheet.rows, form.get("format") == "csv"),
        Err(WebError::Refused(refusal @ Refusal::Invalid(_))) => page(call, form, Wrong::of_refusal(call.l, &refusal)),
        Err(error) => Err(error),
    }
}

type Period = (NaiveDate, NaiveDate);

fn asked_export(form: &Fields) -> Result<(SheetKind, Option<Period>), WebError> {
    let invalid = |field: &str, code| WebError::from(Refusal::Invalid(vec![FieldProblem::new(field, code)]));
    let kind: SheetKind = form.get("what").parse().map_err(|_| invalid("what", "missing"))?;
    if kind != SheetKind::Needs {
        return Ok((kind, None));
    }
    let day = |name: &str| form.get(name).trim().parse::<NaiveDate>().map_err(|_| invalid(name, "not-a-date"));
    Ok((kind, Some((day("from")?, day("to")?))))
}

fn file(call: &Call, kind: SheetKind, header: &[String], rows: &[Vec<Cell>], as_csv: bool) -> Answered {
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let stem = format!("{}-{}", call.l.t(&format!("sheets-kind-{kind}")), beijing_date(call.now));
    if as_csv {
        return Ok(Answer::download(&format!("{stem}.csv"), CSV, write_csv(&header, rows)));
    }
    let book = write_xlsx(&header, rows).map_err(WebError::fault)?;
    Ok(Answer::download(&format!("{stem}.xlsx"), XLSX, book))
}

/// `GET /sheets/template/{kind}`: an empty sheet with its header, a note on each column, and drop-downs.
///
/// # Errors
/// [`Refusal::NotFound`]; a fault.
pub fn template(call: &Call) -> Answered {
    let kind = incoming(call.param("kind")).map_err(|_| Refusal::NotFound)?;
    let book = write_template(&sheet_template::columns(call.l, kind)).map_err(WebError::fault)?;
    let name = call.l.a("template-file", &[("kind", &call.l.t(&format!("sheets-kind-{kind}")))]);
    Ok(Answer::download(&format!("{name}.xlsx"), XLSX, book))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_needs_are_asked_for_a_period() {
        let mut form = Fields::default();
        form.set("what", "experts");
        assert!(matches!(asked_export(&form), Ok((SheetKind::Experts, None))));
        form.0.clear();
        form.set("what", "needs");
        form.set("from", "2026-01-01");
        assert!(asked_export(&form).is_err());
        form.set("to", "2026-03-31");
        assert!(matches!(asked_export(&form), Ok((SheetKind::Needs, Some(_)))));
    }
}
