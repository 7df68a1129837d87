//! Where mail that comes in is read from: a Maildir folder or an IMAP mailbox.
//!
//! Contract: a message stays unread until [`Inbox::done`]; one that is read twice is known by its Message-ID. Deliberately
//! absent: understanding a message, deleting one.

use super::incoming::MOST_BYTES;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

/// A message nobody dealt with yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// How its mailbox knows it.
    pub handle: String,
    /// Its bytes, cut at [`MOST_BYTES`].
    pub bytes: Vec<u8>,
}

/// Why a mailbox could not be read; no secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxError(pub String);

impl fmt::Display for InboxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InboxError {}

/// A mailbox that is looked at every now and then.
pub trait Inbox: Send + Sync {
    /// Its name on pages and in the database: `maildir`, `imap`.
    fn name(&self) -> &str;

    /// Messages nobody dealt with yet, at most `most`.
    ///
    /// # Errors
    /// [`InboxError`].
    fn unread(&self, most: usize) -> Result<Vec<Unread>, InboxError>;

    /// These messages are dealt with.
    ///
    /// # Errors
    /// [`InboxError`]; they may be read again.
    fn done(&self, handles: &[String]) -> Result<(), InboxError>;
}

/// A Maildir: messages lie in `new/` and go to `cur/` with the flag "seen".
#[derive(Debug, Clone)]
pub struct Maildir {
    folder: PathBuf,
}

impl Maildir {
    /// The Maildir in that folder.
    #[must_use]
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    fn wrong(&self, error: &std::io::Error) -> InboxError {
        InboxError(format!("{}: {error}", self.folder.display()))
    }
}

impl Inbox for Maildir {
    fn name(&self) -> &str {
        "maildir"
    }

    fn unread(&self, most: usize) -> Result<Vec<Unread>, InboxError> {
        let entries = std::fs::read_dir(self.folder.join("new")).map_err(|error| self.wrong(&error))?;
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| !name.starts_with('.'))
            .collect();
        names.sort_unstable();
        let mut found = Vec::new();
        for handle in names.into_iter().take(most) {
            let path = self.folder.join("new").join(&handle);
            let mut bytes = Vec::new();
            let read = File::open(&path)
                .and_then(|file| file.take(u64::try_from(MOST_BYTES).unwrap_or(u64::MAX)).read_to_end(&mut bytes));
            match read {
                Ok(_) => found.push(Unread { handle, bytes }),
                // Somebody else took it meanwhile.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(self.wrong(&error)),
            }
        }
        Ok(found)
    }

    fn done(&self, handles: &[String]) -> Result<(), InboxError> {
        std::fs::create_dir_all(self.folder.join("cur")).map_err(|error| self.wrong(&error))?;
        for handle in handles {
            let (from, to) =
                (self.folder.join("new").join(handle), self.folder.join("cur").join(format!("{handle}:2,S")));
            match std::fs::rename(from, to) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(self.wrong(&error)),
                _ => {}
            }
        }
        Ok(())
    }
}
