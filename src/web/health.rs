//! Whether the machine is well: `/healthz` says the process answers, `/readyz` that it can work, `/metrics` the figures.

use super::answer::Answer;
use super::call::Call;
use super::dispatch::bearer;
use super::error::{Answered, WebError};
use crate::actions::mail_alarm;
use crate::db;
use crate::db::mail_state::INBOX;
use crate::db::migrate::{fingerprint, known};
use crate::domain::calendar::beijing_date;
use crate::domain::refusal::Refusal;
use crate::search::Kind;
use actix_web::http::{StatusCode, header};
use secrecy::ExposeSecret;
use serde_json::json;
use sha2::{Digest, Sha256};

/// `GET /healthz`.
///
/// # Errors
/// None.
pub fn alive(_: &Call) -> Answered {
    Answer::json(&json!({ "status": "ok" }))
}

/// `GET /readyz`: 503 when the database does not answer. The index and the mail are reported and do not fail it: needs
/// are taken without either.
///
/// # Errors
/// A fault when the answer cannot be written.
pub fn ready(call: &Call) -> Answered {
    let counted = call.office.read().map_err(WebError::from).and_then(|mut reader| {
        let waiting = db::outbox::counts(&mut reader)?;
        let next = db::outbox::next_due(&mut reader)?;
        let stopped = mail_alarm::standing(&mut reader)?.is_some();
        // Nodes that bring different schemas are seen beside each other.
        let schema = fingerprint(&known(&reader)?);
        Ok((waiting, next, stopped, schema))
    });
    match counted {
        Ok((waiting, next, stopped, schema)) => {
            let late = next.map_or(0, |due| (call.now - due.and_utc()).num_seconds().max(0));
            let queued: i64 =
                waiting.iter().filter(|(state, _)| state == "queued" || state == "sending").map(|(_, n)| n).sum();
            Answer::json(&json!({
                "status": "ok",
                "database": "ok",
                "schema": schema,
                "index": index_told(call),
                "mail": { "state": if call.site.mail_off { "off" } else if stopped { "stopped" } else { "on" }, "queued": queued, "late_seconds": late },
            }))
        }
        Err(error) => {
            tracing::error!(?error, "the database does not answer");
            Answer::json_with(
                StatusCode::SERVICE_UNAVAILABLE,
                &json!({ "status": "unavailable", "database": "unreachable" }),
            )
        }
    }
}

fn needs_indexed(call: &Call) -> u64 {
    let counted = call.office.index.current().map(|index| index.count(Kind::Need));
    counted.and_then(Result::ok).unwrap_or(0) as u64
}

fn index_told(call: &Call) -> serde_json::Value {
    let index = &call.office.index;
    match (index.current(), index.building()) {
        (None, Some((done, total))) => json!({ "state": "building", "done": done, "total": total }),
        (None, None) => json!({ "state": "absent" }),
        (Some(current), _) => {
            json!({ "state": "ready", "needs": needs_indexed(call), "documents": current.len() })
        }
    }
}

/// Whether the caller may read the figures: from this machine itself, not through a proxy, or with the token.
///
/// # Errors
/// [`Refusal::SignInFirst`].
pub fn may_measure(call: &Call) -> Result<(), WebError> {
    let direct = call.ip.is_loopback() && call.header(header::HeaderName::from_static("x-forwarded-for")).is_none();
    let given = bearer(call);
    let right = match (&call.site.metrics_token, given) {
        (Some(token), Some(given)) => {
            Sha256::digest(token.expose_secret().as_bytes()) == Sha256::digest(given.as_bytes())
        }
        _ => false,
    };
    if direct || right { Ok(()) } else { Err(Refusal::SignInFirst.into()) }
}

/// `GET /metrics`, in Prometheus' text format.
///
/// # Errors
/// A fault when the database cannot be read.
pub fn metrics(call: &Call) -> Answered {
    let figures = &call.site.metrics;
    let mut reader = call.office.read()?;
    let waiting = db::outbox::counts(&mut reader)?;
    let oldest = db::office_health::mail_health(&mut reader, call.now)?.oldest_due;
    figures.mail_oldest.set(&[], oldest.map_or(0, |due| (call.now - due.and_utc()).num_seconds().max(0)));
    if let Some(at) = db::mail_health::last_accepted(&mut reader)? {
        figures.mail_last.set(&[], at.and_utc().timestamp());
    }
    figures.mail_alarm.set(&[], i64::from(mail_alarm::standing(&mut reader)?.is_some()));
    for state in db::mail_state::all(&mut reader)? {
        if let Some(mailbox) = state.key.strip_prefix(INBOX) {
            figures.mailbox_read.set(&[mailbox], state.at.and_utc().timestamp());
        }
    }
    drop(reader);
    for (state, count) in waiting {
        figures.outbox.set(&[&state], count);
    }
    for row in db::verification::all(&mut *call.office.read()?)? {
        figures.offenders.set(&[&row.invariant], row.offenders);
        figures.verified_at.set(&[], row.at.and_utc().timestamp());
    }
    let missing = call.office.calendar().missing_year(beijing_date(call.now)).unwrap_or(0);
    figures.calendar_missing_year.set(&[], i64::from(missing));
    figures.clock_back.set(&[], i64::from(call.office.clock_is_back()));
    let index = call.office.index_health()?;
    let figure = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    figures.index_documents.set(&[], figure(index.documents));
    figures.index_needs.set(&[], figure(needs_indexed(call)));
    figures.index_ready.set(&[], i64::from(index.ready));
    figures.index_building.set(&[], index.building.map_or(0, |(done, _)| figure(done)));
    if let Some(behind) = index.behind {
        figures.index_behind.set(&[], figure(behind as u64));
    }
    Ok(Answer::new(StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8", figures.render()))
}
