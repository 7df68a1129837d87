//! Reading a rota as it is: made by hand, come back from a sheet, or published long ago.

#![expect(clippy::indexing_slicing, reason = "places are checked when the rota is read")]

use super::explain::{self, Uncovered};
use super::ground::Ground;
use super::ledger::Ledger;
use super::plan::{Resilience, Score};
use super::{Bar, NoPlan, spare};

/// A turn held against a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// Which.
    pub turn: u32,
    /// By whom.
    pub expert: u32,
    /// Against what; none: the pair was not named at all.
    pub bars: Vec<Bar>,
}

/// What a rota is like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Turns held against a rule. Of two that bar each other the later one is named; the figures leave all these out.
    pub breaches: Vec<Breach>,
    /// The turns nobody lawfully takes, and why.
    pub uncovered: Vec<Uncovered>,
    /// Who could step in, as [`super::Plan::alternates`].
    pub alternates: Vec<Vec<u32>>,
    /// How many turns each expert lawfully has.
    pub loads: Vec<u32>,
    /// How good it is.
    pub score: Score,
    /// How well it would stand the loss of anybody.
    pub resilience: Resilience,
}

/// What of a rota is lawful.
pub(super) struct Read {
    pub ledger: Ledger,
    pub breaches: Vec<Breach>,
}

/// Takes pins first, then day by day whatever fits beside what was taken before.
pub(super) fn read(ground: &Ground, taken: &[Option<u32>]) -> Result<Read, NoPlan> {
    let experts = ground.problem.experts.len();
    if taken.len() != ground.by_day.len() || taken.iter().flatten().any(|expert| *expert as usize >= experts) {
        return Err(NoPlan::Before);
    }
    let mut ledger = Ledger::pinned(ground).map_err(|(pair, bar)| NoPlan::Pinned(pair, bar))?;
    let mut breaches = Vec::new();
    for turn in &ground.by_day {
        let Some(expert) = taken[*turn as usize] else { continue };
        if ledger.taker(ground, *turn) == Some(expert) {
            continue;
        }
        let Some(pair) = ground.pair(*turn, expert) else {
            breaches.push(Breach { turn: *turn, expert, bars: Vec::new() });
            continue;
        };
        if ground.barred[pair].is_none() && ledger.fits(ground, pair) {
            ledger.put(ground, pair);
        } else {
            breaches.push(Breach { turn: *turn, expert, bars: ledger.bars(ground, pair) });
        }
    }
    Ok(Read { ledger, breaches })
}

pub(super) fn judge(ground: &Ground, taken: &[Option<u32>]) -> Result<Judged, NoPlan> {
    let Read { ledger, breaches } = read(ground, taken)?;
    let spare = spare::behind(ground, &ledger);
    Ok(Judged {
        breaches,
        uncovered: explain::uncovered(ground, &ledger),
        alternates: spare.alternates,
        score: Score::of(ground, &ledger),
        resilience: spare.resilience,
        loads: ledger.loads,
    })
}
