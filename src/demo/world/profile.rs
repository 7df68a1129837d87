//! What an expert is like: where they work, what they know, where they stand. All of it by chance, and plausible together.

use super::dice::Dice;
use super::{Plan, texts};
use crate::demo::corpus::{Corpus, FirmKind};
use crate::domain::catalogue;
use crate::domain::expert::FirmType;
use crate::domain::need::Mode;
use crate::domain::region::{self, Region};
use crate::domain::standing::Standing;
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

/// Where an expert works.
pub(super) struct Workplace {
    pub(super) name: String,
    pub(super) stem: Option<usize>,
    pub(super) firm_type: FirmType,
}

/// Firms exist once: a 字号 and one of the ends of names.
pub(super) fn workplaces(corpus: &Corpus, count: usize, dice: &mut Dice) -> Vec<Workplace> {
    let names = &corpus.names;
    let mut found = Vec::new();
    let kind_of = |kind: &FirmKind| match (kind.agency, kind.law) {
        (true, _) => FirmType::Agency,
        (_, true) => FirmType::LawFirm,
        _ => FirmType::Other,
    };
    let wanted = (count / 4).clamp(12, 400);
    let mut pairs: Vec<(usize, usize)> = (0..names.firm_stems.len())
        .flat_map(|stem| (0..names.firm_kinds.len()).map(move |kind| (stem, kind)))
        .collect();
    dice.shuffle(&mut pairs);
    for (stem, kind) in pairs.into_iter().take(wanted) {
        let (Some(brand), Some(end)) = (names.firm_stems.get(stem), names.firm_kinds.get(kind)) else { continue };
        let place = if end.text.starts_with('（') { "" } else { "北京" };
        found.push(Workplace {
            name: format!("{place}{brand}{}", end.text),
            stem: Some(stem),
            firm_type: kind_of(end),
        });
    }
    for institute in &names.institutes {
        let firm_type = if institute.kind == "enterprise" { FirmType::Enterprise } else { FirmType::Institute };
        found.push(Workplace { name: institute.zh.clone(), stem: None, firm_type });
    }
    found
}

/// Titles that go with a kind of firm.
pub(super) fn titles(dice: &mut Dice, firm_type: FirmType) -> Vec<&'static str> {
    const AGENCY: [&str; 4] = ["专利代理师", "专利代理师", "商标代理从业", "专利信息分析师"];
    const INSTITUTE: [&str; 5] = ["副教授", "研究员", "技术经理人", "高级工程师", "农艺师"];
    const ENTERPRISE: [&str; 5] =
        ["高级知识产权师", "中级知识产权师", "企业知识产权合规管理体系内审员", "高级工程师", "数据合规官"];
    const OTHER: [&str; 6] =
        ["资产评估师", "技术经理人", "专利审查员（退休）", "版权经纪人", "仲裁员", "高级知识产权师"];
    let first = match firm_type {
        FirmType::Agency => dice.pick(&AGENCY),
        FirmType::LawFirm => Some(&"律师执业证"),
        FirmType::Institute => dice.pick(&INSTITUTE),
        FirmType::Enterprise => dice.pick(&ENTERPRISE),
        _ => dice.pick(&OTHER),
    };
    let mut found: Vec<&'static str> = first.into_iter().copied().collect();
    if dice.percent(30) {
        let more = if firm_type == FirmType::LawFirm { &"专利代理师" } else { &"中级知识产权师" };
        if !found.contains(more) {
            found.push(more);
        }
    }
    found
}

/// Two to six services, those that go with the kind of firm first.
pub(super) fn services(dice: &mut Dice, firm_type: FirmType) -> Vec<String> {
    let usual: &[&str] = match firm_type {
        FirmType::Agency => &["application", "search", "procedure", "pre-examination", "risk", "dispute", "analysis"],
        FirmType::LawFirm => {
            &["dispute", "rights-aid", "risk", "compliance", "e-evidence", "transfer-licensing", "new-business"]
        }
        FirmType::Institute => {
            &["analysis", "training", "transfer-licensing", "key-industry", "publicity", "policy", "data-ip"]
        }
        FirmType::Enterprise => &["compliance", "risk", "key-enterprise", "digital-economy", "training", "finance"],
        _ => {
            &["finance", "transfer-licensing", "policy", "procedure", "training", "publicity", "data-ip", "e-evidence"]
        }
    };
    let mut found: Vec<String> = Vec::new();
    for _ in 0..dice.between(2, 6) {
        let slug = if dice.percent(68) {
            dice.pick(usual).copied()
        } else {
            dice.pick(&catalogue::CATALOGUE).map(|item| item.slug)
        };
        if let Some(slug) = slug.filter(|slug| !found.iter().any(|known| known == slug)) {
            found.push(slug.to_owned());
        }
    }
    if found.len() < 2 {
        found.push(if found.iter().any(|slug| slug == "risk") { "policy" } else { "risk" }.to_owned());
    }
    found
}

/// One to four industries, those of the region first.
pub(super) fn industries(dice: &mut Dice, region: &Region) -> Vec<String> {
    let everywhere = region::industries();
    let mut found: Vec<String> = Vec::new();
    for _ in 0..dice.between(1, 4) {
        let one = if dice.percent(60) { dice.pick(region.industries) } else { dice.pick(&everywhere) };
        if let Some(one) = one.filter(|one| !found.iter().any(|known| known == *one)) {
            found.push((*one).to_owned());
        }
    }
    if found.is_empty() {
        found.push("人工智能".to_owned());
    }
    found
}

/// Chinese, and often one more.
pub(super) fn languages(dice: &mut Dice) -> Vec<String> {
    let mut found = vec!["zh".to_owned()];
    if dice.percent(25) {
        found.push("en".to_owned());
    }
    for (code, share) in [("ja", 30), ("ko", 15), ("de", 15)] {
        if dice.permille(share) {
            found.push(code.to_owned());
        }
    }
    found
}

/// The channels somebody offers.
pub(super) fn modes(dice: &mut Dice) -> Vec<Mode> {
    let mut found = vec![Mode::Online];
    for (mode, share) in [(Mode::Phone, 85), (Mode::Station, 75), (Mode::Onsite, 62), (Mode::Training, 45)] {
        if dice.percent(share) {
            found.push(mode);
        }
    }
    found
}

/// Whether a biography fits where somebody works and what they do.
fn speaks_of_own_trade(text: &str, firm_type: FirmType, services: &[String]) -> bool {
    let offers = |slug: &str| services.iter().any(|service| service == slug);
    let trades: [(&[&str], bool); 7] = [
        (&["律师", "诉讼", "承办", "法院", "无效与侵权"], firm_type == FirmType::LawFirm),
        (&["银行", "质押", "评估", "保险"], offers("finance")),
        (&["高校", "学校", "大学", "转移"], firm_type == FirmType::Institute),
        (&["审查员", "审查经验", "专利审查"], matches!(firm_type, FirmType::Other | FirmType::Agency)),
        (&["企业做", "法务", "负责过拟上市", "协会"], matches!(firm_type, FirmType::Enterprise | FirmType::Other)),
        (&["代理经验", "撰写", "代理师"], firm_type == FirmType::Agency),
        (&["存证", "保全"], offers("e-evidence")),
    ];
    trades.iter().all(|(words, own)| *own || !words.iter().any(|word| text.contains(word)))
}

/// A biography with its slots filled.
pub(super) fn bio(dice: &mut Dice, corpus: &Corpus, row: (&[String], &[String], i64), firm_type: FirmType) -> String {
    let (services, industries, years) = row;
    let service = services
        .first()
        .and_then(|slug| catalogue::by_slug(slug))
        .map_or("知识产权", |item| item.zh.trim_end_matches("服务"));
    // A text that speaks of another trade is thrown again.
    let mut template = dice.word(&corpus.experts.bios);
    for _ in 0..24 {
        if speaks_of_own_trade(template, firm_type, services) {
            break;
        }
        template = dice.word(&corpus.experts.bios);
    }
    template
        .replace("{years}", &years.to_string())
        .replace("{industry}", dice.word(industries))
        .replace("{tech}", texts::word(dice, &corpus.slots.tech, industries))
        .replace("{service}", service)
}

/// Where somebody stands now, since when, and why.
pub(super) fn standing(
    dice: &mut Dice,
    plan: &Plan<'_>,
    place: usize,
    count: usize,
) -> (Standing, Option<DateTime<Utc>>, Option<&'static str>) {
    let ago = |days: i64| Some(plan.start - TimeDelta::days(days) - TimeDelta::hours(5));
    // The first few stand for each standing once, so that the smallest city shows all of them.
    let thrown = if place + 6 >= count { place + 6 - count } else { 6 + dice.below(94) };
    match thrown {
        0 => (Standing::Applied, ago(3), None),
        1 => (Standing::Reviewing, ago(9), None),
        2 | 6 => (Standing::Paused, ago(dice.between(5, 50)), Some("本人申请暂停，项目结束后恢复")),
        3 | 7 | 8 => (Standing::Withdrawn, ago(dice.between(40, 300)), Some("工作调动，自主退出")),
        4 | 9 => (Standing::Removed, ago(dice.between(60, 320)), Some("推介有偿服务，经核实后除名")),
        5 => (Standing::Active, None, None),
        10 => (Standing::Applied, ago(dice.between(1, 12)), None),
        11 => (Standing::Reviewing, ago(dice.between(4, 20)), None),
        _ => (Standing::Active, None, None),
    }
}

/// The last day of somebody's qualifications: none, comfortably ahead, within sixty days, or gone by.
pub(super) fn valid_until(dice: &mut Dice, today: NaiveDate, place: usize) -> Option<NaiveDate> {
    let thrown = if place < 4 { 85 + place * 4 } else { dice.below(100) };
    match thrown {
        0..=41 => None,
        42..=87 => today.checked_add_days(Days::new(u64::try_from(dice.between(70, 900)).unwrap_or(0))),
        88..=94 => today.checked_add_days(Days::new(u64::try_from(dice.between(2, 58)).unwrap_or(0))),
        _ => today.checked_sub_days(Days::new(u64::try_from(dice.between(8, 180)).unwrap_or(0))),
    }
}

/// Absences: now, soon, or once in the past year.
pub(super) fn leaves(dice: &mut Dice, today: NaiveDate, place: usize) -> Vec<(NaiveDate, NaiveDate, &'static str)> {
    let day = |offset: i64| today + TimeDelta::days(offset);
    let thrown = if (4..7).contains(&place) { 0 } else { dice.below(100) };
    let reason = dice.pick(&["出差", "年假", "开庭期", "家事", "进修"]).copied().unwrap_or("请假");
    match thrown {
        0..=2 => vec![(day(-dice.between(0, 6)), day(dice.between(2, 16)), reason)],
        3..=5 => vec![(day(dice.between(3, 10)), day(dice.between(11, 25)), reason)],
        6..=14 => {
            let from = -dice.between(30, 330);
            vec![(day(from), day(from + dice.between(3, 18)), reason)]
        }
        _ => Vec::new(),
    }
}

/// The number on a certificate, in the manner of each kind.
pub(super) fn certificate(dice: &mut Dice, title: &str, year: i32) -> Option<String> {
    match title {
        "专利代理师" => Some(format!("11{:03}{:05}.{}", dice.below(1_000), dice.below(100_000), dice.below(10))),
        "律师执业证" => Some(format!("11101{year}{:08}", dice.below(100_000_000))),
        "副教授" | "研究员" | "专利审查员（退休）" => None,
        _ => Some(format!("BJ{year}{:05}", dice.below(100_000))),
    }
}
