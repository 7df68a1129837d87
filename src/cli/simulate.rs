//! `zhipai simulate`: the deterministic run of the real code on a virtual clock.

use super::opening::Failure;
pub use crate::simulation::many::one;
use crate::simulation::many::{cores, many};
use crate::simulation::plan::{Plan, SimulateArgs};
use crate::simulation::run::{Ended, Violation};
use std::io::IsTerminal;
use std::ops::RangeInclusive;
use std::time::Instant;

/// Runs the seeds, several at a time, and prints what they came to.
///
/// # Errors
/// The seed that failed, and why; with a guard taken away, that no seed noticed.
pub fn run(args: &SimulateArgs) -> Result<(), Failure> {
    let seeds = args.seeds.clone().map_or(args.seed..=args.seed, |seeds| seeds.0);
    if args.database.is_some() && seeds.clone().count() > 1 {
        return Err("--database takes one seed: a simulation needs an empty database".to_owned());
    }
    if let Some(guard) = args.without {
        return without(args, seeds, &guard.to_string());
    }
    let (began, count) = (Instant::now(), seeds.clone().count());
    let at_a_time = args.jobs.unwrap_or_else(cores).min(count);
    let shows = count > 1 && std::io::stderr().is_terminal();
    let ended = many(
        seeds,
        at_a_time,
        |seed| Plan::of(args, seed),
        |seed, _| {
            if shows {
                eprint!("\rseed {seed}   ");
            }
        },
    );
    let (mut needs, mut letters, mut looks) = (0, 0, 0_u64);
    for (seed, came_to) in ended {
        match came_to {
            Ok(figures) => {
                needs += figures.needs;
                letters += figures.letters;
                looks += figures.looks;
                if count == 1 {
                    println!("{figures}");
                }
            }
            Err(Ended::Violation(violation)) => {
                print_violation(&violation, true);
                return Err(format!("seed {seed}: an invariant does not hold"));
            }
            Err(Ended::Broken(why)) => return Err(format!("seed {seed}: {why}\n{}", Plan::of(args, seed).again())),
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    println!("{count} runs, {needs} needs, {letters} letters, {looks} looks at the invariants, {seconds:.1} s");
    Ok(())
}

/// With a guard taken away: seed after seed, until one notices.
fn without(args: &SimulateArgs, seeds: RangeInclusive<u64>, guard: &str) -> Result<(), Failure> {
    let count = seeds.clone().count();
    for (seed, nth) in seeds.zip(1..) {
        match one(&Plan::of(args, seed)) {
            Ok(_) => {}
            Err(Ended::Violation(violation)) => {
                print_violation(&violation, false);
                println!("noticed: seed {seed}, run {nth} of at most {count}");
                return Ok(());
            }
            Err(Ended::Broken(why)) => return Err(format!("seed {seed}: {why}")),
        }
    }
    Err(format!("nobody noticed that the guard {guard} was missing"))
}

fn print_violation(violation: &Violation, with_diary: bool) {
    println!("seed {}, step {}, {}", violation.seed, violation.step, violation.at);
    for offender in &violation.offenders {
        println!("{} {}: {}", offender.invariant.code(), offender.what, offender.why);
    }
    if with_diary {
        println!("{}", violation.diary);
        println!("again: {}", violation.again);
    }
}
