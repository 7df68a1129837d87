//! Faults, for real: processes killed and paused, databases stopped, disks filled, clocks set, two nodes in a race.
//!
//! Every run has a quick size, which is a test like any other, and a long one: `tests/run faults NAME`
//! (`ZHIPAI_FAULTS=long`), whose number of rounds `ZHIPAI_FAULT_ROUNDS` may set. Each says at its end what it did, in one
//! line that begins with its name. What must hold is asserted, never only printed.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that meets the unexpected should end at once and say where"
)]

#[expect(dead_code, reason = "these use a part of the support")]
#[path = "../support/mod.rs"]
mod support;

#[expect(dead_code, unused_imports, reason = "these runs use a part of the sink")]
#[path = "../support/smtp_sink.rs"]
mod smtp_sink;

mod clients;
mod cluster;
mod served;

mod clock;
mod counting;
mod full;
mod kills;
mod paused;
mod races;
mod restarts;
mod scanners;

use std::time::{Duration, Instant};

/// How often: the quick size in `tests/run`, the long one behind `tests/run faults`.
fn rounds(quick: usize, long: usize) -> usize {
    let said = std::env::var("ZHIPAI_FAULT_ROUNDS").ok().and_then(|text| text.parse().ok());
    match std::env::var("ZHIPAI_FAULTS").as_deref() {
        Ok("long") => said.unwrap_or(long),
        _ => quick,
    }
}

/// Waits until it is so, looking again and again; panics with `what` after the deadline.
fn until<T>(what: &str, within: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(started.elapsed() < within, "not within {within:?}: {what}");
        // Nobody unparks this thread: the pause only keeps the processor for those who are waited for.
        std::thread::park_timeout(Duration::from_millis(2));
    }
}
