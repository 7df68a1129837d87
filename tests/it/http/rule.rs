//! The two-day rule on the live service: the clock, the reminders, the night, the lapse (Beijing standard, 服务要求 c).

use crate::on_both;
use crate::support::app::{App, Shape, at};
use crate::support::backend::Backend;
use crate::support::people::{Holder, address, expert, need};
use serde_json::json;

on_both!(
    reminders_come_before_the_end_and_by_day,
    the_clock_starts_at_the_250_and_runs_over_a_holiday,
    letters_the_desk_sends_keep_to_the_day,
    an_offer_a_person_sends_leaves_at_once,
    told_by_phone_starts_the_clock_with_mail_off,
    an_unknown_year_is_loudly_provisional,
    a_day_of_downtime_is_caught_up_once,
);

fn asked(app: &App) -> (String, String) {
    let shen = app.manager.registers(&expert("沈知行"));
    let id = app.liaison.submits(&need());
    let assignment = app.liaison.asks(&id, &shen, &[]);
    app.tick();
    (id, assignment)
}

fn reminders_come_before_the_end_and_by_day(backend: Backend) {
    let app = App::start(backend);
    let (_, assignment) = asked(&app);
    // Tuesday 10:00 → Thursday 24:00: half time is Wednesday 17:00, the last day's is Thursday 09:00.
    app.advance_to("2026-03-11T17:00:30+08:00");
    let letters = app.letters_to(&address("沈知行"));
    assert_eq!(letters.len(), 2, "offer and first reminder");
    assert!(letters[0].links.iter().any(|link| link.contains("/l/")), "a reminder carries a working link");
    app.advance_to("2026-03-12T09:00:30+08:00");
    assert_eq!(app.letters_to(&address("沈知行")).len(), 3);
    assert_eq!(
        app.liaison.assignment(&assignment)["reminders"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|r| !r["sent_at"].is_null())
            .count(),
        2
    );
    // The first link still works after two reminders, and an answer stops everything.
    let first = letters.last().unwrap().links[0].clone();
    Holder::of(first).posts(&[("answer", "decline"), ("reason", "time")]);
    app.advance_to("2026-03-13T12:00:00+08:00");
    assert_eq!(app.letters_to(&address("沈知行")).len(), 3, "nothing more to somebody who answered");
}

fn the_clock_starts_at_the_250_and_runs_over_a_holiday(backend: Backend) {
    let app = App::shaped(backend, Shape { start: Some(at("2026-02-13T17:00:00+08:00")), ..Shape::default() });
    let (_, assignment) = asked(&app);
    let row = app.liaison.assignment(&assignment);
    assert_eq!(row["answer_due_at"], "2026-02-24T16:00:00Z", "nine days of Spring Festival");
    assert_eq!(row["provisional"], false);
    app.advance_to("2026-02-24T23:59:00+08:00");
    assert_eq!(app.liaison.assignment(&assignment)["state"], "offered");
    app.advance_to("2026-02-25T00:00:00+08:00");
    let row = app.liaison.assignment(&assignment);
    assert_eq!(row["state"], "lapsed", "at the first instant that is too late");
}

fn letters_the_desk_sends_keep_to_the_day(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let xu = app.manager.registers(&expert("许望舒"));
    let id = app.liaison.submits(&need());
    app.liaison.asks(&id, &shen, &[&xu]);
    app.tick();
    app.advance_to("2026-03-13T07:59:59+08:00");
    let open = app.liaison.get(&format!("/api/v1/assignments?need={id}&state=offered")).expect(200).body;
    let next = open["items"][0]["id"].as_str().expect("recorded at 24:00").to_owned();
    assert!(app.letters_to(&address("许望舒")).is_empty(), "its letter waits for the morning");
    assert_eq!(app.liaison.assignment(&next)["notified_at"], json!(null));
    app.advance_to("2026-03-13T08:00:01+08:00");
    assert_eq!(app.letters_to(&address("许望舒")).len(), 1);
    assert_eq!(
        app.liaison.assignment(&next)["notified_at"],
        "2026-03-13T00:00:00Z",
        "its own clock starts at its own 250"
    );
    for letter in app.mailbox.entries(None, None) {
        let hour =
            letter.sent_at.with_timezone(&chrono::FixedOffset::east_opt(8 * 3600).unwrap()).format("%H").to_string();
        assert!(("08".."21").contains(&hour.as_str()), "{} at {hour}", letter.subject);
    }
}

fn an_offer_a_person_sends_leaves_at_once(backend: Backend) {
    let app = App::shaped(backend, Shape { start: Some(at("2026-03-10T22:30:00+08:00")), ..Shape::default() });
    let (_, assignment) = asked(&app);
    assert_eq!(app.letters_to(&address("沈知行")).len(), 1);
    assert_eq!(app.liaison.assignment(&assignment)["answer_due_at"], "2026-03-12T16:00:00Z");
}

fn told_by_phone_starts_the_clock_with_mail_off(backend: Backend) {
    let app = App::shaped(backend, Shape { mail_off: true, ..Shape::default() });
    let (_, assignment) = asked(&app);
    app.advance_to("2026-03-12T12:00:00+08:00");
    let row = app.liaison.assignment(&assignment);
    assert_eq!(
        (&row["state"], &row["notified_at"]),
        (&json!("offered"), &json!(null)),
        "no letter, no clock, no breach"
    );
    let told = json!({"channel": "wechat", "notified_at": "2026-03-12T03:30:00Z"});
    app.liaison.post(&format!("/api/v1/assignments/{assignment}/notice"), &told).expect(200);
    let row = app.liaison.assignment(&assignment);
    assert_eq!(
        (&row["notified_by"], &row["answer_due_at"]),
        (&json!("wechat"), &json!("2026-03-16T16:00:00Z")),
        "Saturday rolls to Monday"
    );
    assert_eq!(app.liaison.post(&format!("/api/v1/assignments/{assignment}/notice"), &told).status, 409);
}

fn an_unknown_year_is_loudly_provisional(backend: Backend) {
    let app = App::shaped(backend, Shape { start: Some(at("2026-12-30T10:00:00+08:00")), ..Shape::default() });
    let (_, assignment) = asked(&app);
    let row = app.liaison.assignment(&assignment);
    assert_eq!(row["provisional"], true);
    assert!(app.letters_to(&address("沈知行"))[0].text.contains("暂"), "the letter says so");
    assert!(Holder::of(app.link_to(&address("沈知行"))).looks().text.contains("暂"), "the page says so");
}

fn a_day_of_downtime_is_caught_up_once(backend: Backend) {
    let app = App::start(backend);
    let (_, assignment) = asked(&app);
    // Nobody ticks for four days; then two rounds in a row.
    app.clock.move_to(at("2026-03-14T10:00:00+08:00"));
    app.tick();
    app.tick();
    assert_eq!(app.liaison.assignment(&assignment)["state"], "lapsed");
    let letters = app.letters_to(&address("沈知行"));
    assert_eq!(letters.len(), 2, "the offer, and that it lapsed; no reminder for a passed deadline");
    let row = app.manager.get("/api/v1/dashboard/answers?from=2026-03-01&to=2026-03-31&by=station").expect(200).body;
    assert_eq!(row["rows"][0]["lapsed"], 1, "{row}");
}
