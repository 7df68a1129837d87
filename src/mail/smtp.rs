//! The mail server: SMTP by lettre, synchronous, over a small pool of connections.
//!
//! Contract: with [`SmtpTls::StartTls`] and [`SmtpTls::Tls`] nothing, neither login nor letter, is said in the clear;
//! [`SmtpTls::None`] is refused for a host that is not this machine. Every command has its time-out, 60 seconds as a rule. Deliberately absent:
//! trying again.

use super::dkim::DkimKey;
use super::mailer::{Accepted, Envelope, Failure, Mailer, SendError, classify, masked};
use super::message::Message;
use crate::domain::text_enum;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{Certificate, SmtpConnection, Tls, TlsParameters};
use lettre::transport::smtp::commands::Mail;
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{Error, PoolConfig, SmtpTransportBuilder};
use lettre::{Address, SmtpTransport, Transport};
use secrecy::{ExposeSecret, SecretString};
use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long the server may take for one command, usually.
pub const TIMEOUT: Duration = Duration::from_mins(1);
/// How long the server may take for one command when it is only asked what it thinks of us.
const PROBE: Duration = Duration::from_secs(10);
/// How long an unused connection is kept.
const IDLE: Duration = Duration::from_secs(30);

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
    builder: SmtpTransportBuilder,
    transport: Mutex<SmtpTransport>,
    dkim: Option<Arc<DkimKey>>,
    probe: Probe,
    described: String,
}

/// What a connection of its own needs, to ask the server what it thinks of us.
struct Probe {
    host: String,
    port: u16,
    tls: Tls,
    login: Option<Credentials>,
    hello: ClientId,
    timeout: Duration,
}

impl Probe {
    /// Whether a refusal was about us and not about its recipient: the server turns us away at the door, refuses our login
    /// or our sender address. `None` when it takes all that, or cannot be asked.
    fn own_fault(&self, from: &Address) -> Option<SendError> {
        let wrapper = if let Tls::Wrapper(parameters) = &self.tls { Some(parameters) } else { None };
        let address = (self.host.as_str(), self.port);
        let at_the_door = |error: &Error| {
            let code = error.status().map(u16::from)?;
            let text = masked(&error.to_string());
            Some(match code {
                400..=499 => SendError::Temporary { code: Some(code), text },
                _ => SendError::Unknown { text },
            })
        };
        let opened = SmtpConnection::connect(address, Some(self.timeout), &self.hello, wrapper, None);
        let mut connection = match opened {
            Ok(connection) => connection,
            Err(error) => return at_the_door(&error),
        };
        if let Tls::Required(parameters) = &self.tls
            && let Err(error) = connection.starttls(parameters, &self.hello)
        {
            return Some(classify(&failure_of(&error)));
        }
        if let Some(login) = &self.login
            && let Err(error) = connection.auth(DEFAULT_MECHANISMS, login)
        {
            return Some(classify(&failure_of(&error)));
        }
        let asked = connection.command(Mail::new(Some(from.clone()), Vec::new()));
        connection.abort();
        let error = asked.err()?;
        let text = masked(&error.to_string());
        match error.status().map(u16::from)? {
            code @ 400..=499 => Some(SendError::Temporary { code: Some(code), text }),
            _ => Some(SendError::Alarm { code: None, text }),
        }
    }
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
        let mut builder = SmtpTransport::builder_dangerous(&settings.host)
            .port(settings.port())
            .tls(tls.clone())
            .timeout(Some(settings.timeout))
            .pool_config(PoolConfig::new().max_size(settings.connections.max(1)).idle_timeout(IDLE));
        if let Some((user, password)) = &settings.login {
            builder = builder.credentials(Credentials::new(user.clone(), password.expose_secret().to_owned()));
        }
        if let Some(name) = &settings.hello {
            builder = builder.hello_name(ClientId::Domain(name.clone()));
        }
        let described = format!("smtp {}:{} ({})", settings.host, settings.port(), settings.tls);
        let probe = Probe {
            host: settings.host.clone(),
            port: settings.port(),
            tls,
            login: settings
                .login
                .as_ref()
                .map(|(user, password)| Credentials::new(user.clone(), password.expose_secret().to_owned())),
            hello: settings.hello.clone().map_or_else(ClientId::default, ClientId::Domain),
            timeout: settings.timeout.min(PROBE),
        };
        let transport = Mutex::new(builder.clone().build());
        Ok(Self { builder, transport, dkim: settings.dkim.clone(), probe, described })
    }

    fn transport(&self) -> SmtpTransport {
        self.transport.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lets go of every connection: nobody knows what was said on them.
    fn start_afresh(&self) {
        *self.transport.lock().unwrap_or_else(PoisonError::into_inner) = self.builder.clone().build();
    }

    /// Connects, encrypts and logs in without sending anything: for `doctor`.
    ///
    /// # Errors
    /// [`SendError`], as for a letter.
    pub fn try_connection(&self) -> Result<(), SendError> {
        match self.transport().test_connection() {
            Ok(true) => Ok(()),
            Ok(false) => Err(SendError::Unknown { text: "the server closed the connection".to_owned() }),
            Err(error) => Err(classify(&failure_of(&error))),
        }
    }
}

impl Mailer for Smtp {
    fn send(&self, envelope: &Envelope, message: &Message) -> Result<Accepted, SendError> {
        let unusable = |text: &str| SendError::Permanent { code: None, text: text.to_owned() };
        let to: Address = envelope.to.parse().map_err(|_| unusable("not a mail address"))?;
        let from: Address = envelope
            .from
            .parse()
            .map_err(|_| SendError::Alarm { code: None, text: "the office's own address is malformed".to_owned() })?;
        let sender = from.clone();
        let addressed = lettre::address::Envelope::new(Some(from), vec![to]).map_err(|_| unusable("no recipient"))?;
        let bytes = match &self.dkim {
            None => Cow::Borrowed(&message.bytes),
            Some(key) => Cow::Owned(
                key.signed(&message.bytes, message.date)
                    .map_err(|error| SendError::Alarm { code: None, text: error.to_string() })?,
            ),
        };
        match self.transport().send_raw(&addressed, &bytes) {
            Ok(response) => {
                let text: Vec<&str> = response.message().collect();
                let (code, text) = (u16::from(response.code()), masked(&text.join(" ")));
                if (200..300).contains(&code) {
                    return Ok(Accepted { code, text });
                }
                // lettre takes a 354 here for a yes: replies and commands are out of step on this connection.
                self.start_afresh();
                Err(SendError::Unknown { text: format!("replies out of step: {code} {text}") })
            }
            // Without SMTPUTF8 on the way (RFC 6531) an address outside ASCII cannot be written to; nothing else is wrong.
            Err(error) if error.is_client() && !envelope.to.is_ascii() => Err(unusable(&masked(&error.to_string()))),
            Err(error) => Err(match classify(&failure_of(&error)) {
                // lettre does not say at which step the server said no: before a recipient is blamed, it is asked again.
                refused @ SendError::Permanent { .. } => self.probe.own_fault(&sender).unwrap_or(refused),
                unknown @ SendError::Unknown { .. } => {
                    self.start_afresh();
                    unknown
                }
                other => other,
            }),
        }
    }

    fn describe(&self) -> String {
        self.described.clone()
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
