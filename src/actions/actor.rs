//! On whose behalf a deed is done: what the trail calls them, what they may and what they see.

use crate::domain::refusal::Refusal;
use crate::domain::role::{Right, Scope, Staff};
use crate::ids::{AccountId, ExpertId, NeedId};

/// On whose behalf a deed is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// An account.
    Staff(Staff),
    /// An expert, by a sealed link.
    Expert(ExpertId),
    /// The enterprise of a need, by a sealed link.
    Enterprise(NeedId),
    /// The desk itself: sweeps and deliveries.
    Desk,
    /// The command line of the operator.
    Operator,
}

impl Actor {
    /// How the trail names the actor.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Staff(staff) => format!("account:{}", staff.account),
            Self::Expert(expert) => format!("expert:{expert}"),
            Self::Enterprise(need) => format!("enterprise:{need}"),
            Self::Desk => "desk".to_owned(),
            Self::Operator => "operator".to_owned(),
        }
    }

    /// The account, if one acts.
    #[must_use]
    pub const fn account(&self) -> Option<AccountId> {
        match self {
            Self::Staff(staff) => Some(staff.account),
            _ => None,
        }
    }

    /// Whether a person acts (their letters leave at once) rather than the desk itself.
    #[must_use]
    pub const fn is_person(&self) -> bool {
        !matches!(self, Self::Desk)
    }

    /// Asks for a right; links and the desk have the rights of their own deeds.
    ///
    /// # Errors
    /// [`Refusal::NotYours`].
    pub fn needs(&self, right: Right) -> Result<(), Refusal> {
        match self {
            Self::Staff(staff) if !staff.role.has(right) => Err(Refusal::NotYours),
            _ => Ok(()),
        }
    }

    /// What the actor may see.
    #[must_use]
    pub fn scope(&self) -> Scope {
        match self {
            Self::Staff(staff) => staff.scope.clone(),
            _ => Scope::Everything,
        }
    }
}
