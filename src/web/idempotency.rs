//! `Idempotency-Key` on the API's POSTs: the same key and body is answered once, and then again with the same answer.
//!
//! The key belongs to the account, the path and what the caller chose. It is taken before the deed, marked in the deed's
//! own transaction ([`crate::actions::Office::holding`]), and kept with the answer after it; a refusal gives it back. Whoever comes while
//! the first call runs waits for its answer. A key whose holder died before its deed committed (another run of a
//! single-node service, or held for longer than [`HELD`]) is taken over; one whose deed is done and whose answer was never
//! kept is answered with what was made, as it stands now.

mod again;

use super::answer::Answer;
use super::call::Call;
use super::dispatch::Matched;
use super::error::{Answered, WebError};
use crate::actions::ActionError;
use crate::db::SealedText;
use crate::db::idempotency::{self as kept, IdempotencyRow};
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::seal::fingerprint;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};
use chrono::TimeDelta;
use std::sync::Arc;
use std::time::Duration;

const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// How long a call may hold its key. Taking over a key whose holder still lives does no harm: the holder's deed then
/// does not commit.
pub const HELD: TimeDelta = TimeDelta::seconds(10);
/// How often, and at which pace, a second call looks for the first one's answer.
const LOOKS: u32 = 240;
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
pub fn once(call: &mut Call, matched: Matched) -> Answered {
    let Some(chosen) = call.header(HEADER).map(str::to_owned) else { return (matched.handler)(call) };
    if chosen.is_empty() || chosen.len() > 255 {
        return Err(Refusal::Invalid(vec![FieldProblem::with("Idempotency-Key", "too-long", 255)]).into());
    }
    let account = call.account()?.id;
    let key = fingerprint(format!("{account}\n{}\n{chosen}", call.path).as_bytes());
    let request_hash = fingerprint(&call.body);
    let holder = holder(call);
    for _ in 0..LOOKS {
        match take(call, &key, &request_hash, &holder)? {
            Found::Mine => return run(call, matched, &key, &holder),
            Found::Answered(row) | Found::Held(row) if row.request_hash != request_hash => {
                return Err(Refusal::KeyReused.into());
            }
            Found::Answered(row) if row.status == kept::DONE => {
                let answer = again::told_again(call, &row.body)?;
                keep(call, &key, &holder, &Ok(answer.clone()));
                return Ok(answer.with_header(REPLAYED, "true"));
            }
            Found::Answered(row) => return again(call, &row),
            Found::Held(_) => std::thread::sleep(PACE),
        }
    }
    Err(Refusal::ChangedMeanwhile.into())
}

/// Names this call as the holder of a key: the run of the process, then the call.
#[must_use]
pub fn holder(call: &Call) -> String {
    format!("{}\n{}", call.site.run, call.request_id)
}

fn take(call: &Call, key: &str, request_hash: &str, holder: &str) -> Result<Found, WebError> {
    let found = call.office.write(|tx| {
        let row = IdempotencyRow {
            key: key.to_owned(),
            request_hash: request_hash.to_owned(),
            status: 0,
            body: holder.to_owned(),
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
        let dead = (alone && known.body.split('\n').next() != Some(call.site.run.as_str()))
            || tx.now - known.created_at.and_utc() > HELD;
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

fn run(call: &mut Call, matched: Matched, key: &str, holder: &str) -> Answered {
    let open = Arc::clone(&call.office);
    call.office = Arc::new(open.holding(key, holder));
    let answered = (matched.handler)(call);
    call.office = open;
    keep(call, key, holder, &answered);
    answered
}

fn keep(call: &Call, key: &str, holder: &str, answered: &Answered) {
    let done = match answered {
        Ok(answer) if answer.status.is_success() => {
            // The address of what was made goes on the first line, the body after it.
            let location = answer.headers.iter().find(|(name, _)| *name == header::LOCATION);
            let location = location.and_then(|(_, value)| value.to_str().ok()).unwrap_or_default();
            let body = format!("{location}\n{}", String::from_utf8_lossy(&answer.body));
            // An answer may tell how to reach somebody.
            let sealed = SealedText::of(&call.office.keys.seal_value(&row_name(key), body.as_bytes()));
            let status = i32::from(answer.status.as_u16());
            call.office.write::<()>(|tx| Ok(kept::keep(tx.conn, key, status, sealed.as_str())?))
        }
        _ => call.office.write::<()>(|tx| Ok(kept::give_back(tx.conn, key, holder)?)),
    };
    if let Err(ActionError::Fault(fault)) = done {
        // The deed stands with its mark; a repetition is told what was made.
        tracing::error!(%fault, request_id = %call.request_id, "an answer could not be kept for its idempotency key");
    }
}

fn row_name(key: &str) -> String {
    format!("idempotency:{key}")
}

/// The kept answer; one kept before answers were sealed stands in the clear.
fn opened(call: &Call, row: &IdempotencyRow) -> Option<String> {
    let kept: SealedText = row.body.parse().ok()?;
    if let Some(text) = kept.in_the_clear() {
        return Some(text.to_owned());
    }
    String::from_utf8(call.office.keys.open_text(&row_name(&row.key), &kept.bytes()?)?).ok()
}

fn again(call: &Call, row: &IdempotencyRow) -> Answered {
    let status =
        u16::try_from(row.status).ok().and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::OK);
    let text = opened(call, row).ok_or(Refusal::ChangedMeanwhile)?;
    let (location, body) = text.split_once('\n').unwrap_or_default();
    let answer = Answer::new(status, "application/json; charset=utf-8", body.to_owned()).with_header(REPLAYED, "true");
    Ok(if location.is_empty() { answer } else { answer.with_header(header::LOCATION, location) })
}
