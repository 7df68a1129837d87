//! The expert's way in to the own page (专家个人页): a link by mail that opens for ten minutes and once, then a session.
//!
//! Source: rules.md, "Defaults" (magic link 10 minutes, once). Contract: unknown addresses are answered alike; the database
//! keeps a random name of a link, never the link; a newer link takes the place of an older one. GET shows a button and
//! changes nothing, so a mail scanner does not use it up. Deliberately absent: cookies (`web::session`).

use super::contact;
use super::sign_in::{Holder, Opened, Terms, open_within};
use super::{Actor, Done, Letter, Office, Tx};
use crate::db;
use crate::db::expert::ExpertRow;
use crate::db::expert_link::ExpertLinkRow;
use crate::domain::event::Event;
use crate::domain::notice::NoticeKind;
use crate::domain::refusal::Refusal;
use crate::ids::{EmailChangeId, ExpertId};
use crate::seal::fingerprint;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use serde_json::json;

/// How long a link in opens.
pub const LIVES: TimeDelta = TimeDelta::minutes(10);

crate::domain::text_enum! {
    /// What a one-time link of an expert is for.
    pub enum LinkPurpose {
        /// In to the own page.
        Enter = "enter",
        /// The new address confirms.
        EmailConfirm = "email-confirm",
        /// The old address objects.
        EmailObject = "email-object",
    }
}

/// What binds a sealed link to its use.
const SEALED_AS: &str = "expert-link";

/// Owes the holder of that address a letter with a link in; nothing for an unknown address.
///
/// # Errors
/// A fault.
pub fn ask_in(office: &Office, email: &str) -> Done<()> {
    let email = email.trim().to_lowercase();
    office.write(|tx| match contact::by_email(&tx.office.keys, tx.conn, &email)? {
        Some(row) => {
            let name = new_link(tx, row.id, LinkPurpose::Enter, None, LIVES)?;
            let mut letter = Letter::new(NoticeKind::EnterPage, dedup(LinkPurpose::Enter, &name));
            letter.expert = Some(row.id);
            // The holder asked, as far as we know: the letter leaves at once.
            tx.owe(&Actor::Expert(row.id), letter)
        }
        None => Ok(()),
    })
}

/// The key a link's letter is recognised by, from which its secret is sealed anew at sending.
pub(super) fn dedup(purpose: LinkPurpose, name: &str) -> String {
    format!("{purpose}:{name}")
}

/// Notes a one-time link in place of older ones; answers its name.
pub(super) fn new_link(
    tx: &mut Tx<'_>,
    expert: ExpertId,
    purpose: LinkPurpose,
    change: Option<EmailChangeId>,
    lives: TimeDelta,
) -> Done<String> {
    let name = fingerprint(&tx.office.chance.bytes::<32>());
    db::expert_link::use_up_all(tx.conn, expert, purpose.as_str(), tx.now.naive_utc())?;
    let row = ExpertLinkRow {
        hash: name.clone(),
        purpose: purpose.as_str().to_owned(),
        expert,
        email_change: change,
        expires_at: (tx.now + lives).naive_utc(),
        used_at: None,
    };
    db::expert_link::insert(tx.conn, &row)?;
    Ok(name)
}

/// The secret of the link a letter carries, from its dedup key, and what it is for; `None` for other letters.
#[must_use]
pub fn link_secret(office: &Office, dedup_key: &str) -> Option<String> {
    let (_, name) = link_name(dedup_key)?;
    Some(URL_SAFE_NO_PAD.encode(office.keys.seal_text(SEALED_AS, office.chance.bytes(), name.as_bytes())))
}

/// Purpose and name in a letter's key.
pub(super) fn link_name(dedup_key: &str) -> Option<(LinkPurpose, &str)> {
    let (purpose, name) = dedup_key.split_once(':')?;
    Some((purpose.parse().ok()?, name))
}

/// The live link behind a secret.
pub(super) fn live(
    conn: &mut db::Conn,
    office: &Office,
    secret: &str,
    purpose: LinkPurpose,
) -> Done<(ExpertLinkRow, ExpertRow)> {
    let name = URL_SAFE_NO_PAD
        .decode(secret)
        .ok()
        .and_then(|sealed| office.keys.open_text(SEALED_AS, &sealed))
        .and_then(|name| String::from_utf8(name).ok())
        .ok_or(Refusal::LinkUnknown)?;
    let link =
        db::expert_link::live(conn, &name, purpose.as_str(), office.now().naive_utc())?.ok_or(Refusal::LinkUnknown)?;
    let row = db::expert::find(conn, &link.expert)?.ok_or(Refusal::LinkUnknown)?;
    Ok((link, row))
}

/// Whose link it is, while it opens. Changes nothing.
///
/// # Errors
/// [`Refusal::LinkUnknown`].
pub fn holder(office: &Office, secret: &str, purpose: LinkPurpose) -> Done<ExpertRow> {
    Ok(live(&mut *office.read()?, office, secret, purpose)?.1)
}

/// Uses a link up and opens a session.
///
/// # Errors
/// [`Refusal::LinkUnknown`] when it was used, is too old, or a newer one was asked for.
pub fn enter(office: &Office, terms: Terms, secret: &str) -> Done<Opened> {
    office.write(|tx| {
        let (link, row) = live(tx.conn, tx.office, secret, LinkPurpose::Enter)?;
        if !db::expert_link::use_up(tx.conn, &link.hash, tx.now.naive_utc())? {
            return Err(Refusal::LinkUnknown.into());
        }
        let opened = open_within(tx, Holder::Expert(row.id), false, terms.absolute, None)?;
        tx.event(row.id.as_str(), &Actor::Expert(row.id), Event::SignedIn, &json!({"by": "link"}))?;
        Ok(opened)
    })
}
