//! The terms of profiles and needs, sorted by kind: what [`Affinity`](super::Affinity) counts.

use super::super::analyzer::{self, EnglishStemmer, Script};
use super::super::lexicon::{Concept, lexicon};
use super::super::matters::matters;
use super::super::mend::mend;
use std::collections::{BTreeMap, HashMap, HashSet};
use unicode_normalization::UnicodeNormalization;

/// A vote this strong makes the service item behind a concept a term too.
const DECISIVE_VOTE: f32 = 2.0;

/// What sort of term it is; the discriminant is part of the term's key and its place in the vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Sort {
    Word,
    Gram,
    Latin,
    Concept,
    Service,
    Matter,
}

/// How many sorts there are.
pub(super) const SORTS: usize = 6;

impl Sort {
    pub(super) const fn weight(self) -> f32 {
        match self {
            Self::Word | Self::Latin => 1.0,
            Self::Gram => 0.3,
            Self::Concept => 1.5,
            Self::Service => 0.5,
            Self::Matter => 5.0,
        }
    }
}

pub(super) type Key = (Sort, String);

/// The terms of a profile with their frequencies, and its length in words.
pub(super) fn profile_terms(text: &str) -> (Vec<(Key, u16)>, u32) {
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
    for (at, times) in matters().named(&folded) {
        if let Some(matter) = matters().all().get(at) {
            counts.insert((Sort::Matter, matter.id.to_owned()), times);
        }
    }
    let mut sorted: Vec<(Key, u16)> = counts.into_iter().collect();
    sorted.sort_unstable();
    (sorted, length)
}

/// One term of a need's text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Asked {
    pub(super) sort: Sort,
    pub(super) text: String,
    /// How much it counts: 1 in the first line, which is the title, half of that in the rest.
    pub(super) factor: f32,
    /// It stands for a neighbour of what was named: it adds to whoever has it and nothing to what was asked.
    pub(super) beside: bool,
}

/// What stands below the first line counts so much of what stands in it.
const BELOW_THE_TITLE: f32 = 0.5;
/// So much of a neighbouring matter's part is believed.
const BESIDE: f32 = 0.8;

/// The distinct terms of a need's text that mean something, in a fixed order.
pub(super) fn query_terms(text: &str) -> Vec<Asked> {
    let (title, rest) = text.split_once('\n').unwrap_or((text, ""));
    let mut factors: BTreeMap<Key, f32> = BTreeMap::new();
    let mut named: BTreeMap<usize, f32> = BTreeMap::new();
    for (part, factor) in [(title, 1.0), (rest, BELOW_THE_TITLE)] {
        let folded = mend(analyzer::fold(part));
        for key in terms_of(&folded) {
            factors.entry(key).or_insert(factor);
        }
        for at in matters().named(&folded).into_keys() {
            named.entry(at).or_insert(factor);
        }
    }
    let mut asked: Vec<Asked> = Vec::with_capacity(factors.len() + 4 * named.len());
    for ((sort, text), factor) in factors {
        asked.push(Asked { sort, text, factor, beside: false });
    }
    let mut around: BTreeMap<usize, f32> = BTreeMap::new();
    for (at, factor) in &named {
        let Some(matter) = matters().all().get(*at) else { continue };
        asked.push(Asked { sort: Sort::Matter, text: matter.id.to_owned(), factor: *factor, beside: false });
        for (near, part) in &matter.near {
            let held = around.entry(*near).or_default();
            *held = held.max(factor * part * BESIDE);
        }
    }
    for (at, factor) in around {
        if let Some(matter) = matters().all().get(at).filter(|_| !named.contains_key(&at)) {
            asked.push(Asked { sort: Sort::Matter, text: matter.id.to_owned(), factor, beside: true });
        }
    }
    asked
}

fn terms_of(folded: &str) -> HashSet<Key> {
    let mut terms = concept_terms(&lexicon().named(folded));
    for run in analyzer::content(folded) {
        match run.script {
            Script::Latin => {
                terms.insert((Sort::Latin, run.text.to_owned()));
            }
            Script::Han => {
                let words = analyzer::words(run.text).into_iter().filter(|word| !analyzer::is_stopword(word));
                terms.extend(words.map(|word| (Sort::Word, word)));
                terms.extend(analyzer::grams(run.text).into_iter().map(|gram| (Sort::Gram, gram)));
            }
        }
    }
    terms
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

/// The word that stands for a concept or a matter: its first name.
pub(super) fn label(sort: Sort, id: &str) -> Option<&'static str> {
    if sort == Sort::Matter {
        return matters().by_id(id)?.names.first().copied();
    }
    let found = lexicon().concepts().iter().find(|known| known.id == id)?;
    found.aliases.first().copied()
}

/// For each stem of a Latin word the form it was first typed in.
pub(super) fn typed_forms(text: &str) -> HashMap<String, String> {
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
