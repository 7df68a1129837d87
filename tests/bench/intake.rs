//! Intake: POST /needs by 32 clients, as a ratio to the raw rate of durable commits in the same run (one connection, one
//! row, one commit; the 32-connection rate stated beside it).

use crate::quantile;
use crate::support::app::{App, Shape};
use crate::support::backend::{Backend, TestDatabase};
use crate::support::people::need;
use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use zhipai::db::{Db, DbFault};

const FOR: Duration = Duration::from_secs(3);
const CLIENTS: usize = 32;

pub fn run() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let mut ratios = Vec::new();
        for round in 1..=3 {
            let (one, many) = (raw(backend, 1), raw(backend, CLIENTS));
            let (rate, latencies) = intake(backend);
            println!(
                "intake {backend:?} round {round}: {rate:.0}/s, p50 {:.1} ms, p99 {:.1} ms; raw {one:.0}/s by 1 connection, {many:.0}/s by {CLIENTS}; ratio {:.2}",
                quantile(&latencies, 0.5),
                quantile(&latencies, 0.99),
                rate / one
            );
            ratios.push(rate / one);
        }
        ratios.sort_by(f64::total_cmp);
        println!("intake {backend:?}: median ratio {:.2} (goal 0.5)", ratios[1]);
    }
}

/// Durable one-row commits a second by so many connections, without any of our own code around them.
fn raw(backend: Backend, connections: usize) -> f64 {
    let database = TestDatabase::bare(backend);
    let setup = Db::open(&database.url, 2).expect("opens");
    setup.write_alone(|conn| Ok(conn.batch_execute("CREATE TABLE raw (v TEXT NOT NULL)")?)).expect("a table");
    let done = AtomicU64::new(0);
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..connections {
            scope.spawn(|| {
                let db = Db::open(&database.url, 1).expect("opens");
                db.write_alone(|conn| {
                    while started.elapsed() < FOR {
                        match diesel::sql_query(
                            "INSERT INTO raw (v) VALUES ('one row of about the size of a short need')",
                        )
                        .execute(conn)
                        {
                            Ok(_) => done.fetch_add(1, Ordering::Relaxed),
                            Err(_) => 0,
                        };
                    }
                    Ok::<_, DbFault>(())
                })
                .expect("writes");
            });
        }
    });
    done.load(Ordering::Relaxed) as f64 / started.elapsed().as_secs_f64()
}

/// Needs taken a second by 32 clients over HTTP, each answered 201 after its commit.
fn intake(backend: Backend) -> (f64, Vec<f64>) {
    let app = App::shaped(backend, Shape { unlimited: true, ..Shape::default() });
    let address = app.base_url.trim_start_matches("http://").to_owned();
    let done = AtomicU64::new(0);
    let all = std::sync::Mutex::new(Vec::new());
    let started = Instant::now();
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (address, token, done, all) = (&address, &app.liaison.token, &done, &all);
            scope.spawn(move || {
                let stream = TcpStream::connect(address).expect("connects");
                stream.set_nodelay(true).expect("nodelay");
                let mut reader = BufReader::new(stream.try_clone().expect("a reader"));
                let mut stream = stream;
                let mut mine = Vec::new();
                let mut turn = 0;
                while started.elapsed() < FOR {
                    let mut body = need();
                    body["enterprise"]["name"] = format!("第{client}至{turn}号传感科技有限公司").into();
                    let body = body.to_string();
                    let request = format!(
                        "POST /api/v1/needs HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
                        body.len()
                    );
                    let began = Instant::now();
                    stream.write_all(request.as_bytes()).expect("sent");
                    assert_eq!(status(&mut reader), 201);
                    mine.push(began.elapsed().as_secs_f64() * 1000.0);
                    done.fetch_add(1, Ordering::Relaxed);
                    turn += 1;
                }
                all.lock().expect("a list").extend(mine);
            });
        }
    });
    let rate = done.load(Ordering::Relaxed) as f64 / started.elapsed().as_secs_f64();
    let mut latencies = all.into_inner().expect("a list");
    latencies.sort_by(f64::total_cmp);
    (rate, latencies)
}

/// Reads one answer whole and gives its status.
pub fn status(reader: &mut impl BufRead) -> u16 {
    let mut line = String::new();
    reader.read_line(&mut line).expect("a status line");
    let status = line.split_whitespace().nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
    let mut length = 0;
    loop {
        line.clear();
        reader.read_line(&mut line).expect("a header");
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    status
}
