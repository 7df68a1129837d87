//! On the day: the expert says again that they will come, signs in at the station, or staff note that they did.
//!
//! Signing in by the station's page needs the six digits that stand on the expert's own page: whoever has the station's
//! QR code alone signs nobody in. Deliberately absent: location, cameras, anything about the expert's device.

use super::duty_seat::{save_turn, turn_of};
use super::{Actor, Done, Office};
use crate::db;
use crate::domain::duty::{SIGN_IN_EARLY, TurnState, code_line, sign_in_code};
use crate::domain::event::Event;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::role::Right;
use crate::ids::{DutyTurnId, StationId};
use chrono::TimeDelta;
use serde_json::json;

/// The six digits of a turn.
#[must_use]
pub fn code_of(office: &Office, turn: DutyTurnId) -> String {
    sign_in_code(&office.keys.seal_line(&code_line(turn)))
}

/// Who says that the expert is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignedInBy {
    /// The station's page, with the digits of the expert's own.
    Page {
        /// Which station's page it was.
        station: StationId,
        /// The digits.
        code: String,
    },
    /// Staff of the station.
    Staff,
}

/// Notes that the expert of a turn is there.
///
/// # Errors
/// [`Refusal::WrongState`] too early, too late, or on a turn nobody has; [`Refusal::Invalid`] for wrong digits;
/// [`Refusal::NotFound`].
pub fn sign_in(office: &Office, actor: &Actor, id: DutyTurnId, by: &SignedInBy) -> Done<()> {
    actor.needs(Right::WorkNeeds)?;
    office.write(|tx| {
        let (mut turn, plan) = turn_of(tx, actor, id)?;
        if let SignedInBy::Page { station, code } = by {
            if turn.station != *station {
                return Err(Refusal::NotFound.into());
            }
            if code_of(tx.office, id) != code.trim() {
                return Err(Refusal::Invalid(vec![FieldProblem::new("code", "not-known")]).into());
            }
        }
        let span = turn.span();
        let there = turn.published && turn.state == TurnState::Agreed;
        let open = span.begins() - TimeDelta::minutes(SIGN_IN_EARLY) <= tx.now && tx.now < span.ends();
        // Staff may note it afterwards, the same day or the next.
        let noted_late = *by == SignedInBy::Staff && span.ends() <= tx.now && tx.now < span.ends() + TimeDelta::days(2);
        if !there || !(open || noted_late) {
            return Err(Refusal::WrongState.into());
        }
        if turn.signed_in_at.is_some() {
            return Ok(());
        }
        turn.signed_in_at = Some(tx.now.naive_utc());
        turn.signed_in_by = Some(if *by == SignedInBy::Staff { "staff" } else { "page" }.to_owned());
        if turn.missed_at.take().is_some() {
            db::conduct::withdraw_by_key(tx.conn, &missed_key(id), "signed-in-late", tx.now.naive_utc())?;
        }
        save_turn(tx, &mut turn)?;
        tx.event(plan.id.as_str(), actor, Event::DutySignedIn, &json!({"turn": id, "expert": turn.expert}))
    })
}

/// The key of the incident of a turn nobody came to.
pub(super) fn missed_key(turn: DutyTurnId) -> String {
    format!("no-show:{turn}")
}

/// The expert says again that they will come.
///
/// # Errors
/// [`Refusal::NotFound`] for a turn that is not theirs; [`Refusal::WrongState`] when it is over.
pub fn reconfirm(office: &Office, actor: &Actor, id: DutyTurnId) -> Done<()> {
    actor.needs(Right::WorkNeeds)?;
    office.write(|tx| {
        let (mut turn, plan) = turn_of(tx, actor, id)?;
        if let Actor::Expert(own) = actor
            && turn.expert != Some(*own)
        {
            return Err(Refusal::NotFound.into());
        }
        if turn.state != TurnState::Agreed || !turn.published || turn.span().ends() <= tx.now {
            return Err(Refusal::WrongState.into());
        }
        if turn.reconfirmed_at.is_none() {
            turn.reconfirmed_at = Some(tx.now.naive_utc());
            save_turn(tx, &mut turn)?;
            tx.event(plan.id.as_str(), actor, Event::DutyReconfirmed, &json!({"turn": id, "expert": turn.expert}))?;
        }
        Ok(())
    })
}
