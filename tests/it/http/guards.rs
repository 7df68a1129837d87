//! What holds when several act at once, at night, or behind the office's back: caps, quiet hours, limits a person, a
//! calendar approved on another node, roots that leave the house.

use crate::on_both;
use crate::support::app::{App, at, sender};
use crate::support::backend::Backend;
use crate::support::people::{Holder, address, expert, need};
use chrono::TimeDelta;
use diesel::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use zhipai::actions::keep_pulse::{Pulse, keep_pulse};
use zhipai::actions::set_policy::set_policy;
use zhipai::actions::{Actor, Office};
use zhipai::clock::{Chance, Clock};
use zhipai::db::schema::{outbox, tasks};
use zhipai::db::{self, Db};
use zhipai::domain::policy::Policy;
use zhipai::domain::task::TaskKind;
use zhipai::ids::NeedId;
use zhipai::invariants::{Findings, Invariant, Look, look_at};
use zhipai::jobs::night::{night, write_roots};
use zhipai::jobs::{Desk, tick};
use zhipai::seal::Keyring;
use zhipai::search::IndexHome;

on_both!(
    nobody_passes_a_cap_however_many_ask_at_once,
    a_clock_that_is_behind_is_said_once,
    a_click_at_night_writes_to_nobody_else_before_the_morning,
    one_address_is_one_reader_and_a_last_reminder_is_not_held,
    a_node_counts_by_a_notice_another_node_approved,
    a_task_ticked_off_behind_the_offices_back_is_seen,
    the_daily_roots_leave_the_database,
);

fn nobody_passes_a_cap_however_many_ask_at_once(backend: Backend) {
    let app = App::start(backend);
    for name in ["沈知行", "许望舒", "陆以宁"] {
        let who = app.manager.registers(&expert(name));
        let needs: Vec<String> = (0..6).map(|_| app.liaison.submits(&need())).collect();
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let all: Vec<_> = needs
                .iter()
                .map(|id| {
                    let (app, who) = (&app, &who);
                    scope.spawn(move || {
                        let body = json!({"expert_id": who});
                        app.liaison.post(&format!("/api/v1/needs/{id}/assignments"), &body).status
                    })
                })
                .collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 2, "two open offers: {statuses:?}");
        assert!(statuses.iter().all(|status| *status == 201 || *status == 409), "{statuses:?}");
    }
}

fn a_clock_that_is_behind_is_said_once(backend: Backend) {
    let app = App::start(backend);
    // Another node, whose clock is a minute ahead, beats on.
    for seconds in [60, 75, 90] {
        let beat = at("2026-03-10T10:00:00+08:00") + TimeDelta::seconds(seconds);
        app.office.write(|tx| Ok(db::pulse::beat(tx.conn, beat.naive_utc())?)).expect("beats");
        assert_eq!(keep_pulse(&app.office).expect("beats"), Pulse::ClockBack);
    }
    let open: i64 = tasks::table
        .filter(tasks::kind.eq(TaskKind::ClockBack))
        .count()
        .get_result(&mut *app.office.read().expect("a reader"))
        .expect("counts");
    assert_eq!(open, 1);
    app.office.write(|tx| Ok(db::pulse::set(tx.conn, tx.office.clock.now().naive_utc())?)).expect("set");
    keep_pulse(&app.office).expect("beats");
}

fn a_click_at_night_writes_to_nobody_else_before_the_morning(backend: Backend) {
    let app = App::start(backend);
    let who = app.manager.registers(&expert("沈知行"));
    let id = app.liaison.submits(&need());
    app.liaison.asks(&id, &who, &[]);
    app.tick();
    app.advance_to("2026-03-10T23:30:00+08:00");
    let before = app.letters_to("zhou@yunxiu.example").len();
    let mine = app.letters_to(&address("沈知行")).len();
    Holder::of(app.link_to(&address("沈知行"))).posts(&[("answer", "accept")]);
    app.tick();
    assert_eq!(app.letters_to(&address("沈知行")).len(), mine + 1, "whoever clicked hears at once");
    assert_eq!(app.letters_to("zhou@yunxiu.example").len(), before, "nobody else at night");
    app.advance_to("2026-03-11T08:00:01+08:00");
    assert_eq!(app.letters_to("zhou@yunxiu.example").len(), before + 1);
}

fn one_address_is_one_reader_and_a_last_reminder_is_not_held(backend: Backend) {
    let app = App::start(backend);
    let mut policy = Policy::default();
    policy.letters.letters_a_day = 1;
    policy.letters.reminders = vec!["6h".parse().expect("a point")];
    set_policy(&app.office, &Actor::Operator, &policy).expect("a policy");
    app.clock.advance(TimeDelta::minutes(1));
    let who = app.manager.registers(&expert("沈知行"));
    let needs = [app.liaison.submits(&need()), app.liaison.submits(&need())];
    let mut readers: Vec<String> = outbox::table
        .filter(outbox::need.eq_any(needs.iter().map(|id| id.parse::<NeedId>().expect("an id")).collect::<Vec<_>>()))
        .select(outbox::reader)
        .load(&mut *app.office.read().expect("a reader"))
        .expect("readers");
    readers.dedup();
    assert!(readers.len() == 1 && readers[0].starts_with("mail:") && !readers[0].contains('@'), "{readers:?}");
    let offers: Vec<String> = needs.iter().map(|id| app.liaison.asks(id, &who, &[])).collect();
    app.tick();
    app.advance_to("2026-03-12T09:00:00+08:00");
    let asks = json!({"answer": "question", "note": "几点？", "channel": "phone"});
    app.liaison.post(&format!("/api/v1/assignments/{}/answer", offers[0]), &asks).expect(200);
    app.liaison.post(&format!("/api/v1/assignments/{}/reply", offers[0]), &json!({"text": "下午两点。"})).expect(200);
    app.tick();
    let before = app.letters_to(&address("沈知行")).len();
    // The day's one letter has gone; the other offer's only reminder would leave tomorrow, after its end.
    app.advance_to("2026-03-12T18:00:01+08:00");
    assert_eq!(app.letters_to(&address("沈知行")).len(), before + 1, "a reminder before the end is not held past it");
}

fn a_node_counts_by_a_notice_another_node_approved(backend: Backend) {
    let app = App::start(backend);
    let shared: Arc<dyn Clock> = app.clock.clone();
    let keys = Keyring::new(BTreeMap::from([(1, [42; 32])])).expect("keys");
    let db = Db::open(&app.database.url, 2).expect("opens");
    let settings = app.office.settings.clone();
    let other = Office::open(db, shared, Chance::seeded(8), keys, settings, (IndexHome::in_memory(), None));
    let other = Arc::new(other.expect("a second node"));
    let version = app.office.calendar().version().to_owned();
    let rows: Vec<&str> =
        zhipai::domain::calendar::SHIPPED_HOLIDAYS.lines().filter(|line| line.starts_with("2026-")).collect();
    let csv = format!("date,kind,occasion\n{}\n2026-03-12,holiday,调整\n", rows.join("\n"));
    let body = json!({"source": "国办发明电〔2026〕1号", "csv": csv});
    let waits = app.manager.post("/api/v1/calendar/imports", &body).expect(201).body;
    let path = format!("/api/v1/calendar/imports/{}/decision", waits["id"].as_str().expect("an id"));
    app.second_manager.post(&path, &json!({"decision": "approve"})).expect(200);
    assert_ne!(app.office.calendar().version(), version, "another calendar has another version");
    let who = app.manager.registers(&expert("沈知行"));
    let id = app.liaison.submits(&need());
    let assignment = app.liaison.asks(&id, &who, &[]);
    // The other node sends the letter, and has not followed the change log.
    let desk = Desk::new(other.clone(), Some(app.mailbox.clone()), sender());
    zhipai::jobs::post_due(&desk, &mut zhipai::jobs::TickReport::default()).expect("sent");
    assert_eq!(
        app.liaison.assignment(&assignment)["answer_due_at"],
        "2026-03-13T16:00:00Z",
        "the 12th is no working day"
    );
    assert_eq!(other.calendar().version(), app.office.calendar().version());
}

fn a_task_ticked_off_behind_the_offices_back_is_seen(backend: Backend) {
    let app = App::start(backend);
    let who = app.manager.registers(&expert("沈知行"));
    let id = app.liaison.submits(&need());
    app.liaison.asks(&id, &who, &[]);
    app.tick();
    app.advance_to("2026-03-13T09:00:00+08:00");
    let need: NeedId = id.parse().expect("an id");
    app.office.write(|tx| Ok(db::task::finish_all(tx.conn, need, None, tx.now.naive_utc())?)).expect("ticked off");
    app.clock.advance(TimeDelta::minutes(20));
    let look = |app: &App| {
        let calendar = app.office.calendar();
        let mut findings = Findings::default();
        let look = Look::at(app.clock.now(), &calendar, None);
        look_at(&mut app.office.read().expect("a reader"), &look, &[need], &mut findings).expect("looks");
        findings.offenders.iter().filter(|found| found.invariant == Invariant::ChainGoesOn).count()
    };
    assert_eq!(look(&app), 1, "an old end of the chain and a finished task are nobody's work");
    tick(&app.desk).expect("a round");
    assert_eq!(look(&app), 0, "the desk tells somebody anew");
}

fn the_daily_roots_leave_the_database(backend: Backend) {
    let app = App::start(backend);
    let file = app.database.folder.join("audit-roots.jsonl");
    app.liaison.submits(&need());
    for day in ["2026-03-11T09:00:00+08:00", "2026-03-12T09:00:00+08:00"] {
        app.advance_to(day);
        night(&app.office, None).expect("a night");
        assert_eq!(write_roots(&app.office, &file).expect("written"), 1, "{day}");
        assert_eq!(write_roots(&app.office, &file).expect("written"), 0, "once");
    }
    let roots = zhipai::cli::audit::read_file(&file).expect("as `zhipai verify` reads them");
    assert_eq!(roots.len(), 2);
    assert!(roots.iter().all(|row| zhipai::actions::anchor_trail::is_ours(&app.office.keys, row)));
    let folder = app.database.folder.clone();
    app.advance_to("2026-03-13T09:00:00+08:00");
    night(&app.office, None).expect("a night");
    assert!(write_roots(&app.office, &folder).is_err(), "a file that cannot be written is a fault");
    assert_eq!(write_roots(&app.office, &file).expect("written"), 1, "and the root is written the next time");
}
