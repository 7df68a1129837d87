//! The floors a collection's figures may not fall below (`index/relevance/floor.toml`), and who fell.

use super::scored::Measures;
use super::scored::Scored;
use super::scored::ScoredNeed;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The least of each measure; what is not named has no floor.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Floor {
    /// Mean nDCG@10.
    pub ndcg_at_10: Option<f64>,
    /// Mean reciprocal rank.
    pub mrr: Option<f64>,
    /// Mean recall@20.
    pub recall_at_20: Option<f64>,
    /// Share of needs whose best suggested service is one they name.
    pub suggest_top_1: Option<f64>,
    /// The same for the best three.
    pub suggest_top_3: Option<f64>,
}

/// Every floor of a collection. A returned expert who had to be excluded falls through all of them: that needs no figure.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Floors {
    /// Over all needs.
    pub overall: Floor,
    /// By class.
    pub class: BTreeMap<String, Floor>,
}

impl Floors {
    /// Reads a floor file.
    ///
    /// # Errors
    /// What TOML says, with line and column.
    pub fn read(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| error.to_string().trim().to_owned())
    }

    /// What fell, a line each with the needs behind it, worst first; empty if everything holds.
    #[must_use]
    pub fn fallen(&self, scored: &Scored) -> Vec<String> {
        let mut told = Vec::new();
        for need in scored.needs.iter().filter(|need| !need.violations.is_empty()) {
            told.push(format!("{}: returns {}, who must be excluded", need.id, need.violations.join(", ")));
        }
        fallen_in("overall", &self.overall, &scored.overall, scored.needs.iter(), &mut told);
        for (name, floor) in &self.class {
            let needs = scored.needs.iter().filter(|need| need.class.as_ref() == Some(name));
            match scored.classes.get(name) {
                Some(measures) => fallen_in(name, floor, measures, needs, &mut told),
                None => told.push(format!("{name}: no need of this class")),
            }
        }
        told
    }
}

/// How one need did by a measure; none where the measure does not apply to it.
type Of<'a> = &'a dyn Fn(&ScoredNeed) -> Option<f64>;

/// The most needs named for one figure.
const MOST_NAMED: usize = 10;

fn fallen_in<'a>(
    name: &str,
    floor: &Floor,
    measures: &Measures,
    needs: impl Iterator<Item = &'a ScoredNeed>,
    told: &mut Vec<String>,
) {
    let needs: Vec<&ScoredNeed> = needs.collect();
    let reached = |rank: Option<usize>, depth: usize| rank.map(|rank| f64::from((1..=depth).contains(&rank)));
    let of_ndcg = |need: &ScoredNeed| need.ndcg_at_10;
    let of_rank = |need: &ScoredNeed| need.reciprocal_rank;
    let of_recall = |need: &ScoredNeed| need.recall_at_20;
    let of_first = |need: &ScoredNeed| reached(need.suggestion_rank, 1);
    let of_third = |need: &ScoredNeed| reached(need.suggestion_rank, 3);
    let rows: [(&str, Option<f64>, Option<f64>, Of<'_>); 5] = [
        ("nDCG@10", floor.ndcg_at_10, Some(measures.ndcg_at_10), &of_ndcg),
        ("MRR", floor.mrr, Some(measures.mrr), &of_rank),
        ("recall@20", floor.recall_at_20, Some(measures.recall_at_20), &of_recall),
        ("suggestion top-1", floor.suggest_top_1, measures.suggest_top_1, &of_first),
        ("suggestion top-3", floor.suggest_top_3, measures.suggest_top_3, &of_third),
    ];
    for (measure, least, value, of) in rows {
        let Some(least) = least else { continue };
        let value = value.unwrap_or(0.0);
        if value >= least {
            continue;
        }
        let mut below: Vec<(f64, &str)> = needs
            .iter()
            .filter_map(|need| Some((of(need)?, need.id.as_str())))
            .filter(|(value, _)| *value < least)
            .collect();
        below.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(other.1)));
        let named: Vec<String> =
            below.iter().take(MOST_NAMED).map(|(value, id)| format!("{id} ({value:.3})")).collect();
        told.push(format!("{name}: {measure} is {value:.4}, floor {least}: {}", named.join(", ")));
    }
}
