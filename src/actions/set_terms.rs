//! An expert sets how they may be asked (服务意愿): caps, hours a week, districts, distance, channels.
//!
//! Source: issue "The registry", 3; rules.md, "Standing, selection, conduct" (paused). Contract: only the expert's own deed;
//! what was promised already is not touched. Deliberately absent: a break (`withdraw_expert`) and leave, which is dated
//! rows (`enter_leave`).

use super::{Actor, Done, Office};
use crate::db;
use crate::db::JsonText;
use crate::db::expert_terms::ExpertTermsRow;
use crate::domain::event::Event;
use crate::domain::need::Mode;
use crate::domain::refusal::{FieldProblem, Problems, Refusal};
use crate::domain::region;
use crate::ids::ExpertId;
use serde_json::json;

/// Terms as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TermsInput {
    /// Offers a month.
    pub monthly_cap: i32,
    /// Offers open at once.
    pub open_cap: i32,
    /// Hours a week; none: no limit.
    pub weekly_hours: Option<i32>,
    /// Kilometres travelled; none: no limit.
    pub max_distance_km: Option<i32>,
    /// Channels; none: all.
    pub modes: Vec<Mode>,
    /// Codes of the districts served; none: all.
    pub regions: Vec<String>,
}

/// Sets an expert's own terms.
///
/// # Errors
/// [`Refusal::Invalid`] naming every field; [`Refusal::WrongState`] for an expert who has left.
pub fn set_terms(office: &Office, expert: ExpertId, input: &TermsInput) -> Done<()> {
    let mut p = Problems::default();
    for (field, value, most) in [
        ("monthly_cap", Some(input.monthly_cap), 100),
        ("open_cap", Some(input.open_cap), 20),
        ("weekly_hours", input.weekly_hours, 60),
        ("max_distance_km", input.max_distance_km, 500),
    ] {
        if value.is_some_and(|value| !(1..=most).contains(&value)) {
            p.add(FieldProblem::with(field, "out-of-range", format!("1–{most}")));
        }
    }
    if let Some(unknown) = input.regions.iter().find(|code| region::by_code(code).is_none()) {
        p.add(FieldProblem::with("regions", "not-a-region", unknown));
    }
    p.settle()?;
    office.write(|tx| {
        let mut row = db::expert::find(tx.conn, &expert)?.ok_or(Refusal::NotFound)?;
        if row.standing.has_left() {
            return Err(Refusal::WrongState.into());
        }
        row.monthly_cap = input.monthly_cap;
        row.open_cap = input.open_cap;
        row.max_distance_km = input.max_distance_km;
        row.modes = JsonText::of(&input.modes);
        row.updated_at = tx.now.naive_utc();
        row.version += 1;
        db::expert::save(tx.conn, &row)?;
        let terms = ExpertTermsRow {
            expert,
            weekly_hours: input.weekly_hours,
            regions: JsonText::of(&input.regions),
            updated_at: tx.now.naive_utc(),
        };
        db::expert_terms::set(tx.conn, &terms)?;
        tx.event(expert.as_str(), &Actor::Expert(expert), Event::TermsSet, &json!({"version": row.version}))?;
        tx.changed("expert", expert.as_str())
    })
}
