//! The second factor: time-based codes of six digits (RFC 6238: SHA-1, 30 seconds, one step either way).
//!
//! The key is kept sealed, bound to its account. A code counts once: the step of the last one is kept, and only later
//! steps are taken.

use crate::actions::{Actor, Done, Office};
use crate::db;
use crate::db::account::AccountRow;
use crate::domain::event::Event;
use crate::domain::refusal::Refusal;
use crate::ids::AccountId;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde_json::json;
use totp_rs::{Builder, Secret, Totp};

/// A key offered to an account, not in force until a code made with it came back.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The key in base 32, to be typed by hand.
    pub key: String,
    /// The `otpauth:` address, for a QR picture.
    pub address: String,
    /// The key sealed for the form to carry.
    pub sealed: String,
}

fn row_name(account: AccountId) -> String {
    format!("totp:{account}")
}

fn generator(secret: &[u8]) -> Option<Totp> {
    Builder::new().with_secret(secret.to_vec()).build().ok()
}

fn percent(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

fn offered(office: &Office, account: AccountId, email: &str, key: &[u8]) -> Offer {
    let sealed = office.keys.seal_text(&format!("offer:{account}"), office.chance.bytes(), key);
    let key = Secret::from(key.to_vec()).to_base32();
    Offer {
        address: format!("otpauth://totp/Zhipai:{}?secret={key}&issuer=Zhipai", percent(email)),
        sealed: URL_SAFE_NO_PAD.encode(sealed),
        key,
    }
}

/// Offers an account a new key.
#[must_use]
pub fn offer(office: &Office, account: AccountId, email: &str) -> Offer {
    offered(office, account, email, &office.chance.bytes::<20>())
}

/// The same offer again, after a wrong code; a new one when what came back is not ours.
#[must_use]
pub fn offer_again(office: &Office, account: AccountId, email: &str, sealed: &str) -> Offer {
    match opened(office, account, sealed) {
        Some(key) => offered(office, account, email, &key),
        None => offer(office, account, email),
    }
}

fn opened(office: &Office, account: AccountId, sealed: &str) -> Option<Vec<u8>> {
    office.keys.open_text(&format!("offer:{account}"), &URL_SAFE_NO_PAD.decode(sealed).ok()?)
}

/// Puts an offered key in force, once a code made with it came back.
///
/// # Errors
/// [`Refusal::WrongCode`]; [`Refusal::FormExpired`] when the offer is not this account's.
pub fn enrol(office: &Office, actor: &Actor, sealed: &str, code: &str) -> Done<()> {
    let account = actor.account().ok_or(Refusal::NotYours)?;
    let key = opened(office, account, sealed).ok_or(Refusal::FormExpired)?;
    office.write(|tx| {
        let mut row = db::account::find(tx.conn, &account)?.ok_or(Refusal::NotFound)?;
        row.totp_secret = Some(office.keys.seal_text(&row_name(account), office.chance.bytes(), &key));
        row.totp_last_step = None;
        if !take_code(office, &mut row, code, tx.now) {
            return Err(Refusal::WrongCode.into());
        }
        db::account::save(tx.conn, &row)?;
        tx.event(&format!("account:{account}"), actor, Event::AccountKept, &json!({ "second_factor": "enrolled" }))
    })
}

/// Takes a code if it is right and later than the last; the row then remembers its step, and is to be saved.
#[must_use]
pub fn take_code(office: &Office, row: &mut AccountRow, code: &str, now: DateTime<Utc>) -> bool {
    let opened = row.totp_secret.as_deref().and_then(|sealed| office.keys.open_text(&row_name(row.id), sealed));
    let Some(totp) = opened.as_deref().and_then(generator) else { return false };
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let step =
        totp.check(&digits, u64::try_from(now.timestamp()).unwrap_or(0)).and_then(|step| i64::try_from(step).ok());
    match step {
        Some(step) if row.totp_last_step.is_none_or(|last| step > last) => {
            row.totp_last_step = Some(step);
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // RFC 6238, appendix B, cut to six digits.
        let totp = generator(b"12345678901234567890").expect("long enough");
        for (time, code) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            assert_eq!(totp.check(code, time), Some(time / 30));
        }
    }
}
