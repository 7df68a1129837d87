//! 推荐表, 承诺书 and 备案通知, to be printed: with the applicant's facts where they are known, with rules to write on where not.
//!
//! Source: Beijing standard, 选取条件 a), d), e) and 行为准则; GB/T 9704-2012 for the 备案通知. The documents are Chinese
//! whatever the page's language: they are the office's own.

use crate::db;
use crate::db::expert::ExpertRow;
use crate::domain::calendar::beijing_date;
use crate::domain::document::DocumentKind;
use crate::domain::refusal::Refusal;
use crate::domain::selection::Condition;
use crate::i18n::{L, Lang};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::frame::Frame;
use crate::web::pages::options;
use chrono::Datelike;

crate::domain::text_enum! {
    /// What may be printed.
    pub enum PaperForm {
        /// 推荐表.
        Recommendation = "recommendation",
        /// 承诺书.
        Pledge = "pledge",
        /// 备案通知.
        Filing = "filing",
    }
}

struct Line {
    label: String,
    text: String,
}

#[derive(askama::Template)]
#[template(path = "pages/apply_paper.html", config = "src/web/askama.toml")]
struct PaperPage {
    f: Frame,
    back: String,
    title: String,
    organiser: String,
    /// 推荐表: the applicant's facts.
    lines: Vec<Line>,
    /// What is said above the signatures.
    paragraphs: Vec<String>,
    /// Whom it is addressed to; empty for forms.
    to: String,
    number: String,
    recommendation: bool,
    pledge: bool,
    filing: bool,
    official: bool,
    signed_on: String,
}

/// A form to be printed; with `of`, filled in as far as is known.
///
/// # Errors
/// [`Refusal::NotFound`] for a 备案通知 of somebody without a number; a fault.
pub fn paper_page(call: &Call, kind: PaperForm, of: Option<&ExpertRow>, back: &str) -> Answered {
    let zh = L(Lang::Zh);
    let number = of.and_then(|row| row.filed_number.clone());
    if kind == PaperForm::Filing && number.is_none() {
        return Err(Refusal::NotFound.into());
    }
    let organiser = match (&call.site.info.organiser, &call.site.info.name) {
        (organiser, _) if !organiser.is_empty() => organiser.clone(),
        (_, name) if !name.is_empty() => name.clone(),
        _ => zh.t("conduct-letter-office"),
    };
    let today = beijing_date(call.now);
    let name = of.map_or_else(String::new, |row| row.name.clone());
    let firm = of.map_or_else(String::new, |row| row.firm.clone());
    let paragraphs = match kind {
        PaperForm::Recommendation => vec![
            zh.t("paper-recommendation-says"),
            format!("{}。{}。", Condition::Recommended.source(), Condition::Supported.source()),
        ],
        PaperForm::Pledge => (1..=6).map(|n| zh.t(&format!("paper-pledge-{n}"))).collect(),
        PaperForm::Filing => {
            let number = number.clone().unwrap_or_default();
            let args = [("name", name.as_str()), ("firm", firm.as_str()), ("number", number.as_str())];
            vec![zh.a("paper-filing-says", &args), zh.t("paper-filing-duties")]
        }
    };
    let page = PaperPage {
        f: call.frame(""),
        back: back.to_owned(),
        title: zh.t(&format!("paper-title-{kind}")),
        organiser,
        lines: if kind == PaperForm::Recommendation { lines(call, zh, of)? } else { Vec::new() },
        paragraphs,
        to: if kind == PaperForm::Filing {
            zh.a("paper-filing-to", &[("firm", &firm), ("name", &name)])
        } else {
            String::new()
        },
        number: number.unwrap_or_default(),
        recommendation: kind == PaperForm::Recommendation,
        pledge: kind == PaperForm::Pledge,
        filing: kind == PaperForm::Filing,
        official: of.is_none_or(|row| Condition::Consented.applies_to(row.firm_type)),
        signed_on: if kind == PaperForm::Filing {
            format!("{}年{}月{}日", today.year(), today.month(), today.day())
        } else {
            zh.t("paper-date-blank")
        },
    };
    Answer::page(&page)
}

fn lines(call: &Call, zh: L, of: Option<&ExpertRow>) -> Result<Vec<Line>, crate::web::error::WebError> {
    let line = |key: &str, text: String| Line { label: zh.t(&format!("paper-line-{key}")), text };
    let Some(row) = of else {
        return Ok(["name", "firm", "years", "certificates", "services", "bio"]
            .iter()
            .map(|key| line(key, String::new()))
            .collect());
    };
    let mut reader = call.office.read()?;
    let mut held: Vec<String> = db::expert::qualifications_of(&mut reader, row.id)?
        .into_iter()
        .map(|row| [row.kind, row.level.unwrap_or_default(), row.number.unwrap_or_default()])
        .map(|parts| parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "))
        .collect();
    held.extend(
        db::document::of_expert(&mut reader, row.id)?
            .into_iter()
            .filter(|row| row.kind == DocumentKind::Certificate)
            .map(|row| row.name)
            .filter(|name| !held.iter().any(|known| known.starts_with(name.as_str())))
            .collect::<Vec<_>>(),
    );
    let services: Vec<String> = row.services.get().iter().map(|slug| options::service_name(zh, slug)).collect();
    Ok(vec![
        line("name", row.name.clone()),
        line("firm", row.firm.clone()),
        line("years", if row.years > 0 { format!("{} 年", row.years) } else { String::new() }),
        line("certificates", held.join("；")),
        line("services", services.join("、")),
        line("bio", row.bio.clone()),
    ])
}
