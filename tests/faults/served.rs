//! The service as a process of its own, to be killed, paused and started again.

use crate::support::app::{Seeded, seed};
use crate::support::backend::{Backend, TestDatabase};
use crate::until;
use chrono::Utc;
use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use zhipai::actions::found_office::found_office;
use zhipai::actions::{Office, Settings};
use zhipai::clock::{Chance, Clock, SystemClock};
use zhipai::db::Db;
use zhipai::db::migrate::migrate;
use zhipai::seal::Keyring;
use zhipai::search::IndexHome;

/// A database with a city in it and a folder for the service's data.
pub struct Place {
    pub url: String,
    pub folder: PathBuf,
    pub seeded: Seeded,
    /// Kept so that the database lives as long as the place.
    database: Option<TestDatabase>,
}

fn keys() -> Keyring {
    Keyring::new(BTreeMap::from([(1, [42; 32])])).expect("keys")
}

/// An office of this process on the database: to seed it, to look into it, or as a node of its own.
pub fn office_on(url: &str, clock: Arc<dyn Clock>, seed: u64) -> Office {
    let db = Db::open(url, 4).expect("opens");
    let settings =
        Settings { base_url: "http://127.0.0.1".to_owned(), connections: 4, second_factor: false, mail_off: false };
    let index = IndexHome::nowhere();
    Office::open(db, clock, Chance::seeded(seed), keys(), settings, (index, None)).expect("an office")
}

impl Place {
    /// On a fresh database of the test server.
    pub fn fresh(backend: Backend) -> Self {
        let database = TestDatabase::fresh(backend);
        let (url, folder) = (database.url.clone(), database.folder.clone());
        let mut place = Self::at(url, folder);
        place.database = Some(database);
        place
    }

    /// On a database that is there and empty.
    pub fn at(url: String, folder: PathBuf) -> Self {
        std::fs::create_dir_all(&folder).expect("a folder");
        let db = Db::open(&url, 2).expect("opens");
        db.write_alone(migrate).expect("migrates");
        found_office(&db, &keys(), SystemClock.now()).expect("founded");
        drop(db);
        let office = office_on(&url, Arc::new(SystemClock), 7);
        let seeded = seed(&office);
        let file = folder.join("keys");
        std::fs::write(&file, keys().to_text()).expect("the key file");
        private(&file);
        Self { url, folder, seeded, database: None }
    }

    pub fn office(&self) -> Office {
        office_on(&self.url, Arc::new(SystemClock), u64::from(std::process::id()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.database.take();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn private(file: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).expect("private");
}

/// A running service.
pub struct Served {
    child: Child,
    pub base_url: String,
}

impl Served {
    /// Starts the service and waits until it can work. `node` names its own folder for index and log.
    pub fn start(place: &Place, node: &str, smtp: Option<SocketAddr>) -> Self {
        Self::start_on(place, &place.url, node, smtp)
    }

    /// The same, with the place's database reached at another address.
    pub fn start_on(place: &Place, url: &str, node: &str, smtp: Option<SocketAddr>) -> Self {
        // A port is free until somebody takes it; the service says so if that was somebody else.
        let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
        let base_url = format!("http://127.0.0.1:{port}");
        let folder = place.folder.join(node);
        std::fs::create_dir_all(&folder).expect("a folder");
        let log = std::fs::File::create(folder.join("log")).expect("a log");
        let mut command = Command::new(env!("CARGO_BIN_EXE_zhipai"));
        command
            .arg("serve")
            .env_clear()
            .env("DATABASE_URL", url)
            .env("ZHIPAI_BIND", format!("127.0.0.1:{port}"))
            .env("ZHIPAI_BASE_URL", &base_url)
            .env("ZHIPAI_DATA_DIR", &folder)
            .env("ZHIPAI_KEYS_FILE", place.folder.join("keys"))
            .env("ZHIPAI_SECOND_FACTOR", "false")
            .env("ZHIPAI_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::from(log));
        if let Some(address) = smtp {
            command
                .env("ZHIPAI_SMTP__HOST", "127.0.0.1")
                .env("ZHIPAI_SMTP__PORT", address.port().to_string())
                .env("ZHIPAI_SMTP__TLS", "none")
                .env("ZHIPAI_SMTP__FROM", "desk@zhipai.example");
        }
        let child = command.spawn().expect("the service starts");
        let mut served = Self { child, base_url };
        let client = crate::clients::client();
        until("the service is ready", Duration::from_secs(30), || {
            if let Some(status) = served.child.try_wait().expect("a child") {
                let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
                panic!("the service ended with {status}: {log}");
            }
            let answer = client.get(format!("{}/readyz", served.base_url)).send().ok()?;
            answer.status().is_success().then_some(())
        });
        served
    }

    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(sent.expect("kill runs").success(), "{name}");
    }

    /// `kill -9`, and nothing is left of it.
    pub fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Seconds since the epoch, for names that no earlier run used.
pub fn stamp() -> String {
    #[expect(clippy::disallowed_methods, reason = "a name of this run, decided by nothing else")]
    let now = Utc::now();
    now.timestamp_micros().to_string()
}
