//! Chance of the simulated world: seeded, one stream for each use, so that one more throw in one place moves nothing in
//! another.

use chrono::TimeDelta;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sha2::{Digest, Sha256};

/// Throws.
#[derive(Debug)]
pub struct Dice(StdRng);

impl Dice {
    /// The throws of one use: `seed`, what for, and which one.
    #[must_use]
    pub fn of(seed: u64, what_for: &str, which: &str) -> Self {
        let digest =
            Sha256::new().chain_update(seed.to_be_bytes()).chain_update(what_for).chain_update(which).finalize();
        Self(StdRng::from_seed(digest.into()))
    }

    /// True in `percent` of a hundred throws.
    pub fn percent(&mut self, percent: u32) -> bool {
        self.0.random_range(0..100) < percent
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        self.0.random_range(low..=high.max(low))
    }

    /// A span from so many minutes to so many, both included.
    pub fn minutes(&mut self, low: i64, high: i64) -> TimeDelta {
        TimeDelta::seconds(self.between(low * 60, high * 60))
    }

    /// One of them; nothing when there are none.
    pub fn pick<'list, T>(&mut self, list: &'list [T]) -> Option<&'list T> {
        if list.is_empty() { None } else { list.get(self.0.random_range(0..list.len())) }
    }
}
