//! Calendar feeds of an expert's or a station's turns: their address is sealed and can be called back.
//!
//! Contract: whoever has the address reads the feed, so an expert's is given to that expert alone, by their own page.

use super::{Actor, Done, Office};
use crate::db;
use crate::db::duty_feed::FeedRow;
use crate::domain::event::Event;
use crate::domain::refusal::Refusal;
use crate::domain::role::Right;
use crate::ids::{DutyFeedId, ExpertId, StationId};
use crate::seal::Purpose;
use chrono::{DateTime, Utc};
use serde_json::json;

/// Whose feed it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedOf {
    /// An expert's turns.
    Expert(ExpertId),
    /// A station's turns.
    Station(StationId),
}

/// The feed's address, if one was made: it opens until the feed gets another.
///
/// # Errors
/// A fault of the machine.
pub fn feed_token(office: &Office, of: FeedOf) -> Done<Option<String>> {
    let mut reader = office.read()?;
    let row = match of {
        FeedOf::Expert(expert) => db::duty_feed::of_expert(&mut reader, expert)?,
        FeedOf::Station(station) => db::duty_feed::of_station(&mut reader, station)?,
    };
    Ok(row.map(|row| sealed(office, &row)))
}

fn sealed(office: &Office, row: &FeedRow) -> String {
    let round = u16::try_from(row.round).unwrap_or(u16::MAX);
    // A subscription is no letter: it opens until it is called back.
    let never = DateTime::<Utc>::from_timestamp(i64::from(u32::MAX) * 60, 0).unwrap_or(DateTime::<Utc>::MAX_UTC);
    office.keys.seal_link(Purpose::DutyFeed, row.id.as_str(), round, never)
}

/// Makes the feed, or gives it a new address that closes every one given out before. Answers the address's token.
///
/// # Errors
/// [`Refusal::NotFound`] for somebody else's; [`Refusal::NotYours`] for an expert's where no expert asks.
pub fn renew_feed(office: &Office, actor: &Actor, of: FeedOf) -> Done<String> {
    actor.needs(Right::WorkNeeds)?;
    match (actor, of) {
        (Actor::Expert(own), FeedOf::Expert(expert)) if *own != expert => return Err(Refusal::NotFound.into()),
        (Actor::Expert(_), FeedOf::Expert(_)) | (_, FeedOf::Station(_)) => {}
        (_, FeedOf::Expert(_)) => return Err(Refusal::NotYours.into()),
    }
    office.write(|tx| {
        let known = match of {
            FeedOf::Expert(expert) => db::duty_feed::of_expert(tx.conn, expert)?,
            FeedOf::Station(station) => {
                let row = db::station::find(tx.conn, &station)?.ok_or(Refusal::NotFound)?;
                if !actor.scope().covers(&row.region, station) {
                    return Err(Refusal::NotFound.into());
                }
                db::duty_feed::of_station(tx.conn, station)?
            }
        };
        let row = match known {
            Some(mut row) => {
                row.round += 1;
                db::duty_feed::save(tx.conn, &row)?;
                row
            }
            None => {
                let (expert, station) = match of {
                    FeedOf::Expert(expert) => (Some(expert), None),
                    FeedOf::Station(station) => (None, Some(station)),
                };
                let row = FeedRow {
                    id: DutyFeedId::from_minted(tx.mint()),
                    expert,
                    station,
                    round: 1,
                    created_at: tx.now.naive_utc(),
                };
                db::duty_feed::insert(tx.conn, &row)?;
                row
            }
        };
        let subject = match of {
            FeedOf::Expert(expert) => expert.to_string(),
            FeedOf::Station(station) => station.to_string(),
        };
        tx.event(&subject, actor, Event::DutyFeedRenewed, &json!({"feed": row.id, "round": row.round}))?;
        Ok(sealed(tx.office, &row))
    })
}
