//! A fresh, migrated database for every test, on either engine: a copied file on SQLite, a cloned template on PostgreSQL.

use diesel::connection::SimpleConnection;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use zhipai::db::Db;
use zhipai::db::migrate::migrate;

/// Which engine a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// Runs each named story once per engine.
#[macro_export]
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite { $( #[test] fn $name() { super::$name($crate::support::backend::Backend::Sqlite); } )+ }
        mod postgres { $( #[test] fn $name() { super::$name($crate::support::backend::Backend::Postgres); } )+ }
    };
}

static SERIAL: AtomicU32 = AtomicU32::new(0);

/// A database of one test; dropping it removes it.
pub struct TestDatabase {
    pub url: String,
    pub folder: PathBuf,
    postgres: Option<(String, String)>,
}

impl TestDatabase {
    /// A migrated, empty database.
    pub fn fresh(backend: Backend) -> Self {
        let serial = SERIAL.fetch_add(1, Ordering::SeqCst);
        let folder = scratch().join(format!("t{serial}"));
        std::fs::create_dir_all(&folder).expect("a folder");
        match backend {
            Backend::Sqlite => {
                let file = folder.join("zhipai.db");
                std::fs::copy(sqlite_template(), &file).expect("the template copied");
                Self { url: format!("sqlite:{}", file.display()), folder, postgres: None }
            }
            Backend::Postgres => {
                let (server, template) = postgres_template();
                let name = format!("zhipai_t{}_{serial}", std::process::id());
                execute(server, &format!("CREATE DATABASE {name} TEMPLATE {template}"));
                let url = with_database(server, &name);
                Self { url, folder, postgres: Some((server.clone(), name)) }
            }
        }
    }

    /// An empty database without any table.
    pub fn bare(backend: Backend) -> Self {
        let serial = SERIAL.fetch_add(1, Ordering::SeqCst);
        let folder = scratch().join(format!("b{serial}"));
        std::fs::create_dir_all(&folder).expect("a folder");
        match backend {
            Backend::Sqlite => {
                Self { url: format!("sqlite:{}", folder.join("zhipai.db").display()), folder, postgres: None }
            }
            Backend::Postgres => {
                let server = postgres_server();
                let name = format!("zhipai_b{}_{serial}", std::process::id());
                execute(&server, &format!("CREATE DATABASE {name}"));
                Self { url: with_database(&server, &name), folder, postgres: Some((server, name)) }
            }
        }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.postgres {
            execute(server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn scratch() -> PathBuf {
    std::env::temp_dir().join(format!("zhipai-it-{}", std::process::id()))
}

fn sqlite_template() -> &'static PathBuf {
    static TEMPLATE: OnceLock<PathBuf> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let folder = scratch().join("template");
        std::fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join("template.db");
        let db = Db::open(&format!("sqlite:{}", file.display()), 1).expect("opens");
        db.write_alone(migrate).expect("migrates");
        db.write_alone(|conn| Ok(conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")?)).expect("checkpoints");
        file
    })
}

/// The server `tests/run` made. Without one the PostgreSQL half of every test fails and says what to run: nothing is
/// skipped in silence.
fn postgres_server() -> String {
    std::env::var("TEST_POSTGRES_URL")
        .expect("TEST_POSTGRES_URL is not set: run tests/run, which makes a throw-away PostgreSQL for the tests")
}

fn postgres_template() -> &'static (String, String) {
    static TEMPLATE: OnceLock<(String, String)> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let server = postgres_server();
        let name = format!("zhipai_template_{}", std::process::id());
        execute(&server, &format!("DROP DATABASE IF EXISTS {name}"));
        execute(&server, &format!("CREATE DATABASE {name}"));
        let db = Db::open(&with_database(&server, &name), 1).expect("opens");
        db.write_alone(migrate).expect("migrates");
        drop(db);
        (server, name)
    })
}

/// Cloning waits until nobody is connected to the template any more.
fn execute(server: &str, sql: &str) {
    static ONE_AT_A_TIME: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut last = String::new();
    for _ in 0..200 {
        let db = Db::open(server, 1).expect("the test server answers");
        match db.write_alone(|conn| Ok(conn.batch_execute(sql)?)) {
            Ok(()) => return,
            Err(error) => last = error.to_string(),
        }
        std::thread::yield_now();
    }
    panic!("{sql}: {last}");
}

fn with_database(server: &str, name: &str) -> String {
    let (head, _) = server.rsplit_once('/').expect("an address with a database");
    format!("{head}/{name}")
}
