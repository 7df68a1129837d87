//! Who might sit on duty turns, as the rows say now: the facts every duty deed asks [`bar`] with.
//!
//! Contract: one read for a whole crowd, whatever its size; the same facts for a plan, a change of hands, cover and an
//! override.

use super::{Done, expert_pool};
use crate::db::expert::ExpertRow;
use crate::db::station::StationRow;
use crate::db::{self, Conn};
use crate::domain::calendar::beijing_date;
use crate::domain::duty::fairness::REMEMBERED_DAYS;
use crate::domain::duty::{DutyBar, DutyPerson, DutyRules, Span, TurnState, bar};
use crate::domain::matching::LeaveDays;
use crate::domain::need::Mode;
use crate::domain::region;
use crate::domain::standing::Standing;
use crate::ids::{DutyPlanId, DutyTurnId, ExpertId, StationId};
use chrono::{Days, NaiveDate, TimeDelta};
use std::collections::{HashMap, HashSet};

/// Days before and after a period that are read for the rest between turns and for weeks and months that are cut.
const MARGIN: u64 = 40;

/// Everybody asked about, with what stands in their way.
#[derive(Debug, Default)]
pub struct DutyCrowd {
    /// The experts.
    pub experts: Vec<ExpertRow>,
    period: (NaiveDate, NaiveDate),
    qualified: HashMap<ExpertId, NaiveDate>,
    leaves: HashMap<ExpertId, Vec<LeaveDays>>,
    /// Turns held, with their plan.
    held: HashMap<ExpertId, Vec<(DutyTurnId, DutyPlanId, Span)>>,
    refused: HashMap<ExpertId, Vec<DutyTurnId>>,
    /// Turns borne in the quarter before the period; read by [`DutyCrowd::remember`] alone.
    borne: HashMap<ExpertId, u32>,
    weekly_hours: HashMap<ExpertId, u16>,
}

impl DutyCrowd {
    /// Reads these experts, or everybody in good standing, for a period.
    ///
    /// # Errors
    /// What the database says.
    pub fn read(conn: &mut Conn, only: Option<&[ExpertId]>, period: (NaiveDate, NaiveDate)) -> Done<Self> {
        let experts = match only {
            Some(ids) => db::expert::by_ids(conn, ids)?,
            None => db::expert::all(conn)?.into_iter().filter(|row| row.standing == Standing::Active).collect(),
        };
        let from = period.0.checked_sub_days(Days::new(MARGIN)).unwrap_or(period.0);
        let to = period.1.checked_add_days(Days::new(MARGIN)).unwrap_or(period.1);
        let mut crowd = Self { experts, period, ..Self::default() };
        let qualifications = match only {
            Some(ids) => db::beside::qualifications_of(conn, ids)?,
            None => db::expert::all_qualifications(conn)?,
        };
        for row in qualifications {
            let until = row.valid_until.unwrap_or(NaiveDate::MAX);
            let known = crowd.qualified.entry(row.expert).or_insert(until);
            *known = (*known).max(until);
        }
        let leaves = match only {
            Some(ids) => db::beside::leaves_of(conn, ids, from)?,
            None => db::expert::leaves_from(conn, from)?,
        };
        for row in leaves {
            crowd.leaves.entry(row.expert).or_default().push(LeaveDays { from: row.from_on, to: row.to_on });
        }
        for (expert, turn, plan, span) in db::duty_turn::held(conn, only, from, to)? {
            crowd.held.entry(expert).or_default().push((turn, plan, span));
        }
        let terms = match only {
            Some(ids) => db::beside::terms_of(conn, ids)?,
            None => db::expert_terms::all(conn, None)?,
        };
        for row in terms {
            let hours = row.weekly_hours.and_then(|hours| u16::try_from(hours).ok());
            crowd.weekly_hours.extend(hours.map(|hours| (row.expert, hours)));
        }
        for (expert, turn) in db::duty_consent::refusals(conn, period.0, period.1)? {
            crowd.refused.entry(expert).or_default().push(turn);
        }
        Ok(crowd)
    }

    /// Reads everybody in good standing for a plan by these rules.
    ///
    /// # Errors
    /// What the database says.
    pub fn for_plan(conn: &mut Conn, period: (NaiveDate, NaiveDate), rules: &DutyRules) -> Done<Self> {
        let mut crowd = Self::read(conn, None, period)?;
        if rules.catch_up {
            crowd.remember(conn)?;
        }
        Ok(crowd)
    }

    /// Leaves out what drafts would like: a proposal holds nobody.
    ///
    /// # Errors
    /// What the database says.
    fn forget_wishes(&mut self, conn: &mut Conn) -> Done<()> {
        let ids: Vec<DutyTurnId> = self.held.values().flatten().map(|(id, ..)| *id).collect();
        let mut wished = HashSet::new();
        for chunk in ids.chunks(500) {
            let rows = db::duty_turn::by_ids(conn, chunk)?;
            wished.extend(rows.into_iter().filter(|row| row.state == TurnState::Proposed).map(|row| row.id));
        }
        for held in self.held.values_mut() {
            held.retain(|(id, ..)| !wished.contains(id));
        }
        Ok(())
    }

    /// Reads what everybody bore in the quarter before the period.
    ///
    /// # Errors
    /// What the database says.
    fn remember(&mut self, conn: &mut Conn) -> Done<()> {
        let (from, to) = self.remembered();
        for expert in db::duty_turn::borne(conn, from, to)? {
            *self.borne.entry(expert).or_default() += 1;
        }
        Ok(())
    }

    fn remembered(&self) -> (NaiveDate, NaiveDate) {
        let first = self.period.0;
        let from = first.checked_sub_signed(TimeDelta::days(REMEMBERED_DAYS)).unwrap_or(first);
        (from, first.pred_opt().unwrap_or(first))
    }

    /// The turns somebody bore in the quarter before the period, and on how many of its days they were on the register.
    #[must_use]
    pub fn borne(&self, row: &ExpertRow) -> (u32, i64) {
        let (from, to) = self.remembered();
        let since = beijing_date(row.created_at.and_utc()).max(from);
        (self.borne.get(&row.id).copied().unwrap_or(0), ((to - since).num_days() + 1).max(0))
    }

    /// What is known of one of them, seen from a station. Turns of the plan `without` are left out: it is being made anew.
    #[must_use]
    pub fn person(&self, row: &ExpertRow, station: &StationRow, without: Option<DutyPlanId>) -> DutyPerson {
        let held = self.held.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        DutyPerson {
            standing: row.standing,
            qualified_until: self.qualified.get(&row.id).copied(),
            leaves: self.leaves.get(&row.id).cloned().unwrap_or_default(),
            at_stations: row.modes.get().contains(&Mode::Station),
            metres: metres(row, station),
            most_km: row.max_distance_km,
            weekly_hours: self.weekly_hours(row.id),
            period: self.period,
            held: held.iter().filter(|(_, plan, _)| Some(*plan) != without).map(|(id, _, span)| (*id, *span)).collect(),
            said_no: self.refused.get(&row.id).cloned().unwrap_or_default(),
        }
    }

    /// The turns somebody holds beyond those of a plan.
    #[must_use]
    pub fn elsewhere(&self, expert: ExpertId, plan: DutyPlanId) -> Vec<Span> {
        let held = self.held.get(&expert).map(Vec::as_slice).unwrap_or_default();
        held.iter().filter(|(_, of, _)| *of != plan).map(|(_, _, span)| *span).collect()
    }

    /// Hours a week somebody gives to the service, if they set any.
    #[must_use]
    pub fn weekly_hours(&self, expert: ExpertId) -> Option<u16> {
        self.weekly_hours.get(&expert).copied()
    }

    /// How many turns of the period somebody holds.
    #[must_use]
    pub fn load(&self, expert: ExpertId) -> usize {
        let held = self.held.get(&expert).map(Vec::as_slice).unwrap_or_default();
        held.iter().filter(|(_, _, span)| self.period.0 <= span.day && span.day <= self.period.1).count()
    }

    /// Whether somebody said no to a turn.
    #[must_use]
    pub fn said_no(&self, expert: ExpertId, turn: DutyTurnId) -> bool {
        self.refused.get(&expert).is_some_and(|turns| turns.contains(&turn))
    }
}

/// The way from an expert's home, or the centre of the home region, to a station, metres.
#[must_use]
pub fn metres(row: &ExpertRow, station: &StationRow) -> Option<u32> {
    let place = |lat, lon, region: &str| {
        expert_pool::point(lat, lon).or_else(|| {
            let centre = region::by_code(region)?;
            expert_pool::point(Some(centre.lat), Some(centre.lon))
        })
    };
    let home = place(row.lat, row.lon, &row.region)?;
    Some(home.metres_to(place(station.lat, station.lon, &station.region)?))
}

/// What keeps an expert from a turn, on the rows as they stand in this transaction; `instead_of` they would give up.
///
/// # Errors
/// What the database says.
pub fn bar_now(
    conn: &mut Conn,
    expert: ExpertId,
    turn: &db::duty_turn::TurnRow,
    plan: &db::duty::PlanRow,
    instead_of: &[DutyTurnId],
) -> Done<Option<DutyBar>> {
    let crowd = DutyCrowd::read(conn, Some(&[expert]), (plan.from_on, plan.to_on))?;
    let Some(row) = crowd.experts.first() else { return Ok(Some(DutyBar::Standing)) };
    let Some(station) = db::station::find(conn, &turn.station)? else { return Ok(Some(DutyBar::Standing)) };
    let mut person = crowd.person(row, &station, None);
    // Who says yes now takes an earlier no back.
    person.said_no.clear();
    // What another draft would like holds nobody: the first yes does.
    let ids: Vec<DutyTurnId> = person.held.iter().map(|(id, _)| *id).collect();
    let rows = db::duty_turn::by_ids(conn, &ids)?;
    let wished =
        |id: DutyTurnId| rows.iter().any(|row| row.id == id && row.plan != plan.id && row.state == TurnState::Proposed);
    person.held.retain(|(id, _)| !wished(*id));
    Ok(bar(&person, (turn.id, turn.span()), &plan.rules.get(), instead_of))
}

/// Of these turns those whose expert the rules of this moment would keep from them, and by which rule: a qualification that
/// ran out, a limit that was lowered, another turn too near.
///
/// # Errors
/// What the database says.
pub fn conflicts(conn: &mut Conn, turns: &[&db::duty_turn::TurnRow]) -> Done<HashMap<DutyTurnId, DutyBar>> {
    let ids: Vec<DutyPlanId> = turns.iter().map(|turn| turn.plan).collect();
    let plans = db::duty::by_ids(conn, &ids)?;
    let mut people: Vec<ExpertId> = turns.iter().filter_map(|turn| turn.expert).collect();
    people.sort_unstable();
    people.dedup();
    let mut found = HashMap::new();
    for plan in &plans {
        let rules = plan.rules.get();
        let mut crowd = DutyCrowd::read(conn, Some(&people), (plan.from_on, plan.to_on))?;
        crowd.forget_wishes(conn)?;
        let own: Vec<_> = turns.iter().filter(|turn| turn.plan == plan.id).collect();
        let mut stations: HashMap<StationId, StationRow> = HashMap::new();
        for turn in &own {
            if !stations.contains_key(&turn.station)
                && let Some(row) = db::station::find(conn, &turn.station)?
            {
                stations.insert(row.id, row);
            }
        }
        for turn in own {
            let row = turn.expert.and_then(|id| crowd.experts.iter().find(|row| row.id == id));
            let (Some(row), Some(station)) = (row, stations.get(&turn.station)) else { continue };
            let mut person = crowd.person(row, station, None);
            // A yes later than a no stands.
            person.said_no.clear();
            if let Some(rule) = bar(&person, (turn.id, turn.span()), &rules, &[]) {
                found.insert(turn.id, rule);
            }
        }
    }
    Ok(found)
}

/// Somebody who could sit on a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Substitute {
    /// Who.
    pub expert: ExpertId,
    /// Name.
    pub name: String,
    /// Firm.
    pub firm: String,
    /// How far, metres.
    pub metres: Option<u32>,
    /// Turns in the plan's period.
    pub load: usize,
    /// Whether they know what is wanted.
    pub fits: bool,
}

/// Who could sit on a turn, best first: what is wanted, then the smaller load, then the shorter way. At most `most`.
///
/// # Errors
/// What the database says.
pub fn substitutes(
    conn: &mut Conn,
    turn: &db::duty_turn::TurnRow,
    plan: &db::duty::PlanRow,
    most: usize,
) -> Done<Vec<Substitute>> {
    let crowd = DutyCrowd::read(conn, None, (plan.from_on, plan.to_on))?;
    let Some(station) = db::station::find(conn, &turn.station)? else { return Ok(Vec::new()) };
    Ok(among(&crowd, turn, &station, &plan.rules.get(), most))
}

/// The same for several turns over one read of everybody, turn by turn; turns without plan or station have nobody.
///
/// # Errors
/// What the database says.
pub fn substitutes_of_all(
    conn: &mut Conn,
    turns: &[&db::duty_turn::TurnRow],
    most: usize,
) -> Done<Vec<Vec<Substitute>>> {
    let ids: Vec<DutyPlanId> = turns.iter().map(|turn| turn.plan).collect();
    let plans = db::duty::by_ids(conn, &ids)?;
    let (Some(from), Some(to)) =
        (plans.iter().map(|plan| plan.from_on).min(), plans.iter().map(|plan| plan.to_on).max())
    else {
        return Ok(vec![Vec::new(); turns.len()]);
    };
    let mut crowd = DutyCrowd::read(conn, None, (from, to))?;
    let mut found = Vec::with_capacity(turns.len());
    for turn in turns {
        let station = db::station::find(conn, &turn.station)?;
        found.push(match (plans.iter().find(|plan| plan.id == turn.plan), station) {
            (Some(plan), Some(station)) => {
                crowd.period = (plan.from_on, plan.to_on);
                among(&crowd, turn, &station, &plan.rules.get(), most)
            }
            _ => Vec::new(),
        });
    }
    Ok(found)
}

fn among(
    crowd: &DutyCrowd,
    turn: &db::duty_turn::TurnRow,
    station: &StationRow,
    rules: &DutyRules,
    most: usize,
) -> Vec<Substitute> {
    let wanted: Vec<String> = turn.wanted.get();
    let mut found: Vec<Substitute> = Vec::new();
    for row in &crowd.experts {
        if Some(row.id) == turn.expert {
            continue;
        }
        let person = crowd.person(row, station, None);
        if bar(&person, (turn.id, turn.span()), rules, &[]).is_some() {
            continue;
        }
        let services = row.services.get();
        found.push(Substitute {
            expert: row.id,
            name: row.name.clone(),
            firm: row.firm.clone(),
            metres: person.metres,
            load: crowd.load(row.id),
            fits: wanted.is_empty() || wanted.iter().any(|slug| services.contains(slug)),
        });
    }
    found.sort_by_key(|one| (!one.fits, one.load, one.metres.unwrap_or(u32::MAX), one.expert));
    found.truncate(most);
    found
}
