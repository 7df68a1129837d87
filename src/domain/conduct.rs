//! Conduct (行为准则): incidents, and the two kinds of case, admonition 劝导 and removal 除名.
//!
//! Source: Beijing standard, 行为准则, 服务要求, 退出; rules.md, "Standing, selection, conduct". Policy proposes
//! ([`ConductRules`]), people decide, by stages ([`CaseStage`]), on evidence that says itself whether it would stand
//! ([`Evidence`]): nothing here changes anybody's standing by itself.

pub mod evidence;
pub mod rules;
pub mod stage;

pub use evidence::{Doubt, Evidence, Exhibit, Verdict};
pub use rules::{ConductRules, Threshold};
pub use stage::{CaseStage, CaseStep, ends_after, reminds_at};

use super::standing::{Standing, StandingDeed, reinstating};

text_enum! {
    /// Something that may weigh against an expert.
    pub enum IncidentKind {
        /// An offer ran out unanswered.
        Lapse = "lapse",
        /// Did not turn up.
        NoShow = "no-show",
        /// Feedback not filed in time.
        FeedbackOverdue = "feedback-overdue",
        /// 收受礼金.
        Gift = "gift",
        /// 推介有偿服务.
        Promotion = "promotion",
        /// 招揽业务.
        Touting = "touting",
        /// 泄密.
        Confidence = "confidence",
        /// 投诉.
        Complaint = "complaint",
    }
}

impl IncidentKind {
    /// Whether it is somebody's word, which weighs only once a manager has found it proven; the rest is on record.
    #[must_use]
    pub const fn is_report(self) -> bool {
        match self {
            Self::Lapse | Self::FeedbackOverdue => false,
            Self::NoShow | Self::Gift | Self::Promotion | Self::Touting | Self::Confidence | Self::Complaint => true,
        }
    }
}

text_enum! {
    /// What a manager found of a report.
    pub enum Finding {
        /// 属实.
        Proven = "proven",
        /// 不属实.
        Unfounded = "unfounded",
    }
}

text_enum! {
    /// The two kinds of case.
    pub enum CaseKind {
        /// 劝导.
        Admonition = "admonition",
        /// 除名: suspends at once.
        Removal = "removal",
    }
}

text_enum! {
    /// Whether a case is decided; [`CaseStage`] says where exactly it stands.
    pub enum CaseState {
        /// Waits for a second manager.
        Open = "open",
        /// Decided.
        Decided = "decided",
    }
}

text_enum! {
    /// How an appeal ends.
    pub enum AppealOutcome {
        /// 维持原决定.
        Upheld = "upheld",
        /// 撤销原决定.
        Overturned = "overturned",
    }
}

text_enum! {
    /// What a paper of a case is.
    pub enum PaperKind {
        /// The notice, sealed and scanned.
        Notice = "notice",
        /// The decision, sealed and scanned.
        Decision = "decision",
        /// The decision on the appeal, sealed and scanned.
        AppealDecision = "appeal-decision",
        /// 退出书, signed by the expert.
        Withdrawal = "withdrawal",
        /// Anything else that was handed in.
        Evidence = "evidence",
    }
}

text_enum! {
    /// What the expert's words are.
    pub enum StatementKind {
        /// 陈述.
        Statement = "statement",
        /// 申诉.
        Appeal = "appeal",
    }
}

text_enum! {
    /// How a case may end.
    pub enum Decision {
        /// 改正留任: admonished, stays.
        Admonish = "admonish",
        /// 不予除名: a removal case that ends without one.
        Keep = "keep",
        /// 劝导退出: signs the withdrawal, on advice.
        AdviseWithdrawal = "advise-withdrawal",
        /// 除名.
        Remove = "remove",
        /// 不成立.
        Dismiss = "dismiss",
    }
}

impl Decision {
    /// Whether a case of this kind may end so.
    #[must_use]
    pub const fn fits(self, kind: CaseKind) -> bool {
        match kind {
            CaseKind::Admonition => matches!(self, Self::Admonish | Self::AdviseWithdrawal | Self::Dismiss),
            CaseKind::Removal => matches!(self, Self::Remove | Self::Keep | Self::Dismiss | Self::AdviseWithdrawal),
        }
    }

    /// Whether it is against the expert: it may be appealed against and goes into the ledger.
    #[must_use]
    pub const fn is_against(self) -> bool {
        match self {
            Self::Admonish | Self::AdviseWithdrawal | Self::Remove => true,
            Self::Keep | Self::Dismiss => false,
        }
    }

    /// The standing after the decision, given the one before the case.
    #[must_use]
    pub const fn standing_after(self, before: Standing) -> Standing {
        match self {
            Self::Remove => Standing::Removed,
            Self::AdviseWithdrawal => Standing::Withdrawn,
            Self::Admonish | Self::Keep | Self::Dismiss => before,
        }
    }

    /// What the decision of a case of that kind does to somebody who stands at `now`, given the standing before the case;
    /// `None` when it changes nothing. An admonition case leaves everybody where they are, also whoever a removal case
    /// beside it has suspended; who left by choice meanwhile stays away.
    #[must_use]
    pub const fn deed(self, kind: CaseKind, now: Standing, before: Standing) -> Option<StandingDeed> {
        match self {
            Self::Remove => Some(StandingDeed::Remove),
            Self::AdviseWithdrawal => match now {
                Standing::Withdrawn | Standing::Removed => None,
                Standing::Applied | Standing::Reviewing | Standing::Active | Standing::Paused | Standing::Suspended => {
                    Some(StandingDeed::WithdrawOnAdvice)
                }
            },
            Self::Admonish | Self::Keep | Self::Dismiss if matches!(kind, CaseKind::Admonition) => None,
            Self::Admonish | Self::Keep | Self::Dismiss => match now {
                Standing::Suspended => reinstating(before),
                Standing::Applied
                | Standing::Reviewing
                | Standing::Active
                | Standing::Paused
                | Standing::Withdrawn
                | Standing::Removed => None,
            },
        }
    }

    /// What it does when an appeal overturns the decision: the standing before the case comes back where the decision
    /// took it away.
    #[must_use]
    pub const fn undone(self, now: Standing, before: Standing) -> Option<StandingDeed> {
        match (self, now) {
            (Self::Remove, Standing::Removed) | (Self::AdviseWithdrawal, Standing::Withdrawn) => reinstating(before),
            _ => None,
        }
    }
}

/// Whether policy proposes an admonition: `threshold` lapses within the period, or one proven promotion or touting.
#[must_use]
pub const fn proposes_admonition(lapses: i64, threshold: i64, promotions: i64) -> bool {
    lapses >= threshold || promotions > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_removal_case_removes() {
        assert!(!Decision::Remove.fits(CaseKind::Admonition));
        assert!(Decision::Remove.fits(CaseKind::Removal));
        assert_eq!(Decision::Keep.standing_after(Standing::Active), Standing::Active);
        assert_eq!(Decision::Remove.standing_after(Standing::Active), Standing::Removed);
    }

    #[test]
    fn every_decision_leads_somewhere_from_every_standing_a_case_can_meet() {
        for before in [Standing::Active, Standing::Paused] {
            // A removal case finds its expert suspended, or gone by choice meanwhile.
            for now in [Standing::Suspended, Standing::Withdrawn] {
                for decision in Decision::ALL.iter().filter(|decision| decision.fits(CaseKind::Removal)) {
                    let after = decision.deed(CaseKind::Removal, now, before).map_or(Ok(now), |deed| now.after(deed));
                    let left_by_choice = now == Standing::Withdrawn && *decision != Decision::Remove;
                    let expected = if left_by_choice { now } else { decision.standing_after(before) };
                    assert_eq!(after, Ok(expected), "{decision} for {now}, before {before}");
                }
            }
            // An admonition case finds its expert where it was, or suspended by a removal case beside it, or gone.
            for now in [Standing::Active, Standing::Paused, Standing::Suspended, Standing::Withdrawn, Standing::Removed]
            {
                for decision in Decision::ALL.iter().filter(|decision| decision.fits(CaseKind::Admonition)) {
                    let deed = decision.deed(CaseKind::Admonition, now, before);
                    assert!(deed.is_none_or(|deed| now.after(deed).is_ok()), "{decision} {now}");
                    let after = deed.map_or(Ok(now), |deed| now.after(deed));
                    assert!(
                        after.is_ok_and(|after| !after.may_be_asked() || after == now),
                        "no way out of a suspension"
                    );
                }
            }
            for (decision, now) in
                [(Decision::Remove, Standing::Removed), (Decision::AdviseWithdrawal, Standing::Withdrawn)]
            {
                let back = decision.undone(now, before).map(|deed| now.after(deed));
                assert_eq!(back, Some(Ok(before)), "an appeal that was right gives back the standing");
            }
        }
        assert!(
            Decision::ALL
                .iter()
                .all(|decision| decision.is_against() != matches!(decision, Decision::Keep | Decision::Dismiss))
        );
    }

    #[test]
    fn three_lapses_or_one_promotion_propose() {
        assert!(!proposes_admonition(2, 3, 0));
        assert!(proposes_admonition(3, 3, 0));
        assert!(proposes_admonition(0, 3, 1));
    }
}
