use super::*;
use crate::ids::uuid_v7;
use std::collections::BTreeSet;

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(super) fn bare_need() -> NeedProfile {
    NeedProfile {
        services: [6, 7].into_iter().collect(),
        industries: [3].into_iter().collect(),
        region: Some(RegionIx(4)),
        point: Point::new(39.956, 116.31).ok(),
        mode: Mode::Onsite,
        languages: LanguageSet::EMPTY,
        enterprise: FirmName::parse("云岫传感科技有限公司"),
        opposing_party: FirmName::parse_list("铂影测控技术有限公司"),
        opposing_agent: FirmName::parse_list("北京市澄观律师事务所"),
        asked_on: day("2026-05-08"),
        wanted_on: day("2026-05-15"),
        licences: Vec::new(),
        minutes: 60,
    }
}

pub(super) fn plain_expert(seed: u8) -> Candidate {
    Candidate {
        id: ExpertId::from_minted(uuid_v7(1_700_000_000_000 + u64::from(seed), &[seed; 10])),
        name: format!("专家{seed}"),
        firm: FirmName::parse("衡溪知识产权代理事务所"),
        services: [6, 7, 9].into_iter().collect(),
        industries: [3].into_iter().collect(),
        region: Some(RegionIx(4)),
        point: None,
        modes: ModeSet::EMPTY,
        languages: LanguageSet::EMPTY,
        max_distance_km: None,
        served: Vec::new(),
        standing: Standing::Active,
        active_since: None,
        qualified: Qualified::NoExpiry,
        licensed: Default::default(),
        leaves: Vec::new(),
        open_offers: 0,
        open_cap: 2,
        month_offers: 0,
        monthly_cap: 4,
        booked: Vec::new(),
        weekly_hours: None,
        given: Vec::new(),
        taken_last_month: 0,
        load_90d: 0,
        asked_90d: 0,
        last_asked_at: None,
        on_time: 0,
        late: 0,
        lapsed: 0,
        median_hours: None,
        rating_sum: 0,
        rating_count: 0,
    }
}

/// A small linear congruential generator (constants of Knuth's MMIX), so that every run sees the same crowd.
pub(super) struct Lcg(pub(super) u64);

impl Lcg {
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    pub(super) fn small(&mut self, limit: u64) -> u16 {
        u16::try_from(self.below(limit)).unwrap()
    }
}

pub(super) fn crowd(count: usize, seed: u64) -> Vec<Candidate> {
    let mut lcg = Lcg(seed);
    let mut crowd = Vec::new();
    for number in 0..count {
        let mut expert = plain_expert(0);
        expert.id = ExpertId::from_minted(uuid_v7(
            1_700_000_000_000 + number as u64,
            &[u8::try_from(lcg.below(256)).unwrap(); 10],
        ));
        expert.services = (0..20).filter(|_| lcg.below(4) == 0).collect();
        expert.industries = (0..30).filter(|_| lcg.below(10) == 0).collect();
        expert.region = Some(RegionIx(lcg.small(17)));
        expert.point = Point::new(39.7 + lcg.below(600) as f64 / 1000.0, 116.0 + lcg.below(700) as f64 / 1000.0).ok();
        expert.month_offers = lcg.small(5);
        expert.open_offers = lcg.small(3);
        expert.asked_90d = lcg.small(10);
        expert.on_time = lcg.small(20);
        expert.lapsed = lcg.small(3);
        expert.rating_count = u32::from(lcg.small(12));
        expert.rating_sum = expert.rating_count * 4;
        expert.last_asked_at = DateTime::from_timestamp(1_770_000_000 + lcg.below(50) as i64 * 86_400, 0);
        if lcg.below(10) == 0 {
            expert.standing = Standing::Paused;
        }
        crowd.push(expert);
    }
    crowd
}

/// Facts that depend on the person, not on his place in the slice.
pub(super) fn facts_of(expert: &Candidate) -> Facts {
    let share = u16::from(*expert.id.as_str().as_bytes().last().unwrap()) * 3;
    Facts::from_words(vec![MatchedWord { word: "传感器".to_owned(), share }])
}

#[test]
fn contributions_sum_exactly_to_the_score_for_everybody() {
    let (need, crowd, weights) = (bare_need(), crowd(300, 7), Weights::SHIPPED);
    let ranking = rank(&need, &crowd, |at| facts_of(&crowd[at]), &weights);
    assert!(ranking.ranked.len() > 50 && ranking.excluded.len() > 50);
    for ranked in &ranking.ranked {
        let expert = &crowd[ranked.index];
        let reasons = explain(&need, expert, &facts_of(expert), &weights, &ranking.peers);
        assert_eq!(score_of(&reasons), ranked.score);
        assert!((0..=10_000).contains(&ranked.score));
        for reason in &reasons {
            assert!(reason.value <= 1000 && reason.contribution <= reason.weight);
        }
        let signals: Vec<Signal> = reasons.iter().map(|reason| reason.signal).collect();
        assert_eq!(signals, Signal::ALL);
    }
    let dropped: u32 = ranking.counts.values().sum();
    assert_eq!(dropped as usize, ranking.excluded.len());
    assert_eq!(ranking.ranked.len() + ranking.excluded.len(), crowd.len());
}

#[test]
fn removing_a_matched_word_lowers_the_score() {
    let (need, expert) = (bare_need(), plain_expert(1));
    let words = [("侵权比对", 310), ("现有技术抗辩", 220), ("压力传感器", 90)];
    let words: Vec<MatchedWord> =
        words.iter().map(|(word, share)| MatchedWord { word: (*word).to_owned(), share: *share }).collect();
    let score = |words: Vec<MatchedWord>| {
        let ranking =
            rank(&need, std::slice::from_ref(&expert), |_| Facts::from_words(words.clone()), &Weights::SHIPPED);
        ranking.ranked[0].score
    };
    for removed in 0..words.len() {
        let mut fewer = words.clone();
        fewer.remove(removed);
        assert!(score(fewer) < score(words.clone()), "without {}", words[removed].word);
    }
    assert_eq!(text_affinity(&[MatchedWord { word: String::new(), share: 1000 }]), 1000);
    assert_eq!(text_affinity(&[]), 0);
}

#[test]
fn the_order_does_not_depend_on_the_order_of_the_input() {
    let (need, mut crowd, weights) = (bare_need(), crowd(400, 11), Weights::SHIPPED);
    for expert in crowd.iter_mut().step_by(2) {
        // Twins in everything but the id: only the last rule tells them apart.
        let id = expert.id;
        *expert = plain_expert(0);
        expert.id = id;
    }
    let first = rank(&need, &crowd, |at| facts_of(&crowd[at]), &weights);
    let mut lcg = Lcg(3);
    for _ in 0..20 {
        for at in (1..crowd.len()).rev() {
            let other = usize::try_from(lcg.below(at as u64 + 1)).unwrap();
            crowd.swap(at, other);
        }
        let again = rank(&need, &crowd, |at| facts_of(&crowd[at]), &weights);
        assert_eq!(again.order_text(), first.order_text());
        assert_eq!(
            (again.excluded, again.counts, again.peers),
            (first.excluded.clone(), first.counts.clone(), first.peers)
        );
    }
}

#[test]
fn ties_settle_by_load_then_by_who_waited_longest_then_by_id() {
    let need = bare_need();
    let weights = Weights::new(2, [10_000, 0, 0, 0, 0, 0, 0, 0, 0]).unwrap();
    let mut crowd: Vec<Candidate> = (1..=5).map(plain_expert).collect();
    crowd[0].month_offers = 1;
    crowd[1].last_asked_at = DateTime::from_timestamp(1_000, 0);
    crowd[2].last_asked_at = DateTime::from_timestamp(2_000, 0);
    let ranking = rank(&need, &crowd, |_| Facts::default(), &weights);
    let order: Vec<usize> = ranking.ranked.iter().map(|ranked| ranked.index).collect();
    assert_eq!(order, [3, 4, 1, 2, 0]);
}

#[test]
fn nobody_with_nothing_in_common_is_dropped_but_all_others_come_first() {
    let mut need = bare_need();
    need.services = [6].into_iter().collect();
    let mut stranger = plain_expert(1);
    stranger.services = [15].into_iter().collect();
    stranger.industries = [99].into_iter().collect();
    let crowd = [stranger, plain_expert(2)];
    let ranking = rank(&need, &crowd, |_| Facts::default(), &Weights::SHIPPED);
    assert_eq!(ranking.ranked.iter().map(|ranked| ranked.index).collect::<Vec<_>>(), [1, 0]);
}

#[test]
fn the_sentence_tells_what_sets_him_apart() {
    let need = bare_need();
    let mut crowd: Vec<Candidate> = (1..=6).map(plain_expert).collect();
    (crowd[0].on_time, crowd[0].median_hours) = (14, Some(4));
    let on_duty = Facts { duty: Some(DutyHere::Now), ..Facts::default() };
    let facts = |at: usize| if at == 0 { on_duty.clone() } else { Facts::default() };
    let ranking = rank(&need, &crowd, facts, &Weights::SHIPPED);
    assert_eq!(ranking.ranked[0].index, 0);
    let reasons = explain(&need, &crowd[0], &on_duty, &Weights::SHIPPED, &ranking.peers);
    let told: Vec<&str> = sentence(&reasons, &ranking.peers).iter().map(ReasonText::code).collect();
    assert_eq!(told, ["duty-now", "answers-all"]);
    let plain = explain(&need, &crowd[1], &Facts::default(), &Weights::SHIPPED, &ranking.peers);
    assert_eq!(sentence(&plain, &ranking.peers).len(), 2, "also whoever stands out in nothing gets a sentence");
}

#[test]
fn every_code_is_listed_once() {
    assert_eq!(ReasonText::CODES.iter().collect::<BTreeSet<_>>().len(), ReasonText::CODES.len());
    assert_eq!(Exclusion::CODES.iter().collect::<BTreeSet<_>>().len(), Exclusion::CODES.len());
    let (need, crowd) = (bare_need(), crowd(300, 5));
    let ranking = rank(&need, &crowd, |at| facts_of(&crowd[at]), &Weights::SHIPPED);
    for ranked in &ranking.ranked {
        for reason in
            explain(&need, &crowd[ranked.index], &facts_of(&crowd[ranked.index]), &Weights::SHIPPED, &ranking.peers)
        {
            assert!(ReasonText::CODES.contains(&reason.text.code()));
        }
    }
}

#[test]
fn a_frozen_ranking_replays_to_the_same_order_and_notices_a_change() {
    let (need, mut crowd, weights) = (bare_need(), crowd(600, 13), Weights::SHIPPED);
    let asked_before = crowd[0].id;
    crowd[0].standing = Standing::Active;
    let facts = |at: usize| Facts { already_asked: at == 0, ..facts_of(&crowd[at]) };
    let ranking = rank(&need, &crowd, facts, &weights);
    let last = *ranking.ranked.last().unwrap();
    let asked = [ranking.ranked[0].id, last.id, asked_before];
    let mut kept = frozen(&need, &crowd, facts, &weights, &ranking, &asked, FrozenQuery::default());
    kept.order_sha256 = "0".repeat(64);
    assert_eq!(kept.rows.len(), 52);
    assert_eq!(kept.rows[51].place, None);
    let json = serde_json::to_string(&kept).unwrap();
    let mut read: FrozenRanking = serde_json::from_str(&json).unwrap();
    assert_eq!(read, kept);
    read.rows.reverse();
    let again = replay(&read);
    assert!(again.agrees);
    let mut expected: Vec<(ExpertId, i32)> =
        ranking.ranked.iter().take(50).map(|ranked| (ranked.id, ranked.score)).collect();
    expected.push((last.id, last.score));
    assert_eq!(again.order, expected);
    for part in &again.parts {
        assert_eq!(part.contributions.iter().sum::<i32>(), part.score);
    }
    // Reasons as they were told then, from what was frozen alone.
    for ranked in ranking.ranked.iter().take(50) {
        let reasons = explain(&need, &crowd[ranked.index], &facts(ranked.index), &weights, &ranking.peers);
        let told: Vec<i32> = reasons.iter().map(|reason| reason.contribution).collect();
        let part = again.parts.iter().find(|part| part.id == ranked.id).unwrap();
        assert_eq!(part.contributions.as_slice(), told);
    }

    let mut forged = kept.clone();
    forged.rows[3].values[0] = forged.rows[3].values[0].saturating_sub(200) + 1;
    assert!(!replay(&forged).agrees);
    let mut swapped = kept.clone();
    let place = swapped.rows[3].place;
    swapped.rows[3].place = swapped.rows[4].place;
    swapped.rows[4].place = place;
    assert!(!replay(&swapped).agrees);
}

#[test]
fn a_frozen_ranking_stays_within_sixteen_kilobytes() {
    let (mut need, crowd, weights) = (bare_need(), crowd(2000, 17), Weights::SHIPPED);
    let long: String = "甲".repeat(500);
    need.enterprise = FirmName::parse(&long);
    need.opposing_party = vec![FirmName::parse(&long); 20];
    need.opposing_agent = vec![FirmName::parse(&long); 20];
    need.languages = LanguageSet::from_codes(LanguageSet::KNOWN);
    let ranking = rank(&need, &crowd, |at| facts_of(&crowd[at]), &weights);
    let asked: Vec<ExpertId> = ranking.ranked.iter().rev().take(200).map(|ranked| ranked.id).collect();
    let texts = vec![format!("\u{1}\"{long}"); 300];
    let query = FrozenQuery {
        services: texts.clone(),
        industries: texts.clone(),
        region: Some(long.clone()),
        terms: texts,
        text_version: long,
    };
    let mut kept = frozen(&need, &crowd, |at| facts_of(&crowd[at]), &weights, &ranking, &asked, query);
    kept.order_sha256 = "0".repeat(64);
    for row in &mut kept.rows {
        // The longest a row can get.
        (row.values, row.score, row.load) = ([1000; 9], 10_000, 131_070);
        (row.place, row.last_asked_ms) = (Some(100_000), Some(1_770_000_000_000));
    }
    let json = serde_json::to_string(&kept).unwrap();
    assert_eq!(kept.rows.len(), 92);
    assert!(json.len() <= 16 * 1024, "{} bytes", json.len());
    assert!(kept.query.terms.is_empty() && !kept.query.services.is_empty());
}
