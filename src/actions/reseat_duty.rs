//! What came back from Excel, as a reviewed difference: who is proposed for which turn of a plan that is not published.
//!
//! Contract: [`compare`] writes nothing and names everything that cannot be; [`reseat`] does what was looked at, if the plan
//! did not move on since. The sheet is read as a whole: two experts may exchange turns that bar each other. A turn whose
//! expert said yes is left alone unless the sheet says otherwise; whoever is newly proposed is asked like everybody else.
//! Deliberately absent: files.

use super::duty_people::DutyCrowd;
use super::duty_seat::{plan_of, save_plan, save_turn, say};
use super::plan_duty::stations_of;
use super::{Actor, Done, Office};
use crate::db;
use crate::domain::duty::{ConsentAnswer, PlanState, TurnState, bar};
use crate::domain::event::Event;
use crate::domain::refusal::Refusal;
use crate::domain::role::Right;
use crate::ids::{DutyPlanId, DutyTurnId, ExpertId};
use serde_json::json;
use std::collections::HashMap;

/// What a row asks for: a turn, and somebody by id or name, or nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatAsked {
    /// The row, to name it.
    pub row: u32,
    /// The turn's id as written.
    pub turn: String,
    /// The expert's name as written.
    pub name: String,
    /// The expert's id as written.
    pub id: String,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatChange {
    /// The row it comes from.
    pub row: u32,
    /// The turn; `None` when there is no such turn in the plan.
    pub turn: Option<DutyTurnId>,
    /// Who is proposed now.
    pub from: Option<ExpertId>,
    /// Who would be.
    pub to: Option<ExpertId>,
    /// Why it cannot be: a code with the prefix `duty-bar-`; nothing when it can.
    pub problem: Option<&'static str>,
}

/// Compares a sheet with a plan: only what differs.
///
/// # Errors
/// [`Refusal::NotFound`]; [`Refusal::WrongState`] once it is published.
pub fn compare(office: &Office, actor: &Actor, id: DutyPlanId, asked: &[SeatAsked]) -> Done<(i32, Vec<SeatChange>)> {
    let mut reader = office.read()?;
    let plan = db::duty::find(&mut reader, &id)?.ok_or(Refusal::NotFound)?;
    let turns = db::duty_turn::of_plan(&mut reader, id)?;
    let scope = actor.scope();
    if !turns.iter().all(|turn| scope.covers(&turn.region, turn.station)) {
        return Err(Refusal::NotFound.into());
    }
    if !matches!(plan.state, PlanState::Draft | PlanState::Asking) {
        return Err(Refusal::WrongState.into());
    }
    let stations = stations_of(&mut reader, &turns)?;
    let crowd = DutyCrowd::read(&mut reader, None, (plan.from_on, plan.to_on))?;
    drop(reader);
    let by_id: HashMap<DutyTurnId, _> = turns.iter().map(|turn| (turn.id, turn)).collect();
    let rules = plan.rules.get();
    let mut changes = Vec::new();
    for one in asked {
        let turn = one.turn.parse::<DutyTurnId>().ok().and_then(|id| by_id.get(&id).copied());
        let Some(turn) = turn.filter(|turn| turn.state != TurnState::Cancelled) else {
            let problem = Some("duty-no-turn");
            changes.push(SeatChange { row: one.row, turn: None, from: None, to: None, problem });
            continue;
        };
        let held = turn.expert.and_then(|id| crowd.experts.iter().find(|row| row.id == id));
        // A name that was typed over counts more than the number left beside it.
        let renamed = held.is_none_or(|row| row.name != one.name) && !one.name.is_empty();
        let wanted = if one.name.is_empty() && one.id.is_empty() {
            Ok(None)
        } else if renamed {
            let mut named = crowd.experts.iter().filter(|row| row.name == one.name);
            match (named.next(), named.next()) {
                (Some(row), None) => Ok(Some(row)),
                (Some(_), Some(_)) => crowd
                    .experts
                    .iter()
                    .find(|row| row.id.as_str() == one.id && row.name == one.name)
                    .map(Some)
                    .ok_or("duty-two-names"),
                (None, _) => Err("duty-no-expert"),
            }
        } else if one.name.is_empty() {
            Ok(None)
        } else {
            crowd.experts.iter().find(|row| row.id.as_str() == one.id).or(held).map(Some).ok_or("duty-no-expert")
        };
        let (to, problem) = match wanted {
            Ok(row) => (row.map(|row| row.id), None),
            Err(code) => (None, Some(code)),
        };
        if problem.is_none() && to == turn.expert {
            continue;
        }
        changes.push(SeatChange { row: one.row, turn: Some(turn.id), from: turn.expert, to, problem });
    }
    // Whether each can be, beside everything else that would be as the sheet says.
    let wished: Vec<(DutyTurnId, Option<ExpertId>, Option<ExpertId>)> = changes
        .iter()
        .filter(|change| change.problem.is_none())
        .filter_map(|change| Some((change.turn?, change.from, change.to)))
        .collect();
    for change in &mut changes {
        let (Some(id), Some(to), None) = (change.turn, change.to, change.problem) else { continue };
        let (Some(turn), Some(row)) = (by_id.get(&id), crowd.experts.iter().find(|row| row.id == to)) else { continue };
        let Some(station) = stations.get(&turn.station) else { continue };
        let mut person = crowd.person(row, station, None);
        let given_up = |held: DutyTurnId| wished.iter().any(|(turn, from, _)| *turn == held && *from == Some(to));
        person.held.retain(|(held, _)| !given_up(*held));
        let taken = wished.iter().filter(|(other, _, taker)| *taker == Some(to) && *other != id);
        person.held.extend(taken.filter_map(|(other, ..)| Some((*other, by_id.get(other)?.span()))));
        change.problem = bar(&person, (id, turn.span()), &rules, &[]).map(|rule| rule.as_str());
    }
    Ok((plan.version, changes))
}

/// Proposes as looked at. Answers how many turns changed.
///
/// # Errors
/// [`Refusal::ChangedMeanwhile`]; [`Refusal::NotEligible`] when a rule says no by now; [`Refusal::WrongState`].
pub fn reseat(
    office: &Office,
    actor: &Actor,
    id: DutyPlanId,
    version: i32,
    seats: &[(DutyTurnId, Option<ExpertId>)],
) -> Done<usize> {
    actor.needs(Right::KeepRegister)?;
    office.write(|tx| {
        let mut plan = plan_of(tx, actor, id)?;
        if !matches!(plan.state, PlanState::Draft | PlanState::Asking) {
            return Err(Refusal::WrongState.into());
        }
        if plan.version != version {
            return Err(Refusal::ChangedMeanwhile.into());
        }
        // All are freed before anybody is proposed, so that nobody stands in the way of an exchange.
        let mut freed = Vec::new();
        for (turn, expert) in seats {
            let mut turn = db::duty_turn::find(tx.conn, turn)?.filter(|row| row.plan == id).ok_or(Refusal::NotFound)?;
            if turn.expert == *expert || turn.state == TurnState::Cancelled {
                continue;
            }
            if let Some(before) = turn.expert
                && db::duty_consent::of(tx.conn, turn.id, before)?.is_some()
            {
                say(tx, actor, turn.id, before, ConsentAnswer::Withdrawn, None)?;
            }
            turn.expert = None;
            turn.state = TurnState::Gap;
            turn.why = None;
            save_turn(tx, &mut turn)?;
            freed.push((turn, *expert));
        }
        let changed = freed.len();
        for (mut turn, expert) in freed {
            let Some(expert) = expert else { continue };
            if let Some(rule) = super::duty_people::bar_now(tx.conn, expert, &turn, &plan, &[])? {
                return Err(Refusal::NotEligible(rule.as_str()).into());
            }
            turn.expert = Some(expert);
            turn.state = TurnState::Proposed;
            save_turn(tx, &mut turn)?;
        }
        save_plan(tx, &mut plan)?;
        tx.event(id.as_str(), actor, Event::DutyRepaired, &json!({"changed": changed, "by": "sheet"}))?;
        Ok(changed)
    })
}
