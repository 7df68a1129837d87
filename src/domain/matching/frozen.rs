//! What is kept with each offer, so that an auditor gets the same order and reasons years later.
//!
//! At most 16 kB of JSON (`rules.md`, "Ranking"): versions, weights, the normalised query, the values of the first 50 and
//! of everyone asked, counts per rule. Names stand in it instead of interned numbers, for those change. Deliberately
//! absent: the hash itself (the caller takes SHA-256 of [`Ranking::order_text`]), the reasons' sentences and any personal
//! detail of an expert.

use super::frozen_reason::FrozenReason;
use super::rank::{OrderKey, tie_last_asked, tie_load};
use super::survey::score;
use super::weights::{SIGNALS, contribution};
use super::{Candidate, Facts, NeedProfile, Ranking, Weights, signals};
use crate::domain::firm::FirmName;
use crate::domain::place::Point;
use crate::ids::ExpertId;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The version of this layout.
const SCHEMA: u32 = 1;
/// Rows kept besides those of everyone asked.
const FIRST: usize = 50;
/// Rows kept at most: one is at most 130 bytes of JSON, which leaves 4 kB for the rest.
const MOST_ROWS: usize = 92;
/// Bytes of free text in the query at most.
const TEXT_BYTES: usize = 2_400;

/// What was asked, in names that keep their meaning. The caller fills in services, industries, region and terms.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FrozenQuery {
    /// Slugs of the service items.
    pub services: Vec<String>,
    /// Names of the industries.
    pub industries: Vec<String>,
    /// Code of the region.
    pub region: Option<String>,
    /// The need's words as search saw them, heaviest first; cut to fit.
    pub terms: Vec<String>,
    /// The version of the text side: dictionary, synonyms, formula.
    pub text_version: String,
}

/// One expert's frozen values; in JSON an array in the order of the fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "PlainRow", into = "PlainRow")]
pub struct FrozenRow {
    /// Who.
    pub id: ExpertId,
    /// His place in the order, from 1; None if a rule dropped him (asked before, say).
    pub place: Option<u32>,
    /// The score then, in hundredths of a point.
    pub score: i32,
    /// The values in the order of [`super::Signal::ALL`].
    pub values: [u16; SIGNALS],
    /// For ties: offers open and offers this month.
    pub load: u32,
    /// For ties: milliseconds since 1970; None for never asked.
    pub last_asked_ms: Option<i64>,
}

type PlainRow = (ExpertId, Option<u32>, i32, [u16; SIGNALS], u32, Option<i64>);

impl From<PlainRow> for FrozenRow {
    fn from((id, place, score, values, load, last_asked_ms): PlainRow) -> Self {
        Self { id, place, score, values, load, last_asked_ms }
    }
}

impl From<FrozenRow> for PlainRow {
    fn from(row: FrozenRow) -> Self {
        (row.id, row.place, row.score, row.values, row.load, row.last_asked_ms)
    }
}

/// A ranking as it is kept with an offer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FrozenRanking {
    /// The version of this layout.
    pub schema: u32,
    /// The weights in force.
    pub weights: Weights,
    /// What was asked.
    pub query: FrozenQuery,
    /// The channel.
    pub mode: String,
    /// The languages asked for, by ISO 639-1.
    pub languages: Vec<String>,
    /// Where the service happens.
    pub point: Option<Point>,
    /// The date of the ranking.
    pub asked_on: NaiveDate,
    /// The date wanted.
    pub wanted_on: NaiveDate,
    /// The enterprise's name, normalised.
    pub enterprise: String,
    /// The opposing parties' names, normalised.
    pub opposing_party: Vec<String>,
    /// Their agents' names, normalised.
    pub opposing_agent: Vec<String>,
    /// How many could be asked.
    pub ranked_count: u32,
    /// How many each rule dropped.
    pub excluded: BTreeMap<String, u32>,
    /// The peers' median of times asked.
    pub median_asked: u16,
    /// The first 50 and everyone asked, in order, those dropped last.
    pub rows: Vec<FrozenRow>,
    /// Whose conflict a manager had waived, with the rule; the reason stands with the waiver.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waived: Vec<(ExpertId, String)>,
    /// Why those asked were asked, signal by signal, as far as there is room; the caller fills it in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<(ExpertId, Vec<FrozenReason>)>,
    /// SHA-256 of the whole order, in hexadecimal; the caller takes it of [`Ranking::order_text`].
    pub order_sha256: String,
}

/// Freezes a ranking made with the same arguments. `asked` are the expert and the reserves of the offer, and everyone
/// asked before.
#[must_use]
pub fn frozen(
    need: &NeedProfile,
    candidates: &[Candidate],
    facts: impl Fn(usize) -> Facts,
    weights: &Weights,
    ranking: &Ranking,
    asked: &[ExpertId],
    query: FrozenQuery,
) -> FrozenRanking {
    let asked: BTreeSet<ExpertId> = asked.iter().copied().take(MOST_ROWS - FIRST).collect();
    let mut rows = Vec::new();
    let mut seen = BTreeSet::new();
    for (at, ranked) in ranking.ranked.iter().enumerate() {
        if at >= FIRST && !asked.contains(&ranked.id) {
            continue;
        }
        if let Some(expert) = candidates.get(ranked.index) {
            let place = u32::try_from(at + 1).ok();
            rows.push(row(need, expert, &facts(ranked.index), weights, ranking, place));
            seen.insert(ranked.id);
        }
    }
    for (index, expert) in candidates.iter().enumerate() {
        if asked.contains(&expert.id) && !seen.contains(&expert.id) {
            rows.push(row(need, expert, &facts(index), weights, ranking, None));
        }
    }
    FrozenRanking {
        schema: SCHEMA,
        weights: *weights,
        mode: need.mode.as_str().to_owned(),
        languages: need.languages.codes().map(str::to_owned).collect(),
        point: need.point,
        asked_on: need.asked_on,
        wanted_on: need.wanted_on,
        enterprise: short(&need.enterprise.normalised()),
        opposing_party: normalised(&need.opposing_party),
        opposing_agent: normalised(&need.opposing_agent),
        ranked_count: ranking.peers.count,
        excluded: ranking.counts.iter().map(|(code, count)| ((*code).to_owned(), *count)).collect(),
        median_asked: ranking.peers.median_asked,
        rows,
        query: fitting(query),
        waived: Vec::new(),
        reasons: Vec::new(),
        order_sha256: String::new(),
    }
}

fn row(
    need: &NeedProfile,
    expert: &Candidate,
    facts: &Facts,
    weights: &Weights,
    ranking: &Ranking,
    place: Option<u32>,
) -> FrozenRow {
    let values = signals::values(need, expert, facts, &ranking.peers);
    FrozenRow {
        id: expert.id,
        place,
        score: score(weights, &values),
        values,
        load: tie_load(expert),
        last_asked_ms: expert.last_asked_at.map(|_| tie_last_asked(expert)),
    }
}

/// At most forty characters.
fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

fn normalised(names: &[FirmName]) -> Vec<String> {
    names.iter().take(5).map(|name| short(&name.normalised())).collect()
}

/// Cuts the query's lists until they fit, the terms last in line for room.
fn fitting(query: FrozenQuery) -> FrozenQuery {
    let mut left = TEXT_BYTES;
    let mut cut = |texts: Vec<String>| {
        let mut kept = Vec::new();
        for text in texts {
            let text = short(&text);
            // A quotation mark or control character takes up to six bytes when escaped.
            let bytes: usize = text.chars().map(|c| if c.is_control() { 6 } else { c.len_utf8().max(2) }).sum();
            let Some(rest) = left.checked_sub(bytes + 3) else { break };
            left = rest;
            kept.push(text);
        }
        kept
    };
    FrozenQuery {
        services: cut(query.services),
        industries: cut(query.industries),
        region: query.region.map(|region| short(&region)),
        text_version: short(&query.text_version),
        terms: cut(query.terms),
    }
}

/// What replaying a frozen ranking gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// The experts in the order their frozen values give, with their scores; those a rule dropped are absent.
    pub order: Vec<(ExpertId, i32)>,
    /// Everybody's part in points, whether ranked or dropped, in the order of the frozen rows.
    pub parts: Vec<ReplayedPart>,
    /// Scores and order are those that were frozen.
    pub agrees: bool,
}

/// One expert's score, signal by signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplayedPart {
    /// Who.
    pub id: ExpertId,
    /// Hundredths of a point.
    pub score: i32,
    /// What each signal gave, in the order of [`super::Signal::ALL`]; they sum to the score.
    pub contributions: [i32; SIGNALS],
}

/// Scores and orders the frozen values again, by the frozen weights.
#[must_use]
pub fn replay(frozen: &FrozenRanking) -> Replayed {
    let mut scored: Vec<(OrderKey, &FrozenRow)> = Vec::new();
    let mut agrees = true;
    let mut parts = Vec::with_capacity(frozen.rows.len());
    for row in &frozen.rows {
        let again = score(&frozen.weights, &row.values);
        let mut contributions = [0; SIGNALS];
        for ((part, weight), value) in contributions.iter_mut().zip(frozen.weights.hundredths()).zip(row.values) {
            *part = contribution(*weight, value);
        }
        parts.push(ReplayedPart { id: row.id, score: again, contributions });
        agrees &= again == row.score;
        if row.place.is_some() {
            let last_asked = row.last_asked_ms.unwrap_or(i64::MIN);
            scored.push((OrderKey { score: again, load: row.load, last_asked }, row));
        }
    }
    scored.sort_by(|(one, row), (other, next)| one.compare(other).then_with(|| row.id.cmp(&next.id)));
    agrees &= scored.is_sorted_by(|(_, row), (_, next)| row.place < next.place);
    let order = scored.into_iter().map(|(key, row)| (row.id, key.score)).collect();
    Replayed { order, parts, agrees }
}
