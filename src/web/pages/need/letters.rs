//! Letters of a need: what became of each (never 「已送达」: a mail server took it, no more is known), and the letter as
//! it was sent.
//!
//! The text is opened from its seal for this page alone. Addresses and phone numbers other than the need's own and the
//! station's are masked: who may see an expert's contact data reads it on the expert's page, where reading is noted.

use super::clock::machine;
use super::kept::plain_text;
use super::seats::People;
use super::view::{NeedView, masked_email, masked_phone};
use super::words::Tag;
use crate::actions::kept_letter;
use crate::db;
use crate::db::outbox::OutboxRow;
use crate::domain::contact::{Email, Phone};
use crate::domain::notice::Audience;
use crate::domain::refusal::Refusal;
use crate::i18n::L;
use crate::ids::{AccountId, LetterId, OutboxId};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::frame::Frame;
use std::collections::HashMap;

/// One letter, in words.
pub struct LetterView {
    /// What it is.
    pub title: String,
    /// Where it can be read; empty before it was sent.
    pub href: String,
    /// To whom.
    pub to: String,
    /// What became of it.
    pub tag: Tag,
    /// Why it has not left, or why it came back; may be empty.
    pub why: String,
    /// RFC 3339.
    pub machine: String,
    /// When it was taken, is to leave, or was owed.
    pub when: String,
}

fn state_tag(l: L, state: &str) -> Tag {
    let (kind, symbol) = match state {
        "queued" | "sending" => ("wait", "clock"),
        "accepted" | "relayed" => ("ok", "check"),
        "delivered" | "told" => ("ok", "checkc"),
        "delayed" => ("soon", "clock"),
        "bounced" => ("late", "mailx"),
        "failed" => ("late", "alert"),
        _ => ("", "xc"),
    };
    let key = format!("need-letter-{state}");
    Tag { kind, symbol, text: if l.has(&key) { l.t(&key) } else { state.to_owned() } }
}

/// The letters of a need, newest first.
///
/// # Errors
/// A fault.
pub fn letters(call: &Call, view: &NeedView, people: &People) -> Result<Vec<LetterView>, WebError> {
    let l = call.l;
    let mut reader = call.office.read()?;
    let rows = db::outbox::of_need(&mut reader, view.need.id)?;
    let ids: Vec<OutboxId> = rows.iter().map(|row| row.id).collect();
    let sent: HashMap<OutboxId, LetterId> =
        db::letter::sent_of(&mut reader, &ids)?.into_iter().map(|(row, letter, _)| (row, letter)).collect();
    let accounts: Vec<AccountId> = rows.iter().filter_map(|row| row.account).collect();
    let names: HashMap<AccountId, String> = db::account::names_of(&mut reader, &accounts)?.into_iter().collect();
    Ok(rows.iter().map(|row| line(l, call, view, row, people, &sent, &names)).collect())
}

fn line(
    l: L,
    call: &Call,
    view: &NeedView,
    row: &OutboxRow,
    people: &People,
    sent: &HashMap<OutboxId, LetterId>,
    names: &HashMap<AccountId, String>,
) -> LetterView {
    let kind = row.notice.get().kind;
    let to = match kind.audience() {
        Audience::Expert => {
            row.expert.and_then(|id| people.get(&id)).map(|expert| expert.name.clone()).unwrap_or_default()
        }
        Audience::Enterprise => l.a("need-letter-to-enterprise", &[("name", &view.contact().0)]),
        Audience::Staff => row.account.and_then(|id| names.get(&id)).cloned().unwrap_or_default(),
    };
    let waits = matches!(row.state.as_str(), "queued" | "sending");
    let at = match row.accepted_at {
        Some(at) => at.and_utc(),
        None if waits => row.not_before.and_utc(),
        None => row.created_at.and_utc(),
    };
    let why = match row.state.as_str() {
        _ if row.digest.is_some() && row.state != "void" => l.t("need-letter-carried"),
        "queued" if call.site.mail_off => l.t("need-letter-mail-off"),
        "queued" if row.attempts > 0 => l.a("need-letter-again", &[("n", &row.attempts.to_string())]),
        "queued" if at > call.now => l.t("need-letter-later"),
        "bounced" | "failed" => row.last_error.clone().unwrap_or_default(),
        _ => String::new(),
    };
    LetterView {
        title: l.t(&format!("notice-{kind}")),
        href: sent.get(&row.id).map(|letter| format!("/letters/{letter}")).unwrap_or_default(),
        to,
        tag: state_tag(l, row.whereabouts()),
        why,
        machine: machine(at),
        when: l.short_instant(at),
    }
}

#[derive(askama::Template)]
#[template(path = "pages/need_letter.html", config = "src/web/askama.toml")]
struct LetterPage {
    f: Frame,
    title: String,
    back: String,
    number: String,
    text: String,
    sent_at: String,
    sha256: String,
    version: String,
}

/// Whether a character may stand in an address or a number.
const fn belongs(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '@' | '.' | '_' | '-' | '+')
}

/// The text with every address and phone number masked that is not among `known`.
#[must_use]
pub fn masked(text: &str, known: &[&str]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        let (word, beyond) = rest.split_at(end);
        out.push_str(&masked_word(word, known));
        let step = beyond.chars().next().map_or(0, char::len_utf8);
        let (between, after) = beyond.split_at(step);
        out.push_str(between);
        rest = after;
    }
    out
}

fn masked_word(word: &str, known: &[&str]) -> String {
    let core = word.trim_end_matches(['.', '-']);
    if core.is_empty() || known.iter().any(|one| one.eq_ignore_ascii_case(core)) {
        return word.to_owned();
    }
    let tail = word.get(core.len()..).unwrap_or_default();
    if core.contains('@') && core.parse::<Email>().is_ok() {
        return format!("{}{tail}", masked_email(core));
    }
    let digits = core.bytes().filter(u8::is_ascii_digit).count();
    let number_like = digits >= 7 && core.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+'));
    if number_like && core.parse::<Phone>().is_ok() {
        return format!("{}{tail}", masked_phone(core));
    }
    word.to_owned()
}

/// `GET /letters/{id}`: a letter of a need within the account's scope, as it was sent.
///
/// # Errors
/// [`Refusal::NotFound`] outside the scope, for letters of no need, ; a fault. A letter of a person who was erased says so.
pub fn show(call: &Call) -> Answered {
    let id: LetterId = call.id("id")?;
    let mut reader = call.office.read()?;
    let letter = db::letter::find(&mut reader, &id)?.ok_or(Refusal::NotFound)?;
    let row = db::outbox::find(&mut reader, &letter.outbox)?.ok_or(Refusal::NotFound)?;
    let opened = kept_letter::read(&call.office.keys, &mut reader, &letter, &row)?;
    drop(reader);
    let view = super::view::load(call, row.need.ok_or(Refusal::NotFound)?)?;
    let opened = opened.unwrap_or_else(|| call.l.t("personal-letter-erased").into_bytes());
    let whole = String::from_utf8_lossy(&opened).into_owned();
    let text = plain_text(&whole).unwrap_or(whole);
    let mut known = vec![
        view.station.phone.as_str(),
        view.station.supervision_phone.as_str(),
        call.site.info.supervision_phone.as_str(),
    ];
    if view.may_work {
        known.extend(view.reach.phone.as_deref());
        known.extend(view.reach.email.as_deref());
    }
    known.retain(|one| !one.is_empty());
    Answer::page(&LetterPage {
        f: call.frame("needs"),
        title: call.l.t(&format!("notice-{}", row.notice.get().kind)),
        back: format!("/needs/{}", view.need.id),
        number: view.need.number.clone(),
        text: masked(&text, &known),
        sent_at: call.l.instant(letter.sent_at.and_utc()),
        sha256: letter.sha256,
        version: letter.template_version,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    #[test]
    fn addresses_and_numbers_of_others_are_masked_in_a_letter() {
        let text = "专家：顾明岚，13900139000，gu@example.com。\n企业电话：13800138000\n编号 XQ-2026-000123，2026-05-08 15:12。";
        let masked = masked(text, &["13800138000"]);
        assert!(!masked.contains("13900139000") && !masked.contains("gu@example.com"), "{masked}");
        assert!(
            masked.contains("企业电话：13800138000") && masked.contains("XQ-2026-000123，2026-05-08 15:12。"),
            "{masked}"
        );
    }

    #[test]
    fn no_letter_is_ever_said_to_have_been_delivered() {
        for lang in [Lang::Zh, Lang::En] {
            for state in [
                "queued",
                "sending",
                "accepted",
                "bounced",
                "failed",
                "void",
                "delivered",
                "relayed",
                "delayed",
                "told",
            ] {
                let tag = state_tag(L(lang), state);
                assert!(
                    !tag.text.contains("送达")
                        && !tag.text.to_lowercase().contains("delivered")
                        && !tag.text.contains('⟦'),
                    "{tag:?}"
                );
                assert_ne!(tag.text, state);
            }
        }
    }
}
