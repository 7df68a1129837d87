//! What if (推演): a past period's needs chosen for again, by the rules in force and by other weights, caps or leave, side
//! by side with what really happened. Nothing is written and no letter leaves: everything is read, and the experts the
//! replay loads with offers are its own copy.
//!
//! Needs come in the order they were submitted, and an earlier choice counts for the later ones: it fills the expert's
//! month, stands open for as long as he usually takes, and weighs on fairness for 90 days. What had really been offered in
//! the 90 days before, and outside the scope meanwhile, counts alike for both sides. Experience is that of the day the
//! replay begins, ties to parties are those of before each need's day, and rest after a busy month and the months ahead
//! are those of each side; skills, places, records of answers and ratings are those of today. One choice a need, whatever its seats. The same rows and the same settings give the
//! same report on every machine.
//!
//! Deliberately absent: guessing who would have declined. A side tells whom it would ask first.

mod world;

use super::expert_pool::{ExpertPool, Workbench};
use super::suggest_experts::profile;
use super::{Done, Office};
use crate::db;
use crate::domain::calendar::{beijing_date, day_after, start_of_day};
use crate::domain::matching::{NeedProfile, Weights};
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::role::Scope;
use crate::domain::what_if::{Choice, Shift, Side, SideFigures, shifts};
use crate::ids::{ExpertId, NeedId};
use chrono::{NaiveDate, NaiveDateTime};
use db::need::NeedRow;
use std::collections::HashMap;
use world::World;

/// Needs read at a time.
const PAGE: i64 = 1_000;
/// Those who gain or lose most who are named, of each.
const NAMED: usize = 10;
/// Needs that are chosen for otherwise that are named.
const CASES: usize = 50;

/// An absence to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TriedLeave {
    /// Whose.
    pub expert: ExpertId,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

/// What to try.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WhatIf {
    /// Needs submitted from this Beijing date on.
    pub from: NaiveDate,
    /// To this one, counted.
    pub to: NaiveDate,
    /// Other weights.
    pub weights: Option<Weights>,
    /// Another monthly cap, for everybody.
    pub monthly_cap: Option<u16>,
    /// Another cap of open offers, for everybody.
    pub open_cap: Option<u16>,
    /// Absences beside those on file.
    pub leaves: Vec<TriedLeave>,
    /// The most needs replayed; the period is shortened from its beginning, and the report says so.
    pub most: usize,
}

impl WhatIf {
    /// Whether anything differs from the rules in force.
    #[must_use]
    pub fn tries_something(&self) -> bool {
        self.weights.is_some() || self.monthly_cap.is_some() || self.open_cap.is_some() || !self.leaves.is_empty()
    }
}

/// An expert, named.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Named {
    /// Who.
    pub id: ExpertId,
    /// Name.
    pub name: String,
    /// Firm.
    pub firm: String,
}

/// Somebody who gains or loses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedShift {
    /// Who.
    pub expert: Named,
    /// First offers before and after.
    pub before: u32,
    /// After.
    pub after: u32,
}

/// A need that is chosen for otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherChoice {
    /// Which.
    pub need: NeedId,
    /// Its number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Who was really asked first.
    pub really: Option<Named>,
    /// Whom the rules in force would ask.
    pub present: Option<Named>,
    /// Whom the rules tried would ask.
    pub tried: Option<Named>,
}

/// The sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sides {
    /// As it was.
    pub really: SideFigures,
    /// By the rules in force.
    pub present: SideFigures,
    /// By the rules tried; None if nothing was.
    pub tried: Option<SideFigures>,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct WhatIfReport {
    /// The period replayed, which may begin later than asked for.
    pub from: NaiveDate,
    /// To this day, counted.
    pub to: NaiveDate,
    /// Needs in the period asked for; more than were replayed where it was shortened.
    pub needs: u64,
    /// The figures.
    pub sides: Sides,
    /// Who gains most by what was tried (or, if nothing was, by the rules in force against what was).
    pub gains: Vec<NamedShift>,
    /// Who loses most.
    pub losses: Vec<NamedShift>,
    /// Needs chosen for otherwise.
    pub others: u64,
    /// The first of them.
    pub cases: Vec<OtherChoice>,
    /// The first needs that what was tried (or the rules in force) finds nobody for: ids and numbers.
    pub uncovered: Vec<(NeedId, String)>,
}

/// Replays a period; `progress` is told how many of how many needs are done.
///
/// # Errors
/// [`Refusal::Invalid`] for a period that ends before it begins or lies in the future, and for caps of nothing.
pub fn what_if(
    office: &Office,
    scope: &Scope,
    input: &WhatIf,
    progress: &mut dyn FnMut(u64, u64),
) -> Done<WhatIfReport> {
    let today = beijing_date(office.now());
    check(input, today)?;
    let mut reader = office.read()?;
    let before = start_of_day(day_after(input.to)).naive_utc();
    let asked_from = start_of_day(input.from).naive_utc();
    let needs = db::what_if::count(&mut reader, scope, asked_from, before)?;
    let most = i64::try_from(input.most.max(1)).unwrap_or(i64::MAX);
    let from = if needs > most {
        // Whole days only, so that a day's needs are replayed together or not at all.
        let newest = db::what_if::nth_newest(&mut reader, scope, asked_from, before, most)?;
        newest.map_or(input.from, |at| day_after(beijing_date(at.and_utc())).min(input.to))
    } else {
        input.from
    };
    // A pool of its own: the shared one is not kept waiting, and nobody sees the loads tried on this one.
    let pool = ExpertPool::load_as_known(&mut reader, office.now(), start_of_day(from))?;
    let mut run = Run::new(&mut reader, &pool, scope, input, from)?;
    let begins = start_of_day(from).naive_utc();
    let all = u64::try_from(db::what_if::count(&mut reader, scope, begins, before)?).unwrap_or(0);
    let mut after: Option<(NaiveDateTime, NeedId)> = None;
    let mut done = 0;
    progress(done, all);
    loop {
        let page = db::what_if::page(&mut reader, scope, begins, before, after, PAGE)?;
        let Some((last, _)) = page.last() else { break };
        after = Some((last.created_at, last.id));
        let ids: Vec<NeedId> = page.iter().map(|(need, _)| need.id).collect();
        let first: HashMap<NeedId, ExpertId> = db::what_if::first_asked(&mut reader, &ids)?.into_iter().collect();
        for (need, enterprise) in &page {
            run.need(need, enterprise, first.get(&need.id).copied());
        }
        done += page.len() as u64;
        progress(done, all);
    }
    Ok(run.report(from, input.to, u64::try_from(needs).unwrap_or(0)))
}

fn check(input: &WhatIf, today: NaiveDate) -> Done<()> {
    let mut problems = Vec::new();
    if input.from > input.to {
        problems.push(FieldProblem::new("to", "conflicting"));
    }
    if input.to > today {
        problems.push(FieldProblem::new("to", "out-of-range"));
    }
    for (field, cap) in [("monthly_cap", input.monthly_cap), ("open_cap", input.open_cap)] {
        if cap == Some(0) {
            problems.push(FieldProblem::new(field, "out-of-range"));
        }
    }
    if input.leaves.iter().any(|leave| leave.from > leave.to) {
        problems.push(FieldProblem::new("leave", "conflicting"));
    }
    if problems.is_empty() { Ok(()) } else { Err(Refusal::Invalid(problems).into()) }
}

/// A replay under way.
struct Run<'a> {
    pool: &'a ExpertPool,
    workbench: Workbench,
    really: Side,
    present: World,
    tried: Option<World>,
    others: u64,
    cases: Vec<OtherChoice>,
    uncovered: Vec<(NeedId, String)>,
}

impl<'a> Run<'a> {
    fn new(reader: &mut db::Conn, pool: &'a ExpertPool, scope: &Scope, input: &WhatIf, from: NaiveDate) -> Done<Self> {
        let leaves = db::what_if::leaves_between(reader, from, input.to)?;
        let before = world::offers_before(reader, pool, scope, from, input.to)?;
        let present = World::new(pool, from, &leaves, before.clone(), pool.weights);
        let tried = input.tries_something().then(|| {
            let weights = input.weights.unwrap_or(pool.weights);
            let mut world = World::new(pool, from, &leaves, before, weights);
            world.caps(input.monthly_cap, input.open_cap);
            for leave in &input.leaves {
                world.leave(pool, leave);
            }
            world
        });
        Ok(Self {
            pool,
            workbench: Workbench::default(),
            really: Side::of(pool.roster.len()),
            present,
            tried,
            others: 0,
            cases: Vec::new(),
            uncovered: Vec::new(),
        })
    }

    fn need(&mut self, need: &NeedRow, enterprise: &str, first: Option<ExpertId>) {
        let at = need.created_at.and_utc();
        let profile = profile(need, enterprise, &|names| self.pool.industry_set(names), &self.pool.licences, at);
        let really = first.and_then(|id| self.pool.slot(id)).and_then(|slot| self.choice(&profile, slot));
        self.really.add(really.as_ref());
        let present = self.present.choose(self.pool, need, &profile, &mut self.workbench);
        let tried = self.tried.as_mut().map(|world| world.choose(self.pool, need, &profile, &mut self.workbench));
        let (one, other) = match &tried {
            Some(tried) => (present, *tried),
            None => (really, present),
        };
        if other.is_none() && self.uncovered.len() < CASES {
            self.uncovered.push((need.id, need.number.clone()));
        }
        let who = |choice: &Option<Choice>| choice.map(|choice| choice.expert);
        if who(&one) != who(&other) {
            self.others += 1;
            if self.cases.len() < CASES {
                self.cases.push(OtherChoice {
                    need: need.id,
                    number: need.number.clone(),
                    title: need.title.clone(),
                    really: who(&really).and_then(|number| self.named(number)),
                    present: who(&present).and_then(|number| self.named(number)),
                    tried: tried.as_ref().and_then(who).and_then(|number| self.named(number)),
                });
            }
        }
    }

    fn choice(&self, profile: &NeedProfile, slot: usize) -> Option<Choice> {
        world::choice(self.pool.roster.get(slot)?, slot, profile)
    }

    fn named(&self, number: u32) -> Option<Named> {
        let brief = self.pool.briefs.get(number as usize)?;
        Some(Named { id: brief.id, name: brief.name.clone(), firm: brief.firm.clone() })
    }

    fn report(self, from: NaiveDate, to: NaiveDate, needs: u64) -> WhatIfReport {
        let counts = |number: usize| self.pool.roster.get(number).is_some_and(|expert| expert.standing.may_be_asked());
        let present = self.present.side();
        let (one, other) = match &self.tried {
            Some(tried) => (present, tried.side()),
            None => (&self.really, present),
        };
        let (gains, losses) = shifts(one, other, NAMED);
        let named = |all: Vec<Shift>| -> Vec<NamedShift> {
            let named = |shift: Shift| Some((self.named(shift.expert)?, shift));
            all.into_iter()
                .filter_map(named)
                .map(|(expert, shift)| NamedShift { expert, before: shift.before, after: shift.after })
                .collect()
        };
        WhatIfReport {
            from,
            to,
            needs,
            sides: Sides {
                really: self.really.figures(counts),
                present: present.figures(counts),
                tried: self.tried.as_ref().map(|world| world.side().figures(counts)),
            },
            gains: named(gains),
            losses: named(losses),
            others: self.others,
            cases: self.cases.clone(),
            uncovered: self.uncovered.clone(),
        }
    }
}
