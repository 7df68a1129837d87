//! `zhipai serve`: the service itself.

use super::opening::{self, Failure, hold};
use crate::actions::account::offer_first_administrator;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::jobs::Desk;
use crate::jobs::supervisor::Supervisor;
use crate::jobs::worker::Worker;
use crate::mail::dkim::DkimKey;
use crate::mail::imap::{Imap, ImapSettings};
use crate::mail::inbox::{Inbox, Maildir};
use crate::mail::pacing::Pace;
use crate::mail::{Mailer, Sender, Smtp, SmtpSettings, SmtpTls};
use crate::web::frame::SiteInfo;
use crate::web::network::Network;
use crate::web::pages::sheet_work;
use crate::web::server::{Ending, Site, serve};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

/// The mailer the configuration names; `None` is mail off.
///
/// # Errors
/// When the settings cannot be used.
pub fn mailer(config: &Config) -> Result<Option<Arc<dyn Mailer>>, Failure> {
    let Some(smtp) = &config.smtp else { return Ok(None) };
    let mut settings = smtp_settings(smtp);
    settings.dkim = dkim(smtp)?.map(Arc::new);
    let smtp = Smtp::new(&settings).map_err(|error| format!("smtp: {error}"))?;
    Ok(Some(Arc::new(smtp)))
}

/// The key letters are signed with, if the office signs them itself.
fn dkim(smtp: &crate::config::Smtp) -> Result<Option<DkimKey>, Failure> {
    let Some(dkim) = &smtp.dkim else { return Ok(None) };
    let wrong = |why: String| format!("smtp.dkim.key_file: {}: {why}", dkim.key_file.display());
    let pem = std::fs::read_to_string(&dkim.key_file).map_err(|error| wrong(error.to_string()))?;
    let domain = dkim.domain.clone().unwrap_or_else(|| smtp.domain().to_owned());
    DkimKey::from_pem(&pem, &domain, &dkim.selector).map(Some).map_err(|error| wrong(error.to_string()))
}

/// The mail server's settings as the mailer wants them.
#[must_use]
pub fn smtp_settings(smtp: &crate::config::Smtp) -> SmtpSettings {
    SmtpSettings {
        host: smtp.host.clone(),
        port: smtp.port,
        tls: match smtp.tls {
            crate::config::SmtpTls::Starttls => SmtpTls::StartTls,
            crate::config::SmtpTls::Tls => SmtpTls::Tls,
            crate::config::SmtpTls::None => SmtpTls::None,
        },
        login: smtp.user.clone().zip(smtp.password.clone()),
        hello: None,
        extra_root_pem: None,
        connections: 4,
        timeout: crate::mail::smtp::TIMEOUT,
        dkim: None,
    }
}

/// In whose name letters go out.
#[must_use]
pub fn sender(config: &Config) -> Sender {
    Sender {
        name: config.site.name.clone(),
        name_en: config.site.name.clone(),
        address: config.smtp.as_ref().map_or_else(|| "zhipai@localhost".to_owned(), |smtp| smtp.from.clone()),
        reply_to: None,
    }
}

/// How fast each domain is written to.
#[must_use]
pub fn pace(config: &Config) -> Pace {
    let (usual, named) = config.pace();
    Pace { usual, named }
}

/// The mailboxes that are read.
///
/// # Errors
/// When the settings cannot be used.
pub fn inboxes(config: &Config) -> Result<Vec<Arc<dyn Inbox>>, Failure> {
    let mut inboxes: Vec<Arc<dyn Inbox>> = Vec::new();
    if let Some(folder) = &config.mail_in.maildir {
        inboxes.push(Arc::new(Maildir::new(folder.clone())));
    }
    if let Some(imap) = &config.mail_in.imap {
        let settings = ImapSettings {
            host: imap.host.clone(),
            port: imap.port,
            tls: imap.tls,
            user: imap.user.clone(),
            password: imap.password.clone().unwrap_or_default(),
            folder: imap.folder.clone(),
            extra_root_pem: None,
            timeout: Duration::from_secs(30),
        };
        inboxes.push(Arc::new(Imap::new(settings).map_err(|error| format!("mail_in.imap: {error}"))?));
    }
    Ok(inboxes)
}

/// Serves until the system asks to stop.
///
/// # Errors
/// One clear line for whatever is in the way.
pub fn run(config: &Config) -> Result<(), Failure> {
    config.check_serving().map_err(|fault| fault.to_string())?;
    let _held = hold(config.database())?;
    let office = Arc::new(opening::office(config, Arc::new(SystemClock))?);
    office.warm_answers();
    let mut site = Site::new(office.chance.secret());
    site.info = SiteInfo {
        name: config.site.name.clone(),
        organiser: config.site.organiser.clone(),
        icp: config.site.icp.clone(),
        police: config.site.police.clone(),
        site_code: config.site.site_code.clone(),
        supervision_phone: config.site.supervision_phone.clone(),
    };
    site.plain_http = config.is_plain_http();
    site.mail_off = config.smtp.is_none();
    site.metrics_token = config.metrics_token.clone();
    site.trusted_proxies = config
        .trusted_proxies
        .iter()
        .map(|text| text.parse::<Network>().map_err(|_| format!("trusted_proxies: {text} is no address or network")))
        .collect::<Result<_, _>>()?;
    let listener = TcpListener::bind(config.bind).map_err(|error| format!("bind {}: {error}", config.bind))?;
    if let Some(secret) = offer_first_administrator(&office).map_err(|error| error.to_string())? {
        println!("首位管理员 / first administrator: {}/first/{secret}", office.settings.base_url);
    }
    if config.smtp.is_none() {
        println!(
            "未配置邮件服务器，信件只排队不发出 / mail is off: letters wait, links are shown for staff to pass on"
        );
    }
    println!("知派 Zhipai: {}", office.settings.base_url);
    let desk = Desk::new(Arc::clone(&office), mailer(config)?, sender(config))
        .paced(pace(config))
        .reading(inboxes(config)?)
        .rooted(config.data_dir.join("audit-roots.jsonl"));
    let importing = Arc::clone(&office);
    let _sheets = Worker::start("sheets", sheet_work::REST, move || sheet_work::work_all(&importing).map(drop))
        .map_err(|error| format!("sheets: {error}"))?;
    let _jobs = Supervisor::start(desk).map_err(|error| format!("jobs: {error}"))?;
    actix_web::rt::System::new().block_on(async {
        let serving = serve(Arc::clone(&office), Arc::new(site), listener, config.workers, Ending::Signal)
            .map_err(|error| error.to_string())?;
        let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
        let ended = serving.server.await.map_err(|error| error.to_string());
        let _ = sd_notify::notify(&[sd_notify::NotifyState::Stopping]);
        ended
    })
}
