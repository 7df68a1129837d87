//! The expert's own view of a conduct case: what is held against them, what it rests on, the statement, the decision, the
//! appeal, the papers.
//!
//! Contract: as all sealed links, GET changes nothing and POST acts and leads back. What stands here is what the letters
//! say; who decided and what others said stays in the office. Source: rules.md, "Standing, selection, conduct".

use super::facts::Fact;
use super::{back, refused};
use crate::actions::Actor;
use crate::actions::add_attachment::NewFile;
use crate::actions::file_case_paper::file_case_papers;
use crate::actions::freeze_evidence::known_since;
use crate::actions::hear_expert::hear_expert;
use crate::actions::own_words::OwnWords;
use crate::db;
use crate::db::conduct::CaseRow;
use crate::domain::answer_rule::last_day;
use crate::domain::calendar::beijing_date;
use crate::domain::conduct::{CaseStage, PaperKind, StatementKind};
use crate::domain::refusal::Refusal;
use crate::ids::{CaseId, PaperId};
use crate::seal::Link;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::form::{Fields, Wrong};
use crate::web::frame::Frame;
use crate::web::pages::conduct::{read_evidence, state_tag};
use crate::web::pages::expert::Tag;
use actix_web::http::StatusCode;

/// What the expert said, as kept.
#[derive(Debug)]
pub struct Said {
    /// 陈述 or 申诉, and when.
    pub heading: String,
    /// In the expert's own words.
    pub lines: Vec<String>,
}

/// A paper the expert may read.
#[derive(Debug)]
pub struct Paper {
    /// Where.
    pub href: String,
    /// Its name.
    pub name: String,
    /// What it is, and since when it is here.
    pub note: String,
}

/// One offer of the evidence.
#[derive(Debug)]
pub struct OfferLine {
    /// Its number.
    pub number: String,
    /// Told, due and how it ended, in a sentence.
    pub text: String,
    /// Counted, or why not.
    pub counts: String,
    /// Whether it counts.
    pub stands: bool,
}

/// The page.
#[derive(Debug, askama::Template)]
#[template(path = "pages/link_case.html", config = "src/web/askama.toml")]
pub struct CasePage {
    /// Frame.
    pub f: Frame,
    /// The page's own address.
    pub action: String,
    /// 顾明岚老师，您好：
    pub greeting: String,
    /// Headline.
    pub title: String,
    /// Where it stands.
    pub state: Tag,
    /// What it means and what may be done, in a sentence.
    pub lede: String,
    /// Number, kind, grounds, decision, reason.
    pub facts: Vec<Fact>,
    /// The offers it rests on.
    pub offers: Vec<OfferLine>,
    /// What was said.
    pub said: Vec<Said>,
    /// The papers.
    pub papers: Vec<Paper>,
    /// Whether a statement may be made.
    pub may_state: bool,
    /// Whether an appeal may be made.
    pub may_appeal: bool,
    /// The words as typed.
    pub words: String,
    /// What is wrong.
    pub wrong: Wrong,
}

fn case_of(call: &Call, link: &Link) -> Result<CaseRow, WebError> {
    let id: CaseId = link.subject.parse().map_err(|_| call.link_unknown())?;
    db::conduct::find(&mut *call.office.read()?, &id)?.ok_or_else(|| call.link_unknown())
}

/// Shows it.
///
/// # Errors
/// A fault.
pub fn show(call: &Call, link: &Link) -> Answered {
    let case = case_of(call, link)?;
    Answer::page(&page(call, &case, &Fields::default(), Wrong::none())?)
}

fn page(call: &Call, case: &CaseRow, typed: &Fields, wrong: Wrong) -> Result<CasePage, WebError> {
    let l = call.l;
    let mut reader = call.office.read()?;
    let expert = db::expert::find(&mut reader, &case.expert)?.map(|row| row.name).unwrap_or_default();
    let since = known_since(&mut reader, case)?;
    let evidence = read_evidence(l, case.evidence.get(), &since);
    let appeal_open = case.appeal_due_at.is_none_or(|due| due > call.now.naive_utc());
    let may_appeal =
        matches!(case.stage, CaseStage::Decided | CaseStage::Appealable | CaseStage::Appealed) && appeal_open;
    let due = match case.stage {
        CaseStage::Hearing => case.statement_due_at,
        CaseStage::Appealable => case.appeal_due_at,
        CaseStage::Notice | CaseStage::Deciding | CaseStage::Decided | CaseStage::Appealed | CaseStage::Final => None,
    };
    let due = due.map_or_else(String::new, |at| l.date(last_day(at.and_utc())));
    let kind = l.t(&format!("case-kind-{}", case.kind));
    let decision = case.decision.map_or_else(String::new, |one| l.t(&format!("decision-{one}")));
    let outcome = case.appeal_outcome.map_or_else(String::new, |one| l.t(&format!("appeal-outcome-{one}")));
    let facts = [
        Fact::of(l, "letter-fact-case-number", &case.number),
        Fact::of(l, "letter-fact-case-kind", &kind),
        Fact::of(l, "letter-fact-grounds", &case.grounds),
        Fact::of(l, "letter-fact-decision", &decision),
        Fact::of(l, "letter-fact-reason", case.decision_reason.as_deref().unwrap_or_default()),
        Fact::of(l, "case-link-appeal-outcome", &outcome),
        Fact::of(l, "letter-fact-reason", case.appeal_reason.as_deref().unwrap_or_default()),
    ];
    let offers = evidence
        .offers
        .into_iter()
        .map(|offer| OfferLine {
            text: l.a(
                "case-link-offer",
                &[("notified", &offer.notified), ("due", &offer.due), ("outcome", &offer.outcome)],
            ),
            number: offer.number,
            counts: offer.counts,
            stands: offer.stands,
        })
        .collect();
    let words = OwnWords::of(&call.office.keys, &mut reader, case.expert)?;
    let said = db::case_file::statements_of(&mut reader, case.id)?
        .into_iter()
        .map(|row| Said {
            heading: format!("{} · {}", l.t(&format!("statement-kind-{}", row.kind)), l.instant(row.at.and_utc())),
            lines: words.statement(row.id, &row.words).lines().map(str::to_owned).collect(),
        })
        .collect();
    let papers = db::case_file::papers_of(&mut reader, case.id)?
        .into_iter()
        .filter(|paper| paper.kind != PaperKind::Evidence || paper.added_by.is_none())
        .map(|paper| Paper {
            href: format!("{}/papers/{}", call.path, paper.id),
            note: format!(
                "{} · {}",
                l.t(&format!("paper-kind-{}", paper.kind)),
                l.date(beijing_date(paper.added_at.and_utc()))
            ),
            name: paper.name,
        })
        .collect();
    Ok(CasePage {
        action: call.path.clone(),
        greeting: l.a("letter-greeting-expert", &[("name", &expert)]),
        title: l.a("case-link-title", &[("kind", &kind)]),
        state: state_tag(l, case),
        lede: l.a(&format!("case-link-{}", case.stage), &[("due", &due)]),
        facts: facts.into_iter().flatten().collect(),
        offers,
        said,
        papers,
        may_state: case.stage.hears(),
        may_appeal,
        words: typed.get("words").to_owned(),
        wrong,
        f: call.frame(""),
    })
}

/// Takes a statement or an appeal, with the papers that came with it.
///
/// # Errors
/// A fault; a form that cannot be taken comes back filled.
pub fn act(call: &Call, link: &Link) -> Answered {
    let case = case_of(call, link)?;
    let form = call.form()?;
    let files: Vec<NewFile> =
        call.files()?.iter().map(|file| NewFile { name: file.name.clone(), content: file.bytes.to_vec() }).collect();
    let actor = Actor::Expert(case.expert);
    let kind = if form.get("act") == "appeal" { StatementKind::Appeal } else { StatementKind::Statement };
    // The papers first: words without the papers they speak of would be half a statement.
    let done = if files.is_empty() {
        Ok(())
    } else {
        file_case_papers(&call.office, &actor, case.id, PaperKind::Evidence, &files).map(drop)
    };
    let done = done.and_then(|()| hear_expert(&call.office, &actor, case.id, kind, form.get("words")));
    let refusal = match done {
        Ok(()) => return Ok(back(call).flash("flash-case-heard", &[])),
        Err(error) => refused(error)?,
    };
    let status =
        if matches!(refusal, Refusal::Invalid(_)) { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::CONFLICT };
    let wrong = Wrong::of_refusal(call.l, &refusal);
    let fresh = case_of(call, link)?;
    Answer::page_with(status, &page(call, &fresh, form, wrong)?)
}

/// A paper of the case, to keep.
///
/// # Errors
/// [`Refusal::NotFound`]; a fault.
pub fn paper(call: &Call, link: &Link) -> Answered {
    let case = case_of(call, link)?;
    let id: PaperId = call.id("id")?;
    let row = db::case_file::paper(&mut *call.office.read()?, id)?
        .filter(|row| row.conduct_case == case.id)
        .filter(|row| row.kind != PaperKind::Evidence || row.added_by.is_none())
        .ok_or(Refusal::NotFound)?;
    Ok(Answer::download(&row.name, &row.media_type, row.content))
}
