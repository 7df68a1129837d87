//! A manager allows an expert for a need although something ties him to one side, and says why (回避豁免). Only what asks
//! for it can be waived; what bars stays barred, and is decided again when the offer is made. A waiver lifts the ground it
//! was granted for: what becomes known later asks again.

use super::suggest_experts::{as_asked_by, judged_now};
use super::{Actor, Done, Office, Tx};
use crate::db;
use crate::db::need::NeedRow;
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
        let rule = waivable(tx, &need, expert)?;
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

/// What stands in the expert's way and may be waived. Each seat asks for a licence by its own item, so what bars from one of
/// them hides nothing on another.
fn waivable(tx: &mut Tx<'_>, need: &NeedRow, expert: ExpertId) -> Done<String> {
    let mut asked: Vec<NeedRow> =
        db::need::seats_of(tx.conn, need.id)?.iter().map(|seat| as_asked_by(need, seat)).collect();
    if asked.is_empty() {
        asked.push(need.clone());
    }
    let mut barred = None;
    for one in asked {
        match judged_now(tx.conn, &one, expert, tx.now, false)? {
            Err(rule) if Exclusion::code_is_waivable(rule.code()) => return Ok(rule.waiver()),
            Err(rule) => barred = barred.or(Some(rule.code())),
            Ok(_) => {}
        }
    }
    Err(barred.map_or(Refusal::WrongState, Refusal::NotEligible).into())
}
