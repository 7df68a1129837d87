//! Standing (在册状态): whether an expert is on the register and may be asked. Leave is dated rows, not a standing.
//!
//! Source: `rules.md`, "Standing, selection, conduct".

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

impl Standing {
    /// Whether an expert in this standing may be offered a need.
    #[must_use]
    pub const fn may_be_asked(self) -> bool {
        matches!(self, Self::Active)
    }

    /// Whether an expert in this standing may take a seat that was offered before: who asked for a break may come back
    /// for it, who was suspended or has left may not.
    #[must_use]
    pub const fn may_serve(self) -> bool {
        matches!(self, Self::Active | Self::Paused)
    }

    /// Whether the expert has left for good; coming back takes a new application.
    #[must_use]
    pub const fn has_left(self) -> bool {
        matches!(self, Self::Withdrawn | Self::Removed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
