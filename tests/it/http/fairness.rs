//! The fairness watch: who is never asked, who too often, and who works for whom again and again.

use super::doors::signed_in;
use crate::on_both;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{Told, expert, need};
use serde_json::json;

on_both!(
    every_figure_is_counted_as_its_formula_says_and_opens_its_cases,
    one_firm_under_two_spellings_is_one_firm,
    who_waited_for_the_admission_catches_up_from_that_day,
);

/// Two experts of one firm, written differently, serve one enterprise three times together; the link opens all three.
fn one_firm_under_two_spellings_is_one_firm(backend: Backend) {
    let app = App::start(backend);
    let of_firm = |name: &str, firm: &str| {
        let mut body = expert(name);
        (body["firm"], body["monthly_cap"]) = (json!(firm), json!(30));
        app.manager.registers(&body)
    };
    let house = [of_firm("沈知行", "衡溪知识产权代理有限公司"), of_firm("许望舒", "北京衡溪知识产权代理有限公司")];
    let mut numbers = Vec::new();
    for turn in 0..3 {
        let id = app.liaison.submits(&need());
        let assignment = app.liaison.asks(&id, &house[turn % 2], &[]);
        app.tick();
        let answer = json!({"answer": "accept", "channel": "phone"});
        app.liaison.post(&format!("/api/v1/assignments/{assignment}/answer"), &answer).expect(200);
        numbers.push(app.manager.need(&id)["number"].as_str().unwrap().to_owned());
    }
    let client = signed_in(&app, "meng");
    let get = |path: &str| Told::read(client.get(format!("{}{path}", app.base_url)).send().unwrap());
    let page = get("/board/fairness?from=2026-03-01&to=2026-03-31&lang=zh").expect(200).text;
    let (_, rest) = page.split_once("id=\"pairs\"").unwrap_or_else(|| panic!("a section in {page}"));
    let section = rest.split("</section>").next().unwrap_or_default();
    assert!(section.contains("云岫传感科技有限公司"), "{section}");
    let link = section.split("href=\"").filter_map(|part| part.split('"').next()).find(|href| href.contains("key="));
    let cases = get(&link.expect("a link").replace("&amp;", "&")).expect(200).text;
    for number in numbers {
        assert!(cases.contains(&number), "{number} in {cases}");
    }
}

fn who_waited_for_the_admission_catches_up_from_that_day(backend: Backend) {
    let app = App::start(backend);
    let id: zhipai::ids::ExpertId = app.manager.registers(&expert("沈知行")).parse().unwrap();
    let since = || {
        let found = app.office.with_pool(|pool| Ok(pool.slot(id).and_then(|slot| pool.roster.get(slot)?.active_since)));
        found.expect("a pool").expect("him").to_string()
    };
    let registered = since();
    app.advance(chrono::TimeDelta::days(40));
    app.office
        .write(|tx| {
            let detail = json!({"decision": "admit"});
            tx.event(
                id.as_str(),
                &zhipai::actions::Actor::Desk,
                zhipai::domain::event::Event::ExpertReviewed,
                &detail,
            )?;
            tx.changed("expert", id.as_str())
        })
        .expect("admitted");
    let admitted = since();
    assert!(admitted > registered, "{registered} {admitted}");
    assert_eq!(admitted, zhipai::domain::calendar::beijing_date(app.office.now()).to_string());
}

fn every_figure_is_counted_as_its_formula_says_and_opens_its_cases(backend: Backend) {
    let app = App::start(backend);
    let names = ["沈知行", "许望舒", "陆以宁", "顾明岚", "何其芳"];
    let mut ids: Vec<String> = Vec::new();
    for name in names {
        let mut body = expert(name);
        body["monthly_cap"] = json!(30);
        ids.push(app.manager.registers(&body));
    }
    let mut far = expert("远在通州");
    (far["region"], far["lat"], far["lon"]) = (json!("通州区"), json!(39.9), json!(116.66));
    app.manager.registers(&far);
    // The first has five needs of one enterprise, the second one.
    for turn in 0..6 {
        let id = app.liaison.submits(&need());
        let assignment = app.liaison.asks(&id, &ids[usize::from(turn == 5)], &[]);
        app.tick();
        let answer = json!({"answer": "accept", "channel": "phone"});
        app.liaison.post(&format!("/api/v1/assignments/{assignment}/answer"), &answer).expect(200);
    }
    let client = signed_in(&app, "meng");
    let get = |path: &str| Told::read(client.get(format!("{}{path}", app.base_url)).send().unwrap());
    for language in ["zh", "en"] {
        let page = get(&format!("/board/fairness?from=2026-03-01&to=2026-03-31&lang={language}")).expect(200).text;
        assert!(!page.contains('⟦'), "{page}");
        // Loads 0 0 0 0 1 5: Gini = (2·(5·1 + 6·5) − 7·6) ÷ (6·6) = 28 ÷ 36.
        for told in ["2 / 6", "0.778", "83.3%", "100.0%"] {
            assert!(page.contains(told), "{told} in {page}");
        }
    }
    let page = get("/board/fairness?from=2026-03-01&to=2026-03-31&lang=zh").expect(200).text;
    let section = |id: &str| {
        let (_, rest) = page.split_once(&format!("id=\"{id}\"")).expect("a section");
        rest.split("</section>").next().unwrap_or_default().to_owned()
    };
    let never = section("never");
    assert!(never.contains("陆以宁") && never.contains("远在通州") && !never.contains("沈知行"), "{never}");
    let often = section("often");
    assert!(often.contains("沈知行") && !often.contains("许望舒"), "five offers are three times the mean: {often}");
    let pairs = section("pairs");
    assert!(
        pairs.contains("沈知行知识产权代理有限公司")
            && pairs.contains("云岫传感科技有限公司")
            && pairs.contains("5 / 6")
    );
    // Both figures open exactly their cases.
    for (place, cases) in [(&often, 5), (&pairs, 5)] {
        let (_, rest) = place.split_once("/board/cases").expect("a link");
        let link = rest.split('"').next().unwrap_or_default().replace("&#38;", "&").replace("&amp;", "&");
        let shown = get(&format!("/board/cases{link}")).expect(200).text;
        assert_eq!(shown.matches("收到专利侵权警告函").count(), cases, "{link}: {shown}");
    }
    let by_item = get("/board/fairness?from=2026-03-01&to=2026-03-31&by=service&service=dispute").expect(200).text;
    assert!(by_item.contains("2 / 6"), "all of them offer the item: {by_item}");
    assert!(
        get("/board/fairness?from=2026-03-01&to=2026-03-31&service=trademark-x").expect(200).text.contains("2 / 6")
    );
    // A district sees the experts at home there, and the offers of its own needs.
    app.office
        .write(|tx| {
            let mut row = zhipai::db::account::by_email(tx.conn, "mao@staff.example")?.expect("an account");
            row.region = Some("110112".to_owned());
            zhipai::db::account::save(tx.conn, &row)?;
            Ok(())
        })
        .expect("delegated");
    let district = signed_in(&app, "mao");
    let there = Told::read(
        district.get(format!("{}/board/fairness?from=2026-03-01&to=2026-03-31", app.base_url)).send().unwrap(),
    )
    .expect(200)
    .text;
    assert!(there.contains("0 / 1") && there.contains("远在通州") && !there.contains("沈知行"), "{there}");
    let liaison = signed_in(&app, "lin");
    assert_eq!(liaison.get(format!("{}/board/fairness", app.base_url)).send().unwrap().status().as_u16(), 403);
}
