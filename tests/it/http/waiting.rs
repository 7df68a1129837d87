//! Nothing waits for ever: in every state a need, an offer, a letter or a case can stand in, a timer runs or somebody has
//! a task (rules.md, "The chain"); and several seats, the automatic mode, the prediction.

use crate::on_both;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{Holder, address, expert, need};
use diesel::prelude::*;
use serde_json::{Value, json};
use zhipai::db;
use zhipai::db::schema::{assignments, conduct_cases, needs, outbox, seats, tasks};
use zhipai::domain::assignment::AssignmentState;
use zhipai::domain::need::{NeedState, SeatState};
use zhipai::domain::task::TaskKind;
use zhipai::ids::{AssignmentId, CaseId, NeedId, SeatId};

on_both!(
    nothing_waits_for_ever,
    three_seats_are_filled_by_the_first_who_accept,
    a_seat_asks_for_its_own_specialty,
    an_automatic_station_asks_by_itself,
    an_automatic_need_that_was_cut_short_is_asked_for,
    the_latest_answer_is_predicted,
);

/// What waits without a timer and without a task, in words; empty when all is well.
fn forgotten(app: &App) -> Vec<String> {
    let mut conn = app.office.read().expect("a reader");
    let mut found = Vec::new();
    let open_tasks: Vec<(TaskKind, Option<NeedId>, Option<AssignmentId>, Option<CaseId>)> = tasks::table
        .filter(tasks::done_at.is_null())
        .select((tasks::kind, tasks::need, tasks::assignment, tasks::conduct_case))
        .load(&mut *conn)
        .expect("tasks");
    let task = |kinds: &[TaskKind], id: NeedId| {
        open_tasks.iter().any(|(kind, need, _, _)| kinds.contains(kind) && *need == Some(id))
    };
    let offers: Vec<(AssignmentId, NeedId, SeatId, AssignmentState, Option<chrono::NaiveDateTime>)> =
        assignments::table
            .select((
                assignments::id,
                assignments::need,
                assignments::seat,
                assignments::state,
                assignments::next_due_at,
            ))
            .load(&mut *conn)
            .expect("offers");
    let places: Vec<(SeatId, NeedId, SeatState)> =
        seats::table.select((seats::id, seats::need, seats::state)).load(&mut *conn).expect("seats");
    let all: Vec<(NeedId, NeedState, chrono::NaiveDateTime)> =
        needs::table.select((needs::id, needs::state, needs::created_at)).load(&mut *conn).expect("needs");
    let nobody = [TaskKind::Unanswered, TaskKind::NobodyQualifies, TaskKind::NobodyAsked];
    let now = app.office.now().naive_utc();
    for (id, state, created_at) in all {
        let offer_runs = offers
            .iter()
            .any(|(_, need, _, state, due)| *need == id && *state == AssignmentState::Offered && due.is_some());
        let well = match state {
            // Its timer is the sweep for needs nobody was asked for: two working days and a weekend at most.
            NeedState::Open => task(&nobody, id) || now - created_at < chrono::TimeDelta::days(4),
            NeedState::Offering => offer_runs,
            NeedState::Unanswered => task(&nobody, id),
            NeedState::Accepted | NeedState::Served => {
                places.iter().filter(|(_, need, _)| *need == id).all(|(seat, _, _)| {
                    offers.iter().any(|(_, _, of, state, due)| {
                        of == seat
                            && matches!(state, AssignmentState::Accepted | AssignmentState::Done)
                            && (due.is_some() || task(&[TaskKind::CallBack, TaskKind::CloseNeed], id))
                    })
                })
            }
            NeedState::Closed | NeedState::Retracted => true,
        };
        if !well {
            found.push(format!("need {id} is {state}"));
        }
    }
    for (id, _, seat, state, due) in &offers {
        let well = match state {
            AssignmentState::Offered | AssignmentState::Accepted => due.is_some(),
            AssignmentState::Undelivered => {
                open_tasks.iter().any(|(kind, _, of, _)| *kind == TaskKind::Undelivered && *of == Some(*id))
                    || places.iter().any(|(place, _, state)| place == seat && *state != SeatState::Free)
            }
            _ => true,
        };
        if !well {
            found.push(format!("offer {id} is {state}"));
        }
    }
    let letters: Vec<(String, String, Option<chrono::NaiveDateTime>)> = outbox::table
        .select((outbox::dedup_key, outbox::state, outbox::leased_until))
        .load(&mut *conn)
        .expect("letters");
    for (key, state, leased_until) in letters {
        if state == "sending" && leased_until.is_none() {
            found.push(format!("letter {key} is {state} without a lease"));
        }
    }
    // Its letter is on its way, or its time to be heard runs.
    let cases: Vec<CaseId> = conduct_cases::table
        .filter(conduct_cases::decided_at.is_null())
        .filter(conduct_cases::next_due_at.is_null())
        .select(conduct_cases::id)
        .load(&mut *conn)
        .expect("cases");
    for id in cases {
        if !open_tasks.iter().any(|(_, _, _, case)| *case == Some(id)) {
            found.push(format!("case {id} is open"));
        }
    }
    found
}

fn nothing_waits_for_ever(backend: Backend) {
    let app = App::start(backend);
    let names = ["沈知行", "许望舒", "陆以宁", "祝南乔", "纪云深", "程砚秋"];
    let ids: Vec<String> = names.iter().map(|name| app.manager.registers(&expert(name))).collect();
    let well = |step: &str| assert_eq!(forgotten(&app), Vec::<String>::new(), "after: {step}");
    let left_alone = app.liaison.submits(&need());
    let two = {
        let mut body = need();
        body["seats"] = json!(2);
        app.liaison.submits(&body)
    };
    let asked = app.liaison.submits(&need());
    well("submitted");
    app.liaison.asks(&asked, &ids[0], &[&ids[1]]);
    app.liaison.asks(&two, &ids[2], &[]);
    well("offered");
    app.tick();
    Holder::of(app.link_to(&address(names[0]))).posts(&[("answer", "question"), ("note", "需要到现场吗？")]);
    well("asked a question");
    Holder::of(app.link_to(&address(names[2]))).posts(&[("answer", "accept")]);
    app.tick();
    well("one of two seats accepted, the other never offered");
    assert_eq!(app.liaison.need(&two)["state"], "unanswered");
    app.advance_to("2026-03-12T10:00:00+08:00");
    well("a working day on");
    let desk = app.liaison.get("/api/v1/dashboard/desk").expect(200).text;
    assert!(desk.contains("nobody-asked"), "{desk}");
    app.advance_to("2026-03-18T10:00:00+08:00");
    well("the question waited, the clock restarted, the offer lapsed, the reserve was asked");
    app.liaison.asks(&left_alone, &ids[3], &[]);
    let told = app.liaison.get("/api/v1/dashboard/desk").expect(200).body["tasks"].to_string();
    assert!(!told.contains("nobody-asked"), "{told}");
    app.tick();
    Holder::of(app.link_to(&address(names[3]))).posts(&[("answer", "accept")]);
    app.advance_to("2026-03-20T10:00:00+08:00");
    well("lapsed again; nobody left");
    let served = app.liaison.need(&left_alone)["assignments"][0]["id"].as_str().expect("an id").to_owned();
    let released = json!({"by": "expert", "reason": "临时出差"});
    app.liaison.post(&format!("/api/v1/assignments/{served}/release"), &released).expect(200);
    well("given back");
    app.manager.post(&format!("/api/v1/experts/{}/removal", ids[4]), &json!({"grounds": "查实收受礼金"})).expect(201);
    well("a case was opened");
    app.advance_to("2026-06-20T10:00:00+08:00");
    well("a quarter on");
}

fn three_seats_are_filled_by_the_first_who_accept(backend: Backend) {
    let app = App::start(backend);
    let names = ["沈知行", "许望舒", "陆以宁", "祝南乔", "纪云深"];
    let ids: Vec<String> = names.iter().map(|name| app.manager.registers(&expert(name))).collect();
    let mut body = need();
    body["seats"] = json!(3);
    body["form"] = json!("event");
    let id = app.liaison.submits(&body);
    let path = format!("/api/v1/needs/{id}/offers");
    assert_eq!(app.liaison.post(&path, &json!({"experts": []})).fields(), ["experts"]);
    let shown = app.liaison.post(&path, &json!({"experts": ids})).expect(201).body;
    assert_eq!(shown["assignments"].as_array().expect("offers").len(), 3, "all seats at once: {shown}");
    assert_eq!(app.liaison.post(&path, &json!({"experts": ids})).body["code"], "no-free-seat");
    app.tick();
    let answers = |name: &str, fields: &[(&str, &str)]| {
        Holder::of(app.link_to(&address(name))).posts(fields);
        app.tick();
    };
    // The first and the second accept; the third declines: the reserves of all three chains stand behind the last seat.
    answers(names[0], &[("answer", "accept")]);
    answers(names[1], &[("answer", "accept")]);
    answers(names[2], &[("answer", "decline"), ("reason", "time")]);
    assert_eq!(app.letters_to(&address(names[3])).len(), 1, "the first chain's reserve is asked for the third seat");
    answers(names[3], &[("answer", "decline"), ("reason", "time")]);
    assert_eq!(app.letters_to(&address(names[4])).len(), 1, "then the second's");
    answers(names[4], &[("answer", "accept")]);
    let shown = app.liaison.need(&id);
    assert_eq!(shown["state"], "accepted", "{shown}");
    assert!(shown["seats"].as_array().expect("seats").iter().all(|seat| seat["state"] == "taken"), "{shown}");
}

fn a_seat_asks_for_its_own_specialty(backend: Backend) {
    let app = App::start(backend);
    let mut searcher = expert("许望舒");
    searcher["services"] = json!(["search"]);
    let shen = app.manager.registers(&expert("沈知行"));
    let xu = app.manager.registers(&searcher);
    let mut body = need();
    body["seats"] = json!(2);
    body["specialties"] = json!(["search", "no-such-item"]);
    assert_eq!(app.liaison.post("/api/v1/needs", &body).fields(), ["specialties"]);
    body["specialties"] = json!(["dispute", "search", "search"]);
    assert_eq!(app.liaison.post("/api/v1/needs", &body).fields(), ["specialties"]);
    body["specialties"] = json!(["dispute"]);
    let id = app.liaison.submits(&body);
    let shown = app.liaison.need(&id);
    assert_eq!((&shown["seats"][0]["specialty"], &shown["seats"][1]["specialty"]), (&json!("dispute"), &Value::Null));
    // Named first, the searcher still goes to the seat that does not ask for disputes.
    let shown =
        app.liaison.post(&format!("/api/v1/needs/{id}/offers"), &json!({"experts": [xu, shen]})).expect(201).body;
    for offer in shown["assignments"].as_array().expect("offers") {
        let seat = if offer["expert"]["id"] == json!(shen) { &shown["seats"][0] } else { &shown["seats"][1] };
        assert_eq!(offer["seat"], seat["id"], "{shown}");
    }
}

fn automatic(app: &App, on: bool) {
    app.office
        .write(|tx| {
            let mut station = db::station::find(tx.conn, &app.station)?.expect("a station");
            station.automatic = on;
            Ok(db::station::save(tx.conn, &station)?)
        })
        .expect("set");
}

fn an_automatic_station_asks_by_itself(backend: Backend) {
    let app = App::shaped(
        backend,
        crate::support::app::Shape {
            start: Some(crate::support::app::at("2026-03-10T22:00:00+08:00")),
            ..Default::default()
        },
    );
    automatic(&app, true);
    let lonely = app.liaison.submits(&need());
    let desk = app.liaison.get("/api/v1/dashboard/desk").expect(200).text;
    assert!(desk.contains("nobody-qualifies"), "it stops with a task when nobody qualifies: {desk}");
    assert_eq!(app.liaison.need(&lonely)["assignments"], json!([]));
    let names = ["沈知行", "许望舒", "陆以宁"];
    for name in names {
        app.manager.registers(&expert(name));
    }
    let mut body = need();
    body["seats"] = json!(2);
    let id = app.liaison.submits(&body);
    let shown = app.liaison.need(&id);
    assert_eq!(shown["assignments"].as_array().expect("offers").len(), 2, "every seat: {shown}");
    assert_eq!(shown["reserves"].as_array().expect("reserves").len(), 1, "{shown}");
    app.tick();
    assert!(names.iter().all(|name| app.letters_to(&address(name)).is_empty()), "its letters wait for the morning");
    app.advance_to("2026-03-11T08:00:01+08:00");
    assert_eq!(names.iter().filter(|name| !app.letters_to(&address(name)).is_empty()).count(), 2);
}

fn an_automatic_need_that_was_cut_short_is_asked_for(backend: Backend) {
    let app = App::start(backend);
    app.manager.registers(&expert("沈知行"));
    let id = app.liaison.submits(&need());
    // As a crash between the need's commit and the asking would leave it.
    app.office
        .write(|tx| {
            let mut row = db::need::find(tx.conn, &id.parse().expect("an id"))?.expect("a need");
            row.automatic = true;
            Ok(db::need::save(tx.conn, &row)?)
        })
        .expect("set");
    app.tick();
    assert_eq!(app.liaison.need(&id)["assignments"], json!([]), "not at once: the submitter may still be asking");
    app.clock.advance(chrono::TimeDelta::minutes(2));
    app.tick();
    assert_eq!(app.liaison.need(&id)["state"], "offering");
}

fn the_latest_answer_is_predicted(backend: Backend) {
    let app = App::start(backend);
    let names = ["沈知行", "许望舒", "陆以宁"];
    let ids: Vec<String> = names.iter().map(|name| app.manager.registers(&expert(name))).collect();
    let id = app.liaison.submits(&need());
    let list = app.liaison.get(&format!("/api/v1/needs/{id}/candidates")).expect(200).body;
    let predicted = &list["predicted"];
    assert_eq!(predicted["turns"].as_array().expect("turns").len(), 3, "{list}");
    // Tuesday → Thursday 24:00; Friday 08:00 → Monday 24:00; Tuesday 08:00 → Thursday 24:00.
    assert_eq!(predicted["latest_answer_at"], "2026-03-19T16:00:00Z", "{predicted}");
    assert_eq!(predicted["provisional"], false);
    let assignment = app.liaison.asks(&id, &ids[0], &[&ids[1], &ids[2]]);
    app.tick();
    assert_eq!(app.liaison.assignment(&assignment)["latest_answer_at"], "2026-03-19T16:00:00Z");
    // What was predicted is what happens when everybody is silent.
    app.advance_to("2026-03-19T23:59:59+08:00");
    assert_eq!(app.liaison.need(&id)["state"], "offering");
    app.advance_to("2026-03-20T00:00:00+08:00");
    assert_eq!(app.liaison.need(&id)["state"], "unanswered");
}
