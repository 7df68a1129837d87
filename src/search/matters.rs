//! Matters: what an expert is asked for, and which matters lie beside each other.
//!
//! `index/matters.tsv` holds one a row: id, neighbours, names. Coarser than the lexicon's concepts, which tell 律师函 from
//! 警告函, and finer than the catalogue's items, which put drafting a patent and choosing a trade mark's classes under one: so
//! that a need told in everyday words meets the profile that names the same trade in its own. Whoever knows a
//! neighbouring matter is worth part of it.
//!
//! Contract: pure and deterministic; every mention counts. Deliberately absent: votes for services (the lexicon has them).

use super::analyzer;
use super::lexicon::stands_alone;
use aho_corasick::{AhoCorasick, MatchKind};
use std::collections::BTreeMap;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The file itself.
pub(super) const FILE: &str = include_str!("../../index/matters.tsv");

/// One matter.
#[derive(Debug, Clone, PartialEq)]
pub struct Matter {
    /// Its id, unique in the file.
    pub id: &'static str,
    /// Matters beside it, by their place in the file, and how much of this one those can do who know them, in 0..1.
    pub near: Vec<(usize, f32)>,
    /// Its names; the first is its label.
    pub names: Vec<&'static str>,
}

/// Every matter, ready to be found in a text.
pub struct Matters {
    all: Vec<Matter>,
    /// Which matter each pattern of the automaton names.
    owners: Vec<usize>,
    by_id: HashMap<&'static str, usize>,
    automaton: Option<AhoCorasick>,
}

/// The matters of `index/matters.tsv`.
#[must_use]
pub fn matters() -> &'static Matters {
    static MATTERS: LazyLock<Matters> = LazyLock::new(|| Matters::read(FILE));
    &MATTERS
}

impl Matters {
    fn read(file: &'static str) -> Self {
        let rows: Vec<[&'static str; 3]> = file.lines().filter_map(cells).collect();
        let places: HashMap<&'static str, usize> = rows.iter().enumerate().map(|(at, [id, _, _])| (*id, at)).collect();
        let mut all = Vec::with_capacity(rows.len());
        let mut patterns = Vec::new();
        let mut owners = Vec::new();
        for (at, [id, near, names]) in rows.into_iter().enumerate() {
            let names: Vec<&str> = names.split('|').map(str::trim).filter(|name| !name.is_empty()).collect();
            for name in &names {
                patterns.push(analyzer::fold(name));
                owners.push(at);
            }
            let beside = near.split_whitespace().filter_map(|one| one.split_once('='));
            let near = beside.filter_map(|(id, part)| Some((*places.get(id)?, part.parse().ok()?))).collect();
            all.push(Matter { id, near, names });
        }
        Self {
            all,
            owners,
            by_id: places,
            automaton: AhoCorasick::builder().match_kind(MatchKind::Standard).build(patterns).ok(),
        }
    }

    /// Every matter, in the order of the file.
    #[must_use]
    pub fn all(&self) -> &[Matter] {
        &self.all
    }

    /// The matter of that id.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<&Matter> {
        self.by_id.get(id).and_then(|at| self.all.get(*at))
    }

    /// The matters a folded text names, by their place in the file, with how often.
    #[must_use]
    pub fn named(&self, folded: &str) -> BTreeMap<usize, u16> {
        let mut counts = BTreeMap::new();
        let Some(automaton) = &self.automaton else { return counts };
        for found in automaton.find_overlapping_iter(folded) {
            if let Some(owner) = self.owners.get(found.pattern().as_usize())
                && stands_alone(folded, found.start(), found.end())
            {
                let count: &mut u16 = counts.entry(*owner).or_default();
                *count = count.saturating_add(1);
            }
        }
        counts
    }
}

/// The three cells of a row; `None` for comments, and for rows that are none (a test counts them).
fn cells(line: &'static str) -> Option<[&'static str; 3]> {
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let cells: Vec<&str> = line.split('\t').collect();
    cells.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> Vec<&'static str> {
        let named = matters().named(&analyzer::fold(text));
        named.keys().map(|at| matters().all()[*at].id).collect()
    }

    #[test]
    fn every_row_of_the_file_is_read_and_its_neighbours_are_there() {
        let rows: Vec<&str> = FILE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
        assert_eq!(rows.len(), matters().all().len(), "a row is malformed");
        for (row, matter) in rows.into_iter().zip(matters().all()) {
            let written = row.split('\t').nth(1).unwrap_or_default().split_whitespace().count();
            assert_eq!(matter.near.len(), written, "{}: a neighbour is unknown", matter.id);
            assert!(matter.near.iter().all(|(_, part)| *part > 0.0 && *part < 1.0), "{}", matter.id);
            assert!(!matter.names.is_empty(), "{} has no name", matter.id);
            assert_eq!(matters().by_id(matter.id), Some(matter), "{} occurs twice", matter.id);
            for name in &matter.names {
                assert!(ids(name).contains(&matter.id), "{name} does not name {}", matter.id);
            }
        }
    }

    #[test]
    fn everyday_words_and_a_profiles_words_name_the_same_matter() {
        for (need, profile) in [
            ("老外发律师函说我们侵权", "cease-and-desist letters"),
            ("專利年費逾期", "费减备案、恢复权利"),
            ("Somebody registered our brand", "商标抢注"),
            ("员工跳槽带走图纸", "技术秘密与竞业限制"),
        ] {
            let (need, profile) = (ids(need), ids(profile));
            assert!(need.iter().any(|id| profile.contains(id)), "{need:?} {profile:?}");
        }
        assert!(ids("今天天气很好").is_empty());
    }
}
