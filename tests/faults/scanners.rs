//! F13: scanners open every link of every kind of letter, a thousand times each (five in the quick run), by GET and HEAD.
//! No row changes.

use crate::rounds;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{Holder, address, expert, need};
use diesel::RunQueryDsl;
use diesel::sql_types::Text;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;
use zhipai::domain::notice::{Audience, NoticeKind};

#[derive(diesel::QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Every row of every table as text.
fn snapshot(app: &App) -> BTreeMap<&'static str, Vec<String>> {
    let mut reader = app.office.read().expect("a reader");
    let postgres = reader.is_postgres();
    let mut all = BTreeMap::new();
    for table in zhipai::db::copy::TABLES {
        let sql = if postgres {
            format!("SELECT row_to_json(t)::text AS line FROM {table} t ORDER BY 1")
        } else {
            #[derive(diesel::QueryableByName)]
            struct Column {
                #[diesel(sql_type = Text)]
                name: String,
            }
            let columns: Vec<Column> = diesel::sql_query(format!("SELECT name FROM pragma_table_info('{table}')"))
                .load(&mut *reader)
                .expect("columns");
            let joined: Vec<String> =
                columns.iter().map(|column| format!("coalesce(hex({}), '-')", column.name)).collect();
            format!("SELECT {} AS line FROM {table} ORDER BY 1", joined.join(" || '|' || "))
        };
        let rows: Vec<Row> = diesel::sql_query(sql).load(&mut *reader).expect("rows");
        all.insert(table, rows.into_iter().map(|row| row.line).collect());
    }
    all
}

#[test]
fn scanners_on_sqlite() {
    scanners(Backend::Sqlite);
}

#[test]
fn scanners_on_postgres() {
    scanners(Backend::Postgres);
}

/// A story in which every kind of letter with a link is written; answers the links by kind.
fn every_letter(app: &App) -> BTreeMap<String, BTreeSet<String>> {
    let names = ["沈知行", "许望舒", "陆以宁", "祝南乔", "纪云深", "程砚秋", "裴静安"];
    let mut ids = Vec::new();
    for name in names {
        let mut body = expert(name);
        body["monthly_cap"] = json!(50);
        ids.push(app.manager.registers(&body));
    }
    let links: std::cell::RefCell<BTreeMap<String, BTreeSet<String>>> = Default::default();
    let settle = || {
        app.tick();
        let kinds: BTreeMap<String, String> = kinds(app);
        for letter in app.mailbox.entries(None, None) {
            let Some(kind) = letter.headers.get("Message-ID").and_then(|id| kind_of(&kinds, id)) else { continue };
            let found = letter.links.iter().filter(|link| link.contains("/l/")).cloned();
            links.borrow_mut().entry(kind).or_default().extend(found);
        }
    };
    let post = |path: String, body: serde_json::Value, status: u16| app.liaison.post(&path, &body).expect(status);
    // Confirmed, contacts, released, searching again, the next asked, feedback, rating, closed.
    let id = app.liaison.submits(&need());
    let offer = app.liaison.asks(&id, &ids[0], &[&ids[1]]);
    settle();
    post(
        format!("/api/v1/assignments/{offer}/answer"),
        json!({"answer": "question", "note": "要到现场吗？", "channel": "phone"}),
        200,
    );
    settle();
    post(format!("/api/v1/assignments/{offer}/reply"), json!({"text": "要，半天。"}), 200);
    settle();
    post(format!("/api/v1/assignments/{offer}/answer"), json!({"answer": "accept", "channel": "phone"}), 200);
    settle();
    post(format!("/api/v1/assignments/{offer}/release"), json!({"by": "station", "reason": "改由他人承办"}), 200);
    settle();
    Holder::of(app.link_to(&address(names[1]))).posts(&[("answer", "accept")]);
    settle();
    app.advance_to("2026-03-18T10:00:00+08:00");
    settle();
    let feedback = json!({"done": "已当面指导，比对了权利要求。", "hours": 2.0, "outcome": "solved", "no_gift": true, "no_promotion": true, "no_touting": true});
    post(format!("/api/v1/needs/{id}/feedback"), feedback, 201);
    settle();
    app.advance_to("2026-03-26T10:00:00+08:00");
    settle();
    post(format!("/api/v1/needs/{id}/ratings"), json!({"score": 5, "channel": "phone", "conduct": []}), 201);
    let closing = json!({"reason": "served", "evaluation": {"promptness": 5, "expertise": 5, "attitude": 5}});
    let closed = app.liaison.post(&format!("/api/v1/needs/{id}/closure"), &closing);
    assert!(closed.status < 300, "{}", closed.text);
    settle();
    // Reminded, more time, lapsed, taken by the late one, withdrawn from another.
    let id = app.liaison.submits(&need());
    app.liaison.asks(&id, &ids[2], &[&ids[3]]);
    settle();
    app.advance_to("2026-03-28T12:00:00+08:00");
    settle();
    let outage = json!({"from": "2026-03-28T00:00:00Z", "until": "2026-03-28T03:00:00Z", "note": "出口网络中断"});
    app.manager.post("/api/v1/outages", &outage).expect(201);
    app.advance_to("2026-03-30T12:00:00+08:00");
    let outage = json!({"from": "2026-03-30T00:00:00Z", "until": "2026-03-30T03:00:00Z", "note": "出口网络中断"});
    app.manager.post("/api/v1/outages", &outage).expect(201);
    settle();
    app.advance_to("2026-04-01T09:00:00+08:00");
    settle();
    Holder::of(app.link_to(&address(names[2]))).posts(&[("answer", "accept")]);
    settle();
    let id = app.liaison.submits(&need());
    app.liaison.asks(&id, &ids[4], &[]);
    settle();
    post(format!("/api/v1/needs/{id}/retraction"), json!({"reason": "企业已自行解决"}), 200);
    settle();
    // Two offers to one person: their reminders come in one digest.
    for _ in 0..2 {
        let id = app.liaison.submits(&need());
        app.liaison.asks(&id, &ids[6], &[]);
    }
    settle();
    // Cases.
    app.manager
        .post(&format!("/api/v1/experts/{}/admonitions", ids[5]), &json!({"grounds": "多次逾期未答复"}))
        .expect(201);
    settle();
    app.advance_to("2026-04-03T09:00:00+08:00");
    settle();
    // The rota asks first.
    let plan = json!({"title": "四月值班", "from": "2026-04-13", "to": "2026-04-17", "rules": {
        "patterns": [{"station": app.station, "weekdays": [1, 2, 3, 4, 5], "parts": ["morning"], "seats": 1}], "seed": 7}});
    let plan = app.manager.post("/api/v1/duty/plans", &plan).expect(201).body;
    let asking = format!("/api/v1/duty/plans/{}/asking", plan["id"].as_str().expect("an id"));
    app.manager.post(&asking, &json!({})).expect(200);
    settle();
    links.into_inner()
}

/// Kind by outbox id.
fn kinds(app: &App) -> BTreeMap<String, String> {
    use diesel::prelude::*;
    use zhipai::db::schema::outbox;
    let rows: Vec<(zhipai::ids::OutboxId, zhipai::db::JsonText<zhipai::domain::notice::OwedNotice>)> = outbox::table
        .select((outbox::id, outbox::notice))
        .load(&mut *app.office.read().expect("a reader"))
        .expect("letters");
    rows.into_iter().map(|(id, notice)| (id.to_string(), notice.get().kind.to_string())).collect()
}

fn kind_of(kinds: &BTreeMap<String, String>, message_id: &str) -> Option<String> {
    kinds.iter().find(|(id, _)| message_id.contains(id.as_str())).map(|(_, kind)| kind.clone())
}

fn scanners(backend: Backend) {
    let times = rounds(5, 1_000);
    let app = App::start(backend);
    let by_kind = every_letter(&app);
    let with_links: BTreeSet<&str> =
        by_kind.iter().filter(|(_, links)| !links.is_empty()).map(|(kind, _)| kind.as_str()).collect();
    // Some carry no link, and some the very link another kind carries: a case's, the rota's page of an expert. Seen here are
    // all others a person outside gets.
    let linkless = [
        NoticeKind::SeatTaken,
        NoticeKind::OfferWithdrawn,
        NoticeKind::ExpertReleased,
        NoticeKind::CaseDecided,
        NoticeKind::CaseSealed,
        NoticeKind::AppealDecided,
        NoticeKind::StatementReminder,
        NoticeKind::AppealReminder,
        NoticeKind::Rehomed,
        NoticeKind::BreachWithdrawn,
        NoticeKind::DutyPublished,
        NoticeKind::DutyChanged,
        NoticeKind::DutyOffered,
        NoticeKind::DutyTomorrow,
        NoticeKind::DutyWeek,
        // Theirs are one-time links and the door of the own page: tests/it/http/own_page.rs opens them.
        NoticeKind::ApplicationReceived,
        NoticeKind::Filed,
        NoticeKind::MoreWanted,
        NoticeKind::NotFiled,
        NoticeKind::DocumentReturned,
        NoticeKind::DocumentEnding,
        NoticeKind::EnterPage,
        NoticeKind::EmailConfirm,
        NoticeKind::EmailTold,
    ];
    for kind in NoticeKind::ALL {
        if kind.audience() != Audience::Staff && !linkless.contains(kind) {
            assert!(with_links.contains(kind.as_str()), "no link of a letter {kind} was opened: {with_links:?}");
        }
    }
    let links: BTreeSet<&String> = by_kind.values().flatten().collect();
    let before = snapshot(&app);
    let started = Instant::now();
    for link in &links {
        let holder = Holder::of(link.as_str());
        for _ in 0..times {
            holder.peeks().expect(200);
            holder.looks().expect(200);
        }
        Holder::of(format!("{link}?utm_source=mail&answer=accept")).looks().expect(200);
    }
    let after = snapshot(&app);
    for (table, rows) in &before {
        assert!(after[table] == *rows, "a GET changed {table}");
    }
    println!(
        "scanners {backend:?}: {} links of {} kinds of letters, {times} GET and HEAD each, in {:.0?}: 0 changed rows",
        links.len(),
        with_links.len(),
        started.elapsed(),
    );
}
