//! The one place where an expert's standing changes: by the state machine, with its history, its event, and everything in
//! hand finding a new home in the same transaction.
//!
//! Source: rules.md, "Standing, selection, conduct"; [`Standing::after`]. Deliberately absent: who may do what, which each
//! deed asks for itself.

use super::rehome::{self, Leaving};
use super::{Actor, Done, Tx};
use crate::db;
use crate::db::standing_history::StepRow;
use crate::domain::event::Event;
use crate::domain::refusal::Refusal;
use crate::domain::standing::{Standing, StandingDeed};
use crate::ids::{CaseId, ExpertId};
use serde_json::json;

/// What changes, and why.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change<'a> {
    /// The deed.
    pub(super) deed: StandingDeed,
    /// In words, for the record and the expert.
    pub(super) why: Option<&'a str>,
    /// In which case.
    pub(super) case: Option<CaseId>,
}

impl<'a> Change<'a> {
    /// A change outside any case.
    pub(super) const fn of(deed: StandingDeed, why: Option<&'a str>) -> Self {
        Self { deed, why, case: None }
    }
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Changed {
    /// The standing now.
    pub(super) to: Standing,
    /// How many offers, cases and turns found a new home.
    pub(super) moved: usize,
}

/// Changes the standing.
///
/// # Errors
/// [`Refusal::WrongState`] when the deed means nothing in the expert's standing; [`Refusal::NotFound`].
pub(super) fn within(tx: &mut Tx<'_>, actor: &Actor, expert: ExpertId, change: Change<'_>) -> Done<Changed> {
    // Two deeds on one expert come one after the other; the row is read behind the lock.
    db::dialect::lock_subject(tx.conn, expert.as_str())?;
    let mut row = db::expert::find(tx.conn, &expert)?.ok_or(Refusal::NotFound)?;
    let from = row.standing;
    let to = from.after(change.deed).map_err(|_| Refusal::WrongState)?;
    row.standing = to;
    row.standing_why = change.why.map(str::to_owned);
    row.updated_at = tx.now.naive_utc();
    row.version += 1;
    db::expert::save(tx.conn, &row)?;
    let nth = db::standing_history::last(tx.conn, expert)?.map_or(1, |last| last.nth + 1);
    let step = StepRow {
        expert,
        nth,
        from_standing: from,
        to_standing: to,
        deed: change.deed,
        at: tx.now.naive_utc(),
        actor: actor.label(),
        conduct_case: change.case,
        why: change.why.map(str::to_owned),
    };
    db::standing_history::insert_many(tx.conn, std::slice::from_ref(&step))?;
    let detail = json!({"from": from, "to": to, "deed": change.deed, "case": change.case});
    tx.event(expert.as_str(), actor, Event::StandingChanged, &detail)?;
    tx.changed("expert", expert.as_str())?;
    let moved = if to.may_be_asked() {
        0
    } else {
        let leaving = Leaving { accepted_too: to.ends_accepted_cases(), turns_too: true, reason: change.deed.as_str() };
        rehome::within(tx, actor, expert, leaving)?
    };
    Ok(Changed { to, moved })
}
