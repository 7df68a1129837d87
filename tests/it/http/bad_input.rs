//! Bad input gets a clear error in the reader's language naming the field, and nothing is lost.

use crate::on_both;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{Told, expert, need};
use serde_json::{Value, json};

on_both!(
    every_wrong_field_of_a_need_is_named,
    every_wrong_field_of_an_expert_is_named,
    other_calls_name_their_fields,
    broken_bodies_are_refused_kindly
);

fn every_wrong_field_of_a_need_is_named(backend: Backend) {
    let app = App::start(backend);
    let cases: &[(&str, Value, &str)] = &[
        ("/enterprise/name", json!("  "), "enterprise.name"),
        ("/enterprise/uscc", json!("91110108MA00XXXXX0"), "enterprise.uscc"),
        ("/enterprise/region", json!("火星区"), "enterprise.region"),
        ("/enterprise/contact_email", json!("zhou#example"), "enterprise.contact_email"),
        ("/enterprise/contact_phone", json!("12"), "enterprise.contact_phone"),
        ("/title", json!(""), "title"),
        ("/title", json!("长".repeat(121)), "title"),
        ("/description", json!("\u{0}坏"), "description"),
        ("/services", json!([]), "services"),
        ("/services", json!(["no-such-service"]), "services"),
        ("/region", json!(""), "region"),
        ("/lat", json!(200.0), "lat"),
        ("/mode", json!("teleport"), "mode"),
        ("/wanted_by", json!("2020-01-01"), "wanted_by"),
        ("/wanted_by", json!("yesterday"), "wanted_by"),
        ("/seats", json!(0), "seats"),
        ("/language", json!("tlh"), "language"),
        ("/urgency", json!("asap"), "urgency"),
        ("/opposing_party", json!(7), "opposing_party"),
        ("/surprise", json!(1), "surprise"),
    ];
    for (pointer, value, field) in cases {
        let mut body = need();
        set(&mut body, pointer, value.clone());
        for (language, other) in [("zh-CN", "en"), ("en", "zh-CN")] {
            let told = post_in(&app, "/api/v1/needs", &body, language);
            assert_eq!(told.status, 422, "{pointer}={value}: {}", told.text);
            assert!(told.fields().iter().any(|name| name == field), "{pointer}={value}: {}", told.text);
            assert_eq!(
                told.headers["content-type"].to_str().unwrap().split(';').next(),
                Some("application/problem+json")
            );
            let said = told.body["errors"][0]["message"].as_str().unwrap();
            assert!(!said.is_empty() && !told.text.contains('⟦'), "{}", told.text);
            assert_ne!(
                told.body["title"],
                post_in(&app, "/api/v1/needs", &body, other).body["title"],
                "said in the reader's language"
            );
        }
    }
    assert_eq!(app.liaison.get("/api/v1/needs").expect(200).body["items"].as_array().unwrap().len(), 0);
}

fn every_wrong_field_of_an_expert_is_named(backend: Backend) {
    let app = App::start(backend);
    app.manager.registers(&expert("沈知行"));
    let cases: &[(&str, Value, &str)] = &[
        ("/name", json!(""), "name"),
        ("/firm", json!(""), "firm"),
        ("/firm_type", json!("guild"), "firm_type"),
        ("/email", json!("nobody"), "email"),
        ("/region", json!("上海"), "region"),
        ("/services", json!([]), "services"),
        ("/languages", json!(["xx"]), "languages"),
        ("/modes", json!(["teleport"]), "modes"),
        ("/years", json!(900), "years"),
        ("/monthly_cap", json!(0), "monthly_cap"),
        ("/standing", json!("removed"), "standing"),
        ("/qualifications", json!([{"type": ""}]), "qualifications.0.type"),
    ];
    for (pointer, value, field) in cases {
        let mut body = expert("许望舒");
        set(&mut body, pointer, value.clone());
        let told = app.manager.post("/api/v1/experts", &body);
        assert_eq!(told.status, 422, "{pointer}={value}: {}", told.text);
        assert!(told.fields().iter().any(|name| name == field), "{pointer}={value}: {}", told.text);
    }
    let mut twice = expert("另一位");
    twice["email"] = expert("沈知行")["email"].clone();
    assert!(app.manager.post("/api/v1/experts", &twice).expect(422).fields().contains(&"email".to_owned()));
}

fn other_calls_name_their_fields(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let id = app.liaison.submits(&need());
    let assignment = app.liaison.asks(&id, &shen, &[]);
    let wrong: &[(&str, Value, &str)] = &[
        (&format!("/api/v1/needs/{id}/assignments"), json!({"expert_id": "nobody"}), "expert_id"),
        (&format!("/api/v1/assignments/{assignment}/answer"), json!({"answer": "maybe", "channel": "phone"}), "answer"),
        (
            &format!("/api/v1/assignments/{assignment}/answer"),
            json!({"answer": "decline", "channel": "phone"}),
            "reason",
        ),
        (
            &format!("/api/v1/assignments/{assignment}/answer"),
            json!({"answer": "accept", "channel": "pigeon"}),
            "channel",
        ),
        (
            &format!("/api/v1/assignments/{assignment}/notice"),
            json!({"channel": "phone", "notified_at": "soon"}),
            "notified_at",
        ),
        (
            &format!("/api/v1/assignments/{assignment}/notice"),
            json!({"channel": "phone", "notified_at": "2027-01-01T00:00:00Z"}),
            "notified_at",
        ),
        (&format!("/api/v1/assignments/{assignment}/release"), json!({"by": "nobody", "reason": "x"}), "by"),
        (&format!("/api/v1/needs/{id}/retraction"), json!({"reason": ""}), "reason"),
        (&format!("/api/v1/needs/{id}/closure"), json!({"reason": "passed-on"}), "note"),
        (&format!("/api/v1/needs/{id}/closure"), json!({"reason": "because"}), "reason"),
        (&format!("/api/v1/needs/{id}/ratings"), json!({"score": 9, "channel": "phone"}), "score"),
    ];
    for (path, body, field) in wrong {
        let told = app.liaison.post(path, body);
        assert_eq!(told.status, 422, "{path} {body}: {}", told.text);
        assert!(told.fields().iter().any(|name| name == field), "{path} {body}: {}", told.text);
    }
    let leave =
        app.manager.post(&format!("/api/v1/experts/{shen}/leaves"), &json!({"from": "2026-05-02", "to": "2026-05-01"}));
    assert!(leave.expect(422).fields().contains(&"to".to_owned()));
}

fn broken_bodies_are_refused_kindly(backend: Backend) {
    let app = App::start(backend);
    let client = crate::support::people::plain_client();
    let address = format!("{}/api/v1/needs", app.base_url);
    for body in ["{", "[]", "", "\"text\"", "{\"title\": "] {
        let told = Told::read(
            client
                .post(&address)
                .bearer_auth(&app.liaison.token)
                .header("Content-Type", "application/json")
                .body(body)
                .send()
                .unwrap(),
        );
        assert_eq!(told.status, 422, "{body}: {}", told.text);
    }
    let huge = "x".repeat(3 * 1024 * 1024);
    let told = Told::read(
        client
            .post(&address)
            .bearer_auth(&app.liaison.token)
            .header("Content-Type", "application/json")
            .body(huge)
            .send()
            .unwrap(),
    );
    assert_eq!(told.status, 413, "{}", told.text);
    assert_eq!(app.liaison.get("/api/v1/needs/not-an-id").status, 404);
    assert_eq!(app.liaison.get("/api/v1/needs?limit=no").status, 422);
}

fn set(body: &mut Value, pointer: &str, value: Value) {
    match body.pointer_mut(pointer) {
        Some(place) => *place = value,
        None => {
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            body.pointer_mut(parent).unwrap()[name] = value;
        }
    }
}

fn post_in(app: &App, path: &str, body: &Value, language: &str) -> Told {
    let call =
        crate::support::people::plain_client().post(format!("{}{path}", app.base_url)).bearer_auth(&app.liaison.token);
    Told::read(call.header("Accept-Language", language).json(body).send().unwrap())
}
