//! Papers that end soon: expert and managers are told 60, 30 and 7 days before, once each.
//!
//! Source: issue "The registry", 2. The timer is the row's own `notice_at`; run twice, nothing is told twice. Nobody is
//! told of somebody who is not on the register; a paper that has ended is silent here and stands on the managers' page.

use super::owners::managers_of;
use super::{Actor, Done, Letter, Office, Tx};
use crate::db;
use crate::domain::calendar::beijing_date;
use crate::domain::document::{Validity, notice_moment};
use crate::domain::notice::NoticeKind;
use crate::domain::standing::Standing;
use crate::ids::{DocumentId, ExpertId, QualificationId};
use chrono::NaiveDateTime;

/// A paper or certificate whose notice is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noticeable {
    /// A paper on file.
    Paper(DocumentId),
    /// A certificate on the record.
    Certificate(QualificationId),
}

/// What is due to be told now.
///
/// # Errors
/// A fault of the machine.
pub fn noticeable(office: &Office, most: i64) -> Done<Vec<Noticeable>> {
    let now = office.now().naive_utc();
    let mut reader = office.read()?;
    let mut due: Vec<Noticeable> =
        db::document::noticeable(&mut reader, now, most)?.into_iter().map(Noticeable::Paper).collect();
    due.extend(db::expert::noticeable(&mut reader, now, most)?.into_iter().map(Noticeable::Certificate));
    Ok(due)
}

/// Tells of one of them. Answers whether anybody was told.
///
/// # Errors
/// A fault of the machine.
pub fn tend_document(office: &Office, due: Noticeable) -> Done<bool> {
    office.write(|tx| match due {
        Noticeable::Paper(id) => {
            let Some(mut row) = db::document::find(tx.conn, &id)? else { return Ok(false) };
            let (next, told) = tell(tx, row.expert, id, row.validity(), row.notice_at)?;
            row.notice_at = next;
            db::document::save(tx.conn, &row)?;
            Ok(told)
        }
        Noticeable::Certificate(id) => {
            let Some(mut row) = db::expert::qualification(tx.conn, id)? else { return Ok(false) };
            let paper = DocumentId::from_minted(minted(id.as_str()));
            let (next, told) = tell(tx, row.expert, paper, row.validity(), row.notice_at)?;
            row.notice_at = next;
            db::expert::save_qualification(tx.conn, &row)?;
            Ok(told)
        }
    })
}

/// A certificate's id, as letters name papers.
fn minted(id: &str) -> [u8; 36] {
    let mut text = [b'0'; 36];
    for (place, byte) in text.iter_mut().zip(id.bytes()) {
        *place = byte;
    }
    text
}

fn tell(
    tx: &mut Tx<'_>,
    expert: ExpertId,
    paper: DocumentId,
    validity: Validity,
    due: Option<NaiveDateTime>,
) -> Done<(Option<NaiveDateTime>, bool)> {
    let today = beijing_date(tx.now);
    if due.is_none_or(|at| at > tx.now.naive_utc()) {
        // Somebody told it meanwhile.
        return Ok((due, false));
    }
    let next = validity.next_notice_after(today).map(|day| notice_moment(day).naive_utc());
    let Some(row) = db::expert::find(tx.conn, &expert)? else { return Ok((None, false)) };
    let serves = matches!(row.standing, Standing::Active | Standing::Paused | Standing::Suspended);
    let (Some(days), true) = (validity.notice_on(today), serves) else { return Ok((next, false)) };
    let key = format!("ending:{paper}:{}:{days}", validity.until.unwrap_or(today));
    let mut letter = Letter::new(NoticeKind::DocumentEnding, key.clone());
    letter.expert = Some(expert);
    letter.document = Some(paper);
    tx.owe(&Actor::Desk, letter)?;
    for manager in managers_of(tx, &row.region)? {
        let mut letter = Letter::new(NoticeKind::StaffDocumentEnding, format!("{key}:{manager}")).to_account(manager);
        letter.expert = Some(expert);
        letter.document = Some(paper);
        tx.owe(&Actor::Desk, letter)?;
    }
    Ok((next, true))
}
