//! Ties: what binds an expert to the sides of a need, declared by somebody or learned from the services he did.
//!
//! Source: Beijing standard, 行为准则 (回避); product.md, "Rank". A tie either bars or asks for a manager's waiver with a
//! reason; the gravest one found is told. What somebody declared as employment, ownership or family bars. Learned: he
//! served the enterprise that is now the opposing party, or he served against the enterprise that now asks; both bar while
//! that matter is open and for a year after, and ask a manager for three. An offer nobody has answered yet asks a manager,
//! for it may be accepted at any moment. A colleague who serves the other side, or serves somebody against the enterprise
//! that asks, bars where the two matters face each other and asks where they differ. An official's own department is known
//! by its names as people shorten them. Deliberately absent: names of other clients in what is told.

use super::{NeedProfile, OpposingSide};
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
        /// He or his firm is asked at this moment for a matter of the other side, and has not answered.
        OpenOffer = "open-offer",
    }
}

text_enum! {
    /// How far a service has come.
    pub enum Stage {
        /// Asked for, and not answered.
        Offered = "offered",
        /// Accepted and being done.
        Serving = "serving",
        /// Done.
        Done = "done",
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
        /// How far it has come.
        stage: Stage,
        /// The opposing parties of a matter that is not done.
        against: Vec<Arc<FirmName>>,
    },
    /// He served somebody against this party.
    ServedAgainst {
        /// The Beijing date of the last time.
        last_on: NaiveDate,
        /// How far it has come.
        stage: Stage,
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

/// The conflicts found, by ground: which bar, which ask a manager.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Conflicts {
    bars: u8,
    asks: u8,
}

impl Conflicts {
    /// Takes in what was found.
    pub fn add(&mut self, found: Option<Relation>) {
        let Some(relation) = found else { return };
        let side = if relation.bars { &mut self.bars } else { &mut self.asks };
        *side |= bit(relation.ground);
    }

    /// Takes in all that was found elsewhere.
    pub const fn join(&mut self, other: Self) {
        self.bars |= other.bars;
        self.asks |= other.asks;
    }

    /// Whether nothing was found.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.bars | self.asks == 0
    }

    /// The first ground that bars.
    #[must_use]
    pub fn barring(self) -> Option<Ground> {
        Ground::ALL.iter().copied().find(|ground| self.bars & bit(*ground) != 0)
    }

    /// The first ground that asks for a waiver and has none.
    #[must_use]
    pub fn asking(self, waived: Waived) -> Option<Ground> {
        Ground::ALL.iter().copied().find(|ground| self.asks & bit(*ground) != 0 && !waived.ground(*ground))
    }
}

impl From<Relation> for Conflicts {
    fn from(relation: Relation) -> Self {
        let mut found = Self::default();
        found.add(Some(relation));
        found
    }
}

const fn bit(ground: Ground) -> u8 {
    1 << ground as u8
}

/// What a manager waived of one expert for one need, ground by ground: a waiver lifts what it was granted for, and
/// nothing that became known later.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waived {
    grounds: u8,
    sides: u8,
}

impl Waived {
    /// Takes in a waiver by what it stands for: `needs-waiver:past-service`, `ask-manager:party`
    /// ([`Exclusion::waiver`](super::Exclusion::waiver)). What has no ground was granted before grounds were kept, and
    /// lifts its whole rule; what is not known lifts nothing.
    pub fn add(&mut self, waiver: &str) {
        match waiver.split_once(':') {
            Some(("needs-waiver", ground)) => self.grounds |= ground.parse::<Ground>().map_or(0, bit),
            Some(("ask-manager", side)) => {
                self.sides |= side.parse::<OpposingSide>().map_or(0, |side| 1 << side as u8);
            }
            None if waiver == "needs-waiver" => self.grounds = u8::MAX,
            None if waiver == "ask-manager" => self.sides = u8::MAX,
            _ => {}
        }
    }

    /// Whether that ground was waived.
    #[must_use]
    pub const fn ground(self, ground: Ground) -> bool {
        self.grounds & bit(ground) != 0
    }

    /// Whether a likeness of names on that side was looked at and waived.
    #[must_use]
    pub const fn side(self, side: OpposingSide) -> bool {
        self.sides & (1 << side as u8) != 0
    }

    /// Whether anything was.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.grounds | self.sides == 0
    }
}

/// Days for which a past service bars.
const BARS_DAYS: i64 = 365;
/// Days after which a past service is forgotten.
pub const LEARNED_DAYS: i64 = 3 * 365;

/// The conflicts that an expert's ties give for a need.
#[must_use]
pub fn conflict_of(need: &NeedProfile, ties: &[Tie]) -> Conflicts {
    let mut found = Conflicts::default();
    for tie in ties {
        found.add(of_tie(need, tie));
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
        Bond::Served { last_on, stage, .. } => learned(need, opposing, *last_on, *stage),
        Bond::ServedAgainst { last_on, stage } => learned(need, asking, *last_on, *stage),
    }
}

fn learned(need: &NeedProfile, met: FirmMatch, last_on: NaiveDate, stage: Stage) -> Option<Relation> {
    let days = (need.asked_on - last_on).num_days();
    // What comes after the day is not known on it: a replayed past knows nothing of today.
    if met == FirmMatch::Different || days < 0 || (stage == Stage::Done && days > LEARNED_DAYS) {
        return None;
    }
    let sure = met == FirmMatch::Sure;
    Some(match stage {
        Stage::Offered => Relation { ground: Ground::OpenOffer, bars: false },
        Stage::Serving => Relation { ground: Ground::PastService, bars: sure },
        Stage::Done => Relation { ground: Ground::PastService, bars: sure && days <= BARS_DAYS },
    })
}

/// What follows for everybody of a firm when one of them serves a party in a matter that is not done: a bar where that
/// party is this need's opposing party and stands there against the enterprise that asks here; a question where only one
/// of the two holds, or where the colleague has not answered yet.
#[must_use]
pub fn conflict_of_firm(need: &NeedProfile, matter: &Tie) -> Option<Relation> {
    let Bond::Served { last_on, stage, against } = &matter.bond else { return None };
    if *stage == Stage::Done || need.asked_on < *last_on {
        return None;
    }
    let met = strongest(&matter.party, need.opposing_party.iter());
    let faced = strongest(&need.enterprise, against.iter().map(AsRef::as_ref));
    if met == FirmMatch::Different && faced == FirmMatch::Different {
        return None;
    }
    Some(match stage {
        Stage::Offered => Relation { ground: Ground::OpenOffer, bars: false },
        _ => Relation { ground: Ground::FirmOtherSide, bars: met == FirmMatch::Sure && faced == FirmMatch::Sure },
    })
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

    fn served(party: &str, last_on: &str, stage: Stage) -> Tie {
        tie(party, Bond::Served { last_on: day(last_on), stage, against: Vec::new() })
    }

    /// Whether what was found bars; none if nothing was found.
    fn told(found: Conflicts) -> Option<bool> {
        (!found.is_empty()).then(|| found.barring().is_some())
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
            assert_eq!(told(found), expected, "{party} {kind}");
        }
    }

    fn against(party: &str, stage: Stage) -> Tie {
        tie(party, Bond::ServedAgainst { last_on: day("2026-01-01"), stage })
    }

    #[test]
    fn past_services_bar_for_a_year_ask_for_three_and_are_then_forgotten() {
        for (ties, expected) in [
            (served("铂影测控技术有限公司", "2023-01-01", Stage::Serving), Some(true)),
            (served("铂影测控技术有限公司", "2025-05-08", Stage::Done), Some(true)),
            (served("铂影测控技术有限公司", "2025-05-07", Stage::Done), Some(false)),
            (served("铂影测控技术有限公司", "2023-05-09", Stage::Done), Some(false)),
            (served("铂影测控技术有限公司", "2023-05-08", Stage::Done), None),
            (served("铂影测控技术有限公司", "2026-05-09", Stage::Done), None),
            (served("铂影测控技术有限公司", "2026-05-08", Stage::Offered), Some(false)),
            (served("云岫传感科技有限公司", "2026-05-01", Stage::Serving), None),
            (against("云岫传感科技有限公司", Stage::Done), Some(true)),
            (against("云岫传感科技有限公司", Stage::Offered), Some(false)),
            (against("铂影测控技术有限公司", Stage::Serving), None),
        ] {
            let found = conflict_of(&bare_need(), std::slice::from_ref(&ties));
            assert_eq!(told(found), expected, "{ties:?}");
        }
    }

    #[test]
    fn what_bars_is_told_first_and_nothing_else_is_forgotten() {
        let mild = served("铂影测控技术有限公司", "2024-01-01", Stage::Done);
        let grave = tie("铂影测控技术有限公司", Bond::Declared(RelationKind::Family));
        let found = conflict_of(&bare_need(), &[mild.clone(), grave, mild]);
        assert_eq!(found.barring(), Some(Ground::Declared));
        assert_eq!(found.asking(Waived::default()), Some(Ground::PastService));
    }

    #[test]
    fn a_waiver_lifts_its_own_ground_and_an_old_one_its_rule() {
        let mut found = Conflicts::from(Relation { ground: Ground::Declared, bars: false });
        let mut waived = Waived::default();
        waived.add("needs-waiver:declared");
        assert_eq!(found.asking(waived), None);
        found.add(Some(Relation { ground: Ground::FirmOtherSide, bars: false }));
        assert_eq!(found.asking(waived), Some(Ground::FirmOtherSide), "known later");
        assert!(!waived.side(OpposingSide::Party));
        waived.add("ask-manager:party");
        assert!(waived.side(OpposingSide::Party) && !waived.side(OpposingSide::Agent));
        let mut old = Waived::default();
        for unknown in ["", "standing", "needs-waiver:", "ask-manager:nobody"] {
            old.add(unknown);
        }
        assert!(old.is_empty());
        old.add("needs-waiver");
        assert!(Ground::ALL.iter().all(|ground| old.ground(*ground)) && !old.side(OpposingSide::Party));
    }

    #[test]
    fn a_firm_on_the_other_side_bars_where_the_matters_face_each_other() {
        let matter = |party: &str, against: &str, stage| {
            let against = vec![Arc::new(FirmName::parse(against))];
            tie(party, Bond::Served { last_on: day("2026-04-01"), stage, against })
        };
        let bars = |matter| conflict_of_firm(&bare_need(), &matter).map(|relation| relation.bars);
        let (ours, theirs) = ("云岫传感科技有限公司", "铂影测控技术有限公司");
        assert_eq!(bars(matter(theirs, ours, Stage::Serving)), Some(true));
        assert_eq!(bars(matter(theirs, "另一家科技有限公司", Stage::Serving)), Some(false));
        assert_eq!(bars(matter("另一家科技有限公司", ours, Stage::Serving)), Some(false), "against who asks");
        assert_eq!(bars(matter(theirs, ours, Stage::Offered)), Some(false), "not answered");
        assert_eq!(bars(matter(theirs, ours, Stage::Done)), None);
        assert_eq!(bars(served(ours, "2026-04-01", Stage::Serving)), None);
        let mut need = bare_need();
        need.opposing_party.clear();
        let matter = matter("另一家科技有限公司", ours, Stage::Serving);
        assert!(conflict_of_firm(&need, &matter).is_some(), "also where the need names nobody");
    }
}
