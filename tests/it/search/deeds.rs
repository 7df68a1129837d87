//! Every deed that changes what is searched says so in the change log: after each, the index that followed equals one made
//! from the database.

use super::{built, followed};
use crate::on_both;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{Holder, address, expert, need};
use chrono::TimeDelta;
use serde_json::{Value, json};
use zhipai::actions::Actor;
use zhipai::actions::hand_over_needs::hand_over_needs;
use zhipai::actions::import_sheet::{EnterpriseRecord, import_enterprises};

on_both!(the_index_follows_every_deed);

fn the_index_follows_every_deed(backend: Backend) {
    let app = App::start(backend);
    let mut deeds = 0;
    let mut last = followed(&app);
    let mut done = |deed: &str, changes: bool| {
        let now = followed(&app);
        assert_eq!(now, built(&app), "after {deed} the index is not what the database says");
        assert_eq!(now.documents, now.distinct, "{deed}");
        assert!(!changes || now != last, "{deed} changed nothing that can be found");
        last = now;
        deeds += 1;
    };
    let patch = |id: &str, body: &Value| app.manager.patch(&format!("/api/v1/experts/{id}"), body).expect(200);

    let shen = app.manager.registers(&expert("沈知行"));
    done("register an expert", true);
    let xu = app.manager.registers(&expert("许望舒"));
    let mut applied = expert("钟鸣");
    applied["standing"] = Value::Null;
    let zhong = app.manager.registers(&applied);
    done("take an application", true);
    for kind in ["recommendation", "pledge"] {
        let paper = json!({"kind": kind, "supports": true});
        app.manager.post(&format!("/api/v1/experts/{zhong}/documents"), &paper).expect(201);
    }
    done("file papers", false);
    let review = json!({"decision": "admit", "reason": "材料齐全", "stated": {"integrity": "met", "mastery": "met"}});
    app.manager.post(&format!("/api/v1/experts/{zhong}/review"), &review).expect(200);
    done("review it", true);
    patch(&shen, &json!({"bio": "商标异议与无效，海外维权。"}));
    done("change a record", true);
    patch(&shen, &json!({"qualifications": [{"type": "律师", "number": "11-9988", "valid_until": "2030-12-31"}]}));
    done("change qualifications", true);
    app.liaison
        .post(&format!("/api/v1/experts/{xu}/leaves"), &json!({"from": "2026-04-01", "to": "2026-04-02"}))
        .expect(201);
    done("enter leave", false);

    let id = app.liaison.submits(&need());
    done("submit a need", true);
    let record = |name: &str, uscc: Option<&str>, region: &str| {
        (2, EnterpriseRecord { name: name.to_owned(), uscc: uscc.map(str::to_owned), region: region.to_owned() })
    };
    import_enterprises(&app.office, &Actor::Operator, &[record("青梧生物科技有限公司", None, "昌平区")], false)
        .expect("imported");
    done("import an enterprise", true);
    import_enterprises(&app.office, &Actor::Operator, &[record("云岫传感科技有限公司", None, "昌平区")], false)
        .expect("imported");
    done("move a known enterprise", true);

    let assignment = app.liaison.asks(&id, &shen, &[&xu]);
    done("make an offer", true);
    app.tick();
    done("record the notice", false);
    Holder::of(app.link_to(&address("沈知行"))).posts(&[("answer", "decline"), ("reason", "load")]);
    assert_eq!(app.liaison.assignment(&assignment)["state"], "declined");
    done("decline, and ask the next", true);
    app.tick();
    let link = Holder::of(app.link_to(&address("许望舒")));
    link.posts(&[("answer", "accept")]);
    done("accept", true);
    link.posts(&[
        ("act", "feedback"),
        ("done", "逐条比对权利要求，建议无效宣告与现有技术抗辩并行。"),
        ("hours", "3.5"),
        ("outcome", "solved"),
        ("no_gift", "on"),
        ("no_promotion", "on"),
        ("no_touting", "on"),
    ]);
    assert_eq!(app.liaison.need(&id)["state"], "served");
    done("file feedback", true);
    app.liaison
        .post(&format!("/api/v1/needs/{id}/ratings"), &json!({"score": 5, "channel": "phone", "conduct": []}))
        .expect(201);
    done("rate", false);
    let closing = json!({"reason": "served", "evaluation": {"promptness": 5, "expertise": 5, "attitude": 5}});
    app.liaison.post(&format!("/api/v1/needs/{id}/closure"), &closing).expect(200);
    done("close", true);

    let second = app.liaison.submits(&need());
    let assignment = app.liaison.asks(&second, &zhong, &[]);
    app.advance(TimeDelta::days(5));
    assert_eq!(app.liaison.assignment(&assignment)["state"], "lapsed");
    done("let an offer lapse", true);
    app.liaison.post(&format!("/api/v1/needs/{second}/retraction"), &json!({"reason": "企业撤回"})).expect(200);
    done("retract", true);

    let third = app.liaison.submits(&need());
    hand_over_needs(&app.office, &Actor::Operator, app.liaison.account, app.manager.account, None)
        .expect("handed over");
    done("hand over", true);
    app.liaison.asks(&third, &zhong, &[]);
    app.manager
        .post(&format!("/api/v1/experts/{zhong}/removal"), &json!({"grounds": "向企业索要礼金，经核实"}))
        .expect(201);
    done("open a removal case, which suspends", true);
    app.manager.post(&format!("/api/v1/experts/{xu}/withdrawal"), &json!({"reason": "工作调动"})).expect(200);
    done("withdraw", true);
    assert!(deeds >= 18, "{deeds}");
}
