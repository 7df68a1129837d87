//! Settings of the service: defaults, then a TOML file, then the environment.
//!
//! `ZHIPAI_BIND`, `ZHIPAI_SMTP__HOST` and so on name the keys of the file, `__` between levels; `DATABASE_URL` names the
//! database. Secrets may come from files (`password_file`, `metrics_token_file`). An unknown key, a wrong type, or
//! settings that do not fit together are refused with the key's name. Deliberately absent: anything that may change
//! while the service runs, which is policy and lives in the database.

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Why the settings cannot be used; the sentence names the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFault(String);

impl fmt::Display for ConfigFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl std::error::Error for ConfigFault {}

impl ConfigFault {
    fn new(key: &str, why: impl fmt::Display) -> Self {
        Self(format!("{key}: {why}"))
    }
}

/// How a connection to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmtpTls {
    /// Upgraded by STARTTLS, which is required (port 587).
    #[default]
    Starttls,
    /// From the first byte (port 465).
    Tls,
    /// Not at all: a relay on the same machine only.
    None,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// The mail server letters are handed to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    /// Name or address.
    pub host: String,
    /// Port; by default that of `tls`.
    pub port: Option<u16>,
    /// Protection.
    #[serde(default)]
    pub tls: SmtpTls,
    /// User, where it asks for one.
    pub user: Option<String>,
    /// Password.
    pub password: Option<SecretString>,
    /// A file with the password on its first line.
    pub password_file: Option<PathBuf>,
    /// The sender's address, `zhipai@example.org`; the name beside it is `site.name`.
    pub from: String,
    /// Letters a minute to a mail domain, by its name; `default` for every other.
    #[serde(default)]
    pub pace: BTreeMap<String, u32>,
    /// Signs the letters, where no relay does.
    pub dkim: Option<Dkim>,
}

/// Providers that turn away whoever writes fast.
const CAREFUL: [&str; 7] = ["qq.com", "foxmail.com", "163.com", "126.com", "yeah.net", "sina.com", "aliyun.com"];

impl Smtp {
    /// The sender's domain.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.from.rsplit_once('@').map_or("localhost", |(_, domain)| domain)
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.tls {
            SmtpTls::Starttls => 587,
            SmtpTls::Tls => 465,
            SmtpTls::None => 25,
        })
    }
}

/// How letters are signed (RFC 6376).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dkim {
    /// The domain; that of `from` by default.
    pub domain: Option<String>,
    /// The name the key is published under: `selector._domainkey.domain`.
    pub selector: String,
    /// A PEM file with an RSA key of 2048 bits or more.
    pub key_file: PathBuf,
}

/// Where mail that comes in is read from; a mail server may also hand it to `zhipai mail ingest`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MailIn {
    /// A Maildir folder.
    pub maildir: Option<PathBuf>,
    /// An IMAP mailbox.
    pub imap: Option<Imap>,
}

/// An IMAP mailbox.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Imap {
    /// Name or address.
    pub host: String,
    /// Port; 993 by default.
    #[serde(default = "imaps")]
    pub port: u16,
    /// Encrypted from the first byte; only a server on the same machine may do without.
    #[serde(default = "yes")]
    pub tls: bool,
    /// User.
    pub user: String,
    /// Password.
    pub password: Option<SecretString>,
    /// A file with the password on its first line.
    pub password_file: Option<PathBuf>,
    /// The folder; the inbox by default.
    #[serde(default = "inbox")]
    pub folder: String,
}

const fn imaps() -> u16 {
    993
}

const fn yes() -> bool {
    true
}

fn inbox() -> String {
    "INBOX".to_owned()
}

/// What the footer says (《政府网站发展指引》).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SiteConfig {
    /// The service's name.
    pub name: String,
    /// 主办单位.
    pub organiser: String,
    /// ICP 备案号.
    pub icp: String,
    /// 公安备案号.
    pub police: String,
    /// 网站标识码.
    pub site_code: String,
    /// 监督电话.
    pub supervision_phone: String,
}

/// Every setting.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// `sqlite:PATH` or `postgres://…`; `DATABASE_URL` wins.
    pub database_url: SecretString,
    /// How many connections read at once.
    pub connections: u32,
    /// Where to listen.
    pub bind: SocketAddr,
    /// Threads that take requests; 0 for one per processor.
    pub workers: usize,
    /// The address people reach the service by, without a slash at the end.
    pub base_url: String,
    /// Lets the service run with a base address of plain http.
    pub insecure_http: bool,
    /// Proxies whose `X-Forwarded-For` is believed, as networks.
    pub trusted_proxies: Vec<String>,
    /// The mail server; without it the service runs as *mail off*.
    pub smtp: Option<Smtp>,
    /// Where mail that comes in is read from.
    #[serde(default)]
    pub mail_in: MailIn,
    /// Where the index, the key file and a SQLite database live.
    pub data_dir: PathBuf,
    /// The keys of links and sealed texts; by default `keys` in `data_dir`.
    pub keys_file: Option<PathBuf>,
    /// What the footer says.
    pub site: SiteConfig,
    /// Whether everybody but liaisons must set up a second factor.
    pub second_factor: bool,
    /// The token that reads `/metrics` from other machines.
    pub metrics_token: Option<SecretString>,
    /// A file with that token on its first line.
    pub metrics_token_file: Option<PathBuf>,
    /// What is logged, in the syntax of `RUST_LOG`.
    pub log: String,
    /// How it is written.
    pub log_format: LogFormat,
}

impl Config {
    /// Reads the settings: defaults, `file`, environment.
    ///
    /// # Errors
    /// [`ConfigFault`] naming the key.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigFault> {
        let mut figment = Figment::from(Serialized::defaults(serde_json::json!({
            "database_url": "sqlite:data/zhipai.db",
            "connections": 8,
            "bind": "127.0.0.1:8080",
            "workers": 0,
            "base_url": "http://127.0.0.1:8080",
            "insecure_http": false,
            "trusted_proxies": [],
            "data_dir": "data",
            "site": {},
            "second_factor": true,
            "log": "info",
            "log_format": "text",
        })));
        if let Some(path) = file {
            if !path.is_file() {
                return Err(ConfigFault::new("--config", format!("there is no file {}", path.display())));
            }
            figment = figment.merge(Toml::file_exact(path));
        }
        // Values stay text here and become numbers where the key wants one, so that a password of digits is a password.
        let settings = Env::prefixed("ZHIPAI_").ignore(&["lang"]).split("__");
        for (key, value) in settings.iter().chain(Env::raw().only(&["database_url"]).iter()) {
            let key = key.as_str().to_owned();
            // Kubernetes tells every pod of a service named zhipai by variables such as ZHIPAI_SERVICE_HOST.
            if key == "port" || key.starts_with("port_") || key.starts_with("service_") {
                continue;
            }
            figment = if key == "trusted_proxies" {
                let list: Vec<String> =
                    value.split(',').map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect();
                figment.merge((key, list))
            } else {
                figment.merge((key, value))
            };
        }
        Self::of(&figment)
    }

    fn of(figment: &Figment) -> Result<Self, ConfigFault> {
        let mut config: Self = figment.extract_lossy().map_err(|error| {
            let key = error.path.join(".");
            let key = if key.is_empty() { "settings".to_owned() } else { key };
            ConfigFault::new(&key, error.kind)
        })?;
        while config.base_url.ends_with('/') {
            config.base_url.pop();
        }
        if let Some(smtp) = &mut config.smtp {
            smtp.password = secret("smtp.password", smtp.password.take(), smtp.password_file.as_deref())?;
        }
        if let Some(imap) = &mut config.mail_in.imap {
            imap.password = secret("mail_in.imap.password", imap.password.take(), imap.password_file.as_deref())?;
        }
        config.metrics_token =
            secret("metrics_token", config.metrics_token.take(), config.metrics_token_file.as_deref())?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigFault> {
        let (scheme, host) = self.base_url.split_once("://").unwrap_or_default();
        if !matches!(scheme, "http" | "https") || host.is_empty() || host.contains(['/', '?', '#', ' ']) {
            return Err(ConfigFault::new("base_url", "expected https://HOST without a path"));
        }
        if self.connections == 0 {
            return Err(ConfigFault::new("connections", "expected at least 1"));
        }
        for text in &self.trusted_proxies {
            let (address, prefix) = text.split_once('/').unwrap_or((text, "0"));
            if address.parse::<std::net::IpAddr>().is_err() || prefix.parse::<u8>().is_err() {
                return Err(ConfigFault::new("trusted_proxies", format!("not a network such as 10.0.0.0/8: {text}")));
            }
        }
        if let Some(smtp) = &self.smtp {
            if smtp.host.trim().is_empty() {
                return Err(ConfigFault::new("smtp.host", "missing"));
            }
            if !smtp.from.contains('@') || smtp.from.contains(['<', '>', ' ']) {
                return Err(ConfigFault::new("smtp.from", "expected an address such as zhipai@example.org"));
            }
            if let Some((domain, _)) = smtp.pace.iter().find(|(_, letters)| **letters == 0) {
                return Err(ConfigFault::new(&format!("smtp.pace.{domain}"), "expected at least 1 letter a minute"));
            }
            if smtp.user.is_some() != smtp.password.is_some() {
                return Err(ConfigFault::new("smtp.password", "a user and a password go together"));
            }
        }
        Ok(())
    }

    /// How many letters a minute each mail domain is sent: what the settings say, else what the large providers bear.
    #[must_use]
    pub fn pace(&self) -> (Option<u32>, BTreeMap<String, u32>) {
        let mut named: BTreeMap<String, u32> = CAREFUL.iter().map(|domain| ((*domain).to_owned(), 30)).collect();
        let set = self.smtp.as_ref().map(|smtp| smtp.pace.clone()).unwrap_or_default();
        let usual = set.get("default").copied().unwrap_or(120);
        named.extend(set.into_iter().filter(|(domain, _)| domain != "default").map(|(d, n)| (d.to_lowercase(), n)));
        (Some(usual), named)
    }

    /// Whether people reach the service by plain http.
    #[must_use]
    pub fn is_plain_http(&self) -> bool {
        self.base_url.starts_with("http://")
    }

    /// Asks whether the service may be opened as it is set: by plain http only to this machine itself, or when the
    /// operator says so.
    ///
    /// # Errors
    /// [`ConfigFault`] naming `base_url`.
    pub fn check_serving(&self) -> Result<(), ConfigFault> {
        let host = self.base_url.split_once("://").map_or("", |(_, host)| host);
        let host = host.strip_prefix("[::1]").map_or_else(|| host.split(':').next().unwrap_or_default(), |_| "::1");
        let at_home = matches!(host, "localhost" | "127.0.0.1" | "::1") && self.bind.ip().is_loopback();
        if self.is_plain_http() && !self.insecure_http && !at_home {
            return Err(ConfigFault::new(
                "base_url",
                "a public address of plain http would send passwords in clear; use https://, or set insecure_http = true",
            ));
        }
        Ok(())
    }

    /// The database's address.
    #[must_use]
    pub fn database(&self) -> &str {
        self.database_url.expose_secret()
    }

    /// The key file.
    #[must_use]
    pub fn keys(&self) -> PathBuf {
        self.keys_file.clone().unwrap_or_else(|| self.data_dir.join("keys"))
    }

    /// The index' folder.
    #[must_use]
    pub fn index_dir(&self) -> PathBuf {
        self.data_dir.join("index")
    }
}

fn secret(key: &str, given: Option<SecretString>, file: Option<&Path>) -> Result<Option<SecretString>, ConfigFault> {
    let Some(path) = file else { return Ok(given) };
    if given.is_some() {
        return Err(ConfigFault::new(key, "given twice: also as a file"));
    }
    let text = std::fs::read_to_string(path)
        .map_err(|error| ConfigFault::new(&format!("{key}_file"), format!("{}: {error}", path.display())))?;
    let line = text.lines().next().unwrap_or_default().trim();
    if line.is_empty() {
        Err(ConfigFault::new(&format!("{key}_file"), "the first line is empty"))
    } else {
        Ok(Some(line.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, ConfigFault> {
        let base = r#"
            database_url = "sqlite:x.db"
            connections = 4
            bind = "127.0.0.1:8080"
            workers = 0
            base_url = "https://zhipai.example/"
            insecure_http = false
            trusted_proxies = []
            data_dir = "data"
            second_factor = true
            log = "info"
            log_format = "text"
            site = {}
        "#;
        Config::of(&Figment::from(Toml::string(base)).merge(Toml::string(text)))
    }

    #[test]
    fn errors_name_the_key() {
        for (text, key) in [
            ("bind = \"nowhere\"", "bind"),
            ("base_url = \"zhipai.example\"", "base_url"),
            ("trusted_proxies = [\"proxy\"]", "trusted_proxies"),
            ("smpt = 1", "smpt"),
            ("[smtp]\nhost = \"h\"\nfrom = \"a@b\"\nuser = \"u\"", "smtp.password"),
            ("[smtp]\nhost = \"h\"", "from"),
            ("[smtp]\nhost = \"h\"\nfrom = \"a@b\"\npace = { \"qq.com\" = 0 }", "smtp.pace.qq.com"),
            ("[mail_in.imap]\nhost = \"h\"", "mail_in.imap"),
            ("[mail_in]\nmaildirs = \"x\"", "mail_in"),
            ("metrics_token_file = \"/nonexistent/token\"", "metrics_token_file"),
        ] {
            let Err(fault) = read(text) else { panic!("{text} was taken") };
            assert!(fault.to_string().contains(key), "{text}: {fault}");
        }
    }

    #[test]
    fn secrets_do_not_show() {
        let config = read(
            "metrics_token = \"s3cret\"\n[smtp]\nhost = \"h\"\nfrom = \"a@b\"\nuser = \"u\"\npassword = \"s3cret\"",
        )
        .expect("reads");
        assert!(!format!("{config:?}").contains("s3cret"));
        assert_eq!(config.base_url, "https://zhipai.example");
        assert_eq!(config.smtp.expect("smtp").port(), 587);
    }

    #[test]
    fn large_providers_are_written_to_slowly_unless_told_otherwise() {
        let (usual, named) =
            read("[smtp]\nhost = \"h\"\nfrom = \"a@b\"\npace = { default = 9, \"QQ.com\" = 5 }").expect("reads").pace();
        assert_eq!((usual, named.get("qq.com"), named.get("163.com")), (Some(9), Some(&5), Some(&30)));
    }

    #[test]
    fn plain_http_stays_at_home() {
        for (text, may) in [
            ("base_url = \"http://127.0.0.1:8080\"", true),
            ("base_url = \"http://zhipai.example\"", false),
            ("base_url = \"http://zhipai.example\"\ninsecure_http = true", true),
            ("base_url = \"http://localhost:8080\"\nbind = \"0.0.0.0:8080\"", false),
            ("base_url = \"https://zhipai.example\"\nbind = \"0.0.0.0:8080\"", true),
        ] {
            assert_eq!(read(text).expect("reads").check_serving().is_ok(), may, "{text}");
        }
    }
}
