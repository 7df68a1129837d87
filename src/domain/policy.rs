//! Policy: what a manager may set, versioned, never touching what was already promised (rules.md, "Defaults").

use super::answer_rule::CountingRule;
use super::conduct::{ConductRules, IncidentKind, Threshold};
use super::letter_rules::LetterRules;
use super::licence::LicenceRules;
use super::retention::RetentionRules;
use serde::{Deserialize, Serialize};

/// One version of the office's policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// How 「2日内」 is counted for offers made from now on.
    pub counting_rule: CountingRule,
    /// Never less than so many waking hours (08–22), if set.
    pub waking_hours_floor: Option<u32>,
    /// Reserves behind the first expert.
    pub reserves: u32,
    /// Offers a month, for experts who set none.
    pub monthly_cap: i32,
    /// Offers open at once.
    pub open_cap: i32,
    /// Working days for the expert's feedback.
    pub feedback_working_days: u32,
    /// Days the enterprise's rating link is asked for.
    pub rating_days: u32,
    /// The day on which the one rating reminder goes out.
    pub rating_reminder_day: u32,
    /// Lapses in twelve months that propose an admonition.
    pub lapses_to_admonish: i64,
    /// Admonitions in twenty-four months that propose a removal.
    pub admonitions_to_remove: i64,
    /// Whether anybody may read the roster of experts (name, firm, specialties, region, standing; never contact data).
    pub public_roster: bool,
    /// Quiet hours, reminders, digests, escalation.
    pub letters: LetterRules,
    /// What proposes a case, and the deadlines of one.
    pub conduct: ConductRules,
    /// How long what reaches a person is kept.
    pub retention: RetentionRules,
    /// Which service items ask for which licence.
    pub licences: LicenceRules,
}

impl Policy {
    /// What a kind of incident comes to.
    #[must_use]
    pub fn threshold(&self, kind: IncidentKind) -> Threshold {
        self.conduct.threshold(kind, self.lapses_to_admonish)
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            counting_rule: CountingRule::CivilCode,
            waking_hours_floor: None,
            reserves: 3,
            monthly_cap: 4,
            open_cap: 2,
            feedback_working_days: 5,
            rating_days: 30,
            rating_reminder_day: 7,
            lapses_to_admonish: 3,
            admonitions_to_remove: 2,
            public_roster: false,
            letters: LetterRules::default(),
            conduct: ConductRules::default(),
            retention: RetentionRules::default(),
            licences: LicenceRules::default(),
        }
    }
}

/// Most files a need may carry, and the most bytes of one.
pub const ATTACHMENTS: (usize, usize) = (10, 20 * 1024 * 1024);
