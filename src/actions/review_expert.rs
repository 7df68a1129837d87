//! A manager reviews an application: admits it (备案), asks for more, or refuses it with a reason.
//!
//! Source: Beijing standard, 选取条件; rules.md: only 单位推荐 and 部门同意 bar, everything else is for the reviewer's
//! judgment and words.

use super::change_standing::{self, Change};
use super::{Actor, Done, Office};
use crate::db;
use crate::domain::event::Event;
use crate::domain::number::Series;
use crate::domain::refusal::{Problems, Refusal};
use crate::domain::role::Right;
use crate::domain::standing::StandingDeed;
use crate::ids::ExpertId;
use serde_json::json;

crate::domain::text_enum! {
    /// How a review ends.
    pub enum ReviewDecision {
        /// 备案.
        Admit = "admit",
        /// 补充材料.
        More = "more",
        /// 不予备案.
        Refuse = "refuse",
    }
}

/// Reviews an application.
///
/// # Errors
/// [`Refusal::WrongState`] unless the expert applied or is under review; [`Refusal::Invalid`] without a reason.
pub fn review_expert(office: &Office, actor: &Actor, id: ExpertId, decision: ReviewDecision, reason: &str) -> Done<()> {
    actor.needs(Right::KeepRegister)?;
    let mut p = Problems::default();
    let reason = p.text("reason", reason, 1_000);
    p.settle()?;
    office.write(|tx| {
        let row = db::expert::find(tx.conn, &id)?.ok_or(Refusal::NotFound)?;
        if !actor.scope().covers_region(&row.region) {
            return Err(Refusal::NotYours.into());
        }
        let deed = match decision {
            ReviewDecision::Admit => StandingDeed::Admit,
            ReviewDecision::More => StandingDeed::TakeUp,
            ReviewDecision::Refuse => StandingDeed::Refuse,
        };
        change_standing::within(tx, actor, id, Change::of(deed, Some(&reason)))?;
        let mut row = db::expert::find(tx.conn, &id)?.ok_or(Refusal::NotFound)?;
        if decision == ReviewDecision::Admit && row.filed_number.is_none() {
            row.filed_number = Some(tx.number(Series::Filing)?);
            db::expert::save(tx.conn, &row)?;
        }
        tx.event(id.as_str(), actor, Event::ExpertReviewed, &json!({"decision": decision, "filed": row.filed_number}))?;
        tx.changed("expert", id.as_str())
    })
}
