//! The expert files written feedback (书面反馈), by link or through staff.
//!
//! Source: Beijing standard, 服务要求 d) and a), 行为准则 c) (no gifts); rules.md, "Feedback, rating, evaluation, closing".

use super::answer_assignment::tell_staff;
use super::tend_assignment::call_back;
use super::{Actor, Done, Letter, Office, Tx};
use crate::db;
use crate::db::feedback::FeedbackRow;
use crate::domain::assignment::AssignmentState;
use crate::domain::calendar::beijing_date;
use crate::domain::event::Event;
use crate::domain::feedback::{FiledBy, Outcome};
use crate::domain::need::SeatState;
use crate::domain::notice::NoticeKind;
use crate::domain::refusal::{FieldProblem, Problems, Refusal};
use crate::domain::role::Right;
use crate::domain::task::TaskKind;
use crate::ids::{AssignmentId, FeedbackId};
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Feedback as typed.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FileFeedback {
    /// What was done.
    pub done: String,
    /// Hours spent, 0.25 to 200.
    pub hours: f64,
    /// The day of the service; today when left out.
    #[serde(default)]
    pub served_on: Option<NaiveDate>,
    /// `solved`, `partly`, `referred` or `follow-up`.
    pub outcome: String,
    /// What should follow.
    #[serde(default)]
    pub follow_up: Option<String>,
    /// 未收受礼金.
    #[serde(default)]
    pub no_gift: bool,
    /// 未推介有偿服务.
    #[serde(default)]
    pub no_promotion: bool,
    /// 未为所在单位招揽业务.
    #[serde(default)]
    pub no_touting: bool,
}

/// Files feedback for an accepted offer. The three declarations are the expert's own words: each is given or refused
/// knowingly, and feedback without them is refused with the field named.
///
/// # Errors
/// [`Refusal::Invalid`], [`Refusal::FeedbackFiled`], [`Refusal::WrongState`].
pub fn file_feedback(office: &Office, actor: &Actor, id: AssignmentId, input: &FileFeedback) -> Done<()> {
    actor.needs(Right::WorkNeeds)?;
    let today = beijing_date(office.now());
    let (done, outcome, follow_up, served_on) = check(input, today)?;
    office.write(|tx| {
        let (mut row, mut need) = tx.assignment(actor, id)?;
        match row.state {
            AssignmentState::Accepted => {}
            AssignmentState::Done => return Err(Refusal::FeedbackFiled.into()),
            _ => return Err(Refusal::WrongState.into()),
        }
        let feedback = FeedbackRow {
            id: FeedbackId::from_minted(tx.mint()),
            need: need.id,
            assignment: row.id,
            done: done.clone(),
            hours: input.hours,
            served_on,
            outcome,
            follow_up: follow_up.clone(),
            no_gift: input.no_gift,
            no_promotion: input.no_promotion,
            no_touting: input.no_touting,
            filed_by: if matches!(actor, Actor::Expert(_)) { FiledBy::Link } else { FiledBy::Staff },
            entered_by: actor.account(),
            filed_at: tx.now.naive_utc(),
        };
        db::feedback::insert(tx.conn, &feedback)?;
        let policy = tx.policy()?;
        row.state = AssignmentState::Done;
        row.ended_at = Some(tx.now.naive_utc());
        row.next_due_at = Some((tx.now + Days::new(u64::from(policy.rating_days))).naive_utc());
        db::outbox::void_of_assignment(tx.conn, row.id)?;
        tx.save_assignment(&mut row)?;
        db::need::set_seat(tx.conn, row.seat, SeatState::Done)?;
        tx.settle_need(&mut need)?;
        db::draft::drop_draft(tx.conn, row.id.as_str(), "feedback")?;
        tx.event(
            need.id.as_str(),
            actor,
            Event::FeedbackFiled,
            &json!({"assignment": row.id, "outcome": outcome, "hours": input.hours}),
        )?;
        db::task::finish_of_offer(tx.conn, row.id, &[TaskKind::FeedbackOverdue], actor.account(), tx.now.naive_utc())?;
        if need.contact_email.is_some() {
            let mut ask = Letter::new(NoticeKind::RateService, format!("rate:{}", row.id)).of_offer(&row);
            ask.expert = None;
            tx.owe(actor, ask)?;
            let mut reminder =
                Letter::new(NoticeKind::RateReminder, format!("rate-reminder:{}", row.id)).of_offer(&row);
            reminder.expert = None;
            reminder.not_before = Some(tx.now + Days::new(u64::from(policy.rating_reminder_day)));
            tx.owe(&Actor::Desk, reminder)?;
        } else {
            call_back(tx, &row, &need)?;
        }
        tell_staff(tx, &row, &need, NoticeKind::StaffFeedback)?;
        ready_to_close(tx, &need)
    })
}

/// What was done, what came of it, what should follow and the day, of feedback whose fields can be taken.
///
/// # Errors
/// [`Refusal::Invalid`] naming every field that cannot.
pub fn check(input: &FileFeedback, today: NaiveDate) -> Result<(String, Outcome, Option<String>, NaiveDate), Refusal> {
    let mut p = Problems::default();
    let done = p.text("done", &input.done, 8_000);
    if !(0.25..=200.0).contains(&input.hours) {
        p.add(FieldProblem::with("hours", "out-of-range", "0.25–200"));
    }
    let outcome = input.outcome.trim().parse::<Outcome>().unwrap_or_else(|_| {
        p.add(FieldProblem::new("outcome", if input.outcome.trim().is_empty() { "missing" } else { "not-known" }));
        Outcome::Solved
    });
    let follow_up = p.optional("follow_up", input.follow_up.as_deref(), 2_000);
    let served_on = input.served_on.unwrap_or(today);
    if served_on > today || served_on + Days::new(366) < today {
        p.add(FieldProblem::new("served_on", "out-of-range"));
    }
    for (field, given) in
        [("no_gift", input.no_gift), ("no_promotion", input.no_promotion), ("no_touting", input.no_touting)]
    {
        if !given {
            p.add(FieldProblem::new(field, "missing"));
        }
    }
    p.settle()?;
    Ok((done, outcome, follow_up, served_on))
}

/// With feedback and rating in for every taken seat, the owner gets the task to write the 内部评价 and close.
pub(super) fn ready_to_close(tx: &mut Tx<'_>, need: &db::need::NeedRow) -> Done<()> {
    if !super::close_need::is_ready(tx, need)? {
        return Ok(());
    }
    let owners = super::owners::staff_for(tx, need)?;
    tx.leave_task(super::Work {
        kind: TaskKind::CloseNeed,
        dedup: format!("close:{}", need.id),
        need: Some(need.id),
        assignment: None,
        expert: None,
        case: None,
        account: owners.first().copied(),
        for_manager: false,
        detail: None,
        due_at: None,
    })
}
