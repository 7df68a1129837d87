//! A manager reviews an application: admits it (备案), asks for more, or refuses it with a reason.
//!
//! Source: Beijing standard, 选取条件; rules.md: only 单位推荐 and 部门同意 bar, everything else is for the reviewer's
//! judgment and words. What was on file, what was stated and every reason written is kept with the review. Deliberately
//! absent: the conditions themselves (`domain::selection`).

use super::hand_in_document::taken;
use super::{Actor, Done, Letter, Office, Tx};
use crate::db::application::{Judged, ReviewRow};
use crate::db::expert::ExpertRow;
use crate::db::{self, Conn, JsonText};
use crate::domain::calendar::beijing_date;
use crate::domain::document::{DocumentKind, DocumentState, Paper};
use crate::domain::event::Event;
use crate::domain::notice::NoticeKind;
use crate::domain::number::Series;
use crate::domain::refusal::{FieldProblem, Problems, Refusal};
use crate::domain::role::Right;
use crate::domain::selection::{Applicant, Condition, Finding, admission, judge};
use crate::domain::standing::Standing;
use crate::domain::task::TaskKind;
use crate::ids::{ExpertId, ReviewId};
use chrono::NaiveDate;
use serde_json::json;
use std::collections::BTreeMap;

crate::domain::text_enum! {
    /// How a review ends.
    pub enum ReviewDecision {
        /// 备案.
        Admit = "admit",
        /// 补充材料.
        More = "more",
        /// 不予备案.
        Refuse = "refuse",
    }
}

/// A review as typed.
#[derive(Debug, Clone)]
pub struct Review {
    /// How it ends.
    pub decision: ReviewDecision,
    /// What the applicant is told.
    pub reason: String,
    /// What the reviewer states of the conditions no paper shows.
    pub stated: BTreeMap<Condition, bool>,
    /// Why the applicant is admitted all the same, for conditions that are 宜 and not met.
    pub reasons: BTreeMap<Condition, String>,
}

/// What the rules see of an expert: papers on file that were not sent back, and certificates on the record.
///
/// # Errors
/// What the database says.
pub fn papers_of(conn: &mut Conn, expert: ExpertId) -> Done<Vec<Paper>> {
    let mut papers: Vec<Paper> =
        db::document::of_expert(conn, expert)?.iter().map(db::document::DocumentRow::paper).collect();
    papers.extend(db::expert::qualifications_of(conn, expert)?.into_iter().map(|row| Paper {
        kind: DocumentKind::Certificate,
        validity: row.validity(),
        name: match row.level {
            Some(level) => format!("{} {level}", row.kind),
            None => row.kind,
        },
        supports: false,
        refused: false,
    }));
    Ok(papers)
}

/// Every condition that applies to an expert, answered by what holds on `day`.
///
/// # Errors
/// What the database says.
pub fn findings_of(
    conn: &mut Conn,
    row: &ExpertRow,
    stated: &BTreeMap<Condition, bool>,
    day: NaiveDate,
) -> Done<Vec<Finding>> {
    let papers = papers_of(conn, row.id)?;
    Ok(judge(&Applicant { firm_type: row.firm_type, years: row.years, papers: &papers, stated }, day))
}

/// Reviews an application.
///
/// # Errors
/// [`Refusal::WrongState`] unless the expert applied or is under review; [`Refusal::Invalid`] without words to the
/// applicant, or naming every condition that bars an admission or asks for a reason.
pub fn review_expert(office: &Office, actor: &Actor, id: ExpertId, review: &Review) -> Done<()> {
    actor.needs(Right::KeepRegister)?;
    let mut p = Problems::default();
    let reason = p.text("reason", &review.reason, 1_000);
    for (condition, text) in &review.reasons {
        p.optional(&format!("reason_{condition}"), Some(text), 500);
    }
    if let Some(condition) = review.stated.keys().find(|condition| !condition.is_stated()) {
        p.add(FieldProblem::new(condition.as_str(), "not-stated"));
    }
    p.settle()?;
    office.write(|tx| {
        let mut row = db::expert::find(tx.conn, &id)?.ok_or(Refusal::NotFound)?;
        if !actor.scope().covers_region(&row.region) {
            return Err(Refusal::NotYours.into());
        }
        if !matches!(row.standing, Standing::Applied | Standing::Reviewing) {
            return Err(Refusal::WrongState.into());
        }
        let findings = findings_of(tx.conn, &row, &review.stated, beijing_date(tx.now))?;
        if review.decision == ReviewDecision::Admit {
            admission(&findings, &review.reasons)?;
            take_papers(tx, actor, id)?;
        }
        row.standing = match review.decision {
            ReviewDecision::Admit => Standing::Active,
            ReviewDecision::More => Standing::Reviewing,
            ReviewDecision::Refuse => Standing::Withdrawn,
        };
        if review.decision == ReviewDecision::Admit && row.filed_number.is_none() {
            row.filed_number = Some(tx.number(Series::Filing)?);
        }
        row.standing_why = Some(reason.clone());
        row.updated_at = tx.now.naive_utc();
        row.version += 1;
        db::expert::save(tx.conn, &row)?;
        keep(tx, actor, &row, review, &reason, &findings)
    })
}

/// What was handed in with the application and not sent back is taken with it.
fn take_papers(tx: &mut Tx<'_>, actor: &Actor, expert: ExpertId) -> Done<()> {
    for mut row in db::document::of_expert(tx.conn, expert)? {
        if row.state == DocumentState::HandedIn {
            row.state = DocumentState::Accepted;
            row.decided_by = actor.account();
            row.decided_at = Some(tx.now.naive_utc());
            taken(tx, &mut row)?;
            db::document::save(tx.conn, &row)?;
        }
    }
    Ok(())
}

/// The review as kept, its event, the letter to the applicant; the task is done.
fn keep(
    tx: &mut Tx<'_>,
    actor: &Actor,
    row: &ExpertRow,
    review: &Review,
    reason: &str,
    findings: &[Finding],
) -> Done<()> {
    let judged: Vec<Judged> = findings
        .iter()
        .map(|finding| Judged {
            condition: finding.condition.to_string(),
            verdict: finding.verdict.to_string(),
            reason: review
                .reasons
                .get(&finding.condition)
                .map(|text| text.trim().to_owned())
                .filter(|text| finding.asks_why() && !text.is_empty()),
        })
        .collect();
    let kept = ReviewRow {
        id: ReviewId::from_minted(tx.mint()),
        expert: row.id,
        decision: review.decision.to_string(),
        reason: reason.to_owned(),
        findings: JsonText::of(&judged),
        decided_by: actor.account(),
        decided_at: tx.now.naive_utc(),
    };
    db::application::insert_review(tx.conn, &kept)?;
    let verdicts: BTreeMap<&str, &str> =
        findings.iter().map(|finding| (finding.condition.as_str(), finding.verdict.as_str())).collect();
    let detail = json!({"decision": review.decision, "filed": row.filed_number, "review": kept.id, "found": verdicts});
    tx.event(row.id.as_str(), actor, Event::ExpertReviewed, &detail)?;
    tx.changed("expert", row.id.as_str())?;
    if review.decision != ReviewDecision::More {
        db::task::finish_of_expert(tx.conn, row.id, TaskKind::ReviewApplication, tx.now.naive_utc())?;
    }
    let kind = match review.decision {
        ReviewDecision::Admit => NoticeKind::Filed,
        ReviewDecision::More => NoticeKind::MoreWanted,
        ReviewDecision::Refuse => NoticeKind::NotFiled,
    };
    let mut letter = Letter::new(kind, format!("review:{}", kept.id));
    letter.expert = Some(row.id);
    letter.review = Some(kept.id);
    tx.owe(actor, letter)
}
