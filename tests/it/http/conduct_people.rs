//! People in a case and after it: the city signs second, an appeal gives the standing back, who left comes back, and what
//! becomes of the offers of whoever leaves.

use super::conduct_support::{district_manager, link_in, opens, page, sends, standing};
use super::doors::signed_in;
use crate::on_both;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{Holder, address, expert, need};
use serde_json::json;
use zhipai::actions::Actor;
use zhipai::db;
use zhipai::domain::standing::Standing;
use zhipai::ids::ExpertId;

on_both!(
    the_city_signs_second_where_a_district_has_managers,
    a_removal_that_an_appeal_overturned_gives_the_standing_back,
    who_left_comes_back_by_the_rules,
    whoever_leaves_is_told_once_and_everything_moves_on,
);

fn the_city_signs_second_where_a_district_has_managers(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let first = district_manager(&app, "Hai", "110108");
    let second = district_manager(&app, "Dian", "110108");
    let foreign = district_manager(&app, "Chao", "110105");
    assert_eq!(
        foreign.post(&format!("/api/v1/experts/{shen}/admonitions"), &json!({"grounds": "x"})).status,
        403,
        "another district's managers have nothing to do with it"
    );
    let case = first
        .post(&format!("/api/v1/experts/{shen}/admonitions"), &json!({"grounds": "三次未响应。"}))
        .expect(201)
        .id();
    assert_eq!(foreign.get(&format!("/api/v1/conduct-cases/{case}")).status, 404);
    let path = format!("/api/v1/conduct-cases/{case}/decision");
    let body = json!({"decision": "admonish", "reason": "改正留任"});
    let refused = second.post(&path, &body);
    assert_eq!((refused.status, refused.body["code"].as_str()), (409, Some("city-signs")), "{}", refused.text);
    let early = app.manager.post(&path, &json!({"decision": "admonish", "reason": "x", "early": false}));
    assert_eq!(early.body["code"].as_str(), Some("hearing-runs"), "{}", early.text);
    let decided = app.manager.post(&path, &body).expect(200).body;
    assert_eq!((decided["stage"].as_str(), decided["early"].as_bool()), (Some("decided"), Some(true)));
}

fn a_removal_that_an_appeal_overturned_gives_the_standing_back(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let case = opens(&app, &shen, "removal", &json!({"grounds": "收受礼金。"}));
    app.tick();
    let link = link_in(&app, &address("沈知行"), "立案");
    Holder::of(&link).posts(&[("act", "statement"), ("words", "没有收。")]);
    let path = format!("/api/v1/conduct-cases/{case}/decision");
    app.second_manager.post(&path, &json!({"decision": "remove", "reason": "属实"})).expect(200);
    assert_eq!(standing(&app, &shen), "removed");
    app.tick();
    assert_eq!(Holder::of(&link).posts(&[("act", "appeal"), ("words", "当日不在本市。")]).status, 303);
    let meng = signed_in(&app, "meng");
    let at = format!("/conduct/{case}");
    let outcome = [("outcome", "overturned"), ("appeal_reason", "行程属实")];
    assert_eq!(sends(&app, &meng, &at, &format!("{at}/appeal"), &outcome).status, 303);
    assert_eq!(standing(&app, &shen), "active");
    let id: ExpertId = shen.parse().unwrap();
    let steps = db::standing_history::of_expert(&mut app.office.read().unwrap(), id).unwrap();
    let way: Vec<(Standing, Standing)> = steps.iter().map(|step| (step.from_standing, step.to_standing)).collect();
    assert_eq!(
        way,
        [
            (Standing::Active, Standing::Suspended),
            (Standing::Suspended, Standing::Removed),
            (Standing::Removed, Standing::Active),
        ]
    );
    assert!(steps.iter().all(|step| step.actor.starts_with("account:") && step.conduct_case.is_some()));
    assert_eq!(steps[2].why.as_deref(), Some("行程属实"), "who, when and why");
    let passed = [("authority", "区市场监管局"), ("on_day", "2026-03-10"), ("reference", "移〔2026〕3号")];
    assert_eq!(sends(&app, &meng, &at, &format!("{at}/transfer"), &passed).status, 303);
    assert!(page(&app, &meng, &at).contains("区市场监管局"));
}

fn who_left_comes_back_by_the_rules(backend: Backend) {
    let app = App::start(backend);
    let (shen, xu) = (app.manager.registers(&expert("沈知行")), app.manager.registers(&expert("许望舒")));
    let meng = signed_in(&app, "meng");
    app.manager.post(&format!("/api/v1/experts/{shen}/withdrawal"), &json!({"reason": "工作变动"})).expect(200);
    let back = |id: &str, reason: &str| {
        let at = format!("/experts/{id}");
        sends(&app, &meng, &at, &format!("{at}/readmission"), &[("readmit_reason", reason)])
    };
    assert_eq!(back(&shen, "").status, 422, "a reason is needed");
    assert_eq!(back(&shen, "回到北京工作").status, 303);
    assert_eq!(standing(&app, &shen), "applied", "at once after a withdrawal, and reviewed as any other");
    let case = opens(&app, &xu, "removal", &json!({"grounds": "收受礼金。"}));
    app.second_manager
        .post(&format!("/api/v1/conduct-cases/{case}/decision"), &json!({"decision": "remove", "reason": "属实"}))
        .expect(200);
    assert_eq!(back(&xu, "知错").status, 422);
    assert_eq!(standing(&app, &xu), "removed");
    assert!(page(&app, &meng, &format!("/experts/{xu}")).contains("2028年3月10日"), "and the page says from when");
    let readmitted = |at: &str| {
        app.clock.move_to(crate::support::app::at(at));
        let actor = Actor::Operator;
        zhipai::actions::readmit_expert::readmit_expert(&app.office, &actor, xu.parse().unwrap(), "知错已改")
    };
    assert!(readmitted("2028-03-10T09:00:00+08:00").is_err(), "by decision: the operator is no manager");
    let meng = signed_in(&app, "meng");
    let at = format!("/experts/{xu}");
    let told = sends(&app, &meng, &at, &format!("{at}/readmission"), &[("readmit_reason", "已满两年")]);
    assert_eq!(told.status, 303, "{}", told.text);
    assert_eq!(standing(&app, &xu), "applied");
}

fn whoever_leaves_is_told_once_and_everything_moves_on(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let xu = app.manager.registers(&expert("许望舒"));
    let offered = app.liaison.submits(&need());
    let first = app.liaison.asks(&offered, &shen, &[&xu]);
    let taken = app.liaison.submits(&need());
    let second = app.liaison.asks(&taken, &shen, &[]);
    app.tick();
    app.liaison
        .post(&format!("/api/v1/assignments/{second}/answer"), &json!({"answer": "accept", "channel": "phone"}))
        .expect(200);
    app.tick();
    let meng = signed_in(&app, "meng");
    let at = format!("/experts/{shen}");
    // A pause moves what waits for an answer; what was accepted is served.
    let paused = sends(&app, &meng, &at, &format!("{at}/pause"), &[("pause_reason", "产假")]);
    assert_eq!(paused.status, 303, "{}", paused.text);
    assert_eq!(standing(&app, &shen), "paused");
    assert_eq!(app.liaison.assignment(&first)["state"], "void");
    assert_eq!(app.liaison.assignment(&second)["state"], "accepted");
    let open = app.liaison.get(&format!("/api/v1/assignments?need={offered}&state=offered")).expect(200).body;
    assert_eq!(open["items"][0]["expert"]["id"].as_str(), Some(xu.as_str()));
    app.tick();
    let told = |subject: &str| {
        app.letters_to(&address("沈知行")).iter().filter(|letter| letter.subject.contains(subject)).count()
    };
    assert_eq!((told("转交他人"), told("不必再答复"), told("不再由您承接")), (1, 0, 0), "once, for all of it");
    assert_eq!(sends(&app, &meng, &at, &format!("{at}/resumption"), &[]).status, 303);
    assert_eq!(standing(&app, &shen), "active");
    // Leaving moves the accepted case too, and the enterprise is told once.
    app.manager.post(&format!("/api/v1/experts/{shen}/withdrawal"), &json!({})).expect(200);
    app.tick();
    assert_eq!(app.liaison.assignment(&second)["state"], "released");
    assert_eq!((told("转交他人"), told("不再由您承接")), (2, 0));
    let enterprise = app.letters_to("zhou@yunxiu.example");
    assert_eq!(enterprise.iter().filter(|letter| letter.subject.contains("另请专家")).count(), 1);
}
