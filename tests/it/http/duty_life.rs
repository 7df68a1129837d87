//! Life with a published rota: the office's word on changes of hands, letters held while names are dragged about, a walk-in
//! handed to whoever sits there, and what an expert sees of the own month.

use super::doors::signed_in;
use super::duty_plan::{id_of, page, people, plan, settled};
use crate::on_both;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{Holder, Told, address, need};
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::collections::BTreeMap;

on_both!(
    a_swap_waits_for_the_office_where_the_rules_say_so,
    names_dragged_about_make_one_letter,
    a_walk_in_goes_to_whoever_sits_there_at_one_click,
    an_expert_sees_the_own_month_and_what_is_asked,
    a_conflict_is_seen_where_a_rule_came_to_bar_somebody
);

/// A published plan of mornings at the first station under these rules.
fn published(app: &App, from: &str, to: &str, rules: &Value) -> Value {
    let mut body = json!({"title": "三月值班", "from": from, "to": to, "rules": {
        "patterns": [{"station": app.station, "weekdays": [1, 2, 3, 4, 5], "parts": ["morning"], "seats": 1}],
        "seed": 7}});
    for (name, value) in rules.as_object().expect("rules") {
        body["rules"][name] = value.clone();
    }
    let made = app.manager.post("/api/v1/duty/plans", &body).expect(201).body;
    settled(app, &id_of(&made))
}

fn expert_on(app: &App, turn: &str) -> Option<String> {
    let body = app.manager.get(&format!("/api/v1/duty/turns/{turn}")).expect(200).body;
    body["expert_id"].as_str().map(str::to_owned)
}

/// The names by id.
fn names(people: &BTreeMap<&'static str, String>) -> BTreeMap<String, &'static str> {
    people.iter().map(|(name, id)| (id.clone(), *name)).collect()
}

fn a_swap_waits_for_the_office_where_the_rules_say_so(backend: Backend) {
    let app = App::start(backend);
    let names = names(&people(&app));
    let made = published(&app, "2026-03-16", "2026-03-17", &json!({"approve_swaps": true}));
    app.tick();
    let turns = made["turns"].as_array().unwrap().clone();
    let (mine, theirs) = (id_of(&turns[0]), id_of(&turns[1]));
    let (first, second) =
        (turns[0]["expert_id"].as_str().unwrap().to_owned(), turns[1]["expert_id"].as_str().unwrap().to_owned());
    let asked = || {
        let body = json!({"expert_id": first, "kind": "swap", "other_turn": theirs, "channel": "phone"});
        app.liaison.post(&format!("/api/v1/duty/turns/{mine}/swaps"), &body).expect(201).id()
    };
    let says_yes = |swap: &str| {
        app.tick();
        let link = Holder::of(app.link_to(&address(names[&second])));
        assert_eq!(link.posts(&[("act", "swap-yes"), ("swap", swap)]).status, 303);
    };
    let unmoved = || {
        assert_eq!(expert_on(&app, &mine).as_deref(), Some(first.as_str()));
        assert_eq!(expert_on(&app, &theirs).as_deref(), Some(second.as_str()));
    };
    let desk = || app.liaison.get("/api/v1/dashboard/desk").expect(200).text.contains("duty-swap");
    // Both have said yes: the office's task, and nothing has moved.
    let swap = asked();
    assert!(!desk());
    says_yes(&swap);
    unmoved();
    assert!(desk(), "the office decides");
    let decided = |swap: &str, allow: bool| {
        app.liaison.post(&format!("/api/v1/duty/swaps/{swap}/decision"), &json!({"allow": allow}))
    };
    assert_eq!(decided(&swap, false).expect(200).body["state"], "refused");
    unmoved();
    assert!(!desk());
    assert_eq!(decided(&swap, true).status, 409, "it is over");
    // Taken back by who asked, it is over too.
    let second_try = asked();
    let back = format!("/api/v1/duty/swaps/{second_try}/withdrawal");
    assert_eq!(app.liaison.post(&back, &json!({})).expect(200).body["state"], "withdrawn");
    assert_eq!(app.liaison.post(&back, &json!({})).status, 409);
    // Allowed, both turns change hands in one act.
    let third_try = asked();
    says_yes(&third_try);
    assert_eq!(
        app.other_liaison.post(&format!("/api/v1/duty/swaps/{third_try}/decision"), &json!({"allow": true})).status,
        404
    );
    assert_eq!(decided(&third_try, true).expect(200).body["state"], "done");
    assert_eq!(expert_on(&app, &mine).as_deref(), Some(second.as_str()));
    assert_eq!(expert_on(&app, &theirs).as_deref(), Some(first.as_str()));
    assert!(!desk());
}

fn names_dragged_about_make_one_letter(backend: Backend) {
    let app = App::start(backend);
    let names = names(&people(&app));
    let made = published(&app, "2026-03-16", "2026-03-18", &json!({}));
    app.tick();
    let turn = id_of(&made["turns"][0]);
    let holds = made["turns"][0]["expert_id"].as_str().unwrap();
    let other = made["turns"][1]["expert_id"].as_str().unwrap();
    for expert in [other, holds, other, holds, other] {
        let body = json!({"expert_id": expert, "said_yes_by": "phone"});
        app.liaison.post(&format!("/api/v1/duty/turns/{turn}/override"), &body).expect(200);
        app.tick();
    }
    let told = |id: &str| -> usize {
        let letters = app.letters_to(&address(names[id]));
        letters.iter().filter(|letter| letter.subject.contains("班次有变动")).count()
    };
    assert_eq!((told(holds), told(other)), (0, 0), "held while names are dragged about");
    app.advance(TimeDelta::minutes(30));
    assert_eq!((told(holds), told(other)), (1, 1), "and sent once");
    let rest = names.keys().find(|id| id.as_str() != holds && id.as_str() != other).unwrap();
    assert_eq!(told(rest), 0, "nobody else is told");
}

fn a_walk_in_goes_to_whoever_sits_there_at_one_click(backend: Backend) {
    let app = App::start(backend);
    let names = names(&people(&app));
    let made = published(&app, "2026-03-16", "2026-03-18", &json!({}));
    app.advance_to("2026-03-17T10:00:00+08:00");
    let sits = made["turns"][1]["expert_id"].as_str().unwrap();
    let asked = app.liaison.submits(&need());
    let lin = signed_in(&app, "lin");
    let path = format!("/needs/{asked}/candidates");
    let shown = page(&app, &lin, &path);
    let (said, button) = (format!("{}此刻正在本站值班", names[sits]), format!("交给{}", names[sits]));
    assert!(shown.contains(&said) && shown.contains(&button), "{shown}");
    // The button's own form, sent as it stands.
    let form = shown.split(&said).next().unwrap().rsplit("<form ").next().unwrap().to_owned()
        + shown.split(&said).nth(1).unwrap().split("</form>").next().unwrap();
    let action = form.split("action=\"").nth(1).unwrap().split('"').next().unwrap();
    let mut fields: Vec<(String, String)> = Vec::new();
    for field in form.split("name=\"").skip(1) {
        let (name, rest) = field.split_once('"').unwrap();
        let value = rest.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
        fields.push((name.to_owned(), value.to_owned()));
    }
    let sent = lin.post(format!("{}{action}", app.base_url)).form(&fields).send().unwrap();
    assert_eq!(sent.status().as_u16(), 303, "{fields:?}: {}", sent.text().unwrap_or_default());
    let offers = app.liaison.need(&asked);
    assert!(offers.to_string().contains(sits), "offered to whoever sits there: {offers}");
}

fn an_expert_sees_the_own_month_and_what_is_asked(backend: Backend) {
    let app = App::start(backend);
    let names = names(&people(&app));
    let made = published(&app, "2026-03-16", "2026-03-18", &json!({}));
    app.tick();
    let turn = &made["turns"][0];
    let name = names[turn["expert_id"].as_str().unwrap()];
    let own = Holder::of(app.link_to(&address(name))).looks().expect(200).text;
    let square = format!("<a href=\"#mine-{}\"", id_of(turn));
    assert!(own.contains("2026年3月") && own.contains(&square), "{own}");
    assert!(own.contains(&format!("id=\"mine-{}\"", id_of(turn))), "the square leads to the turn");
    assert_eq!(own.matches("class=\"is-full\"").count(), 1, "the others' days are not shown");
    // Somebody is asked to cover: the day stands there as asked.
    let gone = &made["turns"][1];
    app.liaison.post(&format!("/api/v1/duty/turns/{}/release", id_of(gone)), &json!({})).expect(200);
    let ask = json!({"experts": [turn["expert_id"]]});
    app.liaison.post(&format!("/api/v1/duty/turns/{}/cover", id_of(gone)), &ask).expect(200);
    app.tick();
    let link = Holder::of(app.link_to(&address(name)));
    let asked = link.looks().expect(200).text;
    assert!(asked.contains(&format!("<a href=\"#turn.{}\"", id_of(gone))) && asked.contains("待答"), "{asked}");
    assert_eq!(asked.matches("class=\"is-gap\"").count(), 1);
    assert_eq!(link.posts(&[("act", "yes-to-all")]).status, 303);
    let after = link.looks().expect(200).text;
    assert_eq!((after.matches("class=\"is-full\"").count(), after.matches("class=\"is-gap\"").count()), (2, 0));
    // In English too, without a missing word.
    let english =
        Told::read(reqwest::blocking::Client::new().get(format!("{}?lang=en", link.link)).send().expect("an answer"));
    assert!(
        english.status == 200 && !english.text.contains('⟦') && english.text.contains("3/2026"),
        "{}",
        english.text
    );
    let whole = plan(&app, made["id"].as_str().unwrap());
    assert_eq!(whole["turns"].as_array().unwrap().iter().filter(|turn| turn["state"] == "agreed").count(), 3);
}

fn a_conflict_is_seen_where_a_rule_came_to_bar_somebody(backend: Backend) {
    let app = App::start(backend);
    let names = names(&people(&app));
    let made = published(&app, "2026-03-16", "2026-03-18", &json!({}));
    let turn = &made["turns"][0];
    let id = turn["expert_id"].as_str().unwrap();
    let meng = signed_in(&app, "meng");
    let week = page(&app, &meng, "/duty?week=2026-03-16");
    assert!(week.contains("冲突 0") && !week.contains("有冲突："), "{week}");
    // The expert goes no farther than a kilometre from now on; the station lies a little more than that away.
    app.manager.patch(&format!("/api/v1/experts/{id}"), &json!({"max_distance_km": 1})).expect(200);
    let week = page(&app, &meng, "/duty?week=2026-03-16");
    assert!(week.contains("冲突 1") && week.contains("有冲突：超过愿意前往的距离"), "{week}");
    assert!(week.contains(names[id]), "they still sit there, and somebody decides");
    let alone = page(&app, &meng, "/duty?week=2026-03-16&only=conflict");
    assert!(alone.contains(&id_of(turn)) && !alone.contains(&id_of(&made["turns"][1])), "{alone}");
    let own = page(&app, &meng, &format!("/duty/turns/{}", id_of(turn)));
    assert!(own.contains("有冲突"), "{own}");
}
