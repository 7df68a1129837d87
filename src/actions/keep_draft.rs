//! An unfinished form is kept as it is typed (草稿), so that nothing written is lost.
//!
//! The owner is an account's id for staff, or the subject of a sealed link. A draft is no business row: it leaves no
//! event, and whoever files the form drops it. What was typed may tell how to reach somebody, so it is sealed.

use super::{Done, Fault, Office};
use crate::db::draft::DraftRow;
use crate::db::{self, JsonText, SealedText};
use crate::domain::refusal::Refusal;
use crate::ids::DraftId;
use chrono::{DateTime, Utc};

/// The most characters the fields of a draft may have together.
pub const MOST_CHARACTERS: usize = 40_000;

/// The one field under which the sealed ones lie; no form has a field of this name.
const SEALED: &str = "~sealed";

/// Keeps the fields of a form for its owner, in place of what was kept before.
///
/// # Errors
/// [`Refusal::TooLarge`] beyond [`MOST_CHARACTERS`]; a fault of the machine.
pub fn keep_draft(office: &Office, owner: &str, form: &str, fields: &[(String, String)]) -> Done<()> {
    let size: usize = fields.iter().map(|(name, value)| name.chars().count() + value.chars().count()).sum();
    if size > MOST_CHARACTERS {
        return Err(Refusal::TooLarge.into());
    }
    let text = serde_json::to_vec(fields).map_err(|error| Fault::new(error.to_string()))?;
    let sealed = SealedText::of(&office.keys.seal_value(&named(owner, form), &text));
    office.write(|tx| {
        let row = DraftRow {
            id: DraftId::from_minted(tx.mint()),
            owner: owner.to_owned(),
            form: form.to_owned(),
            fields: JsonText::of(&vec![(SEALED.to_owned(), sealed.as_str().to_owned())]),
            updated_at: tx.now.naive_utc(),
        };
        Ok(db::draft::keep(tx.conn, &row)?)
    })
}

/// The fields of a form, and when they were kept.
pub type Kept = (Vec<(String, String)>, DateTime<Utc>);

fn named(owner: &str, form: &str) -> String {
    format!("draft:{owner}/{form}")
}

/// The fields of a form as they were kept for its owner, and when; if they were, and still open.
///
/// # Errors
/// A fault of the machine.
pub fn kept_draft(office: &Office, owner: &str, form: &str) -> Done<Option<Kept>> {
    let Some(row) = db::draft::find(&mut *office.read()?, owner, form)? else { return Ok(None) };
    let (fields, at) = (row.fields.get(), row.updated_at.and_utc());
    let Some((_, value)) = fields.iter().find(|(name, _)| name == SEALED) else { return Ok(Some((fields, at))) };
    let opened = value
        .parse::<SealedText>()
        .ok()
        .and_then(|sealed| sealed.bytes())
        .and_then(|bytes| office.keys.open_text(&named(owner, form), &bytes));
    Ok(opened.and_then(|text| serde_json::from_slice(&text).ok()).map(|fields| (fields, at)))
}

/// Drops the draft of a form, if there is one.
///
/// # Errors
/// A fault of the machine.
pub fn drop_draft(office: &Office, owner: &str, form: &str) -> Done<()> {
    office.write(|tx| Ok(db::draft::drop_draft(tx.conn, owner, form)?))
}
