//! The way in: an address, a letter, a button. And the two links about a change of address.
//!
//! A GET of any of these links shows a button and changes nothing; the POST uses the link up. Unknown addresses are
//! answered alike.

use crate::actions::change_email::{confirm_change, object_change};
use crate::actions::enter_page::{self, LinkPurpose};
use crate::actions::{ActionError, Done};
use crate::domain::refusal::Refusal;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::frame::Frame;
use crate::web::session;

#[derive(askama::Template)]
#[template(path = "pages/me_door.html", config = "src/web/askama.toml")]
struct DoorPage {
    f: Frame,
    asked: bool,
}

#[derive(askama::Template)]
#[template(path = "pages/me_link.html", config = "src/web/askama.toml")]
struct LinkPage {
    f: Frame,
    action: String,
    title: String,
    text: String,
    act: String,
    danger: bool,
    /// Done: nothing is left to press.
    done: bool,
}

/// `GET /me/sign-in`.
///
/// # Errors
/// A fault.
pub fn form(call: &Call) -> Answered {
    if call.expert().is_ok() {
        return Ok(Answer::see_other("/me"));
    }
    let token = call.csrf()?;
    Answer::page(&DoorPage { f: call.frame("").with_csrf(token), asked: false })
}

/// `POST /me/sign-in`: the answer is the same whether the address is known or not.
///
/// # Errors
/// [`Refusal::TooManyTries`]; a fault.
pub fn submit(call: &Call) -> Answered {
    let email = call.form()?.get("email").trim().to_lowercase();
    let key = format!("enter:{email}");
    call.site.limits.may_try(call.ip, &key, call.now)?;
    // Every request counts, for each may send a letter.
    if call.site.limits.failed(call.ip, &key, call.now, Refusal::NotFound) == Refusal::TooManyTries {
        return Err(Refusal::TooManyTries.into());
    }
    enter_page::ask_in(&call.office, &email)?;
    let token = call.csrf()?;
    Answer::page(&DoorPage { f: call.frame("").with_csrf(token), asked: true })
}

/// An unknown link counts against the address it came from.
fn opened<T>(call: &Call, done: Done<T>) -> Result<T, WebError> {
    match done {
        Err(ActionError::Refused(Refusal::LinkUnknown)) => Err(call.link_unknown()),
        other => Ok(other?),
    }
}

/// The page of a link, before and after its button was pressed; its words are `me-link-<purpose>-…`.
fn link_page(call: &Call, purpose: LinkPurpose, done: bool, name: &str) -> Answered {
    let l = call.l;
    let step = if done { "done" } else { "ask" };
    let page = LinkPage {
        f: call.frame(""),
        action: call.path.clone(),
        title: l.t(&format!("me-link-{purpose}-title")),
        text: l.a(&format!("me-link-{purpose}-{step}"), &[("name", name)]),
        act: l.t(&format!("me-link-{purpose}-do")),
        danger: purpose == LinkPurpose::EmailObject,
        done,
    };
    Answer::page(&page)
}

fn shown(call: &Call, purpose: LinkPurpose) -> Answered {
    let row = opened(call, enter_page::holder(&call.office, call.param("secret"), purpose))?;
    link_page(call, purpose, false, &row.name)
}

/// `GET /me/enter/{secret}`: a button, and nothing changes.
///
/// # Errors
/// [`Refusal::LinkUnknown`].
pub fn show(call: &Call) -> Answered {
    shown(call, LinkPurpose::Enter)
}

/// `POST /me/enter/{secret}`: in, once.
///
/// # Errors
/// [`Refusal::LinkUnknown`].
pub fn enter(call: &Call) -> Answered {
    let session = opened(call, enter_page::enter(&call.office, call.site.terms, call.param("secret")))?;
    session::begin(call, session);
    Ok(Answer::see_other("/me"))
}

/// `GET /me/email/{secret}`.
///
/// # Errors
/// [`Refusal::LinkUnknown`].
pub fn email_form(call: &Call) -> Answered {
    shown(call, LinkPurpose::EmailConfirm)
}

/// `POST /me/email/{secret}`: the new address is read.
///
/// # Errors
/// [`Refusal::LinkUnknown`].
pub fn email_confirm(call: &Call) -> Answered {
    opened(call, confirm_change(&call.office, call.param("secret")))?;
    link_page(call, LinkPurpose::EmailConfirm, true, "")
}

/// `GET /me/objection/{secret}`.
///
/// # Errors
/// [`Refusal::LinkUnknown`].
pub fn objection_form(call: &Call) -> Answered {
    shown(call, LinkPurpose::EmailObject)
}

/// `POST /me/objection/{secret}`: nothing changes, and every session ends.
///
/// # Errors
/// [`Refusal::LinkUnknown`].
pub fn object(call: &Call) -> Answered {
    opened(call, object_change(&call.office, call.param("secret")))?;
    link_page(call, LinkPurpose::EmailObject, true, "")
}
