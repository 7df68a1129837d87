//! A sheet that was tried out waits an hour for its confirmation.
//!
//! Sealed with the office's key, one for each account; taking it, replacing it or the hour ends it. Deliberately absent:
//! any reading of what it holds.

use super::super::{Actor, Done, Office};
use crate::db::{self, JsonText};
use crate::domain::refusal::Refusal;
use crate::domain::role::Right;
use crate::ids::DraftId;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;

const FORM: &str = "sheet";
const LIVES: TimeDelta = TimeDelta::hours(1);

/// A sheet kept for confirmation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// What it holds, in the caller's words: `experts`, `stations`, `enterprises`.
    pub kind: String,
    /// The file's name.
    pub name: String,
    /// What else was chosen with it.
    pub choice: String,
    /// The file.
    pub bytes: Vec<u8>,
}

fn owner(actor: &Actor) -> Result<String, Refusal> {
    actor.account().map(|account| format!("account:{account}")).ok_or(Refusal::NotYours)
}

/// Keeps a sheet for an hour; another one of the same account is replaced, and everybody's that is over is dropped.
///
/// # Errors
/// [`Refusal::NotYours`]; a fault.
pub fn keep_upload(office: &Office, actor: &Actor, upload: &Upload) -> Done<()> {
    actor.needs(Right::KeepRegister)?;
    let owner = owner(actor)?;
    let sealed = office.keys.seal_text(&owner, office.chance.bytes(), &upload.bytes);
    let fields: Vec<(String, String)> = vec![
        ("kind".to_owned(), upload.kind.clone()),
        ("name".to_owned(), upload.name.clone()),
        ("choice".to_owned(), upload.choice.clone()),
        ("file".to_owned(), STANDARD.encode(sealed)),
    ];
    office.write(|tx| {
        db::draft::drop_older(tx.conn, FORM, (tx.now - LIVES).naive_utc())?;
        let row = db::draft::DraftRow {
            id: DraftId::from_minted(tx.mint()),
            owner: owner.clone(),
            form: FORM.to_owned(),
            fields: JsonText::of(&fields),
            updated_at: tx.now.naive_utc(),
        };
        Ok(db::draft::keep(tx.conn, &row)?)
    })
}

/// The sheet the account keeps, unless its hour is over.
///
/// # Errors
/// [`Refusal::NotYours`]; a fault.
pub fn kept_upload(office: &Office, actor: &Actor) -> Done<Option<Upload>> {
    let owner = owner(actor)?;
    let Some(row) = db::draft::find(&mut *office.read()?, &owner, FORM)? else { return Ok(None) };
    if row.updated_at.and_utc() + LIVES <= office.now() {
        return Ok(None);
    }
    let fields = row.fields.get();
    let field =
        |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap_or_default();
    let opened = STANDARD.decode(field("file")).ok().and_then(|sealed| office.keys.open_text(&owner, &sealed));
    Ok(opened.map(|bytes| Upload { kind: field("kind"), name: field("name"), choice: field("choice"), bytes }))
}

/// Lets the sheet the account keeps go.
///
/// # Errors
/// [`Refusal::NotYours`]; a fault.
pub fn drop_upload(office: &Office, actor: &Actor) -> Done<()> {
    let owner = owner(actor)?;
    office.write(|tx| Ok(db::draft::drop_draft(tx.conn, &owner, FORM)?))
}
