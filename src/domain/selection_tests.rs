//! Sentence by sentence: 选取条件 of the Beijing standard, and what the office makes of each.

use super::*;
use crate::domain::document::Validity;

/// 选取条件 as published, clause by clause.
const CLAUSES: [(&str, &str); 5] = [
    (
        "a)",
        "政治思想端正，作风正派，具有严谨的职业道德和高度的责任心，能够客观、公正履行职责，自愿以提供志愿服务方式积极推动北京市区域知识产权工作高质量发展。",
    ),
    (
        "b)",
        "在知识产权专业服务机构从事专利、商标服务工作3年以上，有专利代理师资格，具备知识产权管理中高级职称或具有较高的专业管理职务的优先。",
    ),
    (
        "c)",
        "精通知识产权相关法律法规和国际规则，能够熟练运用知识产权制度，具有丰富的知识产权工作经验；能在知识产权创造、运用、保护、管理及服务方面提供建设性观点和建议，能在服务企业创新、产业升级发展中发挥专业支撑作用。",
    ),
    ("d)", "参加知识产权志愿服务专家的人员须由所在单位推荐，所在单位须支持并为参加人员提供相应保障。"),
    ("e)", "知识产权行政管理部门及相关司法部门的工作人员需经所在部门同意后，可以报名担任知识产权志愿服务专家。"),
];

fn day() -> NaiveDate {
    "2026-06-01".parse().expect("a date")
}

fn paper(kind: DocumentKind, name: &str) -> Paper {
    Paper {
        kind,
        name: name.to_owned(),
        validity: Validity::default(),
        supports: kind == DocumentKind::Recommendation,
        refused: false,
    }
}

fn ended(mut paper: Paper) -> Paper {
    paper.validity.until = "2026-05-31".parse().ok();
    paper
}

/// A private attorney of nine years with everything on file, and both statements.
fn complete() -> Vec<Paper> {
    vec![
        paper(DocumentKind::Pledge, ""),
        paper(DocumentKind::Certificate, "专利代理师"),
        paper(DocumentKind::Certificate, "高级知识产权师"),
        paper(DocumentKind::Recommendation, ""),
    ]
}

fn stated(integrity: bool, mastery: bool) -> BTreeMap<Condition, bool> {
    BTreeMap::from([(Condition::Integrity, integrity), (Condition::Mastery, mastery)])
}

fn ask(
    condition: Condition,
    firm_type: FirmType,
    years: i32,
    papers: &[Paper],
    stated: &BTreeMap<Condition, bool>,
) -> Option<Verdict> {
    let findings = judge(&Applicant { firm_type, years, papers, stated }, day());
    findings.iter().find(|finding| finding.condition == condition).map(|finding| finding.verdict)
}

fn shown(condition: Condition, papers: &[Paper]) -> Option<Verdict> {
    ask(condition, FirmType::Agency, 9, papers, &BTreeMap::new())
}

#[test]
fn every_condition_quotes_the_standard_and_every_clause_is_covered() {
    for condition in Condition::ALL {
        let clause = CLAUSES.iter().find(|(name, _)| *name == condition.clause()).expect("a clause");
        assert!(clause.1.contains(condition.source()), "{condition}: {}", condition.source());
    }
    for (name, text) in CLAUSES {
        let said: usize = Condition::ALL
            .iter()
            .filter(|condition| condition.clause() == name)
            .map(|condition| condition.source().chars().count() + 1)
            .sum();
        assert_eq!(said, text.chars().count(), "{name}: some words of the clause belong to no condition");
    }
}

#[test]
fn only_must_sentences_bar() {
    for condition in Condition::ALL {
        let bars = Finding { condition: *condition, verdict: Verdict::NotMet }.bars();
        let says_must = condition.source().contains('须') || condition.source().contains('需');
        assert_eq!(bars, says_must, "{condition}");
    }
    assert!(Condition::Seniority.source().ends_with("优先") && Condition::Seniority.force() == Force::Prefer);
}

#[test]
fn a_integrity_is_the_reviewers_statement() {
    let asked = |stated: &BTreeMap<_, _>| ask(Condition::Integrity, FirmType::Agency, 9, &complete(), stated);
    assert_eq!(asked(&stated(true, false)), Some(Verdict::Met));
    assert_eq!(asked(&stated(false, true)), Some(Verdict::NotMet));
    assert_eq!(asked(&BTreeMap::new()), Some(Verdict::NotShown));
}

#[test]
fn a_willing_is_shown_by_the_signed_pledge() {
    assert_eq!(shown(Condition::Willing, &[paper(DocumentKind::Pledge, "")]), Some(Verdict::Met));
    assert_eq!(shown(Condition::Willing, &[ended(paper(DocumentKind::Pledge, ""))]), Some(Verdict::NotMet));
    assert_eq!(shown(Condition::Willing, &[]), Some(Verdict::NotShown));
}

#[test]
fn b_three_years_count_in_a_professional_institution() {
    let asked = |firm_type, years| ask(Condition::Practice, firm_type, years, &[], &BTreeMap::new());
    for firm_type in [FirmType::Agency, FirmType::LawFirm] {
        assert_eq!(asked(firm_type, 2), Some(Verdict::NotMet));
        assert_eq!(asked(firm_type, YEARS), Some(Verdict::Met));
    }
    assert_eq!(asked(FirmType::Institute, 20), Some(Verdict::NotShown), "where the years were spent is not on file");
    assert_eq!(asked(FirmType::Agency, 0), Some(Verdict::NotShown), "no years were said");
}

#[test]
fn b_a_patent_attorney_holds_a_certificate_that_holds_today() {
    let held = |name: &str| paper(DocumentKind::Certificate, name);
    assert_eq!(shown(Condition::PatentAttorney, &[held("专利代理师资格证")]), Some(Verdict::Met));
    assert_eq!(shown(Condition::PatentAttorney, &[held("专利代理人执业证")]), Some(Verdict::Met));
    assert_eq!(shown(Condition::PatentAttorney, &[held("律师执业证")]), Some(Verdict::NotShown));
    assert_eq!(shown(Condition::PatentAttorney, &[ended(held("专利代理师"))]), Some(Verdict::NotMet));
    assert_eq!(
        shown(Condition::PatentAttorney, &[ended(held("专利代理师")), held("专利代理师")]),
        Some(Verdict::Met),
        "one that holds is enough"
    );
}

#[test]
fn b_a_senior_title_is_preferred_and_never_asked_for() {
    for (name, verdict) in [
        ("高级知识产权师", Verdict::Met),
        ("知识产权师（中级）", Verdict::Met),
        ("知识产权师", Verdict::Met),
        ("助理知识产权师", Verdict::NotShown),
        ("专利代理师", Verdict::NotShown),
    ] {
        assert_eq!(shown(Condition::Seniority, &[paper(DocumentKind::Certificate, name)]), Some(verdict), "{name}");
    }
    let finding = Finding { condition: Condition::Seniority, verdict: Verdict::NotShown };
    assert!(!finding.bars() && !finding.asks_why());
}

#[test]
fn c_mastery_is_the_reviewers_statement() {
    let asked = |stated: &BTreeMap<_, _>| ask(Condition::Mastery, FirmType::Agency, 9, &complete(), stated);
    assert_eq!(asked(&stated(false, true)), Some(Verdict::Met));
    assert_eq!(asked(&stated(true, false)), Some(Verdict::NotMet));
    assert_eq!(asked(&BTreeMap::new()), Some(Verdict::NotShown));
}

#[test]
fn d_the_employer_recommends_and_promises_support() {
    let form = paper(DocumentKind::Recommendation, "");
    assert_eq!(shown(Condition::Recommended, std::slice::from_ref(&form)), Some(Verdict::Met));
    assert_eq!(shown(Condition::Supported, std::slice::from_ref(&form)), Some(Verdict::Met));
    let mut silent = form.clone();
    silent.supports = false;
    assert_eq!(shown(Condition::Recommended, std::slice::from_ref(&silent)), Some(Verdict::Met));
    assert_eq!(shown(Condition::Supported, &[silent]), Some(Verdict::NotMet));
    assert_eq!(shown(Condition::Recommended, &[ended(form.clone())]), Some(Verdict::NotMet));
    let mut refused = form;
    refused.refused = true;
    assert_eq!(shown(Condition::Recommended, &[refused]), Some(Verdict::NotShown), "sent back is as if not handed in");
    assert_eq!(shown(Condition::Supported, &[]), Some(Verdict::NotShown));
}

#[test]
fn e_consent_is_asked_of_officials_alone() {
    let asked = |firm_type, papers: &[Paper]| ask(Condition::Consented, firm_type, 9, papers, &BTreeMap::new());
    for firm_type in FirmType::ALL.iter().filter(|kind| **kind != FirmType::Authority) {
        assert_eq!(asked(*firm_type, &[]), None, "{firm_type}");
    }
    assert_eq!(asked(FirmType::Authority, &[]), Some(Verdict::NotShown));
    assert_eq!(asked(FirmType::Authority, &[paper(DocumentKind::Consent, "")]), Some(Verdict::Met));
    assert_eq!(asked(FirmType::Authority, &[ended(paper(DocumentKind::Consent, ""))]), Some(Verdict::NotMet));
}

#[test]
fn who_has_everything_is_admitted_without_a_word() {
    let (papers, stated) = (complete(), stated(true, true));
    let findings = judge(&Applicant { firm_type: FirmType::Agency, years: 9, papers: &papers, stated: &stated }, day());
    assert!(findings.iter().all(|finding| finding.verdict == Verdict::Met), "{findings:?}");
    assert_eq!(admission(&findings, &BTreeMap::new()), Ok(()));
}

#[test]
fn what_is_missing_bars_or_asks_for_a_reason() {
    let nothing = BTreeMap::new();
    let findings = judge(&Applicant { firm_type: FirmType::Authority, years: 1, papers: &[], stated: &nothing }, day());
    let Err(Refusal::Invalid(problems)) = admission(&findings, &BTreeMap::new()) else { panic!("admitted") };
    let named: Vec<(&str, &str)> = problems.iter().map(|problem| (problem.field.as_str(), problem.code)).collect();
    assert_eq!(
        named,
        [
            ("reason_integrity", "reason-wanted"),
            ("reason_willing", "reason-wanted"),
            ("reason_practice", "reason-wanted"),
            ("reason_patent-attorney", "reason-wanted"),
            ("reason_mastery", "reason-wanted"),
            ("recommended", "bars-admission"),
            ("supported", "bars-admission"),
            ("consented", "bars-admission"),
        ]
    );
    // Written reasons answer every 宜; nothing anybody writes answers a 须.
    let reasons: BTreeMap<Condition, String> =
        Condition::ALL.iter().map(|condition| (*condition, "经面谈核实。".to_owned())).collect();
    let Err(Refusal::Invalid(problems)) = admission(&findings, &reasons) else { panic!("admitted") };
    assert!(problems.iter().all(|problem| problem.code == "bars-admission"), "{problems:?}");
    assert_eq!(problems.len(), 3);
    let blank = BTreeMap::from([(Condition::Willing, "  ".to_owned())]);
    let Err(Refusal::Invalid(problems)) = admission(&findings, &blank) else { panic!("admitted") };
    assert!(problems.iter().any(|problem| problem.field == "reason_willing"), "a blank is no reason");
}
