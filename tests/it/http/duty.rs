//! Duty rotation over HTTP: planned, asked, answered, published, and what life makes of it.

use crate::on_both;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{Holder, address, expert, need, plain_client};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

on_both!(
    experts_are_asked_first_and_silence_is_no_yes,
    a_no_writes_leave_and_the_plan_moves_around_it,
    turns_change_hands_with_both_sides_yes,
    staff_cover_and_override_only_with_a_yes,
    who_leaves_leaves_the_rota_in_the_same_act,
    the_day_itself,
    a_calendar_follows_and_its_address_can_be_called_back,
    another_library_reads_the_feeds_as_life_goes_on,
    an_event_has_a_seat_for_each_specialty,
    gaps_are_told_ahead_and_the_week_is_told_on_monday
);

const PEOPLE: [&str; 3] = ["沈知行", "许望舒", "顾明岚"];

fn people(app: &App) -> BTreeMap<String, &'static str> {
    PEOPLE.into_iter().map(|name| (app.manager.registers(&expert(name)), name)).collect()
}

/// A plan of mornings at the first station.
fn body(app: &App, from: &str, to: &str) -> Value {
    json!({"title": "三月值班", "from": from, "to": to, "rules": {
        "patterns": [{"station": app.station, "weekdays": [1, 2, 3, 4, 5], "parts": ["morning"], "seats": 1,
            "wanted": ["dispute"]}],
        "sign_in": true, "seed": 7}})
}

fn planned(app: &App, from: &str, to: &str) -> Value {
    app.manager.post("/api/v1/duty/plans", &body(app, from, to)).expect(201).body
}

fn plan(app: &App, id: &str) -> Value {
    app.manager.get(&format!("/api/v1/duty/plans/{id}")).expect(200).body
}

fn id_of(value: &Value) -> String {
    value["id"].as_str().expect("an id").to_owned()
}

fn turns(plan: &Value) -> Vec<Value> {
    plan["turns"].as_array().expect("turns").clone()
}

fn turn(app: &App, id: &str) -> Value {
    app.manager.get(&format!("/api/v1/duty/turns/{id}")).expect(200).body
}

fn of<'a>(turns: &'a [Value], expert: &str) -> Vec<&'a Value> {
    turns.iter().filter(|turn| turn["expert_id"] == expert).collect()
}

fn asked(app: &App, plan: &str) {
    app.manager.post(&format!("/api/v1/duty/plans/{plan}/asking"), &json!({})).expect(200);
    app.tick();
}

fn holder(app: &App, name: &str) -> Holder {
    Holder::of(app.link_to(&address(name)))
}

/// Everybody says yes, the plan is published.
fn published(app: &App, from: &str, to: &str) -> (BTreeMap<String, &'static str>, Value) {
    let people = people(app);
    let made = id_of(&planned(app, from, to));
    asked(app, &made);
    for name in PEOPLE {
        if !app.letters_to(&address(name)).is_empty() {
            assert_eq!(holder(app, name).posts(&[("act", "yes-to-all")]).status, 303);
        }
    }
    publish(app, &made);
    (people, plan(app, &made))
}

fn publish(app: &App, plan: &str) -> Value {
    let path = format!("/api/v1/duty/plans/{plan}/publication");
    let preview = app.manager.get(&path).expect(200).body;
    app.manager.post(&path, &json!({"version": preview["version"]})).expect(200).body
}

fn experts_are_asked_first_and_silence_is_no_yes(backend: Backend) {
    let app = App::start(backend);
    let people = people(&app);
    assert_eq!(app.liaison.post("/api/v1/duty/plans", &body(&app, "2026-03-16", "2026-03-20")).status, 403);
    let made = planned(&app, "2026-03-16", "2026-03-20");
    let id = id_of(&made);
    assert_eq!((made["state"].as_str(), made["outcome"]["proof"].as_str()), (Some("draft"), Some("optimal")));
    let first = turns(&made);
    assert_eq!(first.len(), 5);
    assert!(first.iter().all(|turn| turn["state"] == "proposed" && turn["published"] == false), "{first:?}");
    // Five turns among three: nobody has more than two; who is proposed here is not free there on the same day.
    assert!(people.keys().all(|expert| (1..=2).contains(&of(&first, expert).len())));
    let again = planned(&app, "2026-03-16", "2026-03-20");
    let both = |one: &Value, other: &Value| one["day"] == other["day"] && one["expert_id"] == other["expert_id"];
    assert!(!first.iter().any(|one| turns(&again).iter().any(|other| both(one, other))));
    app.manager.post(&format!("/api/v1/duty/plans/{}/withdrawal", id_of(&again)), &json!({})).expect(200);
    assert!(app.mailbox.entries(None, None).is_empty(), "nobody is told of a draft");
    assert_eq!(app.other_liaison.get(&format!("/api/v1/duty/plans/{id}")).status, 404);
    assert_eq!(app.liaison.get(&format!("/api/v1/duty/plans/{id}")).status, 200);

    asked(&app, &id);
    let silent = "顾明岚";
    for name in PEOPLE {
        let letters = app.letters_to(&address(name));
        assert_eq!(letters.len(), 1, "one letter for all turns");
        assert!(letters[0].text.contains("不答复不算同意") && letters[0].text.contains("2026年3月12日（周四）24:00"));
    }
    let before = plan(&app, &id);
    for name in PEOPLE {
        for _ in 0..3 {
            holder(&app, name).looks().expect(200);
            holder(&app, name).peeks().expect(200);
        }
    }
    assert_eq!(before, plan(&app, &id), "a scanner says nothing");
    for name in PEOPLE.iter().filter(|name| **name != silent) {
        assert_eq!(holder(&app, name).posts(&[("act", "yes-to-all")]).status, 303);
    }
    let path = format!("/api/v1/duty/plans/{id}/publication");
    let preview = app.manager.get(&path).expect(200).body;
    let quiet = people.iter().find(|(_, name)| **name == silent).unwrap().0;
    let theirs = of(&first, quiet).len();
    assert_eq!((preview["gaps"].as_u64(), preview["letters"].as_array().unwrap().len()), (Some(theirs as u64), 2));
    let stale = app.manager.post(&path, &json!({"version": 0}));
    assert_eq!((stale.status, stale.body["code"].as_str()), (409, Some("changed-meanwhile")));
    let after = turns(&publish(&app, &id));
    assert!(of(&after, quiet).is_empty(), "silence is no yes");
    assert_eq!(after.iter().filter(|turn| turn["state"] == "gap" && turn["why"] == "duty-no-yes").count(), theirs);
    assert!(app.manager.get("/api/v1/dashboard/desk").expect(200).text.contains("duty-gap"));
    app.tick();
    assert!(app.letters_to(&address(silent)).len() == 1, "no letter with turns for who said nothing");
    assert!(app.letters_to(&address("沈知行"))[0].text.contains("已发布"));
    // A late yes is a yes, while nobody else has the turn.
    assert_eq!(holder(&app, silent).posts(&[("act", "yes-to-all")]).status, 303);
    assert_eq!(of(&turns(&plan(&app, &id)), quiet).len(), theirs);
    let listed = app.liaison.get("/api/v1/duty?from=2026-03-16&to=2026-03-20").expect(200).body;
    assert_eq!(listed["items"].as_array().unwrap().len(), 5);
    assert_eq!(app.other_liaison.get("/api/v1/duty?from=2026-03-16&to=2026-03-20").body["items"], json!([]));
}

fn a_no_writes_leave_and_the_plan_moves_around_it(backend: Backend) {
    let app = App::start(backend);
    let people = people(&app);
    let id = id_of(&planned(&app, "2026-03-23", "2026-03-27"));
    asked(&app, &id);
    let first = turns(&plan(&app, &id));
    let (shen, _) = people.iter().find(|(_, name)| **name == "沈知行").unwrap();
    let (xu, _) = people.iter().find(|(_, name)| **name == "许望舒").unwrap();
    let refused = id_of(of(&first, shen)[0]);
    let day = of(&first, shen)[0]["day"].as_str().unwrap().to_owned();
    let field = format!("turn.{refused}");
    assert_eq!(holder(&app, "沈知行").posts(&[("act", "answer"), (&field, "maybe")]).status, 422);
    assert_eq!(holder(&app, "沈知行").posts(&[("act", "answer"), (&field, "no")]).status, 303);
    assert!(app.manager.get(&format!("/api/v1/experts/{shen}")).expect(200).text.contains(&day), "leave is written");
    assert_eq!(holder(&app, "许望舒").posts(&[("act", "yes-to-all")]).status, 303);
    let kept: BTreeSet<String> = of(&first, xu).into_iter().map(id_of).collect();
    // Staff enter what was said on the phone; the link is no channel of theirs.
    let other = of(&first, shen).get(1).map(|turn| id_of(turn));
    if let Some(other) = other {
        let path = format!("/api/v1/duty/turns/{other}/answer");
        let by_link = json!({"expert_id": shen, "answer": "yes", "channel": "link"});
        assert_eq!(app.liaison.post(&path, &by_link).status, 422);
        app.liaison.post(&path, &json!({"expert_id": shen, "answer": "yes", "channel": "phone"})).expect(200);
    }
    app.manager.post(&format!("/api/v1/duty/plans/{id}/repair"), &json!({})).expect(200);
    let after = turns(&plan(&app, &id));
    let moved = after.iter().find(|turn| turn["id"] == refused.as_str()).unwrap();
    assert!(!moved["expert_id"].is_null() && moved["expert_id"] != shen.as_str(), "{moved}");
    assert!(
        kept.iter().all(|id| after.iter().any(|turn| turn["id"] == id.as_str() && turn["expert_id"] == xu.as_str()))
    );
    let changed = first
        .iter()
        .filter(|turn| after.iter().any(|now| now["id"] == turn["id"] && now["expert_id"] != turn["expert_id"]))
        .count();
    assert_eq!(changed, 1, "nothing moves but what must");
    // Only who is newly proposed is asked again.
    let asked = app.manager.post(&format!("/api/v1/duty/plans/{id}/asking"), &json!({})).expect(200).body;
    assert_eq!(asked["count"], 1);
}

fn turns_change_hands_with_both_sides_yes(backend: Backend) {
    let app = App::start(backend);
    let (people, plan_now) = published(&app, "2026-03-23", "2026-03-27");
    app.tick();
    let all = turns(&plan_now);
    let names: Vec<(&String, &str)> = people.iter().map(|(id, name)| (id, *name)).collect();
    let ((first, first_name), (second, second_name)) = (names[0], names[1]);
    let (mine, theirs) = (id_of(of(&all, first)[0]), id_of(of(&all, second)[0]));
    let link = holder(&app, first_name);
    assert_eq!(link.posts(&[("act", "swap"), ("turn", &mine), ("other", &theirs)]).status, 303);
    assert_eq!(turn(&app, &mine)["expert_id"], first.as_str(), "asking alone moves nothing");
    app.tick();
    let page = holder(&app, second_name).looks().expect(200);
    let swap = page.text.split("name=\"swap\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    // Somebody whom it does not concern cannot answer.
    assert_eq!(link.posts(&[("act", "swap-yes"), ("swap", &swap)]).status, 404);
    assert_eq!(holder(&app, second_name).posts(&[("act", "swap-yes"), ("swap", &swap)]).status, 303);
    assert_eq!(turn(&app, &mine)["expert_id"], second.as_str());
    assert_eq!(turn(&app, &theirs)["expert_id"], first.as_str());
    // Half of a turn is given away by phone, to somebody who has none, and both halves stand.
    let fourth = app.manager.registers(&expert("陆清和"));
    let part = json!({"expert_id": first, "kind": "give", "to_expert": fourth, "from_minute": 660, "to_minute": 720,
        "channel": "phone"});
    let swap = app.liaison.post(&format!("/api/v1/duty/turns/{theirs}/swaps"), &part).expect(201).id();
    let yes = json!({"expert_id": fourth, "yes": true, "channel": "phone"});
    let done = app.liaison.post(&format!("/api/v1/duty/swaps/{swap}/answer"), &yes).expect(200);
    assert_eq!(done.body["state"], "done");
    assert!(turn(&app, &theirs)["ends_at"].as_str().unwrap().contains("T03:00:00"), "9:00 to 11:00 is left");
    let after = turns(&plan(&app, &id_of(&plan_now)));
    let half = after.iter().find(|turn| turn["begins_at"].as_str().unwrap().contains("T03:00:00")).unwrap();
    assert_eq!(half["expert_id"], fourth.as_str());
    app.advance(chrono::TimeDelta::minutes(30));
    for name in [first_name, second_name] {
        let told = app.letters_to(&address(name));
        assert!(
            told[0].text.contains("您的班次有变动"),
            "told that somebody else's deed moved a turn: {}",
            told[0].text
        );
    }
}

fn staff_cover_and_override_only_with_a_yes(backend: Backend) {
    let app = App::start(backend);
    let (people, plan_now) = published(&app, "2026-03-23", "2026-03-25");
    let all = turns(&plan_now);
    let one = id_of(&all[0]);
    let holds = all[0]["expert_id"].as_str().unwrap().to_owned();
    app.liaison.post(&format!("/api/v1/duty/turns/{one}/release"), &json!({})).expect(200);
    assert_eq!(turn(&app, &one)["state"], "gap");
    assert_eq!(app.other_liaison.post(&format!("/api/v1/duty/turns/{one}/release"), &json!({})).status, 404);
    let could = app.liaison.get(&format!("/api/v1/duty/turns/{one}/substitutes")).expect(200).body;
    let could: Vec<String> =
        could["items"].as_array().unwrap().iter().map(|one| one["expert_id"].as_str().unwrap().to_owned()).collect();
    assert!(could.contains(&holds), "nothing bars who was taken off: {could:?}");
    let busy: Vec<&String> = people.keys().filter(|id| !could.contains(*id)).collect();
    assert!(busy.iter().all(|id| !of(&all, id).is_empty()), "only who holds a turn too near is left out");
    // An override needs the expert's yes.
    let path = format!("/api/v1/duty/turns/{one}/override");
    let bare = app.liaison.post(&path, &json!({"expert_id": holds}));
    assert_eq!((bare.status, bare.fields()), (422, vec!["said_yes_by".to_owned()]));
    assert_eq!(app.liaison.post(&path, &json!({"expert_id": holds, "said_yes_by": "link"})).status, 422);
    assert_eq!(turn(&app, &one)["state"], "gap");
    app.liaison.post(&path, &json!({"expert_id": holds, "said_yes_by": "phone"})).expect(200);
    let seated = turn(&app, &one);
    assert_eq!((seated["state"].as_str(), seated["expert_id"].as_str()), (Some("agreed"), Some(holds.as_str())));
    // Asked for cover by letter, the first yes takes the turn; the other link says that it is taken.
    app.liaison.post(&format!("/api/v1/duty/turns/{one}/release"), &json!({})).expect(200);
    let ask = json!({"experts": could});
    app.liaison.post(&format!("/api/v1/duty/turns/{one}/cover"), &ask).expect(200);
    app.tick();
    let field = format!("turn.{one}");
    let taker = could[0].clone();
    assert_eq!(holder(&app, people[&taker]).posts(&[("act", "answer"), (&field, "yes")]).status, 303);
    assert_eq!(turn(&app, &one)["expert_id"], taker.as_str());
    if let Some(late) = could.get(1) {
        let answer = holder(&app, people[late]).posts(&[("act", "answer"), (&field, "yes")]);
        assert!([404, 409].contains(&answer.status), "{}", answer.status);
        assert_eq!(turn(&app, &one)["expert_id"], taker.as_str());
    }
    let closed = app.liaison.post(&format!("/api/v1/duty/turns/{one}/closure"), &json!({})).expect(200).body;
    assert_eq!(closed["state"], "cancelled");
    assert!(closed["expert_id"].is_null());
}

fn who_leaves_leaves_the_rota_in_the_same_act(backend: Backend) {
    let app = App::start(backend);
    let (people, plan_now) = published(&app, "2026-03-23", "2026-03-27");
    app.tick();
    let all = turns(&plan_now);
    let (shen, _) = people.iter().find(|(_, name)| **name == "沈知行").unwrap();
    let (xu, _) = people.iter().find(|(_, name)| **name == "许望舒").unwrap();
    let (held, others): (Vec<String>, Vec<String>) =
        (of(&all, shen).into_iter().map(id_of).collect(), of(&all, xu).into_iter().map(id_of).collect());
    let grounds = json!({"grounds": "收受服务对象礼金，经核实。"});
    app.manager.post(&format!("/api/v1/experts/{shen}/removal"), &grounds).expect(201);
    for id in &held {
        let freed = turn(&app, id);
        assert_eq!((freed["state"].as_str(), freed["why"].as_str()), (Some("gap"), Some("suspend")));
    }
    assert!(others.iter().all(|id| turn(&app, id)["expert_id"] == xu.as_str()), "nobody else is moved");
    app.tick();
    let offered: usize = PEOPLE
        .iter()
        .flat_map(|name| app.letters_to(&address(name)))
        .filter(|letter| letter.subject.contains("能否请您值这一班"))
        .count();
    assert!(offered > 0, "substitutes are asked in the same act");
    assert!(app.letters_to(&address("沈知行")).iter().all(|letter| !letter.subject.contains("能否请您值这一班")));
    // Leave does the same for its days alone.
    let day = turn(&app, &others[0])["day"].as_str().unwrap().to_owned();
    app.liaison.post(&format!("/api/v1/experts/{xu}/leaves"), &json!({"from": day, "to": day})).expect(201);
    assert_eq!(turn(&app, &others[0])["why"], "leave");
    for id in others.iter().skip(1) {
        assert_eq!(turn(&app, id)["expert_id"], xu.as_str());
    }
}

fn the_day_itself(backend: Backend) {
    let app = App::start(backend);
    let (people, plan_now) = published(&app, "2026-03-23", "2026-03-24");
    let all = turns(&plan_now);
    let (monday, tuesday) = (&all[0], &all[1]);
    let on_monday = people[monday["expert_id"].as_str().unwrap()];
    app.advance_to("2026-03-22T12:00:00+08:00");
    let letter = &app.letters_to(&address(on_monday))[0];
    assert!(letter.subject.contains("明天值班"), "{}", letter.subject);
    let link = Holder::of(letter.links.iter().find(|link| link.contains("/l/")).unwrap().as_str());
    let id = id_of(monday);
    assert_eq!(link.posts(&[("act", "confirm"), ("turn", &id)]).status, 303);
    assert!(!turn(&app, &id)["reconfirmed_at"].is_null());
    // The wall's page, as printed.
    app.advance_to("2026-03-23T08:30:00+08:00");
    let token = app.office.keys.seal_link(
        zhipai::seal::Purpose::DutyStation,
        app.station.as_str(),
        0,
        zhipai::clock::Clock::now(&*app.clock) + chrono::TimeDelta::days(90),
    );
    let wall = Holder::of(format!("{}/l/{token}", app.base_url));
    assert!(wall.looks().expect(200).text.contains(on_monday));
    let page = link.looks().expect(200).text;
    let code = page.split("class=\"num\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let wrong = if code == "000000" { "000001" } else { "000000" };
    assert_eq!(wall.posts(&[("turn", &id), ("code", wrong)]).status, 422);
    assert!(turn(&app, &id)["signed_in_at"].is_null());
    assert_eq!(wall.posts(&[("turn", &id), ("code", &code)]).status, 303);
    assert!(!turn(&app, &id)["signed_in_at"].is_null());
    // Who sits there now ranks first for it, and says why.
    app.advance_to("2026-03-23T10:00:00+08:00");
    let asked = app.liaison.submits(&need());
    let ranked = app.liaison.get(&format!("/api/v1/needs/{asked}/candidates")).expect(200);
    assert_eq!(ranked.body["candidates"][0]["expert"]["name"], on_monday, "{}", ranked.text);
    assert!(ranked.text.contains("此刻正在本站值班"));
    let case = app.liaison.asks(&asked, monday["expert_id"].as_str().unwrap(), &[]);
    assert_eq!(app.liaison.assignment(&case)["state"], "offered");
    // Nobody signed in on Tuesday: an incident, which signing in afterwards takes back.
    app.advance_to("2026-03-24T13:00:00+08:00");
    let missed = id_of(tuesday);
    assert!(!turn(&app, &missed)["missed_at"].is_null());
    let incidents = || -> i64 {
        let mut reader = app.office.read().unwrap();
        let rows =
            zhipai::db::conduct::incidents_of(&mut reader, tuesday["expert_id"].as_str().unwrap().parse().unwrap())
                .unwrap();
        rows.iter().filter(|row| row.withdrawn_at.is_none() && row.kind.as_str() == "no-show").count() as i64
    };
    assert_eq!(incidents(), 1);
    app.liaison.post(&format!("/api/v1/duty/turns/{missed}/presence"), &json!({})).expect(200);
    assert_eq!(incidents(), 0);
}

/// The address of the calendar that stands on a page.
fn address_in(page: &str) -> String {
    let mut links = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    links.find(|link| link.ends_with("calendar.ics")).expect("an address").to_owned()
}

/// The address of an expert's calendar, which the expert alone can have made.
fn own_feed(app: &App, name: &str) -> String {
    let link = holder(app, name);
    assert_eq!(link.posts(&[("act", "feed")]).status, 303);
    address_in(&link.looks().expect(200).text)
}

fn a_calendar_follows_and_its_address_can_be_called_back(backend: Backend) {
    let app = App::start(backend);
    let (people, plan_now) = published(&app, "2026-03-23", "2026-03-25");
    app.tick();
    let one = &turns(&plan_now)[0];
    let name = people[one["expert_id"].as_str().unwrap()];
    let link = holder(&app, name);
    assert_eq!(link.posts(&[("act", "feed")]).status, 303);
    let feed = address_in(&link.looks().expect(200).text);
    let get = |address: &str| plain_client().get(address).send().unwrap();
    let first = get(&feed);
    assert_eq!(first.headers()["content-type"], "text/calendar; charset=utf-8");
    let text = first.text().unwrap().replace("\r\n ", "");
    let uid = format!("UID:{}-{}", one["id"].as_str().unwrap(), one["expert_id"].as_str().unwrap());
    assert!(
        text.contains(&uid) && text.contains("STATUS:CONFIRMED") && text.contains("DTSTART:20260323T010000Z"),
        "{text}"
    );
    let sequence = |text: &str| -> u32 {
        let event = text.split("BEGIN:VEVENT").find(|event| event.contains(&uid)).unwrap();
        event.split("SEQUENCE:").nth(1).unwrap().split("\r\n").next().unwrap().parse().unwrap()
    };
    let before = sequence(&text);
    app.liaison.post(&format!("/api/v1/duty/turns/{}/release", one["id"].as_str().unwrap()), &json!({})).expect(200);
    let text = get(&feed).text().unwrap().replace("\r\n ", "");
    assert!(sequence(&text) > before && text.contains("STATUS:CANCELLED"), "{text}");
    assert_eq!(link.posts(&[("act", "feed")]).status, 303);
    assert_eq!(get(&feed).status().as_u16(), 404, "called back");
    let renewed = address_in(&link.looks().expect(200).text);
    assert!(renewed != feed && get(&renewed).status().is_success());
}

/// What another library reads at a feed's address: by UID, the SEQUENCE, the STATUS and how many alarms.
fn read_feed(address: &str) -> BTreeMap<String, (u32, String, usize)> {
    let text = plain_client().get(address).send().unwrap().text().unwrap();
    let mut calendars = ical::IcalParser::new(text.as_bytes());
    let calendar = calendars.next().expect("a calendar").expect("reads");
    let mut found = BTreeMap::new();
    for event in calendar.events {
        let is = |name: &str| {
            let one = event.properties.iter().find(|one| one.name == name).unwrap_or_else(|| panic!("{name}: {text}"));
            one.value.clone().unwrap_or_default()
        };
        let line = (is("SEQUENCE").parse().unwrap(), is("STATUS"), event.alarms.len());
        assert!(found.insert(is("UID"), line).is_none(), "a UID stands there once: {text}");
    }
    found
}

fn another_library_reads_the_feeds_as_life_goes_on(backend: Backend) {
    let app = App::start(backend);
    let (people, plan_now) = published(&app, "2026-03-23", "2026-03-25");
    let all = turns(&plan_now);
    let (turn, holds) = (id_of(&all[0]), all[0]["expert_id"].as_str().unwrap().to_owned());
    let own = own_feed(&app, people[&holds]);
    let told = app.liaison.post("/api/v1/duty/feeds", &json!({"station": app.station})).expect(200);
    let station = told.body["address"].as_str().unwrap().to_owned();
    let (own_uid, wall_uid) = (format!("{turn}-{holds}@127.0.0.1"), format!("{turn}@127.0.0.1"));
    let first = (read_feed(&own)[&own_uid].clone(), read_feed(&station)[&wall_uid].clone());
    assert_eq!((first.0.1.as_str(), first.0.2), ("CONFIRMED", 1));
    assert_eq!((first.1.1.as_str(), read_feed(&station).len()), ("CONFIRMED", 3));
    // Taken off: cancelled for the expert, who is not woken for it; not sure yet for the station.
    app.liaison.post(&format!("/api/v1/duty/turns/{turn}/release"), &json!({})).expect(200);
    let second = (read_feed(&own)[&own_uid].clone(), read_feed(&station)[&wall_uid].clone());
    assert_eq!((second.0.1.as_str(), second.0.2), ("CANCELLED", 0));
    assert_eq!(second.1.1, "TENTATIVE");
    assert!(second.0.0 > first.0.0 && second.1.0 > first.1.0, "the later SEQUENCE is higher");
    // Back again under the same UID, so that the phone shows one event and not two.
    let body = json!({"expert_id": holds, "said_yes_by": "phone"});
    app.liaison.post(&format!("/api/v1/duty/turns/{turn}/override"), &body).expect(200);
    let third = (read_feed(&own)[&own_uid].clone(), read_feed(&station)[&wall_uid].clone());
    assert_eq!((third.0.1.as_str(), third.0.2, third.1.1.as_str()), ("CONFIRMED", 1, "CONFIRMED"));
    assert!(third.0.0 > second.0.0 && third.1.0 > second.1.0);
    // Handed to somebody else: one event cancelled, another made.
    let other = people.keys().find(|id| **id != holds).unwrap();
    let theirs = own_feed(&app, people[other]);
    let busy = read_feed(&theirs).len();
    let put = app
        .liaison
        .post(&format!("/api/v1/duty/turns/{turn}/override"), &json!({"expert_id": other, "said_yes_by": "phone"}));
    put.expect(200);
    assert_eq!(read_feed(&own)[&own_uid].1, "CANCELLED");
    assert_eq!(read_feed(&theirs).len(), busy + 1);
    assert_eq!(read_feed(&theirs)[&format!("{turn}-{other}@127.0.0.1")].1, "CONFIRMED");
    // Closed: cancelled on the wall too.
    app.liaison.post(&format!("/api/v1/duty/turns/{turn}/closure"), &json!({})).expect(200);
    let last = read_feed(&station)[&wall_uid].clone();
    assert_eq!((last.1.as_str(), last.2), ("CANCELLED", 0));
    assert!(last.0 > third.1.0);
}

fn an_event_has_a_seat_for_each_specialty(backend: Backend) {
    let app = App::start(backend);
    people(&app);
    let event = json!({"title": "园区会诊", "from": "2026-03-25", "to": "2026-03-25", "rules": {"events": [
        {"station": app.station, "title": "园区会诊", "day": "2026-03-25", "part": "morning", "seats": ["dispute", "search", "risk"]}]}});
    let made = app.manager.post("/api/v1/duty/plans", &event).expect(201).body;
    let seats = turns(&made);
    assert_eq!(seats.len(), 3);
    let seated: BTreeSet<String> =
        seats.iter().filter_map(|turn| turn["expert_id"].as_str().map(str::to_owned)).collect();
    assert_eq!(seated.len(), 3, "nobody sits on two seats of one event");
    assert!(seats.iter().all(|turn| turn["event"] == "园区会诊"));
    let wrong = json!({"title": "", "from": "2026-03-25", "to": "2026-03-20", "rules": {"patterns": [
        {"station": app.station, "weekdays": [9], "parts": [], "seats": 0}]}});
    let refused = app.manager.post("/api/v1/duty/plans", &wrong).expect(422);
    assert_eq!(refused.fields(), ["title", "to", "patterns.0.weekdays", "patterns.0.parts", "patterns.0.seats"]);
}

fn gaps_are_told_ahead_and_the_week_is_told_on_monday(backend: Backend) {
    let app = App::start(backend);
    let (people, plan_now) = published(&app, "2026-03-23", "2026-03-27");
    let all = turns(&plan_now);
    let gap = id_of(&all[2]);
    app.liaison.post(&format!("/api/v1/duty/turns/{gap}/release"), &json!({})).expect(200);
    // Wednesday the 25th: told on the 11th, the 18th and the 23rd, to the liaison and the managers.
    app.advance_to("2026-03-24T09:00:00+08:00");
    let told = app.letters_to("lin@staff.example");
    let gaps: Vec<_> = told.iter().filter(|letter| letter.subject.contains("值班有空缺")).collect();
    assert_eq!(gaps.len(), 3, "{:?}", told.iter().map(|letter| &letter.subject).collect::<Vec<_>>());
    let on_monday = people[all[0]["expert_id"].as_str().unwrap()];
    let week = app.letters_to(&address(on_monday));
    assert!(week.iter().any(|letter| letter.subject.contains("您本周的值班")));
    let days: BTreeSet<String> = gaps.iter().map(|letter| letter.sent_at.format("%d").to_string()).collect();
    assert_eq!(days.len(), 3);
}
