//! Desk and board pages over a province (2,000 stations, 20,000 experts, 300,000 needs); goal: p99 of the handler at most
//! 50 ms on two cores. `BENCH_SIZE=city` asks for a smaller one.

use crate::quantile;
use std::sync::Arc;
use std::time::Instant;
use zhipai::demo::run::{DemoArgs, open};
use zhipai::web::server::{Ending, serve};

const TIMES: usize = 60;

pub fn run() {
    let size = std::env::var("BENCH_SIZE").unwrap_or_else(|_| "province".to_owned());
    let folder = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-{size}"));
    let args = DemoArgs {
        port: 0,
        bind: [127, 0, 0, 1].into(),
        data: folder,
        size: size.parse().expect("small, city or province"),
        seed: 1,
        smtp: None,
    };
    let began = Instant::now();
    let opened = open(&args).expect("a demo");
    opened.office.follow_index().expect("an index");
    println!("pages: {size} ready after {:.1} s", began.elapsed().as_secs_f64());
    let port = opened.listener.local_addr().expect("an address").port();
    let accounts: Vec<(String, String, String)> =
        opened.accounts.iter().map(|one| (one.role.to_string(), one.email.clone(), one.password.clone())).collect();
    let (office, site, listener) = (Arc::clone(&opened.office), Arc::clone(&opened.site), opened.listener);
    let (send, receive) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let serving = serve(office, site, listener, 2, Ending::Handle).expect("serves");
            send.send(serving.handle.clone()).expect("told");
            serving.server.await.expect("ends well");
        });
    });
    let handle = receive.recv().expect("a server");
    for role in ["liaison", "manager"] {
        let (_, email, password) = accounts.iter().find(|(known, _, _)| known == role).expect("an account");
        let client = reqwest::blocking::Client::builder().cookie_store(true).build().expect("a client");
        let base = format!("http://127.0.0.1:{port}");
        let form = client.get(format!("{base}/sign-in")).send().expect("a page").text().expect("text");
        let (_, rest) = form.split_once("name=\"csrf\"").expect("a form");
        let csrf =
            rest.split_once("value=\"").and_then(|(_, rest)| rest.split('"').next()).expect("a token").to_owned();
        client
            .post(format!("{base}/sign-in"))
            .form(&[("csrf", csrf.as_str()), ("email", email), ("password", password)])
            .send()
            .expect("signed in");
        for page in ["/desk", "/board", "/board?by=expert", "/board?by=service", "/board?by=month", "/needs"] {
            let mut times = Vec::new();
            for _ in 0..TIMES {
                let began = Instant::now();
                let told = client.get(format!("{base}{page}")).send().expect("an answer");
                assert_eq!(told.status().as_u16(), 200, "{role} {page}");
                let _ = told.bytes().expect("a page");
                times.push(began.elapsed().as_secs_f64() * 1000.0);
            }
            times.remove(0);
            times.sort_by(f64::total_cmp);
            println!(
                "pages {size} {role} {page}: p50 {:.1} ms, p99 {:.1} ms",
                quantile(&times, 0.5),
                quantile(&times, 0.99)
            );
        }
    }
    let stopped = std::thread::spawn(move || actix_web::rt::System::new().block_on(handle.stop(false)));
    let _ = stopped.join();
    let _ = thread.join();
}
