//! The door: address and password, then six digits where the account asks for them, and the way out.

use crate::actions::ActionError;
use crate::actions::sign_in;
use crate::domain::refusal::Refusal;
use crate::web::answer::Answer;
use crate::web::call::{Call, Visitor, is_local};
use crate::web::error::{Answered, WebError};
use crate::web::form::Wrong;
use crate::web::frame::Frame;
use crate::web::session;
use actix_web::http::StatusCode;

#[derive(askama::Template)]
#[template(path = "pages/sign_in.html", config = "src/web/askama.toml")]
struct SignInPage {
    f: Frame,
    wrong: Wrong,
    email: String,
    then: String,
    demo: bool,
}

#[derive(askama::Template)]
#[template(path = "pages/sign_in_code.html", config = "src/web/askama.toml")]
struct CodePage {
    f: Frame,
    wrong: Wrong,
    then: String,
}

/// `GET /`: the desk, or the door.
///
/// # Errors
/// None.
pub fn home(call: &Call) -> Answered {
    Ok(Answer::see_other(match call.visitor {
        Visitor::Account(_) => "/desk",
        Visitor::AwaitingCode(_) => "/sign-in/code",
        Visitor::Expert(_) => "/me",
        Visitor::Nobody => "/sign-in",
    }))
}

fn wanted(text: &str) -> String {
    if is_local(text) && text != "/" { text.to_owned() } else { String::new() }
}

fn onwards(then: &str) -> Answer {
    let then = wanted(then);
    Answer::see_other(if then.is_empty() { "/desk" } else { &then })
}

fn page(call: &Call, status: StatusCode, wrong: Wrong, email: &str, then: &str) -> Answered {
    let token = call.csrf()?;
    let f = call.frame("").with_csrf(token);
    let page = SignInPage { f, wrong, email: email.to_owned(), then: wanted(then), demo: call.site.demo.is_some() };
    Answer::page_with(status, &page)
}

/// `GET /sign-in`.
///
/// # Errors
/// A fault.
pub fn form(call: &Call) -> Answered {
    let then = call.query_value("then").unwrap_or_default();
    if matches!(call.visitor, Visitor::Account(_)) {
        return Ok(onwards(&then));
    }
    page(call, StatusCode::OK, Wrong::none(), "", &then)
}

/// `POST /sign-in`.
///
/// # Errors
/// A fault; a wrong password comes back as the form.
pub fn submit(call: &Call) -> Answered {
    let form = call.form()?;
    let (email, then) = (form.get("email"), form.get("then"));
    let key = email.trim().to_lowercase();
    let before = call.ticket.borrow().as_ref().map(|ticket| ticket.hash.clone());
    let tried =
        call.site.limits.may_try(call.ip, &key, call.now).map_err(ActionError::from).and_then(|()| {
            sign_in::sign_in(&call.office, call.site.terms, email, form.get("password"), before.as_deref())
        });
    match tried {
        Ok(opened) => {
            let awaiting = opened.awaiting_code;
            session::begin(call, opened);
            if !awaiting {
                return Ok(onwards(then));
            }
            let then: String = form_urlencoded::byte_serialize(wanted(then).as_bytes()).collect();
            Ok(Answer::see_other(&format!("/sign-in/code?then={then}")))
        }
        Err(ActionError::Refused(refusal)) => {
            let refusal = match refusal {
                Refusal::WrongPassword => call.site.limits.failed(call.ip, &key, call.now, refusal),
                other => other,
            };
            page(call, crate::web::error::status(&refusal), Wrong::of_refusal(call.l, &refusal), email, then)
        }
        Err(fault) => Err(fault.into()),
    }
}

fn code_page(call: &Call, status: StatusCode, wrong: Wrong, then: &str) -> Answered {
    let f = call.frame("").with_csrf(call.csrf()?);
    Answer::page_with(status, &CodePage { f, wrong, then: wanted(then) })
}

/// `GET /sign-in/code`.
///
/// # Errors
/// A fault.
pub fn code_form(call: &Call) -> Answered {
    match call.visitor {
        Visitor::AwaitingCode(_) => {
            code_page(call, StatusCode::OK, Wrong::none(), &call.query_value("then").unwrap_or_default())
        }
        Visitor::Account(_) | Visitor::Expert(_) | Visitor::Nobody => home(call),
    }
}

/// `POST /sign-in/code`.
///
/// # Errors
/// A fault; a wrong code comes back as the form.
pub fn code_submit(call: &Call) -> Answered {
    let Visitor::AwaitingCode(known) = &call.visitor else { return home(call) };
    let form = call.form()?;
    let then = form.get("then");
    let key = format!("code:{}", known.id);
    let session = call.ticket.borrow().as_ref().map(|ticket| ticket.hash.clone()).unwrap_or_default();
    let tried = call
        .site
        .limits
        .may_try(call.ip, &key, call.now)
        .map_err(ActionError::from)
        .and_then(|()| sign_in::check_code(&call.office, call.site.terms, &session, form.get("code")));
    match tried {
        Ok(opened) => {
            session::begin(call, opened);
            Ok(onwards(then))
        }
        Err(ActionError::Refused(Refusal::SignInFirst)) => Ok(Answer::see_other("/sign-in")),
        Err(ActionError::Refused(refusal)) => {
            let refusal = match refusal {
                Refusal::WrongCode => call.site.limits.failed(call.ip, &key, call.now, refusal),
                other => other,
            };
            code_page(call, crate::web::error::status(&refusal), Wrong::of_refusal(call.l, &refusal), then)
        }
        Err(fault) => Err(fault.into()),
    }
}

/// `POST /sign-out`.
///
/// # Errors
/// A fault.
pub fn sign_out(call: &Call) -> Result<Answer, WebError> {
    let session = call.ticket.borrow().as_ref().map(|ticket| ticket.hash.clone());
    if let Some(session) = session {
        sign_in::sign_out(&call.office, &session, call.actor().ok().as_ref())?;
    }
    session::forget(call);
    let door = if call.expert().is_ok() { "/me/sign-in" } else { "/sign-in" };
    Ok(Answer::see_other(door).flash("flash-signed-out", &[]))
}
