//! The door as a browser and a script meet it: over a socket where transport matters, at `dispatch` where it does not.

use super::answer::Answer;
use super::call::Call;
use super::dispatch::{self, Matched, Request};
use super::error::Answered;
use super::routes::Access;
use super::server::{Ending, Site, serve};
use crate::actions::account::{self, NewAccount};
use crate::actions::{Actor, Office, Settings, found_office, sign_in};
use crate::clock::{Chance, Clock, VirtualClock};
use crate::db::{self, Db};
use crate::domain::refusal::Refusal;
use crate::domain::role::{Right, Role};
use crate::seal::Keyring;
use crate::search::IndexHome;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode, header};
use actix_web::web::Bytes;
use chrono::{DateTime, TimeDelta};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

const PASSWORD: &str = "kettle-orbit-92-salt";

struct House {
    office: Arc<Office>,
    site: Arc<Site>,
    clock: Arc<VirtualClock>,
    folder: PathBuf,
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn house(name: &str) -> House {
    let folder = std::env::temp_dir().join(format!("zhipai-door-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let start = DateTime::from_timestamp(1_780_000_000, 0).expect("a date");
    let clock = Arc::new(VirtualClock::standing(start));
    let db = Db::open(&format!("sqlite:{}", folder.join("x.db").display()), 4).expect("a database");
    db.write::<(), crate::actions::ActionError>(|conn| Ok(db::migrate::migrate(conn)?)).expect("migrates");
    let keys = Keyring::new(BTreeMap::from([(1, [7; 32])])).expect("keys");
    found_office::found_office(&db, &keys, start).expect("founded");
    let settings =
        Settings { base_url: "http://127.0.0.1".to_owned(), connections: 4, second_factor: true, mail_off: false };
    let index = IndexHome::in_memory();
    let office = Office::open(db, clock.clone(), Chance::seeded(11), keys, settings, (index, None)).expect("an office");
    let site = Site { plain_http: true, ..Site::new("run".to_owned()) };
    House { office: Arc::new(office), site: Arc::new(site), clock, folder }
}

impl House {
    fn add(&self, role: Role, email: &str) -> crate::ids::AccountId {
        let new = NewAccount {
            role,
            name: "周亦衡".to_owned(),
            email: email.to_owned(),
            phone: None,
            station: None,
            region: None,
            head: false,
            language: "zh".to_owned(),
            password: Some(PASSWORD.to_owned()),
        };
        account::add_account(&self.office, &Actor::Operator, &new).expect("an account").0
    }

    fn ask(&self, matched: Matched, method: Method, headers: &[(HeaderName, &str)], body: &str) -> Answer {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name.clone(), HeaderValue::from_str(value).expect("a value"));
        }
        let request = Request {
            method,
            path: "/api/v1/probe".to_owned(),
            query: String::new(),
            params: Vec::new(),
            headers: map,
            body: Ok(Bytes::copy_from_slice(body.as_bytes())),
            ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
            received_at: self.clock.now(),
            request_id: "r".to_owned(),
            allowed: None,
        };
        dispatch::answer(Arc::clone(&self.office), Arc::clone(&self.site), matched, request)
    }
}

static PROBED: AtomicU32 = AtomicU32::new(0);

fn probe(call: &Call) -> Answered {
    let count = PROBED.fetch_add(1, Ordering::SeqCst) + 1;
    if call.body.as_ref() == b"no" {
        return Err(Refusal::WrongState.into());
    }
    Answer::created(&format!("/api/v1/probe/{count}"), &serde_json::json!({ "count": count }))
}

fn unmoved(_: &Call) -> Answered {
    Ok(Answer::nothing())
}

fn text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

#[test]
fn a_token_opens_what_its_scopes_and_role_allow_and_a_key_works_once() {
    let house = house("token");
    let manager = house.add(Role::Manager, "zhou@city.example");
    let auditor = house.add(Role::Auditor, "shen@city.example");
    let token = |who, scopes: &[&str]| {
        account::add_token(&house.office, &Actor::Operator, who, "test", scopes).expect("a token").1
    };
    let (reads, writes, looks) =
        (token(manager, &["read"]), token(manager, &["read", "write"]), token(auditor, &["read", "write"]));
    let bearer = |token: &str| format!("Bearer {token}");
    let route = |right, handler| Matched { route: "/api/v1/probe", access: Access::Api(right), handler };
    for (token, method, status) in [
        (String::new(), Method::GET, 401),
        ("Bearer zp_nonsense".to_owned(), Method::GET, 401),
        (bearer(&reads), Method::GET, 204),
        (bearer(&reads), Method::POST, 403),
        (bearer(&writes), Method::POST, 204),
        (bearer(&looks), Method::POST, 403),
    ] {
        let answer =
            house.ask(route(Right::WorkNeeds, unmoved), method.clone(), &[(header::AUTHORIZATION, &token)], "");
        let expected = if token == bearer(&looks) && method == Method::GET { 204 } else { status };
        assert_eq!(answer.status.as_u16(), expected, "{token} {method}");
        if status == 401 {
            assert!(
                answer
                    .headers
                    .iter()
                    .any(|(name, value)| *name == header::CONTENT_TYPE && value == "application/problem+json")
            );
            assert!(text(&answer).contains("\"code\":\"sign-in-first\""));
        }
    }
    let key = HeaderName::from_static("idempotency-key");
    let once = |key_text: &str, body: &str| {
        let headers = [(header::AUTHORIZATION, bearer(&writes)), (key.clone(), key_text.to_owned())];
        let headers: Vec<(HeaderName, &str)> =
            headers.iter().map(|(name, value)| (name.clone(), value.as_str())).collect();
        house.ask(route(Right::WorkNeeds, probe), Method::POST, &headers, body)
    };
    let (first, second) = (once("k1", "{}"), once("k1", "{}"));
    assert_eq!((first.status, text(&first)), (StatusCode::CREATED, text(&second)));
    assert_eq!(second.status, StatusCode::CREATED);
    let location = |answer: &Answer| {
        answer.headers.iter().find(|(name, _)| *name == header::LOCATION).map(|(_, value)| value.clone())
    };
    assert_eq!(location(&first), location(&second));
    assert_eq!(once("k1", "{\"other\":1}").status.as_u16(), 409);
    // A refusal gives the key back: the same call may be made again.
    let before = PROBED.load(Ordering::SeqCst);
    assert_eq!((once("k2", "no").status.as_u16(), once("k2", "no").status.as_u16()), (409, 409));
    assert_eq!(PROBED.load(Ordering::SeqCst), before + 2);
    // Many at once: one deed.
    let before = PROBED.load(Ordering::SeqCst);
    std::thread::scope(|scope| {
        let calls: Vec<_> = (0..6).map(|_| scope.spawn(|| once("k3", "{}").status)).collect();
        for call in calls {
            assert_eq!(call.join().expect("no panic"), StatusCode::CREATED);
        }
    });
    assert_eq!(PROBED.load(Ordering::SeqCst), before + 1);
}

#[test]
fn a_link_page_is_posted_to_without_a_session_but_not_from_elsewhere() {
    let house = house("link");
    let matched = Matched { route: "/l/{token}", access: Access::Link, handler: unmoved };
    let site = HeaderName::from_static("sec-fetch-site");
    assert_eq!(house.ask(matched, Method::POST, &[], "").status.as_u16(), 204);
    assert_eq!(house.ask(matched, Method::POST, &[(site.clone(), "same-origin")], "").status.as_u16(), 204);
    assert_eq!(house.ask(matched, Method::POST, &[(site, "cross-site")], "").status.as_u16(), 403);
    assert_eq!(house.ask(matched, Method::POST, &[(header::ORIGIN, "https://evil.example")], "").status.as_u16(), 403);
}

#[test]
fn a_one_time_link_sets_a_password_once_and_is_not_kept_in_clear() {
    let house = house("reset");
    let id = house.add(Role::Manager, "zhou@city.example");
    account::request_password_reset(&house.office, "ZHOU@city.example ").expect("asked");
    account::request_password_reset(&house.office, "nobody@city.example").expect("told alike");
    let key = {
        let mut reader = house.office.read().expect("a reader");
        let rows = db::outbox::claim(&mut reader, house.clock.now().naive_utc(), house.clock.now().naive_utc(), 10);
        assert!(rows.is_err(), "readers do not write");
        drop(reader);
        house
            .office
            .write(|tx| {
                Ok(db::outbox::claim(tx.conn, tx.now.naive_utc(), tx.now.naive_utc() + TimeDelta::minutes(1), 10)?)
            })
            .expect("letters")
    };
    assert_eq!(key.len(), 1);
    let secret = account::reset_secret(&house.office, &key[0].dedup_key).expect("a secret");
    assert!(
        !key[0].dedup_key.contains(&secret) && !secret.contains(key[0].dedup_key.split(':').nth(1).expect("a name"))
    );
    assert!(account::reset_password(&house.office, &secret, "short").is_err());
    account::reset_password(&house.office, &secret, "another-orbit-17-pepper").expect("set");
    assert!(account::reset_password(&house.office, &secret, "yet-another-orbit-17").is_err());
    assert!(sign_in::sign_in(&house.office, sign_in::Terms::SERVICE, "zhou@city.example", PASSWORD, None).is_err());
    let opened =
        sign_in::sign_in(&house.office, sign_in::Terms::SERVICE, "zhou@city.example", "another-orbit-17-pepper", None);
    let opened = opened.expect("signed in");
    let resumed = |at: &str| sign_in::resume(&house.office, at, sign_in::Terms::SERVICE, true).expect("no fault");
    assert_eq!(resumed(&opened.secret).and_then(|session| session.known).map(|known| known.id), Some(id));
    house.clock.advance(TimeDelta::hours(9));
    assert!(resumed(&opened.secret).is_none(), "a session rests after eight hours");
}

#[test]
fn the_second_factor_counts_each_code_once() {
    let house = house("totp");
    let id = house.add(Role::Admin, "gu@city.example");
    let staff = sign_in::staff_of(
        &mut house.office.read().expect("a reader"),
        &db::account::find(&mut house.office.read().expect("a reader"), &id).expect("reads").expect("there"),
    )
    .expect("staff");
    let offer = account::totp::offer(&house.office, id, "gu@city.example");
    let key = totp_rs::Secret::try_from_base32(&offer.key).expect("base 32");
    let totp = totp_rs::Builder::new().with_secret(key.as_bytes().to_vec()).build().expect("a generator");
    let code =
        |house: &House| totp.generate(u64::try_from(house.clock.now().timestamp()).expect("after 1970")).to_string();
    let actor = Actor::Staff(staff);
    assert!(account::enrol_totp(&house.office, &actor, &offer.sealed, "000000").is_err());
    account::enrol_totp(&house.office, &actor, &offer.sealed, &code(&house)).expect("enrolled");
    let sign = || {
        sign_in::sign_in(&house.office, sign_in::Terms::SERVICE, "gu@city.example", PASSWORD, None).expect("a session")
    };
    let half = sign();
    assert!(half.awaiting_code);
    assert!(
        sign_in::check_code(&house.office, sign_in::Terms::SERVICE, &half.hash, &code(&house)).is_err(),
        "used at enrolment"
    );
    house.clock.advance(TimeDelta::seconds(30));
    let whole = sign_in::check_code(&house.office, sign_in::Terms::SERVICE, &half.hash, &code(&house)).expect("whole");
    assert!(whole.secret != half.secret && !whole.awaiting_code);
    let again = sign();
    assert!(
        sign_in::check_code(&house.office, sign_in::Terms::SERVICE, &again.hash, &code(&house)).is_err(),
        "a code counts once"
    );
}

fn hidden(page: &str, name: &str) -> String {
    let after = page.split(&format!("name=\"{name}\" value=\"")).nth(1).expect("a field");
    after.split('"').next().expect("a value").to_owned()
}

#[test]
fn a_browser_signs_in_looks_around_and_signs_out() {
    let house = house("browser");
    house.add(Role::Admin, "gu@city.example");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let (office, site) = (Arc::clone(&house.office), Arc::clone(&house.site));
    let (send, receive) = std::sync::mpsc::channel();
    let server = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let serving = serve(office, site, listener, 1, Ending::Handle).expect("serves");
            send.send((serving.handle.clone(), serving.port)).expect("told");
            serving.server.await.expect("ends well");
        });
    });
    let (handle, port) = receive.recv().expect("a port");
    let client = reqwest::blocking::Client::builder()
        .cookie_store(true)
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client");
    let at = |path: &str| format!("http://127.0.0.1:{port}{path}");
    let get = |path: &str| client.get(at(path)).send().expect("an answer");

    assert_eq!(get("/healthz").status(), 200);
    assert!(get("/readyz").text().expect("text").contains("\"database\":\"ok\""));
    assert!(get("/metrics").text().expect("text").contains("zhipai_requests_total"));

    let away = get("/accounts?x=1");
    assert_eq!(away.status(), 303);
    assert_eq!(away.headers()["location"], "/sign-in?then=%2Faccounts%3Fx%3D1");
    let page = get("/sign-in?then=%2Faccounts");
    assert_eq!(page.status(), 200);
    for (name, start) in [
        ("content-security-policy", "default-src 'none'"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
    ] {
        assert!(page.headers()[name].to_str().expect("ascii").starts_with(start), "{name}");
    }
    let html = page.text().expect("text");
    assert!(html.contains("<html lang=\"zh-CN\""));
    let sheet = html.split("href=\"").find(|piece| piece.starts_with("/assets/")).expect("a sheet");
    let sheet = get(sheet.split('"').next().expect("an address"));
    assert!(sheet.status() == 200 && sheet.headers()["cache-control"].to_str().expect("ascii").contains("immutable"));

    let post = |path: &str, fields: &[(&str, &str)]| client.post(at(path)).form(fields).send().expect("an answer");
    let csrf = hidden(&html, "csrf");
    assert_eq!(post("/sign-in", &[("csrf", "x"), ("email", "gu@city.example"), ("password", PASSWORD)]).status(), 403);
    let wrong = post(
        "/sign-in",
        &[("csrf", &csrf), ("email", "gu@city.example"), ("password", "wrong"), ("then", "/accounts")],
    );
    assert_eq!(wrong.status(), 401);
    let wrong = wrong.text().expect("text");
    assert!(wrong.contains("邮箱或密码不对") && wrong.contains("value=\"gu@city.example\""));
    let right = post(
        "/sign-in",
        &[("csrf", &csrf), ("email", "gu@city.example"), ("password", PASSWORD), ("then", "//evil.example")],
    );
    assert_eq!((right.status().as_u16(), right.headers()["location"].to_str().expect("ascii")), (303, "/desk"));

    // The operator asks everybody but liaisons for a second factor.
    assert_eq!(get("/accounts").headers()["location"], "/account/second-factor");
    let page = get("/account/second-factor").text().expect("text");
    assert!(page.contains("<svg") && page.contains("周亦衡"));
    let own = get("/account?lang=en");
    assert!(
        own.headers().get_all("set-cookie").iter().any(|value| value.to_str().expect("ascii").starts_with("lang=en"))
    );
    let own = own.text().expect("text");
    assert!(own.contains("<html lang=\"en\"") && own.contains("API tokens"));
    let csrf = hidden(&own, "csrf");
    let made =
        post("/account/tokens", &[("csrf", &csrf), ("label", "script"), ("scopes", "read")]).text().expect("text");
    assert!(made.contains("zp_"));

    let head = client.head(at("/account")).send().expect("an answer");
    assert_eq!(head.status(), 200);
    assert!(head.bytes().expect("nothing").is_empty());
    let nowhere = client.get(at("/nowhere")).header("accept", "application/json").send().expect("an answer");
    assert_eq!(nowhere.status(), 404);
    assert_eq!(nowhere.headers()["content-type"], "application/problem+json");
    assert_eq!(client.post(at("/nowhere")).body("x").send().expect("an answer").status(), 404);
    let method = client.delete(at("/account")).send().expect("an answer");
    assert_eq!((method.status().as_u16(), method.headers()["allow"].to_str().expect("ascii")), (405, "GET, HEAD"));
    let large = client.post(at("/account/password")).form(&[("csrf", "x".repeat(300_000))]).send().expect("an answer");
    assert_eq!(large.status(), 413);

    let out = post("/sign-out", &[("csrf", &csrf)]);
    assert_eq!(out.headers()["location"], "/sign-in");
    assert!(get("/sign-in").text().expect("text").contains("You have signed out."));
    assert_eq!(get("/account").status(), 303);

    actix_web::rt::System::new().block_on(handle.stop(true));
    server.join().expect("ends well");
}
