//! What became of a letter: the mail server took it (the clock starts), it came back (the clock is void), it has to wait;
//! or staff told the expert by phone or WeChat.
//!
//! One transaction with the fenced outbox row, for it sets the deadline (architecture.md). Source: Civil Code art. 137
//! (arrival) and 201 (counting); rules.md, "Letters and the night".

pub(super) use super::record_bounce::came_back;
use super::record_bounce::{check_contact, undelivered};
use super::suggest_experts::{as_asked_by, eligible_now};
use super::{Actor, Done, Office, Tx, kept_letter};
use crate::db::assignment::AssignmentRow;
use crate::db::outbox::OutboxRow;
use crate::db::outbox::Settled;
use crate::db::reminder::ReminderRow;
use crate::db::{self, JsonText};
use crate::domain::answer_rule::due;
use crate::domain::assignment::{AssignmentState, NotifiedBy};
use crate::domain::event::Event;
use crate::domain::notice::NoticeKind;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::role::Right;
use crate::domain::task::TaskKind;
use crate::ids::{AssignmentId, ReminderId};
use crate::trial;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

/// What became of one attempt to deliver.
#[derive(Debug, Clone)]
pub enum Delivery {
    /// The server answered 250. The letter as sent, links blanked.
    Accepted {
        /// The letter as sent, links blanked.
        text: String,
        /// Its SHA-256, hex.
        sha256: String,
        /// The version of the templates.
        template_version: String,
    },
    /// The server refuses this recipient for good.
    Bounced {
        /// What the server said.
        why: String,
    },
    /// Try again then.
    Later {
        /// When.
        at: DateTime<Utc>,
        /// What went wrong.
        why: String,
    },
    /// Given up after a day of trying.
    GivenUp {
        /// What went wrong last.
        why: String,
    },
    /// Nothing to say any more: the state moved on before the letter left.
    Void,
}

/// After so many attempts (at once, 1, 5, 15 minutes, 1 hour, 4 hours) a person looks at a letter.
const LADDER: i32 = 6;

/// Writes down what became of a leased letter. Answers false when another node holds the lease by now; nothing is
/// written then.
///
/// # Errors
/// A fault of the machine.
pub fn record_delivery(office: &Office, letter: &OutboxRow, delivery: &Delivery) -> Done<bool> {
    office.write(|tx| {
        let now = tx.now.naive_utc();
        let (state, not_before, accepted_at, why) = match delivery {
            Delivery::Accepted { .. } => ("accepted", letter.not_before, Some(now), None),
            Delivery::Bounced { why } => ("bounced", letter.not_before, None, Some(why.as_str())),
            Delivery::Later { at, why } => ("queued", at.naive_utc(), None, Some(why.as_str())),
            Delivery::GivenUp { why } => ("failed", letter.not_before, None, Some(why.as_str())),
            Delivery::Void => ("void", letter.not_before, None, None),
        };
        let settled = Settled { state, not_before, accepted_at, error: why };
        if !db::outbox::settle(tx.conn, letter, settled)? {
            return Ok(false);
        }
        if let Delivery::Accepted { text, sha256, template_version } = delivery {
            kept_letter::keep(tx, letter, text, sha256, template_version)?;
        }
        let kind = letter.notice.get().kind;
        if !kind.is_digest() {
            follow(tx, letter, delivery)?;
        } else if !matches!(delivery, Delivery::Later { .. }) {
            for part in db::digest::carried(tx.conn, letter.id)? {
                if db::digest::settle_carried(tx.conn, part.id, state, accepted_at, why)? {
                    follow(tx, &part, delivery)?;
                }
            }
        }
        Ok(true)
    })
}

/// What follows from what became of one letter.
fn follow(tx: &mut Tx<'_>, letter: &OutboxRow, delivery: &Delivery) -> Done<()> {
    let kind = letter.notice.get().kind;
    match delivery {
        Delivery::Accepted { .. } => accepted(tx, letter, kind),
        Delivery::Bounced { .. } | Delivery::GivenUp { .. } => undelivered(tx, letter),
        Delivery::Later { .. } if letter.attempts == LADDER && kind != NoticeKind::Offer => late(tx, letter),
        Delivery::Later { .. } | Delivery::Void => Ok(()),
    }
}

/// A letter is on its way too long: a person looks, while the desk goes on trying. An offer is watched by its own timer.
fn late(tx: &mut Tx<'_>, letter: &OutboxRow) -> Done<()> {
    let Some(need) = letter.need else { return Ok(()) };
    let need = tx.need(&Actor::Desk, need)?;
    check_contact(tx, letter, &need)
}

fn accepted(tx: &mut Tx<'_>, letter: &OutboxRow, kind: NoticeKind) -> Done<()> {
    if let (NoticeKind::DutyAsk, Some(plan), Some(expert)) = (kind, letter.notice.get().plan, letter.expert) {
        let now = tx.now;
        return super::ask_duty::notified(tx, plan, expert, now);
    }
    if let Some(case) = letter.notice.get().case.filter(|_| super::tell_case::tells(kind)) {
        return super::tell_case::accepted(tx, case, kind);
    }
    let Some(id) = letter.assignment else { return Ok(()) };
    match kind {
        NoticeKind::Offer => {
            let (mut row, _) = tx.assignment(&Actor::Desk, id)?;
            if row.state == AssignmentState::Offered && row.notified_at.is_none() {
                let now = tx.now;
                start_clock(tx, &Actor::Desk, &mut row, NotifiedBy::Smtp, now)?;
            }
            Ok(())
        }
        NoticeKind::Reminder => {
            let ordinal = letter.notice.get().ordinal.unwrap_or(0);
            tx.event(
                need_of(letter).as_str(),
                &Actor::Desk,
                Event::ReminderSent,
                &json!({"assignment": id, "ordinal": ordinal}),
            )?;
            Ok(db::reminder::sent(tx.conn, id, ordinal, tx.now.naive_utc())?)
        }
        _ => Ok(()),
    }
}

fn need_of(letter: &OutboxRow) -> String {
    letter.need.map(|need| need.to_string()).unwrap_or_default()
}

/// Starts the clock of an offer: counts the due instant and plans the reminders.
pub(super) fn start_clock(
    tx: &mut Tx<'_>,
    actor: &Actor,
    row: &mut AssignmentRow,
    by: NotifiedBy,
    at: DateTime<Utc>,
) -> Done<()> {
    // Rule and floor are those the offer was made under, whatever the policy says by now.
    let promised = super::set_policy::in_force_at(tx.conn, row.created_at)?;
    let calendar = tx.office.calendar_now(tx.conn)?;
    let counted = if trial::without(trial::Guard::HolidayRoll) {
        due(crate::domain::answer_rule::CountingRule::CalendarDays, promised.waking_hours_floor, at, &calendar)
    } else {
        due(row.rule, promised.waking_hours_floor, at, &calendar)
    };
    row.notified_at = Some(at.naive_utc());
    row.notified_by = Some(by);
    row.answer_due_at = Some(counted.due_at.naive_utc());
    row.provisional = counted.provisional;
    row.day_count = JsonText::of(&counted.count);
    // He knows of it: nobody has to look where his letter is.
    db::task::finish_of_offer(tx.conn, row.id, &[TaskKind::Undelivered], actor.account(), tx.now.naive_utc())?;
    plan_reminders(tx, row, at, counted.due_at)?;
    let detail = json!({"assignment": row.id, "by": by, "at": at, "due": counted.due_at, "rule": row.rule,
        "provisional": counted.provisional, "calendar": calendar.version()});
    tx.event(row.need.as_str(), actor, Event::NoticeRecorded, &detail)?;
    tx.save_assignment(row)
}

/// Plans the reminders between two instants and sets when the desk looks next.
pub(super) fn plan_reminders(
    tx: &mut Tx<'_>,
    row: &mut AssignmentRow,
    from: DateTime<Utc>,
    due_at: DateTime<Utc>,
) -> Done<()> {
    let known = db::reminder::of_assignment(tx.conn, row.id)?;
    let base = known.last().map_or(0, |last| last.ordinal);
    let mut next = due_at;
    // The plan is that of the rules the offer was made under: a later policy never touches what is out.
    let rules = super::set_policy::in_force_at(tx.conn, row.created_at)?.letters;
    for (ordinal, at) in rules.reminder_times(from, due_at) {
        if at <= tx.now {
            continue;
        }
        let reminder = ReminderRow {
            id: ReminderId::from_minted(tx.mint()),
            assignment: row.id,
            ordinal: base + i32::from(ordinal),
            due_at: at.naive_utc(),
            sent_at: None,
            cancelled_at: None,
        };
        db::reminder::insert(tx.conn, &reminder)?;
        next = next.min(at);
    }
    row.next_due_at = Some(next.naive_utc());
    Ok(())
}

/// Staff told the expert by phone or WeChat at `at`: the clock starts there. An undelivered offer reopens (round + 1) if
/// its seat is free, by a call after its letter came back.
///
/// # Errors
/// [`Refusal::NoticeRecorded`] when the clock runs already; [`Refusal::WrongState`], [`Refusal::NoFreeSeat`];
/// [`Refusal::Invalid`] for a time in the future, before the offer or its bounce, or so long ago that the days are over.
pub fn enter_notice(office: &Office, actor: &Actor, id: AssignmentId, by: NotifiedBy, at: DateTime<Utc>) -> Done<()> {
    actor.needs(Right::WorkNeeds)?;
    office.write(|tx| {
        told_by_staff(tx, actor, id, by, at)?;
        // With mail off the letter has nothing left to say; otherwise it still brings the link.
        if tx.office.settings.mail_off {
            db::outbox::offer_passed_on(tx.conn, id, by.as_str(), tx.now.naive_utc())?;
        }
        Ok(())
    })
}

/// The half of it that works inside an open transaction.
pub(super) fn told_by_staff(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: AssignmentId,
    by: NotifiedBy,
    at: DateTime<Utc>,
) -> Done<()> {
    let (mut row, mut need) = tx.assignment(actor, id)?;
    let out_of_range = || Refusal::Invalid(vec![FieldProblem::new("notified_at", "out-of-range")]);
    // A minute is rounded away by whoever types the time.
    let earliest = row.ended_at.unwrap_or(row.created_at).max(row.created_at).and_utc() - TimeDelta::minutes(1);
    if at > tx.now + TimeDelta::minutes(1) || at < earliest {
        return Err(out_of_range().into());
    }
    match row.state {
        AssignmentState::Offered if row.notified_at.is_some() => return Err(Refusal::NoticeRecorded.into()),
        AssignmentState::Offered => {}
        AssignmentState::Undelivered => {
            let seat = db::need::seat(tx.conn, row.seat)?.ok_or(Refusal::NotFound)?;
            if seat.state != crate::domain::need::SeatState::Free {
                return Err(Refusal::NoFreeSeat.into());
            }
            eligible_now(tx.conn, &as_asked_by(&need, &seat), row.expert, tx.now, true)?;
            row.state = AssignmentState::Offered;
            row.round += 1;
            row.ended_at = None;
            row.end_reason = None;
            db::need::set_seat(tx.conn, row.seat, crate::domain::need::SeatState::Offered)?;
            super::next_in_chain::somebody_found(tx, actor, &need)?;
        }
        _ => return Err(Refusal::WrongState.into()),
    }
    start_clock(tx, actor, &mut row, by, at)?;
    if row.answer_due_at.is_some_and(|due| due <= tx.now.naive_utc()) {
        // Nobody's offer is entered and over in the same moment.
        return Err(out_of_range().into());
    }
    tx.settle_need(&mut need)
}
