use super::*;
use crate::domain::matching::tests::{bare_need, day, plain_expert};
use crate::domain::matching::{LeaveDays, ModeSet, RegionIx, Relation};
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
    seen.insert(code_for_firm("铂影测控技术"));
    seen.insert(code_for_firm("北京市澄观律师事务所上海分所"));
    seen.insert(code_for_firm("北京云岫传感科技有限公司"));
    for (ground, bars) in [(Ground::Declared, true), (Ground::PastService, true), (Ground::FirmOtherSide, false)] {
        seen.insert(code(|_, _, facts| facts.relation = Some(Relation { ground, bars })));
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
        ("云岫传感技术有限公司", "eligible"),
        ("自由执业", "eligible"),
        ("", "eligible"),
    ] {
        assert_eq!(code_for_firm(firm), expected, "{firm}");
    }
}

#[test]
fn the_opposing_party_may_be_the_expert_himself_and_several_may_be_named() {
    let named = |text: &str| code(|need, _, _| need.opposing_party = FirmName::parse_list(text));
    assert_eq!(named("专家1"), "opposing-party");
    assert_eq!(named("铂影测控；专家1"), "opposing-party");
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
            facts.relation = Some(Relation { ground, bars });
            facts.waived = true;
        })
    };
    assert_eq!(with(Ground::PastService, false), Ok(()));
    assert_eq!(with(Ground::PastService, true), Err(Exclusion::LearnedConflict(Ground::PastService)));
    assert_eq!(with(Ground::Declared, true), Err(Exclusion::DeclaredRelation));
    let firm = |name: &str, waived| {
        verdict(|_, expert, facts| {
            expert.firm = FirmName::parse(name);
            facts.waived = waived;
        })
        .map_err(|rule| rule.code())
    };
    assert_eq!(firm("北京澄观知识产权代理有限公司", false), Err("ask-manager"));
    assert_eq!(firm("北京澄观知识产权代理有限公司", true), Ok(()));
    assert_eq!(firm("北京市澄观律师事务所", true), Err("opposing-agent"));
}
