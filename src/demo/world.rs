//! The demo's city: the seventeen regions, stations and accounts, a register of experts, and a year of needs.
//!
//! Contract: the same seed, size and start give the same rows, on every machine. Rows keep every constraint of the
//! schema and read as if the living office had written them: the same states, the same trail, the same figures. Rankings
//! of the past are not kept (`{"schema": 0}`). Read in this order: [`dice`] · [`rows`] · [`people`] · [`stations`] ·
//! [`experts`] · [`enterprises`] · [`texts`] · [`arrivals`] · [`fate`] · `history` and its parts.

pub mod answers;
pub mod arrivals;
pub mod case;
mod chain;
pub mod choosing;
mod conduct;
pub mod dice;
pub mod enterprises;
pub mod experts;
pub mod fate;
mod history;
mod offers;
pub mod people;
mod profile;
pub mod rows;
mod service;
pub mod stations;
mod submitting;
pub mod texts;
pub mod trail;

use super::accounts::PrintedAccount;
use super::corpus::{Corpus, CorpusFault};
use crate::actions::found_office::{calendar_days, regions};
use crate::db::audit::AuditRow;
use crate::db::calendar::CalendarDayRow;
use crate::db::{Db, DbFault, changes, dialect};
use crate::domain::calendar::{Calendar, CalendarRow, RowKind};
use crate::domain::number::Series;
use crate::domain::region::Region;
use crate::seal::Keyring;
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use dice::Dice;
use experts::Volunteer;
use history::{Happening, History};
use people::People;
use rows::Rows;
use std::fmt;
use std::str::FromStr;
use trail::Trail;

/// The label of the tokens in `accounts.json`.
pub(super) const TOKEN_LABEL: &str = "demo";

/// How large the city is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Size {
    /// 10 stations, 60 experts, 300 needs.
    Small,
    /// 120 stations, 600 experts, 6,000 needs.
    #[default]
    City,
    /// 2,000 stations, 20,000 experts, 300,000 needs.
    Province,
}

impl Size {
    /// Stations.
    #[must_use]
    pub const fn stations(self) -> usize {
        match self {
            Self::Small => 10,
            Self::City => 120,
            Self::Province => 2_000,
        }
    }

    /// Experts, whatever their standing.
    #[must_use]
    pub const fn experts(self) -> usize {
        match self {
            Self::Small => 60,
            Self::City => 600,
            Self::Province => 20_000,
        }
    }

    /// Needs of the past year.
    #[must_use]
    pub const fn needs(self) -> usize {
        match self {
            Self::Small => 300,
            Self::City => 6_000,
            Self::Province => 300_000,
        }
    }

    /// Its name on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::City => "city",
            Self::Province => "province",
        }
    }
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Small, Self::City, Self::Province]
            .into_iter()
            .find(|size| size.as_str() == text)
            .ok_or_else(|| format!("{text} is no size: expected small, city or province"))
    }
}

/// What to build.
#[derive(Debug, Clone)]
pub struct Plan<'corpus> {
    /// Texts and names.
    pub corpus: &'corpus Corpus,
    /// How large.
    pub size: Size,
    /// Chance.
    pub seed: u64,
    /// When the demo starts and the past ends.
    pub start: DateTime<Utc>,
    /// The password of every account, as printed.
    pub password: &'corpus str,
    /// Its hash: one for all, for a hash takes as long as a hundred needs.
    pub password_hash: String,
    /// What seals how to reach people.
    pub keys: Keyring,
}

/// The city could not be built.
#[derive(Debug)]
pub enum WorldFault {
    /// The corpus cannot be read.
    Corpus(CorpusFault),
    /// The shipped calendar cannot be read.
    Calendar(String),
    /// The database refuses.
    Db(DbFault),
}

impl fmt::Display for WorldFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Corpus(fault) => fault.fmt(f),
            Self::Calendar(why) => write!(f, "the shipped calendar cannot be read: {why}"),
            Self::Db(fault) => fault.fmt(f),
        }
    }
}
impl std::error::Error for WorldFault {}
impl From<DbFault> for WorldFault {
    fn from(fault: DbFault) -> Self {
        Self::Db(fault)
    }
}
impl From<diesel::result::Error> for WorldFault {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(DbFault::Query(error))
    }
}
impl From<CorpusFault> for WorldFault {
    fn from(fault: CorpusFault) -> Self {
        Self::Corpus(fault)
    }
}

/// Where rows go, a handful at a time, in an order that foreign keys allow.
pub type Sink<'a> = &'a mut dyn FnMut(Rows) -> Result<(), WorldFault>;

/// What was built.
#[derive(Debug, Clone)]
pub struct Built {
    /// The accounts that are told to whoever starts the demo.
    pub accounts: Vec<PrintedAccount>,
    /// The last running values: needs, offers, cases, filings.
    pub numbers: [(Series, i64); 4],
}

/// A point near a region's centre; `spread` in degrees of latitude.
fn jitter(dice: &mut Dice, region: &Region, spread: f64) -> (f64, f64) {
    let mut off = || dice.fraction() + dice.fraction() - 1.0;
    let cut = |degrees: f64| (degrees * 1e5).round() / 1e5;
    (cut(region.lat + off() * spread), cut(region.lon + off() * spread * 1.3))
}

/// The calendar as shipped, under the version the living office gives the same rows.
fn shipped_calendar(days: &[CalendarDayRow]) -> Result<Calendar, WorldFault> {
    let version = crate::actions::calendar_version(days);
    let rows = days.iter().map(|row| CalendarRow {
        date: row.day,
        kind: if row.kind == RowKind::Workday.as_str() { RowKind::Workday } else { RowKind::Holiday },
        occasion: row.occasion.clone(),
    });
    Calendar::from_rows(rows, &version).map_err(|problem| WorldFault::Calendar(problem.to_string()))
}

/// The accounts that are told to whoever starts the demo, made again as they were.
#[must_use]
pub fn printed_accounts(plan: &Plan<'_>) -> Vec<PrintedAccount> {
    let mut accounts = Vec::new();
    stations::build(plan, &mut People::new(&plan.corpus.names), &mut Rows::default(), &mut accounts);
    accounts
}

/// Builds the city and hands its rows over.
///
/// # Errors
/// [`WorldFault`], from reading what is built in or from the sink.
pub fn build(plan: &Plan<'_>, sink: Sink<'_>) -> Result<Built, WorldFault> {
    let start = plan.start.duration_trunc(TimeDelta::seconds(1)).unwrap_or(plan.start);
    let plan = &Plan { start, ..plan.clone() };
    let days = calendar_days().map_err(|fault| WorldFault::Calendar(fault.to_string()))?;
    let calendar = shipped_calendar(&days)?;
    let mut people = People::new(&plan.corpus.names);
    let mut rows = Rows { regions: regions(), days, ..Rows::default() };
    let mut accounts = Vec::new();
    let offices = stations::build(plan, &mut people, &mut rows, &mut accounts);
    let (Some(first), Some(second)) = (offices.managers.first().copied(), offices.managers.get(1).copied()) else {
        return Err(WorldFault::Db(DbFault::Schema("a city needs two managers".to_owned())));
    };
    let mut register = experts::build(plan, &mut people, &format!("account:{first}"), &mut rows);
    sink(rows)?;
    let mut lived = History::new(plan, &calendar, &mut people, &offices, &mut register).live(sink)?;
    let mut rows = Rows::default();
    let dice = Dice::of(plan.seed, "conduct");
    let mut managing = conduct::Managing { plan, calendar: &calendar, managers: (first, second), dice };
    let cases = managing.deal(&mut lived, &mut register, &mut rows);
    let mut happenings = register.happenings;
    happenings.append(&mut lived.happenings);
    rows.audit.append(&mut trails(plan.seed, &register.volunteers, happenings));
    sink(rows)?;
    let numbers = [
        (Series::Need, lived.needs),
        (Series::Assignment, lived.offers),
        (Series::Case, cases),
        (Series::Filing, register.filings),
    ];
    Ok(Built { accounts, numbers })
}

/// The experts' own trails, each in order of time.
fn trails(seed: u64, volunteers: &[Volunteer], mut happenings: Vec<Happening>) -> Vec<AuditRow> {
    let mut dice = Dice::of(seed, "trails");
    // Stable, so that what happened at one instant stays in the order it happened.
    happenings.sort_by_key(|happening| (happening.expert, happening.at));
    let mut rows = Vec::with_capacity(happenings.len());
    for of_one in happenings.chunk_by(|one, next| one.expert == next.expert) {
        let Some(expert) = of_one.first().and_then(|first| volunteers.get(first.expert)) else { continue };
        let mut trail = Trail::of(expert.id.as_str());
        for happening in of_one {
            trail.append(&mut dice, happening.at, &happening.actor, happening.event, &happening.detail);
        }
        rows.append(&mut trail.rows);
    }
    rows
}

/// Builds the city in an empty, migrated database: one transaction, so that it is there whole or not at all. `progress` is
/// told how many needs are written so far.
///
/// # Errors
/// [`WorldFault`]; nothing is left in the database then.
pub fn raise(db: &Db, plan: &Plan<'_>, progress: &mut dyn FnMut(usize)) -> Result<Built, WorldFault> {
    db.write(|conn| {
        let mut written = 0;
        let built = build(plan, &mut |rows: Rows| {
            rows.insert(conn)?;
            written += rows.needs.len();
            progress(written);
            Ok(())
        })?;
        for (series, last) in built.numbers {
            dialect::raise_number(conn, series, last)?;
        }
        // One row, so that indexes and matchers that follow the log have a mark to start from.
        changes::note(conn, "demo", "raised")?;
        Ok(built)
    })
}

#[cfg(test)]
mod tests;
