//! Contact data at rest: values sealed in their row, a key of one's own for each person, and blind marks to find by.
//!
//! A value is sealed under the ring (`key id | nonce | XChaCha20-Poly1305`) or under a [`PersonKey`] (the key id is 0),
//! the name of its row and field as associated data. The nonce is a MAC of the row's name and the text, as in SIV
//! constructions (RFC 5297): no two different messages share one, and nothing here needs chance. A person's key is
//! itself sealed under the ring; when that one sealed copy is destroyed, every text under it is closed for good, in
//! every table. A mark is a keyed HMAC of a field's normalised value (`key id : 32 hex digits`): equal values have equal
//! marks, and whoever has the table and not the key can neither read a mark nor make one. Source: rules.md, "Audit,
//! erasure". Deliberately absent: which field is sealed under what, which is `actions::contact`.

use super::{Keyring, authenticate_with, derive, hex, opened_under, sealed_under};

/// Before a text sealed under a person's own key; no key of the ring has this id.
const OWN: u8 = 0;

/// The key under which one person's texts are sealed.
#[derive(Clone)]
pub struct PersonKey([u8; 32]);

impl std::fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonKey")
    }
}

impl PersonKey {
    /// A new key of random bytes.
    #[must_use]
    pub const fn new(random: [u8; 32]) -> Self {
        Self(random)
    }

    /// Seals a text of that row.
    #[must_use]
    pub fn seal(&self, row: &str, text: &[u8]) -> Vec<u8> {
        sealed_under(OWN, &derive(&self.0, "texts"), row, nonce(&self.0, row, text), text)
    }

    /// Opens it; `None` when it was changed, belongs to another row, or is not this person's.
    #[must_use]
    pub fn open(&self, row: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        if !is_a_persons(sealed) {
            return None;
        }
        opened_under(&derive(&self.0, "texts"), row, sealed)
    }
}

/// Whether a sealed text is under a person's own key rather than the ring's.
#[must_use]
pub fn is_a_persons(sealed: &[u8]) -> bool {
    sealed.first() == Some(&OWN)
}

impl Keyring {
    /// Seals a value of that row under the ring's newest key; the same value seals alike.
    #[must_use]
    pub fn seal_value(&self, row: &str, value: &[u8]) -> Vec<u8> {
        let (_, key) = self.current();
        self.seal_text(row, nonce(key, row, value), value)
    }

    /// The key of a person, sealed.
    #[must_use]
    pub fn wrap(&self, person: &str, key: &PersonKey) -> Vec<u8> {
        self.seal_value(&wrapping(person), &key.0)
    }

    /// The key of a person from its sealed form; `None` when it is another person's, changed, or a key is missing.
    #[must_use]
    pub fn unwrap(&self, person: &str, wrapped: &[u8]) -> Option<PersonKey> {
        Some(PersonKey(self.open_text(&wrapping(person), wrapped)?.try_into().ok()?))
    }

    /// The mark of a field's normalised value under the newest key: what a row is found by.
    #[must_use]
    pub fn mark(&self, field: &str, value: &str) -> String {
        let (id, key) = self.current();
        mark_under(id, key, field, value)
    }

    /// The marks of a value under every key of the ring, newest first: a row that was marked before the last rotation is
    /// found too.
    #[must_use]
    pub fn marks(&self, field: &str, value: &str) -> Vec<String> {
        self.keys.iter().rev().map(|(id, key)| mark_under(*id, key, field, value)).collect()
    }
}

fn wrapping(person: &str) -> String {
    format!("person:{person}")
}

fn mark_under(id: u8, key: &[u8; 32], field: &str, value: &str) -> String {
    let mac = authenticate_with(&derive(key, "marks"), format!("{field}\n{value}").as_bytes());
    format!("{id}:{}", hex(mac.get(..16).unwrap_or_default()))
}

/// Twenty-four bytes that differ for every row and text: the lengths keep the two apart.
fn nonce(key: &[u8; 32], row: &str, text: &[u8]) -> [u8; 24] {
    let mut message = (row.len() as u64).to_be_bytes().to_vec();
    message.extend_from_slice(row.as_bytes());
    message.extend_from_slice(text);
    let mac = authenticate_with(&derive(key, "nonces"), &message);
    mac.get(..24).and_then(|bytes| bytes.try_into().ok()).unwrap_or([0; 24])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn ring(keys: &[(u8, u8)]) -> Keyring {
        Keyring::new(keys.iter().map(|(id, byte)| (*id, [*byte; 32])).collect::<BTreeMap<_, _>>()).expect("keys")
    }

    /// Texts of every length up to some blocks, from a counter: what is sealed opens as it was, and nothing else does.
    #[test]
    fn a_value_opens_as_it_was_and_any_flipped_bit_is_refused() {
        let (ring, person) = (ring(&[(1, 7)]), PersonKey::new([3; 32]));
        for length in (0..70).chain([254, 1_000]) {
            let text: Vec<u8> = (0..length).map(|at: u32| (at * 31 + length) as u8).collect();
            for sealed in [ring.seal_value("row/email", &text), person.seal("row/email", &text)] {
                let open = |row: &str, sealed: &[u8]| {
                    if is_a_persons(sealed) { person.open(row, sealed) } else { ring.open_text(row, sealed) }
                };
                assert_eq!(open("row/email", &sealed).as_deref(), Some(text.as_slice()));
                assert_eq!(open("row/phone", &sealed), None, "another field");
                for bit in 0..sealed.len() * 8 {
                    let mut changed = sealed.clone();
                    changed[bit / 8] ^= 1 << (bit % 8);
                    assert_eq!(open("row/email", &changed), None, "bit {bit} of {length}");
                }
                assert_eq!(open("row/email", &sealed[..sealed.len() - 1]), None);
            }
        }
    }

    #[test]
    fn two_values_never_share_a_nonce_and_one_value_seals_alike() {
        let ring = ring(&[(1, 7)]);
        let nonce_of = |row: &str, text: &str| ring.seal_value(row, text.as_bytes())[1..25].to_vec();
        assert_eq!(nonce_of("a", "bc"), nonce_of("a", "bc"));
        assert_ne!(nonce_of("a", "bc"), nonce_of("ab", "c"));
        assert_ne!(nonce_of("a", "bc"), nonce_of("a", "bd"));
    }

    #[test]
    fn a_wrapped_key_is_one_persons_and_survives_a_new_key() {
        let old = ring(&[(1, 7)]);
        let key = PersonKey::new([3; 32]);
        let wrapped = old.wrap("wang", &key);
        let sealed = key.seal("wang/email", b"w@x.example");
        let both = old.with_another([9; 32]).expect("room");
        assert_eq!(both.newest(), 2);
        let opened = both.unwrap("wang", &wrapped).expect("an old key still opens");
        assert_eq!(opened.open("wang/email", &sealed).as_deref(), Some(&b"w@x.example"[..]));
        assert!(both.unwrap("li", &wrapped).is_none());
        assert!(ring(&[(2, 9)]).unwrap("wang", &wrapped).is_none());
        assert_eq!(both.wrap("wang", &opened)[0], 2, "sealed anew under the newest");
        assert!(ring(&[(255, 1)]).with_another([2; 32]).is_none());
    }

    #[test]
    fn marks_tell_field_value_and_key_apart() {
        let both = ring(&[(1, 7), (2, 9)]);
        let marks = both.marks("phone", "13800138000");
        assert_eq!(marks[0], both.mark("phone", "13800138000"));
        assert_eq!(marks[1], ring(&[(1, 7)]).mark("phone", "13800138000"));
        assert_ne!(both.mark("email", "13800138000"), marks[0]);
        assert_ne!(both.mark("phone", "13800138001"), marks[0]);
        assert!(!marks[0].contains("13800138000"));
    }
}
