//! Sheets through the pages: tried out, confirmed, imported part by part; a process that dies in between is taken over
//! where it stood, bad rows hide no good ones, and the same sheet again changes nothing.

use super::doors::{csrf, signed_in};
use crate::on_both;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{Told, multipart};
use chrono::TimeDelta;
use diesel::prelude::*;
use reqwest::blocking::Client;
use zhipai::actions::Actor;
use zhipai::actions::import_sheet::job::{ImportFile, confirm_import, import_job, open_import};
use zhipai::actions::register_expert::ExpertInput;
use zhipai::clock::Clock;
use zhipai::db;
use zhipai::db::schema::audit;
use zhipai::domain::role::{Role, Scope, Staff};
use zhipai::domain::sheet_import::ImportStage;
use zhipai::i18n::{L, Lang};
use zhipai::ids::SheetImportId;
use zhipai::sheet::{Cell, write_csv};
use zhipai::web::pages::sheet_rows::{SheetKind, expert_cells, header};
use zhipai::web::pages::sheet_work::{PART, work, work_all, work_some};

on_both!(
    a_sheet_is_tried_out_confirmed_and_imported,
    a_large_sheet_shows_its_progress_and_survives_its_process,
    a_sheet_is_its_accounts_own_and_waits_an_hour,
);

fn input(n: usize) -> ExpertInput {
    ExpertInput {
        name: format!("专家{n}"),
        firm: format!("第{n}知识产权代理有限公司"),
        firm_type: Some("agency".to_owned()),
        email: format!("expert{n}@sheet.example"),
        region: "110108".to_owned(),
        services: vec!["dispute".to_owned()],
        languages: vec!["zh".to_owned()],
        years: 5,
        standing: Some("active".to_owned()),
        ..ExpertInput::default()
    }
}

/// A sheet of these experts as a file.
fn csv(inputs: &[ExpertInput]) -> Vec<u8> {
    let header = header(L(Lang::Zh), SheetKind::Experts);
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let rows: Vec<Vec<Cell>> = inputs.iter().map(|one| expert_cells(L(Lang::Zh), one.clone())).collect();
    write_csv(&header, &rows)
}

fn experts(app: &App) -> usize {
    db::expert::all(&mut app.office.read().expect("a reader")).expect("experts").len()
}

/// How often an import was written down.
fn told(app: &App) -> i64 {
    audit::table
        .filter(audit::event.eq("sheet-imported"))
        .count()
        .get_result(&mut *app.office.read().expect("a reader"))
        .expect("counts")
}

fn page(app: &App, client: &Client, path: &str) -> Told {
    let told = Told::read(client.get(format!("{}{path}", app.base_url)).send().expect("an answer"));
    assert!(!told.text.contains('⟦'), "{path} lacks words: {}", told.text);
    told
}

/// Uploads a sheet; answers where it is followed.
fn uploads(app: &App, client: &Client, bytes: &[u8]) -> String {
    let token = csrf(&page(app, client, "/sheets").expect(200).text);
    let fields = [("csrf", token.as_str()), ("kind", "experts"), ("standing", "active")];
    let (content_type, body) = multipart(&fields, &[("file", "名单.csv", bytes)]);
    let sent = client.post(format!("{}/sheets/preview", app.base_url)).header("Content-Type", content_type).body(body);
    let told = Told::read(sent.send().expect("an answer")).expect(303);
    told.headers["location"].to_str().expect("text").to_owned()
}

fn confirms(app: &App, client: &Client, at: &str) -> Told {
    let token = csrf(&page(app, client, at).expect(200).text);
    let form = [("csrf", token.as_str())];
    Told::read(client.post(format!("{}{at}/confirmation", app.base_url)).form(&form).send().expect("an answer"))
}

fn a_sheet_is_tried_out_confirmed_and_imported(backend: Backend) {
    let app = App::start(backend);
    let meng = signed_in(&app, "meng");
    let mut rows: Vec<ExpertInput> = (0..3).map(input).collect();
    rows[1].email = "not an address".to_owned();
    let at = uploads(&app, &meng, &csv(&rows));
    let tried = page(&app, &meng, &at).expect(200);
    assert!(tried.headers.get("refresh").is_none(), "a small sheet is tried out at once");
    assert!(tried.text.contains("确认导入 2 条") && tried.text.contains("专家0"), "{}", tried.text);
    assert!(tried.text.contains("邮箱"), "the bad row is told: {}", tried.text);
    assert_eq!((experts(&app), told(&app)), (0, 0), "a trial leaves nothing");
    assert_eq!(confirms(&app, &meng, &at).status, 303);
    let done = page(&app, &meng, &at).expect(200).text;
    assert!(done.contains("导入完成"), "{done}");
    assert_eq!((experts(&app), told(&app)), (2, 1), "bad rows hide no good ones");
    // Again: nothing to do, and nothing is written down.
    let again = uploads(&app, &meng, &csv(&rows));
    let tried = page(&app, &meng, &again).expect(200).text;
    assert!(tried.contains("没有可以新增或修改的内容") && !tried.contains("/confirmation"), "{tried}");
    assert_eq!((experts(&app), told(&app)), (2, 1));
    // A changed cell is shown old and new, and changes one record.
    rows[2].firm = "改名知识产权代理有限公司".to_owned();
    let changed = uploads(&app, &meng, &csv(&rows));
    let tried = page(&app, &meng, &changed).expect(200).text;
    assert!(tried.contains("第2知识产权代理有限公司") && tried.contains("改名知识产权代理有限公司"), "{tried}");
    assert_eq!(confirms(&app, &meng, &changed).status, 303);
    assert_eq!((experts(&app), told(&app)), (2, 2));
    let english = page(&app, &signed_in(&app, "meng"), &format!("{at}?lang=en")).expect(200).text;
    assert!(english.contains("Imported"), "in either language: {english}");
    for (name, status) in [("lin", 403), ("shen", 403), ("mao", 404)] {
        assert_eq!(page(&app, &signed_in(&app, name), &at).status, status, "{name}");
    }
}

fn manager(app: &App) -> Actor {
    let staff = Staff { account: app.manager.account, role: Role::Manager, scope: Scope::Everything, station: None };
    Actor::Staff(staff)
}

fn a_large_sheet_shows_its_progress_and_survives_its_process(backend: Backend) {
    let app = App::start(backend);
    let meng = signed_in(&app, "meng");
    let total = 2 * PART + 60;
    let mut rows: Vec<ExpertInput> = (0..total).map(input).collect();
    rows[3].region = "火星".to_owned();
    // The same address again, and a number that is none: the one is found in reading, the other by the deed.
    rows[PART + 5].email = rows[1].email.clone();
    rows[PART + 7].phone = Some("123".to_owned());
    let bytes = csv(&rows);
    let readable = total - 2;
    let good = readable - 1;
    let at = uploads(&app, &meng, &bytes);
    let waiting = page(&app, &meng, &at).expect(200);
    assert_eq!(waiting.headers["refresh"], "2", "a page that waits asks again without a script");
    assert!(
        waiting.text.contains("正在试导入") && waiting.text.contains(&format!("href=\"{at}\"")),
        "{}",
        waiting.text
    );
    let id: SheetImportId = at.rsplit('/').next().expect("an id").parse().expect("an id");
    assert!(!work_some(&app.office, id, 1).expect("works"), "one part, and the process dies");
    let between = page(&app, &meng, &at).expect(200);
    assert!(between.text.contains(&format!("{PART} / {readable}")), "{}", between.text);
    assert_eq!(experts(&app), 0);
    // Nobody else takes up what is held; once the lease ran out somebody does.
    assert!(!work(&app.office, id).expect("looked"), "still held");
    app.clock.move_to(app.clock.now() + TimeDelta::minutes(3));
    assert_eq!(work_all(&app.office).expect("works"), 1);
    let tried = page(&app, &meng, &at).expect(200);
    assert!(tried.headers.get("refresh").is_none());
    assert!(tried.text.contains(&format!("确认导入 {good} 条")), "the bad rows are told, and no good one is lost");
    assert_eq!(confirms(&app, &meng, &at).status, 303);
    assert_eq!(confirms_again(&app, id), ImportStage::Importing, "confirmed twice is confirmed once");
    assert!(page(&app, &meng, &at).expect(200).text.contains("正在导入"));
    assert!(!work_some(&app.office, id, 2).expect("works"));
    assert_eq!((experts(&app), told(&app)), (2 * PART - 1, 0), "what was written stays");
    app.clock.move_to(app.clock.now() + TimeDelta::minutes(3));
    assert!(work(&app.office, id).expect("works"), "gone on where it stood");
    assert_eq!((experts(&app), told(&app)), (good, 1), "nothing twice, written down once");
    let done = page(&app, &meng, &at).expect(200).text;
    assert!(done.contains("导入完成") && done.contains("火星"), "{done}");
    assert!(!work(&app.office, id).expect("looked"), "the end is the end");
    let file = db::sheet_import::find(&mut app.office.read().expect("a reader"), id).expect("reads").expect("a sheet");
    assert_eq!(file.content, None, "the file is gone once it was imported");
    // The same sheet again changes nothing.
    let again = uploads(&app, &meng, &bytes);
    assert_eq!(work_all(&app.office).expect("works"), 1);
    assert!(page(&app, &meng, &again).expect(200).text.contains("没有可以新增或修改的内容"));
    assert_eq!((experts(&app), told(&app)), (good, 1));
}

fn confirms_again(app: &App, id: SheetImportId) -> ImportStage {
    confirm_import(&app.office, &manager(app), id).expect("confirmed");
    import_job(&app.office, &manager(app), id).expect("reads").expect("a sheet").stage
}

fn a_sheet_is_its_accounts_own_and_waits_an_hour(backend: Backend) {
    let app = App::start(backend);
    let file = ImportFile {
        kind: "experts".to_owned(),
        name: "名单.csv".to_owned(),
        choice: "active".to_owned(),
        bytes: csv(&[input(1)]),
    };
    let id = open_import(&app.office, &manager(&app), &file).expect("taken in");
    let stored =
        db::sheet_import::find(&mut app.office.read().expect("a reader"), id).expect("reads").expect("a sheet");
    let sealed = String::from_utf8_lossy(&stored.content.expect("a file")).into_owned();
    assert!(!sealed.contains("expert1@sheet.example"), "sealed at rest");
    assert!(work(&app.office, id).expect("works"));
    let meng = signed_in(&app, "meng");
    let at = format!("/sheets/imports/{id}");
    page(&app, &meng, &at).expect(200);
    app.clock.move_to(app.clock.now() + TimeDelta::minutes(61));
    let meng = signed_in(&app, "meng");
    page(&app, &meng, &at).expect(404);
    let token = csrf(&page(&app, &meng, "/sheets").expect(200).text);
    let form = [("csrf", token.as_str())];
    let over =
        Told::read(meng.post(format!("{}{at}/confirmation", app.base_url)).form(&form).send().expect("an answer"));
    assert!(over.status == 422 && over.text.contains("已过一小时"), "{} {}", over.status, over.text);
    assert_eq!(experts(&app), 0);
    // Whose account was disabled imports nothing any more.
    let id = open_import(&app.office, &manager(&app), &file).expect("taken in");
    app.office
        .write(|tx| {
            let mut row = db::account::find(tx.conn, &app.manager.account)?.expect("an account");
            row.disabled_at = Some(tx.now.naive_utc());
            Ok(db::account::save(tx.conn, &row)?)
        })
        .expect("disabled");
    assert!(!work(&app.office, id).expect("looked"));
    let row = db::sheet_import::find(&mut app.office.read().expect("a reader"), id).expect("reads").expect("a sheet");
    assert_eq!((row.stage, row.content), (ImportStage::Failed, None));
}
