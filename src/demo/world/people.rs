//! People's names and how they are reached. Nobody here lives: names are put together by chance, every address ends in
//! `.example` (RFC 2606), and the numbers have a block that is not given out (139 0000).

use super::dice::Dice;
use crate::demo::corpus::Names;
use std::collections::HashMap;

/// A name with the local part of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// In Chinese, as it is written.
    pub name: String,
    /// In pinyin, for an address: `mingxuan.wang`.
    pub pinyin: String,
}

/// Puts names together, and keeps addresses apart.
pub struct People<'corpus> {
    names: &'corpus Names,
    used: HashMap<String, u32>,
    phones: u32,
}

impl<'corpus> People<'corpus> {
    /// Nobody yet.
    #[must_use]
    pub fn new(names: &'corpus Names) -> Self {
        Self { names, used: HashMap::new(), phones: 0 }
    }

    /// A name by chance; the commoner surnames stand first and come up more often.
    pub fn person(&mut self, dice: &mut Dice) -> Person {
        let surnames = &self.names.surnames;
        let place = dice.below(surnames.len()).min(dice.below(surnames.len()));
        let given = dice.pick(&self.names.given);
        let (surname_zh, surname_en) =
            surnames.get(place).map_or(("", ""), |part| (part.zh.as_str(), part.pinyin.as_str()));
        let (given_zh, given_en) = given.map_or(("", ""), |part| (part.zh.as_str(), part.pinyin.as_str()));
        let letters =
            |text: &str| text.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase();
        Person {
            name: format!("{surname_zh}{given_zh}"),
            pinyin: format!("{}.{}", letters(given_en), letters(surname_en)),
        }
    }

    /// An address nobody else has: `mingxuan.wang@zhipai.example`, then `mingxuan.wang2@…`.
    pub fn address(&mut self, person: &Person, domain: &str) -> String {
        let count = self.used.entry(format!("{}@{domain}", person.pinyin)).or_default();
        *count += 1;
        if *count == 1 { format!("{}@{domain}", person.pinyin) } else { format!("{}{count}@{domain}", person.pinyin) }
    }

    /// A mobile number nobody has: `1390000…`, `1390001…`.
    pub fn mobile(&mut self) -> String {
        self.phones += 1;
        format!("139{:08}", self.phones)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::corpus::Corpus;
    use crate::domain::contact::{Email, Phone};

    #[test]
    fn addresses_differ_and_are_well_formed() {
        let corpus = Corpus::read().expect("the corpus");
        let mut people = People::new(&corpus.names);
        let mut dice = Dice::of(1, "people");
        let mut seen = std::collections::HashSet::new();
        for _ in 0..5_000 {
            let person = people.person(&mut dice);
            let address = people.address(&person, "expert.example");
            assert!(address.parse::<Email>().is_ok() && seen.insert(address.clone()), "{address}");
        }
        assert!(people.mobile().parse::<Phone>().is_ok());
        assert_ne!(people.mobile(), people.mobile());
    }
}
