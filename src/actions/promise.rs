//! The promise to answer a call once (`Idempotency-Key`, a form's nonce): the mark on the key commits with the deed.
//!
//! Contract: whoever holds a key claimed it before. The mark is part of the first transaction of the call that commits;
//! if the key was taken over meanwhile (the holder was thought dead), that transaction does not commit. So after any
//! crash either the deed and its mark are there, or neither, and a second holder never doubles the first. Deliberately
//! absent: the answer itself, which is kept later and can be told again from what was made.

use super::{Done, Tx};
use crate::db;
use crate::domain::refusal::Refusal;
use std::sync::atomic::{AtomicBool, Ordering};

/// A key that is held for one call.
pub(super) struct Promise {
    key: String,
    holder: String,
    kept: AtomicBool,
}

impl Promise {
    pub(super) fn new(key: &str, holder: &str) -> Self {
        Self { key: key.to_owned(), holder: holder.to_owned(), kept: AtomicBool::new(false) }
    }

    pub(super) fn is_owed(&self) -> bool {
        !self.kept.load(Ordering::SeqCst)
    }

    pub(super) fn was_kept(&self) {
        self.kept.store(true, Ordering::SeqCst);
    }

    /// Marks the key as done, with what was made.
    pub(super) fn mark(&self, tx: &mut Tx<'_>) -> Done<()> {
        let made = tx.made.take().unwrap_or_default();
        if db::idempotency::mark(tx.conn, &self.key, &self.holder, &made)? {
            Ok(())
        } else {
            Err(Refusal::ChangedMeanwhile.into())
        }
    }
}
