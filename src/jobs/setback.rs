//! One item that fails holds up no other: it is logged, the others go on, and what fails again and again is left alone for
//! a while.
//!
//! Contract: kept in memory and lost with the process, for the item itself keeps its timer in the database. A fault of
//! the whole machine (no room, no database) is no item's and ends the round at once. Deliberately absent: giving up; an
//! item is tried again for ever, at most once an hour.

use super::Desk;
use crate::actions::{ActionError, Done};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;
use std::fmt::Display;

/// So many failures in a row are taken for a moment's trouble.
const AT_ONCE: u32 = 3;
/// How long an item rests after that, doubled with each failure.
const REST: TimeDelta = TimeDelta::minutes(1);
/// The longest rest.
const LONGEST: TimeDelta = TimeDelta::hours(1);

/// What failed lately, and until when it is left alone.
#[derive(Debug, Default)]
pub struct Setbacks {
    items: HashMap<String, (u32, DateTime<Utc>)>,
}

impl Setbacks {
    fn rests(&self, item: &str, now: DateTime<Utc>) -> bool {
        self.items.get(item).is_some_and(|(failures, until)| *failures >= AT_ONCE && now < *until)
    }

    fn failed(&mut self, item: String, now: DateTime<Utc>) {
        let (failures, until) = self.items.entry(item).or_insert((0, now));
        *failures += 1;
        let doublings = failures.saturating_sub(AT_ONCE).min(6);
        *until = now + (REST * 2_i32.pow(doublings)).min(LONGEST);
    }

    /// How many items there are that failed and did not go well since: so many more are read, that none behind them
    /// waits.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether nothing failed lately.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

/// The items of one sweep, and the first thing that went wrong with one of them.
pub struct Items<'a> {
    desk: &'a Desk,
    kind: &'static str,
    first: Option<ActionError>,
}

impl<'a> Items<'a> {
    /// The items of that kind.
    #[must_use]
    pub const fn of(desk: &'a Desk, kind: &'static str) -> Self {
        Self { desk, kind, first: None }
    }

    /// Does one item; `None` when it failed or rests.
    ///
    /// # Errors
    /// A fault of the whole machine.
    pub fn one<T>(&mut self, id: impl Display, deed: impl FnOnce() -> Done<T>) -> Done<Option<T>> {
        let item = format!("{}:{id}", self.kind);
        let now = self.desk.office.now();
        if self.desk.setbacks().rests(&item, now) {
            return Ok(None);
        }
        match deed() {
            Ok(done) => {
                self.desk.setbacks().items.remove(&item);
                Ok(Some(done))
            }
            Err(ActionError::Fault(fault)) if fault.stops_everything() => Err(fault.into()),
            Err(error) => {
                tracing::error!(%item, %error, "one item failed; the others go on");
                self.desk.setbacks().failed(item, now);
                self.first.get_or_insert(error);
                Ok(None)
            }
        }
    }

    /// How many items to read so that `at_a_time` of them do not rest.
    #[must_use]
    pub fn limit(&self, at_a_time: i64) -> i64 {
        at_a_time.saturating_add(i64::try_from(self.desk.setbacks().len()).unwrap_or(i64::MAX))
    }

    /// What went wrong first, if anything did.
    ///
    /// # Errors
    /// That.
    pub fn settle(self) -> Done<()> {
        self.first.map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_again_and_again_rests_longer_and_longer_up_to_an_hour() {
        let at = |minutes| DateTime::from_timestamp(1_800_000_000 + minutes * 60, 0).expect("a moment");
        let mut setbacks = Setbacks::default();
        for _ in 0..2 {
            setbacks.failed("need:1".to_owned(), at(0));
            assert!(!setbacks.rests("need:1", at(0)), "a moment's trouble");
        }
        let mut now = 0;
        for rest in [1, 2, 4, 8, 16, 32, 60, 60] {
            setbacks.failed("need:1".to_owned(), at(now));
            assert!(setbacks.rests("need:1", at(now + rest) - TimeDelta::seconds(1)), "{rest}");
            assert!(!setbacks.rests("need:1", at(now + rest)) && !setbacks.rests("need:2", at(now)), "{rest}");
            now += rest;
        }
        assert_eq!(setbacks.len(), 1);
    }
}
