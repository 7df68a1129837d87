//! The sign-in sheet (签到表) on paper: everybody of one event, or of one turn of several seats, with lines to sign on and
//! the QR code of the page where they sign in instead.
//!
//! Whoever signs by hand is noted by staff on the turn's page. What the sheet says hangs at the door anyway: names and
//! firms of who has said yes, no contact data; so there is none before the turn is published. Deliberately absent: the
//! enterprises' people, whose names are not ours to print.

use super::grid::Names;
use super::print::wall_address;
use super::turn::found;
use super::when;
use crate::db;
use crate::db::duty_turn::TurnRow;
use crate::db::expert::ExpertRow;
use crate::domain::duty::TurnState;
use crate::domain::refusal::Refusal;
use crate::i18n::L;
use crate::mail::letter::duty_hours;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::frame::Frame;
use crate::web::pages::need::print::qr;
use crate::web::pages::options::service_name;
use chrono::NaiveDateTime;

/// Lines for whoever comes besides.
const MORE_LINES: usize = 5;
/// Services of an expert named where the seat wants none in particular.
const NAMED: usize = 3;

struct Line {
    number: usize,
    name: String,
    firm: String,
    specialty: String,
    /// When they signed in by the page; empty: to be written.
    at: String,
}

#[derive(askama::Template)]
#[template(path = "pages/duty_attendance.html", config = "src/web/askama.toml")]
struct AttendancePage {
    f: Frame,
    back: String,
    when: String,
    title: String,
    station: String,
    address: String,
    lines: Vec<Line>,
    drawing: String,
    wall: String,
    supervision: String,
    printed: String,
}

/// What an expert does here: what the seat wants, or what they offer.
fn specialty(l: L, turn: &TurnRow, row: Option<&ExpertRow>) -> String {
    let wanted: Vec<String> = turn.wanted.get();
    let offered: Vec<String> = row.map(|row| row.services.get()).unwrap_or_default();
    let wanted: Vec<String> = wanted.iter().map(|slug| service_name(l, slug)).collect();
    let offered: Vec<String> = offered.iter().take(NAMED).map(|slug| service_name(l, slug)).collect();
    l.list(if wanted.is_empty() { &offered } else { &wanted })
}

/// When somebody signed in by the page; whom staff noted signs by hand.
fn by_page(turn: &TurnRow) -> Option<NaiveDateTime> {
    turn.signed_in_at.filter(|_| turn.signed_in_by.as_deref() == Some("page"))
}

/// `GET /duty/turns/{id}/attendance`.
///
/// # Errors
/// [`Refusal::NotFound`]; [`Refusal::WrongState`] before the turn is published; a fault.
pub fn show(call: &Call) -> Answered {
    let l = call.l;
    let turn = found(call)?;
    if !turn.published {
        return Err(Refusal::WrongState.into());
    }
    let mut reader = call.office.read()?;
    let together: Vec<TurnRow> = db::duty_turn::beside(&mut reader, &turn)?
        .into_iter()
        .filter(|other| other.state != TurnState::Cancelled || other.id == turn.id)
        .collect();
    let station = db::station::find(&mut reader, &turn.station)?.ok_or(Refusal::NotFound)?;
    let sits = |one: &TurnRow| one.expert.filter(|_| one.state == TurnState::Agreed);
    let ids: Vec<_> = together.iter().filter_map(sits).collect();
    let people = db::expert::by_ids(&mut reader, &ids)?;
    let names = Names::of(&mut reader, std::slice::from_ref(&turn))?;
    drop(reader);
    let mut lines: Vec<Line> = Vec::new();
    for (place, one) in together.iter().enumerate() {
        let row = sits(one).and_then(|id| people.iter().find(|row| row.id == id));
        lines.push(Line {
            number: place + 1,
            name: row.map(|row| row.name.clone()).unwrap_or_default(),
            firm: row.map(|row| row.firm.clone()).unwrap_or_default(),
            specialty: specialty(l, one, row),
            at: by_page(one).map(|at| l.short_instant(at.and_utc())).unwrap_or_default(),
        });
    }
    for number in lines.len() + 1..=lines.len() + MORE_LINES {
        let empty = String::new;
        lines.push(Line { number, name: empty(), firm: empty(), specialty: empty(), at: empty() });
    }
    let wall = wall_address(call, turn.station);
    Answer::page(&AttendancePage {
        f: call.frame("duty"),
        back: format!("/duty/turns/{}", turn.id),
        when: format!("{} {}", when(l, &turn), duty_hours(turn.span())),
        title: turn.event.clone().unwrap_or_else(|| l.t("duty-attendance-turn")),
        station: names.station(turn.station),
        address: station.address,
        lines,
        drawing: qr(&wall),
        wall,
        supervision: station.supervision_phone,
        printed: l.instant(call.now),
    })
}
