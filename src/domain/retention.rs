//! How long what reaches a person is kept once its purpose is reached.
//!
//! Source: 《个人信息保护法》第十九条 (no longer than the purpose needs) and 第四十七条; rules.md, "Audit, erasure". The
//! enterprise's contact serves the matter and the complaint that may follow it; three years are the usual limitation of
//! 《民法典》第一百八十八条. Deliberately absent: experts, whose erasure a person decides ([`super::erasure`]).

use chrono::{DateTime, Days, Utc};

/// Days after a need was closed or retracted until its enterprise's phone, mail and contact name go.
pub const CONTACT_DAYS: u64 = 3 * 365 + 1;
/// Days after which an unfinished form that nobody touched goes.
pub const DRAFT_DAYS: u64 = 30;

/// Needs that moved for the last time before this may be let go of.
#[must_use]
pub fn contacts_before(now: DateTime<Utc>) -> DateTime<Utc> {
    now.checked_sub_days(Days::new(CONTACT_DAYS)).unwrap_or(DateTime::<Utc>::MIN_UTC)
}

/// Forms touched for the last time before this may be let go of.
#[must_use]
pub fn drafts_before(now: DateTime<Utc>) -> DateTime<Utc> {
    now.checked_sub_days(Days::new(DRAFT_DAYS)).unwrap_or(DateTime::<Utc>::MIN_UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_years_are_three_whole_years_whatever_leap_day_lies_between() {
        let now: DateTime<Utc> = "2027-03-01T00:00:00Z".parse().expect("an instant");
        assert!(contacts_before(now) <= "2024-03-01T00:00:00Z".parse::<DateTime<Utc>>().expect("an instant"));
        assert_eq!((now - drafts_before(now)).num_days(), 30);
    }
}
