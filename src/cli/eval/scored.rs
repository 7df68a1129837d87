//! Every need of a collection ranked by the product's own matching, and how good each order is.

use super::collection::Collection;
use super::collection::ExpertRows;
use super::collection::JudgedNeed;
use crate::actions::expert_pool::ExpertPool;
use crate::actions::suggest_experts::order;
use crate::db::JsonText;
use crate::db::need::NeedRow;
use crate::domain::matching::Ranking;
use crate::ids::ExpertId;
use crate::search::Suggestion;
use crate::search::relevance;
use crate::search::suggest;
use chrono::DateTime;
use chrono::Utc;
use serde::Serialize;
use std::collections::BTreeMap;
use std::collections::HashMap;

/// How near to the best suggestion another must come to be ticked with it, where a need names no service.
const TICKED_WITH_THE_BEST: f32 = 0.6;
/// A suggestion weaker than this is a guess nobody would tick.
const WORTH_TICKING: f32 = 0.1;
/// The most services ticked for a need that names none.
const MOST_TICKED: usize = 3;

/// One need, scored.
#[derive(Debug, Serialize)]
pub struct ScoredNeed {
    /// The id in the file.
    pub id: String,
    /// Its class, where it has one.
    pub class: Option<String>,
    /// Its title.
    pub title: String,
    /// nDCG@10; none if nobody judged for it is worth asking.
    pub ndcg_at_10: Option<f64>,
    /// One over the rank of the first expert graded 1 or more.
    pub reciprocal_rank: Option<f64>,
    /// Share of those graded 1 or more within the first twenty.
    pub recall_at_20: Option<f64>,
    /// Ids of the experts who had to be excluded and were not.
    pub violations: Vec<String>,
    /// How many had to be excluded.
    pub to_exclude: usize,
    /// Rank, from 1, of the first suggested service that the need names; 0 if none is suggested, none if it names none.
    pub suggestion_rank: Option<usize>,
    /// Everybody returned, best first: id and score in points.
    #[serde(skip)]
    pub returned: Vec<(String, f64)>,
    /// The services suggested from title and description alone.
    #[serde(skip)]
    pub suggested: Vec<(String, f32)>,
}

/// Measures over some needs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measures {
    /// How many needs.
    pub needs: usize,
    /// Mean nDCG@10.
    pub ndcg_at_10: f64,
    /// Mean reciprocal rank of the first expert graded 1 or more.
    pub mrr: f64,
    /// Mean recall@20 of those graded 1 or more.
    pub recall_at_20: f64,
    /// Experts returned who had to be excluded.
    pub exclusion_violations: usize,
    /// Experts who had to be excluded.
    pub to_exclude: usize,
    /// Share of needs naming services whose best suggestion is among them.
    pub suggest_top_1: Option<f64>,
    /// The same for the best three.
    pub suggest_top_3: Option<f64>,
}

/// A collection, scored.
#[derive(Debug, Serialize)]
pub struct Scored {
    /// Over all needs.
    pub overall: Measures,
    /// By class.
    pub classes: BTreeMap<String, Measures>,
    /// Need by need, in the order of the file.
    pub needs: Vec<ScoredNeed>,
}

/// Ranks and scores every need.
#[must_use]
pub fn score(collection: &Collection, now: DateTime<Utc>) -> Scored {
    let rows: Vec<ExpertRows> = collection.experts.iter().map(|expert| expert.rows.clone()).collect();
    let places: HashMap<ExpertId, usize> = rows.iter().enumerate().map(|(at, (row, _, _))| (row.id, at)).collect();
    let pool = ExpertPool::of_records(&rows, now);
    let any_mode = collection.needs.iter().any(|need| !need.mode_stated).then(|| open_to_all(&rows, now));
    let mut needs = Vec::with_capacity(collection.needs.len());
    for need in &collection.needs {
        let suggestion = suggest(&format!("{}\n{}", need.row.title, need.row.description));
        let row = ticked(&need.row, &suggestion);
        let pool = if need.mode_stated { &pool } else { any_mode.as_ref().unwrap_or(&pool) };
        let ranking = order(pool, &row, &need.enterprise, now);
        needs.push(scored(collection, need, &places, &ranking, suggestion));
    }
    let overall = measures(needs.iter());
    let mut names: Vec<&String> = needs.iter().filter_map(|need| need.class.as_ref()).collect();
    names.sort_unstable();
    names.dedup();
    let of_class = |name: &String| measures(needs.iter().filter(|need| need.class.as_ref() == Some(name)));
    let classes = names.into_iter().map(|name| (name.clone(), of_class(name))).collect();
    Scored { overall, classes, needs }
}

/// The same experts, each offering every channel.
fn open_to_all(rows: &[ExpertRows], now: DateTime<Utc>) -> ExpertPool {
    let mut open = rows.to_vec();
    for (row, _, _) in &mut open {
        row.modes = JsonText::of(&Vec::new());
    }
    ExpertPool::of_records(&open, now)
}

/// The need as a liaison would hand it in: where no service is named, the ones suggested most strongly are ticked; the
/// same for industries.
fn ticked(row: &NeedRow, suggestion: &Suggestion) -> NeedRow {
    let mut row = row.clone();
    if row.services.get().is_empty() {
        let best = suggestion.services.first().map_or(0.0, |(_, score)| *score);
        let near =
            suggestion.services.iter().filter(|(_, score)| *score >= WORTH_TICKING.max(best * TICKED_WITH_THE_BEST));
        row.services = JsonText::of(&near.take(MOST_TICKED).map(|(slug, _)| slug.clone()).collect());
    }
    if row.industries.get().is_empty() {
        row.industries = JsonText::of(&suggestion.industries);
    }
    row
}

fn scored(
    collection: &Collection,
    need: &JudgedNeed,
    places: &HashMap<ExpertId, usize>,
    ranking: &Ranking,
    suggestion: Suggestion,
) -> ScoredNeed {
    let mut returned = Vec::with_capacity(ranking.ranked.len());
    let mut grades = Vec::with_capacity(ranking.ranked.len());
    let mut violations = Vec::new();
    for ranked in &ranking.ranked {
        let Some((place, expert)) = places.get(&ranked.id).and_then(|at| Some((*at, collection.experts.get(*at)?)))
        else {
            continue;
        };
        let grade = need.grades.get(&place).copied().unwrap_or(0);
        if grade == relevance::EXCLUDED {
            violations.push(expert.id.clone());
        }
        grades.push(grade);
        returned.push((expert.id.clone(), f64::from(ranked.score) / 100.0));
    }
    let judged: Vec<i8> = need.grades.values().copied().collect();
    let ndcg_at_10 = relevance::ndcg(&grades, &judged, relevance::NDCG_DEPTH);
    let asked = need.row.services.get();
    let first = suggestion.services.iter().position(|(slug, _)| asked.contains(slug));
    ScoredNeed {
        id: need.id.clone(),
        class: need.class.clone(),
        title: need.row.title.clone(),
        ndcg_at_10,
        reciprocal_rank: ndcg_at_10.map(|_| relevance::reciprocal_rank(&grades)),
        recall_at_20: relevance::recall(&grades, &judged, relevance::RECALL_DEPTH),
        to_exclude: judged.iter().filter(|grade| **grade == relevance::EXCLUDED).count(),
        violations,
        suggestion_rank: (!asked.is_empty()).then(|| first.map_or(0, |at| at + 1)),
        returned,
        suggested: suggestion.services,
    }
}

fn measures<'a>(needs: impl Iterator<Item = &'a ScoredNeed>) -> Measures {
    let needs: Vec<&ScoredNeed> = needs.collect();
    let mean = |of: fn(&ScoredNeed) -> Option<f64>| relevance::mean(needs.iter().filter_map(|need| of(need)));
    let suggestions: Vec<usize> = needs.iter().filter_map(|need| need.suggestion_rank).collect();
    let within = |depth: usize| {
        let hits = suggestions.iter().map(|rank| if (1..=depth).contains(rank) { 1.0 } else { 0.0 });
        (!suggestions.is_empty()).then(|| relevance::mean(hits))
    };
    Measures {
        needs: needs.len(),
        ndcg_at_10: mean(|need| need.ndcg_at_10),
        mrr: mean(|need| need.reciprocal_rank),
        recall_at_20: mean(|need| need.recall_at_20),
        exclusion_violations: needs.iter().map(|need| need.violations.len()).sum(),
        to_exclude: needs.iter().map(|need| need.to_exclude).sum(),
        suggest_top_1: within(1),
        suggest_top_3: within(3),
    }
}
