//! A mail server that plays a script, on a real socket, for tests of everything that sends letters.
//!
//! It speaks real SMTP to a real client over TCP (port 0, 127.0.0.1) on plain threads; TLS, if the script offers it, uses a
//! certificate made for the occasion. Each recipient's mail is accepted, refused, stalled or dropped as the [`Script`]
//! says, and what arrived is kept as parsed [`Received`] mails. Waiting is level-triggered: a predicate on what has
//! arrived, with a deadline, never a sleep. Deliberately absent: relaying, queues, and any limit a real server would set.
//!
//! When a wait fails, the panic shows the whole dialogue.

use std::collections::VecDeque;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

#[path = "smtp_sink/conversation.rs"]
mod conversation;
#[path = "smtp_sink/received.rs"]
mod received;
#[path = "smtp_sink/script.rs"]
mod script;
#[cfg(test)]
#[path = "smtp_sink/tests.rs"]
mod tests;

pub use received::Received;
pub use script::{Act, Behaviour, Login, Script, Stage, StartTls};

/// How many lines of dialogue a failure message shows.
const DIARY_LINES: usize = 200;

/// The running server. Dropping it closes every connection and waits for its threads.
pub struct SmtpSink {
    address: SocketAddr,
    certificate_pem: String,
    state: Arc<State>,
    listening: Option<JoinHandle<()>>,
}

struct State {
    tls: Arc<rustls::ServerConfig>,
    facts: Mutex<Facts>,
    changed: Condvar,
}

struct Facts {
    script: Script,
    received: Vec<Received>,
    unacknowledged: Vec<Received>,
    stalled: usize,
    releases: u64,
    connections: Vec<TcpStream>,
    diary: VecDeque<String>,
    stopping: bool,
}

impl SmtpSink {
    /// Starts a server on a free port of 127.0.0.1 that plays this script.
    #[must_use]
    pub fn start(script: Script) -> Self {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0)), script)
    }

    /// Starts a server at this very address, such as that of a sink dropped before: the mail server comes back.
    #[must_use]
    pub fn start_at(address: SocketAddr, script: Script) -> Self {
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let made = rcgen::generate_simple_self_signed(names).expect("a self-signed certificate");
        let key = rustls::pki_types::PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
        let tls = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("TLS versions")
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .expect("a usable certificate");
        let facts = Facts {
            script,
            received: Vec::new(),
            unacknowledged: Vec::new(),
            stalled: 0,
            releases: 0,
            connections: Vec::new(),
            diary: VecDeque::new(),
            stopping: false,
        };
        let state = Arc::new(State { tls: Arc::new(tls), facts: Mutex::new(facts), changed: Condvar::new() });
        let listener = TcpListener::bind(address).expect("a free port");
        let address = listener.local_addr().expect("the bound address");
        let listening = std::thread::spawn({
            let state = Arc::clone(&state);
            move || state.listen(&listener)
        });
        Self { address, certificate_pem: made.cert.pem(), state, listening: Some(listening) }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The certificate shown after STARTTLS, valid for `localhost` and `127.0.0.1`, for the client to trust.
    #[must_use]
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// Plays another script from the next command on, on open connections too.
    pub fn play(&self, script: Script) {
        self.state.facts().script = script;
    }

    /// The mails the client was told 250 for, in order of arrival.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.state.facts().received.clone()
    }

    /// The mails that arrived whole but whose sender was told nothing: dropped after DATA, or gone during a stall.
    #[must_use]
    pub fn unacknowledged(&self) -> Vec<Received> {
        self.state.facts().unacknowledged.clone()
    }

    /// Waits until at least `count` mails were acknowledged, and returns them all. Panics with the dialogue after `deadline`.
    #[must_use]
    pub fn wait_for(&self, count: usize, deadline: Duration) -> Vec<Received> {
        let facts = self.wait(deadline, &format!("{count} mails"), |facts| facts.received.len() >= count);
        facts.received.clone()
    }

    /// Waits until at least `count` senders hang in DATA. Panics with the dialogue after `deadline`.
    pub fn wait_until_stalled(&self, count: usize, deadline: Duration) {
        drop(self.wait(deadline, &format!("{count} stalled senders"), |facts| facts.stalled >= count));
    }

    /// Lets every sender that hangs in DATA now go on to its 250.
    pub fn release(&self) {
        self.state.facts().releases += 1;
        self.state.changed.notify_all();
    }

    fn wait(&self, deadline: Duration, what: &str, reached: impl Fn(&Facts) -> bool) -> MutexGuard<'_, Facts> {
        let until = Instant::now() + deadline;
        let mut facts = self.state.facts();
        while !reached(&facts) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let diary: Vec<&str> = facts.diary.iter().map(String::as_str).collect();
                panic!(
                    "waited {deadline:?} for {what}; {} mails and {} stalled so far\n{}",
                    facts.received.len(),
                    facts.stalled,
                    diary.join("\n")
                );
            }
            facts = self.state.changed.wait_timeout(facts, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        facts
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        {
            let mut facts = self.state.facts();
            facts.stopping = true;
            for connection in &facts.connections {
                let _ = connection.shutdown(Shutdown::Both);
            }
        }
        self.state.changed.notify_all();
        let _ = TcpStream::connect(self.address); // wakes accept()
        if let Some(listening) = self.listening.take() {
            let _ = listening.join();
        }
    }
}

impl State {
    fn facts(&self) -> MutexGuard<'_, Facts> {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn script<T>(&self, ask: impl FnOnce(&mut Script) -> T) -> T {
        ask(&mut self.facts().script)
    }

    fn listen(self: &Arc<Self>, listener: &TcpListener) {
        let mut conversations = Vec::new();
        for socket in listener.incoming() {
            let mut facts = self.facts();
            if facts.stopping {
                break;
            }
            let Ok((socket, handle)) = socket.and_then(|socket| socket.try_clone().map(|handle| (socket, handle)))
            else {
                continue;
            };
            facts.connections.push(handle);
            let state = Arc::clone(self);
            conversations.push(std::thread::spawn(move || {
                let closing = socket.try_clone();
                if let Err(error) = conversation::hold(Arc::clone(&state), socket) {
                    state.note(format!("S: (connection lost: {error})"));
                }
                // The handle kept for dropping the sink would hold the socket open.
                if let Ok(socket) = closing {
                    let _ = socket.shutdown(Shutdown::Both);
                }
            }));
        }
        for conversation in conversations {
            let _ = conversation.join();
        }
    }

    fn note(&self, line: String) {
        let mut facts = self.facts();
        if facts.diary.len() == DIARY_LINES {
            facts.diary.pop_front();
        }
        facts.diary.push_back(line);
    }

    /// Says 250 and keeps the mail in one step, so that whoever knows of the one finds the other.
    fn acknowledge(&self, mail: Received, say: impl FnOnce() -> std::io::Result<()>) -> std::io::Result<()> {
        self.note("S: 250 2.0.0 taken".to_owned());
        let mut facts = self.facts();
        let said = say();
        if said.is_ok() {
            facts.received.push(mail);
        } else {
            facts.unacknowledged.push(mail);
        }
        drop(facts);
        self.changed.notify_all();
        said
    }

    fn keep_unacknowledged(&self, mail: Received) {
        self.facts().unacknowledged.push(mail);
        self.changed.notify_all();
    }

    /// Hangs until released (true) or until the sink is dropped (false).
    fn stall(&self) -> bool {
        let mut facts = self.facts();
        let before = facts.releases;
        facts.stalled += 1;
        self.changed.notify_all();
        while facts.releases == before && !facts.stopping {
            facts = self.changed.wait(facts).unwrap_or_else(PoisonError::into_inner);
        }
        facts.stalled -= 1;
        facts.releases != before
    }
}
