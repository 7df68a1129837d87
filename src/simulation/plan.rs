//! What to simulate: how long, how many, which chance, which faults, which guard taken away.

use crate::trial::Guard;
use clap::Args;
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// What the command takes.
#[derive(Debug, Clone, Args)]
pub struct SimulateArgs {
    /// How many years of 365 days
    #[arg(long, default_value_t = 0)]
    pub years: u32,
    /// How many days; with --years, on top of them
    #[arg(long)]
    pub days: Option<u32>,
    /// How many experts
    #[arg(long, default_value_t = 60)]
    pub experts: usize,
    /// How many needs come in a day
    #[arg(long, value_name = "N", default_value_t = 6)]
    pub needs_per_day: u32,
    /// Chance
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Many seeds one after the other, as A..B (B included)
    #[arg(long, value_name = "A..B", conflicts_with = "seed")]
    pub seeds: Option<Seeds>,
    /// all, none, or some of mail,crash,nodes,clock,index,busy with commas between
    #[arg(long, default_value = "all")]
    pub faults: Faults,
    /// sqlite:PATH (made, must not exist) or postgres://… (an empty database); in memory when left out
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// Takes one guard of the product away and succeeds when the invariants notice: index, fence, state, holidays or night
    #[arg(long, value_name = "GUARD")]
    pub without: Option<Missing>,
    /// Prints the id of every need once it is taken, for whoever ends the run from outside
    #[arg(long, hide = true)]
    pub tell: bool,
}

/// Seeds from one to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seeds(pub RangeInclusive<u64>);

impl FromStr for Seeds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text}: expected two numbers as 1..500");
        let (from, to) = text.split_once("..").ok_or_else(wrong)?;
        let (from, to) = (from.parse().map_err(|_| wrong())?, to.parse().map_err(|_| wrong())?);
        if from > to { Err(wrong()) } else { Ok(Self(from..=to)) }
    }
}

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The mail server is down for days, says "not now", keeps letters waiting, returns some late.
    Mail,
    /// The process ends at a point of a deed, or between the server's 250 and our writing it down.
    Crash,
    /// Two nodes take turns, and one of them stands still in the middle of a letter.
    Nodes,
    /// The machine's clock is set ahead or back.
    Clock,
    /// The search index is lost.
    Index,
    /// The database is busy and a deed fails.
    Busy,
}

/// Which faults happen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    const NAMES: [(&'static str, Fault); 6] = [
        ("mail", Fault::Mail),
        ("crash", Fault::Crash),
        ("nodes", Fault::Nodes),
        ("clock", Fault::Clock),
        ("index", Fault::Index),
        ("busy", Fault::Busy),
    ];

    /// Every kind.
    #[must_use]
    pub fn all() -> Self {
        Self(Self::NAMES.iter().map(|(_, fault)| *fault).collect())
    }

    /// Whether that kind happens.
    #[must_use]
    pub fn has(&self, fault: Fault) -> bool {
        self.0.contains(&fault)
    }
}

impl FromStr for Faults {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "all" => return Ok(Self::all()),
            "none" => return Ok(Self::default()),
            _ => {}
        }
        let mut faults = Vec::new();
        for name in text.split(',') {
            let known = Self::NAMES.iter().find(|(known, _)| *known == name.trim());
            let (_, fault) =
                known.ok_or_else(|| format!("{name}: no such fault; mail, crash, nodes, clock, index, busy"))?;
            faults.push(*fault);
        }
        Ok(Self(faults))
    }
}

/// A guard that is taken away, to see that it is missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// The unique index of one open offer a seat.
    Index,
    /// One of the product's own.
    Of(Guard),
}

impl Missing {
    /// Each with its name.
    pub const NAMES: [(&'static str, Self); 5] = [
        ("index", Self::Index),
        ("fence", Self::Of(Guard::Fence)),
        ("state", Self::Of(Guard::CompareAndSet)),
        ("holidays", Self::Of(Guard::HolidayRoll)),
        ("night", Self::Of(Guard::QuietHours)),
    ];
}

impl FromStr for Missing {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::NAMES.iter().find(|(name, _)| *name == text);
        known.map(|(_, guard)| *guard).ok_or_else(|| format!("{text}: expected index, fence, state, holidays or night"))
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = Self::NAMES.iter().find(|(_, guard)| guard == self);
        f.write_str(known.map_or("", |(name, _)| name))
    }
}

/// One run.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Chance.
    pub seed: u64,
    /// How long.
    pub days: u32,
    /// How many experts.
    pub experts: usize,
    /// How many needs a day.
    pub needs_per_day: u32,
    /// Which faults.
    pub faults: Faults,
    /// Which guard is taken away.
    pub without: Option<Missing>,
    /// Where the database is; in memory when none is named.
    pub database: Option<String>,
    /// Whether the id of every need is printed once it is taken.
    pub tell: bool,
}

impl Plan {
    /// The plan the arguments make for one seed.
    #[must_use]
    pub fn of(args: &SimulateArgs, seed: u64) -> Self {
        let days = args.years * 365 + args.days.unwrap_or(if args.years == 0 { 30 } else { 0 });
        Self {
            seed,
            days,
            experts: args.experts.max(4),
            needs_per_day: args.needs_per_day,
            faults: args.faults.clone(),
            without: args.without,
            database: args.database.clone(),
            tell: args.tell,
        }
    }
}
