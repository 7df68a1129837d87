//! Somebody applies to the register on the public page (报名), with papers or without; the managing centre is told.
//!
//! Source: Beijing standard, 选取条件; issue "The registry", 1. Contract: whether an address is known already is never told
//! to whoever types it: the holder of the address gets a letter instead. Deliberately absent: review (`review_expert`).

use super::add_attachment::NewFile;
use super::enter_page;
use super::hand_in_document::{self, DocumentInput};
use super::owners::managers_of;
use super::register_expert::{Channel, ExpertInput, entered};
use super::{ActionError, Actor, Done, Letter, Office, Tx, Work};
use crate::db;
use crate::db::application::ApplicationRow;
use crate::domain::notice::NoticeKind;
use crate::domain::refusal::{FieldProblem, Problems, Refusal};
use crate::domain::task::TaskKind;
use crate::ids::{ApplicationId, ExpertId};

/// The version of the text on personal data that applicants agree to; the words are `apply-consent-text`.
pub const CONSENT: &str = "2026-11";

/// An application.
#[derive(Debug, Clone)]
pub struct Application {
    /// The record as typed; its standing is not asked.
    pub record: ExpertInput,
    /// Whether the text on personal data was agreed to.
    pub consents: bool,
    /// `zh` or `en`.
    pub language: String,
    /// Papers with the field their file came in.
    pub papers: Vec<(DocumentInput, NewFile, &'static str)>,
}

/// Takes an application. Known addresses are answered alike; their holder gets a letter with the way to the own page.
///
/// # Errors
/// [`Refusal::Invalid`] naming every field.
pub fn apply_expert(office: &Office, application: &Application) -> Done<Option<ExpertId>> {
    let mut input = application.record.clone();
    input.standing = None;
    let mut p = Problems::default();
    if !application.consents {
        p.add(FieldProblem::new("consent", "missing"));
    }
    let mut papers = Vec::new();
    for (paper, file, field) in &application.papers {
        if let Some(checked) = hand_in_document::check(&mut p, paper, Some(file), field) {
            papers.push((checked, file));
        }
    }
    // One round of problems: those of the record are told together with these.
    let first = p.settle().err();
    let done = office.write(|tx| {
        let id = entered(tx, &Actor::Desk, &input, Channel::Page, Some(CONSENT))?;
        if let Some(refusal) = &first {
            return Err(refusal.clone().into());
        }
        let mut row = db::expert::find(tx.conn, &id)?.ok_or(Refusal::NotFound)?;
        if row.language != application.language && matches!(application.language.as_str(), "zh" | "en") {
            row.language.clone_from(&application.language);
            db::expert::save(tx.conn, &row)?;
        }
        for (checked, file) in &papers {
            hand_in_document::within(tx, &Actor::Expert(id), &row, checked, Some(*file))?;
        }
        let mut letter = Letter::new(NoticeKind::ApplicationReceived, format!("application-received:{id}"));
        letter.expert = Some(id);
        tx.owe(&Actor::Expert(id), letter)?;
        for manager in managers_of(tx, &row.region)? {
            let key = format!("application:{id}:{manager}");
            let mut letter = Letter::new(NoticeKind::StaffApplication, key).to_account(manager);
            letter.expert = Some(id);
            tx.owe(&Actor::Desk, letter)?;
        }
        Ok(id)
    });
    match done {
        Ok(id) => Ok(Some(id)),
        Err(ActionError::Refused(Refusal::Invalid(problems))) => refused(office, &input.email, problems, first),
        Err(other) => Err(other),
    }
}

/// All problems at once; that the address is taken is no problem to tell.
fn refused(
    office: &Office,
    email: &str,
    mut problems: Vec<FieldProblem>,
    first: Option<Refusal>,
) -> Done<Option<ExpertId>> {
    let before = problems.len();
    problems.retain(|problem| !(problem.field == "email" && problem.code == "taken"));
    let known = problems.len() < before;
    if let Some(Refusal::Invalid(more)) = first {
        problems.extend(more.into_iter().filter(|one| !problems.contains(one)).collect::<Vec<_>>());
    }
    if !problems.is_empty() {
        return Err(Refusal::Invalid(problems).into());
    }
    if known {
        enter_page::ask_in(office, email)?;
    }
    Ok(None)
}

/// Writes down that somebody applied, and puts it on the managers' desk.
pub(super) fn note(tx: &mut Tx<'_>, expert: ExpertId, channel: Channel, consent: Option<&str>) -> Done<()> {
    let row = application(tx, expert, channel, consent);
    db::application::insert(tx.conn, &row)?;
    tx.leave_task(Work {
        kind: TaskKind::ReviewApplication,
        dedup: format!("review-application:{}", row.id),
        need: None,
        assignment: None,
        expert: Some(expert),
        case: None,
        account: None,
        for_manager: true,
        detail: None,
        due_at: None,
    })
}

/// An application as it is kept. A sheet may bring thousands: those wait on the page of applications, not one by one on
/// the desk.
pub(super) fn application(tx: &Tx<'_>, expert: ExpertId, channel: Channel, consent: Option<&str>) -> ApplicationRow {
    ApplicationRow {
        id: ApplicationId::from_minted(tx.mint()),
        expert,
        channel: channel.as_str().to_owned(),
        consent: consent.map(str::to_owned),
        made_at: tx.now.naive_utc(),
    }
}
