//! F1: the process ends at a named point of a deed, for real (`abort` in a child), and the office that opens again over the
//! same database catches up: every need that was acknowledged is there, and every invariant holds.
//!
//! A few points run always; all of them by `cargo test --test simulation -- --ignored --nocapture every_point`.

use crate::backend::{Backend, TestDatabase};
use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use zhipai::db::{Db, need};
use zhipai::simulation::aftermath::settle;
use zhipai::simulation::plan::{Faults, Plan};
use zhipai::trial::{MOMENTS, SENT};

/// SIGABRT.
const ABORTED: i32 = 6;
/// How many of the points the simulated office must pass.
const PASSED_AT_LEAST: usize = 60;

/// The points a quick look takes: where an offer is made, answered, sent, and ends.
const QUICK: [&str; 4] =
    ["assign_expert:decided", "answer_assignment:before-commit", SENT, "tend_assignment:after-commit"];

/// Every deed with a transaction of its own, by the files of `src/actions` and `src/jobs`.
fn every_point() -> Vec<String> {
    let mut points = vec![SENT.to_owned()];
    for folder in ["src/actions", "src/jobs"] {
        let path = format!("{}/{folder}", env!("CARGO_MANIFEST_DIR"));
        for entry in std::fs::read_dir(path).expect("sources") {
            let path = entry.expect("an entry").path();
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            if text.contains("office.write(") {
                let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
                points.extend(MOMENTS.iter().map(|moment| format!("{name}:{moment}")));
            }
        }
    }
    points.sort();
    points
}

/// Ends an office at a point and opens it again. Answers whether the point was passed at all.
fn ends_at(backend: Backend, point: &str) -> bool {
    let database = TestDatabase::bare(backend);
    let plan = Plan {
        seed: 31,
        days: 10,
        experts: 24,
        needs_per_day: 4,
        faults: Faults::default(),
        without: None,
        database: Some(database.url.clone()),
        tell: true,
    };
    let child = Command::new(env!("CARGO_BIN_EXE_zhipai"))
        .args(["simulate", "--faults", "none", "--tell", "--seed", "31", "--days", "10", "--experts", "24"])
        .args(["--needs-per-day", "4", "--database", &database.url])
        // Not the first time it is passed: by then there is something to lose.
        .env("ZHIPAI_CRASH_AT", format!("{point}#2"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .output()
        .expect("a child");
    if child.status.success() {
        return false;
    }
    let said = String::from_utf8_lossy(&child.stderr);
    assert_eq!(child.status.signal(), Some(ABORTED), "{point}: {said}");
    let out = String::from_utf8_lossy(&child.stdout).into_owned();
    let taken: BTreeSet<&str> = out.lines().filter_map(|line| line.strip_prefix("taken ")).collect();
    let findings = settle(&plan).unwrap_or_else(|ended| panic!("{backend:?}, {point}: {ended:?}"));
    assert_eq!(findings.offenders, [], "{backend:?}, {point}");
    let db = Db::open(&database.url, 1).expect("opens");
    let mut reader = db.reader().expect("a reader");
    for id in taken {
        let there = need::find(&mut reader, &id.parse().expect("an id")).expect("reads");
        assert!(there.is_some(), "{backend:?}, {point}: need {id} was acknowledged and is lost");
    }
    true
}

#[test]
fn an_office_that_ended_at_a_point_goes_on() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        for point in QUICK {
            assert!(ends_at(backend, point), "{point} was never passed");
        }
    }
}

#[test]
#[ignore = "takes most of an hour: the quick form runs always"]
fn an_office_that_ended_at_every_point_goes_on() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let (passed, not_passed): (Vec<String>, Vec<String>) =
            every_point().into_iter().partition(|point| ends_at(backend, point));
        println!("{backend:?}: ended at {} points; not passed: {}", passed.len(), not_passed.join(" "));
        assert!(passed.len() >= PASSED_AT_LEAST, "{backend:?}: only {} points were passed", passed.len());
    }
}
