//! One document of the index: what the database says of a need, a feedback, an expert or an enterprise, and the terms it
//! is found by.
//!
//! Contract: the same document gives the same terms, whenever and wherever it is written. Contact data (mail, phone) has no
//! place here, so it can be neither found nor guessed at by searching. Deliberately absent: reading the database.

use super::analyzer;
use super::lexicon::lexicon;
use super::number;
use super::parted::{Joined, NameKeys};
use super::schema::Fields;
use std::fmt;
use tantivy::TantivyDocument;

/// A word of the heading counts as often as this.
const HEADING_TIMES: usize = 3;
/// What stands in `seen_by` when every account may see a document.
pub(super) const EVERYBODY: &str = "*";

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// 需求.
    Need,
    /// What an expert wrote after a service; goes with its need.
    Feedback,
    /// 专家.
    Expert,
    /// 企业.
    Enterprise,
}

impl Kind {
    /// Every kind, in the order pages show them.
    pub const ALL: [Self; 4] = [Self::Need, Self::Expert, Self::Enterprise, Self::Feedback];

    /// The word in the index and in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Need => "need",
            Self::Feedback => "feedback",
            Self::Expert => "expert",
            Self::Enterprise => "enterprise",
        }
    }

    /// The kind of that word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Whether age says something of its use: a need of last month helps more than one of three years ago.
    pub(super) const fn ages(self) -> bool {
        matches!(self, Self::Need | Self::Feedback)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who may see a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeenBy {
    /// Every account: the register of experts is one for the whole city.
    Everybody,
    /// Accounts whose scope holds one of these regions or stations. With neither, only those who see everything.
    Within {
        /// Region codes.
        regions: Vec<String>,
        /// Station ids.
        stations: Vec<String>,
    },
}

/// One document. Lists and texts that do not apply stay empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// What it is.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// Whose it is: its own id, or a feedback's need.
    pub subject: String,
    /// Title or name; its words count three times.
    pub heading: String,
    /// Everything else that is searched.
    pub body: Vec<String>,
    /// Numbers and codes as printed.
    pub numbers: Vec<String>,
    /// Names found by pinyin, by their beginnings and by initials.
    pub names: Vec<String>,
    /// Who may see it.
    pub seen_by: SeenBy,
    /// Region codes to filter by.
    pub regions: Vec<String>,
    /// Station ids to filter by.
    pub stations: Vec<String>,
    /// State of a need, standing of an expert.
    pub state: String,
    /// Service slugs.
    pub services: Vec<String>,
    /// Names of industries.
    pub industries: Vec<String>,
    /// The enterprise's id.
    pub enterprise: String,
    /// When it was submitted, filed or registered, microseconds since 1970.
    pub created_at: i64,
}

impl Document {
    /// A document of which nothing is known yet but what and whose it is.
    #[must_use]
    pub fn new(kind: Kind, id: &str, subject: &str, seen_by: SeenBy) -> Self {
        Self {
            kind,
            id: id.to_owned(),
            subject: subject.to_owned(),
            heading: String::new(),
            body: Vec::new(),
            numbers: Vec::new(),
            names: Vec::new(),
            seen_by,
            regions: Vec::new(),
            stations: Vec::new(),
            state: String::new(),
            services: Vec::new(),
            industries: Vec::new(),
            enterprise: String::new(),
            created_at: 0,
        }
    }

    /// The document as the engine takes it.
    pub(super) fn made(&self, fields: &Fields, keys: &NameKeys) -> TantivyDocument {
        let mut made = TantivyDocument::default();
        made.add_text(fields.hit, format!("{}:{}", self.kind, self.id));
        made.add_text(fields.subject, &self.subject);
        made.add_text(fields.kind, self.kind.as_str());
        for printed in &self.numbers {
            for term in number::terms_of(printed) {
                made.add_text(fields.number, term);
            }
        }
        for name in &self.names {
            made.add_text(fields.pinyin, &*keys.of(name));
        }
        self.add_texts(fields, &mut made);
        match &self.seen_by {
            SeenBy::Everybody => made.add_text(fields.seen_by, EVERYBODY),
            SeenBy::Within { regions, stations } => {
                for code in regions {
                    made.add_text(fields.seen_by, region_term(code));
                }
                for station in stations {
                    made.add_text(fields.seen_by, station_term(station));
                }
            }
        }
        let filters = [
            (fields.region, &self.regions),
            (fields.station, &self.stations),
            (fields.services, &self.services),
            (fields.industries, &self.industries),
        ];
        for (field, values) in filters {
            for value in values {
                made.add_text(field, value);
            }
        }
        for (field, value) in [(fields.state, &self.state), (fields.enterprise, &self.enterprise)] {
            if !value.is_empty() {
                made.add_text(field, value);
            }
        }
        made.add_i64(fields.created_at, self.created_at);
        made
    }

    fn add_texts(&self, fields: &Fields, made: &mut TantivyDocument) {
        let heading = analyzer::fold(&self.heading);
        let mut body = self.body.join("\n");
        for number in &self.numbers {
            body.push('\n');
            body.push_str(number);
        }
        let body = analyzer::fold(&body);
        let mut terms = Joined::of(&body);
        terms.add(&Joined::of(&heading), HEADING_TIMES);
        made.add_text(fields.words, terms.words);
        made.add_text(fields.grams, terms.grams);
        made.add_text(fields.latin, terms.latin);
        let mut concepts: Vec<&str> = Vec::new();
        for folded in [&heading, &body] {
            concepts.extend(lexicon().touched(folded).iter().map(|concept| concept.id));
        }
        // What an expert knows is what he is looked for by; the industry of a need says little of its matter.
        let known = if self.kind == Kind::Expert { self.industries.as_slice() } else { &[] };
        for target in self.services.iter().chain(known).chain(&self.regions) {
            concepts.extend(lexicon().head(target).map(|concept| concept.id));
        }
        concepts.sort_unstable();
        concepts.dedup();
        for concept in concepts {
            made.add_text(fields.concepts, concept);
        }
    }
}

/// What stands in `seen_by` for a region.
pub(super) fn region_term(code: &str) -> String {
    format!("r:{code}")
}

/// What stands in `seen_by` for a station.
pub(super) fn station_term(id: &str) -> String {
    format!("s:{id}")
}
