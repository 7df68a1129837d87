//! The office's nouns and rules, pure: no clock, no randomness, no input or output.
//!
//! Every rule takes `now`, every refusal is a value with its reason. Glossary: a [`need::NeedState`] describes a 需求,
//! an [`assignment::AssignmentState`] a 派单 (one offer of one seat to one expert), an
//! [`answer_rule::CountingRule`] how 「2日内」 is counted. Deliberately absent: anything that knows a database, a
//! letter's wording or a web page.

/// Declares an enum whose variants have one stable kebab-case text each: stored, sent by the API, and used as the
/// last part of a translation key.
macro_rules! text_enum {
    ($(#[$doc:meta])* $vis:vis enum $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every variant, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable text: stored in the database and spoken by the API.
            #[must_use]
            pub const fn as_str(&self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
        impl std::str::FromStr for $name {
            type Err = $crate::domain::UnknownWord;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text { $($text => Ok(Self::$variant),)+ _ => Err($crate::domain::UnknownWord(stringify!($name))) }
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> { s.serialize_str(self.as_str()) }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
                text.parse().map_err(|_| serde::de::Error::unknown_variant(&text, &[$($text),+]))
            }
        }
    };
}
pub(crate) use text_enum;

/// A text that names no variant of the enum whose name it carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownWord(pub &'static str);

impl std::fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "not a known {}", self.0)
    }
}
impl std::error::Error for UnknownWord {}

pub mod answer_rule;
pub mod assignment;
pub mod calendar;
pub mod catalogue;
pub mod conduct;
pub mod consent;
pub mod contact;
pub mod document;
pub mod duty;
pub mod email_change;
pub mod erasure;
pub mod event;
pub mod expert;
pub mod feedback;
pub mod figures;
pub mod firm;
pub mod incoming;
pub mod letter_rules;
pub mod licence;
pub mod matching;
pub mod need;
pub mod notice;
pub mod number;
pub mod place;
pub mod policy;
pub mod refusal;
pub mod region;
pub mod resident_id;
pub mod retention;
pub mod role;
pub mod selection;
pub mod sheet_import;
pub mod standing;
pub mod task;
pub mod uscc;
pub mod week_hours;
pub mod what_if;
