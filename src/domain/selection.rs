//! Selection (选取条件): which of the standard's conditions an applicant meets, by what is on file on a day.
//!
//! Source: Beijing standard, 知识产权志愿服务专家, 选取条件 a)–e), sentence by sentence; rules.md, "Standing, selection,
//! conduct". Contract: [`judge`] answers every sentence that applies with met, not met or not shown, and says what would
//! satisfy it; [`admission`] lets only 单位推荐 and 部门同意 bar (须, 需). Everything that is 宜 asks the reviewer for a
//! written reason when it is not met, and never refuses by itself; what is 优先 asks for nothing. Deliberately absent:
//! the decision, which is a person's.

use super::document::{DocumentKind, Paper};
use super::expert::FirmType;
use super::refusal::{FieldProblem, Problems, Refusal};
use chrono::NaiveDate;
use std::collections::BTreeMap;

text_enum! {
    /// One sentence of the conditions.
    pub enum Condition {
        /// a) character and conduct: the reviewer's statement.
        Integrity = "integrity",
        /// a) of one's own will: the signed 承诺书.
        Willing = "willing",
        /// b) three years of practice in a professional institution.
        Practice = "practice",
        /// b) a patent attorney's qualification.
        PatentAttorney = "patent-attorney",
        /// b) a middle or senior title, or a senior position: preferred.
        Seniority = "seniority",
        /// c) mastery of the field: the reviewer's statement.
        Mastery = "mastery",
        /// d) the employer recommends.
        Recommended = "recommended",
        /// d) the employer supports and guarantees.
        Supported = "supported",
        /// e) an official's department consents.
        Consented = "consented",
    }
}

text_enum! {
    /// How binding a sentence is.
    pub enum Force {
        /// 须, 需: bars while it is not met.
        Must = "must",
        /// 宜: unmet, the reviewer writes why it is admitted all the same.
        Should = "should",
        /// 优先: a reason to prefer, never one to doubt.
        Prefer = "prefer",
    }
}

text_enum! {
    /// What the file says.
    pub enum Verdict {
        /// 符合.
        Met = "met",
        /// 不符合.
        NotMet = "not-met",
        /// 未见材料.
        NotShown = "not-shown",
    }
}

impl Condition {
    /// How binding it is. Of d), both sentences say 须: support is part of the recommendation.
    #[must_use]
    pub const fn force(self) -> Force {
        match self {
            Self::Recommended | Self::Supported | Self::Consented => Force::Must,
            Self::Seniority => Force::Prefer,
            Self::Integrity | Self::Willing | Self::Practice | Self::PatentAttorney | Self::Mastery => Force::Should,
        }
    }

    /// The place in 选取条件.
    #[must_use]
    pub const fn clause(self) -> &'static str {
        match self {
            Self::Integrity | Self::Willing => "a)",
            Self::Practice | Self::PatentAttorney | Self::Seniority => "b)",
            Self::Mastery => "c)",
            Self::Recommended | Self::Supported => "d)",
            Self::Consented => "e)",
        }
    }

    /// The standard's own words.
    #[must_use]
    pub const fn source(self) -> &'static str {
        match self {
            Self::Integrity => "政治思想端正，作风正派，具有严谨的职业道德和高度的责任心，能够客观、公正履行职责",
            Self::Willing => "自愿以提供志愿服务方式积极推动北京市区域知识产权工作高质量发展",
            Self::Practice => "在知识产权专业服务机构从事专利、商标服务工作3年以上",
            Self::PatentAttorney => "有专利代理师资格",
            Self::Seniority => "具备知识产权管理中高级职称或具有较高的专业管理职务的优先",
            Self::Mastery => {
                "精通知识产权相关法律法规和国际规则，能够熟练运用知识产权制度，具有丰富的知识产权工作经验；能在知识产权创造、运用、保护、管理及服务方面提供建设性观点和建议，能在服务企业创新、产业升级发展中发挥专业支撑作用"
            }
            Self::Recommended => "参加知识产权志愿服务专家的人员须由所在单位推荐",
            Self::Supported => "所在单位须支持并为参加人员提供相应保障",
            Self::Consented => {
                "知识产权行政管理部门及相关司法部门的工作人员需经所在部门同意后，可以报名担任知识产权志愿服务专家"
            }
        }
    }

    /// Whether it is for the reviewer to state, since no paper shows it.
    #[must_use]
    pub const fn is_stated(self) -> bool {
        matches!(self, Self::Integrity | Self::Mastery)
    }

    /// Whether it is asked of somebody with that kind of employer.
    #[must_use]
    pub const fn applies_to(self, firm_type: FirmType) -> bool {
        !matches!(self, Self::Consented) || matches!(firm_type, FirmType::Authority)
    }
}

/// What is known of an applicant.
#[derive(Debug, Clone)]
pub struct Applicant<'a> {
    /// What kind of employer.
    pub firm_type: FirmType,
    /// Years of practice; 0 when none were said.
    pub years: i32,
    /// Papers and certificates.
    pub papers: &'a [Paper],
    /// What the reviewer stated of those conditions no paper shows.
    pub stated: &'a BTreeMap<Condition, bool>,
}

/// One sentence, answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// Which.
    pub condition: Condition,
    /// The answer.
    pub verdict: Verdict,
}

impl Finding {
    /// Whether it stands in the way of admission, whatever anybody writes.
    #[must_use]
    pub const fn bars(&self) -> bool {
        matches!(self.condition.force(), Force::Must) && !matches!(self.verdict, Verdict::Met)
    }

    /// Whether the reviewer must write why the applicant is admitted all the same.
    #[must_use]
    pub const fn asks_why(&self) -> bool {
        matches!(self.condition.force(), Force::Should) && !matches!(self.verdict, Verdict::Met)
    }
}

/// Years of practice that 选取条件 b) asks for.
pub const YEARS: i32 = 3;

/// Answers every sentence that applies, in the standard's order, by what holds on `day`.
#[must_use]
pub fn judge(applicant: &Applicant<'_>, day: NaiveDate) -> Vec<Finding> {
    Condition::ALL
        .iter()
        .filter(|condition| condition.applies_to(applicant.firm_type))
        .map(|condition| Finding { condition: *condition, verdict: verdict(applicant, *condition, day) })
        .collect()
}

fn verdict(applicant: &Applicant<'_>, condition: Condition, day: NaiveDate) -> Verdict {
    let shown = |kind: DocumentKind| by_papers(applicant.papers.iter().filter(|paper| paper.kind == kind), day);
    match condition {
        Condition::Integrity | Condition::Mastery => match applicant.stated.get(&condition) {
            Some(true) => Verdict::Met,
            Some(false) => Verdict::NotMet,
            None => Verdict::NotShown,
        },
        Condition::Willing => shown(DocumentKind::Pledge),
        Condition::Practice => practice(applicant),
        Condition::PatentAttorney => {
            by_papers(certificates(applicant).filter(|paper| is_patent_attorney(&paper.name)), day)
        }
        Condition::Seniority => by_papers(certificates(applicant).filter(|paper| is_senior(&paper.name)), day),
        Condition::Recommended => shown(DocumentKind::Recommendation),
        Condition::Supported => {
            let recommends = |paper: &&Paper| paper.kind == DocumentKind::Recommendation && paper.valid_on(day);
            let mut verdict = Verdict::NotShown;
            for paper in applicant.papers.iter().filter(recommends) {
                if paper.supports {
                    return Verdict::Met;
                }
                verdict = Verdict::NotMet;
            }
            verdict
        }
        Condition::Consented => shown(DocumentKind::Consent),
    }
}

/// One that holds: met. Some, and none that holds: not met. None at all: not shown.
fn by_papers<'a>(papers: impl Iterator<Item = &'a Paper>, day: NaiveDate) -> Verdict {
    let mut verdict = Verdict::NotShown;
    for paper in papers.filter(|paper| !paper.refused) {
        if paper.valid_on(day) {
            return Verdict::Met;
        }
        verdict = Verdict::NotMet;
    }
    verdict
}

/// Years in another kind of house may or may not have been spent in such an institution: the file does not show it.
const fn practice(applicant: &Applicant<'_>) -> Verdict {
    let institution = matches!(applicant.firm_type, FirmType::Agency | FirmType::LawFirm);
    match applicant.years {
        ..=0 => Verdict::NotShown,
        1..YEARS => Verdict::NotMet,
        YEARS.. if institution => Verdict::Met,
        YEARS.. => Verdict::NotShown,
    }
}

fn certificates<'a>(applicant: &Applicant<'a>) -> impl Iterator<Item = &'a Paper> + use<'a> {
    applicant.papers.iter().filter(|paper| paper.kind == DocumentKind::Certificate)
}

/// 专利代理师, and 专利代理人, as it was called until 2019.
fn is_patent_attorney(name: &str) -> bool {
    name.contains("专利代理")
}

/// 中级、副高级、高级、正高级 titles, and those that rank with them.
fn is_senior(name: &str) -> bool {
    ["中级", "高级", "研究员", "教授", "知识产权师"].iter().any(|word| name.contains(word))
        && !["助理", "初级"].iter().any(|word| name.contains(word))
}

/// Whether the applicant may be admitted with these reasons: field `recommended` and so on for what bars, `reason_<code>`
/// for a reason still to be written.
///
/// # Errors
/// [`Refusal::Invalid`] naming every sentence that stands in the way.
pub fn admission(findings: &[Finding], reasons: &BTreeMap<Condition, String>) -> Result<(), Refusal> {
    let mut problems = Problems::default();
    for finding in findings {
        let condition = finding.condition;
        if finding.bars() {
            problems.add(FieldProblem::new(condition.as_str(), "bars-admission"));
        } else if finding.asks_why() && reasons.get(&condition).is_none_or(|reason| reason.trim().is_empty()) {
            problems.add(FieldProblem::new(format!("reason_{condition}"), "reason-wanted"));
        }
    }
    problems.settle()
}

#[cfg(test)]
#[path = "selection_tests.rs"]
mod tests;
