//! A letter did not reach its reader: refused at sending, given up, or returned later by a report.
//!
//! The clock is void, also afterwards: a breach is withdrawn, the figures are restated, the expert is told. It is never
//! held against the expert, moves the chain, and hands staff the task 核对联系方式. Whoever has answered got it somehow: then
//! a bounce changes nothing but a note. Source: rules.md, "Letters and the night", "The chain".

use super::answer_assignment::{put_fact, tell_staff};
use super::owners::staff_for;
use super::{Actor, Done, Letter, Tx, Work};
use crate::db;
use crate::db::JsonText;
use crate::db::assignment::AssignmentRow;
use crate::db::need::NeedRow;
use crate::db::outbox::OutboxRow;
use crate::domain::assignment::{AssignmentState, NotifiedBy, OfferOutcome};
use crate::domain::conduct::{IncidentKind, proposes_admonition};
use crate::domain::event::Event;
use crate::domain::notice::NoticeKind;
use crate::domain::task::TaskKind;
use chrono::Days;
use serde_json::json;

/// A report says that a letter came back; a digest comes back with all it carried.
pub(super) fn came_back(tx: &mut Tx<'_>, letter: &OutboxRow, why: &str) -> Done<()> {
    if !db::outbox::came_back(tx.conn, letter.id, why)? {
        return Ok(());
    }
    if !letter.notice.get().kind.is_digest() {
        return undelivered(tx, letter);
    }
    for part in db::digest::parts(tx.conn, letter.id)? {
        if db::outbox::came_back(tx.conn, part.id, why)? {
            undelivered(tx, &part)?;
        }
    }
    Ok(())
}

/// What follows when a letter did not arrive.
pub(super) fn undelivered(tx: &mut Tx<'_>, letter: &OutboxRow) -> Done<()> {
    let kind = letter.notice.get().kind;
    let Some(need_id) = letter.need else { return case_letter(tx, letter) };
    let mut need = tx.need(&Actor::Desk, need_id)?;
    let Some(id) = letter.assignment.filter(|_| kind == NoticeKind::Offer) else {
        return check_contact(tx, letter, &need);
    };
    let (mut row, _) = tx.assignment(&Actor::Desk, id)?;
    let told_by_staff = row.notified_by.is_some_and(|by| by != NotifiedBy::Smtp);
    match row.state {
        AssignmentState::Offered if row.first_answer.is_none() && !told_by_staff => {
            void_clock(tx, &mut row, &need)?;
            check_contact(tx, letter, &need)?;
            tell_staff(tx, &row, &need, NoticeKind::StaffUndelivered)?;
            super::next_in_chain::within(tx, &mut need, row.seat)?;
            Ok(())
        }
        AssignmentState::Lapsed if row.first_answer.is_none() && !told_by_staff => {
            void_clock(tx, &mut row, &need)?;
            check_contact(tx, letter, &need)?;
            withdraw_breach(tx, &row)?;
            tell_staff(tx, &row, &need, NoticeKind::StaffUndelivered)
        }
        AssignmentState::Undelivered => Ok(()),
        AssignmentState::Offered if told_by_staff && row.first_answer.is_none() => {
            note(tx, &row, "told-by-staff")?;
            check_contact(tx, letter, &need)
        }
        _ => note(tx, &row, "after-the-answer"),
    }
}

/// The offer's own course stands; the trail says that its letter came back.
fn note(tx: &mut Tx<'_>, row: &AssignmentRow, why: &str) -> Done<()> {
    let detail = json!({"assignment": row.id, "why": why, "state": row.state});
    tx.event(row.need.as_str(), &Actor::Desk, Event::NoticeBounced, &detail)
}

/// Leaves staff the task 核对联系方式.
pub(super) fn check_contact(tx: &mut Tx<'_>, letter: &OutboxRow, need: &NeedRow) -> Done<()> {
    let owners = staff_for(tx, need)?;
    tx.leave_task(Work {
        kind: TaskKind::Undelivered,
        dedup: format!("undelivered:{}", letter.dedup_key),
        need: Some(need.id),
        assignment: letter.assignment,
        expert: letter.expert,
        case: None,
        account: owners.first().copied(),
        for_manager: false,
        detail: Some(letter.notice.get().kind.as_str().to_owned()),
        due_at: None,
    })
}

/// A letter to an expert about no need came back: 劝导, 除名, a question of the rota. Its deadlines run from its arrival,
/// so the managers have to bring it about otherwise. What came back from staff says nothing here.
fn case_letter(tx: &mut Tx<'_>, letter: &OutboxRow) -> Done<()> {
    let owed = letter.notice.get();
    if letter.expert.is_none() || letter.account.is_some() {
        return Ok(());
    }
    tx.leave_task(Work {
        kind: TaskKind::Undelivered,
        dedup: format!("undelivered:{}", letter.dedup_key),
        need: None,
        assignment: None,
        expert: letter.expert,
        case: owed.case,
        account: None,
        for_manager: true,
        detail: Some(owed.kind.as_str().to_owned()),
        due_at: None,
    })
}

/// The letter never arrived: the offer is undelivered, its clock void, nothing held against anybody.
fn void_clock(tx: &mut Tx<'_>, row: &mut AssignmentRow, need: &NeedRow) -> Done<()> {
    row.state = AssignmentState::Undelivered;
    row.next_due_at = None;
    row.ended_at = Some(tx.now.naive_utc());
    row.end_reason = Some("bounced".to_owned());
    // The fact keeps the day of the notice that was none; it stands in no denominator.
    put_fact(tx, row, need, OfferOutcome::Undelivered)?;
    let was_due = row.answer_due_at;
    row.notified_at = None;
    row.notified_by = None;
    row.answer_due_at = None;
    row.provisional = false;
    row.day_count = JsonText::of(&Vec::new());
    db::reminder::cancel(tx.conn, row.id, tx.now.naive_utc())?;
    db::outbox::void_of_assignment(tx.conn, row.id)?;
    let detail = json!({"assignment": row.id, "why": "bounced", "was_due": was_due});
    tx.event(row.need.as_str(), &Actor::Desk, Event::NoticeBounced, &detail)?;
    tx.save_assignment(row)
}

/// The lapse is taken off the expert's record, a proposal that rested on it too, and the expert is told.
fn withdraw_breach(tx: &mut Tx<'_>, row: &AssignmentRow) -> Done<()> {
    let now = tx.now.naive_utc();
    if !db::conduct::withdraw_lapse(tx.conn, row.id, "bounced", now)? {
        return Ok(());
    }
    let detail = json!({"assignment": row.id, "why": "bounced"});
    for subject in [row.need.as_str(), row.expert.as_str()] {
        tx.event(subject, &Actor::Desk, Event::BreachWithdrawn, &detail)?;
    }
    let policy = tx.policy()?;
    let from = (tx.now - Days::new(365)).naive_utc();
    let lapses = db::conduct::count_incidents(tx.conn, row.expert, IncidentKind::Lapse, from)?;
    if !proposes_admonition(lapses, policy.lapses_to_admonish, 0) {
        db::task::finish_of_expert(tx.conn, row.expert, TaskKind::AdmonitionProposed, now)?;
    }
    let letter = Letter::new(NoticeKind::BreachWithdrawn, format!("breach-withdrawn:{}", row.id));
    tx.owe(&Actor::Desk, letter.of_offer(row))
}
