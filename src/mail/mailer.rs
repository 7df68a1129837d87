//! Handing a message over, and the four ways it can go wrong.
//!
//! Contract: `Ok` means the next server took responsibility for this one recipient (its 250, RFC 5321 section 4.2.5):
//! that is the notice time, and pages say 「已交邮件服务器」. An error never means "perhaps a bounce": only
//! [`SendError::Permanent`] speaks of the recipient. A 5xx about ourselves (login, relaying, our sender address) is an
//! alarm; what is neither a 4xx nor a 5xx is tried again. Deliberately absent: queues, clocks, what follows from a bounce.

use super::message::Message;
use std::fmt;

/// Between whom a message goes, as the mail server is told (RFC 5321 MAIL and RCPT).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The office's address: bounces come back here.
    pub from: String,
    /// The one recipient.
    pub to: String,
}

/// What the server said when it took the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Its reply code, 250.
    pub code: u16,
    /// Its words, with the queue's id as a rule; addresses masked.
    pub text: String,
}

/// Why a message was not taken. `text` is for the desk and the log: the server's words, addresses masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendError {
    /// The recipient's side refused for good: a bounce.
    Permanent {
        /// The reply code; `None` when the address itself cannot be written to.
        code: Option<u16>,
        /// What was said.
        text: String,
    },
    /// Not now: try again.
    Temporary {
        /// The reply code.
        code: Option<u16>,
        /// What was said.
        text: String,
    },
    /// Our own configuration is at fault (login, TLS, relaying, sender): stop and call the operator.
    Alarm {
        /// The reply code, where the server gave one.
        code: Option<u16>,
        /// What was said.
        text: String,
    },
    /// Nobody can tell (name lookup, connection, time-out, broken reply): try again, and warn.
    Unknown {
        /// What was seen.
        text: String,
    },
}

impl SendError {
    /// What was said or seen.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Permanent { text, .. }
            | Self::Temporary { text, .. }
            | Self::Alarm { text, .. }
            | Self::Unknown { text } => text,
        }
    }

    /// Whether no letter at all can leave until somebody repairs the configuration: a login refused or missing, no
    /// encryption to be had, commands the server does not take. Being refused as a relay or a sender may be one
    /// domain's view of us, and stops that letter only.
    #[must_use]
    pub fn stops_everything(&self) -> bool {
        matches!(self, Self::Alarm { code, .. } if code.is_none_or(|code| ABOUT_US.contains(&code)))
    }

    /// The reply code, where the server gave one.
    #[must_use]
    pub const fn code(&self) -> Option<u16> {
        match self {
            Self::Permanent { code, .. } | Self::Temporary { code, .. } | Self::Alarm { code, .. } => *code,
            Self::Unknown { .. } => None,
        }
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Self::Permanent { .. } => "refused for good",
            Self::Temporary { .. } => "not now",
            Self::Alarm { .. } => "our own configuration is at fault",
            Self::Unknown { .. } => "no answer to build on",
        };
        match self.code() {
            Some(code) => write!(f, "{kind}: {code} {}", self.text()),
            None => write!(f, "{kind}: {}", self.text()),
        }
    }
}

impl std::error::Error for SendError {}

/// Hands messages over.
pub trait Mailer: Send + Sync {
    /// Hands one message over for one recipient; returns when the other side has taken or refused it.
    ///
    /// # Errors
    /// [`SendError`], one of the four ways.
    fn send(&self, envelope: &Envelope, message: &Message) -> Result<Accepted, SendError>;

    /// Where messages go, for `doctor` and banners; no secrets.
    fn describe(&self) -> String;
}

/// What is known of a failed attempt.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Failure {
    /// The server's reply code, where there was a reply.
    pub code: Option<u16>,
    /// The server's words, or the error's own.
    pub text: String,
    /// Whether our side gave up before the server could: no encryption, no way to log in, a certificate nobody vouches for.
    pub ours: bool,
}

/// Reply codes of 5xx that speak of us: unknown or missing command, bad sequence (many servers answer so when a login is
/// missing), a host that takes no mail (RFC 7504), and everything about logging in (RFC 4954).
const ABOUT_US: [u16; 9] = [500, 502, 503, 504, 521, 530, 534, 535, 538];

/// Sorts a failure into one of the four ways.
#[must_use]
pub fn classify(failure: &Failure) -> SendError {
    let text = masked(&failure.text);
    match failure.code {
        _ if failure.ours => SendError::Alarm { code: failure.code, text },
        Some(code @ 400..=499) => SendError::Temporary { code: Some(code), text },
        Some(code @ 500..=599) if ABOUT_US.contains(&code) || speaks_of_us(&text) => {
            SendError::Alarm { code: Some(code), text }
        }
        Some(code @ 500..=599) => SendError::Permanent { code: Some(code), text },
        Some(_) | None => SendError::Unknown { text },
    }
}

/// Whether a refusal's enhanced status (RFC 3463, RFC 7372) or its words speak of the sender: our address (5.1.7, 5.1.8),
/// login (5.7.8–5.7.14), authentication of our domain (5.7.20–5.7.29), or relaying.
fn speaks_of_us(text: &str) -> bool {
    let status = text.split(|c: char| !(c.is_ascii_digit() || c == '.')).find_map(enhanced_status);
    let lower = text.to_ascii_lowercase();
    let relaying = lower.contains("relay")
        && ["denied", "not permitted", "not allowed", "prohibited", "access"].iter().any(|word| lower.contains(word));
    relaying || matches!(status, Some((1, 7 | 8) | (7, 8..=14 | 20..=29)))
}

/// Subject and detail of `5.subject.detail`.
fn enhanced_status(word: &str) -> Option<(u16, u16)> {
    let (subject, detail) = word.strip_prefix("5.")?.split_once('.')?;
    Some((subject.parse().ok()?, detail.parse().ok()?))
}

/// The text with every address taken out, line breaks and control characters made spaces (PostgreSQL takes no NUL), at
/// most 300 characters.
#[must_use]
pub fn masked(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let words = words.map(|word| if word.contains('@') { "…@…" } else { word });
    let mut line = String::new();
    for word in words {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line.chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_sorted_by_whom_they_speak_of() {
        let permanent = |code| SendError::Permanent { code: Some(code), text: String::new() };
        let temporary = |code| SendError::Temporary { code: Some(code), text: String::new() };
        let alarm = |code| SendError::Alarm { code, text: String::new() };
        let unknown = SendError::Unknown { text: String::new() };
        let cases = [
            (Some(550), "5.1.1 <gu@firm.example>: user unknown", false, permanent(550)),
            (Some(553), "5.1.3 bad recipient address syntax", false, permanent(553)),
            (Some(552), "5.2.2 mailbox full", false, permanent(552)),
            (Some(554), "5.7.1 rejected as spam", false, permanent(554)),
            (Some(556), "5.1.10 domain takes no mail", false, permanent(556)),
            (Some(535), "5.7.8 authentication credentials invalid", false, alarm(Some(535))),
            (Some(530), "5.7.0 Must issue a STARTTLS command first", false, alarm(Some(530))),
            (Some(503), "Error: need EHLO and AUTH first !", false, alarm(Some(503))),
            (Some(554), "5.7.1 <gu@firm.example>: Relay access denied", false, alarm(Some(554))),
            (Some(553), "5.1.8 sender address rejected", false, alarm(Some(553))),
            (Some(550), "5.7.26 unauthenticated mail is refused", false, alarm(Some(550))),
            (Some(451), "4.7.1 greylisted", false, temporary(451)),
            (Some(421), "4.3.2 closing", false, temporary(421)),
            (Some(454), "4.7.0 temporary authentication failure", false, temporary(454)),
            (None, "No compatible authentication mechanism was found", true, alarm(None)),
            (None, "connection refused", false, unknown.clone()),
            (Some(354), "odd", false, unknown),
        ];
        for (code, text, ours, expected) in cases {
            let sorted = classify(&Failure { code, text: text.to_owned(), ours });
            assert_eq!(std::mem::discriminant(&sorted), std::mem::discriminant(&expected), "{code:?} {text}");
            assert_eq!(sorted.code(), expected.code(), "{code:?} {text}");
            assert!(!sorted.text().contains("gu@firm"), "{sorted}");
        }
    }

    #[test]
    fn what_is_said_names_nobody() {
        let error =
            classify(&Failure { code: Some(550), text: "5.1.1 <gu@firm.example>:\r\n unknown".into(), ours: false });
        assert_eq!(error.to_string(), "refused for good: 550 5.1.1 …@… unknown");
    }
}
