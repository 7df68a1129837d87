//! Mail is off: staff pass letters on, the clock starts when they say so, and nothing is sent twice later; and the page
//! that shows how the mail is.

use super::doors::{csrf, signed_in};
use crate::on_both;
use crate::support::app::{App, Shape};
use crate::support::backend::Backend;
use crate::support::people::{Holder, address, expert, need};
use serde_json::json;
use zhipai::jobs::{Desk, tick};

on_both!(
    what_staff_told_starts_the_clock_and_is_never_sent,
    an_alarm_is_on_every_page_and_can_be_tried_again,
    the_policy_page_names_what_will_not_do,
);

fn what_staff_told_starts_the_clock_and_is_never_sent(backend: Backend) {
    let app = App::shaped(backend, Shape { mail_off: true, ..Shape::default() });
    let shen = app.manager.registers(&expert("沈知行"));
    let xu = app.manager.registers(&expert("许望舒"));
    let id = app.liaison.submits(&need());
    let first = app.liaison.asks(&id, &shen, &[]);
    let other = app.liaison.submits(&need());
    let second = app.liaison.asks(&other, &xu, &[]);
    app.tick();
    assert!(app.liaison.assignment(&first)["notified_at"].is_null(), "no clock has started");
    let client = signed_in(&app, "lin");
    let page = client.get(format!("{}/mail/waiting", app.base_url)).send().expect("a page").text().expect("text");
    assert!(page.contains("沈知行") && page.contains("许望舒") && page.contains("/l/"), "{page}");
    assert!(!page.contains(&address("沈知行")), "no contact data");
    // One is told by phone, through the API; everything else through the page.
    let told = json!({"channel": "phone", "notified_at": app.office.now()});
    app.liaison.post(&format!("/api/v1/assignments/{second}/notice"), &told).expect(200);
    assert_eq!(app.liaison.assignment(&second)["letters"][0]["state"], "told");
    let left = client.get(format!("{}/mail/waiting", app.base_url)).send().expect("a page").text().expect("text");
    assert!(!left.contains("许望舒"), "what was told waits no more");
    let action = left.split("action=\"/mail/waiting/").skip(1).map(|rest| rest.split('"').next().unwrap_or_default());
    let paths: Vec<String> = action.map(|path| format!("/mail/waiting/{path}")).collect();
    let token = csrf(&left);
    for path in &paths {
        for expected in [303, 409] {
            let told = client
                .post(format!("{}{path}", app.base_url))
                .form(&[("csrf", token.as_str()), ("channel", "wechat")])
                .send()
                .expect("an answer");
            assert_eq!(told.status().as_u16(), expected, "once is enough: {path}");
        }
    }
    let row = app.liaison.assignment(&first);
    assert_eq!((&row["notified_by"], &row["letters"][0]["state"]), (&json!("wechat"), &json!("told")), "{row}");
    // Mail is switched on: what was told is not sent.
    let on = Desk::new(app.office.clone(), Some(app.mailbox.clone()), crate::support::app::sender());
    tick(&on).expect("a round");
    assert!(app.letters_to(&address("沈知行")).is_empty() && app.letters_to(&address("许望舒")).is_empty());
    let link = page.split("/l/").nth(1).and_then(|rest| rest.split(['<', '"', '\n']).next()).expect("a link");
    assert_eq!(Holder::of(format!("{}/l/{link}", app.base_url)).looks().status, 200);
}

fn an_alarm_is_on_every_page_and_can_be_tried_again(backend: Backend) {
    let app = App::start(backend);
    zhipai::actions::mail_alarm::raise(&app.office, "535 5.7.8 wrong password").expect("raised");
    let manager = signed_in(&app, "meng");
    let page =
        |path: &str| manager.get(format!("{}{path}", app.base_url)).send().expect("a page").text().expect("text");
    assert!(page("/desk").contains("邮件停发"), "a red banner");
    let mail = page("/mail");
    assert!(mail.contains("535 5.7.8") && mail.contains("/mail/retry"), "{mail}");
    let figures = reqwest::blocking::get(format!("{}/metrics", app.base_url)).expect("figures").text().expect("text");
    assert!(figures.contains("zhipai_mail_alarm 1"), "{figures}");
    let shen = app.manager.registers(&expert("沈知行"));
    let id = app.liaison.submits(&need());
    app.liaison.asks(&id, &shen, &[]);
    app.tick();
    assert!(app.letters_to(&address("沈知行")).is_empty(), "the worker rests");
    let token = csrf(&mail);
    let tried = manager
        .post(format!("{}/mail/retry", app.base_url))
        .form(&[("csrf", token.as_str())])
        .send()
        .expect("an answer");
    assert_eq!(tried.status().as_u16(), 303);
    app.tick();
    assert_eq!(app.letters_to(&address("沈知行")).len(), 1);
    assert!(!page("/desk").contains("邮件停发"), "the first letter taken ends it");
    assert!(!page("/mail").contains("/mail/retry"));
}

fn the_policy_page_names_what_will_not_do(backend: Backend) {
    let app = App::start(backend);
    let manager = signed_in(&app, "meng");
    let page = manager.get(format!("{}/policy", app.base_url)).send().expect("a page").text().expect("text");
    assert!(page.contains("50%, 09:00"), "the rules in force stand in the form");
    let mut form: Vec<(String, String)> = Vec::new();
    for piece in page.split("<input ").skip(1) {
        let value_of = |name: &str| {
            let rest = piece.split(&format!("{name}=\"")).nth(1)?;
            rest.split('"').next().map(str::to_owned)
        };
        let kind = value_of("type").unwrap_or_default();
        let picked = !matches!(kind.as_str(), "radio" | "checkbox")
            || piece.split('>').next().unwrap_or_default().contains("checked");
        if let (Some(name), Some(value), true) = (value_of("name"), value_of("value"), picked && kind != "file") {
            form.push((name, value));
        }
    }
    let set = |form: &[(String, String)]| {
        manager.post(format!("{}/policy", app.base_url)).form(form).send().expect("an answer")
    };
    let mut wrong = form.clone();
    for (name, value) in &mut wrong {
        match name.as_str() {
            "reminders" => "soon".clone_into(value),
            "letters_a_day" => "0".clone_into(value),
            "quiet_from" => "3".clone_into(value),
            _ => {}
        }
    }
    let answer = set(&wrong);
    assert_eq!(answer.status().as_u16(), 422);
    let text = answer.text().expect("text");
    assert!(text.contains("reminders-error") && text.contains("soon"), "{text}");
    for (name, value) in &mut wrong {
        if name == "reminders" {
            "12h".clone_into(value);
        }
    }
    let text = set(&wrong).text().expect("text");
    assert!(text.contains("quiet_from-error") && text.contains("letters_a_day-error"), "{text}");
    for (name, value) in &mut form {
        if name == "letters_a_day" {
            "5".clone_into(value);
        }
    }
    assert_eq!(set(&form).status().as_u16(), 303);
    assert_eq!(app.office.policy().expect("a policy").letters.letters_a_day, 5);
}
