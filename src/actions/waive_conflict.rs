//! A manager allows an expert for a need although something ties him to one side, and says why (回避豁免). Only what asks
//! for it can be waived; what bars stays barred, and is decided again when the offer is made. A waiver lifts the ground it
//! was granted for: what becomes known later asks again.

use super::suggest_experts::judged_now;
use super::{Actor, Done, Office};
use crate::db;
use crate::db::relation::WaiverRow;
use crate::domain::event::Event;
use crate::domain::matching::Exclusion;
use crate::domain::refusal::{Problems, Refusal};
use crate::domain::role::Right;
use crate::ids::{ExpertId, NeedId, WaiverId};
use serde_json::json;

/// Grants a waiver.
///
/// # Errors
/// [`Refusal::Invalid`] without a reason; [`Refusal::NotEligible`] with the rule that cannot be waived;
/// [`Refusal::WrongState`] where there is nothing to waive; [`Refusal::NotFound`]; [`Refusal::NotYours`].
pub fn waive_conflict(office: &Office, actor: &Actor, need: NeedId, expert: ExpertId, reason: &str) -> Done<WaiverId> {
    actor.needs(Right::Decide)?;
    let account = actor.account().ok_or(Refusal::NotYours)?;
    let mut problems = Problems::default();
    let reason = problems.text("reason", reason, 1_000);
    problems.settle()?;
    office.write(|tx| {
        let need = tx.need(actor, need)?;
        let rule = match judged_now(tx.conn, &need, expert, tx.now, false)? {
            Err(rule) if Exclusion::code_is_waivable(rule.code()) => rule.waiver(),
            Err(rule) => return Err(Refusal::NotEligible(rule.code()).into()),
            Ok(_) => return Err(Refusal::WrongState.into()),
        };
        let row = WaiverRow {
            id: WaiverId::from_minted(tx.mint()),
            need: need.id,
            expert,
            rule: rule.clone(),
            reason: reason.clone(),
            granted_by: account,
            granted_at: tx.now.naive_utc(),
        };
        db::relation::insert_waiver(tx.conn, &row)?;
        let detail = json!({"waiver": row.id, "expert": expert, "rule": rule});
        tx.event(need.id.as_str(), actor, Event::ConflictWaived, &detail)?;
        Ok(row.id)
    })
}
