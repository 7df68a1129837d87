//! Volunteer experts: where they work, what they know, when they may be asked, and how quickly they tend to answer.

use super::dice::Dice;
use super::people::People;
use super::rows::Rows;
use super::trail::Trail;
use super::{Plan, jitter, texts};
use crate::db::JsonText;
use crate::db::expert::{ExpertRow, LeaveRow, QualificationRow};
use crate::demo::corpus::{Corpus, FirmKind};
use crate::domain::calendar::beijing_date;
use crate::domain::event::Event;
use crate::domain::expert::FirmType;
use crate::domain::need::Mode;
use crate::domain::number::{Series, written};
use crate::domain::region::{self, Region};
use crate::domain::standing::Standing;
use crate::domain::{catalogue, firm};
use crate::ids::{ExpertId, LeaveId, QualificationId};
use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};
use serde_json::json;

/// How somebody tends to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// Within hours.
    Prompt,
    /// Within a day.
    Mixed,
    /// On the last day, if at all.
    Slow,
    /// More often not at all.
    Silent,
}

/// An expert as the history needs it.
#[derive(Debug, Clone)]
pub struct Volunteer {
    /// Id.
    pub id: ExpertId,
    /// Firm, and its 字号 by place in the corpus.
    pub firm: String,
    /// The firm's 字号, if it has one of the corpus.
    pub stem: Option<usize>,
    /// Region.
    pub region: &'static str,
    /// Catalogue slugs.
    pub services: Vec<String>,
    /// Industries.
    pub industries: Vec<String>,
    /// Languages.
    pub languages: Vec<String>,
    /// Channels.
    pub modes: Vec<Mode>,
    /// From when on asked.
    pub from: DateTime<Utc>,
    /// Until when asked.
    pub until: Option<DateTime<Utc>>,
    /// The last day of the last qualification.
    pub qualified_until: Option<NaiveDate>,
    /// Absences.
    pub leaves: Vec<(NaiveDate, NaiveDate)>,
    /// How far they travel, in kilometres.
    pub max_distance_km: Option<i32>,
    /// Where they are.
    pub point: (f64, f64),
    /// Most open offers.
    pub open_cap: u32,
    /// Most offers a month.
    pub monthly_cap: u32,
    /// How they answer.
    pub habit: Habit,
    /// Kept out of ordinary choosing: the two whose conduct the demo shows.
    pub reserved: bool,
}

/// The place in the register of the expert whose silence proposes a 劝导, and of the one with a removal case.
#[derive(Debug, Clone, Copy)]
pub struct Shown {
    /// Three lapses.
    pub silent: usize,
    /// A reported gift.
    pub reported: usize,
}

/// Everybody on the register, in order of registration.
pub struct Register {
    /// As the history needs them.
    pub volunteers: Vec<Volunteer>,
    /// Their rows, place by place.
    pub rows: Vec<ExpertRow>,
    /// Their trails, place by place.
    pub trails: Vec<Trail>,
    /// The two whose conduct the demo shows.
    pub shown: Shown,
    /// Numbers used in the filing series.
    pub filings: i64,
}

struct Workplace {
    name: String,
    stem: Option<usize>,
    firm_type: FirmType,
}

/// Firms exist once: a 字号 and one of the ends of names.
fn workplaces(corpus: &Corpus, count: usize, dice: &mut Dice) -> Vec<Workplace> {
    let names = &corpus.names;
    let mut found = Vec::new();
    let kind_of = |kind: &FirmKind| match (kind.agency, kind.law) {
        (true, _) => FirmType::Agency,
        (_, true) => FirmType::LawFirm,
        _ => FirmType::Other,
    };
    let wanted = (count / 4).clamp(12, 400);
    let mut pairs: Vec<(usize, usize)> =
        (0..names.firm_stems.len()).flat_map(|stem| (0..names.firm_kinds.len()).map(move |kind| (stem, kind))).collect();
    dice.shuffle(&mut pairs);
    for (stem, kind) in pairs.into_iter().take(wanted) {
        let (Some(brand), Some(end)) = (names.firm_stems.get(stem), names.firm_kinds.get(kind)) else { continue };
        let place = if end.text.starts_with('（') { "" } else { "北京" };
        found.push(Workplace { name: format!("{place}{brand}{}", end.text), stem: Some(stem), firm_type: kind_of(end) });
    }
    for institute in &names.institutes {
        let firm_type = if institute.kind == "enterprise" { FirmType::Enterprise } else { FirmType::Institute };
        found.push(Workplace { name: institute.zh.clone(), stem: None, firm_type });
    }
    found
}

/// Titles that go with a kind of firm.
fn titles(dice: &mut Dice, firm_type: FirmType) -> Vec<&'static str> {
    const AGENCY: [&str; 4] = ["专利代理师", "专利代理师", "商标代理从业", "专利信息分析师"];
    const INSTITUTE: [&str; 5] = ["副教授", "研究员", "技术经理人", "高级工程师", "农艺师"];
    const ENTERPRISE: [&str; 5] = ["高级知识产权师", "中级知识产权师", "企业知识产权合规管理体系内审员", "高级工程师", "数据合规官"];
    const OTHER: [&str; 6] = ["资产评估师", "技术经理人", "专利审查员（退休）", "版权经纪人", "仲裁员", "高级知识产权师"];
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
fn services(dice: &mut Dice, firm_type: FirmType) -> Vec<String> {
    let usual: &[&str] = match firm_type {
        FirmType::Agency => &["application", "search", "procedure", "pre-examination", "risk", "dispute", "analysis"],
        FirmType::LawFirm => &["dispute", "rights-aid", "risk", "compliance", "e-evidence", "transfer-licensing", "new-business"],
        FirmType::Institute => &["analysis", "training", "transfer-licensing", "key-industry", "publicity", "policy", "data-ip"],
        FirmType::Enterprise => &["compliance", "risk", "key-enterprise", "digital-economy", "training", "finance"],
        _ => &["finance", "transfer-licensing", "policy", "procedure", "training", "publicity", "data-ip", "e-evidence"],
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

fn industries(dice: &mut Dice, region: &Region) -> Vec<String> {
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

fn languages(dice: &mut Dice) -> Vec<String> {
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

fn modes(dice: &mut Dice) -> Vec<Mode> {
    let mut found = vec![Mode::Online];
    for (mode, share) in [(Mode::Phone, 85), (Mode::Station, 75), (Mode::Onsite, 62), (Mode::Training, 45)] {
        if dice.percent(share) {
            found.push(mode);
        }
    }
    found
}

fn bio(dice: &mut Dice, corpus: &Corpus, row: (&[String], &[String], i64)) -> String {
    let (services, industries, years) = row;
    let service = services.first().and_then(|slug| catalogue::by_slug(slug)).map_or("知识产权", |item| item.zh.trim_end_matches("服务"));
    dice.word(&corpus.experts.bios)
        .replace("{years}", &years.to_string())
        .replace("{industry}", dice.word(industries))
        .replace("{tech}", texts::word(dice, &corpus.slots.tech, industries))
        .replace("{service}", service)
}

/// Where somebody stands now, since when, and why.
fn standing(dice: &mut Dice, plan: &Plan<'_>, place: usize, count: usize) -> (Standing, Option<DateTime<Utc>>, Option<&'static str>) {
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
fn valid_until(dice: &mut Dice, today: NaiveDate, place: usize) -> Option<NaiveDate> {
    let thrown = if place < 4 { 85 + place * 4 } else { dice.below(100) };
    match thrown {
        0..=41 => None,
        42..=87 => today.checked_add_days(Days::new(u64::try_from(dice.between(70, 900)).unwrap_or(0))),
        88..=94 => today.checked_add_days(Days::new(u64::try_from(dice.between(2, 58)).unwrap_or(0))),
        _ => today.checked_sub_days(Days::new(u64::try_from(dice.between(8, 180)).unwrap_or(0))),
    }
}

fn leaves(dice: &mut Dice, today: NaiveDate, place: usize) -> Vec<(NaiveDate, NaiveDate, &'static str)> {
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
fn certificate(dice: &mut Dice, title: &str, year: i32) -> Option<String> {
    match title {
        "专利代理师" => Some(format!("11{:03}{:05}.{}", dice.below(1_000), dice.below(100_000), dice.below(10))),
        "律师执业证" => Some(format!("11101{year}{:08}", dice.below(100_000_000))),
        "副教授" | "研究员" | "专利审查员（退休）" => None,
        _ => Some(format!("BJ{year}{:05}", dice.below(100_000))),
    }
}

/// Builds the register.
pub fn build<'corpus>(plan: &Plan<'corpus>, people: &mut People<'corpus>, manager: &str, rows: &mut Rows) -> Register {
    let mut dice = Dice::of(plan.seed, "experts");
    let count = plan.size.experts();
    let firms = workplaces(plan.corpus, count, &mut dice);
    let parts: Vec<&'static Region> = region::SHIPPED.iter().filter(|region| region.parent.is_some()).collect();
    let today = beijing_date(plan.start);
    let mut born: Vec<i64> = (0..count).map(|_| if dice.percent(85) { dice.between(370, 1_300) } else { dice.between(30, 360) }).collect();
    born.sort_unstable_by(|a, b| b.cmp(a));
    let mut register = Register {
        volunteers: Vec::with_capacity(count),
        rows: Vec::with_capacity(count),
        trails: Vec::with_capacity(count),
        shown: Shown { silent: count / 3, reported: count / 3 + 1 },
        filings: 0,
    };
    for (place, days) in born.into_iter().enumerate() {
        let shown = place == register.shown.silent || place == register.shown.reported;
        let (standing, since, why) = if shown { (Standing::Active, None, None) } else { standing(&mut dice, plan, place, count) };
        let waiting = matches!(standing, Standing::Applied | Standing::Reviewing);
        let days = if shown { days.max(500) } else { days };
        let from = match since {
            Some(since) if waiting => since,
            Some(since) => (plan.start - TimeDelta::days(days)).min(since - TimeDelta::days(45)),
            None => plan.start - TimeDelta::days(days),
        };
        let from = from + TimeDelta::seconds(i64::try_from(place).unwrap_or(0));
        let region = dice.pick(&parts).copied().filter(|_| dice.percent(60)).or_else(|| region::named(if dice.percent(55) { "海淀" } else { "朝阳" }));
        let Some(region) = region else { continue };
        let Some(firm) = dice.pick(&firms) else { continue };
        let person = people.person(&mut dice);
        let services = services(&mut dice, firm.firm_type);
        let industries = industries(&mut dice, region);
        let years = dice.between(3, 30);
        let id = ExpertId::from_minted(dice.id(from));
        let point = jitter(&mut dice, region, 0.05);
        let valid = if shown { None } else { valid_until(&mut dice, today, place) };
        let absences = if shown || standing != Standing::Active { Vec::new() } else { leaves(&mut dice, today, place) };
        let mut modes = modes(&mut dice);
        if shown {
            modes = Mode::ALL.to_vec();
        }
        let max_distance_km = if shown || dice.percent(45) { None } else { i32::try_from(dice.between(15, 80)).ok() };
        let monthly_cap = if shown { 4 } else { [4, 4, 4, 4, 4, 4, 4, 3, 2, 6].get(dice.below(10)).copied().unwrap_or(4) };
        let open_cap = if shown { 2 } else { [2, 2, 2, 2, 2, 2, 2, 2, 1, 3].get(dice.below(10)).copied().unwrap_or(2) };
        let filed_number = (!waiting).then(|| {
            register.filings += 1;
            written(Series::Filing, from.year(), register.filings)
        });
        for title in titles(&mut dice, firm.firm_type) {
            rows.qualifications.push(QualificationRow {
                id: QualificationId::from_minted(dice.id(from)),
                expert: id,
                kind: title.to_owned(),
                number: certificate(&mut dice, title, from.year() - i32::try_from(years).unwrap_or(0)),
                valid_until: valid,
            });
        }
        let mut trail = Trail::of(id.as_str());
        let registered = if waiting { standing } else { Standing::Active };
        trail.append(&mut dice, from, manager, Event::ExpertRegistered, &json!({"standing": registered, "filed": filed_number}));
        for (leave_from, leave_to, reason) in &absences {
            rows.leaves.push(LeaveRow {
                id: LeaveId::from_minted(dice.id(from)),
                expert: id,
                from_on: *leave_from,
                to_on: *leave_to,
                reason: Some((*reason).to_owned()),
            });
        }
        if standing == Standing::Withdrawn && let Some(since) = since {
            trail.append(&mut dice, since, manager, Event::ExpertWithdrew, &json!({}));
        }
        register.rows.push(ExpertRow {
            id,
            name: person.name.clone(),
            firm: firm.name.clone(),
            firm_key: firm::normalised(&firm.name),
            firm_type: firm.firm_type,
            email: people.address(&person, "expert.example"),
            phone: dice.percent(92).then(|| people.mobile()),
            region: region.code.to_owned(),
            lat: Some(point.0),
            lon: Some(point.1),
            years: i32::try_from(years).unwrap_or(5),
            bio: bio(&mut dice, plan.corpus, (&services, &industries, years)),
            services: JsonText::of(&services),
            industries: JsonText::of(&industries),
            languages: JsonText::of(&Vec::new()),
            modes: JsonText::of(&modes),
            max_distance_km,
            monthly_cap,
            open_cap,
            standing,
            standing_why: why.map(str::to_owned),
            filed_number,
            language: if dice.percent(3) { "en" } else { "zh" }.to_owned(),
            created_at: from.naive_utc(),
            updated_at: since.unwrap_or(from).naive_utc(),
            version: 1,
        });
        let languages = languages(&mut dice);
        if let Some(row) = register.rows.last_mut() {
            row.languages = JsonText::of(&languages);
        }
        let habit = match dice.below(100) {
            _ if place == register.shown.silent => Habit::Silent,
            0..=46 => Habit::Prompt,
            47..=82 => Habit::Mixed,
            83..=96 => Habit::Slow,
            _ => Habit::Silent,
        };
        register.volunteers.push(Volunteer {
            id,
            firm: firm.name.clone(),
            stem: firm.stem,
            region: region.code,
            services,
            industries,
            languages,
            modes,
            from: if waiting { plan.start + TimeDelta::days(9_999) } else { from + TimeDelta::days(1) },
            until: since,
            qualified_until: valid,
            leaves: absences.into_iter().map(|(from, to, _)| (from, to)).collect(),
            max_distance_km,
            point,
            open_cap: u32::try_from(open_cap).unwrap_or(2),
            monthly_cap: u32::try_from(monthly_cap).unwrap_or(4),
            habit,
            reserved: shown,
        });
        register.trails.push(trail);
    }
    register
}
