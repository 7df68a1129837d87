//! Staff see to a turn: ask somebody to cover it, put somebody on it who said yes by phone, take somebody off, close it.
//!
//! Contract: an override needs the expert's yes as staff heard it, with its channel; the letter that follows lets the
//! expert say otherwise. Offered only to those who qualify.

use super::duty_people::{Substitute, bar_now, substitutes, substitutes_of_all};
use super::duty_seat::{free, offer, save_turn, say, seat, tell_changed, turn_of};
use super::{Actor, Done, Office};
use crate::db;
use crate::domain::assignment::AnsweredBy;
use crate::domain::duty::{ConsentAnswer, TurnState};
use crate::domain::event::Event;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::role::Right;
use crate::ids::{DutyTurnId, ExpertId};
use serde_json::json;

/// The most experts asked at once to cover a turn.
const MOST_ASKED: usize = 10;

/// Who could sit on a turn, best first.
///
/// # Errors
/// [`Refusal::NotFound`] outside the actor's scope.
pub fn who_could(office: &Office, actor: &Actor, id: DutyTurnId, most: usize) -> Done<Vec<Substitute>> {
    let mut reader = office.read()?;
    let turn = db::duty_turn::find(&mut reader, &id)?
        .filter(|turn| actor.scope().covers(&turn.region, turn.station))
        .ok_or(Refusal::NotFound)?;
    let plan = db::duty::find(&mut reader, &turn.plan)?.ok_or(Refusal::NotFound)?;
    substitutes(&mut reader, &turn, &plan, most)
}

/// Who could sit on each of several turns the caller may see, over one read of everybody.
///
/// # Errors
/// A fault of the machine.
pub fn who_could_all(office: &Office, turns: &[&db::duty_turn::TurnRow], most: usize) -> Done<Vec<Vec<Substitute>>> {
    substitutes_of_all(&mut *office.read()?, turns, most)
}

/// Asks experts by letter to take a free published turn; the first yes takes it.
///
/// # Errors
/// [`Refusal::WrongState`] when somebody sits there, or it is not published or over; [`Refusal::NotEligible`].
pub fn ask_cover(office: &Office, actor: &Actor, id: DutyTurnId, experts: &[ExpertId]) -> Done<()> {
    actor.needs(Right::WorkNeeds)?;
    if experts.is_empty() || experts.len() > MOST_ASKED {
        return Err(Refusal::Invalid(vec![FieldProblem::new("experts", "missing")]).into());
    }
    office.write(|tx| {
        let (turn, plan) = turn_of(tx, actor, id)?;
        if turn.state != TurnState::Gap || !turn.published || turn.span().ends() <= tx.now {
            return Err(Refusal::WrongState.into());
        }
        for expert in experts {
            db::expert::find(tx.conn, expert)?.ok_or(Refusal::NotFound)?;
            if let Some(rule) = bar_now(tx.conn, *expert, &turn, &plan, &[])? {
                return Err(Refusal::NotEligible(rule.as_str()).into());
            }
        }
        offer(tx, actor, &turn, experts)?;
        let detail = json!({"turn": id, "experts": experts});
        tx.event(plan.id.as_str(), actor, Event::DutyAsked, &detail)
    })
}

/// Puts an expert on a turn who said yes by phone, WeChat or at the counter; whoever sat there is told.
///
/// # Errors
/// [`Refusal::Invalid`] without a channel other than the link; [`Refusal::NotEligible`]; [`Refusal::WrongState`].
pub fn override_duty(
    office: &Office,
    actor: &Actor,
    id: DutyTurnId,
    expert: ExpertId,
    said_yes_by: Option<AnsweredBy>,
) -> Done<()> {
    actor.needs(Right::WorkNeeds)?;
    let channel = said_yes_by
        .filter(|channel| *channel != AnsweredBy::Link)
        .ok_or_else(|| Refusal::Invalid(vec![FieldProblem::new("said_yes_by", "missing")]))?;
    office.write(|tx| {
        let (mut turn, plan) = turn_of(tx, actor, id)?;
        db::expert::find(tx.conn, &expert)?.ok_or(Refusal::NotFound)?;
        let before = if turn.expert == Some(expert) {
            None
        } else {
            free(tx, actor, &mut turn, ConsentAnswer::Withdrawn, "duty-withdrawn")?
        };
        say(tx, actor, id, expert, ConsentAnswer::Yes, Some(channel))?;
        seat(tx, actor, (&mut turn, &plan), expert, &[])?;
        if turn.published {
            tell_changed(tx, actor, expert, plan.id)?;
            if let Some(before) = before {
                tell_changed(tx, actor, before, plan.id)?;
            }
        }
        Ok(())
    })
}

/// Takes whoever sits there off a turn; the gap stands on the desk.
///
/// # Errors
/// [`Refusal::WrongState`] when nobody does, or the turn is over; [`Refusal::NotFound`].
pub fn free_turn(office: &Office, actor: &Actor, id: DutyTurnId) -> Done<()> {
    actor.needs(Right::WorkNeeds)?;
    office.write(|tx| {
        let (mut turn, plan) = turn_of(tx, actor, id)?;
        if turn.span().ends() <= tx.now {
            return Err(Refusal::WrongState.into());
        }
        let Some(before) = free(tx, actor, &mut turn, ConsentAnswer::Withdrawn, "duty-withdrawn")? else {
            return Err(Refusal::WrongState.into());
        };
        if turn.published {
            tell_changed(tx, actor, before, plan.id)?;
        }
        Ok(())
    })
}

/// Closes a turn: the station does not open then. Whoever sat there is told.
///
/// # Errors
/// [`Refusal::WrongState`] when it is closed or over; [`Refusal::NotFound`].
pub fn close_turn(office: &Office, actor: &Actor, id: DutyTurnId) -> Done<()> {
    actor.needs(Right::WorkNeeds)?;
    office.write(|tx| {
        let (mut turn, plan) = turn_of(tx, actor, id)?;
        if turn.state == TurnState::Cancelled || turn.span().ends() <= tx.now {
            return Err(Refusal::WrongState.into());
        }
        let before = free(tx, actor, &mut turn, ConsentAnswer::Withdrawn, "duty-withdrawn")?;
        turn.state = TurnState::Cancelled;
        save_turn(tx, &mut turn)?;
        tx.event(plan.id.as_str(), actor, Event::DutyFreed, &json!({"turn": id, "why": "closed"}))?;
        if let (Some(before), true) = (before, turn.published) {
            tell_changed(tx, actor, before, plan.id)?;
        }
        super::duty_seat::settle_gaps(tx, &turn)
    })
}
