//! Turns to experts over a month, a quarter or a year (轮值): who is on duty where and when, fairly, and provably so.
//!
//! # How it is used
//! Make a [`Problem`]: number your experts and turns from 0, say of each turn on which day it lies and which experts live
//! near enough to be named for it ([`Pair`]), then
//!
//! - [`Problem::solve`] plans everything from nothing (a draft),
//! - [`Problem::repair`] takes a plan that stands, with the leave, answers, bans and caps the problem has *now*, and
//!   changes as few turns as it can,
//! - [`Problem::judge`] reads a rota made by hand: every rule it breaks, and the same figures and reasons as for a plan,
//! - [`Plan::explain`] says of any expert and any turn how they stand: takes it, stands by, could, or may not and why.
//!
//! A place with several seats is several turns of the same day and part: nobody holds two turns at one time, so the seats
//! go to different people, and each seat has its own wanted specialties.
//!
//! # What is promised
//! No plan ever breaks a rule: eligibility, leave, bans, overlap, caps per day, week, month and period, days between
//! turns, needed specialties. Within the rules the plan aims, strictly in this order unless [`Fairness::Weight`] says
//! otherwise: first as few uncovered turns as possible; then fairness, the sum over experts of
//! (carried + turns − target)² as small as possible; then distance, wishes and wanted specialties at the least cost.
//!
//! - Where the rules nest (no days between turns beyond "one a day", no week that is cut by a month while both are capped,
//!   no expert who may hold several turns a day of which some overlap in part), this is a flow, and the plan is optimal:
//!   [`Proof::Optimal`], certified by its reduced costs. With one target for all, the least sum of squares is then also
//!   the least maximum, the greatest minimum and the fairest vector of loads there is.
//! - Where they do not, a search over sets of days far enough apart to leave each other alone solves each set exactly
//!   while the rest stands, for as much work as is allowed, and where turns stay open chooses one expert's days after the
//!   other anew; what is open in the end is tried by chains of exchanges, so that nobody is left who could take an open turn
//!   with everything else as it stands. The same problem with the rules that do not nest read loosely gives a certified
//!   bound, and [`Proof::Within`] says how far above it the plan lies, in parts per million: on a plan that cannot be
//!   covered whole, how many turns at most are open that could be covered.
//! - Every turn nobody takes says why and what would cover it ([`Uncovered`]); every covered turn has up to three
//!   alternates who could step in with everything else as it stands; [`Resilience`] counts them.
//! - The same problem, seed and work give the same bytes on every machine: work is counted in looks at arcs, not seconds.
//!
//! # Units
//! Days are numbers with any origin (one a calendar day, so that differences count days). `parts` is a set of bits of the
//! day (morning 1, afternoon 2, whole day 3 …): turns of a day overlap where they share a bit. Weeks and months are the
//! caller's numbers, rising with the days (count on at the new year). Distances are in hundreds of metres. Targets and
//! what was carried before are in thousandths of a turn; where a plan is so large that its numbers would not fit, they are
//! rounded ([`Plan::rounded_to`]), so give round ones for a year. Specialties are bits of a `u64`.
//!
//! Deliberately absent: dates, names and words; consent (the caller bans who said no and pins, or marks firm, who said
//! yes); turns that weigh more than others (a whole day counts one turn); weekends as a goal of their own.

mod explain;
mod ground;
mod improve;
mod judge;
mod ledger;
mod part;
mod plan;
mod repair;
mod reschedule;
mod search;
mod spare;
mod start;
#[cfg(test)]
mod tests;

pub use explain::{Cover, Explained, Place, Uncovered, Why};
pub use judge::{Breach, Judged};
pub use plan::{Level, Plan, Proof, Resilience, Score};
pub use repair::{Because, Before, Change, Repaired};

use super::network::{NoFlow, Uncertified};
use std::fmt;

/// No limit.
pub const NO_CAP: u32 = u32::MAX;

/// How many turns somebody may hold at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// On one day.
    pub day: u32,
    /// In one week.
    pub week: u32,
    /// In one month.
    pub month: u32,
    /// In the whole plan.
    pub period: u32,
}

impl Default for Caps {
    fn default() -> Self {
        Self { day: 1, week: NO_CAP, month: NO_CAP, period: NO_CAP }
    }
}

/// Days on which somebody cannot be asked, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leave {
    /// The first day.
    pub from: u32,
    /// The last day.
    pub to: u32,
}

/// Whoever lives farther away, in hundreds of metres, lives so far away: 500 km.
pub const FARTHEST: u32 = 5_000;

/// Somebody who can be put on duty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expert {
    /// At most so many turns.
    pub caps: Caps,
    /// Two turns of his lie at least so many days apart; 0 and 1: any two days will do. 3: Monday, then Thursday.
    pub gap: u32,
    /// What is a fair share for him, in thousandths of a turn, [`Self::carried`] included.
    pub target: i64,
    /// What he carries already and what is credited to him (newcomers, after a heavy month), in thousandths of a turn.
    pub carried: i64,
    /// What he knows, as bits.
    pub skills: u64,
    /// When he cannot.
    pub leave: Vec<Leave>,
}

/// One seat of duty: a place, a day and a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// The day.
    pub day: u32,
    /// Which parts of the day, as bits; not 0.
    pub parts: u8,
    /// The week it counts in, for caps.
    pub week: u32,
    /// The month it counts in, for caps.
    pub month: u32,
    /// Whoever takes it has at least one of these; 0: anybody will do.
    pub needs: u64,
    /// Each of these that whoever takes it lacks costs [`Weights::specialty`].
    pub wants: u64,
}

/// What an expert said of a turn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Wish {
    /// Nothing.
    #[default]
    None,
    /// Gladly.
    Likes,
    /// Rather not.
    RatherNot,
}

/// Whether a pair may be made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Stand {
    /// It may.
    #[default]
    Open,
    /// It must: somebody decided so.
    Pinned,
    /// It may not, by the caller's rule of that number (he said no, a conflict of interest, he was suspended …).
    Banned(u16),
}

/// A turn and somebody for it. Pairs that are not named cannot be made: this is eligibility.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The turn, by its place.
    pub turn: u32,
    /// The expert, by his place.
    pub expert: u32,
    /// From his home to the place, in hundreds of metres; beyond [`FARTHEST`] all is one.
    pub distance: u32,
    /// What he said of it.
    pub wish: Wish,
    /// Whether it may be made.
    pub stand: Stand,
}

/// What counts how much beside coverage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fairness {
    /// Nothing is so cheap that fairness is given up for it.
    First,
    /// One squared turn off the target weighs as much as so many units of cost; zero or more.
    Weight(i64),
}

/// The costs of what is not as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weights {
    /// Fairness against everything below.
    pub fairness: Fairness,
    /// Of a hundred metres.
    pub distance: i64,
    /// Of [`Wish::RatherNot`].
    pub rather_not: i64,
    /// What [`Wish::Likes`] takes off.
    pub likes: i64,
    /// Of each wanted specialty that is lacking.
    pub specialty: i64,
}

impl Default for Weights {
    /// Fairness first; a "rather not" weighs as 30 km, a lacking specialty as 20 km, a "gladly" as 10 km less.
    fn default() -> Self {
        Self { fairness: Fairness::First, distance: 1, rather_not: 300, likes: 100, specialty: 200 }
    }
}

/// What is to be decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problem {
    /// The experts.
    pub experts: Vec<Expert>,
    /// The turns.
    pub turns: Vec<Turn>,
    /// The pairs, turn by turn in rising order; a turn names an expert at most once.
    pub pairs: Vec<Pair>,
    /// What counts.
    pub weights: Weights,
    /// Alternates wanted behind every turn.
    pub alternates: usize,
}

/// How hard to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// Chance: another seed looks elsewhere.
    pub seed: u64,
    /// How much the search may do where the rules do not nest, in thousands of looks at an arc (two or three
    /// microseconds each); what is exact does not count against it.
    pub work: u64,
    /// Whether the bound is computed where the rules do not nest; it takes as long as an exact plan without them.
    pub bound: bool,
}

impl Default for Effort {
    fn default() -> Self {
        Self { seed: 1, work: 1_000_000, bound: true }
    }
}

/// What stands between an expert and a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bar {
    /// Another of his turns lies too near in days; which.
    Gap(u32),
    /// He holds as many turns as he may in that week.
    WeekFull,
    /// In that month.
    MonthFull,
    /// In the whole plan.
    PeriodFull,
    /// On that day.
    DayFull,
    /// Another of his turns lies at the same time; which.
    SameTime(u32),
    /// He has none of the needed specialties.
    Unskilled,
    /// He is on leave.
    Leave,
    /// The turn is pinned to another; whom.
    PinnedTo(u32),
    /// The caller's rule of that number.
    Banned(u16),
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoPlan {
    /// A pair names no turn or expert, stands out of order or twice; by its place.
    Pair(usize),
    /// A turn has no part of a day, lies more than [`MOST_DAYS`] after the first, or in an earlier week or month than a day
    /// before it; by its place.
    Turn(usize),
    /// What stands before does not fit the problem: another number of turns, or an expert who is not there.
    Before,
    /// A weight below zero, or numbers so large that sums might not fit.
    TooLarge,
    /// A pinned pair cannot be made beside the other pins; the pair's place, and what bars it.
    Pinned(usize, Bar),
    /// The plan failed its own certificate: a fault of this library.
    Unproven(Uncertified),
    /// The network was refused: a fault of this library.
    Flow(NoFlow),
}

/// The most days a plan can span.
pub const MOST_DAYS: u32 = 1_500;

impl fmt::Display for NoPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pair(pair) => write!(f, "pair {pair} names no turn or expert, or stands out of order or twice"),
            Self::Turn(turn) => write!(
                f,
                "turn {turn} has no part of a day, lies too long after the first, or its week or month does not rise with the days"
            ),
            Self::Before => f.write_str("what stands before does not fit the problem"),
            Self::TooLarge => f.write_str("weights below zero, or so large that their sums might not fit into 64 bits"),
            Self::Pinned(pair, bar) => write!(f, "pair {pair} is pinned, but cannot be made: {bar:?}"),
            Self::Unproven(why) => write!(f, "the plan could not be proven optimal: {why}"),
            Self::Flow(why) => why.fmt(f),
        }
    }
}
impl std::error::Error for NoPlan {}

impl Problem {
    /// Plans everything from nothing but the pins.
    ///
    /// # Errors
    /// [`NoPlan`]: the problem contradicts itself, or its numbers are too large.
    pub fn solve(&self, effort: Effort) -> Result<Plan, NoPlan> {
        let ground = ground::Ground::of(self)?;
        let found = search::solve(&ground, effort)?;
        Ok(plan::Plan::of(&ground, found))
    }

    /// Changes as few turns of what stands as it can, so that every rule of this problem holds and as many turns as
    /// possible are covered. What the rules still allow stays; turns marked firm stay unless the rules bar them.
    ///
    /// # Errors
    /// As [`Self::solve`], and [`NoPlan::Before`].
    pub fn repair(&self, before: &Before, effort: Effort) -> Result<Repaired, NoPlan> {
        let ground = ground::Ground::of(self)?;
        repair::repair(&ground, before, effort)
    }

    /// Reads a rota as it is: which rules it breaks, and its figures.
    ///
    /// # Errors
    /// As [`Self::solve`], and [`NoPlan::Before`].
    pub fn judge(&self, taken: &[Option<u32>]) -> Result<Judged, NoPlan> {
        let ground = ground::Ground::of(self)?;
        judge::judge(&ground, taken)
    }

    /// The network a plan is found in where the rules nest, and elsewhere the one its bound comes from: for whoever wants
    /// to solve it otherwise. Pins are in their places already and left out.
    ///
    /// # Errors
    /// As [`Self::solve`].
    pub fn as_network(&self) -> Result<super::network::Network, NoPlan> {
        let ground = ground::Ground::of(self)?;
        search::network(&ground)
    }

    /// The pairs of a turn, in their order, with their places.
    pub fn pairs_of(&self, turn: u32) -> impl Iterator<Item = (usize, &Pair)> {
        let from = self.pairs.partition_point(|pair| pair.turn < turn);
        self.pairs.iter().enumerate().skip(from).take_while(move |(_, pair)| pair.turn == turn)
    }
}
