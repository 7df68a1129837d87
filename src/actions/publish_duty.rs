//! A plan is looked at once more (what changes, who gets which letter) and published in one act.
//!
//! Contract: only a turn whose expert has said yes, and whom the rules of this moment still allow, is published with a
//! name; every other is a published gap. The preview is reckoned by the same function as the act, and the act refuses a
//! plan that moved on since.

use super::duty_people::DutyCrowd;
use super::duty_seat::{leave_gap_task, plan_of, save_plan, save_turn};
use super::{Actor, Done, Letter, Office};
use crate::db::duty::PlanRow;
use crate::db::duty_turn::TurnRow;
use crate::db::{self, Conn};
use crate::domain::calendar::beijing_date;
use crate::domain::duty::{ConsentAnswer, PlanState, TurnState, bar};
use crate::domain::event::Event;
use crate::domain::notice::NoticeKind;
use crate::domain::refusal::Refusal;
use crate::domain::role::Right;
use crate::ids::{DutyPlanId, DutyTurnId, ExpertId};
use serde_json::json;
use std::collections::{BTreeMap, HashSet};

/// What publishing does to one turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The turn.
    pub turn: DutyTurnId,
    /// Who stands on the published rota.
    pub expert: Option<ExpertId>,
    /// Who was proposed and is left out.
    pub left_out: Option<ExpertId>,
    /// Why: a code.
    pub why: Option<String>,
}

/// What publishing does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The plan's version it was reckoned on.
    pub version: i32,
    /// Every turn of the plan that is to come.
    pub outcomes: Vec<Outcome>,
    /// Who gets the letter with their turns, and how many there are.
    pub letters: BTreeMap<ExpertId, usize>,
}

impl Preview {
    /// How many turns nobody has.
    #[must_use]
    pub fn gaps(&self) -> usize {
        self.outcomes.iter().filter(|one| one.expert.is_none()).count()
    }
}

fn reckon(conn: &mut Conn, plan: &PlanRow, turns: &[TurnRow], now: chrono::DateTime<chrono::Utc>) -> Done<Preview> {
    let said_yes: HashSet<(DutyTurnId, ExpertId)> = db::duty_consent::of_plan(conn, plan.id)?
        .into_iter()
        .filter(|row| row.answer == ConsentAnswer::Yes)
        .map(|row| (row.turn, row.expert))
        .collect();
    let mut seated: Vec<ExpertId> = turns.iter().filter_map(|turn| turn.expert).collect();
    seated.sort_unstable();
    seated.dedup();
    let crowd = DutyCrowd::read(conn, Some(&seated), (plan.from_on, plan.to_on))?;
    let stations = super::plan_duty::stations_of(conn, turns)?;
    let rules = plan.rules.get();
    let mut preview = Preview { version: plan.version, outcomes: Vec::new(), letters: BTreeMap::new() };
    for turn in turns.iter().filter(|turn| turn.state != TurnState::Cancelled && turn.span().ends() > now) {
        let mut outcome = Outcome { turn: turn.id, expert: None, left_out: None, why: turn.why.clone() };
        if let Some(expert) = turn.expert {
            let row = crowd.experts.iter().find(|row| row.id == expert);
            let rule = match (row, stations.get(&turn.station)) {
                (Some(row), Some(station)) => {
                    bar(&crowd.person(row, station, None), (turn.id, turn.span()), &rules, &[])
                }
                _ => Some(crate::domain::duty::DutyBar::Standing),
            };
            let yes = said_yes.contains(&(turn.id, expert));
            match rule {
                _ if !yes => (outcome.left_out, outcome.why) = (Some(expert), Some("duty-no-yes".to_owned())),
                Some(rule) => (outcome.left_out, outcome.why) = (Some(expert), Some(rule.as_str().to_owned())),
                None => {
                    outcome.expert = Some(expert);
                    outcome.why = None;
                    *preview.letters.entry(expert).or_default() += 1;
                }
            }
        }
        preview.outcomes.push(outcome);
    }
    Ok(preview)
}

/// What publishing would do now.
///
/// # Errors
/// [`Refusal::WrongState`] once it is published; [`Refusal::NotFound`].
pub fn preview(office: &Office, actor: &Actor, id: DutyPlanId) -> Done<Preview> {
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
    reckon(&mut reader, &plan, &turns, office.now())
}

/// Publishes a plan as previewed. Answers how many turns have somebody, and how many nobody.
///
/// # Errors
/// [`Refusal::ChangedMeanwhile`] when the plan moved on since the preview; [`Refusal::WrongState`];
/// [`Refusal::NotFound`].
pub fn publish_duty(office: &Office, actor: &Actor, id: DutyPlanId, version: i32) -> Done<(usize, usize)> {
    actor.needs(Right::KeepRegister)?;
    office.write(|tx| {
        let mut plan = plan_of(tx, actor, id)?;
        if !matches!(plan.state, PlanState::Draft | PlanState::Asking) {
            return Err(Refusal::WrongState.into());
        }
        if plan.version != version {
            return Err(Refusal::ChangedMeanwhile.into());
        }
        let turns = db::duty_turn::of_plan(tx.conn, id)?;
        let preview = reckon(tx.conn, &plan, &turns, tx.now)?;
        let by_turn: BTreeMap<DutyTurnId, &Outcome> = preview.outcomes.iter().map(|one| (one.turn, one)).collect();
        plan.state = PlanState::Published;
        plan.published_at = Some(tx.now.naive_utc());
        plan.published_by = actor.account();
        let mut first_gaps: BTreeMap<crate::ids::StationId, TurnRow> = BTreeMap::new();
        let today = beijing_date(tx.now);
        for mut turn in turns {
            let Some(outcome) = by_turn.get(&turn.id) else {
                // Over before it was published: nobody was on duty.
                if turn.state != TurnState::Cancelled {
                    turn.state = TurnState::Cancelled;
                    turn.expert = None;
                    save_turn(tx, &mut turn)?;
                }
                continue;
            };
            turn.published = true;
            turn.expert = outcome.expert;
            turn.why.clone_from(&outcome.why);
            turn.state = if outcome.expert.is_some() { TurnState::Agreed } else { TurnState::Gap };
            save_turn(tx, &mut turn)?;
            if turn.expert.is_none() && turn.day >= today {
                let known = first_gaps.entry(turn.station).or_insert_with(|| turn.clone());
                if turn.span() < known.span() {
                    *known = turn;
                }
            }
        }
        for turn in first_gaps.values() {
            leave_gap_task(tx, turn)?;
        }
        for expert in preview.letters.keys() {
            let letter = Letter::new(NoticeKind::DutyPublished, format!("duty-published:{id}:{expert}"))
                .to_expert(*expert)
                .of_plan(id);
            tx.owe(actor, letter)?;
        }
        save_plan(tx, &mut plan)?;
        let gaps = preview.gaps();
        let manned = preview.outcomes.len() - gaps;
        let detail = json!({"manned": manned, "gaps": gaps, "letters": preview.letters.len()});
        tx.event(id.as_str(), actor, Event::DutyPublished, &detail)?;
        Ok((manned, gaps))
    })
}
