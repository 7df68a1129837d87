//! Erasing a person (删除个人信息): who may be erased, on which grounds, and what stands in a name's place afterwards.
//!
//! Source: rules.md, "Audit, erasure"; 《个人信息保护法》第四十七条 (the purpose is reached, or the person asks). What
//! stays is the skeleton: that a case was, when, of which firm, how it ended, and every figure. Deliberately absent: how
//! the texts are closed, which is the destruction of their key.

use super::standing::Standing;

text_enum! {
    /// Why a person is erased.
    pub enum ErasureGround {
        /// The person asked for it.
        Request = "request",
        /// The time the record has to be kept is over.
        Retention = "retention",
        /// The record should never have been made (entered twice, without consent).
        Mistake = "mistake",
    }
}

/// What stands in the place of an erased person's name.
pub const ERASED_NAME: &str = "（已删除）";

/// Whether a person in that standing may be erased: whoever is on the register leaves it first, so that offers and turns
/// find a new home, and whoever is suspended awaits the decision.
#[must_use]
pub const fn may_be_erased(standing: Standing) -> bool {
    match standing {
        Standing::Applied | Standing::Reviewing | Standing::Withdrawn | Standing::Removed => true,
        Standing::Active | Standing::Paused | Standing::Suspended => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_may_still_be_asked_or_awaits_a_decision_is_not_erased() {
        for standing in Standing::ALL {
            let stays = matches!(standing, Standing::Active | Standing::Paused | Standing::Suspended);
            assert_eq!(may_be_erased(*standing), !stays, "{standing}");
        }
    }
}
