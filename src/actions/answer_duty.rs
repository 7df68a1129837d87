//! An expert says which turns suit (可以、最好不要、不能), by link or as staff enter it after a call; 不能 writes leave.
//!
//! Contract: the answers of one call are one transaction; a yes to a free published turn takes it, the first yes wins.
//! Whoever said yes may still say no: then the turn looks for somebody else in the same act. Late answers count while the
//! turn is not over: silence is no yes, but a late yes is one.

use super::duty_seat::{offer, say, seat, tell_changed, turn_of};
use super::rehome_duty::leave_turn;
use super::{Actor, Done, Office, Tx};
use crate::db;
use crate::db::duty_turn::TurnRow;
use crate::db::expert::LeaveRow;
use crate::domain::assignment::AnsweredBy;
use crate::domain::calendar::beijing_date;
use crate::domain::duty::{ConsentAnswer, TurnState};
use crate::domain::event::Event;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::role::Right;
use crate::ids::{DutyTurnId, ExpertId, LeaveId};
use serde_json::json;

/// What an expert may be asked about: they are proposed, or were asked, or the turn is theirs.
fn concerns(tx: &mut Tx<'_>, turn: &TurnRow, expert: ExpertId) -> Done<bool> {
    if turn.expert == Some(expert) {
        return Ok(true);
    }
    let said = db::duty_consent::of(tx.conn, turn.id, expert)?;
    Ok(said.is_some_and(|row| row.answer != ConsentAnswer::Withdrawn))
}

/// Takes answers. `channel` says how they reached the office; an expert's own are by link. Answers how many were taken
/// and the rule that kept the first turn from being taken, if one did.
///
/// # Errors
/// [`Refusal::NotFound`] for a turn the expert was not asked about; [`Refusal::SeatTaken`] when somebody else said yes
/// first; [`Refusal::NotEligible`]; [`Refusal::WrongState`] for a turn that is over.
pub fn answer_duty(
    office: &Office,
    actor: &Actor,
    expert: ExpertId,
    answers: &[(DutyTurnId, ConsentAnswer)],
    channel: AnsweredBy,
) -> Done<usize> {
    let channel = match actor {
        Actor::Expert(own) if *own == expert => AnsweredBy::Link,
        Actor::Expert(_) | Actor::Enterprise(_) | Actor::Desk => return Err(Refusal::NotYours.into()),
        Actor::Staff(_) | Actor::Operator if channel == AnsweredBy::Link => {
            return Err(Refusal::Invalid(vec![FieldProblem::new("channel", "not-known")]).into());
        }
        Actor::Staff(_) | Actor::Operator => channel,
    };
    actor.needs(Right::WorkNeeds)?;
    if answers.is_empty() {
        return Err(Refusal::Invalid(vec![FieldProblem::new("answers", "missing")]).into());
    }
    office.write(|tx| {
        let mut answers = answers.to_vec();
        answers.sort_unstable();
        for (id, answer) in &answers {
            let (turn, plan) = turn_of(tx, actor, *id)?;
            if !concerns(tx, &turn, expert)? {
                return Err(Refusal::NotFound.into());
            }
            if turn.state == TurnState::Cancelled || turn.span().ends() <= tx.now {
                return Err(Refusal::WrongState.into());
            }
            match answer {
                ConsentAnswer::Yes => yes(tx, actor, turn, &plan, expert, channel)?,
                ConsentAnswer::RatherNot | ConsentAnswer::No => no(tx, actor, turn, expert, *answer, channel)?,
                ConsentAnswer::Waiting | ConsentAnswer::Withdrawn => {
                    return Err(Refusal::Invalid(vec![FieldProblem::new("answer", "not-known")]).into());
                }
            }
            let detail = json!({"turn": id, "expert": expert, "answer": answer, "by": channel});
            tx.event(plan.id.as_str(), actor, Event::DutyAnswered, &detail)?;
        }
        close_asks(tx, expert)?;
        Ok(answers.len())
    })
}

fn yes(
    tx: &mut Tx<'_>,
    actor: &Actor,
    mut turn: TurnRow,
    plan: &db::duty::PlanRow,
    expert: ExpertId,
    channel: AnsweredBy,
) -> Done<()> {
    if turn.expert.is_some_and(|other| other != expert) {
        return Err(Refusal::SeatTaken.into());
    }
    if turn.expert == Some(expert) && turn.state == TurnState::Agreed {
        return Ok(());
    }
    let taken_late = turn.expert.is_none() && turn.published;
    say(tx, actor, turn.id, expert, ConsentAnswer::Yes, Some(channel))?;
    seat(tx, actor, (&mut turn, plan), expert, &[])?;
    if taken_late {
        // Everybody else who was asked need not answer any more.
        for said in db::duty_consent::of_turn(tx.conn, turn.id)? {
            if said.expert != expert && said.answer == ConsentAnswer::Waiting {
                say(tx, actor, turn.id, said.expert, ConsentAnswer::Withdrawn, None)?;
            }
        }
        tell_changed(tx, actor, expert, plan.id)?;
    }
    Ok(())
}

fn no(
    tx: &mut Tx<'_>,
    actor: &Actor,
    turn: TurnRow,
    expert: ExpertId,
    answer: ConsentAnswer,
    channel: AnsweredBy,
) -> Done<()> {
    let day = turn.day;
    let held = turn.expert == Some(expert);
    let id = turn.id;
    if held {
        let asked = leave_turn(tx, actor, turn, answer, "duty-said-no")?;
        if !asked.is_empty() {
            let row = db::duty_turn::find(tx.conn, &id)?.ok_or(Refusal::NotFound)?;
            offer(tx, actor, &row, &asked)?;
        }
    }
    say(tx, actor, id, expert, answer, Some(channel))?;
    if answer == ConsentAnswer::No {
        write_leave(tx, actor, expert, day)?;
    }
    Ok(())
}

/// 不能 writes leave for the day, unless it stands.
fn write_leave(tx: &mut Tx<'_>, actor: &Actor, expert: ExpertId, day: chrono::NaiveDate) -> Done<()> {
    let known = db::expert::leaves_of(tx.conn, expert)?;
    if known.iter().any(|leave| leave.from_on <= day && day <= leave.to_on) {
        return Ok(());
    }
    let row = LeaveRow {
        id: LeaveId::from_minted(tx.mint()),
        expert,
        from_on: day,
        to_on: day,
        reason: Some("值班".to_owned()),
    };
    db::expert::insert_leaves(tx.conn, std::slice::from_ref(&row))?;
    tx.event(expert.as_str(), actor, Event::LeaveEntered, &json!({"from": day, "to": day}))?;
    tx.changed("expert", expert.as_str())?;
    super::rehome_duty::within(tx, actor, expert, (day, day), "leave")?;
    Ok(())
}

/// Marks the askings as answered whose every turn was.
fn close_asks(tx: &mut Tx<'_>, expert: ExpertId) -> Done<()> {
    let open = db::duty_ask::open_of_expert(tx.conn, expert)?;
    if open.is_empty() {
        return Ok(());
    }
    let waiting: Vec<DutyTurnId> = db::duty_consent::of_expert(tx.conn, expert, beijing_date(tx.now))?
        .into_iter()
        .filter(|row| row.answer == ConsentAnswer::Waiting)
        .map(|row| row.turn)
        .collect();
    let plans: Vec<_> = db::duty_turn::by_ids(tx.conn, &waiting)?.into_iter().map(|turn| turn.plan).collect();
    for mut ask in open {
        if !plans.contains(&ask.plan) {
            ask.answered_at = Some(tx.now.naive_utc());
            db::duty_ask::save(tx.conn, &ask)?;
        }
    }
    Ok(())
}
