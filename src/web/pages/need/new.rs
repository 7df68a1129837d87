//! A new need: the form, what its text suggests, its draft, and handing it in once.
//!
//! Nothing typed is lost: a refused form comes back as it was, and a draft is kept while one writes. A form handed in
//! twice (a double click, a repeated POST) makes one need: its `nonce` is claimed before the deed and remembered with
//! the address of what came of it.

use super::form;
use super::similar::{Similar, similar};
use super::words::{Choice, Pick, regions};
use crate::actions::submit_need::{self, Submitted};
use crate::actions::{ActionError, keep_draft as drafts};
use crate::db;
use crate::db::idempotency::IdempotencyRow;
use crate::domain::catalogue;
use crate::domain::consent;
use crate::domain::refusal::Refusal;
use crate::domain::region;
use crate::domain::role::Role;
use crate::seal::fingerprint;
use crate::search::PlaceNamed;
use crate::search::Suggestion;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::form::{Fields, Wrong};
use crate::web::frame::Frame;
use crate::web::idempotency::HELD;
use crate::web::idempotency::holder;
use crate::web::reasons::industry_name;
use actix_web::http::StatusCode;
use std::time::Duration;

/// The draft's name.
const DRAFT: &str = "need-new";
/// How often, and at which pace, a second POST looks for what came of the first.
const LOOKS: u32 = 240;
const PACE: Duration = Duration::from_millis(50);

/// A service the text speaks of.
struct Read {
    name: String,
    score: String,
    percent: u32,
    strong: bool,
    words: String,
}

#[derive(askama::Template)]
#[template(path = "pages/need_new.html", config = "src/web/askama.toml")]
struct NewPage {
    f: Frame,
    wrong: Wrong,
    form: Fields,
    /// What the enterprise is told and agrees to, in today's words.
    consent_text: String,
    nonce: String,
    basic: Vec<Choice>,
    special: Vec<Choice>,
    industries: Vec<Choice>,
    more_industries: Vec<Choice>,
    modes: Vec<Choice>,
    urgencies: Vec<Choice>,
    forms: Vec<Pick>,
    languages: Vec<Pick>,
    enterprise_regions: Vec<Pick>,
    regions: Vec<Pick>,
    stations: Vec<Pick>,
    read: Vec<Read>,
    read_industries: String,
    read_place: String,
    similar: Vec<Similar>,
    draft_of: String,
}

fn suggestion(form: &Fields) -> Suggestion {
    crate::search::suggest(&format!("{}\n{}", form.get("title").trim(), form.get("description").trim()))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a score lies between 0 and 1")]
fn percent(score: f32) -> u32 {
    (score.clamp(0.0, 1.0) * 100.0).round() as u32
}

fn readings(call: &Call, suggestion: &Suggestion) -> Vec<Read> {
    suggestion
        .services
        .iter()
        .zip(&suggestion.words)
        .take(suggestion.likely().clamp(1, form::MOST_SUGGESTED))
        .filter_map(|((slug, score), words)| {
            let item = catalogue::by_slug(slug)?;
            let percent = percent(*score);
            let name = call.l.pick(item.zh, item.en).to_owned();
            Some(Read {
                name,
                score: format!("{}.{:02}", percent / 100, percent % 100),
                percent,
                strong: suggestion.likely() > 0,
                words: call.l.list(words),
            })
        })
        .collect()
}

/// The region a text names, and the landmark that names it.
fn place_named(call: &Call, place: &PlaceNamed) -> String {
    let name = region::by_code(place.region).map_or(place.region, |known| call.l.pick(known.name, known.name_en));
    let whole = region::by_code(place.region).is_some_and(|known| known.name == place.label);
    if whole { name.to_owned() } else { format!("{name} · {}", place.label) }
}

fn page(
    call: &Call,
    status: StatusCode,
    mut fields: Fields,
    nonce: String,
    wrong: Wrong,
    draft_of: String,
) -> Answered {
    let l = call.l;
    let staff = call.staff()?;
    let mut reader = call.office.read()?;
    let mut stations = Vec::new();
    let mut home = String::new();
    match (staff.role, staff.station) {
        (Role::Liaison, Some(own)) => {
            if let Some(station) = db::station::find(&mut reader, &own)? {
                home = station.region;
            }
        }
        _ => {
            let chosen = fields.get("station").to_owned();
            stations.push(Pick::new("", l.t("need-station-choose"), &chosen));
            for station in db::station::all(&mut reader)? {
                if staff.scope.covers(&station.region, station.id) {
                    stations.push(Pick::new(station.id.as_str(), station.name, &chosen));
                }
            }
        }
    }
    drop(reader);
    for name in ["region", "enterprise.region"] {
        if fields.get(name).is_empty() && !home.is_empty() {
            fields.set(name, home.clone());
        }
    }
    let has_text = fields.opt("title").is_some() || fields.opt("description").is_some();
    let suggested = if has_text { suggestion(&fields) } else { Suggestion::default() };
    let (industries, more_industries) = form::industries(l, &fields, &suggested);
    let with_choice = |picks: Vec<Pick>, chosen: &str| {
        let mut all = vec![Pick::new("", l.t("need-region-choose"), chosen)];
        all.extend(picks);
        all
    };
    let new = NewPage {
        f: call.frame("needs"),
        wrong,
        consent_text: l.t(&format!("consent-{}", consent::current())),
        nonce,
        basic: form::services(l, &fields, &suggested, false),
        special: form::services(l, &fields, &suggested, true),
        industries,
        more_industries,
        modes: form::modes(l, &fields),
        urgencies: form::urgencies(l, &fields),
        forms: form::forms(l, &fields),
        languages: form::languages(l, &fields),
        enterprise_regions: with_choice(regions(l, fields.get("enterprise.region")), fields.get("enterprise.region")),
        regions: with_choice(regions(l, fields.get("region")), fields.get("region")),
        stations,
        read: readings(call, &suggested),
        read_industries: l.list(&suggested.industries.iter().map(|name| industry_name(l, name)).collect::<Vec<_>>()),
        read_place: suggested.place.as_ref().map(|place| place_named(call, place)).unwrap_or_default(),
        similar: similar(call, &fields, &suggested)?,
        draft_of,
        form: fields,
    };
    Answer::page_with(status, &new)
}

/// `GET /needs/new`: the draft, if one is kept, else an empty form.
///
/// # Errors
/// A fault.
pub fn show(call: &Call) -> Answered {
    let owner = call.account()?.id.to_string();
    let (fields, draft_of) = match drafts::kept_draft(&call.office, &owner, DRAFT)? {
        Some((fields, at)) => (Fields(fields), call.l.short_instant(at)),
        None => (Fields::default(), String::new()),
    };
    page(call, StatusCode::OK, fields, call.office.chance.secret(), Wrong::none(), draft_of)
}

/// The nonce of the form as sent; a form without one gets its own, and is not protected against being sent twice.
fn nonce_of(call: &Call, form: &Fields) -> String {
    form.opt("nonce").filter(|nonce| nonce.len() <= 100).map_or_else(|| call.office.chance.secret(), str::to_owned)
}

/// `POST /needs/new/suggest`: the form again, with what its text suggests marked.
///
/// # Errors
/// A fault.
pub fn suggest_again(call: &Call) -> Answered {
    let form = call.form()?.clone();
    let nonce = nonce_of(call, &form);
    page(call, StatusCode::OK, form, nonce, Wrong::none(), String::new())
}

/// `POST /needs/new/draft`: keeps the form; the button comes back to it, the page's script only wants to know.
///
/// # Errors
/// [`Refusal::TooLarge`]; a fault.
pub fn keep_draft(call: &Call) -> Answered {
    let form = call.form()?;
    let kept: Vec<(String, String)> =
        form.for_draft().into_iter().filter(|(name, _)| name != "nonce" && name != "keep").collect();
    drafts::keep_draft(&call.office, call.account()?.id.as_str(), DRAFT, &kept)?;
    if form.checked("keep") {
        return Ok(Answer::see_other("/needs/new").flash("flash-need-draft-kept", &[]));
    }
    Ok(Answer::nothing())
}

/// `POST /needs/new/draft/removal`: an empty form.
///
/// # Errors
/// A fault.
pub fn drop_draft(call: &Call) -> Answered {
    drafts::drop_draft(&call.office, call.account()?.id.as_str(), DRAFT)?;
    Ok(Answer::see_other("/needs/new").flash("flash-need-draft-dropped", &[]))
}

/// `POST /needs/new`.
///
/// # Errors
/// A fault; a refusal comes back as the form.
pub fn submit(call: &Call) -> Answered {
    let form = call.form()?.clone();
    let nonce = nonce_of(call, &form);
    let key = fingerprint(format!("{}\n{}\n{nonce}", call.account()?.id, call.path).as_bytes());
    for _ in 0..LOOKS {
        match claim(call, &key)? {
            Claimed::Mine => return hand_in(call, form, nonce, &key),
            Claimed::Done(address) => return Ok(Answer::see_other(&address)),
            Claimed::Held => std::thread::sleep(PACE),
        }
    }
    Err(Refusal::ChangedMeanwhile.into())
}

enum Claimed {
    Mine,
    Done(String),
    Held,
}

fn claim(call: &Call, key: &str) -> Result<Claimed, WebError> {
    let claimed = call.office.write(|tx| {
        let row = IdempotencyRow {
            key: key.to_owned(),
            request_hash: String::new(),
            status: 0,
            body: holder(call),
            created_at: tx.now.naive_utc(),
        };
        if db::idempotency::claim(tx.conn, &row)? {
            return Ok(Claimed::Mine);
        }
        let Some(known) = db::idempotency::find(tx.conn, key)? else { return Ok(Claimed::Held) };
        if known.status == db::idempotency::DONE {
            // The need is there; where its form leads was lost in a crash.
            return Ok(Claimed::Done(format!("/needs/{}", known.body)));
        }
        if known.status != 0 {
            return Ok(Claimed::Done(known.body));
        }
        if tx.now - known.created_at.and_utc() > HELD {
            db::idempotency::give_back(tx.conn, key, &known.body)?;
            if db::idempotency::claim(tx.conn, &row)? {
                return Ok(Claimed::Mine);
            }
        }
        Ok(Claimed::Held)
    });
    claimed.map_err(WebError::from)
}

fn hand_in(call: &Call, fields: Fields, nonce: String, key: &str) -> Answered {
    let account = call.account()?.id;
    let office = call.office.holding(key, &holder(call));
    let tried = submit_need::submit_need(&office, &call.actor()?, &form::read(&fields));
    let submitted = match tried {
        Ok(submitted) => submitted,
        Err(error) => {
            call.office.write(|tx| Ok(db::idempotency::give_back(tx.conn, key, &holder(call))?))?;
            return match error {
                ActionError::Refused(refusal @ Refusal::Invalid(_)) => {
                    let wrong = Wrong::of_refusal(call.l, &form::as_typed(&fields, refusal));
                    page(call, StatusCode::UNPROCESSABLE_ENTITY, fields, nonce, wrong, String::new())
                }
                other => Err(other.into()),
            };
        }
    };
    let address = next_page(&submitted);
    let kept = call.office.write(|tx| {
        db::idempotency::keep(tx.conn, key, i32::from(StatusCode::SEE_OTHER.as_u16()), &address)?;
        Ok(db::draft::drop_draft(tx.conn, account.as_str(), DRAFT)?)
    });
    if let Err(fault) = kept {
        // The need stands; only a repetition would not be recognised.
        tracing::error!(%fault, request_id = %call.request_id, "a new need could not be remembered for its form");
    }
    let count = submitted.similar.len().to_string();
    Ok(Answer::see_other(&address).flash("flash-need-submitted", &[("number", &submitted.number), ("similar", &count)]))
}

/// Choosing experts comes next; a station on automatic mode has asked already.
fn next_page(submitted: &Submitted) -> String {
    if submitted.rows.need.automatic {
        format!("/needs/{}", submitted.id)
    } else {
        format!("/needs/{}/candidates", submitted.id)
    }
}
