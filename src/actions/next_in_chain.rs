//! The chain goes on: the next reserve of a seat that qualifies at this moment is asked, or somebody is told that nobody
//! is left (rules.md, "The chain"). Always part of the deed that freed the seat.

use super::assign_expert::offer;
use super::owners::{managers_of, staff_for};
use super::suggest_experts::{as_asked_by, eligible_now};
use super::{ActionError, Actor, Done, Letter, Tx, Work};
use crate::db;
use crate::db::need::{NeedRow, SeatRow};
use crate::domain::event::Event;
use crate::domain::need::{ReserveState, SeatState};
use crate::domain::notice::NoticeKind;
use crate::domain::refusal::Refusal;
use crate::domain::task::TaskKind;
use crate::ids::SeatId;
use serde_json::json;

/// Frees the seat and asks the next reserve that qualifies. Answers whether somebody was asked.
pub(super) fn within(tx: &mut Tx<'_>, need: &mut NeedRow, seat: SeatId) -> Done<bool> {
    db::need::set_seat(tx.conn, seat, SeatState::Free)?;
    let asked = if need.state.is_open() { ask_next(tx, need, seat)? } else { false };
    if need.state.is_open() && !asked {
        nobody_left(tx, &Actor::Desk, need)?;
    }
    tx.settle_need(need)?;
    Ok(asked)
}

fn ask_next(tx: &mut Tx<'_>, need: &NeedRow, seat: SeatId) -> Done<bool> {
    let Some(seat) = db::need::seat(tx.conn, seat)? else { return Ok(false) };
    let frozen =
        db::assignment::of_seat(tx.conn, seat.id)?.last().map_or(serde_json::Value::Null, |first| first.ranking.get());
    for mut reserve in waiting(tx, need, &seat)? {
        if reserve.seat != seat.id {
            // From the chain of another seat of the same need: the first who accept fill the seats, whichever they are.
            let last = db::need::reserves_of(tx.conn, seat.id)?.last().map_or(0, |last| last.position);
            reserve.seat = seat.id;
            reserve.position = last + 1;
        }
        match eligible_now(tx.conn, &as_asked_by(need, &seat), reserve.expert, tx.now, false) {
            Ok(_) => {
                ask(tx, need, &seat, &mut reserve, &frozen)?;
                return Ok(true);
            }
            Err(ActionError::Refused(refusal)) => {
                let why = match refusal {
                    Refusal::NotEligible(rule) => rule,
                    other => other.code(),
                };
                reserve.state = ReserveState::Skipped;
                reserve.why = Some(why.to_owned());
                db::need::save_reserve(tx.conn, &reserve)?;
                let detail = json!({"seat": seat.id, "expert": reserve.expert, "rule": why});
                tx.event(need.id.as_str(), &Actor::Desk, Event::ReserveSkipped, &detail)?;
            }
            Err(fault) => return Err(fault),
        }
    }
    Ok(false)
}

/// Who may be asked for the seat, in order: its own reserves, then those of the need's other seats who know the seat's
/// specialty. A chain whose own seat is taken is not lost to the seats that are still free.
fn waiting(tx: &mut Tx<'_>, need: &NeedRow, seat: &SeatRow) -> Done<Vec<db::need::ReserveRow>> {
    let mut own = Vec::new();
    let mut others = Vec::new();
    for other in db::need::seats_of(tx.conn, need.id)? {
        for reserve in db::need::reserves_of(tx.conn, other.id)? {
            if reserve.state != ReserveState::Waiting {
                continue;
            }
            if other.id == seat.id {
                own.push(reserve);
            } else if knows(tx, seat, reserve.expert)? {
                others.push((reserve.position, other.position, reserve));
            }
        }
    }
    others.sort_by_key(|(place, seat, _)| (*place, *seat));
    own.extend(others.into_iter().map(|(_, _, reserve)| reserve));
    Ok(own)
}

/// Whether the expert knows what the seat asks for.
pub(super) fn knows(tx: &mut Tx<'_>, seat: &SeatRow, expert: crate::ids::ExpertId) -> Done<bool> {
    let Some(wanted) = &seat.specialty else { return Ok(true) };
    Ok(db::expert::find(tx.conn, &expert)?.is_some_and(|row| row.services.get().contains(wanted)))
}

fn ask(
    tx: &mut Tx<'_>,
    need: &NeedRow,
    seat: &SeatRow,
    reserve: &mut db::need::ReserveRow,
    frozen: &serde_json::Value,
) -> Done<()> {
    offer(tx, &Actor::Desk, need, seat, reserve.expert, frozen, false)?;
    reserve.state = ReserveState::Asked;
    db::need::save_reserve(tx.conn, reserve)?;
    Ok(())
}

/// Somebody was found for a seat: the tasks that ask for somebody leave the desk once no seat is free any more.
pub(super) fn somebody_found(tx: &mut Tx<'_>, actor: &Actor, need: &NeedRow) -> Done<()> {
    if db::need::seats_of(tx.conn, need.id)?.iter().any(|seat| seat.state == SeatState::Free) {
        return Ok(());
    }
    for kind in [TaskKind::Unanswered, TaskKind::NobodyQualifies, TaskKind::NobodyAsked] {
        db::task::finish(tx.conn, need.id, kind, actor.account(), tx.now.naive_utc())?;
    }
    Ok(())
}

/// Nobody is left to ask: a task on the owner's and the manager's desk, and a letter to both. Every time it happens is
/// one of its own, known by its step in the need's trail; while a task of it is open and climbs, that one is enough.
/// Answers whether somebody was told.
pub(super) fn nobody_left(tx: &mut Tx<'_>, actor: &Actor, need: &NeedRow) -> Done<bool> {
    let round = db::assignment::of_need(tx.conn, need.id)?.len();
    tx.event(need.id.as_str(), actor, Event::ChainExhausted, &json!({"asked": round}))?;
    let step = db::anchor::head(tx.conn, need.id.as_str())?.map_or(0, |head| head.step);
    let open = db::task::open_of_need(tx.conn, need.id)?
        .into_iter()
        .find(|task| matches!(task.kind, TaskKind::Unanswered | TaskKind::NobodyQualifies));
    let owners = staff_for(tx, need)?;
    match open {
        Some(task) if db::escalation::find(tx.conn, &task.id)?.is_some() => return Ok(false),
        Some(task) => super::escalate_task::watch(tx, &task)?,
        None => {
            tx.leave_task(Work {
                kind: if round == 0 { TaskKind::NobodyQualifies } else { TaskKind::Unanswered },
                dedup: format!("nobody-left:{}:{step}", need.id),
                need: Some(need.id),
                assignment: None,
                expert: None,
                case: None,
                account: owners.first().copied(),
                for_manager: true,
                detail: Some(round.to_string()),
                due_at: None,
            })?;
        }
    }
    let mut told = owners;
    told.extend(managers_of(tx, &need.region)?);
    told.sort_unstable();
    told.dedup();
    for account in told {
        let letter = Letter::new(NoticeKind::StaffUnanswered, format!("nobody-left:{}:{step}:{account}", need.id));
        tx.owe(&Actor::Desk, letter.about(need.id).to_account(account))?;
    }
    Ok(true)
}
