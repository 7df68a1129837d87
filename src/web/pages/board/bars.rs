//! Lists of bars: why offers were declined, how work is spread over experts, how many a need took.

use super::filter::Filter;
use crate::domain::figures::Measure;
use crate::domain::figures::overview::{LOAD_FROM, Overview};
use crate::i18n::L;

/// One bar, drawn by `m::meter` and said beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// What it is of.
    pub label: String,
    /// Where that leads; may be empty.
    pub href: String,
    /// How long.
    pub count: u64,
    /// The longest of all, never 0.
    pub most: u64,
    /// `soon`, or nothing.
    pub kind: &'static str,
    /// The figure, said.
    pub said: String,
}

fn bars(rows: Vec<(String, String, u64, &'static str)>, said: impl Fn(u64) -> String) -> Vec<Bar> {
    let most = rows.iter().map(|(_, _, count, _)| *count).max().unwrap_or(0).max(1);
    rows.into_iter()
        .map(|(label, href, count, kind)| Bar { label, href, count, most, kind, said: said(count) })
        .collect()
}

/// Why offers were declined, most frequent first; empty when none was.
#[must_use]
pub fn reasons(l: L, filter: &Filter, overview: &Overview) -> Vec<Bar> {
    let mut known: Vec<_> = overview.reasons.iter().filter(|(_, count)| *count > 0).collect();
    known.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let rows = known
        .into_iter()
        .map(|(reason, count)| {
            let href = filter.cases_with(Measure::Offered, &[("reason", reason.as_str())]);
            (l.t(&format!("decline-reason-{reason}")), href, *count, "")
        })
        .collect();
    bars(rows, |count| l.a("board-n-offers", &[("n", &count.to_string())]))
}

/// How many experts had how many offers. Who was never asked is only known where the whole register is counted.
#[must_use]
pub fn load(l: L, overview: &Overview, on_register: Option<i64>) -> Vec<Bar> {
    if overview.asked_experts == 0 {
        return Vec::new();
    }
    let mut rows = Vec::new();
    if let Some(all) = on_register {
        let never = u64::try_from(all).unwrap_or(0).saturating_sub(overview.asked_experts);
        rows.push((l.t("board-load-never"), String::new(), never, "soon"));
    }
    for (place, (from, count)) in LOAD_FROM.iter().zip(overview.load).enumerate() {
        let label = match LOAD_FROM.get(place + 1) {
            Some(next) => l.a("board-load-from-to", &[("from", &from.to_string()), ("to", &(next - 1).to_string())]),
            None => l.a("board-load-from", &[("from", &from.to_string())]),
        };
        rows.push((label, String::new(), count, if place + 1 == LOAD_FROM.len() { "soon" } else { "" }));
    }
    bars(rows, |count| l.a("board-n-experts", &[("n", &count.to_string())]))
}

/// What the spread says.
#[must_use]
pub fn load_say(l: L, overview: &Overview) -> String {
    let asked = overview.asked_experts.to_string();
    match overview.busiest_tenth_percent {
        Some(percent) => l.a("board-load-say", &[("asked", &asked), ("percent", &percent.to_string())]),
        None => l.t("board-load-nobody"),
    }
}

/// The busiest experts.
#[must_use]
pub fn busiest(l: L, filter: &Filter, experts: &[(String, String, u32)]) -> Vec<Bar> {
    let by_expert = Filter { by: crate::domain::figures::By::Expert, ..filter.clone() };
    let rows = experts
        .iter()
        .map(|(id, name, count)| (name.clone(), format!("{}offered", by_expert.row_cases(id)), u64::from(*count), ""))
        .collect();
    bars(rows, |count| l.a("board-n-offers", &[("n", &count.to_string())]))
}

/// How many offers a need took.
#[must_use]
pub fn chain(l: L, overview: &Overview) -> Vec<Bar> {
    if overview.chain.iter().all(|count| *count == 0) {
        return Vec::new();
    }
    let rows = overview
        .chain
        .iter()
        .enumerate()
        .map(|(place, count)| {
            let key = if place + 1 == overview.chain.len() { "board-chain-from" } else { "board-chain" };
            (l.a(key, &[("n", &(place + 1).to_string())]), String::new(), *count, "")
        })
        .collect();
    bars(rows, |count| l.a("board-n-needs", &[("n", &count.to_string())]))
}
