//! Standing (在册状态): whether an expert is on the register and may be asked, and which deed leads from where to where.
//! Leave is dated rows, not a standing.
//!
//! Contract: [`Standing::after`] names every pair of a standing and a deed, so that neither a new standing nor a new deed
//! compiles before each pair is decided. Source: Beijing standard, 退出; `rules.md`, "Standing, selection, conduct".
//! Deliberately absent: who may do a deed, and what else it brings about.

use chrono::{Months, NaiveDate};

text_enum! {
    /// Where an expert stands with the office.
    pub enum Standing {
        /// 已申请.
        Applied = "applied",
        /// 审核中.
        Reviewing = "reviewing",
        /// 在册: the only standing in which an expert is asked.
        Active = "active",
        /// 暂停: the expert asked for a break.
        Paused = "paused",
        /// 停派: suspended by the office, while a removal case is open.
        Suspended = "suspended",
        /// 退出: by choice or on advice (劝导退出).
        Withdrawn = "withdrawn",
        /// 除名.
        Removed = "removed",
    }
}

text_enum! {
    /// What changes a standing.
    pub enum StandingDeed {
        /// 受理: the application is looked at, or more is asked for.
        TakeUp = "take-up",
        /// 备案.
        Admit = "admit",
        /// 不予备案.
        Refuse = "refuse",
        /// 暂停, at the expert's wish.
        Pause = "pause",
        /// 恢复接单, at the expert's wish.
        Resume = "resume",
        /// 停派: a removal case was opened.
        Suspend = "suspend",
        /// 恢复在册: the case ended without removal.
        Reinstate = "reinstate",
        /// The same for somebody who had paused before.
        ReinstatePaused = "reinstate-paused",
        /// 自主退出.
        Withdraw = "withdraw",
        /// 劝导退出.
        WithdrawOnAdvice = "withdraw-on-advice",
        /// 除名.
        Remove = "remove",
        /// 重新申请: after withdrawal at once, after removal by decision ([`reentry_from`]).
        Reenter = "reenter",
    }
}

/// A deed that does not lead anywhere from this standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfPlace {
    /// Where the expert stands.
    pub standing: Standing,
    /// What was asked.
    pub deed: StandingDeed,
}

impl Standing {
    /// Whether an expert in this standing may be offered a need.
    #[must_use]
    pub const fn may_be_asked(self) -> bool {
        matches!(self, Self::Active)
    }

    /// Whether the expert has left for good; coming back takes a new application.
    #[must_use]
    pub const fn has_left(self) -> bool {
        matches!(self, Self::Withdrawn | Self::Removed)
    }

    /// Whether what the expert has accepted moves on too: a pause ends new offers only, everything else ends all.
    #[must_use]
    pub const fn ends_accepted_cases(self) -> bool {
        matches!(self, Self::Suspended | Self::Withdrawn | Self::Removed)
    }

    /// The standing after a deed.
    ///
    /// # Errors
    /// [`OutOfPlace`] when the deed means nothing here.
    pub const fn after(self, deed: StandingDeed) -> Result<Self, OutOfPlace> {
        use StandingDeed as D;
        let next = match self {
            Self::Applied => match deed {
                D::TakeUp => Some(Self::Reviewing),
                D::Admit => Some(Self::Active),
                D::Refuse | D::Withdraw => Some(Self::Withdrawn),
                D::Pause
                | D::Resume
                | D::Suspend
                | D::Reinstate
                | D::ReinstatePaused
                | D::WithdrawOnAdvice
                | D::Remove
                | D::Reenter => None,
            },
            Self::Reviewing => match deed {
                // More may be asked for again and again.
                D::TakeUp => Some(Self::Reviewing),
                D::Admit => Some(Self::Active),
                D::Refuse | D::Withdraw => Some(Self::Withdrawn),
                D::Pause
                | D::Resume
                | D::Suspend
                | D::Reinstate
                | D::ReinstatePaused
                | D::WithdrawOnAdvice
                | D::Remove
                | D::Reenter => None,
            },
            Self::Active => match deed {
                D::Pause => Some(Self::Paused),
                D::Suspend => Some(Self::Suspended),
                D::Withdraw | D::WithdrawOnAdvice => Some(Self::Withdrawn),
                D::TakeUp
                | D::Admit
                | D::Refuse
                | D::Resume
                | D::Reinstate
                | D::ReinstatePaused
                | D::Remove
                | D::Reenter => None,
            },
            Self::Paused => match deed {
                D::Resume => Some(Self::Active),
                D::Suspend => Some(Self::Suspended),
                D::Withdraw | D::WithdrawOnAdvice => Some(Self::Withdrawn),
                D::TakeUp
                | D::Admit
                | D::Refuse
                | D::Pause
                | D::Reinstate
                | D::ReinstatePaused
                | D::Remove
                | D::Reenter => None,
            },
            // Nobody is removed who was not suspended first; whoever is suspended may still leave by choice.
            Self::Suspended => match deed {
                D::Reinstate => Some(Self::Active),
                D::ReinstatePaused => Some(Self::Paused),
                D::Withdraw | D::WithdrawOnAdvice => Some(Self::Withdrawn),
                D::Remove => Some(Self::Removed),
                D::TakeUp | D::Admit | D::Refuse | D::Pause | D::Resume | D::Suspend | D::Reenter => None,
            },
            Self::Withdrawn => match deed {
                // A removal case goes on after its expert withdrew: leaving is no way around it.
                D::Remove => Some(Self::Removed),
                // The appeal against an advised withdrawal was right.
                D::Reinstate => Some(Self::Active),
                D::ReinstatePaused => Some(Self::Paused),
                D::Reenter => Some(Self::Applied),
                D::TakeUp
                | D::Admit
                | D::Refuse
                | D::Pause
                | D::Resume
                | D::Suspend
                | D::Withdraw
                | D::WithdrawOnAdvice => None,
            },
            Self::Removed => match deed {
                // The appeal against the removal was right.
                D::Reinstate => Some(Self::Active),
                D::ReinstatePaused => Some(Self::Paused),
                D::Reenter => Some(Self::Applied),
                D::TakeUp
                | D::Admit
                | D::Refuse
                | D::Pause
                | D::Resume
                | D::Suspend
                | D::Withdraw
                | D::WithdrawOnAdvice
                | D::Remove => None,
            },
        };
        match next {
            Some(standing) => Ok(standing),
            None => Err(OutOfPlace { standing: self, deed }),
        }
    }
}

/// The deed that gives back the standing before a case; `None` when there is nothing to give back.
#[must_use]
pub const fn reinstating(before: Standing) -> Option<StandingDeed> {
    match before {
        Standing::Active => Some(StandingDeed::Reinstate),
        Standing::Paused => Some(StandingDeed::ReinstatePaused),
        Standing::Applied | Standing::Reviewing | Standing::Suspended | Standing::Withdrawn | Standing::Removed => None,
    }
}

/// The first day on which somebody who left may come back: the same day after withdrawal, `months` after a removal.
/// `None` for whoever has not left.
#[must_use]
pub fn reentry_from(standing: Standing, left_on: NaiveDate, months: u32) -> Option<NaiveDate> {
    match standing {
        Standing::Withdrawn => Some(left_on),
        Standing::Removed => Some(left_on.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX)),
        Standing::Applied | Standing::Reviewing | Standing::Active | Standing::Paused | Standing::Suspended => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use StandingDeed as D;

    #[test]
    fn only_the_active_are_asked_and_texts_come_back() {
        let asked: Vec<_> = Standing::ALL.iter().filter(|standing| standing.may_be_asked()).collect();
        assert_eq!(asked, [&Standing::Active]);
        for standing in Standing::ALL {
            assert_eq!(standing.as_str().parse(), Ok(*standing));
            assert_eq!(serde_json::to_string(standing).ok(), Some(format!("\"{standing}\"")));
        }
        assert!("retired".parse::<Standing>().is_err());
        assert!(Standing::Removed.has_left() && !Standing::Suspended.has_left());
    }

    /// Every pair of standing and deed that leads somewhere; every other pair is refused.
    const WAYS: &[(Standing, StandingDeed, Standing)] = &[
        (Standing::Applied, D::TakeUp, Standing::Reviewing),
        (Standing::Applied, D::Admit, Standing::Active),
        (Standing::Applied, D::Refuse, Standing::Withdrawn),
        (Standing::Applied, D::Withdraw, Standing::Withdrawn),
        (Standing::Reviewing, D::TakeUp, Standing::Reviewing),
        (Standing::Reviewing, D::Admit, Standing::Active),
        (Standing::Reviewing, D::Refuse, Standing::Withdrawn),
        (Standing::Reviewing, D::Withdraw, Standing::Withdrawn),
        (Standing::Active, D::Pause, Standing::Paused),
        (Standing::Active, D::Suspend, Standing::Suspended),
        (Standing::Active, D::Withdraw, Standing::Withdrawn),
        (Standing::Active, D::WithdrawOnAdvice, Standing::Withdrawn),
        (Standing::Paused, D::Resume, Standing::Active),
        (Standing::Paused, D::Suspend, Standing::Suspended),
        (Standing::Paused, D::Withdraw, Standing::Withdrawn),
        (Standing::Paused, D::WithdrawOnAdvice, Standing::Withdrawn),
        (Standing::Suspended, D::Reinstate, Standing::Active),
        (Standing::Suspended, D::ReinstatePaused, Standing::Paused),
        (Standing::Suspended, D::Withdraw, Standing::Withdrawn),
        (Standing::Suspended, D::WithdrawOnAdvice, Standing::Withdrawn),
        (Standing::Suspended, D::Remove, Standing::Removed),
        (Standing::Withdrawn, D::Remove, Standing::Removed),
        (Standing::Withdrawn, D::Reinstate, Standing::Active),
        (Standing::Withdrawn, D::ReinstatePaused, Standing::Paused),
        (Standing::Withdrawn, D::Reenter, Standing::Applied),
        (Standing::Removed, D::Reinstate, Standing::Active),
        (Standing::Removed, D::ReinstatePaused, Standing::Paused),
        (Standing::Removed, D::Reenter, Standing::Applied),
    ];

    #[test]
    fn every_pair_of_standing_and_deed_is_decided() {
        let mut led = 0;
        for standing in Standing::ALL {
            for deed in StandingDeed::ALL {
                let way = WAYS.iter().find(|(from, by, _)| from == standing && by == deed).map(|(_, _, to)| *to);
                let expected = way.ok_or(OutOfPlace { standing: *standing, deed: *deed });
                assert_eq!(standing.after(*deed), expected, "{standing} × {deed}");
                led += usize::from(way.is_some());
            }
        }
        assert_eq!(led, WAYS.len(), "no way is listed twice");
        assert_eq!(Standing::ALL.len() * StandingDeed::ALL.len(), 84);
    }

    #[test]
    fn nobody_is_removed_from_the_middle_of_their_work() {
        for standing in Standing::ALL.iter().filter(|standing| standing.may_be_asked()) {
            assert!(standing.after(D::Remove).is_err());
        }
        for standing in Standing::ALL.iter().filter(|standing| standing.has_left()) {
            for deed in [D::Admit, D::Resume, D::Pause, D::Suspend] {
                assert!(standing.after(deed).is_err(), "{standing} comes back only by a new application or an appeal");
            }
        }
    }

    #[test]
    fn whoever_withdrew_comes_back_at_once_and_whoever_was_removed_after_the_period() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).expect("a date");
        let left = day(2026, 2, 28);
        assert_eq!(reentry_from(Standing::Withdrawn, left, 24), Some(left));
        assert_eq!(reentry_from(Standing::Removed, left, 24), Some(day(2028, 2, 28)));
        assert_eq!(reentry_from(Standing::Removed, day(2024, 2, 29), 12), Some(day(2025, 2, 28)));
        assert_eq!(reentry_from(Standing::Active, left, 24), None);
        for standing in Standing::ALL {
            assert_eq!(reinstating(*standing).is_some(), matches!(standing, Standing::Active | Standing::Paused));
        }
    }
}
