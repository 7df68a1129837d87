//! The duty rota (值班): the week as published, its gaps with who can cover them, changes of hands, and the plans.

mod attendance;
mod form;
mod grid;
pub(super) mod month;
mod plan;
mod print;
mod publish;
mod sheet;
mod turn;
mod why;

use super::super::routes::{Access, BodyLimit, Route, get, post};
use super::expert::Tag;
use super::options::{self, Pick};
use crate::actions::cover_duty::who_could_all;
use crate::actions::duty_people::conflicts;
use crate::db;
use crate::db::duty::PlanRow;
use crate::db::duty_turn::TurnRow;
use crate::domain::calendar::beijing_date;
use crate::domain::duty::{PlanState, SwapKind, SwapState, TurnState};
use crate::domain::role::Right;
use crate::domain::week_hours::monday;
use crate::i18n::L;
use crate::ids::{DutyTurnId, StationId};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::frame::Frame;
use chrono::{Days, NaiveDate};
use grid::{Grid, Marks, Names, week};
use month::{Month, first_of, last_of, manned, month};
use std::collections::HashSet;

/// The rows of the table.
#[must_use]
pub fn rows() -> Vec<Route> {
    use Access::SignedIn;
    use Right::{KeepRegister, Read, WorkNeeds};
    vec![
        get("/duty", SignedIn(Read), show),
        get("/duty/print", SignedIn(Read), print::show),
        post("/duty/stations/{id}/feed", SignedIn(WorkNeeds), print::renew),
        get("/duty/plans/new", SignedIn(KeepRegister), form::new_form),
        post("/duty/plans", SignedIn(KeepRegister), form::add),
        get("/duty/plans/{id}", SignedIn(Read), plan::show),
        post("/duty/plans/{id}/asking", SignedIn(KeepRegister), plan::ask),
        post("/duty/plans/{id}/repair", SignedIn(KeepRegister), plan::repair),
        post("/duty/plans/{id}/withdrawal", SignedIn(KeepRegister), plan::withdraw),
        get("/duty/plans/{id}/sheet", SignedIn(Read), sheet::download),
        post("/duty/plans/{id}/sheet", SignedIn(KeepRegister), sheet::upload).takes(BodyLimit::FILE),
        post("/duty/plans/{id}/seats", SignedIn(KeepRegister), sheet::apply),
        get("/duty/plans/{id}/publication", SignedIn(KeepRegister), publish::show),
        post("/duty/plans/{id}/publication", SignedIn(KeepRegister), publish::publish),
        get("/duty/turns/{id}", SignedIn(Read), turn::show),
        post("/duty/turns/{id}", SignedIn(WorkNeeds), turn::act),
        get("/duty/turns/{id}/why", SignedIn(Read), why::show),
        get("/duty/turns/{id}/attendance", SignedIn(Read), attendance::show),
        post("/duty/changes/{id}", SignedIn(WorkNeeds), turn::decide),
    ]
}

/// A gap with who can cover it.
struct GapLine {
    href: String,
    when: String,
    station: String,
    why: String,
    who: String,
}

/// A change of hands.
struct ChangeLine {
    href: String,
    tag: Tag,
    station: String,
    what: String,
    decide: bool,
}

/// A plan.
struct PlanLine {
    href: String,
    title: String,
    period: String,
    tag: Tag,
}

#[derive(askama::Template)]
#[template(path = "pages/duty.html", config = "src/web/askama.toml")]
struct RotaPage {
    f: Frame,
    week: String,
    previous: String,
    next: String,
    stations: Vec<Pick>,
    experts: Vec<Pick>,
    only: Vec<Pick>,
    monday: String,
    counts: Vec<(&'static str, String)>,
    /// The week, or the weeks of the month.
    grids: Vec<Grid>,
    whole_month: bool,
    /// The other of the two, with the same filter.
    other_view: String,
    month: Month,
    month_before: String,
    month_after: String,
    gaps: Vec<GapLine>,
    gap_count: usize,
    changes: Vec<ChangeLine>,
    plans: Vec<PlanLine>,
    may_plan: bool,
    may_work: bool,
    today: Vec<(String, String)>,
    /// Stations that do not stand on the page.
    beyond: usize,
}

/// The tag of a plan.
fn plan_tag(l: L, state: PlanState) -> Tag {
    let (kind, symbol) = match state {
        PlanState::Draft => ("", "edit"),
        PlanState::Asking => ("wait", "wait"),
        PlanState::Published => ("ok", "check"),
        PlanState::Withdrawn => ("", "undo"),
    };
    Tag { kind, symbol, text: l.t(&format!("plan-state-{state}")) }
}

/// 5月12日（周二）上午.
fn when(l: L, turn: &TurnRow) -> String {
    let part = l.t(&format!("duty-part-{}", turn.part));
    match l.0 {
        crate::i18n::Lang::Zh => format!("{}{part}", l.short_date(turn.day)),
        crate::i18n::Lang::En => format!("{}, {part}", l.short_date(turn.day)),
    }
}

/// A sentence for why a seat is empty; nothing for a code without words.
fn why(l: L, turn: &TurnRow) -> String {
    turn.why
        .as_deref()
        .map(|code| format!("duty-bar-{code}"))
        .filter(|key| l.has(key))
        .map(|key| l.t(&key))
        .unwrap_or_default()
}

/// Kilometres to one decimal.
fn km(metres: Option<u32>) -> String {
    metres.map_or_else(|| "–".to_owned(), |metres| format!("{}.{}", metres / 1_000, metres % 1_000 / 100))
}

/// The most stations a page shows at once.
const MOST_STATIONS: usize = 60;
/// How many gaps the page looks for cover for; the rest stand in the grid.
const LOOKED_INTO: usize = 8;

/// `GET /duty`: a week, or with `view=month` the weeks of a month.
///
/// # Errors
/// A fault.
pub fn show(call: &Call) -> Answered {
    let l = call.l;
    let scope = call.scope()?.clone();
    let today = beijing_date(call.now);
    let asked = call.query_value("week").and_then(|text| text.parse::<NaiveDate>().ok()).unwrap_or(today);
    let whole_month = call.query_value("view").is_some_and(|view| view == "month");
    let from = monday(if whole_month { first_of(asked) } else { asked });
    let to = if whole_month { last_of(asked) } else { from.checked_add_days(Days::new(6)).unwrap_or(from) };
    let mut reader = call.office.read()?;
    let all = db::duty_turn::published(&mut reader, &scope, from, to)?;
    let names = Names::of(&mut reader, &all)?;
    let moving: HashSet<DutyTurnId> = [SwapState::Open, SwapState::Agreed]
        .into_iter()
        .map(|state| db::duty_change::in_state(&mut reader, state, 500))
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .flatten()
        .flat_map(|swap| swap.other_turn.into_iter().chain([swap.turn]))
        .collect();
    let station: Option<StationId> = call.query_value("station").and_then(|text| text.parse().ok());
    let expert = call.query_value("expert").unwrap_or_default();
    // A province's week is too long for one page: the first stations by name, and the filter.
    let mut by_name: Vec<(&String, StationId)> = names.stations.iter().map(|(id, name)| (name, *id)).collect();
    by_name.sort();
    let beyond = by_name.len().saturating_sub(MOST_STATIONS);
    let on_page: HashSet<StationId> = by_name.iter().take(MOST_STATIONS).map(|(_, id)| *id).collect();
    let only = call.query_value("only").unwrap_or_default();
    let here: Vec<&TurnRow> = all
        .iter()
        .filter(|turn| station.map_or_else(|| on_page.contains(&turn.station), |one| turn.station == one))
        .filter(|turn| expert.is_empty() || turn.expert.is_some_and(|id| id.as_str() == expert))
        .collect();
    let settled: Vec<&TurnRow> =
        here.iter().filter(|turn| turn.state == TurnState::Agreed && turn.span().ends() > call.now).copied().collect();
    let conflicts = conflicts(&mut reader, &settled)?;
    let shown: Vec<TurnRow> = here
        .iter()
        .copied()
        .filter(|turn| match only.as_str() {
            "gap" => turn.state == TurnState::Gap,
            "swap" => moving.contains(&turn.id),
            "conflict" => conflicts.contains_key(&turn.id),
            _ => true,
        })
        .cloned()
        .collect();
    let today_turns = db::duty_turn::published(&mut reader, &scope, today, today)?;
    let today_names = Names::of(&mut reader, &today_turns)?;
    let states = db::duty_turn::states(&mut reader, &scope, first_of(asked), last_of(asked))?;
    let changes = changes(call, &mut reader)?;
    let plans = plans(call, &mut reader, today)?;
    drop(reader);
    // The legend counts what is here, whichever of it is shown.
    let count = |wanted: fn(&TurnRow) -> bool| here.iter().filter(|turn| wanted(turn)).count();
    let gap_turns: Vec<&TurnRow> =
        shown.iter().filter(|turn| turn.state == TurnState::Gap && turn.span().ends() > call.now).collect();
    let mut stations: Vec<(String, String)> =
        names.stations.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    stations.sort_by(|a, b| a.1.cmp(&b.1));
    let mut experts: Vec<(String, String)> =
        names.experts.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    experts.sort_by(|a, b| a.1.cmp(&b.1));
    // Every way on keeps the filter.
    let filter: String = [
        ("station", station.map(|id| id.to_string()).unwrap_or_default()),
        ("expert", expert.clone()),
        ("only", only.clone()),
    ]
    .iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(name, value)| format!("&{name}={}", form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>()))
    .collect();
    let to_week = |day: NaiveDate| format!("/duty?week={day}{filter}");
    let to_month = |day: NaiveDate| format!("/duty?view=month&week={day}{filter}");
    let (before, after) = if whole_month {
        (first_of(asked).pred_opt().unwrap_or(asked), last_of(asked).succ_opt().unwrap_or(asked))
    } else {
        (from.checked_sub_days(Days::new(7)).unwrap_or(from), from.checked_add_days(Days::new(7)).unwrap_or(from))
    };
    let step = |day: NaiveDate| if whole_month { to_month(day) } else { to_week(day) };
    let glance = month(l, &call.office.calendar(), (asked, today), |day| {
        let of_day = states.iter().filter(|(on, at, _)| *on == day && station.is_none_or(|one| one == *at));
        manned(l, of_day.map(|(.., state)| *state), to_week(day))
    });
    let moved = here.iter().filter(|turn| moving.contains(&turn.id)).count();
    let marks = Marks { moving, conflicts };
    let mut grids = Vec::new();
    let mut start = from;
    while start <= to {
        let next = start.checked_add_days(Days::new(7)).unwrap_or(start);
        let of_week: Vec<TurnRow> = shown.iter().filter(|turn| start <= turn.day && turn.day < next).cloned().collect();
        if !of_week.is_empty() {
            grids.push(week(l, &of_week, &names, &marks, (start, today)));
        }
        if next <= start {
            break;
        }
        start = next;
    }
    let role = call.account()?.role;
    let may_work = role.has(Right::WorkNeeds);
    Answer::page(&RotaPage {
        f: call.frame("duty"),
        week: l.a("duty-week-of", &[("from", &l.date(from)), ("to", &l.short_date(to))]),
        previous: step(before),
        next: step(after),
        stations: options::picks(&station.map(|id| id.to_string()).unwrap_or_default(), &l.t("duty-all"), stations),
        experts: options::picks(&expert, &l.t("duty-all"), experts),
        only: options::picks(
            &only,
            &l.t("duty-all-turns"),
            [("gap", "turn-state-gap"), ("swap", "duty-moving"), ("conflict", "duty-conflict")]
                .map(|(value, key)| (value.to_owned(), l.t(key))),
        ),
        monday: if whole_month { asked } else { from }.to_string(),
        counts: vec![
            ("check", l.a("duty-count-agreed", &[("n", &count(|turn| turn.state == TurnState::Agreed).to_string())])),
            ("swap", l.a("duty-count-moving", &[("n", &moved.to_string())])),
            ("flag", l.a("duty-count-conflict", &[("n", &marks.conflicts.len().to_string())])),
            ("alert", l.a("duty-count-gap", &[("n", &count(|turn| turn.state == TurnState::Gap).to_string())])),
        ],
        grids,
        whole_month,
        other_view: if whole_month { to_week(asked) } else { to_month(asked) },
        month_before: step(glance.before),
        month_after: step(glance.after),
        month: glance,
        gap_count: gap_turns.len(),
        gaps: if may_work { gaps(call, &gap_turns, &names)? } else { Vec::new() },
        changes,
        plans,
        may_plan: role.has(Right::KeepRegister),
        may_work,
        beyond: if station.is_none() { beyond } else { 0 },
        today: today_turns
            .iter()
            .filter_map(|turn| {
                let expert = turn.expert?;
                let at = format!("{} {}", today_names.station(turn.station), l.t(&format!("duty-part-{}", turn.part)));
                Some((today_names.expert(expert), at))
            })
            .take(12)
            .collect(),
    })
}

fn gaps(call: &Call, turns: &[&TurnRow], names: &Names) -> Result<Vec<GapLine>, WebError> {
    let l = call.l;
    let mut lines = Vec::new();
    let looked: Vec<&TurnRow> = turns.iter().take(LOOKED_INTO).copied().collect();
    if looked.is_empty() {
        return Ok(lines);
    }
    for (turn, found) in looked.iter().zip(who_could_all(&call.office, &looked, 3)?) {
        let told: Vec<String> = found
            .iter()
            .map(|one| {
                l.a("duty-who-could", &[("name", &one.name), ("km", &km(one.metres)), ("n", &one.load.to_string())])
            })
            .collect();
        let who = if told.is_empty() {
            l.t("duty-nobody-could")
        } else {
            l.a("duty-can-cover", &[("names", &l.list(&told))])
        };
        lines.push(GapLine {
            href: format!("/duty/turns/{}", turn.id),
            when: when(l, turn),
            station: names.station(turn.station),
            why: why(l, turn),
            who,
        });
    }
    Ok(lines)
}

fn changes(call: &Call, reader: &mut db::Conn) -> Result<Vec<ChangeLine>, WebError> {
    let l = call.l;
    let scope = call.scope()?;
    let mut lines = Vec::new();
    let open = db::duty_change::in_state(reader, SwapState::Agreed, 50)?;
    let waiting = db::duty_change::in_state(reader, SwapState::Open, 50)?;
    for swap in open.into_iter().chain(waiting) {
        let Some(turn) =
            db::duty_turn::find(reader, &swap.turn)?.filter(|turn| scope.covers(&turn.region, turn.station))
        else {
            continue;
        };
        let other = match swap.other_turn {
            Some(id) => db::duty_turn::find(reader, &id)?,
            None => None,
        };
        let mut both = vec![turn.clone()];
        both.extend(other.clone());
        let names = Names::of(reader, &both)?;
        let people: Vec<_> = swap.from_expert.into_iter().chain(swap.to_expert).collect();
        let known = db::expert::by_ids(reader, &people)?;
        let name = |id: Option<crate::ids::ExpertId>| {
            id.and_then(|id| known.iter().find(|row| row.id == id)).map(|row| row.name.clone()).unwrap_or_default()
        };
        let (from, to) = (name(swap.from_expert), name(swap.to_expert));
        let what = match (swap.kind, &other) {
            (SwapKind::Swap, Some(other)) => l.a(
                "duty-change-swap",
                &[("from", &from), ("when", &when(l, &turn)), ("to", &to), ("other", &when(l, other))],
            ),
            (SwapKind::Take, _) => l.a("duty-change-take", &[("to", &to), ("when", &when(l, &turn))]),
            _ if to.is_empty() => l.a("duty-change-offer", &[("from", &from), ("when", &when(l, &turn))]),
            _ => l.a("duty-change-give", &[("from", &from), ("when", &when(l, &turn)), ("to", &to)]),
        };
        lines.push(ChangeLine {
            href: format!("/duty/changes/{}", swap.id),
            tag: Tag {
                kind: if swap.state == SwapState::Agreed { "wait" } else { "" },
                symbol: "swap",
                text: l.t(&format!("swap-state-{}", swap.state)),
            },
            station: names.station(turn.station),
            what,
            decide: swap.state == SwapState::Agreed,
        });
    }
    Ok(lines)
}

fn plans(call: &Call, reader: &mut db::Conn, today: NaiveDate) -> Result<Vec<PlanLine>, WebError> {
    let l = call.l;
    let scope = call.scope()?;
    let from = today.checked_sub_days(Days::new(31)).unwrap_or(today);
    let mut lines = Vec::new();
    for plan in db::duty::newest(reader, from, 40)? {
        let stations = db::duty_turn::stations_of(reader, plan.id)?;
        if stations.iter().any(|(station, region)| scope.covers(region, *station)) {
            lines.push(plan_line(l, &plan));
        }
    }
    Ok(lines)
}

fn plan_line(l: L, plan: &PlanRow) -> PlanLine {
    PlanLine {
        href: format!("/duty/plans/{}", plan.id),
        title: plan.title.clone(),
        period: l.a("duty-week-of", &[("from", &l.short_date(plan.from_on)), ("to", &l.short_date(plan.to_on))]),
        tag: plan_tag(l, plan.state),
    }
}
