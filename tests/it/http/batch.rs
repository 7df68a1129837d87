//! Several needs assigned together: the plan, what is changed by hand, and sending it.

use super::doors::{csrf, signed_in};
use crate::on_both;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{Told, address, expert, need};
use serde_json::{Value, json};

on_both!(
    two_needs_that_want_the_same_expert_are_arranged_together,
    a_plan_keeps_caps_and_says_whose_room_would_help,
    seats_of_one_need_go_to_different_people,
    no_house_is_proposed_for_both_sides,
    a_seat_is_filled_by_the_item_it_asks_for,
    what_no_longer_fits_is_reported_and_the_rest_is_sent,
    a_batch_stays_within_the_scope,
    planning_writes_nothing,
    on_the_page_needs_are_chosen_changed_by_hand_and_sent,
);

fn plan(app: &App, needs: &[&String]) -> Value {
    app.liaison.post("/api/v1/batches", &json!({"needs": needs})).expect(200).body
}

fn proposed(plan: &Value) -> Vec<Option<String>> {
    let seats = plan["seats"].as_array().unwrap();
    seats.iter().map(|seat| seat["candidate"]["expert"]["id"].as_str().map(str::to_owned)).collect()
}

/// One knows disputes, the other also trademarks; one of each need goes to each, although the first is best for both.
fn two_needs_that_want_the_same_expert_are_arranged_together(backend: Backend) {
    let app = App::start(backend);
    let mut best = expert("沈知行");
    best["monthly_cap"] = json!(1);
    let best = app.manager.registers(&best);
    let mut second = expert("许望舒");
    second["services"] = json!(["dispute"]);
    second["industries"] = json!([]);
    (second["lat"], second["lon"], second["region"]) = (json!(39.9), json!(116.66), json!("通州区"));
    let second = app.manager.registers(&second);
    let mut weak = need();
    weak["services"] = json!(["dispute"]);
    weak["industries"] = json!([]);
    weak["title"] = json!("咨询");
    weak["description"] = json!("想请专家看一看。");
    let (hard, easy) = (app.liaison.submits(&need()), app.liaison.submits(&weak));
    for order in [[&hard, &easy], [&easy, &hard]] {
        let plan = plan(&app, &order);
        assert_eq!(plan["covered"], 2, "{plan}");
        let by: Vec<(String, String)> = plan["seats"]
            .as_array()
            .unwrap()
            .iter()
            .map(|seat| {
                let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
                (id(&seat["need"]), id(&seat["candidate"]["expert"]))
            })
            .collect();
        assert!(by.contains(&(hard.clone(), best.clone())) && by.contains(&(easy.clone(), second.clone())), "{plan}");
        let seat = plan["seats"].as_array().unwrap().iter().find(|seat| seat["need"]["id"] == json!(easy)).unwrap();
        assert_eq!(seat["passed"][0]["expert"]["id"], json!(best), "the first of the ranking is told where he went");
        assert_eq!(seat["passed"][0]["given"][0]["id"], json!(hard));
        let points: f64 = seat["candidate"]["reasons"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["contribution"].as_f64().unwrap())
            .sum();
        assert!((points - seat["candidate"]["score"].as_f64().unwrap()).abs() < 0.001, "the reasons sum to the score");
    }
    let again = [plan(&app, &[&hard, &easy]), plan(&app, &[&hard, &easy])];
    assert_eq!(again[0], again[1], "the same rows give the same plan");
}

fn a_plan_keeps_caps_and_says_whose_room_would_help(backend: Backend) {
    let app = App::start(backend);
    let mut only = expert("沈知行");
    only["monthly_cap"] = json!(2);
    let only = app.manager.registers(&only);
    let needs: Vec<String> = (0..3).map(|_| app.liaison.submits(&need())).collect();
    let plan = plan(&app, &needs.iter().collect::<Vec<_>>());
    assert_eq!(plan["covered"], 2, "two offers open at most: {plan}");
    let gap = plan["seats"].as_array().unwrap().iter().find(|seat| seat["candidate"].is_null()).unwrap()["gap"].clone();
    assert_eq!(
        (gap["why"].as_str(), gap["would_cover"][0]["id"].as_str()),
        (Some("everybody-full"), Some(only.as_str()))
    );
    assert!(gap["text"].as_str().unwrap().contains("沈知行"), "{gap}");
    // Nobody at all: the rules that drop everybody are counted.
    app.manager
        .post(&format!("/api/v1/experts/{only}/leaves"), &json!({"from": "2026-03-01", "to": "2026-04-01"}))
        .expect(201);
    let plan = self::plan(&app, &[&needs[0]]);
    assert_eq!(plan["seats"][0]["gap"]["why"], "nobody-may-be-asked", "{plan}");
    assert_eq!(plan["seats"][0]["gap"]["rules"][0], json!({"rule": "leave", "number": 1}));
}

fn seats_of_one_need_go_to_different_people(backend: Backend) {
    let app = App::start(backend);
    let ids: Vec<String> =
        ["沈知行", "许望舒", "陆以宁"].iter().map(|name| app.manager.registers(&expert(name))).collect();
    let mut body = need();
    body["seats"] = json!(2);
    let id = app.liaison.submits(&body);
    let first = plan(&app, &[&id]);
    let people = proposed(&first);
    assert!(people[0].is_some() && people[1].is_some() && people[0] != people[1], "{first}");
    // What is decided by hand stays, and the rest is arranged around it.
    let seat = first["seats"][1]["seat"].clone();
    let taken = people[0].clone().unwrap();
    let pinned = json!({"needs": [id], "pinned": [{"seat": seat, "expert_id": taken}]});
    let second = app.liaison.post("/api/v1/batches", &pinned).expect(200).body;
    let people = proposed(&second);
    assert_eq!((people[1].as_ref(), second["seats"][1]["pinned"].as_bool()), (Some(&taken), Some(true)), "{second}");
    assert!(people[0].is_some() && people[0] != people[1]);
    let other = first["seats"][0]["seat"].clone();
    let twice = json!({"needs": [id], "pinned": [
        {"seat": seat, "expert_id": taken}, {"seat": other, "expert_id": taken}]});
    let refused = app.liaison.post("/api/v1/batches", &twice).expect(422);
    assert_eq!(refused.fields(), ["pinned.0.expert_id"], "{}", refused.text);
    // Both seats go out in one act, each with its own letter and reserves.
    let seats = second["seats"].as_array().unwrap();
    let offers: Vec<Value> = seats
        .iter()
        .map(|seat| {
            let behind: Vec<&Value> = seat["reserves"].as_array().unwrap().iter().map(|one| &one["expert"]["id"]).collect();
            json!({"need_id": id, "seat": seat["seat"], "expert_id": seat["candidate"]["expert"]["id"], "reserves": behind})
        })
        .collect();
    let sent = app.liaison.post("/api/v1/batches/offers", &json!({"offers": offers})).expect(200).body;
    assert_eq!(
        (sent["assignments"].as_array().unwrap().len(), sent["refused"].as_array().unwrap().len()),
        (2, 0),
        "{sent}"
    );
    app.tick();
    let letters = ["沈知行", "许望舒", "陆以宁"].iter().map(|name| app.letters_to(&address(name)).len()).sum::<usize>();
    assert_eq!(letters, 2);
    assert_eq!(app.liaison.need(&id)["state"], "offering");
    assert!(ids.len() == 3);
}

/// Two needs that stand against each other: the best for both, and his colleague, serve one side at most.
fn no_house_is_proposed_for_both_sides(backend: Backend) {
    let app = App::start(backend);
    let of_firm = |name: &str, firm: &str| {
        let mut body = expert(name);
        body["firm"] = json!(firm);
        app.manager.registers(&body)
    };
    let house = [of_firm("沈知行", "衡溪知识产权代理有限公司"), of_firm("许望舒", "北京衡溪知识产权代理有限公司")];
    let mut theirs = need();
    theirs["enterprise"]["name"] = json!("铂影测控技术有限公司");
    (theirs["opposing_party"], theirs["opposing_agent"]) = (json!("云岫传感科技有限公司"), Value::Null);
    let (ours, theirs) = (app.liaison.submits(&need()), app.liaison.submits(&theirs));
    let one_side = plan(&app, &[&ours, &theirs]);
    assert_eq!(one_side["covered"], 1, "{one_side}");
    let gap = one_side["seats"].as_array().unwrap().iter().find(|seat| seat["candidate"].is_null()).unwrap();
    assert_eq!(gap["gap"]["why"], "other-side", "{one_side}");
    // Somebody of another house takes the other side, and no chain crosses over.
    let mut other = expert("顾明岚");
    (other["services"], other["bio"]) = (json!(["dispute"]), json!("商标。"));
    let other = app.manager.registers(&other);
    let both = plan(&app, &[&ours, &theirs]);
    assert_eq!(both["covered"], 2, "{both}");
    for seat in both["seats"].as_array().unwrap() {
        let id = |value: &Value| value["expert"]["id"].as_str().unwrap().to_owned();
        let mut asked = vec![id(&seat["candidate"])];
        asked.extend(seat["reserves"].as_array().unwrap().iter().map(id));
        let of_the_house = asked.iter().filter(|one| house.contains(one)).count();
        assert!(of_the_house == 0 || !asked.contains(&other), "{both}");
    }
}

fn a_seat_is_filled_by_the_item_it_asks_for(backend: Backend) {
    let app = App::start(backend);
    for name in ["沈知行", "许望舒"] {
        app.manager.registers(&expert(name));
    }
    let mut trainer = expert("顾明岚");
    (trainer["services"], trainer["bio"]) = (json!(["training"]), json!("知识产权培训。"));
    let trainer = app.manager.registers(&trainer);
    let mut body = need();
    (body["seats"], body["specialties"]) = (json!(2), json!([null, "training"]));
    let id = app.liaison.submits(&body);
    let told = plan(&app, &[&id]);
    let people = proposed(&told);
    assert_eq!(people[1].as_ref(), Some(&trainer), "{told}");
    assert!(people[0].is_some() && people[0] != people[1]);
    // One seat alone: the candidates are measured by its item, whatever else the need asks for.
    let mut body = need();
    body["specialties"] = json!(["training"]);
    let single = app.liaison.submits(&body);
    let list = app.liaison.get(&format!("/api/v1/needs/{single}/candidates")).expect(200).body;
    for candidate in list["candidates"].as_array().unwrap() {
        let service = candidate["reasons"].as_array().unwrap().iter().find(|one| one["signal"] == "service").unwrap();
        let knows = candidate["expert"]["id"].as_str() == Some(trainer.as_str());
        assert_eq!(service["contribution"].as_f64().unwrap() > 0.0, knows, "{list}");
    }
    // Nobody offers the item: the seat stays empty, and says why.
    let mut body = need();
    body["specialties"] = json!(["policy"]);
    let nobody = app.liaison.submits(&body);
    let told = plan(&app, &[&nobody]);
    assert_eq!(told["seats"][0]["gap"]["why"], "nobody-knows", "{told}");
}

fn what_no_longer_fits_is_reported_and_the_rest_is_sent(backend: Backend) {
    let app = App::start(backend);
    let (shen, xu) = (app.manager.registers(&expert("沈知行")), app.manager.registers(&expert("许望舒")));
    let mut two = need();
    two["seats"] = json!(2);
    let (first, second) = (app.liaison.submits(&two), app.liaison.submits(&need()));
    let plan = plan(&app, &[&first, &second]);
    let seats = plan["seats"].as_array().unwrap();
    let offer =
        |seat: &Value, expert: &str| json!({"need_id": seat["need"]["id"], "seat": seat["seat"], "expert_id": expert});
    // Before it is sent, one of them goes on leave: his need is left as it was, with both its seats.
    app.manager
        .post(&format!("/api/v1/experts/{xu}/leaves"), &json!({"from": "2026-03-01", "to": "2026-04-01"}))
        .expect(201);
    let offers = json!({"offers": [offer(&seats[0], &shen), offer(&seats[1], &xu), offer(&seats[2], &shen)]});
    let sent = app.liaison.post("/api/v1/batches/offers", &offers).expect(200).body;
    let refused = &sent["refused"][0];
    assert_eq!(
        (refused["need_id"].as_str(), refused["code"].as_str(), refused["rule"].as_str()),
        (Some(first.as_str()), Some("not-eligible"), Some("leave")),
        "{sent}"
    );
    assert_eq!(sent["assignments"][0]["need"]["id"], json!(second));
    assert_eq!(
        (app.liaison.need(&first)["state"].as_str(), app.liaison.need(&second)["state"].as_str()),
        (Some("open"), Some("offering"))
    );
    assert_eq!(app.liaison.need(&first)["assignments"].as_array().map(Vec::len), Some(0), "nothing half-done");
    // The same again finds the seat taken and offers nothing twice.
    let again =
        app.liaison.post("/api/v1/batches/offers", &json!({"offers": [offer(&seats[2], &shen)]})).expect(200).body;
    assert_eq!(
        (again["assignments"].as_array().unwrap().len(), again["refused"][0]["code"].as_str()),
        (0, Some("no-free-seat"))
    );
    let empty = app.liaison.post("/api/v1/batches/offers", &json!({"offers": []})).expect(422);
    assert_eq!(empty.fields(), ["offers"]);
}

fn a_batch_stays_within_the_scope(backend: Backend) {
    let app = App::start(backend);
    app.manager.registers(&expert("沈知行"));
    let own = app.liaison.submits(&need());
    let number = app.liaison.need(&own)["number"].as_str().unwrap().to_owned();
    let refused = app.other_liaison.post("/api/v1/batches", &json!({"needs": [own]})).expect(422);
    assert_eq!(refused.fields(), ["needs.0"]);
    let by_number = app.manager.post("/api/v1/batches", &json!({"needs": [number]})).expect(200).body;
    let seat = by_number["seats"][0].clone();
    let offer =
        json!({"offers": [{"need_id": own, "seat": seat["seat"], "expert_id": seat["candidate"]["expert"]["id"]}]});
    let sent = app.other_liaison.post("/api/v1/batches/offers", &offer).expect(200).body;
    assert_eq!(sent["refused"][0]["code"], "not-found", "{sent}");
    assert_eq!(app.liaison.need(&own)["state"], "open");
    app.auditor.post("/api/v1/batches", &json!({"needs": [own]})).expect(403);
    let twice = app.liaison.post("/api/v1/batches", &json!({"needs": [own, own]})).expect(422);
    assert_eq!(twice.fields(), ["needs.1"]);
}

fn planning_writes_nothing(backend: Backend) {
    let app = App::start(backend);
    app.manager.registers(&expert("沈知行"));
    let id = app.liaison.submits(&need());
    let audit = || app.manager.get(&format!("/api/v1/audit?subject={id}")).expect(200).body["items"].clone();
    let before = audit();
    for _ in 0..3 {
        plan(&app, &[&id]);
    }
    app.tick();
    assert_eq!((audit(), app.letters_to(&address("沈知行")).len()), (before, 0));
    assert_eq!(app.liaison.need(&id)["state"], "open");
}

/// The value of a field on a page.
fn value(page: &str, name: &str) -> String {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("{name} in {page}"));
    rest.split('"').next().unwrap_or_default().to_owned()
}

fn on_the_page_needs_are_chosen_changed_by_hand_and_sent(backend: Backend) {
    let app = App::start(backend);
    let ids: Vec<String> =
        ["沈知行", "许望舒", "陆以宁"].iter().map(|name| app.manager.registers(&expert(name))).collect();
    let (first, second) = (app.liaison.submits(&need()), app.liaison.submits(&need()));
    let client = signed_in(&app, "lin");
    let get = |path: &str| Told::read(client.get(format!("{}{path}", app.base_url)).send().unwrap());
    let post = |path: &str, fields: &[(&str, String)]| {
        Told::read(client.post(format!("{}{path}", app.base_url)).form(fields).send().unwrap())
    };
    let chosen = get("/batch").expect(200).text;
    assert!(chosen.contains(&first) && chosen.contains(&second) && chosen.contains("checked"), "{chosen}");
    let token = csrf(&chosen);
    let needs = [("csrf", token.clone()), ("need", first.clone()), ("need", second.clone())];
    let none = post("/batch", &needs[..1]).expect(422).text;
    assert!(none.contains("errors-title"), "nothing chosen is said: {none}");
    let plan = post("/batch", &needs).expect(200).text;
    let seat = |need: &str| app.liaison.need(need)["seats"][0]["id"].as_str().unwrap().to_owned();
    let (one, other) = (seat(&first), seat(&second));
    let proposed = value(&plan, &format!("was.{one}"));
    // Somebody else by hand; the plan is made anew around it.
    let by_hand = ids.iter().find(|id| **id != proposed && **id != value(&plan, &format!("was.{other}"))).unwrap();
    let mut fields = needs.to_vec();
    let names: Vec<(String, String)> = [(&one, &first), (&other, &second)]
        .into_iter()
        .flat_map(|(seat, need)| {
            let to = if *seat == one { by_hand.clone() } else { value(&plan, &format!("was.{seat}")) };
            vec![
                (format!("to.{seat}"), to),
                (format!("was.{seat}"), value(&plan, &format!("was.{seat}"))),
                (format!("of.{seat}"), need.clone()),
                (format!("behind.{seat}"), value(&plan, &format!("behind.{seat}"))),
            ]
        })
        .collect();
    fields.extend(names.iter().map(|(name, value)| (name.as_str(), value.clone())));
    let again = post("/batch", &fields).expect(200).text;
    assert_eq!(value(&again, &format!("was.{one}")), *by_hand);
    assert!(again.contains(&format!("name=\"pin.{one}\"")), "kept as decided by hand");
    let untouched = post("/batch/offers", &fields).expect(422).text;
    assert!(untouched.contains("errors-title") && untouched.contains(&one), "nothing ticked: the plan comes back");
    fields.push(("seat", one.clone()));
    fields.push(("seat", other.clone()));
    let sent = post("/batch/offers", &fields);
    assert_eq!((sent.status, sent.headers["location"].to_str().unwrap()), (303, "/batch"), "{}", sent.text);
    assert!(get("/batch").expect(200).text.contains("已派出 2 件派单"));
    let assignment = app.liaison.need(&first)["assignments"][0]["expert"]["id"].clone();
    assert_eq!(assignment, json!(by_hand));
    // Sent once more from an old tab: told need by need, and nothing is doubled.
    let twice = post("/batch/offers", &fields).expect(200).text;
    assert!(twice.contains("未派出") && !twice.contains('⟦'), "{twice}");
    assert_eq!(app.liaison.need(&first)["assignments"].as_array().map(Vec::len), Some(1));
}
