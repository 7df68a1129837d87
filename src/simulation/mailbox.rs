//! What comes back by mail: reports of mail servers, automatic answers, replies. Written as such programs write them, and
//! read by the real parser, as `zhipai mail ingest` reads them from a mail server's pipe.

use crate::actions::receive_mail::receive_mail;
use crate::actions::{Done, Office};
use crate::clock::Clock;
use crate::ids::OutboxId;
use crate::mail::{Sender, incoming};
use chrono::{DateTime, Days, Utc};

use super::run::Run;
use super::world;
use crate::domain::calendar::beijing_date;

/// A message about a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// It could not be delivered after all.
    Failed,
    /// It lies in its mailbox.
    Delivered,
    /// It is late.
    Delayed,
    /// Its reader is away, says a program.
    Away,
    /// Its reader writes back.
    Reply,
    /// Somebody writes, of no letter.
    Stranger,
}

impl Report {
    const fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Delivered => "delivered",
            Self::Delayed => "delayed",
            Self::Away => "away",
            Self::Reply => "reply",
            Self::Stranger => "stranger",
        }
    }
}

/// The message as it comes in; the same again is the same message, by its Message-ID.
#[must_use]
pub fn message(sender: &Sender, letter: OutboxId, report: Report, now: DateTime<Utc>) -> String {
    let ours = sender.message_id(letter);
    let own = format!("<{}-{letter}@mx.example>", report.name());
    let head =
        format!("To: {}\r\nMessage-ID: {own}\r\nDate: {}\r\nMIME-Version: 1.0\r\n", sender.address, now.to_rfc2822());
    let dsn = |action: &str, status: &str, diagnostic: &str| {
        format!(
            "From: MAILER-DAEMON@mx.example\r\n{head}Subject: Delivery Status Notification\r\nAuto-Submitted: auto-replied\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
             --b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nThis is the mail system at mx.example.\r\n\
             --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
             Final-Recipient: rfc822; reader@mx.example\r\nAction: {action}\r\nStatus: {status}\r\n\
             Diagnostic-Code: smtp; {diagnostic}\r\n\r\n\
             --b\r\nContent-Type: message/rfc822\r\n\r\nFrom: {}\r\nMessage-ID: {ours}\r\nSubject: x\r\n\r\nbody\r\n--b--\r\n",
            sender.address
        )
    };
    let written = |extra: &str, body: &str| {
        format!("From: reader@mx.example\r\n{head}{extra}Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n")
    };
    match report {
        Report::Failed => dsn("failed", "5.1.1", "550 5.1.1 user unknown"),
        Report::Delivered => dsn("delivered", "2.1.5", "250 2.1.5 ok"),
        Report::Delayed => dsn("delayed", "4.4.7", "451 4.4.7 still trying"),
        Report::Away => {
            let (from, until) = (beijing_date(now), beijing_date(now) + Days::new(7));
            let extra = format!("Subject: Automatic reply\r\nAuto-Submitted: auto-replied\r\nIn-Reply-To: {ours}\r\n");
            let day = |date: chrono::NaiveDate| date.format("%-m月%-d日").to_string();
            written(&extra, &format!("我于{}至{}休假。", day(from), day(until)))
        }
        Report::Reply => written(&format!("Subject: Re: x\r\nIn-Reply-To: {ours}\r\n"), "请问能否改到下周？"),
        Report::Stranger => written("Subject: hello\r\n", "请问贵单位在哪里？"),
    }
}

/// A message about a letter comes in.
///
/// # Errors
/// A fault of the machine.
pub fn mail_in(office: &Office, run: &Run, letter: OutboxId, report: Report) -> Done<()> {
    let text = message(&world::sender(), letter, report, run.clock.now());
    receive_mail(office, &incoming::read(text.as_bytes())).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::incoming::Said;

    #[test]
    fn the_real_parser_reads_what_is_written_here() {
        let letter: OutboxId = "0190b4a2-9999-7abc-8def-0123456789ab".parse().expect("an id");
        let now: DateTime<Utc> = "2026-03-10T02:00:00Z".parse().expect("an instant");
        let read = |report| incoming::read(message(&world::sender(), letter, report, now).as_bytes());
        let failed = read(Report::Failed);
        assert_eq!(failed.about, Some(letter));
        assert!(matches!(failed.said, Said::Failed { ref status, .. } if status == "5.1.1"), "{failed:?}");
        for (report, said) in
            [(Report::Delivered, Said::Delivered), (Report::Delayed, Said::Delayed), (Report::Reply, Said::Reply)]
        {
            let heard = read(report);
            assert_eq!((heard.about, heard.said), (Some(letter), said));
        }
        let away = read(Report::Away);
        assert!(away.about == Some(letter) && matches!(away.said, Said::Away { .. }), "{away:?}");
        let stranger = read(Report::Stranger);
        assert_eq!((stranger.about, stranger.said), (None, Said::Reply));
        assert_ne!(read(Report::Away).key, read(Report::Reply).key, "each is a message of its own");
    }
}
