//! The figures as a person reads them: a table by class, then what went wrong and where.

use super::collection::Collection;
use super::scored::Measures;
use super::scored::Scored;
use super::scored::ScoredNeed;
use crate::i18n::L;

/// The most needs shown as the worst.
const WORST: usize = 12;

/// The whole report.
pub(super) fn text(collection: &Collection, scored: &Scored, l: L) -> String {
    let mut text = l.a(
        "eval-read",
        &[
            ("experts", &collection.experts.len().to_string()),
            ("needs", &collection.needs.len().to_string()),
            ("judgments", &collection.judgments.to_string()),
        ],
    );
    text.push_str("\n\n");
    text.push_str(&format!(
        "{:<16} {:>5} {:>8} {:>7} {:>10} {:>12} {:>7} {:>7}\n",
        "class", "needs", "nDCG@10", "MRR", "recall@20", "violations", "top-1", "top-3"
    ));
    text.push_str(&row("all", &scored.overall));
    for (name, measures) in &scored.classes {
        text.push_str(&row(name, measures));
    }
    let violated: Vec<&ScoredNeed> = scored.needs.iter().filter(|need| !need.violations.is_empty()).collect();
    if !violated.is_empty() {
        text.push_str(&format!("\n{}\n", l.t("eval-violations")));
        for need in violated {
            text.push_str(&format!("  {}  {}  ({})\n", need.id, need.violations.join(" "), need.title));
        }
    }
    text.push_str(&format!("\n{}\n", l.t("eval-worst")));
    for (value, need) in worst(scored) {
        let class = need.class.as_deref().unwrap_or("-");
        text.push_str(&format!("  {value:.3}  {}  {class}  {}\n", need.id, need.title));
    }
    text
}

fn worst(scored: &Scored) -> Vec<(f64, &ScoredNeed)> {
    let mut judged: Vec<(f64, &ScoredNeed)> =
        scored.needs.iter().filter_map(|need| Some((need.ndcg_at_10?, need))).collect();
    judged.sort_by(|one, other| one.0.total_cmp(&other.0).then_with(|| one.1.id.cmp(&other.1.id)));
    judged.truncate(WORST);
    judged
}

fn row(name: &str, measures: &Measures) -> String {
    let share = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"));
    format!(
        "{name:<16} {:>5} {:>8.4} {:>7.4} {:>10.4} {:>12} {:>7} {:>7}\n",
        measures.needs,
        measures.ndcg_at_10,
        measures.mrr,
        measures.recall_at_20,
        format!("{}/{}", measures.exclusion_violations, measures.to_exclude),
        share(measures.suggest_top_1),
        share(measures.suggest_top_3),
    )
}
