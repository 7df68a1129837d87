//! A seat is offered to an expert, with reserves in order behind (派单).
//!
//! Memory ranked; whether this expert may be asked is decided again on rows inside the offer's transaction. The inputs
//! of the ranking are frozen with the offer (rules.md, "Ranking").

use super::{Actor, Done, Letter, Office, Tx, suggest_experts};
use crate::db::assignment::AssignmentRow;
use crate::db::need::{NeedRow, ReserveRow, SeatRow};
use crate::db::{self, JsonText};
use crate::domain::assignment::AssignmentState;
use crate::domain::event::Event;
use crate::domain::need::{ReserveState, SeatState};
use crate::domain::notice::NoticeKind;
use crate::domain::number::Series;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::role::Right;
use crate::ids::{AssignmentId, ExpertId, NeedId, ReserveId, SeatId};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Whom to ask, and whom after.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignExpert {
    /// Who is asked first.
    #[schema(value_type = String)]
    pub expert_id: ExpertId,
    /// Who is asked after, in order.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub reserves: Vec<ExpertId>,
    /// Which seat; the first free one when left out.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub seat: Option<SeatId>,
    /// 「明日 8:00 发出」 instead of at once.
    #[serde(default)]
    pub tomorrow: bool,
}

/// The most reserves a seat may have.
pub const MOST_RESERVES: usize = 10;
/// How long a letter may be on its way before a person looks at it.
pub(super) const DELIVERY_WATCH: TimeDelta = TimeDelta::hours(4);

/// Offers a seat of the need.
///
/// # Errors
/// [`Refusal::NoFreeSeat`], [`Refusal::NeedClosed`], [`Refusal::NotEligible`] with the rule that says so.
pub fn assign_expert(office: &Office, actor: &Actor, need: NeedId, input: &AssignExpert) -> Done<AssignmentId> {
    actor.needs(Right::WorkNeeds)?;
    if input.reserves.len() > MOST_RESERVES {
        return Err(Refusal::Invalid(vec![FieldProblem::with("reserves", "too-many", MOST_RESERVES)]).into());
    }
    let mut asked = vec![input.expert_id];
    asked.extend(&input.reserves);
    let frozen = suggest_experts::freeze(office, actor, need, &asked)?;
    office.write(|tx| within(tx, actor, need, input, &frozen))
}

/// Automatic mode: asks the best who may be asked, with the next best as reserves; nobody at all becomes a task.
///
/// # Errors
/// A fault of the machine.
pub fn ask_best(office: &Office, need: NeedId) -> Done<()> {
    let reserves = usize::try_from(office.policy()?.reserves).unwrap_or(0);
    let best = suggest_experts::best(office, &Actor::Desk, need, reserves + 1)?;
    match best.split_first() {
        Some((first, rest)) => {
            let input = AssignExpert { expert_id: *first, reserves: rest.to_vec(), seat: None, tomorrow: false };
            assign_expert(office, &Actor::Desk, need, &input).map(drop)
        }
        None => office.write(|tx| {
            let row = tx.need(&Actor::Desk, need)?;
            super::next_in_chain::nobody_left(tx, &Actor::Desk, &row)
        }),
    }
}

pub(super) fn within(
    tx: &mut Tx<'_>,
    actor: &Actor,
    need: NeedId,
    input: &AssignExpert,
    frozen: &Value,
) -> Done<AssignmentId> {
    let mut need = tx.need(actor, need)?;
    if !need.state.is_open() {
        return Err(Refusal::NeedClosed.into());
    }
    let seats = db::need::seats_of(tx.conn, need.id)?;
    let seat = seats
        .into_iter()
        .find(|seat| seat.state == SeatState::Free && input.seat.is_none_or(|wanted| wanted == seat.id))
        .ok_or(Refusal::NoFreeSeat)?;
    suggest_experts::eligible_now(tx.conn, &need, input.expert_id, tx.now, false)?;
    set_reserves(tx, actor, &need, &seat, input)?;
    let id = offer(tx, actor, &need, &seat, input.expert_id, frozen, input.tomorrow)?;
    tx.settle_need(&mut need)?;
    db::task::finish(tx.conn, need.id, crate::domain::task::TaskKind::Unanswered, actor.account(), tx.now.naive_utc())?;
    Ok(id)
}

fn set_reserves(tx: &mut Tx<'_>, actor: &Actor, need: &NeedRow, seat: &SeatRow, input: &AssignExpert) -> Done<()> {
    db::need::drop_waiting_reserves(tx.conn, seat.id)?;
    let mut position = db::need::reserves_of(tx.conn, seat.id)?.last().map_or(0, |last| last.position);
    let mut rows: Vec<ReserveRow> = Vec::new();
    for expert in &input.reserves {
        if *expert == input.expert_id || rows.iter().any(|row| row.expert == *expert) {
            continue;
        }
        if db::expert::find(tx.conn, expert)?.is_none() {
            return Err(Refusal::Invalid(vec![FieldProblem::with("reserves", "not-known", expert)]).into());
        }
        position += 1;
        rows.push(ReserveRow {
            id: ReserveId::from_minted(tx.mint()),
            seat: seat.id,
            expert: *expert,
            position,
            state: ReserveState::Waiting,
            why: None,
        });
    }
    if rows.is_empty() {
        return Ok(());
    }
    db::need::insert_reserves(tx.conn, &rows)?;
    let experts: Vec<ExpertId> = rows.iter().map(|row| row.expert).collect();
    tx.event(need.id.as_str(), actor, Event::ReservesSet, &json!({"seat": seat.id, "experts": experts}))
}

/// Writes the offer, owes its letter and takes the seat out of reach of a second one.
pub(super) fn offer(
    tx: &mut Tx<'_>,
    actor: &Actor,
    need: &NeedRow,
    seat: &SeatRow,
    expert: ExpertId,
    frozen: &Value,
    tomorrow: bool,
) -> Done<AssignmentId> {
    let id = AssignmentId::from_minted(tx.mint());
    let number = tx.number(Series::Assignment)?;
    let policy = tx.policy()?;
    let leaves_at = if tomorrow {
        policy.letters.quiet().tomorrow_morning(tx.now)
    } else if actor.is_person() {
        tx.now
    } else {
        policy.letters.quiet().next_waking(tx.now)
    };
    let now = tx.now.naive_utc();
    let row = AssignmentRow {
        id,
        number: number.clone(),
        need: need.id,
        seat: seat.id,
        expert,
        round: 1,
        state: AssignmentState::Offered,
        rule: policy.counting_rule,
        offered_by: actor.account(),
        notified_at: None,
        notified_by: None,
        answer_due_at: None,
        provisional: false,
        day_count: JsonText::of(&Vec::new()),
        late: false,
        first_answer: None,
        answered_at: None,
        answered_by: None,
        decline_reason: None,
        note: None,
        question: None,
        asked_at: None,
        clock_restarts_at: None,
        reply: None,
        replied_at: None,
        feedback_due_at: None,
        next_due_at: Some((leaves_at + DELIVERY_WATCH).naive_utc()),
        ended_at: None,
        end_reason: None,
        ranking: JsonText::of(frozen),
        created_at: now,
        updated_at: now,
    };
    match db::assignment::insert(tx.conn, &row) {
        Err(diesel::result::Error::DatabaseError(diesel::result::DatabaseErrorKind::UniqueViolation, _)) => {
            return Err(Refusal::NoFreeSeat.into());
        }
        other => other?,
    }
    db::need::set_seat(tx.conn, seat.id, SeatState::Offered)?;
    let mut letter = Letter::new(NoticeKind::Offer, format!("offer:{id}:1")).of_offer(&row);
    letter.not_before = Some(leaves_at);
    tx.owe(actor, letter)?;
    tx.event(
        need.id.as_str(),
        actor,
        Event::ExpertAssigned,
        &json!({"assignment": id, "number": number, "seat": seat.id, "expert": expert, "rule": row.rule}),
    )?;
    tx.changed("expert", expert.as_str())?;
    Ok(id)
}
