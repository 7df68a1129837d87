//! The terms of profiles and needs, sorted by kind: what [`Affinity`](super::Affinity) counts.

use super::super::analyzer::{self, EnglishStemmer, Script, TermSort};
use super::super::lexicon::{Concept, Hit, lexicon};
use super::super::matters::matters;
use super::super::mend::mend;
use super::super::reading::Reading;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
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

impl From<TermSort> for Sort {
    fn from(sort: TermSort) -> Self {
        match sort {
            TermSort::Word => Self::Word,
            TermSort::Gram => Self::Gram,
            TermSort::Latin => Self::Latin,
        }
    }
}

pub(super) type Key = (Sort, String);

/// The terms of a profile with their frequencies, and its length in words.
pub(super) fn profile_terms(text: &str) -> (Vec<(Key, u16)>, u32) {
    let folded = analyzer::fold(text);
    let mut length = 0_u32;
    let mut counts: HashMap<Key, u16> = HashMap::new();
    let mut count = |key: Key| {
        let held = counts.entry(key).or_insert(0);
        *held = held.saturating_add(1);
    };
    analyzer::each_term(&folded, |sort, term| {
        length = length.saturating_add(u32::from(sort != TermSort::Gram));
        count((Sort::from(sort), term.to_owned()));
    });
    let mut concepts: Vec<(Sort, &str)> = lexicon().touched(&folded).into_iter().flat_map(concept_terms).collect();
    concepts.sort_unstable();
    concepts.dedup();
    for (sort, term) in concepts {
        count((sort, term.to_owned()));
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

/// A need's text read once, for whoever is ranked against it: slips mended, taken apart into terms and concepts.
#[derive(Debug, Clone, Default)]
pub struct NeedText {
    /// The distinct terms that mean something, in a fixed order.
    pub(super) asked: Vec<Asked>,
    concepts: Vec<usize>,
    /// The form each stem of a Latin word was first typed in.
    pub(super) typed: HashMap<String, String>,
}

impl NeedText {
    /// Reads a text: the title in the first line, the description below.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let (title, rest) = text.split_once('\n').unwrap_or((text, ""));
        let parts = [(mend(Reading::of(title)), 1.0), (mend(Reading::of(rest)), BELOW_THE_TITLE)];
        let mut terms: Vec<(Sort, &str, f32)> = Vec::with_capacity(128);
        let mut concepts: Vec<usize> = Vec::new();
        let mut named: BTreeMap<usize, f32> = BTreeMap::new();
        for (reading, factor) in &parts {
            terms.extend(reading.terms().into_iter().map(|(sort, term)| (Sort::from(sort), term, *factor)));
            for Hit { concept: at, .. } in lexicon().hits(reading.text()) {
                let Some(concept) = lexicon().concepts().get(at) else { continue };
                terms.extend(concept_terms(concept).map(|(sort, term)| (sort, term, *factor)));
                concepts.push(at);
            }
            for at in matters().named(reading.text()).into_keys() {
                named.entry(at).or_insert(*factor);
            }
        }
        concepts.sort_unstable();
        concepts.dedup();
        // What stands in the title counts as it counts there.
        terms.sort_unstable_by(|one, other| (one.0, one.1).cmp(&(other.0, other.1)).then(other.2.total_cmp(&one.2)));
        terms.dedup_by(|again, first| (again.0, again.1) == (first.0, first.1));
        let mut asked: Vec<Asked> = Vec::with_capacity(terms.len() + 4 * named.len());
        for (sort, text, factor) in terms {
            asked.push(Asked { sort, text: text.to_owned(), factor, beside: false });
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
        Self { asked, concepts, typed: typed_forms(text) }
    }

    /// The concepts it names, by their place in the lexicon.
    #[must_use]
    pub fn concepts(&self) -> &[usize] {
        &self.concepts
    }
}

/// Texts read lately: a need is looked at again and again while it is open, by its page, its seats, the batch and the desk,
/// and is taken apart once.
#[derive(Debug, Default)]
pub struct TextsRead(Mutex<HashMap<String, Arc<NeedText>>>);

/// So many texts are kept, some eight kilobytes each; then all are let go and those in use are read again.
const MOST_TEXTS: usize = 512;

impl TextsRead {
    /// Reads a text, or gives it as it was read.
    pub fn read(&self, text: &str) -> Arc<NeedText> {
        let held = |texts: &HashMap<String, Arc<NeedText>>| texts.get(text).map(Arc::clone);
        if let Some(read) = held(&self.0.lock().unwrap_or_else(PoisonError::into_inner)) {
            return read;
        }
        // Read without the lock: others rank meanwhile.
        let read = Arc::new(NeedText::read(text));
        let mut texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if texts.len() >= MOST_TEXTS {
            texts.clear();
        }
        texts.insert(text.to_owned(), Arc::clone(&read));
        read
    }
}

/// The concepts a title names, as [`NeedText::concepts`] gives them, when nothing else is asked of it.
#[must_use]
pub fn concepts_in_title(title: &str) -> Vec<usize> {
    let hits = lexicon().hits(mend(Reading::of(title)).text());
    let mut concepts: Vec<usize> = hits.iter().map(|hit| hit.concept).collect();
    concepts.sort_unstable();
    concepts.dedup();
    concepts
}

/// What a concept counts as: itself, and the service items it surely speaks of.
fn concept_terms(concept: &Concept) -> impl Iterator<Item = (Sort, &'static str)> {
    let decisive = concept.votes.iter().filter(|(_, weight)| *weight >= DECISIVE_VOTE);
    let services = decisive.map(|(target, _)| (Sort::Service, *target));
    std::iter::once((Sort::Concept, concept.id)).chain(services)
}

/// The word that stands for a concept or a matter: its first name.
pub(super) fn label(sort: Sort, id: &str) -> Option<&'static str> {
    if sort == Sort::Matter {
        return matters().by_id(id)?.names.first().copied();
    }
    lexicon().by_id(id)?.aliases.first().copied()
}

/// For each stem of a Latin word the form it was first typed in; most needs have none, and then nothing is looked for.
fn typed_forms(text: &str) -> HashMap<String, String> {
    let latin = |one: char| one.is_alphabetic() && analyzer::script_of(one) == Some(Script::Latin);
    if !text.chars().any(latin) {
        return HashMap::new();
    }
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
