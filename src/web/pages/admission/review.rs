//! One applicant against the conditions (选取条件): each sentence with what the file says of it and what would satisfy it,
//! the papers, the reviews so far, and the review to be written.

use super::super::expert::record::{Fact, facts};
use super::super::expert::{Tag, standing_tag};
use super::super::options::{self, Pick};
use super::papers::kept;
use super::queue::named;
use crate::actions::ActionError;
use crate::actions::review_expert::{Review, ReviewDecision, findings_of, review_expert};
use crate::db;
use crate::db::Conn;
use crate::domain::calendar::beijing_date;
use crate::domain::document::{DocumentKind, DocumentState, OnDay};
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::selection::{Condition, Finding, Force, Verdict};
use crate::domain::standing::Standing;
use crate::i18n::L;
use crate::ids::ExpertId;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::form::{Fields, Wrong};
use crate::web::frame::Frame;
use actix_web::http::StatusCode;
use chrono::NaiveDate;
use std::collections::BTreeMap;

struct Sentence {
    code: &'static str,
    clause: &'static str,
    source: &'static str,
    force: String,
    tag: Tag,
    /// What would satisfy it; empty when it is met.
    remedy: String,
    /// Whether the reviewer states it.
    stated: bool,
    stated_met: bool,
    stated_not: bool,
    /// Whether a reason may be asked for.
    reasoned: bool,
    reason_id: String,
    reason: String,
    error: String,
    reason_error: String,
}

struct PaperLine {
    id: String,
    what: String,
    detail: String,
    days: String,
    tag: Tag,
    file: String,
    note: String,
    waits: bool,
}

struct Past {
    day: String,
    decision: String,
    reason: String,
    written: Vec<String>,
}

#[derive(askama::Template)]
#[template(path = "pages/admission_review.html", config = "src/web/askama.toml")]
struct ReviewPage {
    f: Frame,
    id: String,
    name: String,
    filed: String,
    standing: Tag,
    facts: Vec<Fact>,
    bio: String,
    came: String,
    sentences: Vec<Sentence>,
    bars: usize,
    papers: Vec<PaperLine>,
    past: Vec<Past>,
    kinds: Vec<Pick>,
    decisions: Vec<Pick>,
    may_review: bool,
    may_add: bool,
    form: Fields,
    wrong: Wrong,
}

/// `GET /experts/{id}/admission`.
///
/// # Errors
/// [`Refusal::NotFound`], also for an expert of another region; a fault.
pub fn show(call: &Call) -> Answered {
    page(call, call.id("id")?, &Fields::default(), Wrong::none())
}

/// The page, with a form that came back and what is wrong with it.
///
/// # Errors
/// [`Refusal::NotFound`]; a fault.
pub fn page(call: &Call, id: ExpertId, form: &Fields, wrong: Wrong) -> Answered {
    let l = call.l;
    let row = kept(&call.office, call, id)?;
    let today = beijing_date(call.now);
    let mut reader = call.office.read()?;
    let findings = findings_of(&mut reader, &row, &stated(form), today)?;
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let came = db::application::of_expert(&mut reader, id)?.first().map_or_else(String::new, |application| {
        let day = l.date(beijing_date(application.made_at.and_utc()));
        l.a("admission-came", &[("day", &day), ("how", &l.t(&format!("channel-{}", application.channel)))])
    });
    let page = ReviewPage {
        f: call.frame("experts"),
        id: id.to_string(),
        standing: standing_tag(l, row.standing),
        facts: facts(&mut reader, l, &row)?,
        came,
        bars: findings.iter().filter(|finding| finding.bars()).count(),
        sentences: findings.iter().map(|finding| sentence(l, finding, form, &wrong)).collect(),
        papers: papers(&mut reader, l, id, today)?,
        past: past(&mut reader, l, id)?,
        kinds: options::words(
            l,
            "document",
            form.get("kind"),
            &l.t("expert-choose"),
            DocumentKind::ALL.iter().map(DocumentKind::as_str),
        ),
        decisions: options::words(
            l,
            "review",
            form.get("decision"),
            &l.t("expert-choose"),
            ReviewDecision::ALL.iter().map(ReviewDecision::as_str),
        ),
        may_review: matches!(row.standing, Standing::Applied | Standing::Reviewing),
        may_add: !row.standing.has_left(),
        name: row.name,
        filed: row.filed_number.unwrap_or_default(),
        bio: row.bio,
        form: form.clone(),
        wrong,
    };
    Answer::page_with(status, &page)
}

fn sentence(l: L, finding: &Finding, form: &Fields, wrong: &Wrong) -> Sentence {
    let condition = finding.condition;
    let code = condition.as_str();
    let reason_id = format!("reason_{code}");
    let met = finding.verdict == Verdict::Met;
    let chosen = form.get(&format!("stated_{code}"));
    Sentence {
        code,
        clause: condition.clause(),
        source: condition.source(),
        force: l.t(&format!("force-{}", condition.force())),
        tag: judged_tag(l, finding),
        remedy: if met { String::new() } else { l.t(&format!("remedy-{code}")) },
        stated: condition.is_stated(),
        stated_met: chosen == "met",
        stated_not: chosen == "not-met",
        // A statement may turn out either way on this very form, so its reason has room from the start.
        reasoned: condition.force() == Force::Should && (!met || condition.is_stated()),
        reason: form.get(&reason_id).to_owned(),
        error: wrong.of(code).to_owned(),
        reason_error: wrong.of(&reason_id).to_owned(),
        reason_id,
    }
}

/// The colour of a verdict: what bars is late, what is 宜 and open is soon, what is 优先 is nothing.
#[must_use]
pub fn judged_kind(finding: &Finding) -> &'static str {
    match finding.verdict {
        Verdict::Met => "ok",
        _ if finding.bars() => "late",
        _ if finding.asks_why() => "soon",
        _ => "",
    }
}

fn judged_tag(l: L, finding: &Finding) -> Tag {
    let kind = judged_kind(finding);
    let symbol = match finding.verdict {
        Verdict::Met => "check",
        Verdict::NotMet => "alert",
        Verdict::NotShown => "minus",
    };
    Tag { kind, symbol, text: l.t(&format!("verdict-{}", finding.verdict)) }
}

fn papers(conn: &mut Conn, l: L, id: ExpertId, today: NaiveDate) -> Result<Vec<PaperLine>, WebError> {
    let lines = db::document::of_expert(conn, id)?.into_iter().map(|row| {
        let detail: Vec<String> = [row.level.clone(), row.number.clone()].into_iter().flatten().collect();
        let tag = match (row.state, row.validity().on(today)) {
            (DocumentState::Refused, _) => Tag { kind: "late", symbol: "undo", text: l.t("document-state-refused") },
            (DocumentState::HandedIn, _) => Tag { kind: "wait", symbol: "wait", text: l.t("document-state-handed-in") },
            (DocumentState::Accepted, OnDay::Ended) => {
                Tag { kind: "late", symbol: "alert", text: l.t("expert-expired") }
            }
            (DocumentState::Accepted, OnDay::Ending) => {
                Tag { kind: "soon", symbol: "clock", text: l.t("expert-expiring") }
            }
            (DocumentState::Accepted, OnDay::NotYet) => {
                Tag { kind: "wait", symbol: "wait", text: l.t("expert-not-yet-valid") }
            }
            (DocumentState::Accepted, OnDay::Holds) => {
                Tag { kind: "ok", symbol: "check", text: l.t("document-state-accepted") }
            }
        };
        PaperLine {
            id: row.id.to_string(),
            what: named(l, row.kind, &row.name),
            detail: detail.join(" · "),
            days: days(l, row.issued_on, row.valid_until),
            tag,
            file: row.file_name.unwrap_or_default(),
            note: row.note.unwrap_or_default(),
            waits: row.state == DocumentState::HandedIn,
        }
    });
    Ok(lines.collect())
}

/// From when until when, in words.
#[must_use]
pub fn days(l: L, from: Option<NaiveDate>, until: Option<NaiveDate>) -> String {
    let until = until.map_or_else(|| l.t("expert-no-end"), |day| l.date(day));
    match from {
        Some(day) => l.a("expert-period", &[("from", &l.date(day)), ("to", &until)]),
        None => until,
    }
}

fn past(conn: &mut Conn, l: L, id: ExpertId) -> Result<Vec<Past>, WebError> {
    let reviews = db::application::reviews_of(conn, id)?.into_iter().map(|row| Past {
        day: l.date(beijing_date(row.decided_at.and_utc())),
        decision: l.t(&format!("review-{}", row.decision)),
        reason: row.reason,
        written: row
            .findings
            .get()
            .into_iter()
            .filter_map(|judged| {
                let condition: Condition = judged.condition.parse().ok()?;
                Some(format!("{} {}{}{}", condition.clause(), condition.source(), l.pick("：", ": "), judged.reason?))
            })
            .collect(),
    });
    Ok(reviews.collect())
}

fn stated(form: &Fields) -> BTreeMap<Condition, bool> {
    Condition::ALL
        .iter()
        .filter(|condition| condition.is_stated())
        .filter_map(|condition| match form.get(&format!("stated_{condition}")) {
            "met" => Some((*condition, true)),
            "not-met" => Some((*condition, false)),
            _ => None,
        })
        .collect()
}

/// `POST /experts/{id}/review`.
///
/// # Errors
/// A fault; what will not do comes back on the page.
pub fn submit(call: &Call) -> Answered {
    let id: ExpertId = call.id("id")?;
    kept(&call.office, call, id)?;
    let form = call.form()?;
    let decided = form
        .get("decision")
        .parse::<ReviewDecision>()
        .map_err(|_| Refusal::Invalid(vec![FieldProblem::new("decision", "missing")]).into())
        .and_then(|decision| {
            let reasons = Condition::ALL
                .iter()
                .filter_map(|condition| {
                    form.opt(&format!("reason_{condition}")).map(|text| (*condition, text.to_owned()))
                })
                .collect();
            let review = Review { decision, reason: form.get("reason").to_owned(), stated: stated(form), reasons };
            review_expert(&call.office, &call.actor()?, id, &review).map(|()| decision)
        });
    match decided {
        Ok(ReviewDecision::Admit) => {
            Ok(Answer::see_other(&format!("/experts/{id}/admission")).flash("flash-expert-filed", &[]))
        }
        Ok(_) => Ok(Answer::see_other(&format!("/experts/{id}/admission")).flash("flash-expert-reviewed", &[])),
        Err(ActionError::Refused(refusal @ (Refusal::Invalid(_) | Refusal::WrongState))) => {
            page(call, id, form, Wrong::of_refusal(call.l, &refusal))
        }
        Err(error) => Err(error.into()),
    }
}
