//! A PostgreSQL of this run's own, to be stopped and started: made from the server's binaries, gone at the end.

use crate::until;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;
use zhipai::db::Db;

pub struct Cluster {
    bin: PathBuf,
    folder: PathBuf,
    port: u16,
    owner: Option<&'static str>,
}

fn binaries() -> PathBuf {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()))
        .filter(|bin| bin.join("initdb").exists() && bin.join("pg_ctl").exists())
        .collect();
    found.sort();
    found.pop().expect("the PostgreSQL server's binaries: tests/run installs them")
}

impl Cluster {
    pub fn start() -> Self {
        let folder = std::env::temp_dir().join(format!("zhipai-cluster-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        let root = Command::new("id").arg("-u").output().is_ok_and(|said| said.stdout.starts_with(b"0\n"));
        // initdb and postgres refuse to run as root.
        let known = |name: &str| Command::new("id").arg(name).output().is_ok_and(|said| said.status.success());
        let owner = match (root, known("postgres")) {
            (false, _) => None,
            (true, true) => Some("postgres"),
            (true, false) => Some("nobody"),
        };
        if let Some(owner) = owner {
            assert!(Command::new("chown").arg(owner).arg(&folder).status().is_ok_and(|status| status.success()));
        }
        let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
        let cluster = Self { bin: binaries(), folder, port, owner };
        cluster.run("initdb", &["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]);
        let settings = format!(
            "\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\nport = {port}\nmax_connections = 60\n"
        );
        let file = cluster.data().join("postgresql.conf");
        let written = std::fs::read_to_string(&file).expect("settings") + &settings;
        std::fs::write(&file, written).expect("settings");
        cluster.up();
        let db = Db::open(&cluster.url("postgres"), 1).expect("answers");
        db.write_alone(|conn| {
            use diesel::connection::SimpleConnection;
            Ok(conn.batch_execute("CREATE DATABASE zhipai")?)
        })
        .expect("a database");
        cluster
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub fn folder(&self) -> PathBuf {
        self.folder.join("service")
    }

    pub fn url(&self, name: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{name}", self.port)
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let mut command = match self.owner {
            None => Command::new(self.bin.join(program)),
            Some(owner) => {
                let mut command = Command::new("setpriv");
                command.args([&format!("--reuid={owner}"), "--clear-groups", "--"]).arg(self.bin.join(program));
                command
            }
        };
        command.arg("-D").arg(self.data()).args(arguments).current_dir(&self.folder);
        let said = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).output().expect("runs");
        assert!(said.status.success(), "{program}: {}", String::from_utf8_lossy(&said.stderr));
    }

    /// Starts the server and waits until it answers.
    pub fn up(&self) {
        let log = self.folder.join("server.log");
        self.run("pg_ctl", &["-l", &log.to_string_lossy(), "-W", "start"]);
        let url = self.url("postgres");
        until("PostgreSQL answers", Duration::from_secs(60), || {
            use diesel::Connection;
            diesel::pg::PgConnection::establish(&url).ok().map(drop)
        });
    }

    /// Stops it at once: connections are cut, nothing is flushed, recovery follows.
    pub fn down(&self) {
        self.run("pg_ctl", &["-m", "immediate", "-w", "stop"]);
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.data().join("postmaster.pid").exists() {
            self.down();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
