//! Runs the jobs until it is told to stop: the pulse, what is due by the clock, letters, the index, the pool of experts and
//! the night's work, each in a thread of its own; a panic or a fault is logged and the next round goes on.
//!
//! Contract: a slow mail server delays letters and nothing else, a long queue of anything does not stop the pulse, and
//! nothing is tended before a beat of this process has said whether the service was down.

use super::follow_index::follow_index;
use super::night::{night, write_roots};
use super::worker::Worker;
use super::{Desk, TickReport, post_due, sweep_due, tick};
use crate::actions::keep_pulse::BEAT_EVERY;
use crate::actions::keep_pulse::Pulse;
use crate::actions::keep_pulse::keep_pulse;
use crate::actions::{Done, Office};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long the desk rests between two rounds.
const REST: Duration = Duration::from_millis(500);
/// How long it rests between two looks at the date: when the day changes, the pool of experts is read anew.
const POOL_REST: Duration = Duration::from_secs(1);
/// How long the night's work rests: it asks whether a day has ended.
const NIGHT_REST: Duration = Duration::from_secs(60);
/// How long the desk works before what it left undone is held against it.
const CAUGHT_UP: TimeDelta = TimeDelta::minutes(15);
/// How far back everything due must have been tended.
const TENDED: TimeDelta = TimeDelta::minutes(5);

/// The running jobs; dropping it stops them.
pub struct Supervisor {
    workers: Vec<Worker>,
    office: Arc<Office>,
}

impl Supervisor {
    /// Starts the jobs.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(desk: Desk) -> std::io::Result<Self> {
        let mut supervisor = Self { workers: Vec::new(), office: Arc::clone(&desk.office) };
        let office = Arc::clone(&desk.office);
        let roots = desk.roots.clone();
        let pulse = Arc::new(Mutex::new(None));
        let (beating, mine) = (Arc::clone(&pulse), Arc::clone(&office));
        supervisor.spawn("pulse", REST, move || beat(&mine, &beating))?;
        let (tending, mine) = (pulse, desk.clone());
        supervisor.spawn("jobs", REST, move || {
            // Waits for the beat that is due, if the other thread is at it.
            beat(&mine.office, &tending)?;
            sweep_due(&mine, &mut TickReport::default())
        })?;
        let mine = desk.clone();
        supervisor.spawn("letters", REST, move || post_due(&mine, &mut TickReport::default()))?;
        supervisor.workers.push(follow_index(Arc::clone(&office))?);
        let mine = Arc::clone(&office);
        supervisor.spawn("pool", POOL_REST, move || mine.renew_pool().map(drop))?;
        office.pool_is_renewed(true);
        let began = office.now();
        supervisor.spawn("night", NIGHT_REST, move || {
            let now = office.now();
            night(&office, (now - began > CAUGHT_UP).then(|| now - TENDED))?;
            roots.as_deref().map_or(Ok(0), |file| write_roots(&office, file)).map(drop)
        })?;
        Ok(supervisor)
    }

    fn spawn(
        &mut self,
        name: &'static str,
        rest: Duration,
        round: impl FnMut() -> Done<()> + Send + 'static,
    ) -> std::io::Result<()> {
        self.workers.push(Worker::start(name, rest, round)?);
        Ok(())
    }
}

/// Beats, if it is time; whoever asks meanwhile waits.
fn beat(office: &Office, next: &Mutex<Option<DateTime<Utc>>>) -> Done<()> {
    let mut next = next.lock().unwrap_or_else(PoisonError::into_inner);
    beat_at(office, &mut next)
}

fn beat_at(office: &Office, next: &mut Option<DateTime<Utc>>) -> Done<()> {
    let clock = office.clock.now();
    let is_due = next.is_none_or(|at| clock >= at || at - clock > BEAT_EVERY) || office.clock_is_back();
    if is_due {
        match keep_pulse(office)? {
            Pulse::Steady => {}
            Pulse::WasDown { moved } => tracing::warn!(moved, "the service was down; deadlines it spoiled moved later"),
            Pulse::ClockBack => {
                tracing::error!("the machine's clock went back: nothing is escalated until it is right")
            }
        }
        *next = Some(clock + BEAT_EVERY);
    }
    Ok(())
}

/// One round of everything: first the pulse, so that nothing lapses for a time in which nobody could answer; then what
/// is due. For whoever runs the jobs by hand.
///
/// # Errors
/// A fault of the machine.
pub fn round(desk: &Desk, next_beat: &mut Option<DateTime<Utc>>) -> Done<TickReport> {
    beat_at(&desk.office, next_beat)?;
    tick(desk)
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.office.pool_is_renewed(false);
        self.workers.iter().for_each(Worker::stop);
    }
}
