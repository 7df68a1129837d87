//! The vocabulary file is whole, and the suggestion is right on texts as enterprises write them.

use super::*;
use crate::domain::{catalogue, region};

/// Our own judgments: slugs, title, description.
const JUDGED: &str = include_str!("../../../index/relevance/suggest.tsv");

#[test]
fn every_row_of_the_file_is_read_and_means_something() {
    let rows = CONCEPTS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).count();
    let concepts = lexicon().concepts();
    assert_eq!(concepts.len(), rows, "a row is malformed");
    let mut ids = std::collections::HashSet::new();
    let industries: Vec<&str> = region::SHIPPED.iter().flat_map(|region| region.industries.iter().copied()).collect();
    for concept in concepts {
        assert!(ids.insert(concept.id), "{} occurs twice", concept.id);
        assert!(!concept.votes.is_empty(), "{} votes for nothing", concept.id);
        for (target, weight) in &concept.votes {
            assert!(*weight > 0.0 && *weight <= 4.0, "{}: weight {weight}", concept.id);
            let known = match concept.kind {
                Kind::Place => region::by_code(target).is_some(),
                _ => catalogue::by_slug(target).is_some() || industries.contains(target),
            };
            assert!(known, "{}: unknown target {target}", concept.id);
        }
        for alias in &concept.aliases {
            let folded = analyzer::fold(alias);
            assert!(lexicon().named(&folded).contains(&concept), "{alias} does not name {}", concept.id);
        }
    }
    for item in catalogue::CATALOGUE {
        assert!(
            lexicon().head(item.slug).is_some_and(|head| head.kind == Kind::Service),
            "no concept for {}",
            item.slug
        );
    }
    for industry in industries {
        assert!(lexicon().head(industry).is_some_and(|head| head.kind == Kind::Industry), "no concept for {industry}");
    }
    for region in region::SHIPPED.iter().filter(|region| region.parent.is_some()) {
        assert!(lexicon().head(region.code).is_some(), "no concept for {}", region.name);
    }
}

#[test]
fn longer_names_hide_the_shorter_ones_inside_them() {
    let ids =
        |text: &str| -> Vec<&str> { lexicon().named(&analyzer::fold(text)).iter().map(|concept| concept.id).collect() };
    assert_eq!(ids("数据知识产权登记"), ["data-ip"]);
    assert_eq!(ids("商标被抢注"), ["squatting"]);
    assert_eq!(ids("trade secrets"), ["trade-secret"]);
    assert_eq!(ids("comftory"), [""; 0]);
    assert_eq!(ids("亦庄"), ["kfq"]);
}

#[test]
fn suggestion_is_right_on_what_enterprises_write() {
    let mut missed = Vec::new();
    let (mut all, mut first) = (0, 0);
    for line in JUDGED.lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [wanted, title, description] = cells[..] else { panic!("malformed: {line}") };
        let wanted: Vec<&str> = wanted.split(',').collect();
        assert!(wanted.iter().all(|slug| catalogue::by_slug(slug).is_some()), "{line}");
        let services = suggest(&format!("{title}\n{description}")).services;
        assert!(services.windows(2).all(|pair| pair[0].1 >= pair[1].1), "{title}: not sorted");
        assert!(services.iter().all(|(_, score)| *score > 0.0 && *score < 1.0), "{title}: out of range");
        let top: Vec<&str> = services.iter().take(2).map(|(slug, _)| slug.as_str()).collect();
        all += 1;
        first += usize::from(top.first().is_some_and(|slug| wanted.contains(slug)));
        if !top.iter().any(|slug| wanted.contains(slug)) {
            missed.push(format!("{title}: {:?} instead of {wanted:?}", services.iter().take(5).collect::<Vec<_>>()));
        }
    }
    let right = all - missed.len();
    assert!(all >= 150, "only {all} judged texts");
    assert!(right * 10 >= all * 9, "right among two {right} of {all}:\n{}", missed.join("\n"));
    assert!(first * 100 >= all * 85, "right at the top {first} of {all}");
    // Every item of the catalogue is asked for somewhere, and found there.
    for item in catalogue::CATALOGUE {
        assert!(
            JUDGED
                .lines()
                .any(|line| line.split('\t').next().is_some_and(|cell| cell.split(',').any(|slug| slug == item.slug))),
            "{}",
            item.slug
        );
    }
}

#[test]
fn industries_come_from_the_text() {
    let cases: [(&str, &[&str]); 7] = [
        ("固态电池专利导航", &["先进能源"]),
        ("碳化硅外延片的专利布局", &["第三代半导体"]),
        ("人形机器人减速器", &["机器人"]),
        ("单抗药物的专利期限补偿", &["生物医药"]),
        ("Patent landscape for drones", &["无人机"]),
        ("平谷大桃的地理标志", &["农业"]),
        ("想咨询一下", &[]),
    ];
    for (text, wanted) in cases {
        let industries = suggest(text).industries;
        for industry in wanted {
            assert!(industries.iter().any(|found| found == industry), "{text}: {industries:?}");
        }
        if wanted.is_empty() {
            assert!(industries.is_empty(), "{text}: {industries:?}");
        }
    }
}

#[test]
fn a_text_without_a_hint_is_a_question_and_an_empty_one_nothing() {
    assert_eq!(suggest("想找人聊聊").services, [("procedure".to_owned(), 0.05)]);
    assert_eq!(suggest("  "), Suggestion::default());
}
