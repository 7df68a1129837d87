//! Counting what was found by kind, state, region, service and station.
//!
//! Contract: counts are of exactly the documents the query matches, scope included. Deliberately absent: names; a value is
//! the code the database knows.

use super::document::Kind;
use std::collections::{BTreeMap, BTreeSet};
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::StrColumn;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

/// The fields counted, in this order.
const COUNTED: [&str; 5] = ["kind", "state", "region", "services", "station"];

/// The place of the station among them.
const STATION: usize = COUNTED.len() - 1;

/// Counts by value.
pub type Counts = BTreeMap<String, usize>;

/// Counts of what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FacetCounts {
    /// By kind: whichever kind was asked for.
    pub kinds: Counts,
    /// By state of the need or standing of the expert.
    pub states: Counts,
    /// By region code.
    pub regions: Counts,
    /// By service slug.
    pub services: Counts,
    /// By station id.
    pub stations: Counts,
}

impl FacetCounts {
    /// How many of a kind.
    #[must_use]
    pub fn of_kind(&self, kind: Kind) -> usize {
        self.kinds.get(kind.as_str()).copied().unwrap_or(0)
    }

    /// How many of every kind together.
    #[must_use]
    pub fn all(&self) -> usize {
        self.kinds.values().sum()
    }

    fn parts(&mut self) -> [&mut Counts; COUNTED.len()] {
        [&mut self.kinds, &mut self.states, &mut self.regions, &mut self.services, &mut self.stations]
    }
}

/// Counts while the engine finds. With a kind, everything but the counts by kind is of that kind alone. Of the stations that
/// served an enterprise only those `known` are counted, or all.
pub(super) struct Facets {
    pub(super) kind: Option<Kind>,
    pub(super) known: Option<BTreeSet<String>>,
}

/// One field of one segment.
struct Tally {
    column: StrColumn,
    counts: Vec<usize>,
}

/// The counts of one segment.
pub(super) struct OfSegment {
    tallies: Vec<Option<Tally>>,
    /// The place of the wanted kind among the segment's values; `None` when every kind counts.
    wanted: Option<u64>,
    /// Whether the kind is wanted and the segment has none of it.
    none_wanted: bool,
    /// The place of enterprises among the segment's kinds.
    enterprises: Option<u64>,
    /// Which of the segment's stations may be named of an enterprise; `None` for all.
    known: Option<Vec<bool>>,
}

impl Collector for Facets {
    type Fruit = FacetCounts;
    type Child = OfSegment;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<OfSegment> {
        let mut tallies = Vec::with_capacity(COUNTED.len());
        for name in COUNTED {
            let column = segment.fast_fields().str(name)?;
            tallies.push(column.map(|column| Tally { counts: vec![0; column.num_terms()], column }));
        }
        let mut wanted = None;
        if let (Some(kind), Some(Some(kinds))) = (self.kind, tallies.first()) {
            wanted = kinds.column.dictionary().term_ord(kind.as_str())?;
        }
        let mut enterprises = None;
        if let Some(Some(kinds)) = tallies.first() {
            enterprises = kinds.column.dictionary().term_ord(Kind::Enterprise.as_str())?;
        }
        let mut known = None;
        if let (Some(names), Some(Some(stations))) = (&self.known, tallies.last()) {
            let mut marks = vec![false; stations.counts.len()];
            for name in names {
                let place = stations.column.dictionary().term_ord(name)?;
                if let Some(mark) = place.and_then(|place| marks.get_mut(usize::try_from(place).ok()?)) {
                    *mark = true;
                }
            }
            known = Some(marks);
        }
        let none_wanted = self.kind.is_some() && wanted.is_none();
        Ok(OfSegment { tallies, none_wanted, wanted, enterprises, known })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<FacetCounts>) -> tantivy::Result<FacetCounts> {
        let mut whole = FacetCounts::default();
        for mut segment in segments {
            for (into, from) in whole.parts().into_iter().zip(segment.parts()) {
                for (value, count) in std::mem::take(from) {
                    *into.entry(value).or_insert(0) += count;
                }
            }
        }
        Ok(whole)
    }
}

impl SegmentCollector for OfSegment {
    type Fruit = FacetCounts;

    fn collect(&mut self, document: DocId, _: Score) {
        let mut counts = !self.none_wanted;
        let mut is_enterprise = false;
        for (place, tally) in self.tallies.iter_mut().enumerate() {
            if place > 0 && !counts {
                return;
            }
            let Some(Tally { column, counts: tally }) = tally else { continue };
            for value in column.term_ords(document) {
                if place == 0 && self.wanted.is_some_and(|wanted| wanted != value) {
                    counts = false;
                }
                if place == 0 {
                    is_enterprise |= self.enterprises == Some(value);
                }
                let Ok(value) = usize::try_from(value) else { continue };
                let hidden = place == STATION
                    && is_enterprise
                    && self.known.as_ref().is_some_and(|known| !known.get(value).is_some_and(|known| *known));
                if let Some(count) = tally.get_mut(value).filter(|_| !hidden) {
                    *count += 1;
                }
            }
        }
    }

    fn harvest(self) -> FacetCounts {
        let mut told = FacetCounts::default();
        for (into, tally) in told.parts().into_iter().zip(self.tallies) {
            let Some(Tally { column, counts }) = tally else { continue };
            for (value, count) in counts.into_iter().enumerate().filter(|(_, count)| *count > 0) {
                let mut text = String::new();
                // A value that cannot be read is not counted under a wrong name.
                if matches!(column.ord_to_str(value as u64, &mut text), Ok(true)) {
                    into.insert(text, count);
                }
            }
        }
        told
    }
}
