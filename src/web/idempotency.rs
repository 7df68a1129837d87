//! `Idempotency-Key` on the API's POSTs: the same key and body is answered once, and then again with the same answer.
//!
//! The key belongs to the account, the path and what the caller chose. It is taken before the deed and kept with the
//! answer after it; a refusal gives it back. Whoever comes while the first call runs waits for its answer. A key whose
//! holder died (another run of a single-node service, or held for longer than [`HELD`]) is taken over.

use super::answer::Answer;
use super::call::Call;
use super::error::{Answered, WebError};
use super::routes::Handler;
use crate::actions::ActionError;
use crate::db::idempotency::{self as kept, IdempotencyRow};
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::seal::fingerprint;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};
use chrono::TimeDelta;
use std::time::Duration;

const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// How long a call may hold its key.
const HELD: TimeDelta = TimeDelta::seconds(60);
/// How often, and at which pace, a second call looks for the first one's answer.
const LOOKS: u32 = 100;
const PACE: Duration = Duration::from_millis(50);

enum Found {
    Mine,
    Answered(IdempotencyRow),
    Held(IdempotencyRow),
}

/// Runs the handler once for the call's key; without a key, every time.
///
/// # Errors
/// What the handler says; [`Refusal::KeyReused`] when the key came with another body.
pub fn once(call: &Call, handler: Handler) -> Answered {
    let Some(chosen) = call.header(HEADER).map(str::to_owned) else { return handler(call) };
    if chosen.is_empty() || chosen.len() > 255 {
        return Err(Refusal::Invalid(vec![FieldProblem::with("Idempotency-Key", "too-long", 255)]).into());
    }
    let account = call.account()?.id;
    let key = fingerprint(format!("{account}\n{}\n{chosen}", call.path).as_bytes());
    let request_hash = fingerprint(&call.body);
    for _ in 0..LOOKS {
        match take(call, &key, &request_hash)? {
            Found::Mine => return run(call, handler, &key),
            Found::Answered(row) | Found::Held(row) if row.request_hash != request_hash => {
                return Err(Refusal::KeyReused.into());
            }
            Found::Answered(row) => return again(&row),
            Found::Held(_) => std::thread::sleep(PACE),
        }
    }
    Err(Refusal::ChangedMeanwhile.into())
}

fn take(call: &Call, key: &str, request_hash: &str) -> Result<Found, WebError> {
    let found = call.office.write(|tx| {
        let row = IdempotencyRow {
            key: key.to_owned(),
            request_hash: request_hash.to_owned(),
            status: 0,
            body: call.site.run.clone(),
            created_at: tx.now.naive_utc(),
        };
        if kept::claim(tx.conn, &row)? {
            return Ok(Found::Mine);
        }
        let Some(known) = kept::find(tx.conn, key)? else { return Ok(Found::Held(row)) };
        if known.status != 0 {
            return Ok(Found::Answered(known));
        }
        let alone = !tx.conn.is_postgres();
        let dead = (alone && known.body != call.site.run) || tx.now - known.created_at.and_utc() > HELD;
        if dead {
            kept::give_back(tx.conn, key, &known.body)?;
            if kept::claim(tx.conn, &row)? {
                return Ok(Found::Mine);
            }
        }
        Ok(Found::Held(known))
    });
    found.map_err(WebError::from)
}

fn run(call: &Call, handler: Handler, key: &str) -> Answered {
    let answered = handler(call);
    let done = match &answered {
        Ok(answer) if answer.status.is_success() => {
            // The address of what was made goes on the first line, the body after it.
            let location = answer.headers.iter().find(|(name, _)| *name == header::LOCATION);
            let location = location.and_then(|(_, value)| value.to_str().ok()).unwrap_or_default();
            let body = format!("{location}\n{}", String::from_utf8_lossy(&answer.body));
            call.office.write::<()>(|tx| Ok(kept::keep(tx.conn, key, i32::from(answer.status.as_u16()), &body)?))
        }
        _ => call.office.write::<()>(|tx| Ok(kept::give_back(tx.conn, key, &call.site.run)?)),
    };
    if let Err(ActionError::Fault(fault)) = done {
        // The deed stands and its answer is true; only a repetition would not be recognised.
        tracing::error!(%fault, request_id = %call.request_id, "an answer could not be kept for its idempotency key");
    }
    answered
}

fn again(row: &IdempotencyRow) -> Answered {
    let status =
        u16::try_from(row.status).ok().and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::OK);
    let (location, body) = row.body.split_once('\n').unwrap_or_default();
    let answer = Answer::new(status, "application/json; charset=utf-8", body.to_owned()).with_header(REPLAYED, "true");
    Ok(if location.is_empty() { answer } else { answer.with_header(header::LOCATION, location) })
}
