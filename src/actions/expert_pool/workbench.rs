//! What a ranking writes on, used again from ranking to ranking.

use super::ExpertPool;
use crate::domain::matching::Bench;
use crate::search::Fits;
use std::sync::PoisonError;

/// The lists a ranking writes; lent to one ranking after the other.
#[derive(Debug, Default)]
pub struct Workbench {
    /// For the survey.
    pub bench: Bench,
    /// For the text.
    pub fits: Fits,
    /// Who wants looking at more closely, by slot.
    pub closer: Vec<bool>,
    /// What everybody's services like the need's are worth, by slot.
    pub worth: Vec<u16>,
}

impl ExpertPool {
    /// Works with lists that were written before, so that a ranking allocates nothing.
    pub fn on_a_workbench<T>(&self, work: impl FnOnce(&mut Workbench) -> T) -> T {
        let free = self.workbenches.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut workbench = free.unwrap_or_default();
        let worked = work(&mut workbench);
        self.workbenches.lock().unwrap_or_else(PoisonError::into_inner).push(workbench);
        worked
    }
}
