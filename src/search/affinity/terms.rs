//! The terms of profiles and needs, sorted by kind: what [`Affinity`](super::Affinity) counts.

use super::super::analyzer::{self, EnglishStemmer, Script};
use super::super::lexicon::{Concept, lexicon};
use std::collections::{HashMap, HashSet};
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
}

/// How many sorts there are.
pub(super) const SORTS: usize = 5;

impl Sort {
    pub(super) const fn weight(self) -> f32 {
        match self {
            Self::Word | Self::Latin => 1.0,
            Self::Gram => 0.3,
            Self::Concept => 1.5,
            Self::Service => 0.5,
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
    let mut sorted: Vec<(Key, u16)> = counts.into_iter().collect();
    sorted.sort_unstable();
    (sorted, length)
}

/// The distinct terms of a need's text that mean something, in a fixed order.
pub(super) fn query_terms(text: &str) -> Vec<Key> {
    let folded = analyzer::fold(text);
    let mut terms: Vec<Key> = Vec::with_capacity(128);
    for run in analyzer::content(&folded) {
        match run.script {
            Script::Latin => terms.push((Sort::Latin, run.text.to_owned())),
            Script::Han => {
                for word in analyzer::words(run.text) {
                    if !analyzer::is_stopword(&word) {
                        terms.push((Sort::Word, word));
                    }
                }
                terms.extend(analyzer::grams(run.text).into_iter().map(|gram| (Sort::Gram, gram)));
            }
        }
    }
    terms.extend(concept_terms(&lexicon().named(&folded)));
    terms.sort_unstable();
    terms.dedup();
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

/// The word that stands for a concept: its first alias.
pub(super) fn label(concept: &str) -> Option<&'static str> {
    let found = lexicon().concepts().iter().find(|known| known.id == concept)?;
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
