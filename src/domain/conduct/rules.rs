//! Conduct policy: how many of what within how long proposes 劝导, and how many proposes 除名; how long the expert has to
//! be heard and to appeal; when somebody removed may come back.
//!
//! Contract: versioned with the rest of the policy and set by a manager; a proposal is a task for people and never acts
//! (rules.md, "Standing, selection, conduct"; the defaults are those of its table). What a case promised when it was
//! opened stays. Deliberately absent: the threshold of lapses, which stands in the policy itself since its first version.

use super::{CaseKind, IncidentKind};
use crate::domain::refusal::{FieldProblem, Problems};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What one kind of incident comes to; 0 means never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// Within so many months.
    pub months: u32,
    /// So many propose 劝导.
    pub admonish: u32,
    /// So many propose 除名.
    pub remove: u32,
}

impl Threshold {
    /// What `count` incidents within the months propose: the graver where both are reached.
    #[must_use]
    pub fn proposes(self, count: i64) -> Option<CaseKind> {
        let reached = |threshold: u32| threshold > 0 && count >= i64::from(threshold);
        if reached(self.remove) {
            Some(CaseKind::Removal)
        } else if reached(self.admonish) {
            Some(CaseKind::Admonition)
        } else {
            None
        }
    }
}

/// The policy of conduct.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConductRules {
    /// What each kind comes to; a kind that is not named never proposes anything.
    pub thresholds: BTreeMap<IncidentKind, Threshold>,
    /// The months within which admonitions are counted towards a removal.
    pub admonition_months: u32,
    /// Working days for the expert's statement.
    pub statement_days: u32,
    /// Working days for an appeal.
    pub appeal_days: u32,
    /// Months after a removal before a new application is taken.
    pub reentry_months: u32,
}

impl Default for ConductRules {
    fn default() -> Self {
        let never = Threshold { months: 12, admonish: 0, remove: 0 };
        let thresholds = BTreeMap::from([
            (IncidentKind::Lapse, never),
            (IncidentKind::NoShow, never),
            (IncidentKind::FeedbackOverdue, never),
            (IncidentKind::Gift, Threshold { remove: 1, ..never }),
            (IncidentKind::Promotion, Threshold { admonish: 1, ..never }),
            (IncidentKind::Touting, Threshold { admonish: 1, ..never }),
            (IncidentKind::Confidence, never),
            (IncidentKind::Complaint, never),
        ]);
        Self { thresholds, admonition_months: 24, statement_days: 5, appeal_days: 10, reentry_months: 24 }
    }
}

impl ConductRules {
    /// What a kind comes to; `lapses` is the policy's own threshold of lapses.
    #[must_use]
    pub fn threshold(&self, kind: IncidentKind, lapses: i64) -> Threshold {
        let known = self.thresholds.get(&kind).copied().unwrap_or(Threshold { months: 12, admonish: 0, remove: 0 });
        match kind {
            IncidentKind::Lapse => Threshold { admonish: u32::try_from(lapses).unwrap_or(0), ..known },
            _ => known,
        }
    }

    /// Names what is out of range; fields are `<kind>.<months|admonish|remove>` and those of the struct.
    pub fn check(&self, problems: &mut Problems) {
        let mut within = |field: String, value: u32, least: u32, most: u32| {
            if !(least..=most).contains(&value) {
                problems.add(FieldProblem::with(field, "out-of-range", format!("{least}–{most}")));
            }
        };
        for (kind, threshold) in &self.thresholds {
            within(format!("{kind}.months"), threshold.months, 1, 60);
            within(format!("{kind}.admonish"), threshold.admonish, 0, 50);
            within(format!("{kind}.remove"), threshold.remove, 0, 50);
        }
        within("admonition_months".to_owned(), self.admonition_months, 1, 120);
        within("statement_days".to_owned(), self.statement_days, 1, 60);
        within("appeal_days".to_owned(), self.appeal_days, 1, 60);
        within("reentry_months".to_owned(), self.reentry_months, 0, 120);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_those_of_the_table() {
        let rules = ConductRules::default();
        for (kind, count, proposed) in [
            (IncidentKind::Lapse, 2, None),
            (IncidentKind::Lapse, 3, Some(CaseKind::Admonition)),
            (IncidentKind::Promotion, 1, Some(CaseKind::Admonition)),
            (IncidentKind::Touting, 1, Some(CaseKind::Admonition)),
            (IncidentKind::Gift, 1, Some(CaseKind::Removal)),
            (IncidentKind::Complaint, 50, None),
            (IncidentKind::FeedbackOverdue, 50, None),
        ] {
            assert_eq!(rules.threshold(kind, 3).proposes(count), proposed, "{count} × {kind}");
        }
        assert_eq!((rules.statement_days, rules.appeal_days, rules.reentry_months), (5, 10, 24));
        assert_eq!(rules.thresholds.len(), IncidentKind::ALL.len(), "each kind has its row on the page");
    }

    #[test]
    fn a_version_comes_back_from_its_text_and_an_empty_one_is_the_default() {
        let rules = ConductRules { appeal_days: 15, ..ConductRules::default() };
        let text = serde_json::to_string(&rules).expect("text");
        assert_eq!(serde_json::from_str::<ConductRules>(&text).expect("reads"), rules);
        assert_eq!(serde_json::from_str::<ConductRules>("{}").expect("reads"), ConductRules::default());
    }

    #[test]
    fn figures_out_of_range_are_named() {
        let mut rules = ConductRules { statement_days: 0, ..ConductRules::default() };
        rules.thresholds.insert(IncidentKind::Gift, Threshold { months: 0, admonish: 1, remove: 99 });
        let mut problems = Problems::default();
        rules.check(&mut problems);
        let Err(crate::domain::refusal::Refusal::Invalid(found)) = problems.settle() else { panic!("refused") };
        let fields: Vec<&str> = found.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["gift.months", "gift.remove", "statement_days"]);
    }
}
