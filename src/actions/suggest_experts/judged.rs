//! Whether one expert may be asked at this moment, decided on database rows, and who is told by which rule he may not.
//!
//! Contract: the same rules as the ranking in memory, on what is committed now. Deliberately absent: scores.

use super::profile;
use crate::actions::expert_past::conflict_now;
use crate::actions::expert_pool::candidate_now;
use crate::actions::set_policy::licences_in_force;
use crate::actions::{ActionError, Actor, Done};
use crate::db::need::NeedRow;
use crate::db::{self, Conn};
use crate::domain::licence::{LicenceRules, Licensed};
use crate::domain::matching::{self, Candidate, Exclusion, Facts, NeedProfile, Qualified, Waived};
use crate::domain::refusal::Refusal;
use crate::domain::role::Role;
use crate::domain::standing::Standing;
use crate::ids::{ExpertId, NeedId};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// Whether the expert may be asked for the need at this moment, decided on rows inside the caller's transaction, behind the
/// expert's lock.
///
/// # Errors
/// [`Refusal::NotEligible`] with the rule's code.
pub fn eligible_now(
    conn: &mut Conn,
    need: &NeedRow,
    expert: ExpertId,
    now: DateTime<Utc>,
    asked_again: bool,
) -> Done<Candidate> {
    db::dialect::lock_expert(conn, expert)?;
    let judged = judged_now(conn, need, expert, now, asked_again)?;
    judged.map_err(|rule| Refusal::NotEligible(rule.code()).into())
}

/// The same with the rule that drops the expert, whole.
///
/// # Errors
/// [`Refusal::NotFound`] for unknown experts; a fault.
pub fn judged_now(
    conn: &mut Conn,
    need: &NeedRow,
    expert: ExpertId,
    now: DateTime<Utc>,
    asked_again: bool,
) -> Done<Result<Candidate, Exclusion>> {
    let candidate = candidate_now(conn, expert, now)?.ok_or(Refusal::NotFound)?;
    let enterprise = db::enterprise::find(conn, &need.enterprise)?.map(|row| row.name).unwrap_or_default();
    let licences = licences_in_force(conn)?;
    let profile = profile(need, &enterprise, &|_| matching::IndustrySet::EMPTY, &licences, now);
    let already_asked = !asked_again && db::assignment::of_need(conn, need.id)?.iter().any(|row| row.expert == expert);
    let row = db::expert::find(conn, &expert)?.ok_or(Refusal::NotFound)?;
    let text = format!("{}\n{}", need.title, need.description);
    let conflicts = conflict_now(conn, &profile, &text, &row, now)?;
    let waived = waived(conn, need.id)?.remove(&expert).unwrap_or_default();
    let facts = Facts { already_asked, conflicts, waived, ..Facts::default() };
    Ok(matching::eligible(&profile, &candidate, &facts).map(|()| candidate))
}

/// The rule of conflict that bars an expert from a need at this moment, whatever else would or would not.
///
/// # Errors
/// [`Refusal::NotFound`] for unknown experts; a fault.
pub fn conflict_on_rows(
    conn: &mut Conn,
    need: &NeedRow,
    expert: ExpertId,
    now: DateTime<Utc>,
) -> Done<Option<Exclusion>> {
    let candidate = candidate_now(conn, expert, now)?.ok_or(Refusal::NotFound)?;
    let row = db::expert::find(conn, &expert)?.ok_or(Refusal::NotFound)?;
    let enterprise = db::enterprise::find(conn, &need.enterprise)?.map(|row| row.name).unwrap_or_default();
    let profile = profile(need, &enterprise, &|_| matching::IndustrySet::EMPTY, &LicenceRules::none(), now);
    let text = format!("{}\n{}", need.title, need.description);
    let conflicts = conflict_now(conn, &profile, &text, &row, now)?;
    let waived = waived(conn, need.id)?.remove(&expert).unwrap_or_default();
    Ok(conflict(&profile, candidate, &Facts { conflicts, waived, ..Facts::default() }))
}

/// The rule of conflict alone: as if nothing else stood in an expert's way.
pub(in crate::actions) fn conflict(need: &NeedProfile, mut candidate: Candidate, facts: &Facts) -> Option<Exclusion> {
    candidate.standing = Standing::Active;
    candidate.qualified = Qualified::NoExpiry;
    candidate.licensed = Licensed::default();
    candidate.weekly_hours = None;
    candidate.leaves.clear();
    candidate.booked.clear();
    (candidate.open_offers, candidate.month_offers) = (0, 0);
    (candidate.open_cap, candidate.monthly_cap) = (1, 1);
    matching::eligible(need, &candidate, facts).err().filter(Exclusion::is_conflict)
}

/// What was waived for a need, by expert.
pub(super) fn waived(conn: &mut Conn, need: NeedId) -> Done<BTreeMap<ExpertId, Waived>> {
    let mut waived: BTreeMap<ExpertId, Waived> = BTreeMap::new();
    for row in db::relation::waivers_of(conn, need)? {
        waived.entry(row.expert).or_default().add(&row.rule);
    }
    Ok(waived)
}

/// Whether somebody is told what the office itself knows of an expert: managers and the desk are, others learn that a
/// manager should be asked ([`Exclusion::neutral`]).
#[must_use]
pub fn is_told_plainly(actor: &Actor) -> bool {
    match actor {
        Actor::Staff(staff) => staff.role == Role::Manager,
        _ => true,
    }
}

/// A refusal as told to that actor.
pub(in crate::actions) fn told(actor: &Actor, error: ActionError) -> ActionError {
    match error {
        ActionError::Refused(Refusal::NotEligible(rule)) if !is_told_plainly(actor) => {
            Refusal::NotEligible(Exclusion::neutral_code(rule)).into()
        }
        other => other,
    }
}
