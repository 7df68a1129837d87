//! The change log and the first answers to idempotency keys are kept as long as somebody may need them, and no longer.
//!
//! Each running process says once a minute how far its slowest follower has come; what all of them have followed is taken
//! out. A process that was away longer finds the log pruned above its watermark and reads everything anew, so nothing is
//! missed whoever prunes when: several nodes may do it at once.

use super::{Done, Office};
use crate::db;
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::{Mutex, PoisonError};

/// How often a process says how far it is.
const REPORT_EVERY: TimeDelta = TimeDelta::minutes(1);
/// How often it prunes.
const PRUNE_EVERY: TimeDelta = TimeDelta::minutes(10);
/// A process not heard of for so long no longer holds the log.
const FORGOTTEN_AFTER: TimeDelta = TimeDelta::days(1);
/// How long the first answer to an idempotency key is kept.
const ANSWERS_KEPT: TimeDelta = TimeDelta::days(7);

/// When this process last reported and pruned, and its name among the nodes.
#[derive(Debug, Default)]
pub(super) struct Keeping {
    node: Option<String>,
    reported: Option<DateTime<Utc>>,
    pruned: Option<DateTime<Utc>>,
}

/// What was taken out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Changes.
    pub changes: usize,
    /// First answers to idempotency keys.
    pub answers: usize,
}

/// Whether something that is done every `span` is due.
fn due(last: Option<DateTime<Utc>>, span: TimeDelta, now: DateTime<Utc>) -> bool {
    last.is_none_or(|last| now - last >= span)
}

/// Reports how far this process has followed, and prunes, each when it is due.
///
/// # Errors
/// A fault when the database refuses.
pub fn prune_changes(office: &Office) -> Done<Pruned> {
    let now = office.now();
    let mut keeping = office.keeping.lock().unwrap_or_else(PoisonError::into_inner);
    if !due(keeping.reported, REPORT_EVERY, now) {
        return Ok(Pruned::default());
    }
    let Some(watermark) = office.least_watermark()? else { return Ok(Pruned::default()) };
    let node = keeping.node.get_or_insert_with(|| String::from_utf8_lossy(&office.chance.id(now)).into_owned()).clone();
    office.write(|tx| Ok(db::changes::report(tx.conn, &node, watermark, tx.now.naive_utc())?))?;
    keeping.reported = Some(now);
    if !due(keeping.pruned, PRUNE_EVERY, now) {
        return Ok(Pruned::default());
    }
    keeping.pruned = Some(now);
    drop(keeping);
    let mut pruned = Pruned::default();
    loop {
        let gone = office.write(|tx| Ok(db::changes::prune(tx.conn, (now - FORGOTTEN_AFTER).naive_utc())?))?;
        pruned.changes += gone;
        if gone < usize::try_from(db::changes::AT_A_TIME).unwrap_or(usize::MAX) {
            break;
        }
    }
    pruned.answers = office.write(|tx| Ok(db::idempotency::drop_before(tx.conn, (now - ANSWERS_KEPT).naive_utc())?))?;
    Ok(pruned)
}

impl Office {
    /// The watermark of the slowest of this process's followers, each brought up to date first; `None` while an index is
    /// being built, for nobody may prune what it will have to follow.
    fn least_watermark(&self) -> Done<Option<i64>> {
        let of_pool = self.with_pool(|pool| Ok(pool.watermark()))?;
        let of_answers = self.with_answers(|book, _| Ok(book.watermark()))?;
        let Some(of_index) = self.index_watermark() else { return Ok(None) };
        Ok([Some(of_pool), of_answers, of_index].into_iter().flatten().min())
    }
}

/// A fresh record of when this process last kept the log.
pub(super) fn keeping() -> Mutex<Keeping> {
    Mutex::default()
}
