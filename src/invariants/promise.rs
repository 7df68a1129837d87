//! I7, I13, I14, I15: what the trail says of an offer: its due instant moves later only and ends on a working day, its
//! rule stays, and its states follow the deeds.

use super::Findings;
use super::Invariant;
use super::Look;
use super::dossier::Dossier;
use crate::domain::answer_rule::CountingRule;
use crate::domain::assignment::AssignmentState;
use crate::domain::calendar::beijing_date;
use crate::domain::calendar::day_after;
use crate::domain::calendar::start_of_day;
use crate::domain::event::Event;
use crate::ids::AssignmentId;
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use serde_json::Value;
use std::collections::HashMap;

pub(super) fn judge(dossier: &Dossier, look: &Look<'_>, findings: &mut Findings) {
    let mut promised: HashMap<AssignmentId, DateTime<Utc>> = HashMap::new();
    let mut states: HashMap<AssignmentId, AssignmentState> = HashMap::new();
    for row in &dossier.trail {
        let detail = row.detail.get();
        let Some(id) = detail.get("assignment").and_then(Value::as_str).and_then(|id| id.parse().ok()) else {
            continue;
        };
        let Some(offer) = dossier.offer(id) else {
            findings.add(
                Invariant::TrailWhole,
                &dossier.need.number,
                format!("the trail names an offer {id} that is gone"),
            );
            continue;
        };
        let Ok(event) = row.event.parse::<Event>() else { continue };
        match follows(states.get(&id).copied(), event, &detail) {
            Ok(Some(state)) => {
                states.insert(id, state);
            }
            Ok(None) => {}
            Err(state) => {
                let why = format!("{event} at step {} of an offer that was {state:?}", row.step);
                findings.add(Invariant::StatesFollow, &offer.number, why);
            }
        }
        match event {
            Event::ExpertAssigned => {
                let rule = detail.get("rule").and_then(Value::as_str);
                if rule.is_some_and(|rule| rule != offer.rule.as_str()) {
                    let why = format!("made under {}, now {}", rule.unwrap_or_default(), offer.rule);
                    findings.add(Invariant::RuleStays, &offer.number, why);
                }
            }
            // The letter came back: the clock that ran is void, and another may begin.
            Event::NoticeBounced => {
                promised.remove(&id);
            }
            Event::NoticeRecorded => {
                told(&mut promised, id, instant(&detail, "due"), &offer.number, findings);
                working_day(look, &detail, &offer.number, findings);
            }
            Event::DueMoved => told(&mut promised, id, instant(&detail, "to"), &offer.number, findings),
            _ => {}
        }
    }
    for (id, state) in states {
        let Some(offer) = dossier.offer(id).filter(|offer| offer.state != state) else { continue };
        let why = format!("the trail ends with {state}, the row says {}", offer.state);
        findings.add(Invariant::StatesFollow, &offer.number, why);
    }
    for (id, due) in promised {
        let Some(offer) = dossier.offer(id) else { continue };
        if offer.answer_due_at != Some(due.naive_utc()) {
            let why = format!("promised {due}, the row says {:?}", offer.answer_due_at);
            findings.add(Invariant::DueOnlyLater, &offer.number, why);
        }
    }
}

/// The state after an event; `None` when it stays. `Err` with the state before when the event may not follow on it.
fn follows(
    before: Option<AssignmentState>,
    event: Event,
    detail: &Value,
) -> Result<Option<AssignmentState>, Option<AssignmentState>> {
    use AssignmentState::{Accepted, Declined, Done, Lapsed, Offered, Released, Undelivered, Void};
    let (from, to): (&[AssignmentState], AssignmentState) = match event {
        Event::ExpertAssigned => return if before.is_none() { Ok(Some(Offered)) } else { Err(before) },
        // A letter that came back after the answer changes nothing, and says which state that was.
        Event::NoticeBounced if detail.get("state").is_some() => return Ok(None),
        Event::NoticeBounced => (&[Offered, Lapsed], Undelivered),
        Event::NoticeRecorded => (&[Offered, Undelivered], Offered),
        Event::QuestionAsked => (&[Offered], Offered),
        Event::OfferAccepted => (&[Offered, Lapsed], Accepted),
        Event::OfferDeclined => (&[Offered, Lapsed], Declined),
        Event::OfferLapsed => (&[Offered], Lapsed),
        Event::OfferVoided => (&[Offered, Accepted], Void),
        Event::AssignmentReleased => (&[Accepted], Released),
        Event::FeedbackFiled => (&[Accepted], Done),
        _ => return Ok(None),
    };
    if before.is_some_and(|before| from.contains(&before)) { Ok(Some(to)) } else { Err(before) }
}

/// The last day of a due instant that was counted to the end of a day, by a rule that knows rest days, is none (I15). What
/// was counted with another calendar than the one in force, or with a year not known yet, is left out.
fn working_day(look: &Look<'_>, detail: &Value, number: &str, findings: &mut Findings) {
    let Some(calendar) = look.calendar else { return };
    let text = |key: &str| detail.get(key).and_then(Value::as_str).unwrap_or_default();
    let rule: Option<CountingRule> = text("rule").parse().ok();
    let rolls = matches!(rule, Some(CountingRule::CivilCode | CountingRule::WorkingDays));
    let provisional = detail.get("provisional").and_then(Value::as_bool).unwrap_or(true);
    if !rolls || provisional || text("calendar") != calendar.version() {
        return;
    }
    let Some(due) = instant(detail, "due") else { return };
    let last = beijing_date(due - TimeDelta::microseconds(1));
    if start_of_day(day_after(last)) == due && calendar.is_rest_day(last) {
        findings.add(Invariant::EndsOnAWorkingDay, number, format!("its last day, {last}, is a rest day"));
    }
}

fn told(
    promised: &mut HashMap<AssignmentId, DateTime<Utc>>,
    id: AssignmentId,
    due: Option<DateTime<Utc>>,
    number: &str,
    findings: &mut Findings,
) {
    let Some(due) = due else { return };
    if let Some(before) = promised.get(&id).filter(|before| **before > due) {
        findings.add(Invariant::DueOnlyLater, number, format!("moved from {before} to {due}"));
    }
    promised.insert(id, due);
}

/// An instant in a detail: RFC 3339, or as the database writes it.
fn instant(detail: &Value, key: &str) -> Option<DateTime<Utc>> {
    let text = detail.get(key)?.as_str()?;
    text.parse().ok().or_else(|| text.parse::<NaiveDateTime>().ok().map(|at| at.and_utc()))
}
