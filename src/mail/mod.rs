//! Letters: from a composed [`Notice`](crate::domain::notice::Notice) to bytes on their way.
//!
//! [`letter::letter`] words a notice, [`message::message`] makes the RFC 5322 message of it, a [`mailer::Mailer`] hands
//! it to the mail server and says in which of four ways it went wrong, [`backoff`] says when to try again. Links are
//! sealed at this moment ([`links::Links`]), so the outbox never holds one. [`incoming`] understands what comes back,
//! [`inbox`] is where it is read from, [`pacing`] says how fast one domain is written to.
//!
//! Contract: the same notice, links, instant and outbox id give the same bytes; a retry is recognisable by its
//! Message-ID. Deliberately absent: the database (composing a notice and recording what became of it are deeds), the
//! present time, and any judgement on who may see what: a notice holds what its reader may see.

pub mod backoff;
pub mod dkim;
pub mod duty_feed;
pub mod imap;
pub mod inbox;
pub mod incoming;
pub mod invite;
pub mod letter;
pub mod links;
pub mod mailbox;
pub mod mailer;
pub mod message;
pub mod pacing;
pub mod smtp;

pub use letter::{Letter, letter};
pub use links::Links;
pub use mailbox::{MailboxEntry, MailboxFile};
pub use mailer::{Accepted, Envelope, Mailer, SendError};
pub use message::{Message, MessageError, Sender, message};
pub use smtp::{Smtp, SmtpSettings, SmtpTls};

/// Kept with every letter sent: which wording and layout it was written with. Raised when a template or a letter's
/// words change in meaning.
pub const TEMPLATE_VERSION: &str = "2026-2";
