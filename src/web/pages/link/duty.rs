//! An expert's own duty page by sealed link (我的值班): what is asked, the month, changes of hands, the calendar's address.
//!
//! GET and HEAD show and change nothing. Deliberately absent: other experts' turns, beyond those offered for a swap.

use super::{back, refused};
use crate::actions::answer_duty::answer_duty;
use crate::actions::duty_word::{own, waiting};
use crate::actions::feed_duty::{FeedOf, feed_token, renew_feed};
use crate::actions::sign_in_duty::{code_of, reconfirm};
use crate::actions::swap_duty::{SwapInput, answer_swap, ask_swap, withdraw_swap};
use crate::actions::{ActionError, Actor};
use crate::db;
use crate::db::duty_turn::TurnRow;
use crate::db::station::StationRow;
use crate::domain::assignment::AnsweredBy;
use crate::domain::calendar::beijing_date;
use crate::domain::duty::{ConsentAnswer, SIGN_IN_EARLY, SwapKind, SwapState, TurnState};
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::standing::Standing;
use crate::i18n::L;
use crate::ids::{DutySwapId, DutyTurnId, ExpertId, StationId};
use crate::mail::letter::duty_hours;
use crate::seal::Link;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::form::{Fields, Wrong};
use crate::web::frame::Frame;
use crate::web::pages::duty::month::{Month, Told, first_of, last_of, month};
use crate::web::pages::need::print::qr;
use actix_web::http::StatusCode;
use chrono::{Days, NaiveDate, TimeDelta};
use std::collections::HashMap;

/// A turn that is asked about.
struct Asked {
    id: String,
    when: String,
    place: String,
    note: String,
    chosen: String,
}

/// A turn that is the expert's.
struct Mine {
    id: String,
    when: String,
    place: String,
    note: String,
    /// The six digits, on the day.
    code: String,
    may_confirm: bool,
    moving: String,
    /// The change that is under way, to take back.
    swap: String,
    to_come: bool,
}

/// A change somebody else asks for.
struct Wish {
    id: String,
    what: String,
}

/// A free turn one could take.
struct Free {
    id: String,
    when: String,
    place: String,
}

#[derive(askama::Template)]
#[template(path = "pages/link_duty.html", config = "src/web/askama.toml")]
struct DutyPage {
    f: Frame,
    action: String,
    name: String,
    asked: Vec<Asked>,
    due: String,
    mine: Vec<Mine>,
    /// The months in which something is theirs or asked of them, soonest first.
    months: Vec<Month>,
    wishes: Vec<Wish>,
    free: Vec<Free>,
    /// Turns of others at the same stations, to swap with; their place is the name of who has them.
    others: Vec<Free>,
    feed: String,
    drawing: String,
    phone: String,
    wrong: Wrong,
}

/// Days of turns shown.
const AHEAD: u64 = 120;

struct Places(HashMap<StationId, StationRow>);

impl Places {
    fn of(&self, turn: &TurnRow) -> String {
        self.0.get(&turn.station).map(|row| row.name.clone()).unwrap_or_default()
    }
}

fn when(l: L, turn: &TurnRow) -> String {
    format!("{} {} {}", l.short_date(turn.day), l.t(&format!("duty-part-{}", turn.part)), duty_hours(turn.span()))
}

/// The most months shown.
const MOST_MONTHS: usize = 3;

/// The months in which the expert has turns or is asked for some: each such day leads to its turn below.
fn months(call: &Call, mine: &[TurnRow], asked: &[TurnRow]) -> Vec<Month> {
    let l = call.l;
    let today = beijing_date(call.now);
    let mut firsts: Vec<NaiveDate> = mine.iter().chain(asked).map(|turn| first_of(turn.day)).collect();
    firsts.sort_unstable();
    firsts.dedup();
    let tell = |day: NaiveDate| {
        let on = |turn: &&TurnRow| turn.day == day;
        if let Some(turn) = mine.iter().find(on) {
            return Some(Told { word: l.t("duty-month-mine"), kind: "is-full", href: format!("#mine-{}", turn.id) });
        }
        let turn = asked.iter().find(on)?;
        Some(Told { word: l.t("duty-month-asked"), kind: "is-gap", href: format!("#turn.{}", turn.id) })
    };
    let shown = firsts.into_iter().filter(|first| last_of(*first) >= today).take(MOST_MONTHS);
    shown.map(|first| month(l, &call.office.calendar(), (first, today), tell)).collect()
}

fn expert_of(call: &Call, link: &Link) -> Result<db::expert::ExpertRow, WebError> {
    let id: ExpertId = link.subject.parse().map_err(|_| call.link_unknown())?;
    let row = db::expert::find(&mut *call.office.read()?, &id)?.ok_or_else(|| call.link_unknown())?;
    // Who left the register has no duty page; who is suspended may still see what was.
    if matches!(row.standing, Standing::Withdrawn | Standing::Removed) { Err(call.link_unknown()) } else { Ok(row) }
}

/// Shows the page.
///
/// # Errors
/// [`Refusal::LinkUnknown`]; a fault.
pub fn show(call: &Call, link: &Link) -> Answered {
    page(call, link, &Fields::default(), Wrong::none(), StatusCode::OK)
}

fn page(call: &Call, link: &Link, typed: &Fields, wrong: Wrong, status: StatusCode) -> Answered {
    let l = call.l;
    let expert = expert_of(call, link)?;
    let today = beijing_date(call.now);
    let mut reader = call.office.read()?;
    let asked = waiting(&mut reader, expert.id, today)?;
    let mine = own(&mut reader, expert.id, today)?;
    let swaps = db::duty_change::open_of_expert(&mut reader, expert.id)?;
    let until = today.checked_add_days(Days::new(AHEAD)).unwrap_or(today);
    let stations: Vec<StationId> = mine.iter().chain(&asked).map(|turn| turn.station).collect();
    let free: Vec<TurnRow> = db::duty_turn::gaps(&mut reader, today, until)?
        .into_iter()
        .filter(|turn| stations.contains(&turn.station) && turn.span().begins() > call.now)
        .filter(|turn| !asked.iter().any(|other| other.id == turn.id))
        .take(12)
        .collect();
    let mut all = asked.clone();
    all.extend(mine.iter().cloned());
    all.extend(free.iter().cloned());
    let mut wishes = Vec::new();
    for swap in &swaps {
        let theirs =
            swap.state == SwapState::Open && swap.from_expert != Some(expert.id) && swap.kind != SwapKind::Take;
        let Some(turn) = db::duty_turn::find(&mut reader, &swap.turn)?.filter(|_| theirs) else { continue };
        let other = match swap.other_turn {
            Some(id) => db::duty_turn::find(&mut reader, &id)?,
            None => None,
        };
        let station = db::station::find(&mut reader, &turn.station)?.map(|row| row.name).unwrap_or_default();
        let from = match swap.from_expert {
            Some(id) => db::expert::find(&mut reader, &id)?.map(|row| row.name).unwrap_or_default(),
            None => String::new(),
        };
        let other = other.map(|other| when(l, &other));
        let key = if other.is_some() { "link-duty-wish-swap" } else { "link-duty-wish-give" };
        let other = other.unwrap_or_default();
        let what = l.a(key, &[("from", &from), ("when", &when(l, &turn)), ("place", &station), ("other", &other)]);
        wishes.push(Wish { id: swap.id.to_string(), what });
    }
    let mut theirs: Vec<TurnRow> = Vec::new();
    let mut here = stations.clone();
    here.sort_unstable();
    here.dedup();
    for station in here.into_iter().take(3) {
        let others = db::duty_turn::of_station(&mut reader, station, today, until)?;
        theirs.extend(
            others
                .into_iter()
                .filter(|turn| turn.expert.is_some_and(|other| other != expert.id) && turn.span().begins() > call.now)
                .take(40),
        );
    }
    let ids: Vec<ExpertId> = theirs.iter().filter_map(|turn| turn.expert).collect();
    let people: HashMap<ExpertId, String> =
        db::expert::by_ids(&mut reader, &ids)?.into_iter().map(|row| (row.id, row.name)).collect();
    let places = Places(crate::actions::plan_duty::stations_of(&mut reader, &all)?);
    let due = db::duty_ask::open_of_expert(&mut reader, expert.id)?
        .into_iter()
        .filter_map(|ask| ask.answer_due_at)
        .min()
        .map(|at| l.due(at.and_utc()))
        .unwrap_or_default();
    drop(reader);
    let note = |turn: &TurnRow| turn.event.clone().unwrap_or_default();
    let feed = feed_token(&call.office, FeedOf::Expert(expert.id))?
        .map(|token| call.absolute(&format!("/l/{token}/calendar.ics")))
        .unwrap_or_default();
    let page = DutyPage {
        f: call.frame(""),
        action: call.path.clone(),
        name: expert.name,
        due,
        months: months(call, &mine, &asked),
        asked: asked
            .iter()
            .map(|turn| Asked {
                id: turn.id.to_string(),
                when: when(l, turn),
                place: places.of(turn),
                note: note(turn),
                chosen: typed.get(&format!("turn.{}", turn.id)).to_owned(),
            })
            .collect(),
        mine: mine
            .iter()
            .map(|turn| {
                let span = turn.span();
                let near = span.begins() - TimeDelta::minutes(SIGN_IN_EARLY) <= call.now && call.now < span.ends();
                let swap = swaps.iter().find(|swap| swap.turn == turn.id && swap.from_expert == Some(expert.id));
                Mine {
                    id: turn.id.to_string(),
                    when: when(l, turn),
                    place: places.of(turn),
                    note: note(turn),
                    code: if near && turn.signed_in_at.is_none() {
                        code_of(&call.office, turn.id)
                    } else {
                        String::new()
                    },
                    may_confirm: turn.reconfirmed_at.is_none()
                        && span.ends() > call.now
                        && (turn.day - today).num_days() <= 1,
                    moving: swap.map(|swap| l.t(&format!("swap-state-{}", swap.state))).unwrap_or_default(),
                    swap: swap.map(|swap| swap.id.to_string()).unwrap_or_default(),
                    to_come: span.begins() > call.now,
                }
            })
            .collect(),
        wishes,
        others: theirs
            .iter()
            .map(|turn| Free {
                id: turn.id.to_string(),
                when: when(l, turn),
                place: turn.expert.and_then(|id| people.get(&id).cloned()).unwrap_or_default(),
            })
            .collect(),
        free: free
            .iter()
            .map(|turn| Free { id: turn.id.to_string(), when: when(l, turn), place: places.of(turn) })
            .collect(),
        drawing: if feed.is_empty() { String::new() } else { qr(&feed) },
        feed,
        phone: mine
            .iter()
            .chain(&asked)
            .find_map(|turn| places.0.get(&turn.station))
            .map(|row| row.phone.clone())
            .unwrap_or_default(),
        wrong,
    };
    Answer::page_with(status, &page)
}

fn turn_named(form: &Fields) -> Result<DutyTurnId, Refusal> {
    form.get("turn").parse().map_err(|_| Refusal::NotFound)
}

/// `POST`: answers, changes of hands, the day's confirmation, the calendar's address.
///
/// # Errors
/// [`Refusal::LinkUnknown`]; a fault; what will not do comes back on the page.
pub fn act(call: &Call, link: &Link) -> Answered {
    let expert = expert_of(call, link)?;
    let form = call.form()?;
    let actor = Actor::Expert(expert.id);
    let office = &call.office;
    let done = match form.get("act") {
        "yes-to-all" | "answer" => {
            answers(call, form, expert.id, form.get("act") == "yes-to-all").and_then(|answers| {
                answer_duty(office, &actor, expert.id, &answers, AnsweredBy::Link).map(|_| "flash-link-duty-answered")
            })
        }
        "release" => turn_named(form).map_err(ActionError::from).and_then(|turn| {
            answer_duty(office, &actor, expert.id, &[(turn, ConsentAnswer::No)], AnsweredBy::Link)
                .map(|_| "flash-link-duty-released")
        }),
        "confirm" => turn_named(form)
            .map_err(ActionError::from)
            .and_then(|turn| reconfirm(office, &actor, turn).map(|()| "flash-link-duty-confirmed")),
        "give" | "take" | "swap" => swap_asked(form).map_err(ActionError::from).and_then(|input| {
            ask_swap(office, &actor, expert.id, &input, None).map(|(_, state)| match state {
                SwapState::Done => "flash-link-duty-taken",
                _ => "flash-link-duty-swap-asked",
            })
        }),
        "swap-yes" | "swap-no" => match form.get("swap").parse::<DutySwapId>() {
            Ok(id) => answer_swap(office, &actor, id, expert.id, form.get("act") == "swap-yes", None)
                .map(|_| "flash-link-duty-answered"),
            Err(_) => Err(Refusal::NotFound.into()),
        },
        "swap-back" => match form.get("swap").parse::<DutySwapId>() {
            Ok(id) => withdraw_swap(office, &actor, id).map(|()| "flash-link-duty-swap-back"),
            Err(_) => Err(Refusal::NotFound.into()),
        },
        "feed" => renew_feed(office, &actor, FeedOf::Expert(expert.id)).map(|_| "flash-link-duty-feed"),
        _ => Err(Refusal::NotFound.into()),
    };
    let refusal = match done {
        Ok(flash) => return Ok(back(call).flash(flash, &[])),
        Err(error) => refused(error)?,
    };
    let wrong = match &refusal {
        Refusal::NotEligible(rule) => Wrong::said(call.l.t(&format!("duty-bar-{rule}"))),
        Refusal::Invalid(_) => Wrong::of_refusal(call.l, &refusal),
        Refusal::NotFound => return Err(Refusal::NotFound.into()),
        Refusal::SeatTaken => Wrong::said(call.l.t("link-duty-taken")),
        _ => Wrong::said(call.l.t("link-duty-over")),
    };
    let status =
        if matches!(refusal, Refusal::Invalid(_)) { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::CONFLICT };
    page(call, link, form, wrong, status)
}

fn answers(
    call: &Call,
    form: &Fields,
    expert: ExpertId,
    all_yes: bool,
) -> Result<Vec<(DutyTurnId, ConsentAnswer)>, ActionError> {
    if all_yes {
        let mut reader = call.office.read()?;
        let turns = waiting(&mut reader, expert, beijing_date(call.now))?;
        return Ok(turns
            .into_iter()
            .filter(|turn| turn.state != TurnState::Cancelled && turn.expert.is_none_or(|other| other == expert))
            .map(|turn| (turn.id, ConsentAnswer::Yes))
            .collect());
    }
    let mut answers = Vec::new();
    for (name, value) in &form.0 {
        let Some(turn) = name.strip_prefix("turn.").and_then(|id| id.parse().ok()) else { continue };
        if value.is_empty() {
            continue;
        }
        let answer = value.parse().map_err(|_| Refusal::Invalid(vec![FieldProblem::new(name.clone(), "not-known")]))?;
        answers.push((turn, answer));
    }
    Ok(answers)
}

fn swap_asked(form: &Fields) -> Result<SwapInput, Refusal> {
    let kind = match form.get("act") {
        "give" => SwapKind::Give,
        "take" => SwapKind::Take,
        _ => SwapKind::Swap,
    };
    let minute = |name: &str| -> Option<i32> {
        let (hour, minute) = form.opt(name)?.split_once(':')?;
        Some(hour.parse::<i32>().ok()? * 60 + minute.parse::<i32>().ok()?)
    };
    Ok(SwapInput {
        kind,
        turn: turn_named(form)?,
        other_turn: form.opt("other").and_then(|text| text.parse().ok()),
        to: None,
        part: minute("from").zip(minute("to")),
    })
}
