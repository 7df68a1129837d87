//! Who is on duty at a moment, as matching weighs it and as the counter asks.

use super::{Actor, Done, Office};
use crate::db::{self, Conn};
use crate::domain::calendar::{beijing_date, start_of_day};
use crate::domain::duty::TurnState;
use crate::domain::matching::DutyHere;
use crate::ids::{ExpertId, NeedId, StationId};
use chrono::{DateTime, Days, Utc};
use std::collections::BTreeMap;

/// Turns so many days ahead still count.
const AHEAD: u64 = 6;

/// How everybody's turns lie to a station at a moment; whoever has none near is left out.
///
/// # Errors
/// What the database says.
pub fn duty_here(conn: &mut Conn, station: StationId, now: DateTime<Utc>) -> Done<Vec<(ExpertId, DutyHere)>> {
    let today = beijing_date(now);
    let until = today.checked_add_days(Days::new(AHEAD)).unwrap_or(today);
    let mut found: BTreeMap<ExpertId, DutyHere> = BTreeMap::new();
    // By day and hour within the station, so the first turn of somebody is the nearest.
    let mut turns = db::duty_turn::of_station(conn, station, today, until)?;
    turns.sort_by_key(|turn| (turn.day, turn.from_minute));
    for turn in turns.into_iter().filter(|turn| turn.state == TurnState::Agreed && turn.span().ends() > now) {
        let Some(expert) = turn.expert else { continue };
        let lies = match (turn.day - today).num_days() {
            _ if turn.span().holds(now) => DutyHere::Now,
            0 => DutyHere::Today,
            days => DutyHere::InDays(u8::try_from(days).unwrap_or(u8::MAX)),
        };
        found.entry(expert).or_insert(lies);
    }
    let minute = i32::try_from((now - start_of_day(today)).num_minutes()).unwrap_or(0);
    for (expert, at) in db::duty_turn::on_duty(conn, today, minute)? {
        if at != station && found.get(&expert) != Some(&DutyHere::Now) {
            found.insert(expert, DutyHere::Elsewhere);
        }
    }
    Ok(found.into_iter().collect())
}

/// Who sits at the need's station at this moment: whom a need at the counter goes to at one click.
///
/// # Errors
/// What the database says.
pub fn on_duty_for(office: &Office, actor: &Actor, need: NeedId) -> Done<Vec<(ExpertId, String)>> {
    let mut reader = office.read()?;
    let Some(row) = db::need::find(&mut reader, &need)?.filter(|row| actor.scope().covers(&row.region, row.station))
    else {
        return Ok(Vec::new());
    };
    let sitting: Vec<ExpertId> = duty_here(&mut reader, row.station, office.now())?
        .into_iter()
        .filter(|(_, lies)| *lies == DutyHere::Now)
        .map(|(expert, _)| expert)
        .collect();
    Ok(db::expert::by_ids(&mut reader, &sitting)?.into_iter().map(|row| (row.id, row.name)).collect())
}
