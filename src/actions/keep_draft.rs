//! An unfinished form is kept as it is typed (草稿), so that nothing written is lost.
//!
//! The owner is an account's id for staff, or the subject of a sealed link. A draft is no business row: it leaves no
//! event, and whoever files the form drops it.

use super::{Done, Office};
use crate::db::draft::DraftRow;
use crate::db::{self, JsonText};
use crate::domain::refusal::Refusal;
use crate::ids::DraftId;

/// The most characters the fields of a draft may have together.
pub const MOST_CHARACTERS: usize = 40_000;

/// Keeps the fields of a form for its owner, in place of what was kept before.
///
/// # Errors
/// [`Refusal::TooLarge`] beyond [`MOST_CHARACTERS`]; a fault of the machine.
pub fn keep_draft(office: &Office, owner: &str, form: &str, fields: &[(String, String)]) -> Done<()> {
    let size: usize = fields.iter().map(|(name, value)| name.chars().count() + value.chars().count()).sum();
    if size > MOST_CHARACTERS {
        return Err(Refusal::TooLarge.into());
    }
    office.write(|tx| {
        let row = DraftRow {
            id: DraftId::from_minted(tx.mint()),
            owner: owner.to_owned(),
            form: form.to_owned(),
            fields: JsonText::of(&fields.to_vec()),
            updated_at: tx.now.naive_utc(),
        };
        Ok(db::draft::keep(tx.conn, &row)?)
    })
}

/// Drops the draft of a form, if there is one.
///
/// # Errors
/// A fault of the machine.
pub fn drop_draft(office: &Office, owner: &str, form: &str) -> Done<()> {
    office.write(|tx| Ok(db::draft::drop_draft(tx.conn, owner, form)?))
}
