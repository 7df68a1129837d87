//! What a person said, and what was said of a person, sealed under that person's own key (rules.md, "Audit, erasure": free
//! text is sealed under the person's key, and erasure destroys the key): statements and appeals in conduct cases, reports
//! and what was found of them.
//!
//! Contract: what was written before it was sealed opens as it stands; what cannot be opened any more is empty. Nobody
//! searches these texts. Deliberately absent: what is searched or shown to whoever chooses an expert (bio, feedback,
//! ratings), which stands in the clear until the person is erased; the office's own words in a case (grounds, reasons),
//! which are part of the file's skeleton; letters and papers, which have seals of their own.

use super::contact::{field, person_key};
use super::{Done, Tx};
use crate::db::{Conn, SealedText};
use crate::domain::refusal::Refusal;
use crate::ids::{ExpertId, IncidentId, StatementId};
use crate::seal::Keyring;
use crate::seal::value::PersonKey;
use diesel::QueryResult;

/// The name of the words of a statement.
pub(super) fn of_statement(id: StatementId) -> String {
    field(id.as_str(), "words")
}

/// The name of a report's words: `note` or `finding_note`.
pub(super) fn of_incident(id: IncidentId, name: &str) -> String {
    field(id.as_str(), name)
}

/// Seals words under a person's key, bound to the name of their row and field.
pub(super) fn sealed(key: &PersonKey, name: &str, words: &str) -> SealedText {
    SealedText::of(&key.seal(name, words.as_bytes()))
}

/// Seals words of the transaction's making; `None` once the person was erased: that something was said stands, and no more.
///
/// # Errors
/// What the database says.
pub(super) fn seal_if_known(tx: &mut Tx<'_>, expert: ExpertId, name: &str, words: &str) -> Done<Option<SealedText>> {
    Ok(person_key(&tx.office.keys, tx.conn, expert)?.map(|key| sealed(&key, name, words)))
}

/// Seals words of the transaction's making.
///
/// # Errors
/// [`Refusal::WrongState`] once the person was erased: nothing is written of them any more; what the database says.
pub(super) fn seal(tx: &mut Tx<'_>, expert: ExpertId, name: &str, words: &str) -> Done<SealedText> {
    let key = person_key(&tx.office.keys, tx.conn, expert)?.ok_or(Refusal::WrongState)?;
    Ok(sealed(&key, name, words))
}

/// Opens the words said by or of one person.
pub struct OwnWords(Option<PersonKey>);

impl OwnWords {
    /// Of that person.
    ///
    /// # Errors
    /// What the database says.
    pub fn of(keys: &Keyring, conn: &mut Conn, expert: ExpertId) -> QueryResult<Self> {
        Ok(Self(person_key(keys, conn, expert)?))
    }

    /// The words of a statement.
    #[must_use]
    pub fn statement(&self, id: StatementId, words: &SealedText) -> String {
        self.open(&of_statement(id), words)
    }

    /// What was reported.
    #[must_use]
    pub fn report(&self, id: IncidentId, note: Option<&SealedText>) -> String {
        note.map_or_else(String::new, |note| self.open(&of_incident(id, "note"), note))
    }

    /// What was found of a report.
    #[must_use]
    pub fn finding(&self, id: IncidentId, note: Option<&SealedText>) -> String {
        note.map_or_else(String::new, |note| self.open(&of_incident(id, "finding_note"), note))
    }

    fn open(&self, name: &str, words: &SealedText) -> String {
        if let Some(clear) = words.in_the_clear() {
            return clear.to_owned();
        }
        let opened = self.0.as_ref().zip(words.bytes()).and_then(|(key, sealed)| key.open(name, &sealed));
        opened.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_open_for_their_person_and_row_alone() {
        let (one, other): (StatementId, StatementId) = (
            "0190b4a2-1111-7abc-8def-0123456789ab".parse().expect("an id"),
            "0190b4a2-1111-7abc-8def-0123456789ac".parse().expect("an id"),
        );
        let kept = sealed(&PersonKey::new([3; 32]), &of_statement(one), "那几天住院。");
        assert!(kept.in_the_clear().is_none() && !kept.as_str().contains("住院"));
        let words = OwnWords(Some(PersonKey::new([3; 32])));
        assert_eq!(words.statement(one, &kept), "那几天住院。");
        assert_eq!(words.statement(other, &kept), "", "another row");
        assert_eq!(OwnWords(Some(PersonKey::new([4; 32]))).statement(one, &kept), "", "another person");
        assert_eq!(OwnWords(None).statement(one, &kept), "", "an erased person");
        let before: SealedText = "那几天住院。".parse().expect("any text");
        assert_eq!(OwnWords(None).statement(one, &before), "那几天住院。", "written before it was sealed");
    }
}
