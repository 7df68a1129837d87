//! Faults, for real: processes killed and paused, databases stopped, disks filled, clocks set, two nodes in a race.
//!
//! Every run has a quick size, which is a test like any other, and a long one: `tests/run faults NAME`
//! (`ZHIPAI_FAULTS=long`), whose number of rounds `ZHIPAI_FAULT_ROUNDS` may set. Each says at its end what it did, in one
//! line that begins with its name. What must hold is asserted, never only printed.
//!
//! # The fault matrix
//!
//! Each fault with the tests that make it happen, by where they stand; (long) behind `tests/run faults NAME`, the others among
//! the tests of `tests/run`.
//!
//! | | fault | tests |
//! |---|---|---|
//! | F1 | the process ends at a named point of a deed or job | `simulation: crash::an_office_that_ended_at_a_point_goes_on`, `…_at_points_of_chance_goes_on`, `no_deed_and_no_job_writes_without_passing_its_points`, `…_at_every_point_goes_on` (long, `crash`); `it: crash::every_point_a_story_passes_is_survived` (long, `crash`), `mail::ingest::a_message_read_again_after_a_crash_changes_nothing` |
//! | F2 | `kill -9` under load | `kills::kills_on_sqlite`, `kills::kills_on_postgres` (longer: `kills`); `it: search::kill` for the index |
//! | F3 | mail servers that fail in every way | `it: mail::faults::every_script_of_a_failing_server_holds`, `a_few_scripts_hold_for_two_seeds`, `mixed_faults_hold_for_a_few_seeds`, `a_server_that_is_not_there_is_waited_for`, `a_certificate_nobody_vouches_for_stops_the_worker`, `one_bad_recipient_never_blocks_the_others`; `smtp_every_script_over_many_seeds`, `smtp_faults_over_many_seeds` (long, `smtp`) |
//! | F4 | PostgreSQL stopped, failed over, too busy | `restarts::restarts` (longer: `restarts`); `it: db::busy::all_connections_taken_is_a_clear_not_now`, `all_writers_taken_is_a_clear_not_now`, `a_standby_is_a_clear_not_now_until_it_takes_over`, `a_writer_held_by_another_process_is_a_clear_not_now`, `a_deadlock_is_run_again`, `a_serialization_failure_is_run_again`, `a_new_enterprise_met_by_many_at_once_is_one` |
//! | F5 | the clock steps | `clock::clock_steps` (longer: `clock`); `it: http::promise::a_clock_set_back_lapses_nothing_and_takes_needs`, `http::guards::a_clock_that_is_behind_is_said_once` |
//! | F6 | the disk is full | `full::full` (longer: `full`) |
//! | F7 | the index is deleted, cut, flipped while it is used | `it: search::life_cycle::lost_or_damaged_while_it_runs_it_comes_back`, `an_index_of_another_database_is_not_used`; in the crate `search::home::tests::damage_while_it_runs_is_seen_and_harms_nobody` |
//! | F8 | two nodes at the same moment | `races::races` (longer: `races`); `it: db::nodes::two_nodes_send_each_letter_once`, `one_node_at_a_time_writes_to_a_person` |
//! | F9 | the line between a node and PostgreSQL fails | `partition::partition` (longer: `partition`) |
//! | F10 | a node is paused and goes on | `paused::paused` (longer: `paused`); `it: db::nodes::a_paused_node_writes_nothing_after_its_lease`, `db::busy::a_deed_that_stood_still_writes_nothing` |
//! | F11 | a backup taken mid-load; a schema of another release | `it: backup::what_was_answered_201_is_in_the_backup`, `db::migrations::an_older_binary_is_refused`, `another_history_is_refused_and_one_version_back_is_not`, `both_databases_have_the_same_fingerprint`. An older binary itself runs from the second release on |
//! | F12 | the trail is edited | `it: trail::two_hundred_random_edits_are_all_found`, `a_chain_rewritten_with_its_head_changes_the_root`; `trail::long::a_thousand_random_edits_on_each_database` (long, `trail`) |
//! | F13 | scanners open every link | `scanners` on both databases (longer: `scanners`) |
//! | F14 | a flood of needs | `flood::flood_on_sqlite`, `flood::flood_on_postgres` (longer: `flood`); `it: http::letters` for one person's letters; `tests/run bench flood` for the pace |
//!
//! That each guard is missed when it is taken away: `simulation: a_guard_that_is_missing_is_noticed`. Counting against an
//! independent oracle: `counting::counting` (longer: `counting`).

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
mod flood;
mod full;
mod kills;
mod partition;
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
