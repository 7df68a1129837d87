//! The corpus of the demo's city: texts and names written for it, built into the binary.
//!
//! Contract: everything is invented; no text names a living person, a real firm or a real matter. A text may hold slots
//! (`{product}`, `{tech}`, `{n}`, `{month}`, `{opponent}`; in biographies `{years}`, `{industry}`, `{service}`), which
//! [`super::world`] fills. Deliberately absent: anything that reads the file system.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::fmt;

/// A file of the corpus cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorpusFault(String);

impl fmt::Display for CorpusFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the demo's corpus cannot be read: {}", self.0)
    }
}
impl std::error::Error for CorpusFault {}

/// A need as an enterprise would put it, with slots.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeedText {
    /// In one line.
    pub title: String,
    /// What happened.
    pub description: String,
    /// Slugs of the catalogue.
    pub services: Vec<String>,
    /// Industries, in words.
    pub industries: Vec<String>,
    /// The channel it asks for.
    pub mode: String,
    /// The standard's 服务形式.
    pub form: String,
    /// Whether somebody stands on the other side.
    pub opposing: bool,
    /// Language of the text and the service.
    pub language: String,
}

/// A word for a slot, with the industries it belongs to.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlotText {
    /// The word.
    pub text: String,
    /// Industries, in words.
    pub industries: Vec<String>,
}

/// What fills the slots of needs.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Slots {
    /// `{product}`.
    pub product: Vec<SlotText>,
    /// `{tech}`.
    pub tech: Vec<SlotText>,
    /// `{opponent}`.
    pub opponent: Vec<String>,
}

/// A part of a person's name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamePart {
    /// In Chinese.
    pub zh: String,
    /// In pinyin, capitalised.
    pub pinyin: String,
}

/// The end of a firm's name, with what kind of firm it makes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirmKind {
    /// The end of the name.
    pub text: String,
    /// An agency.
    pub agency: bool,
    /// A law firm.
    pub law: bool,
}

/// A university, an institute or a department of a large enterprise.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Institute {
    /// Name in Chinese.
    pub zh: String,
    /// Name in English.
    pub en: String,
    /// `university`, `institute` or `enterprise`.
    pub kind: String,
}

/// A park or street office where a station may be.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Park {
    /// Its name.
    pub stem: String,
    /// The region's name.
    pub region: String,
}

/// Names of people, firms, enterprises and places.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Names {
    /// Surnames.
    pub surnames: Vec<NamePart>,
    /// Given names.
    pub given: Vec<NamePart>,
    /// 字号 of enterprises.
    pub enterprise_stems: Vec<String>,
    /// Ends of enterprises' names with their industries.
    pub enterprise_kinds: Vec<SlotText>,
    /// 字号 of firms.
    pub firm_stems: Vec<String>,
    /// Ends of firms' names.
    pub firm_kinds: Vec<FirmKind>,
    /// Universities, institutes, departments.
    pub institutes: Vec<Institute>,
    /// Parks.
    pub parks: Vec<Park>,
}

/// What experts write and say.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ExpertTexts {
    /// Biographies, with slots.
    pub bios: Vec<String>,
    /// Kinds of qualification.
    pub titles: Vec<String>,
    /// Words beside a 婉拒.
    pub decline_notes: Vec<String>,
    /// Questions.
    pub questions: Vec<String>,
    /// Replies of stations, in the order of the questions.
    pub replies: Vec<String>,
}

/// Written feedback (书面反馈).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedbackText {
    /// The services it may follow.
    pub services: Vec<String>,
    /// What was done.
    pub text: String,
    /// `solved`, `partly`, `referred` or `follow-up`.
    pub outcome: String,
    /// What should follow.
    pub follow_up: Option<String>,
}

/// What enterprises say when they rate, by score, and what liaisons note at closing.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RatingTexts {
    /// Five.
    #[serde(rename = "5")]
    pub five: Vec<String>,
    /// Four.
    #[serde(rename = "4")]
    pub four: Vec<String>,
    /// Three.
    #[serde(rename = "3")]
    pub three: Vec<String>,
    /// Two.
    #[serde(rename = "2")]
    pub two: Vec<String>,
    /// One.
    #[serde(rename = "1")]
    pub one: Vec<String>,
    /// 内部评价, in words.
    pub evaluation_notes: Vec<String>,
}

impl RatingTexts {
    /// What is said with that score.
    #[must_use]
    pub fn of(&self, score: i32) -> &[String] {
        match score {
            5 => &self.five,
            4 => &self.four,
            3 => &self.three,
            2 => &self.two,
            _ => &self.one,
        }
    }
}

/// The whole corpus.
#[derive(Debug, Clone, PartialEq)]
pub struct Corpus {
    /// Needs.
    pub needs: Vec<NeedText>,
    /// What fills their slots.
    pub slots: Slots,
    /// Names.
    pub names: Names,
    /// Experts' texts.
    pub experts: ExpertTexts,
    /// Feedback.
    pub feedback: Vec<FeedbackText>,
    /// Ratings.
    pub ratings: RatingTexts,
}

fn document<T: DeserializeOwned>(name: &str, text: &str) -> Result<T, CorpusFault> {
    serde_json::from_str(text).map_err(|error| CorpusFault(format!("{name}: {error}")))
}

fn lines<T: DeserializeOwned>(name: &str, text: &str) -> Result<Vec<T>, CorpusFault> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if !line.trim().is_empty() {
            found.push(document(&format!("{name}, line {}", index + 1), line)?);
        }
    }
    Ok(found)
}

impl Corpus {
    /// Reads the files that were built in.
    ///
    /// # Errors
    /// [`CorpusFault`] naming the file and line that cannot be read, or a list that is empty.
    pub fn read() -> Result<Self, CorpusFault> {
        let corpus = Self {
            needs: lines("needs.jsonl", include_str!("corpus/needs.jsonl"))?,
            slots: document("slots.json", include_str!("corpus/slots.json"))?,
            names: document("names.json", include_str!("corpus/names.json"))?,
            experts: document("experts.json", include_str!("corpus/experts.json"))?,
            feedback: lines("feedback.jsonl", include_str!("corpus/feedback.jsonl"))?,
            ratings: document("ratings.json", include_str!("corpus/ratings.json"))?,
        };
        let sizes = [
            ("needs", corpus.needs.len()),
            ("products", corpus.slots.product.len()),
            ("techniques", corpus.slots.tech.len()),
            ("surnames", corpus.names.surnames.len()),
            ("given names", corpus.names.given.len()),
            ("enterprises", corpus.names.enterprise_stems.len().min(corpus.names.enterprise_kinds.len())),
            ("firms", corpus.names.firm_stems.len().min(corpus.names.firm_kinds.len())),
            ("institutes", corpus.names.institutes.len()),
            ("parks", corpus.names.parks.len()),
            ("biographies", corpus.experts.bios.len()),
            ("questions", corpus.experts.questions.len().min(corpus.experts.replies.len())),
            ("feedback", corpus.feedback.len()),
        ];
        match sizes.iter().find(|(_, size)| *size == 0) {
            Some((what, _)) => Err(CorpusFault(format!("there are no {what}"))),
            None => Ok(corpus),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::feedback::Outcome;
    use crate::domain::need::{Form, Mode};
    use crate::domain::{catalogue, region};

    #[test]
    fn the_corpus_speaks_the_offices_words() {
        let corpus = Corpus::read().expect("the corpus");
        assert!(corpus.needs.len() >= 200, "the 200 newest needs are to differ");
        for need in &corpus.needs {
            assert!(!need.services.is_empty(), "{}", need.title);
            assert!(need.services.iter().all(|slug| catalogue::by_slug(slug).is_some()), "{}", need.title);
            assert!(need.mode.parse::<Mode>().is_ok() && need.form.parse::<Form>().is_ok(), "{}", need.title);
        }
        for feedback in &corpus.feedback {
            assert!(feedback.outcome.parse::<Outcome>().is_ok(), "{}", feedback.text);
            assert!(feedback.services.iter().all(|slug| catalogue::by_slug(slug).is_some()), "{}", feedback.text);
        }
        for item in catalogue::CATALOGUE {
            assert!(
                corpus.needs.iter().any(|need| need.services.iter().any(|slug| slug == item.slug)),
                "{}",
                item.slug
            );
            assert!(
                corpus.feedback.iter().any(|one| one.services.iter().any(|slug| slug == item.slug)),
                "{}",
                item.slug
            );
        }
        for park in &corpus.names.parks {
            assert!(region::named(&park.region).is_some(), "{}", park.region);
        }
        assert_eq!(corpus.experts.questions.len(), corpus.experts.replies.len());
        assert!((1..=5).all(|score| !corpus.ratings.of(score).is_empty()));
    }
}
