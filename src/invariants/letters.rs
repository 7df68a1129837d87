//! I4, I6: a letter is sent once, in its hours, and only while it has something to say.

use super::Findings;
use super::Invariant;
use super::Look;
use super::dossier::Dossier;
use super::dossier::Offer;
use super::dossier::Owed;
use crate::actions::set_policy::POLICY_KEY;
use crate::db;
use crate::db::Conn;
use crate::domain::answer_rule::letter_hours::QuietHours;
use crate::domain::assignment::AssignmentState;
use crate::domain::event::Event;
use crate::domain::notice::NoticeKind;
use crate::domain::policy::Policy;
use chrono::{NaiveDateTime, TimeDelta};
use diesel::QueryResult;

/// How long a letter may be in the hands of a node when the state moves on: the length of a lease.
const IN_HAND: TimeDelta = TimeDelta::minutes(5);
/// How many versions of the policy are read.
const VERSIONS: i64 = 1_000;

pub(super) fn judge(dossier: &Dossier, look: &Look<'_>, findings: &mut Findings) {
    for row in &dossier.owed {
        let kept = dossier.kept.get(&row.id).copied().unwrap_or(0);
        if kept > 1 {
            findings.add(Invariant::LetterOnce, &row.dedup_key, format!("recorded as sent {kept} times"));
        }
        let Some(sent_at) = row.accepted_at else { continue };
        let offer = row.assignment.and_then(|id| dossier.offer(id));
        let kind = row.notice.get().kind;
        if row.by_desk && look.quiet.next_waking(sent_at.and_utc()) != sent_at.and_utc() {
            findings.add(Invariant::QuietHours, &row.dedup_key, format!("{kind} left at night, {sent_at} UTC"));
        }
        if let Some(offer) = offer
            && matches!(kind, NoticeKind::Offer | NoticeKind::Reminder)
        {
            said_in_time(dossier, row, offer, sent_at, findings);
        }
    }
}

fn said_in_time(dossier: &Dossier, row: &Owed, offer: &Offer, sent_at: NaiveDateTime, findings: &mut Findings) {
    if ended_at(dossier, offer).is_some_and(|ended| sent_at > ended + IN_HAND) {
        findings.add(Invariant::QuietHours, &row.dedup_key, format!("sent at {sent_at}, after the offer ended"));
    }
    if let Some(asked) = offer.asked_at
        && sent_at > asked + IN_HAND
        && offer.replied_at.is_none_or(|replied| sent_at < replied)
    {
        findings.add(Invariant::QuietHours, &row.dedup_key, format!("sent at {sent_at}, while a question waits"));
    }
}

/// When an offer stopped waiting for an answer.
fn ended_at(dossier: &Dossier, offer: &Offer) -> Option<NaiveDateTime> {
    match offer.state {
        AssignmentState::Offered => None,
        AssignmentState::Accepted | AssignmentState::Done | AssignmentState::Released => dossier
            .trail
            .iter()
            .find(|row| {
                row.event == Event::OfferAccepted.as_str()
                    && row.detail.get().get("assignment").and_then(|id| id.as_str()) == Some(offer.id.as_str())
            })
            .map(|row| row.at),
        // A letter that was sent before it came back, or before an offer was opened again, is none of this.
        AssignmentState::Undelivered => None,
        AssignmentState::Declined | AssignmentState::Lapsed | AssignmentState::Void => offer.ended_at,
    }
}

/// The hours that were night under every policy so far.
///
/// # Errors
/// What the database says.
pub(super) fn shortest_night(conn: &mut Conn) -> QueryResult<QuietHours> {
    let mut night = QuietHours::default();
    for row in db::policy::versions(conn, POLICY_KEY, VERSIONS)? {
        let Ok(policy) = serde_json::from_str::<Policy>(row.value.as_str()) else { continue };
        let quiet = policy.letters.quiet();
        night = QuietHours { from: night.from.max(quiet.from), until: night.until.min(quiet.until) };
    }
    Ok(night)
}
