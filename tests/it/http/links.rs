//! Scanner-proof links: GET and HEAD on every link in every letter change no row (product.md, "What nobody else has").

use crate::on_both;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{Holder, address, expert, need, plain_client};
use diesel::RunQueryDsl;
use diesel::sql_types::Text;
use serde_json::json;
use std::collections::BTreeSet;

on_both!(a_scanner_changes_no_row, a_forged_link_opens_nothing, links_say_what_they_are_to_machines);

#[derive(diesel::QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Every row of every business table as text. "GET changes nothing" means no business row; read audits are exempt.
fn snapshot(app: &App) -> String {
    let mut reader = app.office.read().expect("a reader");
    let postgres = reader.is_postgres();
    let mut all = String::new();
    for table in zhipai::db::copy::TABLES {
        let rows: Vec<Row> = if postgres {
            diesel::sql_query(format!("SELECT row_to_json(t)::text AS line FROM {table} t ORDER BY 1"))
                .load(&mut *reader)
                .expect("rows")
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
            diesel::sql_query(format!("SELECT {} AS line FROM {table} ORDER BY 1", joined.join(" || '|' || ")))
                .load(&mut *reader)
                .expect("rows")
        };
        all.push_str(table);
        for row in rows {
            all.push_str(&row.line);
            all.push('\n');
        }
    }
    all
}

fn a_scanner_changes_no_row(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let xu = app.manager.registers(&expert("许望舒"));
    let id = app.liaison.submits(&need());
    let assignment = app.liaison.asks(&id, &shen, &[&xu]);
    app.tick();
    app.liaison
        .post(&format!("/api/v1/assignments/{assignment}/answer"), &json!({"answer": "accept", "channel": "phone"}))
        .expect(200);
    app.tick();
    let feedback = json!({"done": "已当面指导，比对了权利要求。", "hours": 2.0, "outcome": "solved", "no_gift": true, "no_promotion": true, "no_touting": true});
    app.liaison.post(&format!("/api/v1/needs/{id}/feedback"), &feedback).expect(201);
    app.tick();
    let other = app.liaison.submits(&need());
    app.liaison.asks(&other, &xu, &[]);
    app.tick();
    let links: BTreeSet<String> = app
        .mailbox
        .entries(None, None)
        .into_iter()
        .flat_map(|letter| letter.links)
        .filter(|link| link.contains("/l/"))
        .collect();
    assert!(links.len() >= 4, "offer, status, not-mine and rating links: {links:?}");
    let before = snapshot(&app);
    for link in &links {
        for _ in 0..5 {
            let holder = Holder::of(link.as_str());
            holder.peeks().expect(200);
            holder.looks().expect(200);
        }
        // Query strings that scanners and mail clients append are harmless too.
        Holder::of(format!("{link}?utm_source=mail&answer=accept")).looks().expect(200);
    }
    assert_eq!(before, snapshot(&app), "a GET changed something");
}

fn a_forged_link_opens_nothing(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let id = app.liaison.submits(&need());
    let assignment = app.liaison.asks(&id, &shen, &[]);
    app.tick();
    let link = app.link_to(&address("沈知行"));
    let (head, token) = link.rsplit_once('/').unwrap();
    for (place, letter) in [(3, 'A'), (20, 'z'), (token.len() - 2, '0')] {
        let mut forged: Vec<char> = token.chars().collect();
        forged[place] = if forged[place] == letter { 'Q' } else { letter };
        let forged: String = forged.into_iter().collect();
        let answer = Holder::of(format!("{head}/{forged}")).posts(&[("answer", "accept")]);
        assert_eq!(answer.status, 404, "{forged}");
        assert!(!answer.text.contains("压力传感器"));
    }
    assert_eq!(app.liaison.assignment(&assignment)["state"], "offered");
    // Somebody else's site cannot make the holder's browser answer.
    let foreign = plain_client()
        .post(&link)
        .header("Sec-Fetch-Site", "cross-site")
        .header("Origin", "https://evil.example")
        .form(&[("answer", "accept")])
        .send()
        .unwrap();
    assert_eq!(foreign.status().as_u16(), 403);
    assert_eq!(app.liaison.assignment(&assignment)["state"], "offered");
}

fn links_say_what_they_are_to_machines(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let id = app.liaison.submits(&need());
    app.liaison.asks(&id, &shen, &[]);
    app.tick();
    let page = Holder::of(app.link_to(&address("沈知行"))).looks().expect(200);
    let header =
        |name: &str| page.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    assert!(header("content-security-policy").contains("default-src 'none'"));
    assert!(header("cache-control").contains("no-store"));
    assert!(page.text.contains("noindex"));
    assert!(!page.text.contains("style=\"") && !page.text.contains("onclick"), "nothing inline");
    let letter = &app.letters_to(&address("沈知行"))[0];
    assert_eq!(letter.headers.get("Auto-Submitted").map(String::as_str), Some("auto-generated"));
    assert!(letter.headers.contains_key("Message-ID"));
}
