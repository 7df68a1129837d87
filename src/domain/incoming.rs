//! Mail that comes in (来信): what a message says about a letter of ours, as data.
//!
//! A report (RFC 3464), an automatic answer (RFC 3834) or a complaint (RFC 5965) is told apart from a person's reply; no
//! reply is ever an answer to an offer, only a hint for staff (rules.md, "The answer"). Deliberately absent: the text of
//! a message, which is not kept, and its sender's address.

use crate::ids::OutboxId;
use chrono::NaiveDate;

/// One message, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// Its Message-ID, or a fingerprint where it has none: recognises the same message read twice.
    pub key: String,
    /// Its subject, cut.
    pub subject: String,
    /// The letter it speaks of.
    pub about: Option<OutboxId>,
    /// What it says.
    pub said: Said,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// The letter came back for good.
    Failed {
        /// Enhanced status (RFC 3463), may be empty.
        status: String,
        /// The server's words, addresses masked.
        text: String,
    },
    /// The letter is late; the server still tries.
    Delayed,
    /// The letter lies in the recipient's mailbox.
    Delivered,
    /// The letter was passed on to a server that reports no further.
    Relayed,
    /// Nobody reads it now; away from and until these days, where it says so.
    Away {
        /// First day.
        from: Option<NaiveDate>,
        /// Last day.
        until: Option<NaiveDate>,
    },
    /// The recipient marked it as spam (RFC 5965).
    Complaint,
    /// A person wrote.
    Reply,
}

impl Said {
    /// Its stable name, as kept with the message.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Failed { .. } => "failed",
            Self::Delayed => "delayed",
            Self::Delivered => "delivered",
            Self::Relayed => "relayed",
            Self::Away { .. } => "away",
            Self::Complaint => "complaint",
            Self::Reply => "reply",
        }
    }
}
