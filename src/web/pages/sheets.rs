//! Sheets (表格): what staff keep in Excel comes in, tried out first, and what the office knows goes out.
//!
//! A file is tried out against the real deeds and rolled back; what would happen is shown row by row. Confirming takes the
//! very same bytes, kept sealed for an hour. Exports are POSTs, for each is written down.

use super::super::routes::{Access, BodyLimit, Route, get, post};
use super::options::{Pick, words};
use super::sheet_rows::{self, ChangeTold, Imported, SheetKind, Told};
use super::sheet_template;
use crate::actions::import_sheet::upload::{self, Upload};
use crate::domain::calendar::beijing_date;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::role::Right;
use crate::i18n::L;
use crate::sheet::{Cell, write_csv, write_template, write_xlsx};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::form::{Fields, Wrong};
use crate::web::frame::Frame;
use actix_web::http::StatusCode;
use chrono::{Datelike, NaiveDate};

/// The rows of the table.
#[must_use]
pub fn rows() -> Vec<Route> {
    use Access::SignedIn;
    vec![
        get("/sheets", SignedIn(Right::KeepRegister), show),
        post("/sheets/preview", SignedIn(Right::KeepRegister), preview).takes(BodyLimit::FILE),
        post("/sheets/import", SignedIn(Right::KeepRegister), import),
        post("/sheets/export", SignedIn(Right::Read), export),
        get("/sheets/template/{kind}", SignedIn(Right::KeepRegister), template),
    ]
}

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const CSV: &str = "text/csv; charset=utf-8";
/// The most lines of problems a page shows; the rest is counted.
const MOST_LINES: usize = 300;
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
struct Outcome {
    /// A trial, or done.
    trial: bool,
    kind_word: String,
    file: String,
    created: usize,
    changed: usize,
    unchanged: usize,
    refused: usize,
    lines: Vec<Told>,
    more: usize,
    /// New records: row and name.
    added: Vec<(usize, String)>,
    more_added: usize,
    changes: Vec<ChangeTold>,
    more_changes: usize,
    heads: Vec<(String, String)>,
    nothing_to_do: bool,
}

#[derive(askama::Template)]
#[template(path = "pages/sheet_outcome.html", config = "src/web/askama.toml")]
struct OutcomePage {
    f: Frame,
    out: Outcome,
}

/// `GET /sheets`.
///
/// # Errors
/// A fault.
pub fn show(call: &Call) -> Answered {
    page(call, &Fields::default(), Wrong::none())
}

fn page(call: &Call, form: &Fields, wrong: Wrong) -> Answered {
    let l = call.l;
    let today = beijing_date(call.now);
    let mut filled = form.clone();
    if form.opt("from").is_none() {
        filled.set("from", NaiveDate::from_ymd_opt(today.year(), 1, 1).unwrap_or(today).to_string());
    }
    if form.opt("to").is_none() {
        filled.set("to", today.to_string());
    }
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
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

fn outcome(l: L, kind: SheetKind, file: &str, imported: Imported, trial: bool) -> Outcome {
    let mut lines = sheet_rows::told(l, kind, &imported);
    let refused = {
        let mut rows: Vec<Option<usize>> = lines.iter().filter(|line| !line.note).map(|line| line.row).collect();
        rows.dedup();
        rows.len()
    };
    let more = lines.len().saturating_sub(MOST_LINES);
    lines.truncate(MOST_LINES);
    let changes = sheet_rows::changes(l, kind, &imported);
    let report = imported.report;
    Outcome {
        more_added: report.created.saturating_sub(report.added.len()),
        more_changes: report.changed.saturating_sub(changes.len()),
        changes,
        added: report.added,
        trial,
        kind_word: l.t(&format!("sheets-kind-{kind}")),
        file: file.to_owned(),
        created: report.created,
        changed: report.changed,
        unchanged: report.unchanged,
        refused,
        lines,
        more,
        heads: report.heads,
        nothing_to_do: report.created + report.changed == 0,
    }
}

/// `POST /sheets/preview`: what the file would do.
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
    let actor = call.actor()?;
    let standing = STANDINGS.into_iter().find(|word| *word == form.get("standing")).unwrap_or("applied");
    let imported = sheet_rows::import(&call.office, &actor, kind, &file.bytes, standing, true, &|_| ())?;
    let out = outcome(call.l, kind, &file.name, imported, true);
    if out.nothing_to_do {
        upload::drop_upload(&call.office, &actor)?;
    } else {
        let kept = Upload {
            kind: kind.as_str().to_owned(),
            name: file.name.clone(),
            choice: standing.to_owned(),
            bytes: file.bytes.to_vec(),
        };
        upload::keep_upload(&call.office, &actor, &kept)?;
    }
    Answer::page(&OutcomePage { f: call.frame("sheets"), out })
}

/// `POST /sheets/import`: does what was shown, with the very file that was tried out.
///
/// # Errors
/// A fault; when the hour is over the page says so.
pub fn import(call: &Call) -> Answered {
    let actor = call.actor()?;
    let Some(kept) = upload::kept_upload(&call.office, &actor)? else {
        let mut wrong = Wrong::none();
        wrong.list.push(crate::web::form::WrongField { field: "file".to_owned(), text: call.l.t("sheets-over") });
        return page(call, &Fields::default(), wrong);
    };
    let kind = incoming(&kept.kind)?;
    let imported = sheet_rows::import(&call.office, &actor, kind, &kept.bytes, &kept.choice, false, &|_| ())?;
    upload::drop_upload(&call.office, &actor)?;
    let out = outcome(call.l, kind, &kept.name, imported, false);
    Answer::page(&OutcomePage { f: call.frame("sheets"), out })
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
    use crate::actions::import_sheet::ImportReport;
    use crate::i18n::Lang;

    #[test]
    fn a_row_with_two_problems_is_one_row_left_out() {
        let imported = Imported {
            report: ImportReport {
                created: 2,
                problems: vec![
                    (4, FieldProblem::new("email", "taken")),
                    (4, FieldProblem::new("region", "not-a-region")),
                    (9, FieldProblem::new("services", "missing")),
                ],
                ..ImportReport::default()
            },
            unread: Vec::new(),
        };
        for lang in [Lang::Zh, Lang::En] {
            let out = outcome(L(lang), SheetKind::Experts, "名单.xlsx", imported.clone(), true);
            assert_eq!((out.refused, out.lines.len(), out.nothing_to_do), (2, 3, false));
            assert!(out.lines.iter().all(|line| !line.text.contains('⟦')), "{:?}", out.lines);
        }
    }

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
