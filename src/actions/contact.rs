//! How to reach people: sealing, opening, finding. The only place where contact data is in the clear on its way to or
//! from the database.
//!
//! Contract: an expert's address and number are sealed under a key of that person's own (`expert_contacts`), found by
//! blind marks of the address, of the number and of its last four digits; a need's phone and mail are sealed under the
//! office's ring with the need's id. What was erased, or cannot be opened, is `None`: whoever shows it shows nothing.
//! Source: rules.md, "Who sees contact data", "Audit, erasure". Deliberately absent: who may see it
//! ([`reveal_contact`](super::reveal_contact) and the masks of the pages).

use super::{Done, Tx};
use crate::db::contact::ContactRow;
use crate::db::expert::ExpertRow;
use crate::db::need::NeedRow;
use crate::db::{self, Conn, SealedText};
use crate::domain::contact::Phone;
use crate::domain::refusal::Refusal;
use crate::ids::{ExpertId, NeedId};
use crate::seal::Keyring;
use crate::seal::value::PersonKey;
use std::collections::HashMap;

/// How to reach somebody, in the clear.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Contact {
    /// Mail.
    pub email: Option<String>,
    /// Phone.
    pub phone: Option<String>,
}

impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never in a log line.
        f.debug_struct("Contact").finish_non_exhaustive()
    }
}

/// The last four digits of a number; `None` of a shorter one. An extension does not count.
#[must_use]
pub fn tail(phone: &str) -> Option<String> {
    // 010-62770000-801: what people know by heart ends before the extension.
    let parts: Vec<&str> = phone.split('-').collect();
    let main = match parts.as_slice() {
        [area, number, _extension] if area.starts_with('0') => *number,
        _ => phone,
    };
    let digits: Vec<char> = main.chars().filter(char::is_ascii_digit).collect();
    digits.len().checked_sub(4).and_then(|from| digits.get(from..)).map(|four| four.iter().collect())
}

pub(super) fn field(id: &str, name: &str) -> String {
    format!("{id}/{name}")
}

fn text(bytes: Option<Vec<u8>>) -> Option<String> {
    bytes.and_then(|bytes| String::from_utf8(bytes).ok())
}

/// A row of `expert_contacts` under that key.
#[must_use]
pub fn sealed_row(keys: &Keyring, expert: ExpertId, key: &PersonKey, email: &str, phone: Option<&str>) -> ContactRow {
    let id = expert.as_str();
    ContactRow {
        expert,
        data_key: Some(keys.wrap(id, key)),
        email: Some(key.seal(&field(id, "email"), email.as_bytes())),
        phone: phone.map(|phone| key.seal(&field(id, "phone"), phone.as_bytes())),
        tail_mark: phone.and_then(tail).map(|four| keys.mark("tail", &four)),
        erased_at: None,
    }
}

/// The mark an expert's address is found by, of its lower-case form.
#[must_use]
pub fn email_mark(keys: &Keyring, email: &str) -> String {
    keys.mark("email", &email.to_ascii_lowercase())
}

/// The marks an expert's address may have, the newest key's first.
#[must_use]
pub fn email_marks(keys: &Keyring, email: &str) -> Vec<String> {
    keys.marks("email", &email.to_ascii_lowercase())
}

/// The mark an expert's number is found by.
#[must_use]
pub fn phone_mark(keys: &Keyring, phone: &str) -> String {
    keys.mark("phone", phone)
}

/// What a row says, in the clear.
#[must_use]
pub fn opened(keys: &Keyring, row: &ContactRow) -> Contact {
    let id = row.expert.as_str();
    let Some(key) = row.data_key.as_deref().and_then(|wrapped| keys.unwrap(id, wrapped)) else {
        return Contact::default();
    };
    let open = |name: &str, sealed: Option<&[u8]>| text(sealed.and_then(|sealed| key.open(&field(id, name), sealed)));
    Contact { email: open("email", row.email.as_deref()), phone: open("phone", row.phone.as_deref()) }
}

/// How to reach an expert; nothing once erased.
///
/// # Errors
/// What the database says.
pub fn of_expert(keys: &Keyring, conn: &mut Conn, id: ExpertId) -> diesel::QueryResult<Contact> {
    Ok(db::contact::find(conn, &id)?.map(|row| opened(keys, &row)).unwrap_or_default())
}

/// How to reach those experts.
///
/// # Errors
/// What the database says.
pub fn of_experts(
    keys: &Keyring,
    conn: &mut Conn,
    ids: &[ExpertId],
) -> diesel::QueryResult<HashMap<ExpertId, Contact>> {
    Ok(db::contact::of_experts(conn, ids)?.iter().map(|row| (row.expert, opened(keys, row))).collect())
}

/// How to reach every expert, for an export.
///
/// # Errors
/// What the database says.
pub fn of_everybody(keys: &Keyring, conn: &mut Conn) -> diesel::QueryResult<HashMap<ExpertId, Contact>> {
    Ok(db::contact::all(conn)?.iter().map(|row| (row.expert, opened(keys, row))).collect())
}

/// The key of a person's texts; `None` once erased.
///
/// # Errors
/// What the database says.
pub fn person_key(keys: &Keyring, conn: &mut Conn, id: ExpertId) -> diesel::QueryResult<Option<PersonKey>> {
    Ok(db::contact::find(conn, &id)?
        .and_then(|row| row.data_key.as_deref().and_then(|wrapped| keys.unwrap(id.as_str(), wrapped))))
}

/// The expert of that address.
///
/// # Errors
/// What the database says.
pub fn by_email(keys: &Keyring, conn: &mut Conn, email: &str) -> diesel::QueryResult<Option<ExpertRow>> {
    db::expert::by_email_mark(conn, &keys.marks("email", &email.trim().to_ascii_lowercase()))
}

/// The experts of a telephone number, or of its last four digits (来电登记); nobody when the text is neither.
///
/// # Errors
/// What the database says.
pub fn by_number(keys: &Keyring, conn: &mut Conn, typed: &str) -> diesel::QueryResult<Vec<ExpertRow>> {
    let typed = typed.trim();
    if typed.len() == 4 && typed.bytes().all(|byte| byte.is_ascii_digit()) {
        return db::expert::by_tail_mark(conn, &keys.marks("tail", typed));
    }
    match typed.parse::<Phone>() {
        Ok(phone) => db::expert::by_phone_mark(conn, &keys.marks("phone", phone.as_str())),
        Err(_) => Ok(Vec::new()),
    }
}

/// Keeps how to reach an expert, under the key the person has, or a first one. The expert's row carries the marks.
///
/// # Errors
/// [`Refusal::WrongState`] once the person was erased; what the database says.
pub(super) fn keep(tx: &mut Tx<'_>, expert: ExpertId, email: &str, phone: Option<&str>) -> Done<()> {
    let keys = &tx.office.keys;
    match db::contact::find(tx.conn, &expert)? {
        None => {
            let key = PersonKey::new(tx.office.chance.bytes());
            db::contact::insert(tx.conn, &sealed_row(keys, expert, &key, email, phone))?;
        }
        Some(known) => {
            let key = known.data_key.as_deref().and_then(|wrapped| keys.unwrap(expert.as_str(), wrapped));
            let key = key.ok_or(Refusal::WrongState)?;
            db::contact::save(tx.conn, &sealed_row(keys, expert, &key, email, phone))?;
        }
    }
    Ok(())
}

/// Puts another address in the place of an expert's; its mark goes into the row, which is the caller's to save.
///
/// # Errors
/// [`Refusal::WrongState`] once the person was erased; what the database says.
pub fn set_email(tx: &mut Tx<'_>, row: &mut ExpertRow, email: &str) -> Done<()> {
    let phone = of_expert(&tx.office.keys, tx.conn, row.id)?.phone;
    keep(tx, row.id, email, phone.as_deref())?;
    row.email_mark = email_mark(&tx.office.keys, email);
    Ok(())
}

/// A value of a need, sealed: `phone` or `email`.
#[must_use]
pub fn seal_of_need(keys: &Keyring, need: NeedId, name: &str, value: Option<&str>) -> Option<SealedText> {
    value.map(|value| SealedText::of(&keys.seal_value(&field(need.as_str(), name), value.as_bytes())))
}

/// How to reach a need's enterprise.
#[must_use]
pub fn of_need(keys: &Keyring, need: &NeedRow) -> Contact {
    let open = |name: &str, value: Option<&SealedText>| open_of_need(keys, need.id, name, value);
    Contact { email: open("email", need.contact_email.as_ref()), phone: open("phone", need.contact_phone.as_ref()) }
}

/// A sealed value of a need: `phone` or `email`.
#[must_use]
pub fn open_of_need(keys: &Keyring, need: NeedId, name: &str, value: Option<&SealedText>) -> Option<String> {
    text(keys.open_text(&field(need.as_str(), name), &value?.bytes()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn what_is_sealed_opens_for_its_person_alone() {
        let keys = Keyring::new(BTreeMap::from([(1, [7; 32])])).expect("keys");
        let (wang, li): (ExpertId, ExpertId) = (
            "0190b4a2-1111-7abc-8def-0123456789ab".parse().expect("an id"),
            "0190b4a2-1111-7abc-8def-0123456789ac".parse().expect("an id"),
        );
        let row = sealed_row(&keys, wang, &PersonKey::new([3; 32]), "w@x.example", Some("13800138000"));
        assert_eq!(
            opened(&keys, &row),
            Contact { email: Some("w@x.example".to_owned()), phone: Some("13800138000".to_owned()) }
        );
        assert_eq!(opened(&keys, &ContactRow { expert: li, ..row.clone() }), Contact::default(), "another row");
        let swapped = ContactRow { email: row.phone.clone(), phone: row.email.clone(), ..row.clone() };
        assert_eq!(opened(&keys, &swapped), Contact::default(), "another field");
        assert_eq!(opened(&keys, &ContactRow { data_key: None, ..row }), Contact::default(), "an erased person");
        assert!(!format!("{:?}", Contact { email: Some("w@x.example".into()), phone: None }).contains("w@x"));
    }

    #[test]
    fn the_last_four_digits_are_those_people_know() {
        for (phone, four) in [
            ("13800138000", Some("8000")),
            ("010-62770000", Some("0000")),
            ("010-62771234-801", Some("1234")),
            ("400-810-5678", Some("5678")),
            ("123", None),
        ] {
            assert_eq!(tail(phone).as_deref(), four, "{phone}");
        }
    }
}
