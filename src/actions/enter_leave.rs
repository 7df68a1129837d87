//! Leave (请假) is entered, by staff or by the expert: dated rows, both days inclusive. What it collides with is told before
//! anything is written, each with its way out.
//!
//! Source: issue "The registry", 3. Open offers move on when the leave begins: at once, or on its first day. One that is
//! open now and a leave that begins later collide, and so do a case in hand and the leave. Duty turns that fall into it
//! find a new home in the same act. Deliberately absent: any judgment of the reason.

use super::answer_assignment::void_offer;
use super::rehome::{self, Leaving};
use super::{Actor, Done, Office, Tx, next_in_chain, rehome_duty, release_assignment};
use crate::db;
use crate::db::expert::LeaveRow;
use crate::db::{Conn, expert_list};
use crate::domain::assignment::{AssignmentState, ReleasedBy, VoidReason};
use crate::domain::calendar::beijing_date;
use crate::domain::event::Event;
use crate::domain::refusal::{FieldProblem, Problems, Refusal};
use crate::domain::role::{Right, Scope};
use crate::ids::{AssignmentId, ExpertId, LeaveId};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Leave as typed.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeaveInput {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// Why, in a word.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Something that is not done while one is away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collision {
    /// The offer.
    pub assignment: AssignmentId,
    /// Its number.
    pub number: String,
    /// The need's number.
    pub need: String,
    /// Whether the expert accepted it; else it waits for an answer.
    pub accepted: bool,
    /// Until when an answer or feedback is due.
    pub due_at: Option<DateTime<Utc>>,
    /// Until when the service is wanted.
    pub wanted_by: Option<NaiveDate>,
}

/// What of an expert's open offers and cases falls into those days: an offer whose answer is due in them, a case whose
/// service or feedback is.
///
/// # Errors
/// What the database says.
pub fn collisions(conn: &mut Conn, expert: ExpertId, from: NaiveDate, to: NaiveDate) -> Done<Vec<Collision>> {
    let states = [AssignmentState::Offered, AssignmentState::Accepted];
    let rows = expert_list::offers(conn, &Scope::Everything, expert, &states, 100)?;
    let within = |day: NaiveDate| from <= day && day <= to;
    Ok(rows
        .into_iter()
        .filter_map(|(offer, need)| {
            let accepted = offer.state == AssignmentState::Accepted;
            let due_at = if accepted { offer.feedback_due_at } else { offer.answer_due_at }.map(|at| at.and_utc());
            // The due instant is the first that is too late, so its last day is the one before.
            let due_on = due_at.map(|at| beijing_date(at - chrono::TimeDelta::seconds(1)));
            let touched = match (due_on, need.wanted_by) {
                (None, None) => true,
                (due, wanted) => due.is_some_and(within) || wanted.is_some_and(within),
            };
            touched.then_some(Collision {
                assignment: offer.id,
                number: offer.number,
                need: need.number,
                accepted,
                due_at,
                wanted_by: need.wanted_by,
            })
        })
        .collect())
}

/// Enters leave. Answers its id and how many open offers and duty turns moved on.
///
/// # Errors
/// [`Refusal::Invalid`] for dates that make no sense; [`Refusal::NotFound`].
pub fn enter_leave(office: &Office, actor: &Actor, expert: ExpertId, input: &LeaveInput) -> Done<(LeaveId, usize)> {
    actor.needs(Right::WorkNeeds)?;
    let reason = check(input)?;
    office.write(|tx| within(tx, actor, expert, input, reason.clone()))
}

fn check(input: &LeaveInput) -> Result<Option<String>, Refusal> {
    let mut p = Problems::default();
    let reason = p.optional("reason", input.reason.as_deref(), 200);
    if input.to < input.from {
        p.add(FieldProblem::new("to", "out-of-range"));
    }
    if (input.to - input.from).num_days() > 3_660 {
        p.add(FieldProblem::new("to", "out-of-range"));
    }
    p.settle()?;
    Ok(reason)
}

fn within(
    tx: &mut Tx<'_>,
    actor: &Actor,
    expert: ExpertId,
    input: &LeaveInput,
    reason: Option<String>,
) -> Done<(LeaveId, usize)> {
    db::dialect::lock_expert(tx.conn, expert)?;
    db::expert::find(tx.conn, &expert)?.ok_or(Refusal::NotFound)?;
    let id = LeaveId::from_minted(tx.mint());
    let row = LeaveRow { id, expert, from_on: input.from, to_on: input.to, reason };
    db::expert::insert_leaves(tx.conn, std::slice::from_ref(&row))?;
    tx.event(expert.as_str(), actor, Event::LeaveEntered, &json!({"from": input.from, "to": input.to}))?;
    tx.changed("expert", expert.as_str())?;
    let today = beijing_date(tx.now);
    let moved = if input.from <= today && today <= input.to {
        rehome::within(tx, actor, expert, Leaving { accepted_too: false, turns_too: false, reason: "leave" })?
    } else {
        0
    };
    let turns = rehome_duty::within(tx, actor, expert, (input.from, input.to), "leave")?;
    Ok((id, moved + turns))
}

/// How an expert's own leave ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// Entered; so many offers and cases moved on.
    Entered(usize),
    /// Nothing was written: these collide and nothing was said of them.
    Collides(Vec<Collision>),
}

/// An expert takes leave. With collisions, nothing is written unless `settled`: then the offers named in `given_back` move
/// on to the next in their chains (a case in hand is released), and the others stay with the expert.
///
/// # Errors
/// [`Refusal::Invalid`]; [`Refusal::WrongState`] for an expert who has left.
pub fn take_leave(
    office: &Office,
    expert: ExpertId,
    input: &LeaveInput,
    settled: bool,
    given_back: &[AssignmentId],
) -> Done<Taken> {
    let reason = check(input)?;
    let actor = Actor::Expert(expert);
    office.write(|tx| {
        let row = db::expert::find(tx.conn, &expert)?.ok_or(Refusal::NotFound)?;
        if row.standing.has_left() {
            return Err(Refusal::WrongState.into());
        }
        if input.to < beijing_date(tx.now) {
            return Err(Refusal::Invalid(vec![FieldProblem::new("to", "in-the-past")]).into());
        }
        let found = collisions(tx.conn, expert, input.from, input.to)?;
        if !found.is_empty() && !settled {
            return Ok(Taken::Collides(found));
        }
        let mut moved = 0;
        for one in found.iter().filter(|one| given_back.contains(&one.assignment)) {
            moved += give_back(tx, &actor, one)?;
        }
        let (_, more) = within(tx, &actor, expert, input, reason.clone())?;
        Ok(Taken::Entered(moved + more))
    })
}

fn give_back(tx: &mut Tx<'_>, actor: &Actor, one: &Collision) -> Done<usize> {
    let (mut row, mut need) = tx.assignment(actor, one.assignment)?;
    match row.state {
        AssignmentState::Accepted => {
            release_assignment::within(tx, actor, &mut row, &mut need, ReleasedBy::Expert, "leave")?;
        }
        AssignmentState::Offered => {
            void_offer(tx, &mut row, &need, VoidReason::NotEligible)?;
            next_in_chain::within(tx, &mut need, row.seat)?;
        }
        _ => return Ok(0),
    }
    Ok(1)
}

/// An expert takes a leave back that has not ended: days to come are free again.
///
/// # Errors
/// [`Refusal::NotFound`]; [`Refusal::WrongState`] when it is over.
pub fn end_leave(office: &Office, expert: ExpertId, id: LeaveId) -> Done<()> {
    office.write(|tx| {
        let leaves = db::expert::leaves_of(tx.conn, expert)?;
        let row = leaves.into_iter().find(|row| row.id == id).ok_or(Refusal::NotFound)?;
        let today = beijing_date(tx.now);
        if row.to_on < today {
            return Err(Refusal::WrongState.into());
        }
        let yesterday = today.pred_opt().unwrap_or(today);
        // Days that have been stay: they explain why nobody asked.
        let kept = (row.from_on < today).then_some(yesterday);
        db::expert::end_leave(tx.conn, id, kept)?;
        let detail = json!({"from": row.from_on, "to": row.to_on, "kept_to": kept});
        tx.event(expert.as_str(), &Actor::Expert(expert), Event::LeaveEnded, &detail)?;
        tx.changed("expert", expert.as_str())
    })
}

/// The experts whose leave has begun and to whom something is open still.
///
/// # Errors
/// A fault of the machine.
pub fn gone_with_offers(office: &Office) -> Done<Vec<ExpertId>> {
    let today = beijing_date(office.now());
    Ok(db::expert::away_with_offers(&mut *office.read()?, today)?)
}

/// A leave that staff entered has begun: what is open to the expert moves on. What experts kept when they entered their
/// leave themselves stays with them. Answers how much moved.
///
/// # Errors
/// A fault of the machine.
pub fn begin_leave(office: &Office, expert: ExpertId) -> Done<usize> {
    office.write(|tx| {
        db::dialect::lock_expert(tx.conn, expert)?;
        let today = beijing_date(tx.now);
        let own = Actor::Expert(expert).label();
        let trail = db::audit::trail(tx.conn, expert.as_str())?;
        let by_staff = |row: &LeaveRow| {
            let days = json!({"from": row.from_on, "to": row.to_on});
            let entered = Event::LeaveEntered.as_str();
            !trail.iter().any(|event| event.event == entered && event.actor == own && event.detail.get() == days)
        };
        let leaves = db::expert::leaves_of(tx.conn, expert)?;
        let away = leaves.iter().any(|row| row.from_on <= today && today <= row.to_on && by_staff(row));
        if away {
            rehome::within(tx, &Actor::Desk, expert, Leaving { accepted_too: false, turns_too: false, reason: "leave" })
        } else {
            Ok(0)
        }
    })
}
