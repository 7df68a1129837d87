//! Terms that are cut already, on their way to the engine: one string a field, the terms parted by line feeds.
//!
//! The engine takes one string and gives it back a term at a time without a piece of memory for each; a hundred thousand
//! needs have thirty million terms. No term holds a line feed: the analyzer cuts there.
//!
//! Contract: [`Parted`] gives back exactly what was put in, in order. Deliberately absent: analysis (`analyzer`).

use super::analyzer::{self, TermSort};
use super::pinyin;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// The name under which the schema asks for [`Parted`].
pub(super) const PARTED: &str = "parted";
/// The lengths at which the beginnings of a name in pinyin are terms, besides the whole name: each more term is written for
/// every need of an enterprise. What is typed is looked for at the next of these lengths.
const RUNGS: [usize; 8] = [2, 3, 4, 6, 8, 11, 15, LONGEST_BEGINNING];
/// The longest beginning that is a term; what is typed beyond it is cut off.
pub(super) const LONGEST_BEGINNING: usize = 20;
/// So many names' keys are kept, some three hundred bytes each; then all are let go.
const MOST_NAMES: usize = 20_000;

/// Parts what was joined.
#[derive(Debug, Clone, Default)]
pub(super) struct Parted {
    token: Token,
}

/// What is left to give.
pub(super) struct PartedStream<'a> {
    rest: &'a str,
    token: &'a mut Token,
}

impl Tokenizer for Parted {
    type TokenStream<'a> = PartedStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> PartedStream<'a> {
        self.token.reset();
        PartedStream { rest: text, token: &mut self.token }
    }
}

impl TokenStream for PartedStream<'_> {
    fn advance(&mut self) -> bool {
        if self.rest.is_empty() {
            return false;
        }
        let (term, rest) = self.rest.split_once('\n').unwrap_or((self.rest, ""));
        self.rest = rest;
        self.token.text.clear();
        self.token.text.push_str(term);
        self.token.position = self.token.position.wrapping_add(1);
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

/// The terms of a text, joined field by field.
#[derive(Debug, Default)]
pub(super) struct Joined {
    pub(super) words: String,
    pub(super) grams: String,
    pub(super) latin: String,
}

impl Joined {
    /// The terms of a folded text.
    pub(super) fn of(folded: &str) -> Self {
        let mut joined = Self::default();
        analyzer::each_term(folded, |sort, term| {
            let field = match sort {
                TermSort::Word => &mut joined.words,
                TermSort::Gram => &mut joined.grams,
                TermSort::Latin => &mut joined.latin,
            };
            field.push_str(term);
            field.push('\n');
        });
        joined
    }

    /// Adds the terms of another text, so often.
    pub(super) fn add(&mut self, other: &Self, times: usize) {
        for _ in 0..times {
            self.words.push_str(&other.words);
            self.grams.push_str(&other.grams);
            self.latin.push_str(&other.latin);
        }
    }
}

/// The beginnings by which names are found from a Latin keyboard, kept as they were made: an enterprise's name stands in
/// each of its needs.
#[derive(Default)]
pub(super) struct NameKeys(Mutex<HashMap<String, Arc<str>>>);

impl NameKeys {
    /// A name's beginnings, joined.
    pub(super) fn of(&self, name: &str) -> Arc<str> {
        if let Some(held) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name) {
            return Arc::clone(held);
        }
        let made: Arc<str> = beginnings(name).into();
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= MOST_NAMES {
            held.clear();
        }
        held.insert(name.to_owned(), Arc::clone(&made));
        made
    }
}

/// How many letters more than a typed beginning the terms have that stand for all names that begin so; none where it is a
/// term itself. At most [`LONGEST_BEGINNING`] letters are typed.
pub(super) fn to_next_rung(typed: &str) -> usize {
    RUNGS.iter().find(|rung| **rung >= typed.len()).map_or(0, |rung| rung - typed.len())
}

fn beginnings(name: &str) -> String {
    let keys = pinyin::keys(name);
    let mut terms: BTreeSet<&str> = BTreeSet::new();
    for key in keys.iter().filter(|key| key.len() >= 2) {
        terms.extend(RUNGS.iter().filter_map(|end| key.get(..*end)));
        terms.insert(key.get(..LONGEST_BEGINNING).unwrap_or(key));
    }
    let mut joined = String::new();
    for term in terms {
        joined.push_str(term);
        joined.push('\n');
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given_back(joined: &str) -> Vec<String> {
        let mut parted = Parted::default();
        let mut stream = parted.token_stream(joined);
        let mut found = Vec::new();
        while stream.advance() {
            assert_eq!(stream.token().position, found.len());
            found.push(stream.token().text.clone());
        }
        found
    }

    #[test]
    fn what_was_joined_is_given_back() {
        for text in ["数据知识产权登记，PCT 申请", "trade secrets", "", "函\n函"] {
            let folded = analyzer::fold(text);
            let terms = |wanted: TermSort| {
                let mut found = Vec::new();
                analyzer::each_term(&folded, |sort, term| found.extend((sort == wanted).then(|| term.to_owned())));
                found
            };
            let joined = Joined::of(&folded);
            assert_eq!(given_back(&joined.words), terms(TermSort::Word), "{text}");
            assert_eq!(given_back(&joined.grams), terms(TermSort::Gram), "{text}");
            assert_eq!(given_back(&joined.latin), terms(TermSort::Latin), "{text}");
            let mut thrice = Joined::default();
            thrice.add(&joined, 3);
            assert_eq!(given_back(&thrice.grams), vec![terms(TermSort::Gram); 3].concat(), "{text}");
        }
    }

    #[test]
    fn a_name_is_found_by_each_of_its_beginnings() {
        for name in ["云岫", "北京云岫传感科技有限公司", "Acme Robotics 机器人", "张伟"] {
            let terms = given_back(&beginnings(name));
            for key in pinyin::keys(name) {
                for end in 2..=key.len().min(LONGEST_BEGINNING) {
                    let typed = &key[..end];
                    let longest = end + to_next_rung(typed);
                    let found = terms.iter().any(|term| term.starts_with(typed) && term.len() <= longest);
                    assert!(found, "{name} by {typed}: {terms:?}");
                }
            }
        }
    }

    #[test]
    fn a_name_is_spelled_once_and_alike_ever_after() {
        let keys = NameKeys::default();
        let first = keys.of("云岫");
        assert!(given_back(&first).contains(&"yunxiu".to_owned()) && given_back(&first).contains(&"yx".to_owned()));
        assert!(Arc::ptr_eq(&first, &keys.of("云岫")));
        assert!(keys.of("").is_empty());
    }
}
