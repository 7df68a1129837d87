//! A letter as an Internet message (RFC 5322): the same words as text and as HTML, and a calendar file where there is one.
//!
//! Contract: letter, recipient, outbox id, sender and instant determine every byte, part boundaries included. Exactly one
//! Message-ID, `<outbox id@domain>`, so that a second sending and a bounce are recognised; `Auto-Submitted: auto-generated`
//! (RFC 3834), so that no out-of-office note answers. What is kept as evidence is the same message with its links
//! blanked, and the SHA-256 is of that. Deliberately absent: List-Unsubscribe (these letters are the office's duty), DKIM.

use super::invite::Invite;
use super::letter::Letter;
use super::links::blank_links;
use crate::domain::notice::{Enclosure, Recipient};
use crate::i18n::Lang;
use crate::ids::OutboxId;
use crate::seal::fingerprint;
use chrono::{DateTime, Utc};
use lettre::Address;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::time::SystemTime;

/// In whose name letters go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The name shown, in Chinese, such as 知派　北京市知识产权公共服务中心.
    pub name: String,
    /// The same in English.
    pub name_en: String,
    /// The address: bounces come back here, and its domain stands in every Message-ID.
    pub address: String,
    /// Where answers go, if not to the address.
    pub reply_to: Option<String>,
}

impl Sender {
    fn domain(&self) -> &str {
        self.address.rsplit_once('@').map_or("localhost", |(_, domain)| domain)
    }

    /// The Message-ID of a letter; bounces carry it back.
    #[must_use]
    pub fn message_id(&self, outbox: OutboxId) -> String {
        format!("<{outbox}@{}>", self.domain())
    }
}

/// The outbox id in a Message-ID of ours, whatever its domain; `None` for anybody else's.
#[must_use]
pub fn outbox_of(message_id: &str) -> Option<OutboxId> {
    let inner = message_id.trim().trim_start_matches('<').trim_end_matches('>');
    inner.split_once('@')?.0.parse().ok()
}

/// A message ready to be handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The row of the outbox it settles.
    pub outbox: OutboxId,
    /// The subject as people read it.
    pub subject: String,
    /// When it was written.
    pub date: DateTime<Utc>,
    /// The plain text, links open.
    pub text: String,
    /// The HTML, links open.
    pub html: String,
    /// What is sent.
    pub bytes: Vec<u8>,
    /// What is kept: the same message with its links blanked; any mail program opens it.
    pub kept: Vec<u8>,
    /// SHA-256 of what is kept, in hexadecimal.
    pub sha256: String,
}

impl Message {
    /// The message's headers as sent, unfolded, encoded words as they are.
    #[must_use]
    pub fn headers(&self) -> BTreeMap<String, String> {
        let text = String::from_utf8_lossy(&self.bytes);
        let head = text.split_once("\r\n\r\n").map_or(text.as_ref(), |(head, _)| head);
        let mut headers = BTreeMap::new();
        for line in head.replace("\r\n ", " ").replace("\r\n\t", " ").split("\r\n") {
            if let Some((name, value)) = line.split_once(':') {
                headers.insert(name.to_owned(), value.trim().to_owned());
            }
        }
        headers
    }
}

/// Why a letter cannot be made a message.
#[derive(Debug)]
pub enum MessageError {
    /// The recipient's address is malformed: a bounce without sending.
    Recipient,
    /// The office's own address is malformed.
    Sender,
    /// A template or the message builder failed.
    Broken(Box<dyn Error + Send + Sync>),
}

impl fmt::Display for MessageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recipient => f.write_str("the recipient's address is malformed"),
            Self::Sender => f.write_str("the office's own address is malformed"),
            Self::Broken(_) => f.write_str("the letter could not be made a message"),
        }
    }
}

impl Error for MessageError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Broken(error) => Some(error.as_ref()),
            Self::Recipient | Self::Sender => None,
        }
    }
}

/// Makes the message of a letter to one recipient, written at `now`.
///
/// # Errors
/// [`MessageError`] when an address is malformed or a template fails.
pub fn message(
    letter: &Letter,
    to: &Recipient,
    outbox: OutboxId,
    sender: &Sender,
    now: DateTime<Utc>,
) -> Result<Message, MessageError> {
    let text = letter.text().map_err(broken)?;
    let html = letter.html().map_err(broken)?;
    let calendar = letter.invite.as_ref().map(|invite| (invite, invite.calendar(to, sender, now)));
    let built = |text: String, html: String, enclosure: Option<&Enclosure>| {
        assemble(letter, to, outbox, sender, now, Bodies { text, html, calendar: calendar.clone(), enclosure })
    };
    let bytes = built(text.clone(), html.clone(), letter.enclosure.as_ref())?;
    // A paper that travels along is kept where it was filed, not again with every letter.
    let kept = built(blank_links(&text), blank_links(&html), None)?;
    let sha256 = fingerprint(&kept);
    Ok(Message { outbox, subject: letter.subject.clone(), date: now, text, html, bytes, kept, sha256 })
}

/// Makes a message of plain text, for trying whether mail leaves.
///
/// # Errors
/// [`MessageError`] when an address is malformed.
pub fn plain(
    sender: &Sender,
    to: &str,
    subject: &str,
    text: &str,
    outbox: OutboxId,
    now: DateTime<Utc>,
) -> Result<Message, MessageError> {
    let own: Address = sender.address.parse().map_err(|_| MessageError::Sender)?;
    let recipient: Address = to.trim().parse().map_err(|_| MessageError::Recipient)?;
    let bytes = lettre::Message::builder()
        .message_id(Some(sender.message_id(outbox)))
        .date(SystemTime::from(now))
        .from(Mailbox::new(Some(one_line(&sender.name)), own))
        .to(Mailbox::new(None, recipient))
        .subject(subject)
        .header(AutoSubmitted)
        .singlepart(SinglePart::plain(text.to_owned()))
        .map_err(broken)?
        .formatted();
    let sha256 = fingerprint(&bytes);
    let (subject, text) = (subject.to_owned(), text.to_owned());
    Ok(Message { outbox, subject, date: now, text, html: String::new(), kept: bytes.clone(), bytes, sha256 })
}

/// The parts of a message: text, HTML, the calendar file with what it does, and a paper.
struct Bodies<'a> {
    text: String,
    html: String,
    calendar: Option<(&'a Invite, String)>,
    enclosure: Option<&'a Enclosure>,
}

fn assemble(
    letter: &Letter,
    to: &Recipient,
    outbox: OutboxId,
    sender: &Sender,
    now: DateTime<Utc>,
    bodies: Bodies<'_>,
) -> Result<Vec<u8>, MessageError> {
    let own: Address = sender.address.parse().map_err(|_| MessageError::Sender)?;
    let recipient: Address = to.address.trim().parse().map_err(|_| MessageError::Recipient)?;
    let shown = match letter.lang {
        Lang::Zh => &sender.name,
        Lang::En => &sender.name_en,
    };
    let mut builder = lettre::Message::builder()
        .message_id(Some(sender.message_id(outbox)))
        .date(SystemTime::from(now))
        .from(Mailbox::new(Some(one_line(shown)), own))
        .to(Mailbox::new(Some(one_line(&to.name)).filter(|name| !name.is_empty()), recipient))
        .subject(one_line(&letter.subject))
        .header(AutoSubmitted);
    if let Some(reply_to) = &sender.reply_to {
        builder = builder.reply_to(Mailbox::new(None, reply_to.parse().map_err(|_| MessageError::Sender)?));
    }
    let alternatives = MultiPart::alternative()
        .boundary(format!("alternatives-{outbox}"))
        .singlepart(SinglePart::plain(bodies.text))
        .singlepart(SinglePart::html(bodies.html));
    let whole = match bodies.calendar {
        None => alternatives,
        Some((invite, calendar)) => {
            let method = format!("text/calendar; charset=utf-8; method={}", invite.method());
            let part =
                SinglePart::builder().header(ContentType::parse(&method).map_err(broken)?).body(calendar.clone());
            let file = ContentType::parse("application/ics").map_err(broken)?;
            MultiPart::mixed()
                .boundary(format!("parts-{outbox}"))
                .multipart(alternatives.singlepart(part))
                .singlepart(Attachment::new("invite.ics".to_owned()).body(calendar, file))
        }
    };
    let whole = match bodies.enclosure {
        None => whole,
        Some(paper) => {
            let kind = ContentType::parse(&paper.media_type).map_err(broken)?;
            MultiPart::mixed()
                .boundary(format!("enclosed-{outbox}"))
                .multipart(whole)
                .singlepart(Attachment::new(one_line(&paper.name)).body(paper.content.clone(), kind))
        }
    };
    Ok(builder.multipart(whole).map_err(broken)?.formatted())
}

fn broken(error: impl Error + Send + Sync + 'static) -> MessageError {
    MessageError::Broken(Box::new(error))
}

/// A header's value has no line breaks: what people typed is made one line.
fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.trim().to_owned()
}

/// RFC 3834: written by the office's machine, not in answer to anything.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[cfg(test)]
#[path = "message_tests.rs"]
mod tests;
