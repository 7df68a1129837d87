//! Passwords by one-time link: forgotten, set anew, and the first administrator's.

use crate::actions::{ActionError, account};
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::form::{Fields, Wrong};
use crate::web::frame::Frame;

#[derive(askama::Template)]
#[template(path = "pages/forgotten.html", config = "src/web/askama.toml")]
struct ForgottenPage {
    f: Frame,
    asked: bool,
}

#[derive(askama::Template)]
#[template(path = "pages/set_password.html", config = "src/web/askama.toml")]
struct SetPage {
    f: Frame,
    wrong: Wrong,
    first: bool,
    holder: String,
    email: String,
    shortest: usize,
}

fn framed(call: &Call) -> Result<Frame, WebError> {
    let token = call.csrf()?;
    Ok(call.frame("").with_csrf(token))
}

/// `GET /forgotten`.
///
/// # Errors
/// A fault.
pub fn forgotten_form(call: &Call) -> Answered {
    Answer::page(&ForgottenPage { f: framed(call)?, asked: false })
}

/// `POST /forgotten`: the answer is the same whether the address is known or not.
///
/// # Errors
/// [`Refusal::TooManyTries`]; a fault.
pub fn forgotten_submit(call: &Call) -> Answered {
    let email = call.form()?.get("email").trim().to_lowercase();
    let key = format!("forgotten:{email}");
    call.site.limits.may_try(call.ip, &key, call.now)?;
    // Every request counts, for each may send a letter.
    if call.site.limits.failed(call.ip, &key, call.now, Refusal::NotFound) == Refusal::TooManyTries {
        return Err(Refusal::TooManyTries.into());
    }
    account::request_password_reset(&call.office, &email)?;
    Answer::page(&ForgottenPage { f: framed(call)?, asked: true })
}

/// `GET /password/{secret}`.
///
/// # Errors
/// [`Refusal::LinkUnknown`]; a fault.
pub fn reset_form(call: &Call) -> Answered {
    let (name, email) = opened(call, account::reset_link(&call.office, call.param("secret")))?;
    set_page(call, Wrong::none(), false, name, email)
}

fn set_page(call: &Call, wrong: Wrong, first: bool, name: String, email: String) -> Answered {
    let status = if wrong.is_empty() {
        actix_web::http::StatusCode::OK
    } else {
        actix_web::http::StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = SetPage { f: framed(call)?, wrong, first, holder: name, email, shortest: account::password::SHORTEST };
    Answer::page_with(status, &page)
}

/// An unknown link counts against the address it came from.
fn opened<T>(call: &Call, done: Result<T, ActionError>) -> Result<T, WebError> {
    match done {
        Err(ActionError::Refused(Refusal::LinkUnknown)) => Err(call.link_unknown()),
        other => Ok(other?),
    }
}

fn same_twice(form: &Fields) -> Result<&str, Refusal> {
    if form.get("password") == form.get("again") {
        Ok(form.get("password"))
    } else {
        Err(Refusal::Invalid(vec![FieldProblem::new("again", "conflicting")]))
    }
}

/// `POST /password/{secret}`.
///
/// # Errors
/// [`Refusal::LinkUnknown`]; a fault. A password that will not do comes back as the form.
pub fn reset_submit(call: &Call) -> Answered {
    let secret = call.param("secret");
    let (name, email) = opened(call, account::reset_link(&call.office, secret))?;
    let done = same_twice(call.form()?)
        .map_err(ActionError::from)
        .and_then(|given| account::reset_password(&call.office, secret, given));
    match done {
        Ok(()) => Ok(Answer::see_other("/sign-in").flash("flash-password-set", &[])),
        Err(ActionError::Refused(refusal @ Refusal::Invalid(_))) => {
            set_page(call, Wrong::of_refusal(call.l, &refusal), false, name, email)
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /first/{secret}`.
///
/// # Errors
/// [`Refusal::LinkUnknown`]; a fault.
pub fn first_form(call: &Call) -> Answered {
    opened(call, account::first_link(&call.office, call.param("secret")))?;
    set_page(call, Wrong::none(), true, String::new(), String::new())
}

/// `POST /first/{secret}`.
///
/// # Errors
/// [`Refusal::LinkUnknown`]; a fault. What will not do comes back as the form.
pub fn first_submit(call: &Call) -> Answered {
    let (form, secret) = (call.form()?, call.param("secret"));
    let (name, email) = (form.get("name"), form.get("email"));
    let done = same_twice(form)
        .map_err(ActionError::from)
        .and_then(|given| account::first_administrator(&call.office, secret, name, email, given, call.l.0.short()));
    match done {
        Ok(_) => Ok(Answer::see_other("/sign-in").flash("flash-password-set", &[])),
        Err(ActionError::Refused(refusal @ (Refusal::Invalid(_) | Refusal::AddressTaken))) => {
            set_page(call, Wrong::of_refusal(call.l, &refusal), true, name.to_owned(), email.to_owned())
        }
        Err(error) => opened(call, Err(error)),
    }
}
