//! Small sets as bits: service items by their place in the catalogue, interned industries, modes, languages.

use crate::domain::need::Mode;
use serde::{Deserialize, Serialize};

macro_rules! bit_set {
    ($(#[$doc:meta])* $name:ident($bits:ty)) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
        pub struct $name($bits);

        impl $name {
            /// How many different members the set can hold.
            pub const CAPACITY: usize = <$bits>::BITS as usize;
            /// The empty set.
            pub const EMPTY: Self = Self(0);

            /// Adds the member at that place; false, and nothing added, if the place is beyond the capacity.
            pub fn insert(&mut self, place: usize) -> bool {
                let Some(bit) = u32::try_from(place).ok().and_then(|place| <$bits>::from(1_u8).checked_shl(place)) else {
                    return false;
                };
                self.0 |= bit;
                true
            }

            /// Whether the member at that place is in the set.
            #[inline]
            #[must_use]
            pub fn contains(self, place: usize) -> bool {
                u32::try_from(place)
                    .ok()
                    .and_then(|place| <$bits>::from(1_u8).checked_shl(place))
                    .is_some_and(|bit| self.0 & bit != 0)
            }

            /// How many members.
            #[inline]
            #[must_use]
            pub const fn len(self) -> u32 {
                self.0.count_ones()
            }

            /// No member.
            #[inline]
            #[must_use]
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// The members of both.
            #[inline]
            #[must_use]
            pub const fn and(self, other: Self) -> Self {
                Self(self.0 & other.0)
            }

            /// The places of the members, rising.
            pub fn places(self) -> impl Iterator<Item = usize> {
                (0..Self::CAPACITY).filter(move |place| self.contains(*place))
            }
        }

        impl FromIterator<usize> for $name {
            /// Places beyond the capacity are left out.
            fn from_iter<I: IntoIterator<Item = usize>>(places: I) -> Self {
                let mut set = Self::EMPTY;
                for place in places {
                    set.insert(place);
                }
                set
            }
        }

        impl Serialize for $name {
            /// As the list of places.
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_seq(self.places())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok(Vec::<usize>::deserialize(deserializer)?.into_iter().collect())
            }
        }
    };
}

bit_set! {
    /// Service items by their place in the catalogue ([`crate::domain::catalogue::position`]); room for a centre's own rows.
    ServiceSet(u64)
}
bit_set! {
    /// Industries by the number whoever loads them gave each; those beyond 128 match by text only.
    IndustrySet(u128)
}
bit_set! {
    /// Channels, by their order in [`Mode::ALL`].
    ModeSet(u8)
}
bit_set! {
    /// Languages, by their place in [`LanguageSet::KNOWN`].
    LanguageSet(u16)
}

impl ModeSet {
    /// The set with this mode added.
    #[must_use]
    pub fn with(mut self, mode: Mode) -> Self {
        self.insert(mode as usize);
        self
    }

    /// Whether the mode is in the set.
    #[inline]
    #[must_use]
    pub fn has(self, mode: Mode) -> bool {
        self.contains(mode as usize)
    }
}

impl LanguageSet {
    /// The languages told apart, by ISO 639-1.
    pub const KNOWN: [&'static str; 12] = ["zh", "en", "ja", "ko", "de", "fr", "ru", "es", "pt", "it", "ar", "vi"];

    /// The set of these codes (`en`, `en-US`, `EN`); unknown ones are left out.
    pub fn from_codes<'a>(codes: impl IntoIterator<Item = &'a str>) -> Self {
        let mut set = Self::EMPTY;
        for code in codes {
            let main = code.split(['-', '_']).next().unwrap_or_default().trim();
            if let Some(place) = Self::KNOWN.iter().position(|known| known.eq_ignore_ascii_case(main)) {
                set.insert(place);
            }
        }
        set
    }

    /// The codes in the set.
    pub fn codes(self) -> impl Iterator<Item = &'static str> {
        Self::KNOWN.iter().enumerate().filter(move |(place, _)| self.contains(*place)).map(|(_, code)| *code)
    }

    /// The set, or Chinese if it is empty.
    #[must_use]
    pub fn or_chinese(self) -> Self {
        if self.is_empty() { Self(1) } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_go_in_and_come_out() {
        let mut set = ServiceSet::EMPTY;
        assert!(set.insert(0) && set.insert(63) && !set.insert(64));
        assert!(set.contains(63) && !set.contains(1) && !set.contains(64));
        assert_eq!(set.places().collect::<Vec<_>>(), [0, 63]);
        let json = serde_json::to_string(&set).unwrap();
        assert_eq!(json, "[0,63]");
        assert_eq!(serde_json::from_str::<ServiceSet>(&json).unwrap(), set);
        assert_eq!(IndustrySet::from_iter([3, 127, 128]).len(), 2);
        let modes = Mode::ALL.iter().fold(ModeSet::EMPTY, |set, mode| set.with(*mode));
        assert!(modes.has(Mode::Training) && modes.len() == 5);
    }

    #[test]
    fn languages_are_known_by_their_main_code() {
        let set = LanguageSet::from_codes(["en-US", "ZH", "tlh"]);
        assert_eq!(set.codes().collect::<Vec<_>>(), ["zh", "en"]);
        assert_eq!(LanguageSet::EMPTY.or_chinese().codes().collect::<Vec<_>>(), ["zh"]);
    }
}
