//! Accounts, for administrators: who has one, a new one, a new link, a lost second factor, disabling.

use crate::actions::ActionError;
use crate::actions::account::{self, NewAccount};
use crate::db;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::role::Role;
use crate::ids::{AccountId, StationId};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::form::{Fields, Wrong};
use crate::web::frame::Frame;
use std::collections::HashMap;

struct Line {
    id: String,
    name: String,
    email: String,
    role: String,
    place: String,
    second_factor: bool,
    disabled: bool,
    away: String,
    away_until: String,
    own: bool,
}

#[derive(askama::Template)]
#[template(path = "pages/accounts.html", config = "src/web/askama.toml")]
struct ListPage {
    f: Frame,
    lines: Vec<Line>,
    link: String,
    link_for: String,
}

struct Choice {
    value: String,
    label: String,
    selected: bool,
}

#[derive(askama::Template)]
#[template(path = "pages/account_new.html", config = "src/web/askama.toml")]
struct NewPage {
    f: Frame,
    wrong: Wrong,
    form: Fields,
    roles: Vec<Choice>,
    stations: Vec<Choice>,
    regions: Vec<Choice>,
    languages: Vec<Choice>,
}

fn list_page(call: &Call, link: String, link_for: &str) -> Answered {
    let mut reader = call.office.read()?;
    let stations: HashMap<StationId, String> =
        db::station::all(&mut reader)?.into_iter().map(|row| (row.id, row.name)).collect();
    let regions: HashMap<String, String> = db::region::all(&mut reader)?
        .into_iter()
        .map(|row| (row.code.clone(), call.l.pick(&row.name, &row.name_en).to_owned()))
        .collect();
    let own = call.account()?.id;
    let today = crate::domain::calendar::beijing_date(call.now);
    let lines = db::account::all(&mut reader)?
        .into_iter()
        .map(|row| Line {
            id: row.id.to_string(),
            name: row.name,
            email: row.email,
            role: call.l.t(&format!("role-{}", row.role)),
            place: match (row.station, &row.region) {
                (Some(station), _) => stations.get(&station).cloned().unwrap_or_default(),
                (None, Some(region)) => regions.get(region).cloned().unwrap_or_default(),
                (None, None) => String::new(),
            },
            second_factor: row.totp_secret.is_some(),
            disabled: row.disabled_at.is_some(),
            away: row
                .on_leave_until
                .filter(|until| *until >= today)
                .map(|until| call.l.a("station-away", &[("until", &call.l.short_date(until))]))
                .unwrap_or_default(),
            away_until: row
                .on_leave_until
                .filter(|until| *until >= today)
                .map(|until| until.to_string())
                .unwrap_or_default(),
            own: row.id == own,
        })
        .collect();
    Answer::page(&ListPage { f: call.frame("accounts"), lines, link, link_for: link_for.to_owned() })
}

/// `GET /accounts`.
///
/// # Errors
/// A fault.
pub fn list(call: &Call) -> Answered {
    list_page(call, String::new(), "")
}

fn choices<'a>(chosen: &str, all: impl Iterator<Item = (&'a str, String)>) -> Vec<Choice> {
    all.map(|(value, label)| Choice { value: value.to_owned(), label, selected: value == chosen }).collect()
}

fn new_page(call: &Call, form: &Fields, wrong: Wrong) -> Answered {
    let l = call.l;
    let mut reader = call.office.read()?;
    let stations = db::station::all(&mut reader)?;
    let regions = db::region::all(&mut reader)?;
    let nothing = || std::iter::once(("", l.t("account-none")));
    let status = if wrong.is_empty() {
        actix_web::http::StatusCode::OK
    } else {
        actix_web::http::StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = NewPage {
        f: call.frame("accounts"),
        wrong,
        roles: choices(form.get("role"), Role::ALL.iter().map(|role| (role.as_str(), l.t(&format!("role-{role}"))))),
        stations: choices(
            form.get("station"),
            nothing().chain(stations.iter().map(|row| (row.id.as_str(), row.name.clone()))),
        ),
        regions: choices(
            form.get("region"),
            nothing().chain(regions.iter().map(|row| (row.code.as_str(), l.pick(&row.name, &row.name_en).to_owned()))),
        ),
        languages: choices(form.get("language"), [("zh", "中文".to_owned()), ("en", "English".to_owned())].into_iter()),
        form: form.clone(),
    };
    Answer::page_with(status, &page)
}

/// `GET /accounts/new`.
///
/// # Errors
/// A fault.
pub fn new_form(call: &Call) -> Answered {
    new_page(call, &Fields::default(), Wrong::none())
}

fn asked(form: &Fields) -> Result<NewAccount, Refusal> {
    let field = |name: &str, code| Refusal::Invalid(vec![FieldProblem::new(name, code)]);
    let station = match form.opt("station") {
        None => None,
        Some(text) => Some(text.parse::<StationId>().map_err(|_| field("station", "not-known"))?),
    };
    Ok(NewAccount {
        role: form.get("role").parse().map_err(|_| field("role", "missing"))?,
        name: form.get("name").to_owned(),
        email: form.get("email").to_owned(),
        phone: form.opt("phone").map(str::to_owned),
        station,
        region: form.opt("region").map(str::to_owned),
        head: form.checked("head"),
        language: form.opt("language").unwrap_or("zh").to_owned(),
        password: None,
    })
}

/// `POST /accounts`: the list again, with the new account's link to pass on.
///
/// # Errors
/// A fault; what will not do comes back as the form.
pub fn add(call: &Call) -> Answered {
    let form = call.form()?;
    let actor = call.actor()?;
    match asked(form).map_err(ActionError::from).and_then(|new| account::add_account(&call.office, &actor, &new)) {
        Ok((_, secret)) => list_page(call, link(call, &secret.unwrap_or_default()), form.get("name").trim()),
        Err(ActionError::Refused(refusal @ (Refusal::Invalid(_) | Refusal::AddressTaken))) => {
            new_page(call, form, Wrong::of_refusal(call.l, &refusal))
        }
        Err(error) => Err(error.into()),
    }
}

fn link(call: &Call, secret: &str) -> String {
    call.absolute(&format!("/password/{secret}"))
}

/// `POST /accounts/{id}/link`: the list again, with a new link to pass on.
///
/// # Errors
/// [`Refusal::NotFound`]; a fault.
pub fn new_link(call: &Call) -> Answered {
    let id: AccountId = call.id("id")?;
    let secret = account::new_link(&call.office, &call.actor()?, id)?;
    let name = db::account::find(&mut *call.office.read()?, &id)?.map(|row| row.name).unwrap_or_default();
    list_page(call, link(call, &secret), &name)
}

/// `POST /accounts/{id}/disabling`.
///
/// # Errors
/// [`Refusal::WrongState`] for one's own and the last administrator's; a fault.
pub fn disable(call: &Call) -> Answered {
    account::disable_account(&call.office, &call.actor()?, call.id("id")?)?;
    Ok(done("flash-account-disabled"))
}

/// `POST /accounts/{id}/leave`: until when somebody is away; empty when they are back.
///
/// # Errors
/// [`Refusal::Invalid`] for a day in the past; [`Refusal::WrongState`] for a disabled account; a fault.
pub fn set_leave(call: &Call) -> Answered {
    let until = super::account::away_until(call)?;
    account::set_leave(&call.office, &call.actor()?, call.id("id")?, until)?;
    Ok(done(if until.is_some() { "flash-away" } else { "flash-back" }))
}

/// `POST /accounts/{id}/second-factor`.
///
/// # Errors
/// [`Refusal::NotFound`]; a fault.
pub fn drop_second_factor(call: &Call) -> Result<Answer, WebError> {
    account::drop_totp(&call.office, &call.actor()?, call.id("id")?)?;
    Ok(done("flash-second-factor-dropped"))
}

fn done(key: &str) -> Answer {
    Answer::see_other("/accounts").flash(key, &[])
}
