//! 250 starts the clock; 550 is a bounce and moves the chain; 451 waits; a connection lost after DATA is tried again with
//! the same Message-ID; STARTTLS is used.

use crate::on_both;
use crate::smtp_sink::{Behaviour, Login, Script, SmtpSink, StartTls};
use crate::support::app::{App, Shape};
use crate::support::backend::Backend;
use crate::support::people::{Holder, address, expert, need};
use serde_json::json;
use std::sync::Arc;
use zhipai::mail::{Smtp, SmtpSettings, SmtpTls};

on_both!(
    the_250_starts_the_clock,
    a_550_voids_the_clock_and_asks_the_next,
    a_451_waits_and_comes_again,
    dropped_after_data_is_sent_again_under_the_same_name,
    starttls_and_login_are_used,
    a_refused_login_is_an_alarm_and_bounces_nobody,
);

fn settings(sink: &SmtpSink) -> SmtpSettings {
    let address = sink.address();
    SmtpSettings {
        host: "localhost".to_owned(),
        port: Some(address.port()),
        tls: SmtpTls::None,
        login: None,
        hello: Some("zhipai.example".to_owned()),
        extra_root_pem: None,
        connections: 2,
        timeout: zhipai::mail::smtp::TIMEOUT,
        dkim: None,
    }
}

fn with(backend: Backend, script: Script) -> (App, SmtpSink) {
    let sink = SmtpSink::start(script);
    let mailer = Arc::new(Smtp::new(&settings(&sink)).expect("a mailer"));
    (App::shaped(backend, Shape { mailer: Some(mailer), ..Shape::default() }), sink)
}

/// A need offered to 沈知行 with 许望舒 behind; the enterprise left no mail, so that offers are the first letters.
fn offered(app: &App) -> (String, String) {
    let shen = app.manager.registers(&expert("沈知行"));
    let xu = app.manager.registers(&expert("许望舒"));
    let mut body = need();
    body["enterprise"]["contact_email"] = json!(null);
    let id = app.liaison.submits(&body);
    let assignment = app.liaison.asks(&id, &shen, &[&xu]);
    (id, assignment)
}

fn the_250_starts_the_clock(backend: Backend) {
    let (app, sink) = with(backend, Script::accepting());
    let (_, assignment) = offered(&app);
    app.tick();
    let row = app.liaison.assignment(&assignment);
    assert_eq!((&row["notified_at"], &row["notified_by"]), (&json!("2026-03-10T02:00:00Z"), &json!("smtp")));
    let mail = sink.received().remove(0);
    assert!(
        mail.subject.chars().any(|c| ('\u{4e00}'..'\u{9fff}').contains(&c)),
        "a Chinese subject a person can read: {}",
        mail.subject
    );
    assert_eq!(mail.header("Auto-Submitted"), Some("auto-generated"));
    let link = mail.links().into_iter().find(|link| link.contains("/l/")).expect("a sealed link");
    Holder::of(link).posts(&[("answer", "accept")]);
    app.tick();
    let confirmed =
        sink.received().into_iter().find(|mail| String::from_utf8_lossy(&mail.raw).contains("text/calendar"));
    assert!(confirmed.is_some(), "an accepted offer carries a calendar invite");
}

fn a_550_voids_the_clock_and_asks_the_next(backend: Backend) {
    let (app, sink) = with(backend, Script::accepting().always(&address("沈知行"), Behaviour::Refuse550));
    let (id, assignment) = offered(&app);
    app.tick();
    let row = app.liaison.assignment(&assignment);
    assert_eq!((&row["state"], &row["notified_at"]), (&json!("undelivered"), &json!(null)));
    app.tick();
    assert!(sink.received().iter().any(|mail| mail.to.contains(&address("许望舒"))), "the next reserve is asked");
    assert!(app.liaison.get("/api/v1/dashboard/desk").expect(200).text.contains("undelivered"));
    let figures = app.manager.get("/api/v1/dashboard/answers?from=2026-03-01&to=2026-03-31&by=expert").expect(200).body;
    assert!(!figures.to_string().contains("\"lapsed\":1"), "never held against the expert: {figures}");
    // He is reached by phone all the same, once the seat is free again.
    let open = app.liaison.get(&format!("/api/v1/assignments?need={id}&state=offered")).expect(200).body;
    let second = open["items"][0]["id"].as_str().unwrap().to_owned();
    app.liaison
        .post(
            &format!("/api/v1/assignments/{second}/answer"),
            &json!({"answer": "decline", "reason": "time", "channel": "phone"}),
        )
        .expect(200);
    let told = json!({"channel": "phone", "notified_at": "2026-03-10T02:00:00Z"});
    app.liaison.post(&format!("/api/v1/assignments/{assignment}/notice"), &told).expect(200);
    let row = app.liaison.assignment(&assignment);
    assert_eq!((&row["state"], &row["round"], &row["notified_by"]), (&json!("offered"), &json!(2), &json!("phone")));
}

fn a_451_waits_and_comes_again(backend: Backend) {
    let (app, sink) = with(backend, Script::accepting().next_to(&address("沈知行"), 2, Behaviour::Refuse451));
    let (_, assignment) = offered(&app);
    app.tick();
    assert!(app.liaison.assignment(&assignment)["notified_at"].is_null(), "greylisted: no clock yet");
    assert!(sink.received().is_empty());
    app.advance(chrono::TimeDelta::minutes(30));
    let row = app.liaison.assignment(&assignment);
    assert!(!row["notified_at"].is_null(), "{row}");
    assert_eq!(sink.received().iter().filter(|mail| mail.to.contains(&address("沈知行"))).count(), 1);
}

fn dropped_after_data_is_sent_again_under_the_same_name(backend: Backend) {
    let (app, sink) = with(backend, Script::accepting().next_to(&address("沈知行"), 1, Behaviour::DropAfterData));
    let (_, assignment) = offered(&app);
    app.tick();
    assert!(app.liaison.assignment(&assignment)["notified_at"].is_null(), "no 250, no clock");
    app.advance(chrono::TimeDelta::minutes(10));
    assert!(!app.liaison.assignment(&assignment)["notified_at"].is_null());
    let lost = sink.unacknowledged();
    let taken = sink.received();
    assert_eq!(lost[0].message_id, taken[0].message_id, "a duplicate is recognisable");
}

fn starttls_and_login_are_used(backend: Backend) {
    let script = Script::accepting()
        .start_tls(StartTls::Offered)
        .login(Login::Required { user: "desk".to_owned(), password: "correct horse".to_owned() });
    let sink = SmtpSink::start(script);
    let mut settings = settings(&sink);
    settings.tls = SmtpTls::StartTls;
    settings.login = Some(("desk".to_owned(), "correct horse".to_owned().into()));
    settings.extra_root_pem = Some(sink.certificate_pem().to_owned());
    let mailer = Arc::new(Smtp::new(&settings).expect("a mailer"));
    let app = App::shaped(backend, Shape { mailer: Some(mailer), ..Shape::default() });
    let (_, assignment) = offered(&app);
    app.tick();
    assert!(!app.liaison.assignment(&assignment)["notified_at"].is_null());
    assert!(sink.received()[0].over_tls);
}

fn a_refused_login_is_an_alarm_and_bounces_nobody(backend: Backend) {
    let sink = SmtpSink::start(
        Script::accepting().login(Login::Required { user: "desk".to_owned(), password: "right".to_owned() }),
    );
    let mut settings = settings(&sink);
    settings.login = Some(("desk".to_owned(), "wrong".to_owned().into()));
    let mailer = Arc::new(Smtp::new(&settings).expect("a mailer"));
    let app = App::shaped(backend, Shape { mailer: Some(mailer), ..Shape::default() });
    let (_, assignment) = offered(&app);
    let report = app.tick();
    assert_eq!((report.letters_sent, report.letters_failed), (0, 0), "535 is our own fault, never a bounce");
    assert_eq!(app.liaison.assignment(&assignment)["state"], "offered");
    // However long it takes to repair: nobody is passed over for it, and the desk says that mail has stopped.
    app.advance(chrono::TimeDelta::hours(30));
    assert_eq!(app.liaison.assignment(&assignment)["state"], "offered");
    assert!(app.manager.get("/api/v1/dashboard/desk").expect(200).text.contains("mail-alarm"));
    sink.play(Script::accepting().login(Login::Required { user: "desk".to_owned(), password: "wrong".to_owned() }));
    app.advance(chrono::TimeDelta::minutes(20));
    assert_eq!(app.liaison.assignment(&assignment)["notified_by"], "smtp");
    assert!(!app.manager.get("/api/v1/dashboard/desk").expect(200).text.contains("mail-alarm"));
}
