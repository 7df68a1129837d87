//! Around a plan of duty turns: what recent needs propose, what a draft would have done, the sheet that goes out to Excel
//! and comes back as a reviewed difference, the sign-in sheet, and why somebody is or is not on a turn.

use super::doors::{csrf, signed_in};
use crate::on_both;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{Told, expert, multipart, need};
use chrono::NaiveDate;
use reqwest::blocking::Client;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use zhipai::sheet::duty::{COLUMNS, SeatLine, SeatWish, cells, read};
use zhipai::sheet::write_xlsx;

on_both!(
    needs_of_the_last_quarter_propose_seats_and_specialties,
    a_draft_is_tried_on_recent_needs_before_it_is_published,
    what_goes_out_to_excel_comes_back_as_a_reviewed_difference,
    a_sheet_that_cannot_be_done_says_so_and_changes_nothing,
    an_event_has_its_sign_in_sheet,
    the_page_says_why_somebody_is_not_on_a_turn,
    calls_on_a_plan_take_what_the_pages_take,
    who_bore_less_last_quarter_has_the_next_turn,
    a_month_shows_its_days_and_keeps_its_filter
);

const PEOPLE: [&str; 3] = ["沈知行", "许望舒", "顾明岚"];

pub fn people(app: &App) -> BTreeMap<&'static str, String> {
    PEOPLE.into_iter().map(|name| (name, app.manager.registers(&expert(name)))).collect()
}

/// A plan of mornings at the first station, without rest between turns beyond "one a day".
fn planned(app: &App, from: &str, to: &str) -> Value {
    let body = json!({"title": "三月值班", "from": from, "to": to, "rules": {
        "patterns": [{"station": app.station, "weekdays": [1, 2, 3, 4, 5], "parts": ["morning"], "seats": 1}],
        "seed": 7}});
    app.manager.post("/api/v1/duty/plans", &body).expect(201).body
}

pub fn plan(app: &App, id: &str) -> Value {
    app.manager.get(&format!("/api/v1/duty/plans/{id}")).expect(200).body
}

pub fn id_of(value: &Value) -> String {
    value["id"].as_str().expect("an id").to_owned()
}

/// Who is on each turn, by the turn's id.
fn seats(plan: &Value) -> BTreeMap<String, Option<String>> {
    let turns = plan["turns"].as_array().expect("turns");
    turns.iter().map(|turn| (id_of(turn), turn["expert_id"].as_str().map(str::to_owned))).collect()
}

/// A page, read by somebody who has signed in; every word of it is there.
pub fn page(app: &App, client: &Client, path: &str) -> String {
    let told = Told::read(client.get(format!("{}{path}", app.base_url)).send().expect("an answer")).expect(200);
    assert!(!told.text.contains('⟦'), "{path} lacks words: {}", told.text);
    told.text
}

/// The plan as the sheet that is downloaded.
fn downloaded(app: &App, client: &Client, id: &str) -> Vec<u8> {
    let got = client.get(format!("{}/duty/plans/{id}/sheet", app.base_url)).send().expect("a file");
    assert_eq!(got.status().as_u16(), 200);
    got.bytes().expect("bytes").to_vec()
}

/// Hands a sheet in and gives the page with the differences.
fn handed_in(app: &App, client: &Client, id: &str, file: &[u8]) -> Told {
    let token = csrf(&page(app, client, &format!("/duty/plans/{id}")));
    let (kind, body) = multipart(&[("csrf", &token)], &[("file", "三月值班.xlsx", file)]);
    let call = client.post(format!("{}/duty/plans/{id}/sheet", app.base_url)).header("Content-Type", kind).body(body);
    Told::read(call.send().expect("an answer"))
}

/// The same rows with other names: what somebody typed over in Excel.
fn typed(rows: &[SeatWish], names: &[&str]) -> Vec<u8> {
    let headers: Vec<&str> = COLUMNS.iter().map(|(zh, _)| *zh).collect();
    let lines: Vec<_> = rows
        .iter()
        .zip(names)
        .map(|(row, name)| {
            cells(&SeatLine {
                turn: row.turn.clone(),
                day: NaiveDate::from_ymd_opt(2026, 3, 16).expect("a date"),
                part: "上午".to_owned(),
                station: "云杉科技园工作站".to_owned(),
                seat: 1,
                expert: (*name).to_owned(),
                // Left as it was: the name that was typed over counts.
                expert_id: row.expert_id.clone(),
                state: "拟排".to_owned(),
            })
        })
        .collect();
    write_xlsx(&headers, &lines).expect("a workbook")
}

/// The fields of the form on a page of differences, its token and version included.
fn differences(page: &str) -> Vec<(String, String)> {
    let form = page.split("<form class=\"stack\"").nth(1).expect("the form").split("</form>").next().expect("its end");
    form.split("<input type=\"hidden\" name=\"")
        .skip(1)
        .map(|field| {
            let (name, rest) = field.split_once("\" value=\"").expect("a value");
            (name.to_owned(), rest.split('"').next().unwrap_or_default().to_owned())
        })
        .collect()
}

fn needs_of_the_last_quarter_propose_seats_and_specialties(backend: Backend) {
    let app = App::start(backend);
    // Tuesday, ten in the morning: three at the enterprise's own station, and one that came in elsewhere.
    for _ in 0..3 {
        app.liaison.submits(&need());
    }
    app.other_liaison.submits(&need());
    let asked = |who: &crate::support::people::Person, station: &str| {
        who.get(&format!("/api/v1/duty/demand?station={station}"))
    };
    let own = asked(&app.liaison, app.station.as_str()).expect(200).body["items"][0].clone();
    assert_eq!((own["needs"].as_u64(), own["weeks"].as_u64()), (Some(4), Some(13)), "where the enterprise is: {own}");
    assert_eq!(own["half_days"][1], json!([4, 0]), "Tuesday morning: {own}");
    assert_eq!((own["seats"].as_u64(), own["seats_by_day"].as_u64()), (Some(1), Some(1)));
    assert_eq!(own["wanted"], json!(["dispute", "search"]));
    assert_eq!(own["services"][0], json!({"service": "dispute", "needs": 4}));
    assert_eq!(asked(&app.liaison, app.other_station.as_str()).status, 404, "out of scope");
    let other = asked(&app.other_liaison, app.other_station.as_str()).expect(200).body["items"][0].clone();
    assert_eq!((other["needs"].as_u64(), other["seats"].as_u64()), (Some(0), Some(1)), "{other}");
    let all = app.manager.get("/api/v1/duty/demand").expect(200).body;
    assert_eq!(all["items"].as_array().map(Vec::len), Some(2));
    assert_eq!(app.manager.get("/api/v1/duty/demand?place=1").status, 422);
    // The form shows the figures; what staff type for a station counts before what is proposed, and that before the rest.
    people(&app);
    let meng = signed_in(&app, "meng");
    let form = page(&app, &meng, "/duty/plans/new");
    assert!(form.contains("周二 4") && form.contains("最忙：周二上午 4 件") && form.contains("近 13 周"), "{form}");
    assert!(page(&app, &meng, "/duty/plans/new?lang=en").contains("Busiest: Tue Morning, 4"));
    let station = app.station.to_string();
    let own_field = format!("seats.{station}");
    let token = csrf(&form);
    let sent = |more: &[(&str, &str)]| {
        let mut fields = vec![
            ("csrf", token.as_str()),
            ("title", "三月下旬"),
            ("from", "2026-03-23"),
            ("to", "2026-03-23"),
            ("station", station.as_str()),
            ("weekday", "1"),
            ("hours", "morning"),
            ("propose", "1"),
        ];
        fields.extend_from_slice(more);
        Told::read(meng.post(format!("{}/duty/plans", app.base_url)).form(&fields).send().unwrap())
    };
    let made = |told: Told| -> Value {
        let told = told.expect(303);
        let id = told.headers["location"].to_str().unwrap().rsplit('/').next().unwrap().to_owned();
        plan(&app, &id)
    };
    let wanted = |plan: &Value| plan["rules"]["patterns"][0]["wanted"].clone();
    let seats = |plan: &Value| plan["turns"].as_array().unwrap().len();
    let proposed = made(sent(&[("seats", "2"), ("propose_seats", "1")]));
    assert_eq!((seats(&proposed), wanted(&proposed)), (1, json!(["dispute", "search"])), "as proposed");
    assert_eq!(seats(&made(sent(&[("seats", "2")]))), 2, "as typed for all");
    assert_eq!(seats(&made(sent(&[("seats", "2"), ("propose_seats", "1"), (&own_field, "3")]))), 3, "as typed for it");
    let wrong = sent(&[("seats", "2"), ("propose_seats", "1"), (&own_field, "77")]);
    assert_eq!(wrong.status, 422);
    assert!(wrong.text.contains(&format!("href=\"#{own_field}\"")) && wrong.text.contains("value=\"77\""));
    assert_eq!(sent(&[]).status, 422, "no number at all");
}

fn a_draft_is_tried_on_recent_needs_before_it_is_published(backend: Backend) {
    let app = App::start(backend);
    people(&app);
    for _ in 0..2 {
        app.liaison.submits(&need());
    }
    let made = planned(&app, "2026-03-16", "2026-03-20");
    let id = id_of(&made);
    let before = plan(&app, &id);
    let tried = app.manager.get(&format!("/api/v1/duty/plans/{id}/what-if")).expect(200).body;
    let figure = |side: &str, name: &str| tried[side][name].clone();
    // Tuesday ten o'clock falls into Tuesday's morning turn, whose expert knows disputes.
    for (name, value) in [("needs", 2), ("reached", 2), ("known", 2), ("wait_minutes", 0), ("experts", 3), ("most", 2)]
    {
        assert_eq!(figure("plan", name), value, "{name}: {tried}");
    }
    assert!(figure("plan", "distance_km").as_f64().is_some_and(|km| km > 0.0 && km < 20.0), "{tried}");
    // Five turns among three: 1, 2, 2.
    assert!((figure("plan", "gini").as_f64().unwrap() - 0.133).abs() < 0.002, "{tried}");
    assert_eq!((figure("before", "needs"), figure("before", "experts")), (json!(2), json!(0)), "{tried}");
    assert_eq!(plan(&app, &id), before, "nothing is written");
    assert!(app.mailbox.entries(None, None).is_empty(), "and no letter is sent");
    let meng = signed_in(&app, "meng");
    let preview = page(&app, &meng, &format!("/duty/plans/{id}/publication"));
    assert!(preview.contains("用近 90 天的需求试一试") && preview.contains("100.0%"), "{preview}");
    assert!(preview.contains("当时没有值班") && preview.contains("基尼"), "{preview}");
    assert_eq!(app.liaison.get(&format!("/api/v1/duty/plans/{id}/what-if")).status, 403);
}

fn what_goes_out_to_excel_comes_back_as_a_reviewed_difference(backend: Backend) {
    let app = App::start(backend);
    let people = people(&app);
    let id = id_of(&planned(&app, "2026-03-16", "2026-03-18"));
    let first = plan(&app, &id);
    let meng = signed_in(&app, "meng");
    // What was written reads back as no change.
    let file = downloaded(&app, &meng, &id);
    let same = handed_in(&app, &meng, &id, &file).expect(200);
    assert!(same.text.contains("与现在的计划一样"), "{}", same.text);
    let rows = read(&file).expect("reads");
    assert_eq!(rows.len(), 3);
    let names: Vec<&str> = rows.iter().map(|row| row.expert.as_str()).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), 3, "three turns among three, one each: {names:?}");
    // Two exchange their days, and the third is taken off: looked at, nothing has changed; then done in one act.
    let looked = handed_in(&app, &meng, &id, &typed(&rows, &[names[1], names[0], ""])).expect(200);
    assert!(looked.text.contains("有 3 处不同，其中 3 处可以照办"), "{}", looked.text);
    assert_eq!(seats(&plan(&app, &id)), seats(&first), "looking changes nothing");
    let fields = differences(&looked.text);
    assert_eq!(fields.iter().filter(|(name, _)| name.starts_with("seat.")).count(), 3, "{fields:?}");
    let send = |fields: &[(String, String)]| {
        let call = meng.post(format!("{}/duty/plans/{id}/seats", app.base_url)).form(fields);
        Told::read(call.send().unwrap())
    };
    send(&fields).expect(303);
    let after = seats(&plan(&app, &id));
    let of = |row: &SeatWish| after[&row.turn].clone();
    assert_eq!(of(&rows[0]), Some(people[names[1]].clone()));
    assert_eq!(of(&rows[1]), Some(people[names[0]].clone()));
    assert_eq!(of(&rows[2]), None);
    // The same once more is too late: the plan moved on.
    assert_eq!(send(&fields).status, 409);
    // And what came of it is again no change.
    let again = downloaded(&app, &meng, &id);
    assert!(handed_in(&app, &meng, &id, &again).expect(200).text.contains("与现在的计划一样"));
    assert!(app.mailbox.entries(None, None).is_empty(), "nobody is told of a draft");
}

fn a_sheet_that_cannot_be_done_says_so_and_changes_nothing(backend: Backend) {
    let app = App::start(backend);
    people(&app);
    let id = id_of(&planned(&app, "2026-03-16", "2026-03-18"));
    let meng = signed_in(&app, "meng");
    let before = seats(&plan(&app, &id));
    let rows = read(&downloaded(&app, &meng, &id)).expect("reads");
    let names: Vec<&str> = rows.iter().map(|row| row.expert.as_str()).collect();
    // Somebody nobody knows, and a turn of another plan.
    let mut strange = rows.clone();
    strange[1].turn = "0190b4a2-1111-7abc-8def-0123456789ab".to_owned();
    let told = handed_in(&app, &meng, &id, &typed(&strange, &["无此人", names[1], names[2]])).expect(200);
    for words in ["册上没有这位在岗专家", "本计划没有这一班", "有 2 处不同，其中 0 处可以照办"]
    {
        assert!(told.text.contains(words), "{words}: {}", told.text);
    }
    // On leave that day.
    let away = &rows[2];
    let body = json!({"from": "2026-03-16", "to": "2026-03-18"});
    app.manager.post(&format!("/api/v1/experts/{}/leaves", away.expert_id), &body).expect(201);
    let told = handed_in(&app, &meng, &id, &typed(&rows, &[names[2], names[1], ""])).expect(200);
    assert!(told.text.contains("请假") && told.text.contains("其中 0 处"), "{}", told.text);
    assert_eq!(handed_in(&app, &meng, &id, b"no sheet at all").status, 422);
    let now = seats(&plan(&app, &id));
    let kept = before.iter().filter(|(turn, _)| **turn != away.turn).all(|(turn, expert)| now[turn] == *expert);
    assert!(kept, "{before:?} {now:?}");
    // A liaison plans nothing.
    for who in ["zhao", "lin"] {
        let client = signed_in(&app, who);
        let token = csrf(&page(&app, &client, "/duty"));
        let (kind, body) = multipart(&[("csrf", &token)], &[("file", "a.xlsx", b"x")]);
        let call = client.post(format!("{}/duty/plans/{id}/sheet", app.base_url));
        let told = Told::read(call.header("Content-Type", kind).body(body).send().unwrap());
        assert_eq!(told.status, 403, "{who}");
    }
}

fn an_event_has_its_sign_in_sheet(backend: Backend) {
    let app = App::start(backend);
    people(&app);
    let event = json!({"title": "园区会诊", "from": "2026-03-25", "to": "2026-03-25", "rules": {
        "patterns": [{"station": app.station, "weekdays": [3], "parts": ["morning"], "seats": 1}],
        "events": [{"station": app.station, "title": "进园区会诊", "day": "2026-03-25", "part": "afternoon",
            "seats": ["dispute", "search"]}]}});
    let made = app.manager.post("/api/v1/duty/plans", &event).expect(201).body;
    let turns = made["turns"].as_array().unwrap().clone();
    let of_event: Vec<&Value> = turns.iter().filter(|turn| turn["event"] == "进园区会诊").collect();
    assert_eq!((turns.len(), of_event.len()), (3, 2));
    let meng = signed_in(&app, "meng");
    let plan_page = format!("/duty/plans/{}", id_of(&made));
    let first = of_event.iter().min_by_key(|turn| turn["seat"].as_u64()).expect("a seat");
    let path = format!("/duty/turns/{}/attendance", id_of(first));
    // Whoever has not said yes stands on no sheet: there is none before the plan is published.
    assert_eq!(page(&app, &meng, &plan_page).matches("/attendance\"").count(), 0);
    assert_eq!(meng.get(format!("{}{path}", app.base_url)).send().unwrap().status().as_u16(), 409);
    settled(&app, &id_of(&made));
    let whole = page(&app, &meng, &plan_page);
    assert_eq!(whole.matches("/attendance\"").count(), 1, "one sheet for the event, whatever its seats");
    assert!(whole.contains(&format!("\"{path}\"")), "{whole}");
    let sheet = page(&app, &meng, &path);
    for words in ["签到表", "进园区会诊", "姓名", "单位", "专业", "时间", "云杉科技园工作站", "<svg", "/l/"]
    {
        assert!(sheet.contains(words), "{words}: {sheet}");
    }
    for turn in &of_event {
        let name = turn["name"].as_str().expect("somebody is proposed");
        let firm = format!("{name}知识产权代理有限公司");
        assert!(sheet.contains(name) && sheet.contains(&firm), "{name}: {sheet}");
    }
    // Two of the event and five empty lines; whoever has the morning turn is not on it.
    assert_eq!(sheet.matches("<td class=\"is-number\">").count(), 7);
    let morning = turns.iter().find(|turn| turn["event"].is_null()).unwrap();
    assert!(!sheet.contains(morning["name"].as_str().unwrap()));
    // The code leads to the page on which experts sign in.
    let wall = sheet.split("<code>").nth(1).unwrap().split("</code>").next().unwrap();
    let opened = Told::read(Client::new().get(wall).send().unwrap()).expect(200);
    assert!(opened.text.contains("云杉科技园工作站"), "{}", opened.text);
    let english = page(&app, &meng, &format!("{path}?lang=en"));
    for words in ["Sign-in sheet", "Name", "Firm", "Specialty", "Signature", "Time"] {
        assert!(english.contains(words), "{words}");
    }
    let zhao = signed_in(&app, "zhao");
    assert_eq!(zhao.get(format!("{}{path}", app.base_url)).send().unwrap().status().as_u16(), 404);
}

fn the_page_says_why_somebody_is_not_on_a_turn(backend: Backend) {
    let app = App::start(backend);
    let people = people(&app);
    let made = planned(&app, "2026-03-16", "2026-03-18");
    let turns = made["turns"].as_array().unwrap().clone();
    let (turn, other) = (&turns[0], &turns[1]);
    let taker = turn["name"].as_str().unwrap();
    let meng = signed_in(&app, "meng");
    // Behind every turn stand both others, once each.
    for turn in &turns {
        let behind: Vec<&str> = turn["alternates"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let distinct: BTreeSet<&str> = behind.iter().copied().collect();
        assert_eq!((behind.len(), distinct.len()), (2, 2), "{turn}");
        assert!(!distinct.contains(turn["expert_id"].as_str().unwrap()), "nobody stands behind themselves: {turn}");
    }
    let whole = page(&app, &meng, &format!("/duty/plans/{}", id_of(&made)));
    assert!(whole.contains("100% 的班次另有两位以上可替补"), "{whole}");
    let path = format!("/duty/turns/{}/why", id_of(turn));
    assert!(page(&app, &meng, &format!("/duty/turns/{}", id_of(turn))).contains(&path), "linked from the turn");
    // Another station's staff see none of it.
    let zhao = signed_in(&app, "zhao");
    for foreign in [path.clone(), format!("{path}?expert={}", turn["expert_id"].as_str().unwrap())] {
        assert_eq!(zhao.get(format!("{}{foreign}", app.base_url)).send().unwrap().status().as_u16(), 404, "{foreign}");
    }
    page(&app, &signed_in(&app, "lin"), &path);
    let why = page(&app, &meng, &path);
    assert!(why.contains(&format!("由{taker}值这一班")), "{why}");
    for id in people.values() {
        assert!(why.contains(&format!("<option value=\"{id}\"")), "everybody can be chosen");
    }
    // Whoever has another day could take this one too, without a gap in the rules: and stands behind who takes it.
    let second = other["expert_id"].as_str().unwrap();
    let could = page(&app, &meng, &format!("{path}?expert={second}"));
    assert!(could.contains("在能值的人里排第 ") && could.contains("值这一班的人 1 班"), "{could}");
    // On leave they could not, and the page says what would change it.
    let day = turn["day"].as_str().unwrap();
    app.manager.post(&format!("/api/v1/experts/{second}/leaves"), &json!({"from": day, "to": day})).expect(201);
    let away = page(&app, &meng, &format!("{path}?expert={second}"));
    for words in ["现在不能值这一班", "请假", "本人取消这一天的请假后即可"] {
        assert!(away.contains(words), "{words}: {away}");
    }
    let said = app.manager.get(&format!("/api/v1/duty/turns/{}/experts/{second}", id_of(turn))).expect(200).body;
    assert_eq!((said["place"].as_str(), said["reasons"].clone()), (Some("barred"), json!(["duty-leave"])), "{said}");
    // With rest between turns, the turn in the way is named and leads to its page.
    let spaced = json!({"title": "有间隔", "from": "2026-04-13", "to": "2026-04-14", "rules": {
        "patterns": [{"station": app.station, "weekdays": [1, 2], "parts": ["morning"], "seats": 1}],
        "min_gap_days": 3, "seed": 7}});
    let made = app.manager.post("/api/v1/duty/plans", &spaced).expect(201).body;
    let turns = made["turns"].as_array().unwrap().clone();
    let path = format!("/duty/turns/{}/why?expert={}", id_of(&turns[0]), turns[1]["expert_id"].as_str().unwrap());
    let near = page(&app, &meng, &path);
    let blocking = format!("/duty/turns/{}", id_of(&turns[1]));
    assert!(near.contains("与前后班次间隔不足") && near.contains(&blocking), "{near}");
    let bare = page(&app, &meng, &format!("/duty/turns/{}/why", id_of(&turns[0])));
    assert!(bare.contains("选一位专家"));
    // The language asked for stays with the session.
    assert!(page(&app, &meng, &format!("{path}&lang=en")).contains("What would change it"));
}

fn calls_on_a_plan_take_what_the_pages_take(backend: Backend) {
    let app = App::start(backend);
    people(&app);
    let made = planned(&app, "2026-03-16", "2026-03-17");
    let id = id_of(&made);
    let turns = made["turns"].as_array().unwrap().clone();
    let (one, two) = (turns[0]["expert_id"].as_str().unwrap(), turns[1]["expert_id"].as_str().unwrap());
    assert!(one != two);
    let seats_path = format!("/api/v1/duty/plans/{id}/seats");
    let exchange = json!({"version": made["version"], "seats": [
        {"turn": turns[0]["id"], "expert_id": two}, {"turn": turns[1]["id"], "expert_id": one}]});
    let bare = app.manager.post(&seats_path, &json!({"version": made["version"]}));
    assert_eq!((bare.status, bare.fields()), (422, vec!["seats".to_owned()]));
    assert_eq!(app.manager.post(&seats_path, &exchange).expect(200).body["count"], 2);
    let stale = app.manager.post(&seats_path, &exchange);
    assert_eq!((stale.status, stale.body["code"].as_str()), (409, Some("changed-meanwhile")));
    let now = plan(&app, &id);
    assert_eq!(seats(&now)[&id_of(&turns[0])].as_deref(), Some(two));
    // One of two cannot be: nothing of it is done.
    let both = json!({"version": now["version"], "seats": [{"turn": turns[0]["id"]}, {"turn": turns[1]["id"], "expert_id": "0190b4a2-1111-7abc-8def-0123456789ab"}]});
    let nobody = app.manager.post(&seats_path, &both);
    assert_eq!((nobody.status, nobody.body["rule"].as_str()), (409, Some("duty-standing")), "{}", nobody.text);
    assert_eq!(seats(&plan(&app, &id)), seats(&now), "all or nothing");
    // Stations and auditors propose nobody.
    let empty = json!({"version": now["version"], "seats": [{"turn": turns[0]["id"]}]});
    for reader in [&app.liaison, &app.other_liaison, &app.auditor] {
        assert_eq!(reader.post(&seats_path, &empty).status, 403);
    }
    // Calendars by call: a new address closes the one before.
    let feed = |body: &Value| app.liaison.post("/api/v1/duty/feeds", body);
    assert_eq!(feed(&json!({})).fields(), ["station"]);
    let first = feed(&json!({"station": app.station})).expect(200).body["address"].as_str().unwrap().to_owned();
    let get = |address: &str| Client::new().get(address).send().unwrap().status().as_u16();
    assert_eq!(get(&first), 200);
    let second = feed(&json!({"station": app.station})).expect(200).body["address"].as_str().unwrap().to_owned();
    assert_eq!((get(&first), get(&second)), (404, 200));
    assert_eq!(feed(&json!({"station": app.other_station})).status, 404, "somebody else's");
    let theirs = feed(&json!({"expert_id": one}));
    assert_eq!((theirs.status, theirs.fields()), (422, vec!["expert_id".to_owned()]), "an expert renews it alone");
    // Nothing to reconfirm on a plan nobody published.
    let again = format!("/api/v1/duty/turns/{}/reconfirmation", id_of(&turns[0]));
    assert_eq!(app.liaison.post(&again, &json!({})).status, 409);
    settled(&app, &id);
    assert_eq!(app.other_liaison.post(&again, &json!({})).status, 404, "another station's");
    assert_eq!(app.liaison.post(&again, &json!({})).expect(200).body["count"], 1);
    let there = app.liaison.get(&format!("/api/v1/duty/turns/{}", id_of(&turns[0]))).expect(200).body;
    assert!(there["reconfirmed_at"].is_string(), "{there}");
}

/// Everybody proposed says yes by phone; published.
pub fn settled(app: &App, id: &str) -> Value {
    app.manager.post(&format!("/api/v1/duty/plans/{id}/asking"), &json!({})).expect(200);
    for turn in plan(app, id)["turns"].as_array().unwrap() {
        let body = json!({"expert_id": turn["expert_id"], "answer": "yes", "channel": "phone"});
        app.liaison.post(&format!("/api/v1/duty/turns/{}/answer", id_of(turn)), &body).expect(200);
    }
    let path = format!("/api/v1/duty/plans/{id}/publication");
    let preview = app.manager.get(&path).expect(200).body;
    app.manager.post(&path, &json!({"version": preview["version"]})).expect(200).body
}

fn who_bore_less_last_quarter_has_the_next_turn(backend: Backend) {
    let app = App::start(backend);
    // One is next door, so the turn is theirs as long as nobody counts what was borne before.
    let enters = |name: &str, lat: f64, lon: f64| {
        let mut one = expert(name);
        (one["lat"], one["lon"]) = (json!(lat), json!(lon));
        app.manager.registers(&one)
    };
    let near = enters(PEOPLE[0], 39.98, 116.31);
    for name in &PEOPLE[1..] {
        enters(name, 39.92, 116.36);
    }
    let taker = |made: &Value| {
        let turns = made["turns"].as_array().unwrap();
        assert_eq!(turns.len(), 1, "{made}");
        turns[0]["expert_id"].as_str().expect("somebody").to_owned()
    };
    let borne = settled(&app, &id_of(&planned(&app, "2026-03-16", "2026-03-16")));
    assert_eq!(taker(&borne), near);
    let next = |catch_up: bool| {
        let body = json!({"title": "四月值班", "from": "2026-04-01", "to": "2026-04-01", "rules": {
            "patterns": [{"station": app.station, "weekdays": [3], "parts": ["morning"], "seats": 1}],
            "catch_up": catch_up, "seed": 7}});
        let made = app.manager.post("/api/v1/duty/plans", &body).expect(201).body;
        app.manager.post(&format!("/api/v1/duty/plans/{}/withdrawal", id_of(&made)), &json!({})).expect(200);
        assert_eq!(made["rules"]["catch_up"], catch_up);
        taker(&made)
    };
    assert_eq!(next(false), near, "nobody asks what was");
    assert_ne!(next(true), near, "whoever had it last quarter has had it");
}

fn a_month_shows_its_days_and_keeps_its_filter(backend: Backend) {
    let app = App::start(backend);
    people(&app);
    let made = settled(&app, &id_of(&planned(&app, "2026-03-16", "2026-03-18")));
    let gap = id_of(&made["turns"][1]);
    app.liaison.post(&format!("/api/v1/duty/turns/{gap}/release"), &json!({})).expect(200);
    let meng = signed_in(&app, "meng");
    let station = &app.station;
    let week = page(&app, &meng, &format!("/duty?week=2026-03-16&station={station}"));
    assert_eq!(week.matches("class=\"is-full\"").count(), 2, "{week}");
    assert_eq!(week.matches("class=\"is-gap\"").count(), 1);
    assert!(week.contains("缺 1") && week.contains("2026年3月"), "{week}");
    let kept = format!("/duty?week=2026-03-17&#38;station={station}");
    assert!(week.contains(&kept) || week.contains(&kept.replace("&#38;", "&amp;")), "a day keeps the filter: {week}");
    let whole = page(&app, &meng, &format!("/duty?view=month&week=2026-03-10&station={station}"));
    assert!(whole.contains("看一周") && whole.contains(&format!("/duty/turns/{gap}")), "{whole}");
    assert!(page(&app, &meng, "/duty?view=month&week=2026-03-10&lang=en").contains("A week"));
    let other = page(&app, &meng, &format!("/duty?week=2026-03-16&station={}", app.other_station));
    assert_eq!(other.matches("class=\"is-full\"").count(), 0, "the other station has none");
}
