//! Migrations: the same names on both databases, proven up and down, and a schema that refuses an older binary.

use crate::on_both;
use crate::support::app::App;
use crate::support::backend::{Backend, TestDatabase};
use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use std::collections::BTreeSet;
use zhipai::db::migrate::{applied, fingerprint, known, migrate, revert_all};
use zhipai::db::{Conn, Db};

on_both!(up_down_and_up_again, an_older_binary_is_refused, another_history_is_refused_and_one_version_back_is_not,);

#[derive(diesel::QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Tables with their columns, as the database itself says.
fn columns(conn: &mut Conn) -> BTreeSet<String> {
    let sql = if conn.is_postgres() {
        "SELECT table_name || '.' || column_name AS name FROM information_schema.columns WHERE table_schema = 'public'"
    } else {
        "SELECT m.name || '.' || p.name AS name FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'"
    };
    let names: Vec<Name> = diesel::sql_query(sql).load(conn).expect("columns");
    names.into_iter().map(|row| row.name).filter(|name| !name.starts_with("__diesel")).collect()
}

#[test]
fn both_databases_have_the_same_migrations_and_columns() {
    let names = |folder: &str| -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(format!("{}/migrations/{folder}", env!("CARGO_MANIFEST_DIR")))
            .expect("migrations")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
    let of = |backend: Backend| {
        let database = TestDatabase::fresh(backend);
        let db = Db::open(&database.url, 1).expect("opens");
        db.write_alone(|conn| Ok(columns(conn))).expect("columns")
    };
    let (sqlite, postgres) = (of(Backend::Sqlite), of(Backend::Postgres));
    // SQLite keeps running numbers in rows, PostgreSQL in sequences; PostgreSQL's change log says which transaction wrote.
    let only_sqlite: Vec<&String> = sqlite.difference(&postgres).collect();
    let only_postgres: Vec<&String> = postgres.difference(&sqlite).collect();
    assert_eq!(only_sqlite, ["counters.name", "counters.value"]);
    assert_eq!(only_postgres, ["changes.tx"]);
}

fn up_down_and_up_again(backend: Backend) {
    let database = TestDatabase::bare(backend);
    let db = Db::open(&database.url, 1).expect("opens");
    let before = db.write_alone(|conn| Ok(columns(conn))).expect("columns");
    assert!(before.is_empty());
    db.write_alone(migrate).expect("up");
    let up = db.write_alone(|conn| Ok(columns(conn))).expect("columns");
    assert!(up.contains("needs.title"));
    db.write_alone(revert_all).expect("down");
    assert!(db.write_alone(|conn| Ok(columns(conn))).expect("columns").is_empty(), "down leaves nothing");
    db.write_alone(migrate).expect("up again");
    assert_eq!(db.write_alone(|conn| Ok(columns(conn))).expect("columns"), up);
    db.write_alone(migrate).expect("twice is once");
}

fn an_older_binary_is_refused(backend: Backend) {
    let database = TestDatabase::fresh(backend);
    let db = Db::open(&database.url, 1).expect("opens");
    db.write_alone(|conn| Ok(conn.batch_execute("UPDATE schema_floor SET oldest_binary = '99.0.0'")?)).expect("set");
    let refused = db.write_alone(migrate).expect_err("refused").to_string();
    assert!(refused.contains("99.0.0") && refused.contains("Nothing was changed"), "{refused}");
}

/// F11: a database says what it went through. A migration of a later release is no obstacle as long as the schema's floor
/// allows this binary; one that this binary's own history lacks is.
fn another_history_is_refused_and_one_version_back_is_not(backend: Backend) {
    let database = TestDatabase::fresh(backend);
    let db = Db::open(&database.url, 1).expect("opens");
    let run = |sql: &str| db.write_alone(|conn| Ok(conn.batch_execute(sql)?)).expect("runs");
    let versions = || db.write_alone(applied).expect("reads");
    let own = db.write_alone(|conn| known(conn)).expect("reads");
    assert_eq!(versions(), own);
    let print = fingerprint(&own);
    assert_eq!(print.len(), 16);
    run("INSERT INTO __diesel_schema_migrations (version) VALUES ('20990101000000')");
    db.write_alone(migrate).expect("a later release that still lets this one run");
    assert_ne!(fingerprint(&versions()), print, "another schema has another fingerprint");
    run("UPDATE schema_floor SET oldest_binary = '99.0.0'");
    let refused = db.write_alone(migrate).expect_err("refused").to_string();
    assert!(refused.contains("needs zhipai 99.0.0"), "{refused}");
    run("UPDATE schema_floor SET oldest_binary = '0.1.0'");
    run("DELETE FROM __diesel_schema_migrations WHERE version = '20990101000000'");
    run("INSERT INTO __diesel_schema_migrations (version) VALUES ('20200101000000')");
    let refused = db.write_alone(migrate).expect_err("refused").to_string();
    assert!(refused.contains("20200101000000") && refused.contains("Nothing was changed"), "{refused}");
}

#[test]
fn a_node_says_which_schema_it_brings() {
    let app = App::start(Backend::Sqlite);
    let told = app.liaison.get("/readyz").expect(200).body;
    let versions = app.office.db.write_alone(applied).expect("reads");
    assert_eq!(told["schema"], fingerprint(&versions), "{told}");
}

#[test]
fn both_databases_have_the_same_fingerprint() {
    let of = |backend: Backend| {
        let database = TestDatabase::fresh(backend);
        let db = Db::open(&database.url, 1).expect("opens");
        fingerprint(&db.write_alone(applied).expect("reads"))
    };
    assert_eq!(of(Backend::Sqlite), of(Backend::Postgres));
}
