//! One case: the evidence and whether it would stand, what the expert said, the way it goes, the deciders, the papers.

use super::super::expert::{Figures, Tag, standing_tag};
use super::super::options::{Pick, Tick, words};
use super::course::{Signer, Step, signers, steps, waiting};
use super::evidence::{self, Evidence};
use super::state_tag;
use crate::actions::freeze_evidence::known_since;
use crate::actions::own_words::OwnWords;
use crate::db::conduct::CaseRow;
use crate::db::conn::Conn;
use crate::db::expert::ExpertRow;
use crate::db::{self, beside, conduct_list, expert_list};
use crate::domain::answer_rule::last_day;
use crate::domain::calendar::{beijing_clock, beijing_date};
use crate::domain::conduct::{AppealOutcome, CaseStage, Decision, PaperKind};
use crate::domain::refusal::Refusal;
use crate::domain::role::Right;
use crate::i18n::L;
use crate::ids::{AccountId, AssignmentId, CaseId};
use crate::search::word_breaks;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::form::{Fields, Wrong};
use crate::web::frame::Frame;
use actix_web::http::StatusCode;
use chrono::Days;
use std::collections::HashMap;

/// What the expert said.
struct Said {
    kind: String,
    when: String,
    how: String,
    lines: Vec<String>,
}

/// A paper of the file.
struct Paper {
    href: String,
    name: String,
    note: String,
}

/// What may be done on the page by whoever reads it.
#[derive(Default)]
struct May {
    decide: bool,
    review: bool,
    keep: bool,
    tell: bool,
    hear: bool,
}

#[derive(askama::Template)]
#[template(path = "pages/conduct_case.html", config = "src/web/askama.toml")]
struct CasePage {
    f: Frame,
    id: String,
    number: String,
    state: Tag,
    opened: String,
    title: Vec<String>,
    waits: String,
    steps: Vec<Step>,
    evidence: Evidence,
    titles: HashMap<String, (String, String)>,
    grounds: String,
    signers: Vec<Signer>,
    expert_id: String,
    expert: String,
    firm: String,
    standing: Tag,
    figures: Figures,
    earlier: Vec<(String, String)>,
    said: Vec<Said>,
    papers: Vec<Paper>,
    transfers: Vec<String>,
    may: May,
    why_not: String,
    /// Until when the expert may still be heard; empty when that is over.
    hearing_runs: String,
    early: bool,
    sealed: bool,
    decided: bool,
    decisions: Vec<Tick>,
    outcomes: Vec<Tick>,
    paper_kinds: Vec<Pick>,
    channels: Vec<Pick>,
    form: Fields,
    wrong: Wrong,
}

/// The case of that id with its expert, if the reader may see it.
pub(super) fn found(call: &Call, conn: &mut Conn) -> Result<(CaseRow, ExpertRow), WebError> {
    let id: CaseId = call.id("id")?;
    let case = db::conduct::find(conn, &id)?.ok_or(Refusal::NotFound)?;
    let expert = db::expert::find(conn, &case.expert)?.ok_or(Refusal::NotFound)?;
    if call.scope()?.covers_region(&expert.region) { Ok((case, expert)) } else { Err(Refusal::NotFound.into()) }
}

/// `GET /conduct/{id}`.
///
/// # Errors
/// [`Refusal::NotFound`]; a fault.
pub fn show(call: &Call) -> Answered {
    page(call, &Fields::default(), Wrong::none())
}

/// The case, with a form that came back.
///
/// # Errors
/// [`Refusal::NotFound`]; a fault.
pub(super) fn page(call: &Call, form: &Fields, wrong: Wrong) -> Answered {
    let l = call.l;
    let staff = call.staff()?;
    let mut reader = call.office.read()?;
    let (case, expert) = found(call, &mut reader)?;
    let since = known_since(&mut reader, &case)?;
    let evidence = evidence::read(l, case.evidence.get(), &since);
    let titles = titles(&mut reader, &evidence)?;
    let mut accounts = vec![case.opened_by];
    accounts.extend(case.decided_by);
    accounts.extend(case.appeal_decided_by);
    let names: HashMap<AccountId, String> = beside::owners_of(&mut reader, &accounts)?.into_iter().collect();
    let name_of = |id: Option<AccountId>| id.and_then(|id| names.get(&id).cloned()).unwrap_or_default();
    let answers = expert_list::answers(&mut reader, &[case.expert], beijing_date(call.now) - Days::new(365))?;
    let answers: Vec<_> = answers.into_iter().map(|(_, outcome, minutes)| (outcome, minutes)).collect();
    let mut figures = Figures::of(&answers);
    if let Some((_, count, sum)) = expert_list::marks(&mut reader, &[case.expert])?.first() {
        (figures.marks, figures.marks_sum) = (*count, sum.unwrap_or(0));
    }
    let statements = db::case_file::statements_of(&mut reader, case.id)?;
    let own = OwnWords::of(&call.office.keys, &mut reader, case.expert)?;
    let heard = db::case_file::was_heard(&mut reader, case.id)?;
    let papers = db::case_file::papers_of(&mut reader, case.id)?;
    let decides = staff.role.has(Right::Decide);
    let may = May {
        decide: decides && case.stage.is_open() && case.opened_by != staff.account,
        review: decides && case.stage == CaseStage::Appealed && case.decided_by != Some(staff.account),
        keep: decides,
        tell: decides && matches!(case.stage, CaseStage::Notice | CaseStage::Decided),
        hear: decides && (case.stage.hears() || matches!(case.stage, CaseStage::Decided | CaseStage::Appealable)),
    };
    let kind_word = l.t(&format!("case-kind-{}", case.kind));
    let title = l.a("conduct-title", &[("name", &expert.name), ("kind", &kind_word)]);
    let opened_on = l.date(beijing_date(case.opened_at.and_utc()));
    let mut form = form.clone();
    if form.get("at").is_empty() {
        form.set("at", beijing_clock(call.now).format("%Y-%m-%dT%H:%M").to_string());
    }
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = CasePage {
        f: call.frame("conduct"),
        id: case.id.to_string(),
        state: state_tag(l, &case),
        opened: l.a("conduct-opened", &[("day", &opened_on), ("name", &name_of(Some(case.opened_by)))]),
        title: word_breaks(&title).into_iter().map(str::to_owned).collect(),
        waits: waiting(l, &case),
        steps: steps(l, &case, heard),
        signers: signers(l, &case, &name_of),
        evidence,
        titles,
        grounds: case.grounds.clone(),
        expert_id: expert.id.to_string(),
        standing: standing_tag(l, expert.standing),
        earlier: earlier(&mut reader, l, &case)?,
        said: statements.into_iter().map(|row| said(l, &own, &row)).collect(),
        sealed: papers.iter().any(|paper| paper.kind == PaperKind::Decision),
        papers: papers.into_iter().map(|entry| paper(l, &case, entry)).collect(),
        transfers: transfers(&mut reader, l, case.id)?,
        expert: expert.name,
        firm: expert.firm,
        figures,
        why_not: why_not(l, &case, decides, staff.account),
        hearing_runs: hearing_runs(l, &case),
        early: case.early,
        decided: case.decision.is_some(),
        decisions: decisions(l, &case, form.get("decision")),
        outcomes: AppealOutcome::ALL
            .iter()
            .map(|one| {
                Tick::new(one.as_str(), l.t(&format!("appeal-outcome-{one}")), one.as_str() == form.get("outcome"))
                    .noted(l.t(&format!("conduct-then-{one}")))
            })
            .collect(),
        paper_kinds: words(l, "paper-kind", form.get("kind"), "", PaperKind::ALL.iter().map(PaperKind::as_str)),
        channels: words(l, "notified-by", form.get("by"), "", ["phone", "wechat"]),
        number: case.number,
        may,
        form,
        wrong,
    };
    Answer::page_with(status, &page)
}

fn titles(conn: &mut Conn, evidence: &Evidence) -> Result<HashMap<String, (String, String)>, WebError> {
    let ids: Vec<AssignmentId> = evidence.offers.iter().filter_map(|offer| offer.assignment.parse().ok()).collect();
    Ok(conduct_list::offers(conn, &ids)?
        .into_iter()
        .map(|(offer, need)| (offer.id.to_string(), (format!("/needs/{}", need.id), need.title)))
        .collect())
}

fn earlier(conn: &mut Conn, l: L, case: &CaseRow) -> Result<Vec<(String, String)>, WebError> {
    Ok(db::conduct::of_expert(conn, case.expert)?
        .into_iter()
        .filter(|other| other.id != case.id)
        .map(|other| {
            let outcome = state_tag(l, &other).text;
            let kind = l.t(&format!("case-kind-{}", other.kind));
            (format!("/conduct/{}", other.id), format!("{kind} {}{}{outcome}", other.number, l.pick("：", ": ")))
        })
        .collect())
}

fn said(l: L, words: &OwnWords, row: &db::case_file::StatementRow) -> Said {
    Said {
        kind: l.t(&format!("statement-kind-{}", row.kind)),
        when: l.instant(row.at.and_utc()),
        how: l.t(&format!("filed-by-{}", row.channel)),
        lines: words.statement(row.id, &row.words).lines().map(str::to_owned).collect(),
    }
}

fn paper(l: L, case: &CaseRow, entry: db::case_file::PaperEntry) -> Paper {
    let size = (entry.size + 1023) / 1024;
    let by = if entry.added_by.is_some() { l.t("conduct-paper-by-office") } else { l.t("conduct-paper-by-expert") };
    let kind = l.t(&format!("paper-kind-{}", entry.kind));
    let day = l.date(beijing_date(entry.added_at.and_utc()));
    Paper {
        href: format!("/conduct/{}/papers/{}", case.id, entry.id),
        name: entry.name,
        note: [kind, by, day, format!("{size} KB")].join(" · "),
    }
}

fn transfers(conn: &mut Conn, l: L, id: CaseId) -> Result<Vec<String>, WebError> {
    Ok(db::case_file::transfers_of(conn, &[id])?
        .into_iter()
        .map(|row| {
            let day = l.date(row.on_day);
            let text = l.a("conduct-transferred", &[("day", &day), ("authority", &row.authority)]);
            match row.reference {
                Some(reference) => format!("{text}{}{reference}", l.pick("，", ", ")),
                None => text,
            }
        })
        .collect())
}

/// Why the reader may not decide, in a sentence; empty when nothing waits for anybody.
fn why_not(l: L, case: &CaseRow, decides: bool, reader: AccountId) -> String {
    match case.stage {
        CaseStage::Notice | CaseStage::Hearing | CaseStage::Deciding if !decides => l.t("conduct-managers-decide"),
        CaseStage::Notice | CaseStage::Hearing | CaseStage::Deciding if case.opened_by == reader => {
            l.t("refused-another-manager-text")
        }
        CaseStage::Appealed if !decides => l.t("conduct-managers-decide"),
        CaseStage::Appealed if case.decided_by == Some(reader) => l.t("refused-another-manager-text"),
        _ => String::new(),
    }
}

fn hearing_runs(l: L, case: &CaseRow) -> String {
    match (case.stage, case.statement_due_at) {
        (CaseStage::Hearing, Some(due)) => {
            l.a("conduct-statement-runs", &[("day", &l.short_date(last_day(due.and_utc())))])
        }
        (CaseStage::Notice, _) => l.t("conduct-not-told-yet"),
        _ => String::new(),
    }
}

fn decisions(l: L, case: &CaseRow, chosen: &str) -> Vec<Tick> {
    Decision::ALL
        .iter()
        .filter(|decision| decision.fits(case.kind))
        .map(|decision| {
            Tick::new(decision.as_str(), l.t(&format!("decision-{decision}")), decision.as_str() == chosen)
                .noted(l.t(&format!("conduct-then-{decision}")))
        })
        .collect()
}
