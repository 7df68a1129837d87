//! How well an expert's profile text fits the text of a need.
//!
//! An inverted index in memory over all experts, scored exhaustively: no cut-off, no commit lag, every figure explainable.
//! A term's weight is its kind's weight times its inverse document frequency, half of it below the title; its presence
//! counts by BM25's saturation of the frequency (k1 1.2, b 0.3). The sum is divided by what the heaviest twelve terms of the
//! need weigh, so that figures of different needs compare and a long story is not held against those who can help, and
//! saturated to 0..1000 permille. Neighbours of the [matters](super::matters) named add to it.
//!
//! A need's text is taken apart once ([`NeedText`]); figures are written into a dense list by slot that is used
//! again for the next need ([`Fits`]). A slot is an expert's place: the first free number when he came in.
//!
//! Contract: deterministic; taking a matched word out of a profile lowers its score; an empty query or profile scores 0.
//! Deliberately absent: everything else that makes a good match (distance, load, standing). `domain::matching` weighs this
//! figure with those.

mod terms;

use crate::ids::ExpertId;
use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::OnceLock;
use terms::{Asked, SORTS, Sort, label, profile_terms};
pub use terms::{NeedText, TextsRead, concepts_in_title};

const FREQUENCY_SATURATION: f32 = 1.2;
const LENGTH_WEIGHT: f32 = 0.3;
/// The share of the query's weight at which the score is half of the most.
const HALF_SHARE: f32 = 0.1;
/// So many of a need's terms, the heaviest, make up what was asked.
const TELLING: usize = 12;
/// The most matched words shown for one expert.
const MOST_WORDS: usize = 3;
/// From so many experts on, a term that more than four in five of them have says nothing and is left out.
const CROWD: usize = 100;

/// One expert's use of a term in four bytes: his slot and, in the low eight bits, how often (at most 255).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Posting(u32);

impl Posting {
    fn new(slot: u32, count: u16) -> Self {
        Self(slot << 8 | u32::from(count.min(255)))
    }

    const fn slot(self) -> u32 {
        self.0 >> 8
    }

    const fn count(self) -> u8 {
        self.0 as u8
    }
}

/// One expert's place in the index.
struct Profile {
    id: ExpertId,
    /// The terms his text has, rising.
    terms: Box<[u32]>,
    /// Number of words, Latin or Han.
    length: u32,
    /// Tells the same text put in again.
    seen: u64,
}

/// The texts of all experts, inverted.
#[derive(Default)]
pub struct Affinity {
    /// Term numbers by sort and text.
    vocabulary: [HashMap<Box<str>, u32>; SORTS],
    /// Who has a term, by term number, rising by slot.
    postings: Vec<Vec<Posting>>,
    profiles: Vec<Option<Profile>>,
    slots: HashMap<ExpertId, u32>,
    free: Vec<u32>,
    words_in_all: u64,
    /// What frequencies of one and more are measured by, by slot; reckoned when first asked after a change.
    lengths: OnceLock<Vec<Length>>,
}

/// How a text's length bears on what a term in it is worth: the presence of what occurs once, as most terms do. Four bytes,
/// because every posting asks for one.
#[derive(Debug, Clone, Copy)]
struct Length(f32);

impl Length {
    fn of(words: u32, average: f32) -> Self {
        let norm = FREQUENCY_SATURATION * (1.0 - LENGTH_WEIGHT + LENGTH_WEIGHT * words as f32 / average);
        Self(1.0 / (1.0 + norm))
    }

    /// BM25's saturated frequency, in 0..1.
    #[inline]
    fn presence(self, posting: Posting) -> f32 {
        let Self(once) = self;
        match posting.count() {
            1 => once,
            count => {
                let norm = 1.0 / once - 1.0;
                count as f32 / (count as f32 + norm)
            }
        }
    }
}

/// A need's text taken apart, with the weights its terms have among these experts.
#[derive(Debug, Clone, Default)]
pub struct Query<'a> {
    terms: Vec<QueryTerm<'a>>,
    greatest: f32,
}

#[derive(Debug, Clone)]
struct QueryTerm<'a> {
    sort: Sort,
    text: &'a str,
    term: Option<u32>,
    weight: f32,
}

impl Query<'_> {
    /// The words and concepts' labels in it, heaviest first.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let mut told: Vec<&QueryTerm<'_>> =
            self.terms.iter().filter(|one| !matches!(one.sort, Sort::Gram | Sort::Service)).collect();
        told.sort_by(|one, other| other.weight.total_cmp(&one.weight).then_with(|| one.text.cmp(other.text)));
        let said = |one: &QueryTerm<'_>| match one.sort {
            Sort::Concept | Sort::Matter => label(one.sort, one.text).unwrap_or_default().to_owned(),
            _ => one.text.to_owned(),
        };
        told.into_iter().map(said).collect()
    }
}

/// How well everybody fits one need, by slot. Kept and filled again, so that ranking allocates nothing.
#[derive(Debug, Default)]
pub struct Fits {
    shares: Vec<f32>,
    /// What turns a sum of weights into a share of the whole.
    scale: f32,
}

impl Fits {
    /// How well the expert at that slot fits, in permille; 0 beyond the last slot.
    #[inline]
    #[must_use]
    pub fn permille(&self, slot: usize) -> u16 {
        match self.shares.get(slot) {
            Some(share) if *share > 0.0 => permille(share * self.scale),
            _ => 0,
        }
    }
}

/// A word of the need found in an expert's profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched {
    /// The word as typed, or a concept's label where only other words for the same matter meet.
    pub word: String,
    /// Its part of the need's whole weight, in permille.
    pub share: u16,
}

impl Affinity {
    /// Builds the index from every expert's profile text; of two texts of one expert the later holds.
    pub fn build<'a>(profiles: impl Iterator<Item = (ExpertId, &'a str)>) -> Self {
        let mut affinity = Self::default();
        for (id, text) in profiles {
            affinity.update(id, text);
        }
        affinity.postings.iter_mut().for_each(Vec::shrink_to_fit);
        affinity
    }

    /// Puts in an expert's profile text or replaces it; he keeps his slot. The same text again changes nothing.
    pub fn update(&mut self, id: ExpertId, text: &str) {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        let seen = hasher.finish();
        if let Some(held) = self.slot(id).and_then(|slot| self.profiles.get(slot)).and_then(Option::as_ref)
            && held.seen == seen
        {
            return;
        }
        self.remove(id);
        let slot = match self.free.pop() {
            Some(slot) => slot,
            None => {
                self.profiles.push(None);
                u32::try_from(self.profiles.len() - 1).unwrap_or(u32::MAX)
            }
        };
        let (counts, length) = profile_terms(text);
        let mut terms = Vec::with_capacity(counts.len());
        for ((sort, text), count) in counts {
            let term = self.term(sort, text);
            if let Some(list) = self.postings.get_mut(term as usize) {
                let at = list.partition_point(|held| held.slot() < slot);
                list.insert(at, Posting::new(slot, count));
            }
            terms.push(term);
        }
        terms.sort_unstable();
        self.words_in_all += u64::from(length);
        self.lengths = OnceLock::new();
        self.slots.insert(id, slot);
        if let Some(place) = self.profiles.get_mut(slot as usize) {
            *place = Some(Profile { id, terms: terms.into_boxed_slice(), length, seen });
        }
    }

    /// Takes an expert out; one who is not in it is no matter.
    pub fn remove(&mut self, id: ExpertId) {
        let Some(slot) = self.slots.remove(&id) else { return };
        let Some(profile) = self.profiles.get_mut(slot as usize).and_then(Option::take) else { return };
        for term in profile.terms {
            if let Some(list) = self.postings.get_mut(term as usize)
                && let Ok(at) = list.binary_search_by_key(&slot, |held| held.slot())
            {
                list.remove(at);
            }
        }
        self.words_in_all -= u64::from(profile.length);
        self.lengths = OnceLock::new();
        self.free.push(slot);
    }

    /// How many experts are in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether nobody is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The slot of an expert.
    #[must_use]
    pub fn slot(&self, id: ExpertId) -> Option<usize> {
        self.slots.get(&id).map(|slot| *slot as usize)
    }

    /// What a need's text asks for among these experts.
    #[must_use]
    pub fn query<'a>(&self, text: &'a NeedText) -> Query<'a> {
        let mut query = Query { terms: Vec::with_capacity(text.asked.len()), greatest: 0.0 };
        let mut asked = Vec::with_capacity(text.asked.len());
        let typed = &text.typed;
        for Asked { sort, text, factor, beside } in &text.asked {
            let (sort, beside) = (*sort, *beside);
            let term = self.vocabulary.get(sort as usize).and_then(|known| known.get(text.as_str())).copied();
            let spread = term.and_then(|term| self.postings.get(term as usize)).map_or(0, Vec::len);
            if self.len() >= CROWD && spread * 5 > self.len() * 4 {
                continue;
            }
            let weight = self.weight(sort, spread) * factor;
            if !beside {
                asked.push(weight);
            }
            let text = match sort {
                Sort::Latin => typed.get(text).unwrap_or(text),
                _ => text,
            };
            query.terms.push(QueryTerm { sort, text, term, weight });
        }
        asked.sort_by(|one, other| other.total_cmp(one));
        query.greatest = asked.iter().take(TELLING).sum();
        query
    }

    /// Writes how well everybody fits into `fits`.
    pub fn fit(&self, query: &Query<'_>, fits: &mut Fits) {
        let lengths = self.lengths();
        fits.shares.clear();
        fits.shares.resize(self.profiles.len(), 0.0);
        fits.scale = if query.greatest > 0.0 { 1.0 / query.greatest } else { 0.0 };
        for QueryTerm { term, weight, .. } in &query.terms {
            let Some(list) = term.and_then(|term| self.postings.get(term as usize)) else { continue };
            for posting in list {
                let slot = posting.slot() as usize;
                if let (Some(share), Some(length)) = (fits.shares.get_mut(slot), lengths.get(slot)) {
                    *share += weight * length.presence(*posting);
                }
            }
        }
    }

    /// How well each expert fits a need's text, in permille; experts with nothing in common are left out.
    #[must_use]
    pub fn score(&self, text: &str) -> HashMap<ExpertId, u16> {
        let mut fits = Fits::default();
        self.fit(&self.query(&NeedText::read(text)), &mut fits);
        let mut scores = HashMap::with_capacity(self.len());
        for (slot, profile) in self.profiles.iter().enumerate() {
            if let Some(profile) = profile
                && fits.shares.get(slot).is_some_and(|share| *share > 0.0)
            {
                scores.insert(profile.id, fits.permille(slot));
            }
        }
        scores
    }

    /// The words of a need's text that weigh most in one expert's score, as typed, at most three. See [`Affinity::words`].
    #[must_use]
    pub fn matched(&self, text: &str, id: ExpertId) -> Vec<String> {
        let Some(slot) = self.slot(id) else { return Vec::new() };
        self.words(&self.query(&NeedText::read(text)), slot).into_iter().map(|matched| matched.word).collect()
    }

    /// The words of a need that weigh most in the score of the expert at that slot, heaviest first, at most three. When
    /// only concepts meet (other words for the same matter), their labels.
    #[must_use]
    pub fn words(&self, query: &Query<'_>, slot: usize) -> Vec<Matched> {
        let Some(profile) = self.profiles.get(slot).and_then(Option::as_ref) else { return Vec::new() };
        let Some(length) = self.lengths().get(slot) else { return Vec::new() };
        let key = u32::try_from(slot).unwrap_or(u32::MAX);
        let mut words: Vec<(f32, &str)> = Vec::new();
        let mut concepts: Vec<(f32, &str)> = Vec::new();
        for QueryTerm { sort, text, term, weight } in &query.terms {
            if matches!(sort, Sort::Gram | Sort::Service) {
                continue;
            }
            let Some(term) = term.filter(|term| profile.terms.binary_search(term).is_ok()) else { continue };
            let Some(list) = self.postings.get(term as usize) else { continue };
            let Ok(at) = list.binary_search_by_key(&key, |held| held.slot()) else { continue };
            let part = list.get(at).map_or(0.0, |held| weight * length.presence(*held));
            if matches!(sort, Sort::Concept | Sort::Matter) {
                concepts.extend(label(*sort, text).map(|label| (part, label)));
            } else {
                words.push((part, text));
            }
        }
        let mut best = if words.is_empty() { concepts } else { words };
        best.sort_by(|left, right| {
            right.0.total_cmp(&left.0).then(right.1.len().cmp(&left.1.len())).then_with(|| left.1.cmp(right.1))
        });
        let mut shown: Vec<(f32, &str)> = Vec::new();
        for (part, word) in best {
            // 专利 says nothing more beside 专利预审.
            if shown.iter().any(|(_, longer)| longer.contains(word)) {
                continue;
            }
            shown.retain(|(_, shorter)| !word.contains(*shorter));
            shown.push((part, word));
            if shown.len() == MOST_WORDS {
                break;
            }
        }
        let share = |part: f32| (part / query.greatest * 1000.0).round().clamp(0.0, 1000.0) as u16;
        shown.into_iter().map(|(part, word)| Matched { word: word.to_owned(), share: share(part) }).collect()
    }

    fn lengths(&self) -> &[Length] {
        self.lengths.get_or_init(|| {
            let average = (self.words_in_all as f32 / self.len().max(1) as f32).max(1.0);
            let words = |profile: &Option<Profile>| profile.as_ref().map_or(0, |one| one.length);
            self.profiles.iter().map(|profile| Length::of(words(profile), average)).collect()
        })
    }

    /// The number of a term, new if nobody had it before.
    fn term(&mut self, sort: Sort, text: String) -> u32 {
        let next = u32::try_from(self.postings.len()).unwrap_or(u32::MAX);
        let Some(known) = self.vocabulary.get_mut(sort as usize) else { return next };
        let term = *known.entry(text.into_boxed_str()).or_insert(next);
        if term == next {
            self.postings.push(Vec::new());
        }
        term
    }

    /// BM25's idf, never negative, times the weight of the term's sort; a term nobody has weighs most.
    fn weight(&self, sort: Sort, spread: usize) -> f32 {
        let all = self.len() as f32;
        let spread = spread as f32;
        sort.weight() * (1.0 + (all - spread + 0.5) / (spread + 0.5)).ln()
    }
}

/// Saturates a share of the query's weight to 0..1000.
#[inline]
fn permille(share: f32) -> u16 {
    let saturated = share / (share + HALF_SHARE);
    (saturated * 1000.0 + 0.5).clamp(0.0, 1000.0) as u16
}

#[cfg(test)]
mod tests;
