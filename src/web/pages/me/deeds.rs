//! What an expert does on the own page: terms, a break, the address, papers, a copy of the data, the way out.

use super::super::admission::{asked_document, document_form, file_answer};
use super::super::apply::paper_page;
use super::page::page;
use crate::actions::change_email::ask_change;
use crate::actions::export_own_data::export_own_data;
use crate::actions::hand_in_document::{hand_in_document, open_document};
use crate::actions::set_terms::{TermsInput, set_terms};
use crate::actions::withdraw_expert::{pause_expert, resume_expert, withdraw_expert};
use crate::actions::{ActionError, Actor, Done};
use crate::db;
use crate::domain::need::Mode;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::form::{Fields, Wrong};
use actix_web::http::header;

/// Back to the page; what will not do comes back on it.
fn ended<T>(call: &Call, done: Done<T>, then: impl FnOnce(T) -> Answer) -> Answered {
    match done {
        Ok(value) => Ok(then(value)),
        Err(ActionError::Refused(refusal @ (Refusal::Invalid(_) | Refusal::WrongState))) => {
            page(call, call.form()?, Wrong::of_refusal(call.l, &refusal), &[])
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /me/terms`.
///
/// # Errors
/// A fault; what will not do comes back on the page.
pub fn terms(call: &Call) -> Answered {
    let id = call.expert()?.id;
    let done =
        asked_terms(call.form()?).map_err(ActionError::from).and_then(|input| set_terms(&call.office, id, &input));
    ended(call, done, |()| Answer::see_other("/me#terms").flash("flash-terms-set", &[]))
}

fn asked_terms(form: &Fields) -> Result<TermsInput, Refusal> {
    let mut problems = Vec::new();
    let mut number = |name: &str, needed: bool| -> Option<i32> {
        match form.opt(name).map(str::parse) {
            Some(Ok(value)) => return Some(value),
            Some(Err(_)) => problems.push(FieldProblem::new(name, "not-a-number")),
            None if needed => problems.push(FieldProblem::new(name, "missing")),
            None => {}
        }
        None
    };
    let monthly_cap = number("monthly_cap", true).unwrap_or(1);
    let open_cap = number("open_cap", true).unwrap_or(1);
    let weekly_hours = number("weekly_hours", false);
    let max_distance_km = number("max_distance_km", false);
    if !problems.is_empty() {
        return Err(Refusal::Invalid(problems));
    }
    let modes: Vec<Mode> = form.all("modes").iter().filter_map(|mode| mode.parse().ok()).collect();
    let regions = form.all("regions").into_iter().map(str::to_owned).collect();
    Ok(TermsInput { monthly_cap, open_cap, weekly_hours, max_distance_km, modes, regions })
}

/// `POST /me/pause`.
///
/// # Errors
/// A fault; what will not do comes back on the page.
pub fn pause(call: &Call) -> Answered {
    let id = call.expert()?.id;
    let done = pause_expert(&call.office, &Actor::Expert(id), id, None);
    ended(call, done, |moved| Answer::see_other("/me").flash("flash-paused", &[("n", &moved.to_string())]))
}

/// `POST /me/resumption`.
///
/// # Errors
/// A fault; what will not do comes back on the page.
pub fn resume(call: &Call) -> Answered {
    let id = call.expert()?.id;
    let done = resume_expert(&call.office, &Actor::Expert(id), id);
    ended(call, done, |()| Answer::see_other("/me").flash("flash-resumed", &[]))
}

/// `POST /me/email`.
///
/// # Errors
/// A fault; what will not do comes back on the page.
pub fn email(call: &Call) -> Answered {
    let done = ask_change(&call.office, call.expert()?.id, call.form()?.get("email"));
    ended(call, done, |()| Answer::see_other("/me#email-part").flash("flash-email-asked", &[]))
}

/// `POST /me/documents`.
///
/// # Errors
/// A fault; what will not do comes back on the page.
pub fn hand_in(call: &Call) -> Answered {
    let id = call.expert()?.id;
    let form = call.form()?;
    let done = asked_document(call, form)
        .map_err(ActionError::from)
        .and_then(|(input, file)| hand_in_document(&call.office, &Actor::Expert(id), id, &input, file.as_ref()));
    match done {
        Ok(_) => Ok(Answer::see_other("/me#papers").flash("flash-document-handed-in", &[])),
        Err(ActionError::Refused(refusal @ (Refusal::Invalid(_) | Refusal::WrongState))) => {
            page(call, form, document_form(call, &refusal), &[])
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /me/documents/{id}`.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn download(call: &Call) -> Answered {
    let expert = call.expert()?.id;
    let (row, content) = open_document(&call.office, &Actor::Expert(expert), expert, call.id("id")?)?;
    Ok(file_answer(row, content))
}

/// `POST /me/data`: a copy of everything, as a file.
///
/// # Errors
/// A fault.
pub fn data(call: &Call) -> Answered {
    let copy = export_own_data(&call.office, call.expert()?.id)?;
    let text = serde_json::to_vec_pretty(&copy).map_err(WebError::fault)?;
    Ok(Answer::download("zhipai-my-data.json", "application/json; charset=utf-8", text)
        .with_header(header::CACHE_CONTROL, "no-store"))
}

/// `GET /me/forms/{kind}`: 推荐表 or 承诺书 with the expert's own facts.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn print(call: &Call) -> Answered {
    let id = call.expert()?.id;
    let row = db::expert::find(&mut *call.office.read()?, &id)?.ok_or(Refusal::NotFound)?;
    paper_page(call, call.id("kind")?, Some(&row), "/me")
}

/// `POST /me/withdrawal`: 申请退出.
///
/// # Errors
/// A fault; what will not do comes back on the page.
pub fn withdraw(call: &Call) -> Answered {
    let id = call.expert()?.id;
    let form = call.form()?;
    if !form.checked("sure") {
        let refusal = Refusal::Invalid(vec![FieldProblem::new("sure", "sure-wanted")]);
        return page(call, form, Wrong::of_refusal(call.l, &refusal), &[]);
    }
    let done = withdraw_expert(&call.office, &Actor::Expert(id), id, form.opt("withdraw_reason"));
    ended(call, done, |moved| Answer::see_other("/me").flash("flash-withdrew", &[("n", &moved.to_string())]))
}
