//! An expert answers an offer: accepts, declines, or asks one question; by link, or entered by staff (来电登记).
//!
//! Source: Beijing standard, 服务要求 c); rules.md, "The answer". The first accept takes the seat under a database
//! constraint; answering twice is said kindly and changes nothing.

use super::owners::staff_for;
use super::record_notice::start_clock;
use super::rehome::{self, Leaving};
use super::{Actor, Done, Letter, Office, Tx, Work};
use crate::db;
use crate::db::assignment::AssignmentRow;
use crate::db::expert::LeaveRow;
use crate::db::fact::FactRow;
use crate::db::need::NeedRow;
use crate::domain::answer_rule::{clock_restarts_at, feedback_due, reply_due};
use crate::domain::assignment::{
    self, AnswerKind, Answered, AnsweredBy, AssignmentState, DeclineReason, NotifiedBy, Offer, OfferOutcome, VoidReason,
};
use crate::domain::calendar::beijing_date;
use crate::domain::event::Event;
use crate::domain::need::SeatState;
use crate::domain::notice::NoticeKind;
use crate::domain::refusal::{FieldProblem, Problems, Refusal};
use crate::domain::role::Right;
use crate::domain::task::TaskKind;
use crate::ids::{AssignmentId, LeaveId};
use crate::trial;
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use serde_json::json;

/// An answer as given.
#[derive(Debug, Clone)]
pub struct AnswerInput {
    /// Accept, decline or question.
    pub answer: AnswerKind,
    /// Why declined.
    pub reason: Option<DeclineReason>,
    /// A word to the station, or the question.
    pub note: Option<String>,
    /// Busy until this day inclusive: becomes leave.
    pub busy_until: Option<NaiveDate>,
    /// How it reached us.
    pub by: AnsweredBy,
    /// When the first byte of it arrived.
    pub first_byte_at: DateTime<Utc>,
}

/// Answers an offer. `actor` is the expert of the link, or staff for an answer told by phone.
///
/// # Errors
/// What [`assignment::answer`] says; [`Refusal::Invalid`] for a missing reason or question.
pub fn answer_assignment(office: &Office, actor: &Actor, id: AssignmentId, input: &AnswerInput) -> Done<Answered> {
    actor.needs(Right::WorkNeeds)?;
    let note = check(input, beijing_date(office.now()))?;
    office.write(|tx| within(tx, actor, id, input, note.as_deref()))
}

fn check(input: &AnswerInput, today: NaiveDate) -> Result<Option<String>, Refusal> {
    let mut problems = Problems::default();
    let note = problems.optional("note", input.note.as_deref(), 1_000);
    match input.answer {
        AnswerKind::Decline if input.reason.is_none() => problems.add(FieldProblem::new("reason", "missing")),
        AnswerKind::Question if note.is_none() => problems.add(FieldProblem::new("note", "missing")),
        _ => {}
    }
    if let Some(until) = input.busy_until {
        if until < today {
            problems.add(FieldProblem::new("busy_until", "in-the-past"));
        } else if until > today + Days::new(366) {
            problems.add(FieldProblem::new("busy_until", "out-of-range"));
        }
    }
    problems.settle()?;
    Ok(note)
}

fn within(tx: &mut Tx<'_>, actor: &Actor, id: AssignmentId, input: &AnswerInput, note: Option<&str>) -> Done<Answered> {
    let (mut row, mut need) = tx.assignment(actor, id)?;
    if !need.state.is_open() {
        return Err(Refusal::FileClosed.into());
    }
    let seat = db::need::seat(tx.conn, row.seat)?.ok_or(Refusal::NotFound)?;
    let offer = Offer {
        state: if trial::without(trial::Guard::CompareAndSet) { AssignmentState::Offered } else { row.state },
        notified_at: row.notified_at.map(|at| at.and_utc()),
        answer_due_at: row.answer_due_at.map(|at| at.and_utc()),
        asked_before: row.asked_at.is_some(),
        stopped: row.asked_at.is_some() && row.replied_at.is_none(),
        may_serve: db::expert::find(tx.conn, &row.expert)?.is_some_and(|expert| expert.standing.may_serve()),
        seat: seat.state,
    };
    let decided = assignment::answer(&offer, input.answer, input.first_byte_at, tx.now)?;
    let untold = row.notified_at.is_none();
    if untold && input.answer == AnswerKind::Question {
        // He knows of the offer before any server took its letter: his days are counted from now, and only then stopped.
        let now = tx.now;
        start_clock(tx, actor, &mut row, told_how(input.by), now)?;
    }
    let (Answered::Accepted { late } | Answered::Declined { late } | Answered::Asked { late }) = decided;
    if row.first_answer.is_none() {
        // Late or in time is what the first answer was (rules.md, "Figures"); a later one changes nothing of it.
        row.late = late;
        row.first_answer = Some(input.answer);
        row.answered_at = Some(tx.now.naive_utc());
        row.answered_by = Some(input.by);
        // Told by phone before any server took the letter: he was told when he answered.
        row.notified_at.get_or_insert(tx.now.naive_utc());
    }
    db::reminder::cancel(tx.conn, row.id, tx.now.naive_utc())?;
    if !(untold && input.answer == AnswerKind::Question) {
        // After a question by phone the letter still brings the link.
        db::outbox::void_of_assignment(tx.conn, row.id)?;
    }
    if input.answer != AnswerKind::Question {
        // Whatever waited for this offer's question, or for its letter, waits no more.
        let waited = [TaskKind::ReplyQuestion, TaskKind::QuestionOverdue, TaskKind::Undelivered];
        db::task::finish_of_offer(tx.conn, row.id, &waited, actor.account(), tx.now.naive_utc())?;
    }
    let was_lapsed = row.state == AssignmentState::Lapsed;
    match decided {
        Answered::Accepted { .. } => {
            accept(tx, actor, &mut row, &mut need, input.first_byte_at, was_lapsed)?;
        }
        Answered::Declined { .. } => {
            row.decline_reason = input.reason;
            row.note = note.map(str::to_owned);
            decline(tx, actor, &mut row, &mut need, input.first_byte_at, was_lapsed)?;
        }
        Answered::Asked { .. } => {
            row.question = note.map(str::to_owned);
            ask(tx, actor, &mut row, &need, input.first_byte_at)?;
        }
    }
    if was_lapsed && !row.late && db::conduct::withdraw_lapse(tx.conn, row.id, "answered-in-time", tx.now.naive_utc())?
    {
        tx.event(
            need.id.as_str(),
            actor,
            Event::BreachWithdrawn,
            &json!({"assignment": row.id, "why": "answered-in-time"}),
        )?;
    }
    if let Some(until) = input.busy_until {
        db::dialect::lock_expert(tx.conn, row.expert)?;
        let today = beijing_date(tx.now);
        let leave = LeaveRow {
            id: LeaveId::from_minted(tx.mint()),
            expert: row.expert,
            from_on: today,
            to_on: until,
            reason: None,
        };
        db::expert::insert_leaves(tx.conn, std::slice::from_ref(&leave))?;
        tx.event(row.expert.as_str(), actor, Event::LeaveEntered, &json!({"from": today, "to": until}))?;
        tx.changed("expert", row.expert.as_str())?;
        if input.answer != AnswerKind::Question {
            // Whoever is away is away for everything: what else is open to him moves on.
            rehome::within(tx, actor, row.expert, Leaving { accepted_too: false, turns_too: false, reason: "leave" })?;
        }
    }
    if input.by != AnsweredBy::Link {
        tx.owe(actor, Letter::new(NoticeKind::AnswerEntered, format!("entered:{id}:{}", input.answer)).of_offer(&row))?;
    }
    let outcome = if row.late { OfferOutcome::Late } else { OfferOutcome::OnTime };
    put_fact(tx, &row, &need, outcome)?;
    Ok(decided)
}

fn accept(
    tx: &mut Tx<'_>,
    actor: &Actor,
    row: &mut AssignmentRow,
    need: &mut NeedRow,
    first_byte: DateTime<Utc>,
    was_lapsed: bool,
) -> Done<()> {
    if was_lapsed {
        // Whoever was asked meanwhile for the same seat is told that it is taken.
        for mut other in db::assignment::of_seat(tx.conn, row.seat)? {
            if other.id != row.id && other.state == AssignmentState::Offered {
                void_offer(tx, &mut other, need, VoidReason::SeatTaken)?;
            }
        }
    }
    let served_on = need.wanted_by.unwrap_or_else(|| beijing_date(tx.now)).max(beijing_date(tx.now));
    let policy = tx.policy()?;
    let feedback_due_at = feedback_due(served_on, policy.feedback_working_days, &tx.office.calendar());
    row.state = AssignmentState::Accepted;
    row.feedback_due_at = Some(feedback_due_at.naive_utc());
    row.next_due_at = Some((feedback_due_at - TimeDelta::hours(39)).max(tx.now + TimeDelta::hours(1)).naive_utc());
    match tx.save_assignment(row) {
        Err(super::ActionError::Fault(fault)) if fault.to_string().to_lowercase().contains("unique") => {
            return Err(Refusal::SeatTaken.into());
        }
        other => other?,
    }
    db::need::set_seat(tx.conn, row.seat, SeatState::Taken)?;
    tx.settle_need(need)?;
    super::next_in_chain::somebody_found(tx, actor, need)?;
    tx.event(
        need.id.as_str(),
        actor,
        Event::OfferAccepted,
        &json!({"assignment": row.id, "late": row.late, "by": row.answered_by, "first_byte": first_byte}),
    )?;
    tx.owe(actor, Letter::new(NoticeKind::Confirmed, format!("confirmed:{}", row.id)).of_offer(row))?;
    if need.contact_email.is_some() {
        let mut letter = Letter::new(NoticeKind::ExpertConfirmed, format!("expert-confirmed:{}", row.id)).of_offer(row);
        letter.expert = None;
        tx.owe(actor, letter)?;
    }
    tell_staff(tx, row, need, NoticeKind::StaffAccepted)
}

fn decline(
    tx: &mut Tx<'_>,
    actor: &Actor,
    row: &mut AssignmentRow,
    need: &mut NeedRow,
    first_byte: DateTime<Utc>,
    was_lapsed: bool,
) -> Done<()> {
    row.state = AssignmentState::Declined;
    row.next_due_at = None;
    row.ended_at = Some(tx.now.naive_utc());
    tx.save_assignment(row)?;
    let detail = json!({"assignment": row.id, "reason": row.decline_reason, "late": row.late, "by": row.answered_by,
        "first_byte": first_byte});
    tx.event(need.id.as_str(), actor, Event::OfferDeclined, &detail)?;
    if !was_lapsed {
        super::next_in_chain::within(tx, need, row.seat)?;
    }
    tell_staff(tx, row, need, NoticeKind::StaffDeclined)
}

/// The clock stops: a reply is owed by the end of the next working day; after two working days it restarts by itself.
fn ask(tx: &mut Tx<'_>, actor: &Actor, row: &mut AssignmentRow, need: &NeedRow, first_byte: DateTime<Utc>) -> Done<()> {
    let calendar = tx.office.calendar();
    let due_at = reply_due(tx.now, &calendar);
    row.asked_at = Some(tx.now.naive_utc());
    row.clock_restarts_at = Some(clock_restarts_at(tx.now, &calendar).naive_utc());
    row.next_due_at = Some(due_at.naive_utc());
    tx.save_assignment(row)?;
    let detail = json!({"assignment": row.id, "reply_due": due_at, "first_byte": first_byte});
    tx.event(need.id.as_str(), actor, Event::QuestionAsked, &detail)?;
    let owners = staff_for(tx, need)?;
    tx.leave_task(Work {
        kind: TaskKind::ReplyQuestion,
        dedup: format!("reply:{}", row.id),
        need: Some(need.id),
        assignment: Some(row.id),
        expert: Some(row.expert),
        case: None,
        account: owners.first().copied(),
        for_manager: false,
        detail: None,
        due_at: Some(due_at),
    })?;
    tell_staff(tx, row, need, NoticeKind::StaffQuestion)
}

/// How somebody was told whose answer reached us that way.
const fn told_how(by: AnsweredBy) -> NotifiedBy {
    match by {
        AnsweredBy::Link => NotifiedBy::Smtp,
        AnsweredBy::Phone | AnsweredBy::Counter => NotifiedBy::Phone,
        AnsweredBy::Wechat => NotifiedBy::Wechat,
    }
}

/// Tells whoever looks after the need.
pub(super) fn tell_staff(tx: &mut Tx<'_>, row: &AssignmentRow, need: &NeedRow, kind: NoticeKind) -> Done<()> {
    for account in staff_for(tx, need)? {
        let letter = Letter::new(kind, format!("{kind}:{}:{}:{account}", row.id, row.round)).of_offer(row);
        tx.owe(&Actor::Desk, letter.to_account(account))?;
    }
    Ok(())
}

/// Makes an open offer void, and says so to its expert if the offer reached him. Whoever may not be asked any more is told
/// once of everything that moves on (`rehome`), not offer by offer.
pub(super) fn void_offer(tx: &mut Tx<'_>, row: &mut AssignmentRow, need: &NeedRow, why: VoidReason) -> Done<()> {
    let told = row.notified_at.is_some();
    let answered = row.first_answer.is_some();
    row.state = AssignmentState::Void;
    row.next_due_at = None;
    row.ended_at = Some(tx.now.naive_utc());
    row.end_reason = Some(why.as_str().to_owned());
    db::reminder::cancel(tx.conn, row.id, tx.now.naive_utc())?;
    db::outbox::void_of_assignment(tx.conn, row.id)?;
    tx.save_assignment(row)?;
    tx.event(need.id.as_str(), &Actor::Desk, Event::OfferVoided, &json!({"assignment": row.id, "why": why}))?;
    if !answered {
        put_fact(tx, row, need, OfferOutcome::Void)?;
    }
    if told && why != VoidReason::NotEligible {
        let kind = if why == VoidReason::SeatTaken { NoticeKind::SeatTaken } else { NoticeKind::OfferWithdrawn };
        tx.owe(&Actor::Desk, Letter::new(kind, format!("{kind}:{}", row.id)).of_offer(row))?;
    }
    Ok(())
}

/// Writes the fact row of an offer (rules.md, "Figures").
pub(super) fn put_fact(tx: &mut Tx<'_>, row: &AssignmentRow, need: &NeedRow, outcome: OfferOutcome) -> Done<()> {
    let firm = db::expert::find(tx.conn, &row.expert)?.map(|expert| expert.firm).unwrap_or_default();
    let notified_at = row.notified_at.map_or(tx.now, |at| at.and_utc());
    let minutes = row.answered_at.map(|answered| (answered.and_utc() - notified_at).num_minutes().max(0));
    let fact = FactRow {
        assignment: row.id,
        need: need.id,
        expert: row.expert,
        firm,
        region: need.region.clone(),
        station: need.station,
        notified_on: beijing_date(notified_at),
        outcome,
        // What it came to: a question that ended in a yes counts as a yes.
        answer: match row.state {
            AssignmentState::Accepted | AssignmentState::Done => Some(AnswerKind::Accept),
            AssignmentState::Declined => Some(AnswerKind::Decline),
            _ => row.first_answer,
        },
        decline_reason: row.decline_reason,
        by_staff: row.answered_by.is_some_and(|by| by != AnsweredBy::Link),
        minutes: minutes.filter(|_| row.first_answer.is_some()),
        enterprise: need.enterprise,
    };
    db::fact::put(tx.conn, &fact, &need.services.get())?;
    Ok(())
}
