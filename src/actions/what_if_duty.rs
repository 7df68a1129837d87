//! Before a plan is published: last quarter's needs met by its turns, side by side with the rota that stood then.
//!
//! Each need is moved to the same weekday and hour within the plan's days, and goes to the first turn of its station that
//! has not ended. Told: how many find somebody who knows one of their services, how long they would wait, how far the
//! enterprise is from the expert. Writes nothing and sends nothing. Deliberately absent: what the experts would answer.

use super::duty_people::metres;
use super::{Actor, Done, Office, expert_pool};
use crate::db;
use crate::db::duty_turn::TurnRow;
use crate::db::expert::ExpertRow;
use crate::db::need_list::PastNeed;
use crate::domain::calendar::beijing_date;
use crate::domain::duty::TurnState;
use crate::domain::duty::fairness::{Load, fairness};
use crate::domain::refusal::Refusal;
use crate::ids::{DutyPlanId, ExpertId, StationId};
use chrono::{DateTime, Datelike, Days, TimeDelta, Utc};
use std::collections::{BTreeMap, HashMap};

/// Days looked back on.
const DAYS: u64 = 90;

/// What one rota would have done for the needs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Side {
    /// Needs replayed.
    pub needs: usize,
    /// Those for which a turn came at all.
    pub reached: usize,
    /// Those whose expert knows one of the services.
    pub known: usize,
    /// Median wait for the turn, minutes.
    pub wait_minutes: i64,
    /// Mean way between expert and enterprise, metres.
    pub metres: u64,
    /// Experts on the rota.
    pub experts: usize,
    /// The most turns anybody has.
    pub most: usize,
    /// The Gini coefficient of their turns, parts per thousand.
    pub gini_permille: u64,
}

impl Side {
    /// Needs whose expert knows one of the services, parts per thousand.
    #[must_use]
    pub fn known_permille(&self) -> usize {
        (self.known * 1_000).checked_div(self.needs).unwrap_or(0)
    }
}

/// The plan, and the rota that stood.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DutyWhatIf {
    /// By the plan.
    pub plan: Side,
    /// By the rota of the time.
    pub before: Side,
}

/// Replays.
///
/// # Errors
/// [`Refusal::NotFound`] outside the actor's scope.
pub fn what_if_duty(office: &Office, actor: &Actor, id: DutyPlanId) -> Done<DutyWhatIf> {
    let now = office.now();
    let mut reader = office.read()?;
    let plan = db::duty::find(&mut reader, &id)?.ok_or(Refusal::NotFound)?;
    let scope = actor.scope();
    let turns: Vec<TurnRow> = db::duty_turn::of_plan(&mut reader, id)?
        .into_iter()
        .filter(|turn| scope.covers(&turn.region, turn.station))
        .collect();
    if turns.is_empty() {
        return Err(Refusal::NotFound.into());
    }
    let mut stations: Vec<StationId> = turns.iter().map(|turn| turn.station).collect();
    stations.sort_unstable();
    stations.dedup();
    let since = now.checked_sub_days(Days::new(DAYS)).unwrap_or(now);
    let needs = db::need_list::past_of_stations(&mut reader, &stations, since.naive_utc())?;
    let today = beijing_date(now);
    let mut stood = Vec::new();
    for station in &stations {
        stood.extend(db::duty_turn::of_station(&mut reader, *station, beijing_date(since), today)?);
    }
    let mut ids: Vec<ExpertId> = turns.iter().chain(&stood).filter_map(|turn| turn.expert).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut experts: HashMap<ExpertId, ExpertRow> = HashMap::new();
    for chunk in ids.chunks(500) {
        experts.extend(db::expert::by_ids(&mut reader, chunk)?.into_iter().map(|row| (row.id, row)));
    }
    drop(reader);
    // Whole weeks, so that every need keeps its weekday.
    let offset = i64::from(plan.from_on.num_days_from_ce() - beijing_date(since).num_days_from_ce());
    let weeks = TimeDelta::days(offset.div_euclid(7) * 7);
    let length = ((plan.to_on - plan.from_on).num_days() + 1).max(7) / 7 * 7;
    let moved = |at: DateTime<Utc>| {
        let shifted = at + weeks;
        let past = (beijing_date(shifted) - plan.from_on).num_days();
        shifted - TimeDelta::days(past.div_euclid(length) * length)
    };
    Ok(DutyWhatIf { plan: side(&needs, &turns, &experts, moved), before: side(&needs, &stood, &experts, |at| at) })
}

fn side(
    needs: &[PastNeed],
    turns: &[TurnRow],
    experts: &HashMap<ExpertId, ExpertRow>,
    moved: impl Fn(DateTime<Utc>) -> DateTime<Utc>,
) -> Side {
    let mut by_station: BTreeMap<StationId, Vec<&TurnRow>> = BTreeMap::new();
    let mut loads: BTreeMap<ExpertId, usize> = BTreeMap::new();
    for turn in turns.iter().filter(|turn| turn.state != TurnState::Cancelled) {
        let Some(expert) = turn.expert else { continue };
        by_station.entry(turn.station).or_default().push(turn);
        *loads.entry(expert).or_default() += 1;
    }
    for turns in by_station.values_mut() {
        turns.sort_by_key(|turn| turn.span().begins());
    }
    let share = |turns: &usize| Load { turns: u32::try_from(*turns).unwrap_or(u32::MAX), ..Load::default() };
    let shares: Vec<Load> = loads.values().map(share).collect();
    let mut side = Side {
        needs: needs.len(),
        experts: loads.len(),
        most: loads.values().copied().max().unwrap_or(0),
        gini_permille: fairness(&shares).gini_permille,
        ..Side::default()
    };
    let (mut waits, mut way) = (Vec::new(), 0_u64);
    for need in needs {
        let at = moved(need.created_at.and_utc());
        let turns = by_station.get(&need.station).map(Vec::as_slice).unwrap_or_default();
        let from = turns.partition_point(|turn| turn.span().ends() <= at);
        let Some(turn) = turns.get(from) else { continue };
        // Several seats at once: whoever knows it takes it.
        let together = turns.iter().skip(from).take_while(|other| other.span() == turn.span());
        let services = need.services.get();
        let knows = |turn: &&&TurnRow| {
            turn.expert
                .and_then(|id| experts.get(&id))
                .is_some_and(|row| row.services.get().iter().any(|slug| services.contains(slug)))
        };
        let taker = together.clone().find(knows);
        side.reached += 1;
        side.known += usize::from(taker.is_some());
        waits.push((turn.span().begins() - at).num_minutes().max(0));
        let expert = taker.unwrap_or(turn).expert.and_then(|id| experts.get(&id));
        way += expert.and_then(|row| to_enterprise(row, need)).map_or(0, u64::from);
    }
    waits.sort_unstable();
    side.wait_minutes = waits.get(waits.len() / 2).copied().unwrap_or(0);
    side.metres = way.checked_div(side.reached as u64).unwrap_or(0);
    side
}

/// From the expert's home to the enterprise, or the centre of its region.
fn to_enterprise(row: &ExpertRow, need: &PastNeed) -> Option<u32> {
    let at = expert_pool::point(need.lat, need.lon);
    let place = db::station::StationRow {
        id: need.station,
        name: String::new(),
        region: need.region.clone(),
        address: String::new(),
        phone: String::new(),
        supervision_phone: String::new(),
        lat: at.map(crate::domain::place::Point::lat),
        lon: at.map(crate::domain::place::Point::lon),
        automatic: false,
        created_at: need.created_at,
    };
    metres(row, &place)
}

#[cfg(test)]
mod tests {
    use super::Side;

    #[test]
    fn a_share_of_no_needs_is_none() {
        assert_eq!(Side::default().known_permille(), 0);
        assert_eq!(Side { needs: 3, known: 2, ..Side::default() }.known_permille(), 666);
    }
}
