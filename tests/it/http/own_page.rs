//! The expert's own page: in by a link of ten minutes and once, then everything an expert may do; and what a link or a
//! session must never do.

use super::admission::visitor;
use super::doors::csrf;
use crate::on_both;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{Holder, Told, address, expert, multipart, need};
use chrono::TimeDelta;
use reqwest::blocking::Client;
use serde_json::json;

on_both!(
    a_link_opens_for_ten_minutes_and_once,
    a_scanner_does_not_use_a_link_up,
    leave_that_collides_says_so_and_offers_the_way_out,
    terms_a_break_and_the_way_back,
    a_new_address_is_confirmed_and_the_old_one_may_object,
    papers_are_handed_in_and_looked_at,
    data_hours_and_withdrawal,
    nobody_comes_in_without_a_link
);

/// Asks for a link and gives it.
fn asks_in(app: &App, client: &Client, email: &str) -> String {
    let page = Told::read(client.get(format!("{}/me/sign-in", app.base_url)).send().unwrap()).expect(200);
    let told = client
        .post(format!("{}/me/sign-in", app.base_url))
        .form(&[("csrf", csrf(&page.text).as_str()), ("email", email)])
        .send()
        .unwrap();
    assert_eq!(told.status().as_u16(), 200);
    app.tick();
    link(app, email, "/me/enter/")
}

fn link(app: &App, email: &str, path: &str) -> String {
    let letters = app.letters_to(email);
    letters.into_iter().flat_map(|letter| letter.links).find(|link| link.contains(path)).expect("a link")
}

/// In, by a link.
fn comes_in(app: &App, name: &str) -> Client {
    let client = visitor();
    let link = asks_in(app, &client, &address(name));
    let told = Told::read(client.post(&link).send().unwrap()).expect(303);
    assert_eq!(told.headers["location"], "/me");
    client
}

fn page(app: &App, client: &Client) -> String {
    Told::read(client.get(format!("{}/me", app.base_url)).send().unwrap()).expect(200).text
}

fn posts(app: &App, client: &Client, path: &str, more: &[(&str, &str)]) -> Told {
    let token = csrf(&page(app, client));
    let mut fields = vec![("csrf", token.as_str())];
    fields.extend_from_slice(more);
    Told::read(client.post(format!("{}{path}", app.base_url)).form(&fields).send().unwrap())
}

fn a_link_opens_for_ten_minutes_and_once(backend: Backend) {
    let app = App::start(backend);
    app.manager.registers(&expert("沈知行"));
    let client = visitor();
    let link = asks_in(&app, &client, &address("沈知行"));
    Told::read(client.post(&link).send().unwrap()).expect(303);
    assert!(page(&app, &client).contains("沈知行"));
    // Once.
    Told::read(visitor().post(&link).send().unwrap()).expect(404);
    Told::read(visitor().get(&link).send().unwrap()).expect(404);
    // A newer link takes the place of an older one.
    let older = asks_in(&app, &client_of_nobody(), &address("沈知行"));
    let newer = asks_in(&app, &client_of_nobody(), &address("沈知行"));
    assert_ne!(older, newer);
    Told::read(visitor().post(&older).send().unwrap()).expect(404);
    // Ten minutes.
    app.advance(TimeDelta::minutes(10));
    Told::read(visitor().post(&newer).send().unwrap()).expect(404);
    let last = asks_in(&app, &client_of_nobody(), &address("沈知行"));
    app.advance(TimeDelta::minutes(9));
    Told::read(visitor().post(&last).send().unwrap()).expect(303);
    // An unknown address is answered alike, and no letter leaves.
    let stranger = visitor();
    let shown = Told::read(stranger.get(format!("{}/me/sign-in", app.base_url)).send().unwrap()).expect(200);
    let told = stranger
        .post(format!("{}/me/sign-in", app.base_url))
        .form(&[("csrf", csrf(&shown.text).as_str()), ("email", "nobody@experts.example")])
        .send()
        .unwrap();
    assert_eq!(told.status().as_u16(), 200);
    app.tick();
    assert!(app.letters_to("nobody@experts.example").is_empty());
    // The letter as kept holds no link; the session ends on the server.
    let kept = app.letters_to(&address("沈知行"));
    assert!(kept.iter().any(|letter| letter.links.iter().any(|link| link.contains("/me/enter/"))));
    let token = csrf(&page(&app, &client));
    client.post(format!("{}/sign-out", app.base_url)).form(&[("csrf", token.as_str())]).send().unwrap();
    Told::read(client.get(format!("{}/me", app.base_url)).send().unwrap()).expect(303);
    // It rests after eight hours.
    let client = comes_in(&app, "沈知行");
    app.advance(TimeDelta::hours(9));
    let told = Told::read(client.get(format!("{}/me", app.base_url)).send().unwrap()).expect(303);
    assert_eq!(told.headers["location"], "/me/sign-in");
}

fn client_of_nobody() -> Client {
    visitor()
}

fn a_scanner_does_not_use_a_link_up(backend: Backend) {
    let app = App::start(backend);
    app.manager.registers(&expert("沈知行"));
    let client = visitor();
    let link = asks_in(&app, &client, &address("沈知行"));
    for _ in 0..5 {
        Holder::of(link.as_str()).peeks().expect(200);
        assert!(Holder::of(link.as_str()).looks().expect(200).text.contains("<button"));
    }
    // From another site a browser posts nothing.
    let elsewhere = visitor().post(&link).header("Sec-Fetch-Site", "cross-site").send().unwrap();
    assert_eq!(elsewhere.status().as_u16(), 403);
    Told::read(client.post(&link).send().unwrap()).expect(303);
}

fn leave_that_collides_says_so_and_offers_the_way_out(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let xu = app.manager.registers(&expert("许望舒"));
    let open = app.liaison.submits(&need());
    let offer = app.liaison.asks(&open, &shen, &[&xu]);
    let taken = app.liaison.submits(&need());
    let case = app.liaison.asks(&taken, &shen, &[]);
    app.tick();
    app.liaison
        .post(&format!("/api/v1/assignments/{case}/answer"), &json!({"answer": "accept", "channel": "phone"}))
        .expect(200);
    let client = comes_in(&app, "沈知行");
    let days = [("from", "2026-03-12"), ("to", "2026-03-20"), ("leave_reason", "出差")];
    // The offer is due on the 12th, the case's feedback by the 17th: both are told, and nothing is written.
    let told = posts(&app, &client, "/me/leave", &days).expect(200);
    assert!(told.text.contains(&offer) && told.text.contains(&case), "both collide");
    assert!(told.text.contains("value=\"2026-03-12\"") && told.text.contains("出差"), "nothing typed is lost");
    let leaves = |app: &App| app.manager.get(&format!("/api/v1/experts/{shen}")).expect(200).body["leaves"].clone();
    assert_eq!(leaves(&app).as_array().map(Vec::len), Some(0));
    // The offer is given back and moves on in the same act; the case stays.
    let mut settled = days.to_vec();
    settled.extend([("settled", "yes"), ("given_back", offer.as_str())]);
    posts(&app, &client, "/me/leave", &settled).expect(303);
    assert_eq!(leaves(&app).as_array().map(Vec::len), Some(1));
    assert_eq!(app.liaison.assignment(&offer)["state"], "void");
    assert_eq!(app.liaison.assignment(&case)["state"], "accepted");
    let next = app.liaison.get(&format!("/api/v1/assignments?need={open}&state=offered")).expect(200).body;
    assert_eq!(next["items"][0]["expert"]["id"].as_str(), Some(xu.as_str()), "the next reserve is asked");
    // Days that collide with nothing are entered at once, and taken back again.
    posts(&app, &client, "/me/leave", &[("from", "2026-07-01"), ("to", "2026-07-05")]).expect(303);
    let shown = page(&app, &client);
    let id = shown.split("/me/leave/").nth(1).expect("a leave").split('/').next().unwrap().to_owned();
    posts(&app, &client, &format!("/me/leave/{id}/ending"), &[]).expect(303);
    assert_eq!(leaves(&app).as_array().map(Vec::len), Some(1));
    // Somebody else's leave is nobody's business.
    let other = comes_in(&app, "许望舒");
    let own = leaves(&app)[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(posts(&app, &other, &format!("/me/leave/{own}/ending"), &[]).status, 404);
    let wrong = posts(&app, &client, "/me/leave", &[("from", "2026-07-05"), ("to", "2026-07-01")]).expect(422);
    assert!(wrong.text.contains("href=\"#to\""));
}

fn terms_a_break_and_the_way_back(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let client = comes_in(&app, "沈知行");
    let terms = [
        ("monthly_cap", "2"),
        ("open_cap", "1"),
        ("weekly_hours", "6"),
        ("max_distance_km", "20"),
        ("modes", "online"),
        ("regions", "110108"),
    ];
    posts(&app, &client, "/me/terms", &terms).expect(303);
    let row = app.manager.get(&format!("/api/v1/experts/{shen}")).expect(200).body;
    assert_eq!((row["monthly_cap"].as_i64(), row["max_distance_km"].as_i64()), (Some(2), Some(20)));
    let shown = page(&app, &client);
    assert!(shown.contains("name=\"weekly_hours\" type=\"text\" value=\"6\""), "the page shows them again");
    let wrong = posts(&app, &client, "/me/terms", &[("monthly_cap", "0"), ("open_cap", "viele")]).expect(422);
    assert!(wrong.text.contains("href=\"#open_cap\"") && wrong.text.contains("viele"));
    // A break moves the open offer on; matching leaves the expert out until the way back.
    let xu = app.manager.registers(&expert("许望舒"));
    let mut asked = need();
    asked["mode"] = json!("online");
    let id = app.liaison.submits(&asked);
    app.liaison.asks(&id, &shen, &[&xu]);
    posts(&app, &client, "/me/pause", &[]).expect(303);
    let standing = |app: &App| app.manager.get(&format!("/api/v1/experts/{shen}")).expect(200).body["standing"].clone();
    assert_eq!(standing(&app), "paused");
    let open = app.liaison.get(&format!("/api/v1/assignments?need={id}&state=offered")).expect(200).body;
    assert_eq!(open["items"][0]["expert"]["id"].as_str(), Some(xu.as_str()));
    assert_eq!(posts(&app, &client, "/me/pause", &[]).status, 422);
    posts(&app, &client, "/me/resumption", &[]).expect(303);
    assert_eq!(standing(&app), "active");
}

fn a_new_address_is_confirmed_and_the_old_one_may_object(backend: Backend) {
    let app = App::start(backend);
    app.manager.registers(&expert("沈知行"));
    let (old, new) = (address("沈知行"), "new.shen@experts.example");
    let client = comes_in(&app, "沈知行");
    assert_eq!(posts(&app, &client, "/me/email", &[("email", "not an address")]).status, 422);
    posts(&app, &client, "/me/email", &[("email", new)]).expect(303);
    app.tick();
    let confirm = link(&app, new, "/me/email/");
    Holder::of(confirm.as_str()).looks().expect(200);
    assert!(app.letters_to(&old).iter().all(|letter| !letter.links.iter().any(|link| link.contains("/me/objection/"))));
    Told::read(visitor().post(&confirm).send().unwrap()).expect(200);
    app.tick();
    let object = link(&app, &old, "/me/objection/");
    // Three days pass without a word: then, and only then, the record changes.
    app.advance(TimeDelta::hours(71));
    asks_in(&app, &visitor(), &old);
    app.advance(TimeDelta::hours(2));
    let before = app.letters_to(&old).len();
    asks_in(&app, &visitor(), new);
    assert_eq!(app.letters_to(&old).len(), before, "the old address is nobody's now");
    Told::read(visitor().post(&object).send().unwrap()).expect(404);
    // The other way: the old address objects, every session ends, the managers have a task.
    let client = visitor();
    let enter = asks_in(&app, &client, new);
    Told::read(client.post(&enter).send().unwrap()).expect(303);
    posts(&app, &client, "/me/email", &[("email", "thief@experts.example")]).expect(303);
    app.tick();
    Told::read(visitor().post(link(&app, "thief@experts.example", "/me/email/")).send().unwrap()).expect(200);
    app.tick();
    let object = link(&app, new, "/me/objection/");
    Told::read(visitor().post(&object).send().unwrap()).expect(200);
    Told::read(client.get(format!("{}/me", app.base_url)).send().unwrap()).expect(303);
    assert!(app.manager.get("/api/v1/dashboard/desk").expect(200).text.contains("email-objected"));
    app.advance(TimeDelta::hours(80));
    asks_in(&app, &visitor(), new);
    assert!(app.letters_to("thief@experts.example").len() == 1, "no link in for the thief");
}

fn papers_are_handed_in_and_looked_at(backend: Backend) {
    let app = App::start(backend);
    let mut body = expert("沈知行");
    body["qualifications"] = json!([{"type": "专利代理师", "number": "11-2233", "valid_until": "2026-04-20"}]);
    let shen = app.manager.registers(&body);
    app.manager.registers(&expert("许望舒"));
    let client = comes_in(&app, "沈知行");
    let shown = page(&app, &client);
    assert!(shown.contains("#hand-in\""), "in the renewal window the page offers to renew");
    let hand_in = |token: String, with_file: bool| {
        let fields = [
            ("csrf", token.as_str()),
            ("kind", "certificate"),
            ("paper_name", "专利代理师"),
            ("number", "11-2233"),
            ("issued_on", "2026-04-21"),
            ("valid_until", "2031-04-20"),
        ];
        let file: [(&str, &str, &[u8]); 1] = [("file", "证书.pdf", b"%PDF-1.7\n")];
        let (kind, body) = multipart(&fields, if with_file { &file } else { &[] });
        let call = client.post(format!("{}/me/documents", app.base_url)).header("Content-Type", kind).body(body);
        Told::read(call.send().unwrap())
    };
    let told = hand_in(csrf(&shown), false).expect(422);
    assert!(told.text.contains("href=\"#file\"") && told.text.contains("2031-04-20"));
    hand_in(csrf(&shown), true).expect(303);
    // Handed in is not yet on the record; the manager looks, and sends it back or takes it.
    let until = |app: &App| {
        app.manager.get(&format!("/api/v1/experts/{shen}")).expect(200).body["qualifications"][0]["valid_until"].clone()
    };
    assert_eq!(until(&app), "2026-04-20");
    assert!(app.manager.get("/api/v1/dashboard/desk").expect(200).text.contains("look-at-document"));
    let manager = super::doors::signed_in(&app, "meng");
    let path = format!("/experts/{shen}/admission");
    let decide = |say: &[(&str, &str)]| {
        let shown = Told::read(manager.get(format!("{}{path}", app.base_url)).send().unwrap()).expect(200).text;
        let paper = shown.rsplit("id=\"document-").next().unwrap().split('"').next().unwrap().to_owned();
        let token = csrf(&shown);
        let mut fields = vec![("csrf", token.as_str())];
        fields.extend_from_slice(say);
        let to = format!("{}/experts/{shen}/documents/{paper}", app.base_url);
        (paper.clone(), Told::read(manager.post(to).form(&fields).send().unwrap()))
    };
    decide(&[("do", "refuse"), ("note", "")]).1.expect(422);
    let (paper, told) = decide(&[("do", "refuse"), ("note", "扫描件看不清")]);
    told.expect(303);
    app.tick();
    assert!(app.letters_to(&address("沈知行")).iter().any(|letter| letter.text.contains("扫描件看不清")));
    assert_eq!(until(&app), "2026-04-20");
    // Papers of one instant have no order.
    app.advance(TimeDelta::minutes(1));
    hand_in(csrf(&page(&app, &client)), true).expect(303);
    decide(&[("do", "take")]).1.expect(303);
    assert_eq!(until(&app), "2031-04-20");
    assert!(!app.manager.get("/api/v1/dashboard/desk").expect(200).text.contains("look-at-document"));
    // One's own file opens; somebody else's does not.
    let own = |client: &Client| client.get(format!("{}/me/documents/{paper}", app.base_url)).send().unwrap().status();
    assert_eq!(own(&client).as_u16(), 200);
    assert_eq!(own(&comes_in(&app, "许望舒")).as_u16(), 404);
}

fn data_hours_and_withdrawal(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let xu = app.manager.registers(&expert("许望舒"));
    let id = app.liaison.submits(&need());
    let offer = app.liaison.asks(&id, &shen, &[&xu]);
    app.tick();
    app.liaison
        .post(&format!("/api/v1/assignments/{offer}/answer"), &json!({"answer": "accept", "channel": "phone"}))
        .expect(200);
    let feedback = json!({"done": "已当面指导。", "hours": 2.5, "outcome": "solved", "no_gift": true, "no_promotion": true, "no_touting": true});
    app.liaison.post(&format!("/api/v1/needs/{id}/feedback"), &feedback).expect(201);
    let second = app.liaison.submits(&need());
    app.liaison.asks(&second, &shen, &[&xu]);
    let client = comes_in(&app, "沈知行");
    let shown = page(&app, &client);
    assert!(shown.contains("/l/"), "open offers lead to their own page");
    assert!(!shown.contains("zhou@yunxiu.example") && !shown.contains("13900139000"), "no contact before acceptance");
    let hours = Told::read(client.get(format!("{}/me/hours", app.base_url)).send().unwrap()).expect(200);
    assert!(hours.text.contains("2.5") && !hours.text.contains("云岫传感"), "hours, and no enterprise's name");
    let copy = posts(&app, &client, "/me/data", &[]).expect(200);
    assert!(copy.headers["content-disposition"].to_str().unwrap().contains("attachment"));
    assert_eq!(copy.body["record"]["email"].as_str(), Some(address("沈知行").as_str()));
    assert_eq!(copy.body["offers"].as_array().map(Vec::len), Some(2));
    assert_eq!(copy.body["ratings"], serde_json::Value::Null, "ratings come in groups of five or more");
    assert!(!copy.text.contains("zhou@yunxiu.example") && !copy.text.contains("许望舒"), "nobody else's data");
    // 申请退出 asks once, and re-homes in the same act.
    let told = posts(&app, &client, "/me/withdrawal", &[("withdraw_reason", "工作变动")]).expect(422);
    assert!(told.text.contains("工作变动"));
    posts(&app, &client, "/me/withdrawal", &[("withdraw_reason", "工作变动"), ("sure", "yes")]).expect(303);
    assert_eq!(app.manager.get(&format!("/api/v1/experts/{shen}")).body["standing"], "withdrawn");
    let open = app.liaison.get(&format!("/api/v1/assignments?need={second}&state=offered")).expect(200).body;
    assert_eq!(open["items"][0]["expert"]["id"].as_str(), Some(xu.as_str()));
    // The data stays the expert's.
    posts(&app, &client, "/me/data", &[]).expect(200);
    assert_eq!(posts(&app, &client, "/me/terms", &[("monthly_cap", "1"), ("open_cap", "1")]).status, 422);
}

fn nobody_comes_in_without_a_link(backend: Backend) {
    let app = App::start(backend);
    app.manager.registers(&expert("沈知行"));
    let staff = super::doors::signed_in(&app, "meng");
    for client in [visitor(), staff] {
        let told = Told::read(client.get(format!("{}/me", app.base_url)).send().unwrap()).expect(303);
        assert_eq!(told.headers["location"], "/me/sign-in");
    }
    // A session of an expert opens no page of staff, and no form without its token.
    let client = comes_in(&app, "沈知行");
    for path in ["/desk", "/experts", "/experts/applications", "/policy"] {
        let told = Told::read(client.get(format!("{}{path}", app.base_url)).send().unwrap());
        assert!(matches!(told.status, 303 | 401 | 403), "{path}: {}", told.status);
    }
    for path in ["/me/pause", "/me/withdrawal", "/me/data", "/me/email"] {
        let told = client.post(format!("{}{path}", app.base_url)).form(&[("sure", "yes")]).send().unwrap();
        assert_eq!(told.status().as_u16(), 403, "{path}");
    }
    assert_eq!(
        visitor().get(format!("{}/me/enter/{}", app.base_url, "x".repeat(90))).send().unwrap().status().as_u16(),
        404
    );
}
