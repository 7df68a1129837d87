//! Turns change hands (互换、让班、接班), whole or in part: only to those who qualify, only with both sides' yes, and with
//! the office's where the plan's rules ask for it.
//!
//! Contract: whoever asks has said yes to what they would get by asking; the other side says yes by link, or by phone as
//! staff enter it. Both turns, both consents, and both letters change in one transaction or not at all.

use super::duty_people::{bar_now, substitutes};
use super::duty_seat::{save_turn, say, seat, tell_changed, turn_of};
use super::{Actor, Done, Letter, Office, Tx};
use crate::db;
use crate::db::duty::PlanRow;
use crate::db::duty_change::SwapRow;
use crate::db::duty_turn::TurnRow;
use crate::domain::assignment::AnsweredBy;
use crate::domain::duty::{ConsentAnswer, SwapKind, SwapState, TurnState};
use crate::domain::event::Event;
use crate::domain::notice::NoticeKind;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::role::Right;
use crate::domain::task::TaskKind;
use crate::ids::{DutySwapId, DutyTurnId, ExpertId, TaskId};
use serde_json::json;

/// A change as asked for.
#[derive(Debug, Clone, Copy)]
pub struct SwapInput {
    /// Kind.
    pub kind: SwapKind,
    /// The turn: one's own, or in a take the free one.
    pub turn: DutyTurnId,
    /// The turn wanted for it, in a swap.
    pub other_turn: Option<DutyTurnId>,
    /// To whom it is given; `None`: offered to the best who qualify.
    pub to: Option<ExpertId>,
    /// Only these minutes of the day are given; they begin or end with the turn.
    pub part: Option<(i32, i32)>,
}

/// To how many a turn is offered when nobody is named.
const OFFERED_TO: usize = 3;

/// On whose behalf: an expert's own link, or staff after a call.
fn speaker(actor: &Actor, expert: ExpertId, channel: Option<AnsweredBy>) -> Result<AnsweredBy, Refusal> {
    match actor {
        Actor::Expert(own) if *own == expert => Ok(AnsweredBy::Link),
        Actor::Staff(_) | Actor::Operator => channel
            .filter(|channel| *channel != AnsweredBy::Link)
            .ok_or_else(|| Refusal::Invalid(vec![FieldProblem::new("channel", "missing")])),
        _ => Err(Refusal::NotFound),
    }
}

fn to_come(tx: &Tx<'_>, turn: &TurnRow) -> Result<(), Refusal> {
    let free_to_move = turn.published && turn.state != TurnState::Cancelled && turn.span().begins() > tx.now;
    if free_to_move { Ok(()) } else { Err(Refusal::WrongState) }
}

/// Asks for a change of hands, on behalf of `expert`. A take of a free turn that needs no approval is done at once.
///
/// # Errors
/// [`Refusal::NotFound`] for a turn that is not the expert's; [`Refusal::NotEligible`] with the rule that says no;
/// [`Refusal::WrongState`] for a turn that began, is not published, or already changes hands.
pub fn ask_swap(
    office: &Office,
    actor: &Actor,
    expert: ExpertId,
    input: &SwapInput,
    channel: Option<AnsweredBy>,
) -> Done<(DutySwapId, SwapState)> {
    actor.needs(Right::WorkNeeds)?;
    let channel = speaker(actor, expert, channel)?;
    office.write(|tx| {
        let (turn, plan) = turn_of(tx, actor, input.turn)?;
        to_come(tx, &turn)?;
        if !db::duty_change::open_of_turn(tx.conn, turn.id)?.is_empty() {
            return Err(Refusal::WrongState.into());
        }
        let mut swap = SwapRow {
            id: DutySwapId::from_minted(tx.mint()),
            kind: input.kind,
            state: SwapState::Open,
            turn: turn.id,
            other_turn: None,
            from_expert: turn.expert,
            to_expert: input.to,
            from_minute: None,
            to_minute: None,
            created_at: tx.now.naive_utc(),
            answered_at: None,
            decided_by: None,
            decided_at: None,
        };
        if input.kind == SwapKind::Take {
            if turn.state != TurnState::Gap {
                return Err(Refusal::SeatTaken.into());
            }
            swap.to_expert = Some(expert);
            allowed(tx, expert, &turn, &plan, &[])?;
            say(tx, actor, turn.id, expert, ConsentAnswer::Yes, Some(channel))?;
        } else if turn.expert != Some(expert) {
            return Err(Refusal::NotFound.into());
        }
        if input.kind == SwapKind::Swap {
            let (other, other_plan) = turn_of(tx, actor, input.other_turn.ok_or(Refusal::NotFound)?)?;
            to_come(tx, &other)?;
            let theirs = other.expert.filter(|theirs| *theirs != expert).ok_or(Refusal::WrongState)?;
            allowed(tx, expert, &other, &other_plan, &[turn.id])?;
            allowed(tx, theirs, &turn, &plan, &[other.id])?;
            // Asking for a turn is a yes to it.
            say(tx, actor, other.id, expert, ConsentAnswer::Yes, Some(channel))?;
            swap.other_turn = Some(other.id);
            swap.to_expert = Some(theirs);
        }
        if input.kind == SwapKind::Give
            && let Some((from, to)) = input.part
        {
            part_of(&turn, from, to)?;
            swap.from_minute = Some(from);
            swap.to_minute = Some(to);
        }
        db::duty_change::insert(tx.conn, &swap)?;
        tx.makes(swap.id);
        let detail = json!({"swap": swap.id, "kind": swap.kind, "turn": turn.id, "other": swap.other_turn});
        tx.event(plan.id.as_str(), actor, Event::DutySwapAsked, &detail)?;
        match swap.kind {
            SwapKind::Take => agreed(tx, actor, &mut swap, &plan, &turn)?,
            SwapKind::Swap | SwapKind::Give => tell_others(tx, actor, &swap, &turn, &plan)?,
        }
        Ok((swap.id, swap.state))
    })
}

fn allowed(tx: &mut Tx<'_>, expert: ExpertId, turn: &TurnRow, plan: &PlanRow, without: &[DutyTurnId]) -> Done<()> {
    match bar_now(tx.conn, expert, turn, plan, without)? {
        Some(rule) => Err(Refusal::NotEligible(rule.as_str()).into()),
        None => Ok(()),
    }
}

/// The part of a turn that is given begins or ends with it, and leaves half an hour at least on either side.
fn part_of(turn: &TurnRow, from: i32, to: i32) -> Result<(), Refusal> {
    let inside = turn.from_minute <= from && to <= turn.to_minute && from + 30 <= to;
    let edge = from == turn.from_minute || to == turn.to_minute;
    let left = (turn.to_minute - turn.from_minute) - (to - from) >= 30;
    if inside && edge && left { Ok(()) } else { Err(Refusal::Invalid(vec![FieldProblem::new("part", "out-of-range")])) }
}

/// Tells who may say yes: the one named, or the best who qualify.
fn tell_others(tx: &mut Tx<'_>, actor: &Actor, swap: &SwapRow, turn: &TurnRow, plan: &PlanRow) -> Done<()> {
    let to: Vec<ExpertId> = match swap.to_expert {
        Some(one) => vec![one],
        None => substitutes(tx.conn, turn, plan, OFFERED_TO)?.into_iter().map(|one| one.expert).collect(),
    };
    if to.is_empty() {
        return Err(Refusal::NotEligible("duty-nobody").into());
    }
    for expert in to {
        if swap.kind == SwapKind::Give {
            if swap.to_expert.is_some() {
                allowed(tx, expert, turn, plan, &[])?;
            }
            say(tx, actor, turn.id, expert, ConsentAnswer::Waiting, None)?;
        }
        let mut letter = Letter::new(NoticeKind::DutyOffered, format!("duty-swap:{}:{expert}", swap.id))
            .to_expert(expert)
            .of_plan(plan.id);
        letter.turn = Some(turn.id);
        tx.owe(actor, letter)?;
    }
    Ok(())
}

/// The other side answers. Answers where the change stands then.
///
/// # Errors
/// [`Refusal::NotFound`] when it does not concern the expert; [`Refusal::WrongState`] when it is over;
/// [`Refusal::NotEligible`] when the rules say no by now.
pub fn answer_swap(
    office: &Office,
    actor: &Actor,
    id: DutySwapId,
    expert: ExpertId,
    yes: bool,
    channel: Option<AnsweredBy>,
) -> Done<SwapState> {
    actor.needs(Right::WorkNeeds)?;
    let channel = speaker(actor, expert, channel)?;
    office.write(|tx| {
        let found = db::duty_change::find(tx.conn, &id)?.ok_or(Refusal::NotFound)?;
        let (turn, plan) = turn_of(tx, actor, found.turn)?;
        let mut swap = db::duty_change::find(tx.conn, &id)?.ok_or(Refusal::NotFound)?;
        let offered = db::duty_consent::of(tx.conn, turn.id, expert)?
            .is_some_and(|said| matches!(said.answer, ConsentAnswer::Waiting | ConsentAnswer::Yes));
        let concerned = swap.to_expert == Some(expert) || swap.to_expert.is_none() && offered;
        if !concerned || swap.kind == SwapKind::Take {
            return Err(Refusal::NotFound.into());
        }
        if swap.state != SwapState::Open || turn.span().begins() <= tx.now {
            return Err(Refusal::WrongState.into());
        }
        let named = swap.to_expert.is_some();
        if !yes {
            say(tx, actor, turn.id, expert, ConsentAnswer::RatherNot, Some(channel))?;
            // Offered to several, it stands while anybody may still say yes.
            let others = db::duty_consent::of_turn(tx.conn, turn.id)?
                .iter()
                .any(|said| said.expert != expert && said.answer == ConsentAnswer::Waiting);
            if named || !others {
                swap.state = SwapState::Refused;
                swap.answered_at = Some(tx.now.naive_utc());
                db::duty_change::save(tx.conn, &swap)?;
                tx.event(plan.id.as_str(), actor, Event::DutySwapEnded, &json!({"swap": id, "state": swap.state}))?;
                if let Some(asker) = swap.from_expert {
                    tell_changed(tx, actor, asker, plan.id)?;
                }
            }
            return Ok(swap.state);
        }
        swap.to_expert = Some(expert);
        swap.answered_at = Some(tx.now.naive_utc());
        say(tx, actor, turn.id, expert, ConsentAnswer::Yes, Some(channel))?;
        agreed(tx, actor, &mut swap, &plan, &turn)?;
        Ok(swap.state)
    })
}

/// Both sides have said yes: done, or the office's task.
fn agreed(tx: &mut Tx<'_>, actor: &Actor, swap: &mut SwapRow, plan: &PlanRow, turn: &TurnRow) -> Done<()> {
    let by_staff = matches!(actor, Actor::Staff(_) | Actor::Operator);
    if plan.rules.get().approve_swaps && !by_staff {
        swap.state = SwapState::Agreed;
        db::duty_change::save(tx.conn, swap)?;
        let account = db::account::of_station(tx.conn, turn.station)?.first().map(|account| account.id);
        let station = db::station::find(tx.conn, &turn.station)?.map(|row| row.name);
        let row = db::task::TaskRow {
            id: TaskId::from_minted(tx.mint()),
            kind: TaskKind::DutySwap,
            need: None,
            assignment: None,
            expert: None,
            conduct_case: None,
            station: Some(turn.station),
            region: Some(turn.region.clone()),
            account,
            for_manager: true,
            detail: station,
            due_at: Some(turn.span().begins().naive_utc()),
            created_at: tx.now.naive_utc(),
            done_at: None,
            done_by: None,
            dedup_key: format!("duty-swap:{}", swap.id),
        };
        db::task::add(tx.conn, &row)?;
        return Ok(());
    }
    carry_out(tx, actor, swap, plan)
}

/// The office decides on a change both sides agreed to.
///
/// # Errors
/// [`Refusal::WrongState`] when it does not wait for that; [`Refusal::NotEligible`] when the rules say no by now.
pub fn decide_swap(office: &Office, actor: &Actor, id: DutySwapId, allow: bool) -> Done<SwapState> {
    actor.needs(Right::WorkNeeds)?;
    office.write(|tx| {
        let found = db::duty_change::find(tx.conn, &id)?.ok_or(Refusal::NotFound)?;
        let (_, plan) = turn_of(tx, actor, found.turn)?;
        let mut swap = db::duty_change::find(tx.conn, &id)?.ok_or(Refusal::NotFound)?;
        if swap.state != SwapState::Agreed {
            return Err(Refusal::WrongState.into());
        }
        swap.decided_by = actor.account();
        swap.decided_at = Some(tx.now.naive_utc());
        if allow {
            carry_out(tx, actor, &mut swap, &plan)?;
        } else {
            swap.state = SwapState::Refused;
            db::duty_change::save(tx.conn, &swap)?;
            tx.event(plan.id.as_str(), actor, Event::DutySwapEnded, &json!({"swap": id, "state": swap.state}))?;
            for expert in swap.from_expert.into_iter().chain(swap.to_expert) {
                tell_changed(tx, actor, expert, plan.id)?;
            }
        }
        db::task::finish_by_key(tx.conn, &format!("duty-swap:{id}"), actor.account(), tx.now.naive_utc())?;
        Ok(swap.state)
    })
}

/// Whoever asked takes the wish back.
///
/// # Errors
/// [`Refusal::NotFound`] for somebody else's; [`Refusal::WrongState`] when it is over.
pub fn withdraw_swap(office: &Office, actor: &Actor, id: DutySwapId) -> Done<()> {
    actor.needs(Right::WorkNeeds)?;
    office.write(|tx| {
        let found = db::duty_change::find(tx.conn, &id)?.ok_or(Refusal::NotFound)?;
        let (_, plan) = turn_of(tx, actor, found.turn)?;
        let mut swap = db::duty_change::find(tx.conn, &id)?.ok_or(Refusal::NotFound)?;
        if let Actor::Expert(own) = actor {
            let asker = if swap.kind == SwapKind::Take { swap.to_expert } else { swap.from_expert };
            if asker != Some(*own) {
                return Err(Refusal::NotFound.into());
            }
        }
        if !matches!(swap.state, SwapState::Open | SwapState::Agreed) {
            return Err(Refusal::WrongState.into());
        }
        swap.state = SwapState::Withdrawn;
        swap.answered_at = Some(tx.now.naive_utc());
        db::duty_change::save(tx.conn, &swap)?;
        db::task::finish_by_key(tx.conn, &format!("duty-swap:{id}"), actor.account(), tx.now.naive_utc())?;
        tx.event(plan.id.as_str(), actor, Event::DutySwapEnded, &json!({"swap": id, "state": swap.state}))
    })
}

/// Does what both sides said yes to.
fn carry_out(tx: &mut Tx<'_>, actor: &Actor, swap: &mut SwapRow, plan: &PlanRow) -> Done<()> {
    let to = swap.to_expert.ok_or(Refusal::WrongState)?;
    let mut turn = db::duty_turn::find(tx.conn, &swap.turn)?.ok_or(Refusal::NotFound)?;
    if turn.expert != swap.from_expert {
        return Err(Refusal::ChangedMeanwhile.into());
    }
    match (swap.kind, swap.other_turn, swap.from_expert) {
        (SwapKind::Swap, Some(other), Some(from)) => {
            let mut other = db::duty_turn::find(tx.conn, &other)?.ok_or(Refusal::NotFound)?;
            if other.expert != Some(to) {
                return Err(Refusal::ChangedMeanwhile.into());
            }
            let other_plan = db::duty::find(tx.conn, &other.plan)?.ok_or(Refusal::NotFound)?;
            // Each still holds the own turn when the other's rules are asked, so both are named as given up.
            let both = [turn.id, other.id];
            seat(tx, actor, (&mut turn, plan), to, &both)?;
            seat(tx, actor, (&mut other, &other_plan), from, &both)?;
            say(tx, actor, turn.id, from, ConsentAnswer::Withdrawn, None)?;
            say(tx, actor, other.id, to, ConsentAnswer::Withdrawn, None)?;
        }
        (SwapKind::Give, _, Some(from)) => match (swap.from_minute, swap.to_minute) {
            (Some(start), Some(end)) => split(tx, actor, (&mut turn, plan), to, (start, end))?,
            _ => {
                seat(tx, actor, (&mut turn, plan), to, &[])?;
                say(tx, actor, turn.id, from, ConsentAnswer::Withdrawn, None)?;
            }
        },
        (SwapKind::Take, ..) => seat(tx, actor, (&mut turn, plan), to, &[])?,
        _ => return Err(Refusal::WrongState.into()),
    }
    swap.state = SwapState::Done;
    db::duty_change::save(tx.conn, swap)?;
    for said in db::duty_consent::of_turn(tx.conn, swap.turn)? {
        if said.answer == ConsentAnswer::Waiting {
            say(tx, actor, swap.turn, said.expert, ConsentAnswer::Withdrawn, None)?;
        }
    }
    for expert in swap.from_expert.into_iter().chain([to]) {
        tell_changed(tx, actor, expert, plan.id)?;
    }
    Ok(())
}

/// Gives a part of a turn away: the rest stays, the part becomes a turn of its own.
fn split(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (turn, plan): (&mut TurnRow, &PlanRow),
    to: ExpertId,
    (start, end): (i32, i32),
) -> Done<()> {
    part_of(turn, start, end)?;
    let mut part = turn.clone();
    part.id = DutyTurnId::from_minted(tx.mint());
    (part.from_minute, part.to_minute) = (start, end);
    part.expert = None;
    part.state = TurnState::Gap;
    part.sequence = 0;
    (part.reconfirmed_at, part.signed_in_at, part.missed_at) = (None, None, None);
    if start == turn.from_minute {
        turn.from_minute = end;
    } else {
        turn.to_minute = start;
    }
    save_turn(tx, turn)?;
    db::duty_turn::insert(tx.conn, &part)?;
    say(tx, actor, turn.id, to, ConsentAnswer::Withdrawn, None)?;
    say(tx, actor, part.id, to, ConsentAnswer::Yes, Some(AnsweredBy::Link))?;
    if let Some(mut said) = db::duty_consent::of(tx.conn, part.id, to)? {
        // The part is taken by the yes that was said to the whole offer, however it came.
        if let Some(first) = db::duty_consent::of(tx.conn, turn.id, to)? {
            said.channel = first.channel.or(said.channel);
            said.entered_by = first.entered_by;
            db::duty_consent::save(tx.conn, &said)?;
        }
    }
    seat(tx, actor, (&mut part, plan), to, &[])
}
