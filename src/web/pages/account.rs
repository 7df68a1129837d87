//! One's own account: password, second factor, API tokens.

use crate::actions::account::{self, totp};
use crate::actions::{ActionError, Done};
use crate::db;
use crate::domain::calendar::beijing_date;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::ids::TokenId;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::form::Wrong;
use crate::web::frame::Frame;
use chrono::NaiveDate;
use qrcode::QrCode;
use qrcode::render::svg;

struct TokenLine {
    id: String,
    label: String,
    scopes: String,
    made: String,
}

#[derive(askama::Template)]
#[template(path = "pages/account.html", config = "src/web/askama.toml")]
struct AccountPage {
    f: Frame,
    wrong: Wrong,
    email: String,
    has_second_factor: bool,
    away_until: String,
    tokens: Vec<TokenLine>,
    typed_label: String,
    fresh_token: String,
    shortest: usize,
}

#[derive(askama::Template)]
#[template(path = "pages/second_factor.html", config = "src/web/askama.toml")]
struct SecondFactorPage {
    f: Frame,
    wrong: Wrong,
    required: bool,
    drawing: String,
    key: String,
    sealed: String,
}

/// What the page shows besides what is always there.
#[derive(Default)]
struct Shown {
    wrong: Wrong,
    label: String,
    fresh_token: String,
}

fn page(call: &Call, shown: Shown) -> Answered {
    let known = call.account()?;
    let rows = db::account::tokens_of(&mut *call.office.read()?, known.id)?;
    let today = beijing_date(call.now);
    let away = db::account::find(&mut *call.office.read()?, &known.id)?
        .and_then(|row| row.on_leave_until)
        .filter(|until| *until >= today);
    let tokens = rows
        .into_iter()
        .map(|row| TokenLine {
            id: row.id.to_string(),
            label: row.label,
            scopes: call
                .l
                .list(&row.scopes.get().iter().map(|scope| call.l.t(&format!("scope-{scope}"))).collect::<Vec<_>>()),
            made: call.l.instant(row.created_at.and_utc()),
        })
        .collect();
    let status = if shown.wrong.is_empty() {
        actix_web::http::StatusCode::OK
    } else {
        actix_web::http::StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = AccountPage {
        f: call.frame("account"),
        wrong: shown.wrong,
        email: known.email.clone(),
        has_second_factor: known.has_second_factor,
        away_until: away.map(|until| until.to_string()).unwrap_or_default(),
        tokens,
        typed_label: shown.label,
        fresh_token: shown.fresh_token,
        shortest: account::password::SHORTEST,
    };
    Answer::page_with(status, &page)
}

/// The answer of a deed, or the page again with what was wrong.
fn or_again(call: &Call, done: Done<Answer>, label: &str) -> Answered {
    match done {
        Ok(answer) => Ok(answer),
        Err(ActionError::Refused(refusal @ (Refusal::Invalid(_) | Refusal::WrongPassword))) => {
            let wrong = match &refusal {
                Refusal::WrongPassword => {
                    let text = call.l.t("account-old-wrong");
                    Wrong { list: vec![crate::web::form::WrongField { field: "old".to_owned(), text }] }
                }
                other => Wrong::of_refusal(call.l, other),
            };
            page(call, Shown { wrong, label: label.to_owned(), fresh_token: String::new() })
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /account`.
///
/// # Errors
/// A fault.
pub fn own(call: &Call) -> Answered {
    page(call, Shown::default())
}

/// `POST /account/password`.
///
/// # Errors
/// [`Refusal::TooManyTries`]; a fault.
pub fn change_password(call: &Call) -> Answered {
    let form = call.form()?;
    let actor = call.actor()?;
    let key = format!("old:{}", call.account()?.id);
    call.site.limits.may_try(call.ip, &key, call.now)?;
    let session = call.ticket.borrow().as_ref().map(|ticket| ticket.hash.clone()).unwrap_or_default();
    let done = if form.get("password") == form.get("again") {
        account::change_password(&call.office, &actor, form.get("old"), form.get("password"), &session)
    } else {
        Err(Refusal::Invalid(vec![FieldProblem::new("again", "conflicting")]).into())
    };
    if matches!(done, Err(ActionError::Refused(Refusal::WrongPassword)))
        && call.site.limits.failed(call.ip, &key, call.now, Refusal::WrongPassword) == Refusal::TooManyTries
    {
        return Err(Refusal::TooManyTries.into());
    }
    or_again(call, done.map(|()| Answer::see_other("/account").flash("flash-password-changed", &[])), "")
}

/// The day of a leave form: `None` when it is empty.
///
/// # Errors
/// [`Refusal::Invalid`] for what is no day.
pub fn away_until(call: &Call) -> Result<Option<NaiveDate>, WebError> {
    let wrong = || Refusal::Invalid(vec![FieldProblem::new("away_until", "wrong-type")]);
    let form = call.form()?;
    Ok(form.opt("away_until").map(|text| text.parse().map_err(|_| wrong())).transpose()?)
}

/// `POST /account/leave`: until when one is away oneself; empty when one is back.
///
/// # Errors
/// A fault; what will not do comes back as the page.
pub fn set_leave(call: &Call) -> Answered {
    let until = match away_until(call) {
        Ok(until) => until,
        Err(WebError::Refused(refusal)) => return or_again(call, Err(refusal.into()), ""),
        Err(error) => return Err(error),
    };
    let done = account::set_leave(&call.office, &call.actor()?, call.account()?.id, until);
    let key = if until.is_some() { "flash-away" } else { "flash-back" };
    or_again(call, done.map(|()| Answer::see_other("/account").flash(key, &[])), "")
}

fn factor_page(call: &Call, wrong: Wrong, offer: totp::Offer) -> Answered {
    let code = QrCode::new(offer.address.as_bytes()).map_err(WebError::fault)?;
    let drawing = code.render::<svg::Color<'_>>().min_dimensions(200, 200).build();
    // The drawing stands inside a page: without the XML declaration.
    let drawing = drawing.split_once("?>").map_or_else(|| drawing.clone(), |(_, rest)| rest.to_owned());
    let required = call.office.settings.second_factor && call.account()?.role != crate::domain::role::Role::Liaison;
    let status = if wrong.is_empty() {
        actix_web::http::StatusCode::OK
    } else {
        actix_web::http::StatusCode::UNPROCESSABLE_ENTITY
    };
    Answer::page_with(
        status,
        &SecondFactorPage { f: call.frame("account"), wrong, required, drawing, key: offer.key, sealed: offer.sealed },
    )
}

/// `GET /account/second-factor`.
///
/// # Errors
/// A fault.
pub fn second_factor(call: &Call) -> Answered {
    let known = call.account()?;
    if known.has_second_factor {
        return Ok(Answer::see_other("/account"));
    }
    factor_page(call, Wrong::none(), totp::offer(&call.office, known.id, &known.email))
}

/// `POST /account/second-factor`.
///
/// # Errors
/// A fault; a wrong code comes back as the form, with the same key. [`Refusal::WrongState`] once there is one.
pub fn enrol_second_factor(call: &Call) -> Answered {
    let (form, known) = (call.form()?, call.account()?);
    if known.has_second_factor {
        return Err(Refusal::WrongState.into());
    }
    match account::enrol_totp(&call.office, &call.actor()?, form.get("sealed"), form.get("code")) {
        Ok(()) => Ok(Answer::see_other("/desk").flash("flash-second-factor", &[])),
        Err(ActionError::Refused(Refusal::WrongCode)) => {
            let text = call.l.t("refused-wrong-code-text");
            let wrong = Wrong { list: vec![crate::web::form::WrongField { field: "code".to_owned(), text }] };
            factor_page(call, wrong, totp::offer_again(&call.office, known.id, &known.email, form.get("sealed")))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /account/tokens`: the token is shown once, on the page that answers.
///
/// # Errors
/// A fault; what will not do comes back as the page.
pub fn add_token(call: &Call) -> Answered {
    let form = call.form()?;
    let made =
        account::add_token(&call.office, &call.actor()?, call.account()?.id, form.get("label"), &form.all("scopes"));
    match made {
        Ok((_, secret)) => page(call, Shown { fresh_token: secret, ..Shown::default() }),
        Err(error) => or_again(call, Err(error), form.get("label")),
    }
}

/// `POST /account/tokens/{id}/revocation`.
///
/// # Errors
/// [`Refusal::NotFound`]; a fault.
pub fn revoke_token(call: &Call) -> Answered {
    account::revoke_token(&call.office, &call.actor()?, call.id::<TokenId>("id")?)?;
    Ok(Answer::see_other("/account").flash("flash-token-revoked", &[]))
}
