//! The unified social credit identifier (统一社会信用代码) of an enterprise, by GB 32100-2015.
//!
//! Eighteen characters: registering department, kind of body, six digits of administrative division, nine characters of
//! organisation code (GB 11714), one check character. Parsing folds width, case, spaces and hyphens, then names the first
//! thing that is wrong. Deliberately absent: the inner check of the organisation code, which some bodies registered
//! before 2015 do not meet, and any look-up of the enterprise.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use unicode_normalization::UnicodeNormalization;

/// The 31 characters of GB 32100-2015, table 2: no I, O, S, V, Z. A character's value is its place.
const CHARACTERS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Weights of the places 1 to 17: 3^(i−1) mod 31 (GB 32100-2015, table 3).
const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// A well-formed 统一社会信用代码, in capitals.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Uscc(String);

/// What is wrong with a text that should be a 统一社会信用代码.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsccError {
    /// It has this many characters instead of 18.
    Length(usize),
    /// This character at this place (from 1) is none of the 31; I, O, S, V and Z never occur.
    Character {
        /// Place in the code, from 1.
        place: usize,
        /// What stands there.
        found: char,
    },
    /// The places 3 to 8 are the administrative division and hold digits only.
    Division {
        /// Place in the code, from 1.
        place: usize,
        /// What stands there.
        found: char,
    },
    /// The last character does not agree with the others: a typing slip somewhere.
    Check {
        /// The check character the first 17 call for.
        expected: char,
        /// What stands there.
        found: char,
    },
}

impl UsccError {
    /// The stable code, part of a translation key.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Length(_) => "uscc-length",
            Self::Character { .. } => "uscc-character",
            Self::Division { .. } => "uscc-division",
            Self::Check { .. } => "uscc-check",
        }
    }
}

impl fmt::Display for UsccError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(found) => write!(f, "expected 18 characters, found {found}"),
            Self::Character { place, found } => write!(f, "{found:?} at place {place} never occurs in a credit code"),
            Self::Division { place, found } => write!(f, "expected a digit at place {place}, found {found:?}"),
            Self::Check { expected, found } => write!(f, "the last character should be {expected:?}, found {found:?}"),
        }
    }
}
impl std::error::Error for UsccError {}

fn value(character: char) -> Option<u32> {
    let byte = u8::try_from(character).ok()?;
    let place = CHARACTERS.iter().position(|known| *known == byte)?;
    u32::try_from(place).ok()
}

/// The check character for the first 17 characters: 31 − Σ(value × weight) mod 31, where 31 stands for 0. None if there
/// are not exactly 17 or one of them never occurs in a code.
#[must_use]
pub fn check_character(first_17: &str) -> Option<char> {
    let mut sum = 0;
    let mut count = 0;
    for (character, weight) in first_17.chars().zip(WEIGHTS) {
        sum += value(character)? * weight;
        count += 1;
    }
    if count != WEIGHTS.len() || first_17.chars().count() != count {
        return None;
    }
    let place = usize::try_from((31 - sum % 31) % 31).ok()?;
    CHARACTERS.get(place).copied().map(char::from)
}

impl Uscc {
    /// The eighteen characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Uscc {
    type Err = UsccError;

    fn from_str(text: &str) -> Result<Self, UsccError> {
        let code: String = text
            .nfkc()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '‐' | '–'))
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let length = code.chars().count();
        if length != 18 {
            return Err(UsccError::Length(length));
        }
        for (index, found) in code.chars().enumerate() {
            let place = index + 1;
            if value(found).is_none() {
                return Err(UsccError::Character { place, found });
            }
            if (3..=8).contains(&place) && !found.is_ascii_digit() {
                return Err(UsccError::Division { place, found });
            }
        }
        let (first_17, last) = code.split_at(17);
        let found = last.chars().next().unwrap_or_default();
        match check_character(first_17) {
            Some(expected) if expected == found => Ok(Self(code)),
            Some(expected) => Err(UsccError::Check { expected, found }),
            None => Err(UsccError::Length(length)),
        }
    }
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Uscc {
    type Error = UsccError;
    fn try_from(text: String) -> Result<Self, UsccError> {
        text.parse()
    }
}

impl From<Uscc> for String {
    fn from(code: Uscc) -> Self {
        code.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_the_powers_of_three() {
        let mut weight = 1;
        for expected in WEIGHTS {
            assert_eq!(weight, expected);
            weight = weight * 3 % 31;
        }
    }

    #[test]
    fn well_formed_codes_come_back_in_capitals() {
        // 91350100M000100Y43 is the specimen commonly printed with GB 32100-2015, here in the spellings people type.
        for (text, expected) in [
            ("91350100M000100Y43", "91350100M000100Y43"),
            ("91350100m000100y43", "91350100M000100Y43"),
            (" 9135 0100 M000 100Y 43 ", "91350100M000100Y43"),
            ("９１３５０１００Ｍ０００１００Ｙ４３", "91350100M000100Y43"),
            ("9135-0100-M000100Y-43", "91350100M000100Y43"),
        ] {
            assert_eq!(text.parse::<Uscc>().map(String::from), Ok(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn errors_name_what_is_wrong() {
        for (text, error) in [
            ("", UsccError::Length(0)),
            ("91350100M000100Y4", UsccError::Length(17)),
            ("91350100M000100Y433", UsccError::Length(19)),
            ("9135O100M000100Y43", UsccError::Character { place: 5, found: 'O' }),
            ("91350100M000100I43", UsccError::Character { place: 16, found: 'I' }),
            ("91350100中000100Y43", UsccError::Character { place: 9, found: '中' }),
            ("913501A0M000100Y43", UsccError::Division { place: 7, found: 'A' }),
            ("91350100M000100Y44", UsccError::Check { expected: '3', found: '4' }),
        ] {
            assert_eq!(text.parse::<Uscc>(), Err(error), "{text}");
        }
    }

    #[test]
    fn every_single_slip_and_every_swap_of_neighbours_is_caught() {
        let code = "91350100M000100Y43";
        for place in 0..18 {
            for replacement in CHARACTERS.iter().map(|byte| char::from(*byte)) {
                let slipped: String =
                    code.chars().enumerate().map(|(at, c)| if at == place { replacement } else { c }).collect();
                assert_eq!(slipped.parse::<Uscc>().is_ok(), slipped == code, "{slipped}");
            }
        }
        for place in 0..17 {
            let mut letters: Vec<char> = code.chars().collect();
            letters.swap(place, place + 1);
            let swapped: String = letters.into_iter().collect();
            assert_eq!(swapped.parse::<Uscc>().is_ok(), swapped == code, "{swapped}");
        }
    }

    #[test]
    fn the_check_character_wants_seventeen() {
        assert_eq!(check_character("91350100M000100Y4"), Some('3'));
        assert_eq!(check_character("91350100M000100Y"), None);
        assert_eq!(check_character("91350100M000100Y43"), None);
        assert_eq!(check_character("91350100M000100YZ"), None);
    }

    #[test]
    fn json_refuses_what_parsing_refuses() {
        assert!(serde_json::from_str::<Uscc>("\"91350100M000100Y43\"").is_ok());
        assert!(serde_json::from_str::<Uscc>("\"91350100M000100Y44\"").is_err());
    }
}
