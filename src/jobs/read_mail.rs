//! Mailboxes are looked at once a minute, by one node at a time; each message is dealt with in a transaction of its own
//! before its mailbox is told.

use super::{Desk, TickReport};
use crate::actions::receive_mail::Heard;
use crate::actions::receive_mail::receive_mail;
use crate::actions::receive_mail::set_aside;
use crate::actions::{ActionError, Done, Fault};
use crate::db;
use crate::db::mail_state::INBOX;
use crate::mail::inbox::Inbox;
use crate::mail::incoming;
use crate::trial;
use chrono::TimeDelta;

/// How often a mailbox is looked at.
const EVERY: TimeDelta = TimeDelta::minutes(1);
/// How many messages one look takes.
const AT_A_TIME: usize = 100;

/// Reads the mailboxes whose turn it is.
///
/// # Errors
/// A fault of the machine; a mailbox that cannot be read is noted and is none.
pub fn read_due(desk: &Desk, report: &mut TickReport) -> Done<()> {
    for inbox in &desk.inboxes {
        let key = format!("{INBOX}{}", inbox.name());
        let now = desk.office.now().naive_utc();
        if !desk.office.write(|tx| Ok(db::mail_state::take_turn(tx.conn, &key, now - EVERY, now)?))? {
            continue;
        }
        let (heard, wrong) = match look(desk, inbox.as_ref()) {
            Ok(heard) => (heard, String::new()),
            Err(fault) => {
                tracing::warn!(mailbox = inbox.name(), %fault, "a mailbox could not be read");
                (0, fault.to_string())
            }
        };
        report.messages_read += heard;
        desk.office.write(|tx| Ok(db::mail_state::put(tx.conn, &key, &wrong, now)?))?;
    }
    Ok(())
}

fn look(desk: &Desk, inbox: &dyn Inbox) -> Done<usize> {
    let wrong = |error: crate::mail::inbox::InboxError| ActionError::Fault(Fault::new(error));
    let messages = inbox.unread(AT_A_TIME).map_err(wrong)?;
    let mut fresh = 0;
    let mut done = Vec::with_capacity(messages.len());
    for message in messages {
        match receive_mail(&desk.office, &incoming::read(&message.bytes)) {
            Ok(heard) => fresh += usize::from(heard != Heard::Known),
            Err(ActionError::Fault(fault)) if fault.stops_everything() || fault.passes_by_itself() => {
                return settle(inbox, &done).and(Err(fault.into()));
            }
            // Whatever is in it, the messages behind it are read; a person looks at this one.
            Err(error) => {
                tracing::error!(mailbox = inbox.name(), %error, "a message could not be dealt with; a task says so");
                if let Err(error) = set_aside(&desk.office, &message.bytes) {
                    let _ = settle(inbox, &done);
                    return Err(error);
                }
                fresh += 1;
            }
        }
        done.push(message.handle);
        // Dealt with, and its mailbox knows nothing of it yet: what happens here makes it be read once more.
        if trial::passes(trial::RECEIVED) {
            return Err(Fault::new("the database is busy").into());
        }
    }
    settle(inbox, &done)?;
    Ok(fresh)
}

/// Tells the mailbox what is dealt with.
fn settle(inbox: &dyn Inbox, done: &[String]) -> Done<()> {
    if done.is_empty() {
        return Ok(());
    }
    inbox.done(done).map_err(|error| ActionError::Fault(Fault::new(error)))
}
