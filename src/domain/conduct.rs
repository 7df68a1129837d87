//! Conduct (行为准则): incidents, and the two kinds of case, admonition 劝导 and removal 除名.
//!
//! Source: Beijing standard, 行为准则, 服务要求, 退出; rules.md, "Standing, selection, conduct". Policy proposes,
//! people decide: nothing here changes anybody's standing by itself.

use super::standing::Standing;

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
    /// Where a case stands.
    pub enum CaseState {
        /// Waits for a second manager.
        Open = "open",
        /// Decided.
        Decided = "decided",
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

    /// The standing after the decision, given the one before the case.
    #[must_use]
    pub const fn standing_after(self, before: Standing) -> Standing {
        match self {
            Self::Remove => Standing::Removed,
            Self::AdviseWithdrawal => Standing::Withdrawn,
            Self::Admonish | Self::Keep | Self::Dismiss => before,
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
    fn three_lapses_or_one_promotion_propose() {
        assert!(!proposes_admonition(2, 3, 0));
        assert!(proposes_admonition(3, 3, 0));
        assert!(proposes_admonition(0, 3, 1));
    }
}
