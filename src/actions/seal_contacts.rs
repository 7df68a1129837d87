//! Contact data that an older binary wrote in the clear is sealed, once, and so are words said by and of people; and contact
//! data is sealed anew under another key.
//!
//! Contract: a few hundred rows a transaction, so that a service beside it is not held up and a crash loses nothing: what
//! is sealed stays sealed, and the next run goes on. No event is written and no row's stamp moves, for nothing changed
//! that anybody could see. On SQLite what stood in the clear is overwritten; on PostgreSQL it goes with the vacuum that
//! is asked for at the end. Deliberately absent: letters and second-factor secrets, which are sealed since they exist and
//! stay under the key they were sealed with: a key is added to the ring, never taken out.

use super::contact::{email_mark, field, opened, person_key, phone_mark, sealed_row};
use super::own_words::{of_incident, of_statement, sealed};
use super::{ActionError, Done, Fault};
use crate::clock::Chance;
use crate::db::contact::ContactRow;
use crate::db::{self, Conn, Db, SealedText};
use crate::ids::NeedId;
use crate::seal::Keyring;
use crate::seal::value::PersonKey;
use chrono::{DateTime, Utc};

/// What the sealing of the first binary that seals is remembered as.
const CONTACTS: &str = "contacts";
/// Rows a transaction.
const AT_A_TIME: i64 = 400;

/// Seals what stands in the clear, unless that was done.
///
/// # Errors
/// A fault of the machine; what was sealed so far stays.
pub fn seal_contacts(db: &Db, keys: &Keyring, chance: &Chance, now: DateTime<Utc>) -> Done<()> {
    if db.write::<_, ActionError>(|conn| Ok(db::sealing::is_done(conn, CONTACTS)?))? {
        return Ok(());
    }
    db.write_alone(|conn| Ok(db::sealing::overwrite_what_goes(conn)?))?;
    let mut sealed = 0;
    loop {
        let some = db.write::<_, ActionError>(|conn| experts_in_the_clear(conn, keys, chance))?;
        sealed += some;
        if some == 0 {
            break;
        }
    }
    let mut last = None;
    loop {
        let (next, some) = db.write::<_, ActionError>(|conn| needs_from(conn, keys, last))?;
        sealed += some;
        last = next;
        if last.is_none() {
            break;
        }
    }
    db.write::<_, ActionError>(|conn| {
        db::sealing::take_turns(conn)?;
        if !db::sealing::is_done(conn, CONTACTS)? {
            db::sealing::done(conn, CONTACTS, now.naive_utc())?;
        }
        Ok(())
    })?;
    if sealed > 0 {
        db.write_alone(|conn| Ok(db::sealing::sweep_out(conn)?))?;
        tracing::info!(sealed, "contact data that stood in the clear was sealed");
    }
    Ok(())
}

/// Seals the words said by and of people that an older binary, or a world made for a demo, wrote in the clear. Finds
/// nothing the second time; what was said of an erased person is gone and stays so.
///
/// # Errors
/// A fault of the machine; what was sealed so far stays.
pub fn seal_words(db: &Db, keys: &Keyring) -> Done<usize> {
    let mut count = 0;
    let mut last = None;
    loop {
        let (next, some) = db.write::<_, ActionError>(|conn| {
            db::sealing::take_turns(conn)?;
            let rows = db::sealing::statements_in_the_clear(conn, last, AT_A_TIME)?;
            let mut some = 0;
            for (id, expert, words) in &rows {
                let Some(key) = person_key(keys, conn, *expert)? else { continue };
                let anew = sealed(&key, &of_statement(*id), words.as_str());
                db::sealing::set_words(conn, *id, words, &anew)?;
                some += 1;
            }
            Ok((rows.last().map(|(id, _, _)| *id), some))
        })?;
        count += some;
        last = next;
        if last.is_none() {
            break;
        }
    }
    let mut last = None;
    loop {
        let (next, some) = db.write::<_, ActionError>(|conn| {
            db::sealing::take_turns(conn)?;
            let rows = db::sealing::reports_in_the_clear(conn, last, AT_A_TIME)?;
            let mut some = 0;
            for (id, expert, note, finding) in &rows {
                let Some(key) = person_key(keys, conn, *expert)? else { continue };
                // A running node may find something of the report meanwhile: each column for itself, if it still is as read.
                let clear = |text: &Option<SealedText>, name: &str| {
                    let read = text.clone()?;
                    let anew = sealed(&key, &of_incident(*id, name), read.in_the_clear()?);
                    Some((read, anew))
                };
                if let Some((read, anew)) = clear(note, "note") {
                    db::sealing::set_note(conn, *id, &read, &anew)?;
                }
                if let Some((read, anew)) = clear(finding, "finding_note") {
                    db::sealing::set_finding(conn, *id, &read, &anew)?;
                }
                some += 1;
            }
            Ok((rows.last().map(|(id, _, _, _)| *id), some))
        })?;
        count += some;
        last = next;
        if last.is_none() {
            break;
        }
    }
    if count > 0 {
        tracing::info!(count, "words said by or of people that stood in the clear were sealed");
    }
    Ok(count)
}

fn experts_in_the_clear(conn: &mut Conn, keys: &Keyring, chance: &Chance) -> Done<usize> {
    db::sealing::take_turns(conn)?;
    let rows = db::sealing::plain_experts(conn, AT_A_TIME)?;
    for row in &rows {
        // Until it is sealed, a mark's column holds what an older binary wrote there.
        let (email, phone) = (row.email_mark.as_str(), row.phone_mark.as_deref());
        let key = PersonKey::new(chance.bytes());
        db::contact::insert(conn, &sealed_row(keys, row.id, &key, email, phone))?;
        let phone = phone.map(|phone| phone_mark(keys, phone));
        db::sealing::set_marks(conn, row.id, &email_mark(keys, email), phone.as_deref())?;
    }
    Ok(rows.len())
}

/// Seals a handful of needs under the newest key: those in the clear, and those under an older one. Answers the last
/// need looked at, and how many were sealed.
fn needs_from(conn: &mut Conn, keys: &Keyring, last: Option<NeedId>) -> Done<(Option<NeedId>, usize)> {
    db::sealing::take_turns(conn)?;
    let rows = db::sealing::needs_after(conn, last, AT_A_TIME)?;
    let mut sealed = 0;
    for (need, phone, email) in &rows {
        let (new_phone, new_email) =
            (anew(keys, *need, "phone", phone.as_ref())?, anew(keys, *need, "email", email.as_ref())?);
        if (&new_phone, &new_email) != (phone, email) {
            db::sealing::set_need_contact(conn, *need, new_phone.as_ref(), new_email.as_ref())?;
            sealed += 1;
        }
    }
    Ok((rows.last().map(|(need, _, _)| *need), sealed))
}

fn anew(keys: &Keyring, need: NeedId, name: &str, value: Option<&SealedText>) -> Done<Option<SealedText>> {
    let Some(value) = value else { return Ok(None) };
    let row = field(need.as_str(), name);
    let text = match value.in_the_clear() {
        Some(text) => text.as_bytes().to_vec(),
        None => {
            let bytes = value.bytes().unwrap_or_default();
            if bytes.first() == Some(&keys.newest()) {
                return Ok(Some(value.clone()));
            }
            keys.open_text(&row, &bytes)
                .ok_or_else(|| Fault::new(format!("the contact of need {need} does not open; nothing was changed")))?
        }
    };
    Ok(Some(SealedText::of(&keys.seal_value(&row, &text))))
}

/// Seals everybody's contact data anew under the ring's newest key: people's own keys are wrapped by it, marks are made
/// with it. Answers how many rows were sealed anew; a second run finds none. `progress` is told how many so far.
///
/// # Errors
/// A fault when a row does not open; what was sealed so far stays.
pub fn seal_anew(db: &Db, keys: &Keyring, progress: &mut dyn FnMut(usize)) -> Done<usize> {
    let mut count = 0;
    let mut last = None;
    loop {
        let (next, some) = db.write::<_, ActionError>(|conn| {
            let rows = db::contact::after(conn, last, AT_A_TIME)?;
            let mut some = 0;
            for row in &rows {
                some += usize::from(wrapped_anew(conn, keys, row)?);
            }
            Ok((rows.last().map(|row| row.expert), some))
        })?;
        count += some;
        progress(count);
        last = next;
        if last.is_none() {
            break;
        }
    }
    let mut last = None;
    loop {
        let (next, some) = db.write::<_, ActionError>(|conn| needs_from(conn, keys, last))?;
        count += some;
        progress(count);
        last = next;
        if last.is_none() {
            return Ok(count);
        }
    }
}

fn wrapped_anew(conn: &mut Conn, keys: &Keyring, row: &ContactRow) -> Done<bool> {
    let Some(wrapped) = row.data_key.as_deref() else { return Ok(false) };
    if wrapped.first() == Some(&keys.newest()) {
        return Ok(false);
    }
    let key = keys.unwrap(row.expert.as_str(), wrapped);
    let contact = opened(keys, row);
    let (Some(key), Some(email)) = (key, contact.email) else {
        let why = format!("the contact of expert {} does not open; nothing was changed there", row.expert);
        return Err(Fault::new(why).into());
    };
    let phone = contact.phone.as_deref();
    db::contact::save(conn, &sealed_row(keys, row.expert, &key, &email, phone))?;
    let mark = phone.map(|phone| phone_mark(keys, phone));
    db::sealing::set_marks(conn, row.expert, &email_mark(keys, &email), mark.as_deref())?;
    Ok(true)
}
