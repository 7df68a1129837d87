//! One need travels its full life: submitted, ranked, offered, answered, served, fed back, rated, closed.

use crate::on_both;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{Holder, address, expert, need};
use chrono::TimeDelta;
use serde_json::json;

on_both!(a_need_travels_its_full_life, a_submitted_need_is_the_same_after_a_repeated_key);

fn a_need_travels_its_full_life(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let xu = app.manager.registers(&expert("许望舒"));

    // 1 submit
    let submitted = app.liaison.post("/api/v1/needs", &need()).expect(201);
    let id = submitted.id();
    assert!(submitted.body["number"].as_str().unwrap().starts_with("XQ-2026-"));
    assert_eq!(submitted.body["state"], "open");
    app.tick();
    assert_eq!(app.letters_to("zhou@yunxiu.example").len(), 1, "the enterprise has a receipt");

    // 2 rank: parts sum to the score, in both languages
    for language in ["zh-CN", "en"] {
        let list = app.liaison.get_in(&format!("/api/v1/needs/{id}/candidates"), language).expect(200).body;
        let first = &list["candidates"][0];
        let sum: f64 = first["reasons"].as_array().unwrap().iter().map(|r| r["contribution"].as_f64().unwrap()).sum();
        assert!((sum - first["score"].as_f64().unwrap()).abs() < 1e-6, "{first}");
        assert!(!list.to_string().contains('⟦'), "{list}");
    }

    // 3 assign, 4 the expert reads and accepts by link
    let assignment = app.liaison.asks(&id, &shen, &[&xu]);
    assert_eq!(app.liaison.assignment(&assignment)["notified_at"], json!(null), "the clock waits for the mail server");
    app.tick();
    let offered = app.liaison.assignment(&assignment);
    assert_eq!(offered["state"], "offered");
    assert_eq!(offered["notified_at"], "2026-03-10T02:00:00Z");
    assert_eq!(offered["answer_due_at"], "2026-03-12T16:00:00Z");
    assert!(offered["count"].as_array().unwrap().len() >= 3);
    let letter = app.letters_to(&address("沈知行")).remove(0);
    assert!(letter.text.contains("2026年3月12日（周四）24:00"), "{}", letter.text);
    assert!(!letter.text.contains("13900139000"), "no contacts before acceptance");
    let link = Holder::of(app.link_to(&address("沈知行")));
    let page = link.looks().expect(200);
    assert!(page.text.contains("压力传感器") && !page.text.contains("13900139000"), "{}", page.text);
    app.advance(TimeDelta::hours(3));
    link.posts(&[("answer", "accept")]);
    let accepted = app.liaison.assignment(&assignment);
    assert_eq!(
        (&accepted["state"], &accepted["late"], &accepted["answered_by"]),
        (&json!("accepted"), &json!(false), &json!("link"))
    );
    assert_eq!(app.liaison.need(&id)["state"], "accepted");

    // 6 both sides have each other's contact
    app.tick();
    assert!(app.letters_to(&address("沈知行"))[0].text.contains("13900139000"));
    assert!(app.letters_to("zhou@yunxiu.example")[0].text.contains("13800138000"));
    assert!(app.letters_to("lin@staff.example")[0].subject.contains("XQ-2026-"));

    // 7 feedback by link, with the three declarations
    let filed = link.posts(&[
        ("act", "feedback"),
        ("done", "到企业比对权利要求，整理现有技术，改好回函。"),
        ("hours", "3.5"),
        ("outcome", "solved"),
    ]);
    assert_eq!(filed.status, 422, "without the declarations it is not taken: {}", filed.text);
    assert!(filed.text.contains("整理现有技术"), "what was typed is still there");
    link.posts(&[
        ("act", "feedback"),
        ("done", "到企业比对权利要求，整理现有技术，改好回函。"),
        ("hours", "3.5"),
        ("outcome", "solved"),
        ("no_gift", "on"),
        ("no_promotion", "on"),
        ("no_touting", "on"),
    ]);
    assert_eq!(app.liaison.assignment(&assignment)["state"], "done");
    assert_eq!(app.liaison.need(&id)["state"], "served");
    let early = app.liaison.post(&format!("/api/v1/needs/{id}/closure"), &json!({"reason": "served"}));
    assert_eq!((early.status, early.body["code"].as_str()), (409, Some("not-ready-to-close")));

    // 8 the enterprise rates by link
    app.tick();
    let rating = Holder::of(app.link_to("zhou@yunxiu.example"));
    assert!(rating.looks().expect(200).text.contains("010-62000012"), "监督电话 stands on every enterprise page");
    rating.posts(&[("score", "5"), ("text", "很专业，回函已经发出。")]);

    // 9 close, with the liaison's own evaluation
    let closing = json!({"reason": "served", "evaluation": {"promptness": 5, "expertise": 5, "attitude": 5}});
    app.liaison.post(&format!("/api/v1/needs/{id}/closure"), &closing).expect(200);
    assert_eq!(app.liaison.need(&id)["state"], "closed");

    // the trail tells it in order
    let trail = app.auditor.get(&format!("/api/v1/audit?subject={id}")).expect(200);
    for event in [
        "need-submitted",
        "expert-assigned",
        "notice-recorded",
        "offer-accepted",
        "feedback-filed",
        "service-rated",
        "need-closed",
    ] {
        assert!(trail.text.contains(event), "{event} in {}", trail.text);
    }
}

fn a_submitted_need_is_the_same_after_a_repeated_key(backend: Backend) {
    let app = App::start(backend);
    let first = app.liaison.post_once("/api/v1/needs", "key-1", &need()).expect(201);
    let again = app.liaison.post_once("/api/v1/needs", "key-1", &need()).expect(201);
    assert_eq!(first.id(), again.id());
    let mut other = need();
    other["title"] = json!("另一件事");
    let reused = app.liaison.post_once("/api/v1/needs", "key-1", &other);
    assert_eq!((reused.status, reused.body["code"].as_str()), (409, Some("key-reused")));
    let similar = app.liaison.post_once("/api/v1/needs", "key-2", &need()).expect(201);
    assert_eq!(
        similar.body["similar_open_needs"].as_array().unwrap().len(),
        1,
        "the earlier need of the same enterprise is shown"
    );
}
