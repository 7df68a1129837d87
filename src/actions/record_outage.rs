//! The answer page was down: recorded once, and every deadline it spoils moves to the end of the next day.
//!
//! Source: rules.md, "The answer" (down for an hour or more on the last day). Found by the service itself as a gap in its
//! pulse ([`super::keep_pulse`]), or entered by a person who knows of it (a cut line, a broken proxy). Contract: one
//! transaction; deadlines only move later; each move is in the trail and told to the expert. An offer that had lapsed
//! for it is no breach. Deliberately absent: outages that still last.

use super::record_notice::plan_reminders;
use super::{Actor, Done, Letter, Office, Tx};
use crate::db::assignment::AssignmentRow;
use crate::db::need::NeedRow;
use crate::db::outage::OutageRow;
use crate::db::{self, JsonText};
use crate::domain::answer_rule::Outage;
use crate::domain::answer_rule::after_outages;
use crate::domain::assignment::AssignmentState;
use crate::domain::assignment::OfferOutcome;
use crate::domain::event::Event;
use crate::domain::notice::NoticeKind;
use crate::domain::refusal::{FieldProblem, Problems};
use crate::domain::role::Right;
use crate::ids::OutageId;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

/// The subject of the trail under which outages and the clock are written down.
pub const SUBJECT: &str = "service";
/// An outage entered by hand lasted at most so long; longer ones are entered in pieces.
const LONGEST: TimeDelta = TimeDelta::days(31);

/// Enters an outage a person knows of. Answers its id and how many deadlines it moved.
///
/// # Errors
/// [`crate::domain::refusal::Refusal::Invalid`] for times that make no sense; [`crate::domain::refusal::Refusal::NotYours`].
pub fn enter_outage(
    office: &Office,
    actor: &Actor,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    note: &str,
) -> Done<(OutageId, i32)> {
    actor.needs(Right::Decide)?;
    let mut p = Problems::default();
    let note = p.text("note", note, 500);
    if until <= from || until - from > LONGEST {
        p.add(FieldProblem::new("until", "out-of-range"));
    }
    if until > office.now() {
        p.add(FieldProblem::new("until", "in-the-future"));
    }
    p.settle()?;
    office.write(|tx| {
        let id = OutageId::from_minted(tx.mint());
        tx.makes(id);
        let row = OutageRow {
            id,
            from_at: from.naive_utc(),
            until_at: until.naive_utc(),
            source: "entered".to_owned(),
            note: Some(note.clone()),
            entered_by: actor.account(),
            moved: 0,
            created_at: tx.now.naive_utc(),
            dedup_key: id.to_string(),
        };
        let moved = within(tx, actor, row)?.unwrap_or(0);
        Ok((id, moved))
    })
}

/// Records an outage and moves what it spoils; `None` when it was recorded before.
pub(super) fn within(tx: &mut Tx<'_>, actor: &Actor, mut row: OutageRow) -> Done<Option<i32>> {
    if !db::outage::record(tx.conn, &row)? {
        return Ok(None);
    }
    // A day's outages add up: those that ended since the day before this one began may be on the same last day.
    let since = row.from_at - TimeDelta::days(2);
    let known: Vec<Outage> = db::outage::since(tx.conn, since)?
        .iter()
        .map(|outage| Outage { from: outage.from_at.and_utc(), until: outage.until_at.and_utc() })
        .collect();
    for id in db::assignment::due_after(tx.conn, row.from_at)? {
        row.moved += i32::from(spare(tx, actor, id, &row, &known)?);
    }
    db::outage::save(tx.conn, &row)?;
    let detail = json!({"outage": row.id, "from": row.from_at.and_utc(), "to": row.until_at.and_utc(),
        "source": row.source, "moved": row.moved});
    tx.event(SUBJECT, actor, Event::OutageRecorded, &detail)?;
    Ok(Some(row.moved))
}

/// Moves one deadline, if the outages spoil it.
fn spare(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: crate::ids::AssignmentId,
    outage: &OutageRow,
    known: &[Outage],
) -> Done<bool> {
    let (mut row, need) = tx.assignment(&Actor::Desk, id)?;
    let Some(due_at) = row.answer_due_at.map(|at| at.and_utc()) else { return Ok(false) };
    let open = row.state == AssignmentState::Offered;
    if !(open || row.state == AssignmentState::Lapsed && row.first_answer.is_none()) {
        return Ok(false);
    }
    let (moved_to, count) = after_outages(due_at, &row.day_count.get(), known);
    if moved_to <= due_at {
        return Ok(false);
    }
    row.answer_due_at = Some(moved_to.naive_utc());
    row.day_count = JsonText::of(&count);
    let detail = json!({"assignment": row.id, "from": due_at, "to": moved_to, "why": "outage", "outage": outage.id});
    tx.event(row.need.as_str(), actor, Event::DueMoved, &detail)?;
    if open {
        remind_anew(tx, &mut row)?;
    }
    tx.save_assignment(&mut row)?;
    if !open {
        take_back(tx, actor, &row, &need, "outage")?;
    }
    let letter = Letter::new(NoticeKind::DueMoved, format!("due-moved:{}:{}", row.id, moved_to.timestamp()));
    tx.owe(&Actor::Desk, letter.of_offer(&row))?;
    Ok(true)
}

/// An offer ran out before the deadline it has by now: the seat has moved on; what is left to do is that nothing is held
/// against the expert.
pub(super) fn take_back(tx: &mut Tx<'_>, actor: &Actor, row: &AssignmentRow, need: &NeedRow, why: &str) -> Done<()> {
    if db::conduct::withdraw_lapse(tx.conn, row.id, why, tx.now.naive_utc())? {
        let detail = json!({"assignment": row.id, "why": why});
        tx.event(row.need.as_str(), actor, Event::BreachWithdrawn, &detail)?;
    }
    super::answer_assignment::put_fact(tx, row, need, OfferOutcome::Void)
}

/// Plans the reminders that have not gone out between now and the new deadline; a clock that a question stopped has none.
pub(super) fn remind_anew(tx: &mut Tx<'_>, row: &mut AssignmentRow) -> Done<()> {
    if row.asked_at.is_some() && row.replied_at.is_none() {
        return Ok(());
    }
    let now = tx.now;
    db::reminder::cancel(tx.conn, row.id, now.naive_utc())?;
    let due_at = row.answer_due_at.map_or(now, |at| at.and_utc());
    plan_reminders(tx, row, now, due_at)
}
