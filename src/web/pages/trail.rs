//! Events of the trail (留痕) put into words: who, what, when; the same on a record and on the audit page.

use crate::db::audit::{AuditRow, chain_hash};
use crate::db::{self, Conn};
use crate::domain::calendar::beijing_clock;
use crate::i18n::L;
use crate::ids::{AccountId, ExpertId};
use serde_json::Value;
use std::collections::HashMap;

/// One event in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// RFC 3339.
    pub machine: String,
    /// 2026-05-08: a trail runs over years, and its column is narrow.
    pub day: String,
    /// 09:40.
    pub time: String,
    /// Place in its subject's chain, from 1.
    pub step: i32,
    /// What happened.
    pub what: String,
    /// Who did it.
    pub who: String,
    /// What else was written down: field names, codes, figures.
    pub detail: String,
    /// The subject's chain.
    pub subject: String,
    /// The first characters of the event's hash.
    pub hash: String,
    /// Whether the event still is what was written, and follows the one before.
    pub sound: bool,
}

impl Event {
    /// The kind of its dot: `late` for one that was changed.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        if self.sound { "" } else { "late" }
    }

    /// Its icon.
    #[must_use]
    pub const fn symbol(&self) -> &'static str {
        if self.sound { "link" } else { "alert" }
    }
}

/// The events of one subject, oldest first, in words; each is checked against its hash and the one before.
///
/// # Errors
/// What the database says.
pub fn told(conn: &mut Conn, l: L, rows: &[AuditRow]) -> diesel::QueryResult<Vec<Event>> {
    let names = names(conn, rows)?;
    let mut before: Option<&AuditRow> = None;
    let mut events = Vec::with_capacity(rows.len());
    for row in rows {
        let follows = before
            .filter(|earlier| earlier.subject == row.subject)
            .is_none_or(|earlier| earlier.hash == row.previous && earlier.step + 1 == row.step);
        let begins = row.step != 1 || row.previous.is_empty();
        events.push(event(l, row, &names, follows && begins && chain_hash(row) == row.hash));
        before = Some(row);
    }
    Ok(events)
}

/// Events of many subjects in words, each checked against its own hash alone.
///
/// # Errors
/// What the database says.
pub fn told_apart(conn: &mut Conn, l: L, rows: &[AuditRow]) -> diesel::QueryResult<Vec<Event>> {
    let names = names(conn, rows)?;
    Ok(rows.iter().map(|row| event(l, row, &names, chain_hash(row) == row.hash)).collect())
}

/// Whether a whole chain is as it was written: it begins at the first step, and every event follows.
#[must_use]
pub fn is_intact(rows: &[AuditRow], events: &[Event]) -> bool {
    rows.first().is_none_or(|row| row.step == 1) && events.iter().all(|event| event.sound)
}

fn event(l: L, row: &AuditRow, names: &HashMap<String, String>, sound: bool) -> Event {
    let at = row.at.and_utc();
    Event {
        machine: at.to_rfc3339(),
        day: beijing_clock(at).date().to_string(),
        time: beijing_clock(at).format("%H:%M").to_string(),
        step: row.step,
        what: said(l, "event", &row.event),
        who: actor(l, &row.actor, names),
        detail: detail(l, &row.detail.get()),
        subject: row.subject.clone(),
        hash: row.hash.chars().take(12).collect(),
        sound,
    }
}

/// `<prefix>-<word>` in words, or the word itself when nobody put it into words.
fn said(l: L, prefix: &str, word: &str) -> String {
    let key = format!("{prefix}-{word}");
    if l.has(&key) { l.t(&key) } else { word.to_owned() }
}

/// The names of everybody who acted in these rows, by the label the trail knows them by.
fn names(conn: &mut Conn, rows: &[AuditRow]) -> diesel::QueryResult<HashMap<String, String>> {
    let mut accounts: Vec<AccountId> = Vec::new();
    let mut experts: Vec<ExpertId> = Vec::new();
    for row in rows {
        match row.actor.split_once(':') {
            Some(("account", id)) => accounts.extend(id.parse::<AccountId>().ok()),
            Some(("expert", id)) => experts.extend(id.parse::<ExpertId>().ok()),
            _ => {}
        }
    }
    accounts.sort_unstable();
    accounts.dedup();
    experts.sort_unstable();
    experts.dedup();
    let mut names = HashMap::new();
    for (id, name) in db::beside::owners_of(conn, &accounts)? {
        names.insert(format!("account:{id}"), name);
    }
    for (id, name, _) in db::beside::names_of(conn, &experts)? {
        names.insert(format!("expert:{id}"), name);
    }
    Ok(names)
}

/// Who acted, in words.
fn actor(l: L, label: &str, names: &HashMap<String, String>) -> String {
    let (kind, _) = label.split_once(':').unwrap_or((label, ""));
    match (kind, names.get(label)) {
        ("account", Some(name)) => name.clone(),
        ("expert", Some(name)) => l.a("trail-by-expert", &[("name", name)]),
        ("enterprise" | "desk" | "operator", _) => l.t(&format!("trail-by-{kind}")),
        _ => label.to_owned(),
    }
}

/// Which words a value may have, by the name of its field.
const WORDED: [(&str, &[&str]); 11] = [
    ("standing", &["standing"]),
    ("decision", &["decision", "review"]),
    ("kind", &["case-kind", "incident", "sheets-kind"]),
    ("state", &["assignment-state"]),
    ("by", &["answered-by", "notified-by", "released-by"]),
    ("purpose", &["purpose"]),
    ("rule", &["rule"]),
    ("reason", &["decline-reason", "close-reason", "void-reason"]),
    ("role", &["role"]),
    ("ground", &["erasure-ground"]),
    ("fields", &["trail-field"]),
];

fn detail(l: L, value: &Value) -> String {
    let Value::Object(fields) = value else { return String::new() };
    let told: Vec<String> = fields
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| {
            format!("{}{}{}", said(l, "trail-field", name), l.pick("：", ": "), value_text(l, name, value))
        })
        .collect();
    told.join(l.pick("；", "; "))
}

fn value_text(l: L, name: &str, value: &Value) -> String {
    match value {
        Value::String(text) => {
            let prefixes = WORDED.iter().find(|(known, _)| *known == name).map_or(&[][..], |(_, prefixes)| prefixes);
            prefixes
                .iter()
                .map(|prefix| format!("{prefix}-{text}"))
                .find(|key| l.has(key))
                .map_or_else(|| text.clone(), |key| l.t(&key))
        }
        Value::Bool(yes) => l.t(if *yes { "trail-yes" } else { "trail-no" }),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| value_text(l, name, item)).collect();
            items.join(l.pick("、", ", "))
        }
        Value::Object(_) => detail(l, value),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::JsonText;
    use crate::i18n::Lang;
    use crate::ids::{EventId, uuid_v7};
    use serde_json::json;

    fn row(step: i32, previous: &str) -> AuditRow {
        let mut row = AuditRow {
            id: EventId::from_minted(uuid_v7(1, &[u8::try_from(step).unwrap_or(0); 10])),
            subject: "policy".to_owned(),
            step,
            at: chrono::DateTime::from_timestamp(1_800_000_000, 0).expect("a moment").naive_utc(),
            actor: "desk".to_owned(),
            event: "expert-reviewed".to_owned(),
            detail: JsonText::of(&json!({"decision": "admit", "made": true, "filed": null})),
            previous: previous.to_owned(),
            hash: String::new(),
        };
        row.hash = chain_hash(&row);
        row
    }

    #[test]
    fn an_event_is_said_in_both_languages() {
        for lang in [Lang::Zh, Lang::En] {
            let told = event(L(lang), &row(1, ""), &HashMap::new(), true);
            assert!(!format!("{told:?}").contains('⟦'), "{told:?}");
            assert!(!told.detail.contains("admit") || lang == Lang::En, "{}", told.detail);
        }
    }

    #[test]
    fn a_changed_event_and_a_missing_one_are_seen() {
        let first = row(1, "");
        let second = row(2, &first.hash);
        let sound = |rows: &[AuditRow]| {
            let mut before: Option<&AuditRow> = None;
            rows.iter().all(|row| {
                let follows = before.is_none_or(|earlier| earlier.hash == row.previous && earlier.step + 1 == row.step);
                before = Some(row);
                follows && chain_hash(row) == row.hash
            })
        };
        assert!(sound(&[first.clone(), second.clone()]));
        let mut changed = first.clone();
        changed.actor = "operator".to_owned();
        assert!(!sound(&[changed, second.clone()]));
        assert!(!is_intact(&[second], &[]));
    }
}
