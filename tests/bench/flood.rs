//! A flood: 10,000 needs in a minute, evenly spread, while letters leave. The latency counts from when a need was due to be
//! handed in, not from when a client had time for it, so that a stall is seen (goal: p99 of 201 at most 100 ms).

use crate::quantile;
use crate::support::app::{App, Shape};
use crate::support::backend::Backend;
use crate::support::people::need;
use std::io::{BufReader, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const NEEDS: usize = 10_000;
const WITHIN: Duration = Duration::from_secs(60);
const CLIENTS: usize = 32;

pub fn run() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let app = App::shaped(backend, Shape { unlimited: true, ..Shape::default() });
        let address = app.base_url.trim_start_matches("http://").to_owned();
        let next = AtomicUsize::new(0);
        let all = Mutex::new(Vec::with_capacity(NEEDS));
        let over = AtomicBool::new(false);
        let started = Instant::now();
        std::thread::scope(|scope| {
            // The desk works beside: receipts leave while needs come in.
            scope.spawn(|| {
                while !over.load(Ordering::SeqCst) {
                    app.tick();
                    std::thread::park_timeout(Duration::from_millis(500));
                }
            });
            let clients: Vec<_> = (0..CLIENTS)
                .map(|_| {
                    scope.spawn(|| {
                        let stream = TcpStream::connect(&address).expect("connects");
                        stream.set_nodelay(true).expect("nodelay");
                        let mut reader = BufReader::new(stream.try_clone().expect("a reader"));
                        let mut stream = stream;
                        let mut mine = Vec::new();
                        loop {
                            let turn = next.fetch_add(1, Ordering::SeqCst);
                            if turn >= NEEDS {
                                break;
                            }
                            let due = WITHIN.mul_f64(turn as f64 / NEEDS as f64);
                            if let Some(early) = due.checked_sub(started.elapsed()) {
                                std::thread::park_timeout(early);
                            }
                            let mut body = need();
                            body["enterprise"]["name"] = format!("第{turn}号传感科技有限公司").into();
                            let body = body.to_string();
                            let request = format!(
                                "POST /api/v1/needs HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
                                app.liaison.token,
                                body.len()
                            );
                            stream.write_all(request.as_bytes()).expect("sent");
                            assert_eq!(crate::intake::status(&mut reader), 201);
                            mine.push((started.elapsed() - due).as_secs_f64() * 1000.0);
                        }
                        all.lock().expect("a list").extend(mine);
                    })
                })
                .collect();
            for client in clients {
                client.join().expect("a client ends");
            }
            over.store(true, Ordering::SeqCst);
        });
        let took = started.elapsed();
        let mut latencies = all.into_inner().expect("a list");
        latencies.sort_by(f64::total_cmp);
        println!(
            "flood {backend:?}: {NEEDS} needs in {took:.1?}, 201 after p50 {:.1} ms, p99 {:.1} ms (goal 100), worst {:.1} ms",
            quantile(&latencies, 0.5),
            quantile(&latencies, 0.99),
            quantile(&latencies, 1.0),
        );
    }
}
