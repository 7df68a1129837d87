//! What to simulate: how long, how many, which chance, which faults, which guard taken away.

use crate::trial::Guard;
use clap::Args;
use std::collections::BTreeMap;
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
    /// What befalls the office: all, none, or some with commas between: mail, crash, nodes, clock, index, busy, outage,
    /// restart, database, mail-off, reports, calendar, policy, hand-over, conduct, register, leave-later; each may name
    /// its odds (outage=50; for most kinds days in a hundred), also behind all (all,outage=50,crash=0)
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
    /// How many seeds run at a time; as many as there are cores when left out
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
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

macro_rules! faults {
    ($($(#[$doc:meta])+ $kind:ident = $name:literal, $odds:literal;)+) => {
        /// Something that befalls the office: a fault of machines, or what people do now and then.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Fault { $($(#[$doc])+ $kind,)+ }

        impl Fault {
            /// Each with its name and its usual odds; what the odds are out of stands with each kind.
            pub const KINDS: &'static [(Self, &'static str, u32)] = &[$((Self::$kind, $name, $odds),)+];
        }
    };
}

faults! {
    /// The mail server is down for days (once in three weeks), and puts letters off: so many in a hundred. It keeps some
    /// waiting and returns some late.
    Mail = "mail", 4;
    /// The process ends at a point of a deed, or between the server's 250 and our writing it down: at so many of three
    /// thousand points passed.
    Crash = "crash", 1;
    /// Two nodes take turns, and one of them stands still in the middle of a letter: of so many in a hundred.
    Nodes = "nodes", 1;
    /// The machine's clock is set ahead or back: on so many days in a hundred.
    Clock = "clock", 15;
    /// The search index is lost: on so many days in a hundred.
    Index = "index", 10;
    /// The database is busy and a deed fails: at so many of three thousand points passed.
    Busy = "busy", 2;
    /// The service stands still, nobody can answer: on so many days in a hundred, for minutes, hours or more than a day.
    Outage = "outage", 8;
    /// The service is started anew, within a minute or two: on so many days in a hundred.
    Restart = "restart", 8;
    /// The database cannot be reached while the service runs on: on so many days in a hundred, for minutes to hours.
    Database = "database", 6;
    /// Mail is switched off for days, and liaisons pass letters on themselves: begins on so many days in a hundred.
    MailOff = "mail-off", 2;
    /// Mailboxes write back: reports of delivery and delay, automatic answers, replies, letters nobody asked for: of so many
    /// letters in a hundred.
    Reports = "reports", 12;
    /// A notice of the State Council is entered or put right, and approved by a second manager: on so many days in a hundred.
    Calendar = "calendar", 4;
    /// A manager sets the policy anew: any of the four counting rules, a floor, more or fewer reserves: on so many days in a
    /// hundred.
    Policy = "policy", 8;
    /// A liaison's needs and tasks are handed over to the head of the station: on so many days in a hundred.
    HandOver = "hand-over", 6;
    /// A case against an expert is opened, heard, decided, appealed against: opened on so many days in a hundred.
    Conduct = "conduct", 8;
    /// An expert withdraws, or pauses and comes back: on so many days in a hundred.
    Register = "register", 8;
    /// An expert enters leave that begins later: on so many days in a hundred.
    LeaveLater = "leave-later", 25;
}

impl Fault {
    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::KINDS.iter().find(|(kind, _, _)| *kind == self).map_or("", |(_, name, _)| name)
    }

    fn usual_odds(self) -> u32 {
        Self::KINDS.iter().find(|(kind, _, _)| *kind == self).map_or(0, |(_, _, odds)| *odds)
    }
}

/// What befalls the office, and how often: each kind with its odds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Faults(BTreeMap<Fault, u32>);

impl Faults {
    /// Every kind, at its usual odds.
    #[must_use]
    pub fn all() -> Self {
        Self(Fault::KINDS.iter().map(|(kind, _, odds)| (*kind, *odds)).collect())
    }

    /// These kinds, at their usual odds.
    #[must_use]
    pub fn of(kinds: &[Fault]) -> Self {
        Self(kinds.iter().map(|kind| (*kind, kind.usual_odds())).collect())
    }

    /// The same with one kind at other odds; 0 takes it out.
    #[must_use]
    pub fn with(mut self, kind: Fault, odds: u32) -> Self {
        self.0.insert(kind, odds);
        self.0.retain(|_, odds| *odds > 0);
        self
    }

    /// Whether that kind happens.
    #[must_use]
    pub fn has(&self, kind: Fault) -> bool {
        self.odds(kind) > 0
    }

    /// Its odds; 0 when it does not happen.
    #[must_use]
    pub fn odds(&self, kind: Fault) -> u32 {
        self.0.get(&kind).copied().unwrap_or(0)
    }
}

/// As the command line reads it.
impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("none");
        }
        if *self == Self::all() {
            return f.write_str("all");
        }
        for (nth, (kind, odds)) in self.0.iter().enumerate() {
            let comma = if nth == 0 { "" } else { "," };
            if *odds == kind.usual_odds() {
                write!(f, "{comma}{}", kind.name())?;
            } else {
                write!(f, "{comma}{}={odds}", kind.name())?;
            }
        }
        Ok(())
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
        let mut faults = Self::default();
        for part in text.split(',') {
            let (name, odds) =
                part.trim().split_once('=').map_or((part.trim(), None), |(name, odds)| (name, Some(odds)));
            if name == "all" {
                // Every kind, and some at other odds: all,outage=50.
                faults = Self::all();
                continue;
            }
            let Some((kind, _, usual)) = Fault::KINDS.iter().find(|(_, known, _)| *known == name) else {
                let known: Vec<&str> = Fault::KINDS.iter().map(|(_, name, _)| *name).collect();
                return Err(format!("{name}: no such fault; {}", known.join(", ")));
            };
            let odds = match odds {
                None => *usual,
                Some(text) => text.parse().map_err(|_| format!("{part}: expected a number as {name}={usual}"))?,
            };
            faults = faults.with(*kind, odds);
        }
        Ok(faults)
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
    /// The command that runs it again.
    #[must_use]
    pub fn again(&self) -> String {
        let guard = self.without.map(|guard| format!(" --without {guard}")).unwrap_or_default();
        format!(
            "zhipai simulate --seed {} --days {} --experts {} --needs-per-day {} --faults {}{guard}",
            self.seed, self.days, self.experts, self.needs_per_day, self.faults
        )
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_written_as_they_are_read() {
        for text in ["all", "none", "mail,crash", "crash=3,outage=50", "mail,crash,nodes,clock,index,busy"] {
            let read: Faults = text.parse().expect("reads");
            assert_eq!(read.to_string(), text);
            assert_eq!(read.to_string().parse(), Ok(read));
        }
        let without: Faults = "all,crash=0".parse().expect("reads");
        assert!(!without.has(Fault::Crash) && without.has(Fault::Outage));
        assert_eq!(Faults::of(&[Fault::Mail]).odds(Fault::Mail), 4);
        assert!("rain".parse::<Faults>().is_err() && "mail=often".parse::<Faults>().is_err());
    }

    #[test]
    fn every_kind_of_fault_has_a_name_of_its_own_and_odds() {
        let mut names: Vec<&str> = Fault::KINDS.iter().map(|(kind, _, _)| kind.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Fault::KINDS.len());
        assert!(Fault::KINDS.iter().all(|(_, _, odds)| *odds > 0));
    }
}
