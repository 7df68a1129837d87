//! How an expert stands to a turn (为什么是他、为什么不是他): takes it, stands by, could, or may not and why, beside whoever
//! takes it.

use super::duty_people::DutyCrowd;
use super::plan_duty::stations_of;
use super::solve_duty::{Table, rule_of, skills};
use super::{Actor, Done, Office};
use crate::db;
use crate::db::duty_turn::TurnRow;
use crate::domain::duty::TurnState;
use crate::domain::refusal::Refusal;
use crate::domain::role::Scope;
use crate::flow::rota::{Bar, Explained, Place};
use crate::ids::{DutyTurnId, ExpertId};
use std::collections::HashSet;

/// One thing that keeps an expert from a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hindrance {
    /// Its code: with the prefix `duty-bar-` the key of its words, with `duty-would-` of what would change it.
    pub code: &'static str,
    /// The other turn of theirs that stands in the way, where one does and it may be seen.
    pub turn: Option<DutyTurnId>,
}

/// How they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// `takes`, `alternate`, `could`, or `barred`.
    pub place: &'static str,
    /// What keeps them from it, gravest last.
    pub bars: Vec<Hindrance>,
    /// Their rank among all who could take it, from 1.
    pub rank: Option<usize>,
    /// From home to the station, hundreds of metres.
    pub distance: u32,
    /// How much farther (below zero: nearer) than whoever takes it, hundreds of metres.
    pub beside_taker: Option<i64>,
    /// Wanted services they do not offer.
    pub lacking: Vec<String>,
    /// Turns in the plan.
    pub load: u32,
    /// Turns in the plan of whoever takes it.
    pub load_of_taker: Option<u32>,
    /// Thousandths of a turn above (below zero: under) the fair share.
    pub off_target: i64,
}

/// A turn with everybody who was considered for its plan, and how one of them stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stood {
    /// Who was considered, by name.
    pub people: Vec<(ExpertId, String)>,
    /// How the one asked about stands; `None` where they were never considered for this turn (too far, not on the
    /// register), or nobody was asked about.
    pub found: Option<Standing>,
}

/// Asks the search, over the rota as it is; `None` where the expert was never considered (too far, or not on the register).
///
/// # Errors
/// [`Refusal::NotFound`] outside the actor's scope.
pub fn explain_duty(office: &Office, actor: &Actor, turn: DutyTurnId, expert: ExpertId) -> Done<Option<Standing>> {
    Ok(stand_duty(office, actor, turn, Some(expert))?.found)
}

/// The same with the names to choose from.
///
/// # Errors
/// [`Refusal::NotFound`] outside the actor's scope.
pub fn stand_duty(office: &Office, actor: &Actor, turn: DutyTurnId, expert: Option<ExpertId>) -> Done<Stood> {
    let mut reader = office.read()?;
    let row = db::duty_turn::find(&mut reader, &turn)?
        .filter(|row| actor.scope().covers(&row.region, row.station))
        .ok_or(Refusal::NotFound)?;
    let plan = db::duty::find(&mut reader, &row.plan)?.ok_or(Refusal::NotFound)?;
    let turns = db::duty_turn::of_plan(&mut reader, plan.id)?;
    let stations = stations_of(&mut reader, &turns)?;
    let crowd = DutyCrowd::for_plan(&mut reader, (plan.from_on, plan.to_on), &plan.rules.get())?;
    drop(reader);
    let live = turns.iter().filter(|turn| turn.state != TurnState::Cancelled).collect();
    let table = Table::set(&plan, live, &crowd, &stations);
    let considered: HashSet<ExpertId> = table.considered().iter().copied().collect();
    let mut people: Vec<(ExpertId, String)> =
        crowd.experts.iter().filter(|row| considered.contains(&row.id)).map(|row| (row.id, row.name.clone())).collect();
    people.sort_by(|a, b| (&a.1, a.0).cmp(&(&b.1, b.0)));
    let found = match expert {
        Some(expert) => table.explain(turn, expert)?.map(|found| told(&table, &row, &found, &actor.scope())),
        None => None,
    };
    Ok(Stood { people, found })
}

fn told(table: &Table<'_>, turn: &TurnRow, found: &Explained, scope: &Scope) -> Standing {
    let lacks = |slug: &String| skills(std::slice::from_ref(slug)) & found.lacking != 0;
    Standing {
        place: match found.place {
            Place::Takes => "takes",
            Place::Alternate(_) => "alternate",
            Place::Could => "could",
            Place::Barred => "barred",
        },
        bars: found.bars.iter().map(|bar| hindrance(table, *bar, scope)).collect(),
        rank: found.rank,
        distance: found.distance,
        beside_taker: found.beside_taker,
        lacking: turn.wanted.get().into_iter().filter(lacks).collect(),
        load: found.load,
        load_of_taker: found.load_of_taker,
        off_target: found.off_target,
    }
}

fn hindrance(table: &Table<'_>, bar: Bar, scope: &Scope) -> Hindrance {
    let turn = match bar {
        Bar::Gap(other) | Bar::SameTime(other) => table.turn_at(other),
        _ => None,
    };
    // A plan goes over several stations: the turns of one that may not be seen are not named.
    let seen =
        |id: &DutyTurnId| table.turns.iter().any(|turn| turn.id == *id && scope.covers(&turn.region, turn.station));
    Hindrance { code: code(bar), turn: turn.filter(seen) }
}

fn code(bar: Bar) -> &'static str {
    match bar {
        Bar::Gap(_) => "duty-gap",
        Bar::WeekFull => "duty-week",
        Bar::MonthFull => "duty-month",
        Bar::PeriodFull => "duty-period",
        Bar::DayFull => "duty-same-day",
        Bar::SameTime(_) => "duty-same-time",
        Bar::Unskilled => "duty-unskilled",
        Bar::Leave => "duty-leave",
        Bar::PinnedTo(_) => "duty-busy",
        Bar::Banned(rule) => rule_of(rule).map_or("duty-all-barred", |rule| rule.as_str()),
    }
}

/// The same in one line, by the words of `say`.
#[must_use]
pub fn sentence(found: Option<&Standing>, say: &dyn Fn(&str) -> String) -> String {
    let Some(found) = found else { return say("duty-stands-nowhere") };
    let mut line = say(&format!("duty-stands-{}", found.place));
    for bar in &found.bars {
        line.push_str(" · ");
        line.push_str(&say(&format!("duty-bar-{}", bar.code)));
    }
    let km = format!("{}.{} km", found.distance / 10, found.distance % 10);
    line.push_str(&format!(" · {km} · {} {}", found.load, say("duty-turns")));
    if let Some(rank) = found.rank {
        line.push_str(&format!(" · #{rank}"));
    }
    line
}
