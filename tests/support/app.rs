//! The real service in one process: real database, real web server on a free port, virtual clock, letters in a mailbox.

use super::backend::{Backend, TestDatabase};
use super::people::Person;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use zhipai::actions::found_office::found_office;
use zhipai::actions::{Done, Office, Settings, Tx};
use zhipai::clock::{Chance, Clock, VirtualClock};
use zhipai::db::pool::LENT_WITHIN;
use zhipai::db::{self, Db, JsonText};
use zhipai::domain::role::Role;
use zhipai::ids::{AccountId, StationId, TokenId};
use zhipai::jobs::{Desk, TickReport, tick};
use zhipai::mail::{MailboxEntry, MailboxFile, Mailer, Sender};
use zhipai::seal::{Keyring, fingerprint};
use zhipai::search::IndexHome;
use zhipai::web::limits::Limits;
use zhipai::web::server::{Ending, Serving, Site, serve};

/// How many connections an app has for reading, and on PostgreSQL as many for writing.
pub const CONNECTIONS: u32 = 8;

/// Everybody's password; hashed only where a story signs in.
pub const PASSWORD: &str = "a long enough test password 7";

/// A whole service for one story.
pub struct App {
    pub office: Arc<Office>,
    pub clock: Arc<VirtualClock>,
    pub mailbox: Arc<MailboxFile>,
    pub desk: Desk,
    pub base_url: String,
    pub station: StationId,
    pub other_station: StationId,
    pub liaison: Person,
    pub other_liaison: Person,
    pub manager: Person,
    pub second_manager: Person,
    pub admin: Person,
    pub auditor: Person,
    invented: bool,
    handle: actix_web::dev::ServerHandle,
    thread: Option<JoinHandle<()>>,
    pub database: TestDatabase,
}

/// How an app differs from the usual one.
#[derive(Default)]
pub struct Shape {
    pub mailer: Option<Arc<dyn Mailer>>,
    pub mail_off: bool,
    pub second_factor: bool,
    pub start: Option<DateTime<Utc>>,
    /// Calls are not counted: for benchmarks.
    pub unlimited: bool,
    /// Rows are written beside the deeds, for a benchmark: there is no promise to look at in the end.
    pub invented: bool,
    /// The index lies in a folder beside the database instead of in memory.
    pub index_on_disk: bool,
    /// How long a call waits for a connection when all are taken; as the service does unless it is said.
    pub lent_within: Option<Duration>,
}

pub fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).expect("an instant").to_utc()
}

pub fn sender() -> Sender {
    Sender {
        name: "知派".to_owned(),
        name_en: "Zhipai".to_owned(),
        address: "desk@zhipai.example".to_owned(),
        reply_to: None,
    }
}

impl App {
    /// Tuesday 10 March 2026, 10:00 in Beijing.
    pub fn start(backend: Backend) -> Self {
        Self::shaped(backend, Shape::default())
    }

    pub fn shaped(backend: Backend, shape: Shape) -> Self {
        let database = TestDatabase::fresh(backend);
        let clock = Arc::new(VirtualClock::standing(shape.start.unwrap_or_else(|| at("2026-03-10T10:00:00+08:00"))));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let base_url = format!("http://127.0.0.1:{}", listener.local_addr().expect("an address").port());
        let within = shape.lent_within.unwrap_or(LENT_WITHIN);
        let db = Db::open_lending(&database.url, CONNECTIONS, within).expect("opens");
        let keys = Keyring::new(BTreeMap::from([(1, [42; 32])])).expect("keys");
        found_office(&db, &keys, clock.now()).expect("founded");
        let settings = Settings {
            base_url: base_url.clone(),
            connections: CONNECTIONS,
            second_factor: shape.second_factor,
            mail_off: shape.mail_off,
        };
        let index = if shape.index_on_disk {
            IndexHome::open(&database.folder.join("index")).expect("an index").0
        } else {
            IndexHome::in_memory()
        };
        let shared: Arc<dyn Clock> = clock.clone();
        let office =
            Arc::new(Office::open(db, shared, Chance::seeded(7), keys, settings, (index, None)).expect("an office"));
        let seeded = seed(&office);
        office.follow_index().expect("an index");
        let mailbox = Arc::new(MailboxFile::in_memory());
        let mailer: Arc<dyn Mailer> = shape.mailer.unwrap_or_else(|| mailbox.clone());
        let desk = Desk::new(office.clone(), (!shape.mail_off).then_some(mailer), sender());
        let mut site = Site::new("test".to_owned());
        site.plain_http = true;
        site.mail_off = shape.mail_off;
        site.limits = Limits::new(shape.unlimited);
        let invented = shape.invented;
        let (handle, thread) = run(office.clone(), site, listener);
        let person = |(name, token): &(AccountId, String)| Person::new(&base_url, *name, token);
        Self {
            liaison: person(&seeded.liaison),
            other_liaison: person(&seeded.other_liaison),
            manager: person(&seeded.managers[0]),
            second_manager: person(&seeded.managers[1]),
            admin: person(&seeded.admin),
            auditor: person(&seeded.auditor),
            station: seeded.station,
            other_station: seeded.other_station,
            office,
            clock,
            mailbox,
            desk,
            base_url,
            invented,
            handle,
            thread: Some(thread),
            database,
        }
    }

    /// Does everything that is due now.
    pub fn tick(&self) -> TickReport {
        tick(&self.desk).expect("a round of jobs")
    }

    /// Moves the clock in steps through everything that is due on the way, as the time machine does.
    pub fn advance(&self, by: TimeDelta) -> TickReport {
        let target = self.clock.now() + by;
        let mut report = self.tick();
        loop {
            let next = next_after(&self.office, self.clock.now()).filter(|at| *at <= target);
            let Some(next) = next else { break };
            self.clock.move_to(next);
            report.add(&self.tick());
        }
        self.clock.move_to(target);
        report.add(&self.tick());
        report
    }

    pub fn advance_to(&self, text: &str) -> TickReport {
        self.advance(at(text) - self.clock.now())
    }

    /// The letters somebody got, newest first.
    pub fn letters_to(&self, address: &str) -> Vec<MailboxEntry> {
        self.mailbox.entries(Some(address), None)
    }

    /// The sealed link of the newest letter somebody got.
    pub fn link_to(&self, address: &str) -> String {
        let letter = self.letters_to(address).into_iter().next().expect("a letter");
        letter.links.into_iter().find(|link| link.contains("/l/")).expect("a sealed link")
    }
}

/// The next instant after `now` at which something is due; what is overdue already waits for somebody else.
fn next_after(office: &Office, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let mut reader = office.read().expect("a reader");
    let due = [
        db::assignment::next_due(&mut reader).expect("due"),
        db::conduct::next_due(&mut reader).expect("due"),
        db::escalation::next_due(&mut reader).expect("due"),
        db::outbox::next_due(&mut reader).expect("due"),
        db::document::next_notice(&mut reader).expect("due"),
        db::email_change::next_due(&mut reader).expect("due"),
    ];
    drop(reader);
    let duty = zhipai::actions::tend_duty::next_due(office).expect("due");
    due.into_iter().flatten().map(|at| at.and_utc()).chain(duty).filter(|at| *at > now).min()
}

impl Drop for App {
    fn drop(&mut self) {
        if !std::thread::panicking() && !self.invented {
            super::holds::look(self);
        }
        let handle = self.handle.clone();
        let stopped = std::thread::spawn(move || actix_web::rt::System::new().block_on(handle.stop(false)));
        let _ = stopped.join();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(office: Arc<Office>, site: Site, listener: TcpListener) -> (actix_web::dev::ServerHandle, JoinHandle<()>) {
    let (send, receive) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let Serving { server, handle, .. } =
                serve(office, Arc::new(site), listener, 1, Ending::Handle).expect("serves");
            send.send(handle).expect("told");
            server.await.expect("ends well");
        });
    });
    (receive.recv().expect("a server"), thread)
}

pub struct Seeded {
    pub station: StationId,
    pub other_station: StationId,
    pub liaison: (AccountId, String),
    pub other_liaison: (AccountId, String),
    pub managers: Vec<(AccountId, String)>,
    pub admin: (AccountId, String),
    pub auditor: (AccountId, String),
}

/// A member of staff of a station, of a region or of the whole office, with a token; answers who and the token.
pub fn staff(
    tx: &mut Tx<'_>,
    role: Role,
    name: &str,
    station: Option<StationId>,
    region: Option<&str>,
) -> Done<(AccountId, String)> {
    let id = AccountId::from_minted(tx.mint());
    let row = db::account::AccountRow {
        id,
        role,
        name: name.to_owned(),
        email: format!("{}@staff.example", name.to_lowercase()),
        phone: None,
        password_hash: None,
        station,
        region: region.map(str::to_owned),
        head: station.is_some(),
        on_leave_until: None,
        language: "zh".to_owned(),
        totp_secret: None,
        totp_last_step: None,
        disabled_at: None,
        created_at: tx.now.naive_utc(),
    };
    db::account::insert(tx.conn, &row)?;
    let secret = format!("zp_test_{name}");
    let token = db::account::TokenRow {
        id: TokenId::from_minted(tx.mint()),
        account: id,
        hash: fingerprint(secret.as_bytes()),
        label: "test".to_owned(),
        scopes: JsonText::of(&vec!["read".to_owned(), "write".to_owned()]),
        created_at: tx.now.naive_utc(),
        revoked_at: None,
    };
    db::account::insert_tokens(tx.conn, std::slice::from_ref(&token))?;
    Ok((id, secret))
}

/// Two stations, one liaison each, two managers, an administrator, an auditor; each with a token.
pub fn seed(office: &Office) -> Seeded {
    office
        .write(|tx| {
            let mut stations = Vec::new();
            for (name, region, lat, lon) in
                [("云杉科技园工作站", "110108", 39.98, 116.31), ("潮白河工作站", "110112", 39.9, 116.66)]
            {
                let id = StationId::from_minted(tx.mint());
                let row = db::station::StationRow {
                    id,
                    name: name.to_owned(),
                    region: region.to_owned(),
                    address: "创新路 1 号".to_owned(),
                    phone: "010-62000001".to_owned(),
                    supervision_phone: "010-62000012".to_owned(),
                    lat: Some(lat),
                    lon: Some(lon),
                    automatic: false,
                    created_at: tx.now.naive_utc(),
                };
                db::station::insert(tx.conn, &row)?;
                stations.push(id);
            }
            let mut account = |role, name: &str, station| staff(tx, role, name, station, None);
            Ok(Seeded {
                liaison: account(Role::Liaison, "Lin", Some(stations[0]))?,
                other_liaison: account(Role::Liaison, "Zhao", Some(stations[1]))?,
                managers: vec![account(Role::Manager, "Meng", None)?, account(Role::Manager, "Mao", None)?],
                admin: account(Role::Admin, "Ai", None)?,
                auditor: account(Role::Auditor, "Shen", None)?,
                station: stations[0],
                other_station: stations[1],
            })
        })
        .expect("seeded")
}
