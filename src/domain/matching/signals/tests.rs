use super::*;
use crate::domain::matching::tests::{bare_need, plain_expert};
use crate::domain::matching::{LanguageSet, ServiceSet};
use crate::domain::need::Mode;
use crate::domain::place::Point;
use chrono::NaiveDate;

const PEERS: Peers = Peers { count: 10, median_asked: 4, means: [500; SIGNALS] };

#[test]
fn nearer_is_never_worse_and_the_half_lies_at_fifteen_kilometres() {
    let mut need = bare_need();
    need.mode = Mode::Onsite;
    need.point = Point::new(40.0, 116.0).ok();
    let mut expert = plain_expert(1);
    let mut before = 1001;
    for step in 0..200 {
        expert.point = Point::new(40.0 + f64::from(step) / 200.0, 116.0).ok();
        let value = distance_value(&need, &expert);
        assert!(value <= before, "step {step}: {value} after {before}");
        before = value;
    }
    assert!(before < 30, "111 km away: {before}");
    // 15 km north is 0.1349°.
    expert.point = Point::new(40.134_9, 116.0).ok();
    assert!(distance_value(&need, &expert).abs_diff(500) <= 1);
}

#[test]
fn an_unknown_place_is_neutral_and_a_remote_service_needs_none() {
    let mut need = bare_need();
    let mut expert = plain_expert(1);
    need.mode = Mode::Onsite;
    expert.region = None;
    assert_eq!((distance_value(&need, &expert), distance_text(&need, &expert)), (500, ReasonText::DistanceUnknown));
    expert.region = need.region;
    assert_eq!(distance_value(&need, &expert), 800);
    assert_eq!(distance_text(&need, &expert).code(), "distance-region");
    for mode in [Mode::Online, Mode::Phone] {
        need.mode = mode;
        assert_eq!(
            (distance_value(&need, &expert), distance_text(&need, &expert)),
            (1000, ReasonText::DistanceRemote { mode })
        );
    }
}

#[test]
fn service_items_count_by_their_share_and_experience_adds_the_rest() {
    let mut need = bare_need();
    need.services = [6, 7].into_iter().collect();
    let mut expert = plain_expert(1);
    for (services, similar, value, code) in [
        (vec![6, 7, 9], 0, 850, "service-all"),
        (vec![6, 7, 9], 3, 925, "service-all"),
        (vec![6], 0, 425, "service-some"),
        (vec![9], 30, 0, "service-none"),
    ] {
        expert.services = services.into_iter().collect();
        let facts = Facts { similar_served: similar, ..Facts::default() };
        assert_eq!(service_value(&need, &expert, &facts), value);
        assert_eq!(service_text(&need, &expert, &facts).code(), code);
    }
    expert.services = need.services;
    need.languages = LanguageSet::from_codes(["ja"]);
    assert_eq!(service_value(&need, &expert, &Facts::default()), 425, "no common language halves it");
    assert_eq!(service_text(&need, &expert, &Facts::default()).code(), "service-language");
    expert.languages = LanguageSet::from_codes(["zh", "ja"]);
    assert_eq!(service_value(&need, &expert, &Facts::default()), 850);
    need.services = ServiceSet::EMPTY;
    assert_eq!(service_text(&need, &expert, &Facts::default()), ReasonText::ServiceNotStated);
}

#[test]
fn industries_in_common_beat_none_named_and_those_beat_others() {
    let mut need = bare_need();
    let mut expert = plain_expert(1);
    need.industries = [1, 2].into_iter().collect();
    for (industries, value) in [(vec![1, 2], 1000), (vec![2, 5], 750), (vec![], 300), (vec![5], 0)] {
        expert.industries = industries.into_iter().collect();
        assert_eq!(industry_value(&need, &expert), value);
    }
}

#[test]
fn answering_is_smoothed_and_monotone() {
    let value = |on_time, late, lapsed| {
        let mut expert = plain_expert(1);
        (expert.on_time, expert.late, expert.lapsed) = (on_time, late, lapsed);
        answers_value(&expert)
    };
    let newcomer = value(0, 0, 0);
    assert_eq!(newcomer, 770);
    for count in 0..60 {
        assert!(value(count + 1, 0, 0) >= value(count, 0, 0));
        assert!(value(3, 0, count + 1) <= value(3, 0, count));
        assert!(value(3, count + 1, 0) >= value(3, 0, count + 1), "late is better than never");
        assert!(value(0, 0, count + 1) < newcomer && value(count + 1, 0, 0) > newcomer);
    }
    assert!(value(1, 0, 0) - newcomer < value(20, 0, 0) - newcomer, "one answer does not make a record");
    let mut quick = plain_expert(1);
    quick.median_hours = Some(2);
    let mut slow = plain_expert(2);
    slow.median_hours = Some(40);
    assert!(answers_value(&quick) > answers_value(&slow));
}

#[test]
fn ratings_are_smoothed_towards_four_point_three_and_monotone() {
    let value = |sum, count| {
        let mut expert = plain_expert(1);
        (expert.rating_sum, expert.rating_count) = (sum, count);
        satisfaction_value(&expert)
    };
    assert_eq!(value(0, 0), 825);
    assert!(value(5, 1) < value(50, 10) && value(50, 10) < 1000);
    assert!(value(1, 1) > value(10, 10));
    for sum in 10..50 {
        assert!(value(sum + 1, 10) >= value(sum, 10));
    }
    let mut expert = plain_expert(1);
    (expert.rating_sum, expert.rating_count) = (53, 11);
    assert_eq!(satisfaction_text(&expert), ReasonText::SatisfactionMean { tenths: 48, count: 11 });
    (expert.rating_sum, expert.rating_count) = (50, 10);
    assert_eq!(satisfaction_text(&expert), ReasonText::SatisfactionMean { tenths: 50, count: 10 });
}

#[test]
fn the_less_a_person_carries_and_was_asked_the_better() {
    let need = bare_need();
    let mut expert = plain_expert(1);
    (expert.month_offers, expert.open_offers, expert.load_90d) = (0, 0, 0);
    assert_eq!(load_value(&expert), 1000);
    let mut before = 1001;
    for month in 0..4 {
        expert.month_offers = month;
        assert!(load_value(&expert) < before);
        before = load_value(&expert);
    }
    expert.asked_90d = 0;
    assert_eq!(fairness_value(&need, &expert, &PEERS), 1000);
    expert.asked_90d = 5;
    assert_eq!(fairness_value(&need, &expert, &PEERS), 500);
    before = 1001;
    for asked in 0..30 {
        expert.asked_90d = asked;
        assert!(fairness_value(&need, &expert, &PEERS) < before);
        before = fairness_value(&need, &expert, &PEERS);
    }
}

#[test]
fn a_newcomer_is_ahead_of_his_peers_but_behind_whoever_waits_longer() {
    let need = bare_need();
    let mut newcomer = plain_expert(1);
    newcomer.active_since = Some(need.asked_on);
    let mut forgotten = plain_expert(2);
    forgotten.active_since = NaiveDate::from_ymd_opt(2020, 1, 1);
    let mut average = plain_expert(3);
    average.asked_90d = 4;
    let value = |expert| fairness_value(&need, expert, &PEERS);
    assert!(value(&forgotten) > value(&newcomer) && value(&newcomer) > value(&average));
    assert_eq!(fairness_text(&need, &newcomer, &PEERS).code(), "fairness-newcomer");
    assert_eq!(fairness_text(&need, &forgotten, &PEERS).code(), "fairness-never");
    assert_eq!(fairness_text(&need, &average, &PEERS).code(), "fairness-asked");
}

#[test]
fn duty_falls_with_the_days_to_the_turn() {
    let mut before = 1001;
    for duty in [DutyHere::Now, DutyHere::Today, DutyHere::InDays(1), DutyHere::InDays(3), DutyHere::InDays(6)] {
        assert!(duty_value(Some(duty)) < before, "{duty:?}");
        before = duty_value(Some(duty));
    }
    assert_eq!(duty_value(None), 0);
}
