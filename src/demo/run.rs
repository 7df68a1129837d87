//! The command `demo`: the whole service on an embedded database in one folder, with a city in it, on a clock that can be
//! turned.
//!
//! Contract (contract.md, "Commands" and "Demo only"): one process a folder; a city is built once, whole or not at all,
//! and a second start finds it, its accounts, tokens, letters and clock as they were. Deliberately absent: anything that
//! reaches beyond the folder and the port, unless a mail server is named.

use super::accounts::{self, PrintedAccount};
use super::corpus::Corpus;
use super::pages::DemoPages;
use super::time_machine::{TimeMachine, stood_at, written};
use super::world::{self, Plan, Size};
use crate::actions::account::password;
use crate::actions::found_office::found_office;
use crate::actions::seal_contacts::{seal_contacts, seal_words};
use crate::actions::{Office, Settings};
use crate::cli::opening::{Failure, database, hold, keys};
use crate::clock::{Chance, Clock, VirtualClock};
use crate::jobs::Desk;
use crate::jobs::follow_index::follow_index;
use crate::jobs::worker::Worker;
use crate::mail::{MailboxFile, Mailer, Sender, Smtp, SmtpSettings};
use crate::search::IndexHome;
use crate::telemetry::init_logging;
use crate::web::pages::sheet_work;
use crate::web::{Ending, Site, SiteInfo, serve};
use chrono::{DateTime, Utc};
use clap::Args;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
use std::io::IsTerminal;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The password of every account of the demo.
const PASSWORD: &str = "zhipai-demo-2026";
/// How long the desk rests between two rounds.
const REST: Duration = Duration::from_millis(500);
/// After how many rounds the clock's position is kept.
const KEEP_EVERY: u32 = 10;

/// What the command takes.
#[derive(Debug, Clone, Args)]
pub struct DemoArgs {
    /// Port to listen on; 0 for a free one
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
    /// Address to listen on; others than this machine can reach the demo only if you say so
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub bind: IpAddr,
    /// Where the demo lives
    #[arg(long, value_name = "DIR", default_value = "data/demo")]
    pub data: PathBuf,
    /// small (10 stations, 60 experts, 300 needs), city (120, 600, 6,000) or province (2,000, 20,000, 300,000)
    #[arg(long, default_value = "city")]
    pub size: Size,
    /// Another number makes another city
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Sends letters to a mail server (smtp://127.0.0.1:2525) instead of the demo's mailbox
    #[arg(long, value_name = "URL")]
    pub smtp: Option<String>,
}

/// What is known of the city in a folder; written when it is there whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Marker {
    size: String,
    seed: u64,
    start: DateTime<Utc>,
}

/// The files of a demo.
struct Folder(PathBuf);

impl Folder {
    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn database_url(&self) -> String {
        format!("sqlite:{}", self.file("zhipai.db").display())
    }

    fn marker(&self) -> Option<Marker> {
        serde_json::from_slice(&std::fs::read(self.file("city.json")).ok()?).ok()
    }

    /// Takes away what an interrupted start left behind.
    fn clear(&self) -> Result<(), Failure> {
        for name in ["zhipai.db", "zhipai.db-wal", "zhipai.db-shm", "accounts.json", "mailbox.jsonl", "clock", "keys"] {
            gone(&self.file(name), std::fs::remove_file(self.file(name)))?;
        }
        gone(&self.file("index"), std::fs::remove_dir_all(self.file("index")))
    }
}

fn gone(path: &Path, removed: std::io::Result<()>) -> Result<(), Failure> {
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(format!("{}: {error}", path.display())),
        _ => Ok(()),
    }
}

/// Runs the demo until the system asks to stop.
///
/// # Errors
/// One clear line for whatever is in the way.
pub fn run(args: DemoArgs) -> Result<(), Failure> {
    // A demo started beside another logger (a test) keeps that one.
    let _ = init_logging("warn", false);
    let opened = open(&args)?;
    println!("{}", opened.greeting);
    let index = follow_index(Arc::clone(&opened.office)).map_err(|error| format!("index: {error}"))?;
    let rounds = rounds(Arc::clone(&opened.machine)).map_err(|error| format!("jobs: {error}"))?;
    let importing = Arc::clone(&opened.office);
    let sheets = Worker::start("sheets", sheet_work::REST, move || sheet_work::work_all(&importing).map(drop))
        .map_err(|error| format!("sheets: {error}"))?;
    let ended = actix_web::rt::System::new().block_on(async {
        let serving =
            serve(opened.office, opened.site, opened.listener, 0, Ending::Signal).map_err(|error| error.to_string())?;
        serving.server.await.map_err(|error| error.to_string())
    });
    drop(rounds);
    drop(sheets);
    drop(index);
    opened.machine.keep().map_err(|fault| fault.to_string())?;
    ended
}

/// A demo that is ready to serve.
pub struct Opened {
    /// The office.
    pub office: Arc<Office>,
    /// The site with the demo's pages.
    pub site: Arc<Site>,
    /// The socket.
    pub listener: TcpListener,
    /// The clock.
    pub machine: Arc<TimeMachine>,
    /// Who may sign in.
    pub accounts: Vec<PrintedAccount>,
    /// What is printed.
    pub greeting: String,
    held: Option<crate::cli::opening::Held>,
}

impl Opened {
    /// Whether the folder is held against a second process.
    #[must_use]
    pub const fn is_held(&self) -> bool {
        self.held.is_some()
    }
}

/// Opens a demo: takes the folder and the port, builds the city if it is not there, and opens the office over it.
///
/// # Errors
/// One clear line for whatever is in the way.
pub fn open(args: &DemoArgs) -> Result<Opened, Failure> {
    let folder = Folder(args.data.clone());
    std::fs::create_dir_all(&folder.0).map_err(|error| format!("{}: {error}", folder.0.display()))?;
    let held = hold(&folder.database_url())?;
    let address = SocketAddr::new(args.bind, args.port);
    let listener =
        TcpListener::bind(address).map_err(|error| format!("{address}: {error}; choose another with --port"))?;
    let port = listener.local_addr().map_err(|error| error.to_string())?.port();
    let clock = Arc::new(VirtualClock::ticking(stood_at(&folder.file("clock"))));
    let corpus = Corpus::read().map_err(|fault| fault.to_string())?;
    let accounts = city(args, &folder, &corpus, clock.now())?;
    let chance = Chance::from_machine();
    let ring = keys(&folder.file("keys"), &chance)?;
    let db = database(&folder.database_url(), 8)?;
    found_office(&db, &ring, clock.now()).map_err(|error| error.to_string())?;
    seal_contacts(&db, &ring, &chance, clock.now()).map_err(|error| error.to_string())?;
    seal_words(&db, &ring).map_err(|error| error.to_string())?;
    let host = if args.bind.is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { args.bind };
    let base_url = format!("http://{}", SocketAddr::new(host, port));
    let settings = Settings { base_url: base_url.clone(), connections: 8, second_factor: false, mail_off: false };
    let index = IndexHome::open(&folder.file("index")).map_err(|fault| format!("the search index: {fault}"))?;
    let office = Office::open(db, Arc::<VirtualClock>::clone(&clock), chance, ring, settings, index)
        .map_err(|fault| fault.to_string())?;
    let office = Arc::new(office);
    office.warm_answers();
    let (mailer, mailbox) = post_office(args, &folder)?;
    let letters_go_to = mailer.describe();
    let sender = Sender {
        name: "知派（演示）".to_owned(),
        name_en: "Zhipai (demo)".to_owned(),
        address: format!("desk@{}", world::stations::OFFICE),
        reply_to: None,
    };
    let desk = Desk::new(Arc::clone(&office), Some(mailer), sender);
    let machine = Arc::new(TimeMachine::new(clock, desk, Some(folder.file("clock"))));
    machine.keep().map_err(|fault| fault.to_string())?;
    let pages = DemoPages { machine: Arc::clone(&machine), mailbox, letters_go_to };
    let mut site = Site::new(office.chance.secret()).with_demo(Arc::new(pages));
    site.info = SiteInfo {
        name: "知派".to_owned(),
        organiser: "市知识产权公共服务中心（演示）".to_owned(),
        supervision_phone: "010-55000001".to_owned(),
        ..SiteInfo::default()
    };
    let greeting = greeting(&base_url, &folder, &accounts, machine.now());
    Ok(Opened { office, site: Arc::new(site), listener, machine, accounts, greeting, held })
}

/// How letters leave, and the mailbox if they stay.
type PostOffice = (Arc<dyn Mailer>, Option<Arc<MailboxFile>>);

/// Where letters go: the mailbox of this folder, or the server that was named.
fn post_office(args: &DemoArgs, folder: &Folder) -> Result<PostOffice, Failure> {
    if let Some(address) = &args.smtp {
        let settings = SmtpSettings::from_address(address).map_err(|error| format!("--smtp: {error}"))?;
        let smtp = Smtp::new(&settings).map_err(|error| format!("--smtp: {error}"))?;
        return Ok((Arc::new(smtp), None));
    }
    let path = folder.file("mailbox.jsonl");
    let mailbox = Arc::new(MailboxFile::open(&path).map_err(|error| format!("{}: {error}", path.display()))?);
    Ok((Arc::<MailboxFile>::clone(&mailbox), Some(mailbox)))
}

/// The city of the folder: found as it was, or built. Answers who may sign in.
fn city(args: &DemoArgs, folder: &Folder, corpus: &Corpus, now: DateTime<Utc>) -> Result<Vec<PrintedAccount>, Failure> {
    let plan = |size, seed, start, password_hash, keys| Plan {
        corpus,
        size,
        seed,
        start,
        password: PASSWORD,
        password_hash,
        keys,
    };
    let ring = || keys(&folder.file("keys"), &Chance::from_machine());
    let told = folder.file("accounts.json");
    if let Some(marker) = folder.marker() {
        if marker.size != args.size.as_str() || marker.seed != args.seed {
            let (size, seed) = (&marker.size, marker.seed);
            println!("此目录已有 {size}（种子 {seed}），沿用之；换一座城请另用 --data。");
            println!(
                "This folder holds {size} (seed {seed}) already and is used as it is; another --data makes another city."
            );
        }
        if let Some(accounts) = accounts::read(&told) {
            return Ok(accounts);
        }
        let size: Size = marker.size.parse()?;
        let accounts = world::printed_accounts(&plan(size, marker.seed, marker.start, String::new(), ring()?));
        accounts::write(&told, &accounts).map_err(|error| format!("{}: {error}", told.display()))?;
        return Ok(accounts);
    }
    folder.clear()?;
    println!("正在建城 / building the city: {} …", args.size.as_str());
    let hash = password::hash(&Chance::seeded(args.seed), PASSWORD).map_err(|fault| fault.to_string())?;
    let db = database(&folder.database_url(), 2)?;
    let progress = std::io::stderr().is_terminal();
    let built = world::raise(&db, &plan(args.size, args.seed, now, hash, ring()?), &mut |needs| {
        if progress {
            eprint!("\r{needs} / {}", args.size.needs());
        }
    })
    .map_err(|fault| fault.to_string())?;
    if progress {
        eprintln!();
    }
    accounts::write(&told, &built.accounts).map_err(|error| format!("{}: {error}", told.display()))?;
    let marker = Marker { size: args.size.as_str().to_owned(), seed: args.seed, start: now };
    let path = folder.file("city.json");
    let text = serde_json::to_vec_pretty(&marker).map_err(|error| error.to_string())?;
    accounts::replace(&path, &text).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(built.accounts)
}

/// The address, the accounts, and the first three things to try.
fn greeting(base_url: &str, folder: &Folder, accounts: &[PrintedAccount], now: DateTime<Utc>) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "\n知派演示 / Zhipai demo   {base_url}");
    let _ = writeln!(text, "演示时钟 / clock   {}\n", written(now));
    for account in accounts {
        let place = account.station.as_deref().unwrap_or_default();
        let _ = writeln!(
            text,
            "  {:<8} {:<34} {}  {} {place}",
            account.role, account.email, account.password, account.name
        );
    }
    let _ = writeln!(text, "\n账号与令牌 / accounts and tokens   {}", folder.file("accounts.json").display());
    let _ = writeln!(text, "\n先试三件事 / three things to try first");
    let things = [
        (
            format!("用联络员登录 {base_url}/sign-in，打开一件待派单的需求，看「为什么是他」，派给第一位。"),
            "Sign in as a liaison, open a need nobody was asked for, see why the first candidate is first, and offer it to him.",
        ),
        (
            format!("打开 {base_url}/demo/mailbox，读派单信，点专属链接，以专家身份接受、婉拒或提问。"),
            "Open the mailbox, read the offer, follow its link, and accept, decline or ask as the expert.",
        ),
        (
            format!("打开 {base_url}/demo/，让时钟前进 3 天：提醒、逾期、下一位候补，各在其时。"),
            "Move the clock three days on: reminders, the lapse, the next reserve, each at its time.",
        ),
    ];
    for (nth, (chinese, english)) in things.iter().enumerate() {
        let _ = writeln!(text, "  {}. {chinese}\n     {english}", nth + 1);
    }
    text
}

/// The jobs of the demo, taking turns with the time machine.
///
/// # Errors
/// When the system gives no thread.
fn rounds(machine: Arc<TimeMachine>) -> std::io::Result<Worker> {
    let mut rounds: u32 = 0;
    Worker::start("jobs", REST, move || {
        rounds = rounds.wrapping_add(1);
        let done = machine.tick().map(drop);
        if rounds.is_multiple_of(KEEP_EVERY) {
            // Each whatever became of the others.
            let (slept, kept) = (machine.night(), machine.keep());
            return done.and(slept).and(kept);
        }
        done
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_process_a_folder_and_a_second_start_finds_everything_as_it_was() {
        let data = std::env::temp_dir().join(format!("zhipai-demo-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&data);
        let args = DemoArgs {
            port: 0,
            bind: IpAddr::V4(Ipv4Addr::LOCALHOST),
            data: data.clone(),
            size: Size::Small,
            seed: 9,
            smtp: None,
        };
        // What an interrupted start leaves behind is not built upon.
        std::fs::create_dir_all(&data).expect("a folder");
        std::fs::write(data.join("zhipai.db"), b"torn").expect("written");
        let first = open(&args).expect("opens");
        assert!(first.is_held() && first.accounts.iter().filter(|account| account.role == "manager").count() >= 2);
        assert!(open(&args).is_err_and(|why| why.contains("already runs")));
        first.machine.advance_by(chrono::TimeDelta::days(40)).expect("arrives");
        let (stood, accounts) = (first.machine.now(), first.accounts.clone());
        drop(first);
        let second =
            open(&DemoArgs { size: Size::City, ..args.clone() }).expect("opens again, whatever size is asked for");
        assert_eq!(second.accounts, accounts);
        assert!(second.machine.now() >= stood);
        drop(second);
        std::fs::remove_file(data.join("accounts.json")).expect("removed");
        assert_eq!(open(&args).expect("opens").accounts, accounts, "told again as they were");
        let _ = std::fs::remove_dir_all(data);
    }
}
