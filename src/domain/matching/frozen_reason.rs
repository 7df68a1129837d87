//! Reasons as they are kept with an offer: the code of the sentence and its arguments, in names that keep their meaning, so
//! that the expert reads years later why he was asked, in his language of then. Deliberately absent: the sentences, which
//! the `.ftl` files hold.

use super::{Arg, Reason};
use crate::domain::{catalogue, region};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// One reason's sentence: its code and its arguments by name. In JSON an array of two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenReason(pub String, pub Vec<(String, FrozenArg)>);

/// One argument, as [`Arg`] but with names for numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FrozenArg {
    /// A count.
    #[serde(rename = "n")]
    Number(i64),
    /// A figure already written.
    #[serde(rename = "t")]
    Text(String),
    /// A stable text to select a variant by.
    #[serde(rename = "c")]
    Code(String),
    /// A Beijing date.
    #[serde(rename = "d")]
    Date(NaiveDate),
    /// Slugs of service items.
    #[serde(rename = "s")]
    Services(Vec<String>),
    /// Names of industries.
    #[serde(rename = "i")]
    Industries(Vec<String>),
    /// Codes of languages.
    #[serde(rename = "l")]
    Languages(Vec<String>),
    /// The code of a region.
    #[serde(rename = "r")]
    Region(String),
    /// Words of the need.
    #[serde(rename = "w")]
    Words(Vec<String>),
}

impl FrozenArg {
    fn of(arg: &Arg, industries: &[String]) -> Self {
        match arg {
            Arg::Number(number) => Self::Number(*number),
            Arg::Text(text) => Self::Text(text.clone()),
            Arg::Code(code) => Self::Code((*code).to_owned()),
            Arg::Date(date) => Self::Date(*date),
            Arg::Services(set) => {
                let items = set.places().filter_map(|place| catalogue::CATALOGUE.get(place));
                Self::Services(items.map(|item| item.slug.to_owned()).collect())
            }
            Arg::Industries(set) => {
                Self::Industries(set.places().filter_map(|place| industries.get(place).cloned()).collect())
            }
            Arg::Languages(set) => Self::Languages(set.codes().map(str::to_owned).collect()),
            Arg::Region(place) => {
                let known = region::SHIPPED.get(usize::from(place.0));
                Self::Region(known.map(|region| region.code.to_owned()).unwrap_or_default())
            }
            Arg::Words(words) => Self::Words(words.clone()),
        }
    }
}

/// Reasons in the order given, with the industries' names by their interned number.
#[must_use]
pub fn frozen_reasons(reasons: &[Reason], industries: &[String]) -> Vec<FrozenReason> {
    let mut kept = Vec::with_capacity(reasons.len());
    for reason in reasons {
        let args = reason.text.args();
        let args = args.iter().map(|(name, arg)| ((*name).to_owned(), FrozenArg::of(arg, industries))).collect();
        kept.push(FrozenReason(reason.text.code().to_owned(), args));
    }
    kept
}
