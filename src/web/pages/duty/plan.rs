//! One plan: what the search proved, who said what, how fair it is, and its weeks.

use super::super::expert::Tag;
use super::grid::{Grid, Marks, Names, week};
use super::{plan_tag, when, why};
use crate::actions::ask_duty::ask_duty;
use crate::actions::duty_people::metres;
use crate::actions::plan_duty::{repair_duty, stations_of, withdraw_plan};
use crate::db;
use crate::db::duty::PlanRow;
use crate::db::duty_turn::TurnRow;
use crate::domain::calendar::{Calendar, beijing_date};
use crate::domain::duty::fairness::{Fairness, Load, fairness};
use crate::domain::duty::{ConsentAnswer, PlanState, TurnState};
use crate::domain::refusal::Refusal;
use crate::domain::role::Right;
use crate::domain::week_hours::monday;
use crate::i18n::L;
use crate::ids::{DutyPlanId, ExpertId};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::frame::Frame;
use chrono::{Datelike, Days};
use std::collections::{BTreeMap, HashMap, HashSet};

/// One expert's answers.
struct Person {
    name: String,
    href: String,
    turns: usize,
    yes: usize,
    waiting: usize,
    no: usize,
    due: String,
}

/// A bar of the fairness panel.
pub(super) struct Bar {
    /// 3 班.
    pub label: String,
    /// 11 人.
    pub count: String,
    /// How many.
    pub people: usize,
}

struct GapLine {
    when: String,
    station: String,
    why: String,
    href: String,
}

/// An event with its sign-in sheet.
struct EventLine {
    title: String,
    when: String,
    station: String,
    sheet: String,
}

#[derive(askama::Template)]
#[template(path = "pages/duty_plan.html", config = "src/web/askama.toml")]
struct PlanPage {
    f: Frame,
    id: String,
    title: String,
    period: String,
    tag: Tag,
    open: bool,
    may_plan: bool,
    to_ask: usize,
    counts: Vec<(String, usize)>,
    proof: Vec<String>,
    people: Vec<Person>,
    bars: Vec<Bar>,
    scale: usize,
    say: String,
    notes: Vec<String>,
    gaps: Vec<GapLine>,
    events: Vec<EventLine>,
    weeks: Vec<Grid>,
}

/// A plan with its turns, if the reader may see any of them: only those of the own scope.
///
/// # Errors
/// [`Refusal::NotFound`]; a fault.
pub(super) fn found(call: &Call) -> Result<(PlanRow, Vec<TurnRow>), WebError> {
    let id: DutyPlanId = call.id("id")?;
    let mut reader = call.office.read()?;
    let plan = db::duty::find(&mut reader, &id)?.ok_or(Refusal::NotFound)?;
    let scope = call.scope()?;
    let turns: Vec<TurnRow> = db::duty_turn::of_plan(&mut reader, id)?
        .into_iter()
        .filter(|turn| scope.covers(&turn.region, turn.station))
        .collect();
    if turns.is_empty() { Err(Refusal::NotFound.into()) } else { Ok((plan, turns)) }
}

/// The loads of a rota: turns, weekends and way of everybody who has one; and as many without as make `considered`.
///
/// # Errors
/// What the database says.
pub(super) fn loads(
    conn: &mut db::Conn,
    turns: &[TurnRow],
    calendar: &Calendar,
    considered: usize,
) -> Result<Vec<Load>, WebError> {
    let stations = stations_of(conn, turns)?;
    let mut ids: Vec<ExpertId> = turns.iter().filter_map(|turn| turn.expert).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut rows = HashMap::new();
    for chunk in ids.chunks(500) {
        rows.extend(db::expert::by_ids(conn, chunk)?.into_iter().map(|row| (row.id, row)));
    }
    let people = ids.len().max(considered).max(1);
    let held = turns.iter().filter(|turn| turn.expert.is_some()).count();
    // To the nearest whole turn.
    let target = u32::try_from((2 * held + people) / (2 * people)).unwrap_or(0);
    let mut loads: BTreeMap<ExpertId, Load> = BTreeMap::new();
    for turn in turns {
        let Some(expert) = turn.expert else { continue };
        let load = loads.entry(expert).or_insert(Load { target, ..Load::default() });
        load.turns += 1;
        let weekend = turn.day.weekday().num_days_from_monday() >= 5 || calendar.is_rest_day(turn.day);
        load.weekends += u32::from(weekend);
        if let (Some(row), Some(station)) = (rows.get(&expert), stations.get(&turn.station)) {
            load.metres += u64::from(metres(row, station).unwrap_or(0));
        }
    }
    let mut loads: Vec<Load> = loads.into_values().collect();
    loads.resize(loads.len().max(considered), Load { target, ..Load::default() });
    Ok(loads)
}

/// The fairness panel's bars and sentence.
pub(super) fn told(l: L, figures: &Fairness) -> (Vec<Bar>, usize, String, Vec<String>) {
    let bars: Vec<Bar> = figures
        .by_turns
        .iter()
        .map(|(turns, people)| Bar {
            label: l.a("duty-n-turns", &[("n", &turns.to_string())]),
            count: l.a("duty-n-people", &[("n", &people.to_string())]),
            people: *people,
        })
        .collect();
    let scale = bars.iter().map(|bar| bar.people).max().unwrap_or(1);
    let say = l.a(
        "duty-fair-say",
        &[
            ("experts", &figures.experts.to_string()),
            ("least", &figures.least.to_string()),
            ("most", &figures.most.to_string()),
        ],
    );
    let notes = vec![
        l.a("duty-fair-gini", &[("gini", &format!("0.{:03}", figures.gini_permille))]),
        l.a(
            "duty-fair-way",
            &[("km", &format!("{}.{}", figures.metres_a_turn / 1_000, figures.metres_a_turn % 1_000 / 100))],
        ),
        l.a("duty-fair-weekends", &[("n", &figures.most_weekends.to_string())]),
        l.a("duty-fair-target", &[("n", &figures.off_target.to_string())]),
    ];
    (bars, scale, say, notes)
}

/// The events of a plan, each once, by day.
fn events(l: L, turns: &[TurnRow], names: &Names) -> Vec<EventLine> {
    let mut first: BTreeMap<_, &TurnRow> = BTreeMap::new();
    for turn in turns.iter().filter(|turn| turn.state != TurnState::Cancelled) {
        let Some(event) = &turn.event else { continue };
        first.entry((turn.day, turn.part, turn.station, event)).or_insert(turn);
    }
    let line = |turn: &&TurnRow| EventLine {
        title: turn.event.clone().unwrap_or_default(),
        when: when(l, turn),
        station: names.station(turn.station),
        sheet: if turn.published { format!("/duty/turns/{}/attendance", turn.id) } else { String::new() },
    };
    first.values().map(line).collect()
}

fn proof(l: L, plan: &PlanRow) -> Vec<String> {
    let outcome = plan.outcome.get();
    let text = |name: &str| outcome.get(name).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    let number = |name: &str| outcome.get(name).and_then(serde_json::Value::as_u64).unwrap_or(0);
    let mut lines = Vec::new();
    if outcome.get("fingerprint").is_none() {
        return lines;
    }
    match text("proof").as_str() {
        "optimal" => lines.push(l.t("duty-proof-optimal")),
        "within" => lines.push(l.a(
            "duty-proof-within",
            &[("level", &l.t(&format!("duty-level-{}", text("level")))), ("ppm", &number("ppm").to_string())],
        )),
        _ => {}
    }
    lines.push(l.a("duty-resilience", &[("percent", &(number("resilience_ppm") / 10_000).to_string())]));
    if let Some(changes) = outcome.get("changes").and_then(serde_json::Value::as_u64) {
        lines.push(
            l.a("duty-repaired", &[("changes", &changes.to_string()), ("least", &number("unavoidable").to_string())]),
        );
    }
    lines.push(l.a("duty-fingerprint", &[("value", &text("fingerprint"))]));
    lines
}

/// `GET /duty/plans/{id}`.
///
/// # Errors
/// [`Refusal::NotFound`]; a fault.
pub fn show(call: &Call) -> Answered {
    let l = call.l;
    let (plan, turns) = found(call)?;
    let today = beijing_date(call.now);
    let mut reader = call.office.read()?;
    let names = Names::of(&mut reader, &turns)?;
    let consents = db::duty_consent::of_plan(&mut reader, plan.id)?;
    let asks = db::duty_ask::of_plan(&mut reader, plan.id)?;
    let calendar = call.office.calendar();
    // Who could have served and has no turn counts too, for a reader who sees the whole plan.
    let outcome = plan.outcome.get();
    let counted = |name: &str| outcome.get(name).and_then(serde_json::Value::as_u64);
    let live = turns.iter().filter(|turn| turn.state != TurnState::Cancelled).count() as u64;
    let considered = counted("considered").filter(|_| counted("turns") == Some(live)).unwrap_or(0);
    let loads = loads(&mut reader, &turns, &calendar, usize::try_from(considered).unwrap_or(0))?;
    let figures = fairness(&loads);
    let seen: HashSet<_> = turns.iter().map(|turn| turn.id).collect();
    let mut ids: Vec<ExpertId> = consents.iter().map(|row| row.expert).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut known = names.experts.clone();
    for chunk in ids.chunks(500) {
        known.extend(db::expert::by_ids(&mut reader, chunk)?.into_iter().map(|row| (row.id, row.name)));
    }
    drop(reader);
    let mut people: BTreeMap<(String, ExpertId), Person> = BTreeMap::new();
    let mut of = |expert: ExpertId, add: &dyn Fn(&mut Person)| {
        let name = known.get(&expert).cloned().unwrap_or_default();
        let due = asks
            .iter()
            .find(|ask| ask.expert == expert && ask.answered_at.is_none())
            .and_then(|ask| ask.answer_due_at)
            .map(|at| l.short_due(at.and_utc()))
            .unwrap_or_default();
        let fresh =
            Person { href: format!("/experts/{expert}"), name: name.clone(), turns: 0, yes: 0, waiting: 0, no: 0, due };
        add(people.entry((name, expert)).or_insert(fresh));
    };
    for turn in &turns {
        if let Some(expert) = turn.expert {
            of(expert, &|person| person.turns += 1);
        }
    }
    for said in consents.iter().filter(|said| seen.contains(&said.turn)) {
        of(said.expert, &|person| match said.answer {
            ConsentAnswer::Yes => person.yes += 1,
            ConsentAnswer::Waiting => person.waiting += 1,
            ConsentAnswer::No | ConsentAnswer::RatherNot => person.no += 1,
            ConsentAnswer::Withdrawn => {}
        });
    }
    let asked: HashSet<_> = consents
        .iter()
        .filter(|said| matches!(said.answer, ConsentAnswer::Waiting | ConsentAnswer::Yes))
        .map(|said| (said.turn, said.expert))
        .collect();
    let to_ask = turns
        .iter()
        .filter(|turn| turn.state == TurnState::Proposed && turn.day >= today)
        .filter(|turn| turn.expert.is_some_and(|expert| !asked.contains(&(turn.id, expert))))
        .count();
    let count = |state: TurnState| turns.iter().filter(|turn| turn.state == state).count();
    let counts = [TurnState::Agreed, TurnState::Proposed, TurnState::Gap]
        .map(|state| (l.t(&format!("turn-state-{state}")), count(state)))
        .into_iter()
        .collect();
    let gaps = turns
        .iter()
        .filter(|turn| turn.state == TurnState::Gap)
        .take(60)
        .map(|turn| GapLine {
            when: when(l, turn),
            station: names.station(turn.station),
            why: why(l, turn),
            href: format!("/duty/turns/{}", turn.id),
        })
        .collect();
    let events = events(l, &turns, &names);
    let mut weeks = Vec::new();
    let mut day = monday(plan.from_on);
    while day <= plan.to_on && weeks.len() < 54 {
        let next = day.checked_add_days(Days::new(7)).unwrap_or(plan.to_on);
        let of_week: Vec<TurnRow> = turns.iter().filter(|turn| day <= turn.day && turn.day < next).cloned().collect();
        if !of_week.is_empty() {
            weeks.push(week(l, &of_week, &names, &Marks::default(), (day, today)));
        }
        if next <= day {
            break;
        }
        day = next;
    }
    let (bars, scale, say, notes) = told(l, &figures);
    let open = matches!(plan.state, PlanState::Draft | PlanState::Asking);
    Answer::page(&PlanPage {
        f: call.frame("duty"),
        id: plan.id.to_string(),
        period: l.a("duty-week-of", &[("from", &l.date(plan.from_on)), ("to", &l.date(plan.to_on))]),
        tag: plan_tag(l, plan.state),
        open,
        may_plan: call.account()?.role.has(Right::KeepRegister),
        to_ask,
        counts,
        proof: proof(l, &plan),
        people: people.into_values().collect(),
        bars,
        scale,
        say,
        notes,
        gaps,
        events,
        weeks,
        title: plan.title,
    })
}

fn back(id: DutyPlanId) -> String {
    format!("/duty/plans/{id}")
}

/// `POST /duty/plans/{id}/asking`.
///
/// # Errors
/// What [`ask_duty`] says.
pub fn ask(call: &Call) -> Answered {
    let id: DutyPlanId = call.id("id")?;
    let asked = ask_duty(&call.office, &call.actor()?, id)?;
    Ok(Answer::see_other(&back(id)).flash("flash-duty-asked", &[("n", &asked.to_string())]))
}

/// `POST /duty/plans/{id}/repair`.
///
/// # Errors
/// What [`repair_duty`] says.
pub fn repair(call: &Call) -> Answered {
    let id: DutyPlanId = call.id("id")?;
    let changed = repair_duty(&call.office, &call.actor()?, id)?;
    Ok(Answer::see_other(&back(id)).flash("flash-duty-repaired", &[("n", &changed.to_string())]))
}

/// `POST /duty/plans/{id}/withdrawal`.
///
/// # Errors
/// What [`withdraw_plan`] says.
pub fn withdraw(call: &Call) -> Answered {
    let id: DutyPlanId = call.id("id")?;
    withdraw_plan(&call.office, &call.actor()?, id)?;
    Ok(Answer::see_other(&back(id)).flash("flash-duty-withdrawn", &[]))
}
