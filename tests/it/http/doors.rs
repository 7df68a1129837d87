//! Doors and locks: every route asks for what it must, sessions are the server's, forms prove where they come from.

use crate::on_both;
use crate::support::app::{App, PASSWORD};
use crate::support::backend::Backend;
use crate::support::people::{Told, expert, need, plain_client};
use reqwest::blocking::Client;
use zhipai::domain::role::{Right, Role};
use zhipai::web::routes::{Access, table};

on_both!(
    every_route_asks_for_its_right,
    signing_in_makes_a_session_of_the_servers,
    a_form_without_its_token_changes_nothing,
    tokens_have_scopes_and_disabling_ends_everything,
    an_auditor_reads_and_changes_nothing,
);

/// Every row of the table with every role: who lacks the right is told so, whoever has it is let in.
fn every_route_asks_for_its_right(backend: Backend) {
    let app = App::start(backend);
    let people = [
        (Role::Liaison, &app.liaison),
        (Role::Manager, &app.manager),
        (Role::Admin, &app.admin),
        (Role::Auditor, &app.auditor),
    ];
    let nobody = plain_client();
    let filler = "0190b4a2-1111-7abc-8def-0123456789ab";
    let mut asked = 0;
    for route in table() {
        let path = fill(route.path, filler);
        if let Access::Api(right) = route.access {
            let method = reqwest::Method::from_bytes(route.method.as_str().as_bytes()).unwrap();
            let call = |token: Option<&str>| {
                let mut call = nobody.request(method.clone(), format!("{}{path}", app.base_url));
                if let Some(token) = token {
                    call = call.bearer_auth(token);
                }
                Told::read(call.header("Content-Type", "application/json").body("{}").send().unwrap())
            };
            assert_eq!(call(None).status, 401, "{} {}", route.method, route.path);
            assert_eq!(call(Some("zp_wrong")).status, 401, "{} {}", route.method, route.path);
            for (role, person) in people {
                let told = call(Some(&person.token));
                assert_eq!(
                    told.status == 403,
                    !role.has(right),
                    "{} {} as {role}: {} {}",
                    route.method,
                    route.path,
                    told.status,
                    told.text
                );
                assert!(told.status < 500, "{} {} as {role}: {}", route.method, route.path, told.text);
                asked += 1;
            }
        }
        if let Access::SignedIn(_) | Access::Account | Access::Expert = route.access {
            let told = if route.method == "GET" {
                Told::read(nobody.get(format!("{}{path}", app.base_url)).send().unwrap())
            } else {
                Told::read(nobody.post(format!("{}{path}", app.base_url)).form(&[("x", "y")]).send().unwrap())
            };
            assert!(
                matches!(told.status, 303 | 401 | 403),
                "{} {} for nobody: {}",
                route.method,
                route.path,
                told.status
            );
        }
    }
    assert!(asked > 60, "the whole API was asked: {asked}");
}

/// The same for pages, by role, with real sessions.
#[test]
fn every_page_opens_for_those_who_may_and_for_nobody_else() {
    let app = App::start(Backend::Sqlite);
    let filler = "0190b4a2-1111-7abc-8def-0123456789ab";
    for (role, name) in [(Role::Liaison, "lin"), (Role::Manager, "meng"), (Role::Admin, "ai"), (Role::Auditor, "shen")]
    {
        let client = signed_in(&app, name);
        for route in table().into_iter().filter(|route| route.method == "GET") {
            let Access::SignedIn(right) = route.access else { continue };
            let told = Told::read(client.get(format!("{}{}", app.base_url, fill(route.path, filler))).send().unwrap());
            assert_eq!(told.status == 403, !role.has(right), "{} as {role}: {}", route.path, told.status);
            assert!(told.status < 500, "{} as {role}: {} {}", route.path, told.status, told.text);
            assert!(!told.text.contains('⟦'), "{} as {role} lacks words: {}", route.path, told.text);
        }
    }
    assert!(Role::Auditor.has(Right::Read));
}

fn fill(path: &str, with: &str) -> String {
    let parts: Vec<&str> = path.split('/').map(|part| if part.starts_with('{') { with } else { part }).collect();
    parts.join("/")
}

/// A browser that has signed in with the password.
pub fn signed_in(app: &App, name: &str) -> Client {
    let hash = zhipai::actions::sign_in::hash_password(&app.office, PASSWORD).expect("hashed");
    app.office
        .write(|tx| {
            let mut row =
                zhipai::db::account::by_email(tx.conn, &format!("{name}@staff.example"))?.expect("an account");
            row.password_hash = Some(hash.clone());
            zhipai::db::account::save(tx.conn, &row)?;
            Ok(())
        })
        .expect("a password");
    let client = Client::builder().cookie_store(true).redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let form = client.get(format!("{}/sign-in", app.base_url)).send().unwrap().text().unwrap();
    let told = client
        .post(format!("{}/sign-in", app.base_url))
        .form(&[("csrf", csrf(&form).as_str()), ("email", &format!("{name}@staff.example")), ("password", PASSWORD)])
        .send()
        .unwrap();
    assert_eq!(told.status().as_u16(), 303, "{}", told.text().unwrap_or_default());
    client
}

/// The token of the first form on a page.
pub fn csrf(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"csrf\"").expect("a form with its token");
    let (_, rest) = rest.split_once("value=\"").expect("a value");
    rest.split('"').next().unwrap_or_default().to_owned()
}

fn signing_in_makes_a_session_of_the_servers(backend: Backend) {
    let app = App::start(backend);
    let client = signed_in(&app, "lin");
    let desk = Told::read(client.get(format!("{}/desk", app.base_url)).send().unwrap()).expect(200);
    assert!(desk.text.contains("Lin"));
    // Signing out ends it on the server, not only in the browser.
    let token = csrf(&desk.text);
    client.post(format!("{}/sign-out", app.base_url)).form(&[("csrf", token.as_str())]).send().unwrap();
    let after = client.get(format!("{}/desk", app.base_url)).send().unwrap();
    assert!(matches!(after.status().as_u16(), 303 | 401));
    // A wrong password is told alike for known and unknown accounts, and in the end there is a limit.
    let stranger = Client::builder().cookie_store(true).redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let form = stranger.get(format!("{}/sign-in", app.base_url)).send().unwrap().text().unwrap();
    let mut limited = false;
    for _ in 0..30 {
        let told = stranger
            .post(format!("{}/sign-in", app.base_url))
            .form(&[
                ("csrf", csrf(&form).as_str()),
                ("email", "nobody@staff.example"),
                ("password", "wrong wrong wrong"),
            ])
            .send()
            .unwrap();
        limited |= told.status().as_u16() == 429;
        if limited {
            break;
        }
    }
    assert!(limited, "guessing is slowed down");
}

fn a_form_without_its_token_changes_nothing(backend: Backend) {
    let app = App::start(backend);
    let client = signed_in(&app, "lin");
    let fields = [("title", "没有令牌"), ("csrf", "forged")];
    let told = Told::read(client.post(format!("{}/needs", app.base_url)).form(&fields).send().unwrap());
    let elsewhere = if told.status == 404 || told.status == 405 {
        Told::read(client.post(format!("{}/needs/new", app.base_url)).form(&fields).send().unwrap())
    } else {
        told
    };
    assert_eq!(elsewhere.status, 403, "{}", elsewhere.text);
    assert!(app.liaison.get("/api/v1/needs").expect(200).body["items"].as_array().unwrap().is_empty());
}

fn tokens_have_scopes_and_disabling_ends_everything(backend: Backend) {
    let app = App::start(backend);
    let actor = zhipai::actions::Actor::Operator;
    let (_, reading) =
        zhipai::actions::account::add_token(&app.office, &actor, app.liaison.account, "reads", &["read"])
            .expect("a token");
    let reader = crate::support::people::Person::new(&app.base_url, app.liaison.account, &reading);
    reader.get("/api/v1/needs").expect(200);
    assert_eq!(reader.post("/api/v1/needs", &need()).status, 403, "a reading token does not write");
    let client = signed_in(&app, "lin");
    zhipai::actions::account::disable_account(&app.office, &actor, app.liaison.account).expect("disabled");
    assert_eq!(app.liaison.get("/api/v1/needs").status, 401);
    assert_eq!(reader.get("/api/v1/needs").status, 401);
    assert!(matches!(client.get(format!("{}/desk", app.base_url)).send().unwrap().status().as_u16(), 303 | 401));
}

fn an_auditor_reads_and_changes_nothing(backend: Backend) {
    let app = App::start(backend);
    assert_eq!(app.auditor.post("/api/v1/needs", &need()).status, 403);
    assert_eq!(app.auditor.post("/api/v1/experts", &expert("沈知行")).status, 403);
    app.auditor.get("/api/v1/needs").expect(200);
}
