//! What liaisons do: enter needs, ask experts, reply, phone, close.

use super::dice::Dice;
use super::run::Run;
use crate::actions::assign_expert::{AssignExpert, assign_expert};
use crate::actions::close_need::{CloseNeed, close_need};
use crate::actions::enter_leave::{LeaveInput, enter_leave};
use crate::actions::pass_on_letter::pass_on_letter;
use crate::actions::record_notice::enter_notice;
use crate::actions::reply_question::reply_question;
use crate::actions::retract_need::retract_need;
use crate::actions::submit_need::{EnterpriseInput, SubmitNeed, submit_need};
use crate::actions::suggest_experts;
use crate::actions::{ActionError, Actor, Done, Office};
use crate::clock::Clock;
use crate::db;
use crate::db::outbox::OutboxRow;
use crate::domain::assignment::{AssignmentState, NotifiedBy};
use crate::domain::calendar::beijing_date;
use crate::domain::feedback::{Evaluation, RatingChannel};
use crate::domain::need::{CloseReason, NeedState};
use crate::domain::refusal::Refusal;
use crate::ids::{AssignmentId, ExpertId, NeedId};
use chrono::{Days, TimeDelta};

/// How often a liaison asks anew before a need is closed for want of anybody.
const TRIES: u32 = 3;
/// How many letters a liaison passes on at a sitting.
const AT_A_SITTING: i64 = 200;

/// Enters a need. Answers its id, so that somebody sees to it where the station does not ask by itself.
///
/// # Errors
/// What the deed refuses.
pub fn submit(office: &Office, run: &Run, n: u32) -> Done<(NeedId, bool)> {
    let mut dice = Dice::of(run.plan.seed, "need", &n.to_string());
    let Some(station) = dice.pick(&run.world.stations) else { return Err(Refusal::NotFound.into()) };
    let text = dice.pick(&run.corpus.needs).ok_or(Refusal::NotFound)?;
    let conflict = dice.percent(5);
    let input = SubmitNeed {
        enterprise: EnterpriseInput {
            name: format!("模拟企业{}有限公司", dice.between(0, 4_000)),
            region: station.region.to_owned(),
            contact_name: "联系人".to_owned(),
            contact_email: (!dice.percent(10)).then(|| format!("enterprise-{n}@well.example")),
            contact_phone: Some("010-55001234".to_owned()),
            ..EnterpriseInput::default()
        },
        title: text.title.clone(),
        description: text.description.clone(),
        services: text.services.clone(),
        region: station.region.to_owned(),
        mode: "online".to_owned(),
        seats: Some(if dice.percent(8) { 2 } else { 1 }),
        opposing_agent: conflict.then(|| format!("模拟第{}专利代理有限公司", dice.between(0, 20))),
        consent: true,
        ..SubmitNeed::default()
    };
    let submitted = submit_need(office, &station.liaison, &input)?;
    Ok((submitted.id, station.automatic))
}

/// What a liaison finds to do for a need, and whether to look again.
///
/// # Errors
/// What the deed refuses.
pub fn see_to(office: &Office, run: &Run, id: NeedId, tries: u32) -> Done<Option<TimeDelta>> {
    let mut reader = office.read()?;
    let need = db::need::find(&mut reader, &id)?.ok_or(Refusal::NotFound)?;
    let offers = db::assignment::of_need(&mut reader, id)?;
    drop(reader);
    let liaison = run.liaison_of(office, id)?;
    match need.state {
        NeedState::Open | NeedState::Unanswered if tries >= TRIES => {
            let reason = if offers
                .iter()
                .any(|offer| matches!(offer.state, AssignmentState::Accepted | AssignmentState::Done))
            {
                CloseReason::PassedOn
            } else {
                CloseReason::NobodyAccepted
            };
            close(office, &liaison, id, reason)?;
            Ok(None)
        }
        NeedState::Open | NeedState::Unanswered => {
            let best = suggest_experts::best(office, &liaison, id, 4)?;
            if let Some((first, rest)) = best.split_first() {
                let input =
                    AssignExpert { expert_id: *first, reserves: rest.to_vec(), seat: None, tomorrow: tries == 1 };
                assign_expert(office, &liaison, id, &input)?;
            }
            Ok(Some(TimeDelta::days(3)))
        }
        NeedState::Served => {
            for offer in offers.iter().filter(|offer| offer.state == AssignmentState::Done) {
                match super::people::rate(office, run, offer.id, RatingChannel::Phone) {
                    Ok(()) | Err(ActionError::Refused(_)) => {}
                    Err(fault) => return Err(fault),
                }
            }
            close(office, &liaison, id, CloseReason::Served)?;
            Ok(None)
        }
        NeedState::Offering | NeedState::Accepted => Ok(None),
        NeedState::Closed | NeedState::Retracted => Ok(None),
    }
}

fn close(office: &Office, liaison: &Actor, id: NeedId, reason: CloseReason) -> Done<()> {
    let evaluation = Evaluation { promptness: 5, expertise: 5, attitude: 5, note: None };
    let input = CloseNeed {
        reason,
        note: Some("已转交区服务中心".to_owned()),
        evaluation: (reason == CloseReason::Served).then_some(evaluation),
    };
    close_need(office, liaison, id, &input)
}

/// Replies to a question.
///
/// # Errors
/// What the deed refuses.
pub fn reply(office: &Office, run: &Run, offer: AssignmentId) -> Done<()> {
    let row = db::assignment::find(&mut *office.read()?, &offer)?.ok_or(Refusal::NotFound)?;
    reply_question(office, &run.liaison_of(office, row.need)?, offer, "已有检索报告，可在接单后查看。")
}

/// Tells an expert by phone.
///
/// # Errors
/// What the deed refuses.
pub fn phone(office: &Office, run: &Run, offer: AssignmentId) -> Done<()> {
    let row = db::assignment::find(&mut *office.read()?, &offer)?.ok_or(Refusal::NotFound)?;
    enter_notice(office, &run.liaison_of(office, row.need)?, offer, NotifiedBy::Phone, run.clock.now())
}

/// The enterprise takes its need back.
///
/// # Errors
/// What the deed refuses.
pub fn retract(office: &Office, run: &Run, need: NeedId) -> Done<()> {
    retract_need(office, &run.liaison_of(office, need)?, need, "企业已自行解决")
}

/// Mail is off: each liaison passes on what waits for the readers of the station's needs. Answers what was passed on.
///
/// # Errors
/// A fault of the machine.
pub fn pass_on(office: &Office, run: &Run) -> Done<Vec<OutboxRow>> {
    let mut told = Vec::new();
    for station in &run.world.stations {
        let liaison = &station.liaison;
        let mut rows = db::mail_health::waiting(&mut *office.read()?, &liaison.scope(), AT_A_SITTING)?;
        rows.sort_unstable_by_key(|row| row.id);
        let now = office.now().naive_utc();
        for row in rows.into_iter().filter(|row| row.not_before <= now) {
            match pass_on_letter(office, liaison, row.id, NotifiedBy::Wechat) {
                Ok(()) => told.push(row),
                Err(ActionError::Refused(_)) => {}
                Err(fault) => return Err(fault),
            }
        }
    }
    Ok(told)
}

/// An expert goes on leave from today.
///
/// # Errors
/// What the deed refuses.
pub fn leave(office: &Office, run: &Run, expert: ExpertId, days: i64) -> Done<()> {
    let from = beijing_date(run.clock.now());
    let to = from + Days::new(days.unsigned_abs());
    enter_leave(office, &run.world.manager, expert, &LeaveInput { from, to, reason: None }).map(drop)
}
