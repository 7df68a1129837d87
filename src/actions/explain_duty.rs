//! How an expert stands to a turn (为什么是他、为什么不是他): takes it, stands by, could, or may not and why.

use super::duty_people::DutyCrowd;
use super::plan_duty::stations_of;
use super::solve_duty::{Table, rule_of};
use super::{Actor, Done, Office};
use crate::db;
use crate::domain::duty::TurnState;
use crate::domain::refusal::Refusal;
use crate::flow::rota::{Bar, Explained, Place};
use crate::ids::{DutyTurnId, ExpertId};

/// How they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// `takes`, `alternate`, `could`, or `barred`.
    pub place: &'static str,
    /// Codes of what keeps them from it, with the prefix `duty-bar-` the keys of words.
    pub bars: Vec<&'static str>,
    /// Their rank among all who could take it, from 1.
    pub rank: Option<usize>,
    /// From home to the station, hundreds of metres.
    pub distance: u32,
    /// Turns in the plan.
    pub load: u32,
    /// Thousandths of a turn above (below zero: under) the fair share.
    pub off_target: i64,
}

/// Asks the search, over the rota as it is; `None` where the expert was never considered (too far, or not on the register).
///
/// # Errors
/// [`Refusal::NotFound`] outside the actor's scope.
pub fn explain_duty(office: &Office, actor: &Actor, turn: DutyTurnId, expert: ExpertId) -> Done<Option<Standing>> {
    let mut reader = office.read()?;
    let row = db::duty_turn::find(&mut reader, &turn)?
        .filter(|row| actor.scope().covers(&row.region, row.station))
        .ok_or(Refusal::NotFound)?;
    let plan = db::duty::find(&mut reader, &row.plan)?.ok_or(Refusal::NotFound)?;
    let turns = db::duty_turn::of_plan(&mut reader, plan.id)?;
    let stations = stations_of(&mut reader, &turns)?;
    let crowd = DutyCrowd::read(&mut reader, None, (plan.from_on, plan.to_on))?;
    drop(reader);
    let live = turns.iter().filter(|turn| turn.state != TurnState::Cancelled).collect();
    let found = Table::set(&plan, live, &crowd, &stations).explain(turn, expert)?;
    Ok(found.map(|found| told(&found)))
}

fn told(found: &Explained) -> Standing {
    Standing {
        place: match found.place {
            Place::Takes => "takes",
            Place::Alternate(_) => "alternate",
            Place::Could => "could",
            Place::Barred => "barred",
        },
        bars: found.bars.iter().map(|bar| code(*bar)).collect(),
        rank: found.rank,
        distance: found.distance,
        load: found.load,
        off_target: found.off_target,
    }
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
        line.push_str(&say(&format!("duty-bar-{bar}")));
    }
    let km = format!("{}.{} km", found.distance / 10, found.distance % 10);
    line.push_str(&format!(" · {km} · {} {}", found.load, say("duty-turns")));
    if let Some(rank) = found.rank {
        line.push_str(&format!(" · #{rank}"));
    }
    line
}
