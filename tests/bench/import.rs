//! A sheet of 20,000 experts: the import as a ratio to the raw batched insert of the same rows in the same run, on both
//! databases; goal: at most 3. The import reads the register, checks every row, seals contacts, makes marks, begins the
//! trail's chains; the raw insert writes every row the import wrote, ready-made, in one transaction by the same batches.
//! Beside it stand the reading of the .xlsx itself, a second import of the same sheet, and the ratio to the register's
//! own three tables alone.

use crate::support::app::{App, Shape};
use crate::support::backend::{Backend, TestDatabase};
use std::time::Instant;
use zhipai::actions::Actor;
use zhipai::actions::found_office::regions;
use zhipai::actions::import_sheet::import_experts;
use zhipai::actions::register_expert::{ExpertInput, QualificationInput};
use zhipai::db::{self, Db, DbFault};
use zhipai::domain::catalogue::CATALOGUE;
use zhipai::domain::region::SHIPPED;
use zhipai::i18n::{L, Lang};
use zhipai::sheet::{Cell, write_xlsx};
use zhipai::web::pages::sheet_rows::{SheetKind, header, import};

pub const EXPERTS: usize = 20_000;

/// The experts of a sheet, each different in what is usually different.
pub fn sheet() -> Vec<(usize, ExpertInput)> {
    let industries = ["传感器", "新一代信息技术", "生物医药", "新能源", "文化创意"];
    (0..EXPERTS)
        .map(|at| {
            let region = &SHIPPED[1 + at % 17];
            let input = ExpertInput {
                name: format!("专家{at}"),
                firm: format!("第{}知识产权代理有限公司", at % 900),
                firm_type: Some("agency".to_owned()),
                email: format!("expert{at}@experts.example"),
                phone: Some(format!("139{:08}", at)),
                region: region.code.to_owned(),
                lat: Some(region.lat),
                lon: Some(region.lon),
                qualifications: vec![QualificationInput {
                    kind: "专利代理师".to_owned(),
                    number: Some(format!("11-{at:06}")),
                    valid_until: chrono::NaiveDate::from_ymd_opt(2031, 12, 31),
                    ..QualificationInput::default()
                }],
                years: 3 + i32::try_from(at % 30).expect("small"),
                services: (0..1 + at % 4).map(|turn| CATALOGUE[(at + turn * 7) % 20].slug.to_owned()).collect(),
                industries: vec![industries[at % 5].to_owned(), industries[(at + 2) % 5].to_owned()],
                languages: vec!["zh".to_owned()],
                modes: vec!["online".to_owned(), "onsite".to_owned()],
                bio: format!("长期从事专利侵权比对与现有技术抗辩，熟悉{}。", industries[at % 5]),
                standing: Some("active".to_owned()),
                ..ExpertInput::default()
            };
            (at + 2, input)
        })
        .collect()
}

pub fn run() {
    let rows = sheet();
    let bytes = workbook(&rows);
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let mut ratios = Vec::new();
        for round in 1..=3 {
            let app = App::shaped(backend, Shape { unlimited: true, ..Shape::default() });
            let began = Instant::now();
            let report = import_experts(&app.office, &Actor::Operator, &rows, false, &|_| ()).expect("imported");
            let imported = began.elapsed().as_secs_f64();
            assert_eq!((report.created, report.problems.len()), (EXPERTS, 0));
            let (whole, register) = raw(&app, backend);
            let began = Instant::now();
            let again = import_experts(&app.office, &Actor::Operator, &rows, false, &|_| ()).expect("imported");
            assert_eq!(again.unchanged, EXPERTS);
            let second = began.elapsed().as_secs_f64();
            println!(
                "import {backend:?} round {round}: {imported:.2} s; raw insert of every row it wrote {whole:.2} s, of the register's tables {register:.2} s; ratio {:.2} ({:.2} to the register's); the same sheet again {second:.2} s",
                imported / whole,
                imported / register
            );
            ratios.push(imported / whole);
            if round == 1 {
                let began = Instant::now();
                let trial = import(&app.office, &Actor::Operator, SheetKind::Experts, &bytes, "active", true, &|_| ())
                    .expect("tried out");
                assert_eq!((trial.report.unchanged, trial.unread.len()), (EXPERTS, 0));
                println!(
                    "import {backend:?}: reading {} kB of .xlsx and trying it out {:.2} s",
                    bytes.len() / 1024,
                    began.elapsed().as_secs_f64()
                );
            }
        }
        ratios.sort_by(f64::total_cmp);
        println!("import {backend:?}: median ratio {:.2} (goal 3)", ratios[1]);
    }
}

fn workbook(rows: &[(usize, ExpertInput)]) -> Vec<u8> {
    let header = header(L(Lang::Zh), SheetKind::Experts);
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let cells: Vec<Vec<Cell>> = rows
        .iter()
        .map(|(_, input)| zhipai::web::pages::sheet_rows::expert_cells(L(Lang::Zh), input.clone()))
        .collect();
    write_xlsx(&header, &cells).expect("a workbook")
}

/// Seconds of the raw insert: of every row the import wrote, and of the register's three tables.
fn raw(app: &App, backend: Backend) -> (f64, f64) {
    let mut reader = app.office.read().expect("a reader");
    let experts = db::expert::all(&mut reader).expect("experts");
    let contacts = db::contact::all(&mut reader).expect("contacts");
    let qualifications = db::expert::all_qualifications(&mut reader).expect("papers");
    let mut audit = Vec::new();
    for row in &experts {
        audit.append(&mut db::audit::trail(&mut reader, row.id.as_str()).expect("a trail"));
    }
    drop(reader);
    assert_eq!((experts.len(), contacts.len(), audit.len()), (EXPERTS, EXPERTS, EXPERTS));
    let ids: Vec<&str> = experts.iter().map(|row| row.id.as_str()).collect();
    let insert = |everything: bool| {
        let database = TestDatabase::fresh(backend);
        let db = Db::open(&database.url, 1).expect("opens");
        db.write::<_, DbFault>(|conn| Ok(db::region::insert_many(conn, &regions())?)).expect("regions");
        let began = Instant::now();
        db.write::<_, DbFault>(|conn| {
            db::expert::insert_many(conn, &experts)?;
            db::contact::insert_many(conn, &contacts)?;
            db::expert::insert_qualifications(conn, &qualifications)?;
            if everything {
                db::audit::insert_rows(conn, &audit)?;
                db::anchor::begin_heads(conn, &audit)?;
                db::changes::note_many(conn, "expert", &ids)?;
            }
            Ok(())
        })
        .expect("inserted");
        began.elapsed().as_secs_f64()
    };
    (insert(true), insert(false))
}
