//! The evidence of a case is frozen when the case is opened: from the rows, the letters as sent and the audit trail, with
//! every doubt beside it ([`Exhibit`]). Looked at again later, it is compared with what is known by then.
//!
//! Source: mission, "the fair-process file". Deliberately absent: judgment; that is `domain::conduct::evidence`.

use super::{Done, Tx};
use crate::db::assignment::AssignmentRow;
use crate::db::conduct::{CaseRow, IncidentRow};
use crate::db::{self, Conn};
use crate::domain::conduct::evidence::{Absence, FrozenEvent, FrozenIncident, FrozenLetter, Span};
use crate::domain::conduct::{Evidence, Exhibit, IncidentKind};
use crate::ids::{AssignmentId, ExpertId};
use chrono::{Days, TimeDelta};
use std::collections::BTreeMap;

/// What speaks for and against, as everything says at this moment.
pub(super) fn within(tx: &mut Tx<'_>, expert: ExpertId, assignments: &[AssignmentId]) -> Done<Evidence> {
    let from = (tx.now - Days::new(365)).naive_utc();
    let known = db::conduct::incidents_of(tx.conn, expert)?;
    let named = |row: &&IncidentRow| row.assignment.is_some_and(|id| assignments.contains(&id));
    let incidents = known
        .iter()
        .filter(|row| row.happened_at >= from || named(row))
        .map(|row| FrozenIncident {
            incident: Some(row.id),
            kind: row.kind,
            at: row.happened_at.and_utc(),
            assignment: row.assignment,
            withdrawn: row.withdrawn_why.clone(),
            finding: row.finding,
        })
        .collect();
    let mut offers = Vec::new();
    for id in assignments {
        let Some(row) = db::assignment::find(tx.conn, id)?.filter(|row| row.expert == expert) else { continue };
        offers.push(exhibit(tx.conn, &row, &known)?.judged());
    }
    Ok(Evidence { incidents, offers, frozen_at: Some(tx.now) })
}

fn exhibit(conn: &mut Conn, row: &AssignmentRow, known: &[IncidentRow]) -> Done<Exhibit> {
    let of_offer: Vec<&IncidentRow> = known.iter().filter(|incident| incident.assignment == Some(row.id)).collect();
    let lapse = of_offer.iter().find(|incident| incident.kind == IncidentKind::Lapse);
    let reports: Vec<_> = of_offer.iter().filter(|incident| incident.kind.is_report()).collect();
    let leaves = db::expert::leaves_of(conn, row.expert)?
        .into_iter()
        .filter(|leave| {
            let end = row.answer_due_at.unwrap_or(row.created_at).date();
            leave.from_on <= end + Days::new(1) && row.created_at.date() <= leave.to_on
        })
        .map(|leave| Absence { from: leave.from_on, to: leave.to_on })
        .collect();
    let until = row.answer_due_at.unwrap_or(row.created_at) + TimeDelta::days(1);
    let outages = db::outage::since(conn, row.created_at)?
        .into_iter()
        .filter(|outage| outage.from_at < until)
        .map(|outage| Span { from: outage.from_at.and_utc(), until: outage.until_at.and_utc() })
        .collect();
    Ok(Exhibit {
        assignment: row.id,
        number: row.number.clone(),
        state: row.state,
        notified_at: row.notified_at.map(|at| at.and_utc()),
        due_at: row.answer_due_at.map(|at| at.and_utc()),
        rule: row.rule,
        stands: true,
        doubt: None,
        doubts: Vec::new(),
        provisional: row.provisional,
        answered: row.first_answer.is_some(),
        withdrawn: lapse.is_some_and(|incident| incident.withdrawn_at.is_some()),
        unproven: lapse.is_none() && !reports.is_empty() && reports.iter().all(|incident| !incident.weighs()),
        count: row.day_count.get(),
        letters: letters(conn, row)?,
        leaves,
        outages,
        trail: trail(conn, row)?,
    })
}

/// Every letter about the offer: what, when a server took it, where it is, and the fingerprint of what was sent.
fn letters(conn: &mut Conn, row: &AssignmentRow) -> Done<Vec<FrozenLetter>> {
    let mut frozen = Vec::new();
    for letter in db::outbox::of_assignment(conn, row.id)? {
        let sent = db::letter::of_outbox(conn, letter.digest.unwrap_or(letter.id))?;
        frozen.push(FrozenLetter {
            kind: letter.notice.get().kind.as_str().to_owned(),
            accepted_at: letter.accepted_at.map(|at| at.and_utc()),
            whereabouts: letter.whereabouts().to_owned(),
            sha256: sent.first().map(|kept| kept.sha256.clone()),
        });
    }
    Ok(frozen)
}

/// What the need's chain says of the offer.
fn trail(conn: &mut Conn, row: &AssignmentRow) -> Done<Vec<FrozenEvent>> {
    let events = db::audit::trail(conn, row.need.as_str())?;
    Ok(events
        .into_iter()
        .filter(|event| event.detail.get().get("assignment").and_then(|id| id.as_str()) == Some(row.id.as_str()))
        .map(|event| FrozenEvent { step: event.step, event: event.event, at: event.at.and_utc(), hash: event.hash })
        .collect())
}

/// What became known after the case was opened and weakens it: for each offer named, why it would not stand any more.
///
/// # Errors
/// What the database says.
pub fn known_since(
    conn: &mut Conn,
    case: &CaseRow,
) -> Done<BTreeMap<AssignmentId, Vec<crate::domain::conduct::Doubt>>> {
    let frozen: Evidence = serde_json::from_value(case.evidence.get()).unwrap_or_default();
    let known = db::conduct::incidents_of(conn, case.expert)?;
    let mut since = BTreeMap::new();
    for before in &frozen.offers {
        let Some(row) = db::assignment::find(conn, &before.assignment)? else { continue };
        let now = exhibit(conn, &row, &known)?.judged();
        let fresh: Vec<_> = now.doubts.into_iter().filter(|doubt| !before.doubts.contains(doubt)).collect();
        if !fresh.is_empty() && before.stands {
            since.insert(before.assignment, fresh);
        }
    }
    Ok(since)
}
