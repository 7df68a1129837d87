//! A sheet that goes in part by part, so that whoever waits sees how far it is: tried out first, imported once a person has
//! confirmed.
//!
//! Contract: a part and how far the sheet is stand in one transaction, so a process that dies between two parts is taken
//! over exactly where it stood, and nothing is counted twice; a fence keeps out whoever wakes up late. The file and what
//! came of it are sealed with the office's key. A sheet that was tried out waits an hour. Deliberately absent: reading
//! files and words (`web::pages::sheet_work`), which hands in the rows and what is to be kept of them as bytes.

use super::expert::{seen_in, take_experts};
use super::{
    EnterpriseRecord, ImportReport, SUBJECT, StationRecord, enterprise, one_by_one, station, take_transaction,
};
use crate::actions::register_expert::ExpertInput;
use crate::actions::sign_in::staff_of;
use crate::actions::{Actor, Done, Office, Tx};
use crate::db;
use crate::db::sheet_import::{Advance, SheetImportRow};
use crate::domain::event::Event;
use crate::domain::refusal::Refusal;
use crate::domain::role::Right;
use crate::domain::sheet_import::{ImportStage, LEASE, MOST_TRIES, RESTS, WAITS};
use crate::ids::{AccountId, SheetImportId};
use serde_json::json;
use std::collections::HashSet;

/// A file as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportFile {
    /// What it holds, in the caller's words: `experts`, `stations`, `enterprises`.
    pub kind: String,
    /// The file's name.
    pub name: String,
    /// What else was chosen with it.
    pub choice: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Where a sheet is, for whoever looks.
#[derive(Debug, Clone)]
pub struct ImportJob {
    /// Id.
    pub id: SheetImportId,
    /// What it holds.
    pub kind: String,
    /// The file's name.
    pub name: String,
    /// Where it stands.
    pub stage: ImportStage,
    /// How many rows it has, once somebody read it.
    pub total: Option<usize>,
    /// How many of them were looked at.
    pub looked_at: usize,
    /// What came of them so far, as it was handed in.
    pub progress: Option<Vec<u8>>,
    /// Whether somebody works on it at this moment.
    pub is_held: bool,
}

/// A sheet somebody works on.
#[derive(Debug, Clone)]
pub struct Held {
    /// Id.
    pub id: SheetImportId,
    /// In whose name.
    pub actor: Actor,
    /// The file.
    pub file: ImportFile,
    /// Whether it is only tried out.
    pub dry_run: bool,
    /// How many rows were looked at before.
    pub looked_at: usize,
    /// What came of them, as it was handed in.
    pub progress: Option<Vec<u8>>,
    fence: i32,
}

/// Rows of one of the three kinds.
#[derive(Debug, Clone)]
pub enum ImportRows {
    /// Experts.
    Experts(Vec<(usize, ExpertInput)>),
    /// Stations.
    Stations(Vec<(usize, StationRecord)>),
    /// Enterprises.
    Enterprises(Vec<(usize, EnterpriseRecord)>),
}

impl ImportRows {
    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Experts(rows) => rows.len(),
            Self::Stations(rows) => rows.len(),
            Self::Enterprises(rows) => rows.len(),
        }
    }

    /// The number of a row, as the sheet numbers it.
    #[must_use]
    pub fn number(&self, at: usize) -> Option<usize> {
        match self {
            Self::Experts(rows) => rows.get(at).map(|(number, _)| *number),
            Self::Stations(rows) => rows.get(at).map(|(number, _)| *number),
            Self::Enterprises(rows) => rows.get(at).map(|(number, _)| *number),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn row_name(id: SheetImportId) -> String {
    format!("sheet-import:{id}")
}

fn account_of(actor: &Actor) -> Result<AccountId, Refusal> {
    actor.account().ok_or(Refusal::NotYours)
}

/// Takes a file in, to be tried out. The account's sheets that wait are dropped, and everybody's that waited too long.
///
/// # Errors
/// [`Refusal::NotYours`]; a fault.
pub fn open_import(office: &Office, actor: &Actor, file: &ImportFile) -> Done<SheetImportId> {
    actor.needs(Right::KeepRegister)?;
    let account = account_of(actor)?;
    office.write(|tx| {
        db::sheet_import::drop_over(tx.conn, (tx.now - WAITS).naive_utc())?;
        db::sheet_import::drop_waiting(tx.conn, account)?;
        let id = SheetImportId::from_minted(tx.mint());
        let sealed = office.keys.seal_text(&row_name(id), office.chance.bytes(), &file.bytes);
        let row = SheetImportRow {
            id,
            account,
            kind: file.kind.clone(),
            name: file.name.clone(),
            choice: file.choice.clone(),
            stage: ImportStage::Trying,
            content: Some(sealed),
            total: None,
            looked_at: 0,
            progress: None,
            fence: 0,
            tries: 0,
            leased_until: None,
            created_at: tx.now.naive_utc(),
            updated_at: tx.now.naive_utc(),
        };
        db::sheet_import::insert(tx.conn, &row)?;
        Ok(id)
    })
}

/// The account's own sheet of that id; `None` alike for an unknown one, another's, and one that waited too long.
///
/// # Errors
/// [`Refusal::NotYours`]; a fault.
pub fn import_job(office: &Office, actor: &Actor, id: SheetImportId) -> Done<Option<ImportJob>> {
    actor.needs(Right::KeepRegister)?;
    let account = account_of(actor)?;
    let now = office.now();
    let row = db::sheet_import::find(&mut *office.read()?, id)?.filter(|row| row.account == account);
    Ok(row.filter(|row| row.stage != ImportStage::Tried || row.updated_at.and_utc() + WAITS > now).map(|row| {
        let opened = row.progress.as_deref().and_then(|sealed| office.keys.open_text(&row_name(id), sealed));
        ImportJob {
            id,
            kind: row.kind,
            name: row.name,
            stage: row.stage,
            total: row.total.and_then(|total| usize::try_from(total).ok()),
            looked_at: usize::try_from(row.looked_at).unwrap_or(0),
            progress: opened,
            is_held: row.leased_until.is_some_and(|until| until > now.naive_utc()),
        }
    }))
}

/// A person confirms a sheet that was tried out: it is to be imported. Confirmed twice is confirmed once.
///
/// # Errors
/// [`Refusal::NotFound`] for another's sheet and one that waited too long; [`Refusal::WrongState`] while it is being tried
/// out, or when it was given up.
pub fn confirm_import(office: &Office, actor: &Actor, id: SheetImportId) -> Done<()> {
    let job = import_job(office, actor, id)?.ok_or(Refusal::NotFound)?;
    match job.stage {
        ImportStage::Importing | ImportStage::Done => Ok(()),
        ImportStage::Trying | ImportStage::Failed => Err(Refusal::WrongState.into()),
        ImportStage::Tried => office.write(|tx| {
            if db::sheet_import::confirm(tx.conn, id, tx.now.naive_utc())? {
                return Ok(());
            }
            // Meanwhile somebody confirmed it too, or it was dropped for another one.
            let row = db::sheet_import::find(tx.conn, id)?.ok_or(Refusal::NotFound)?;
            match row.stage {
                ImportStage::Importing | ImportStage::Done => Ok(()),
                _ => Err(Refusal::WrongState.into()),
            }
        }),
    }
}

/// The sheets nobody finished yet.
///
/// # Errors
/// A fault.
pub fn unfinished(office: &Office) -> Done<Vec<SheetImportId>> {
    Ok(db::sheet_import::running(&mut *office.read()?)?)
}

/// Takes a sheet up; `None` when there is nothing to do on it, or somebody holds it. One whose account may no longer import,
/// and one that was taken up too often without getting on, is given up; what was imported of it stands.
///
/// # Errors
/// A fault.
pub fn take_up(office: &Office, id: SheetImportId) -> Done<Option<Held>> {
    office.write(|tx| {
        let Some(row) = db::sheet_import::find(tx.conn, id)?.filter(|row| row.stage.runs()) else { return Ok(None) };
        let now = tx.now.naive_utc();
        if row.leased_until.is_some_and(|until| until > now) {
            return Ok(None);
        }
        if !db::sheet_import::take_up(tx.conn, (id, row.fence), (tx.now + LEASE).naive_utc(), now)? {
            return Ok(None);
        }
        let fence = row.fence + 1;
        let actor = allowed(tx, row.account)?;
        let bytes = row.content.as_deref().and_then(|sealed| office.keys.open_text(&row_name(id), sealed));
        let (Some(actor), Some(bytes), true) = (actor, bytes, row.tries < MOST_TRIES) else {
            db::sheet_import::settle(tx.conn, (id, fence), ImportStage::Failed, now)?;
            if row.stage == ImportStage::Importing && row.looked_at > 0 {
                // What was imported before it was given up stands, and so does that it was.
                let detail = json!({"kind": row.kind, "rows": row.total, "looked_at": row.looked_at, "given_up": true,
                    "account": row.account});
                tx.event(SUBJECT, &Actor::Desk, Event::SheetImported, &detail)?;
            }
            return Ok(None);
        };
        let progress = row.progress.as_deref().and_then(|sealed| office.keys.open_text(&row_name(id), sealed));
        // What cannot be read any more is begun anew: rows that stand are found unchanged.
        let looked_at = if progress.is_some() { usize::try_from(row.looked_at).unwrap_or(0) } else { 0 };
        Ok(Some(Held {
            id,
            actor,
            file: ImportFile { kind: row.kind.clone(), name: row.name.clone(), choice: row.choice.clone(), bytes },
            dry_run: row.stage == ImportStage::Trying,
            looked_at,
            progress,
            fence,
        }))
    })
}

/// The account as deeds know it, if it may import.
fn allowed(tx: &mut Tx<'_>, account: AccountId) -> Done<Option<Actor>> {
    let Some(row) = db::account::find(tx.conn, &account)?.filter(|row| row.disabled_at.is_none()) else {
        return Ok(None);
    };
    let actor = Actor::Staff(staff_of(tx.conn, &row)?);
    Ok(actor.needs(Right::KeepRegister).is_ok().then_some(actor))
}

/// The addresses a sheet has had before the row it goes on with.
#[must_use]
pub fn seen_before(office: &Office, held: &Held, rows: &ImportRows, refused: &HashSet<usize>) -> HashSet<String> {
    match rows {
        ImportRows::Experts(rows) => seen_in(office, rows.get(..held.looked_at).unwrap_or_default(), refused),
        ImportRows::Stations(_) | ImportRows::Enterprises(_) => HashSet::new(),
    }
}

/// Takes the rows `from..to` of a sheet. A trial is undone part by part: an enterprise or station that stands in two parts
/// counts as new in both, where the import makes it once. `kept` turns what came of them into what is kept of the whole
/// sheet so far.
///
/// # Errors
/// [`Refusal::ChangedMeanwhile`] when somebody else took the sheet up; a fault, and then nothing of the part stays.
pub fn take_part(
    office: &Office,
    held: &Held,
    rows: &ImportRows,
    (from, to): (usize, usize),
    seen: &mut HashSet<String>,
    kept: &dyn Fn(&ImportReport) -> Vec<u8>,
) -> Done<ImportReport> {
    let mut seen_after = HashSet::new();
    let report = take_transaction(office, &held.actor, held.dry_run, |tx, report| {
        // The deed may be run again: each time with what was seen before the part.
        seen_after.clone_from(seen);
        let actor = &held.actor;
        match rows {
            ImportRows::Experts(rows) => {
                let part = rows.get(from..to).unwrap_or_default();
                take_experts(tx, actor, part, &mut seen_after, report, &|_| ())?;
            }
            ImportRows::Stations(rows) => {
                let part = rows.get(from..to).unwrap_or_default();
                one_by_one(tx, part, report, &mut |tx, row, report| station::take_station(tx, actor, row, report))?;
            }
            ImportRows::Enterprises(rows) => {
                let part = rows.get(from..to).unwrap_or_default();
                one_by_one(tx, part, report, &mut |tx, row, _| enterprise::take_enterprise(tx, actor, row))?;
            }
        }
        if held.dry_run { Ok(()) } else { advance(tx, held, (to, rows.len()), &kept(report)) }
    })?;
    if held.dry_run {
        // Of a trial nothing stays but how far it is.
        let so_far = kept(&report);
        office.write(|tx| advance(tx, held, (to, rows.len()), &so_far))?;
    }
    *seen = seen_after;
    Ok(report)
}

fn advance(tx: &mut Tx<'_>, held: &Held, (looked_at, total): (usize, usize), kept: &[u8]) -> Done<()> {
    let number = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    let sealed = tx.office.keys.seal_text(&row_name(held.id), tx.office.chance.bytes(), kept);
    let to = Advance {
        total: number(total),
        looked_at: number(looked_at),
        progress: &sealed,
        until: (tx.now + LEASE).naive_utc(),
    };
    let written = db::sheet_import::advance(tx.conn, (held.id, held.fence), &to, tx.now.naive_utc())?;
    if written { Ok(()) } else { Err(Refusal::ChangedMeanwhile.into()) }
}

/// What a whole sheet came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// How many rows it has.
    pub rows: usize,
    /// How many were new.
    pub created: usize,
    /// How many were changed.
    pub changed: usize,
    /// How many were refused.
    pub refused: usize,
}

/// The last row was looked at: what was tried out waits for a person, what was imported is written down once.
///
/// # Errors
/// [`Refusal::ChangedMeanwhile`] when somebody else took the sheet up; a fault.
pub fn finish(office: &Office, held: &Held, sums: Sums) -> Done<()> {
    let stage = if held.dry_run { ImportStage::Tried } else { ImportStage::Done };
    office.write(|tx| {
        if !db::sheet_import::settle(tx.conn, (held.id, held.fence), stage, tx.now.naive_utc())? {
            return Err(Refusal::ChangedMeanwhile.into());
        }
        if stage == ImportStage::Done && sums.created + sums.changed > 0 {
            let detail = json!({"kind": held.file.kind, "rows": sums.rows, "created": sums.created,
                "changed": sums.changed, "refused": sums.refused});
            tx.event(SUBJECT, &held.actor, Event::SheetImported, &detail)?;
        }
        Ok(())
    })
}

/// Lets a sheet rest where it stands, after a fault that may pass by itself: whoever looks then goes on.
///
/// # Errors
/// A fault.
pub fn let_rest(office: &Office, held: &Held) -> Done<()> {
    office.write(|tx| Ok(db::sheet_import::let_rest(tx.conn, (held.id, held.fence), (tx.now + RESTS).naive_utc())?))
}
