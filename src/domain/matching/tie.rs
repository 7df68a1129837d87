//! Ties: what binds an expert to the sides of a need, declared by somebody or learned from the services he did.
//!
//! Source: Beijing standard, 行为准则 (回避); product.md, "Rank". A tie either bars or asks for a manager's waiver with a
//! reason; the gravest one found is told. What somebody declared as employment, ownership or family bars. Learned: he
//! served the enterprise that is now the opposing party, or he served against the enterprise that now asks; both bar while
//! that matter is open and for a year after, and ask a manager for three. A colleague who serves the other side bars
//! where the two matters face each other. Deliberately absent: names of other clients in what is told.

use super::NeedProfile;
use crate::domain::firm::{FirmMatch, FirmName};
use chrono::NaiveDate;
use std::sync::Arc;

text_enum! {
    /// What somebody declared.
    pub enum RelationKind {
        /// 任职.
        Employment = "employment",
        /// 持股、出资.
        Ownership = "ownership",
        /// 近亲属任职或持股.
        Family = "family",
        /// 受聘顾问、代理.
        Advisory = "advisory",
        /// 曾为对方.
        Adversary = "adversary",
        /// 其他利害关系.
        Other = "other",
    }
}

impl RelationKind {
    /// Bars outright; the others ask for a waiver.
    #[must_use]
    pub const fn bars(self) -> bool {
        matches!(self, Self::Employment | Self::Ownership | Self::Family)
    }
}

text_enum! {
    /// On what a conflict rests.
    pub enum Ground {
        /// Declared by the expert or the office.
        Declared = "declared",
        /// He served the opposing party, or against the enterprise that asks.
        PastService = "past-service",
        /// His firm serves the other side of an open matter.
        FirmOtherSide = "firm-other-side",
        /// An official, and the matter speaks of his own department.
        OwnDepartment = "own-department",
    }
}

/// What a tie is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bond {
    /// Somebody declared it.
    Declared(RelationKind),
    /// He served this enterprise; the parties it stood against.
    Served {
        /// The Beijing date of the last time.
        last_on: NaiveDate,
        /// The matter is open.
        open: bool,
        /// The opposing parties of an open matter.
        against: Vec<Arc<FirmName>>,
    },
    /// He served somebody against this party.
    ServedAgainst {
        /// The Beijing date of the last time.
        last_on: NaiveDate,
        /// The matter is open.
        open: bool,
    },
}

/// What binds an expert to a party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tie {
    /// The party.
    pub party: Arc<FirmName>,
    /// What it is made of.
    pub bond: Bond,
}

/// A conflict found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relation {
    /// On what it rests.
    pub ground: Ground,
    /// It bars; otherwise a manager may waive it.
    pub bars: bool,
}

/// Days for which a past service bars.
const BARS_DAYS: i64 = 365;
/// Days after which a past service is forgotten.
pub const LEARNED_DAYS: i64 = 3 * 365;

/// The gravest conflict that an expert's ties give for a need.
#[must_use]
pub fn conflict_of(need: &NeedProfile, ties: &[Tie]) -> Option<Relation> {
    let mut found: Option<Relation> = None;
    for tie in ties {
        let Some(relation) = of_tie(need, tie) else { continue };
        if found.is_none_or(|held| relation.bars && !held.bars) {
            found = Some(relation);
        }
    }
    found
}

fn of_tie(need: &NeedProfile, tie: &Tie) -> Option<Relation> {
    let opposing = strongest(&tie.party, need.opposing_party.iter().chain(&need.opposing_agent));
    let asking = tie.party.compare(&need.enterprise);
    match &tie.bond {
        Bond::Declared(kind) => {
            let met = stronger(opposing, asking);
            (met != FirmMatch::Different)
                .then_some(Relation { ground: Ground::Declared, bars: kind.bars() && met == FirmMatch::Sure })
        }
        Bond::Served { last_on, open, .. } => learned(need, opposing, *last_on, *open),
        Bond::ServedAgainst { last_on, open } => learned(need, asking, *last_on, *open),
    }
}

fn learned(need: &NeedProfile, met: FirmMatch, last_on: NaiveDate, open: bool) -> Option<Relation> {
    let days = (need.asked_on - last_on).num_days();
    if met == FirmMatch::Different || (!open && days > LEARNED_DAYS) {
        return None;
    }
    Some(Relation { ground: Ground::PastService, bars: met == FirmMatch::Sure && (open || days <= BARS_DAYS) })
}

/// What follows for everybody of a firm when one of them serves a party in an open matter: a bar where that party is this
/// need's opposing party and stands there against the enterprise that asks here, a question where the matters differ.
#[must_use]
pub fn conflict_of_firm(need: &NeedProfile, matter: &Tie) -> Option<Relation> {
    let Bond::Served { open: true, against, .. } = &matter.bond else { return None };
    match strongest(&matter.party, need.opposing_party.iter()) {
        FirmMatch::Different => None,
        met => {
            let faced = against.iter().any(|party| party.compare(&need.enterprise) == FirmMatch::Sure);
            Some(Relation { ground: Ground::FirmOtherSide, bars: faced && met == FirmMatch::Sure })
        }
    }
}

/// What follows for an official when the need's text speaks of his department.
#[must_use]
pub fn conflict_of_department(need_text: &str, department: &FirmName) -> Option<Relation> {
    let raw = department.raw();
    let spoken_of = raw.chars().count() >= 4 && need_text.contains(raw);
    spoken_of.then_some(Relation { ground: Ground::OwnDepartment, bars: false })
}

/// The graver of two findings.
#[must_use]
pub fn graver(one: Option<Relation>, other: Option<Relation>) -> Option<Relation> {
    match (one, other) {
        (Some(one), Some(other)) => Some(if other.bars && !one.bars { other } else { one }),
        (one, other) => one.or(other),
    }
}

fn strongest<'a>(name: &FirmName, others: impl Iterator<Item = &'a FirmName>) -> FirmMatch {
    others.map(|other| name.compare(other)).fold(FirmMatch::Different, stronger)
}

const fn stronger(one: FirmMatch, other: FirmMatch) -> FirmMatch {
    match (one, other) {
        (FirmMatch::Sure, _) | (_, FirmMatch::Sure) => FirmMatch::Sure,
        (FirmMatch::Unsure, _) | (_, FirmMatch::Unsure) => FirmMatch::Unsure,
        _ => FirmMatch::Different,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{bare_need, day};
    use super::*;

    fn tie(party: &str, bond: Bond) -> Tie {
        Tie { party: Arc::new(FirmName::parse(party)), bond }
    }

    fn served(party: &str, last_on: &str, open: bool) -> Tie {
        tie(party, Bond::Served { last_on: day(last_on), open, against: Vec::new() })
    }

    // The need: 云岫传感 asks against 铂影测控, whose agent is 澄观; asked on 8 May 2026.
    #[test]
    fn declared_relations_bar_by_their_kind_on_either_side() {
        for (party, kind, expected) in [
            ("铂影测控技术有限公司", RelationKind::Employment, Some(true)),
            ("云岫传感科技有限公司", RelationKind::Ownership, Some(true)),
            ("北京市澄观律师事务所上海分所", RelationKind::Family, Some(true)),
            ("铂影测控技术有限公司", RelationKind::Advisory, Some(false)),
            ("铂影", RelationKind::Employment, Some(false)),
            ("铂影光学有限公司", RelationKind::Employment, None),
        ] {
            let found = conflict_of(&bare_need(), &[tie(party, Bond::Declared(kind))]);
            assert_eq!(found.map(|relation| relation.bars), expected, "{party} {kind}");
        }
    }

    #[test]
    fn past_services_bar_for_a_year_ask_for_three_and_are_then_forgotten() {
        for (ties, expected) in [
            (served("铂影测控技术有限公司", "2023-01-01", true), Some(true)),
            (served("铂影测控技术有限公司", "2025-05-08", false), Some(true)),
            (served("铂影测控技术有限公司", "2025-05-07", false), Some(false)),
            (served("铂影测控技术有限公司", "2023-05-09", false), Some(false)),
            (served("铂影测控技术有限公司", "2023-05-08", false), None),
            (served("云岫传感科技有限公司", "2026-05-01", true), None),
            (tie("云岫传感科技有限公司", Bond::ServedAgainst { last_on: day("2026-01-01"), open: false }), Some(true)),
            (tie("铂影测控技术有限公司", Bond::ServedAgainst { last_on: day("2026-01-01"), open: true }), None),
        ] {
            let found = conflict_of(&bare_need(), std::slice::from_ref(&ties));
            assert_eq!(found.map(|relation| relation.bars), expected, "{ties:?}");
        }
    }

    #[test]
    fn the_gravest_is_told() {
        let mild = served("铂影测控技术有限公司", "2024-01-01", false);
        let grave = tie("铂影测控技术有限公司", Bond::Declared(RelationKind::Family));
        let found = conflict_of(&bare_need(), &[mild.clone(), grave, mild]).unwrap();
        assert_eq!(found, Relation { ground: Ground::Declared, bars: true });
    }

    #[test]
    fn a_firm_on_the_other_side_bars_where_the_matters_face_each_other() {
        let matter = |against: &[&str], open| {
            let against = against.iter().map(|name| Arc::new(FirmName::parse(name))).collect();
            tie("铂影测控技术有限公司", Bond::Served { last_on: day("2026-04-01"), open, against })
        };
        let bars = |matter| conflict_of_firm(&bare_need(), &matter).map(|relation| relation.bars);
        assert_eq!(bars(matter(&["云岫传感科技有限公司"], true)), Some(true));
        assert_eq!(bars(matter(&["另一家科技有限公司"], true)), Some(false));
        assert_eq!(bars(matter(&["云岫传感科技有限公司"], false)), None);
        assert_eq!(bars(served("云岫传感科技有限公司", "2026-04-01", true)), None);
    }

    #[test]
    fn an_official_is_asked_about_when_the_matter_speaks_of_his_department() {
        let department = FirmName::parse("海淀区市场监督管理局");
        assert!(conflict_of_department("已向海淀区市场监督管理局投诉，想了解进展", &department).is_some());
        assert!(conflict_of_department("想了解行政裁决", &department).is_none());
        assert!(conflict_of_department("局里说", &FirmName::parse("局")).is_none());
    }
}
