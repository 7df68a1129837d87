//! Staff report what they heard of an expert (投诉, no-show, a gift, …), and a manager looks into every report: proven or
//! unfounded. A report weighs only once it is proven; an unfounded one is withdrawn.
//!
//! Source: Beijing standard, 服务评价与改进 (投诉); rules.md, "Standing, selection, conduct". What an enterprise reports comes
//! through its rating ([`super::rate_service`]).

use super::owners::managers_of;
use super::propose_case::{self, Incident};
use super::{Actor, Done, Letter, Office, Tx, Work, own_words};
use crate::db;
use crate::domain::conduct::{Finding, IncidentKind};
use crate::domain::event::Event;
use crate::domain::notice::NoticeKind;
use crate::domain::refusal::{FieldProblem, Problems, Refusal};
use crate::domain::role::Right;
use crate::domain::task::TaskKind;
use crate::ids::{AssignmentId, ExpertId, IncidentId, TaskId};
use serde_json::json;

/// A report as typed.
#[derive(Debug, Clone)]
pub struct ReportIncident<'a> {
    /// What happened; one of the kinds that are somebody's word.
    pub kind: IncidentKind,
    /// In words: who said it, when, what.
    pub note: &'a str,
    /// The offer it is about, if it is about one.
    pub assignment: Option<AssignmentId>,
}

/// Enters a report; the managers are told.
///
/// # Errors
/// [`Refusal::Invalid`] for a kind that is no report, without words, or for an offer that is not the expert's or not in
/// the actor's reach; [`Refusal::NotFound`].
pub fn report_incident(office: &Office, actor: &Actor, expert: ExpertId, input: &ReportIncident<'_>) -> Done<()> {
    actor.needs(Right::WorkNeeds)?;
    let mut p = Problems::default();
    let note = p.text("note", input.note, 2_000);
    if !input.kind.is_report() {
        p.add(FieldProblem::new("kind", "not-known"));
    }
    p.settle()?;
    office.write(|tx| {
        let row = db::expert::find(tx.conn, &expert)?.ok_or(Refusal::NotFound)?;
        let offer = match input.assignment {
            None => None,
            Some(id) => match tx.assignment(actor, id) {
                Ok((offer, _)) if offer.expert == expert => Some(offer),
                Ok(_) | Err(super::ActionError::Refused(_)) => {
                    return Err(Refusal::Invalid(vec![FieldProblem::new("assignment", "not-known")]).into());
                }
                Err(fault) => return Err(fault),
            },
        };
        let key = format!("reported:{}:{}", input.kind, TaskId::from_minted(tx.mint()));
        let told = Incident { note: Some(note.clone()), entered_by: actor.account() };
        propose_case::record(tx, expert, input.kind, offer.as_ref(), key.clone(), told)?;
        tx.leave_task(Work {
            kind: TaskKind::ConductReport,
            dedup: key.clone(),
            need: offer.as_ref().map(|offer| offer.need),
            assignment: offer.as_ref().map(|offer| offer.id),
            expert: Some(expert),
            case: None,
            account: None,
            for_manager: true,
            detail: None,
            due_at: None,
        })?;
        for account in managers_of(tx, &row.region)?.into_iter().filter(|one| Some(*one) != actor.account()) {
            let mut letter = Letter::new(NoticeKind::StaffConduct, format!("{key}:{account}")).to_account(account);
            letter.expert = Some(expert);
            if let Some(offer) = &offer {
                letter = letter.of_offer(offer).to_account(account);
            }
            tx.owe(&Actor::Desk, letter)?;
        }
        Ok(())
    })
}

/// A manager has looked into a report.
///
/// # Errors
/// [`Refusal::WrongState`] for what needs no finding, was withdrawn, or was found before; [`Refusal::Invalid`] without a
/// reason; [`Refusal::NotFound`]; [`Refusal::NotYours`] outside the actor's region.
pub fn find_incident(office: &Office, actor: &Actor, id: IncidentId, finding: Finding, note: &str) -> Done<ExpertId> {
    actor.needs(Right::Decide)?;
    let mut p = Problems::default();
    let note = p.text("note", note, 2_000);
    p.settle()?;
    office.write(|tx| {
        let known = db::conduct::incident(tx.conn, id)?.ok_or(Refusal::NotFound)?;
        db::dialect::lock_subject(tx.conn, known.expert.as_str())?;
        let mut row = db::conduct::incident(tx.conn, id)?.ok_or(Refusal::NotFound)?;
        let expert = db::expert::find(tx.conn, &row.expert)?.ok_or(Refusal::NotFound)?;
        if !actor.scope().covers_region(&expert.region) {
            return Err(Refusal::NotYours.into());
        }
        if !row.kind.is_report() || row.finding.is_some() || row.withdrawn_at.is_some() {
            return Err(Refusal::WrongState.into());
        }
        row.finding = Some(finding);
        let name = own_words::of_incident(id, "finding_note");
        // Of an erased person nothing is written any more, but the finding stands.
        row.finding_note = own_words::seal_if_known(tx, row.expert, &name, &note)?;
        row.found_by = actor.account();
        row.found_at = Some(tx.now.naive_utc());
        if finding == Finding::Unfounded {
            row.withdrawn_at = Some(tx.now.naive_utc());
            row.withdrawn_why = Some(finding.as_str().to_owned());
        }
        db::conduct::save_incident(tx.conn, &row)?;
        let detail = json!({"incident": id, "kind": row.kind, "finding": finding});
        tx.event(row.expert.as_str(), actor, Event::IncidentFound, &detail)?;
        if open_reports(tx, row.expert)? == 0 {
            db::task::finish_of_expert(tx.conn, row.expert, TaskKind::ConductReport, tx.now.naive_utc())?;
        }
        if finding == Finding::Proven {
            propose_case::propose(tx, row.expert, row.kind, row.assignment)?;
        }
        Ok(row.expert)
    })
}

/// How many reports of an expert nobody has looked into.
fn open_reports(tx: &mut Tx<'_>, expert: ExpertId) -> Done<usize> {
    let known = db::conduct::incidents_of(tx.conn, expert)?;
    Ok(known.iter().filter(|row| row.kind.is_report() && row.finding.is_none() && row.withdrawn_at.is_none()).count())
}
