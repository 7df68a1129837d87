//! How long what reaches a person is kept once its purpose is reached: the centre's policy, versioned, editable by a manager.
//!
//! Source: 《个人信息保护法》第十九条 (no longer than the purpose needs) and 第四十七条; rules.md, "Audit, erasure", "Defaults".
//! The enterprise's contact serves the matter and the complaint that may follow it; three years, the default, are the usual
//! limitation of 《民法典》第一百八十八条. A shorter time takes effect at the next round: what is over by it goes; a longer one
//! brings nothing back. Deliberately absent: experts, whose erasure a person decides ([`super::erasure`]).

use super::refusal::{FieldProblem, Problems};
use chrono::{DateTime, Days, Utc};
use serde::{Deserialize, Serialize};

/// What is kept how long, in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetentionRules {
    /// After a need was closed or retracted until its enterprise's phone, mail and contact name go.
    pub contact_days: u32,
    /// After which an unfinished form that nobody touched goes.
    pub draft_days: u32,
}

impl Default for RetentionRules {
    /// Three whole years whatever leap day lies between, and thirty days.
    fn default() -> Self {
        Self { contact_days: 3 * 365 + 1, draft_days: 30 }
    }
}

impl RetentionRules {
    /// Names what is out of range, by the names of the fields. The least of the first leaves time for a rating, a complaint
    /// and the expert's feedback.
    pub fn check(&self, problems: &mut Problems) {
        for (field, value, least, most) in
            [("contact_days", self.contact_days, 90, 3_660), ("draft_days", self.draft_days, 1, 365)]
        {
            if !(least..=most).contains(&value) {
                problems.add(FieldProblem::with(field, "out-of-range", format!("{least}–{most}")));
            }
        }
    }

    /// Needs that moved for the last time before this may be let go of.
    #[must_use]
    pub fn contacts_before(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        before(now, self.contact_days)
    }

    /// Forms touched for the last time before this may be let go of.
    #[must_use]
    pub fn drafts_before(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        before(now, self.draft_days)
    }
}

fn before(now: DateTime<Utc>, days: u32) -> DateTime<Utc> {
    now.checked_sub_days(Days::new(u64::from(days))).unwrap_or(DateTime::<Utc>::MIN_UTC)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::refusal::Refusal;

    #[test]
    fn three_years_are_three_whole_years_whatever_leap_day_lies_between() {
        let now: DateTime<Utc> = "2027-03-01T00:00:00Z".parse().expect("an instant");
        let rules = RetentionRules::default();
        assert!(rules.contacts_before(now) <= "2024-03-01T00:00:00Z".parse::<DateTime<Utc>>().expect("an instant"));
        assert_eq!((now - rules.drafts_before(now)).num_days(), 30);
        let shorter = RetentionRules { contact_days: 90, ..rules };
        assert_eq!((now - shorter.contacts_before(now)).num_days(), 90);
    }

    #[test]
    fn figures_out_of_range_are_named_and_an_empty_version_is_the_default() {
        let mut problems = Problems::default();
        RetentionRules { contact_days: 89, draft_days: 0 }.check(&mut problems);
        let Err(Refusal::Invalid(found)) = problems.settle() else { panic!("refused") };
        let fields: Vec<&str> = found.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["contact_days", "draft_days"]);
        assert_eq!(serde_json::from_str::<RetentionRules>("{}").expect("reads"), RetentionRules::default());
    }
}
