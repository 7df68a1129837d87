//! A mailbox read by IMAP4rev1 (RFC 3501): just enough to find, fetch and mark messages.
//!
//! Written out because the IMAP crates at hand bring an executor or another TLS stack for what are five commands here.
//! Contract: TLS from the first byte (RFC 8314) with the public roots and, if given, the office's own; in the clear only
//! to this machine. A message stays unseen until it is dealt with. Every answer is bounded in length and time.
//! Deliberately absent: STARTTLS, folders other than the one named, deleting, IDLE.

use super::inbox::{Inbox, InboxError, Unread};
use super::incoming::MOST_BYTES;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use secrecy::{ExposeSecret, SecretString};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

/// The longest line that is read.
const LONGEST_LINE: u64 = 1024 * 1024;
/// The most lines of one answer.
const MOST_LINES: usize = 10_000;

/// How the mailbox is reached.
#[derive(Debug, Clone)]
pub struct ImapSettings {
    /// The server's name, as its certificate has it.
    pub host: String,
    /// Its port, 993 as a rule.
    pub port: u16,
    /// Encrypted from the first byte; only this machine may be spoken to in the clear.
    pub tls: bool,
    /// The user.
    pub user: String,
    /// The password.
    pub password: SecretString,
    /// The folder that is read.
    pub folder: String,
    /// A PEM certificate to trust besides the public ones.
    pub extra_root_pem: Option<String>,
    /// How long the server may take for one answer.
    pub timeout: Duration,
}

/// A mailbox read by IMAP.
pub struct Imap {
    settings: ImapSettings,
    tls: Option<Arc<ClientConfig>>,
}

impl Imap {
    /// Sets the mailbox up; nothing is connected yet.
    ///
    /// # Errors
    /// [`InboxError`] for a clear connection to another machine or a certificate that cannot be read.
    pub fn new(settings: ImapSettings) -> Result<Self, InboxError> {
        let at_home = settings.host.eq_ignore_ascii_case("localhost")
            || settings.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        if !settings.tls && !at_home {
            return Err(InboxError("imap to another machine must be encrypted".to_owned()));
        }
        let tls = if settings.tls { Some(Arc::new(tls(&settings)?)) } else { None };
        Ok(Self { settings, tls })
    }

    fn open(&self) -> Result<Session, InboxError> {
        let settings = &self.settings;
        let wrong = |error: std::io::Error| InboxError(format!("{}: {error}", settings.host));
        let address = (settings.host.as_str(), settings.port)
            .to_socket_addrs()
            .map_err(wrong)?
            .next()
            .ok_or_else(|| InboxError(format!("{}: no address", settings.host)))?;
        let socket = TcpStream::connect_timeout(&address, settings.timeout).map_err(wrong)?;
        socket.set_read_timeout(Some(settings.timeout)).map_err(wrong)?;
        socket.set_write_timeout(Some(settings.timeout)).map_err(wrong)?;
        let wire: Box<dyn Wire> = match &self.tls {
            None => Box::new(socket),
            Some(config) => {
                let name = ServerName::try_from(settings.host.clone())
                    .map_err(|_| InboxError(format!("{}: not a host name", settings.host)))?;
                let connection = ClientConnection::new(Arc::clone(config), name)
                    .map_err(|error| InboxError(format!("{}: {error}", settings.host)))?;
                Box::new(StreamOwned::new(connection, socket))
            }
        };
        let mut session = Session { wire: BufReader::new(wire), commands: 0 };
        session.greeted()?;
        session.command(&format!(
            "LOGIN {} {}",
            quoted(&settings.user)?,
            quoted(settings.password.expose_secret())?
        ))?;
        // Some providers (163) refuse a client that does not say who it is (RFC 2971); others do not know the command.
        let _ = session.command("ID (\"name\" \"zhipai\")");
        session.command(&format!("SELECT {}", quoted(&settings.folder)?))?;
        Ok(session)
    }
}

impl Inbox for Imap {
    fn name(&self) -> &str {
        "imap"
    }

    fn unread(&self, most: usize) -> Result<Vec<Unread>, InboxError> {
        let mut session = self.open()?;
        let mut found = Vec::new();
        for uid in session.unseen()?.into_iter().take(most) {
            if let Some(bytes) = session.fetch(uid)? {
                found.push(Unread { handle: uid.to_string(), bytes });
            }
        }
        session.leave();
        Ok(found)
    }

    fn done(&self, handles: &[String]) -> Result<(), InboxError> {
        let uids: Vec<String> =
            handles.iter().filter_map(|handle| handle.parse::<u32>().ok()).map(|uid| uid.to_string()).collect();
        if uids.is_empty() {
            return Ok(());
        }
        let mut session = self.open()?;
        session.command(&format!("UID STORE {} +FLAGS.SILENT (\\Seen)", uids.join(",")))?;
        session.leave();
        Ok(())
    }
}

fn tls(settings: &ImapSettings) -> Result<ClientConfig, InboxError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(pem) = &settings.extra_root_pem {
        let certificate = CertificateDer::from_pem_slice(pem.as_bytes())
            .map_err(|error| InboxError(format!("the extra certificate: {error}")))?;
        roots.add(certificate).map_err(|error| InboxError(format!("the extra certificate: {error}")))?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| InboxError(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

/// A quoted string (RFC 3501 section 4.3).
fn quoted(text: &str) -> Result<String, InboxError> {
    if text.chars().any(char::is_control) {
        return Err(InboxError("user, password and folder are one line each".to_owned()));
    }
    Ok(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

trait Wire: Read + Write + Send {}
impl<T: Read + Write + Send> Wire for T {}

/// One signed-in connection.
struct Session {
    wire: BufReader<Box<dyn Wire>>,
    commands: u32,
}

/// One line of an answer, its literal taken out.
struct Line {
    text: String,
    literal: Option<Vec<u8>>,
}

impl Session {
    fn greeted(&mut self) -> Result<(), InboxError> {
        let line = self.line()?;
        if line.text.starts_with("* OK") || line.text.starts_with("* PREAUTH") {
            Ok(())
        } else {
            Err(InboxError(format!("greeted with: {}", shortened(&line.text))))
        }
    }

    /// Says a command and hears its answer up to the tagged line; an error when that is not OK.
    fn command(&mut self, command: &str) -> Result<Vec<Line>, InboxError> {
        self.commands += 1;
        let tag = format!("z{}", self.commands);
        let wire = self.wire.get_mut();
        let said = wire.write_all(format!("{tag} {command}\r\n").as_bytes()).and_then(|()| wire.flush());
        said.map_err(|error| InboxError(error.to_string()))?;
        let mut lines = Vec::new();
        while lines.len() < MOST_LINES {
            let line = self.line()?;
            if let Some(status) = line.text.strip_prefix(&format!("{tag} ")) {
                return if status.starts_with("OK") {
                    Ok(lines)
                } else {
                    // The verb alone: a command may hold the password.
                    let verb = command.split(' ').next().unwrap_or_default();
                    Err(InboxError(format!("{verb}: {}", shortened(status))))
                };
            }
            lines.push(line);
        }
        Err(InboxError("the answer does not end".to_owned()))
    }

    /// One line; what follows a literal on its line is joined to it.
    fn line(&mut self) -> Result<Line, InboxError> {
        let mut text = self.raw_line()?;
        let mut literal = None;
        while let Some(length) = literal_length(&text) {
            if length > MOST_BYTES {
                return Err(InboxError(format!("a literal of {length} bytes")));
            }
            let mut bytes = vec![0; length];
            self.wire.read_exact(&mut bytes).map_err(|error| InboxError(error.to_string()))?;
            literal = Some(bytes);
            text = format!("{} {}", text.rsplit_once('{').map_or("", |(before, _)| before), self.raw_line()?);
        }
        Ok(Line { text, literal })
    }

    fn raw_line(&mut self) -> Result<String, InboxError> {
        let mut line = Vec::new();
        let read = (&mut self.wire)
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut line)
            .map_err(|error| InboxError(error.to_string()))?;
        if read == 0 || line.last() != Some(&b'\n') {
            return Err(InboxError("the server closed the connection".to_owned()));
        }
        Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
    }

    fn unseen(&mut self) -> Result<Vec<u32>, InboxError> {
        let lines = self.command("UID SEARCH UNSEEN")?;
        let found = lines.iter().filter_map(|line| line.text.strip_prefix("* SEARCH"));
        Ok(found.flat_map(str::split_whitespace).filter_map(|uid| uid.parse().ok()).collect())
    }

    fn fetch(&mut self, uid: u32) -> Result<Option<Vec<u8>>, InboxError> {
        let lines = self.command(&format!("UID FETCH {uid} (BODY.PEEK[]<0.{MOST_BYTES}>)"))?;
        Ok(lines.into_iter().filter(|line| line.text.contains("FETCH")).find_map(|line| line.literal))
    }

    fn leave(mut self) {
        // The work is done whatever the server makes of a goodbye.
        let _ = self.command("LOGOUT");
    }
}

/// The number in `…{123}` at the end of a line.
fn literal_length(line: &str) -> Option<usize> {
    line.strip_suffix('}')?.rsplit_once('{')?.1.parse().ok()
}

fn shortened(text: &str) -> String {
    super::mailer::masked(text)
}

#[cfg(test)]
#[path = "imap_tests.rs"]
mod tests;
