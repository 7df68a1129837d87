//! Conflicts of interest before anybody is written to: declared and learned, waived with a reason, checked without exposure;
//! and the weights of the ranking, which never touch what was offered.

use super::doors::{csrf, signed_in};
use crate::on_both;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{Holder, address, expert, need};
use serde_json::{Value, json};
use zhipai::domain::matching::{Exclusion, FrozenRanking, replay};
use zhipai::ids::AssignmentId;

on_both!(
    a_declared_employer_keeps_the_expert_out_until_it_ends,
    whom_he_served_and_against_whom_is_learned,
    a_colleague_on_the_other_side_bars_the_firm,
    a_colleague_against_the_enterprise_that_asks_wants_a_manager,
    an_offer_nobody_answered_yet_is_a_tie,
    a_firm_like_the_enterprise_that_asks_wants_a_manager,
    a_liaison_is_told_that_something_is_known_and_not_what,
    the_other_side_named_later_is_checked_against_who_was_asked,
    an_official_is_asked_about_when_his_department_is_meant,
    a_manager_waives_with_a_reason_and_nobody_else,
    a_check_says_yes_no_or_ask_and_shows_nobody,
    new_weights_rank_anew_and_leave_old_offers_as_they_were,
    the_pages_do_the_same,
    the_expert_sees_his_own_part_only,
);

/// The rule that drops an expert from a need; empty when none does.
fn rule(app: &App, need: &str, expert: &str) -> String {
    let why = app.manager.get(&format!("/api/v1/needs/{need}/candidates/{expert}")).expect(200).body;
    why["excluded"][0]["rule"].as_str().unwrap_or_default().to_owned()
}

fn offering_fails_with(app: &App, need: &str, expert: &str, rule: &str) {
    let told =
        app.liaison.post(&format!("/api/v1/needs/{need}/assignments"), &json!({"expert_id": expert, "reserves": []}));
    // A liaison learns that something is known, not what.
    let rule = Exclusion::neutral_code(rule);
    assert_eq!((told.status, told.body["rule"].as_str()), (409, Some(rule)), "{}", told.text);
}

fn declares(app: &App, expert: &str, name: &str, kind: &str) -> String {
    let body = json!({"name": name, "kind": kind, "by_expert": true});
    app.liaison.post(&format!("/api/v1/experts/{expert}/relations"), &body).expect(201).id()
}

/// Serves a need of that enterprise against that party, up to the acceptance.
fn serves(app: &App, expert: &str, enterprise: &str, against: Option<&str>) {
    let mut body = need();
    body["enterprise"]["name"] = enterprise.into();
    body["opposing_party"] = against.map_or(Value::Null, Value::from);
    body["opposing_agent"] = Value::Null;
    let id = app.liaison.submits(&body);
    let assignment = app.liaison.asks(&id, expert, &[]);
    app.tick();
    let accepted = json!({"answer": "accept", "channel": "phone"});
    app.liaison.post(&format!("/api/v1/assignments/{assignment}/answer"), &accepted).expect(200);
}

fn a_declared_employer_keeps_the_expert_out_until_it_ends(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let id = app.liaison.submits(&need());
    assert_eq!(rule(&app, &id, &shen), "");
    let relation = declares(&app, &shen, "铂影测控技术（北京）有限公司", "employment");
    assert_eq!(rule(&app, &id, &shen), "declared-relation");
    offering_fails_with(&app, &id, &shen, "declared-relation");
    assert_eq!(app.liaison.get(&format!("/api/v1/experts/{shen}/relations")).status, 403, "not for liaisons");
    let told = app.manager.get(&format!("/api/v1/experts/{shen}/relations")).expect(200).body;
    assert_eq!((told["items"].as_array().unwrap().len(), &told["items"][0]["by_expert"]), (1, &json!(true)));
    assert_eq!(app.liaison.post(&format!("/api/v1/relations/{relation}/ending"), &json!({})).status, 403);
    app.manager.post(&format!("/api/v1/relations/{relation}/ending"), &json!({})).expect(200);
    assert_eq!(app.manager.post(&format!("/api/v1/relations/{relation}/ending"), &json!({})).status, 409);
    assert_eq!(rule(&app, &id, &shen), "");
    let wrong = app.liaison.post(&format!("/api/v1/experts/{shen}/relations"), &json!({"name": "无", "kind": "love"}));
    assert_eq!((wrong.status, wrong.fields()), (422, vec!["name".to_owned(), "kind".to_owned()]), "{}", wrong.text);
}

fn whom_he_served_and_against_whom_is_learned(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    serves(&app, &shen, "铂影测控技术有限公司", Some("青屿光学有限公司"));
    // Now his client is the opposing party.
    let id = app.liaison.submits(&need());
    assert_eq!(rule(&app, &id, &shen), "learned-conflict");
    offering_fails_with(&app, &id, &shen, "learned-conflict");
    let why = app.liaison.get(&format!("/api/v1/needs/{id}/candidates/{shen}")).expect(200);
    assert!(!why.text.contains("青屿"), "nobody else's names");
    // And whom he served against asks for help.
    let mut body = need();
    body["enterprise"]["name"] = "青屿光学有限公司".into();
    body["opposing_party"] = Value::Null;
    let id = app.liaison.submits(&body);
    assert_eq!(rule(&app, &id, &shen), "learned-conflict");
    // A third party is none of this.
    body["enterprise"]["name"] = "半夏生物有限公司".into();
    let id = app.liaison.submits(&body);
    assert_eq!(rule(&app, &id, &shen), "");
}

fn a_colleague_on_the_other_side_bars_the_firm(backend: Backend) {
    let app = App::start(backend);
    let of = |name: &str, firm: &str| {
        let mut body = expert(name);
        body["firm"] = firm.into();
        app.manager.registers(&body)
    };
    let xu = of("许望舒", "衡溪知识产权代理（北京）有限公司");
    let shen = of("沈知行", "北京衡溪知识产权代理有限公司上海分公司");
    let gu = of("顾明岚", "衡汐知识产权代理有限公司");
    serves(&app, &xu, "铂影测控技术有限公司", Some("云岫传感科技有限公司"));
    let id = app.liaison.submits(&need());
    assert_eq!(rule(&app, &id, &shen), "learned-conflict", "the same firm");
    offering_fails_with(&app, &id, &shen, "learned-conflict");
    assert_eq!(rule(&app, &id, &gu), "", "a look-alike firm");
}

fn of_firm(app: &App, name: &str, firm: &str) -> String {
    let mut body = expert(name);
    body["firm"] = firm.into();
    app.manager.registers(&body)
}

fn a_colleague_against_the_enterprise_that_asks_wants_a_manager(backend: Backend) {
    let app = App::start(backend);
    let xu = of_firm(&app, "许望舒", "衡溪知识产权代理有限公司");
    let shen = of_firm(&app, "沈知行", "北京衡溪知识产权代理有限公司");
    serves(&app, &xu, "半夏生物有限公司", Some("云岫传感科技有限公司"));
    let mut body = need();
    (body["opposing_party"], body["opposing_agent"]) = (Value::Null, Value::Null);
    let id = app.liaison.submits(&body);
    assert_eq!(rule(&app, &id, &shen), "needs-waiver", "the need itself names nobody");
    offering_fails_with(&app, &id, &shen, "needs-waiver");
}

fn an_offer_nobody_answered_yet_is_a_tie(backend: Backend) {
    let app = App::start(backend);
    let shen = of_firm(&app, "沈知行", "北京衡溪知识产权代理有限公司");
    let xu = of_firm(&app, "许望舒", "衡溪知识产权代理有限公司");
    let mut body = need();
    body["enterprise"]["name"] = "铂影测控技术有限公司".into();
    body["opposing_party"] = "云岫传感科技有限公司".into();
    body["opposing_agent"] = Value::Null;
    let theirs = app.liaison.submits(&body);
    let assignment = app.liaison.asks(&theirs, &shen, &[]);
    app.tick();
    let ours = app.liaison.submits(&need());
    for expert in [&shen, &xu] {
        assert_eq!(rule(&app, &ours, expert), "needs-waiver");
        offering_fails_with(&app, &ours, expert, "needs-waiver");
    }
    let declined = json!({"answer": "decline", "reason": "time", "channel": "phone"});
    app.liaison.post(&format!("/api/v1/assignments/{assignment}/answer"), &declined).expect(200);
    assert_eq!((rule(&app, &ours, &shen), rule(&app, &ours, &xu)), (String::new(), String::new()));
}

fn a_firm_like_the_enterprise_that_asks_wants_a_manager(backend: Backend) {
    let app = App::start(backend);
    let shen = of_firm(&app, "沈知行", "云岫");
    let id = app.liaison.submits(&need());
    assert_eq!(rule(&app, &id, &shen), "ask-manager");
    offering_fails_with(&app, &id, &shen, "ask-manager");
}

fn a_liaison_is_told_that_something_is_known_and_not_what(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let xu = app.manager.registers(&expert("许望舒"));
    let gu = app.manager.registers(&expert("顾明岚"));
    serves(&app, &shen, "铂影测控技术有限公司", None);
    declares(&app, &xu, "铂影测控技术有限公司", "family");
    declares(&app, &gu, "铂影测控技术有限公司", "advisory");
    let id = app.liaison.submits(&need());
    let list = format!("/api/v1/needs/{id}/candidates");
    let told = app.liaison.get(&list).expect(200);
    for code in ["learned-conflict", "declared-relation", "needs-waiver"] {
        assert!(!told.text.contains(code), "{code}: {}", told.text);
        assert!(app.manager.get(&list).expect(200).text.contains(code), "a manager is told");
    }
    let counts = told.body["excluded_counts"].as_array().unwrap();
    let known = counts.iter().find(|one| one["rule"] == "conflict").unwrap();
    assert_eq!(known["count"], 3, "{}", told.text);
    let mut sentences: Vec<String> = Vec::new();
    for one in [&shen, &xu, &gu] {
        let why = app.liaison.get(&format!("{list}/{one}")).expect(200).body;
        assert_eq!(why["excluded"][0]["rule"], "conflict");
        sentences.push(why["excluded"][0]["text"].as_str().unwrap().to_owned());
    }
    sentences.dedup();
    assert_eq!(sentences.len(), 1, "one sentence: {sentences:?}");
    // Passed over as a reserve: the same.
    let free = app.manager.registers(&expert("陆以宁"));
    let assignment = app.liaison.asks(&id, &free, &[&shen]);
    app.tick();
    let declined = json!({"answer": "decline", "reason": "time", "channel": "phone"});
    app.liaison.post(&format!("/api/v1/assignments/{assignment}/answer"), &declined).expect(200);
    let why = |who: &crate::support::people::Person| {
        who.get(&format!("/api/v1/needs/{id}")).expect(200).body["reserves"][0]["why"].clone()
    };
    assert_eq!((why(&app.liaison), why(&app.manager)), (json!("conflict"), json!("learned-conflict")));
}

fn the_other_side_named_later_is_checked_against_who_was_asked(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let xu = app.manager.registers(&expert("许望舒"));
    declares(&app, &shen, "铂影测控技术有限公司", "employment");
    let mut body = need();
    (body["opposing_party"], body["opposing_agent"]) = (Value::Null, Value::Null);
    let id = app.liaison.submits(&body);
    let first: AssignmentId = app.liaison.asks(&id, &shen, &[&xu]).parse().unwrap();
    app.tick();
    let named = json!({"opposing_party": "铂影测控技术有限公司"});
    assert_eq!(app.auditor.post(&format!("/api/v1/needs/{id}/opposing"), &named).status, 403);
    let told = app.liaison.post(&format!("/api/v1/needs/{id}/opposing"), &named).expect(200).body;
    assert_eq!(told["opposing_party"], "铂影测控技术有限公司");
    assert_eq!(app.liaison.get(&format!("/api/v1/assignments/{first}")).expect(200).body["state"], "void");
    let open: Vec<&Value> =
        told["assignments"].as_array().unwrap().iter().filter(|one| one["state"] == "offered").collect();
    assert_eq!(open.len(), 1, "the reserve stepped in: {told}");
    assert_eq!(open[0]["expert"]["id"].as_str(), Some(xu.as_str()));
    // He accepts; then it comes out that another party stands against him.
    app.tick();
    let second = open[0]["id"].as_str().unwrap();
    let accepted = json!({"answer": "accept", "channel": "phone"});
    app.liaison.post(&format!("/api/v1/assignments/{second}/answer"), &accepted).expect(200);
    declares(&app, &xu, "青屿光学有限公司", "family");
    let both = json!({"opposing_party": "铂影测控技术有限公司,青屿光学有限公司"});
    app.liaison.post(&format!("/api/v1/needs/{id}/opposing"), &both).expect(200);
    assert_eq!(app.liaison.get(&format!("/api/v1/assignments/{second}")).expect(200).body["state"], "accepted");
    let desk = app.manager.get("/api/v1/dashboard/desk").expect(200).text;
    assert!(desk.contains("conflict-found"), "a manager decides: {desk}");
}

fn an_official_is_asked_about_when_his_department_is_meant(backend: Backend) {
    let app = App::start(backend);
    let mut body = expert("沈知行");
    (body["firm"], body["firm_type"]) = ("海淀区市场监督管理局".into(), "authority".into());
    let shen = app.manager.registers(&body);
    let mut body = need();
    body["description"] = "已向海淀区市场监督管理局投诉商标侵权，想了解处理流程与证据要求。".into();
    let id = app.liaison.submits(&body);
    assert_eq!(rule(&app, &id, &shen), "needs-waiver");
    offering_fails_with(&app, &id, &shen, "needs-waiver");
    let id = app.liaison.submits(&need());
    assert_eq!(rule(&app, &id, &shen), "");
}

fn a_manager_waives_with_a_reason_and_nobody_else(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let id = app.liaison.submits(&need());
    declares(&app, &shen, "铂影测控技术有限公司", "advisory");
    assert_eq!(rule(&app, &id, &shen), "needs-waiver");
    let path = format!("/api/v1/needs/{id}/candidates/{shen}/waiver");
    assert_eq!(app.liaison.post(&path, &json!({"reason": "无妨"})).status, 403);
    let silent = app.manager.post(&path, &json!({"reason": " "}));
    assert_eq!((silent.status, silent.fields()), (422, vec!["reason".to_owned()]));
    app.manager.post(&path, &json!({"reason": "顾问合同已于去年终止，双方确认无异议"})).expect(201);
    assert_eq!(rule(&app, &id, &shen), "");
    assert_eq!(app.manager.post(&path, &json!({"reason": "再准一次"})).status, 409, "nothing is left to waive");
    let assignment: AssignmentId = app.liaison.asks(&id, &shen, &[]).parse().unwrap();
    let mut reader = app.office.read().unwrap();
    let row = zhipai::db::assignment::find(&mut reader, &assignment).unwrap().unwrap();
    let frozen: FrozenRanking = serde_json::from_value(row.ranking.get()).unwrap();
    assert_eq!(frozen.waived.len(), 1, "frozen with the offer");
    let trail = app.auditor.get(&format!("/api/v1/audit?subject={id}")).expect(200).text;
    assert!(trail.contains("conflict-waived") && !trail.contains("顾问合同"), "{trail}");
    // What becomes known later asks again, and is waived by itself.
    let gu = app.manager.registers(&expert("顾明岚"));
    declares(&app, &gu, "铂影测控技术有限公司", "advisory");
    let other = app.liaison.submits(&need());
    let path = format!("/api/v1/needs/{other}/candidates/{gu}/waiver");
    app.manager.post(&path, &json!({"reason": "顾问合同已终止"})).expect(201);
    assert_eq!(rule(&app, &other, &gu), "");
    let colleague = of_firm(&app, "顾小岚", "顾明岚知识产权代理有限公司");
    serves(&app, &colleague, "铂影测控技术有限公司", Some("青屿光学有限公司"));
    assert_eq!(rule(&app, &other, &gu), "needs-waiver", "another ground");
    offering_fails_with(&app, &other, &gu, "needs-waiver");
    app.manager.post(&path, &json!({"reason": "两件互不相干，双方均已知悉"})).expect(201);
    assert_eq!(rule(&app, &other, &gu), "");
    // What bars cannot be waived.
    let xu = app.manager.registers(&expert("许望舒"));
    declares(&app, &xu, "铂影测控技术有限公司", "family");
    let other = app.liaison.submits(&need());
    let path = format!("/api/v1/needs/{other}/candidates/{xu}/waiver");
    assert_eq!(app.manager.post(&path, &json!({"reason": "无妨"})).status, 409);
}

fn a_check_says_yes_no_or_ask_and_shows_nobody(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    serves(&app, &shen, "铂影测控技术有限公司", None);
    let path = format!("/api/v1/experts/{shen}/conflict-check");
    let asks = |who: &crate::support::people::Person, party: &str, agent: Value| {
        let told = who.post(&path, &json!({"party": party, "agent": agent})).expect(200);
        assert_eq!(told.body.as_object().unwrap().len(), 1, "nothing but the verdict: {}", told.text);
        told.body["verdict"].as_str().unwrap().to_owned()
    };
    assert_eq!(asks(&app.liaison, "半夏生物有限公司", Value::Null), "no");
    assert_eq!(asks(&app.liaison, "半夏生物有限公司", "沈知行知识产权代理有限公司".into()), "yes");
    assert_eq!(
        asks(&app.liaison, "铂影测控技术有限公司", Value::Null),
        "ask-manager",
        "whose clients, not for liaisons"
    );
    assert_eq!(asks(&app.manager, "铂影测控技术有限公司", Value::Null), "yes");
    let empty = app.liaison.post(&path, &json!({"party": ""}));
    assert_eq!((empty.status, empty.fields()), (422, vec!["party".to_owned()]));
    assert_eq!(app.auditor.post(&path, &json!({"party": "半夏生物有限公司"})).status, 403);
    assert_eq!(asks(&app.liaison, "另一家", Value::Null), "no");
    assert_eq!(asks(&app.liaison, "再一家", Value::Null), "no");
    assert_eq!(app.liaison.post(&path, &json!({"party": "又一家"})).status, 429, "five about one expert a day");
    app.advance_to("2026-03-12T12:00:00+08:00");
    assert_eq!(asks(&app.liaison, "又一家", Value::Null), "no");
    let trail = app.auditor.get(&format!("/api/v1/audit?subject={shen}&limit=100")).expect(200).text;
    assert!(trail.contains("conflict-checked"));
    for name in ["半夏", "铂影", "又一家"] {
        assert!(!trail.contains(name), "no names in the trail: {trail}");
    }
}

fn new_weights_rank_anew_and_leave_old_offers_as_they_were(backend: Backend) {
    let app = App::start(backend);
    let near = app.manager.registers(&expert("沈知行"));
    let mut body = expert("许望舒");
    (body["lat"], body["lon"], body["region"]) = (json!(40.32), json!(116.63), "怀柔区".into());
    body["bio"] = "专利侵权比对、现有技术抗辩、律师函应对；压力传感器与测控领域，侵权判断。".into();
    let far = app.manager.registers(&body);
    let id = app.liaison.submits(&need());
    let order = |id: &str| -> Vec<String> {
        let told = app.liaison.get(&format!("/api/v1/needs/{id}/candidates")).expect(200).body;
        let list = told["candidates"].as_array().unwrap();
        for one in list {
            let sum: f64 = one["reasons"].as_array().unwrap().iter().map(|r| r["contribution"].as_f64().unwrap()).sum();
            assert!((sum - one["score"].as_f64().unwrap()).abs() < 1e-6, "{one}");
        }
        list.iter().map(|one| one["expert"]["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(order(&id), [near.clone(), far.clone()]);
    let assignment: AssignmentId = app.liaison.asks(&id, &near, &[&far]).parse().unwrap();
    let shipped = app.liaison.get("/api/v1/ranking").expect(200).body;
    assert_eq!((&shipped["version"], &shipped["weights"]["service"]), (&json!(2), &json!(18.0)));

    let mut weights = shipped["weights"].clone();
    assert_eq!(app.liaison.post("/api/v1/ranking", &json!({"weights": weights})).status, 403);
    weights["text"] = json!(46.5);
    let off = app.manager.post("/api/v1/ranking", &json!({"weights": weights}));
    assert_eq!((off.status, off.fields()), (422, vec!["sum".to_owned()]), "{}", off.text);
    (weights["text"], weights["distance"]) = (json!(46.0), json!(0.0));
    let set = app.manager.post("/api/v1/ranking", &json!({"weights": weights})).expect(200).body;
    assert_eq!(set["version"], 10_001);

    let other = app.liaison.submits(&need());
    let told = app.liaison.get(&format!("/api/v1/needs/{other}/candidates")).expect(200).body;
    assert_eq!(told["candidates"][0]["reasons"][3]["weight"], 0.0, "{told}");
    let mut reader = app.office.read().unwrap();
    let row = zhipai::db::assignment::find(&mut reader, &assignment).unwrap().unwrap();
    let frozen: FrozenRanking = serde_json::from_value(row.ranking.get()).unwrap();
    assert_eq!(frozen.weights.version(), 2);
    let again = replay(&frozen);
    assert!(again.agrees, "two years later an auditor gets the same");
    let names: Vec<String> = again.order.iter().map(|(id, _)| id.to_string()).collect();
    assert_eq!(names, [near, far]);
    let bytes = serde_json::to_vec(&frozen).unwrap().len();
    assert!(bytes <= 16 * 1024, "{bytes}");
}

fn the_pages_do_the_same(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let id = app.liaison.submits(&need());
    let liaison = signed_in(&app, "lin");
    let at = |path: &str| format!("{}{path}", app.base_url);
    let page = liaison.get(at(&format!("/experts/{shen}/interests"))).send().unwrap().text().unwrap();
    let token = csrf(&page);
    let wrong = liaison
        .post(at(&format!("/experts/{shen}/relations")))
        .form(&[("csrf", token.as_str()), ("relation_name", "铂影测控技术有限公司"), ("kind", "")])
        .send()
        .unwrap();
    assert_eq!(wrong.status().as_u16(), 422);
    assert!(wrong.text().unwrap().contains("铂影测控技术有限公司"), "nothing typed is lost");
    let told = liaison
        .post(at(&format!("/experts/{shen}/relations")))
        .form(&[("csrf", token.as_str()), ("relation_name", "铂影测控技术有限公司"), ("kind", "advisory")])
        .send()
        .unwrap();
    assert_eq!(told.status().as_u16(), 303);
    let page = liaison.get(at(&format!("/experts/{shen}/interests"))).send().unwrap().text().unwrap();
    assert!(!page.contains("铂影"), "a liaison does not read declarations");
    let checked = liaison
        .post(at(&format!("/experts/{shen}/conflict-check")))
        .form(&[("csrf", token.as_str()), ("party", "铂影测控技术有限公司")])
        .send()
        .unwrap();
    assert!(checked.text().unwrap().contains("请管理人员核实"));

    let manager = signed_in(&app, "meng");
    let page = manager.get(at(&format!("/experts/{shen}/interests"))).send().unwrap().text().unwrap();
    assert!(page.contains("铂影测控技术有限公司"));
    let why = format!("/needs/{id}/candidates/{shen}");
    let page = manager.get(at(&why)).send().unwrap().text().unwrap();
    assert!(page.contains(&format!("action=\"{why}/waiver\"")));
    assert!(!liaison.get(at(&why)).send().unwrap().text().unwrap().contains("/waiver"), "not for liaisons");
    let granted = manager
        .post(at(&format!("{why}/waiver")))
        .form(&[("csrf", csrf(&page).as_str()), ("reason", "合同已终止")])
        .send()
        .unwrap();
    assert_eq!(granted.status().as_u16(), 303);
    assert!(manager.get(at(&why)).send().unwrap().text().unwrap().contains("合同已终止"));

    let page = manager.get(at("/policy/ranking")).send().unwrap().text().unwrap();
    let token = csrf(&page);
    let weights = |text: &'static str| {
        [("service", "30"), ("industry", "12"), ("text", text), ("distance", "14"), ("duty", "5")]
            .into_iter()
            .chain([("load", "8"), ("fairness", "7"), ("answers", "8"), ("satisfaction", "6")])
            .collect::<Vec<_>>()
    };
    let set = |text| {
        let mut form = weights(text);
        form.push(("csrf", token.as_str()));
        manager.post(at("/policy/ranking")).form(&form).send().unwrap()
    };
    let off = set("11.5");
    assert_eq!(off.status().as_u16(), 422);
    let off = off.text().unwrap();
    assert!(off.contains("101.5") && off.contains("value=\"11.5\""), "the sum is shown and the figure kept");
    assert_eq!(set("10").status().as_u16(), 303);
    assert_eq!(liaison.get(at("/policy/ranking")).send().unwrap().status().as_u16(), 403);
}

fn the_expert_sees_his_own_part_only(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let xu = app.manager.registers(&expert("许望舒"));
    let id = app.liaison.submits(&need());
    app.liaison.asks(&id, &shen, &[&xu]);
    app.tick();
    let link = app.link_to(&address("沈知行"));
    assert!(Holder::of(link.clone()).looks().text.contains("/why"));
    let told = Holder::of(format!("{link}/why")).looks().expect(200).text;
    assert!(told.contains("服务事项") && told.contains("<small>/ 18</small>"), "{told}");
    assert!(told.contains("同在海淀区") && told.contains("class=\"reasons\""), "the reasons staff read: {told}");
    for name in ["许望舒", xu.as_str(), "云岫", "铂影"] {
        assert!(!told.contains(name), "{name}");
    }
    assert_eq!(Holder::of(format!("{link}x/why")).looks().status, 404);
}
