//! Clients that post needs under load, each call with a key of its own, and remember what they were told.

use crate::support::people::need;
use reqwest::blocking::Client;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

pub fn client() -> Client {
    Client::builder().timeout(Duration::from_secs(20)).build().expect("a client")
}

/// Tells clients to stop when it is dropped. Made first inside a scope of threads: a panic there would otherwise wait for
/// ever for whoever keeps posting.
pub struct StopsAtEnd<'a>(pub &'a AtomicBool);

impl Drop for StopsAtEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// What all clients were told, by key: the id of the need, or nothing yet.
#[derive(Default)]
pub struct Told {
    keys: Mutex<BTreeMap<String, Option<String>>>,
    serial: AtomicU64,
    /// Answers that were neither 201 nor a clear "not now".
    pub odd: Mutex<Vec<String>>,
}

fn body(key: &str) -> Value {
    let mut body = need();
    body["title"] = format!("需求 {key}").into();
    body["enterprise"]["name"] = format!("{key} 号传感科技有限公司").into();
    body["enterprise"]["contact_email"] = format!("{key}@enterprise.example").into();
    body
}

impl Told {
    /// Posts a need under the key; true when it was answered 201.
    pub fn post(&self, client: &Client, base_url: &str, token: &str, key: &str) -> bool {
        self.keys.lock().unwrap().entry(key.to_owned()).or_default();
        let call = client.post(format!("{base_url}/api/v1/needs")).bearer_auth(token).header("Idempotency-Key", key);
        let Ok(answer) = call.json(&body(key)).send() else { return false };
        let status = answer.status().as_u16();
        let Ok(text) = answer.text() else { return false };
        if status == 201 {
            let told: Value = serde_json::from_str(&text).expect("JSON");
            let id = told["id"].as_str().expect("an id").to_owned();
            let before = self.keys.lock().unwrap().insert(key.to_owned(), Some(id.clone())).flatten();
            assert!(before.is_none_or(|before| before == id), "{key} was answered with two needs");
            return true;
        }
        if !matches!(status, 409 | 429 | 500 | 503 | 507) {
            self.odd.lock().unwrap().push(format!("{status}: {text}"));
        }
        false
    }

    /// A key nobody used.
    pub fn fresh_key(&self, run: &str) -> String {
        format!("k{run}-{}", self.serial.fetch_add(1, Ordering::SeqCst))
    }

    /// Posts fresh needs one after the other until told to stop, and, where one was not answered, goes on with the next.
    pub fn keep_posting(&self, base_url: &str, token: &str, run: &str, stop: &AtomicBool) {
        let client = client();
        while !stop.load(Ordering::SeqCst) {
            if !self.post(&client, base_url, token, &self.fresh_key(run)) && !stop.load(Ordering::SeqCst) {
                std::thread::park_timeout(Duration::from_millis(5));
            }
        }
    }

    /// The keys that were not answered yet.
    pub fn unanswered(&self) -> Vec<String> {
        self.keys.lock().unwrap().iter().filter(|(_, id)| id.is_none()).map(|(key, _)| key.clone()).collect()
    }

    /// Posts again what was not answered, until all of it is.
    pub fn settle(&self, base_url: &str, token: &str) {
        let client = client();
        for key in self.unanswered() {
            let started = Instant::now();
            while !self.post(&client, base_url, token, &key) {
                assert!(
                    started.elapsed() < Duration::from_secs(90),
                    "{key} is never answered: {:?}",
                    self.odd.lock().unwrap()
                );
                std::thread::park_timeout(Duration::from_millis(20));
            }
        }
    }

    /// Key and need, of all that were answered 201.
    pub fn answered(&self) -> Vec<(String, String)> {
        let keys = self.keys.lock().unwrap();
        keys.iter().filter_map(|(key, id)| Some((key.clone(), id.clone()?))).collect()
    }
}
