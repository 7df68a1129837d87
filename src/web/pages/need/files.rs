//! Papers of a need (附件): handed in several at once, and only ever given out as downloads.

use super::deed::Tried;
use crate::actions::ActionError;
use crate::actions::add_attachment::{NewFile, add_attachments};
use crate::db;
use crate::domain::refusal::Refusal;
use crate::ids::{AttachmentId, NeedId};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use actix_web::http::header;

/// `POST /needs/{id}/attachments`.
///
/// # Errors
/// A fault; a refusal comes back on the case page.
pub fn add(call: &Call) -> Answered {
    let id: NeedId = call.id("id")?;
    let files: Vec<NewFile> = call
        .files()?
        .iter()
        .map(|upload| NewFile { name: upload.name.clone(), content: upload.bytes.to_vec() })
        .collect();
    match add_attachments(&call.office, &call.actor()?, id, &files) {
        Ok(added) => {
            let count = added.len().to_string();
            Ok(Answer::see_other(&format!("/needs/{id}#files")).flash("flash-need-files-added", &[("n", &count)]))
        }
        Err(ActionError::Refused(Refusal::NotFound)) => Err(Refusal::NotFound.into()),
        Err(ActionError::Refused(refusal)) => {
            let tried = Tried::new(call.l, "attachment", call.form()?, &refusal);
            super::case::again(call, id, &refusal, tried)
        }
        Err(fault) => Err(fault.into()),
    }
}

/// `GET /needs/{id}/attachments/{file}`.
///
/// # Errors
/// [`Refusal::NotFound`] outside the account's scope.
pub fn download(call: &Call) -> Answered {
    let view = super::view::load(call, call.id("id")?)?;
    let file: AttachmentId = call.id("file")?;
    let row = db::attachment::find(&mut *call.office.read()?, &file)?
        .filter(|row| row.need == view.need.id)
        .ok_or(Refusal::NotFound)?;
    Ok(Answer::download(&row.name, &row.media_type, row.content)
        .with_header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .with_header(header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
}
