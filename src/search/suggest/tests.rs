//! The suggestion is right on texts as enterprises write them, also on those no word file has seen.

use super::learned::{Example, Learned, examples, features};
use super::*;

/// Our own judgments, from which the suggestion learns: slugs, title, description.
const JUDGED: &str = include_str!("../../../index/relevance/suggest.tsv");
/// Texts kept apart from every word file.
const HELD_OUT: &str = include_str!("../../../index/relevance/suggest-held-out.tsv");

/// One judged text: the slugs that fit, title, description.
type Judged<'a> = (Vec<&'a str>, &'a str, &'a str);

fn judged(file: &str) -> Vec<Judged<'_>> {
    let mut all = Vec::new();
    for line in file.lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [wanted, title, description] = cells[..] else { panic!("malformed: {line}") };
        let wanted: Vec<&str> = wanted.split(',').collect();
        assert!(wanted.iter().all(|slug| CATALOGUE.iter().any(|item| item.slug == *slug)), "{line}");
        all.push((wanted, title, description));
    }
    all
}

/// The share of texts with a fitting item among the first one and three, in permille, and what was missed.
fn measured(texts: &[Judged<'_>]) -> (usize, usize, String) {
    let (mut first, mut three) = (0, 0);
    let mut missed = String::new();
    for (wanted, title, description) in texts {
        let found = suggest(&format!("{title}\n{description}")).services;
        assert!(found.windows(2).all(|pair| pair[0].1 >= pair[1].1), "{title}: not sorted");
        assert!(found.iter().all(|(_, score)| *score > 0.0 && *score < 1.0), "{title}: out of range");
        let fits = |most: usize| found.iter().take(most).any(|(slug, _)| wanted.contains(&slug.as_str()));
        first += usize::from(fits(1));
        three += usize::from(fits(3));
        if !fits(1) {
            let said: Vec<String> = found.iter().take(3).map(|(slug, score)| format!("{slug} {score:.2}")).collect();
            missed.push_str(&format!("\n{title}: {said:?} instead of {wanted:?}"));
        }
    }
    (first * 1000 / texts.len(), three * 1000 / texts.len(), missed)
}

#[test]
fn on_texts_no_word_file_has_seen_the_first_is_mostly_right() {
    let texts = judged(HELD_OUT);
    assert!(texts.len() >= 100);
    let (first, three, missed) = measured(&texts);
    println!("held out: first {first}, among three {three} permille of {}{missed}", texts.len());
    assert!(first >= 820, "the first fits {first} permille:{missed}");
    assert!(three >= 930, "one of three fits {three} permille:{missed}");
}

#[test]
fn on_our_own_texts_it_is_nearly_always_right() {
    let texts = judged(JUDGED);
    assert!(texts.len() >= 150);
    let (first, three, missed) = measured(&texts);
    println!("own: first {first}, among three {three} permille of {}", texts.len());
    assert!(first >= 950 && three >= 990, "first {first}, among three {three}:{missed}");
    for item in CATALOGUE {
        assert!(texts.iter().any(|(wanted, ..)| wanted.contains(&item.slug)), "nothing is judged for {}", item.slug);
    }
}

/// Learning alone, each text weighed by what all others teach: how far it carries without any vote.
#[test]
fn what_is_learned_carries_over_to_texts_left_out() {
    let all = examples(&[super::learned::EXAMPLES, JUDGED]);
    let tenth =
        |at: usize| Learned::from(all.iter().enumerate().filter(|(other, _)| other % 10 != at).map(|(_, one)| one));
    let mut first = 0;
    for at in 0..10 {
        let learned = tenth(at);
        for Example { items, features } in all.iter().enumerate().filter(|(one, _)| one % 10 == at).map(|(_, one)| one)
        {
            let sums = learned.weigh(features).sums;
            let best = (0..CATALOGUE.len()).max_by_key(|item| (sums[*item], std::cmp::Reverse(*item))).unwrap();
            first += usize::from(items.contains(&best));
        }
    }
    println!("left out: {first} of {}", all.len());
    assert!(first * 100 >= all.len() * 65, "{first} of {}", all.len());
}

#[test]
fn every_example_names_items_and_says_something() {
    for line in super::learned::EXAMPLES.lines().filter(|line| !line.starts_with('#')) {
        let (slugs, text) = line.split_once('\t').unwrap_or_default();
        assert!(!text.is_empty() && !text.contains('\t'), "{line}");
        assert!(slugs.split(',').all(|slug| CATALOGUE.iter().any(|item| item.slug == slug)), "{line}");
        assert!(!features(&Reading::of(text), &Reading::of("")).is_empty(), "{line}");
        assert!(!HELD_OUT.contains(text) && !JUDGED.contains(text), "an example is also judged: {line}");
    }
    for item in CATALOGUE {
        let of_item = examples(&[super::learned::EXAMPLES])
            .iter()
            .filter(|example| example.items.iter().any(|at| CATALOGUE[*at].slug == item.slug))
            .count();
        assert!(of_item >= 15, "{} has {of_item} examples", item.slug);
    }
}

#[test]
fn however_it_is_typed_it_asks_for_the_same() {
    let plain = suggest("收到专利侵权警告函\n对方要求停止销售");
    for typed in [
        "收到專利侵權警告函\n對方要求停止銷售",
        "收到专利侵权　警告函\n对方要求停止销售",
        "收到专利浸权警告函\n对方要求停止销售",
    ] {
        assert_eq!(suggest(typed).services[0].0, plain.services[0].0, "{typed}");
    }
    assert_eq!(suggest("ＰＣＴ申请").services, suggest("pct 申请").services);
}

#[test]
fn the_words_that_led_there_are_told_as_typed() {
    let found = suggest("亚马逊把我們的商品下架了，Someone sent a Cease and Desist letter");
    assert_eq!(found.services[0].0, "dispute");
    assert_eq!(found.words.len(), found.services.len().min(5));
    assert!(found.words[0].iter().any(|word| word == "Cease and Desist"), "{:?}", found.words);
    for words in &found.words {
        assert!(words.len() <= 3);
    }
}

#[test]
fn a_landmark_gives_its_region_and_a_point() {
    let cases = [
        ("我们在望京，想注册商标", Some(("110105", "望京"))),
        ("公司搬到亦庄了", Some(("110000-kfq", "经开区"))),
        ("怀柔科学城的仪器公司", Some(("110116", "怀柔科学城"))),
        ("海淀上地的软件企业", Some(("110108", "上地"))),
        ("Our office is in Zhongguancun", Some(("110108", "中关村"))),
        ("想注册商标", None),
    ];
    for (text, wanted) in cases {
        let found = suggest(text).place;
        assert_eq!(found.as_ref().map(|place| (place.region, place.label)), wanted, "{text}");
        assert!(found.is_none_or(|place| place.point.is_some()), "{text}");
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
    assert_eq!(suggest("嗯嗯嗯").services, [("procedure".to_owned(), 0.05)]);
    assert_eq!(suggest("  "), Suggestion::default());
    for text in ["\n", "？！", "😀", "a\u{0}b", &"专".repeat(10_000)] {
        let found = suggest(text);
        assert_eq!(found.words.len(), found.services.len().min(5), "{text}");
    }
}
