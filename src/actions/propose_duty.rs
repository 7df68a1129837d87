//! What a station's recent needs say about its turns (服务需求人的实际住所、活动需求): which services are wanted there, and
//! how many seats at a time would have met them.
//!
//! Read from the needs of the last ninety days whose enterprise lives in the station's region or that came in at the
//! station; a proposal, which the plan's form shows and a person changes. Deliberately absent: any forecast.

use super::{Actor, Done, Office};
use crate::db;
use crate::domain::refusal::Refusal;
use crate::ids::StationId;
use chrono::Days;
use std::collections::BTreeMap;

/// Days looked back on.
const DAYS: u64 = 90;
/// Services proposed.
const WANTED: usize = 3;
/// Needs a week that one seat of five half-days meets.
const A_SEAT_A_WEEK: usize = 10;

/// What recent needs say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// Needs looked at.
    pub needs: usize,
    /// Services by how often they were asked for, most first.
    pub services: Vec<(String, usize)>,
    /// Services proposed.
    pub wanted: Vec<String>,
    /// Seats proposed.
    pub seats: u8,
}

/// Looks at the needs around a station.
///
/// # Errors
/// [`Refusal::NotFound`] outside the actor's scope.
pub fn demand(office: &Office, actor: &Actor, station: StationId) -> Done<Demand> {
    let mut reader = office.read()?;
    let row = db::station::find(&mut reader, &station)?
        .filter(|row| actor.scope().covers(&row.region, row.id))
        .ok_or(Refusal::NotFound)?;
    let since = office.now().checked_sub_days(Days::new(DAYS)).unwrap_or(office.now());
    let asked = db::need_list::services_around(&mut reader, station, &row.region, since.naive_utc())?;
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for services in &asked {
        for slug in services {
            *counts.entry(slug.clone()).or_default() += 1;
        }
    }
    let mut services: Vec<(String, usize)> = counts.into_iter().collect();
    services.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let weeks = usize::try_from(DAYS / 7).unwrap_or(1).max(1);
    let seats = (asked.len() / weeks).div_ceil(A_SEAT_A_WEEK).clamp(1, 3);
    Ok(Demand {
        needs: asked.len(),
        wanted: services.iter().take(WANTED).map(|(slug, _)| slug.clone()).collect(),
        services,
        seats: u8::try_from(seats).unwrap_or(1),
    })
}
