//! What is done with an expert's papers at the managing centre: entered, opened, taken or sent back, and forms printed.

use super::super::apply::paper_page;
use super::review::page;
use crate::actions::add_attachment::NewFile;
use crate::actions::decide_document::decide_document;
use crate::actions::hand_in_document::{self, DocumentInput, open_document};
use crate::actions::{ActionError, Office};
use crate::db;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::ids::{DocumentId, ExpertId};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::form::{Fields, Wrong};
use actix_web::http::header;
use chrono::NaiveDate;

/// The paper a form asks to hand in, and its file.
///
/// # Errors
/// [`Refusal::Invalid`] for dates that are none.
pub fn asked(call: &Call, form: &Fields) -> Result<(DocumentInput, Option<NewFile>), Refusal> {
    let mut problems = Vec::new();
    let mut day = |name: &'static str| -> Option<NaiveDate> {
        let typed = form.opt(name)?;
        let found = typed.parse().ok();
        if found.is_none() {
            problems.push(FieldProblem::new(name, "not-a-date"));
        }
        found
    };
    let (issued_on, valid_until) = (day("issued_on"), day("valid_until"));
    if !problems.is_empty() {
        return Err(Refusal::Invalid(problems));
    }
    let input = DocumentInput {
        kind: form.get("kind").to_owned(),
        name: form.get("paper_name").to_owned(),
        number: form.opt("number").map(str::to_owned),
        level: form.opt("level").map(str::to_owned),
        issued_on,
        valid_until,
        supports: form.checked("supports"),
    };
    let file = call
        .files()?
        .iter()
        .find(|upload| upload.field == "file")
        .map(|upload| NewFile { name: upload.name.clone(), content: upload.bytes.to_vec() });
    Ok((input, file))
}

/// The same refusal for a form whose field for a certificate's name has a name of its own.
#[must_use]
pub fn on_the_form(call: &Call, refusal: &Refusal) -> Wrong {
    let mut wrong = Wrong::of_refusal(call.l, refusal);
    for line in wrong.list.iter_mut().filter(|line| line.field == "name") {
        "paper_name".clone_into(&mut line.field);
    }
    wrong
}

/// `POST /experts/{id}/documents`.
///
/// # Errors
/// A fault; what will not do comes back on the page.
pub fn add(call: &Call) -> Answered {
    let id: ExpertId = call.id("id")?;
    let form = call.form()?;
    let done = asked(call, form).map_err(ActionError::from).and_then(|(input, file)| {
        hand_in_document::hand_in_document(&call.office, &call.actor()?, id, &input, file.as_ref())
    });
    match done {
        Ok(_) => Ok(Answer::see_other(&format!("/experts/{id}/admission#papers")).flash("flash-document-added", &[])),
        Err(ActionError::Refused(refusal @ (Refusal::Invalid(_) | Refusal::WrongState))) => {
            page(call, id, form, on_the_form(call, &refusal))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /experts/{id}/documents/{document}`: taken, or sent back.
///
/// # Errors
/// A fault; what will not do comes back on the page.
pub fn decide(call: &Call) -> Answered {
    let id: ExpertId = call.id("id")?;
    let document: DocumentId = call.id("document")?;
    let form = call.form()?;
    let refusal = (form.get("do") == "refuse").then(|| form.get("note"));
    match decide_document(&call.office, &call.actor()?, id, document, refusal) {
        Ok(()) => {
            let key = if refusal.is_some() { "flash-document-returned" } else { "flash-document-taken" };
            Ok(Answer::see_other(&format!("/experts/{id}/admission#papers")).flash(key, &[]))
        }
        Err(ActionError::Refused(refusal @ (Refusal::Invalid(_) | Refusal::WrongState))) => {
            page(call, id, form, Wrong::of_refusal(call.l, &refusal))
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /experts/{id}/documents/{document}`: the file, as a download.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn download(call: &Call) -> Answered {
    let (expert, id) = (call.id("id")?, call.id("document")?);
    let (row, content) = open_document(&call.office, &call.actor()?, expert, id)?;
    Ok(file_answer(row, content))
}

/// A file as a download that no browser shows in place or runs.
#[must_use]
pub fn file_answer(row: db::document::DocumentRow, content: Vec<u8>) -> Answer {
    let name = row.file_name.unwrap_or_else(|| "file".to_owned());
    let media_type = row.media_type.unwrap_or_else(|| "application/octet-stream".to_owned());
    Answer::download(&name, &media_type, content)
        .with_header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .with_header(header::CACHE_CONTROL, "no-store")
        .with_header(header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox")
}

/// `GET /experts/{id}/forms/{kind}`: 推荐表, 承诺书 or 备案通知 with what is known filled in.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn print(call: &Call) -> Answered {
    let id: ExpertId = call.id("id")?;
    let row = kept(&call.office, call, id)?;
    paper_page(call, call.id("kind")?, Some(&row), &format!("/experts/{id}/admission"))
}

/// The record, if it is in the manager's part of the city.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn kept(office: &Office, call: &Call, id: ExpertId) -> Result<db::expert::ExpertRow, WebError> {
    let row = db::expert::find(&mut *office.read()?, &id)?.ok_or(Refusal::NotFound)?;
    if call.scope()?.covers_region(&row.region) { Ok(row) } else { Err(Refusal::NotFound.into()) }
}
