//! Admonition and removal in their simplest true form: a second manager decides, a removal re-homes in the same act.

use crate::on_both;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{Holder, address, expert, need};
use chrono::TimeDelta;
use serde_json::json;

on_both!(
    a_removal_suspends_at_once_and_a_second_manager_decides,
    three_lapses_propose_and_nothing_more,
    a_gift_reaches_the_manager_past_the_station,
    withdrawal_is_the_experts_choice
);

fn a_removal_suspends_at_once_and_a_second_manager_decides(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let xu = app.manager.registers(&expert("许望舒"));
    let id = app.liaison.submits(&need());
    let first = app.liaison.asks(&id, &shen, &[&xu]);
    app.tick();
    assert_eq!(
        app.liaison.post(&format!("/api/v1/experts/{shen}/removal"), &json!({"grounds": "x"})).status,
        403,
        "managers decide"
    );
    let opened = app
        .manager
        .post(&format!("/api/v1/experts/{shen}/removal"), &json!({"grounds": "收受服务对象礼金，经核实。"}))
        .expect(201);
    assert_eq!(app.manager.get(&format!("/api/v1/experts/{shen}")).body["standing"], "suspended");
    assert_eq!(app.liaison.assignment(&first)["state"], "void", "open offers find a new home in the same act");
    let open = app.liaison.get(&format!("/api/v1/assignments?need={id}&state=offered")).expect(200).body;
    assert_eq!(open["items"][0]["expert"]["id"].as_str(), Some(xu.as_str()));
    let list = app.liaison.get(&format!("/api/v1/needs/{id}/candidates/{shen}")).expect(200);
    assert!(
        list.text.contains("standing") || list.text.contains("already-asked"),
        "out of every ranking: {}",
        list.text
    );
    let path = format!("/api/v1/conduct-cases/{}/decision", opened.id());
    let same = app.manager.post(&path, &json!({"decision": "remove", "reason": "属实"}));
    assert_eq!((same.status, same.body["code"].as_str()), (409, Some("another-manager")));
    app.second_manager.post(&path, &json!({"decision": "remove", "reason": "事实清楚"})).expect(200);
    assert_eq!(app.manager.get(&format!("/api/v1/experts/{shen}")).body["standing"], "removed");
    assert_eq!(app.second_manager.post(&path, &json!({"decision": "remove", "reason": "again"})).status, 409);
    app.tick();
    assert!(app.letters_to(&address("沈知行")).len() >= 3, "offer, case opened, case decided");
    let late =
        Holder::of(app.letters_to(&address("沈知行")).last().unwrap().links[0].clone()).posts(&[("answer", "accept")]);
    assert!(late.status >= 400 || late.status == 303);
    assert_eq!(app.liaison.assignment(&first)["state"], "void");
}

fn three_lapses_propose_and_nothing_more(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    for _ in 0..3 {
        let id = app.liaison.submits(&need());
        app.liaison.asks(&id, &shen, &[]);
        app.tick();
        app.advance(TimeDelta::days(6));
    }
    assert!(app.manager.get("/api/v1/dashboard/desk").expect(200).text.contains("admonition-proposed"));
    assert_eq!(
        app.manager.get(&format!("/api/v1/experts/{shen}")).body["standing"],
        "active",
        "a proposal never acts by itself"
    );
    let opened = app
        .manager
        .post(&format!("/api/v1/experts/{shen}/admonitions"), &json!({"grounds": "三次未在两日内响应"}))
        .expect(201);
    let path = format!("/api/v1/conduct-cases/{}/decision", opened.id());
    let wrong = app.second_manager.post(&path, &json!({"decision": "remove", "reason": "x"}));
    assert_eq!((wrong.status, wrong.body["code"].as_str()), (409, Some("decision-does-not-fit")));
    app.second_manager.post(&path, &json!({"decision": "admonish", "reason": "改正留任"})).expect(200);
    assert_eq!(app.manager.get(&format!("/api/v1/experts/{shen}")).body["standing"], "active");
}

fn a_gift_reaches_the_manager_past_the_station(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let id = app.liaison.submits(&need());
    app.liaison.asks(&id, &shen, &[]);
    app.tick();
    Holder::of(app.link_to(&address("沈知行"))).posts(&[("answer", "accept")]);
    app.liaison
        .post(
            &format!("/api/v1/needs/{id}/ratings"),
            &json!({"score": 2, "channel": "phone", "conduct": ["gift"], "text": "收了礼品卡"}),
        )
        .expect(201);
    app.tick();
    assert!(app.manager.get("/api/v1/dashboard/desk").expect(200).text.contains("conduct-report"));
    assert!(!app.letters_to("meng@staff.example").is_empty(), "a letter straight to the managers");
}

fn withdrawal_is_the_experts_choice(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let xu = app.manager.registers(&expert("许望舒"));
    let id = app.liaison.submits(&need());
    app.liaison.asks(&id, &shen, &[&xu]);
    app.tick();
    Holder::of(app.link_to(&address("沈知行"))).posts(&[("answer", "accept")]);
    app.manager.post(&format!("/api/v1/experts/{shen}/withdrawal"), &json!({"reason": "工作变动"})).expect(200);
    assert_eq!(app.manager.get(&format!("/api/v1/experts/{shen}")).body["standing"], "withdrawn");
    let open = app.liaison.get(&format!("/api/v1/assignments?need={id}&state=offered")).expect(200).body;
    assert_eq!(open["items"][0]["expert"]["id"].as_str(), Some(xu.as_str()), "accepted cases find a new home too");
}
