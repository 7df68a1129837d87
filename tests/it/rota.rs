//! `zhipai rota` beside a running service: a plan made from a file is the service's plan, explained, repaired around a leave
//! and written out; nobody is told of any of it.

use crate::on_both;
use crate::support::app::{App, Shape};
use crate::support::backend::Backend;
use crate::support::people::expert;
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::Command;
use zhipai::clock::{Clock, SystemClock};
use zhipai::seal::Keyring;

on_both!(a_plan_is_made_explained_repaired_and_written_out);

/// Runs `zhipai rota …` on the app's database. Exit code, what it printed, what it complained of.
fn rota(app: &App, arguments: &[&str]) -> (i32, String, String) {
    let folder = &app.database.folder;
    let keys = folder.join("keys");
    std::fs::write(&keys, Keyring::new(BTreeMap::from([(1, [42; 32])])).expect("keys").to_text())
        .expect("the key file");
    let output = Command::new(env!("CARGO_BIN_EXE_zhipai"))
        .args(["--lang", "zh", "rota"])
        .args(arguments)
        .env_clear()
        .env("DATABASE_URL", &app.database.url)
        .env("ZHIPAI_BASE_URL", &app.base_url)
        .env("ZHIPAI_DATA_DIR", folder.join("data"))
        .env("ZHIPAI_KEYS_FILE", &keys)
        .env("ZHIPAI_SECOND_FACTOR", "false")
        .output()
        .expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code().expect("a code"), text(output.stdout), text(output.stderr))
}

/// What a command prints that has nothing to complain of.
fn printed(app: &App, arguments: &[&str]) -> String {
    let (code, printed, complaints) = rota(app, arguments);
    assert_eq!(code, 0, "{arguments:?}: {complaints}");
    printed
}

fn turns(app: &App, plan: &str) -> Vec<Value> {
    let body = app.manager.get(&format!("/api/v1/duty/plans/{plan}")).expect(200).body;
    body["turns"].as_array().expect("turns").clone()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}"))
}

fn a_plan_is_made_explained_repaired_and_written_out(backend: Backend) {
    // A command works by the clock of the machine.
    let app = App::shaped(backend, Shape { start: Some(SystemClock.now()), ..Shape::default() });
    for name in ["沈知行", "许望舒", "顾明岚"] {
        app.manager.registers(&expert(name));
    }
    let file = app.database.folder.join("plan.json");
    let plan = json!({"title": "三月值班", "from": "2026-03-16", "to": "2026-03-18", "rules": {
        "patterns": [{"station": app.station, "weekdays": [1, 2, 3], "parts": ["morning"], "seats": 1}], "seed": 7}});
    std::fs::write(&file, plan.to_string()).expect("the plan");
    let made: Value = serde_json::from_str(&printed(&app, &["plan", file.to_str().expect("text")])).expect("JSON");
    assert_eq!((text(&made, "proof"), &made["version"]), ("optimal", &json!(1)), "{made}");
    assert!(!text(&made, "fingerprint").is_empty());
    let id = text(&made, "id").to_owned();
    let first = turns(&app, &id);
    assert_eq!(first.len(), 3, "the service has it too");
    // Who takes a turn, and, once on leave, may not.
    let (turn, taker) = (text(&first[1], "id").to_owned(), text(&first[1], "expert_id").to_owned());
    let takes = printed(&app, &["explain", &turn, &taker]);
    assert!(takes.starts_with("由他值班"), "{takes}");
    let day = text(&first[1], "day");
    app.manager.post(&format!("/api/v1/experts/{taker}/leaves"), &json!({"from": day, "to": day})).expect(201);
    let barred = printed(&app, &["explain", &turn, &taker]);
    assert!(barred.starts_with("不能值班") && barred.contains("请假"), "{barred}");
    let repaired = printed(&app, &["repair", &id]);
    let (said, outcome) = repaired.split_once('\n').expect("two lines");
    assert!(said.starts_with("已按答复重排，"), "{repaired}");
    let outcome: Value = serde_json::from_str(outcome).expect("JSON");
    assert_eq!(text(&outcome, "id"), id);
    let after = turns(&app, &id);
    for (before, now) in first.iter().zip(&after) {
        let moved = text(now, "expert_id") != text(before, "expert_id");
        assert_eq!(moved, text(now, "id") == turn, "nothing moves but what must: {now}");
    }
    // Written out, one turn a line.
    let written = printed(&app, &["export", &id]);
    let lines: Vec<&str> = written.lines().collect();
    assert_eq!((lines.len(), lines[0]), (4, "turn,station,day,part,seat,state,expert,why"), "{written}");
    for now in &after {
        let line = lines.iter().find(|line| line.starts_with(text(now, "id"))).expect("a line");
        assert!(line.contains(text(now, "expert_id")) && line.contains(text(now, "day")), "{line}");
    }
    // What is not there, and what cannot be planned, is one clear line and an exit code.
    let (code, printed, complaints) = rota(&app, &["export", "0190b4a2-1111-7abc-8def-0123456789ab"]);
    assert!(code == 1 && printed.is_empty() && complaints.contains("no such plan"), "{code}: {complaints}");
    std::fs::write(&file, plan.to_string().replace("2026-03-18", "2026-03-01")).expect("the plan");
    let (code, _, complaints) = rota(&app, &["plan", file.to_str().expect("text")]);
    assert!(code == 1 && complaints.contains("to: "), "{code}: {complaints}");
    assert!(app.mailbox.entries(None, None).is_empty(), "nobody is told");
    // The commands' last writes were a moment after the app's clock.
    app.advance(TimeDelta::minutes(5));
}
