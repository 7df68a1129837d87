use super::*;
use crate::domain::document::Validity;
use crate::domain::licence::{LicenceRule, LicenceRules, Licensed};
use crate::domain::matching::tests::{bare_need, day, plain_expert};
use crate::domain::matching::{Conflicts, LeaveDays, ModeSet, RegionIx, Relation, Waived};
use crate::domain::place::Point;
use std::collections::BTreeSet;

fn verdict(change: impl FnOnce(&mut NeedProfile, &mut Candidate, &mut Facts)) -> Result<(), Exclusion> {
    let (mut need, mut expert, mut facts) = (bare_need(), plain_expert(1), Facts::default());
    change(&mut need, &mut expert, &mut facts);
    eligible(&need, &expert, &facts)
}

fn code(change: impl FnOnce(&mut NeedProfile, &mut Candidate, &mut Facts)) -> &'static str {
    verdict(change).map_or_else(|rule| rule.code(), |()| "eligible")
}

fn code_for_firm(firm: &str) -> &'static str {
    code(|_, expert, _| expert.firm = FirmName::parse(firm))
}

#[test]
fn nothing_bars_a_plain_expert_and_every_rule_can_bar() {
    assert_eq!(verdict(|_, _, _| {}), Ok(()));
    let mut seen = BTreeSet::new();
    seen.insert(code(|_, expert, _| expert.standing = Standing::Suspended));
    seen.insert(code(|_, _, facts| facts.already_asked = true));
    seen.insert(code(|_, expert, _| expert.qualified = Qualified::Until(day("2026-04-30"))));
    seen.insert(code(|_, expert, _| {
        expert.leaves = vec![LeaveDays { from: day("2026-05-01"), to: day("2026-05-15") }]
    }));
    seen.insert(code(|_, expert, _| expert.open_offers = 2));
    seen.insert(code(|_, expert, _| expert.month_offers = 4));
    seen.insert(code(|need, expert, _| {
        need.wanted_on = day("2026-06-03");
        expert.booked = vec![day("2026-06-01"), day("2026-06-09"), day("2026-06-12"), day("2026-06-30")];
    }));
    seen.insert(code(|need, expert, _| {
        need.licences = LicenceRules::default().of(&["dispute".to_owned()]);
        expert.licensed = lawyer_until("2026-05-14");
    }));
    seen.insert(code(|_, expert, _| {
        expert.weekly_hours = Some(4);
        expert.given = vec![(day("2026-05-11"), 240)];
    }));
    seen.insert(code_for_firm("铂影测控技术"));
    seen.insert(code_for_firm("北京市澄观律师事务所上海分所"));
    seen.insert(code_for_firm("北京云岫传感科技有限公司"));
    for (ground, bars) in [(Ground::Declared, true), (Ground::PastService, true), (Ground::FirmOtherSide, false)] {
        seen.insert(code(|_, _, facts| facts.conflicts = Conflicts::from(Relation { ground, bars })));
    }
    seen.insert(code_for_firm("北京澄观知识产权代理有限公司"));
    seen.insert(code(|_, expert, _| expert.modes = ModeSet::EMPTY.with(Mode::Online)));
    seen.insert(code(|need, expert, _| {
        need.region = Some(RegionIx(4));
        expert.served = vec![RegionIx(5), RegionIx(6)];
    }));
    seen.insert(code(|need, expert, _| {
        expert.point = need.point.and_then(|point| Point::new(point.lat() + 0.5, point.lon()).ok());
        expert.max_distance_km = Some(30);
    }));
    // Never found by the rules themselves: what others are told of three of them.
    seen.insert(Exclusion::LearnedConflict(Ground::PastService).neutral().code());
    assert_eq!(seen, Exclusion::CODES.into_iter().collect());
}

#[test]
fn only_the_active_may_be_asked() {
    for standing in Standing::ALL {
        let expected = if *standing == Standing::Active { Ok(()) } else { Err(Exclusion::Standing(*standing)) };
        assert_eq!(verdict(|_, expert, _| expert.standing = *standing), expected);
    }
}

#[test]
fn both_ends_of_a_leave_belong_to_it() {
    // Asked on 8 May, wanted on 15 May.
    for (from, to, barred) in [
        ("2026-05-01", "2026-05-07", false),
        ("2026-05-01", "2026-05-08", true),
        ("2026-05-08", "2026-05-08", true),
        ("2026-05-09", "2026-05-14", false),
        ("2026-05-09", "2026-05-15", true),
        ("2026-05-15", "2026-05-15", true),
        ("2026-05-15", "2026-05-20", true),
        ("2026-05-16", "2026-05-20", false),
    ] {
        let leave = LeaveDays { from: day(from), to: day(to) };
        let expected = if barred { Err(Exclusion::Leave { until: day(to) }) } else { Ok(()) };
        assert_eq!(verdict(|_, expert, _| expert.leaves = vec![leave]), expected, "{from} {to}");
    }
}

#[test]
fn a_qualification_holds_through_its_last_day_and_none_on_file_does_not_lapse() {
    for (qualified, barred) in [
        (Qualified::Until(day("2026-05-15")), false),
        (Qualified::Until(day("2026-05-14")), true),
        (Qualified::Until(day("2026-05-07")), true),
        (Qualified::NoExpiry, false),
        (Qualified::None, false),
    ] {
        assert_eq!(verdict(|_, expert, _| expert.qualified = qualified).is_err(), barred, "{qualified:?}");
    }
}

fn lawyer_until(last: &str) -> Licensed {
    let validity = Validity { from: None, until: Some(day(last)) };
    Licensed::of([("律师执业证", validity), ("高级知识产权师", Validity::default())].into_iter())
}

/// Wanted on Friday 15 May: only a matter that asks for the licence is barred, and only once it has expired.
#[test]
fn an_expired_licence_bars_only_the_matters_that_ask_for_it() {
    for (services, last, barred) in [
        (&["dispute"][..], "2026-05-14", true),
        (&["dispute"][..], "2026-05-15", false),
        (&["search", "rights-aid"][..], "2026-05-07", true),
        (&["search", "training"][..], "2020-01-01", false),
        (&["application"][..], "2020-01-01", false),
    ] {
        let services: Vec<String> = services.iter().map(|slug| (*slug).to_owned()).collect();
        let verdict = verdict(|need, expert, _| {
            need.licences = LicenceRules::default().of(&services);
            expert.licensed = lawyer_until(last);
        });
        let told = Exclusion::Licence { licence: Licence::Lawyer, valid_until: Some(day(last)) };
        assert_eq!(verdict, if barred { Err(told) } else { Ok(()) }, "{services:?} {last}");
    }
    let held = LicenceRule { any_of: vec![Licence::PatentAttorney], must_hold: true };
    let never = Exclusion::Licence { licence: Licence::PatentAttorney, valid_until: None };
    assert_eq!(verdict(|need, _, _| need.licences = vec![held]), Err(never));
}

/// Wanted on Friday 15 May, an hour: the week from the 11th to the 17th counts, and nobody without hours is bounded.
#[test]
fn the_week_in_which_a_service_is_wanted_has_its_own_hours() {
    for (hours, given, minutes, barred) in [
        (Some(4), &[("2026-05-11", 120), ("2026-05-17", 60)][..], 60, false),
        (Some(4), &[("2026-05-11", 120), ("2026-05-17", 61)][..], 60, true),
        (Some(4), &[("2026-05-10", 240), ("2026-05-18", 240)][..], 60, false),
        (Some(4), &[][..], 480, false),
        (Some(4), &[("2026-05-13", 60)][..], 240, true),
        (None, &[("2026-05-13", 6_000)][..], 480, false),
    ] {
        let verdict = verdict(|need, expert, _| {
            need.minutes = minutes;
            expert.weekly_hours = hours;
            expert.given = given.iter().map(|(on, minutes)| (day(on), *minutes)).collect();
        });
        assert_eq!(verdict.is_err(), barred, "{hours:?} {given:?} {minutes}");
        if let Err(rule) = verdict {
            assert_eq!(rule.code(), "week-hours");
        }
    }
}

#[test]
fn the_month_in_which_a_service_is_wanted_has_its_own_cap() {
    let june = [day("2026-06-01"), day("2026-06-09"), day("2026-06-12"), day("2026-06-30")];
    for (wanted, booked, barred) in [
        ("2026-06-03", &june[..], true),
        ("2026-06-03", &june[..3], false),
        ("2026-07-03", &june[..], false),
        ("2027-06-03", &june[..], false),
        ("2026-05-20", &[day("2026-05-19"); 9][..], false),
    ] {
        let verdict = verdict(|need, expert, _| {
            need.wanted_on = day(wanted);
            expert.booked = booked.to_vec();
        });
        assert_eq!(verdict.is_err(), barred, "{wanted} {booked:?}");
    }
}

#[test]
fn caps_bar_when_reached() {
    for (open, month, expected) in [
        (0, 0, Ok(())),
        (1, 3, Ok(())),
        (2, 0, Err(Exclusion::OpenCap { open: 2, cap: 2 })),
        (0, 4, Err(Exclusion::MonthlyCap { offers: 4, cap: 4 })),
        (3, 5, Err(Exclusion::OpenCap { open: 3, cap: 2 })),
    ] {
        assert_eq!(verdict(|_, expert, _| (expert.open_offers, expert.month_offers) = (open, month)), expected);
    }
}

#[test]
fn conflicts_bar_when_sure_and_ask_when_unsure() {
    for (firm, expected) in [
        ("铂影测控技术有限公司", "opposing-party"),
        ("铂影测控技术", "opposing-party"),
        ("铂影测控科技有限公司", "ask-manager"),
        ("铂映测控技术有限公司", "eligible"),
        ("澄观律所", "opposing-agent"),
        ("北京市澄观（深圳）律师事务所", "opposing-agent"),
        ("上海澄观律师事务所", "ask-manager"),
        ("北京澄观源律师事务所", "eligible"),
        ("云岫传感科技", "own-enterprise"),
        ("云岫传感技术有限公司", "ask-manager"),
        ("自由执业", "eligible"),
        ("", "eligible"),
    ] {
        assert_eq!(code_for_firm(firm), expected, "{firm}");
    }
}

#[test]
fn the_opposing_party_may_be_the_expert_himself_and_several_may_be_named() {
    let named = |text: &str| code(|need, _, _| need.opposing_party = FirmName::parse_list(text));
    // He or somebody of his name: a person looks.
    assert_eq!(named("专家1"), "ask-manager");
    assert_eq!(named("铂影测控；专家1"), "ask-manager");
    assert_eq!(named("专家12"), "eligible");
    assert_eq!(named(""), "eligible");
    let sides = verdict(|need, expert, _| {
        need.opposing_agent = FirmName::parse_list("甲乙律师事务所、上海衡溪知识产权代理有限公司");
        expert.firm = FirmName::parse("北京衡溪知识产权代理有限公司");
    });
    let name = "上海衡溪知识产权代理有限公司".to_owned();
    assert_eq!(sides, Err(Exclusion::AskManager { side: OpposingSide::Agent, name }));
}

#[test]
fn a_sure_conflict_is_told_before_an_unsure_one() {
    let rule = verdict(|need, expert, _| {
        need.opposing_party = FirmName::parse_list("上海启明律师事务所");
        need.opposing_agent = FirmName::parse_list("北京启明律师事务所");
        expert.firm = FirmName::parse("北京启明律师事务所");
    });
    assert_eq!(rule, Err(Exclusion::OpposingAgent { name: "北京启明律师事务所".to_owned() }));
}

#[test]
fn channels_and_distance_bar_only_where_they_matter() {
    let far = |need: &mut NeedProfile, expert: &mut Candidate| {
        expert.point = need.point.and_then(|point| Point::new(point.lat() + 0.2, point.lon()).ok());
    };
    for (mode, max_km, expected) in [
        (Mode::Onsite, Some(22), "distance"),
        (Mode::Onsite, Some(23), "eligible"),
        (Mode::Onsite, None, "eligible"),
        (Mode::Station, Some(10), "distance"),
        (Mode::Training, Some(10), "distance"),
        (Mode::Online, Some(10), "eligible"),
        (Mode::Phone, Some(10), "eligible"),
    ] {
        let found = code(|need, expert, _| {
            far(need, expert);
            need.mode = mode;
            expert.max_distance_km = max_km;
        });
        assert_eq!(found, expected, "{mode} {max_km:?}");
    }
    assert_eq!(code(|_, expert, _| expert.max_distance_km = Some(1)), "eligible", "an unknown place bars nobody");
    let modes = ModeSet::EMPTY.with(Mode::Online).with(Mode::Onsite);
    assert_eq!(code(|_, expert, _| expert.modes = modes), "eligible");
    assert_eq!(code(|need, expert, _| (need.mode, expert.modes) = (Mode::Phone, modes)), "mode");
}

#[test]
fn every_rule_has_its_figures() {
    let rule = Exclusion::Distance { metres: 22_240, max_km: 20 };
    assert_eq!(rule.args(), [("km", Arg::Text("22.2".to_owned())), ("max", Arg::Number(20))]);
    assert!(!rule.is_conflict() && Exclusion::OwnEnterprise.is_conflict());
}

#[test]
fn a_waiver_lifts_what_may_be_waived_and_nothing_else() {
    let with = |ground, bars| {
        verdict(|_, _, facts| {
            facts.conflicts = Conflicts::from(Relation { ground, bars });
            facts.waived.add("needs-waiver:past-service");
        })
    };
    assert_eq!(with(Ground::PastService, false), Ok(()));
    assert_eq!(with(Ground::OpenOffer, false), Err(Exclusion::NeedsWaiver(Ground::OpenOffer)), "another ground");
    assert_eq!(with(Ground::PastService, true), Err(Exclusion::LearnedConflict(Ground::PastService)));
    assert_eq!(with(Ground::Declared, true), Err(Exclusion::DeclaredRelation));
    let firm = |name: &str, waiver: &str| {
        verdict(|_, expert, facts| {
            expert.firm = FirmName::parse(name);
            facts.waived.add(waiver);
        })
        .map_err(|rule| (rule.code(), rule.waiver()))
    };
    let asked = Err(("ask-manager", "ask-manager:agent".to_owned()));
    assert_eq!(firm("北京澄观知识产权代理有限公司", ""), asked);
    assert_eq!(firm("北京澄观知识产权代理有限公司", "ask-manager:party"), asked, "another side");
    assert_eq!(firm("北京澄观知识产权代理有限公司", "ask-manager:agent"), Ok(()));
    assert_eq!(firm("北京市澄观律师事务所", "ask-manager:agent"), Err(("opposing-agent", String::new())));
}

#[test]
fn a_likeness_to_the_enterprise_that_asks_wants_a_person_too() {
    let rule = |firm: &str| verdict(|_, expert, _| expert.firm = FirmName::parse(firm));
    let side = OpposingSide::Enterprise;
    assert_eq!(rule("云岫"), Err(Exclusion::AskManager { side, name: "云岫传感科技有限公司".to_owned() }));
    assert_eq!(rule("云岫传感科技有限公司"), Err(Exclusion::OwnEnterprise));
    assert_eq!(rule("云溪传感科技有限公司"), Ok(()));
}

#[test]
fn what_the_office_knows_is_told_to_others_as_one_rule() {
    for rule in [
        Exclusion::DeclaredRelation,
        Exclusion::LearnedConflict(Ground::FirmOtherSide),
        Exclusion::NeedsWaiver(Ground::PastService),
    ] {
        assert_eq!(Exclusion::neutral_code(rule.code()), "conflict");
        assert!(rule.neutral().args().is_empty());
    }
    let public = Exclusion::OpposingParty { name: "某公司".to_owned() };
    assert_eq!(public.clone().neutral(), public);
    assert_eq!(Waived::default(), {
        let mut none = Waived::default();
        none.add(&public.waiver());
        none
    });
}
