//! The simulated world's beginning: an office over a database, managers, stations with their liaisons, and the experts,
//! all entered through the real deeds.

use super::dice::Dice;
use super::plan::{Fault, Missing, Plan};
use super::post::{Post, domains};
use super::time::SimulatedClock;
use crate::actions::account::{NewAccount, add_account};
use crate::actions::found_office::found_office;
use crate::actions::keep_station::{StationInput, add_station};
use crate::actions::register_expert::{ExpertInput, QualificationInput, register_expert};
use crate::actions::{Actor, Done, Fault as Broken, Office, Settings};
use crate::cli::opening::database;
use crate::clock::Chance;
use crate::db::{self, Db};
use crate::domain::catalogue;
use crate::domain::region;
use crate::domain::role::{Role, Staff};
use crate::ids::{ExpertId, StationId};
use crate::jobs::Desk;
use crate::mail::{Mailer, Sender};
use crate::seal::Keyring;
use crate::search::IndexHome;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// A Monday in January at 06:00 Beijing time, in a year whose holidays are known.
pub const START: &str = "2026-01-04T22:00:00Z";

/// A station and who works there.
#[derive(Debug, Clone)]
pub struct Station {
    /// Which.
    pub id: StationId,
    /// Its region.
    pub region: &'static str,
    /// Its liaison.
    pub liaison: Actor,
    /// Its head (站长).
    pub head: Actor,
    /// Whether it asks by itself.
    pub automatic: bool,
}

/// How an expert takes to letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Temper {
    /// Answers within hours.
    Prompt,
    /// Answers on the last day, or after it.
    Slow,
    /// Never answers.
    Silent,
    /// Declines as a rule.
    Declining,
    /// Asks first.
    Asking,
    /// Answers after the end.
    Late,
    /// Presses every button twice, and comes back to old links.
    Twice,
}

/// Everybody.
pub struct World {
    /// A manager of the city.
    pub manager: Actor,
    /// Another one, who decides what the first began.
    pub deputy: Actor,
    /// The stations.
    pub stations: Vec<Station>,
    /// How each expert takes to letters.
    pub tempers: HashMap<ExpertId, Temper>,
    /// The experts in the order they were entered.
    pub experts: Vec<ExpertId>,
}

static HOUSES: AtomicU32 = AtomicU32::new(0);

/// The database of a run, and what must be kept for it to stay.
pub struct House {
    /// Its address.
    pub url: String,
    /// An in-memory database lives while one connection to it is open.
    _anchor: Option<Db>,
    made: Option<PathBuf>,
}

impl House {
    /// The database of the plan: named, or one in memory that is gone with the run.
    ///
    /// # Errors
    /// When it cannot be opened, or holds something already.
    pub fn open(plan: &Plan) -> Result<Self, String> {
        // Counted, so that two runs of one seed in one process do not meet in one database.
        let in_memory = || {
            let serial = HOUSES.fetch_add(1, Ordering::Relaxed);
            format!("sqlite:file:/zhipai-simulation-{}-{serial}?vfs=memdb", std::process::id())
        };
        let url = plan.database.clone().unwrap_or_else(in_memory);
        let path = url.strip_prefix("sqlite:").filter(|path| !path.starts_with("file:")).map(PathBuf::from);
        if path.as_ref().is_some_and(|path| path.exists()) {
            return Err(format!("{url}: exists already; a simulation makes its own"));
        }
        let anchor = database(&url, 1)?;
        let is_empty = db::copy::is_empty(&mut *anchor.reader().map_err(|fault| fault.to_string())?);
        if !is_empty.map_err(|fault| fault.to_string())? {
            return Err("the database of a simulation must be empty".to_owned());
        }
        if plan.without == Some(Missing::Index) {
            anchor
                .write_alone(|conn| Ok(db::dialect::drop_index(conn, "assignments_one_open_per_seat")?))
                .map_err(|fault| fault.to_string())?;
        }
        Ok(Self { url, _anchor: Some(anchor), made: path })
    }

    /// The database of a run that ended: as it is.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn again(plan: &Plan) -> Result<Self, String> {
        let url = plan.database.clone().ok_or("a database in memory is gone with its run")?;
        Ok(Self { _anchor: Some(database(&url, 1)?), url, made: None })
    }

    /// The file that was made, if one was.
    #[must_use]
    pub const fn file(&self) -> Option<&PathBuf> {
        self.made.as_ref()
    }
}

/// When the run begins.
///
/// # Errors
/// Never, as long as [`START`] is an instant.
pub fn start() -> Result<DateTime<Utc>, String> {
    START.parse().map_err(|error| format!("{START}: {error}"))
}

/// In whose name letters go out.
#[must_use]
pub fn sender() -> Sender {
    Sender {
        name: "知派".to_owned(),
        name_en: "Zhipai".to_owned(),
        address: "desk@zhipai.example".to_owned(),
        reply_to: None,
    }
}

/// A node over the run's database; without `post`, one whose mail is off. `life` tells apart the lives a node has between
/// crashes.
///
/// # Errors
/// A fault of the machine.
pub fn node(
    house: &House,
    plan: &Plan,
    clock: &Arc<SimulatedClock>,
    post: Option<&Arc<Post>>,
    life: &str,
) -> Done<Desk> {
    let db = Db::open_unsynced(&house.url, 2)?;
    let mut dice = Dice::of(plan.seed, "chance", life);
    let chance = Chance::seeded(dice.between(0, i64::MAX).unsigned_abs());
    let keys = Keyring::new(BTreeMap::from([(1, [7; 32])])).ok_or_else(|| Broken::new("no keys"))?;
    found_office(&db, &keys, crate::clock::Clock::now(clock.as_ref()))?;
    let settings = Settings {
        base_url: "https://zhipai.example".to_owned(),
        connections: 2,
        second_factor: false,
        mail_off: post.is_none(),
    };
    let index = (IndexHome::in_memory(), None);
    let office = Office::open(db, Arc::<SimulatedClock>::clone(clock), chance, keys, settings, index)?;
    let mailer = post.map(|post| Arc::<Post>::clone(post) as Arc<dyn Mailer>);
    Ok(Desk::new(Arc::new(office), mailer, sender()))
}

/// Enters everybody.
///
/// # Errors
/// What a deed refuses: the world is made of what the office takes.
pub fn people(office: &Office, plan: &Plan) -> Done<World> {
    let mut dice = Dice::of(plan.seed, "people", "");
    let account = |role, name: &str, station, region: Option<&str>, head| NewAccount {
        role,
        name: name.to_owned(),
        email: format!("{name}@{}", domains::WELL),
        phone: None,
        station,
        region: region.map(str::to_owned),
        head,
        language: "zh".to_owned(),
        password: None,
    };
    let manager = staff(office, &account(Role::Manager, "manager-1", None, None, false))?;
    let deputy = staff(office, &account(Role::Manager, "manager-2", None, None, false))?;
    let regions: Vec<&'static str> =
        region::SHIPPED.iter().filter(|region| region.parent.is_some()).map(|region| region.code).collect();
    let mut stations = Vec::new();
    for (n, region) in (0..(plan.experts / 20).clamp(2, 40)).zip(regions.iter().cycle()) {
        let automatic = n % 3 == 0;
        let input = StationInput {
            name: format!("模拟工作站{n}"),
            region: (*region).to_owned(),
            address: "某路 1 号".to_owned(),
            phone: "010-55000000".to_owned(),
            supervision_phone: "010-55000001".to_owned(),
            lat: None,
            lon: None,
            automatic: Some(automatic),
        };
        let id = add_station(office, &manager, &input)?;
        let liaison = staff(office, &account(Role::Liaison, &format!("liaison-{n}"), Some(id), None, false))?;
        let head = staff(office, &account(Role::Liaison, &format!("head-{n}"), Some(id), None, true))?;
        stations.push(Station { id, region, liaison, head, automatic });
    }
    let mut tempers = HashMap::new();
    let mut experts = Vec::new();
    for n in 0..plan.experts {
        let id = register_expert(office, &manager, &expert(plan, &mut dice, n, &regions))?;
        tempers.insert(id, temper(&mut dice));
        experts.push(id);
    }
    Ok(World { manager, deputy, stations, tempers, experts })
}

fn staff(office: &Office, new: &NewAccount) -> Done<Actor> {
    let (id, _) = add_account(office, &Actor::Operator, new)?;
    let row =
        db::account::find(&mut *office.read()?, &id)?.ok_or_else(|| Broken::new("an account that is not there"))?;
    let scope = match row.station {
        Some(station) => crate::domain::role::Scope::Station(station),
        None => crate::domain::role::Scope::Everything,
    };
    Ok(Actor::Staff(Staff { account: id, role: row.role, scope, station: row.station }))
}

fn temper(dice: &mut Dice) -> Temper {
    match dice.between(0, 99) {
        0..=39 => Temper::Prompt,
        40..=54 => Temper::Slow,
        55..=67 => Temper::Silent,
        68..=77 => Temper::Declining,
        78..=85 => Temper::Asking,
        86..=91 => Temper::Late,
        _ => Temper::Twice,
    }
}

fn expert(plan: &Plan, dice: &mut Dice, n: usize, regions: &[&'static str]) -> ExpertInput {
    let domain = match dice.between(0, 99) {
        0..=2 => domains::GONE,
        3..=5 => domains::LATE,
        6..=11 => domains::GREY,
        _ => domains::WELL,
    };
    let services: Vec<String> =
        catalogue::CATALOGUE.iter().filter(|_| dice.percent(30)).map(|item| item.slug.to_owned()).collect();
    let first = catalogue::CATALOGUE.first().map_or("", |item| item.slug).to_owned();
    // Enough room for what comes in: each need asks about two people, and nobody may be asked more often than his cap.
    let a_month = i64::from(plan.needs_per_day) * 30 * 3 / i64::try_from(plan.experts).unwrap_or(1).max(1);
    ExpertInput {
        name: format!("专家{n}"),
        firm: format!("模拟第{}专利代理有限公司", n / 3),
        email: format!("expert-{n}@{domain}"),
        region: (*dice.pick(regions).unwrap_or(&"110108")).to_owned(),
        qualifications: vec![QualificationInput {
            kind: "专利代理师".to_owned(), ..QualificationInput::default()
        }],
        years: 8,
        services: if services.is_empty() { vec![first] } else { services },
        bio: "专利申请、布局与预警".to_owned(),
        monthly_cap: Some(i32::try_from(a_month.clamp(4, 30)).unwrap_or(4)),
        standing: Some("active".to_owned()),
        ..ExpertInput::default()
    }
}

/// How far apart two nodes' lives are named.
#[must_use]
pub fn life(node: usize, crashes: u32) -> String {
    format!("{node}.{crashes}")
}

/// Whether a plan has two nodes.
#[must_use]
pub fn has_two_nodes(plan: &Plan) -> bool {
    plan.faults.has(Fault::Nodes)
}

/// How long a run lasts.
#[must_use]
pub fn span(plan: &Plan) -> TimeDelta {
    TimeDelta::days(i64::from(plan.days))
}
