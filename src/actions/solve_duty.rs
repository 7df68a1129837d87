//! From a plan's turns to the search (`flow::rota`) and back: the only place that knows both.
//!
//! Contract: pure over what it is given ([`DutyCrowd`] and the turns); the same rows and seed give the same plan on every
//! machine. A turn whose expert has said yes is pinned; who said no, or rather not, is not asked for it again. What the
//! search cannot cover says why, by the code of a [`DutyBar`] or a reason of its own. Deliberately absent: saving.

use super::duty_people::{DutyCrowd, metres};
use super::{Done, Fault};
use crate::db::duty::PlanRow;
use crate::db::duty_turn::TurnRow;
use crate::db::expert::ExpertRow;
use crate::db::station::StationRow;
use crate::domain::catalogue;
use crate::domain::duty::fairness::credits;
use crate::domain::duty::{DutyBar, DutyPart, DutyRules, Span, TurnState, bar};
use crate::flow::rota::{
    self, Before, Caps, Effort, Explained, Leave, Level, NO_CAP, Pair, Plan, Problem, Proof, Score, Stand, Weights,
    Why, Wish,
};
use crate::ids::{DutyTurnId, ExpertId, StationId};
use chrono::{Datelike, NaiveDate};
use std::collections::{BTreeMap, HashMap};

/// For each station at most so many of the nearest are considered, and as many again of those who know what it wants.
const NEAREST: usize = 60;
/// Alternates kept behind every turn.
const ALTERNATES: usize = 3;

/// What is decided.
pub struct Table<'a> {
    /// The plan.
    pub plan: &'a PlanRow,
    /// Its turns; those cancelled or in the past are no part of it.
    pub turns: Vec<&'a TurnRow>,
    /// Everybody.
    pub crowd: &'a DutyCrowd,
    problem: Problem,
    who: Vec<ExpertId>,
}

/// What the search says of one turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seated {
    /// Which turn.
    pub turn: DutyTurnId,
    /// Who takes it.
    pub expert: Option<ExpertId>,
    /// Why nobody does: a code.
    pub why: Option<&'static str>,
    /// Who could step in.
    pub alternates: Vec<ExpertId>,
}

fn day_number(day: NaiveDate) -> u32 {
    u32::try_from(day.num_days_from_ce()).unwrap_or(0)
}

const fn parts(part: DutyPart) -> u8 {
    match part {
        DutyPart::Morning => 1,
        DutyPart::Afternoon => 2,
        DutyPart::Day => 3,
    }
}

pub(super) fn skills(slugs: &[String]) -> u64 {
    slugs.iter().filter_map(|slug| catalogue::position(slug)).fold(0, |bits, place| bits | 1_u64 << (place % 64))
}

/// The caps of one expert. What they hold in other plans is taken off every week and month of this one alike: that asks
/// less of them than they might do, never more. What they agreed to here stays lawful. Hours a week become turns a week by
/// the longest turn of the plan that fits into them, `longest` minutes: the search counts turns.
fn caps(
    plan: &PlanRow,
    rules: &DutyRules,
    elsewhere: &[Span],
    own: &[Span],
    (hours, longest): (Option<u16>, u32),
) -> Caps {
    let week = |day: NaiveDate| (day.iso_week().year(), day.iso_week().week());
    let month = |day: NaiveDate| (day.year(), day.month());
    let left = |most: u32, of: &dyn Fn(NaiveDate) -> (i32, u32)| {
        let touched = |span: &&Span| of(plan.from_on) <= of(span.day) && of(span.day) <= of(plan.to_on);
        less(most, busiest(elsewhere.iter().filter(touched), of), busiest(own.iter(), of))
    };
    let by_rule = left(rules.per_week, &week);
    let by_hours = hours.map_or(NO_CAP, |hours| {
        let busy = busiest_minutes(elsewhere, &week);
        let turns = (u32::from(hours) * 60).saturating_sub(busy) / longest.max(1);
        turns.max(busiest(own.iter(), &week)).max(1)
    });
    let within = elsewhere.iter().filter(|span| plan.from_on <= span.day && span.day <= plan.to_on).count();
    Caps {
        day: 1,
        week: by_rule.min(by_hours),
        month: left(rules.per_month, &month),
        period: less(rules.in_period, short(within), short(own.len())),
    }
}

fn less(most: u32, elsewhere: u32, own: u32) -> u32 {
    if most == 0 { NO_CAP } else { most.saturating_sub(elsewhere).max(own).max(1) }
}

/// The most turns in any one week or month.
fn busiest<'s>(spans: impl Iterator<Item = &'s Span>, of: &dyn Fn(NaiveDate) -> (i32, u32)) -> u32 {
    let mut counts: BTreeMap<(i32, u32), usize> = BTreeMap::new();
    for span in spans {
        *counts.entry(of(span.day)).or_default() += 1;
    }
    short(counts.into_values().max().unwrap_or(0))
}

/// The most minutes in any one week.
fn busiest_minutes(spans: &[Span], week: &dyn Fn(NaiveDate) -> (i32, u32)) -> u32 {
    let mut minutes: BTreeMap<(i32, u32), u32> = BTreeMap::new();
    for span in spans {
        *minutes.entry(week(span.day)).or_default() += span.minutes();
    }
    minutes.into_values().max().unwrap_or(0)
}

/// The longest turn that fits into so many hours a week at all; longer ones are barred by themselves.
fn longest(turns: &[&TurnRow], hours: Option<u16>) -> u32 {
    let fits = |minutes: &u32| hours.is_none_or(|hours| *minutes <= u32::from(hours) * 60);
    turns.iter().map(|turn| turn.span().minutes()).filter(fits).max().unwrap_or(0)
}

fn short(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Who is considered for a station: the nearest, and the nearest of those who know what it wants.
fn near<'a>(crowd: &'a DutyCrowd, station: &StationRow, wanted: u64) -> Vec<(u32, &'a ExpertRow)> {
    let mut all: Vec<(u32, &ExpertRow)> =
        crowd.experts.iter().map(|row| (metres(row, station).unwrap_or(u32::MAX / 2), row)).collect();
    all.sort_by_key(|(metres, row)| (*metres, row.id));
    let knows = |row: &ExpertRow| wanted != 0 && skills(&row.services.get()) & wanted != 0;
    let mut chosen: Vec<(u32, &ExpertRow)> = all.iter().take(NEAREST).copied().collect();
    let more: Vec<_> = all.iter().skip(NEAREST).filter(|(_, row)| knows(row)).take(NEAREST).copied().collect();
    chosen.extend(more);
    chosen
}

impl<'a> Table<'a> {
    /// Sets the table: one pair for everybody who may sit on a turn, whatever else they hold in this plan.
    #[must_use]
    pub fn set(
        plan: &'a PlanRow,
        turns: Vec<&'a TurnRow>,
        crowd: &'a DutyCrowd,
        stations: &HashMap<StationId, StationRow>,
    ) -> Self {
        let rules: DutyRules = plan.rules.get();
        let mut turns = turns;
        turns.sort_by_key(|turn| (turn.day, turn.from_minute, turn.station, turn.seat, turn.id));
        let wanted_at = turns.iter().fold(BTreeMap::<StationId, u64>::new(), |mut all, turn| {
            *all.entry(turn.station).or_default() |= skills(&turn.wanted.get());
            all
        });
        let mut who: Vec<ExpertId> = Vec::new();
        let mut places: HashMap<ExpertId, u32> = HashMap::new();
        let mut experts: Vec<rota::Expert> = Vec::new();
        let mut chosen: HashMap<StationId, Vec<(u32, &ExpertRow)>> = HashMap::new();
        for (id, wanted) in &wanted_at {
            let Some(station) = stations.get(id) else { continue };
            let mut people = near(crowd, station, *wanted);
            let seated: Vec<ExpertId> =
                turns.iter().filter(|turn| turn.station == *id).filter_map(|turn| turn.expert).collect();
            for row in crowd.experts.iter().filter(|row| seated.contains(&row.id)) {
                if !people.iter().any(|(_, known)| known.id == row.id) {
                    people.push((metres(row, station).unwrap_or(u32::MAX / 2), row));
                }
            }
            for (_, row) in &people {
                places.entry(row.id).or_insert_with(|| {
                    let person = crowd.person(row, station, Some(plan.id));
                    let own: Vec<Span> = turns
                        .iter()
                        .filter(|turn| turn.expert == Some(row.id) && turn.state == TurnState::Agreed)
                        .map(|turn| turn.span())
                        .collect();
                    who.push(row.id);
                    experts.push(rota::Expert {
                        caps: caps(
                            plan,
                            &rules,
                            &crowd.elsewhere(row.id, plan.id),
                            &own,
                            (person.weekly_hours, longest(&turns, person.weekly_hours)),
                        ),
                        gap: rules.min_gap_days,
                        target: 0,
                        carried: 0,
                        skills: skills(&row.services.get()),
                        leave: person
                            .leaves
                            .iter()
                            .map(|leave| Leave { from: day_number(leave.from), to: day_number(leave.to) })
                            .collect(),
                    });
                    u32::try_from(who.len() - 1).unwrap_or(u32::MAX)
                });
            }
            chosen.insert(*id, people);
        }
        let mut problem = Problem {
            experts,
            turns: Vec::new(),
            pairs: Vec::new(),
            weights: Weights::default(),
            alternates: ALTERNATES,
        };
        for (place, turn) in turns.iter().enumerate() {
            let (year, month) = (turn.day.year(), turn.day.month());
            problem.turns.push(rota::Turn {
                day: day_number(turn.day),
                parts: parts(turn.part),
                week: u32::try_from((turn.day.num_days_from_ce() - 1).div_euclid(7)).unwrap_or(0),
                month: u32::try_from(year).unwrap_or(0) * 12 + month,
                needs: 0,
                wants: skills(&turn.wanted.get()),
            });
            let Some(station) = stations.get(&turn.station) else { continue };
            let mut pairs: Vec<Pair> = Vec::new();
            for (metres, row) in chosen.get(&turn.station).map(Vec::as_slice).unwrap_or_default() {
                let Some(expert) = places.get(&row.id).copied() else { continue };
                let person = crowd.person(row, station, Some(plan.id));
                let barred = match bar(&person, (turn.id, turn.span()), &rules, &[]) {
                    // Leave is the search's own business, so that it can name it; caps are too, within the plan.
                    None | Some(DutyBar::Leave) => None,
                    Some(other) => Some(other),
                };
                let stand = match barred {
                    Some(rule) => Stand::Banned(code_of(rule)),
                    None => Stand::Open,
                };
                pairs.push(Pair {
                    turn: u32::try_from(place).unwrap_or(u32::MAX),
                    expert,
                    distance: metres / 100,
                    wish: Wish::None,
                    stand,
                });
            }
            pairs.sort_by_key(|pair| pair.expert);
            problem.pairs.extend(pairs);
        }
        let mut table = Self { plan, turns, crowd, problem, who };
        table.aim();
        table
    }

    /// Sets what is a fair share: the turns divided among those who could take any, by the days they are there.
    fn aim(&mut self) {
        let (from, to) = (day_number(self.plan.from_on), day_number(self.plan.to_on));
        let days = i64::from(to - from) + 1;
        let there: Vec<i64> = self
            .problem
            .experts
            .iter()
            .map(|expert| {
                let away: i64 = expert
                    .leave
                    .iter()
                    .map(|leave| (i64::from(leave.to.min(to)) - i64::from(leave.from.max(from)) + 1).max(0))
                    .sum();
                (days - away).max(0)
            })
            .collect();
        let sum: i64 = there.iter().sum();
        let turns = i64::try_from(self.turns.len()).unwrap_or(i64::MAX);
        for (expert, days) in self.problem.experts.iter_mut().zip(there) {
            expert.target = (turns * 1_000 * days).checked_div(sum).unwrap_or(0);
        }
        if self.plan.rules.get().catch_up {
            let rows: HashMap<ExpertId, &ExpertRow> = self.crowd.experts.iter().map(|row| (row.id, row)).collect();
            let own = |id: &ExpertId| rows.get(id).map_or((0, 0), |row| self.crowd.borne(row));
            let borne: Vec<(u32, i64)> = self.who.iter().map(own).collect();
            for (expert, credit) in self.problem.experts.iter_mut().zip(credits(&borne)) {
                expert.carried = credit;
            }
        }
    }

    /// The fair share of an expert, in thousandths of a turn.
    #[must_use]
    pub fn target(&self, expert: ExpertId) -> Option<i64> {
        let place = self.who.iter().position(|id| *id == expert)?;
        self.problem.experts.get(place).map(|expert| expert.target)
    }

    /// Everybody who was considered.
    #[must_use]
    pub fn considered(&self) -> &[ExpertId] {
        &self.who
    }

    /// The turn at a place of the search's own count.
    #[must_use]
    pub fn turn_at(&self, place: u32) -> Option<DutyTurnId> {
        self.turns.get(place as usize).map(|row| row.id)
    }

    /// How hard to look: a month of one station is done at once, a year of fifty takes some seconds.
    fn effort(&self, seed: u64) -> Effort {
        let work = (self.turns.len() as u64).saturating_mul(50).clamp(20_000, 1_000_000);
        Effort { seed, work, ..Effort::default() }
    }

    /// Plans from nothing.
    ///
    /// # Errors
    /// A fault when the search refuses its problem.
    pub fn draft(&self, seed: u64) -> Done<(Vec<Seated>, serde_json::Value)> {
        let plan = self.problem.solve(self.effort(seed)).map_err(Fault::new)?;
        Ok((self.seated(&plan), self.told(&plan, None)))
    }

    /// Plans around what stands, with the fewest changes: a yes does not move.
    ///
    /// # Errors
    /// A fault when the search refuses its problem.
    pub fn around(&self, seed: u64) -> Done<(Vec<Seated>, serde_json::Value)> {
        let before = Before {
            taken: self.taken(),
            firm: self.turns.iter().map(|turn| turn.state == TurnState::Agreed).collect(),
        };
        let repaired = self.problem.repair(&before, self.effort(seed)).map_err(Fault::new)?;
        let changed = Some((repaired.changes.len(), repaired.unavoidable));
        Ok((self.seated(&repaired.plan), self.told(&repaired.plan, changed)))
    }

    /// Who stands on each turn now.
    fn taken(&self) -> Vec<Option<u32>> {
        let place = |id: ExpertId| self.who.iter().position(|other| *other == id).and_then(|at| u32::try_from(at).ok());
        self.turns.iter().map(|turn| turn.expert.and_then(place)).collect()
    }

    /// How an expert stands to a turn in the rota as it is; `None` where they were not considered for it.
    ///
    /// # Errors
    /// A fault when the search refuses its problem.
    pub fn explain(&self, turn: DutyTurnId, expert: ExpertId) -> Done<Option<Explained>> {
        let (Some(turn), Some(expert)) = (
            self.turns.iter().position(|row| row.id == turn).and_then(|at| u32::try_from(at).ok()),
            self.who.iter().position(|id| *id == expert).and_then(|at| u32::try_from(at).ok()),
        ) else {
            return Ok(None);
        };
        let none = Score { uncovered: 0, fairness: 0, cost: 0 };
        let place = |id: &ExpertId| self.who.iter().position(|other| other == id).and_then(|at| u32::try_from(at).ok());
        let plan = Plan {
            taken: self.taken(),
            alternates: self.turns.iter().map(|row| row.alternates.get().iter().filter_map(place).collect()).collect(),
            uncovered: Vec::new(),
            loads: Vec::new(),
            score: none,
            bound: none,
            proof: Proof::Optimal,
            resilience: rota::Resilience::default(),
            work: 0,
            fingerprint: 0,
            rounded_to: 1,
        };
        Ok(plan.explain(&self.problem, turn, expert).map_err(Fault::new)?)
    }

    /// What is kept of a search beside the turns: how good it is, and how that is known.
    fn told(&self, plan: &Plan, repaired: Option<(usize, usize)>) -> serde_json::Value {
        let (proof, level, ppm) = match plan.proof {
            Proof::Optimal => ("optimal", None, 0),
            Proof::Within { level, ppm } => {
                let level = match level {
                    Level::Coverage => "coverage",
                    Level::Fairness => "fairness",
                    Level::Cost => "cost",
                    Level::Total => "total",
                };
                ("within", Some(level), ppm)
            }
        };
        serde_json::json!({
            "proof": proof, "level": level, "ppm": ppm, "uncovered": plan.score.uncovered,
            "resilience_ppm": plan.resilience.ppm(), "work": plan.work,
            "turns": self.turns.len(), "considered": self.who.len(),
            "fingerprint": format!("{:016x}", plan.fingerprint),
            "changes": repaired.map(|(changes, _)| changes), "unavoidable": repaired.map(|(_, least)| least),
        })
    }

    fn seated(&self, plan: &Plan) -> Vec<Seated> {
        let expert = |place: u32| self.who.get(place as usize).copied();
        let why: HashMap<u32, &'static str> =
            plan.uncovered.iter().map(|open| (open.turn, why_code(open.why))).collect();
        let mut seated = Vec::with_capacity(self.turns.len());
        for (place, turn) in self.turns.iter().enumerate() {
            let place_number = u32::try_from(place).unwrap_or(u32::MAX);
            let mut alternates: Vec<ExpertId> =
                plan.alternates.get(place).into_iter().flatten().filter_map(|place| expert(*place)).collect();
            if let Some(open) = plan.uncovered.iter().find(|open| open.turn == place_number) {
                alternates
                    .extend(open.cover.iter().filter(|cover| cover.lift.is_empty()).filter_map(|c| expert(c.expert)));
            }
            seated.push(Seated {
                turn: turn.id,
                expert: plan.taken.get(place).copied().flatten().and_then(expert),
                why: why.get(&place_number).copied(),
                alternates,
            });
        }
        seated
    }
}

/// The number under which the search carries a rule of ours.
fn code_of(rule: DutyBar) -> u16 {
    DutyBar::ALL.iter().position(|other| *other == rule).and_then(|at| u16::try_from(at).ok()).unwrap_or(u16::MAX)
}

/// The rule the search carries under a number.
#[must_use]
pub fn rule_of(code: u16) -> Option<DutyBar> {
    DutyBar::ALL.get(usize::from(code)).copied()
}

/// The codes of why nobody takes a turn; with the prefix `duty-bar-` the keys of their words.
pub const WHY_NOBODY: [&str; 9] = [
    "duty-nobody",
    "duty-all-barred",
    "duty-unskilled",
    "duty-on-leave",
    "duty-busy",
    "duty-caps",
    "duty-unfinished",
    "duty-no-yes",
    "duty-withdrawn",
];

const fn why_code(why: Why) -> &'static str {
    match why {
        Why::Nobody => "duty-nobody",
        Why::AllBanned => "duty-all-barred",
        Why::Unskilled => "duty-unskilled",
        Why::OnLeave => "duty-on-leave",
        Why::Busy => "duty-busy",
        Why::CapReached => "duty-caps",
        Why::Unfinished => "duty-unfinished",
    }
}
