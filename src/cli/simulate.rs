//! `zhipai simulate`: the deterministic run of the real code on a virtual clock.

use super::opening::Failure;
use crate::simulation::ledger::Figures;
use crate::simulation::plan::{Plan, SimulateArgs};
use crate::simulation::run::{Ended, Run, Violation};
use std::io::IsTerminal;
use std::time::Instant;

/// Runs the seeds one after the other, and prints what each came to.
///
/// # Errors
/// The seed that failed, and why; with a guard taken away, that no seed noticed.
pub fn run(args: &SimulateArgs) -> Result<(), Failure> {
    let seeds = args.seeds.clone().map_or(args.seed..=args.seed, |seeds| seeds.0);
    if args.database.is_some() && seeds.clone().count() > 1 {
        return Err("--database takes one seed: a simulation needs an empty database".to_owned());
    }
    let (began, count) = (Instant::now(), seeds.clone().count());
    let mut total = (0, 0, 0_u64);
    for (seed, nth) in seeds.zip(1..) {
        let plan = Plan::of(args, seed);
        match one(&plan) {
            Ok(figures) => {
                total = (total.0 + figures.needs, total.1 + figures.letters, total.2 + figures.looks);
                if count == 1 {
                    println!("{figures}");
                } else if std::io::stderr().is_terminal() {
                    eprint!("\rseed {seed}");
                }
            }
            Err(Ended::Violation(violation)) if plan.without.is_some() => {
                print_violation(&violation, false);
                println!("noticed: seed {seed}, run {nth} of at most {count}");
                return Ok(());
            }
            Err(Ended::Violation(violation)) => {
                print_violation(&violation, true);
                return Err(format!("seed {seed}: an invariant does not hold"));
            }
            Err(Ended::Broken(why)) => return Err(format!("seed {seed}: {why}")),
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "{count} runs, {} needs, {} letters, {} looks at the invariants, {seconds:.1} s",
        total.0, total.1, total.2
    );
    match args.without {
        Some(guard) => Err(format!("nobody noticed that the guard {guard} was missing")),
        None => Ok(()),
    }
}

/// One run.
///
/// # Errors
/// [`Ended`].
pub fn one(plan: &Plan) -> Result<Figures, Ended> {
    Run::open(plan.clone())?.to_the_end()
}

fn print_violation(violation: &Violation, with_diary: bool) {
    println!("seed {}, step {}, {}", violation.seed, violation.step, violation.at);
    for offender in &violation.offenders {
        println!("{} {}: {}", offender.invariant.code(), offender.what, offender.why);
    }
    if with_diary {
        println!("{}", violation.diary);
    }
}
