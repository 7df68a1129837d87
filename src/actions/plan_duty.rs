//! A managing centre plans the duty turns of its stations (轮值): the turns the calendar opens, and a fair first proposal.
//!
//! Nobody is asked and nobody is told. The search runs before the transaction opens, on rows read just before; what
//! changes meanwhile is met again when the plan is published. Source: Beijing standard, 服务要求 b).

use super::duty_people::DutyCrowd;
use super::duty_seat::{plan_of, save_plan, save_turn};
use super::solve_duty::{Seated, Table};
use super::{Actor, Done, Office};
use crate::db;
use crate::db::duty::PlanRow;
use crate::db::duty_turn::TurnRow;
use crate::db::station::StationRow;
use crate::db::{Conn, JsonText};
use crate::domain::duty::pattern::{MOST_TURNS, check};
use crate::domain::duty::{ConsentAnswer, DutyRules, PlanState, TurnState, turns_of};
use crate::domain::event::Event;
use crate::domain::refusal::{FieldProblem, Problems, Refusal};
use crate::domain::role::Right;
use crate::ids::{DutyPlanId, DutyTurnId, StationId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::HashMap;

/// A plan as asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanInput {
    /// What it is called.
    pub title: String,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// What it asks for.
    pub rules: DutyRules,
}

/// The stations of those turns.
///
/// # Errors
/// What the database says.
pub fn stations_of(conn: &mut Conn, turns: &[TurnRow]) -> Done<HashMap<StationId, StationRow>> {
    let mut stations = HashMap::new();
    for turn in turns {
        if let std::collections::hash_map::Entry::Vacant(place) = stations.entry(turn.station)
            && let Some(row) = db::station::find(conn, &turn.station)?
        {
            place.insert(row);
        }
    }
    Ok(stations)
}

/// Makes a plan and its first proposal.
///
/// # Errors
/// [`Refusal::Invalid`] naming what cannot be planned; [`Refusal::NotYours`]; [`Refusal::NotFound`] for a station
/// outside the actor's scope.
pub fn plan_duty(office: &Office, actor: &Actor, input: &PlanInput) -> Done<DutyPlanId> {
    actor.needs(Right::KeepRegister)?;
    let mut p = Problems::default();
    let title = p.text("title", &input.title, 80);
    check(&input.rules, input.from, input.to, &mut p);
    p.settle()?;
    let now = office.now();
    let specs = turns_of(&input.rules, input.from, input.to, &office.calendar());
    if specs.is_empty() || specs.len() > MOST_TURNS {
        let field = FieldProblem::with("patterns", "out-of-range", format!("1–{MOST_TURNS}"));
        return Err(Refusal::Invalid(vec![field]).into());
    }
    let mut reader = office.read()?;
    let plan = PlanRow {
        id: DutyPlanId::from_minted(office.chance.id(now)),
        title,
        state: PlanState::Draft,
        from_on: input.from,
        to_on: input.to,
        rules: JsonText::of(&input.rules),
        outcome: JsonText::of(&json!({})),
        created_by: actor.account(),
        created_at: now.naive_utc(),
        asked_at: None,
        published_by: None,
        published_at: None,
        updated_at: now.naive_utc(),
        version: 1,
    };
    let scope = actor.scope();
    let mut stations: HashMap<StationId, StationRow> = HashMap::new();
    let mut turns = Vec::with_capacity(specs.len());
    for spec in specs {
        if !stations.contains_key(&spec.station) {
            let row = db::station::find(&mut reader, &spec.station)?
                .filter(|row| scope.covers(&row.region, row.id))
                .ok_or(Refusal::NotFound)?;
            stations.insert(row.id, row);
        }
        let region = stations.get(&spec.station).map(|row| row.region.clone()).unwrap_or_default();
        turns.push(TurnRow {
            id: DutyTurnId::from_minted(office.chance.id(now)),
            plan: plan.id,
            station: spec.station,
            region,
            day: spec.span.day,
            part: spec.part,
            from_minute: spec.span.from,
            to_minute: spec.span.to,
            seat: spec.seat,
            event: spec.event,
            wanted: JsonText::of(&spec.wanted),
            state: TurnState::Gap,
            expert: None,
            published: false,
            why: None,
            alternates: JsonText::of(&Vec::new()),
            sequence: 0,
            reconfirmed_at: None,
            signed_in_at: None,
            signed_in_by: None,
            missed_at: None,
            updated_at: now.naive_utc(),
        });
    }
    let crowd = DutyCrowd::for_plan(&mut reader, (input.from, input.to), &input.rules)?;
    drop(reader);
    let (seated, outcome) = Table::set(&plan, turns.iter().collect(), &crowd, &stations).draft(input.rules.seed)?;
    let mut plan = plan;
    plan.outcome = JsonText::of(&outcome);
    let found: HashMap<DutyTurnId, Seated> = seated.into_iter().map(|one| (one.turn, one)).collect();
    for turn in &mut turns {
        if let Some(one) = found.get(&turn.id) {
            propose(turn, one);
        }
    }
    office.write(|tx| {
        tx.makes(plan.id);
        db::duty::insert(tx.conn, &plan)?;
        db::duty_turn::insert_many(tx.conn, &turns)?;
        let detail = json!({"turns": turns.len(), "from": plan.from_on, "to": plan.to_on});
        tx.event(plan.id.as_str(), actor, Event::DutyPlanned, &detail)
    })?;
    Ok(plan.id)
}

/// Takes over what the search says of a turn. Answers whether somebody else is proposed now.
fn propose(turn: &mut TurnRow, found: &Seated) -> bool {
    let other = turn.expert != found.expert;
    turn.alternates = JsonText::of(&found.alternates);
    if other {
        turn.expert = found.expert;
        turn.state = if found.expert.is_some() { TurnState::Proposed } else { TurnState::Gap };
    }
    turn.why = found.why.map(str::to_owned);
    other
}

/// Plans anew around what was said, with the fewest changes: a yes stays where the rules still allow it, a no moves on.
/// Answers how many turns have somebody else now.
///
/// # Errors
/// [`Refusal::WrongState`] once it is published; [`Refusal::ChangedMeanwhile`]; [`Refusal::NotFound`].
pub fn repair_duty(office: &Office, actor: &Actor, id: DutyPlanId) -> Done<usize> {
    actor.needs(Right::KeepRegister)?;
    let mut reader = office.read()?;
    let plan = db::duty::find(&mut reader, &id)?.ok_or(Refusal::NotFound)?;
    if !matches!(plan.state, PlanState::Draft | PlanState::Asking) {
        return Err(Refusal::WrongState.into());
    }
    let turns = db::duty_turn::of_plan(&mut reader, id)?;
    let stations = stations_of(&mut reader, &turns)?;
    let crowd = DutyCrowd::for_plan(&mut reader, (plan.from_on, plan.to_on), &plan.rules.get())?;
    drop(reader);
    let live: Vec<&TurnRow> = turns.iter().filter(|turn| turn.state != TurnState::Cancelled).collect();
    let (seated, outcome) = Table::set(&plan, live, &crowd, &stations).around(plan.rules.get().seed)?;
    let found: HashMap<DutyTurnId, Seated> = seated.into_iter().map(|one| (one.turn, one)).collect();
    office.write(|tx| {
        let mut now = plan_of(tx, actor, id)?;
        if now.version != plan.version {
            return Err(Refusal::ChangedMeanwhile.into());
        }
        let mut changed = 0;
        for turn in &turns {
            let Some(one) = found.get(&turn.id) else { continue };
            let mut turn = turn.clone();
            let before = turn.expert;
            if propose(&mut turn, one) {
                changed += 1;
                if let Some(out) = before
                    && let Some(said) = db::duty_consent::of(tx.conn, turn.id, out)?
                    && matches!(said.answer, ConsentAnswer::Waiting | ConsentAnswer::Yes)
                {
                    super::duty_seat::say(tx, actor, turn.id, out, ConsentAnswer::Withdrawn, None)?;
                }
            }
            save_turn(tx, &mut turn)?;
        }
        now.outcome = JsonText::of(&outcome);
        save_plan(tx, &mut now)?;
        tx.event(id.as_str(), actor, Event::DutyRepaired, &json!({"changed": changed}))?;
        Ok(changed)
    })
}

/// Gives a plan up that was never published.
///
/// # Errors
/// [`Refusal::WrongState`], [`Refusal::NotFound`].
pub fn withdraw_plan(office: &Office, actor: &Actor, id: DutyPlanId) -> Done<()> {
    actor.needs(Right::KeepRegister)?;
    office.write(|tx| {
        let mut plan = plan_of(tx, actor, id)?;
        if !matches!(plan.state, PlanState::Draft | PlanState::Asking) {
            return Err(Refusal::WrongState.into());
        }
        plan.state = PlanState::Withdrawn;
        for mut turn in db::duty_turn::of_plan(tx.conn, id)? {
            turn.expert = None;
            turn.state = TurnState::Cancelled;
            save_turn(tx, &mut turn)?;
        }
        for said in db::duty_consent::of_plan(tx.conn, id)? {
            if matches!(said.answer, ConsentAnswer::Waiting | ConsentAnswer::Yes) {
                super::duty_seat::say(tx, actor, said.turn, said.expert, ConsentAnswer::Withdrawn, None)?;
            }
        }
        save_plan(tx, &mut plan)?;
        tx.event(id.as_str(), actor, Event::DutyWithdrawn, &json!({}))
    })
}
