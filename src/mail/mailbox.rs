//! The demo's mailbox: letters go nowhere, and can be read by anybody who looks.
//!
//! Contract: what was sent is kept in memory and, given a file, as one JSON object a line, which is read again at the
//! next start. A letter sent twice is there twice. Letters come out newest first. Deliberately absent: deleting.

use super::links::links_in;
use super::mailer::{Accepted, Envelope, Mailer, SendError};
use super::message::Message;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Letters kept in memory; the file keeps them all.
const KEPT: usize = 20_000;

/// One letter in the mailbox, in the shape of `GET /demo/mailbox.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailboxEntry {
    /// The outbox id; with `.2`, `.3` … when it was sent again.
    pub id: String,
    /// The recipient's address.
    pub to: String,
    /// The sender's address.
    pub from: String,
    /// The subject, decoded.
    pub subject: String,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// The plain text.
    pub text: String,
    /// The HTML.
    pub html: String,
    /// Every address in the text, in order, each once.
    pub links: Vec<String>,
    /// The message's own headers, unfolded.
    pub headers: BTreeMap<String, String>,
}

/// Keeps letters instead of sending them.
pub struct MailboxFile {
    kept: Mutex<Kept>,
    path: Option<PathBuf>,
}

#[derive(Default)]
struct Kept {
    entries: VecDeque<MailboxEntry>,
    /// How often each outbox id was sent.
    sendings: BTreeMap<String, u32>,
    file: Option<File>,
}

impl MailboxFile {
    /// A mailbox that is gone with the process.
    #[must_use]
    pub fn in_memory() -> Self {
        Self { kept: Mutex::default(), path: None }
    }

    /// A mailbox in a file, with what the file holds already. A line that cannot be read (torn by a crash) is left out.
    ///
    /// # Errors
    /// What the file system says.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        let mut kept = Kept::default();
        for line in BufReader::new(&file).split(b'\n') {
            if let Ok(entry) = serde_json::from_slice(&line?) {
                kept.push(entry);
            }
        }
        end_torn_line(&mut file)?;
        kept.file = Some(file);
        Ok(Self { kept: Mutex::new(kept), path: Some(path.to_owned()) })
    }

    /// The letters to an address (all where none is given) sent at or after an instant, newest first.
    #[must_use]
    pub fn entries(&self, to: Option<&str>, since: Option<DateTime<Utc>>) -> Vec<MailboxEntry> {
        let wanted = |entry: &&MailboxEntry| {
            to.is_none_or(|address| entry.to.eq_ignore_ascii_case(address.trim()))
                && since.is_none_or(|instant| entry.sent_at >= instant)
        };
        let mut found: Vec<MailboxEntry> = self.kept().entries.iter().rev().filter(wanted).cloned().collect();
        found.sort_by_key(|entry| std::cmp::Reverse(entry.sent_at));
        found
    }

    /// One letter.
    #[must_use]
    pub fn entry(&self, id: &str) -> Option<MailboxEntry> {
        self.kept().entries.iter().find(|entry| entry.id == id).cloned()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn push(&mut self, entry: MailboxEntry) {
        if self.entries.len() == KEPT {
            self.entries.pop_front();
        }
        let outbox = entry.id.split_once('.').map_or(entry.id.as_str(), |(outbox, _)| outbox);
        *self.sendings.entry(outbox.to_owned()).or_default() += 1;
        self.entries.push_back(entry);
    }

    /// The outbox id, told apart from earlier sendings of the same letter.
    fn id_for(&self, outbox: &str) -> String {
        match self.sendings.get(outbox) {
            None => outbox.to_owned(),
            Some(sent) => format!("{outbox}.{}", sent + 1),
        }
    }
}

impl Mailer for MailboxFile {
    fn send(&self, envelope: &Envelope, message: &Message) -> Result<Accepted, SendError> {
        let mut kept = self.kept();
        let entry = MailboxEntry {
            id: kept.id_for(message.outbox.as_str()),
            to: envelope.to.clone(),
            from: envelope.from.clone(),
            subject: message.subject.clone(),
            sent_at: message.date,
            text: message.text.clone(),
            html: message.html.clone(),
            links: links_in(&message.text),
            headers: message.headers(),
        };
        if let Some(file) = &mut kept.file {
            append(file, &entry).map_err(|error| SendError::Temporary { code: None, text: error.to_string() })?;
        }
        let text = format!("kept as {}", entry.id);
        kept.push(entry);
        Ok(Accepted { code: 250, text })
    }

    fn describe(&self) -> String {
        match &self.path {
            Some(path) => format!("mailbox {} (nothing leaves this machine)", path.display()),
            None => "mailbox in memory (nothing leaves this machine)".to_owned(),
        }
    }
}

fn append(file: &mut File, entry: &MailboxEntry) -> io::Result<()> {
    let mut line = serde_json::to_vec(entry)?;
    line.push(b'\n');
    file.write_all(&line)
}

/// Ends a line a crash has torn, so that the next letter starts on its own.
fn end_torn_line(file: &mut File) -> io::Result<()> {
    if file.metadata()?.len() == 0 {
        return Ok(());
    }
    let mut last = [0_u8];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    if last == *b"\n" { Ok(()) } else { file.write_all(b"\n") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::OutboxId;
    use chrono::TimeDelta;

    fn message(id: &str, minute: i64) -> Message {
        let outbox: OutboxId = id.parse().expect("an id");
        Message {
            outbox,
            subject: format!("信 {minute}"),
            date: DateTime::from_timestamp(1_800_000_000 + minute * 60, 0).expect("a date"),
            text: "请打开：\nhttps://z.example/l/abc\n".to_owned(),
            html: "<p>请打开</p>".to_owned(),
            bytes: b"Subject: =?utf-8?B?5L+h?=\r\nMessage-ID: <1@z>\r\nTo: a\r\n b\r\n\r\nbody: no".to_vec(),
            kept: Vec::new(),
            sha256: String::new(),
        }
    }

    const ONE: &str = "0190b4a2-1111-7abc-8def-0123456789ab";
    const TWO: &str = "0190b4a2-2222-7abc-8def-0123456789ab";

    fn envelope(to: &str) -> Envelope {
        Envelope { from: "desk@z.example".to_owned(), to: to.to_owned() }
    }

    #[test]
    fn letters_come_back_newest_first_and_a_second_sending_shows() {
        let mailbox = MailboxFile::in_memory();
        mailbox.send(&envelope("gu@firm.example"), &message(ONE, 1)).expect("kept");
        mailbox.send(&envelope("li@firm.example"), &message(TWO, 2)).expect("kept");
        mailbox.send(&envelope("gu@firm.example"), &message(ONE, 3)).expect("kept");
        let ids = |to, since| mailbox.entries(to, since).into_iter().map(|entry| entry.id).collect::<Vec<_>>();
        assert_eq!(ids(None, None), [format!("{ONE}.2"), TWO.to_owned(), ONE.to_owned()]);
        assert_eq!(ids(Some("GU@firm.example"), None).len(), 2);
        let second = DateTime::from_timestamp(1_800_000_000 + 120, 0).expect("a date");
        assert_eq!(ids(None, Some(second)), [format!("{ONE}.2"), TWO.to_owned()]);
        assert_eq!(ids(None, Some(second + TimeDelta::seconds(1))), [format!("{ONE}.2")]);
        let entry = mailbox.entry(TWO).expect("kept");
        assert_eq!(entry.links, ["https://z.example/l/abc"]);
        assert_eq!(entry.headers.get("To").map(String::as_str), Some("a b"));
        assert_eq!(entry.headers.len(), 3);
    }

    #[test]
    fn a_file_is_read_again_at_the_next_start_even_when_its_end_is_torn() {
        let path = std::env::temp_dir().join(format!("zhipai-mailbox-{}.jsonl", std::process::id()));
        let _ = std::fs::remove_file(&path);
        let mailbox = MailboxFile::open(&path).expect("opens");
        mailbox.send(&envelope("gu@firm.example"), &message(ONE, 1)).expect("kept");
        let before = mailbox.entries(None, None);
        drop(mailbox);
        OpenOptions::new().append(true).open(&path).expect("opens").write_all(b"{\"id\":\"torn").expect("written");

        let again = MailboxFile::open(&path).expect("opens");
        assert_eq!(again.entries(None, None), before);
        again.send(&envelope("gu@firm.example"), &message(ONE, 2)).expect("kept");
        drop(again);
        let last = MailboxFile::open(&path).expect("opens").entries(None, None);
        assert_eq!(last.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>(), [format!("{ONE}.2").as_str(), ONE]);
        std::fs::remove_file(&path).expect("removed");
    }
}
