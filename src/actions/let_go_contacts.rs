//! What reaches a person is let go of once it was kept long enough: an enterprise's contact some years after its matter
//! ended, unfinished forms after a month.
//!
//! Contract: takes no input, finds what is due, may run on several nodes and any number of times. A need keeps its file,
//! figures and enterprise; the contact's name stays masked, phone and mail go. Each is in its need's trail. Deliberately
//! absent: how long, which is policy (`domain::retention`), and experts, who are erased by a person's decision.

use super::{Actor, Done, Office};
use crate::db;
use crate::domain::contact::masked_name;
use crate::domain::event::Event;
use crate::domain::sheet_import::WAITS;
use serde_json::json;

/// Needs a transaction.
const AT_A_TIME: i64 = 200;

/// What was let go of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LetGo {
    /// Needs whose contact went.
    pub contacts: usize,
    /// Unfinished forms.
    pub drafts: usize,
}

/// Lets go of everything that is due.
///
/// # Errors
/// A fault of the machine; what went so far is gone.
pub fn let_go_contacts(office: &Office) -> Done<LetGo> {
    let now = office.now();
    let rules = office.policy()?.retention;
    let drafts = office.write(|tx| {
        let before = rules.drafts_before(now).naive_utc();
        // A sheet names people: what came of it has been read by then, and nobody confirms it any more.
        db::sheet_import::drop_ended(tx.conn, before)?;
        db::sheet_import::drop_over(tx.conn, (now - WAITS).naive_utc())?;
        Ok(db::retention::drop_drafts(tx.conn, before)?)
    })?;
    let mut gone = LetGo { contacts: 0, drafts };
    loop {
        let some = office.write(|tx| {
            let due = db::retention::contacts_to_let_go(tx.conn, rules.contacts_before(now).naive_utc(), AT_A_TIME)?;
            for (need, name) in &due {
                db::retention::let_go(tx.conn, *need, &masked_name(name))?;
                tx.event(
                    need.as_str(),
                    &Actor::Desk,
                    Event::ContactLetGo,
                    &json!({"fields": ["contact_name", "contact_phone", "contact_email"]}),
                )?;
            }
            Ok(due.len())
        })?;
        gone.contacts += some;
        if some == 0 {
            return Ok(gone);
        }
    }
}
