//! What bounds an expert beside caps and leave: the hours a week they give, in matching and on the rota; and licences, which
//! bar only new matters that ask for them.

use crate::on_both;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{expert, need};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use serde_json::{Value, json};
use zhipai::actions::Actor;
use zhipai::actions::set_policy::set_policy;
use zhipai::actions::set_terms::{TermsInput, set_terms};
use zhipai::db;
use zhipai::domain::licence::{Licence, LicenceRule};
use zhipai::domain::need::Mode;
use zhipai::ids::{DutyPlanId, ExpertId};

on_both!(
    a_full_week_is_left_alone_and_said_so,
    the_rota_keeps_to_the_hours_a_week,
    an_expired_licence_bars_new_matters_that_ask_for_it_and_nothing_else,
    a_licence_that_has_to_be_held_is_policy,
);

/// An expert gives so many hours a week.
fn gives(app: &App, who: &str, hours: i32) {
    let id: ExpertId = who.parse().expect("an id");
    let modes = vec![Mode::Station, Mode::Onsite, Mode::Online];
    let terms = TermsInput { monthly_cap: 10, open_cap: 10, weekly_hours: Some(hours), modes, ..TermsInput::default() };
    set_terms(&app.office, id, &terms).expect("set");
}

fn need_for(services: &[&str], wanted_by: &str, hours: Option<i32>) -> Value {
    let mut asked = need();
    asked["services"] = json!(services);
    asked["wanted_by"] = json!(wanted_by);
    asked["expected_hours"] = json!(hours);
    asked
}

/// The rule that drops an expert from a need, and its sentence; both empty when none does.
fn why_not(app: &App, need: &str, expert: &str, language: &str) -> (String, String) {
    let path = format!("/api/v1/needs/{need}/candidates/{expert}");
    let why = app.manager.get_in(&path, language).expect(200).body;
    let text = |name: &str| why["excluded"][0][name].as_str().unwrap_or_default().to_owned();
    (text("rule"), text("text"))
}

fn accepts(app: &App, need: &str, expert: &str) -> String {
    let offer = app.liaison.asks(need, expert, &[]);
    app.tick();
    let yes = json!({"answer": "accept", "channel": "phone"});
    app.liaison.post(&format!("/api/v1/assignments/{offer}/answer"), &yes).expect(200);
    offer
}

fn a_full_week_is_left_alone_and_said_so(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    gives(&app, &shen, 4);
    // Tuesday 10 March; wanted on Thursday of the same week, three hours.
    let first = app.liaison.submits(&need_for(&["dispute"], "2026-03-12", Some(3)));
    assert_eq!(why_not(&app, &first, &shen, "zh").0, "");
    accepts(&app, &first, &shen);
    let same_week = app.liaison.submits(&need_for(&["search"], "2026-03-13", Some(2)));
    let (rule, text) = why_not(&app, &same_week, &shen, "zh");
    assert_eq!(rule, "week-hours");
    assert!(text.contains("3 小时") && text.contains("每周可服务 4 小时"), "{text}");
    assert!(why_not(&app, &same_week, &shen, "en").1.contains("4 hours a week"));
    let refused = app
        .liaison
        .post(&format!("/api/v1/needs/{same_week}/assignments"), &json!({"expert_id": shen, "reserves": []}));
    assert_eq!((refused.status, refused.body["rule"].as_str()), (409, Some("week-hours")), "{}", refused.text);
    // What fits is asked, and so is what lies in another week, however long.
    let short = app.liaison.submits(&need_for(&["search"], "2026-03-15", None));
    assert_eq!(why_not(&app, &short, &shen, "zh").0, "", "an hour is left");
    let next_week = app.liaison.submits(&need_for(&["search"], "2026-03-16", Some(8)));
    assert_eq!(why_not(&app, &next_week, &shen, "zh").0, "", "an empty week takes one matter");
    gives(&app, &shen, 8);
    assert_eq!(why_not(&app, &same_week, &shen, "zh").0, "", "who gives more is asked again");
}

fn the_rota_keeps_to_the_hours_a_week(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    // Mornings are three hours; Monday to Friday of one week each.
    let seated = |hours: i32, from: &str, to: &str| -> (usize, String) {
        gives(&app, &shen, hours);
        let body = json!({"title": "三月值班", "from": from, "to": to, "rules": {
            "patterns": [{"station": app.station, "weekdays": [1, 2, 3, 4, 5], "parts": ["morning"], "seats": 1,
                "wanted": ["dispute"]}],
            "sign_in": false, "seed": 7}});
        let made = app.manager.post("/api/v1/duty/plans", &body).expect(201).body;
        let plan: DutyPlanId = made["id"].as_str().expect("an id").parse().expect("an id");
        let turns = db::duty_turn::of_plan(&mut app.office.read().expect("a reader"), plan).expect("turns");
        let empty = turns.iter().find(|turn| turn.expert.is_none()).map(|turn| turn.id.to_string());
        let count = turns.iter().filter(|turn| turn.expert.is_some()).count();
        (count, empty.unwrap_or_default())
    };
    assert_eq!(seated(6, "2026-03-16", "2026-03-20").0, 2, "two mornings are six hours");
    let (count, empty) = seated(2, "2026-03-23", "2026-03-27");
    assert_eq!(count, 0, "a turn cannot be spread over two weeks");
    let path = format!("/api/v1/duty/turns/{empty}/experts/{shen}");
    let told = app.manager.get(&path).expect(200);
    assert!(
        told.body["reasons"].as_array().is_some_and(|all| all.contains(&json!("duty-week-hours"))),
        "{}",
        told.text
    );
    assert!(told.text.contains("每周可服务小时数"), "{}", told.text);
    assert!(app.manager.get_in(&path, "en").expect(200).text.contains("hours they give a week"));
}

/// A lawyer whose licence ends with March, and who holds a title without an end.
fn lawyer() -> Value {
    let mut one = expert("许望舒");
    one["qualifications"] = json!([
        {"type": "律师执业证", "number": "1101", "valid_until": "2026-03-31"},
        {"type": "高级知识产权师", "number": "77"},
    ]);
    one["services"] = json!(["dispute", "search", "training"]);
    one
}

fn an_expired_licence_bars_new_matters_that_ask_for_it_and_nothing_else(backend: Backend) {
    let app = App::start(backend);
    let xu = app.manager.registers(&lawyer());
    let taken = app.liaison.submits(&need_for(&["dispute"], "2026-03-20", None));
    let offer = accepts(&app, &taken, &xu);
    // The last day counts, the day after does not; and only for what asks for a licence.
    for (services, wanted, rule) in [
        (&["dispute"][..], "2026-03-31", ""),
        (&["dispute"][..], "2026-04-01", "licence"),
        (&["rights-aid", "search"][..], "2026-04-10", "licence"),
        (&["search"][..], "2026-04-10", ""),
        (&["training"][..], "2026-04-10", ""),
    ] {
        let id = app.liaison.submits(&need_for(services, wanted, None));
        assert_eq!(why_not(&app, &id, &xu, "zh").0, rule, "{services:?} {wanted}");
    }
    let barred = app.liaison.submits(&need_for(&["dispute"], "2026-04-01", None));
    let (_, text) = why_not(&app, &barred, &xu, "zh");
    assert!(text.contains("律师执业证") && text.contains("2026年3月31日"), "{text}");
    assert!(why_not(&app, &barred, &xu, "en").1.contains("lawyer’s licence"));
    let refused =
        app.liaison.post(&format!("/api/v1/needs/{barred}/assignments"), &json!({"expert_id": xu, "reserves": []}));
    assert_eq!((refused.status, refused.body["rule"].as_str()), (409, Some("licence")), "{}", refused.text);
    // The case in hand goes on after the licence has ended.
    app.advance_to("2026-04-02T10:00:00+08:00");
    assert_eq!(app.liaison.assignment(&offer)["state"], "accepted", "never an open case");
    let feedback = app.liaison.post(
        &format!("/api/v1/needs/{taken}/feedback"),
        &json!({"outcome": "solved", "done": "已答复。", "hours": 1, "no_gift": true, "no_promotion": true,
            "no_touting": true}),
    );
    assert!(feedback.status < 300, "{}", feedback.text);
    // A renewed licence is asked again.
    let renewed = json!({"qualifications": [{"type": "律师执业证", "number": "1101", "valid_until": "2027-03-31"}]});
    app.manager.patch(&format!("/api/v1/experts/{xu}"), &renewed).expect(200);
    let again = app.liaison.submits(&need_for(&["dispute"], "2026-04-10", None));
    assert_eq!(why_not(&app, &again, &xu, "zh").0, "");
}

fn horizon_held(app: &App, backend: Backend) -> Option<PgConnection> {
    (backend == Backend::Postgres).then(|| {
        let mut other = PgConnection::establish(&app.database.url).expect("another connection");
        other.batch_execute("BEGIN; SELECT pg_current_xact_id()").expect("a transaction");
        other
    })
}

fn a_licence_that_has_to_be_held_is_policy(backend: Backend) {
    let app = App::start(backend);
    let mut bare = expert("顾明岚");
    bare["qualifications"] = json!([{"type": "高级知识产权师", "number": "77"}]);
    let gu = app.manager.registers(&bare);
    let id = app.liaison.submits(&need_for(&["dispute"], "2026-03-20", None));
    // On PostgreSQL the horizon stands still while somebody else's transaction lasts; what is set is followed all the same.
    let _held = horizon_held(&app, backend);
    for _ in 0..2 {
        assert_eq!(why_not(&app, &id, &gu, "zh").0, "", "who never had one is not barred as shipped");
    }
    let mut policy = app.office.policy().expect("a policy");
    let rule = LicenceRule { any_of: vec![Licence::Lawyer, Licence::PatentAttorney], must_hold: true };
    policy.licences.0.insert("dispute".to_owned(), rule);
    set_policy(&app.office, &Actor::Operator, &policy).expect("set");
    let (rule, text) = why_not(&app, &id, &gu, "zh");
    assert_eq!(rule, "licence", "the ranking in memory follows the policy");
    assert!(text.contains("没有登记"), "{text}");
    policy.licences.0.clear();
    set_policy(&app.office, &Actor::Operator, &policy).expect("set");
    assert_eq!(why_not(&app, &id, &gu, "zh").0, "");
}
