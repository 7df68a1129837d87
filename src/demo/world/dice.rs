//! Chance for the demo's city: the same numbers for the same seed, and ids minted from the event's own instant.
//!
//! Every part of the city throws its own dice (see [`Dice::of`]), so that a change in one part leaves the others as they
//! were. Deliberately absent: the machine's entropy.

use chrono::{DateTime, Utc};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

/// A seeded source of chance.
pub struct Dice(StdRng);

impl Dice {
    /// The dice of one part of the city under a seed.
    #[must_use]
    pub fn of(seed: u64, part: &str) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(seed.to_be_bytes());
        hasher.update(part.as_bytes());
        Self(StdRng::from_seed(hasher.finalize().into()))
    }

    /// A number below `limit`; 0 when `limit` is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX).max(1);
        // The bias of the remainder is below 2⁻³² for every limit used here.
        usize::try_from(self.0.next_u64() % limit).unwrap_or(0)
    }

    /// A number from `least` to `most`, both included.
    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        let width = usize::try_from(most.saturating_sub(least)).unwrap_or(0);
        least + i64::try_from(self.below(width + 1)).unwrap_or(0)
    }

    /// True in so many of a hundred throws.
    pub fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }

    /// True in so many of a thousand throws.
    pub fn permille(&mut self, share: usize) -> bool {
        self.below(1_000) < share
    }

    /// A fraction from 0 up to, not including, 1.
    pub fn fraction(&mut self) -> f64 {
        let numerator = u32::try_from(self.below(1 << 30)).unwrap_or(0);
        f64::from(numerator) / f64::from(1_u32 << 30)
    }

    /// One of them.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }

    /// One text of them, or nothing at all.
    pub fn word<'a>(&mut self, from: &'a [String]) -> &'a str {
        self.pick(from).map_or("", String::as_str)
    }

    /// The place of one of them, each as likely as its weight says.
    pub fn weighted(&mut self, weights: &[u32]) -> usize {
        let total: u64 = weights.iter().map(|weight| u64::from(*weight)).sum();
        let mut thrown = self.0.next_u64() % total.max(1);
        for (place, weight) in weights.iter().enumerate() {
            let weight = u64::from(*weight);
            if thrown < weight {
                return place;
            }
            thrown -= weight;
        }
        weights.len().saturating_sub(1)
    }

    /// Puts them into another order.
    pub fn shuffle<T>(&mut self, all: &mut [T]) {
        for place in (1..all.len()).rev() {
            all.swap(place, self.below(place + 1));
        }
    }

    /// The text of a UUIDv7 born at `at`.
    pub fn id(&mut self, at: DateTime<Utc>) -> [u8; 36] {
        let mut random = [0_u8; 10];
        self.0.fill_bytes(&mut random);
        crate::ids::uuid_v7(u64::try_from(at.timestamp_millis()).unwrap_or(0), &random)
    }

    /// Thirty-two random bytes.
    pub fn bytes(&mut self) -> [u8; 32] {
        let mut random = [0_u8; 32];
        self.0.fill_bytes(&mut random);
        random
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_throws_the_same_and_every_side_comes_up() {
        let throws = |seed| {
            let mut dice = Dice::of(seed, "a part");
            (0..200).map(|_| dice.below(6)).collect::<Vec<_>>()
        };
        assert_eq!(throws(7), throws(7));
        assert_ne!(throws(7), throws(8));
        assert!((0..6).all(|side| throws(7).contains(&side)));
        let mut dice = Dice::of(7, "weights");
        assert!((0..50).all(|_| dice.weighted(&[0, 5, 0]) == 1));
        assert!((0..200).all(|_| (3..=9).contains(&dice.between(3, 9))));
    }
}
