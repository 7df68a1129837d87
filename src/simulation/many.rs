//! Many seeds, several at a time: each run has a thread, a clock, a chance and a database of its own.

use super::ledger::Figures;
use super::plan::Plan;
use super::run::{Ended, Run};
use std::collections::BTreeMap;
use std::num::NonZero;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// One run.
///
/// # Errors
/// [`Ended`].
pub fn one(plan: &Plan) -> Result<Figures, Ended> {
    Run::open(plan.clone())?.to_the_end()
}

/// As many at a time as there are cores.
#[must_use]
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

/// Runs every seed, `at_a_time` of them side by side, each with the plan made for it. Once one has failed no further one is
/// begun; those that run are waited for. Answers what each came to, by seed; `done` is told of each as it ends.
pub fn many(
    seeds: RangeInclusive<u64>,
    at_a_time: usize,
    plan: impl Fn(u64) -> Plan + Sync,
    done: impl Fn(u64, &Result<Figures, Ended>) + Sync,
) -> BTreeMap<u64, Result<Figures, Ended>> {
    let next = AtomicU64::new(*seeds.start());
    let failed = AtomicBool::new(false);
    let ended: Mutex<BTreeMap<u64, Result<Figures, Ended>>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..at_a_time.max(1) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed > *seeds.end() || failed.load(Ordering::SeqCst) {
                        return;
                    }
                    let came_to = one(&plan(seed));
                    if came_to.is_err() {
                        failed.store(true, Ordering::SeqCst);
                    }
                    done(seed, &came_to);
                    ended.lock().unwrap_or_else(PoisonError::into_inner).insert(seed, came_to);
                }
            });
        }
    });
    ended.into_inner().unwrap_or_else(PoisonError::into_inner)
}
