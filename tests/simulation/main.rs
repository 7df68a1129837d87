//! The simulation, run as a test: every seed that ever failed, and some fresh ones, on both databases; and the guards.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that meets the unexpected should end at once and say where"
)]

#[path = "../support/backend.rs"]
#[expect(dead_code, reason = "the simulation migrates its own databases")]
mod backend;

mod crash;

use backend::{Backend, TestDatabase};
use zhipai::cli::simulate::one;
use zhipai::simulation::ledger::Figures;
use zhipai::simulation::plan::{Faults, Missing, Plan};
use zhipai::simulation::run::Ended;

/// Every seed that ever failed, one a line; what follows it on the line is what it found.
const SEEDS: &str = include_str!("seeds.txt");
/// Fresh seeds, the same every time.
const FRESH: [u64; 2] = [20_261, 20_262];
/// How many seeds a guard that is missing may go unnoticed.
const NOTICED_WITHIN: u64 = 200;

fn plan(seed: u64, faults: Faults) -> Plan {
    Plan { seed, days: 12, experts: 40, needs_per_day: 3, faults, without: None, database: None, tell: false }
}

fn well(plan: &Plan) -> Figures {
    match one(plan) {
        Ok(figures) => figures,
        Err(Ended::Broken(why)) => panic!("seed {}: {why}", plan.seed),
        Err(Ended::Violation(found)) => {
            panic!("seed {}, step {}, {}: {:#?}\n{}", found.seed, found.step, found.at, found.offenders, found.diary)
        }
    }
}

fn failed_before() -> Vec<u64> {
    SEEDS
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .map(|line| line.split_whitespace().next().and_then(|seed| seed.parse().ok()).expect("a seed"))
        .collect()
}

#[test]
fn every_seed_that_ever_failed_holds() {
    for seed in failed_before() {
        well(&plan(seed, Faults::all()));
    }
}

#[test]
fn the_same_seed_is_the_same_run_on_both_databases() {
    for seed in FRESH {
        let mut plan = plan(seed, Faults::all());
        let first = well(&plan);
        assert_eq!(first, well(&plan), "seed {seed}: run twice");
        let database = TestDatabase::bare(Backend::Postgres);
        plan.database = Some(database.url.clone());
        assert_eq!(first, well(&plan), "seed {seed}: on PostgreSQL");
        assert!(first.needs > 20 && first.letters > 60 && first.on_time > 0, "{first}");
    }
}

#[test]
fn a_quiet_world_sends_every_letter_once() {
    let figures = well(&plan(7, Faults::default()));
    assert_eq!((figures.doubles, figures.faults), (0, 0));
    assert!(figures.lapsed > 0 && figures.deepest > 1, "{figures}");
}

#[test]
fn a_guard_that_is_missing_is_noticed() {
    for (name, guard) in Missing::NAMES {
        let noticed = (1..=NOTICED_WITHIN).find(|seed| {
            let mut plan = plan(*seed, Faults::all());
            plan.without = Some(guard);
            matches!(one(&plan), Err(Ended::Violation(_)))
        });
        assert!(noticed.is_some(), "nobody noticed that {name} was missing");
    }
}
