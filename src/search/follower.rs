//! Following a change log whose writers commit out of order: which entries are new, and up to where nothing is missing.
//!
//! On PostgreSQL an entry becomes visible when its transaction commits, in no particular order, so the log is read from a
//! watermark below which every transaction has ended: what lies above it is seen at once, and seen again at the next
//! reading. This remembers what was already seen, so that one slow transaction somewhere does not make everything after it
//! be written to the index at every look.
//!
//! Contract: pure. An entry is named once until [`Follower::seen`] was told of it, and never again after; nothing that
//! commits late is missed. Deliberately absent: reading the log.

use std::collections::BTreeSet;

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its own number, unique in the log.
    pub seq: i64,
    /// What kind of thing changed: `need`, `expert`, `enterprise`.
    pub entity: String,
    /// Which one.
    pub id: String,
}

/// What the new entries ask for: each thing once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    /// Needs, by id.
    pub needs: BTreeSet<String>,
    /// Experts, by id.
    pub experts: BTreeSet<String>,
    /// Enterprises, by id.
    pub enterprises: BTreeSet<String>,
    /// Whether the calendar changed.
    pub calendar: bool,
}

impl Changed {
    /// How many things changed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.needs.len() + self.experts.len() + self.enterprises.len()
    }

    /// Whether the index has nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// How far a log has been followed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Follower {
    watermark: i64,
    /// Entries above the watermark that were seen.
    ahead: BTreeSet<i64>,
}

impl Follower {
    /// Follows from a watermark on.
    #[must_use]
    pub const fn from(watermark: i64) -> Self {
        Self { watermark, ahead: BTreeSet::new() }
    }

    /// From where the log has to be read.
    #[must_use]
    pub const fn watermark(&self) -> i64 {
        self.watermark
    }

    /// What the entries read from the watermark on ask for that was not seen yet.
    #[must_use]
    pub fn changed(&self, entries: &[Entry]) -> Changed {
        let mut changed = Changed::default();
        for entry in entries.iter().filter(|entry| !self.ahead.contains(&entry.seq)) {
            let id = entry.id.clone();
            match entry.entity.as_str() {
                "need" => drop(changed.needs.insert(id)),
                "expert" => drop(changed.experts.insert(id)),
                "enterprise" => drop(changed.enterprises.insert(id)),
                "calendar" => changed.calendar = true,
                _ => {}
            }
        }
        changed
    }

    /// These entries, read from the watermark on, are done; the next reading starts at `watermark`.
    pub fn seen(&mut self, entries: &[Entry], watermark: i64) {
        // What was not read this time lies below the watermark for good, and is not read again.
        self.ahead = entries.iter().map(|entry| entry.seq).collect();
        self.watermark = self.watermark.max(watermark);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(seq: i64, id: &str) -> Entry {
        Entry { seq, entity: "need".to_owned(), id: id.to_owned() }
    }

    /// A log as PostgreSQL shows it: entry → (transaction, committed at step).
    #[test]
    fn nothing_that_commits_late_is_missed_and_nothing_is_named_twice() {
        // Transactions 10 and 12 commit at once, 11 late; a horizon of 11 stands until then.
        let mut follower = Follower::from(10);
        let first = [entry(1, "a"), entry(3, "c")];
        assert_eq!(follower.changed(&first).needs.len(), 2);
        follower.seen(&first, 11);
        // From 11 on only transaction 12's entry is visible, and it is known.
        let second = [entry(3, "c")];
        assert!(follower.changed(&second).is_empty());
        follower.seen(&second, 11);
        // Now 11 commits: its entry has a smaller number than one long seen.
        let third = [entry(2, "b"), entry(3, "c")];
        assert_eq!(follower.changed(&third).needs, BTreeSet::from(["b".to_owned()]));
        follower.seen(&third, 13);
        assert!(follower.changed(&[]).is_empty());
        assert_eq!(follower.watermark(), 13);
    }

    #[test]
    fn an_entry_is_named_again_until_it_is_said_to_be_done() {
        let mut follower = Follower::from(0);
        let entries = [entry(1, "a"), entry(2, "a"), entry(3, "b")];
        for _ in 0..2 {
            assert_eq!(follower.changed(&entries).len(), 2, "a failed write is tried again");
        }
        follower.seen(&entries, 3);
        assert!(follower.changed(&entries).is_empty());
    }

    #[test]
    fn a_watermark_never_goes_back() {
        let mut follower = Follower::from(7);
        follower.seen(&[], 5);
        assert_eq!(follower.watermark(), 7);
    }
}
