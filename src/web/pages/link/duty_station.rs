//! A station's duty page of today, behind the QR code on its wall and on the printed rota: who is on duty, signing in by
//! the six digits of the expert's own page. And the calendar feeds.
//!
//! What stands here hangs on the station's wall anyway: names, hours, no contact data.

use super::{opened, refused};
use crate::actions::sign_in_duty::{SignedInBy, sign_in};
use crate::actions::{ActionError, Actor};
use crate::db;
use crate::db::duty_turn::TurnRow;
use crate::db::station::StationRow;
use crate::domain::calendar::beijing_date;
use crate::domain::duty::{ConsentAnswer, TurnState};
use crate::domain::refusal::Refusal;
use crate::i18n::{L, Lang};
use crate::ids::{DutyFeedId, DutyTurnId, ExpertId, StationId};
use crate::mail::duty_feed::{self, FeedEvent};
use crate::mail::letter::duty_hours;
use crate::seal::{Link, Purpose};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::form::Wrong;
use crate::web::frame::Frame;
use actix_web::http::StatusCode;
use chrono::{Days, NaiveDate};
use std::collections::HashMap;

struct Seat {
    id: String,
    hours: String,
    name: String,
    firm: String,
    state: String,
    kind: &'static str,
    symbol: &'static str,
    may_sign: bool,
}

#[derive(askama::Template)]
#[template(path = "pages/link_duty_station.html", config = "src/web/askama.toml")]
struct StationPage {
    f: Frame,
    action: String,
    station: String,
    address: String,
    phone: String,
    today: String,
    seats: Vec<Seat>,
    next: Vec<(String, String)>,
    wrong: Wrong,
}

fn station_of(call: &Call, link: &Link) -> Result<StationRow, WebError> {
    let id: StationId = link.subject.parse().map_err(|_| call.link_unknown())?;
    db::station::find(&mut *call.office.read()?, &id)?.ok_or_else(|| call.link_unknown())
}

/// Shows today and the next days.
///
/// # Errors
/// [`Refusal::LinkUnknown`]; a fault.
pub fn show(call: &Call, link: &Link) -> Answered {
    page(call, link, Wrong::none(), StatusCode::OK)
}

fn page(call: &Call, link: &Link, wrong: Wrong, status: StatusCode) -> Answered {
    let l = call.l;
    let station = station_of(call, link)?;
    let today = beijing_date(call.now);
    let until = today.checked_add_days(Days::new(7)).unwrap_or(today);
    let mut reader = call.office.read()?;
    let turns = db::duty_turn::of_station(&mut reader, station.id, today, until)?;
    let ids: Vec<ExpertId> = turns.iter().filter_map(|turn| turn.expert).collect();
    let people: HashMap<ExpertId, (String, String)> =
        db::expert::by_ids(&mut reader, &ids)?.into_iter().map(|row| (row.id, (row.name, row.firm))).collect();
    drop(reader);
    let person = |turn: &TurnRow| turn.expert.and_then(|id| people.get(&id).cloned()).unwrap_or_default();
    let live = |turn: &&TurnRow| turn.state != TurnState::Cancelled;
    let seats = turns
        .iter()
        .filter(live)
        .filter(|turn| turn.day == today)
        .map(|turn| {
            let (name, firm) = person(turn);
            let manned = turn.state == TurnState::Agreed;
            let (kind, symbol, key) = match (manned, turn.signed_in_at.is_some(), turn.span().holds(call.now)) {
                (false, ..) => ("late", "alert", "turn-state-gap"),
                (true, true, _) => ("ok", "check", "duty-there"),
                (true, false, true) => ("soon", "clock", "duty-now"),
                (true, false, false) => ("", "calendar", "duty-listed"),
            };
            Seat {
                id: turn.id.to_string(),
                hours: format!("{} {}", l.t(&format!("duty-part-{}", turn.part)), duty_hours(turn.span())),
                name,
                firm,
                state: l.t(key),
                kind,
                symbol,
                may_sign: manned && turn.signed_in_at.is_none() && turn.span().ends() > call.now,
            }
        })
        .collect();
    let next = turns
        .iter()
        .filter(live)
        .filter(|turn| turn.day > today)
        .map(|turn| {
            let (name, _) = person(turn);
            let who = if name.is_empty() { l.t("turn-state-gap") } else { name };
            (format!("{} {}", l.short_date(turn.day), l.t(&format!("duty-part-{}", turn.part))), who)
        })
        .collect();
    let page = StationPage {
        f: call.frame(""),
        action: call.path.clone(),
        station: station.name,
        address: station.address,
        phone: station.phone,
        today: l.date(today),
        seats,
        next,
        wrong,
    };
    Answer::page_with(status, &page)
}

/// `POST`: an expert signs in.
///
/// # Errors
/// [`Refusal::LinkUnknown`]; a fault; what will not do comes back on the page.
pub fn act(call: &Call, link: &Link) -> Answered {
    let station = station_of(call, link)?;
    let form = call.form()?;
    let turn: DutyTurnId = form.get("turn").parse().map_err(|_| Refusal::NotFound)?;
    let row = db::duty_turn::find(&mut *call.office.read()?, &turn)?.ok_or(Refusal::NotFound)?;
    let Some(expert) = row.expert else { return Err(Refusal::NotFound.into()) };
    let by = SignedInBy::Page { station: station.id, code: form.get("code").to_owned() };
    let refusal = match sign_in(&call.office, &Actor::Expert(expert), turn, &by) {
        Ok(()) => return Ok(super::back(call).flash("flash-duty-signed-in", &[])),
        Err(ActionError::Refused(Refusal::NotFound)) => return Err(Refusal::NotFound.into()),
        Err(error) => refused(error)?,
    };
    if matches!(refusal, Refusal::Invalid(_)) {
        // Guessing digits is counted like guessing links.
        let limited = call.link_unknown();
        if matches!(limited, WebError::Refused(Refusal::TooManyTries)) {
            return Err(limited);
        }
    }
    let key = if matches!(refusal, Refusal::Invalid(_)) { "link-duty-wrong-code" } else { "link-duty-not-now" };
    page(call, link, Wrong::said(call.l.t(key)), StatusCode::UNPROCESSABLE_ENTITY)
}

/// Days behind and ahead a feed tells.
const FEED_BACK: u64 = 30;
const FEED_AHEAD: u64 = 400;

/// `GET /l/{token}/calendar.ics`: the feed, as long as its address was not called back.
///
/// # Errors
/// [`Refusal::LinkUnknown`]; a fault.
pub fn feed(call: &Call) -> Answered {
    let link = opened(call)?;
    if link.purpose != Purpose::DutyFeed {
        return Err(call.link_unknown());
    }
    let id: DutyFeedId = link.subject.parse().map_err(|_| call.link_unknown())?;
    let mut reader = call.office.read()?;
    let row = db::duty_feed::find(&mut reader, &id)?
        .filter(|row| row.round == i32::from(link.round))
        .ok_or_else(|| call.link_unknown())?;
    let today = beijing_date(call.now);
    let from = today.checked_sub_days(Days::new(FEED_BACK)).unwrap_or(today);
    let to = today.checked_add_days(Days::new(FEED_AHEAD)).unwrap_or(today);
    let base = call.office.settings.base_url.as_str();
    let (name, events) = match (row.expert, row.station) {
        (Some(expert), _) => of_expert(&mut reader, base, expert, (from, to))?,
        (None, Some(station)) => of_station(&mut reader, base, station, (from, to))?,
        (None, None) => return Err(call.link_unknown()),
    };
    drop(reader);
    let text = duty_feed::feed(&name, &events);
    Ok(Answer::new(StatusCode::OK, "text/calendar; charset=utf-8", text))
}

type Feed = (String, Vec<FeedEvent>);

fn of_expert(
    conn: &mut db::Conn,
    base: &str,
    expert: ExpertId,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Feed, WebError> {
    let person = db::expert::find(conn, &expert)?.ok_or(Refusal::NotFound)?;
    let l = L(Lang::of(&person.language));
    let mut turns: Vec<TurnRow> =
        db::duty_turn::of_expert(conn, expert, from, to)?.into_iter().filter(|turn| turn.published).collect();
    // What was given back is told as cancelled, so that it leaves the phone.
    let given: Vec<DutyTurnId> = db::duty_consent::of_expert(conn, expert, from)?
        .into_iter()
        .filter(|said| matches!(said.answer, ConsentAnswer::Withdrawn | ConsentAnswer::No | ConsentAnswer::RatherNot))
        .filter(|said| said.channel.is_some())
        .map(|said| said.turn)
        .collect();
    for turn in db::duty_turn::by_ids(conn, &given)? {
        if turn.published && turn.expert != Some(expert) {
            turns.push(turn);
        }
    }
    let stations = crate::actions::plan_duty::stations_of(conn, &turns)?;
    let events = turns
        .iter()
        .map(|turn| {
            let station = stations.get(&turn.station);
            let place = station.map(|row| row.name.clone()).unwrap_or_default();
            FeedEvent {
                uid: duty_feed::uid(base, turn.id, Some(expert)),
                sequence: u32::try_from(turn.sequence).unwrap_or(0),
                span: turn.span(),
                summary: l.a("feed-duty-at", &[("place", turn.event.as_deref().unwrap_or(&place))]),
                place: station.map(|row| format!("{} {}", row.name, row.address)).unwrap_or_default(),
                description: station.map(|row| row.phone.clone()).unwrap_or_default(),
                cancelled: turn.expert != Some(expert) || turn.state != TurnState::Agreed,
                tentative: false,
                changed: turn.updated_at.and_utc(),
            }
        })
        .collect();
    Ok((l.t("link-duty-title"), events))
}

fn of_station(
    conn: &mut db::Conn,
    base: &str,
    station: StationId,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Feed, WebError> {
    let row = db::station::find(conn, &station)?.ok_or(Refusal::NotFound)?;
    let l = L(Lang::Zh);
    let turns = db::duty_turn::of_station(conn, station, from, to)?;
    let ids: Vec<ExpertId> = turns.iter().filter_map(|turn| turn.expert).collect();
    let mut names = HashMap::new();
    for chunk in ids.chunks(500) {
        names.extend(db::expert::by_ids(conn, chunk)?.into_iter().map(|row| (row.id, row.name)));
    }
    let events = turns
        .iter()
        .map(|turn| {
            let who = turn.expert.and_then(|id| names.get(&id).cloned()).unwrap_or_else(|| l.t("turn-state-gap"));
            FeedEvent {
                uid: duty_feed::uid(base, turn.id, None),
                sequence: u32::try_from(turn.sequence).unwrap_or(0),
                span: turn.span(),
                summary: l.a("feed-duty-who", &[("name", &who)]),
                place: format!("{} {}", row.name, row.address),
                description: turn.event.clone().unwrap_or_default(),
                cancelled: turn.state == TurnState::Cancelled,
                tentative: turn.state == TurnState::Gap,
                changed: turn.updated_at.and_utc(),
            }
        })
        .collect();
    Ok((format!("{} {}", l.t("duty-title"), row.name), events))
}
