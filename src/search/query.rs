//! Finding: what was typed, inside what the person may see.
//!
//! How a text is read stands in [`super::wording`]. Order: relevance, in which the age of needs and feedback has a small
//! say (one of years ago weighs a fifth less than the newest), then newest; without a text, newest first. What holds every
//! word as typed comes before what does not. The engine ranks by relevance and the age is weighed within blocks of two
//! hundred, so that a page never depends on the pages before it.
//!
//! Contract: the scope is a filter of the search itself; what it hides is neither returned nor counted, in no facet.
//! Deliberately absent: an unscoped search, and bodies.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use tantivy::collector::sort_key::SortByStaticFastValue;
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, Occur, Query, RangeQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::{DocAddress, Order, Searcher, TantivyDocument, Term};

use super::document::{EVERYBODY, Kind, region_term, station_term};
use super::facets::{FacetCounts, Facets};
use super::wording::Wording;
use super::writer::{Index, IndexFault};
use crate::domain::role::Scope;
use crate::ids::NeedId;

/// Within so many of the most relevant, age has its say.
const BLOCK: usize = 200;
/// How much of its relevance a need keeps however old it is.
const AGELESS: f64 = 0.8;
/// After so many days the rest is halved.
const HALF_LIFE_DAYS: f64 = 180.0;
const MICROS_A_DAY: f64 = 86_400_000_000.0;

/// What to look for. An empty text lists everything, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchQuery {
    /// As typed.
    pub text: String,
    /// What the person may see.
    pub scope: Scope,
    /// Only this kind.
    pub kind: Option<Kind>,
    /// Only this region code.
    pub region: Option<String>,
    /// Only this state or standing.
    pub state: Option<String>,
    /// Only with this service slug.
    pub service: Option<String>,
    /// Only with this industry.
    pub industry: Option<String>,
    /// Only this station's, by id as text.
    pub station: Option<String>,
    /// The stations of a scope of regions, by id as text: an enterprise may be found by every station that served it, and
    /// which others did is not for whoever may see the enterprise. A station's own scope and the whole need none.
    pub stations_known: BTreeSet<String>,
    /// Only this enterprise's, by id as text.
    pub enterprise: Option<String>,
    /// Only what came at or after this, microseconds since 1970.
    pub from: Option<i64>,
    /// Only what came before this, microseconds since 1970.
    pub to: Option<i64>,
    /// Now, microseconds since 1970: what age is measured from.
    pub now: i64,
    /// The most hits to return; 0 only counts.
    pub limit: usize,
    /// How many to skip.
    pub offset: usize,
    /// Whether to count how many match in all; without it the engine may leave out what cannot be among the best.
    pub counted: bool,
    /// Whether to count by kind, state, region, service and station.
    pub facets: bool,
}

impl SearchQuery {
    /// A search for a text within a scope: the first 20 of every kind together, counted, no further filter.
    #[must_use]
    pub fn new(text: &str, scope: Scope, now: i64) -> Self {
        Self {
            text: text.to_owned(),
            scope,
            kind: None,
            region: None,
            state: None,
            service: None,
            industry: None,
            station: None,
            stations_known: BTreeSet::new(),
            enterprise: None,
            from: None,
            to: None,
            now,
            limit: 20,
            offset: 0,
            counted: true,
            facets: false,
        }
    }

    /// Of the stations that served an enterprise those that may be named; `None` for all.
    pub(super) fn known_stations(&self) -> Option<BTreeSet<String>> {
        match &self.scope {
            Scope::Everything => None,
            Scope::Station(own) => Some(BTreeSet::from([own.to_string()])),
            Scope::Regions(_) => Some(self.stations_known.clone()),
        }
    }

    /// The same for one kind.
    #[must_use]
    pub fn of(kind: Kind, text: &str, scope: Scope, now: i64) -> Self {
        Self { kind: Some(kind), ..Self::new(text, scope, now) }
    }
}

/// One thing found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// What it is.
    pub kind: Kind,
    /// Its id.
    pub id: String,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Best first; newest first when nothing was typed.
    pub hits: Vec<Hit>,
    /// How many match in all; 0 when they were not to be counted.
    pub total: usize,
    /// Counts by kind, state, region, service and station, if asked for. The counts by kind are of every kind, the others
    /// of the kind asked for.
    pub facets: FacetCounts,
    /// What to mark in the texts shown, for [`marks`](super::highlight::marks).
    pub highlights: Vec<String>,
}

impl Found {
    /// The ids of the needs found, in order.
    #[must_use]
    pub fn needs(&self) -> Vec<NeedId> {
        self.hits.iter().filter(|hit| hit.kind == Kind::Need).filter_map(|hit| hit.id.parse().ok()).collect()
    }
}

/// Relevance; when it came; where it is.
type Weighed = (f64, i64, DocAddress);
pub(super) type Clause = (Occur, Box<dyn Query>);

impl Index {
    /// Finds.
    ///
    /// # Errors
    /// The engine or the disk failed.
    pub fn search(&self, query: &SearchQuery) -> Result<Found, IndexFault> {
        let searcher = self.reader.searcher();
        let mut found = Found::default();
        let typed = !query.text.trim().is_empty();
        let wording =
            if typed { Some(self.wording(&searcher, query.kind, &query.text, &mut found.highlights)?) } else { None };
        // Every word as it was typed comes first and is found with little work; every other reading after it.
        let strict = wording.as_ref().and_then(Wording::strict);
        let loose = wording.map(Wording::loose);
        let any = match (&strict, &loose) {
            (Some(strict), Some(loose)) => Some(either(joined(copies(strict).collect()), loose.box_clone())),
            (_, loose) => loose.as_ref().map(|loose| loose.box_clone()),
        };
        let mut clauses = self.filters(query);
        if query.facets {
            let whole = within(&clauses, any.iter().map(|any| (Occur::Must, any.box_clone())));
            found.facets = searcher.search(&whole, &Facets { kind: query.kind, known: query.known_stations() })?;
        }
        clauses.extend(query.kind.map(|kind| (Occur::Must, sieve(self.fields.kind, kind.as_str()))));
        let whole = within(&clauses, any.into_iter().map(|any| (Occur::Must, any)));
        if query.counted && query.facets {
            found.total = query.kind.map_or_else(|| found.facets.all(), |kind| found.facets.of_kind(kind));
        } else if query.counted {
            found.total = searcher.search(&whole, &Count)?;
        }
        if query.limit > 0 {
            let addresses = if let Some(loose) = loose {
                let first = strict.iter().map(|strict| (Occur::MustNot, joined(copies(strict).collect())));
                let loose = within(&clauses, std::iter::once((Occur::Must, loose)).chain(first));
                // All in one, so that the engine sees nothing but terms to join.
                let strict = strict.map(|strict| within(&clauses, strict.into_iter()));
                self.ranked(&searcher, (strict.as_deref(), &loose), query)?
            } else {
                let newest = SortByStaticFastValue::<i64>::for_field("created_at");
                let top = TopDocs::with_limit(query.limit).and_offset(query.offset).order_by((newest, Order::Desc));
                searcher.search(&whole, &top)?.into_iter().map(|(_, address)| address).collect()
            };
            for address in addresses {
                found.hits.extend(self.hit(&searcher, address)?);
            }
        }
        Ok(found)
    }

    fn hit(&self, searcher: &Searcher, address: DocAddress) -> Result<Option<Hit>, IndexFault> {
        let document: TantivyDocument = searcher.doc(address)?;
        let hit = document.get_first(self.fields.hit).and_then(|value| {
            let (kind, id) = value.as_str()?.split_once(':')?;
            Some(Hit { kind: Kind::named(kind)?, id: id.to_owned() })
        });
        Ok(hit)
    }

    /// The hits from `offset` on: first those that hold every word as typed, then those of other readings, which cost most
    /// and are asked only for what the first do not fill.
    fn ranked(
        &self,
        searcher: &Searcher,
        (strict, loose): (Option<&dyn Query>, &dyn Query),
        query: &SearchQuery,
    ) -> Result<Vec<DocAddress>, IndexFault> {
        let mut ranked = Vec::with_capacity(query.limit);
        let as_typed = match strict {
            Some(strict) => self.fill(searcher, strict, query.offset, query, &mut ranked)?,
            None => Some(0),
        };
        if let Some(as_typed) = as_typed {
            let from = (query.offset + ranked.len()).saturating_sub(as_typed);
            self.fill(searcher, loose, from, query, &mut ranked)?;
        }
        Ok(ranked)
    }

    /// Adds a reading's hits from a place on, by relevance and age within blocks, until the page is full. Answers how many
    /// the reading has in all, if its end was reached.
    fn fill(
        &self,
        searcher: &Searcher,
        asked: &dyn Query,
        from: usize,
        query: &SearchQuery,
        ranked: &mut Vec<DocAddress>,
    ) -> Result<Option<usize>, IndexFault> {
        let (mut block, mut skip) = (from / BLOCK, from % BLOCK);
        while ranked.len() < query.limit {
            let first = block * BLOCK;
            let hits = searcher.search(asked, &TopDocs::with_limit(BLOCK).and_offset(first).order_by_score())?;
            let count = hits.len();
            if count == 0 && first > 0 {
                return Ok(Some(searcher.search(asked, &Count)?));
            }
            let mut weighed: Vec<Weighed> =
                hits.into_iter().map(|(score, address)| (f64::from(score), 0, address)).collect();
            self.weigh_age(searcher, &mut weighed, query)?;
            weighed.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)).then(a.2.cmp(&b.2)));
            let wanted = query.limit - ranked.len();
            ranked.extend(weighed.into_iter().skip(skip).take(wanted).map(|(_, _, address)| address));
            if count < BLOCK {
                return Ok(Some(first + count));
            }
            block += 1;
            skip = 0;
        }
        Ok(None)
    }

    /// Weighs the age in, and notes when each came.
    fn weigh_age(&self, searcher: &Searcher, hits: &mut [Weighed], query: &SearchQuery) -> Result<(), IndexFault> {
        let ages = query.kind.is_none_or(Kind::ages);
        let mut columns = BTreeMap::new();
        for (score, came, address) in hits {
            let segment = address.segment_ord;
            if let std::collections::btree_map::Entry::Vacant(vacant) = columns.entry(segment) {
                vacant.insert(searcher.segment_reader(segment).fast_fields().i64("created_at")?);
            }
            *came = columns.get(&segment).and_then(|column| column.first(address.doc_id)).unwrap_or(0);
            if ages {
                let days = (query.now.saturating_sub(*came).max(0) as f64) / MICROS_A_DAY;
                *score *= AGELESS + (1.0 - AGELESS) * (-days / HALF_LIFE_DAYS).exp2();
            }
        }
        Ok(())
    }

    /// Scope and filters: they decide what is there, never its order.
    fn filters(&self, query: &SearchQuery) -> Vec<Clause> {
        let fields = &self.fields;
        let mut clauses: Vec<Clause> = Vec::new();
        let scoped = match &query.scope {
            Scope::Everything => None,
            Scope::Regions(codes) => Some(codes.iter().map(|code| region_term(code)).collect()),
            Scope::Station(own) => Some(vec![station_term(own.as_str())]),
        };
        if let Some(mut terms) = scoped {
            // Nothing but experts is everybody's; leaving the term out where it cannot match spares the engine a union.
            if query.kind.is_none_or(|kind| kind == Kind::Expert) {
                terms.push(EVERYBODY.to_owned());
            }
            clauses.push(one_of(fields.seen_by, &terms));
        }
        let wanted = [
            (fields.region, &query.region),
            (fields.state, &query.state),
            (fields.services, &query.service),
            (fields.industries, &query.industry),
            (fields.station, &query.station),
            (fields.enterprise, &query.enterprise),
        ];
        for (field, value) in wanted {
            if let Some(value) = value {
                clauses.push((Occur::Must, sieve(field, value)));
            }
        }
        if let Some(station) = &query.station
            && query.known_stations().is_some_and(|known| !known.contains(station))
        {
            clauses.push((Occur::MustNot, sieve(fields.kind, Kind::Enterprise.as_str())));
        }
        if query.from.is_some() || query.to.is_some() {
            let bound = |micros: i64| Term::from_field_i64(fields.created_at, micros);
            let from = query.from.map_or(Bound::Unbounded, |micros| Bound::Included(bound(micros)));
            let to = query.to.map_or(Bound::Unbounded, |micros| Bound::Excluded(bound(micros)));
            clauses.push((Occur::Must, silent(Box::new(RangeQuery::new(from, to)))));
        }
        clauses
    }
}

/// These clauses within the filters.
fn within(filters: &[Clause], clauses: impl Iterator<Item = Clause>) -> Box<dyn Query> {
    joined(clauses.chain(copies(filters)).collect())
}

fn copies(clauses: &[Clause]) -> impl Iterator<Item = Clause> {
    clauses.iter().map(|(occur, part)| (*occur, part.box_clone()))
}

/// What one of the two matches.
fn either(one: Box<dyn Query>, other: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(BooleanQuery::new(vec![(Occur::Should, one), (Occur::Should, other)]))
}

/// Every clause together; without any, everything.
fn joined(mut clauses: Vec<Clause>) -> Box<dyn Query> {
    match (clauses.pop(), clauses.is_empty()) {
        (None, _) => Box::new(AllQuery),
        (Some((_, only)), true) => only,
        (Some(last), false) => {
            clauses.push(last);
            Box::new(BooleanQuery::new(clauses))
        }
    }
}

pub(super) fn exactly(field: Field, value: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, value), IndexRecordOption::Basic))
}

fn silent(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

/// Decides what is there and adds nothing to a score.
fn sieve(field: Field, value: &str) -> Box<dyn Query> {
    let term = TermQuery::new(Term::from_field_text(field, value), IndexRecordOption::WithFreqs);
    Box::new(BoostQuery::new(Box::new(term), 0.0))
}

fn one_of(field: Field, values: &[String]) -> Clause {
    match values {
        [] => (Occur::Must, Box::new(EmptyQuery)),
        [only] => (Occur::Must, sieve(field, only)),
        several => {
            let every: Vec<Clause> = several.iter().map(|value| (Occur::Should, exactly(field, value))).collect();
            (Occur::Must, silent(Box::new(BooleanQuery::new(every))))
        }
    }
}

#[cfg(test)]
mod tests;
