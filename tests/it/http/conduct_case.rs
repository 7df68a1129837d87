//! Admonition and removal by their stages: told, heard, decided by a second person, sealed, appealed; who is reminded.

use super::conduct_support::{PDF, case_row, desk, lapses, link_in, multipart, opens, page, sends, standing};
use super::doors::{csrf, signed_in};
use crate::on_both;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{Holder, Told, address, expert};
use chrono::TimeDelta;
use serde_json::json;
use zhipai::actions::Actor;
use zhipai::actions::record_notice::{Delivery, record_delivery};
use zhipai::db;
use zhipai::domain::conduct::CaseStage;
use zhipai::domain::notice::NoticeKind;

on_both!(
    a_case_goes_its_way_from_three_lapses_to_an_appeal,
    the_hearing_ends_by_itself_and_a_second_person_is_asked,
    nobody_is_decided_against_unheard_without_saying_so,
    a_notice_that_came_back_gives_the_time_again,
    the_end_of_a_hearing_and_of_an_appeal_is_reminded_of_once,
);

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
