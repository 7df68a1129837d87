//! A process that is killed while it writes the index leaves nothing damaged, lost or doubled.
//!
//! A real child process submits needs to a SQLite file and follows it with an index on disk, and is killed at a moment
//! drawn by a seeded generator; then this process opens what is left. Twenty times in every run of the tests; a thousand
//! with `tests/run faults killed_a_thousand`.

use super::built;
use crate::support::app::{App, Shape, at};
use crate::support::backend::Backend;
use crate::support::people::need;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use zhipai::actions::retract_need::retract_need;
use zhipai::actions::submit_need::{SubmitNeed, submit_need};
use zhipai::actions::{Actor, Office, Settings};
use zhipai::clock::{Chance, Clock, VirtualClock};
use zhipai::db::Db;
use zhipai::domain::role::{Role, Scope, Staff};
use zhipai::ids::{AccountId, StationId};
use zhipai::seal::Keyring;
use zhipai::search::{IndexHome, Kind};

const CHILD: &str = "ZHIPAI_TEST_INDEX_CHILD";

fn office(folder: &Path, seed: u64) -> Office {
    let clock: Arc<dyn Clock> = Arc::new(VirtualClock::standing(at("2026-03-10T10:00:00+08:00")));
    let keys = Keyring::new(BTreeMap::from([(1, [42; 32])])).expect("keys");
    let settings =
        Settings { base_url: "http://127.0.0.1".to_owned(), connections: 2, second_factor: false, mail_off: true };
    let db = Db::open(&format!("sqlite:{}", folder.join("zhipai.db").display()), 2).expect("opens");
    let home = IndexHome::open(&folder.join("index")).expect("nobody else has it");
    Office::open(db, clock, Chance::seeded(seed), keys, settings, home).expect("an office")
}

/// The child: nothing in an ordinary run; asked for by its variable, it works until it is killed.
#[test]
fn child() {
    let Ok(told) = std::env::var(CHILD) else { return };
    let parts: Vec<&str> = told.split('|').collect();
    let office = office(&PathBuf::from(parts[0]), parts[3].parse().expect("a seed"));
    let station: StationId = parts[2].parse().expect("a station");
    let actor = Actor::Staff(Staff {
        account: parts[1].parse::<AccountId>().expect("an account"),
        role: Role::Liaison,
        scope: Scope::Station(station),
        station: Some(station),
    });
    println!("ready");
    loop {
        for _ in 0..3 {
            let input: SubmitNeed = serde_json::from_value(need()).expect("a need");
            let id = submit_need(&office, &actor, &input).expect("submitted").id;
            if id.as_str().ends_with(['0', '1', '2', '3']) {
                retract_need(&office, &actor, id, "企业撤回").expect("retracted");
            }
        }
        office.follow_index().expect("follows");
        let index = office.index.current().expect("an index");
        println!("indexed {}", index.count(Kind::Need).expect("a count"));
    }
}

/// Kills a child after it said `lines` things and then worked for `micros`; answers the most needs it said were indexed.
fn killed(folder: &Path, app: &App, seed: u64, lines: u64, micros: u64) -> usize {
    let told = format!("{}|{}|{}|{seed}", folder.display(), app.liaison.account, app.station);
    let mut child = Command::new(std::env::current_exe().expect("this binary"))
        .args(["search::kill::child", "--exact", "--nocapture", "--test-threads=1"])
        .env(CHILD, told)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a child");
    let mut output = BufReader::new(child.stdout.take().expect("its output"));
    let (mut said, mut indexed) = (0, 0);
    let mut line = String::new();
    while said < lines {
        line.clear();
        assert!(output.read_line(&mut line).expect("reads") > 0, "the child ended by itself: {line}");
        // The harness says a few things of its own.
        if line.contains("ready") || line.starts_with("indexed ") {
            said += 1;
        }
        if let Some(count) = line.trim().strip_prefix("indexed ") {
            indexed = count.parse().expect("a count");
        }
    }
    let until = Instant::now() + Duration::from_micros(micros);
    while Instant::now() < until {
        std::hint::spin_loop();
    }
    child.kill().expect("killed");
    child.wait().expect("gone");
    // What it said before it died counts too.
    for line in output.lines().map_while(Result::ok) {
        if let Some(count) = line.trim().strip_prefix("indexed ") {
            indexed = count.parse().expect("a count");
        }
    }
    indexed
}

#[test]
fn killed_twenty_times_nothing_is_damaged_lost_or_doubled() {
    survives(20);
}

#[test]
#[ignore = "takes minutes: tests/run faults killed_a_thousand"]
fn killed_a_thousand_times_nothing_is_damaged_lost_or_doubled() {
    survives(1_000);
}

fn survives(kills: u64) {
    let mut turn: u64 = 20_260_310;
    let mut next = |below: u64| {
        turn = turn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (turn >> 33) % below
    };
    let (mut from_disk, mut anew) = (0, 0);
    let mut app = App::shaped(Backend::Sqlite, Shape::default());
    for kill in 0..kills {
        if kill % 40 == 39 {
            app = App::shaped(Backend::Sqlite, Shape::default());
        }
        let folder = app.database.folder.clone();
        if kill % 10 == 5 {
            // Sometimes it dies while it builds an index from nothing.
            std::fs::remove_dir_all(folder.join("index")).expect("removed");
        }
        let indexed = killed(&folder, &app, 1_000 + kill, next(6), next(60_000));
        let (home, mark) = IndexHome::open(&folder.join("index")).expect("opens, whatever is left");
        if mark.is_some() {
            from_disk += 1;
            let index = home.current().expect("what has a mark is there");
            let print = index.fingerprint().expect("readable to the last posting");
            assert_eq!(print.documents, print.distinct, "kill {kill}: something is there twice");
            assert_eq!(index.damage(), None, "kill {kill}");
            assert!(
                index.count(Kind::Need).expect("a count") >= indexed,
                "kill {kill}: what was said to be in is gone"
            );
        } else {
            anew += 1;
            assert_eq!(indexed, 0, "kill {kill}: an index that was in use is gone");
        }
        drop(home);
        // A new process goes on from where the other died, and ends where one would that never died.
        let survivor = office(&folder, 1);
        survivor.follow_index().expect("follows");
        let index = survivor.index.current().expect("an index");
        let print = index.fingerprint().expect("a fingerprint");
        assert_eq!(print.documents, print.distinct, "kill {kill}");
        if kill % 5 == 4 || kills <= 20 {
            assert_eq!(print, built(&app), "kill {kill}: not what the database says");
        }
    }
    println!("{kills} kills: {from_disk} times an index was found whole, {anew} times there was none yet");
    assert!(from_disk > 0);
}
