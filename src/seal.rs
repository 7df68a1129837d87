//! Seals: links that carry their own proof, and texts that only the key's holder can read.
//!
//! A link token is `key id | purpose | subject | round | expiry | HMAC-SHA256` in base64url (RFC 2104, RFC 4648). It is
//! checked against the seal here and against the state by the action, so a reminder never breaks an earlier link. The
//! sealed expiry is hygiene, never the deadline (rules.md, "The answer"). Texts are sealed with XChaCha20-Poly1305, the
//! row's id as associated data, so that a swapped row is noticed. Contact data and a person's own texts are sealed in
//! [`value`]. Deliberately absent: where keys are stored.

pub mod value;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use chrono::{DateTime, Utc};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What a link opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// An offer: answer, release, feedback. Subject: an assignment.
    Answer,
    /// Where the enterprise's matter stands. Subject: a need.
    Status,
    /// The enterprise's rating. Subject: an assignment.
    Rate,
    /// 「非本人操作」. Subject: an assignment.
    NotMine,
    /// The expert's own view of a conduct case: statement, appeal, papers. Subject: a case.
    Case,
}

impl Purpose {
    const fn byte(self) -> u8 {
        match self {
            Self::Answer => 1,
            Self::Status => 2,
            Self::Rate => 3,
            Self::NotMine => 4,
            Self::Case => 40,
        }
    }

    const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Self::Answer),
            2 => Some(Self::Status),
            3 => Some(Self::Rate),
            4 => Some(Self::NotMine),
            40 => Some(Self::Case),
            _ => None,
        }
    }
}

/// What a genuine token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What it opens.
    pub purpose: Purpose,
    /// The 36-character id of its subject.
    pub subject: String,
    /// The round it was sealed for.
    pub round: u16,
    /// After this the seal itself is too old.
    pub expires_at: DateTime<Utc>,
}

/// The keys by id; the highest id seals, every id opens.
#[derive(Clone)]
pub struct Keyring {
    keys: BTreeMap<u8, [u8; 32]>,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keyring").field("ids", &self.keys.keys()).finish_non_exhaustive()
    }
}

const MAC: usize = 20;
const BODY: usize = 1 + 1 + 16 + 2 + 4;

impl Keyring {
    /// A ring of keys; `None` when it is empty, or one has the id 0, which stands for a person's own key.
    #[must_use]
    pub fn new(keys: BTreeMap<u8, [u8; 32]>) -> Option<Self> {
        (!keys.is_empty() && !keys.contains_key(&0)).then_some(Self { keys })
    }

    /// The ids of the ring with a value that proves a key without giving it away.
    #[must_use]
    pub fn check_values(&self) -> Vec<(u8, String)> {
        self.keys.iter().map(|(id, key)| (*id, hex(&derive(key, "check")))).collect()
    }

    /// The ring as text lines `id base64`, for the key file and for backups.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.keys.iter().map(|(id, key)| format!("{id} {}\n", URL_SAFE_NO_PAD.encode(key))).collect()
    }

    /// Reads what [`to_text`](Self::to_text) wrote; `None` when a line is malformed.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let mut keys = BTreeMap::new();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let (id, key) = line.trim().split_once(' ')?;
            keys.insert(id.parse().ok()?, URL_SAFE_NO_PAD.decode(key).ok()?.try_into().ok()?);
        }
        Self::new(keys)
    }

    /// The ring with one more key, which seals from now on; `None` when every id is taken.
    #[must_use]
    pub fn with_another(&self, key: [u8; 32]) -> Option<Self> {
        let id = self.current().0.checked_add(1)?;
        let mut keys = self.keys.clone();
        keys.insert(id, key);
        Some(Self { keys })
    }

    /// The id of the key that seals.
    #[must_use]
    pub fn newest(&self) -> u8 {
        self.current().0
    }

    fn current(&self) -> (u8, &[u8; 32]) {
        self.keys.last_key_value().map_or((0, &[0; 32]), |(id, key)| (*id, key))
    }

    /// Seals a link. `subject` is a UUID's text.
    #[must_use]
    pub fn seal_link(&self, purpose: Purpose, subject: &str, round: u16, expires_at: DateTime<Utc>) -> String {
        let (id, key) = self.current();
        let mut token = Vec::with_capacity(BODY + MAC);
        token.push(id);
        token.push(purpose.byte());
        token.extend_from_slice(uuid::Uuid::try_parse(subject).unwrap_or_default().as_bytes());
        token.extend_from_slice(&round.to_be_bytes());
        let minutes = u32::try_from(expires_at.timestamp() / 60).unwrap_or(u32::MAX);
        token.extend_from_slice(&minutes.to_be_bytes());
        let mac = authenticate(key, &token);
        token.extend_from_slice(mac.get(..MAC).unwrap_or_default());
        URL_SAFE_NO_PAD.encode(token)
    }

    /// Opens a token: what it says, or `None` when it is malformed, changed, sealed by a key we lack, or too old.
    #[must_use]
    pub fn open_link(&self, token: &str, now: DateTime<Utc>) -> Option<Link> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        if bytes.len() != BODY + MAC {
            return None;
        }
        let (body, mac) = bytes.split_at(BODY);
        let key = self.keys.get(body.first()?)?;
        let mut expected = Hmac::<Sha256>::new_from_slice(&derive(key, "links")).ok()?;
        expected.update(body);
        expected.verify_truncated_left(mac).ok()?;
        let minutes = u32::from_be_bytes(body.get(20..24)?.try_into().ok()?);
        let expires_at = DateTime::from_timestamp(i64::from(minutes) * 60, 0)?;
        if now >= expires_at {
            return None;
        }
        Some(Link {
            purpose: Purpose::from_byte(*body.get(1)?)?,
            subject: uuid::Uuid::from_slice(body.get(2..18)?).ok()?.hyphenated().to_string(),
            round: u16::from_be_bytes(body.get(18..20)?.try_into().ok()?),
            expires_at,
        })
    }

    /// Signs a line that may stand in the open: `key id:HMAC-SHA256`, hex. Whoever has the database and not the key
    /// cannot write another line with a seal that holds.
    #[must_use]
    pub fn seal_line(&self, line: &str) -> String {
        let (id, key) = self.current();
        format!("{id}:{}", hex(&authenticate_with(&derive(key, "anchors"), line.as_bytes())))
    }

    /// Whether a line carries a seal of one of our keys.
    #[must_use]
    pub fn holds_line(&self, line: &str, seal: &str) -> bool {
        let Some((id, _)) = seal.split_once(':') else { return false };
        let Some(key) = id.parse().ok().and_then(|id: u8| self.keys.get(&id)) else { return false };
        seal == format!("{id}:{}", hex(&authenticate_with(&derive(key, "anchors"), line.as_bytes())))
    }

    /// Seals a text under the ring's newest key; `row` is bound to it, `nonce` is random.
    #[must_use]
    pub fn seal_text(&self, row: &str, nonce: [u8; 24], text: &[u8]) -> Vec<u8> {
        let (id, key) = self.current();
        sealed_under(id, &derive(key, "texts"), row, nonce, text)
    }

    /// Opens a sealed text; `None` when it was changed, belongs to another row, or the key is missing.
    #[must_use]
    pub fn open_text(&self, row: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let key = self.keys.get(sealed.first()?)?;
        opened_under(&derive(key, "texts"), row, sealed)
    }
}

/// `prefix | nonce | XChaCha20-Poly1305 of the text`, the row's name as associated data.
fn sealed_under(prefix: u8, key: &[u8; 32], row: &str, nonce: [u8; 24], text: &[u8]) -> Vec<u8> {
    let cipher = XChaCha20Poly1305::new(&Key::from(*key));
    let sealed = cipher.encrypt(&XNonce::from(nonce), Payload { msg: text, aad: row.as_bytes() }).unwrap_or_default();
    let mut out = vec![prefix];
    out.extend_from_slice(&nonce);
    out.extend_from_slice(&sealed);
    out
}

/// What [`sealed_under`] sealed, whatever its prefix.
fn opened_under(key: &[u8; 32], row: &str, sealed: &[u8]) -> Option<Vec<u8>> {
    let nonce: [u8; 24] = sealed.get(1..25)?.try_into().ok()?;
    let cipher = XChaCha20Poly1305::new(&Key::from(*key));
    cipher.decrypt(&XNonce::from(nonce), Payload { msg: sealed.get(25..)?, aad: row.as_bytes() }).ok()
}

/// A key of its own for each use, so that no seal can stand in for another.
fn derive(key: &[u8; 32], what_for: &str) -> [u8; 32] {
    let mac = authenticate_with(key, what_for.as_bytes());
    mac.try_into().unwrap_or([0; 32])
}

fn authenticate(key: &[u8; 32], message: &[u8]) -> Vec<u8> {
    authenticate_with(&derive(key, "links"), message)
}

fn authenticate_with(key: &[u8; 32], message: &[u8]) -> Vec<u8> {
    // HMAC takes keys of any length, so this cannot refuse one of 32 bytes.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256 in hexadecimal: how secrets of sessions, tokens and one-time links are kept.
#[must_use]
pub fn fingerprint(secret: &[u8]) -> String {
    hex(&Sha256::digest(secret))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn ring() -> Keyring {
        Keyring::new(BTreeMap::from([(1, [7; 32]), (2, [9; 32])])).expect("keys")
    }

    #[test]
    fn a_link_opens_as_it_was_sealed_and_any_flipped_bit_is_refused() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a date");
        let subject = "0190b4a2-1111-7abc-8def-0123456789ab";
        let token = ring().seal_link(Purpose::Answer, subject, 3, now + TimeDelta::days(90));
        let link = ring().open_link(&token, now).expect("genuine");
        assert_eq!((link.purpose, link.subject.as_str(), link.round), (Purpose::Answer, subject, 3));
        assert_eq!(ring().open_link(&token, now + TimeDelta::days(91)), None);
        let bytes = URL_SAFE_NO_PAD.decode(&token).expect("base64");
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(ring().open_link(&URL_SAFE_NO_PAD.encode(changed), now), None, "bit {bit}");
        }
        let other = Keyring::new(BTreeMap::from([(2, [1; 32])])).expect("keys");
        assert_eq!(other.open_link(&token, now), None);
    }

    #[test]
    fn a_sealed_text_belongs_to_its_row() {
        let sealed = ring().seal_text("row-a", [5; 24], "信".as_bytes());
        assert_eq!(ring().open_text("row-a", &sealed).as_deref(), Some("信".as_bytes()));
        assert_eq!(ring().open_text("row-b", &sealed), None);
        let text = ring().to_text();
        assert_eq!(Keyring::from_text(&text).expect("reads").check_values(), ring().check_values());
    }
}
