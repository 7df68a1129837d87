//! Letters to pass on while mail is off (待转告): by person, each with its text to paste and 「已转告」.
//!
//! The text is the letter's own 微信话术, worded now; it holds a link and no contact data. Only letters to experts and
//! enterprises of the account's scope are here: what staff are told stands on their desks.

use super::super::routes::{Access, Route, get, post};
use super::options::{Pick, picks};
use crate::actions::compose_notice::compose_notice;
use crate::actions::pass_on_letter::pass_on_letter;
use crate::db;
use crate::domain::assignment::NotifiedBy;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::role::Right;
use crate::i18n::Lang;
use crate::ids::OutboxId;
use crate::mail::{Links, letter};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::frame::Frame;

/// The rows of the table.
#[must_use]
pub fn rows() -> Vec<Route> {
    vec![
        get("/mail/waiting", Access::SignedIn(Right::WorkNeeds), show),
        post("/mail/waiting/{id}/told", Access::SignedIn(Right::WorkNeeds), told),
    ]
}

/// The most letters a page holds.
const MOST: i64 = 100;

/// A letter that waits.
struct Waiting {
    id: String,
    title: String,
    number: String,
    href: String,
    since: String,
    text: String,
}

/// Somebody letters wait for.
struct Person {
    name: String,
    letters: Vec<Waiting>,
}

#[derive(askama::Template)]
#[template(path = "pages/mail_waiting.html", config = "src/web/askama.toml")]
struct WaitingPage {
    f: Frame,
    people: Vec<Person>,
    channels: Vec<Pick>,
    off: bool,
}

/// `GET /mail/waiting`.
///
/// # Errors
/// A fault.
pub fn show(call: &Call) -> Answered {
    let l = call.l;
    let rows = if call.site.mail_off {
        db::mail_health::waiting(&mut *call.office.read()?, call.scope()?, MOST)?
    } else {
        Vec::new()
    };
    let links = Links { base_url: &call.office.settings.base_url, keyring: &call.office.keys, now: call.now };
    let mut people: Vec<(String, Person)> = Vec::new();
    for row in rows {
        let Some(notice) = compose_notice(&call.office, &row)? else { continue };
        let Some(need) = &notice.need else { continue };
        let waiting = Waiting {
            id: row.id.to_string(),
            title: l.t(&format!("notice-{}", notice.kind)),
            number: need.number.clone(),
            href: format!("/needs/{}", need.id),
            since: l.short_instant(row.created_at.and_utc()),
            text: letter(&notice, &links, Lang::of(&notice.to.language)).wechat,
        };
        match people.last_mut().filter(|(reader, _)| *reader == row.reader) {
            Some((_, person)) => person.letters.push(waiting),
            None => people.push((row.reader, Person { name: notice.to.name, letters: vec![waiting] })),
        }
    }
    let channels = [NotifiedBy::Wechat, NotifiedBy::Phone]
        .map(|channel| (channel.to_string(), l.t(&format!("notified-by-{channel}"))));
    Answer::page(&WaitingPage {
        f: call.frame("mail"),
        people: people.into_iter().map(|(_, person)| person).collect(),
        channels: picks("wechat", "", channels),
        off: call.site.mail_off,
    })
}

/// `POST /mail/waiting/{id}/told`.
///
/// # Errors
/// What [`pass_on_letter`] says.
pub fn told(call: &Call) -> Answered {
    let id: OutboxId = call.id("id")?;
    let by = match call.form()?.get("channel") {
        "phone" => NotifiedBy::Phone,
        "wechat" => NotifiedBy::Wechat,
        _ => return Err(Refusal::Invalid(vec![FieldProblem::new("channel", "not-known")]).into()),
    };
    pass_on_letter(&call.office, &call.actor()?, id, by)?;
    Ok(Answer::see_other("/mail/waiting").flash("flash-mail-told", &[]))
}
