//! A need walked through its pages as a browser would, from the form to the closing, in both languages and by accounts
//! that may and may not.

use crate::actions::account::{self, NewAccount};
use crate::actions::keep_station::{StationInput, add_station};
use crate::actions::record_notice::{Delivery, record_delivery};
use crate::actions::register_expert::{ExpertInput, register_expert};
use crate::actions::{Actor, Office, Settings, found_office, sign_in};
use crate::clock::{Chance, Clock, VirtualClock};
use crate::db::{self, Db};
use crate::domain::role::{Role, Scope, Staff};
use crate::ids::{ExpertId, StationId};
use crate::seal::{Keyring, fingerprint};
use crate::search::IndexHome;
use crate::web::answer::Answer;
use crate::web::dispatch::{self, Matched, Request};
use crate::web::server::Site;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode, header};
use actix_web::web::Bytes;
use chrono::{DateTime, TimeDelta};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::Arc;

const PASSWORD: &str = "kettle-orbit-92-salt";

struct House {
    office: Arc<Office>,
    site: Arc<Site>,
    clock: Arc<VirtualClock>,
    folder: PathBuf,
    manager: Actor,
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Somebody at a browser.
struct Browser<'a> {
    house: &'a House,
    cookie: String,
    csrf: String,
}

fn house(name: &str) -> House {
    let folder = std::env::temp_dir().join(format!("zhipai-need-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let start = DateTime::parse_from_rfc3339("2026-05-08T01:40:00Z").expect("an instant").to_utc();
    let clock = Arc::new(VirtualClock::standing(start));
    let db = Db::open(&format!("sqlite:{}", folder.join("x.db").display()), 4).expect("a database");
    db.write::<(), crate::actions::ActionError>(|conn| Ok(db::migrate::migrate(conn)?)).expect("migrates");
    let keys = Keyring::new(BTreeMap::from([(1, [7; 32])])).expect("keys");
    found_office::found_office(&db, &keys, start).expect("founded");
    let settings =
        Settings { base_url: "http://127.0.0.1".to_owned(), connections: 4, second_factor: false, mail_off: false };
    let index = IndexHome::in_memory();
    let office = Arc::new(
        Office::open(db, clock.clone(), Chance::seeded(11), keys, settings, (index, None)).expect("an office"),
    );
    let site = Arc::new(Site { plain_http: true, ..Site::new("run".to_owned()) });
    let house = House { office, site, clock, folder, manager: Actor::Operator };
    let account = house.account(Role::Manager, "zhou@city.example", None);
    let staff = Staff { account, role: Role::Manager, scope: Scope::Everything, station: None };
    House {
        manager: Actor::Staff(staff),
        office: Arc::clone(&house.office),
        site: Arc::clone(&house.site),
        clock: Arc::clone(&house.clock),
        folder: house.folder.clone(),
    }
}

impl House {
    fn account(&self, role: Role, email: &str, station: Option<StationId>) -> crate::ids::AccountId {
        let new = NewAccount {
            role,
            name: "林晓筠".to_owned(),
            email: email.to_owned(),
            phone: None,
            station,
            region: None,
            head: false,
            language: "zh".to_owned(),
            password: Some(PASSWORD.to_owned()),
        };
        account::add_account(&self.office, &Actor::Operator, &new).expect("an account").0
    }

    fn station(&self, name: &str) -> StationId {
        let input = StationInput {
            name: name.to_owned(),
            region: "海淀区".to_owned(),
            address: "学院路 1 号".to_owned(),
            phone: "010-62770000".to_owned(),
            supervision_phone: "010-62770001".to_owned(),
            lat: None,
            lon: None,
            automatic: Some(false),
        };
        add_station(&self.office, &self.manager, &input).expect("a station")
    }

    fn expert(&self, name: &str, email: &str) -> ExpertId {
        let input = ExpertInput {
            name: name.to_owned(),
            firm: format!("{name}律师事务所"),
            email: email.to_owned(),
            phone: Some("13900139000".to_owned()),
            region: "海淀区".to_owned(),
            years: 9,
            services: vec!["dispute".to_owned(), "search".to_owned()],
            bio: "专利侵权警告函应对".to_owned(),
            standing: Some("active".to_owned()),
            ..ExpertInput::default()
        };
        register_expert(&self.office, &self.manager, &input).expect("an expert")
    }

    fn browser(&self, email: &str) -> Browser<'_> {
        let opened = sign_in::sign_in(&self.office, self.site.terms, email, PASSWORD, None).expect("signed in");
        Browser { house: self, cookie: format!("zhipai={}", opened.secret), csrf: opened.csrf }
    }

    /// Every letter that is due is taken by a mail server.
    fn deliver(&self) -> usize {
        let now = self.clock.now();
        let due = self
            .office
            .write(|tx| Ok(db::outbox::claim(tx.conn, now.naive_utc(), (now + TimeDelta::minutes(5)).naive_utc(), 50)?))
            .expect("claimed");
        for row in &due {
            let text =
                "To: gu@example.com\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n老师您好，专家电话 13900139000。"
                    .to_owned();
            let delivery =
                Delivery::Accepted { sha256: fingerprint(text.as_bytes()), text, template_version: "1".to_owned() };
            assert!(record_delivery(&self.office, row, &delivery).expect("recorded"));
        }
        due.len()
    }
}

fn encoded(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

fn text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

fn location(answer: &Answer) -> String {
    let found = answer.headers.iter().find(|(name, _)| *name == header::LOCATION);
    found.and_then(|(_, value)| value.to_str().ok()).unwrap_or_default().to_owned()
}

/// The row of the table a path belongs to, with the parts of the path; a literal segment wins.
fn matched(method: &Method, path: &str) -> (Matched, Vec<(String, String)>) {
    let given: Vec<&str> = path.split('/').collect();
    let mut rows: Vec<_> = super::rows().into_iter().filter(|row| row.method == method).collect();
    rows.sort_by_key(|row| row.path.matches('{').count());
    for row in rows {
        let known: Vec<&str> = row.path.split('/').collect();
        let fits = known.len() == given.len()
            && known.iter().zip(&given).all(|(known, given)| known.starts_with('{') || known == given);
        if fits {
            let params = known.iter().zip(&given).filter(|(known, _)| known.starts_with('{'));
            let params =
                params.map(|(known, given)| (known.trim_matches(['{', '}']).to_owned(), (*given).to_owned())).collect();
            return (Matched { route: row.path, access: row.access, handler: row.handler }, params);
        }
    }
    panic!("no route for {method} {path}");
}

impl Browser<'_> {
    fn ask(&self, method: Method, address: &str, media_type: &str, body: &[u8]) -> Answer {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let (matched, params) = matched(&method, path);
        let mut headers = HeaderMap::new();
        for (name, value) in [(header::COOKIE, self.cookie.as_str()), (header::CONTENT_TYPE, media_type)] {
            headers.append(name, HeaderValue::from_str(value).expect("a value"));
        }
        headers.append(HeaderName::from_static("x-csrf-token"), HeaderValue::from_str(&self.csrf).expect("a value"));
        let request = Request {
            method,
            path: path.to_owned(),
            query: query.to_owned(),
            params,
            headers,
            body: Ok(Bytes::copy_from_slice(body)),
            ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
            received_at: self.house.clock.now(),
            request_id: "r".to_owned(),
            allowed: None,
        };
        dispatch::answer(Arc::clone(&self.house.office), Arc::clone(&self.house.site), matched, request)
    }

    fn get(&self, address: &str) -> Answer {
        self.ask(Method::GET, address, "text/plain", b"")
    }

    fn post(&self, address: &str, fields: &[(&str, &str)]) -> Answer {
        self.ask(Method::POST, address, "application/x-www-form-urlencoded", encoded(fields).as_bytes())
    }

    /// The page in both languages, every word there; answers the Chinese one.
    fn page(&self, path: &str) -> String {
        let mut pages = Vec::new();
        for language in ["zh", "en"] {
            let joined = if path.contains('?') { '&' } else { '?' };
            let answer = self.get(&format!("{path}{joined}lang={language}"));
            let page = text(&answer);
            assert_eq!(answer.status, StatusCode::OK, "{path}: {page}");
            assert!(!page.contains('⟦'), "{path} {language}: {}", page.split('⟦').nth(1).unwrap_or_default());
            assert!(!page.contains(" style=") && !page.contains("<script>"), "{path}");
            pages.push(page);
        }
        pages.swap_remove(0)
    }
}

const NEED: [(&str, &str); 13] = [
    ("enterprise.name", "云岫传感科技有限公司"),
    ("enterprise.region", "110108"),
    ("enterprise.contact_name", "周芷汀"),
    ("enterprise.contact_phone", "13800138000"),
    ("enterprise.contact_email", "zhou@yunxiu.example"),
    ("consent", "1"),
    ("title", "收到专利侵权警告函，需判断是否侵权并准备回函"),
    ("description", "对方要求 15 日内停止销售并书面答复。"),
    ("services", "dispute"),
    ("region", "110108"),
    ("mode", "online"),
    ("opposing_party", "铂影测控技术"),
    ("nonce", "one-form"),
];

fn assignment_of(house: &House, need: &str) -> db::assignment::AssignmentRow {
    let mut reader = house.office.read().expect("a reader");
    db::assignment::of_need(&mut reader, need.parse().expect("an id")).expect("rows").remove(0)
}

#[test]
fn a_need_is_handed_in_once_and_nothing_typed_is_lost() {
    let house = house("form");
    let station = house.station("云杉科技园工作站");
    house.account(Role::Liaison, "lin@a.example", Some(station));
    let lin = house.browser("lin@a.example");
    assert!(lin.page("/needs").contains("/needs/new"));
    lin.page("/needs/new");

    let wrong = lin.post(
        "/needs/new",
        &[("title", "只写了<标题>"), ("enterprise.contact_phone", "138001380"), ("expected_hours", "二")],
    );
    let page = text(&wrong);
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for kept in [
        "只写了&#60;标题&#62;",
        "138001380",
        "href=\"#enterprise.name\"",
        "href=\"#expected_hours\"",
        "id=\"services\"",
    ] {
        assert!(page.contains(kept), "{kept} in {page}");
    }

    let suggested = lin.post("/needs/suggest", &[("text", "收到专利侵权警告函")]);
    let json: serde_json::Value = serde_json::from_slice(&suggested.body).expect("json");
    assert_eq!(json["services"][0]["slug"], "dispute", "{json}");
    assert_eq!(json["similar"]["items"].as_array().map(Vec::len), Some(0), "{json}");
    let again = text(&lin.post("/needs/new/suggest", &NEED));
    assert!(again.contains("is-suggested") && again.contains("对方要求 15 日内停止销售并书面答复。"));

    assert_eq!(lin.post("/needs/new/draft", &NEED).status, StatusCode::NO_CONTENT);
    let back = lin.page("/needs/new");
    assert!(back.contains("对方要求 15 日内停止销售") && !back.contains("value=\"one-form\""));

    let first = lin.post("/needs/new", &NEED);
    let second = lin.post("/needs/new", &NEED);
    assert_eq!((first.status, second.status), (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER), "{}", text(&first));
    assert_eq!(location(&first), location(&second));
    let mut reader = house.office.read().expect("a reader");
    assert_eq!(db::indexed::needs_after(&mut reader, None, 10).expect("needs").len(), 1);
    drop(reader);
    assert!(!lin.page("/needs/new").contains("对方要求 15 日内停止销售"), "the draft is gone");
    let another: Vec<(&str, &str)> =
        NEED.iter().map(|(name, value)| (*name, if *name == "nonce" { "another-form" } else { *value })).collect();
    assert!(
        text(&lin.post("/needs/new/suggest", &another)).contains("XQ-2026-000001"),
        "the open need of the enterprise is shown"
    );
    let typed = [("text", "警告函怎么回\n十五日内"), ("enterprise.name", "云岫传感科技有限公司")];
    let told: serde_json::Value = serde_json::from_slice(&lin.post("/needs/suggest", &typed).body).expect("json");
    assert_eq!(told["similar"]["items"][0]["number"], "XQ-2026-000001", "while it is typed: {told}");
    let listed = lin.page("/needs?q=警告函&state=open");
    assert!(listed.contains("云岫传感科技有限公司") && listed.contains("XQ-2026-000001"));
    assert!(!lin.page("/needs?q=植物新品种").contains("XQ-2026-000001"));
}

#[test]
fn a_need_is_walked_from_the_offer_to_the_closing() {
    let house = house("case");
    let station = house.station("云杉科技园工作站");
    house.account(Role::Liaison, "lin@a.example", Some(station));
    house.account(Role::Auditor, "shen@city.example", None);
    house.account(Role::Liaison, "other@b.example", Some(house.station("另一个工作站")));
    let gu = house.expert("顾明岚", "gu@example.com");
    let lu = house.expert("陆以宁", "lu@example.com");
    let (lin, shen, other) =
        (house.browser("lin@a.example"), house.browser("shen@city.example"), house.browser("other@b.example"));
    let chosen = location(&lin.post("/needs/new", &NEED));
    let need = chosen.split('/').nth(2).expect("an id").to_owned();
    let case = format!("/needs/{need}");

    // Choosing.
    let page = lin.page(&chosen);
    assert!(page.contains("顾明岚") && page.contains("陆以宁") && page.contains("5月11日（周一）24:00"));
    assert!(!page.contains("13900139000") && !page.contains("gu@example.com"));
    assert!(!shen.page(&chosen).contains("name=\"do\""));
    lin.page(&format!("{chosen}/{gu}"));
    assert_eq!(location(&lin.get(&format!("{chosen}?expert=顾明岚"))), format!("{chosen}/{gu}"));
    let offers = format!("{case}/assignments");
    let nobody = lin.post(&offers, &[("do", "send")]);
    assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
    let (first, reserve) = (format!("place.{gu}"), format!("place.{lu}"));
    assert_eq!(
        text(&lin.post(&chosen, &[(&first, "1")])).matches("value=\"1\" selected").count(),
        1,
        "the choice is kept"
    );
    let made = lin.post(&offers, &[(&first, "1"), (&reserve, "2"), ("do", "send")]);
    assert_eq!((made.status, location(&made)), (StatusCode::SEE_OTHER, case.clone()), "{}", text(&made));
    assert_eq!(lin.post(&offers, &[(&first, "1"), ("do", "send")]).status, StatusCode::CONFLICT, "no seat is free");

    // The case, before and after the letter left.
    assert!(lin.page(&case).contains("待发"));
    assert!(house.deliver() >= 2);
    let page = lin.page(&case);
    assert!(
        page.contains("已交邮件服务器") && !page.contains("已送达") && page.contains("/l/") && page.contains("陆以宁")
    );
    let seen = shen.page(&case);
    assert!(!seen.contains("/l/") && !seen.contains("13800138000") && !seen.contains("<form action=\"/assignments"));
    assert_eq!(other.get(&case).status, StatusCode::NOT_FOUND);
    assert!(!other.page("/needs").contains("XQ-2026-000001"));
    assert_eq!(shen.post(&format!("{case}/retraction"), &[("retraction.reason", "x")]).status, StatusCode::FORBIDDEN);

    // A letter.
    let start = page.find("/letters/").expect("a letter");
    let letter: String = page[start..].chars().take_while(|c| *c != '"').collect();
    let opened = lin.page(&letter);
    assert!(opened.contains("老师您好") && !opened.contains("13900139000"));
    assert_eq!(other.get(&letter).status, StatusCode::NOT_FOUND);

    // Papers.
    let pdf = b"--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"\xe5\x87\xbd.pdf\"\r\n\r\n%PDF-1.7 a\r\n--x--\r\n";
    let exe = b"--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.pdf\"\r\n\r\nMZ\x90\0\r\n--x--\r\n";
    let papers = format!("{case}/attachments");
    assert_eq!(
        lin.ask(Method::POST, &papers, "multipart/form-data; boundary=x", exe).status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(lin.ask(Method::POST, &papers, "multipart/form-data; boundary=x", pdf).status, StatusCode::SEE_OTHER);
    let page = lin.page(&case);
    let start = page.find("/attachments/").expect("a paper");
    let file: String = page[start..].chars().take_while(|c| *c != '"').collect();
    let given = lin.get(&format!("{case}{file}"));
    let disposition = given.headers.iter().find(|(name, _)| *name == header::CONTENT_DISPOSITION).expect("a header");
    assert!(disposition.1.to_str().expect("ascii").starts_with("attachment;") && given.body.as_ref() == b"%PDF-1.7 a");
    assert_eq!(other.get(&format!("{case}{file}")).status, StatusCode::NOT_FOUND);

    // The answer by phone: first refused with what was typed, then taken.
    let offer = assignment_of(&house, &need);
    let answer = |field: &str| format!("answer-{}.{field}", offer.id);
    let by_phone = format!("/assignments/{}/answer", offer.id);
    let refused = lin.post(
        &by_phone,
        &[(&answer("answer"), "decline"), (&answer("channel"), "phone"), (&answer("note"), "说在外地")],
    );
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(&refused).contains("说在外地") && text(&refused).contains(&format!("href=\"#{}\"", answer("reason"))));
    assert_eq!(
        lin.post(&by_phone, &[(&answer("answer"), "accept"), (&answer("channel"), "phone")]).status,
        StatusCode::SEE_OTHER
    );

    // Feedback, rating, closing.
    let feedback = |field: &str| format!("feedback-{}.{field}", offer.id);
    let id = offer.id.to_string();
    let written = lin.post(
        &format!("{case}/feedback"),
        &[
            ("assignment", &id),
            (&feedback("done"), "已比对特征并拟回函。"),
            (&feedback("hours"), "1.5"),
            (&feedback("served_on"), "2026-05-08"),
            (&feedback("outcome"), "solved"),
            (&feedback("no_gift"), "1"),
            (&feedback("no_promotion"), "1"),
            (&feedback("no_touting"), "1"),
        ],
    );
    assert_eq!(written.status, StatusCode::SEE_OTHER, "{}", text(&written));
    let early =
        lin.post(&format!("{case}/closure"), &[("closure.reason", "served"), ("closure.evaluation.promptness", "5")]);
    assert!(early.status.is_client_error() && text(&early).contains("value=\"5\" selected"));
    let rating = |field: &str| format!("rating-{}.{field}", offer.id);
    let rated = lin.post(
        &format!("{case}/rating"),
        &[("assignment", &id), (&rating("score"), "5"), (&rating("text"), "讲得清楚")],
    );
    assert_eq!(rated.status, StatusCode::SEE_OTHER);
    let marks = [
        ("closure.reason", "served"),
        ("closure.evaluation.promptness", "5"),
        ("closure.evaluation.expertise", "5"),
        ("closure.evaluation.attitude", "4"),
    ];
    assert_eq!(lin.post(&format!("{case}/closure"), &marks).status, StatusCode::SEE_OTHER);
    let page = lin.page(&case);
    assert!(
        page.contains("已比对特征并拟回函。")
            && page.contains("讲得清楚")
            && page.contains("服务完成")
            && !page.contains("class=\"act\"")
    );
    let record = lin.page(&format!("{case}/record"));
    assert!(
        record.contains("顾明岚")
            && record.contains("专家签名")
            && record.contains("1.5 小时")
            && !record.contains("13800138000")
    );
    let receipt = lin.page(&format!("{case}/receipt"));
    assert!(receipt.contains("<svg xmlns") && receipt.contains("010-62770001"));
    assert_eq!(shen.get(&format!("{case}/receipt")).status, StatusCode::FORBIDDEN);
}
