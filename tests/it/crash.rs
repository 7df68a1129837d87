//! F1, the points the simulated office never passes: the stories of these tests pass nearly every deed, so each is run in a
//! process of its own that ends (`abort`) at a named point of it, and its database is opened again: every invariant holds
//! at once, and again after the desk has worked alone for three days.
//!
//! `tests/run faults crash`. Which story passes which point is found by running each once. On SQLite; the points of the
//! simulated office are killed on both databases by `tests/simulation/crash.rs`.

use crate::support::app::{at, sender};
use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use zhipai::actions::{Office, Settings};
use zhipai::clock::{Chance, Clock, VirtualClock};
use zhipai::db::Db;
use zhipai::invariants::{Findings, Look, Offender, Reach, verify};
use zhipai::jobs::{Desk, next_due, tick};
use zhipai::mail::{MailboxFile, Mailer};
use zhipai::seal::Keyring;
use zhipai::search::IndexHome;

/// SIGABRT.
const ABORTED: i32 = 6;
/// How many points all stories together must pass.
const PASSED_AT_LEAST: usize = 200;
/// Points that a story may pass once and not again: threads of it race for them.
const MAY_BE_MISSED: [&str; 0] = [];
/// A story that takes longer stands still.
const AT_MOST: Duration = Duration::from_secs(300);

fn program() -> PathBuf {
    std::env::current_exe().expect("this program")
}

/// The stories told on SQLite.
fn stories() -> Vec<String> {
    let said = Command::new(program()).arg("--list").output().expect("lists");
    String::from_utf8_lossy(&said.stdout)
        .lines()
        .filter_map(|line| line.strip_suffix(": test"))
        .filter(|name| name.contains("::sqlite::"))
        .filter(|name| ["http::", "db::", "mail::"].iter().any(|part| name.starts_with(part)))
        .map(str::to_owned)
        .collect()
}

/// Runs a story in a process of its own. Gives what became of it, and where its databases lie.
fn tell(story: &str, name: &str, value: &str) -> (ExitStatus, PathBuf) {
    let mut child = Command::new(program())
        .args(["--exact", story, "--test-threads=1"])
        .env(name, value)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a child");
    let folder = std::env::temp_dir().join(format!("zhipai-it-{}", child.id()));
    (ends(&mut child, story), folder)
}

/// How a story ended; one that does not end is ended.
fn ends(child: &mut Child, story: &str) -> ExitStatus {
    let until = Instant::now() + AT_MOST;
    loop {
        if let Some(status) = child.try_wait().expect("a child") {
            return status;
        }
        if Instant::now() > until {
            let _ = (child.kill(), child.wait());
            panic!("{story} does not end");
        }
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

/// The points each story passes.
fn points_of(story: &str) -> BTreeSet<String> {
    let list = std::env::temp_dir().join(format!("zhipai-points-{}", std::process::id()));
    let _ = std::fs::remove_file(&list);
    let (_, folder) = tell(story, "ZHIPAI_CRASH_LIST", &list.to_string_lossy());
    let points = std::fs::read_to_string(&list).unwrap_or_default();
    let _ = (std::fs::remove_file(&list), std::fs::remove_dir_all(folder));
    points.lines().map(str::to_owned).collect()
}

/// The databases a story left: an app's each.
fn databases(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries
        .filter(|entry| entry.file_name().to_string_lossy().starts_with('t'))
        .map(|entry| entry.path().join("zhipai.db"))
        .filter(|file| file.exists())
        .collect();
    found.sort();
    found
}

/// Everything that does not hold in a database whose process ended, at once and after three days of the desk alone.
fn offenders(file: &Path) -> Vec<Offender> {
    use diesel::prelude::*;
    use zhipai::db::schema::audit;
    let db = Db::open(&format!("sqlite:{}", file.display()), 2).expect("opens");
    let last: Option<chrono::NaiveDateTime> =
        audit::table.select(diesel::dsl::max(audit::at)).first(&mut *db.reader().expect("a reader")).expect("reads");
    let began = last.map_or_else(|| at("2026-03-10T10:00:00+08:00"), |at| at.and_utc() + chrono::TimeDelta::seconds(1));
    let clock = Arc::new(VirtualClock::standing(began));
    let keys = Keyring::new(BTreeMap::from([(1, [42; 32])])).expect("keys");
    let settings =
        Settings { base_url: "http://127.0.0.1".to_owned(), connections: 2, second_factor: false, mail_off: false };
    let shared: Arc<dyn Clock> = clock.clone();
    let index = (IndexHome::in_memory(), None);
    let office = Arc::new(Office::open(db, shared, Chance::seeded(99), keys, settings, index).expect("opens again"));
    let mailer: Arc<dyn Mailer> = Arc::new(MailboxFile::in_memory());
    let desk = Desk::new(office.clone(), Some(mailer), sender());
    let mut findings = Findings::default();
    let mut look = || {
        let calendar = office.calendar();
        let look = Look::at(office.now(), &calendar, None);
        let mut reader = office.read().expect("a reader");
        verify(&mut reader, &office.keys, &look, Reach::Everything, &[], &mut findings).expect("verifies");
    };
    look();
    let end = clock.now() + chrono::TimeDelta::days(3);
    loop {
        tick(&desk).expect("a round");
        let now = clock.now();
        let next = next_due(&office).expect("reads").map_or(end, |due| due.max(now + chrono::TimeDelta::minutes(1)));
        if next >= end {
            break;
        }
        clock.move_to(next);
    }
    clock.move_to(end);
    tick(&desk).expect("a round");
    look();
    findings.offenders
}

#[test]
#[ignore = "long: run by name, tests/run faults crash"]
fn every_point_a_story_passes_is_survived() {
    let mut by_point: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let stories = stories();
    for story in &stories {
        let points = points_of(story);
        for point in &points {
            // Of the stories that pass a point the one with the fewest is the shortest.
            let kept = by_point.entry(point.clone()).or_insert_with(|| (points.len(), story.clone()));
            if points.len() < kept.0 {
                *kept = (points.len(), story.clone());
            }
        }
    }
    assert!(by_point.len() >= PASSED_AT_LEAST, "{} stories pass only {} points", stories.len(), by_point.len());
    let (mut kills, mut missed, mut wrong) = (0, Vec::new(), Vec::new());
    for (point, (_, story)) in &by_point {
        let (ended, folder) = tell(story, "ZHIPAI_CRASH_AT", point);
        if ended.signal() == Some(ABORTED) {
            kills += 1;
            let files = databases(&folder);
            // Every point is a writing office's, which has its database by then.
            if files.is_empty() {
                wrong.push(format!("{point} in {story}: there is no database to look into"));
            }
            for file in files {
                wrong.extend(offenders(&file).into_iter().map(|offender| format!("{point} in {story}: {offender:?}")));
            }
        } else if !MAY_BE_MISSED.contains(&point.as_str()) {
            missed.push(format!("{point} in {story}: {ended}"));
        }
        let _ = std::fs::remove_dir_all(&folder);
    }
    println!("crash in stories: {kills} kills at {} points in {} stories", by_point.len(), stories.len());
    assert!(missed.is_empty(), "not passed a second time:\n{}", missed.join("\n"));
    assert!(wrong.is_empty(), "{} things do not hold:\n{}", wrong.len(), wrong.join("\n"));
    assert!(kills >= PASSED_AT_LEAST, "only {kills} of {} points were ended at", by_point.len());
}
