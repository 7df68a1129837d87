//! The trail of one subject in the making: the same events the living office would have written, hashed the same way.

use super::dice::Dice;
use crate::db::JsonText;
use crate::db::audit::{AuditRow, chain_hash};
use crate::domain::event::Event;
use crate::ids::EventId;
use chrono::{DateTime, Utc};
use serde_json::Value;

/// The chain of one subject, oldest first.
#[derive(Debug, Default)]
pub struct Trail {
    subject: String,
    /// Its rows so far.
    pub rows: Vec<AuditRow>,
}

impl Trail {
    /// An empty chain.
    #[must_use]
    pub fn of(subject: &str) -> Self {
        Self { subject: subject.to_owned(), rows: Vec::new() }
    }

    /// Appends an event; `actor` is the label of `actions::Actor`.
    pub fn append(&mut self, dice: &mut Dice, at: DateTime<Utc>, actor: &str, event: Event, detail: &Value) {
        let (step, previous) = self.rows.last().map_or((1, String::new()), |last| (last.step + 1, last.hash.clone()));
        let mut row = AuditRow {
            id: EventId::from_minted(dice.id(at)),
            subject: self.subject.clone(),
            step,
            at: at.naive_utc(),
            actor: actor.to_owned(),
            event: event.as_str().to_owned(),
            detail: JsonText::of(detail),
            previous,
            hash: String::new(),
        };
        row.hash = chain_hash(&row);
        self.rows.push(row);
    }
}
