//! Letters leave: leased with a fence, composed and sealed at this moment, handed over outside any transaction, and what
//! became of them written down behind the fence.
//!
//! A letter may go out twice if the machine stops between the server's 250 and our commit: at most once a crash, with
//! the same Message-ID. For a notice that starts a deadline, twice is better than never.

use super::{Desk, TickReport};
use crate::actions::Done;
use crate::actions::compose_notice::compose_notice;
use crate::actions::gather_digest::Turn;
use crate::actions::gather_digest::drop_untold;
use crate::actions::gather_digest::take_turn;
use crate::actions::record_notice::{Delivery, record_delivery};
use crate::db;
use crate::db::outbox::OutboxRow;
use crate::i18n::Lang;
use crate::ids::OutboxId;
use crate::mail::backoff::{Next, after_failure};
use crate::mail::{Envelope, Links, Mailer, SendError, TEMPLATE_VERSION, letter, message};
use chrono::TimeDelta;
use std::collections::VecDeque;

/// How many letters one lease takes.
const AT_A_TIME: i64 = 50;
/// How long a lease lasts.
const LEASE: TimeDelta = TimeDelta::minutes(5);

/// Delivers what is due now.
///
/// # Errors
/// A fault of the machine; letters in hand go out again when their lease ends.
pub fn deliver_due(desk: &Desk, report: &mut TickReport) -> Done<()> {
    let Some(mailer) = &desk.mailer else { return Ok(()) };
    loop {
        let office = &desk.office;
        let letters: Vec<OutboxRow> = office.write(|tx| {
            let now = tx.now.naive_utc();
            Ok(db::outbox::claim(tx.conn, now, now + LEASE, AT_A_TIME)?)
        })?;
        if letters.is_empty() {
            return Ok(());
        }
        let mut lease: VecDeque<OutboxRow> = letters.into();
        while let Some(row) = lease.pop_front() {
            let others: Vec<OutboxId> = lease.iter().map(|other| other.id).collect();
            let row = match take_turn(office, &row, &others)? {
                Turn::Goes => row,
                Turn::Held => continue,
                Turn::Joined(digest, joined) => {
                    lease.retain(|other| !joined.contains(&other.id));
                    *digest
                }
            };
            let delivery = attempt(desk, mailer.as_ref(), &row)?;
            match &delivery {
                Delivery::Accepted { .. } => report.letters_sent += 1,
                Delivery::Bounced { .. } | Delivery::GivenUp { .. } => report.letters_failed += 1,
                Delivery::Later { .. } => report.letters_waiting += 1,
                Delivery::Void => {}
            }
            if !record_delivery(office, &row, &delivery)? {
                tracing::warn!(letter = %row.id, "another node took this letter over; nothing was written");
            }
        }
    }
}

fn attempt(desk: &Desk, mailer: &dyn Mailer, row: &OutboxRow) -> Done<Delivery> {
    let Some(notice) = compose_notice(&desk.office, row)? else { return Ok(Delivery::Void) };
    if notice.kind.is_digest() {
        let told: Vec<OutboxId> = notice.items.iter().map(|(id, _)| *id).collect();
        drop_untold(&desk.office, row, &told)?;
    }
    let now = desk.office.now();
    let links = Links { base_url: &desk.office.settings.base_url, keyring: &desk.office.keys, now };
    let worded = letter(&notice, &links, Lang::of(&notice.to.language));
    let made = match message(&worded, &notice.to, row.id, &desk.sender, now) {
        Ok(made) => made,
        // An address no message can be written to is a bounce: a person has to look at it.
        Err(error) => return Ok(Delivery::Bounced { why: error.to_string() }),
    };
    let envelope = Envelope { from: desk.sender.address.clone(), to: notice.to.address.clone() };
    match mailer.send(&envelope, &made) {
        Ok(_) => Ok(Delivery::Accepted {
            text: String::from_utf8_lossy(&made.kept).into_owned(),
            sha256: made.sha256,
            template_version: TEMPLATE_VERSION.to_owned(),
        }),
        Err(error) => {
            let why = crate::mail::mailer::masked(error.text());
            match &error {
                SendError::Alarm { .. } => tracing::error!(%why, "mail cannot be sent: the configuration is at fault"),
                _ => tracing::warn!(%why, code = ?error.code(), "a letter was not taken"),
            }
            Ok(match after_failure(&error, u32::try_from(row.attempts).unwrap_or(1), row.id.as_str()) {
                Next::TryAgainAfter(wait) => Delivery::Later { at: now + wait, why },
                Next::Bounced => Delivery::Bounced { why },
                Next::GiveUp => Delivery::GivenUp { why },
            })
        }
    }
}
