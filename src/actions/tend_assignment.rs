//! What is due for an assignment at this moment: a reminder, a restarted clock, the end of the two days, a letter that
//! never left, feedback that is missing. One transaction an assignment; run twice, it does nothing the second time.
//!
//! Source: Beijing standard, 服务要求 c) and d); rules.md, "Letters and the night", "The answer", "The chain".

use super::answer_assignment::{put_fact, tell_staff};
use super::assign_expert::DELIVERY_WATCH;
use super::owners::{head_of, managers_of, staff_for};
use super::record_notice::plan_reminders;
use super::{Actor, Done, Letter, Office, Tx, Work};
use crate::db::assignment::AssignmentRow;
use crate::db::conduct::IncidentRow;
use crate::db::need::NeedRow;
use crate::db::{self, JsonText};
use crate::domain::answer_rule::count_after_question;
use crate::domain::answer_rule::due_after_reply;
use crate::domain::assignment::{AssignmentState, OfferOutcome};
use crate::domain::conduct::{IncidentKind, proposes_admonition};
use crate::domain::event::Event;
use crate::domain::notice::NoticeKind;
use crate::domain::task::TaskKind;
use crate::ids::{AssignmentId, ExpertId, IncidentId};
use chrono::{DateTime, Days, TimeDelta, Utc};
use serde_json::json;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tended {
    /// Nothing was due any more.
    Nothing,
    /// A reminder was owed.
    Reminded,
    /// The offer lapsed.
    Lapsed,
    /// The clock of a question restarted.
    ClockRestarted,
    /// A person was told to look at it.
    TaskLeft,
    /// The desk will look again later.
    Watched,
}

/// Does what is due for one assignment now.
///
/// # Errors
/// A fault of the machine.
pub fn tend_assignment(office: &Office, id: AssignmentId) -> Done<Tended> {
    office.write(|tx| {
        let (mut row, mut need) = tx.assignment(&Actor::Desk, id)?;
        if row.next_due_at.is_none_or(|at| at > tx.now.naive_utc()) {
            return Ok(Tended::Nothing);
        }
        match row.state {
            AssignmentState::Offered if row.notified_at.is_none() => watch_delivery(tx, &mut row, &mut need),
            AssignmentState::Offered if row.asked_at.is_some() && row.replied_at.is_none() => {
                question(tx, &mut row, &need)
            }
            AssignmentState::Offered => offered(tx, &mut row, &mut need),
            AssignmentState::Accepted => feedback(tx, &mut row, &need),
            AssignmentState::Done => rating(tx, &mut row, &need),
            _ => {
                row.next_due_at = None;
                tx.save_assignment(&mut row)?;
                Ok(Tended::Nothing)
            }
        }
    })
}

/// How long a letter may be on its way before the next one is asked, counted from when it might leave.
const PATIENCE: TimeDelta = TimeDelta::hours(24);

/// The letter has been on its way too long: after four hours a person looks, after a day the next one is asked, unless no
/// letter at all was taken meanwhile.
fn watch_delivery(tx: &mut Tx<'_>, row: &mut AssignmentRow, need: &mut NeedRow) -> Done<Tended> {
    if tx.office.settings.mail_off {
        return pass_on(tx, row, need);
    }
    if super::mail_alarm::standing(tx.conn)?.is_some() {
        // Our own configuration is at fault and everybody is told so: no expert is passed over for it.
        row.next_due_at = Some((tx.now + TimeDelta::hours(1)).naive_utc());
        tx.save_assignment(row)?;
        return Ok(Tended::Watched);
    }
    let key = format!("not-accepted:{}", row.id);
    let Some(looked) = db::task::by_dedup(tx.conn, &key)? else {
        // The first look, four hours after the letter might leave; the next one a day after that.
        row.next_due_at = Some((tx.now + (PATIENCE - DELIVERY_WATCH)).naive_utc());
        tx.save_assignment(row)?;
        let owners = staff_for(tx, need)?;
        tx.leave_task(Work {
            kind: TaskKind::Undelivered,
            dedup: key,
            need: Some(need.id),
            assignment: Some(row.id),
            expert: Some(row.expert),
            case: None,
            account: owners.first().copied(),
            for_manager: true,
            detail: Some(NoticeKind::Offer.as_str().to_owned()),
            due_at: None,
        })?;
        return Ok(Tended::TaskLeft);
    };
    if !db::mail_health::any_accepted_since(tx.conn, looked.created_at - DELIVERY_WATCH)? {
        // No server took anybody's letter since this one might leave: that is our trouble, not this address's, and nobody is passed over for it.
        row.next_due_at = Some((tx.now + TimeDelta::hours(1)).naive_utc());
        tx.save_assignment(row)?;
        return Ok(Tended::Watched);
    }
    row.state = AssignmentState::Undelivered;
    row.next_due_at = None;
    row.ended_at = Some(tx.now.naive_utc());
    row.end_reason = Some("not-accepted-by-server".to_owned());
    db::outbox::void_of_assignment(tx.conn, row.id)?;
    tx.save_assignment(row)?;
    tx.event(
        need.id.as_str(),
        &Actor::Desk,
        Event::NoticeBounced,
        &json!({"assignment": row.id, "why": "a day without a server"}),
    )?;
    put_fact(tx, row, need, OfferOutcome::Undelivered)?;
    tell_staff(tx, row, need, NoticeKind::StaffUndelivered)?;
    super::next_in_chain::within(tx, need, row.seat)?;
    Ok(Tended::TaskLeft)
}

/// With mail off no letter can leave and no clock has started: staff pass the link on. There is always an open task for
/// it, and a day later the managers see it too.
fn pass_on(tx: &mut Tx<'_>, row: &mut AssignmentRow, need: &NeedRow) -> Done<Tended> {
    let days = (tx.now - row.created_at.and_utc()).num_days();
    let open = db::task::open_of_offer(tx.conn, row.id, TaskKind::Undelivered)?;
    for task in open.iter().filter(|task| days > 0 && !task.for_manager) {
        db::task::show_to_managers(tx.conn, task.id)?;
    }
    let owners = staff_for(tx, need)?;
    let left = open.is_empty()
        && tx.leave_new_task(Work {
            kind: TaskKind::Undelivered,
            dedup: format!("mail-off:{}:{days}", row.id),
            need: Some(need.id),
            assignment: Some(row.id),
            expert: Some(row.expert),
            case: None,
            account: owners.first().copied(),
            for_manager: days > 0,
            detail: Some(NoticeKind::Offer.as_str().to_owned()),
            due_at: None,
        })?;
    row.next_due_at = Some((tx.now + TimeDelta::days(1)).naive_utc());
    tx.save_assignment(row)?;
    Ok(if left { Tended::TaskLeft } else { Tended::Watched })
}

/// A question waits: first for 站长 and manager to see, then the clock restarts by itself.
fn question(tx: &mut Tx<'_>, row: &mut AssignmentRow, need: &NeedRow) -> Done<Tended> {
    let restarts_at = row.clock_restarts_at.map_or(tx.now, |at| at.and_utc());
    if tx.now < restarts_at {
        let mut told = managers_of(tx, &need.region)?;
        told.extend(head_of(tx, need)?);
        let head = head_of(tx, need)?;
        tx.leave_task(Work {
            kind: TaskKind::QuestionOverdue,
            dedup: format!("question-overdue:{}", row.id),
            need: Some(need.id),
            assignment: Some(row.id),
            expert: Some(row.expert),
            case: None,
            account: head,
            for_manager: true,
            detail: None,
            due_at: Some(restarts_at),
        })?;
        told.sort_unstable();
        told.dedup();
        for account in told {
            let letter =
                Letter::new(NoticeKind::StaffQuestionOverdue, format!("question-overdue:{}:{account}", row.id));
            tx.owe(&Actor::Desk, letter.of_offer(row).to_account(account))?;
        }
        row.next_due_at = Some(restarts_at.naive_utc());
        tx.save_assignment(row)?;
        return Ok(Tended::TaskLeft);
    }
    let old_due = row.answer_due_at.map_or(tx.now, |at| at.and_utc());
    // A restart the desk comes to days late, because it stood still, gives a whole day from then.
    restart_clock(tx, row, due_after_reply(old_due, restarts_at.max(tx.now)), "restarted")?;
    tx.event(need.id.as_str(), &Actor::Desk, Event::ClockRestarted, &json!({"assignment": row.id}))?;
    tx.owe(&Actor::Desk, Letter::new(NoticeKind::QuestionReplied, format!("restarted:{}", row.id)).of_offer(row))?;
    Ok(Tended::ClockRestarted)
}

/// The clock of an offer runs again until `due_at`, which is never earlier than what was promised.
pub(super) fn restart_clock(tx: &mut Tx<'_>, row: &mut AssignmentRow, due_at: DateTime<Utc>, why: &str) -> Done<()> {
    let promised = row.answer_due_at.map_or(due_at, |at| at.and_utc());
    let due_at = due_at.max(promised);
    if row.replied_at.is_none() {
        row.replied_at = Some(tx.now.naive_utc());
    }
    row.day_count = JsonText::of(&count_after_question(&row.day_count.get(), promised, due_at));
    row.answer_due_at = Some(due_at.naive_utc());
    let now = tx.now;
    plan_reminders(tx, row, now, due_at)?;
    tx.event(
        row.need.as_str(),
        &Actor::Desk,
        Event::DueMoved,
        &json!({"assignment": row.id, "from": promised, "to": due_at, "why": why}),
    )?;
    tx.save_assignment(row)
}

/// The clock runs: remind, or end.
fn offered(tx: &mut Tx<'_>, row: &mut AssignmentRow, need: &mut NeedRow) -> Done<Tended> {
    let due_at = row.answer_due_at.map_or(tx.now, |at| at.and_utc());
    if tx.now >= due_at {
        lapse(tx, row, need)?;
        return Ok(Tended::Lapsed);
    }
    let mut next = due_at;
    let mut reminded = false;
    for reminder in db::reminder::of_assignment(tx.conn, row.id)? {
        if reminder.sent_at.is_some() || reminder.cancelled_at.is_some() {
            continue;
        }
        if reminder.due_at <= tx.now.naive_utc() {
            let mut letter =
                Letter::new(NoticeKind::Reminder, format!("reminder:{}:{}", row.id, reminder.ordinal)).of_offer(row);
            letter.ordinal = Some(reminder.ordinal);
            tx.owe(&Actor::Desk, letter)?;
            reminded = true;
        } else {
            next = next.min(reminder.due_at.and_utc());
        }
    }
    row.next_due_at = Some(next.naive_utc());
    tx.save_assignment(row)?;
    Ok(if reminded { Tended::Reminded } else { Tended::Nothing })
}

/// The two days are over: recorded at once, the letters wait for the morning, the next reserve is asked.
fn lapse(tx: &mut Tx<'_>, row: &mut AssignmentRow, need: &mut NeedRow) -> Done<()> {
    row.state = AssignmentState::Lapsed;
    row.next_due_at = None;
    row.ended_at = Some(tx.now.naive_utc());
    db::reminder::cancel(tx.conn, row.id, tx.now.naive_utc())?;
    db::outbox::void_of_assignment(tx.conn, row.id)?;
    tx.save_assignment(row)?;
    tx.event(
        need.id.as_str(),
        &Actor::Desk,
        Event::OfferLapsed,
        &json!({"assignment": row.id, "due": row.answer_due_at}),
    )?;
    // Who asked in time did respond (响应): the seat moves on, but that is no breach.
    if row.first_answer.is_none() {
        put_fact(tx, row, need, OfferOutcome::Lapsed)?;
        record_incident(tx, row.expert, IncidentKind::Lapse, Some(row), format!("lapse:{}", row.id))?;
    }
    tx.owe(&Actor::Desk, Letter::new(NoticeKind::OfferLapsed, format!("lapsed:{}", row.id)).of_offer(row))?;
    super::next_in_chain::within(tx, need, row.seat)?;
    tell_staff(tx, row, need, NoticeKind::StaffLapsed)
}

/// Records an incident once, and leaves the managers a task when policy proposes an admonition.
pub(super) fn record_incident(
    tx: &mut Tx<'_>,
    expert: ExpertId,
    kind: IncidentKind,
    of: Option<&AssignmentRow>,
    key: String,
) -> Done<()> {
    let row = IncidentRow {
        id: IncidentId::from_minted(tx.mint()),
        expert,
        kind,
        need: of.map(|row| row.need),
        assignment: of.map(|row| row.id),
        happened_at: tx.now.naive_utc(),
        withdrawn_at: None,
        withdrawn_why: None,
        dedup_key: key,
    };
    if !db::conduct::record_incident(tx.conn, &row)? {
        return Ok(());
    }
    tx.event(
        expert.as_str(),
        &Actor::Desk,
        Event::IncidentRecorded,
        &json!({"incident": row.id, "kind": kind, "assignment": row.assignment}),
    )?;
    let policy = tx.policy()?;
    let from = (tx.now - Days::new(365)).naive_utc();
    let lapses = db::conduct::count_incidents(tx.conn, expert, IncidentKind::Lapse, from)?;
    if kind == IncidentKind::Lapse && proposes_admonition(lapses, policy.lapses_to_admonish, 0) {
        tx.leave_task(Work {
            kind: TaskKind::AdmonitionProposed,
            dedup: format!("admonition:{expert}:{}", lapses / policy.lapses_to_admonish.max(1)),
            need: None,
            assignment: of.map(|row| row.id),
            expert: Some(expert),
            case: None,
            account: None,
            for_manager: true,
            detail: Some(lapses.to_string()),
            due_at: None,
        })?;
    }
    Ok(())
}

/// Feedback is due: reminded the day before, then every three days; overdue once is an incident.
fn feedback(tx: &mut Tx<'_>, row: &mut AssignmentRow, need: &NeedRow) -> Done<Tended> {
    let due_at = row.feedback_due_at.map_or(tx.now, |at| at.and_utc());
    let overdue = tx.now >= due_at;
    let round = if overdue { (tx.now - due_at).num_days() / 3 + 1 } else { 0 };
    let mut letter = Letter::new(NoticeKind::FeedbackReminder, format!("feedback:{}:{round}", row.id)).of_offer(row);
    letter.ordinal = i32::try_from(round).ok();
    tx.owe(&Actor::Desk, letter)?;
    if overdue {
        record_incident(
            tx,
            row.expert,
            IncidentKind::FeedbackOverdue,
            Some(row),
            format!("feedback-overdue:{}", row.id),
        )?;
        let owners = staff_for(tx, need)?;
        tx.leave_task(Work {
            kind: TaskKind::FeedbackOverdue,
            dedup: format!("feedback-overdue:{}", row.id),
            need: Some(need.id),
            assignment: Some(row.id),
            expert: Some(row.expert),
            case: None,
            account: owners.first().copied(),
            for_manager: false,
            detail: None,
            due_at: None,
        })?;
    }
    row.next_due_at = Some(if overdue { due_at + TimeDelta::days(3 * round) } else { due_at }.naive_utc());
    tx.save_assignment(row)?;
    Ok(Tended::Reminded)
}

/// The rating link was asked for long enough: somebody calls back (回访).
fn rating(tx: &mut Tx<'_>, row: &mut AssignmentRow, need: &NeedRow) -> Done<Tended> {
    row.next_due_at = None;
    tx.save_assignment(row)?;
    let rated = db::feedback::ratings_of_need(tx.conn, need.id)?.iter().any(|rating| rating.assignment == row.id);
    if rated || !need.state.is_open() {
        return Ok(Tended::Nothing);
    }
    call_back(tx, row, need)?;
    Ok(Tended::TaskLeft)
}

/// Leaves the owner the task to call back.
pub(super) fn call_back(tx: &mut Tx<'_>, row: &AssignmentRow, need: &NeedRow) -> Done<()> {
    let owners = staff_for(tx, need)?;
    tx.leave_task(Work {
        kind: TaskKind::CallBack,
        dedup: format!("call-back:{}", row.id),
        need: Some(need.id),
        assignment: Some(row.id),
        expert: Some(row.expert),
        case: None,
        account: owners.first().copied(),
        for_manager: false,
        detail: None,
        due_at: None,
    })
}
