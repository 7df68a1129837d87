//! The enterprise rates the service by link, or staff call back (回访) and enter it, marked as such.
//!
//! Source: Beijing standard, 服务评价与改进 (内部评价与外部评价); rules.md, "Feedback, rating, evaluation, closing".

use super::file_feedback::ready_to_close;
use super::owners::managers_of;
use super::tend_assignment::record_incident;
use super::{Actor, Done, Letter, Office, Work};
use crate::db;
use crate::db::JsonText;
use crate::db::feedback::RatingRow;
use crate::domain::assignment::AssignmentState;
use crate::domain::conduct::IncidentKind;
use crate::domain::event::Event;
use crate::domain::feedback::{ConductReport, RatingChannel};
use crate::domain::notice::NoticeKind;
use crate::domain::refusal::{FieldProblem, Problems, Refusal};
use crate::domain::role::Right;
use crate::domain::task::TaskKind;
use crate::ids::{AssignmentId, RatingId};
use serde_json::json;

/// A rating as given.
#[derive(Debug, Clone)]
pub struct RateService {
    /// One to five.
    pub score: i32,
    /// In words.
    pub remark: Option<String>,
    /// What the enterprise reports about conduct.
    pub conduct: Vec<ConductReport>,
    /// By link or by phone.
    pub channel: RatingChannel,
}

/// Rates the service of one assignment.
///
/// # Errors
/// [`Refusal::Invalid`], [`Refusal::RatedBefore`] on the same channel, [`Refusal::WrongState`] before the service.
pub fn rate_service(office: &Office, actor: &Actor, id: AssignmentId, input: &RateService) -> Done<()> {
    actor.needs(Right::WorkNeeds)?;
    let remark = check(input)?;
    office.write(|tx| {
        let (row, need) = tx.assignment(actor, id)?;
        if !matches!(row.state, AssignmentState::Accepted | AssignmentState::Done) {
            return Err(Refusal::WrongState.into());
        }
        let known = db::feedback::ratings_of_need(tx.conn, need.id)?;
        if known.iter().any(|rating| rating.assignment == id && rating.channel == input.channel) {
            return Err(Refusal::RatedBefore.into());
        }
        let rating = RatingRow {
            id: RatingId::from_minted(tx.mint()),
            need: need.id,
            assignment: id,
            score: input.score,
            remark: remark.clone(),
            conduct: JsonText::of(&input.conduct),
            channel: input.channel,
            entered_by: actor.account(),
            created_at: tx.now.naive_utc(),
        };
        db::feedback::insert_ratings(tx.conn, std::slice::from_ref(&rating))?;
        let detail =
            json!({"assignment": id, "score": input.score, "channel": input.channel, "conduct": input.conduct});
        tx.event(need.id.as_str(), actor, Event::ServiceRated, &detail)?;
        tx.changed("expert", row.expert.as_str())?;
        db::outbox::void_rating_reminder(tx.conn, id)?;
        db::task::finish_of_offer(tx.conn, id, &[TaskKind::CallBack], actor.account(), tx.now.naive_utc())?;
        for report in &input.conduct {
            let kind = match report {
                ConductReport::Gift => IncidentKind::Gift,
                ConductReport::Promotion => IncidentKind::Promotion,
                ConductReport::Touting => IncidentKind::Touting,
                ConductReport::Confidence => IncidentKind::Confidence,
            };
            record_incident(tx, row.expert, kind, Some(&row), format!("{kind}:{id}"))?;
        }
        if !input.conduct.is_empty() {
            tx.leave_task(Work {
                kind: TaskKind::ConductReport,
                dedup: format!("conduct:{id}"),
                need: Some(need.id),
                assignment: Some(id),
                expert: Some(row.expert),
                case: None,
                account: None,
                for_manager: true,
                detail: None,
                due_at: None,
            })?;
            // Straight to the managers, past the station.
            for account in managers_of(tx, &need.region)? {
                let letter = Letter::new(NoticeKind::StaffConduct, format!("conduct:{id}:{account}"));
                tx.owe(&Actor::Desk, letter.of_offer(&row).to_account(account))?;
            }
        }
        ready_to_close(tx, &need)
    })
}

/// The remark of a rating whose fields can be taken.
///
/// # Errors
/// [`Refusal::Invalid`] naming every field that cannot.
pub fn check(input: &RateService) -> Result<Option<String>, Refusal> {
    let mut p = Problems::default();
    if !(1..=5).contains(&input.score) {
        p.add(FieldProblem::with("score", "out-of-range", "1–5"));
    }
    let remark = p.optional("text", input.remark.as_deref(), 2_000);
    p.settle()?;
    Ok(remark)
}

/// Reads the names of conduct reports.
///
/// # Errors
/// [`Refusal::Invalid`] naming one that is unknown.
pub fn conduct_reports(names: &[String]) -> Result<Vec<ConductReport>, Refusal> {
    let mut reports = Vec::new();
    for name in names {
        let report =
            name.parse().map_err(|_| Refusal::Invalid(vec![FieldProblem::with("conduct", "not-known", name)]))?;
        if !reports.contains(&report) {
            reports.push(report);
        }
    }
    Ok(reports)
}
