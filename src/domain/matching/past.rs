//! Past services by what they were about: who served needs like this one, and how it went.
//!
//! A kind is a number whoever loads the services gives to a service item or a concept of the vocabulary. What an expert
//! did is told by the kind of the need in which he did most. Deliberately absent: how alike two texts are beyond the
//! items and concepts they share.

use super::experience;
use serde::{Deserialize, Serialize};

/// Services of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Track {
    /// How many.
    pub served: u16,
    /// Ratings of them.
    pub rated: u16,
    /// Their sum, 1–5 each.
    pub stars: u16,
}

impl Track {
    /// What they are worth ([`experience`]).
    #[must_use]
    pub fn worth(self) -> u16 {
        experience(self.served, self.rated, self.stars)
    }

    /// Counts a service and its ratings.
    pub fn add(&mut self, ratings: &[i32]) {
        self.served = self.served.saturating_add(1);
        for score in ratings {
            self.rated = self.rated.saturating_add(1);
            self.stars = self.stars.saturating_add(u16::try_from(*score).unwrap_or(0));
        }
    }
}

/// Everybody's past services, by kind and by slot.
#[derive(Debug, Clone, Default)]
pub struct PastServices {
    /// Slots with their tracks, rising by slot.
    by_kind: Vec<Vec<(u32, Track)>>,
    by_slot: Vec<Vec<u16>>,
}

impl PastServices {
    /// Puts in what the expert at a slot did, in place of what stood there.
    pub fn put(&mut self, slot: usize, tracks: &[(u16, Track)]) {
        let key = u32::try_from(slot).unwrap_or(u32::MAX);
        if self.by_slot.len() <= slot {
            self.by_slot.resize_with(slot + 1, Vec::new);
        }
        let Some(held) = self.by_slot.get_mut(slot) else { return };
        let old = std::mem::replace(held, tracks.iter().map(|(kind, _)| *kind).collect());
        for kind in old {
            if let Some(list) = self.by_kind.get_mut(usize::from(kind)) {
                list.retain(|(other, _)| *other != key);
            }
        }
        for (kind, track) in tracks {
            let kind = usize::from(*kind);
            if self.by_kind.len() <= kind {
                self.by_kind.resize_with(kind + 1, Vec::new);
            }
            if let Some(list) = self.by_kind.get_mut(kind) {
                let at = list.partition_point(|(other, _)| *other < key);
                list.insert(at, (key, *track));
            }
        }
    }

    /// Writes what everybody's services of these kinds are worth into a list by slot.
    pub fn worth(&self, kinds: &[u16], slots: usize, worth: &mut Vec<u16>) {
        worth.clear();
        worth.resize(slots, 0);
        for (slot, track) in kinds.iter().filter_map(|kind| self.by_kind.get(usize::from(*kind))).flatten() {
            if let Some(held) = worth.get_mut(*slot as usize) {
                *held = (*held).max(track.worth());
            }
        }
    }

    /// The expert's track in the kind that is worth most; nothing where he did none.
    #[must_use]
    pub fn best(&self, kinds: &[u16], slot: usize) -> Track {
        let key = u32::try_from(slot).unwrap_or(u32::MAX);
        let mut best = Track::default();
        for list in kinds.iter().filter_map(|kind| self.by_kind.get(usize::from(*kind))) {
            if let Ok(at) = list.binary_search_by_key(&key, |(other, _)| *other)
                && let Some((_, track)) = list.get(at)
                && track.worth() > best.worth()
            {
                best = *track;
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(served: u16, ratings: &[i32]) -> Track {
        let mut track = Track::default();
        for at in 0..served {
            track.add(ratings.get(usize::from(at)).map_or(&[], std::slice::from_ref));
        }
        track
    }

    #[test]
    fn more_is_worth_more_and_ill_rated_less() {
        assert_eq!(track(0, &[]).worth(), 0);
        assert!(track(1, &[]).worth() < track(3, &[]).worth() && track(90, &[]).worth() <= 1000);
        assert!(track(3, &[5, 5, 5]).worth() >= track(3, &[]).worth());
        assert!(track(3, &[3, 3, 3]).worth() < track(3, &[]).worth());
        assert!(track(3, &[1, 1, 1]).worth() < track(3, &[3, 3, 3]).worth());
    }

    #[test]
    fn the_dense_list_and_the_look_up_agree_and_leave_no_trace() {
        let mut past = PastServices::default();
        past.put(3, &[(7, track(2, &[5])), (900, track(4, &[]))]);
        past.put(1, &[(7, track(1, &[]))]);
        let mut worth = Vec::new();
        past.worth(&[7, 900, 12], 5, &mut worth);
        for (slot, value) in worth.iter().enumerate() {
            assert_eq!(past.best(&[7, 900, 12], slot).worth(), *value, "{slot}");
        }
        assert_eq!(past.best(&[7, 900], 3), track(4, &[]));
        past.put(3, &[(7, track(1, &[1]))]);
        assert_eq!((past.best(&[900], 3), past.best(&[7], 3)), (Track::default(), track(1, &[1])));
        past.put(3, &[]);
        past.worth(&[7], 5, &mut worth);
        assert_eq!(worth.iter().filter(|value| **value > 0).count(), 1);
    }
}
