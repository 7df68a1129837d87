//! Erasing a person: what goes and what stays is said first, and the name on record is typed to confirm.

use super::super::options::{self, Pick};
use crate::actions::ActionError;
use crate::actions::erase_expert::erase_expert;
use crate::db;
use crate::domain::erasure::{ErasureGround, may_be_erased};
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::ids::ExpertId;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::form::{Fields, Wrong};
use crate::web::frame::Frame;
use actix_web::http::StatusCode;

#[derive(askama::Template)]
#[template(path = "pages/expert_erasure.html", config = "src/web/askama.toml")]
struct ErasurePage {
    f: Frame,
    id: String,
    name: String,
    name_hint: String,
    firm: String,
    /// Why not now; empty when it may be done.
    hindered: String,
    grounds: Vec<Pick>,
    form: Fields,
    wrong: Wrong,
}

/// `GET /experts/{id}/erasure`.
///
/// # Errors
/// [`Refusal::NotFound`]; a fault.
pub fn form(call: &Call) -> Answered {
    page(call, call.id("id")?, &Fields::default(), Wrong::none())
}

fn page(call: &Call, id: ExpertId, form: &Fields, wrong: Wrong) -> Answered {
    let mut reader = call.office.read()?;
    let row = db::expert::find(&mut reader, &id)?
        .filter(|row| call.staff().is_ok_and(|staff| staff.scope.covers_region(&row.region)))
        .ok_or(Refusal::NotFound)?;
    let erased = db::contact::find(&mut reader, &id)?.is_some_and(|contact| contact.erased_at.is_some());
    drop(reader);
    let hindered = match (erased, may_be_erased(row.standing)) {
        (true, _) => call.l.t("personal-erase-done"),
        (false, false) => call.l.t("personal-erase-first-leave"),
        (false, true) => String::new(),
    };
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = ErasurePage {
        f: call.frame("experts"),
        id: id.to_string(),
        name_hint: call.l.a("personal-type-name-hint", &[("name", &row.name)]),
        name: row.name,
        firm: row.firm,
        hindered,
        grounds: options::words(
            call.l,
            "erasure-ground",
            form.get("ground"),
            "",
            ErasureGround::ALL.iter().map(ErasureGround::as_str),
        ),
        form: form.clone(),
        wrong,
    };
    Answer::page_with(status, &page)
}

/// `POST /experts/{id}/erasure`.
///
/// # Errors
/// A fault; what will not do comes back as the form.
pub fn erase(call: &Call) -> Answered {
    let id: ExpertId = call.id("id")?;
    let form = call.form()?;
    let done = form
        .get("ground")
        .parse::<ErasureGround>()
        .map_err(|_| ActionError::from(Refusal::Invalid(vec![FieldProblem::new("ground", "missing")])))
        .and_then(|ground| erase_expert(&call.office, &call.actor()?, id, ground, form.get("name")));
    match done {
        Ok(()) => Ok(Answer::see_other(&format!("/experts/{id}")).flash("flash-expert-erased", &[])),
        Err(ActionError::Refused(refusal @ (Refusal::Invalid(_) | Refusal::WrongState | Refusal::CaseOpen))) => {
            page(call, id, form, Wrong::of_refusal(call.l, &refusal))
        }
        Err(error) => Err(error.into()),
    }
}
