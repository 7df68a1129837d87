//! `zhipai mail ingest`: one message on standard input, as a mail server's pipe hands it over.

use super::opening::{Failure, office_for_a_command};
use crate::actions::receive_mail::Heard;
use crate::actions::receive_mail::receive_mail;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::db;
use crate::db::mail_state::INBOX;
use crate::mail::incoming;
use std::io::Read;
use std::sync::Arc;

/// Reads one message and deals with it.
///
/// # Errors
/// One clear line; the message was not dealt with and may be handed over again.
pub fn ingest(config: &Config) -> Result<(), Failure> {
    let mut bytes = Vec::new();
    let most = u64::try_from(incoming::MOST_BYTES).unwrap_or(u64::MAX);
    let mut input = std::io::stdin().lock();
    (&mut input).take(most).read_to_end(&mut bytes).map_err(|error| format!("standard input: {error}"))?;
    // What is beyond the limit is read and left out, so that the pipe does not break.
    std::io::copy(&mut input, &mut std::io::sink()).map_err(|error| format!("standard input: {error}"))?;
    if bytes.is_empty() {
        return Err("standard input: empty; hand one message over".to_owned());
    }
    let office = office_for_a_command(config, Arc::new(SystemClock))?;
    let heard = receive_mail(&office, &incoming::read(&bytes)).map_err(|error| error.to_string())?;
    let seen = office.write(|tx| {
        let now = tx.now.naive_utc();
        Ok(db::mail_state::put(tx.conn, &format!("{INBOX}pipe"), "", now)?)
    });
    if let Err(fault) = seen {
        tracing::warn!(%fault, "the time of reading was not kept");
    }
    println!(
        "{}",
        match heard {
            Heard::Known => "read before; nothing was done",
            Heard::Bounced => "a letter came back; the office knows",
            Heard::Noted => "noted with its letter",
            Heard::TaskLeft => "a task was left for staff",
        }
    );
    Ok(())
}
