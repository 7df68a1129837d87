//! The simulated clock: it stands until it is moved, and unlike the demo's it can be set back, as a machine's can.

use crate::clock::Clock;
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::{Mutex, PoisonError};

/// True time, and how far the machine's clock is off.
#[derive(Debug)]
pub struct SimulatedClock {
    state: Mutex<(DateTime<Utc>, TimeDelta)>,
}

impl SimulatedClock {
    /// A clock that stands at `at`.
    #[must_use]
    pub const fn at(at: DateTime<Utc>) -> Self {
        Self { state: Mutex::new((at, TimeDelta::zero())) }
    }

    /// What time it truly is.
    #[must_use]
    pub fn truth(&self) -> DateTime<Utc> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).0
    }

    /// Lets time pass until `at`; it never runs backwards.
    pub fn move_to(&self, at: DateTime<Utc>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.0 = state.0.max(at);
    }

    /// Sets the machine's clock off by so much.
    pub fn set_off_by(&self, off: TimeDelta) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).1 = off;
    }

    /// How far the machine's clock is off.
    #[must_use]
    pub fn off_by(&self) -> TimeDelta {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).1
    }
}

impl Clock for SimulatedClock {
    fn now(&self) -> DateTime<Utc> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.0 + state.1
    }
}
