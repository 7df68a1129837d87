//! An expert takes a copy of everything the office keeps about them (个人信息副本), as one JSON document.
//!
//! Source: issue "The registry", 3; 个人信息保护法 第四十五条. Contract: what is the expert's own: the record, papers without
//! their files (those are downloaded one by one), leave, offers and services, feedback written, the trail of the record.
//! Of needs no more than an expert may see of one: number, title and, once it was theirs, the enterprise's name. Ratings
//! come in groups of five or more (rules.md, "Feedback, rating, evaluation, closing"). The copy taken is written down.

use super::register_expert::as_input;
use super::{Actor, Done, Office};
use crate::db::{self, expert_list};
use crate::domain::assignment::AssignmentState;
use crate::domain::event::Event;
use crate::domain::refusal::Refusal;
use crate::domain::role::Scope;
use crate::ids::ExpertId;
use chrono::SecondsFormat;
use serde_json::{Value, json};

/// Experts see ratings only from so many on.
pub const RATINGS_SHOWN_FROM: i64 = 5;
/// The most offers of a copy.
const MOST: i64 = 5_000;

/// Everything the office keeps about an expert.
///
/// # Errors
/// [`Refusal::NotFound`]; a fault.
pub fn export_own_data(office: &Office, expert: ExpertId) -> Done<Value> {
    office.write(|tx| {
        let actor = Actor::Expert(expert);
        tx.event(expert.as_str(), &actor, Event::DataExported, &json!({}))
    })?;
    let record = as_input(office, expert)?;
    let mut reader = office.read()?;
    let row = db::expert::find(&mut reader, &expert)?.ok_or(Refusal::NotFound)?;
    let at = |at: chrono::NaiveDateTime| at.and_utc().to_rfc3339_opts(SecondsFormat::Secs, true);
    let documents: Vec<Value> = db::document::of_expert(&mut reader, expert)?
        .into_iter()
        .map(|row| {
            json!({"kind": row.kind, "name": row.name, "number": row.number, "level": row.level,
                "issued_on": row.issued_on, "valid_until": row.valid_until, "state": row.state, "note": row.note,
                "file": row.file_name, "sha256": row.sha256, "added_at": at(row.added_at)})
        })
        .collect();
    let leaves: Vec<Value> = db::expert::leaves_of(&mut reader, expert)?
        .into_iter()
        .map(|row| json!({"from": row.from_on, "to": row.to_on, "reason": row.reason}))
        .collect();
    let offers = expert_list::offers(&mut reader, &Scope::Everything, expert, AssignmentState::ALL, MOST)?;
    let mut told = Vec::with_capacity(offers.len());
    for (offer, need) in offers {
        let theirs = matches!(offer.state, AssignmentState::Accepted | AssignmentState::Done);
        let hidden = need.confidential && !theirs;
        let enterprise = if theirs { db::enterprise::find(&mut reader, &need.enterprise)? } else { None };
        let feedback = db::feedback::of_assignment(&mut reader, offer.id)?.map(|row| {
            json!({"done": row.done, "hours": row.hours, "served_on": row.served_on, "outcome": row.outcome,
                "follow_up": row.follow_up, "filed_at": at(row.filed_at)})
        });
        told.push(json!({"number": offer.number, "need": need.number, "title": (!hidden).then_some(need.title),
            "enterprise": enterprise.map(|row| row.name), "state": offer.state, "offered_at": at(offer.created_at),
            "notified_at": offer.notified_at.map(at), "due_at": offer.answer_due_at.map(at),
            "answered_at": offer.answered_at.map(at), "answer": offer.first_answer, "note": offer.note,
            "question": offer.question, "feedback": feedback}));
    }
    let terms = db::expert_terms::of_expert(&mut reader, expert)?
        .map(|row| json!({"weekly_hours": row.weekly_hours, "regions": row.regions.get()}));
    let applications: Vec<Value> = db::application::of_expert(&mut reader, expert)?
        .into_iter()
        .map(|row| json!({"channel": row.channel, "consent": row.consent, "made_at": at(row.made_at)}))
        .collect();
    let reviews: Vec<Value> = db::application::reviews_of(&mut reader, expert)?
        .into_iter()
        .map(|row| {
            json!({"decision": row.decision, "reason": row.reason, "findings": row.findings.get(),
                "decided_at": at(row.decided_at)})
        })
        .collect();
    let (count, sum) =
        expert_list::marks(&mut reader, &[expert])?.first().map_or((0, 0), |(_, n, sum)| (*n, sum.unwrap_or(0)));
    let ratings = (count >= RATINGS_SHOWN_FROM).then(|| json!({"count": count, "sum": sum}));
    let trail: Vec<Value> = db::audit::trail(&mut reader, expert.as_str())?
        .into_iter()
        .map(|row| json!({"at": at(row.at), "event": row.event, "detail": row.detail.get()}))
        .collect();
    Ok(json!({
        "taken_at": office.now().to_rfc3339_opts(SecondsFormat::Secs, true),
        "filed_number": row.filed_number, "standing": row.standing, "standing_why": row.standing_why,
        "language": row.language, "record": record, "terms": terms, "documents": documents, "leaves": leaves,
        "applications": applications, "reviews": reviews, "offers": told, "ratings": ratings, "trail": trail,
    }))
}
