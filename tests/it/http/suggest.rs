//! A need's text says what it asks for, by which words and where; and the same matter is recognised in other words.

use crate::on_both;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::need;
use serde_json::{Value, json};

on_both!(
    a_text_is_read_with_its_reasons,
    the_same_matter_is_recognised_in_other_words,
    a_warning_names_no_need_of_another_station,
);

fn a_text_is_read_with_its_reasons(backend: Backend) {
    let app = App::start(backend);
    let read =
        |text: &str| -> Value { app.liaison.post("/api/v1/needs/suggest", &json!({"text": text})).expect(200).body };
    let told = read("公司名字被抢注成商标了\n我们在亦庄，做激光雷达，想把名字要回来");
    let slugs: Vec<&str> =
        told["services"].as_array().unwrap().iter().map(|one| one["slug"].as_str().unwrap()).collect();
    assert!(slugs[..2].contains(&"rights-aid"), "{told}");
    let words = told["services"][0]["words"].as_array().unwrap();
    assert!(words.iter().any(|word| word.as_str().unwrap().contains("抢注")), "{told}");
    assert_eq!(told["industries"], json!(["传感器"]));
    assert_eq!((&told["region"]["code"], &told["region"]["name"]), (&json!("110000-kfq"), &json!("经开区")));
    assert!(told["region"]["lat"].as_f64().unwrap() > 39.0);
    assert_eq!(read("想注册商标")["region"], json!(null));
    // Traditional characters, full width and English say the same.
    for text in ["公司名字被搶註成商標了", "Someone registered our brand before us"] {
        let first: Vec<String> =
            read(text)["services"].as_array().unwrap().iter().take(2).map(|one| one["slug"].to_string()).collect();
        assert!(first.iter().any(|slug| slug.contains("rights-aid")), "{text}: {first:?}");
    }
}

fn the_same_matter_is_recognised_in_other_words(backend: Backend) {
    let app = App::start(backend);
    let first = app.liaison.post("/api/v1/needs", &need()).expect(201);
    let number = first.body["number"].as_str().unwrap();
    // Reworded, the name with brackets and a branch's blank: the same enterprise, the same matter.
    let mut again = need();
    again["enterprise"]["name"] = json!("云岫传感科技（有限公司）");
    again["title"] = json!("老外发律师函说我们的传感器侵权");
    again["description"] = json!("对方要求停止销售，十五天内答复，想先看看是不是真的侵权。");
    again["services"] = json!(["rights-aid"]);
    again["opposing_party"] = json!(null);
    let similar = app.liaison.post("/api/v1/needs", &again).expect(201).body["similar_open_needs"].clone();
    assert_eq!(similar[0]["number"].as_str(), Some(number), "{similar}");
    assert!(!similar[0]["words"].as_array().unwrap().is_empty(), "{similar}");
    assert_eq!(similar[0]["same_opponent"], json!(false));
    // The same opponent under another branch of its name.
    let mut opponent = again.clone();
    opponent["title"] = json!("查一下对方的专利");
    opponent["description"] = json!("法律状态。");
    opponent["services"] = json!(["search"]);
    opponent["opposing_party"] = json!("铂影测控技术有限公司北京分公司");
    let similar = app.liaison.post("/api/v1/needs", &opponent).expect(201).body["similar_open_needs"].clone();
    let named = similar.as_array().unwrap().iter().find(|one| one["number"].as_str() == Some(number));
    assert_eq!(named.unwrap_or_else(|| panic!("{similar}"))["same_opponent"], json!(true));
    // Another matter of the same enterprise, and the same matter of another one.
    let mut other = again.clone();
    other["title"] = json!("新员工知识产权培训");
    other["description"] = json!("每年九月入职，三十人，两个小时。");
    other["services"] = json!(["training"]);
    assert_eq!(app.liaison.post("/api/v1/needs", &other).expect(201).body["similar_open_needs"], json!([]));
    let mut foreign = need();
    foreign["enterprise"]["name"] = json!("云岫影视文化有限公司");
    assert_eq!(app.liaison.post("/api/v1/needs", &foreign).expect(201).body["similar_open_needs"], json!([]));
}

fn a_warning_names_no_need_of_another_station(backend: Backend) {
    let app = App::start(backend);
    let first = app.other_liaison.post("/api/v1/needs", &need()).expect(201).body;
    let told = app.liaison.post("/api/v1/needs", &need()).expect(201);
    assert_eq!(told.body["similar_open_needs"], json!([]), "{}", told.text);
    let shown = app.liaison.get(&format!("/api/v1/needs/{}", told.id())).expect(200).body;
    assert_eq!(shown["similar_open_needs"], json!([]), "nor later");
    let all = app.manager.get(&format!("/api/v1/needs/{}", told.id())).expect(200).body;
    assert_eq!(all["similar_open_needs"][0]["number"], first["number"], "who sees both is warned");
    // While it is typed: the same.
    let typed = json!({"text": "收到专利侵权警告函，需判断是否侵权\n对方要求停止销售", "enterprise_name": "云岫传感科技有限公司",
        "opposing_party": "铂影测控"});
    let numbers = |who: &crate::support::people::Person| -> Vec<String> {
        let told = who.post("/api/v1/needs/suggest", &typed).expect(200).body;
        let open = told["similar_open_needs"].as_array().unwrap();
        open.iter().map(|one| one["number"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(numbers(&app.liaison), [told.body["number"].as_str().unwrap()]);
    assert_eq!(numbers(&app.other_liaison), [first["number"].as_str().unwrap()]);
    assert_eq!(numbers(&app.manager).len(), 2);
}
