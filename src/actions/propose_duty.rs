//! What the last quarter's needs propose for the turns of stations: how many experts at a time, and which services.
//!
//! A need counts for the station nearest to where its enterprise is (服务需求人的实际住所) among those of its district, or of
//! all where its district has none; where the place is unknown, for the station it came in at. The reckoning itself is
//! [`domain::duty::demand`](crate::domain::duty::demand). Writes nothing. Deliberately absent: any forecast.

use super::{Actor, Done, Office, expert_pool};
use crate::db;
use crate::db::need_list::PastNeed;
use crate::db::station::StationRow;
use crate::domain::calendar::{beijing_date, start_of_day};
use crate::domain::duty::demand::{Asked, Demand, WEEKS, demand};
use crate::domain::place::Point;
use crate::domain::refusal::Refusal;
use crate::ids::StationId;
use chrono::{DateTime, Datelike, TimeDelta, Utc};
use std::collections::{BTreeMap, HashMap};

/// What is proposed for a station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StationDemand {
    /// Which.
    pub station: StationId,
    /// Name.
    pub name: String,
    /// What its needs say.
    pub demand: Demand,
}

/// Looks at the needs around each of these stations, in their order.
///
/// # Errors
/// [`Refusal::NotFound`] for one outside the actor's scope.
pub fn propose_duty(office: &Office, actor: &Actor, stations: &[StationId]) -> Done<Vec<StationDemand>> {
    let mut reader = office.read()?;
    let all = db::station::all(&mut reader)?;
    let since = office.now() - TimeDelta::weeks(i64::from(WEEKS));
    let needs = db::need_list::past(&mut reader, since.naive_utc())?;
    drop(reader);
    let scope = actor.scope();
    let mut around: HashMap<StationId, Vec<Asked>> = HashMap::new();
    let map = Map::of(&all);
    for need in &needs {
        around.entry(map.serves(need)).or_default().push(asked(need));
    }
    let mut found = Vec::with_capacity(stations.len());
    for id in stations {
        let row = all.iter().find(|row| row.id == *id).filter(|row| scope.covers(&row.region, row.id));
        let row = row.ok_or(Refusal::NotFound)?;
        let asked = around.get(id).map(Vec::as_slice).unwrap_or_default();
        found.push(StationDemand { station: *id, name: row.name.clone(), demand: demand(asked) });
    }
    Ok(found)
}

fn asked(need: &PastNeed) -> Asked {
    let at: DateTime<Utc> = need.created_at.and_utc();
    let day = beijing_date(at);
    let minute = (at - start_of_day(day)).num_minutes();
    Asked {
        weekday: u8::try_from(day.weekday().number_from_monday()).unwrap_or(1),
        minute: u32::try_from(minute).unwrap_or(0),
        services: need.services.get(),
    }
}

/// Where the stations are.
struct Map {
    by_region: BTreeMap<String, Vec<(Point, StationId)>>,
    all: Vec<(Point, StationId)>,
}

impl Map {
    fn of(stations: &[StationRow]) -> Self {
        let mut map = Self { by_region: BTreeMap::new(), all: Vec::new() };
        for row in stations {
            let Some(at) = expert_pool::point(row.lat, row.lon) else { continue };
            map.by_region.entry(row.region.clone()).or_default().push((at, row.id));
            map.all.push((at, row.id));
        }
        map
    }

    /// The station a need counts for.
    fn serves(&self, need: &PastNeed) -> StationId {
        let Some(at) = expert_pool::point(need.lat, need.lon) else { return need.station };
        let near = self.by_region.get(&need.region).unwrap_or(&self.all);
        near.iter().min_by_key(|(place, id)| (at.metres_to(*place), *id)).map_or(need.station, |(_, id)| *id)
    }
}
