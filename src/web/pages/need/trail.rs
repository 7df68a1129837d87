//! What happened to a need, from its trail: one sentence an event, newest first, with who did it and the evidence.
//!
//! The trail holds ids and codes; names are looked up here. Deliberately absent: free text, which the trail never holds.

use super::clock::machine;
use super::seats::{People, skipped_why};
use crate::actions::suggest_experts::is_told_plainly;
use crate::db;
use crate::db::JsonText;
use crate::db::assignment::AssignmentRow;
use crate::db::audit::AuditRow;
use crate::domain::calendar::beijing_clock;
use crate::domain::matching::Exclusion;
use crate::i18n::L;
use crate::ids::AccountId;
use crate::web::call::Call;
use crate::web::error::WebError;
use crate::web::pages::need::view::NeedView;
use chrono::{DateTime, Datelike, Utc};
use serde_json::Value;
use std::collections::HashMap;

/// Events shown; the whole trail is on the audit page.
const MOST: usize = 120;

/// One event, in words.
pub struct EventView {
    /// RFC 3339.
    pub machine: String,
    /// Day.
    pub day: String,
    /// Time.
    pub time: String,
    /// `ok`, `soon`, `late`, `wait` or nothing.
    pub kind: &'static str,
    /// Icon.
    pub symbol: &'static str,
    /// The expert concerned; empty for none.
    pub name: String,
    /// What happened.
    pub text: String,
    /// Who did it, and the evidence.
    pub note: String,
}

/// How an event looks: kind and icon.
fn looks(event: &str) -> (&'static str, &'static str) {
    match event {
        "need-submitted" => ("", "plus"),
        "need-corrected" => ("", "edit"),
        "need-handed-over" => ("", "user"),
        "need-retracted" | "offer-declined" | "offer-voided" | "assignment-released" => ("", "xc"),
        "need-closed" => ("ok", "checkc"),
        "attachment-added" => ("", "attach"),
        "reserves-set" => ("", "list"),
        "reserve-skipped" => ("", "minus"),
        "expert-assigned" => ("wait", "send"),
        "notice-recorded" => ("wait", "mail"),
        "notice-bounced" => ("late", "mailx"),
        "reminder-sent" => ("soon", "bell"),
        "offer-accepted" => ("ok", "check"),
        "question-asked" => ("soon", "ask"),
        "question-replied" | "clock-restarted" | "due-moved" => ("", "clock"),
        "offer-lapsed" | "chain-exhausted" => ("late", "alert"),
        "feedback-filed" => ("ok", "doc"),
        "service-rated" => ("ok", "star"),
        _ => ("", "history"),
    }
}

fn code<'a>(detail: &'a Value, name: &str) -> Option<&'a str> {
    detail.get(name).and_then(Value::as_str)
}

fn instant(detail: &Value, name: &str) -> Option<DateTime<Utc>> {
    let text = code(detail, name)?;
    let zoned = DateTime::parse_from_rfc3339(text).map(|at| at.to_utc());
    zoned.or_else(|_| text.parse::<chrono::NaiveDateTime>().map(|at| at.and_utc())).ok()
}

/// A word of a closed list; what has no word any more is left out.
fn word(l: L, prefix: &str, detail: &Value, name: &str) -> Option<String> {
    let key = format!("{prefix}-{}", code(detail, name)?);
    l.has(&key).then(|| l.t(&key))
}

/// The evidence of an event, a phrase each.
fn evidence(l: L, event: &str, detail: &Value, accounts: &HashMap<AccountId, String>) -> Vec<String> {
    let mut said = Vec::new();
    match event {
        "expert-assigned" => said.extend(code(detail, "number").map(str::to_owned)),
        "notice-recorded" => {
            said.extend(word(l, "notified-by", detail, "by"));
            said.extend(instant(detail, "due").map(|due| l.a("need-offer-due", &[("due", &l.due(due))])));
        }
        "due-moved" => said.extend(instant(detail, "to").map(|due| l.a("need-offer-due", &[("due", &l.due(due))]))),
        "offer-declined" => said.extend(word(l, "decline-reason", detail, "reason")),
        "offer-voided" => said.extend(word(l, "void-reason", detail, "why")),
        "assignment-released" => {
            said.extend(word(l, "released-by", detail, "by").map(|by| l.a("need-offer-released", &[("by", &by)])))
        }
        "reserve-skipped" => said.extend(code(detail, "rule").map(|rule| skipped_why(l, rule, true))),
        "question-asked" => {
            said.extend(instant(detail, "reply_due").map(|due| l.a("need-event-reply-due", &[("due", &l.due(due))])))
        }
        "need-closed" => said.extend(word(l, "close-reason", detail, "reason")),
        "need-handed-over" => {
            let to = code(detail, "to").and_then(|id| id.parse().ok()).and_then(|id: AccountId| accounts.get(&id));
            said.extend(to.map(|name| l.a("need-event-to", &[("name", name)])));
        }
        "feedback-filed" => said.extend(word(l, "outcome", detail, "outcome")),
        "service-rated" => {
            said.extend(
                detail
                    .get("score")
                    .and_then(Value::as_i64)
                    .map(|score| l.a("need-event-score", &[("score", &score.to_string())])),
            );
            said.extend(word(l, "rating-channel", detail, "channel"));
        }
        "task-done" => said.extend(word(l, "task", detail, "kind")),
        "chain-exhausted" => said.extend(
            detail
                .get("asked")
                .and_then(Value::as_i64)
                .map(|asked| l.a("need-event-asked", &[("n", &asked.to_string())])),
        ),
        _ => {}
    }
    if matches!(event, "offer-accepted" | "offer-declined") {
        said.extend(word(l, "answered-by", detail, "by"));
        if detail.get("late").and_then(Value::as_bool) == Some(true) {
            said.push(l.t("need-event-late"));
        }
    }
    said
}

/// Who did it, as the trail names the actor.
fn actor(l: L, label: &str, accounts: &HashMap<AccountId, String>) -> String {
    match label.split_once(':') {
        Some(("account", id)) => {
            let known = id.parse().ok().and_then(|id: AccountId| accounts.get(&id)).cloned();
            known.unwrap_or_else(|| l.t("need-actor-account"))
        }
        Some(("expert", _)) => l.t("need-actor-expert"),
        Some(("enterprise", _)) => l.t("need-actor-enterprise"),
        _ if label == "operator" => l.t("need-actor-operator"),
        _ => l.t("need-actor-desk"),
    }
}

/// The name of the expert an event is about.
fn about(l: L, detail: &Value, offers: &[AssignmentRow], people: &People) -> String {
    let by_offer = code(detail, "assignment")
        .and_then(|id| offers.iter().find(|offer| offer.id.as_str() == id))
        .map(|offer| offer.expert);
    let expert = by_offer.or_else(|| code(detail, "expert").and_then(|id| id.parse().ok()));
    if let Some(row) = expert.and_then(|expert| people.get(&expert)) {
        return row.name.clone();
    }
    let listed = detail.get("experts").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let names: Vec<&str> = listed
        .iter()
        .filter_map(|id| id.as_str()?.parse().ok())
        .filter_map(|id| people.get(&id))
        .map(|row| row.name.as_str())
        .collect();
    l.list(&names)
}

/// One event in words.
#[must_use]
pub fn told(
    l: L,
    row: &AuditRow,
    offers: &[AssignmentRow],
    people: &People,
    accounts: &HashMap<AccountId, String>,
) -> EventView {
    let at = row.at.and_utc();
    let local = beijing_clock(at);
    let detail: Value = row.detail.get();
    let (kind, symbol) = looks(&row.event);
    let key = format!("event-{}", row.event);
    let mut note = vec![actor(l, &row.actor, accounts)];
    note.extend(evidence(l, &row.event, &detail, accounts));
    EventView {
        machine: machine(at),
        day: l.pick(&format!("{}月{}日", local.month(), local.day()), &local.format("%-d %b").to_string()).to_owned(),
        time: local.format("%H:%M").to_string(),
        kind,
        symbol,
        name: about(l, &detail, offers, people),
        text: if l.has(&key) { l.t(&key) } else { row.event.clone() },
        note: note.join(l.pick("；", "; ")),
    }
}

/// The need's trail, newest first, and whether older events were left out.
///
/// # Errors
/// A fault.
pub fn trail(
    call: &Call,
    view: &NeedView,
    offers: &[AssignmentRow],
    people: &People,
) -> Result<(Vec<EventView>, bool), WebError> {
    let mut reader = call.office.read()?;
    let rows = db::audit::trail(&mut reader, view.need.id.as_str())?;
    let mut ids: Vec<AccountId> =
        rows.iter().filter_map(|row| row.actor.strip_prefix("account:")?.parse().ok()).collect();
    for row in rows.iter().filter(|row| row.event == "need-handed-over") {
        ids.extend(code(&row.detail.get(), "to").and_then(|id| id.parse::<AccountId>().ok()));
    }
    ids.sort_unstable();
    ids.dedup();
    let accounts: HashMap<AccountId, String> = db::account::names_of(&mut reader, &ids)?.into_iter().collect();
    let cut = rows.len() > MOST;
    let plain = is_told_plainly(&call.actor()?);
    let shown = rows.into_iter().rev().take(MOST).map(|row| if plain { row } else { neutral(row) });
    let events = shown.map(|row| told(call.l, &row, offers, people, &accounts)).collect();
    Ok((events, cut))
}

/// The event without the rule of conflict that only a manager is told.
fn neutral(mut row: AuditRow) -> AuditRow {
    let mut detail: Value = row.detail.get();
    if let Some(rule) = detail.get_mut("rule")
        && let Some(told) = rule.as_str().map(|rule| Value::from(Exclusion::neutral_code(rule)))
    {
        *rule = told;
        row.detail = JsonText::of(&detail);
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::Event;
    use crate::i18n::Lang;
    use crate::ids::EventId;
    use serde_json::json;

    #[test]
    fn every_event_of_a_need_is_told_in_both_languages() {
        let detail = json!({"number": "PD-2026-000001", "by": "smtp", "due": "2026-05-08T16:00:00Z", "to": "2026-05-09T16:00:00Z",
            "reason": "time", "why": "seat-taken", "rule": "leave", "reply_due": "2026-05-08T16:00:00Z", "outcome": "solved",
            "score": 5, "channel": "phone", "kind": "undelivered", "asked": 3, "late": true});
        for lang in [Lang::Zh, Lang::En] {
            for event in Event::ALL {
                let row = AuditRow {
                    id: EventId::from_minted([b'0'; 36]),
                    subject: "s".to_owned(),
                    step: 1,
                    at: DateTime::from_timestamp(1_780_000_000, 0).expect("a date").naive_utc(),
                    actor: "desk".to_owned(),
                    event: event.as_str().to_owned(),
                    detail: JsonText::of(&detail),
                    previous: String::new(),
                    hash: String::new(),
                };
                let told = told(L(lang), &row, &[], &People::new(), &HashMap::new());
                let all = format!("{}{}{}{}", told.text, told.note, told.day, told.name);
                assert!(!all.contains('⟦') && told.text != event.as_str(), "{event}: {all}");
            }
        }
    }

    #[test]
    fn instants_of_the_trail_are_read_in_either_form() {
        let detail = json!({"a": "2026-05-08T16:00:00Z", "b": "2026-05-08T16:00:00", "c": "soon"});
        assert_eq!(instant(&detail, "a"), instant(&detail, "b"));
        assert_eq!(instant(&detail, "c"), None);
    }
}
