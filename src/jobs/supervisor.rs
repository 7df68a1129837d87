//! Runs the jobs until it is told to stop: the pulse, what is due by the clock, letters, the index, the pool of experts and
//! the night's work, each in a thread of its own; a panic or a fault is logged and the next round goes on.
//!
//! Contract: a slow mail server delays letters and nothing else, a long queue of anything does not stop the pulse, and
//! nothing is tended before a beat of this process has said whether the service was down.

use super::follow_index::REST as REST_OF_INDEX;
use super::night::{night, write_roots};
use super::{Desk, TickReport, follow, post_due, sweep_due, tick};
use crate::actions::keep_pulse::BEAT_EVERY;
use crate::actions::keep_pulse::Pulse;
use crate::actions::keep_pulse::keep_pulse;
use crate::actions::{Done, Office};
use chrono::{DateTime, TimeDelta, Utc};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long the desk rests between two rounds.
const REST: Duration = Duration::from_millis(500);
/// How long the index lets changes gather before it takes them in.
const BREATH: Duration = Duration::from_millis(5);
/// How long it rests between two looks at the date: when the day changes, the pool of experts is read anew.
const POOL_REST: Duration = Duration::from_secs(1);
/// How long the night's work rests: it asks whether a day has ended.
const NIGHT_REST: Duration = Duration::from_secs(60);
/// How long the desk works before what it left undone is held against it.
const CAUGHT_UP: TimeDelta = TimeDelta::minutes(15);
/// How far back everything due must have been tended.
const TENDED: TimeDelta = TimeDelta::minutes(5);

struct Bell {
    rung: Mutex<bool>,
    heard: Condvar,
}

/// The running jobs; dropping it stops them.
pub struct Supervisor {
    stop: Arc<AtomicBool>,
    bell: Arc<Bell>,
    threads: Vec<JoinHandle<()>>,
    office: Arc<Office>,
}

impl Supervisor {
    /// Starts the jobs.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(desk: Desk) -> std::io::Result<Self> {
        let bell = Arc::new(Bell { rung: Mutex::new(false), heard: Condvar::new() });
        let mut supervisor = Self { stop: Arc::default(), bell, threads: Vec::new(), office: Arc::clone(&desk.office) };
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
        supervisor.spawn("index", BREATH, move || {
            let followed = follow(&desk).map(drop);
            match followed {
                Ok(()) => desk.office.await_change(REST_OF_INDEX),
                // What failed is not tried again with every change.
                Err(_) => std::thread::sleep(REST),
            }
            followed
        })?;
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
        mut round: impl FnMut() -> Done<()> + Send + 'static,
    ) -> std::io::Result<()> {
        let (stopping, hearing) = (Arc::clone(&self.stop), Arc::clone(&self.bell));
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            while !stopping.load(Ordering::SeqCst) {
                match catch_unwind(AssertUnwindSafe(&mut round)) {
                    Ok(Ok(())) => {}
                    Ok(Err(fault)) => tracing::error!(%fault, "a round of the {name} failed"),
                    Err(_) => tracing::error!("a round of the {name} panicked"),
                }
                let rung = hearing.rung.lock().unwrap_or_else(PoisonError::into_inner);
                let waited = hearing.heard.wait_timeout_while(rung, rest, |rung| !*rung);
                drop(waited.unwrap_or_else(PoisonError::into_inner));
            }
        })?;
        self.threads.push(thread);
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
        self.stop.store(true, Ordering::SeqCst);
        *self.bell.rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.bell.heard.notify_all();
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("the jobs ended with a panic");
            }
        }
    }
}
