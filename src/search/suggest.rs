//! What a need's text seems to ask for: service items, industries, the region it names, and the words that led there.
//!
//! Two witnesses are heard on service items. The vocabulary votes, by hand ([`lexicon`]); and what enterprises wrote before
//! (`index/examples.tsv`, `index/relevance/suggest.tsv`) teaches how much each word, pair of characters and concept is worth
//! for each item ([`learned`]), which carries over typing slips and turns of phrase that no list has. Both count in
//! thousandths of a vote and are added up.
//!
//! Contract: pure and deterministic; sums are whole numbers. The same text gives the same answer on every node with the same
//! word files. Deliberately absent: anything learned from the office's own cases at run time, which no two nodes would share.

mod learned;

use std::collections::{BTreeMap, HashMap};

use super::highlight;
use super::lexicon::{Concept, Hit, Kind, lexicon};
use super::mend::mend;
use super::reading::Reading;
use crate::domain::catalogue::CATALOGUE;
use crate::domain::place::Point;

/// One vote of `concepts.tsv`, in the unit sums are kept in.
const VOTE: i32 = 1000;
/// A vote in the first line of a text (the title) counts so much, in percent.
const TITLE_PERCENT: i32 = 150;
/// The sum at which a suggestion's score is one half.
const HALF_SCORE: i32 = 6 * VOTE;
/// Without any vote, what was learned must weigh at least this much to be believed.
const LEARNED_ALONE: i32 = VOTE;
/// Services with a lower score, or with less than this share of the first one's votes, are not shown to people.
const LIKELY: f32 = 0.25;
const NEAR_THE_FIRST: f32 = 0.3;
/// The sum of votes an industry needs to be suggested at all.
const INDUSTRY_THRESHOLD: i32 = 2 * VOTE;
/// The most industries suggested.
const MOST_INDUSTRIES: usize = 5;
/// The most words given for one item, and the items words are given for.
const MOST_WORDS: usize = 3;
const EXPLAINED: usize = 5;
/// What a text without any evidence is: a question to be answered by consultation.
const FALLBACK: (&str, f32) = ("procedure", 0.05);

/// What a text seems to ask for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Suggestion {
    /// Service slugs with a score in 0..1, best first.
    pub services: Vec<(String, f32)>,
    /// Names of industries, most likely first, at most five.
    pub industries: Vec<String>,
    /// For each of the first five services the words of the text that led there, as typed, the weightiest first.
    pub words: Vec<Vec<String>>,
    /// The region the text names, itself or by a landmark.
    pub place: Option<PlaceNamed>,
}

impl Suggestion {
    /// How many of the services are worth showing to people: those not far behind the first.
    #[must_use]
    pub fn likely(&self) -> usize {
        // A score saturates a sum of votes: its odds are that sum again.
        let odds = |score: f32| score / (1.0 - score);
        let first = self.services.first().map_or(0.0, |(_, score)| odds(*score));
        self.services.iter().take_while(|(_, score)| *score >= LIKELY && odds(*score) >= first * NEAR_THE_FIRST).count()
    }
}

/// A region found in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceNamed {
    /// Code of the region.
    pub region: &'static str,
    /// The district or landmark, as `index/concepts.tsv` labels it.
    pub label: &'static str,
    /// Where it is, to about a kilometre.
    pub point: Option<Point>,
}

/// What speaks for an item: a span of the folded text and its weight.
type Evidence = (i32, String);

/// What a text (title on the first line, description after it) seems to ask for. Services are sorted by score; a text
/// that gives no hint suggests consultation with a score of 0.05, an empty one nothing.
#[must_use]
pub fn suggest(text: &str) -> Suggestion {
    if text.trim().is_empty() {
        return Suggestion::default();
    }
    let (title, body) = text.split_once('\n').unwrap_or((text, ""));
    let read = [(mend(Reading::of(title)), TITLE_PERCENT), (mend(Reading::of(body)), 100)];
    let mentions = mentions(&read);
    let mut sums = [0_i32; CATALOGUE.len()];
    let mut evidence: [Vec<Evidence>; CATALOGUE.len()] = std::array::from_fn(|_| Vec::new());
    let mut industries: BTreeMap<&'static str, i32> = BTreeMap::new();
    for mention in &mentions {
        for (target, weight) in &mention.concept.votes {
            let votes = in_thousandths(*weight) * mention.percent / 100;
            if let Some(item) = CATALOGUE.iter().position(|item| item.slug == *target) {
                if let (Some(sum), Some(spans)) = (sums.get_mut(item), evidence.get_mut(item)) {
                    *sum += votes;
                    spans.push((votes, mention.span.clone()));
                }
            } else if mention.concept.kind != Kind::Place {
                *industries.entry(target).or_insert(0) += votes;
            }
        }
    }
    let voted = sums.iter().any(|sum| *sum > 0);
    let learned = learned::weigh(&read[0].0, &read[1].0);
    for (item, weight) in learned.sums.iter().enumerate() {
        if let Some(sum) = sums.get_mut(item)
            && (voted || *weight >= LEARNED_ALONE)
        {
            *sum += weight;
        }
    }
    let mut order: Vec<usize> =
        (0..CATALOGUE.len()).filter(|item| sums.get(*item).is_some_and(|sum| *sum > 0)).collect();
    order.sort_by_key(|item| (std::cmp::Reverse(sums.get(*item).copied()), *item));
    let mut suggested = Suggestion { place: place(&mentions), ..Suggestion::default() };
    for item in order {
        let (Some(service), Some(sum), Some(spans)) = (CATALOGUE.get(item), sums.get(item), evidence.get_mut(item))
        else {
            continue;
        };
        suggested.services.push((service.slug.to_owned(), score(*sum)));
        if suggested.words.len() < EXPLAINED {
            if spans.is_empty() {
                spans.extend(learned.words(item));
            }
            suggested.words.push(shown(text, spans));
        }
    }
    if suggested.services.is_empty() {
        suggested.services.push((FALLBACK.0.to_owned(), FALLBACK.1));
        suggested.words.push(Vec::new());
    }
    let mut branches: Vec<(&str, i32)> = industries.into_iter().filter(|(_, sum)| *sum >= INDUSTRY_THRESHOLD).collect();
    branches.sort_by(|left, right| right.1.cmp(&left.1).then(left.0.cmp(right.0)));
    suggested.industries = branches.into_iter().take(MOST_INDUSTRIES).map(|(name, _)| name.to_owned()).collect();
    suggested
}

/// A concept the text names: once, however often, at the place that counts most.
struct Mention {
    concept: &'static Concept,
    percent: i32,
    span: String,
}

/// In the order of the vocabulary file.
fn mentions(read: &[(Reading, i32); 2]) -> Vec<Mention> {
    let mut best: BTreeMap<usize, (i32, String)> = BTreeMap::new();
    for (reading, percent) in read {
        let text = reading.text();
        for Hit { concept, start, end } in lexicon().hits(text) {
            let held = best.entry(concept).or_insert((0, String::new()));
            if *percent > held.0 {
                *held = (*percent, text.get(start..end).unwrap_or_default().to_owned());
            }
        }
    }
    let mut all = Vec::with_capacity(best.len());
    for (at, (percent, span)) in best {
        all.extend(lexicon().concepts().get(at).map(|concept| Mention { concept, percent, span }));
    }
    all
}

/// The region with most votes; of two alike the one the vocabulary has first. A landmark within it gives the point.
fn place(mentions: &[Mention]) -> Option<PlaceNamed> {
    let mut votes: HashMap<&'static str, i32> = HashMap::new();
    let places: Vec<&Mention> = mentions.iter().filter(|mention| mention.concept.kind == Kind::Place).collect();
    for mention in &places {
        for (region, weight) in &mention.concept.votes {
            *votes.entry(region).or_insert(0) += in_thousandths(*weight) * mention.percent / 100;
        }
    }
    let most = votes.values().copied().max()?;
    let voting = |mention: &Mention| mention.concept.votes.first().map(|(region, weight)| (*region, *weight));
    let region = places
        .iter()
        .filter_map(|mention| voting(mention))
        .map(|(region, _)| region)
        .find(|region| votes.get(region).copied() == Some(most))?;
    // The lighter a place votes, the smaller it is.
    let closest =
        places.iter().filter(|mention| voting(mention).is_some_and(|(code, _)| code == region)).min_by(|a, b| {
            voting(a).map(|(_, w)| w).partial_cmp(&voting(b).map(|(_, w)| w)).unwrap_or(std::cmp::Ordering::Equal)
        })?;
    Some(PlaceNamed {
        region,
        label: closest.concept.aliases.first().copied().unwrap_or_default(),
        point: closest.concept.point,
    })
}

#[expect(clippy::cast_possible_truncation, reason = "votes lie between 0 and 4")]
fn in_thousandths(weight: f32) -> i32 {
    (weight * VOTE as f32).round() as i32
}

/// Saturates a sum to 0..1.
fn score(sum: i32) -> f32 {
    sum as f32 / (sum + HALF_SCORE) as f32
}

/// The weightiest spans as they stand in the text, none inside another.
fn shown(text: &str, spans: &mut [Evidence]) -> Vec<String> {
    spans.sort_by(|left, right| right.0.cmp(&left.0).then_with(|| left.1.cmp(&right.1)));
    let mut words: Vec<String> = Vec::new();
    for (_, span) in spans.iter() {
        if words.len() == MOST_WORDS {
            break;
        }
        let typed = highlight::marks(text, std::slice::from_ref(span)).into_iter().next();
        let Some(word) = typed.and_then(|range| text.get(range)) else { continue };
        if !words.iter().any(|known| known.contains(word) || word.contains(known.as_str())) {
            words.push(word.to_owned());
        }
    }
    words
}

#[cfg(test)]
mod tests;
