//! A change of an expert's mail address (更换邮箱): the new address confirms, the old one is told and may object for 72 hours.
//!
//! Source: issue "The registry", 3. Offers go to the address on the record, so whoever takes it over would take the office's
//! clock over: nothing changes before the new address has shown that it is read, and the holder of the old one has had
//! three days to say no. Deliberately absent: addresses themselves; this is about moments.

use chrono::{DateTime, TimeDelta, Utc};

/// How long the new address has to confirm.
pub const CONFIRM_WITHIN: TimeDelta = TimeDelta::hours(24);
/// How long the old address may object, counted from the confirmation.
pub const OBJECT_WITHIN: TimeDelta = TimeDelta::hours(72);

text_enum! {
    /// How a change ended.
    pub enum EmailOutcome {
        /// The new address is on the record.
        Applied = "applied",
        /// The old address said no.
        Objected = "objected",
        /// Somebody else has the address by now, or the new one never confirmed and another change was asked for.
        Dropped = "dropped",
    }
}

text_enum! {
    /// Where a change stands.
    pub enum EmailStage {
        /// The new address has not confirmed yet.
        Asked = "asked",
        /// Confirmed; the old address may object.
        Confirmed = "confirmed",
        /// The time to object is over: the change is due.
        Due = "due",
        /// It ended, one way or another.
        Ended = "ended",
        /// The new address let its time pass.
        Stale = "stale",
    }
}

/// The moments of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmailMoments {
    /// Asked for.
    pub asked_at: DateTime<Utc>,
    /// Confirmed by the new address.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// Ended.
    pub ended_at: Option<DateTime<Utc>>,
}

impl EmailMoments {
    /// Where it stands now.
    #[must_use]
    pub fn stage(self, now: DateTime<Utc>) -> EmailStage {
        match (self.ended_at, self.confirmed_at) {
            (Some(_), _) => EmailStage::Ended,
            (None, Some(at)) if now >= at + OBJECT_WITHIN => EmailStage::Due,
            (None, Some(_)) => EmailStage::Confirmed,
            (None, None) if now >= self.asked_at + CONFIRM_WITHIN => EmailStage::Stale,
            (None, None) => EmailStage::Asked,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_days_are_three_days() {
        let asked_at = DateTime::from_timestamp(1_800_000_000, 0).expect("a moment");
        let mut change = EmailMoments { asked_at, confirmed_at: None, ended_at: None };
        assert_eq!(change.stage(asked_at), EmailStage::Asked);
        assert_eq!(change.stage(asked_at + CONFIRM_WITHIN), EmailStage::Stale);
        let confirmed = asked_at + TimeDelta::hours(1);
        change.confirmed_at = Some(confirmed);
        assert_eq!(change.stage(confirmed + OBJECT_WITHIN - TimeDelta::seconds(1)), EmailStage::Confirmed);
        assert_eq!(change.stage(confirmed + OBJECT_WITHIN), EmailStage::Due);
        change.ended_at = Some(confirmed);
        assert_eq!(change.stage(confirmed + OBJECT_WITHIN), EmailStage::Ended);
    }
}
