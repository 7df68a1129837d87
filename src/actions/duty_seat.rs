//! What every duty deed does: reads a plan or turn under its lock, writes down what was said, seats and frees.
//!
//! Contract: [`seat`] is the only way anybody comes on a turn with a yes, and it asks the rules of that moment; whoever
//! calls it has written the yes down first, in the same transaction. Deliberately absent: who asked for it, and why.

use super::duty_people::bar_now;
use super::owners::managers_of;
use super::{Actor, Done, Letter, Tx};
use crate::db;
use crate::db::duty::PlanRow;
use crate::db::duty_consent::ConsentRow;
use crate::db::duty_turn::TurnRow;
use crate::db::task::TaskRow;
use crate::domain::assignment::AnsweredBy;
use crate::domain::calendar::beijing_date;
use crate::domain::duty::{ConsentAnswer, TurnState};
use crate::domain::event::Event;
use crate::domain::notice::NoticeKind;
use crate::domain::refusal::Refusal;
use crate::domain::task::TaskKind;
use crate::ids::{DutyConsentId, DutyPlanId, DutyTurnId, ExpertId, TaskId};
use chrono::{DateTime, Days, TimeDelta};
use serde_json::json;

/// Letters about changes are held so long, so that staff who drag names about send one.
const HELD_MINUTES: i64 = 10;
/// Gaps so many days ahead are somebody's task.
const GAP_AHEAD: u64 = 14;

/// The plan of that id, locked, if the actor may see every station of it.
///
/// # Errors
/// [`Refusal::NotFound`] alike for unknown and for foreign plans.
pub(super) fn plan_of(tx: &mut Tx<'_>, actor: &Actor, id: DutyPlanId) -> Done<PlanRow> {
    match db::dialect::lock_duty(tx.conn, id) {
        Err(diesel::result::Error::NotFound) => return Err(Refusal::NotFound.into()),
        other => other?,
    }
    let plan = db::duty::find(tx.conn, &id)?.ok_or(Refusal::NotFound)?;
    let scope = actor.scope();
    let stations = db::duty_turn::stations_of(tx.conn, id)?;
    if stations.iter().all(|(station, region)| scope.covers(region, *station)) {
        Ok(plan)
    } else {
        Err(Refusal::NotFound.into())
    }
}

/// The turn of that id with its plan, locked, if the actor may see it.
///
/// # Errors
/// [`Refusal::NotFound`] alike for unknown and for foreign turns.
pub(super) fn turn_of(tx: &mut Tx<'_>, actor: &Actor, id: DutyTurnId) -> Done<(TurnRow, PlanRow)> {
    let found = db::duty_turn::find(tx.conn, &id)?.ok_or(Refusal::NotFound)?;
    db::dialect::lock_duty(tx.conn, found.plan)?;
    // Read again: the lock may have been waited for.
    let turn = db::duty_turn::find(tx.conn, &id)?.ok_or(Refusal::NotFound)?;
    let plan = db::duty::find(tx.conn, &turn.plan)?.ok_or(Refusal::NotFound)?;
    if actor.scope().covers(&turn.region, turn.station) { Ok((turn, plan)) } else { Err(Refusal::NotFound.into()) }
}

/// Writes a plan back under a higher version.
pub(super) fn save_plan(tx: &mut Tx<'_>, plan: &mut PlanRow) -> Done<()> {
    plan.version += 1;
    plan.updated_at = tx.now.naive_utc();
    Ok(db::duty::save(tx.conn, plan)?)
}

/// Writes down what an expert said to a turn, or that they are asked.
pub(super) fn say(
    tx: &mut Tx<'_>,
    actor: &Actor,
    turn: DutyTurnId,
    expert: ExpertId,
    answer: ConsentAnswer,
    channel: Option<AnsweredBy>,
) -> Done<ConsentRow> {
    let now = tx.now.naive_utc();
    let answered = (!matches!(answer, ConsentAnswer::Waiting)).then_some(now);
    let entered_by = actor.account().filter(|_| channel.is_some());
    if let Some(mut row) = db::duty_consent::of(tx.conn, turn, expert)? {
        row.answer = answer;
        row.channel = channel.or(row.channel.filter(|_| answer == ConsentAnswer::Withdrawn));
        row.entered_by = entered_by;
        row.answered_at = answered;
        if answer == ConsentAnswer::Waiting {
            row.asked_at = now;
        }
        db::duty_consent::save(tx.conn, &row)?;
        return Ok(row);
    }
    let row = ConsentRow {
        id: DutyConsentId::from_minted(tx.mint()),
        turn,
        expert,
        answer,
        channel,
        entered_by,
        asked_at: now,
        answered_at: answered,
    };
    db::duty_consent::insert(tx.conn, &row)?;
    Ok(row)
}

/// Writes a turn back: its calendar entry and whoever looks at who is on duty follow, and the hours of whoever takes it on
/// or is rid of it.
pub(super) fn save_turn(tx: &mut Tx<'_>, turn: &mut TurnRow) -> Done<()> {
    let agreed = |row: &TurnRow| row.expert.filter(|_| row.state == TurnState::Agreed);
    let before = db::duty_turn::find(tx.conn, &turn.id)?.as_ref().and_then(agreed);
    turn.sequence += 1;
    turn.updated_at = tx.now.naive_utc();
    db::duty_turn::save(tx.conn, turn)?;
    let now = agreed(turn);
    if before != now {
        for expert in before.into_iter().chain(now) {
            tx.changed("expert", expert.as_str())?;
        }
    }
    Ok(())
}

/// Puts an expert on a turn whose yes is written down; `instead_of` they give up for it.
///
/// # Errors
/// [`Refusal::NotEligible`] with the rule that says no at this moment; [`Refusal::WrongState`] for a turn that is over
/// or cancelled, or without a yes.
pub(super) fn seat(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (turn, plan): (&mut TurnRow, &PlanRow),
    expert: ExpertId,
    instead_of: &[DutyTurnId],
) -> Done<()> {
    if turn.state == TurnState::Cancelled || turn.span().ends() <= tx.now {
        return Err(Refusal::WrongState.into());
    }
    let yes = db::duty_consent::of(tx.conn, turn.id, expert)?.is_some_and(|row| row.answer == ConsentAnswer::Yes);
    if !yes {
        return Err(Refusal::WrongState.into());
    }
    if let Some(rule) = bar_now(tx.conn, expert, turn, plan, instead_of)? {
        return Err(Refusal::NotEligible(rule.as_str()).into());
    }
    turn.expert = Some(expert);
    turn.state = TurnState::Agreed;
    turn.why = None;
    turn.reconfirmed_at = None;
    save_turn(tx, turn)?;
    db::duty::touch(tx.conn, plan.id, tx.now.naive_utc())?;
    tx.event(plan.id.as_str(), actor, Event::DutySeated, &json!({"turn": turn.id, "expert": expert}))?;
    if turn.published {
        settle_gaps(tx, turn)?;
    }
    Ok(())
}

/// Takes whoever sits on a turn, or is proposed for it, off it. Answers who that was.
pub(super) fn free(
    tx: &mut Tx<'_>,
    actor: &Actor,
    turn: &mut TurnRow,
    said: ConsentAnswer,
    why: &str,
) -> Done<Option<ExpertId>> {
    let Some(expert) = turn.expert.take() else { return Ok(None) };
    turn.state = TurnState::Gap;
    turn.why = Some(why.to_owned());
    turn.reconfirmed_at = None;
    save_turn(tx, turn)?;
    db::duty::touch(tx.conn, turn.plan, tx.now.naive_utc())?;
    if db::duty_consent::of(tx.conn, turn.id, expert)?.is_some() {
        say(tx, actor, turn.id, expert, said, None)?;
    }
    for mut swap in db::duty_change::open_of_turn(tx.conn, turn.id)? {
        swap.state = crate::domain::duty::SwapState::Withdrawn;
        swap.answered_at = Some(tx.now.naive_utc());
        db::duty_change::save(tx.conn, &swap)?;
    }
    let plan = turn.plan;
    tx.event(plan.as_str(), actor, Event::DutyFreed, &json!({"turn": turn.id, "expert": expert, "why": why}))?;
    if turn.published {
        leave_gap_task(tx, turn)?;
    }
    Ok(Some(expert))
}

/// Owes an expert one letter that their turns changed: what comes within some minutes goes into the same letter.
pub(super) fn tell_changed(tx: &mut Tx<'_>, actor: &Actor, expert: ExpertId, plan: DutyPlanId) -> Done<()> {
    let slot = HELD_MINUTES * 60;
    let bucket = tx.now.timestamp().div_euclid(slot);
    let mut letter =
        Letter::new(NoticeKind::DutyChanged, format!("duty-changed:{expert}:{bucket}")).to_expert(expert).of_plan(plan);
    letter.not_before = DateTime::from_timestamp((bucket + 1) * slot, 0).or(Some(tx.now + TimeDelta::minutes(1)));
    tx.owe(actor, letter)
}

/// Offers a free turn to experts, by letter.
pub(super) fn offer(tx: &mut Tx<'_>, actor: &Actor, turn: &TurnRow, experts: &[ExpertId]) -> Done<()> {
    for expert in experts {
        say(tx, actor, turn.id, *expert, ConsentAnswer::Waiting, None)?;
        let mut letter =
            Letter::new(NoticeKind::DutyOffered, format!("duty-offered:{}:{expert}:{}", turn.id, turn.sequence))
                .to_expert(*expert)
                .of_plan(turn.plan);
        letter.turn = Some(turn.id);
        tx.owe(actor, letter)?;
    }
    Ok(())
}

/// Leaves one task for a station's gaps of the coming fortnight, unless one stands.
pub(super) fn leave_gap_task(tx: &mut Tx<'_>, turn: &TurnRow) -> Done<()> {
    let today = beijing_date(tx.now);
    let near = turn.day >= today && today.checked_add_days(Days::new(GAP_AHEAD)).is_none_or(|until| turn.day <= until);
    if !near || db::task::open_of_station(tx.conn, turn.station, TaskKind::DutyGap)? {
        return Ok(());
    }
    let id = TaskId::from_minted(tx.mint());
    let account = db::account::of_station(tx.conn, turn.station)?.first().map(|account| account.id);
    let station = db::station::find(tx.conn, &turn.station)?.map(|row| row.name);
    let row = TaskRow {
        id,
        kind: TaskKind::DutyGap,
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
        dedup_key: format!("duty-gap:{}:{}:{}", turn.station, turn.id, turn.sequence),
    };
    db::task::add(tx.conn, &row)?;
    Ok(())
}

/// Ends the task for a station's gaps when none is left in the coming fortnight.
pub(super) fn settle_gaps(tx: &mut Tx<'_>, turn: &TurnRow) -> Done<()> {
    let today = beijing_date(tx.now);
    let until = today.checked_add_days(Days::new(GAP_AHEAD)).unwrap_or(today);
    let left = db::duty_turn::of_station(tx.conn, turn.station, today, until)?
        .iter()
        .any(|other| other.state == TurnState::Gap && other.span().ends() > tx.now);
    if !left {
        db::task::finish_of_station(tx.conn, turn.station, TaskKind::DutyGap, tx.now.naive_utc())?;
    }
    Ok(())
}

/// Who of the office is told about a station's rota: its liaisons and the managers of its region.
pub(super) fn staff_of(tx: &mut Tx<'_>, turn: &TurnRow) -> Done<Vec<crate::ids::AccountId>> {
    let mut accounts: Vec<_> =
        db::account::of_station(tx.conn, turn.station)?.into_iter().map(|account| account.id).collect();
    for manager in managers_of(tx, &turn.region)? {
        if !accounts.contains(&manager) {
            accounts.push(manager);
        }
    }
    Ok(accounts)
}
