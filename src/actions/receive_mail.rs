//! Mail came in: a report of a mail server, an automatic answer, a complaint, a person's reply.
//!
//! A bounce voids the clock, also afterwards, and is never held against the expert; an automatic answer and a reply are
//! hints for staff and never an answer to an offer; what belongs to no letter is kept as a task with its subject. The
//! same message read twice does nothing the second time. Source: rules.md, "Letters and the night", "The chain".

use super::owners::staff_for;
use super::record_notice::came_back;
use super::{Done, Office, Tx, Work};
use crate::db;
use crate::db::outbox::OutboxRow;
use crate::db::received_mail::ReceivedRow;
use crate::domain::incoming::Incoming;
use crate::domain::incoming::Said;
use crate::domain::task::TaskKind;
use crate::seal::fingerprint;
use chrono::NaiveDate;

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// It was read before.
    Known,
    /// It is a bounce of a letter of ours.
    Bounced,
    /// It says where a letter is; noted with the letter.
    Noted,
    /// A person has to look at it.
    TaskLeft,
}

/// Deals with a message.
///
/// # Errors
/// A fault of the machine; the message may be read again.
pub fn receive_mail(office: &Office, incoming: &Incoming) -> Done<Heard> {
    office.write(|tx| {
        let letter = match &incoming.about {
            Some(id) => db::outbox::find(tx.conn, id)?,
            None => None,
        };
        let noted = ReceivedRow {
            key: incoming.key.clone(),
            kind: if letter.is_some() { incoming.said.as_str() } else { "unmatched" }.to_owned(),
            outbox: letter.as_ref().map(|letter| letter.id),
            received_at: tx.now.naive_utc(),
        };
        if !db::received_mail::note(tx.conn, &noted)? {
            return Ok(Heard::Known);
        }
        let Some(letter) = letter else { return unmatched(tx, incoming) };
        match &incoming.said {
            Said::Failed { status, text } => {
                let why = if text.trim().is_empty() { status.clone() } else { text.clone() };
                came_back(tx, &letter, &why)?;
                Ok(Heard::Bounced)
            }
            Said::Delayed | Said::Delivered | Said::Relayed => {
                db::outbox::receipt(tx.conn, letter.id, incoming.said.as_str(), tx.now.naive_utc())?;
                Ok(Heard::Noted)
            }
            Said::Away { from, until } => hint(tx, &letter, incoming, TaskKind::OutOfOffice, Some(days(*from, *until))),
            Said::Complaint => hint(tx, &letter, incoming, TaskKind::MailComplaint, None),
            Said::Reply => hint(tx, &letter, incoming, TaskKind::MailReply, Some(incoming.subject.clone())),
        }
    })
}

fn days(from: Option<NaiveDate>, until: Option<NaiveDate>) -> String {
    match (from, until) {
        (Some(from), Some(until)) => format!("{from} – {until}"),
        (None, Some(until)) => format!("– {until}"),
        (Some(from), None) => format!("{from} –"),
        (None, None) => "?".to_owned(),
    }
}

/// Leaves staff a hint about the reader of a letter.
fn hint(
    tx: &mut Tx<'_>,
    letter: &OutboxRow,
    incoming: &Incoming,
    kind: TaskKind,
    detail: Option<String>,
) -> Done<Heard> {
    // A digest speaks of several matters: the hint stands with the first.
    let first = db::digest::parts(tx.conn, letter.id)?.into_iter().next();
    let letter = first.as_ref().unwrap_or(letter);
    let need = match letter.need {
        Some(id) => db::need::find(tx.conn, &id)?,
        None => None,
    };
    let account = match &need {
        Some(need) => staff_for(tx, need)?.first().copied(),
        None => None,
    };
    tx.leave_task(Work {
        kind,
        dedup: format!("mail:{}", incoming.key),
        need: letter.need,
        assignment: letter.assignment,
        expert: letter.expert,
        case: None,
        account,
        for_manager: account.is_none(),
        detail,
        due_at: None,
    })?;
    Ok(Heard::TaskLeft)
}

/// Leaves a person the task to look at a message that could not be dealt with; nothing of it is kept but its fingerprint.
///
/// # Errors
/// A fault of the machine.
pub fn set_aside(office: &Office, bytes: &[u8]) -> Done<()> {
    let key = format!("sha256:{}", fingerprint(bytes));
    let strange = Incoming { key, subject: "?".to_owned(), about: None, said: Said::Reply };
    office.write(|tx| unmatched(tx, &strange).map(drop))
}

fn unmatched(tx: &mut Tx<'_>, incoming: &Incoming) -> Done<Heard> {
    tx.leave_task(Work {
        kind: TaskKind::MailUnmatched,
        dedup: format!("mail:{}", incoming.key),
        need: None,
        assignment: None,
        expert: None,
        case: None,
        account: None,
        for_manager: true,
        detail: Some(incoming.subject.clone()),
        due_at: None,
    })?;
    Ok(Heard::TaskLeft)
}
