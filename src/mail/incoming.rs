//! Reading mail that comes in: reports of mail servers (RFC 3464), automatic answers (RFC 3834), complaints (RFC 5965),
//! people.
//!
//! Contract: [`read`] takes any bytes and never fails: what cannot be made out is a person's reply about no letter. The
//! letter a message speaks of is found by the Message-ID in the returned headers, else in `In-Reply-To` and `References`,
//! else (for servers that paste the returned headers into prose, as QQ and 163 do) anywhere in a report's text. At most
//! [`MOST_BYTES`] are looked at. Deliberately absent: keeping the text.

mod away;
mod report;

use super::message::outbox_of;
use crate::domain::incoming::Incoming;
use crate::domain::incoming::Said;
use crate::ids::OutboxId;
use crate::seal::fingerprint;
use mail_parser::{HeaderValue, Message, MessageParser, MessagePart, MimeHeaders, PartType};
use std::panic::catch_unwind;

/// How much of a message is looked at: a report stands at its front, what follows is the letter returned.
pub const MOST_BYTES: usize = 2 * 1024 * 1024;

/// Characters of a subject that are kept.
const SUBJECT: usize = 120;

/// Understands a message.
#[must_use]
pub fn read(bytes: &[u8]) -> Incoming {
    let bytes = bytes.get(..MOST_BYTES).unwrap_or(bytes);
    // The parser is somebody else's and the bytes are anybody's: a panic in it is a message nobody understands.
    let parsed = catch_unwind(|| MessageParser::default().parse(bytes).map(|message| understood(&message))).ok();
    let (id, subject, about, said) = parsed.flatten().unwrap_or((None, String::new(), None, Said::Reply));
    Incoming { key: id.unwrap_or_else(|| format!("sha256:{}", fingerprint(bytes))), subject, about, said: plain(said) }
}

type Understood = (Option<String>, String, Option<OutboxId>, Said);

fn understood(message: &Message<'_>) -> Understood {
    let id = message.message_id().map(|id| one_line(id).chars().take(250).collect::<String>());
    let id = id.filter(|id| !id.trim().is_empty());
    let subject: String = one_line(message.subject().unwrap_or_default()).chars().take(SUBJECT).collect();
    if let Some(said) = report::of(message) {
        return (id, subject, letter_returned(message), said);
    }
    if is_automatic(message, &subject) {
        let said = away::of(message.body_text(0).as_deref().unwrap_or_default(), &subject, sent_on(message));
        return (id, subject, letter_answered(message), said);
    }
    (id, subject, letter_answered(message), Said::Reply)
}

/// The day a message says it was sent, for dates without a year.
fn sent_on(message: &Message<'_>) -> Option<chrono::NaiveDate> {
    let date = message.date()?;
    chrono::NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))
}

/// A header's value as it stands, whatever the parser makes of that kind of header.
fn raw<'m>(message: &'m Message<'_>, name: &str) -> Option<&'m str> {
    message.headers_raw().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

/// RFC 3834 section 5, and what older programs say instead.
fn is_automatic(message: &Message<'_>, subject: &str) -> bool {
    let automatic = raw(message, "Auto-Submitted").is_some_and(|value| !value.to_ascii_lowercase().starts_with("no"));
    let older = ["X-Autoreply", "X-Autorespond", "X-Auto-Reply"].iter().any(|name| raw(message, name).is_some());
    let precedence =
        raw(message, "Precedence").is_some_and(|value| value.to_ascii_lowercase().replace('-', "_") == "auto_reply");
    let lower = subject.trim_start().to_lowercase();
    let said =
        ["自动回复", "自动答复", "自動回覆", "automatic reply", "auto reply", "autoreply", "out of office", "auto:"];
    automatic || older || precedence || said.iter().any(|start| lower.starts_with(start))
}

/// The letter a message is in answer to.
fn letter_answered(message: &Message<'_>) -> Option<OutboxId> {
    let mut ids = Vec::new();
    for header in [message.in_reply_to(), message.references()] {
        match header {
            HeaderValue::Text(id) => ids.push(id.as_ref()),
            HeaderValue::TextList(list) => ids.extend(list.iter().rev().map(AsRef::as_ref)),
            _ => {}
        }
    }
    ids.into_iter().find_map(outbox_of)
}

/// The letter a report returns.
fn letter_returned(message: &Message<'_>) -> Option<OutboxId> {
    let in_parts = message.parts.iter().find_map(|part| match &part.body {
        PartType::Message(returned) => returned.message_id().and_then(outbox_of),
        _ if is_type(part, "text", "rfc822-headers") => outbox_in(&text_of(part)),
        _ => None,
    });
    in_parts
        .or_else(|| letter_answered(message))
        .or_else(|| message.parts.iter().take(20).find_map(|part| outbox_in(&text_of(part))))
}

/// A Message-ID of ours anywhere in a text: an id, then `@`.
fn outbox_in(text: &str) -> Option<OutboxId> {
    text.match_indices('@').find_map(|(at, _)| {
        let id = text.get(at.checked_sub(36)?..at)?;
        outbox_of(&format!("{id}@"))
    })
}

fn is_type(part: &MessagePart<'_>, kind: &str, subtype: &str) -> bool {
    part.content_type().is_some_and(|found| {
        found.ctype().eq_ignore_ascii_case(kind)
            && found.subtype().is_some_and(|found| found.eq_ignore_ascii_case(subtype))
    })
}

/// A part's text; bytes are read as UTF-8 as far as they are.
fn text_of(part: &MessagePart<'_>) -> String {
    match &part.body {
        PartType::Text(text) | PartType::Html(text) => text.chars().take(100_000).collect(),
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => {
            String::from_utf8_lossy(bytes.get(..100_000).unwrap_or(bytes)).into_owned()
        }
        PartType::Message(_) | PartType::Multipart(_) => String::new(),
    }
}

/// What a message says, without control characters: a server's words are anybody's, and no database takes a NUL.
fn plain(said: Said) -> Said {
    match said {
        Said::Failed { status, text } => Said::Failed { status: one_line(&status), text: one_line(&text) },
        other => other,
    }
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

#[cfg(test)]
#[path = "incoming_tests.rs"]
mod tests;
