//! The dense loop says what the rules and signals say one by one, over random crowds and needs.

use super::super::tests::{Lcg, bare_need, crowd, facts_of};
use super::super::{LanguageSet, LeaveDays, Mode, ModeSet, Qualified, RegionIx, explain, rank, score_of};
use super::*;
use crate::domain::document::Validity;
use crate::domain::firm::FirmName;
use crate::domain::licence::{LicenceRules, Licensed};
use crate::domain::place::Point;
use chrono::Days;

const FIRMS: [&str; 8] = [
    "衡溪知识产权代理有限公司",
    "北京市澄观律师事务所",
    "澄观",
    "铂影",
    "铂影测控技术有限公司",
    "云岫传感科技有限公司上海分公司",
    "澄观知识产权代理有限公司",
    "自由执业",
];

/// A crowd with everything that may bar somebody.
fn mixed(count: usize, seed: u64) -> Vec<Candidate> {
    let mut lcg = Lcg(seed);
    let mut crowd = crowd(count, seed);
    let today = bare_need().asked_on;
    for expert in &mut crowd {
        expert.firm = FirmName::parse(FIRMS[lcg.below(8) as usize]);
        if lcg.below(9) == 0 {
            expert.qualified = Qualified::Until(today + Days::new(lcg.below(20)));
        }
        if lcg.below(6) == 0 {
            let from = today + Days::new(lcg.below(12));
            expert.leaves.push(LeaveDays { from, to: from + Days::new(lcg.below(5)) });
        }
        for _ in 0..lcg.below(6) {
            expert.booked.push(today + Days::new(lcg.below(60)));
        }
        if lcg.below(5) == 0 {
            expert.max_distance_km = Some(lcg.small(40));
        }
        if lcg.below(7) == 0 {
            expert.point = None;
        }
        if lcg.below(4) == 0 {
            expert.active_since = Some(today - Days::new(lcg.below(120)));
        }
        if lcg.below(6) == 0 {
            expert.modes = ModeSet::EMPTY.with(Mode::ALL[lcg.below(5) as usize]);
        }
        if lcg.below(8) == 0 {
            expert.languages = LanguageSet::from_codes(["en"]);
        }
        if lcg.below(9) == 0 {
            expert.industries = super::super::IndustrySet::EMPTY;
        }
        if lcg.below(3) == 0 {
            let until = Validity { from: None, until: Some(today + Days::new(lcg.below(30))) };
            expert.licensed = Licensed::of([("律师执业证", until)].into_iter());
        }
        if lcg.below(5) == 0 {
            expert.weekly_hours = Some(1 + lcg.small(4));
            expert.given = vec![(today + Days::new(lcg.below(14)), u32::from(lcg.small(240)))];
        }
        expert.median_hours = (lcg.below(2) == 0).then(|| lcg.small(70));
        expert.load_90d = lcg.small(15);
    }
    crowd
}

fn needs() -> Vec<NeedProfile> {
    let mut needs = Vec::new();
    for mode in Mode::ALL {
        let mut need = bare_need();
        need.mode = *mode;
        needs.push(need.clone());
        need.licences = LicenceRules::default().of(&["dispute".to_owned()]);
        need.point = None;
        need.services = super::super::ServiceSet::EMPTY;
        need.wanted_on = need.asked_on + Days::new(40);
        needs.push(need.clone());
        need.industries = super::super::IndustrySet::EMPTY;
        need.region = Some(RegionIx(2));
        need.point = Point::new(39.8, 116.5).ok();
        need.languages = LanguageSet::from_codes(["en", "de"]);
        needs.push(need);
    }
    needs
}

/// As the office knows it: everything in dense lists, a closer look only where something may bar.
struct Office<'a> {
    crowd: &'a [Candidate],
    closer: Vec<bool>,
}

impl Office<'_> {
    fn asked(slot: usize) -> bool {
        slot % 17 == 3
    }
}

impl Together for Office<'_> {
    fn text_permille(&self, slot: usize) -> u16 {
        facts_of(&self.crowd[slot]).text_permille
    }
    fn experience(&self, slot: usize) -> u16 {
        self.facts(slot).experience()
    }
    fn duties(&self) -> impl Iterator<Item = (usize, DutyHere)> {
        (0..self.crowd.len()).step_by(11).map(|slot| (slot, DutyHere::Now))
    }
    fn look_closer(&self, slot: usize) -> bool {
        self.closer[slot]
    }
    fn facts(&self, slot: usize) -> Facts {
        Facts {
            similar_served: u16::try_from(slot % 5).unwrap(),
            similar_rated: u16::try_from(slot % 3).unwrap(),
            similar_stars: u16::try_from(slot % 3 * 2).unwrap(),
            duty: slot.is_multiple_of(11).then_some(DutyHere::Now),
            already_asked: Self::asked(slot),
            ..facts_of(&self.crowd[slot])
        }
    }
}

#[test]
fn the_dense_loop_agrees_with_rules_and_signals_one_by_one() {
    let mut rules_met = std::collections::BTreeSet::new();
    let mut bench = Bench::default();
    for (seed, need) in (1..).zip(needs()) {
        let crowd = mixed(400, seed);
        let roster = Roster::of(crowd.clone());
        let mut closer: Vec<bool> = (0..crowd.len()).map(Office::asked).collect();
        for slot in roster.namesakes(&need) {
            closer[slot] = true;
        }
        let office = Office { crowd: &crowd, closer };
        let weights = Weights::SHIPPED;
        let survey = Survey::new(&roster, &need, &weights, &office, &mut bench);
        let order = survey.order();
        for (slot, expert) in crowd.iter().enumerate() {
            let facts = office.facts(slot);
            let rule = eligible(&need, expert, &facts).err();
            assert_eq!(survey.rule(slot), rule);
            assert_eq!(survey.score(slot).is_some(), rule.is_none(), "{slot}: {rule:?}");
            match rule {
                Some(rule) => drop(rules_met.insert(rule.code())),
                None => {
                    let reasons = explain(&need, expert, &facts, &weights, &survey.peers);
                    assert_eq!(survey.score(slot), Some(score_of(&reasons)));
                    let place = survey.place(slot).unwrap();
                    assert_eq!(order[place - 1].index, slot);
                }
            }
        }
        for limit in [0, 1, 10, 50, 1_000] {
            assert_eq!(survey.best(limit), order[..limit.min(order.len())]);
        }
        assert_eq!(survey.eligible() as usize, order.len());
        assert_eq!(survey.counts().values().sum::<u32>() as usize, crowd.len() - order.len());
        let whole = rank(&need, &crowd, |slot| office.facts(slot), &weights);
        assert_eq!((&whole.ranked, whole.peers, whole.counts), (&order, survey.peers, survey.counts()));
        let near = survey.dropped_but_near(12, true);
        assert!(near.len() <= 12 && near.iter().all(|slot| survey.rule(*slot).is_some()));
        let conflicts = near.iter().map(|slot| survey.rule(*slot).unwrap().is_conflict());
        assert!(conflicts.is_sorted_by(|one, other| one >= other), "conflicts come first");
    }
    for rule in ["standing", "already-asked", "qualification", "leave", "open-cap", "monthly-cap", "booked"]
        .into_iter()
        .chain(["licence", "week-hours"])
        .chain(["opposing-party", "opposing-agent", "own-enterprise", "ask-manager", "mode", "distance"])
    {
        assert!(rules_met.contains(rule), "no expert met {rule}");
    }
}

#[test]
fn whoever_moves_firm_is_found_under_the_new_name_only() {
    let need = bare_need();
    let mut roster = Roster::of(mixed(60, 3));
    let mut moved = roster.get(7).unwrap().clone();
    moved.firm = FirmName::parse("铂影测控技术有限公司");
    roster.put(7, moved.clone());
    assert!(roster.namesakes(&need).contains(&7));
    moved.firm = FirmName::parse("衡溪知识产权代理有限公司");
    roster.put(7, moved);
    assert!(!roster.namesakes(&need).contains(&7));
    assert_eq!(roster.len(), 60);
}
