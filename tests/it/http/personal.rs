//! Personal data: sealed at rest, found without being read, sealed anew under another key, erased for good.

use super::doors::{csrf, signed_in};
use crate::on_both;
use crate::support::app::{App, Shape};
use crate::support::backend::{Backend, TestDatabase};
use crate::support::holds::reached;
use crate::support::people::{Holder, Told, expert, need};
use chrono::TimeDelta;
use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use std::path::Path;
use zhipai::actions::let_go_contacts::{LetGo, let_go_contacts};
use zhipai::actions::seal_contacts::{seal_anew, seal_contacts, seal_words};
use zhipai::actions::{Actor, contact, keep_draft};
use zhipai::clock::{Chance, Clock};
use zhipai::db::{self, Db};
use zhipai::invariants::{Findings, Look, Reach, verify};

on_both!(
    nothing_that_reaches_anybody_is_in_the_clear_at_rest,
    what_an_older_binary_wrote_is_sealed_once,
    a_number_finds_its_expert_and_a_new_key_changes_nothing,
    an_erased_person_is_gone_and_the_files_hold,
    only_who_left_is_erased_and_only_by_name,
    what_was_kept_long_enough_is_let_go,
    how_long_is_kept_is_policy,
    words_said_by_and_of_a_person_are_sealed_under_their_key,
);

const SECRETS: [&str; 4] =
    ["qilin.unmistakable@experts.example", "13911112222", "fengniao@unmistakable.example", "13933334444"];

fn unmistakable() -> (Value, Value) {
    let mut one = expert("沈知行");
    one["email"] = json!(SECRETS[0]);
    one["phone"] = json!(SECRETS[1]);
    one["firm"] = json!("麒麟知识产权代理有限公司");
    let mut asked = need();
    asked["enterprise"]["contact_email"] = json!(SECRETS[2]);
    asked["enterprise"]["contact_phone"] = json!(SECRETS[3]);
    (one, asked)
}

fn leaks(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            leaks(&path, found);
            continue;
        }
        let bytes = std::fs::read(&path).expect("a file");
        for secret in SECRETS {
            if bytes.windows(secret.len()).any(|window| window == secret.as_bytes()) {
                found.push(format!("{secret} in {}", path.display()));
            }
        }
    }
}

/// A whole service, with drafts, repeated calls and a backup: the bytes on disk never hold an address or a number.
fn nothing_that_reaches_anybody_is_in_the_clear_at_rest(backend: Backend) {
    let app = App::shaped(backend, Shape { index_on_disk: true, ..Shape::default() });
    let (one, asked) = unmistakable();
    let shen = app.manager.registers(&one);
    app.liaison.post_once("/api/v1/needs", "key-1", &asked).expect(201);
    let id = app.liaison.submits(&asked);
    let again = app.liaison.post_once("/api/v1/needs", "key-1", &asked).expect(201);
    assert_eq!(again.body["enterprise"]["contact_email"], SECRETS[2], "the answer is told again as it was");
    let browser = signed_in(&app, "lin");
    let page = browser.get(format!("{}/needs/new", app.base_url)).send().unwrap().text().unwrap();
    let draft = [("csrf", csrf(&page)), ("title", "草稿".into()), ("enterprise.contact_phone", SECRETS[3].to_owned())];
    let kept = browser.post(format!("{}/needs/new/draft", app.base_url)).form(&draft).send().unwrap();
    assert!(kept.status().as_u16() < 400, "{}", kept.status());
    let page = browser.get(format!("{}/needs/new", app.base_url)).send().unwrap().text().unwrap();
    assert!(page.contains(SECRETS[3]), "the draft is there for whoever typed it");
    app.liaison.asks(&id, &shen, &[]);
    app.tick();
    let link = Holder::of(app.link_to(SECRETS[0]));
    link.posts(&[("answer", "accept")]);
    app.tick();
    assert!(app.letters_to(SECRETS[0])[0].text.contains(SECRETS[3]), "after acceptance both sides have each other's");
    assert!(app.letters_to(SECRETS[2])[0].text.contains(SECRETS[1]));
    let told = app.manager.get(&format!("/api/v1/experts/{shen}")).expect(200).body;
    assert_eq!((told["email"].as_str(), told["phone"].as_str()), (Some(SECRETS[0]), Some(SECRETS[1])));
    let told = app.liaison.get(&format!("/api/v1/experts/{shen}")).expect(200);
    assert!(!told.text.contains(SECRETS[1]) && told.text.contains("139****2222"), "{}", told.text);
    app.office.follow_index().expect("an index");
    let known = reached(&app, &mut app.office.read().expect("a reader"));
    assert!(SECRETS.iter().all(|secret| known.iter().any(|one| one == secret)), "and the office can read them");

    let folder = app.database.folder.clone();
    let dump = folder.join("dump");
    app.office
        .db
        .write_alone(|conn| match backend {
            Backend::Sqlite => db::copy::sqlite_to(conn, &dump),
            Backend::Postgres => db::copy::postgres_to(conn, &mut std::fs::File::create(&dump).expect("a file")),
        })
        .expect("copied");
    let mut found = Vec::new();
    leaks(&folder, &mut found);
    assert_eq!(found, [""; 0]);
    assert!(std::fs::metadata(&dump).expect("a copy").len() > 10_000, "the copy holds the database");
}

/// The rows an older binary left: plain values where marks stand today, no sealed row, nothing remembered.
fn what_an_older_binary_wrote_is_sealed_once(backend: Backend) {
    let app = App::start(backend);
    let (one, asked) = unmistakable();
    let shen = app.manager.registers(&one);
    let mut bare = expert("许望舒");
    bare.as_object_mut().expect("fields").remove("phone");
    app.manager.registers(&bare);
    let id = app.liaison.submits(&asked);
    let old = format!(
        "DELETE FROM expert_contacts; DELETE FROM sealings;
         UPDATE experts SET email_mark = '{}', phone_mark = '{}' WHERE id = '{shen}';
         UPDATE experts SET email_mark = 'xu@old.example', phone_mark = NULL WHERE id <> '{shen}';
         UPDATE needs SET contact_email = '{}', contact_phone = '{}'",
        SECRETS[0], SECRETS[1], SECRETS[2], SECRETS[3]
    );
    app.office.db.write_alone(|conn| Ok(conn.batch_execute(&old)?)).expect("as it was");
    assert_eq!(reached(&app, &mut app.office.read().expect("a reader")), [""; 0], "what is not sealed is not shown");
    for _ in 0..2 {
        seal_contacts(&app.office.db, &app.office.keys, &Chance::seeded(5), app.clock.now()).expect("sealed");
        let told = app.manager.get(&format!("/api/v1/experts/{shen}")).expect(200).body;
        assert_eq!((told["email"].as_str(), told["phone"].as_str()), (Some(SECRETS[0]), Some(SECRETS[1])));
        let told = app.liaison.need(&id);
        assert_eq!(told["enterprise"]["contact_email"], SECRETS[2]);
        assert_eq!(told["enterprise"]["contact_phone"], SECRETS[3]);
    }
    let mut reader = app.office.read().expect("a reader");
    let xu = contact::by_email(&app.office.keys, &mut reader, "XU@old.example").expect("found").expect("an expert");
    assert_eq!(xu.phone_mark, None);
    drop(reader);
    // The address is taken for everybody else, as before.
    assert_eq!(app.manager.post("/api/v1/experts", &one).expect(422).fields(), ["email"]);
}

fn a_number_finds_its_expert_and_a_new_key_changes_nothing(backend: Backend) {
    let app = App::start(backend);
    let (one, asked) = unmistakable();
    let shen = app.manager.registers(&one);
    let id = app.liaison.submits(&asked);
    let browser = signed_in(&app, "lin");
    let finds = |typed: &str| {
        let page = browser.get(format!("{}/experts?q={typed}", app.base_url)).send().unwrap().text().unwrap();
        page.contains(&format!("/experts/{shen}\""))
    };
    assert!(finds(SECRETS[1]) && finds("2222") && finds("%2B86%20139%201111%202222"));
    assert!(!finds("2223") && !finds("13911112223"));

    let newer = app.office.keys.with_another([9; 32]).expect("room");
    let sealed = seal_anew(&app.office.db, &newer, &mut |_| ()).expect("sealed anew");
    assert_eq!(sealed, 2, "one expert, one need");
    assert_eq!(seal_anew(&app.office.db, &newer, &mut |_| ()).expect("again"), 0);
    let mut reader = app.office.read().expect("a reader");
    let row = contact::by_email(&newer, &mut reader, SECRETS[0]).expect("found").expect("an expert");
    assert_eq!(row.id.to_string(), shen);
    let open = contact::of_expert(&newer, &mut reader, row.id).expect("reads");
    assert_eq!((open.email.as_deref(), open.phone.as_deref()), (Some(SECRETS[0]), Some(SECRETS[1])));
    assert_eq!(contact::by_number(&newer, &mut reader, "2222").expect("found").len(), 1);
    let need = db::need::find(&mut reader, &id.parse().expect("an id")).expect("found").expect("a need");
    assert_eq!(contact::of_need(&newer, &need).phone.as_deref(), Some(SECRETS[3]));
    // Whoever has only the old key reads nothing of it.
    assert_eq!(contact::of_expert(&app.office.keys, &mut reader, row.id).expect("reads").email, None);
}

/// Three years after the matter ended nobody needs the contact any more; a month later nobody finishes the form.
fn what_was_kept_long_enough_is_let_go(backend: Backend) {
    let app = App::start(backend);
    let (_, asked) = unmistakable();
    let (ended, open) = (app.liaison.submits(&asked), app.liaison.submits(&asked));
    app.liaison.post(&format!("/api/v1/needs/{ended}/retraction"), &json!({"reason": "企业撤回"})).expect(200);
    let owner = app.liaison.account.to_string();
    let draft = || keep_draft::kept_draft(&app.office, &owner, "need").expect("reads");
    keep_draft::keep_draft(&app.office, &owner, "need", &[("title".to_owned(), "草稿".to_owned())]).expect("kept");
    let reach = |id: &str| app.liaison.need(id)["enterprise"]["contact_phone"].clone();
    app.clock.advance(TimeDelta::days(29));
    assert_eq!(let_go_contacts(&app.office).expect("let go"), LetGo::default());
    assert!(draft().is_some());
    app.clock.advance(TimeDelta::days(3 * 365 - 29));
    assert_eq!(let_go_contacts(&app.office).expect("let go"), LetGo { contacts: 0, drafts: 1 });
    assert_eq!((reach(&ended), draft()), (json!(SECRETS[3]), None));
    app.clock.advance(TimeDelta::days(2));
    assert_eq!(let_go_contacts(&app.office).expect("let go"), LetGo { contacts: 1, drafts: 0 });
    assert_eq!(let_go_contacts(&app.office).expect("again"), LetGo::default());
    assert_eq!((reach(&ended), reach(&open)), (Value::Null, json!(SECRETS[3])));
    let told = app.liaison.need(&ended);
    assert!(told["enterprise"]["contact_name"].as_str().is_some_and(|name| name.contains('*')), "{told}");
    let trail = app.auditor.get(&format!("/api/v1/audit?subject={ended}")).expect(200);
    assert!(trail.text.contains("contact-let-go"), "{}", trail.text);
    let mut reader = app.office.read().expect("a reader");
    let chain = db::audit::trail(&mut reader, &ended).expect("a trail");
    assert!(chain.iter().all(|row| db::audit::chain_hash(row) == row.hash));
}

fn verified(app: &App) {
    let mut reader = app.office.read().expect("a reader");
    let calendar = app.office.calendar();
    let mut findings = Findings::default();
    let look = Look::at(app.clock.now(), &calendar, None);
    verify(&mut reader, &app.office.keys, &look, Reach::Everything, &[], &mut findings).expect("verifies");
    assert_eq!(findings.offenders, []);
}

fn an_erased_person_is_gone_and_the_files_hold(backend: Backend) {
    let app = App::start(backend);
    let (one, asked) = unmistakable();
    let shen = app.manager.registers(&one);
    let id = app.liaison.submits(&asked);
    let assignment = app.liaison.asks(&id, &shen, &[]);
    app.tick();
    let link = Holder::of(app.link_to(SECRETS[0]));
    link.posts(&[("answer", "question"), ("note", "我住在清河中街，方便上门吗？")]);
    app.liaison.post(&format!("/api/v1/assignments/{assignment}/reply"), &json!({"text": "方便。"})).expect(200);
    link.posts(&[("answer", "decline"), ("reason", "time"), ("note", "家中有事，详见清河中街。")]);
    app.advance(TimeDelta::hours(1));
    let letters = |app: &App| -> Vec<String> {
        let shape = app.liaison.assignment(&assignment);
        shape["letters"].as_array().map(|all| all.iter().map(ToString::to_string).collect()).unwrap_or_default()
    };
    let sent = letters(&app).len();
    let board = "/api/v1/dashboard/answers?from=2026-03-01&to=2026-03-31&by=month";
    let figures = app.manager.get(board).expect(200).body;
    app.manager.post(&format!("/api/v1/experts/{shen}/withdrawal"), &json!({"reason": "搬到清河中街"})).expect(200);
    app.tick();

    let browser = signed_in(&app, "meng");
    let address = format!("{}/experts/{shen}/erasure", app.base_url);
    let page = Told::read(browser.get(&address).send().unwrap()).expect(200);
    let fields = |name: &str| [("csrf", csrf(&page.text)), ("ground", "request".to_owned()), ("name", name.to_owned())];
    let wrong = Told::read(browser.post(&address).form(&fields("沈之行")).send().unwrap());
    assert_eq!(wrong.status, 422, "the name is typed as the second step");
    assert_eq!(browser.post(&address).form(&fields("沈知行")).send().unwrap().status().as_u16(), 303);

    let told = app.manager.get(&format!("/api/v1/experts/{shen}")).expect(200);
    for gone in SECRETS[..2].iter().chain(&["沈知行", "清河中街", "11-2233", "专利侵权比对"]) {
        assert!(!told.text.contains(gone), "{gone}: {}", told.text);
    }
    let dump = app.database.folder.join("after");
    app.office
        .db
        .write_alone(|conn| match backend {
            Backend::Sqlite => db::copy::sqlite_to(conn, &dump),
            Backend::Postgres => db::copy::postgres_to(conn, &mut std::fs::File::create(&dump).expect("a file")),
        })
        .expect("copied");
    let bytes = String::from_utf8_lossy(&std::fs::read(&dump).expect("a copy")).into_owned();
    for gone in ["沈知行", "清河中街", "11-2233"] {
        assert!(!bytes.contains(gone), "{gone} is still in the database");
    }
    // The skeleton stands, the figures are the same, the chain verifies, and no letter about the person opens.
    let offer = app.liaison.assignment(&assignment);
    assert_eq!((offer["state"].as_str(), offer["expert"]["name"].as_str()), (Some("declined"), Some("（已删除）")));
    assert_eq!(letters(&app).len(), sent);
    assert_eq!(app.manager.get(board).expect(200).body, figures);
    verified(&app);
    let mut reader = app.office.read().expect("a reader");
    for row in db::outbox::of_need(&mut reader, id.parse().expect("an id")).expect("letters") {
        for letter in db::letter::of_outbox(&mut reader, row.id).expect("kept") {
            let open = zhipai::actions::kept_letter::read(&app.office.keys, &mut reader, &letter, &row).expect("read");
            let concerns = row.assignment.is_some() || row.expert.is_some();
            assert_eq!(open.is_none(), concerns, "{:?}", row.notice);
        }
    }
    drop(reader);
    // The address is free again, and the old record cannot be brought back.
    app.manager.registers(&one);
    assert_eq!(app.manager.patch(&format!("/api/v1/experts/{shen}"), &json!({"bio": "x"})).status / 100, 4);
    assert_eq!(browser.post(&address).form(&fields("（已删除）")).send().unwrap().status().as_u16() / 100, 4);
}

fn only_who_left_is_erased_and_only_by_name(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&unmistakable().0);
    let id = shen.parse().expect("an id");
    let actor = Actor::Operator;
    let ground = zhipai::domain::erasure::ErasureGround::Request;
    let erase = |name: &str| zhipai::actions::erase_expert::erase_expert(&app.office, &actor, id, ground, name);
    assert!(erase("沈知行").is_err(), "on the register");
    app.manager.post(&format!("/api/v1/experts/{shen}/removal"), &json!({"grounds": "收受礼金，经核实。"})).expect(201);
    assert!(erase("沈知行").is_err(), "suspended, a decision is due");
    let page = signed_in(&app, "meng").get(format!("{}/experts/{shen}/erasure", app.base_url)).send().unwrap();
    let page = page.text().unwrap();
    assert!(page.contains("请先办理退出") && !page.contains("name=\"ground\""), "{page}");
    assert!(reached(&app, &mut app.office.read().expect("a reader")).len() == 2, "nothing was erased");
    verified(&app);
}

/// A database of the version before, upgraded by the command an operator runs.
#[test]
fn an_old_database_migrates_and_is_sealed() {
    let database = TestDatabase::bare(Backend::Sqlite);
    let db = Db::open(&database.url, 1).expect("opens");
    db.write_alone(zhipai::db::migrate::migrate).expect("migrates");
    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        n: i64,
    }
    let chance = Chance::seeded(1);
    let keys = zhipai::seal::Keyring::new([(1, [7; 32])].into()).expect("keys");
    let now = chrono::DateTime::from_timestamp(1_800_000_000, 0).expect("a date");
    seal_contacts(&db, &keys, &chance, now).expect("nothing to do is done");
    let count: Count = db
        .write_alone(|conn| Ok(diesel::sql_query("SELECT count(*) AS n FROM sealings").get_result(conn)?))
        .expect("counted");
    assert_eq!(count.n, 1, "a fresh office remembers that nothing stands in the clear");
}

/// A manager shortens the time on the page of the register's rules; from then on it counts, and the version says who.
fn how_long_is_kept_is_policy(backend: Backend) {
    let app = App::start(backend);
    let (_, asked) = unmistakable();
    let ended = app.liaison.submits(&asked);
    app.liaison.post(&format!("/api/v1/needs/{ended}/retraction"), &json!({"reason": "企业撤回"})).expect(200);
    let meng = signed_in(&app, "meng");
    let shown = meng.get(format!("{}/policy/register", app.base_url)).send().unwrap().text().unwrap();
    assert!(shown.contains("value=\"1096\"") && !shown.contains('⟦'), "{shown}");
    let send = |contact: &str, more: &[(&str, &str)]| {
        let page = meng.get(format!("{}/policy/register", app.base_url)).send().unwrap().text().unwrap();
        let token = csrf(&page);
        let mut form = vec![("csrf", token.as_str()), ("contact_days", contact), ("draft_days", "30")];
        form.extend_from_slice(more);
        Told::read(meng.post(format!("{}/policy/register", app.base_url)).form(&form).send().unwrap())
    };
    let wrong = send("30", &[("licence.dispute", "lawyer")]);
    assert_eq!(wrong.status, 422, "a complaint needs its time");
    assert!(wrong.text.contains("contact_days-error") && wrong.text.contains("value=\"30\""), "nothing typed is lost");
    let loose = send("100", &[("must.training", "yes")]);
    assert!(loose.status == 422 && loose.text.contains("must.training-error"), "{}", loose.text);
    assert_eq!(send("100", &[("licence.dispute", "lawyer"), ("must.dispute", "yes")]).status, 303);
    let policy = app.office.policy().expect("a policy");
    assert_eq!((policy.retention.contact_days, policy.reserves), (100, 3), "the rest of the policy stays");
    assert_eq!(policy.licences.0.len(), 1);
    app.clock.advance(TimeDelta::days(99));
    assert_eq!(let_go_contacts(&app.office).expect("let go"), LetGo::default());
    app.clock.advance(TimeDelta::days(2));
    assert_eq!(let_go_contacts(&app.office).expect("let go"), LetGo { contacts: 1, drafts: 0 });
    let lin = signed_in(&app, "lin");
    assert_eq!(lin.get(format!("{}/policy/register", app.base_url)).send().unwrap().status().as_u16(), 403);
}

/// Rows whose words hold this text as it stands in the database.
fn rows_with(app: &App, sql: &str) -> i64 {
    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        n: i64,
    }
    let rows: Vec<Count> = diesel::sql_query(sql).load(&mut *app.office.read().expect("a reader")).expect("counts");
    rows.first().map_or(0, |row| row.n)
}

fn words_said_by_and_of_a_person_are_sealed_under_their_key(backend: Backend) {
    let app = App::start(backend);
    let shen = app.manager.registers(&expert("沈知行"));
    let case = app
        .manager
        .post(&format!("/api/v1/experts/{shen}/admonitions"), &json!({"grounds": "三次未响应。"}))
        .expect(201)
        .id();
    let at = format!("/api/v1/conduct-cases/{case}");
    app.manager.post(&format!("{at}/statement"), &json!({"words": "那几天住院。"})).expect(200);
    let meng = signed_in(&app, "meng");
    let page = |path: &str| meng.get(format!("{}{path}", app.base_url)).send().unwrap().text().unwrap();
    let reports = format!("/experts/{shen}/incidents");
    let token = csrf(&page(&reports));
    let report = [("csrf", token.as_str()), ("kind", "complaint"), ("note", "企业来电：态度生硬。")];
    let sent = meng.post(format!("{}{reports}", app.base_url)).form(&report).send().unwrap();
    assert_eq!(sent.status().as_u16(), 303, "{}", sent.text().unwrap_or_default());
    let clear = |app: &App| {
        rows_with(app, "SELECT count(*) AS n FROM case_statements WHERE words LIKE '%住院%'")
            + rows_with(app, "SELECT count(*) AS n FROM incidents WHERE note LIKE '%态度%'")
    };
    assert_eq!(clear(&app), 0, "nothing in the clear at rest");
    let read = |app: &App| {
        let told = app.auditor.get(&at).expect(200).body["statements"][0]["words"].clone();
        (told, page(&format!("/conduct/{case}")).contains("那几天住院"), page(&reports).contains("态度生硬"))
    };
    assert_eq!(read(&app), (json!("那几天住院。"), true, true), "whoever may read it reads it");
    // What an older binary wrote is read as it stands, and sealed when a newer one starts; once.
    let old = "UPDATE case_statements SET words = '那几天住院。'; UPDATE incidents SET note = '企业来电：态度生硬。'";
    app.office.db.write_alone(|conn| Ok(conn.batch_execute(old)?)).expect("as it was");
    assert_eq!((clear(&app), read(&app)), (2, (json!("那几天住院。"), true, true)));
    assert_eq!(seal_words(&app.office.db, &app.office.keys).expect("sealed"), 2);
    assert_eq!(seal_words(&app.office.db, &app.office.keys).expect("again"), 0);
    assert_eq!((clear(&app), read(&app)), (0, (json!("那几天住院。"), true, true)));
}
