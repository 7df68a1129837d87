//! The vocabulary file is whole: every row is read, every name belongs to one concept, every target exists.

use super::*;
use crate::domain::{catalogue, region};

#[test]
fn every_row_of_the_file_is_read_and_means_something() {
    let rows = CONCEPTS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).count();
    let concepts = lexicon().concepts();
    assert_eq!(concepts.len(), rows, "a row is malformed");
    let mut ids = std::collections::HashSet::new();
    let industries: Vec<&str> = region::SHIPPED.iter().flat_map(|region| region.industries.iter().copied()).collect();
    for concept in concepts {
        assert!(ids.insert(concept.id), "{} occurs twice", concept.id);
        assert!(!concept.kind.may_head() || !concept.votes.is_empty(), "{} votes for nothing", concept.id);
        assert_eq!(concept.point.is_some(), concept.kind == Kind::Place, "{}: only places have a point", concept.id);
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
    assert_eq!(ids("商标被抢注"), ["bad-faith"]);
    assert_eq!(ids("trade secrets"), ["trade-secrets"]);
    assert_eq!(ids("comftory"), [""; 0]);
    assert_eq!(ids("亦庄"), ["kfq"]);
}

#[test]
fn every_name_belongs_to_one_concept() {
    let mut owners: std::collections::HashMap<String, &str> = std::collections::HashMap::new();
    let mut twice = Vec::new();
    for concept in lexicon().concepts() {
        for alias in &concept.aliases {
            if let Some(other) = owners.insert(analyzer::fold(alias), concept.id)
                && other != concept.id
            {
                twice.push(format!("{alias}: {other}, {}", concept.id));
            }
        }
    }
    assert!(twice.is_empty(), "{} names stand twice:\n{}", twice.len(), twice.join("\n"));
    assert!(lexicon().concepts().len() >= 500, "{}", lexicon().concepts().len());
}

#[test]
fn landmarks_lie_near_their_region() {
    for concept in lexicon().concepts().iter().filter(|concept| concept.kind == Kind::Place) {
        let (code, _) = concept.votes.first().unwrap();
        let region = region::by_code(code).unwrap();
        let centre = Point::new(region.lat, region.lon).unwrap();
        let metres = concept.point.unwrap().metres_to(centre);
        assert!(metres < 50_000, "{} lies {metres} m from the centre of {}", concept.id, region.name);
    }
}
