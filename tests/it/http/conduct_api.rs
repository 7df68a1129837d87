//! Conduct cases over JSON: listed by stage, read with evidence and doubts, told, heard, decided by a second person,
//! appealed against, passed on, and the ledger; who may do what, and where.

use super::conduct_support::district_manager;
use super::doors::signed_in;
use crate::on_both;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{Person, Told, address, expert, need};
use chrono::TimeDelta;
use serde_json::{Value, json};
use zhipai::clock::Clock;

on_both!(
    a_case_goes_its_whole_way_over_json,
    cases_are_listed_by_stage_kind_and_expert_page_by_page,
    roles_and_regions_bound_what_is_seen_and_done,
    what_cannot_be_taken_is_named_by_its_field,
    the_ledger_is_read_and_kept_as_a_file,
);

const CASES: &str = "/api/v1/conduct-cases";

/// Opens a case, a minute after whatever came before: ids sort by age.
fn opens(app: &App, who: &str, kind: &str, body: &Value) -> Value {
    app.clock.move_to(app.clock.now() + TimeDelta::minutes(1));
    app.manager.post(&format!("/api/v1/experts/{who}/{kind}"), body).expect(201).body
}

fn id(case: &Value) -> String {
    case["id"].as_str().expect("an id").to_owned()
}

fn shown(person: &Person, case: &str) -> Value {
    person.get(&format!("{CASES}/{case}")).expect(200).body
}

fn posts(person: &Person, case: &str, what: &str, body: &Value) -> Told {
    person.post(&format!("{CASES}/{case}/{what}"), body)
}

fn a_case_goes_its_whole_way_over_json(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let asked = app.liaison.submits(&need());
    let offer = app.liaison.asks(&asked, &shen, &[]);
    app.tick();
    app.advance(TimeDelta::days(6));
    assert_eq!(app.liaison.assignment(&offer)["state"], "lapsed");
    let opened = opens(&app, &shen, "admonitions", &json!({"grounds": "未在两日内响应。", "assignments": [offer]}));
    let case = id(&opened);
    assert_eq!((&opened["stage"], &opened["verdict"]), (&json!("notice"), &json!("stands")), "{opened}");
    assert_eq!(opened["evidence"]["offers"][0]["stands"], true);
    for empty in ["since", "statements", "papers", "transfers"] {
        assert_eq!(opened[empty], json!([]), "{empty}");
    }
    // Leave entered afterwards for the days of the clock weakens what was frozen, beside it and not in it.
    let leave = json!({"from": "2026-03-11", "to": "2026-03-12"});
    app.manager.post(&format!("/api/v1/experts/{shen}/leaves"), &leave).expect(201);
    let weakened = shown(&app.auditor, &case);
    assert_eq!(weakened["since"][0]["assignment"], json!(offer), "{weakened}");
    assert_eq!(weakened["since"][0]["doubts"], json!(["on-leave"]));
    assert_eq!(weakened["verdict"], "falls");
    assert_eq!(weakened["evidence"]["offers"][0]["stands"], true, "what was frozen stays as it was");
    assert_eq!(weakened["evidence_sha256"], opened["evidence_sha256"]);
    app.tick();
    assert_eq!(shown(&app.manager, &case)["stage"], "hearing", "the mail server took the notice");
    assert_eq!(
        posts(&app.manager, &case, "appeal", &json!({"words": "不服"})).status,
        409,
        "nothing to appeal against"
    );
    let heard = posts(&app.manager, &case, "statement", &json!({"words": "当日在外地办案。"})).expect(200).body;
    assert_eq!(heard["stage"], "deciding");
    let said = &heard["statements"][0];
    assert_eq!(
        (&said["kind"], &said["words"], &said["channel"], &said["entered_by"]),
        (&json!("statement"), &json!("当日在外地办案。"), &json!("staff"), &json!(app.manager.account)),
        "{said}"
    );
    let decision = json!({"decision": "admonish", "reason": "属实，改正留任。"});
    let own = posts(&app.manager, &case, "decision", &decision);
    assert_eq!((own.status, own.body["code"].as_str()), (409, Some("another-manager")));
    let decided = posts(&app.second_manager, &case, "decision", &decision).expect(200).body;
    assert_eq!((&decided["stage"], &decided["early"]), (&json!("decided"), &json!(false)), "{decided}");
    // The appeal: brought to the office, decided by somebody who did not decide before.
    app.clock.move_to(app.clock.now() + TimeDelta::minutes(1));
    let appealed = posts(&app.manager, &case, "appeal", &json!({"words": "有出差单为证。"})).expect(200).body;
    assert_eq!((&appealed["stage"], &appealed["statements"][1]["kind"]), (&json!("appealed"), &json!("appeal")));
    let outcome = json!({"outcome": "overturned", "reason": "出差单属实。"});
    let own = posts(&app.second_manager, &case, "appeal-decision", &outcome);
    assert_eq!((own.status, own.body["code"].as_str()), (409, Some("another-manager")), "{}", own.text);
    let ended = posts(&app.manager, &case, "appeal-decision", &outcome).expect(200).body;
    assert_eq!(
        (&ended["stage"], &ended["appeal_outcome"], &ended["appeal_reason"], &ended["appeal_decided_by"]),
        (&json!("final"), &json!("overturned"), &json!("出差单属实。"), &json!(app.manager.account)),
        "{ended}"
    );
    let passed = json!({"authority": "区市场监管局", "on_day": "2026-03-10", "reference": "移〔2026〕3号"});
    let transferred = posts(&app.manager, &case, "transfer", &passed).expect(200).body;
    assert_eq!(transferred["transfers"][0]["authority"], "区市场监管局");
    assert_eq!(posts(&app.manager, &case, "appeal-decision", &outcome).status, 409, "the end is the end");
    app.tick();
    assert!(app.letters_to(&address("沈知行"))[0].text.contains("出差单属实"));
}

fn cases_are_listed_by_stage_kind_and_expert_page_by_page(backend: Backend) {
    let app = App::start(backend);
    let (shen, xu) = (app.manager.registers(&expert("沈知行")), app.manager.registers(&expert("许望舒")));
    let first = id(&opens(&app, &shen, "admonitions", &json!({"grounds": "一"})));
    let second = id(&opens(&app, &xu, "removal", &json!({"grounds": "二"})));
    let third = id(&opens(&app, &xu, "admonitions", &json!({"grounds": "三"})));
    let ids = |query: &str| -> Vec<String> {
        let told = app.manager.get(&format!("{CASES}{query}")).expect(200).body;
        told["items"].as_array().expect("items").iter().map(id).collect()
    };
    assert_eq!(ids(""), [third.clone(), second.clone(), first.clone()], "newest first");
    assert_eq!(ids("?kind=removal"), std::slice::from_ref(&second));
    assert_eq!(ids(&format!("?expert={shen}")), std::slice::from_ref(&first));
    assert_eq!(ids("?stage=hearing"), Vec::<String>::new());
    let kept = json!({"decision": "dismiss", "reason": "查无此事"});
    posts(&app.second_manager, &second, "decision", &kept).expect(200);
    assert_eq!(ids("?stage=final"), std::slice::from_ref(&second));
    assert_eq!(ids("?stage=notice"), [third.clone(), first.clone()]);
    let page = app.manager.get(&format!("{CASES}?limit=2")).expect(200).body;
    assert_eq!(page["items"].as_array().map(Vec::len), Some(2));
    assert_eq!(page["items"][0]["expert"]["name"], "许望舒");
    assert_eq!(page["items"][1]["standing"], "active", "not removed, so what was suspended came back");
    let cursor = page["next_cursor"].as_str().expect("more").to_owned();
    let rest = app.manager.get(&format!("{CASES}?limit=2&cursor={cursor}")).expect(200).body;
    assert_eq!((id(&rest["items"][0]), &rest["next_cursor"]), (first, &Value::Null));
}

fn roles_and_regions_bound_what_is_seen_and_done(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let case = id(&opens(&app, &shen, "removal", &json!({"grounds": "收受礼金。"})));
    let foreign = district_manager(&app, "Chao", "110105");
    let own = district_manager(&app, "Hai", "110108");
    let reads = [CASES.to_owned(), format!("{CASES}/{case}"), "/api/v1/conduct-ledger".to_owned()];
    for path in &reads {
        assert_eq!(app.liaison.get(path).status, 403, "{path}: stations decide on nobody");
        for reader in [&app.manager, &app.auditor, &app.admin, &own] {
            reader.get(path).expect(200);
        }
    }
    assert_eq!(foreign.get(CASES).expect(200).body["items"], json!([]), "another district's cases do not exist");
    assert_eq!(foreign.get(&reads[1]).status, 404);
    assert_eq!(own.get(CASES).expect(200).body["items"].as_array().map(Vec::len), Some(1));
    let deeds = [
        ("told", json!({"channel": "phone", "at": "2026-03-10T02:00:00Z"})),
        ("statement", json!({"words": "没有收。"})),
        ("decision", json!({"decision": "remove", "reason": "属实"})),
        ("appeal", json!({"words": "不服"})),
        ("appeal-decision", json!({"outcome": "upheld", "reason": "无新事实"})),
        ("transfer", json!({"authority": "区市场监管局", "on_day": "2026-03-10"})),
    ];
    for (what, body) in &deeds {
        for reader in [&app.liaison, &app.auditor, &app.admin] {
            assert_eq!(posts(reader, &case, what, body).status, 403, "{what}");
        }
        assert_eq!(posts(&foreign, &case, what, body).status, 404, "{what}");
    }
    let untouched = shown(&app.manager, &case);
    assert_eq!((&untouched["stage"], &untouched["statements"]), (&json!("notice"), &json!([])), "{untouched}");
}

fn what_cannot_be_taken_is_named_by_its_field(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let case = id(&opens(&app, &shen, "removal", &json!({"grounds": "收受礼金。"})));
    let table = [
        ("told", json!({"channel": "smtp", "at": "2026-03-10T02:00:00Z"}), "channel"),
        ("told", json!({"channel": "phone", "at": "2026-03-12T02:00:00Z"}), "at"),
        ("told", json!({"channel": "phone"}), "at"),
        ("statement", json!({"words": "  "}), "words"),
        ("statement", json!({"words": "有", "kind": "appeal"}), "kind"),
        ("decision", json!({"decision": "shoot", "reason": "x"}), "decision"),
        ("decision", json!({"decision": "remove", "reason": ""}), "reason"),
        ("appeal-decision", json!({"outcome": "maybe", "reason": "x"}), "outcome"),
        ("transfer", json!({"authority": "", "on_day": "2026-03-10"}), "authority"),
        ("transfer", json!({"authority": "法院", "on_day": "2027-01-01"}), "on_day"),
    ];
    for (what, body, field) in table {
        let told = posts(&app.second_manager, &case, what, &body);
        assert_eq!((told.status, told.fields()), (422, vec![field.to_owned()]), "{what} {body}: {}", told.text);
    }
    for (query, field) in
        [("?stage=gone", "stage"), ("?kind=x", "kind"), ("?expert=x", "expert"), ("?cursor=x", "cursor")]
    {
        let told = app.manager.get(&format!("{CASES}{query}"));
        assert_eq!((told.status, told.fields()), (422, vec![field.to_owned()]), "{query}");
    }
    let told = app.manager.get("/api/v1/conduct-ledger?from=soon");
    assert_eq!((told.status, told.fields()), (422, vec!["from".to_owned()]));
    // By phone, then by the time that ran from there; the decision tells it again.
    let told = posts(&app.manager, &case, "told", &json!({"channel": "phone", "at": "2026-03-10T02:00:00Z"}));
    let told = told.expect(200).body;
    assert_eq!((&told["stage"], &told["statement_due_at"]), (&json!("hearing"), &json!("2026-03-17T16:00:00Z")));
}

fn the_ledger_is_read_and_kept_as_a_file(backend: Backend) {
    let app = App::start(backend);
    let mut odd = expert("沈知行");
    odd["firm"] = json!("=1+1有限公司");
    let (shen, xu) = (app.manager.registers(&odd), app.manager.registers(&expert("许望舒")));
    let first = id(&opens(&app, &shen, "admonitions", &json!({"grounds": "三次未响应。"})));
    let second = id(&opens(&app, &xu, "removal", &json!({"grounds": "收受礼金。"})));
    let dismissed = id(&opens(&app, &shen, "removal", &json!({"grounds": "误报。"})));
    posts(&app.second_manager, &first, "decision", &json!({"decision": "admonish", "reason": "改正留任"})).expect(200);
    posts(&app.second_manager, &second, "decision", &json!({"decision": "remove", "reason": "属实"})).expect(200);
    posts(&app.second_manager, &dismissed, "decision", &json!({"decision": "dismiss", "reason": "查无"})).expect(200);
    let lines = |query: &str| app.auditor.get(&format!("/api/v1/conduct-ledger{query}")).expect(200).body;
    let all = lines("");
    let ids: Vec<String> = all["items"].as_array().expect("items").iter().map(id).collect();
    assert_eq!(ids, [second.clone(), first.clone()], "what was dismissed is no entry");
    assert_eq!((&all["items"][0]["stands"], &all["items"][0]["decision"]), (&json!(true), &json!("remove")));
    assert!(all["items"][1]["document"].as_str().is_some_and(|text| text.starts_with("知服劝〔2026〕")), "{all}");
    assert_eq!(lines("?kind=admonition")["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(lines("?from=2026-03-10&to=2026-03-10")["items"].as_array().map(Vec::len), Some(2));
    assert_eq!(lines("?to=2026-03-09")["items"], json!([]));
    // The same as a file: marked as UTF-8, no formulas, dates as dates.
    let meng = signed_in(&app, "meng");
    let got = meng.get(format!("{}/conduct/ledger.csv?year=2026", app.base_url)).send().expect("an answer");
    assert_eq!(got.status().as_u16(), 200);
    let kept = got.headers()["content-disposition"].to_str().expect("text").to_owned();
    assert!(kept.starts_with("attachment") && kept.contains("conduct-ledger-2026.csv"), "{kept}");
    let bytes = got.bytes().expect("a body");
    assert!(bytes.starts_with("\u{feff}".as_bytes()), "Excel is told the encoding");
    let text = String::from_utf8(bytes.to_vec()).expect("UTF-8");
    let rows: Vec<&str> = text.lines().collect();
    assert_eq!(rows.len(), 3, "{text}");
    assert!(rows[0].contains("文号") && rows[0].contains("决定日期"), "{text}");
    let admonished = rows.iter().find(|row| row.contains("三次未响应")).expect("a row");
    assert!(admonished.contains("'=1+1有限公司") && admonished.contains("2026-03-10"), "{admonished}");
    assert_eq!(
        Told::read(signed_in(&app, "lin").get(format!("{}/conduct/ledger.csv", app.base_url)).send().unwrap()).status,
        403
    );
}
