//! Admonition and removal by their stages: told, heard, decided by a second person, sealed, appealed; who may do what;
//! reports and findings; the policy that proposes; standing and its history.

use super::doors::{csrf, signed_in};
use crate::on_both;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{Holder, Person, Told, address, expert, need};
use chrono::TimeDelta;
use reqwest::blocking::Client;
use serde_json::{Value, json};
use zhipai::actions::Actor;
use zhipai::actions::record_notice::{Delivery, record_delivery};
use zhipai::db;
use zhipai::db::JsonText;
use zhipai::domain::conduct::CaseStage;
use zhipai::domain::notice::NoticeKind;
use zhipai::domain::role::Role;
use zhipai::domain::standing::Standing;
use zhipai::ids::{AccountId, CaseId, ExpertId, TokenId};
use zhipai::seal::fingerprint;

on_both!(
    a_case_goes_its_way_from_three_lapses_to_an_appeal,
    the_hearing_ends_by_itself_and_a_second_person_is_asked,
    nobody_is_decided_against_unheard_without_saying_so,
    a_notice_that_came_back_gives_the_time_again,
    the_city_signs_second_where_a_district_has_managers,
    a_removal_that_an_appeal_overturned_gives_the_standing_back,
    who_left_comes_back_by_the_rules,
    whoever_leaves_is_told_once_and_everything_moves_on,
    a_report_weighs_once_it_is_proven,
    what_a_case_dealt_with_is_not_counted_again,
    the_policy_of_conduct_is_set_by_its_own_page,
    the_end_of_a_hearing_and_of_an_appeal_is_reminded_of_once,
);

/// Offers a need to the expert and lets it lapse; answers the offer's id.
fn lapses(app: &App, expert: &str) -> String {
    let id = app.liaison.submits(&need());
    let offer = app.liaison.asks(&id, expert, &[]);
    app.tick();
    app.advance(TimeDelta::days(6));
    assert_eq!(app.liaison.assignment(&offer)["state"], "lapsed");
    offer
}

fn case_row(app: &App, id: &str) -> db::conduct::CaseRow {
    let id: CaseId = id.parse().expect("an id");
    db::conduct::find(&mut app.office.read().expect("a reader"), &id).expect("reads").expect("a case")
}

fn standing(app: &App, expert: &str) -> String {
    app.manager.get(&format!("/api/v1/experts/{expert}")).expect(200).body["standing"].as_str().unwrap().to_owned()
}

fn desk(person: &Person) -> String {
    person.get("/api/v1/dashboard/desk").expect(200).text
}

fn opens(app: &App, expert: &str, kind: &str, body: &Value) -> String {
    app.manager.post(&format!("/api/v1/experts/{expert}/{kind}"), body).expect(201).id()
}

/// A page, read by somebody who has signed in.
fn page(app: &App, client: &Client, path: &str) -> String {
    let told = Told::read(client.get(format!("{}{path}", app.base_url)).send().expect("an answer")).expect(200);
    assert!(!told.text.contains('⟦'), "{path} lacks words: {}", told.text);
    told.text
}

/// A form of a page, sent.
fn sends(app: &App, client: &Client, from: &str, path: &str, fields: &[(&str, &str)]) -> Told {
    let token = csrf(&page(app, client, from));
    let mut all = vec![("csrf", token.as_str())];
    all.extend_from_slice(fields);
    Told::read(client.post(format!("{}{path}", app.base_url)).form(&all).send().expect("an answer"))
}

/// The newest letter of a subject that contains this, and its sealed link.
fn link_in(app: &App, to: &str, subject: &str) -> String {
    let letters = app.letters_to(to);
    let letter = letters.iter().find(|letter| letter.subject.contains(subject));
    let letter =
        letter.unwrap_or_else(|| panic!("{subject} in {:?}", letters.iter().map(|l| &l.subject).collect::<Vec<_>>()));
    letter.links.iter().find(|link| link.contains("/l/")).expect("a sealed link").clone()
}

/// A form with a file, as a browser would write it.
fn multipart(fields: &[(&str, &str)], name: &str, content: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for (field, value) in fields {
        body.extend_from_slice(
            format!("--zhipai-test\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n").as_bytes(),
        );
    }
    body.extend_from_slice(
        format!(
            "--zhipai-test\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\
             Content-Type: application/pdf\r\n\r\n"
        )
        .as_bytes(),
    );
    body.extend_from_slice(content);
    body.extend_from_slice(b"\r\n--zhipai-test--\r\n");
    body
}

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n";

fn a_case_goes_its_way_from_three_lapses_to_an_appeal(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let offers: Vec<String> = (0..3).map(|_| lapses(&app, &shen)).collect();
    assert!(desk(&app.manager).contains("admonition-proposed"));
    let case = opens(&app, &shen, "admonitions", &json!({"grounds": "三次未在两日内响应。", "assignments": offers}));
    assert!(!desk(&app.manager).contains("admonition-proposed"), "a person has taken it up");
    // Frozen: letters with fingerprints, the trail with hashes, and whether each would stand.
    let shown = app.manager.get(&format!("/api/v1/conduct-cases/{case}")).expect(200).body;
    assert_eq!((shown["stage"].as_str(), shown["standing"].as_str()), (Some("notice"), Some("active")));
    for offer in shown["evidence"]["offers"].as_array().unwrap() {
        assert_eq!(offer["stands"], true, "{offer}");
        assert_eq!(offer["letters"][0]["sha256"].as_str().map(str::len), Some(64), "{offer}");
        assert!(offer["trail"].as_array().unwrap().iter().any(|event| event["event"] == "offer-lapsed"));
    }
    app.tick();
    assert_eq!(case_row(&app, &case).stage, CaseStage::Hearing, "the mail server took the notice");
    // The expert reads and writes by the sealed link; looking changes nothing.
    let link = link_in(&app, &address("沈知行"), "立案");
    let holder = Holder::of(&link);
    let before = format!("{:?}", case_row(&app, &case));
    let looked = holder.looks().expect(200);
    assert!(looked.text.contains("三次未在两日内响应") && looked.text.contains("PD-2026-"), "{}", looked.text);
    holder.peeks().expect(200);
    assert_eq!(format!("{:?}", case_row(&app, &case)), before, "GET changes nothing");
    assert_eq!(holder.posts(&[("act", "statement"), ("words", " ")]).status, 422, "empty words come back");
    assert_eq!(holder.posts(&[("act", "appeal"), ("words", "不服")]).status, 409, "nothing to appeal against yet");
    assert_eq!(holder.posts(&[("act", "statement"), ("words", "那几天住院，\n有病历。")]).status, 303);
    assert_eq!(case_row(&app, &case).stage, CaseStage::Deciding);
    assert!(holder.looks().expect(200).text.contains("那几天住院"));
    assert!(desk(&app.second_manager).contains("decide-case"));
    // The second person decides on the page.
    let mao = signed_in(&app, "mao");
    let at = format!("/conduct/{case}");
    let seen = page(&app, &mao, &at);
    assert!(seen.contains("有病历") && seen.contains("第 3 次") && seen.contains("待决定"), "{seen}");
    let decided =
        sends(&app, &mao, &at, &format!("{at}/decision"), &[("decision", "admonish"), ("reason", "属实，改正留任。")]);
    assert_eq!(decided.status, 303, "{}", decided.text);
    assert_eq!(standing(&app, &shen), "active", "改正留任");
    app.tick();
    assert_eq!(case_row(&app, &case).stage, CaseStage::Appealable);
    let printed = page(&app, &mao, &format!("{at}/letter"));
    for words in ["劝导通知书", "知服劝〔2026〕", "沈知行同志：", "10 个工作日", "抄送：沈知行知识产权代理有限公司"]
    {
        assert!(printed.contains(words), "{words}: {printed}");
    }
    let notice = page(&app, &mao, &format!("{at}/letter?of=notice"));
    assert!(notice.contains("劝导立案告知书"));
    assert!(!notice.contains("抄送"), "that a case was opened is nobody else's business: {notice}");
    assert!(page(&app, &mao, "/conduct/ledger").contains("知服劝〔2026〕"));
    app.advance(TimeDelta::days(2));
    let mao = signed_in(&app, "mao");
    // The sealed scan is filed back, and that is what is mailed.
    assert!(desk(&app.manager).contains("seal-decision"));
    let token = csrf(&page(&app, &mao, &at));
    let body = multipart(&[("csrf", &token), ("kind", "decision")], "决定书.pdf", PDF);
    let filed = mao
        .post(format!("{}{at}/papers", app.base_url))
        .header("Content-Type", "multipart/form-data; boundary=zhipai-test")
        .body(body)
        .send()
        .unwrap();
    assert_eq!(filed.status().as_u16(), 303, "{}", filed.text().unwrap_or_default());
    assert!(!desk(&app.manager).contains("seal-decision"));
    let first_due = case_row(&app, &case).appeal_due_at;
    app.tick();
    assert!(case_row(&app, &case).appeal_due_at > first_due, "the time to appeal counts from the later telling");
    let sealed = Holder::of(link_in(&app, &address("沈知行"), "盖章"));
    let own = sealed.looks().expect(200).text;
    let paper = own.split("/papers/").nth(1).and_then(|rest| rest.split('"').next()).expect("a paper").to_owned();
    let got = Holder::of(format!("{}/papers/{paper}", sealed.link)).looks().expect(200);
    assert!(got.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    assert_eq!(got.text.as_bytes(), PDF);
    assert_eq!(Holder::of(format!("{link}/papers/0190b4a2-1111-7abc-8def-0123456789ab")).looks().status, 404);
    // The appeal, with its own deadline and its own decider.
    assert_eq!(sealed.posts(&[("act", "appeal"), ("words", "病历可证，请撤销。")]).status, 303);
    assert!(desk(&app.manager).contains("decide-appeal"));
    let own = sends(&app, &mao, &at, &format!("{at}/appeal"), &[("outcome", "upheld"), ("appeal_reason", "无新事实")]);
    assert_eq!(own.status, 422, "whoever decided does not decide the appeal");
    let meng = signed_in(&app, "meng");
    let turned =
        sends(&app, &meng, &at, &format!("{at}/appeal"), &[("outcome", "overturned"), ("appeal_reason", "病历属实")]);
    assert_eq!(turned.status, 303, "{}", turned.text);
    app.tick();
    assert!(app.letters_to(&address("沈知行"))[0].text.contains("病历属实"));
    assert_eq!(case_row(&app, &case).stage, CaseStage::Final);
    assert!(page(&app, &meng, "/conduct/ledger").contains("<s>"), "the ledger shows that it was taken back");
    assert!(!desk(&app.manager).contains("decide-appeal"));
    for (who, status) in [("lin", 403), ("shen", 200)] {
        let client = signed_in(&app, who);
        for path in [at.clone(), format!("{at}/letter"), "/conduct".to_owned(), "/conduct/ledger".to_owned()] {
            let told = Told::read(client.get(format!("{}{path}?lang=en", app.base_url)).send().unwrap());
            assert_eq!(told.status, status, "{path} as {who}");
            assert!(!told.text.contains('⟦'), "{path}: {}", told.text);
        }
    }
}

fn the_hearing_ends_by_itself_and_a_second_person_is_asked(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let case = opens(&app, &shen, "removal", &json!({"grounds": "收受礼金。"}));
    app.tick();
    assert!(!desk(&app.second_manager).contains("decide-case"), "first the expert is heard");
    // Tuesday 10 March; five working days end with Tuesday the 17th.
    app.advance_to("2026-03-17T23:59:00+08:00");
    assert_eq!(case_row(&app, &case).stage, CaseStage::Hearing);
    app.advance_to("2026-03-18T00:01:00+08:00");
    assert_eq!(case_row(&app, &case).stage, CaseStage::Deciding);
    assert!(desk(&app.second_manager).contains("decide-case"));
    app.advance_to("2026-03-18T09:00:00+08:00");
    assert!(app.letters_to("mao@staff.example").iter().any(|letter| letter.text.contains("CQ-2026-")));
    assert!(
        app.letters_to("meng@staff.example").iter().all(|letter| !letter.text.contains("CQ-2026-")),
        "not the opener"
    );
    app.second_manager
        .post(&format!("/api/v1/conduct-cases/{case}/decision"), &json!({"decision": "remove", "reason": "属实"}))
        .expect(200);
    assert!(!case_row(&app, &case).early);
    app.advance_to("2026-03-20T09:00:00+08:00");
    let late = case_row(&app, &case);
    assert_eq!(late.stage, CaseStage::Appealable);
    app.advance_to("2026-04-10T09:00:00+08:00");
    assert_eq!(case_row(&app, &case).stage, CaseStage::Final);
    let holder = Holder::of(link_in(&app, &address("沈知行"), "决定"));
    assert_eq!(holder.posts(&[("act", "appeal"), ("words", "晚了")]).status, 409);
}

fn nobody_is_decided_against_unheard_without_saying_so(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let case = opens(&app, &shen, "removal", &json!({"grounds": "收受礼金。"}));
    app.tick();
    let mao = signed_in(&app, "mao");
    let at = format!("/conduct/{case}");
    let fields = [("decision", "remove"), ("reason", "事实清楚")];
    let refused = sends(&app, &mao, &at, &format!("{at}/decision"), &fields);
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("陈述期满") && refused.text.contains("事实清楚"), "nothing typed is lost");
    assert_eq!(standing(&app, &shen), "suspended");
    let knowingly = [fields[0], fields[1], ("early", "yes")];
    assert_eq!(sends(&app, &mao, &at, &format!("{at}/decision"), &knowingly).status, 303);
    assert!(case_row(&app, &case).early);
    let printed = page(&app, &mao, &format!("{at}/letter"));
    assert!(printed.contains("在陈述期满之前作出决定") && printed.contains("抄送"));
    assert!(!page(&app, &mao, &format!("{at}/letter?of=notice")).contains("抄送"));
    // For the expert nobody needs to wait.
    let xu = app.manager.registers(&expert("许望舒"));
    let other = opens(&app, &xu, "removal", &json!({"grounds": "误报。"}));
    let path = format!("/conduct/{other}");
    let kept = sends(&app, &mao, &path, &format!("{path}/decision"), &[("decision", "keep"), ("reason", "查无此事")]);
    assert_eq!(kept.status, 303, "{}", kept.text);
    assert_eq!((case_row(&app, &other).stage, standing(&app, &xu).as_str()), (CaseStage::Final, "active"));
    assert!(!page(&app, &mao, &format!("{path}/letter")).contains("抄送"), "what came to nothing is not passed around");
}

fn a_notice_that_came_back_gives_the_time_again(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let case = opens(&app, &shen, "admonitions", &json!({"grounds": "三次未响应。"}));
    let leased = app
        .office
        .write(|tx| {
            let until = (tx.now + TimeDelta::minutes(5)).naive_utc();
            Ok(db::outbox::claim(tx.conn, tx.now.naive_utc(), until, 10)?)
        })
        .expect("leased");
    let notice = leased.iter().find(|row| row.notice.get().kind == NoticeKind::CaseOpened).expect("the notice");
    record_delivery(&app.office, notice, &Delivery::Bounced { why: "550 no such user".into() }).expect("recorded");
    assert_eq!(case_row(&app, &case).stage, CaseStage::Notice);
    assert!(desk(&app.manager).contains("tell-case"), "a person is asked to tell the expert another way");
    let meng = signed_in(&app, "meng");
    let at = format!("/conduct/{case}");
    let future = [("by", "phone"), ("at", "2026-03-12T10:00")];
    assert_eq!(sends(&app, &meng, &at, &format!("{at}/told"), &future).status, 422);
    let told = sends(&app, &meng, &at, &format!("{at}/told"), &[("by", "phone"), ("at", "2026-03-10T10:00")]);
    assert_eq!(told.status, 303, "{}", told.text);
    let row = case_row(&app, &case);
    assert_eq!(row.stage, CaseStage::Hearing);
    assert_eq!(row.statement_due_at.unwrap().and_utc(), crate::support::app::at("2026-03-18T00:00:00+08:00"));
    assert!(!desk(&app.manager).contains("tell-case"));
    // What was brought on paper is entered as said.
    let said = sends(&app, &meng, &at, &format!("{at}/statement"), &[("words", "当面说明：出差在外。")]);
    assert_eq!(said.status, 303, "{}", said.text);
    assert_eq!(case_row(&app, &case).stage, CaseStage::Deciding);
}

/// A manager of a district, with a token.
pub fn district_manager(app: &App, name: &str, region: &str) -> Person {
    let secret = format!("zp_test_{name}");
    let id = app
        .office
        .write(|tx| {
            let id = AccountId::from_minted(tx.mint());
            let row = db::account::AccountRow {
                id,
                role: Role::Manager,
                name: name.to_owned(),
                email: format!("{}@staff.example", name.to_lowercase()),
                phone: None,
                password_hash: None,
                station: None,
                region: Some(region.to_owned()),
                head: false,
                on_leave_until: None,
                language: "zh".to_owned(),
                totp_secret: None,
                totp_last_step: None,
                disabled_at: None,
                created_at: tx.now.naive_utc(),
            };
            db::account::insert(tx.conn, &row)?;
            let token = db::account::TokenRow {
                id: TokenId::from_minted(tx.mint()),
                account: id,
                hash: fingerprint(secret.as_bytes()),
                label: "test".to_owned(),
                scopes: JsonText::of(&vec!["read".to_owned(), "write".to_owned()]),
                created_at: tx.now.naive_utc(),
                revoked_at: None,
            };
            db::account::insert_tokens(tx.conn, std::slice::from_ref(&token))?;
            Ok(id)
        })
        .expect("an account");
    Person::new(&app.base_url, id, &secret)
}

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

fn a_report_weighs_once_it_is_proven(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let lin = signed_in(&app, "lin");
    let at = format!("/experts/{shen}/incidents");
    let empty = sends(&app, &lin, &at, &at, &[("kind", "gift"), ("note", "")]);
    assert_eq!(empty.status, 422);
    assert_eq!(sends(&app, &lin, &at, &at, &[("kind", "lapse"), ("note", "x")]).status, 422, "no report");
    let reported = [("kind", "gift"), ("note", "企业来电：收了购物卡。")];
    assert_eq!(sends(&app, &lin, &at, &at, &reported).status, 303);
    assert!(!page(&app, &lin, &at).contains("购物卡"), "a liaison reports and reads nothing of it");
    app.tick();
    assert!(!app.letters_to("meng@staff.example").is_empty(), "straight to the managers");
    assert!(desk(&app.manager).contains("conduct-report"));
    assert!(!desk(&app.manager).contains("removal-proposed"), "a report is somebody's words");
    let meng = signed_in(&app, "meng");
    let seen = page(&app, &meng, &at);
    assert!(seen.contains("购物卡") && seen.contains("待核实"), "{seen}");
    let incident = seen.split("/incidents/").find_map(|rest| rest.split_once("/finding")).expect("a form").0.to_owned();
    let path = format!("/incidents/{incident}/finding");
    assert_eq!(
        sends(&app, &meng, &at, &path, &[("finding", "proven")]).status,
        422,
        "how it was looked into is needed"
    );
    assert_eq!(sends(&app, &lin, &at, &path, &[("finding", "proven"), ("finding_note", "x")]).status, 403);
    let found = [("finding", "proven"), ("finding_note", "企业书面证明，本人承认。")];
    assert_eq!(sends(&app, &meng, &at, &path, &found).status, 303);
    let text = desk(&app.manager);
    assert!(text.contains("removal-proposed") && !text.contains("conduct-report"), "{text}");
    assert_eq!(standing(&app, &shen), "active", "a proposal never acts by itself");
    // Unfounded is withdrawn, and weighs nothing.
    let xu = app.manager.registers(&expert("许望舒"));
    let other = format!("/experts/{xu}/incidents");
    assert_eq!(sends(&app, &lin, &other, &other, &reported).status, 303);
    let seen = page(&app, &meng, &other);
    let incident = seen.split("/incidents/").find_map(|rest| rest.split_once("/finding")).expect("a form").0.to_owned();
    let fields = [("finding", "unfounded"), ("finding_note", "误会，是会议材料袋。")];
    assert_eq!(sends(&app, &meng, &other, &format!("/incidents/{incident}/finding"), &fields).status, 303);
    let expert_id: ExpertId = xu.parse().unwrap();
    let rows = db::conduct::incidents_of(&mut app.office.read().unwrap(), expert_id).unwrap();
    assert!(rows.iter().all(|row| !row.weighs() && row.withdrawn_at.is_some()));
    assert!(page(&app, &meng, &other).contains("不属实"));
}

fn what_a_case_dealt_with_is_not_counted_again(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    for _ in 0..3 {
        lapses(&app, &shen);
    }
    let case = opens(&app, &shen, "admonitions", &json!({"grounds": "三次未响应。"}));
    app.second_manager
        .post(&format!("/api/v1/conduct-cases/{case}/decision"), &json!({"decision": "admonish", "reason": "改正"}))
        .expect(200);
    lapses(&app, &shen);
    lapses(&app, &shen);
    assert!(!desk(&app.manager).contains("admonition-proposed"), "the first three were dealt with");
    lapses(&app, &shen);
    assert!(desk(&app.manager).contains("admonition-proposed"));
    let again = opens(&app, &shen, "admonitions", &json!({"grounds": "又三次未响应。"}));
    app.second_manager
        .post(&format!("/api/v1/conduct-cases/{again}/decision"), &json!({"decision": "admonish", "reason": "再犯"}))
        .expect(200);
    assert!(desk(&app.manager).contains("removal-proposed"), "two admonitions in 24 months");
    assert_eq!(standing(&app, &shen), "active");
}

fn the_policy_of_conduct_is_set_by_its_own_page(backend: Backend) {
    let app = App::start(backend);
    let meng = signed_in(&app, "meng");
    let shown = page(&app, &meng, "/policy/conduct");
    let mut fields: Vec<(String, String)> = Vec::new();
    for piece in shown.split("<input").skip(1) {
        let part = |name: &str| {
            let (_, rest) = piece.split_once(&format!(" {name}=\""))?;
            Some(rest.split('"').next().unwrap_or_default().to_owned())
        };
        if let (Some(name), Some(value)) = (part("name"), part("value"))
            && name != "csrf"
            && piece.contains("numeric")
        {
            fields.push((name, value));
        }
    }
    assert_eq!(fields.len(), 8 * 3 + 5, "{fields:?}");
    let with = |name: &str, value: &str| -> Vec<(String, String)> {
        fields
            .iter()
            .map(|(known, old)| (known.clone(), if known == name { value.to_owned() } else { old.clone() }))
            .collect()
    };
    let send = |fields: &[(String, String)]| {
        let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        sends(&app, &meng, "/policy/conduct", "/policy/conduct", &pairs)
    };
    let wrong = send(&with("statement_days", "0"));
    assert_eq!(wrong.status, 422);
    assert!(wrong.text.contains("statement_days-error"), "the field is named");
    assert_eq!(send(&with("lapse.admonish", "2")).status, 303);
    let policy = app.office.policy().unwrap();
    assert_eq!((policy.lapses_to_admonish, policy.reserves), (2, 3), "the rest of the policy stays");
    let shen = app.manager.registers(&expert("沈知行"));
    lapses(&app, &shen);
    assert!(!desk(&app.manager).contains("admonition-proposed"));
    lapses(&app, &shen);
    assert!(desk(&app.manager).contains("admonition-proposed"));
    assert_eq!(
        Told::read(signed_in(&app, "lin").get(format!("{}/policy/conduct", app.base_url)).send().unwrap()).status,
        403
    );
}

fn the_end_of_a_hearing_and_of_an_appeal_is_reminded_of_once(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let case = opens(&app, &shen, "removal", &json!({"grounds": "收受礼金。"}));
    let told = |to: &str, subject: &str| -> usize {
        app.letters_to(to).iter().filter(|letter| letter.subject.contains(subject)).count()
    };
    // Staff may read of it in a digest with other matters.
    let staff = |name: &str, words: &str| -> usize {
        let letters = app.letters_to(&format!("{name}@staff.example"));
        letters.iter().filter(|letter| letter.text.contains(words)).count()
    };
    let expert_mail = address("沈知行");
    // Told on Tuesday the 10th; the time ends with Tuesday the 17th, and is reminded of on Monday.
    app.tick();
    app.advance_to("2026-03-16T08:59:00+08:00");
    assert_eq!((told(&expert_mail, "陈述期"), staff("mao", "陈述期即将届满")), (0, 0));
    app.advance_to("2026-03-16T10:00:00+08:00");
    assert_eq!((told(&expert_mail, "陈述期"), staff("mao", "陈述期即将届满")), (1, 1));
    assert_eq!(staff("meng", "陈述期即将届满"), 0, "whoever opened it decides nothing");
    let letter = app.letters_to(&expert_mail).into_iter().next().expect("a letter");
    assert!(letter.text.contains("3月17日"), "{}", letter.text);
    assert_eq!(case_row(&app, &case).stage, CaseStage::Hearing, "reminded, and nothing else");
    app.advance_to("2026-03-18T10:00:00+08:00");
    assert_eq!((told(&expert_mail, "陈述期"), staff("mao", "陈述期即将届满")), (1, 1), "once");
    assert_eq!(case_row(&app, &case).stage, CaseStage::Deciding);
    // Decided and told on Wednesday the 18th; ten working days end with Wednesday 1 April.
    app.second_manager
        .post(&format!("/api/v1/conduct-cases/{case}/decision"), &json!({"decision": "remove", "reason": "属实"}))
        .expect(200);
    app.tick();
    // By then nobody is written to before ten.
    let mut late = zhipai::domain::policy::Policy::default();
    late.letters.quiet_until = 10;
    zhipai::actions::set_policy::set_policy(&app.office, &Actor::Operator, &late).expect("set");
    app.advance_to("2026-03-31T09:30:00+08:00");
    assert_eq!(told(&expert_mail, "申诉期"), 0, "the night rule holds for it");
    app.advance_to("2026-03-31T11:00:00+08:00");
    assert_eq!((told(&expert_mail, "申诉期"), staff("mao", "申诉期即将届满")), (1, 1), "who decided is told");
    assert_eq!(staff("meng", "申诉期即将届满"), 0);
    let link = link_in(&app, &expert_mail, "申诉期");
    assert!(Holder::of(&link).looks().expect(200).text.contains("申诉"));
    app.advance_to("2026-04-03T09:00:00+08:00");
    assert_eq!((told(&expert_mail, "申诉期"), case_row(&app, &case).stage), (1, CaseStage::Final));
    // Who was heard is not reminded of it.
    let xu = app.manager.registers(&expert("许望舒"));
    let other = opens(&app, &xu, "admonitions", &json!({"grounds": "三次未响应。"}));
    app.tick();
    let link = link_in(&app, &address("许望舒"), "立案");
    assert_eq!(Holder::of(&link).posts(&[("act", "statement"), ("words", "出差在外。")]).status, 303);
    app.advance(TimeDelta::days(12));
    assert_eq!(told(&address("许望舒"), "陈述期"), 0);
    assert_eq!(case_row(&app, &other).stage, CaseStage::Deciding);
}
