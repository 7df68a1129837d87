//! Mail (邮件): how it is, for managers and administrators: what left last, what waits, what comes back, the alarm that
//! stops the worker, the mailboxes that are read.

use super::super::routes::{Access, Route, get, post};
use crate::actions::mail_alarm;
use crate::actions::mail_alarm::Alarm;
use crate::db;
use crate::db::mail_state::INBOX;
use crate::db::office_health::mail_health;
use crate::domain::role::Right;
use crate::i18n::L;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::frame::Frame;
use chrono::TimeDelta;

/// The rows of the table.
#[must_use]
pub fn rows() -> Vec<Route> {
    let mut rows = vec![
        get("/mail", Access::SignedIn(Right::Audit), show),
        post("/mail/retry", Access::SignedIn(Right::Audit), retry),
    ];
    rows.extend(super::mail_waiting::rows());
    rows
}

/// What stands on one line: a label and a value.
type Line = (String, String);

/// A mailbox that is read.
struct Mailbox {
    name: String,
    when: String,
    wrong: String,
}

#[derive(askama::Template)]
#[template(path = "pages/mail.html", config = "src/web/askama.toml")]
struct MailPage {
    f: Frame,
    kind: &'static str,
    symbol: &'static str,
    state: String,
    alarm: String,
    alarm_when: String,
    may_retry: bool,
    off: bool,
    lines: Vec<Line>,
    domains: Vec<Line>,
    mailboxes: Vec<Mailbox>,
    heard: Vec<Line>,
}

/// `GET /mail`.
///
/// # Errors
/// A fault.
pub fn show(call: &Call) -> Answered {
    let l = call.l;
    let role = call.staff()?.role;
    let since = (call.now - TimeDelta::days(7)).naive_utc();
    let mut reader = call.office.read()?;
    let health = mail_health(&mut reader, call.now)?;
    let alarm = mail_alarm::standing(&mut reader)?;
    let last = db::mail_health::last_accepted(&mut reader)?;
    let domains = db::mail_health::bounced_by_domain(&mut reader, since)?;
    let states = db::mail_state::all(&mut reader)?;
    let heard = db::received_mail::counts_since(&mut reader, since)?;
    drop(reader);
    let oldest = health.oldest_due.map(|due| l.span((call.now - due.and_utc()).num_minutes().max(0)));
    let (kind, symbol, state) = match &alarm {
        _ if call.site.mail_off => ("late", "mailx", l.t("mail-state-off")),
        Some(_) => ("late", "alert", l.t("mail-state-stopped")),
        None if health.failed + health.bounced > 0 => ("soon", "mailx", l.t("mail-state-lost")),
        None => ("ok", "check", l.t("mail-state-well")),
    };
    let page = MailPage {
        f: call.frame("mail"),
        kind,
        symbol,
        state,
        alarm: alarm.as_ref().map(|alarm| alarm.why.clone()).unwrap_or_default(),
        alarm_when: alarm.as_ref().map(|alarm| alarm_words(l, alarm)).unwrap_or_default(),
        may_retry: role.has(Right::Decide) || role.has(Right::Administer),
        off: call.site.mail_off,
        lines: vec![
            (l.t("mail-last"), last.map_or_else(|| l.t("mail-never"), |at| l.instant(at.and_utc()))),
            (l.t("mail-queued"), health.queued.to_string()),
            (l.t("mail-oldest"), oldest.unwrap_or_else(|| "—".to_owned())),
            (l.t("mail-sending"), health.sending.to_string()),
            (l.t("mail-bounced"), health.bounced.to_string()),
            (l.t("mail-failed"), health.failed.to_string()),
        ],
        domains: domains
            .into_iter()
            .map(|(domain, count)| (domain.unwrap_or_else(|| l.t("mail-domain-unknown")), count.to_string()))
            .collect(),
        mailboxes: states
            .into_iter()
            .filter_map(|row| {
                let name = row.key.strip_prefix(INBOX)?;
                let label = format!("mail-inbox-{name}");
                Some(Mailbox {
                    name: if l.has(&label) { l.t(&label) } else { name.to_owned() },
                    when: l.instant(row.at.and_utc()),
                    wrong: row.value,
                })
            })
            .collect(),
        heard: heard.into_iter().map(|(kind, count)| (l.t(&format!("mail-heard-{kind}")), count.to_string())).collect(),
    };
    Answer::page(&page)
}

fn alarm_words(l: L, alarm: &Alarm) -> String {
    l.a("mail-alarm-when", &[("since", &l.instant(alarm.since)), ("until", &l.instant(alarm.until))])
}

/// `POST /mail/retry`.
///
/// # Errors
/// A refusal when no alarm stands; a fault.
pub fn retry(call: &Call) -> Answered {
    mail_alarm::try_again(&call.office, &call.actor()?)?;
    Ok(Answer::see_other("/mail").flash("flash-mail-retry", &[]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::incoming::Said;
    use crate::i18n::Lang;

    #[test]
    fn every_sort_of_message_has_a_word() {
        let kinds = [
            Said::Failed { status: String::new(), text: String::new() },
            Said::Delayed,
            Said::Delivered,
            Said::Relayed,
            Said::Away { from: None, until: None },
            Said::Complaint,
            Said::Reply,
        ];
        for lang in [Lang::Zh, Lang::En] {
            for kind in kinds.iter().map(Said::as_str).chain(["unmatched"]) {
                assert!(L(lang).has(&format!("mail-heard-{kind}")), "{kind}");
            }
            for inbox in ["pipe", "maildir", "imap"] {
                assert!(L(lang).has(&format!("mail-inbox-{inbox}")), "{inbox}");
            }
        }
    }
}
