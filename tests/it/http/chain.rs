//! The chain: who is asked next, and that nobody is ever forgotten (rules.md, "The chain", "Owner").

use crate::on_both;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{Holder, address, expert, need};
use serde_json::{Value, json};

on_both!(
    only_those_who_qualify_at_that_moment_are_asked,
    with_nobody_left_somebody_of_the_office_must_act,
    hard_rules_drop_and_say_so,
    two_seats_are_two_offers,
    one_open_offer_per_seat_and_one_taker,
    an_activity_of_several_seats_is_one_need,
);

fn only_those_who_qualify_at_that_moment_are_asked(backend: Backend) {
    let app = App::start(backend);
    let ids: Vec<String> =
        ["沈知行", "许望舒", "陆以宁"].iter().map(|name| app.manager.registers(&expert(name))).collect();
    let id = app.liaison.submits(&need());
    app.liaison.asks(&id, &ids[0], &[&ids[1], &ids[2]]);
    app.tick();
    // Between offer and lapse the first reserve goes on leave.
    app.manager
        .post(&format!("/api/v1/experts/{}/leaves", ids[1]), &json!({"from": "2026-03-12", "to": "2026-03-20"}))
        .expect(201);
    app.advance_to("2026-03-13T08:00:01+08:00");
    let shown = app.liaison.need(&id);
    let reserves = shown["reserves"].as_array().unwrap();
    assert_eq!(reserves[0]["state"], "skipped", "{shown}");
    assert_eq!(
        reserves[0]["why"].as_str().map(|why| why.contains("leave") || why.contains('假')),
        Some(true),
        "{shown}"
    );
    assert_eq!(reserves[1]["state"], "asked");
    assert!(app.letters_to(&address("许望舒")).is_empty());
    assert_eq!(app.letters_to(&address("陆以宁")).len(), 1);
}

fn with_nobody_left_somebody_of_the_office_must_act(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let id = app.liaison.submits(&need());
    app.liaison.asks(&id, &shen, &[]);
    app.tick();
    app.advance_to("2026-03-13T00:00:01+08:00");
    assert_eq!(app.liaison.need(&id)["state"], "unanswered");
    for desk in [&app.liaison, &app.manager] {
        assert!(desk.get("/api/v1/dashboard/desk").expect(200).text.contains("unanswered"));
    }
    assert!(app.letters_to("lin@staff.example").is_empty(), "nothing leaves at night");
    app.advance_to("2026-03-13T08:00:01+08:00");
    assert!(!app.letters_to("lin@staff.example").is_empty() && !app.letters_to("meng@staff.example").is_empty());
    // Choosing somebody else takes the task off the desk.
    let xu = app.manager.registers(&expert("许望舒"));
    app.liaison.asks(&id, &xu, &[]);
    assert_eq!(app.liaison.need(&id)["state"], "offering");
    assert!(
        !app.liaison.get("/api/v1/dashboard/desk").expect(200).body["tasks"].to_string().contains("\"unanswered\"")
    );
}

fn hard_rules_drop_and_say_so(backend: Backend) {
    let app = App::start(backend);
    let mut cases: Vec<(&str, Value, &str)> = Vec::new();
    let mut lapsed = expert("资质过期");
    lapsed["qualifications"] = json!([{"type": "专利代理师", "valid_until": "2026-03-01"}]);
    cases.push(("资质过期", lapsed, "qualification"));
    let mut opponent = expert("对方代理");
    opponent["firm"] = json!("澄观专利商标代理有限公司");
    cases.push(("对方代理", opponent, "opposing-agent"));
    let mut party = expert("对方员工");
    party["firm"] = json!("铂影测控技术有限公司");
    cases.push(("对方员工", party, "opposing-party"));
    let mut applied = expert("未备案");
    applied["standing"] = json!("applied");
    cases.push(("未备案", applied, "standing"));
    let good = app.manager.registers(&expert("沈知行"));
    let ids: Vec<String> = cases.iter().map(|(_, body, _)| app.manager.registers(body)).collect();
    let id = app.liaison.submits(&need());
    for (language, mark) in [("zh-CN", "。"), ("en", ".")] {
        let list = app.liaison.get_in(&format!("/api/v1/needs/{id}/candidates"), language).expect(200).body;
        assert_eq!(list["candidates"].as_array().unwrap().len(), 1);
        assert_eq!(list["candidates"][0]["expert"]["id"].as_str(), Some(good.as_str()));
        for excluded in list["excluded"].as_array().unwrap() {
            assert!(excluded["text"].as_str().unwrap().contains(mark), "{excluded}");
        }
    }
    for (expert_id, (_, _, rule)) in ids.iter().zip(&cases) {
        let why = app.liaison.get(&format!("/api/v1/needs/{id}/candidates/{expert_id}")).expect(200);
        assert!(why.text.contains(rule), "{rule}: {}", why.text);
        let refused = app.liaison.post(&format!("/api/v1/needs/{id}/assignments"), &json!({"expert_id": expert_id}));
        assert_eq!((refused.status, refused.body["code"].as_str()), (409, Some("not-eligible")), "{}", refused.text);
    }
    // The cap: two open offers are the most.
    let (a, b, c) = (app.liaison.submits(&need()), app.liaison.submits(&need()), app.liaison.submits(&need()));
    app.liaison.asks(&a, &good, &[]);
    app.liaison.asks(&b, &good, &[]);
    assert_eq!(app.liaison.post(&format!("/api/v1/needs/{c}/assignments"), &json!({"expert_id": good})).status, 409);
}

fn two_seats_are_two_offers(backend: Backend) {
    let app = App::start(backend);
    let ids: Vec<String> =
        ["沈知行", "许望舒", "陆以宁"].iter().map(|name| app.manager.registers(&expert(name))).collect();
    let mut body = need();
    body["seats"] = json!(2);
    let id = app.liaison.submits(&body);
    app.liaison.asks(&id, &ids[0], &[]);
    app.liaison.asks(&id, &ids[1], &[]);
    let third = app.liaison.post(&format!("/api/v1/needs/{id}/assignments"), &json!({"expert_id": ids[2]}));
    assert_eq!((third.status, third.body["code"].as_str()), (409, Some("no-free-seat")));
    app.tick();
    Holder::of(app.link_to(&address("沈知行"))).posts(&[("answer", "accept")]);
    assert_eq!(app.liaison.need(&id)["state"], "offering");
    Holder::of(app.link_to(&address("许望舒"))).posts(&[("answer", "accept")]);
    assert_eq!(app.liaison.need(&id)["state"], "accepted");
}

fn one_open_offer_per_seat_and_one_taker(backend: Backend) {
    let app = App::start(backend);
    let ids: Vec<String> =
        ["沈知行", "许望舒", "陆以宁", "祝南乔"].iter().map(|name| app.manager.registers(&expert(name))).collect();
    let id = app.liaison.submits(&need());
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let all: Vec<_> = ids
            .iter()
            .map(|expert| {
                let (app, id) = (&app, &id);
                scope.spawn(move || {
                    app.liaison.post(&format!("/api/v1/needs/{id}/assignments"), &json!({"expert_id": expert})).status
                })
            })
            .collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| *status == 201 || *status == 409), "{statuses:?}");
}

fn an_activity_of_several_seats_is_one_need(backend: Backend) {
    let app = App::start(backend);
    let mut event = need();
    event["form"] = json!("event");
    event["seats"] = json!(3);
    let id = app.liaison.submits(&event);
    let shown = app.liaison.need(&id);
    assert_eq!(shown["seats"].as_array().unwrap().len(), 3);
    assert_eq!(shown["form"], "event");
}
