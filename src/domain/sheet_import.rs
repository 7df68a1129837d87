//! A sheet on its way in (表格导入): where it stands, how long it is kept, who holds it.
//!
//! Contract: pure. Whoever works on a sheet holds it by a lease that is drawn out with every part; a lease that ran out
//! means that the process is gone, and anybody may go on where it stood. Deliberately absent: rows and files.

use chrono::TimeDelta;

text_enum! {
    /// Where a sheet stands.
    pub enum ImportStage {
        /// 试导入中: being tried out; nothing of it stays.
        Trying = "trying",
        /// 待确认: tried out, waits for a person.
        Tried = "tried",
        /// 导入中.
        Importing = "importing",
        /// 已完成.
        Done = "done",
        /// 已停止: given up after so many tries, or its account may no longer import.
        Failed = "failed",
    }
}

impl ImportStage {
    /// Whether somebody works on it, or should.
    #[must_use]
    pub const fn runs(self) -> bool {
        matches!(self, Self::Trying | Self::Importing)
    }
}

/// How long a part may take before the process is taken for gone.
pub const LEASE: TimeDelta = TimeDelta::minutes(2);
/// How long a sheet that was tried out waits for its confirmation.
pub const WAITS: TimeDelta = TimeDelta::hours(1);
/// How long it rests after a fault.
pub const RESTS: TimeDelta = TimeDelta::seconds(30);
/// Taken up so often without getting on, a sheet is given up.
pub const MOST_TRIES: i32 = 12;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_stages_are_work() {
        let running: Vec<&str> =
            ImportStage::ALL.iter().filter(|stage| stage.runs()).map(|stage| stage.as_str()).collect();
        assert_eq!(running, ["trying", "importing"]);
    }
}
