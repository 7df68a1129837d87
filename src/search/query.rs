//! Finding needs: what was typed, inside what the person may see.
//!
//! A typed text is read as a number first (`XQ-2026-000123`, `123`, `000123`): the need of that number comes on top. Then
//! it is cut into pieces. A piece that names a concept matches the concept in any wording and either language; any other
//! matches by its grams or its stem. Up to three pieces must all match, of more at least three fifths, so a pasted sentence
//! still finds something. Order: relevance (BM25 on words, grams, stems), then newest.
//!
//! Contract: the scope is a filter of the search itself; what it hides is neither returned nor counted.
//! Deliberately absent: an unscoped search, query syntax (a quote or a minus is punctuation), and bodies.

use std::collections::HashSet;
use std::ops::Bound;

use tantivy::collector::sort_key::{SortBySimilarityScore, SortByStaticFastValue};
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, Occur, Query, RangeQuery,
    RegexQuery, TermQuery, TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::{DocAddress, Order, TantivyDocument, Term};

use super::analyzer::{self, Run, Script};
use super::lexicon::lexicon;
use super::writer::{Index, IndexFault};
use crate::ids::NeedId;

/// Words say more than grams, and read better as a reason.
const GRAM_BOOST: f32 = 0.3;
/// A concept named in other words is nearly as good as the words themselves.
const CONCEPT_BOOST: f32 = 1.0;
/// How much the weaker of wording and concept adds when both match.
const BOTH: f32 = 0.3;
/// The need of that number comes first whatever else matches.
const NUMBER_SCORE: f32 = 1_000_000.0;
/// The most pieces of a text that are searched; what comes after is left out.
const MOST_PIECES: usize = 24;
/// The most terms given for marking.
const MOST_HIGHLIGHTS: usize = 40;

/// Which needs a person may see at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Every need.
    All,
    /// Needs of these region codes.
    Regions(Vec<String>),
    /// Needs of these stations, by id as text.
    Stations(Vec<String>),
}

/// What to look for. An empty text lists everything, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeedQuery {
    /// As typed.
    pub text: String,
    /// What the person may see.
    pub scope: Scope,
    /// Only this region code.
    pub region: Option<String>,
    /// Only this state.
    pub state: Option<String>,
    /// Only needs with this service slug.
    pub service: Option<String>,
    /// Only this station's, by id as text.
    pub station: Option<String>,
    /// Only needs submitted at or after this, microseconds since 1970.
    pub from: Option<i64>,
    /// Only needs submitted before this, microseconds since 1970.
    pub to: Option<i64>,
    /// The most ids to return; 0 only counts.
    pub limit: usize,
    /// How many to skip.
    pub offset: usize,
}

impl NeedQuery {
    /// A search for a text within a scope, the first 20 hits, no further filter.
    #[must_use]
    pub fn new(text: &str, scope: Scope) -> Self {
        let text = text.to_owned();
        Self {
            text,
            scope,
            region: None,
            state: None,
            service: None,
            station: None,
            from: None,
            to: None,
            limit: 20,
            offset: 0,
        }
    }
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Needs, best first; newest first when nothing was typed.
    pub ids: Vec<NeedId>,
    /// How many match in all.
    pub total: usize,
    /// What to mark in the texts shown, for [`marks`](super::highlight::marks).
    pub highlights: Vec<String>,
}

/// A need's number as typed or printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NumberParts {
    year: Option<u64>,
    pub(super) serial: u64,
}

impl NumberParts {
    pub(super) fn key(self) -> String {
        format!("{}-{}", self.year.unwrap_or_default(), self.serial)
    }
}

/// Reads a whole text as a number: `XQ-2026-000123`, `xq2026000123`, `2026-123`, `000123`, `123`.
pub(super) fn number(text: &str) -> Option<NumberParts> {
    let normalised = analyzer::normalise(text);
    let bare = normalised.trim();
    let bare = bare.strip_prefix("xq").unwrap_or(bare).trim_start_matches(['-', ' ']);
    let groups: Vec<&str> = bare.split(['-', ' ']).collect();
    if groups.iter().any(|group| group.is_empty() || !group.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    match groups.as_slice() {
        [one] if one.len() >= 10 => {
            Some(NumberParts { year: one.get(..4)?.parse().ok(), serial: one.get(4..)?.parse().ok()? })
        }
        [one] => Some(NumberParts { year: None, serial: one.parse().ok()? }),
        [year, serial] if year.len() == 4 => {
            Some(NumberParts { year: year.parse().ok(), serial: serial.parse().ok()? })
        }
        _ => None,
    }
}

type Clause = (Occur, Box<dyn Query>);

impl Index {
    /// Finds needs.
    ///
    /// # Errors
    /// The engine or the disk failed.
    pub fn search(&self, query: &NeedQuery) -> Result<Found, IndexFault> {
        let searcher = self.reader.searcher();
        let mut clauses = self.filters(query);
        let typed = !query.text.trim().is_empty();
        let mut found = Found::default();
        if typed {
            clauses.push((Occur::Must, self.text(&query.text, &mut found.highlights)?));
        }
        let whole = BooleanQuery::new(clauses);
        let newest = SortByStaticFastValue::<i64>::for_field("created_at");
        let addresses: Vec<DocAddress> = if query.limit == 0 {
            found.total = searcher.search(&whole, &Count)?;
            Vec::new()
        } else if typed {
            let order = ((SortBySimilarityScore, Order::Desc), (newest, Order::Desc));
            let top = TopDocs::with_limit(query.limit).and_offset(query.offset).order_by(order);
            let (hits, total) = searcher.search(&whole, &(top, Count))?;
            found.total = total;
            hits.into_iter().map(|(_, address)| address).collect()
        } else {
            let top = TopDocs::with_limit(query.limit).and_offset(query.offset).order_by((newest, Order::Desc));
            let (hits, total) = searcher.search(&whole, &(top, Count))?;
            found.total = total;
            hits.into_iter().map(|(_, address)| address).collect()
        };
        for address in addresses {
            let document: TantivyDocument = searcher.doc(address)?;
            let id = document.get_first(self.fields.id).and_then(|value| value.as_str().map(str::parse));
            if let Some(Ok(id)) = id {
                found.ids.push(id);
            }
        }
        Ok(found)
    }

    /// Scope and filters: they decide what is there, never its order.
    fn filters(&self, query: &NeedQuery) -> Vec<Clause> {
        let fields = &self.fields;
        let mut clauses: Vec<Clause> = vec![(Occur::Must, silent(Box::new(AllQuery)))];
        match &query.scope {
            Scope::All => {}
            Scope::Regions(codes) => clauses.push(one_of(fields.region, codes)),
            Scope::Stations(ids) => clauses.push(one_of(fields.station, ids)),
        }
        let wanted = [
            (fields.region, &query.region),
            (fields.state, &query.state),
            (fields.services, &query.service),
            (fields.station, &query.station),
        ];
        for (field, value) in wanted {
            if let Some(value) = value {
                clauses.push((Occur::Must, silent(exactly(field, value))));
            }
        }
        if query.from.is_some() || query.to.is_some() {
            let bound = |micros: i64| Term::from_field_i64(fields.created_at, micros);
            let from = query.from.map_or(Bound::Unbounded, |micros| Bound::Included(bound(micros)));
            let to = query.to.map_or(Bound::Unbounded, |micros| Bound::Excluded(bound(micros)));
            clauses.push((Occur::Must, silent(Box::new(RangeQuery::new(from, to)))));
        }
        clauses
    }

    fn text(&self, typed: &str, highlights: &mut Vec<String>) -> Result<Box<dyn Query>, IndexFault> {
        let fields = &self.fields;
        let folded = analyzer::fold(typed);
        let number = number(typed);
        let mut pieces = self.pieces(&folded, highlights)?;
        pieces.truncate(MOST_PIECES);
        // Of a number, every part must match wherever it is merely mentioned.
        let required =
            if number.is_some() || pieces.len() <= 3 { pieces.len() } else { (pieces.len() * 3).div_ceil(5) };
        let words: Box<dyn Query> = if pieces.is_empty() {
            Box::new(EmptyQuery)
        } else {
            let pieces = pieces.into_iter().map(|piece| (Occur::Should, piece)).collect();
            Box::new(BooleanQuery::with_minimum_required_clauses(pieces, required))
        };
        let mut seen = HashSet::new();
        highlights.retain(|term| !term.is_empty() && seen.insert(term.clone()));
        highlights.truncate(MOST_HIGHLIGHTS);
        let Some(number) = number else { return Ok(words) };
        let exact = if number.year.is_some() {
            exactly(fields.number, &number.key())
        } else {
            Box::new(TermQuery::new(Term::from_field_u64(fields.serial, number.serial), IndexRecordOption::Basic))
        };
        let first = Box::new(ConstScoreQuery::new(exact, NUMBER_SCORE));
        Ok(Box::new(BooleanQuery::new(vec![(Occur::Should, first), (Occur::Should, words)])))
    }

    /// One query for each concept named and each other run of characters that means something.
    fn pieces(&self, folded: &str, highlights: &mut Vec<String>) -> Result<Vec<Box<dyn Query>>, IndexFault> {
        let mut pieces: Vec<Box<dyn Query>> = Vec::new();
        let mut covered = 0;
        let hits = lexicon().hits(folded);
        // Concepts of the same span are readings of one piece.
        for same in hits.chunk_by(|left, right| (left.start, left.end) == (right.start, right.end)) {
            let Some(hit) = same.first() else { continue };
            let span = folded.get(hit.start..hit.end).unwrap_or_default();
            self.plain(folded.get(covered..hit.start).unwrap_or_default(), false, &mut pieces, highlights)?;
            covered = covered.max(hit.end);
            let mut literal: Vec<Box<dyn Query>> = Vec::new();
            self.plain(span, true, &mut literal, highlights)?;
            let every = literal.into_iter().map(|part| (Occur::Must, part)).collect();
            let mut wordings: Vec<Box<dyn Query>> = vec![Box::new(BooleanQuery::new(every))];
            highlights.push(span.to_owned());
            for hit in same {
                let Some(concept) = lexicon().concepts().get(hit.concept) else { continue };
                wordings.push(Box::new(BoostQuery::new(exactly(self.fields.concepts, concept.id), CONCEPT_BOOST)));
                highlights.extend(concept.aliases.iter().map(|alias| (*alias).to_owned()));
            }
            pieces.push(Box::new(DisjunctionMaxQuery::with_tie_breaker(wordings, BOTH)));
        }
        self.plain(folded.get(covered..).unwrap_or_default(), false, &mut pieces, highlights)?;
        if pieces.is_empty() {
            // Only stop words were typed: then they are what is looked for.
            self.plain(folded, true, &mut pieces, highlights)?;
        }
        Ok(pieces)
    }

    fn plain(
        &self,
        folded: &str,
        with_stopwords: bool,
        pieces: &mut Vec<Box<dyn Query>>,
        highlights: &mut Vec<String>,
    ) -> Result<(), IndexFault> {
        let runs: Vec<Run<'_>> = if with_stopwords { analyzer::runs(folded) } else { analyzer::content(folded) };
        for run in runs {
            match run.script {
                Script::Latin => pieces.push(counted(self.fields.latin, run.text)),
                Script::Han => pieces.push(self.han(run.text)?),
            }
            highlights.push(run.text.to_owned());
            if run.script == Script::Han {
                highlights.extend(analyzer::words(run.text));
            }
        }
        Ok(())
    }

    /// A Han run: at least three fifths of its grams must be there (so 排查风险 finds 风险排查); its dictionary words add to the score.
    fn han(&self, run: &str) -> Result<Box<dyn Query>, IndexFault> {
        let grams = analyzer::grams(run);
        if grams.is_empty() {
            let prefix = RegexQuery::from_pattern(&format!("{run}.*"), self.fields.grams)?;
            return Ok(Box::new(prefix));
        }
        let distinct: HashSet<&String> = grams.iter().collect();
        let required = (distinct.len() * 3).div_ceil(5);
        let mut clauses: Vec<Clause> = Vec::new();
        for gram in &distinct {
            clauses.push((Occur::Should, Box::new(BoostQuery::new(counted(self.fields.grams, gram), GRAM_BOOST))));
        }
        let must: Box<dyn Query> = Box::new(BooleanQuery::with_minimum_required_clauses(clauses, required));
        let mut whole: Vec<Clause> = vec![(Occur::Must, must)];
        for word in analyzer::words(run) {
            whole.push((Occur::Should, counted(self.fields.words, &word)));
        }
        Ok(Box::new(BooleanQuery::new(whole)))
    }
}

fn exactly(field: Field, value: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, value), IndexRecordOption::Basic))
}

fn counted(field: Field, value: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, value), IndexRecordOption::WithFreqs))
}

fn silent(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

fn one_of(field: Field, values: &[String]) -> Clause {
    if values.is_empty() {
        return (Occur::Must, Box::new(EmptyQuery));
    }
    let terms: Vec<Term> = values.iter().map(|value| Term::from_field_text(field, value)).collect();
    (Occur::Must, silent(Box::new(TermSetQuery::new(terms))))
}

#[cfg(test)]
mod tests;
