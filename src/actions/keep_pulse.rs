//! The service says that it runs: a beat every quarter of a minute, kept in the database.
//!
//! A gap between two beats is a time nobody could answer: it becomes an outage. A beat that lies ahead of the machine's
//! clock means that the clock went back: deadlines then compare with the beat, nothing is escalated, needs are taken on,
//! and somebody is told. Source: `rules.md`, "The answer"; an offer must not lapse early or twice because a clock was set.
//! Only the running service keeps a pulse, and the simulation in its place: commands, tests and the time machine do not.

use super::{Actor, Done, Office, Tx, Work, record_outage};
use crate::db;
use crate::db::outage::OutageRow;
use crate::domain::event::Event;
use crate::domain::task::TaskKind;
use crate::ids::OutageId;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

/// How often the service beats.
pub const BEAT_EVERY: TimeDelta = TimeDelta::seconds(15);
/// A gap this long is an outage; a restart is shorter.
pub const GAP: TimeDelta = TimeDelta::minutes(3);
/// A clock may be behind the last beat by this much, as clocks of several nodes are.
pub const TOLERATED: TimeDelta = TimeDelta::seconds(5);

/// What the pulse says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pulse {
    /// All is well.
    Steady,
    /// Nobody could answer for a while; so many deadlines moved.
    WasDown {
        /// How many deadlines moved later.
        moved: i32,
    },
    /// The machine's clock is behind the last beat: escalation has to stand still.
    ClockBack,
}

/// Beats once. Call it before anything that is due is done.
///
/// # Errors
/// A fault of the machine.
pub fn keep_pulse(office: &Office) -> Done<Pulse> {
    let now = office.clock.now();
    let (pulse, beat) = office.write(|tx| {
        let last = db::pulse::last(tx.conn)?.map(|at| at.and_utc());
        match last {
            Some(last) if now < last - TOLERATED => {
                clock_back(tx, now, last)?;
                Ok((Pulse::ClockBack, last))
            }
            Some(last) if now - last >= GAP => {
                let moved = was_down(tx, last, now)?;
                db::pulse::beat(tx.conn, now.naive_utc())?;
                Ok((Pulse::WasDown { moved }, now))
            }
            _ => {
                db::pulse::beat(tx.conn, now.naive_utc())?;
                Ok((Pulse::Steady, last.map_or(now, |last| last.max(now))))
            }
        }
    })?;
    office.remember_beat(beat);
    Ok(pulse)
}

/// Says that the service has run up to now, for a clock that jumps: a simulation does not beat all the way.
///
/// # Errors
/// A fault of the machine.
pub fn has_run_until_now(office: &Office) -> Done<()> {
    let now = office.clock.now();
    let beat = office.write(|tx| {
        db::pulse::beat(tx.conn, now.naive_utc())?;
        Ok(db::pulse::last(tx.conn)?.map_or(now, |last| last.and_utc()))
    })?;
    office.remember_beat(beat);
    Ok(())
}

fn was_down(tx: &mut Tx<'_>, from: DateTime<Utc>, until: DateTime<Utc>) -> Done<i32> {
    let row = OutageRow {
        id: OutageId::from_minted(tx.mint()),
        from_at: from.naive_utc(),
        until_at: until.naive_utc(),
        source: "pulse".to_owned(),
        note: None,
        entered_by: None,
        moved: 0,
        created_at: tx.now.naive_utc(),
        // Nodes that start together see the same gap.
        dedup_key: format!("pulse:{}", from.timestamp_micros()),
    };
    Ok(record_outage::within(tx, &Actor::Desk, row)?.unwrap_or(0))
}

fn clock_back(tx: &mut Tx<'_>, now: DateTime<Utc>, last: DateTime<Utc>) -> Done<()> {
    let dedup = format!("clock-back:{}", last.timestamp_micros());
    // Said once until somebody confirmed it: another node whose clock is right beats on meanwhile.
    let said = !db::task::open_of_kind(tx.conn, TaskKind::ClockBack)?.is_empty();
    if said || db::task::by_dedup(tx.conn, &dedup)?.is_some() {
        return Ok(());
    }
    let seconds = (last - now).num_seconds();
    tx.event(record_outage::SUBJECT, &Actor::Desk, Event::ClockWentBack, &json!({"seconds": seconds}))?;
    tx.leave_task(Work {
        kind: TaskKind::ClockBack,
        dedup,
        need: None,
        assignment: None,
        expert: None,
        case: None,
        account: None,
        for_manager: true,
        detail: Some(seconds.to_string()),
        due_at: None,
    })
}

/// Somebody confirmed that the machine's clock is right: the pulse starts anew from it.
pub(super) fn confirm_clock(tx: &mut Tx<'_>, actor: &Actor) -> Done<()> {
    let now = tx.office.clock.now();
    db::pulse::set(tx.conn, now.naive_utc())?;
    tx.event(record_outage::SUBJECT, actor, Event::ClockConfirmed, &json!({"at": now}))
}
