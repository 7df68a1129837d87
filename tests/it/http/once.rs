//! A call that was promised to be done once is done once, whenever the machine stops (`Idempotency-Key`).

use crate::on_both;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{expert, need};
use diesel::prelude::*;
use serde_json::json;
use zhipai::actions::submit_need::{EnterpriseInput, SubmitNeed, submit_need};
use zhipai::actions::{ActionError, Actor};
use zhipai::db::idempotency::{self, IdempotencyRow};
use zhipai::db::schema::{idempotency as keys, needs};
use zhipai::domain::refusal::Refusal;
use zhipai::domain::role::{Role, Scope, Staff};

on_both!(
    an_answer_lost_in_a_crash_is_told_again,
    a_key_and_its_need_commit_together,
    a_holder_who_was_thought_dead_makes_nothing,
);

fn count(app: &App) -> i64 {
    needs::table.count().get_result(&mut *app.office.read().expect("a reader")).expect("counts")
}

fn liaison(app: &App) -> Actor {
    Actor::Staff(Staff {
        account: app.liaison.account,
        role: Role::Liaison,
        scope: Scope::Station(app.station),
        station: Some(app.station),
    })
}

fn typed() -> SubmitNeed {
    SubmitNeed {
        enterprise: EnterpriseInput {
            name: "云岫传感科技有限公司".to_owned(),
            region: "海淀区".to_owned(),
            contact_name: "周小满".to_owned(),
            contact_email: Some("zhou@yunxiu.example".to_owned()),
            ..Default::default()
        },
        title: "商标被抢注".to_owned(),
        description: "在先使用，能否异议？".to_owned(),
        services: vec!["dispute".to_owned()],
        region: "海淀区".to_owned(),
        mode: "online".to_owned(),
        ..Default::default()
    }
}

fn an_answer_lost_in_a_crash_is_told_again(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let first = app.liaison.post_once("/api/v1/needs", "k-1", &need()).expect(201);
    assert_eq!(first.body, app.liaison.need(&first.id()), "what is answered at once is what is there");
    let lose = |made: &str| {
        // As a crash after the deed's commit and before the answer was kept would leave it.
        app.office
            .write(|tx| {
                diesel::update(keys::table.filter(keys::status.gt(1)))
                    .set((keys::status.eq(idempotency::DONE), keys::body.eq(made)))
                    .execute(tx.conn)?;
                Ok(())
            })
            .expect("lost");
    };
    lose(&first.id());
    let again = app.liaison.post_once("/api/v1/needs", "k-1", &need()).expect(201);
    assert_eq!(again.body, first.body);
    assert_eq!(again.headers["location"], first.headers["location"]);
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(count(&app), 1);
    // Told once more it is the kept answer.
    assert_eq!(app.liaison.post_once("/api/v1/needs", "k-1", &need()).expect(201).body, first.body);
    let other = app.liaison.post_once("/api/v1/needs", "k-1", &json!({"title": "x"}));
    assert_eq!(other.body["code"], "key-reused");
    // A deed that makes nothing new answers with what it belongs to.
    let asked = json!({"expert_id": shen});
    let path = format!("/api/v1/needs/{}/assignments", first.id());
    let offer = app.liaison.post_once(&path, "k-2", &asked).expect(201);
    let answer = json!({"answer": "accept", "channel": "phone"});
    let path = format!("/api/v1/assignments/{}/answer", offer.id());
    app.liaison.post_once(&path, "k-3", &answer).expect(200);
    lose("");
    let again = app.liaison.post_once(&path, "k-3", &answer).expect(200);
    assert_eq!((again.body["state"].as_str(), again.id()), (Some("accepted"), offer.id()));
}

fn a_key_and_its_need_commit_together(backend: Backend) {
    let app = App::start(backend);
    let key = |status: i32, body: &str| IdempotencyRow {
        key: "k".to_owned(),
        request_hash: String::new(),
        status,
        body: body.to_owned(),
        created_at: app.office.now().naive_utc(),
    };
    app.office.write(|tx| Ok(idempotency::insert(tx.conn, &key(0, "me"))?)).expect("claimed");
    let office = app.office.holding("k", "me");
    let made = submit_need(&office, &liaison(&app), &typed()).expect("submitted");
    // Nothing was kept afterwards, and yet the key knows its need.
    let known = idempotency::find(&mut app.office.read().expect("a reader"), "k").expect("reads").expect("a key");
    assert_eq!((known.status, known.body), (idempotency::DONE, made.id.to_string()));
    // A refused deed leaves the key as it was.
    app.office
        .write(|tx| Ok(idempotency::drop_before(tx.conn, tx.now.naive_utc() + chrono::TimeDelta::days(1))?))
        .expect("dropped");
    app.office.write(|tx| Ok(idempotency::insert(tx.conn, &key(0, "me"))?)).expect("claimed");
    let office = app.office.holding("k", "me");
    assert!(submit_need(&office, &liaison(&app), &SubmitNeed::default()).is_err());
    let known = idempotency::find(&mut app.office.read().expect("a reader"), "k").expect("reads").expect("a key");
    assert_eq!((known.status, known.body.as_str()), (0, "me"));
}

fn a_holder_who_was_thought_dead_makes_nothing(backend: Backend) {
    let app = App::start(backend);
    let key = IdempotencyRow {
        key: "k".to_owned(),
        request_hash: String::new(),
        status: 0,
        body: "somebody else by now".to_owned(),
        created_at: app.office.now().naive_utc(),
    };
    app.office.write(|tx| Ok(idempotency::insert(tx.conn, &key)?)).expect("claimed");
    let office = app.office.holding("k", "me");
    let late = submit_need(&office, &liaison(&app), &typed());
    assert!(matches!(late, Err(ActionError::Refused(Refusal::ChangedMeanwhile))), "{late:?}");
    assert_eq!(count(&app), 0, "the fence holds");
}
