//! How many letters a minute one mail domain is sent: large providers turn away whoever writes faster.
//!
//! Contract: pure; time is a parameter. At most `n` letters lie in any minute. A letter that has to wait is given its
//! moment once, in the order of asking, so that a long queue is not asked again and again. Each node paces itself.
//! Deliberately absent: one shared count over several nodes.

use crate::ids::OutboxId;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, HashMap, VecDeque};

/// How far promised moments are kept after they passed: a letter that became void never comes for its own.
const FORGOTTEN_AFTER: TimeDelta = TimeDelta::hours(1);

/// Letters a minute, by domain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pace {
    /// For every domain that is not named; `None` is no limit.
    pub usual: Option<u32>,
    /// For domains by name, in lower case.
    pub named: BTreeMap<String, u32>,
}

impl Pace {
    fn of(&self, domain: &str) -> Option<u32> {
        self.named.get(domain).copied().or(self.usual)
    }
}

#[derive(Debug, Default)]
struct Lane {
    /// The latest moments given, past and to come, at most as many as a minute holds.
    given: VecDeque<DateTime<Utc>>,
    promised: HashMap<OutboxId, DateTime<Utc>>,
}

/// Gives letters their moments.
#[derive(Debug, Default)]
pub struct Pacer {
    pace: Pace,
    lanes: HashMap<String, Lane>,
}

impl Pacer {
    /// A pacer by that pace.
    #[must_use]
    pub fn new(pace: Pace) -> Self {
        Self { pace, lanes: HashMap::new() }
    }

    /// Whether a letter to a domain may leave at `now` (`None`), or the moment it is promised.
    pub fn turn(&mut self, domain: &str, letter: OutboxId, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let domain = domain.to_ascii_lowercase();
        let most = usize::try_from(self.pace.of(&domain)?.max(1)).unwrap_or(usize::MAX);
        let lane = self.lanes.entry(domain).or_default();
        if let Some(moment) = lane.promised.get(&letter).copied() {
            if moment > now {
                return Some(moment);
            }
            lane.promised.remove(&letter);
            return None;
        }
        let full = lane.given.len().checked_sub(most).and_then(|oldest| lane.given.get(oldest));
        let moment = full.map_or(now, |before| (*before + TimeDelta::minutes(1)).max(now));
        lane.given.push_back(moment);
        while lane.given.len() > most {
            lane.given.pop_front();
        }
        if moment <= now {
            return None;
        }
        lane.promised.retain(|_, promised| *promised > now - FORGOTTEN_AFTER);
        lane.promised.insert(letter, moment);
        Some(moment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(n: u32) -> OutboxId {
        format!("0190b4a2-9999-7abc-8def-{n:012}").parse().expect("an id")
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).expect("a moment")
    }

    #[test]
    fn no_minute_holds_more_than_it_may_and_nobody_waits_twice() {
        let pace = Pace { usual: None, named: BTreeMap::from([("qq.com".to_owned(), 3)]) };
        let mut pacer = Pacer::new(pace);
        let mut left: Vec<DateTime<Utc>> = Vec::new();
        let mut waiting: Vec<(u32, DateTime<Utc>)> = Vec::new();
        for n in 0..20 {
            let now = at(i64::from(n));
            match pacer.turn("QQ.com", letter(n), now) {
                None => left.push(now),
                Some(moment) => waiting.push((n, moment)),
            }
        }
        assert_eq!(left.len(), 3);
        for (n, moment) in waiting {
            assert_eq!(pacer.turn("qq.com", letter(n), moment - TimeDelta::seconds(1)), Some(moment), "it is kept");
            assert_eq!(pacer.turn("qq.com", letter(n), moment), None, "and honoured");
            left.push(moment);
        }
        left.sort_unstable();
        for window in left.windows(4) {
            assert!(window[3] - window[0] >= TimeDelta::minutes(1), "{window:?}");
        }
        assert!(left.last().expect("all left") <= &at(60 * 7), "as fast as it may: {left:?}");
    }

    #[test]
    fn other_domains_do_not_wait() {
        let mut pacer = Pacer::new(Pace { usual: Some(1), named: BTreeMap::new() });
        assert_eq!(pacer.turn("a.example", letter(1), at(0)), None);
        assert!(pacer.turn("a.example", letter(2), at(0)).is_some());
        assert_eq!(pacer.turn("b.example", letter(3), at(0)), None);
        let mut free = Pacer::default();
        assert!((0..1_000).all(|n| free.turn("a.example", letter(n), at(0)).is_none()), "no limit, no waiting");
    }
}
