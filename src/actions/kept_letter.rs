//! A letter as it was sent, kept as evidence: sealed under the key of the expert it concerns, or under the office's ring
//! when it concerns none.
//!
//! Contract: a letter about an offer concerns the expert who was asked, whoever it was sent to, for it may tell how to
//! reach them. Once that person is erased such letters no longer open; their SHA-256 and time stay. Deliberately absent:
//! who may read one, which is the page's.

use super::{Done, Tx, contact};
use crate::db::letter::LetterRow;
use crate::db::outbox::OutboxRow;
use crate::db::{self, Conn};
use crate::ids::{ExpertId, LetterId};
use crate::seal::Keyring;
use crate::seal::value::is_a_persons;

/// The expert a letter concerns.
fn concerned(conn: &mut Conn, row: &OutboxRow) -> diesel::QueryResult<Option<ExpertId>> {
    match (row.expert, &row.assignment) {
        (Some(expert), _) => Ok(Some(expert)),
        (None, Some(assignment)) => Ok(db::assignment::find(conn, assignment)?.map(|offer| offer.expert)),
        (None, None) => Ok(None),
    }
}

/// Keeps a letter as it was sent, links blanked.
///
/// # Errors
/// What the database says.
pub(super) fn keep(tx: &mut Tx<'_>, row: &OutboxRow, text: &str, sha256: &str, template_version: &str) -> Done<()> {
    let id = LetterId::from_minted(tx.mint());
    let keys = &tx.office.keys;
    let key = match concerned(tx.conn, row)? {
        Some(expert) => contact::person_key(keys, tx.conn, expert)?,
        None => None,
    };
    let sealed = match key {
        Some(key) => key.seal(id.as_str(), text.as_bytes()),
        None => keys.seal_text(id.as_str(), tx.office.chance.bytes(), text.as_bytes()),
    };
    let letter = LetterRow {
        id,
        outbox: row.id,
        template_version: template_version.to_owned(),
        sha256: sha256.to_owned(),
        sealed,
        sent_at: tx.now.naive_utc(),
    };
    Ok(db::letter::insert(tx.conn, &letter)?)
}

/// The text of a kept letter; `None` once the person it concerns was erased, or when the seal does not open.
///
/// # Errors
/// What the database says.
pub fn read(
    keys: &Keyring,
    conn: &mut Conn,
    letter: &LetterRow,
    row: &OutboxRow,
) -> diesel::QueryResult<Option<Vec<u8>>> {
    if !is_a_persons(&letter.sealed) {
        return Ok(keys.open_text(letter.id.as_str(), &letter.sealed));
    }
    let key = match concerned(conn, row)? {
        Some(expert) => contact::person_key(keys, conn, expert)?,
        None => None,
    };
    Ok(key.and_then(|key| key.open(letter.id.as_str(), &letter.sealed)))
}
