//! The 值班表 on paper: one station, one month, with a QR code to today's truth, and where its calendar can be read.

use super::super::options::{self, Pick};
use super::grid::Names;
use crate::actions::feed_duty::{FeedOf, feed_token, renew_feed};
use crate::db;
use crate::db::duty_turn::TurnRow;
use crate::domain::calendar::{DayKind, beijing_date};
use crate::domain::duty::TurnState;
use crate::domain::refusal::Refusal;
use crate::domain::role::Right;
use crate::domain::week_hours::monday;
use crate::ids::StationId;
use crate::seal::Purpose;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::frame::Frame;
use crate::web::pages::need::print::qr;
use chrono::{Datelike, Days, Months, NaiveDate, TimeDelta};

struct Seat {
    part: String,
    name: String,
    gap: bool,
}

struct Cell {
    day: String,
    note: String,
    off: bool,
    seats: Vec<Seat>,
}

#[derive(askama::Template)]
#[template(path = "pages/duty_print.html", config = "src/web/askama.toml")]
struct PrintPage {
    f: Frame,
    stations: Vec<Pick>,
    month: String,
    title: String,
    station: String,
    address: String,
    phone: String,
    supervision: String,
    weekdays: Vec<String>,
    weeks: Vec<Vec<Cell>>,
    drawing: String,
    today_address: String,
    feed: String,
    printed: String,
    station_id: String,
    may_work: bool,
}

/// `POST /duty/stations/{id}/feed`: the station's calendar gets an address, or a new one.
///
/// # Errors
/// What [`renew_feed`] says.
pub fn renew(call: &Call) -> Answered {
    let station: StationId = call.id("id")?;
    renew_feed(&call.office, &call.actor()?, FeedOf::Station(station))?;
    Ok(Answer::see_other(&format!("/duty/print?station={station}")).flash("flash-duty-feed", &[]))
}

/// Days the code on the wall opens: longer than any rota hangs there.
const WALL_DAYS: i64 = 800;

/// Where a station's page of today is, as it hangs on the wall: who is on duty, and signing in.
pub(super) fn wall_address(call: &Call, station: StationId) -> String {
    let until = call.now + TimeDelta::days(WALL_DAYS);
    let token = call.office.keys.seal_link(Purpose::DutyStation, station.as_str(), 0, until);
    call.absolute(&format!("/l/{token}"))
}

/// `GET /duty/print?station=&month=2026-05`.
///
/// # Errors
/// [`Refusal::NotFound`] for a station outside the reader's scope; a fault.
pub fn show(call: &Call) -> Answered {
    let l = call.l;
    let scope = call.scope()?;
    let mut reader = call.office.read()?;
    let seen: Vec<_> =
        db::station::all(&mut reader)?.into_iter().filter(|row| scope.covers(&row.region, row.id)).collect();
    let wanted: Option<StationId> = call.query_value("station").and_then(|text| text.parse().ok());
    let station = match wanted {
        Some(id) => seen.iter().find(|row| row.id == id),
        None => seen.first(),
    }
    .cloned()
    .ok_or(Refusal::NotFound)?;
    let today = beijing_date(call.now);
    let first = call
        .query_value("month")
        .and_then(|text| format!("{text}-01").parse::<NaiveDate>().ok())
        .or_else(|| today.with_day(1))
        .unwrap_or(today);
    let last = first.checked_add_months(Months::new(1)).and_then(|day| day.pred_opt()).unwrap_or(first);
    let turns = db::duty_turn::of_station(&mut reader, station.id, first, last)?;
    let names = Names::of(&mut reader, &turns)?;
    drop(reader);
    let calendar = call.office.calendar();
    let mut weeks = Vec::new();
    let mut day = monday(first);
    while day <= last && weeks.len() < 6 {
        let mut cells = Vec::new();
        for _ in 0..7 {
            let inside = first <= day && day <= last;
            let kind = calendar.kind(day);
            let mut of_day: Vec<&TurnRow> =
                turns.iter().filter(|turn| turn.day == day && turn.state != TurnState::Cancelled).collect();
            of_day.sort_by_key(|turn| (turn.from_minute, turn.seat));
            cells.push(Cell {
                day: if inside { day.day().to_string() } else { String::new() },
                note: match kind {
                    _ if !inside => String::new(),
                    DayKind::Holiday { occasion } => occasion.to_owned(),
                    DayKind::MakeUp { .. } => l.t("duty-make-up-day"),
                    _ => String::new(),
                },
                off: of_day.is_empty(),
                seats: of_day
                    .into_iter()
                    .map(|turn| Seat {
                        part: l.t(&format!("duty-part-{}", turn.part)),
                        name: turn.expert.map_or_else(String::new, |expert| names.expert(expert)),
                        gap: turn.expert.is_none(),
                    })
                    .collect(),
            });
            day = day.checked_add_days(Days::new(1)).unwrap_or(day);
        }
        weeks.push(cells);
    }
    let today_address = wall_address(call, station.id);
    let feed = feed_token(&call.office, FeedOf::Station(station.id))?
        .map(|token| call.absolute(&format!("/l/{token}/calendar.ics")))
        .unwrap_or_default();
    Answer::page(&PrintPage {
        f: call.frame("duty"),
        stations: options::picks(
            station.id.as_str(),
            "",
            seen.iter().map(|row| (row.id.to_string(), row.name.clone())),
        ),
        month: first.format("%Y-%m").to_string(),
        title: l
            .a("duty-print-title", &[("year", &format!("{}", first.year())), ("month", &first.month().to_string())]),
        address: station.address,
        phone: station.phone,
        supervision: station.supervision_phone,
        station: station.name,
        weekdays: l.weekdays().into_iter().map(str::to_owned).collect(),
        weeks,
        drawing: qr(&today_address),
        today_address,
        feed,
        printed: l.instant(call.now),
        station_id: station.id.to_string(),
        may_work: call.account()?.role.has(Right::WorkNeeds),
    })
}
