//! From application to 备案: the public page, papers, the review against the conditions, the number and the letter; and
//! validity in time, with notices at 60, 30 and 7 days.

use super::doors::{csrf, signed_in};
use crate::on_both;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{Told, address, expert, multipart, need};
use reqwest::blocking::Client;
use serde_json::{Value, json};

on_both!(
    an_application_becomes_a_number_on_file,
    only_recommendation_and_consent_bar,
    more_is_asked_for_or_it_is_refused_with_reasons,
    a_known_address_is_answered_alike,
    papers_end_with_notices_and_touch_new_matches_only,
    what_an_applicant_sends_must_be_what_it_says,
    the_roster_is_open_only_when_policy_says_so
);

/// A browser of somebody without an account.
pub fn visitor() -> Client {
    Client::builder().cookie_store(true).redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

fn fields(name: &str, token: &str) -> Vec<(&'static str, String)> {
    vec![
        ("csrf", token.to_owned()),
        ("name", name.to_owned()),
        ("firm", "明砥专利代理有限公司".to_owned()),
        ("firm_type", "agency".to_owned()),
        ("years", "9".to_owned()),
        ("email", address(name)),
        ("phone", "13800138000".to_owned()),
        ("region", "110108".to_owned()),
        ("services", "dispute".to_owned()),
        ("services", "search".to_owned()),
        ("languages", "zh".to_owned()),
        ("bio", "专利侵权比对".to_owned()),
        ("qualifications.0.type", "专利代理师".to_owned()),
        ("qualifications.0.number", "11-2233".to_owned()),
        ("qualifications.0.issued_on", "2019-05-01".to_owned()),
        ("qualifications.0.valid_until", "2026-05-20".to_owned()),
        ("consent", zhipai::actions::apply_expert::CONSENT.to_owned()),
        ("supports", "yes".to_owned()),
    ]
}

/// Sends the form of an application.
fn sends(app: &App, client: &Client, fields: &[(&'static str, String)], files: &[(&str, &str, &[u8])]) -> Told {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let (kind, body) = multipart(&fields, files);
    let call = client.post(format!("{}/apply", app.base_url)).header("Content-Type", kind).body(body);
    Told::read(call.send().unwrap())
}

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n";

fn applies(app: &App, client: &Client, name: &str, files: &[(&str, &str, &[u8])]) -> Told {
    let page = Told::read(client.get(format!("{}/apply", app.base_url)).send().unwrap()).expect(200);
    sends(app, client, &fields(name, &csrf(&page.text)), files)
}

fn find(app: &App, name: &str) -> String {
    let list = app.manager.get("/api/v1/experts?standing=applied").expect(200).body;
    let rows = list["items"].as_array().expect("a list");
    let row = rows.iter().find(|row| row["name"] == name).expect("the applicant");
    row["id"].as_str().expect("an id").to_owned()
}

fn posts(app: &App, client: &Client, page: &str, path: &str, more: &[(&str, &str)]) -> Told {
    let shown = Told::read(client.get(format!("{}{page}", app.base_url)).send().unwrap()).expect(200);
    let token = csrf(&shown.text);
    let mut fields = vec![("csrf", token.as_str())];
    fields.extend_from_slice(more);
    Told::read(client.post(format!("{}{path}", app.base_url)).form(&fields).send().unwrap())
}

fn an_application_becomes_a_number_on_file(backend: Backend) {
    let app = App::start(backend);
    let files: [(&str, &str, &[u8]); 2] =
        [("recommendation_file", "推荐表.pdf", PDF), ("pledge_file", "承诺书.pdf", PDF)];
    let told = applies(&app, &visitor(), "沈知行", &files).expect(303);
    assert_eq!(told.headers["location"], "/apply/done");
    app.tick();
    let letters = app.letters_to(&address("沈知行"));
    assert!(letters[0].subject.contains("报名已收到"), "{}", letters[0].subject);
    assert!(!app.letters_to("meng@staff.example").is_empty(), "the managers are told");
    let id = find(&app, "沈知行");
    assert!(app.manager.get("/api/v1/dashboard/desk").expect(200).text.contains("review-application"));

    // The manager sees every sentence with its source, and the papers.
    let manager = signed_in(&app, "meng");
    let list = Told::read(manager.get(format!("{}/experts/applications", app.base_url)).send().unwrap()).expect(200);
    assert!(list.text.contains("沈知行"));
    let path = format!("/experts/{id}/admission");
    let page = Told::read(manager.get(format!("{}{path}", app.base_url)).send().unwrap()).expect(200);
    for said in ["须由所在单位推荐", "所在单位须支持", "3年以上", "有专利代理师资格", "推荐表.pdf", "承诺书.pdf"]
    {
        assert!(page.text.contains(said), "{said}");
    }
    // A reason is asked for what nobody stated; then it is filed.
    let review = format!("/experts/{id}/review");
    let words = [("decision", "admit"), ("reason", "材料齐全，准予备案。")];
    let asked = posts(&app, &manager, &path, &review, &words).expect(422);
    assert!(asked.text.contains("reason_integrity") && asked.text.contains("材料齐全，准予备案。"), "nothing is lost");
    let all = [words[0], words[1], ("stated_integrity", "met"), ("stated_mastery", "met")];
    posts(&app, &manager, &path, &review, &all).expect(303);
    let row = app.manager.get(&format!("/api/v1/experts/{id}")).expect(200).body;
    assert_eq!(row["standing"], "active");
    let number = row["filed_number"].as_str().expect("a number").to_owned();
    assert!(number.starts_with("BA-2026-"), "{number}");
    app.tick();
    let letters = app.letters_to(&address("沈知行"));
    assert!(letters.iter().any(|letter| letter.subject.contains("备案通知") && letter.text.contains(&number)));
    assert!(!app.manager.get("/api/v1/dashboard/desk").expect(200).text.contains("review-application"));
    // The 备案通知 and the forms print with the expert's facts.
    for (kind, said) in [("filing", number.as_str()), ("recommendation", "单位盖章"), ("pledge", "承诺人")] {
        let paper = Told::read(manager.get(format!("{}/experts/{id}/forms/{kind}", app.base_url)).send().unwrap());
        assert!(paper.expect(200).text.contains(said), "{kind}");
    }
    // Filed once: a second review means nothing.
    assert_eq!(posts(&app, &manager, &path, &review, &all).status, 422);
    // The scan opens for the manager, as a download, and is sealed where it lies.
    let link = page.text.split("/documents/").nth(1).expect("a paper").split('"').next().unwrap().to_owned();
    let file = manager.get(format!("{}/experts/{id}/documents/{link}", app.base_url)).send().unwrap();
    assert_eq!(file.status().as_u16(), 200);
    assert!(file.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
    assert_eq!(file.bytes().unwrap().as_ref(), PDF);
    let sealed = zhipai::db::document::file(&mut app.office.read().unwrap(), link.parse().unwrap()).unwrap().unwrap();
    assert!(!sealed.windows(4).any(|bytes| bytes == b"%PDF"), "sealed at rest");
}

fn only_recommendation_and_consent_bar(backend: Backend) {
    let app = App::start(backend);
    let mut body = expert("许望舒");
    body["standing"] = Value::Null;
    body["firm_type"] = json!("authority");
    body["years"] = json!(1);
    body["qualifications"] = json!([]);
    let id = app.manager.registers(&body);
    let path = format!("/api/v1/experts/{id}/review");
    let review = |reasons: Value| {
        app.manager.post(&path, &json!({"decision": "admit", "reason": "同意备案", "reasons": reasons}))
    };
    let mut named = review(json!({})).expect(422).fields();
    named.sort();
    assert_eq!(
        named,
        [
            "consented",
            "reason_integrity",
            "reason_mastery",
            "reason_patent-attorney",
            "reason_practice",
            "reason_willing",
            "recommended",
            "supported"
        ]
    );
    let written = json!({"integrity": "面谈", "mastery": "面谈", "patent-attorney": "从事商标", "practice": "业绩突出", "willing": "口头承诺"});
    let mut left = review(written.clone()).expect(422).fields();
    left.sort();
    assert_eq!(left, ["consented", "recommended", "supported"], "no words answer a 须");
    let paper = |kind: &str, until: Option<&str>| {
        let body = json!({"kind": kind, "supports": true, "valid_until": until});
        app.manager.post(&format!("/api/v1/experts/{id}/documents"), &body).expect(201);
    };
    paper("recommendation", None);
    paper("consent", Some("2026-03-09"));
    assert_eq!(review(written.clone()).expect(422).fields(), ["consented"], "yesterday's consent is none");
    paper("consent", Some("2026-03-10"));
    review(written).expect(200);
    let kept = zhipai::db::application::reviews_of(&mut app.office.read().unwrap(), id.parse().unwrap()).unwrap();
    let judged = kept[0].findings.get();
    assert_eq!(judged.len(), 9);
    assert!(judged.iter().any(|one| one.condition == "patent-attorney"
        && one.verdict == "not-shown"
        && one.reason.as_deref() == Some("从事商标")));
    // Managers alone review; stations do not.
    assert_eq!(app.liaison.post(&path, &json!({"decision": "admit", "reason": "x"})).status, 403);
}

fn more_is_asked_for_or_it_is_refused_with_reasons(backend: Backend) {
    let app = App::start(backend);
    applies(&app, &visitor(), "陆以宁", &[]).expect(303);
    let id = find(&app, "陆以宁");
    let path = format!("/api/v1/experts/{id}/review");
    app.manager.post(&path, &json!({"decision": "more", "reason": "请补交单位推荐表"})).expect(200);
    app.tick();
    // Letters of one instant have no order.
    let says = |words: &str| app.letters_to(&address("陆以宁")).iter().any(|letter| letter.text.contains(words));
    assert!(says("请补交单位推荐表"));
    assert_eq!(app.manager.get(&format!("/api/v1/experts/{id}")).body["standing"], "reviewing");
    assert!(
        app.manager.get("/api/v1/dashboard/desk").expect(200).text.contains("review-application"),
        "it still waits"
    );
    assert_eq!(app.manager.post(&path, &json!({"decision": "refuse", "reason": " "})).expect(422).fields(), ["reason"]);
    app.manager.post(&path, &json!({"decision": "refuse", "reason": "单位不予推荐"})).expect(200);
    app.tick();
    assert!(says("单位不予推荐") && says("再次报名"));
    let row = app.manager.get(&format!("/api/v1/experts/{id}")).body;
    assert_eq!((row["standing"].as_str(), row["filed_number"].as_str()), (Some("withdrawn"), None));
}

fn a_known_address_is_answered_alike(backend: Backend) {
    let app = App::start(backend);
    let id = app.manager.registers(&expert("沈知行"));
    let before = app.manager.get(&format!("/api/v1/experts/{id}")).expect(200).body;
    let told = applies(&app, &visitor(), "沈知行", &[]).expect(303);
    assert_eq!(told.headers["location"], "/apply/done");
    let after = app.manager.get(&format!("/api/v1/experts/{id}")).expect(200).body;
    assert_eq!(before, after, "a stranger who knows an address changes nothing");
    app.tick();
    let letter = app.letters_to(&address("沈知行")).into_iter().next().expect("its holder is told");
    assert!(letter.links.iter().any(|link| link.contains("/me/enter/")), "{:?}", letter.links);
}

fn papers_end_with_notices_and_touch_new_matches_only(backend: Backend) {
    let app = App::start(backend);
    let mut body = expert("沈知行");
    body["qualifications"] = json!([{"type": "专利代理师", "number": "11-2233", "valid_until": "2026-05-20"}]);
    let id = app.manager.registers(&body);
    // In hand before it ends.
    let first = app.liaison.submits(&need());
    let offer = app.liaison.asks(&first, &id, &[]);
    app.tick();
    app.liaison
        .post(&format!("/api/v1/assignments/{offer}/answer"), &json!({"answer": "accept", "channel": "phone"}))
        .expect(200);
    let told = |app: &App, to: &str| {
        app.letters_to(to).iter().filter(|letter| letter.subject.contains("2026年5月20日")).count()
    };
    for (day, count) in [
        ("2026-03-20T12:00:00+08:00", 0),
        ("2026-03-21T12:00:00+08:00", 1),
        ("2026-04-19T12:00:00+08:00", 1),
        ("2026-04-20T12:00:00+08:00", 2),
        ("2026-05-12T12:00:00+08:00", 2),
        ("2026-05-13T12:00:00+08:00", 3),
        ("2026-06-10T12:00:00+08:00", 3),
    ] {
        app.advance_to(day);
        assert_eq!(told(&app, &address("沈知行")), count, "{day}");
    }
    let managers = app.letters_to("meng@staff.example");
    assert!(managers.iter().any(|letter| letter.text.contains("专利代理师") && letter.text.contains("沈知行")));
    // A record that is corrected keeps what was told.
    app.manager.patch(&format!("/api/v1/experts/{id}"), &json!({"bio": "商标异议"})).expect(200);
    app.tick();
    assert_eq!(told(&app, &address("沈知行")), 3);
    // Ended: no new match, and what is in hand goes on.
    let second = app.liaison.submits(&need());
    let candidate = app.liaison.get(&format!("/api/v1/needs/{second}/candidates/{id}")).expect(200);
    assert!(candidate.text.contains("qualification"), "{}", candidate.text);
    let refused =
        app.liaison.post(&format!("/api/v1/needs/{second}/assignments"), &json!({"expert_id": id, "reserves": []}));
    assert_eq!(refused.status, 409, "{}", refused.text);
    assert_eq!(app.liaison.assignment(&offer)["state"], "accepted", "never an open case in silence");
    // Renewed in the window: the record has the new day, and matches again.
    let manager = signed_in(&app, "meng");
    let page = |path: &str| Told::read(manager.get(format!("{}{path}", app.base_url)).send().unwrap()).expect(200).text;
    assert!(page("/experts/expiring?within=past").contains("沈知行"));
    assert!(!page("/experts/expiring?within=7").contains("沈知行"));
    let renewal = json!({"kind": "certificate", "name": "专利代理师", "number": "11-2233", "issued_on": "2026-05-21", "valid_until": "2031-05-20"});
    app.manager.post(&format!("/api/v1/experts/{id}/documents"), &renewal).expect(201);
    assert!(!page("/experts/expiring?within=past").contains("沈知行"));
    let row = app.manager.get(&format!("/api/v1/experts/{id}")).expect(200).body;
    assert_eq!(row["qualifications"].as_array().map(Vec::len), Some(1), "renewed, not doubled");
    assert_eq!(row["qualifications"][0]["valid_until"], "2031-05-20");
    app.liaison.asks(&second, &id, &[]);
}

fn what_an_applicant_sends_must_be_what_it_says(backend: Backend) {
    let app = App::start(backend);
    let client = visitor();
    let bad: [(&str, &str, &[u8]); 1] = [("recommendation_file", "推荐表.pdf", b"MZ\x90\0not a pdf")];
    let told = applies(&app, &client, "纪云深", &bad).expect(422);
    assert!(
        told.text.contains("recommendation_file-error") && told.text.contains("明砥专利代理"),
        "nothing typed is lost"
    );
    let page = Told::read(client.get(format!("{}/apply", app.base_url)).send().unwrap()).expect(200);
    let mut typed = fields("纪云深", &csrf(&page.text));
    typed.retain(|(name, _)| *name != "consent" && *name != "services");
    let told = sends(&app, &client, &typed, &[]).expect(422);
    assert!(
        told.text.contains("href=\"#consent\"") && told.text.contains("href=\"#services\""),
        "all problems at once"
    );
    assert_eq!(sends(&app, &client, &fields("纪云深", "forged"), &[]).status, 403);
    assert!(
        app.manager.get("/api/v1/experts?standing=applied").expect(200).body["items"].as_array().unwrap().is_empty()
    );
    for kind in ["recommendation", "pledge"] {
        Told::read(client.get(format!("{}/apply/forms/{kind}", app.base_url)).send().unwrap()).expect(200);
    }
    Told::read(client.get(format!("{}/apply/forms/filing", app.base_url)).send().unwrap()).expect(404);
}

fn the_roster_is_open_only_when_policy_says_so(backend: Backend) {
    let app = App::start(backend);
    app.manager.registers(&expert("沈知行"));
    let client = visitor();
    let roster = || Told::read(client.get(format!("{}/roster", app.base_url)).send().unwrap());
    roster().expect(404);
    let actor = zhipai::actions::Actor::Operator;
    let open = zhipai::domain::policy::Policy { public_roster: true, ..Default::default() };
    zhipai::actions::set_policy::set_policy(&app.office, &actor, &open).expect("set");
    let page = roster().expect(200).text;
    assert!(page.contains("沈知行") && page.contains("海淀"), "{page}");
    for secret in ["13800138000", "@experts.example", "39.97"] {
        assert!(!page.contains(secret), "{secret}");
    }
}
