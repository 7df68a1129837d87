//! Outbox row → notice: what a letter may say is read from the database at the moment of sending, so a letter never
//! contradicts the state. A letter whose occasion has passed is void instead.

use super::contact::{self, Contact};
use super::{Done, Office};
use crate::db::assignment::AssignmentRow;
use crate::db::need::NeedRow;
use crate::db::outbox::OutboxRow;
use crate::db::task::TaskRow;
use crate::db::{self, Conn};
use crate::domain::answer_rule::due;
use crate::domain::assignment::AssignmentState;
use crate::domain::conduct::{CaseStage, PaperKind};
use crate::domain::document::DocumentKind;
use crate::domain::notice::{
    AdmissionFacts, Audience, CaseFacts, DocumentFacts, Enclosure, NeedFacts, Notice, NoticeKind, OfferFacts, Person,
    Recipient, StationFacts, TaskFacts,
};
use crate::ids::{CaseId, DocumentId, ExpertId, QualificationId, ReviewId};

/// Composes the notice of a letter that is about to leave; `None` when there is nothing to say any more. A digest holds
/// what is still to be said of each letter it carries.
///
/// # Errors
/// A fault of the machine.
pub fn compose_notice(office: &Office, letter: &OutboxRow) -> Done<Option<Notice>> {
    let mut reader = office.read()?;
    let conn: &mut Conn = &mut reader;
    let kind = letter.notice.get().kind;
    if !kind.is_digest() {
        return compose(office, conn, letter);
    }
    let Some(to) = recipient(office, conn, letter, kind, None)? else { return Ok(None) };
    let mut items = Vec::new();
    for part in db::digest::carried(conn, letter.id)? {
        if let Some(notice) = compose(office, conn, &part)? {
            items.push((part.id, notice));
        }
    }
    let told = Notice {
        kind,
        ordinal: None,
        to,
        account: letter.account,
        need: None,
        offer: None,
        case: None,
        secret: None,
        task: None,
        duty: None,
        document: None,
        admission: None,
        items,
    };
    Ok(Some(told).filter(|notice| !notice.items.is_empty()))
}

fn compose(office: &Office, conn: &mut Conn, letter: &OutboxRow) -> Done<Option<Notice>> {
    let owed = letter.notice.get();
    let assignment = match &letter.assignment {
        Some(id) => db::assignment::find(conn, id)?,
        None => None,
    };
    let need = match &letter.need {
        Some(id) => db::need::find(conn, id)?,
        None => None,
    };
    if !still_said(owed.kind, assignment.as_ref(), need.as_ref()) {
        return Ok(None);
    }
    let task = match &owed.task {
        Some(id) => match db::task::find(conn, id)?.filter(|task| task.done_at.is_none()) {
            Some(task) => Some(task_facts(conn, &task)?),
            None => return Ok(None),
        },
        None => None,
    };
    let duty = if owed.kind.is_duty() {
        match super::duty_word::facts(office, conn, letter, &owed)? {
            Some(facts) => Some(facts),
            None => return Ok(None),
        }
    } else {
        None
    };
    let Some(mut to) = recipient(office, conn, letter, owed.kind, need.as_ref())? else { return Ok(None) };
    if owed.kind == NoticeKind::EmailConfirm {
        let Some(address) = address_to_confirm(office, conn, &letter.dedup_key)? else { return Ok(None) };
        to.address = address;
    }
    let may_see_contacts = matches!(owed.kind, NoticeKind::Confirmed | NoticeKind::ExpertConfirmed);
    let taken =
        assignment.as_ref().is_some_and(|row| matches!(row.state, AssignmentState::Accepted | AssignmentState::Done));
    let hidden = owed.kind.audience() == Audience::Expert && !taken;
    let need = match need {
        Some(row) => Some(need_facts(office, conn, &row, may_see_contacts, hidden)?),
        None => None,
    };
    let offer = match assignment {
        Some(row) => Some(offer_facts(office, conn, &row, may_see_contacts)?),
        None => None,
    };
    let case = match owed.case {
        Some(id) => match case_facts(conn, id, owed.kind)? {
            Some(facts) => Some(facts),
            // The time it reminds of is over, or was used.
            None if owed.kind.reminds_of().is_some() => return Ok(None),
            None => None,
        },
        None => None,
    };
    let document = match owed.document {
        Some(id) => match document_facts(conn, id)? {
            Some(facts) => Some(facts),
            // Taken off the record meanwhile: there is nothing to say.
            None => return Ok(None),
        },
        None => None,
    };
    let admission = match (&letter.expert, owed.kind.tells_of_admission()) {
        (Some(id), true) => admission_facts(conn, *id, owed.review)?,
        _ => None,
    };
    let secret = super::account::reset_secret(office, &letter.dedup_key)
        .or_else(|| super::enter_page::link_secret(office, &letter.dedup_key));
    let items = Vec::new();
    let (kind, ordinal, account) = (owed.kind, owed.ordinal, letter.account);
    Ok(Some(Notice { kind, ordinal, to, account, need, offer, case, secret, task, duty, document, admission, items }))
}

fn task_facts(conn: &mut Conn, task: &TaskRow) -> Done<TaskFacts> {
    let expert = match &task.expert {
        Some(id) => db::expert::find(conn, id)?.map(|expert| expert.name),
        None => None,
    };
    Ok(TaskFacts { kind: task.kind, since: task.created_at.and_utc(), expert })
}

/// Whether the occasion of a letter still stands.
fn still_said(kind: NoticeKind, offer: Option<&AssignmentRow>, need: Option<&NeedRow>) -> bool {
    let state = offer.map(|row| row.state);
    match kind {
        NoticeKind::Offer => state == Some(AssignmentState::Offered),
        NoticeKind::Reminder => {
            state == Some(AssignmentState::Offered)
                && offer.is_some_and(|row| row.asked_at.is_none() || row.replied_at.is_some())
        }
        NoticeKind::FeedbackReminder => state == Some(AssignmentState::Accepted),
        NoticeKind::Confirmed | NoticeKind::ExpertConfirmed => {
            matches!(state, Some(AssignmentState::Accepted | AssignmentState::Done))
        }
        NoticeKind::RateService | NoticeKind::RateReminder => {
            matches!(state, Some(AssignmentState::Accepted | AssignmentState::Done))
                && need.is_some_and(|need| need.state.is_open())
        }
        NoticeKind::OfferLapsed => state == Some(AssignmentState::Lapsed),
        NoticeKind::StaffUnanswered | NoticeKind::StaffEscalated => need.is_some_and(|need| need.state.is_open()),
        NoticeKind::DueMoved => matches!(state, Some(AssignmentState::Offered | AssignmentState::Lapsed)),
        _ => true,
    }
}

fn recipient(
    office: &Office,
    conn: &mut Conn,
    letter: &OutboxRow,
    kind: NoticeKind,
    need: Option<&NeedRow>,
) -> Done<Option<Recipient>> {
    Ok(match kind.audience() {
        Audience::Expert => match &letter.expert {
            Some(id) => match (db::expert::find(conn, id)?, contact::of_expert(&office.keys, conn, *id)?.email) {
                (Some(expert), Some(address)) => {
                    Some(Recipient { name: expert.name, address, language: expert.language })
                }
                // Nobody to write to any more: the person was erased.
                _ => None,
            },
            None => None,
        },
        Audience::Enterprise => need.and_then(|need| {
            let address = contact::of_need(&office.keys, need).email?;
            let language = if need.language == "zh" { "zh" } else { "en" };
            Some(Recipient { name: need.contact_name.clone(), address, language: language.to_owned() })
        }),
        Audience::Staff => match &letter.account {
            Some(id) => db::account::find(conn, id)?
                .filter(|account| account.disabled_at.is_none())
                .map(|account| Recipient { name: account.name, address: account.email, language: account.language }),
            None => None,
        },
    })
}

/// What may be said of a need; `hidden`: its confidential title and text stay out.
///
/// # Errors
/// What the database says.
pub fn need_facts(
    office: &Office,
    conn: &mut Conn,
    need: &NeedRow,
    with_contact: bool,
    hidden: bool,
) -> Done<NeedFacts> {
    let enterprise = db::enterprise::find(conn, &need.enterprise)?.map(|row| row.name).unwrap_or_default();
    let station = db::station::find(conn, &need.station)?;
    let shown = !(hidden && need.confidential);
    let contact = with_contact.then(|| contact::of_need(&office.keys, need));
    Ok(NeedFacts {
        id: need.id,
        number: need.number.clone(),
        title: shown.then(|| need.title.clone()),
        description: shown.then(|| need.description.clone()),
        contact: contact.map(|contact| Person {
            name: need.contact_name.clone(),
            firm: enterprise.clone(),
            phone: contact.phone,
            email: contact.email,
        }),
        enterprise,
        opposing_party: need.opposing_party.clone(),
        opposing_agent: need.opposing_agent.clone(),
        services: need.services.get(),
        region: need.region.clone(),
        mode: need.mode,
        urgency: need.urgency,
        wanted_by: need.wanted_by,
        expected_hours: need.expected_hours,
        station: station.map_or_else(
            || StationFacts {
                name: String::new(),
                address: String::new(),
                phone: String::new(),
                supervision_phone: String::new(),
            },
            |row| StationFacts {
                name: row.name,
                address: row.address,
                phone: row.phone,
                supervision_phone: row.supervision_phone,
            },
        ),
    })
}

/// What may be said of an offer. For one that no server has taken yet, the due instant is counted from now: what it would
/// be if the letter arrived at once.
///
/// # Errors
/// What the database says.
pub fn offer_facts(office: &Office, conn: &mut Conn, row: &AssignmentRow, with_contact: bool) -> Done<OfferFacts> {
    let expert = db::expert::find(conn, &row.expert)?;
    let reach = if with_contact { contact::of_expert(&office.keys, conn, row.expert)? } else { Contact::default() };
    let (due_at, provisional, count) = match (row.answer_due_at, row.state) {
        (Some(at), _) => (Some(at.and_utc()), row.provisional, row.day_count.get()),
        (None, AssignmentState::Offered) => {
            let promised = super::set_policy::in_force_at(conn, row.created_at)?;
            let counted = due(row.rule, promised.waking_hours_floor, office.now(), &office.calendar());
            (Some(counted.due_at), counted.provisional, counted.count)
        }
        (None, _) => (None, row.provisional, row.day_count.get()),
    };
    let next = db::assignment::of_seat(conn, row.seat)?
        .into_iter()
        .find(|other| other.id != row.id && other.state == AssignmentState::Offered);
    let next = match next {
        Some(other) => db::expert::find(conn, &other.expert)?.map(|expert| expert.name),
        None => None,
    };
    Ok(OfferFacts {
        id: row.id,
        number: row.number.clone(),
        round: row.round,
        notified_at: row.notified_at.map(|at| at.and_utc()),
        answer_due_at: due_at,
        provisional,
        rule: row.rule,
        count,
        decline_reason: row.decline_reason,
        question: row.question.clone(),
        reply: row.reply.clone(),
        answer: row.first_answer,
        feedback_due_at: row.feedback_due_at.map(|at| at.and_utc()),
        expert: expert.map_or_else(
            || Person { name: String::new(), firm: String::new(), phone: None, email: None },
            |expert| Person { name: expert.name, firm: expert.firm, phone: reach.phone, email: reach.email },
        ),
        next,
    })
}

/// The largest scan that travels with a letter, in bytes: many mail systems refuse more. A larger one is behind the link.
const LARGEST_ENCLOSURE: i64 = 5 * 1024 * 1024;

/// The last sealed decision of a case, if mail can carry it.
fn sealed_decision(conn: &mut Conn, id: CaseId) -> Done<Option<Enclosure>> {
    let newest = db::case_file::papers_of(conn, id)?
        .into_iter()
        .rfind(|paper| paper.kind == PaperKind::Decision && paper.size <= LARGEST_ENCLOSURE);
    let Some(entry) = newest else { return Ok(None) };
    Ok(db::case_file::paper(conn, entry.id)?.map(|row| Enclosure {
        name: row.name,
        media_type: row.media_type,
        content: row.content,
    }))
}

fn case_facts(conn: &mut Conn, id: CaseId, kind: NoticeKind) -> Done<Option<CaseFacts>> {
    let Some(case) = db::conduct::find(conn, &id)? else { return Ok(None) };
    let due_at = match case.stage {
        CaseStage::Hearing => case.statement_due_at,
        CaseStage::Appealable => case.appeal_due_at,
        CaseStage::Notice | CaseStage::Deciding | CaseStage::Decided | CaseStage::Appealed | CaseStage::Final => None,
    };
    if kind.reminds_of().is_some_and(|stage| stage != case.stage) {
        return Ok(None);
    }
    let scan = if kind == NoticeKind::CaseSealed { sealed_decision(conn, id)? } else { None };
    let expert = db::expert::find(conn, &case.expert)?.map(|row| row.name).unwrap_or_default();
    Ok(Some(CaseFacts {
        id,
        number: case.number,
        kind: case.kind,
        grounds: case.grounds,
        decision: case.decision,
        reason: case.decision_reason,
        expert,
        expert_id: case.expert,
        statement_days: case.statement_days,
        appeal_days: case.appeal_days,
        due_at: due_at.map(|at| at.and_utc()),
        appeal_outcome: case.appeal_outcome,
        appeal_reason: case.appeal_reason,
        scan,
    }))
}

/// What may be said of a paper, or of a certificate on the record.
fn document_facts(conn: &mut Conn, id: DocumentId) -> Done<Option<DocumentFacts>> {
    if let Some(row) = db::document::find(conn, &id)? {
        return Ok(Some(DocumentFacts { kind: row.kind, name: row.name, until: row.valid_until, note: row.note }));
    }
    let Ok(id) = id.as_str().parse::<QualificationId>() else { return Ok(None) };
    Ok(db::expert::qualification(conn, id)?.map(|row| DocumentFacts {
        kind: DocumentKind::Certificate,
        name: row.kind,
        until: row.valid_until,
        note: None,
    }))
}

fn admission_facts(conn: &mut Conn, id: ExpertId, review: Option<ReviewId>) -> Done<Option<AdmissionFacts>> {
    let Some(row) = db::expert::find(conn, &id)? else { return Ok(None) };
    let review = match review {
        Some(id) => db::application::review(conn, id)?,
        None => None,
    };
    Ok(Some(AdmissionFacts {
        expert: id,
        name: row.name,
        firm: row.firm,
        filed_number: row.filed_number,
        reason: review.map(|review| review.reason),
    }))
}

/// The new address a letter goes to that asks for its confirmation; `None` once that is past.
fn address_to_confirm(office: &Office, conn: &mut Conn, dedup_key: &str) -> Done<Option<String>> {
    let Some((_, name)) = super::enter_page::link_name(dedup_key) else { return Ok(None) };
    let Some(id) = db::expert_link::find(conn, name)?.and_then(|link| link.email_change) else { return Ok(None) };
    let change = db::email_change::find(conn, &id)?.filter(|row| row.ended_at.is_none() && row.confirmed_at.is_none());
    Ok(change.and_then(|change| super::change_email::new_address(office, &change)))
}
