//! The mail servers of the simulated world: they take letters, put them off, send them back at once or days later, and are
//! down for days. What they do with a letter depends on the seed, the letter and the time alone.

use super::dice::Dice;
use super::time::SimulatedClock;
use crate::clock::Clock;
use crate::ids::OutboxId;
use crate::mail::Mailer;
use crate::mail::SendError;
use crate::mail::mailer::Accepted;
use crate::mail::mailer::Envelope;
use crate::mail::message::Message;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The part of an address that says what its server does with letters.
pub mod domains {
    /// Takes every letter.
    pub const WELL: &str = "well.example";
    /// Sends every letter back at once.
    pub const GONE: &str = "gone.example";
    /// Takes every letter and sends it back later.
    pub const LATE: &str = "late.example";
    /// Puts every letter off at first (greylisting).
    pub const GREY: &str = "grey.example";
}

/// A letter a server took.
#[derive(Debug, Clone)]
pub struct Taken {
    /// Which.
    pub outbox: OutboxId,
    /// The links in it, links open.
    pub text: Arc<str>,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether it will come back.
    pub comes_back: bool,
}

#[derive(Debug, Default)]
struct Inner {
    taken: Vec<Taken>,
    /// How often each letter was handed over.
    handed: HashMap<OutboxId, u32>,
    /// How often each letter was taken.
    copies: HashMap<OutboxId, u32>,
}

/// Called in the middle of a letter being handed over.
pub type Interruption = Box<dyn Fn() + Send + Sync>;

/// The mail servers.
pub struct Post {
    seed: u64,
    clock: Arc<SimulatedClock>,
    /// How many letters in a hundred are put off; 0 in a world without storms.
    put_off: u32,
    started: DateTime<Utc>,
    inner: Mutex<Inner>,
    interruption: Mutex<Option<Arc<Interruption>>>,
    interrupted: AtomicBool,
    paused: AtomicU32,
}

impl Post {
    /// Servers that put off so many letters in a hundred and are down at times; with 0 they do neither.
    #[must_use]
    pub fn new(seed: u64, clock: Arc<SimulatedClock>, put_off: u32) -> Self {
        let started = clock.truth();
        Self {
            seed,
            clock,
            put_off,
            started,
            paused: AtomicU32::new(1),
            inner: Mutex::default(),
            interruption: Mutex::default(),
            interrupted: AtomicBool::new(false),
        }
    }

    /// What happens to the node that is handing a letter over, now and then; `None` when nothing does.
    pub fn interrupt_with(&self, interruption: Option<Interruption>) {
        *self.interruption.lock().unwrap_or_else(PoisonError::into_inner) = interruption.map(Arc::new);
    }

    /// Says in the midst of how many letters in a hundred a node stands still.
    pub fn pause_in(&self, letters: u32) {
        self.paused.store(letters, Ordering::SeqCst);
    }

    /// Lets a node stand still in the middle of some letter, while the world goes on.
    fn pause(&self, outbox: OutboxId) {
        let interruption = self.interruption.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(interruption) = interruption else { return };
        let mut dice = Dice::of(self.seed, "pause", outbox.as_str());
        if dice.percent(self.paused.load(Ordering::SeqCst)) && !self.interrupted.swap(true, Ordering::SeqCst) {
            interruption();
            self.interrupted.store(false, Ordering::SeqCst);
        }
    }

    /// Letters taken since the last time one asked.
    #[must_use]
    pub fn collect(&self) -> Vec<Taken> {
        std::mem::take(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner).taken)
    }

    /// How many letters were taken, and how many of them once more than once.
    #[must_use]
    pub fn counts(&self) -> (usize, u32) {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        (inner.copies.len(), inner.copies.values().map(|copies| copies - 1).sum())
    }

    /// Whether the office's own relay is down: one storm of one to three days in three weeks.
    fn is_down(&self, at: DateTime<Utc>) -> bool {
        if self.put_off == 0 {
            return false;
        }
        let week = (at - self.started).num_days() / 21;
        let mut dice = Dice::of(self.seed, "storm", &week.to_string());
        let from = self.started + TimeDelta::days(21 * week) + dice.minutes(3 * 1_440, 16 * 1_440);
        let until = from + dice.minutes(1_440, 3 * 1_440);
        (from..until).contains(&at)
    }
}

impl Mailer for Post {
    fn send(&self, envelope: &Envelope, message: &Message) -> Result<Accepted, SendError> {
        self.pause(message.outbox);
        let now = self.clock.now();
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let handed = {
            let handed = inner.handed.entry(message.outbox).or_default();
            *handed += 1;
            *handed
        };
        if self.is_down(self.clock.truth()) {
            return Err(SendError::Unknown { text: "connection refused".to_owned() });
        }
        let domain = envelope.to.rsplit('@').next().unwrap_or_default();
        let mut dice = Dice::of(self.seed, "letter", &format!("{}:{handed}", message.outbox));
        if domain == domains::GONE {
            return Err(SendError::Permanent { code: Some(550), text: "no such user".to_owned() });
        }
        if (domain == domains::GREY && handed == 1) || (self.put_off > 0 && dice.percent(self.put_off)) {
            return Err(SendError::Temporary { code: Some(451), text: "try again later".to_owned() });
        }
        let copies = inner.copies.entry(message.outbox).or_default();
        *copies += 1;
        if *copies == 1 {
            inner.taken.push(Taken {
                outbox: message.outbox,
                text: Arc::from(message.text.as_str()),
                at: now,
                comes_back: domain == domains::LATE,
            });
        }
        Ok(Accepted { code: 250, text: "2.0.0 queued".to_owned() })
    }

    fn describe(&self) -> String {
        "simulated mail servers".to_owned()
    }
}
