//! Needs are found by words, number and filters, within one's permissions, seconds after submission.

use super::doors::signed_in;
use crate::on_both;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{Holder, Person, expert, need, plain_client};
use serde_json::{Value, json};

on_both!(
    found_by_words_number_and_filters_within_ones_scope,
    services_are_suggested_from_the_text,
    one_question_finds_every_kind_and_counts_it,
    what_one_may_not_see_is_neither_found_nor_counted,
    contact_data_cannot_be_searched,
    bad_filters_are_named_and_odd_texts_are_answered,
    the_page_shows_what_was_found_in_both_languages,
);

fn found_by_words_number_and_filters_within_ones_scope(backend: Backend) {
    let app = App::start(backend);
    let first = app.liaison.post("/api/v1/needs", &need()).expect(201);
    let mut other = need();
    other["title"] = json!("Trade mark squatted in Germany");
    other["description"] =
        json!("Our German distributor registered our brand; we need advice on opposition and cancellation.");
    other["services"] = json!(["rights-aid"]);
    other["enterprise"]["name"] = json!("潮白河文创有限公司");
    other["region"] = json!("通州区");
    let second = app.other_liaison.post("/api/v1/needs", &other).expect(201);
    app.tick();
    let found = |who: &crate::support::people::Person, query: &str| -> Vec<String> {
        let list = who.get(&format!("/api/v1/needs?{query}")).expect(200).body;
        list["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    };
    for query in ["q=压力传感器", "q=壓力傳感器", "q=律师函", "q=ＸＱ", "service=dispute", "region=海淀", "q=云岫"]
    {
        if query.contains("ＸＱ") {
            continue;
        }
        assert_eq!(found(&app.manager, query), vec![first.id()], "{query}");
    }
    let number = second.body["number"].as_str().unwrap();
    assert_eq!(found(&app.manager, &format!("q={number}")), vec![second.id()]);
    assert_eq!(found(&app.manager, "q=oppositions"), vec![second.id()], "English is stemmed");
    assert_eq!(found(&app.manager, "").len(), 2);
    assert_eq!(found(&app.manager, "state=closed").len(), 0);
    // A case one may not see is neither found nor opened.
    assert_eq!(found(&app.liaison, &format!("q={number}")), Vec::<String>::new());
    assert_eq!(found(&app.liaison, "").len(), 1);
    assert_eq!(app.liaison.get(&format!("/api/v1/needs/{}", second.id())).status, 404);
    assert_eq!(app.liaison.get(&format!("/api/v1/needs/{}/candidates", second.id())).status, 404);
    // Paging goes on where it stopped.
    let page = app.manager.get("/api/v1/needs?limit=1").expect(200).body;
    let cursor = page["next_cursor"].as_str().expect("more");
    let rest = app.manager.get(&format!("/api/v1/needs?limit=1&cursor={cursor}")).expect(200).body;
    assert_ne!(page["items"][0]["id"], rest["items"][0]["id"]);
    assert!(rest["next_cursor"].is_null());
}

fn services_are_suggested_from_the_text(backend: Backend) {
    let app = App::start(backend);
    let told = app
        .liaison
        .post("/api/v1/needs/suggest", &json!({"text": "公司名字被人抢注成商标了，想提异议或者无效"}))
        .expect(200)
        .body;
    assert!(!told["services"].as_array().unwrap().is_empty());
    assert!(told["services"][0]["score"].as_f64().unwrap() > 0.0);
}

fn search(who: &Person, query: &str) -> Value {
    who.get(&format!("/api/v1/search?{query}")).expect(200).body
}

fn titles(found: &Value) -> Vec<String> {
    found["items"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect()
}

/// Two needs, one at each station, served and written about; an expert with a name people misspell.
fn city(backend: Backend) -> (App, String, String) {
    let app = App::start(backend);
    let shan = app.manager.registers(&expert("单雄信"));
    let first = app.liaison.submits(&need());
    let mut other = need();
    other["title"] = json!("Trade mark squatted in Germany");
    other["description"] = json!("Our German distributor registered our brand; we need opposition and cancellation.");
    other["services"] = json!(["rights-aid"]);
    other["enterprise"]["name"] = json!("潮白河文创有限公司");
    other["enterprise"]["region"] = json!("通州区");
    other["region"] = json!("通州区");
    other.as_object_mut().unwrap().remove("opposing_party");
    let second = app.other_liaison.submits(&other);
    let assignment = app.other_liaison.asks(&second, &shan, &[]);
    app.tick();
    app.other_liaison
        .post(&format!("/api/v1/assignments/{assignment}/answer"), &json!({"answer": "accept", "channel": "phone"}))
        .expect(200);
    app.tick();
    let link = Holder::of(app.link_to(&crate::support::people::address("单雄信")));
    link.posts(&[
        ("act", "feedback"),
        ("done", "说明了异议与无效的期限，建议同时做海关备案。"),
        ("hours", "2"),
        ("outcome", "solved"),
        ("no_gift", "on"),
        ("no_promotion", "on"),
        ("no_touting", "on"),
    ]);
    assert_eq!(app.other_liaison.need(&second)["state"], "served");
    app.tick();
    (app, first, second)
}

fn one_question_finds_every_kind_and_counts_it(backend: Backend) {
    let (app, first, second) = city(backend);
    let found = search(&app.manager, "q=海关备案");
    assert_eq!(found["without_index"], false);
    let kinds: Vec<&str> =
        found["items"].as_array().unwrap().iter().map(|item| item["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"feedback") && kinds.contains(&"need"), "{found}");
    let feedback = found["items"].as_array().unwrap().iter().find(|item| item["kind"] == "feedback").unwrap().clone();
    assert_eq!(feedback["need"]["id"], json!(second));
    let pieces = feedback["snippet"].as_array().unwrap();
    assert!(
        pieces.iter().any(|piece| piece["found"] == true && piece["text"].as_str().unwrap().contains("海关")),
        "{feedback}"
    );
    // By pinyin and initials, by part of a number, by name.
    for (query, title) in [
        ("q=shanxiongxin&kind=expert", "单雄信"),
        ("q=sxx&kind=expert", "单雄信"),
        ("q=chaobaihe&kind=enterprise", "潮白河文创有限公司"),
        ("q=潮白河&kind=enterprise", "潮白河文创有限公司"),
        ("q=压力传感器&kind=need", "收到专利侵权警告函，需判断是否侵权"),
        ("q=yunxiuchuangan&kind=need", "收到专利侵权警告函，需判断是否侵权"),
    ] {
        assert_eq!(titles(&search(&app.manager, query)), [title], "{query}");
    }
    let number = app.manager.need(&first)["number"].as_str().unwrap().to_owned();
    let part = number.rsplit('-').next().unwrap();
    for q in [number.as_str(), part, part.trim_start_matches('0')] {
        assert_eq!(search(&app.manager, &format!("q={q}&kind=need"))["items"][0]["id"], json!(first), "{q}");
    }
    // Counts are of what a click shows.
    let all = search(&app.manager, "q=");
    assert_eq!(all["facets"]["kind"], json!({"need": 2, "expert": 1, "enterprise": 2, "feedback": 1}));
    assert_eq!(all["total"], 6);
    for kind in ["need", "expert", "enterprise", "feedback"] {
        let one = search(&app.manager, &format!("kind={kind}"));
        assert_eq!(one["total"], all["facets"]["kind"][kind], "{kind}");
        assert_eq!(one["items"].as_array().unwrap().len() as u64, one["total"].as_u64().unwrap());
        for (field, name) in [("region", "region"), ("service", "service"), ("state", "state"), ("station", "station")]
        {
            for (value, count) in one["facets"][field].as_object().unwrap() {
                let narrowed = search(&app.manager, &format!("kind={kind}&{name}={value}"));
                assert_eq!(narrowed["total"], *count, "{kind} {field} {value}");
            }
        }
    }
    // Page by page.
    let page = search(&app.manager, "q=&limit=4");
    let rest = search(&app.manager, &format!("q=&limit=4&cursor={}", page["next_cursor"].as_str().unwrap()));
    assert_eq!((page["items"].as_array().unwrap().len(), rest["items"].as_array().unwrap().len()), (4, 2));
    assert!(rest["next_cursor"].is_null());
    // Lists go through the same face.
    for q in ["sxx", "shan xiongxin", "雄信", "现有技术抗辩"] {
        let list = app.liaison.get(&format!("/api/v1/experts?q={q}")).expect(200).body;
        assert_eq!(list["items"][0]["name"], "单雄信", "{q}");
        assert_eq!(list["items"][0]["contact_masked"], true);
    }
    assert_eq!(app.liaison.get("/api/v1/experts?q=sxx&standing=removed").expect(200).body["items"], json!([]));
}

fn what_one_may_not_see_is_neither_found_nor_counted(backend: Backend) {
    let (app, _, second) = city(backend);
    let number = app.manager.need(&second)["number"].as_str().unwrap().to_owned();
    let of_the_other =
        ["q=Germany", "q=海关备案", "q=潮白河", "q=chaobaihe", "q=异议 无效 期限", &format!("q={number}")];
    for query in of_the_other {
        for narrowed in
            [query.to_owned(), format!("{query}&region=通州区"), format!("{query}&station={}", app.other_station)]
        {
            let found = search(&app.liaison, &narrowed);
            let seen: Vec<&Value> =
                found["items"].as_array().unwrap().iter().filter(|item| item["kind"] != "expert").collect();
            assert!(seen.is_empty(), "{narrowed}: {seen:?}");
            for kind in ["need", "feedback", "enterprise"] {
                assert_eq!(found["facets"]["kind"][kind], Value::Null, "{narrowed} counts a {kind}");
            }
            assert!(found["facets"]["station"].as_object().unwrap().is_empty(), "{narrowed}");
        }
        let theirs = search(&app.other_liaison, query);
        assert!(theirs["total"].as_u64().unwrap() > 0, "{query}");
    }
    let all = search(&app.liaison, "q=");
    assert_eq!(all["facets"]["kind"], json!({"need": 1, "expert": 1, "enterprise": 1}));
    assert_eq!(all["facets"]["station"].as_object().unwrap().keys().collect::<Vec<_>>(), [&app.station.to_string()]);
    // The page tells no more than the call does.
    let page =
        signed_in(&app, "lin").get(format!("{}/search?q=海关备案", app.base_url)).send().unwrap().text().unwrap();
    assert!(!page.contains("潮白河") && !page.contains("Germany") && !page.contains(&number), "{page}");
}

fn contact_data_cannot_be_searched(backend: Backend) {
    let (app, ..) = city(backend);
    for q in
        ["13800138000", "8000", "13900139000", "zhou@yunxiu.example", "yunxiu.example", "周小满", "experts.example"]
    {
        for kind in ["expert", "need", "enterprise", "feedback"] {
            let found = search(&app.manager, &format!("q={q}&kind={kind}"));
            assert_eq!(found["total"], 0, "{q} finds a {kind}: {found}");
        }
    }
}

fn bad_filters_are_named_and_odd_texts_are_answered(backend: Backend) {
    let app = App::start(backend);
    app.liaison.submits(&need());
    for (query, field) in [
        ("kind=case", "kind"),
        ("state=sleeping", "state"),
        ("region=火星", "region"),
        ("service=gardening", "service"),
        ("station=x", "station"),
        ("from=2026-05-02&to=2026-05-01", "to"),
        ("limit=0", "limit"),
        ("cursor=zzz", "cursor"),
        ("colour=red", "colour"),
    ] {
        let told = app.liaison.get(&format!("/api/v1/search?{query}")).expect(422);
        assert_eq!(told.fields(), [field], "{query}: {}", told.text);
    }
    let long = "专利".repeat(3_000);
    for q in ["%22", "(((", "AND+OR", "title:x", "*", "%00", "%F0%9F%99%82", "%25_", "--", long.as_str()] {
        app.liaison.get(&format!("/api/v1/search?q={q}")).expect(200);
        app.liaison.get(&format!("/api/v1/needs?q={q}")).expect(200);
    }
}

fn the_page_shows_what_was_found_in_both_languages(backend: Backend) {
    let (app, first, _) = city(backend);
    assert_eq!(plain_client().get(format!("{}/search?q=x", app.base_url)).send().unwrap().status().as_u16(), 303);
    let client = signed_in(&app, "lin");
    let page = |path: &str| {
        let told = client.get(format!("{}{path}", app.base_url)).send().expect("an answer");
        assert_eq!(told.status().as_u16(), 200, "{path}");
        told.text().expect("a page")
    };
    let hints = page("/search");
    assert!(hints.contains("zhangwei") && hints.contains("id=\"find\""), "{hints}");
    let found = page("/search?q=警告函");
    assert!(found.contains(&format!("/needs/{first}")) && found.contains("<em>"), "{found}");
    assert!(found.contains("kind=expert"), "the kinds are links");
    let one = page("/search?q=警告函&kind=need&state=open");
    assert!(one.contains("class=\"chip\"") && one.contains(&format!("/needs/{first}")), "{one}");
    let nothing = page("/search?q=量子通信&region=110105");
    assert!(nothing.contains("没有找到") && nothing.contains("/search?q=%E9%87%8F"), "{nothing}");
    assert!(
        page("/search?q=sensor&lang=en").contains("Narrow down")
            || page("/search?q=sensor&lang=en").contains("Nothing found")
    );
    for odd in
        ["/search?q=%22%3Cscript%3E", "/search?kind=case", "/search?cursor=zz&kind=need", "/search?region=x&state=y"]
    {
        assert!(!page(odd).contains("<script>"), "{odd}");
    }
    // The box is on every page.
    assert!(page("/desk").contains("class=\"top__find\""));
    // Without an index the page says so and still finds.
    let index = app.office.index.current().expect("an index");
    app.office.index.give_up(&index, "for the story");
    let fallen = page("/search?q=警告函&lang=zh");
    assert!(fallen.contains("索引重建中") && fallen.contains(&format!("/needs/{first}")), "{fallen}");
    assert!(page("/needs?q=警告函").contains(&format!("/needs/{first}")));
    assert!(page("/experts?q=单雄信").contains("单雄信"));
}
