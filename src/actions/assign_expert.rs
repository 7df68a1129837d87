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
/// The most people asked for all seats of a need together, reserves counted.
pub const MOST_AT_ONCE: usize = 100;
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

/// Offers every free seat of the need at once, to the first of `experts` in order; the rest are reserves of them all:
/// whoever accepts first has a seat.
///
/// # Errors
/// As [`assign_expert`]; then nobody was asked.
pub fn assign_seats(
    office: &Office,
    actor: &Actor,
    need: NeedId,
    experts: &[ExpertId],
    tomorrow: bool,
) -> Done<Vec<AssignmentId>> {
    actor.needs(Right::WorkNeeds)?;
    let mut order: Vec<ExpertId> = Vec::new();
    for expert in experts {
        if !order.contains(expert) {
            order.push(*expert);
        }
    }
    if order.is_empty() {
        return Err(Refusal::Invalid(vec![FieldProblem::new("experts", "missing")]).into());
    }
    if order.len() > MOST_AT_ONCE {
        return Err(Refusal::Invalid(vec![FieldProblem::with("experts", "too-many", MOST_AT_ONCE)]).into());
    }
    let frozen = suggest_experts::freeze(office, actor, need, &order)?;
    office.write(|tx| {
        let row = tx.need(actor, need)?;
        let free: Vec<SeatRow> =
            db::need::seats_of(tx.conn, row.id)?.into_iter().filter(|seat| seat.state == SeatState::Free).collect();
        if free.is_empty() {
            return Err(Refusal::NoFreeSeat.into());
        }
        let mut asked = Vec::new();
        for mut dealt in deal(tx, &free, &order)? {
            dealt.tomorrow = tomorrow;
            asked.push(within(tx, actor, need, &dealt, &frozen)?);
        }
        Ok(asked)
    })
}

/// Deals people to seats: one to each in order, the rest round by round as reserves. A seat with a specialty gets those
/// who know it first; if nobody does, whoever is next.
fn deal(tx: &mut Tx<'_>, seats: &[SeatRow], order: &[ExpertId]) -> Done<Vec<AssignExpert>> {
    let mut left: Vec<ExpertId> = order.to_vec();
    let mut dealt: Vec<AssignExpert> = Vec::new();
    for seat in seats {
        let mut found = None;
        for (place, expert) in left.iter().enumerate() {
            if super::next_in_chain::knows(tx, seat, *expert)? {
                found = Some(place);
                break;
            }
        }
        if left.is_empty() {
            break;
        }
        let expert_id = left.remove(found.unwrap_or(0));
        dealt.push(AssignExpert { expert_id, reserves: Vec::new(), seat: Some(seat.id), tomorrow: false });
    }
    let seats = dealt.len().max(1);
    for (place, expert) in left.into_iter().enumerate() {
        if let Some(seat) = dealt.get_mut(place % seats) {
            seat.reserves.push(expert);
        }
    }
    Ok(dealt)
}

/// Automatic mode: asks the best who may be asked for every free seat, with the next best as reserves; a seat nobody
/// qualifies for becomes a task. Answers whether somebody was asked or told.
///
/// # Errors
/// A fault of the machine.
pub fn ask_best(office: &Office, need: NeedId) -> Done<bool> {
    let reserves = usize::try_from(office.policy()?.reserves).unwrap_or(0);
    let free = db::need::seats_of(&mut *office.read()?, need)?
        .into_iter()
        .filter(|seat| seat.state == SeatState::Free)
        .count();
    let wanted = (free + reserves * free).min(MOST_AT_ONCE);
    let order = suggest_experts::best(office, &Actor::Desk, need, wanted)?;
    if !order.is_empty() {
        match assign_seats(office, &Actor::Desk, need, &order, false) {
            // Somebody reached a cap since the ranking: the chain of the others goes on without them.
            Err(super::ActionError::Refused(Refusal::NotEligible(_))) => one_by_one(office, need, &order)?,
            Err(super::ActionError::Refused(Refusal::NoFreeSeat | Refusal::NeedClosed)) => return Ok(false),
            other => drop(other?),
        }
    }
    office.write(|tx| {
        let row = tx.need(&Actor::Desk, need)?;
        let seats = db::need::seats_of(tx.conn, need)?;
        let left = seats.iter().any(|seat| seat.state == SeatState::Free) && row.state.is_open();
        let told = left && super::next_in_chain::nobody_left(tx, &Actor::Desk, &row)?;
        Ok(told || seats.iter().any(|seat| seat.state == SeatState::Offered))
    })
}

/// Asks those in order who still qualify, seat by seat.
fn one_by_one(office: &Office, need: NeedId, order: &[ExpertId]) -> Done<()> {
    for (place, expert) in order.iter().enumerate() {
        let reserves = order.get(place + 1..).unwrap_or_default().iter().take(MOST_RESERVES).copied().collect();
        let input = AssignExpert { expert_id: *expert, reserves, seat: None, tomorrow: false };
        match assign_expert(office, &Actor::Desk, need, &input) {
            Ok(_) | Err(super::ActionError::Refused(Refusal::NotEligible(_))) => {}
            Err(super::ActionError::Refused(Refusal::NoFreeSeat)) => return Ok(()),
            Err(error) => return Err(error),
        }
    }
    Ok(())
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
    let asked = suggest_experts::as_asked_by(&need, &seat);
    suggest_experts::eligible_now(tx.conn, &asked, input.expert_id, tx.now, false)
        .map_err(|error| suggest_experts::told(actor, error))?;
    set_reserves(tx, actor, &need, &seat, input)?;
    let id = offer(tx, actor, &need, &seat, input.expert_id, frozen, input.tomorrow)?;
    tx.settle_need(&mut need)?;
    super::next_in_chain::somebody_found(tx, actor, &need)?;
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
    tx.makes(id);
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
