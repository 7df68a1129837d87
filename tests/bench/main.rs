//! Benchmarks: ratios against a baseline measured in the same run, never asserted. See `tests/run bench`.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a benchmark that meets the unexpected should end at once and say where"
)]

#[expect(dead_code, reason = "these use a part of the support")]
#[path = "../support/mod.rs"]
mod support;

mod flood;
mod flow;
mod import;
mod intake;
mod matching;
mod pages;
mod ranking;
mod registry;
mod rota;
mod search;

/// What the binary allocates with, counted.
#[global_allocator]
static MEMORY: cap::Cap<mimalloc::MiMalloc> = cap::Cap::new(mimalloc::MiMalloc, usize::MAX);

/// Runs those whose name is given, or all.
fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let runs = |name: &str| wanted.is_empty() || wanted.iter().any(|wish| name.contains(wish.as_str()));
    if runs("flow") {
        flow::run();
    }
    if runs("rota") {
        rota::run();
    }
    if runs("intake") {
        intake::run();
    }
    if runs("flood") {
        flood::run();
    }
    if runs("matching") {
        matching::run();
    }
    if runs("ranking") {
        ranking::run();
    }
    if runs("search") {
        search::run();
    }
    if runs("import") {
        import::run();
    }
    if runs("registry") {
        registry::run();
    }
    if runs("pages") {
        pages::run();
    }
}

/// The value at a share of a sorted list, nearest rank.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let rank = ((sorted.len() as f64 * share).ceil() as usize).clamp(1, sorted.len());
    sorted[rank - 1]
}
