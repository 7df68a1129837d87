//! The machine's own figures, for managers and administrators: letters, accounts, the index, and what to see to.

use super::Stat;
use crate::db::office_health::MailHealth;
use crate::db::{self, Conn};
use crate::domain::calendar::beijing_date;
use crate::domain::role::Role;
use crate::i18n::L;
use crate::search::Kind;
use crate::web::call::Call;
use chrono::{DateTime, Utc};

/// The letters, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailView {
    /// `ok`, `soon` or `late`.
    pub kind: &'static str,
    /// Icon.
    pub symbol: &'static str,
    /// Whether all is well.
    pub say: String,
    /// What is counted, and how many.
    pub lines: Vec<(String, i64)>,
}

/// Something to see to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// `soon` or `late`.
    pub kind: &'static str,
    /// What, and what to do.
    pub text: String,
}

/// Accounts that can sign in, and all of them.
///
/// # Errors
/// What the database says.
pub fn accounts(conn: &mut Conn) -> diesel::QueryResult<(usize, usize)> {
    let all = db::account::all(conn)?;
    Ok((all.iter().filter(|account| account.disabled_at.is_none()).count(), all.len()))
}

/// A letter that could leave and has waited so long shows that the mail stands still.
const LONG: chrono::TimeDelta = chrono::TimeDelta::minutes(15);

fn stands_still(mail: &MailHealth, now: DateTime<Utc>) -> bool {
    mail.oldest_due.is_some_and(|due| now - due.and_utc() > LONG)
}

/// The letters, in words.
#[must_use]
pub fn mail(l: L, now: DateTime<Utc>, mail: &MailHealth) -> MailView {
    let (kind, symbol, say) = match mail.oldest_due.filter(|_| stands_still(mail, now)) {
        Some(due) => {
            let waited = l.span((now - due.and_utc()).num_minutes());
            ("late", "mailx", l.a("desk-mail-still", &[("waited", &waited)]))
        }
        None if mail.failed + mail.bounced > 0 => ("soon", "mailx", l.t("desk-mail-lost")),
        None => ("ok", "mail", l.t("desk-mail-well")),
    };
    let lines =
        [("queued", mail.queued), ("sending", mail.sending), ("bounced", mail.bounced), ("failed", mail.failed)];
    let lines = lines.into_iter().map(|(key, count)| (l.t(&format!("desk-mail-{key}")), count)).collect();
    MailView { kind, symbol, say, lines }
}

/// Letters that came back or were given up in the last week.
#[must_use]
pub fn lost_mail(l: L, mail: &MailHealth) -> Stat {
    let lost = mail.bounced + mail.failed;
    Stat {
        href: "#mail".to_owned(),
        kind: if lost > 0 { "late" } else { "" },
        symbol: "mailx",
        label: l.t("desk-stat-mail"),
        number: lost.to_string(),
        unit: l.a("desk-unit-letters", &[("n", &lost.to_string())]),
        note: l.t("desk-stat-mail-note"),
    }
}

/// Accounts and the index, for an administrator.
#[must_use]
pub fn figures(call: &Call, (active, all): (usize, usize)) -> Vec<Stat> {
    let l = call.l;
    let needs = call.office.index.current().and_then(|index| index.count(Kind::Need).ok());
    let documents = needs.unwrap_or(0).to_string();
    vec![
        Stat {
            href: "/accounts".to_owned(),
            kind: "",
            symbol: "key",
            label: l.t("desk-stat-accounts"),
            number: active.to_string(),
            unit: String::new(),
            note: l.a("desk-stat-accounts-note", &[("n", &all.to_string())]),
        },
        Stat {
            href: "/needs".to_owned(),
            kind: "",
            symbol: "search",
            label: l.t("desk-stat-index"),
            unit: l.a("desk-unit", &[("n", &documents)]),
            number: documents,
            note: l.t("desk-stat-index-note"),
        },
    ]
}

/// What somebody should see to, as far as this process can tell (`zhipai doctor` looks further).
#[must_use]
pub fn hints(call: &Call, role: Role, mail: Option<&MailHealth>) -> Vec<Hint> {
    let l = call.l;
    let mut hints = Vec::new();
    if matches!(role, Role::Manager | Role::Admin)
        && let Some(year) = call.office.calendar().missing_year(beijing_date(call.now))
    {
        hints.push(Hint { kind: "soon", text: l.a("desk-hint-calendar", &[("year", &year.to_string())]) });
    }
    if matches!(role, Role::Manager | Role::Admin) && call.office.clock_is_back() {
        hints.push(Hint { kind: "late", text: l.t("desk-hint-clock-back") });
    }
    if role != Role::Admin {
        return hints;
    }
    if call.site.mail_off {
        hints.push(Hint { kind: "late", text: l.t("desk-hint-mail-off") });
    } else if mail.is_some_and(|mail| stands_still(mail, call.now)) {
        hints.push(Hint { kind: "late", text: l.t("desk-hint-mail-still") });
    }
    if call.office.index.is_kept() && call.office.index.current().is_none() {
        hints.push(Hint { kind: "soon", text: l.t("search-absent") });
    }
    if call.site.demo.is_some() {
        return hints;
    }
    if call.site.plain_http {
        hints.push(Hint { kind: "soon", text: l.t("desk-hint-plain-http") });
    }
    if !call.office.settings.second_factor {
        hints.push(Hint { kind: "soon", text: l.t("desk-hint-second-factor") });
    }
    hints
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use chrono::TimeDelta;

    #[test]
    fn mail_that_stands_still_is_told_before_letters_that_were_lost() {
        let now = DateTime::from_timestamp(1_770_000_000, 0).expect("a moment");
        let well = MailHealth::default();
        let lost = MailHealth { bounced: 2, ..well };
        let still = MailHealth { oldest_due: Some((now - TimeDelta::hours(2)).naive_utc()), ..lost };
        let fresh = MailHealth { oldest_due: Some((now - TimeDelta::minutes(2)).naive_utc()), queued: 1, ..well };
        for lang in [Lang::Zh, Lang::En] {
            for (health, kind) in [(well, "ok"), (lost, "soon"), (still, "late"), (fresh, "ok")] {
                let view = mail(L(lang), now, &health);
                assert_eq!(view.kind, kind);
                assert!(!format!("{view:?}{:?}", lost_mail(L(lang), &health)).contains('⟦'), "{view:?}");
            }
        }
    }
}
