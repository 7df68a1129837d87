//! The office's vocabulary: which of its matters a text speaks of, in whatever words.
//!
//! `index/concepts.tsv` holds one concept a row: id, kind, votes, aliases, and a point for places. An alias in either
//! language, in any spelling the analyzer folds together, stands for the concept; votes say how strongly it speaks for a
//! service item, an industry or a region. Used three ways: concepts are terms of the index and the query (so `trade secret`
//! finds 商业秘密), terms of [`Affinity`](super::affinity::Affinity), and evidence behind [`suggest`](super::suggest::suggest).
//!
//! Contract: pure and deterministic. A longer alias hides the shorter ones inside it; one concept counts once per text.
//! Deliberately absent: learned weights. The votes are written by hand and read in review.

use std::collections::HashMap;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::analyzer::{self, Script};
use crate::domain::place::Point;

/// The file itself, for the index fingerprint.
pub(super) const CONCEPTS: &str = include_str!("../../index/concepts.tsv");

/// What a concept mostly is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One of the catalogue's service items (service-catalogue.json).
    Service,
    /// A district's key industry (appendix D of Beijing's standard).
    Industry,
    /// A region or a landmark within it.
    Place,
    /// A right or its object: utility model, database, geographical indication.
    Right,
    /// Something one files, asks for or goes through.
    Procedure,
    /// A quarrel, or what begins one.
    Dispute,
    /// A way to prove something.
    Evidence,
    /// A law, an article, a standard.
    Statute,
    /// An office, a court.
    Office,
    /// Money, trade and how a business is run.
    Business,
    /// What the matter is about technically; mostly votes for an industry.
    Technology,
    /// Anything else that says what a text is about.
    Topic,
}

impl Kind {
    fn named(text: &str) -> Option<Self> {
        Some(match text {
            "service" => Self::Service,
            "industry" => Self::Industry,
            "place" => Self::Place,
            "right" => Self::Right,
            "procedure" => Self::Procedure,
            "dispute" => Self::Dispute,
            "evidence" => Self::Evidence,
            "statute" => Self::Statute,
            "office" => Self::Office,
            "business" => Self::Business,
            "technology" => Self::Technology,
            "topic" => Self::Topic,
            _ => return None,
        })
    }

    /// Whether a row of this kind may stand for the target it votes for first.
    const fn may_head(self) -> bool {
        matches!(self, Self::Service | Self::Industry | Self::Place)
    }
}

/// One row of the vocabulary.
#[derive(Debug, Clone, PartialEq)]
pub struct Concept {
    /// Its id, unique in the file.
    pub id: &'static str,
    /// What it mostly is.
    pub kind: Kind,
    /// What it speaks for (a service slug, an industry's name, a region's code) and how strongly; 3 is decisive.
    pub votes: Vec<(&'static str, f32)>,
    /// Its names as written in the file; the first is its label.
    pub aliases: Vec<&'static str>,
    /// Where it is, for places: latitude and longitude, to about a kilometre.
    pub point: Option<Point>,
}

/// One place in a folded text that names a concept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Index into [`Lexicon::concepts`].
    pub concept: usize,
    /// Byte range in the folded text.
    pub start: usize,
    /// End of the byte range.
    pub end: usize,
}

/// The vocabulary, ready to match.
pub struct Lexicon {
    concepts: Vec<Concept>,
    /// Which concept each pattern of the automaton names.
    owners: Vec<usize>,
    automaton: Option<AhoCorasick>,
    /// The concept that stands for a service slug, industry or region as a whole: the first that votes for it under its kind.
    heads: HashMap<&'static str, usize>,
    by_id: HashMap<&'static str, usize>,
}

/// The vocabulary of `index/concepts.tsv`.
#[must_use]
pub fn lexicon() -> &'static Lexicon {
    static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(CONCEPTS));
    &LEXICON
}

/// What a concept or matter of that label (its first name) is called in Latin letters; none where it has no such name, or is
/// told so already.
#[must_use]
pub fn latin_name(label: &str) -> Option<&'static str> {
    let latin = |names: &[&'static str]| names.iter().copied().find(|name| name.is_ascii());
    if label.is_ascii() {
        return None;
    }
    let concept = lexicon().concepts().iter().find(|concept| concept.aliases.first() == Some(&label));
    concept.and_then(|concept| latin(&concept.aliases)).or_else(|| {
        let matter = super::matters::matters().all().iter().find(|matter| matter.names.first() == Some(&label))?;
        latin(&matter.names)
    })
}

impl Lexicon {
    fn read(file: &'static str) -> Self {
        let mut concepts = Vec::new();
        for line in file.lines() {
            concepts.extend(row(line));
        }
        let mut patterns = Vec::new();
        let mut owners = Vec::new();
        let mut heads = HashMap::new();
        for (at, concept) in concepts.iter().enumerate() {
            for alias in &concept.aliases {
                patterns.push(analyzer::fold(alias));
                owners.push(at);
            }
            if concept.kind.may_head()
                && let Some((target, _)) = concept.votes.first()
            {
                heads.entry(*target).or_insert(at);
            }
        }
        let automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).build(patterns).ok();
        let by_id = concepts.iter().enumerate().map(|(at, concept)| (concept.id, at)).collect();
        Self { concepts, owners, automaton, heads, by_id }
    }

    /// The concept of that id.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<&Concept> {
        self.by_id.get(id).and_then(|at| self.concepts.get(*at))
    }

    /// Every concept, in the order of the file.
    #[must_use]
    pub fn concepts(&self) -> &[Concept] {
        &self.concepts
    }

    /// The concept that stands for a service slug, an industry's name or a region's code.
    #[must_use]
    pub fn head(&self, target: &str) -> Option<&Concept> {
        self.heads.get(target).and_then(|at| self.concepts.get(*at))
    }

    /// Every place where a folded text names a concept, hits inside longer hits included; widest first at each place.
    fn every_hit(&self, folded: &str) -> Vec<Hit> {
        let Some(automaton) = &self.automaton else { return Vec::new() };
        let mut all: Vec<Hit> = Vec::new();
        for found in automaton.find_overlapping_iter(folded) {
            if !stands_alone(folded, found.start(), found.end()) {
                continue;
            }
            if let Some(concept) = self.owners.get(found.pattern().as_usize()) {
                all.push(Hit { concept: *concept, start: found.start(), end: found.end() });
            }
        }
        all.sort_by_key(|hit| (hit.start, std::cmp::Reverse(hit.end), hit.concept));
        all
    }

    /// Where a folded text names concepts, in order; a hit inside a longer hit is left out.
    #[must_use]
    pub fn hits(&self, folded: &str) -> Vec<Hit> {
        let mut kept: Vec<Hit> = Vec::new();
        let mut widest: Option<(usize, usize)> = None;
        for hit in self.every_hit(folded) {
            // Sorted by start, widest first: a hit is inside an earlier one exactly when it does not reach beyond its end.
            if let Some((start, end)) = widest
                && hit.end <= end
                && (hit.start, hit.end) != (start, end)
            {
                continue;
            }
            widest = Some((hit.start, hit.end));
            kept.push(hit);
        }
        kept
    }

    /// The distinct concepts a folded text touches, those inside longer names included: 数据 in 数据知识产权. What an index
    /// holds, so that a shorter question finds the longer name.
    #[must_use]
    pub fn touched(&self, folded: &str) -> Vec<&Concept> {
        self.distinct(self.every_hit(folded))
    }

    /// The distinct concepts a folded text names, in order of first mention.
    #[must_use]
    pub fn named(&self, folded: &str) -> Vec<&Concept> {
        self.distinct(self.hits(folded))
    }

    fn distinct(&self, hits: Vec<Hit>) -> Vec<&Concept> {
        let mut seen = Vec::new();
        for hit in hits {
            if !seen.contains(&hit.concept) {
                seen.push(hit.concept);
            }
        }
        seen.into_iter().filter_map(|at| self.concepts.get(at)).collect()
    }
}

/// A Latin alias must not be part of a longer word: `fto` is not in `comfto`.
pub(super) fn stands_alone(folded: &str, start: usize, end: usize) -> bool {
    let latin = |character: Option<char>| character.and_then(analyzer::script_of) == Some(Script::Latin);
    let (Some(before), Some(inside), Some(after)) = (folded.get(..start), folded.get(start..end), folded.get(end..))
    else {
        return false;
    };
    let joined_left = latin(before.chars().next_back()) && latin(inside.chars().next());
    let joined_right = latin(inside.chars().next_back()) && latin(after.chars().next());
    !joined_left && !joined_right
}

fn row(line: &'static str) -> Option<Concept> {
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let mut cells = line.split('\t');
    let id = cells.next()?;
    let kind = Kind::named(cells.next()?)?;
    let mut votes = Vec::new();
    for vote in cells.next()?.split_whitespace().filter(|vote| *vote != "-") {
        let (target, weight) = vote.split_once('=')?;
        votes.push((target, weight.parse().ok()?));
    }
    let aliases: Vec<&str> = cells.next()?.split('|').map(str::trim).filter(|alias| !alias.is_empty()).collect();
    let point = match cells.next() {
        Some(cell) => {
            let (lat, lon) = cell.split_once(',')?;
            Some(Point::new(lat.parse().ok()?, lon.parse().ok()?).ok()?)
        }
        None => None,
    };
    if aliases.is_empty() || cells.next().is_some() {
        return None;
    }
    Some(Concept { id, kind, votes, aliases, point })
}

#[cfg(test)]
mod tests;
