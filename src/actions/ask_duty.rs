//! The experts of a plan are asked first (征求意见): one letter each with a sealed link, an answer by the answer rule.
//!
//! The clock of the answer starts when the mail server took the letter, as with an offer. Silence is no yes: a turn whose
//! expert said nothing is empty when the plan is published, and no breach is recorded for it.

use super::duty_seat::{plan_of, save_plan, say};
use super::{Actor, Done, Letter, Office, Tx};
use crate::db;
use crate::db::duty_ask::AskRow;
use crate::domain::answer_rule::due;
use crate::domain::calendar::beijing_date;
use crate::domain::duty::{ConsentAnswer, PlanState, TurnState};
use crate::domain::event::Event;
use crate::domain::notice::NoticeKind;
use crate::domain::refusal::Refusal;
use crate::domain::role::Right;
use crate::ids::{DutyAskId, DutyPlanId, DutyTurnId, ExpertId};
use chrono::{DateTime, Utc};
use serde_json::json;
use std::collections::BTreeMap;

/// Asks everybody who is proposed and was not asked yet. Answers how many experts are asked now.
///
/// # Errors
/// [`Refusal::WrongState`] once it is published; [`Refusal::NotFound`].
pub fn ask_duty(office: &Office, actor: &Actor, id: DutyPlanId) -> Done<usize> {
    actor.needs(Right::KeepRegister)?;
    office.write(|tx| {
        let mut plan = plan_of(tx, actor, id)?;
        if !matches!(plan.state, PlanState::Draft | PlanState::Asking) {
            return Err(Refusal::WrongState.into());
        }
        let today = beijing_date(tx.now);
        let said: BTreeMap<(DutyTurnId, ExpertId), ConsentAnswer> = db::duty_consent::of_plan(tx.conn, id)?
            .into_iter()
            .map(|row| ((row.turn, row.expert), row.answer))
            .collect();
        let mut asked: BTreeMap<ExpertId, usize> = BTreeMap::new();
        for turn in db::duty_turn::of_plan(tx.conn, id)? {
            let (TurnState::Proposed, Some(expert)) = (turn.state, turn.expert) else { continue };
            let known = said.get(&(turn.id, expert)).copied();
            if turn.day < today || matches!(known, Some(ConsentAnswer::Waiting | ConsentAnswer::Yes)) {
                continue;
            }
            say(tx, actor, turn.id, expert, ConsentAnswer::Waiting, None)?;
            *asked.entry(expert).or_default() += 1;
        }
        for expert in asked.keys() {
            let round = db::duty_ask::newest(tx.conn, id, *expert)?.map_or(1, |row| row.round + 1);
            let ask = AskRow {
                id: DutyAskId::from_minted(tx.mint()),
                plan: id,
                expert: *expert,
                round,
                asked_at: tx.now.naive_utc(),
                notified_at: None,
                answer_due_at: None,
                answered_at: None,
            };
            db::duty_ask::insert(tx.conn, &ask)?;
            let mut letter = Letter::new(NoticeKind::DutyAsk, format!("duty-ask:{}", ask.id)).to_expert(*expert);
            letter.plan = Some(id);
            letter.ordinal = Some(round);
            tx.owe(actor, letter)?;
        }
        if !asked.is_empty() {
            plan.state = PlanState::Asking;
            plan.asked_at = plan.asked_at.or(Some(tx.now.naive_utc()));
            save_plan(tx, &mut plan)?;
            let detail = json!({"experts": asked.len(), "turns": asked.values().sum::<usize>()});
            tx.event(id.as_str(), actor, Event::DutyAsked, &detail)?;
        }
        Ok(asked.len())
    })
}

/// The mail server took a letter that asks: the clock of the answer starts.
pub(super) fn notified(tx: &mut Tx<'_>, plan: DutyPlanId, expert: ExpertId, at: DateTime<Utc>) -> Done<()> {
    let Some(mut ask) = db::duty_ask::newest(tx.conn, plan, expert)? else { return Ok(()) };
    if ask.notified_at.is_some() {
        return Ok(());
    }
    ask.notified_at = Some(at.naive_utc());
    ask.answer_due_at = Some(due_from(tx, at)?.naive_utc());
    Ok(db::duty_ask::save(tx.conn, &ask)?)
}

fn due_from(tx: &mut Tx<'_>, at: DateTime<Utc>) -> Done<DateTime<Utc>> {
    let policy = tx.policy()?;
    Ok(due(policy.counting_rule, policy.waking_hours_floor, at, &tx.office.calendar()).due_at)
}
