//! Bounded, explainable, and right about who fits.

use super::*;
use crate::ids::uuid_v7;

const PROFILES: [&str; 6] = [
    "专利代理师，从事半导体和碳化硅器件的专利撰写与审查意见答复十五年",
    "律师，擅长商标异议、无效宣告和商标抢注维权，代理过多起不正当竞争诉讼",
    "知识产权质押融资与专利评估，熟悉银行贷款流程",
    "电子存证、可信时间戳与互联网取证，处理短视频搬运和平台投诉",
    "Patent attorney, freedom to operate and licensing in Europe, medical devices",
    "企业贯标、商业秘密管理制度、竞业限制协议",
];

fn id(place: usize) -> ExpertId {
    let [high, low] = u16::try_from(place).unwrap().to_be_bytes();
    ExpertId::from_minted(uuid_v7(1_760_000_000_000, &[high, low, 0, 0, 0, 0, 0, 0, 0, 1]))
}

fn built() -> Affinity {
    Affinity::build(PROFILES.iter().enumerate().map(|(place, text)| (id(place), *text)))
}

#[test]
fn the_fitting_expert_comes_first_and_all_scores_are_bounded() {
    let affinity = built();
    let cases = [
        ("碳化硅外延片专利审查意见怎么答复", 0),
        ("公司名被别人抢注成商标", 1),
        ("用專利向銀行貸款", 2),
        ("抖音上视频被搬运，想用时间戳固定证据", 3),
        ("FTO for a stent in Germany", 4),
        ("防侵权检索，产品出口欧洲", 4),
        ("离职员工带走客户名单，想建保密制度", 5),
        ("trade secret management", 5),
    ];
    for (need, wanted) in cases {
        let scores = affinity.score(need);
        let best = (0..PROFILES.len()).max_by_key(|place| scores.get(&id(*place)).copied().unwrap_or_default());
        assert_eq!(best, Some(wanted), "{need}: {scores:?}");
        assert!(scores.values().all(|score| *score <= 1000), "{need}");
        assert!(scores[&id(wanted)] >= 100, "{need}: {scores:?}");
    }
    assert!(affinity.score("").is_empty());
    assert!(affinity.score("请问如何，what should we do").is_empty());
    assert!(Affinity::default().score("专利").is_empty());
}

#[test]
fn a_profile_scores_highest_on_itself_and_repeats_do_not_burst_the_bound() {
    let mut affinity = built();
    affinity.update(id(9), &"碳化硅 ".repeat(70_000));
    for text in PROFILES {
        assert!(affinity.score(text).values().all(|score| *score <= 1000));
    }
    assert!(affinity.score("碳化硅")[&id(9)] <= 1000);
}

#[test]
fn taking_a_matched_word_out_lowers_the_score() {
    let need = "碳化硅器件专利审查意见答复，另有商标异议、存证与贯标，and freedom to operate";
    for (place, profile) in PROFILES.iter().enumerate() {
        let full = built();
        let before = full.score(need).get(&id(place)).copied().unwrap_or_default();
        for word in full.matched(need, id(place)) {
            let shorter = profile.replace(&word, "").replace(&word.to_lowercase(), "");
            assert_ne!(&shorter, profile, "{word} is not literally in the profile");
            let mut changed = built();
            changed.update(id(place), &shorter);
            let after = changed.score(need).get(&id(place)).copied().unwrap_or_default();
            assert!(after < before, "{profile}: without {word} {after} instead of {before}");
        }
    }
}

#[test]
fn matched_words_are_the_telling_ones_as_typed() {
    let affinity = built();
    let words = affinity.matched("请问碳化硅器件的审查意见如何答复", id(0));
    assert_eq!(words.len(), 3);
    assert!(words.contains(&"碳化硅".to_owned()), "{words:?}");
    assert_eq!(affinity.matched("Licensing", id(4)), ["Licensing"]);
    let labels = affinity.matched("公司名被別人註冊了", id(1));
    assert!(labels.iter().any(|label| label.contains("抢注")), "a label when no word is shared: {labels:?}");
    assert!(affinity.matched("石墨烯", id(0)).is_empty());
    assert!(affinity.matched("专利", id(77)).is_empty());
}

#[test]
fn update_and_remove_leave_no_trace() {
    let mut affinity = built();
    affinity.update(id(0), "植物新品种权");
    affinity.update(id(7), "碳化硅");
    affinity.remove(id(7));
    affinity.remove(id(7));
    affinity.update(id(0), PROFILES[0]);
    assert_eq!(affinity.len(), PROFILES.len());
    for need in PROFILES {
        assert_eq!(affinity.score(need), built().score(need));
    }
    let reversed = Affinity::build(PROFILES.iter().enumerate().rev().map(|(place, text)| (id(place), *text)));
    assert_eq!(affinity.score("专利 商标 存证 贯标"), reversed.score("专利 商标 存证 贯标"));
}
