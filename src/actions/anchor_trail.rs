//! The daily root (rules.md, "Audit, erasure"): once a Beijing day a Merkle root over the end of every chain of the trail,
//! chained to the root before and sealed with the office's key, also for every day that was missed.
//!
//! The tree is that of RFC 6962, section 2.1: leaves and nodes are told apart by their first byte, and an odd node is
//! carried up as it is. Leaves stand in the order of their subjects, byte by byte. Any edit, deletion or reorder before
//! the cut changes the end of its chain and with it the root. Deliberately absent: how a root leaves the house.

use super::{Done, Office};
use crate::db::Conn;
use crate::db::anchor;
use crate::db::anchor::HeadRow;
use crate::db::anchor::RootRow;
use crate::domain::calendar::beijing_date;
use crate::domain::calendar::day_after;
use crate::domain::calendar::start_of_day;
use crate::seal::Keyring;
use crate::seal::hex;
use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use diesel::QueryResult;
use serde_json::json;
use sha2::{Digest, Sha256};

/// How long after midnight a day is anchored: whoever began before it has committed by then (connections give up after
/// 30 seconds).
const SETTLED_AFTER: TimeDelta = TimeDelta::minutes(10);
/// How many chains are read at a time.
const PAGE: i64 = 10_000;

/// The root of a Merkle tree that grows leaf by leaf.
#[derive(Debug, Default)]
pub struct Tree {
    /// Complete subtrees, largest first: their height and root.
    peaks: Vec<(u32, [u8; 32])>,
    leaves: i64,
}

impl Tree {
    /// Adds the end of a chain.
    pub fn add(&mut self, subject: &str, step: i32, hash: &str) {
        let leaf = Sha256::new().chain_update([0]).chain_update(format!("{subject}\n{step}\n{hash}\n")).finalize();
        let mut peak = (0, leaf.into());
        while let Some((height, left)) = self.peaks.last().copied()
            && height == peak.0
        {
            self.peaks.pop();
            peak = (height + 1, node(&left, &peak.1));
        }
        self.peaks.push(peak);
        self.leaves += 1;
    }

    /// How many leaves, and the root, hex; the hash of nothing when there are none.
    #[must_use]
    pub fn root(&self) -> (i64, String) {
        let mut rising = self.peaks.iter().rev().map(|(_, root)| *root);
        let root = match rising.next() {
            None => Sha256::digest([]).into(),
            Some(last) => rising.fold(last, |right, left| node(&left, &right)),
        };
        (self.leaves, hex(&root))
    }
}

fn node(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The instant that ends a Beijing day.
#[must_use]
pub fn cut_of(day: NaiveDate) -> NaiveDateTime {
    start_of_day(day_after(day)).naive_utc()
}

/// How many chains there were before `cut`, and the root over their ends.
///
/// # Errors
/// What the database says.
pub fn root_before(conn: &mut Conn, cut: NaiveDateTime) -> QueryResult<(i64, String)> {
    let mut tree = Tree::default();
    let mut after = String::new();
    loop {
        let page: Vec<HeadRow> = anchor::heads_after(conn, &after, PAGE)?;
        let Some(last) = page.last() else { return Ok(tree.root()) };
        after.clone_from(&last.subject);
        for head in page {
            if head.at < cut {
                tree.add(&head.subject, head.step, &head.hash);
            } else if let Some((step, hash)) = anchor::end_before(conn, &head.subject, cut)? {
                tree.add(&head.subject, step, &hash);
            }
        }
    }
}

/// What the seal of a root covers.
#[must_use]
pub fn sealed_line(row: &RootRow) -> String {
    let cut = row.cut_at.and_utc().timestamp_micros();
    format!("{}\n{cut}\n{}\n{}\n{}\n", row.day, row.chains, row.root, row.previous)
}

/// A root as it leaves the database: one JSON line, without a line break.
#[must_use]
pub fn exported_line(row: &RootRow) -> String {
    let (date, cut_at) = (row.day, row.cut_at.and_utc());
    json!({"date": date, "cut_at": cut_at, "chains": row.chains, "root": row.root, "previous": row.previous,
        "seal": row.seal})
    .to_string()
}

/// Whether a root carries our seal.
#[must_use]
pub fn is_ours(keys: &Keyring, row: &RootRow) -> bool {
    keys.holds_line(&sealed_line(row), &row.seal)
}

/// Anchors every Beijing day that has ended and has no root yet; an office without any begins with yesterday. Answers how
/// many roots were made. Nodes that do it together make the same roots, and the first is kept.
///
/// # Errors
/// A fault of the machine.
pub fn anchor_trail(office: &Office) -> Done<usize> {
    let Some(last) = beijing_date(office.now() - SETTLED_AFTER).pred_opt() else { return Ok(0) };
    let mut made = 0;
    loop {
        let mut reader = office.read()?;
        let newest = anchor::newest(&mut reader)?;
        let day = newest.as_ref().map_or(last, |row| day_after(row.day));
        if day > last {
            return Ok(made);
        }
        let cut_at = cut_of(day);
        let (chains, root) = root_before(&mut reader, cut_at)?;
        drop(reader);
        let mut row = RootRow {
            day,
            cut_at,
            chains,
            root,
            previous: newest.map(|row| row.root).unwrap_or_default(),
            seal: String::new(),
            made_at: office.now().naive_utc(),
            mailed_at: None,
        };
        row.seal = office.keys.seal_line(&sealed_line(&row));
        if office.write(|tx| Ok(anchor::keep(tx.conn, &row)?))? {
            made += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The recursive definition of RFC 6962, to compare with.
    fn by_the_book(leaves: &[[u8; 32]]) -> [u8; 32] {
        match leaves {
            [] => Sha256::digest([]).into(),
            [one] => *one,
            many => {
                let split = (1..).map(|n| 1_usize << n).take_while(|size| *size < many.len()).last().unwrap_or(1);
                node(&by_the_book(&many[..split]), &by_the_book(&many[split..]))
            }
        }
    }

    #[test]
    fn the_tree_is_that_of_rfc_6962_and_notices_every_leaf() {
        for size in 0..40_i32 {
            let mut tree = Tree::default();
            let mut leaves = Vec::new();
            for n in 0..size {
                let (subject, hash) = (format!("subject-{n:03}"), format!("hash-{n}"));
                tree.add(&subject, n, &hash);
                let leaf = Sha256::new().chain_update([0]).chain_update(format!("{subject}\n{n}\n{hash}\n")).finalize();
                leaves.push(leaf.into());
            }
            assert_eq!(tree.root(), (i64::from(size), hex(&by_the_book(&leaves))), "{size}");
        }
        let root_of = |changed: i32| {
            let mut tree = Tree::default();
            for n in 0..9 {
                tree.add("s", n, if n == changed { "other" } else { "same" });
            }
            tree.root().1
        };
        let roots: std::collections::BTreeSet<String> = (-1..9).map(root_of).collect();
        assert_eq!(roots.len(), 10, "no two of them are alike");
    }
}
