//! Time and chance, handed in: the one place, beside `main`, where the machine's clock and entropy are read.
//!
//! Instants are UTC, cut to microseconds, the precision both databases keep.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Says what time it is.
pub trait Clock: Send + Sync {
    /// Now, in whole microseconds.
    fn now(&self) -> DateTime<Utc>;
}

/// The machine's clock.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

fn system_now() -> DateTime<Utc> {
    #[expect(clippy::disallowed_methods, reason = "the one reading of the machine's clock")]
    let now = Utc::now();
    now.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(now)
}

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        system_now()
    }
}

/// A clock that can be moved forward: still in tests, ticking with real time in the demo.
#[derive(Debug)]
pub struct VirtualClock {
    state: Mutex<(DateTime<Utc>, Option<Instant>)>,
}

impl VirtualClock {
    /// A clock that stands at `at` until it is moved.
    #[must_use]
    pub const fn standing(at: DateTime<Utc>) -> Self {
        Self { state: Mutex::new((at, None)) }
    }

    /// A clock that ticks on from the later of the machine's time and `not_before`.
    #[must_use]
    pub fn ticking(not_before: Option<DateTime<Utc>>) -> Self {
        let now = system_now();
        let from = not_before.map_or(now, |earliest| earliest.max(now));
        Self { state: Mutex::new((from, Some(Instant::now()))) }
    }

    /// Moves to `at`, unless that would be backwards: then it stays, and answers false.
    pub fn move_to(&self, at: DateTime<Utc>) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if at < reading(&state) {
            return false;
        }
        *state = (at, state.1.map(|_| Instant::now()));
        true
    }

    /// Moves forward by `by`.
    pub fn advance(&self, by: TimeDelta) {
        self.move_to(self.now() + by);
    }
}

fn reading(state: &(DateTime<Utc>, Option<Instant>)) -> DateTime<Utc> {
    let passed = state.1.map_or(TimeDelta::zero(), |since| {
        TimeDelta::microseconds(i64::try_from(since.elapsed().as_micros()).unwrap_or(i64::MAX))
    });
    state.0 + passed
}

impl Clock for VirtualClock {
    fn now(&self) -> DateTime<Utc> {
        let now = reading(&self.state.lock().unwrap_or_else(PoisonError::into_inner));
        now.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(now)
    }
}

/// The random source: seeded in tests and the demo, from the machine's entropy in service.
pub struct Chance(Mutex<StdRng>);

impl Chance {
    /// The same numbers for the same seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }

    /// From the machine's entropy.
    #[must_use]
    pub fn from_machine() -> Self {
        Self(Mutex::new(rand::make_rng()))
    }

    /// `N` random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0_u8; N];
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        bytes
    }

    /// A UUIDv7's text for an id born at `now`.
    #[must_use]
    pub fn id(&self, now: DateTime<Utc>) -> [u8; 36] {
        crate::ids::uuid_v7(u64::try_from(now.timestamp_millis()).unwrap_or(0), &self.bytes())
    }

    /// A secret for a link, a session or a token: 256 bits, base64url.
    #[must_use]
    pub fn secret(&self) -> String {
        use base64::Engine;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(self.bytes::<32>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_virtual_clock_only_goes_forward() {
        let start = DateTime::from_timestamp(1_800_000_000, 0).expect("a date");
        let clock = VirtualClock::standing(start);
        clock.advance(TimeDelta::hours(26));
        assert_eq!(clock.now(), start + TimeDelta::hours(26));
        assert!(!clock.move_to(start));
        assert_eq!(clock.now(), start + TimeDelta::hours(26));
    }

    #[test]
    fn the_same_seed_gives_the_same_ids() {
        let at = DateTime::from_timestamp(1_800_000_000, 0).expect("a date");
        assert_eq!(Chance::seeded(7).id(at), Chance::seeded(7).id(at));
    }
}
