//! How well an expert's profile text fits the text of a need.
//!
//! An inverted index in memory over all experts, scored exhaustively: no cut-off, no commit lag, every figure explainable.
//! A term's weight is its kind's weight times its inverse document frequency; its presence counts by BM25's saturation of
//! the frequency (k1 1.2, b 0.3). The sum is divided by the greatest the query could reach, so figures of different needs
//! compare, and saturated to 0..1000 permille.
//!
//! Contract: deterministic; taking a matched word out of a profile lowers its score; an empty query or profile scores 0.
//! Deliberately absent: everything else that makes a good match (distance, load, standing). `domain::matching` weighs this
//! figure with those.

use std::collections::{HashMap, HashSet};

use unicode_normalization::UnicodeNormalization;

use super::analyzer::{self, EnglishStemmer, Script};
use super::lexicon::{Concept, lexicon};
use crate::ids::ExpertId;

const FREQUENCY_SATURATION: f32 = 1.2;
const LENGTH_WEIGHT: f32 = 0.3;
/// The share of the query's weight at which the score is about half of what a perfect match gets.
const HALF_SHARE: f32 = 0.15;
/// A vote this strong makes the service item behind a concept a term too.
const DECISIVE_VOTE: f32 = 2.0;
/// The most matched words shown for one expert.
const MOST_WORDS: usize = 3;

/// What sort of term it is; the discriminant is part of the term's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Sort {
    Word,
    Gram,
    Latin,
    Concept,
    Service,
}

impl Sort {
    const fn weight(self) -> f32 {
        match self {
            Self::Word | Self::Latin => 1.0,
            Self::Gram => 0.3,
            Self::Concept => 1.5,
            Self::Service => 0.5,
        }
    }
}

type Key = (Sort, String);

/// One expert's place in the index.
struct Profile {
    id: ExpertId,
    /// Term and how often it occurs.
    terms: Vec<(u32, u16)>,
    /// Number of words, Latin or Han.
    length: u32,
}

/// Profile texts of all experts, ready to be scored against a need.
#[derive(Default)]
pub struct Affinity {
    vocabulary: HashMap<Key, u32>,
    /// For each term the slots it occurs in and how often.
    postings: Vec<Vec<(u32, u16)>>,
    slots: Vec<Option<Profile>>,
    free: Vec<u32>,
    places: HashMap<ExpertId, u32>,
    words_in_all: u64,
}

impl Affinity {
    /// Builds the index from every expert's profile text; of two texts of one expert the later holds.
    pub fn build<'a>(profiles: impl Iterator<Item = (ExpertId, &'a str)>) -> Self {
        let mut affinity = Self::default();
        for (id, text) in profiles {
            affinity.update(id, text);
        }
        affinity
    }

    /// Puts in an expert's profile text or replaces it.
    pub fn update(&mut self, id: ExpertId, text: &str) {
        self.remove(id);
        let slot = match self.free.pop() {
            Some(slot) => slot,
            None => {
                self.slots.push(None);
                u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
            }
        };
        let (counts, length) = profile_terms(text);
        let mut terms = Vec::with_capacity(counts.len());
        for (key, count) in counts {
            let next = u32::try_from(self.postings.len()).unwrap_or(u32::MAX);
            let term = *self.vocabulary.entry(key).or_insert(next);
            if term == next {
                self.postings.push(Vec::new());
            }
            if let Some(list) = self.postings.get_mut(term as usize) {
                list.push((slot, count));
            }
            terms.push((term, count));
        }
        self.words_in_all += u64::from(length);
        self.places.insert(id, slot);
        if let Some(place) = self.slots.get_mut(slot as usize) {
            *place = Some(Profile { id, terms, length });
        }
    }

    /// Takes an expert out; one who is not in it is no matter.
    pub fn remove(&mut self, id: ExpertId) {
        let Some(slot) = self.places.remove(&id) else { return };
        let Some(profile) = self.slots.get_mut(slot as usize).and_then(Option::take) else { return };
        for (term, _) in profile.terms {
            if let Some(list) = self.postings.get_mut(term as usize)
                && let Some(at) = list.iter().position(|(held, _)| *held == slot)
            {
                list.swap_remove(at);
            }
        }
        self.words_in_all -= u64::from(profile.length);
        self.free.push(slot);
    }

    /// How many experts are in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether nobody is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// How well each expert fits a need's text, in permille; experts with nothing in common are left out.
    #[must_use]
    pub fn score(&self, query: &str) -> HashMap<ExpertId, u16> {
        let mut shares = vec![0.0_f32; self.slots.len()];
        let mut greatest = 0.0;
        for key in query_terms(query) {
            let list = self.list(&key);
            let weight = self.weight(key.0, list.len());
            greatest += weight;
            for (slot, count) in list {
                if let (Some(share), Some(Some(profile))) =
                    (shares.get_mut(*slot as usize), self.slots.get(*slot as usize))
                {
                    *share += weight * self.presence(*count, profile.length);
                }
            }
        }
        let mut scores = HashMap::with_capacity(self.places.len());
        for (share, profile) in shares.into_iter().zip(&self.slots) {
            if let Some(profile) = profile
                && share > 0.0
            {
                scores.insert(profile.id, permille(share / greatest));
            }
        }
        scores
    }

    /// The words of a need's text that weigh most in one expert's score, as typed, at most three. When only concepts
    /// meet (other words for the same matter), their labels.
    #[must_use]
    pub fn matched(&self, query: &str, id: ExpertId) -> Vec<String> {
        let Some(profile) =
            self.places.get(&id).and_then(|slot| self.slots.get(*slot as usize)).and_then(Option::as_ref)
        else {
            return Vec::new();
        };
        let held: HashMap<u32, u16> = profile.terms.iter().copied().collect();
        let mut words: Vec<(f32, String)> = Vec::new();
        let mut concepts: Vec<(f32, String)> = Vec::new();
        let typed = typed_forms(query);
        for key in query_terms(query) {
            let Some((term, count)) = self.vocabulary.get(&key).and_then(|term| Some((*term, *held.get(term)?))) else {
                continue;
            };
            let spread = self.postings.get(term as usize).map_or(0, Vec::len);
            let part = self.weight(key.0, spread) * self.presence(count, profile.length);
            match key.0 {
                Sort::Word => words.push((part, key.1)),
                Sort::Latin => words.push((part, typed.get(&key.1).cloned().unwrap_or(key.1))),
                Sort::Concept => {
                    let label = lexicon().concepts().iter().find(|concept| concept.id == key.1);
                    concepts.extend(
                        label.and_then(|concept| concept.aliases.first()).map(|alias| (part, (*alias).to_owned())),
                    );
                }
                Sort::Gram | Sort::Service => {}
            }
        }
        let mut best = if words.is_empty() { concepts } else { words };
        best.sort_by(|left, right| {
            right.0.total_cmp(&left.0).then(right.1.len().cmp(&left.1.len())).then_with(|| left.1.cmp(&right.1))
        });
        let mut shown: Vec<String> = Vec::new();
        for (_, word) in best {
            // 专利 says nothing more beside 专利预审.
            if shown.iter().any(|longer| longer.contains(&word)) {
                continue;
            }
            shown.retain(|shorter| !word.contains(shorter.as_str()));
            shown.push(word);
            if shown.len() == MOST_WORDS {
                break;
            }
        }
        shown
    }

    fn list(&self, key: &Key) -> &[(u32, u16)] {
        self.vocabulary.get(key).and_then(|term| self.postings.get(*term as usize)).map_or(&[], Vec::as_slice)
    }

    /// BM25's idf, never negative, times the weight of the term's sort; a term nobody has weighs most.
    fn weight(&self, sort: Sort, spread: usize) -> f32 {
        let all = self.places.len() as f32;
        let spread = spread as f32;
        sort.weight() * (1.0 + (all - spread + 0.5) / (spread + 0.5)).ln()
    }

    /// BM25's saturated frequency, in 0..1.
    fn presence(&self, count: u16, length: u32) -> f32 {
        let average = (self.words_in_all as f32 / self.places.len().max(1) as f32).max(1.0);
        let count = f32::from(count);
        count / (count + FREQUENCY_SATURATION * (1.0 - LENGTH_WEIGHT + LENGTH_WEIGHT * length as f32 / average))
    }
}

/// Saturates a share of the query's weight to 0..1000.
fn permille(share: f32) -> u16 {
    let saturated = (1.0 + HALF_SHARE) * share / (share + HALF_SHARE);
    (saturated * 1000.0).round().clamp(0.0, 1000.0) as u16
}

/// The terms of a profile with their frequencies, and its length in words.
fn profile_terms(text: &str) -> (Vec<(Key, u16)>, u32) {
    let folded = analyzer::fold(text);
    let terms = analyzer::terms(&folded);
    let length = u32::try_from(terms.words.len() + terms.latin.len()).unwrap_or(u32::MAX);
    let mut counts: HashMap<Key, u16> = HashMap::new();
    let mut count = |key: Key| {
        let held = counts.entry(key).or_insert(0);
        *held = held.saturating_add(1);
    };
    for (sort, list) in [(Sort::Word, terms.words), (Sort::Gram, terms.grams), (Sort::Latin, terms.latin)] {
        for term in list {
            count((sort, term));
        }
    }
    for key in concept_terms(&lexicon().touched(&folded)) {
        count(key);
    }
    let mut sorted: Vec<(Key, u16)> = counts.into_iter().collect();
    sorted.sort_unstable();
    (sorted, length)
}

/// The distinct terms of a need's text that mean something, in a fixed order.
fn query_terms(text: &str) -> Vec<Key> {
    let folded = analyzer::fold(text);
    let mut terms: HashSet<Key> = HashSet::new();
    for run in analyzer::content(&folded) {
        match run.script {
            Script::Latin => {
                terms.insert((Sort::Latin, run.text.to_owned()));
            }
            Script::Han => {
                for word in analyzer::words(run.text) {
                    if !analyzer::is_stopword(&word) {
                        terms.insert((Sort::Word, word));
                    }
                }
                terms.extend(analyzer::grams(run.text).into_iter().map(|gram| (Sort::Gram, gram)));
            }
        }
    }
    terms.extend(concept_terms(&lexicon().named(&folded)));
    let mut sorted: Vec<Key> = terms.into_iter().collect();
    sorted.sort_unstable();
    sorted
}

fn concept_terms(concepts: &[&Concept]) -> HashSet<Key> {
    let mut terms = HashSet::new();
    for concept in concepts {
        terms.insert((Sort::Concept, concept.id.to_owned()));
        for (target, weight) in &concept.votes {
            if *weight >= DECISIVE_VOTE {
                terms.insert((Sort::Service, (*target).to_owned()));
            }
        }
    }
    terms
}

/// For each stem of a Latin word the form it was first typed in.
fn typed_forms(text: &str) -> HashMap<String, String> {
    let mut stemmer = EnglishStemmer::new();
    let composed: String = text.nfkc().collect();
    let mut forms = HashMap::new();
    for run in analyzer::runs(&composed) {
        if run.script == Script::Latin {
            forms.entry(stemmer.stem(&run.text.to_lowercase())).or_insert_with(|| run.text.to_owned());
        }
    }
    forms
}

#[cfg(test)]
mod tests;
