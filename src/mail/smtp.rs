//! The mail server: SMTP by lettre's client, synchronous, over a few connections of our own.
//!
//! lettre's transport does not say at which step a server said no; here each step is taken by itself, so that a refusal at
//! the door or of our sender address is never laid on a recipient, and replies out of step are noticed.
//!
//! Contract: with [`SmtpTls::StartTls`] and [`SmtpTls::Tls`] nothing, neither login nor letter, is said in the clear;
//! [`SmtpTls::None`] is refused for a host that is not this machine. Every command has its time-out, 60 seconds as a
//! rule. Deliberately absent: trying again.

use super::dkim::DkimKey;
use super::mailer::{Accepted, Envelope, Failure, Mailer, SendError, classify, masked};
use super::message::Message;
use crate::domain::text_enum;
use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{Certificate, SmtpConnection, Tls, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use secrecy::{ExposeSecret, SecretString};
use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long the server may take for one command, usually.
pub const TIMEOUT: Duration = Duration::from_mins(1);

text_enum! {
    /// How the connection is encrypted.
    pub enum SmtpTls {
        /// In the clear first, then STARTTLS, which is required (RFC 3207); port 587.
        StartTls = "starttls",
        /// From the first byte (RFC 8314); port 465.
        Tls = "tls",
        /// Not at all: only for a server on this machine; port 25.
        None = "none",
    }
}

/// How the mail server is reached.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// Its name, as its certificate has it.
    pub host: String,
    /// Its port; the usual one for the encryption where it is not given.
    pub port: Option<u16>,
    /// How the connection is encrypted.
    pub tls: SmtpTls,
    /// User and password, where the server wants them.
    pub login: Option<(String, SecretString)>,
    /// The name we give in EHLO; this machine's where it is not given.
    pub hello: Option<String>,
    /// A PEM certificate to trust besides the public ones: an office's own authority.
    pub extra_root_pem: Option<String>,
    /// Most connections at a time, at least one.
    pub connections: u32,
    /// How long the server may take for one command.
    pub timeout: Duration,
    /// Signs the letters, where no relay does.
    pub dkim: Option<Arc<DkimKey>>,
}

/// Why the settings cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SmtpSettingsError {
    /// Not `smtp://host[:port]` or `smtps://host[:port]`.
    NotAnAddress,
    /// In the clear to another machine.
    ClearToAnotherMachine,
    /// The host's name or the certificate cannot be used for TLS.
    Tls(String),
}

impl fmt::Display for SmtpSettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnAddress => f.write_str("a mail server is written smtp://host:port or smtps://host:port"),
            Self::ClearToAnotherMachine => {
                f.write_str("mail to another machine must be encrypted: use starttls or tls")
            }
            Self::Tls(why) => write!(f, "TLS to the mail server cannot be set up: {why}"),
        }
    }
}

impl std::error::Error for SmtpSettingsError {}

impl SmtpSettings {
    /// Settings from `smtp://host[:port]` (STARTTLS, or in the clear to this machine) or `smtps://host[:port]`. A login
    /// has no place in an address.
    ///
    /// # Errors
    /// [`SmtpSettingsError::NotAnAddress`].
    pub fn from_address(address: &str) -> Result<Self, SmtpSettingsError> {
        let (scheme, rest) = address.trim().split_once("://").ok_or(SmtpSettingsError::NotAnAddress)?;
        let rest = rest.trim_end_matches('/');
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !host.ends_with(':') && (!host.contains(':') || host.ends_with(']')) => {
                (host, Some(port.parse().map_err(|_| SmtpSettingsError::NotAnAddress)?))
            }
            _ => (rest, None),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() || host.contains(['@', '/', '?']) {
            return Err(SmtpSettingsError::NotAnAddress);
        }
        let tls = match scheme {
            "smtps" => SmtpTls::Tls,
            "smtp" if is_this_machine(host) => SmtpTls::None,
            "smtp" => SmtpTls::StartTls,
            _ => return Err(SmtpSettingsError::NotAnAddress),
        };
        Ok(Self {
            host: host.to_owned(),
            port,
            tls,
            login: None,
            hello: None,
            extra_root_pem: None,
            connections: 2,
            timeout: TIMEOUT,
            dkim: None,
        })
    }

    /// The port in use.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.tls {
            SmtpTls::StartTls => 587,
            SmtpTls::Tls => 465,
            SmtpTls::None => 25,
        })
    }
}

fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The office's mail server.
pub struct Smtp {
    host: String,
    port: u16,
    tls: Tls,
    login: Option<Credentials>,
    hello: ClientId,
    timeout: Duration,
    dkim: Option<Arc<DkimKey>>,
    /// Connections that wait for the next letter.
    idle: Mutex<Vec<SmtpConnection>>,
    most_idle: usize,
    described: String,
}

impl Smtp {
    /// Sets the connection up; none is made before the first letter.
    ///
    /// # Errors
    /// [`SmtpSettingsError`].
    pub fn new(settings: &SmtpSettings) -> Result<Self, SmtpSettingsError> {
        let tls = match settings.tls {
            SmtpTls::None if is_this_machine(&settings.host) => Tls::None,
            SmtpTls::None => return Err(SmtpSettingsError::ClearToAnotherMachine),
            SmtpTls::StartTls => Tls::Required(tls_parameters(settings)?),
            SmtpTls::Tls => Tls::Wrapper(tls_parameters(settings)?),
        };
        let login = settings.login.as_ref();
        Ok(Self {
            host: settings.host.clone(),
            port: settings.port(),
            tls,
            login: login.map(|(user, password)| Credentials::new(user.clone(), password.expose_secret().to_owned())),
            hello: settings.hello.clone().map_or_else(ClientId::default, ClientId::Domain),
            timeout: settings.timeout,
            dkim: settings.dkim.clone(),
            idle: Mutex::default(),
            most_idle: usize::try_from(settings.connections.max(1)).unwrap_or(1),
            described: format!("smtp {}:{} ({})", settings.host, settings.port(), settings.tls),
        })
    }

    /// Connects, encrypts and logs in without sending anything: for `doctor`.
    ///
    /// # Errors
    /// [`SendError`], as for a letter.
    pub fn try_connection(&self) -> Result<(), SendError> {
        self.open().map(|mut connection| connection.abort())
    }

    fn idle(&self) -> MutexGuard<'_, Vec<SmtpConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection that still answers, or a new one.
    fn connection(&self) -> Result<SmtpConnection, SendError> {
        loop {
            let Some(mut waiting) = self.idle().pop() else { return self.open() };
            if waiting.test_connected() {
                return Ok(waiting);
            }
            waiting.abort();
        }
    }

    fn open(&self) -> Result<SmtpConnection, SendError> {
        let wrapper = if let Tls::Wrapper(parameters) = &self.tls { Some(parameters) } else { None };
        let address = (self.host.as_str(), self.port);
        let opened = SmtpConnection::connect(address, Some(self.timeout), &self.hello, wrapper, None);
        let mut connection = opened.map_err(|error| at_the_door(&error))?;
        if let Tls::Required(parameters) = &self.tls {
            connection.starttls(parameters, &self.hello).map_err(|error| at_the_door(&error))?;
        }
        if let Some(login) = &self.login {
            connection.auth(DEFAULT_MECHANISMS, login).map_err(|error| at_the_door(&error))?;
        }
        Ok(connection)
    }

    fn hand_over(
        connection: &mut SmtpConnection,
        from: Address,
        to: Address,
        message: &[u8],
    ) -> Result<Accepted, SendError> {
        let said = |error: Error| classify(&failure_of(&error));
        let mut parameters = Vec::new();
        // RFC 6531, RFC 6152: what is outside ASCII goes only to a server that says it takes it.
        if !AsRef::<str>::as_ref(&to).is_ascii() {
            if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                let text = "the mail server takes no address outside ASCII".to_owned();
                return Err(SendError::Permanent { code: None, text });
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if !message.is_ascii() {
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        connection.command(Mail::new(Some(from), parameters)).map_err(|error| about_the_sender(&error))?;
        connection.command(Rcpt::new(to, Vec::new())).map_err(said)?;
        let go = connection.command(Data).map_err(said)?;
        if u16::from(go.code()) != 354 {
            // Replies and commands are out of step: what follows would not mean what it says.
            return Err(SendError::Unknown { text: format!("replies out of step: {} to DATA", u16::from(go.code())) });
        }
        let taken = connection.message(message).map_err(said)?;
        let text: Vec<&str> = taken.message().collect();
        let (code, text) = (u16::from(taken.code()), masked(&text.join(" ")));
        if (200..300).contains(&code) {
            Ok(Accepted { code, text })
        } else {
            Err(SendError::Unknown { text: format!("replies out of step: {code} {text}") })
        }
    }
}

impl Mailer for Smtp {
    fn send(&self, envelope: &Envelope, message: &Message) -> Result<Accepted, SendError> {
        let unusable = SendError::Permanent { code: None, text: "not a mail address".to_owned() };
        let ours = |text: String| SendError::Alarm { code: None, text };
        let to: Address = envelope.to.parse().map_err(|_| unusable)?;
        let from: Address =
            envelope.from.parse().map_err(|_| ours("the office's own address is malformed".to_owned()))?;
        let bytes = match &self.dkim {
            None => Cow::Borrowed(&message.bytes),
            Some(key) => Cow::Owned(key.signed(&message.bytes, message.date).map_err(|error| ours(error.to_string()))?),
        };
        let mut connection = self.connection()?;
        let outcome = Self::hand_over(&mut connection, from, to, &bytes);
        if outcome.is_ok() && !connection.has_broken() && self.idle().len() < self.most_idle {
            self.idle().push(connection);
        } else {
            // Nobody knows what else would be said on it.
            connection.abort();
        }
        outcome
    }

    fn describe(&self) -> String {
        self.described.clone()
    }
}

/// Before anything was said of a letter no recipient is to blame: a server that turns us away for good may take us later.
fn at_the_door(error: &Error) -> SendError {
    match classify(&failure_of(error)) {
        SendError::Permanent { code, text } => {
            SendError::Unknown { text: code.map_or_else(String::new, |code| format!("{code} ")) + &text }
        }
        other => other,
    }
}

/// A sender that is refused is refused for every recipient: ours to repair.
fn about_the_sender(error: &Error) -> SendError {
    match classify(&failure_of(error)) {
        alarm if alarm.stops_everything() => alarm,
        SendError::Permanent { code, text } | SendError::Alarm { code, text } => {
            SendError::Alarm { code: None, text: code.map_or_else(String::new, |code| format!("{code} ")) + &text }
        }
        other => other,
    }
}

fn tls_parameters(settings: &SmtpSettings) -> Result<TlsParameters, SmtpSettingsError> {
    let broken = |error: Error| SmtpSettingsError::Tls(error.to_string());
    let mut parameters = TlsParameters::builder(settings.host.clone());
    if let Some(pem) = &settings.extra_root_pem {
        parameters = parameters.add_root_certificate(Certificate::from_pem(pem.as_bytes()).map_err(broken)?);
    }
    parameters.build().map_err(broken)
}

/// What lettre's error says. A certificate nobody vouches for comes as a connection error like any other, so its words
/// are read; lettre calls "client" what it refused to do itself (no STARTTLS, no way to log in).
fn failure_of(error: &Error) -> Failure {
    let text = error.to_string();
    let certificate = text.to_ascii_lowercase().contains("certificate");
    let code = error.status().map(u16::from);
    let ours = code.is_none() && (error.is_tls() || error.is_client() || certificate);
    let said = match (code, std::error::Error::source(error)) {
        (Some(_), Some(source)) => source.to_string(),
        _ => text,
    };
    Failure { code, text: said, ours }
}

#[cfg(test)]
#[path = "smtp_tests.rs"]
mod tests;
