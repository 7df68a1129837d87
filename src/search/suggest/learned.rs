//! What the examples teach: how much a word, a pair of characters or a concept is worth for each service item.
//!
//! Each feature's worth for an item is the logarithm of how much more often it occurs in that item's examples than in all
//! others, smoothed, trusted the less the rarer it is, and bounded; a text's worth is the sum over its features, divided by
//! the root of their number so that long texts do not shout (naive Bayes, one item against the rest).
//! Contract: computed once from the files, kept as whole thousandths. Deliberately absent: frequencies within one text.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use super::super::analyzer::TermSort;
use super::super::lexicon::lexicon;
use super::super::reading::Reading;
use crate::domain::catalogue::CATALOGUE;

/// The examples.
pub(super) const EXAMPLES: &str = include_str!("../../../index/examples.tsv");
/// Our judged texts: the suggestion learns from them too.
const JUDGED: &str = include_str!("../../../index/relevance/suggest.tsv");

const ITEMS: usize = CATALOGUE.len();
/// Added to every count, so that what was never seen is unlikely rather than impossible.
const SMOOTHING: f64 = 0.3;
/// An example's second and third item count so much of the first.
const SECOND: f64 = 0.5;
/// A feature is worth at most this much either way, in natural logarithms.
const BOUND: f64 = 2.5;
/// Pairs of characters overlap with words and with each other.
const PAIR: f64 = 0.5;
/// What was learned against votes: one unit of worth is so many thousandths of a vote.
const SCALE: f64 = 2500.0;

/// A word is given as a reason only if so many examples have it; what is rarer counts, but would look odd.
const TOLD_FROM: u32 = 4;

/// Thousandths for each item of the catalogue.
type Worth = [i32; ITEMS];

/// A feature: its sort and its text.
type Feature = (char, String);

const WORD: char = 'w';
const GRAM: char = 'g';
const LATIN: char = 'l';
const CONCEPT: char = 'c';

/// One example: its items, the one that fits best first, and its features.
pub(super) struct Example {
    pub(super) items: Vec<usize>,
    pub(super) features: BTreeSet<Feature>,
}

/// What was learned, ready to weigh texts: the worth of each feature and in how many examples it occurs.
pub(super) struct Learned(HashMap<Feature, (Worth, u32)>);

/// How a text weighs.
pub(super) struct Weighed {
    /// For each item of the catalogue.
    pub(super) sums: Worth,
    /// Words of the text, for the reasons.
    spoken: Vec<(String, Worth)>,
}

impl Weighed {
    /// The words that speak for an item.
    pub(super) fn words(&self, item: usize) -> Vec<(i32, String)> {
        let mut words = Vec::new();
        for (word, worth) in &self.spoken {
            words.extend(worth.get(item).filter(|value| **value > 0).map(|value| (*value, word.clone())));
        }
        words
    }
}

static LEARNED: LazyLock<Learned> = LazyLock::new(|| Learned::from(examples(&[EXAMPLES, JUDGED]).iter()));

/// Weighs a title and body.
pub(super) fn weigh(title: &Reading, body: &Reading) -> Weighed {
    LEARNED.weigh(&features(title, body))
}

/// The examples of some files: slugs, and one or two cells of text.
pub(super) fn examples(files: &[&str]) -> Vec<Example> {
    let mut all = Vec::new();
    for file in files {
        for line in file.lines().filter(|line| !line.starts_with('#')) {
            let mut cells = line.split('\t');
            let (Some(slugs), Some(title)) = (cells.next(), cells.next()) else { continue };
            let items =
                slugs.split(',').filter_map(|slug| CATALOGUE.iter().position(|item| item.slug == slug)).collect();
            let body = cells.next().unwrap_or_default();
            all.push(Example { items, features: features(&Reading::of(title), &Reading::of(body)) });
        }
    }
    all
}

/// The distinct features of a text that carry meaning, in a fixed order.
pub(super) fn features(title: &Reading, body: &Reading) -> BTreeSet<Feature> {
    let mut found = BTreeSet::new();
    for reading in [title, body] {
        for (sort, text) in reading.terms() {
            let sort = match sort {
                TermSort::Word => WORD,
                TermSort::Gram => GRAM,
                TermSort::Latin => LATIN,
            };
            found.insert((sort, text.to_owned()));
        }
        found.extend(lexicon().named(reading.text()).iter().map(|concept| (CONCEPT, concept.id.to_owned())));
    }
    found
}

/// How often something occurs with each item, and at all.
#[derive(Default, Clone)]
struct Count {
    with: [f64; ITEMS],
    all: f64,
    texts: u32,
}

impl Count {
    fn add(&mut self, items: &[usize]) {
        self.all += 1.0;
        self.texts += 1;
        for (position, item) in items.iter().enumerate() {
            if let Some(held) = self.with.get_mut(*item) {
                *held += if position == 0 { 1.0 } else { SECOND };
            }
        }
    }
}

impl Learned {
    /// Learns from examples.
    pub(super) fn from<'a>(examples: impl Iterator<Item = &'a Example>) -> Self {
        let mut texts = Count::default();
        let mut counts: HashMap<&Feature, Count> = HashMap::new();
        for example in examples {
            texts.add(&example.items);
            for feature in &example.features {
                counts.entry(feature).or_default().add(&example.items);
            }
        }
        let mut learned = HashMap::with_capacity(counts.len());
        for (feature, count) in counts {
            learned.insert(feature.clone(), (worth(feature.0, &count, &texts), count.texts));
        }
        Self(learned)
    }

    /// Weighs the features of a text.
    pub(super) fn weigh(&self, features: &BTreeSet<Feature>) -> Weighed {
        let mut sums = [0_i32; ITEMS];
        let mut spoken = Vec::new();
        let length = i32::try_from(features.len().max(1)).unwrap_or(i32::MAX);
        // The root in hundredths, so that the division stays in whole numbers.
        let root = i64::from(length).saturating_mul(10_000).isqrt().max(1);
        let shortened = |value: i32| i32::try_from(i64::from(value) * 100 / root).unwrap_or(i32::MAX);
        for feature in features {
            let Some((worth, texts)) = self.0.get(feature) else { continue };
            for (sum, value) in sums.iter_mut().zip(worth) {
                *sum += value;
            }
            if matches!(feature.0, WORD | LATIN) && *texts >= TOLD_FROM {
                spoken.push((feature.1.clone(), worth.map(shortened)));
            }
        }
        Weighed { sums: sums.map(shortened), spoken }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "bounded by BOUND times SCALE")]
fn worth(sort: char, count: &Count, texts: &Count) -> Worth {
    // A feature seen once is trusted by half.
    let trust = count.all / (count.all + 1.0);
    let scale = SCALE * if sort == GRAM { PAIR } else { 1.0 };
    let mut worth = [0_i32; ITEMS];
    for ((value, with), of) in worth.iter_mut().zip(count.with).zip(texts.with) {
        let inside = (with + SMOOTHING) / (of + 2.0 * SMOOTHING);
        let outside = ((count.all - with).max(0.0) + SMOOTHING) / ((texts.all - of).max(1.0) + 2.0 * SMOOTHING);
        let logarithm = ((inside / outside).ln() * trust).clamp(-BOUND, BOUND);
        *value = (logarithm * scale).round() as i32;
    }
    worth
}
