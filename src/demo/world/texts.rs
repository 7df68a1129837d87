//! What needs say: the corpus dealt like cards, its slots filled.
//!
//! Contract: counted from the newest need backwards, no text comes up again before every other has, so the newest needs
//! (as many as the corpus has texts) differ from one another in title and description.

use super::dice::Dice;
use crate::demo::corpus::{Corpus, NeedText, SlotText};

/// Deals texts.
pub struct Deck<'corpus> {
    corpus: &'corpus Corpus,
    count: usize,
    dealt: Vec<Vec<usize>>,
}

/// A text with its slots filled.
#[derive(Debug, Clone)]
pub struct Filled<'corpus> {
    /// Where it comes from.
    pub from: &'corpus NeedText,
    /// In one line.
    pub title: String,
    /// What happened.
    pub description: String,
}

impl<'corpus> Deck<'corpus> {
    /// A deck for so many needs.
    #[must_use]
    pub fn new(corpus: &'corpus Corpus, seed: u64, count: usize) -> Self {
        let size = corpus.needs.len().max(1);
        let mut dice = Dice::of(seed, "texts");
        let mut dealt = Vec::new();
        for _ in 0..count.div_ceil(size) {
            let mut order: Vec<usize> = (0..size).collect();
            dice.shuffle(&mut order);
            dealt.push(order);
        }
        Self { corpus, count, dealt }
    }

    /// The text of need number `index`, the oldest being 0.
    #[must_use]
    pub fn text(&self, index: usize) -> Option<&'corpus NeedText> {
        let from_newest = self.count.checked_sub(index + 1)?;
        let size = self.corpus.needs.len().max(1);
        let card = self.dealt.get(from_newest / size)?.get(from_newest % size)?;
        self.corpus.needs.get(*card)
    }

    /// Fills a text's slots; `opponent` is the other party's name where it may be said.
    #[must_use]
    pub fn fill(&self, dice: &mut Dice, text: &'corpus NeedText, opponent: Option<&str>) -> Filled<'corpus> {
        let slots = &self.corpus.slots;
        let product = word(dice, &slots.product, &text.industries);
        let tech = word(dice, &slots.tech, &text.industries);
        let number = dice.between(3, 9).to_string();
        let month = dice.between(1, 12).to_string();
        let vague = dice.word(&slots.opponent);
        let other = opponent.filter(|_| dice.percent(50)).unwrap_or(vague);
        let fill = |template: &str| {
            template
                .replace("{product}", product)
                .replace("{tech}", tech)
                .replace("{n}", &number)
                .replace("{month}", &month)
                .replace("{opponent}", other)
        };
        Filled { from: text, title: fill(&text.title), description: fill(&text.description) }
    }
}

/// A word whose industries meet those of the text.
pub fn word<'corpus>(dice: &mut Dice, words: &'corpus [SlotText], industries: &[String]) -> &'corpus str {
    let fitting: Vec<&SlotText> =
        words.iter().filter(|word| word.industries.iter().any(|industry| industries.contains(industry))).collect();
    let found = dice.pick(&fitting).copied().or_else(|| dice.pick(words));
    found.map_or("", |word| word.text.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_slot_stays_open_and_the_newest_differ() {
        let corpus = Corpus::read().expect("the corpus");
        let deck = Deck::new(&corpus, 3, 900);
        let mut dice = Dice::of(3, "fill");
        let (mut titles, mut descriptions) = (HashSet::new(), HashSet::new());
        for index in 0..900 {
            let filled = deck.fill(&mut dice, deck.text(index).expect("a text"), Some("苏州砚禾科技有限公司"));
            assert!(!filled.title.contains('{') && !filled.description.contains('{'), "{}", filled.description);
            assert!(filled.title.chars().count() <= 120 && filled.description.chars().count() <= 8_000);
            if index >= 700 {
                assert!(titles.insert(filled.title.clone()), "{}", filled.title);
                assert!(descriptions.insert(filled.description.clone()), "{}", filled.description);
            }
        }
    }
}
