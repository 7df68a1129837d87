//! What would be unjust to an expert: late although the clock stood, passed over for our own fault, held to a notice that
//! came too late, asked while away (rules.md, "The answer", "Calendar", "Standing, selection, conduct").

use crate::on_both;
use crate::support::app::{App, Shape, at};
use crate::support::backend::Backend;
use crate::support::people::{Holder, address, expert, need};
use chrono::TimeDelta;
use diesel::prelude::*;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use zhipai::db::schema::{experts, outbox, tasks};
use zhipai::domain::standing::Standing;
use zhipai::domain::task::TaskKind;
use zhipai::ids::ExpertId;
use zhipai::mail::{Accepted, Envelope, Mailer, Message, SendError};

on_both!(
    nobody_is_late_while_the_clock_stands,
    a_question_in_time_stays_an_answer_in_time,
    who_was_removed_takes_no_lapsed_seat,
    leave_moves_offers_on_when_it_begins,
    busy_until_moves_the_other_offers_on,
    a_notice_out_of_time_is_refused,
    a_question_by_phone_counts_from_then,
    a_restart_days_late_gives_a_whole_day,
    a_corrected_notice_counts_open_offers_anew_and_takes_a_breach_back,
    a_case_letter_that_comes_back_is_a_managers_task,
    the_day_of_delivery_counts_from_when_the_letter_might_leave,
);

fn asked(app: &App, name: &str, reserves: &[&str]) -> (String, String, String) {
    let who = app.manager.registers(&expert(name));
    let id = app.liaison.submits(&need());
    let assignment = app.liaison.asks(&id, &who, reserves);
    app.tick();
    (id, assignment, who)
}

fn fact(app: &App) -> Value {
    let path = "/api/v1/dashboard/answers?from=2026-03-01&to=2026-03-31&by=station";
    app.manager.get(path).expect(200).body["rows"][0].clone()
}

fn nobody_is_late_while_the_clock_stands(backend: Backend) {
    let app = App::start(backend);
    let (_, assignment, _) = asked(&app, "沈知行", &[]);
    // Asked on the last evening; the old deadline, Thursday 24:00, passes while nobody replies.
    app.advance_to("2026-03-12T20:00:00+08:00");
    let link = Holder::of(app.link_to(&address("沈知行")));
    link.posts(&[("answer", "question"), ("note", "对方专利号是多少？")]);
    app.advance_to("2026-03-13T11:00:00+08:00");
    link.posts(&[("answer", "accept")]);
    let shown = app.liaison.assignment(&assignment);
    assert_eq!((&shown["state"], &shown["late"]), (&json!("accepted"), &json!(false)), "{shown}");
    assert_eq!((fact(&app)["late"].clone(), fact(&app)["on_time"].clone()), (json!(0), json!(1)), "{}", fact(&app));
}

fn a_question_in_time_stays_an_answer_in_time(backend: Backend) {
    let app = App::start(backend);
    let (_, assignment, _) = asked(&app, "沈知行", &[]);
    let link = Holder::of(app.link_to(&address("沈知行")));
    link.posts(&[("answer", "question"), ("note", "对方专利号是多少？")]);
    app.advance_to("2026-03-16T10:00:00+08:00");
    assert_eq!(app.liaison.assignment(&assignment)["state"], "lapsed");
    link.posts(&[("answer", "accept")]);
    assert_eq!(app.liaison.assignment(&assignment)["late"], false, "the first answer counts");
    assert_eq!((fact(&app)["late"].clone(), fact(&app)["on_time"].clone()), (json!(0), json!(1)), "{}", fact(&app));
}

fn stands(app: &App, who: &str, standing: Standing) {
    let id: ExpertId = who.parse().expect("an id");
    app.office
        .write(|tx| {
            diesel::update(experts::table.filter(experts::id.eq(id)))
                .set(experts::standing.eq(standing))
                .execute(tx.conn)?;
            tx.changed("expert", id.as_str())
        })
        .expect("set");
}

fn who_was_removed_takes_no_lapsed_seat(backend: Backend) {
    let app = App::start(backend);
    let (_, assignment, who) = asked(&app, "沈知行", &[]);
    app.advance_to("2026-03-13T10:00:00+08:00");
    let link = Holder::of(app.link_to(&address("沈知行")));
    assert!(link.looks().expect(200).text.contains("value=\"accept\""), "lapsed, and the seat is free");
    for standing in [Standing::Suspended, Standing::Removed, Standing::Withdrawn] {
        stands(&app, &who, standing);
        let page = link.looks().expect(200);
        assert!(!page.text.contains("value=\"accept\""), "{standing}: the page offers nothing");
        link.posts(&[("answer", "accept")]);
        assert_eq!(app.liaison.assignment(&assignment)["state"], "lapsed", "{standing}");
    }
    stands(&app, &who, Standing::Active);
    link.posts(&[("answer", "accept")]);
    assert_eq!(app.liaison.assignment(&assignment)["state"], "accepted");
}

fn leave_moves_offers_on_when_it_begins(backend: Backend) {
    let app = App::start(backend);
    let xu = app.manager.registers(&expert("许望舒"));
    let (id, assignment, who) = asked(&app, "沈知行", &[&xu]);
    let leave = json!({"from": "2026-03-11", "to": "2026-03-20"});
    app.manager.post(&format!("/api/v1/experts/{who}/leaves"), &leave).expect(201);
    assert_eq!(app.liaison.assignment(&assignment)["state"], "offered", "not yet");
    app.advance_to("2026-03-10T23:00:00+08:00");
    assert_eq!(app.liaison.assignment(&assignment)["state"], "offered", "not yet");
    app.advance_to("2026-03-11T08:00:01+08:00");
    assert_eq!(app.liaison.assignment(&assignment)["state"], "void");
    assert_eq!(app.letters_to(&address("许望舒")).len(), 1, "{}", app.liaison.need(&id));
}

fn busy_until_moves_the_other_offers_on(backend: Backend) {
    let app = App::start(backend);
    let xu = app.manager.registers(&expert("许望舒"));
    let (_, first, who) = asked(&app, "沈知行", &[]);
    let other = app.liaison.submits(&need());
    let second = app.liaison.asks(&other, &who, &[&xu]);
    app.tick();
    let told = json!({"answer": "decline", "reason": "travel", "busy_until": "2026-03-20", "channel": "phone"});
    app.liaison.post(&format!("/api/v1/assignments/{first}/answer"), &told).expect(200);
    assert_eq!(app.liaison.assignment(&first)["state"], "declined");
    assert_eq!(app.liaison.assignment(&second)["state"], "void", "whoever is away is away for everything");
    app.tick();
    assert_eq!(app.liaison.need(&other)["state"], "offering");
}

fn a_notice_out_of_time_is_refused(backend: Backend) {
    let app = App::shaped(backend, Shape { mail_off: true, ..Shape::default() });
    let (_, assignment, _) = asked(&app, "沈知行", &[]);
    app.clock.move_to(at("2026-03-17T10:00:00+08:00"));
    let notice = |text: &str| json!({"channel": "phone", "notified_at": text});
    let path = format!("/api/v1/assignments/{assignment}/notice");
    let long_past = app.liaison.post(&path, &notice("2026-03-10T03:00:00Z"));
    assert_eq!((long_past.status, long_past.fields()), (422, vec!["notified_at".to_owned()]), "{}", long_past.text);
    assert_eq!(app.liaison.assignment(&assignment)["state"], "offered");
    app.liaison.post(&path, &notice("2026-03-16T03:00:00Z")).expect(200);
    app.tick();
    assert_eq!(app.liaison.assignment(&assignment)["state"], "offered");
}

fn a_question_by_phone_counts_from_then(backend: Backend) {
    let app = App::shaped(backend, Shape { mail_off: true, ..Shape::default() });
    let (_, assignment, _) = asked(&app, "沈知行", &[]);
    app.advance_to("2026-03-10T14:00:00+08:00");
    let asks = json!({"answer": "question", "note": "需要到现场吗？", "channel": "phone"});
    app.liaison.post(&format!("/api/v1/assignments/{assignment}/answer"), &asks).expect(200);
    let shown = app.liaison.assignment(&assignment);
    assert_eq!((&shown["notified_by"], &shown["answer_due_at"]), (&json!("phone"), &json!("2026-03-12T16:00:00Z")));
    assert!(
        shown["letters"].as_array().expect("letters").iter().any(|row| row["state"] == "queued"),
        "the letter still brings the link: {}",
        shown["letters"]
    );
    app.liaison.post(&format!("/api/v1/assignments/{assignment}/reply"), &json!({"text": "需要"})).expect(200);
    assert_eq!(
        app.liaison.assignment(&assignment)["answer_due_at"],
        "2026-03-12T16:00:00Z",
        "not the day after the reply, which is earlier than his two days"
    );
}

fn a_restart_days_late_gives_a_whole_day(backend: Backend) {
    let app = App::start(backend);
    let (_, assignment, _) = asked(&app, "沈知行", &[]);
    Holder::of(app.link_to(&address("沈知行"))).posts(&[("answer", "question"), ("note", "几点？")]);
    // The clock would restart on Thursday 24:00; the desk stands still until Monday.
    app.clock.move_to(at("2026-03-16T10:00:00+08:00"));
    app.tick();
    let shown = app.liaison.assignment(&assignment);
    assert_eq!(
        (&shown["state"], &shown["answer_due_at"]),
        (&json!("offered"), &json!("2026-03-17T16:00:00Z")),
        "{shown}"
    );
}

fn approve(app: &App, csv: &str) -> Value {
    let body = json!({"source": "国办发明电〔2026〕1号", "csv": csv});
    let waits = app.manager.post("/api/v1/calendar/imports", &body).expect(201).body;
    let path = format!("/api/v1/calendar/imports/{}/decision", waits["id"].as_str().expect("an id"));
    app.second_manager.post(&path, &json!({"decision": "approve"})).expect(200).body
}

fn a_corrected_notice_counts_open_offers_anew_and_takes_a_breach_back(backend: Backend) {
    let app = App::start(backend);
    let (_, lapsed, _) = asked(&app, "沈知行", &[]);
    app.advance_to("2026-03-13T10:00:00+08:00");
    assert_eq!(app.liaison.assignment(&lapsed)["state"], "lapsed");
    let (_, open, _) = asked(&app, "许望舒", &[]);
    assert_eq!(app.liaison.assignment(&open)["answer_due_at"], "2026-03-16T16:00:00Z", "Sunday moves to Monday");
    // The year is known; a second notice makes Thursday the 12th and Monday the 16th days of rest.
    let rows: Vec<String> = zhipai::domain::calendar::SHIPPED_HOLIDAYS
        .lines()
        .filter(|line| line.starts_with("2026-"))
        .map(str::to_owned)
        .collect();
    let csv = format!("date,kind,occasion\n{}\n2026-03-12,holiday,调整\n2026-03-16,holiday,调整\n", rows.join("\n"));
    approve(&app, &csv);
    assert_eq!(app.liaison.assignment(&open)["answer_due_at"], "2026-03-17T16:00:00Z");
    let shown = app.liaison.assignment(&lapsed);
    assert_eq!((&shown["state"], &shown["answer_due_at"]), (&json!("lapsed"), &json!("2026-03-13T16:00:00Z")));
    assert_eq!(fact(&app)["lapsed"], 0, "nobody's breach: {}", fact(&app));
}

fn a_case_letter_that_comes_back_is_a_managers_task(backend: Backend) {
    let app = App::start(backend);
    let who = app.manager.registers(&expert("沈知行"));
    let opened = json!({"grounds": "三次逾期未答复"});
    app.manager.post(&format!("/api/v1/experts/{who}/removal"), &opened).expect(201);
    app.tick();
    let owed: i64 = outbox::table
        .filter(outbox::need.is_null())
        .filter(outbox::expert.is_not_null())
        .count()
        .get_result(&mut *app.office.read().expect("a reader"))
        .expect("counts");
    assert!(owed > 0, "the case wrote to its expert");
    let letter = app.letters_to(&address("沈知行"))[0].headers["Message-ID"].clone();
    let report = format!(
        "From: d@mx.example\r\nSubject: Delivery report\r\nMessage-ID: <c1@mx.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\
         Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {letter}\r\n\r\n--b--\r\n"
    );
    let heard = zhipai::mail::incoming::read(report.as_bytes());
    zhipai::actions::receive_mail::receive_mail(&app.office, &heard).expect("heard");
    let left: Vec<(Option<ExpertId>, bool)> = tasks::table
        .filter(tasks::kind.eq(TaskKind::TellCase))
        .select((tasks::expert, tasks::for_manager))
        .load(&mut *app.office.read().expect("a reader"))
        .expect("tasks");
    assert_eq!(left, [(Some(who.parse().expect("an id")), true)]);
    assert!(app.manager.get("/api/v1/dashboard/desk").expect(200).text.contains("tell-case"));
}

fn the_day_of_delivery_counts_from_when_the_letter_might_leave(backend: Backend) {
    // The mail server is away for everybody: that is our trouble, and nobody is passed over for it.
    let away = Arc::new(AtomicBool::new(true));
    let mailer = Some(Arc::new(Away(away.clone())) as Arc<dyn Mailer>);
    let app = App::shaped(backend, Shape { mailer, ..Shape::default() });
    let xu = app.manager.registers(&expert("许望舒"));
    let (_, assignment, _) = asked(&app, "沈知行", &[&xu]);
    app.advance(TimeDelta::hours(40));
    assert_eq!(app.liaison.assignment(&assignment)["state"], "offered", "no server took anything since");
    // It answers again, and takes what is for others; this address still takes nothing.
    away.store(false, Ordering::SeqCst);
    app.advance(TimeDelta::hours(25));
    assert_eq!(app.liaison.assignment(&assignment)["state"], "undelivered");
}

/// A mail server that does not answer, or, when it does again, never for one address.
struct Away(Arc<AtomicBool>);

impl Mailer for Away {
    fn send(&self, envelope: &Envelope, _: &Message) -> Result<Accepted, SendError> {
        if self.0.load(Ordering::SeqCst) || envelope.to == address("沈知行") {
            return Err(SendError::Unknown { text: "no answer".to_owned() });
        }
        Ok(Accepted { code: 250, text: String::new() })
    }

    fn describe(&self) -> String {
        "away".to_owned()
    }
}
