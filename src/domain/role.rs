//! Who may do what: roles, the part of the region tree an account sees, and the rights of each role.
//!
//! Source: product.md, "Who uses it"; ASVS 5 8.2.1–8.2.3. Deliberately absent: anything about sessions or passwords.

use crate::ids::{AccountId, StationId};

text_enum! {
    /// What an account is for.
    pub enum Role {
        /// 联络员: works for one station.
        Liaison = "liaison",
        /// 管理人员: the managing centre of a region, or of the city.
        Manager = "manager",
        /// 运维: accounts, tokens, configuration; no conduct decisions.
        Admin = "admin",
        /// 审计: reads everything, changes nothing.
        Auditor = "auditor",
    }
}

/// What a read may return: everything, one region's subtree, or one station's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// The city centre, administrators and auditors without a region.
    Everything,
    /// A managing centre delegated for a region: the codes of its subtree.
    Regions(Vec<String>),
    /// A liaison: the needs of one station.
    Station(StationId),
}

/// The account on whose behalf a deed is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// The account.
    pub account: AccountId,
    /// Its role.
    pub role: Role,
    /// What it may see.
    pub scope: Scope,
    /// The station of a liaison.
    pub station: Option<StationId>,
}

text_enum! {
    /// What a page, call or deed asks of an account.
    pub enum Right {
        /// Read needs, experts and boards within one's scope.
        Read = "read",
        /// Submit and work on needs: liaisons and managers.
        WorkNeeds = "work-needs",
        /// Keep the register of experts and stations: managers.
        KeepRegister = "keep-register",
        /// Decide on conduct and policy: managers.
        Decide = "decide",
        /// Accounts, tokens, configuration: administrators.
        Administer = "administer",
        /// Read the trail: managers, administrators and auditors.
        Audit = "audit",
    }
}

impl Role {
    /// Whether the role has the right at all; scope is asked separately.
    #[must_use]
    pub const fn has(self, right: Right) -> bool {
        match right {
            Right::Read => true,
            Right::WorkNeeds => matches!(self, Self::Liaison | Self::Manager),
            Right::KeepRegister | Right::Decide => matches!(self, Self::Manager),
            Right::Administer => matches!(self, Self::Admin),
            Right::Audit => matches!(self, Self::Manager | Self::Admin | Self::Auditor),
        }
    }
}

impl Scope {
    /// Whether a need of `station` in `region` may be seen.
    #[must_use]
    pub fn covers(&self, region: &str, station: StationId) -> bool {
        match self {
            Self::Everything => true,
            Self::Regions(codes) => codes.iter().any(|code| code == region),
            Self::Station(own) => *own == station,
        }
    }

    /// Whether something that belongs to a region and no station may be seen.
    #[must_use]
    pub fn covers_region(&self, region: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Regions(codes) => codes.iter().any(|code| code == region),
            Self::Station(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auditors_read_and_do_nothing_else() {
        for right in Right::ALL {
            let reads = matches!(right, Right::Read | Right::Audit);
            assert_eq!(Role::Auditor.has(*right), reads, "{right}");
        }
        assert!(!Role::Admin.has(Right::Decide));
    }
}
