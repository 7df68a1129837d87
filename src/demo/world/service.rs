//! After the yes: feedback, rating or 回访, 内部评价, and how needs close.

use super::arrivals::waking;
use super::case::{Case, Post};
use super::fate::Fate;
use super::history::{History, Reason, Report, Step};
use crate::db::JsonText;
use crate::db::feedback::{FeedbackRow, RatingRow};
use crate::db::need::ClosureRow;
use crate::domain::assignment::{AssignmentState, VoidReason};
use crate::domain::calendar::beijing_date;
use crate::domain::conduct::IncidentKind;
use crate::domain::event::Event;
use crate::domain::feedback::{ConductReport, Evaluation, FiledBy, Outcome, RatingChannel};
use crate::domain::need::{CloseReason, NeedState, SeatState};
use crate::domain::notice::NoticeKind;
use crate::domain::task::TaskKind;
use crate::ids::{FeedbackId, RatingId};
use chrono::{DateTime, Days, TimeDelta, Utc};
use serde_json::json;

impl History<'_, '_> {
    /// The desk looks whether feedback is there: the day before it is due, when it is, and every three days after.
    pub(super) fn watch_feedback(&mut self, at: DateTime<Utc>, case: &mut Case, place: usize) {
        let Some(offer) = case.offers.get_mut(place) else { return };
        let row = &mut offer.row;
        if row.state != AssignmentState::Accepted || row.next_due_at != Some(at.naive_utc()) {
            return;
        }
        let id = row.id;
        let due_at = row.feedback_due_at.map_or(at, |due| due.and_utc());
        let overdue = at >= due_at;
        let round = if overdue { (at - due_at).num_days() / 3 + 1 } else { 0 };
        let next = if overdue { due_at + TimeDelta::days(3 * round) } else { due_at };
        row.next_due_at = Some(next.naive_utc());
        row.updated_at = at.naive_utc();
        let ordinal = i32::try_from(round).ok();
        let dedup = format!("feedback:{id}:{round}");
        let post = Post {
            kind: NoticeKind::FeedbackReminder,
            dedup,
            offer: Some(place),
            not_before: Self::leaves_at(at, false),
            ordinal,
        };
        case.post(&mut self.dice, at, post);
        let key = format!("feedback-overdue:{id}");
        if overdue && !case.incidents.iter().any(|incident| incident.dedup_key == key) {
            self.record_incident(at, case, place, IncidentKind::FeedbackOverdue, key.clone());
            case.leave_task(&mut self.dice, at, (TaskKind::FeedbackOverdue, key), Some(place), (false, None, None));
        }
        self.schedule(next, case.index, Step::WatchFeedback { offer: place });
    }

    /// The expert files written feedback, by link or through staff.
    pub(super) fn file_feedback(&mut self, at: DateTime<Utc>, case: &mut Case, place: usize) {
        let owner = Self::owner(case);
        let services = case.need.services.get();
        let corpus = self.plan.corpus;
        let fitting: Vec<_> =
            corpus.feedback.iter().filter(|text| text.services.iter().any(|one| services.contains(one))).collect();
        let Some(text) = self.dice.pick(&fitting).copied().or_else(|| self.dice.pick(&corpus.feedback)) else { return };
        let by_staff = self.dice.percent(8) && self.office_hours(at) == at;
        let base = f64::from(case.need.expected_hours.unwrap_or(2));
        let quarters = i32::try_from(self.dice.between(-2, 4)).unwrap_or(0);
        let hours = (base + f64::from(quarters) / 4.0).max(0.5);
        let days_ago = self.dice.below(3);
        let Some(offer) = case.offers.get_mut(place) else { return };
        if offer.row.state != AssignmentState::Accepted {
            return;
        }
        let accepted_on = offer.row.answered_at.map_or_else(|| beijing_date(at), |at| beijing_date(at.and_utc()));
        let served_on = beijing_date(at) - Days::new(u64::try_from(days_ago).unwrap_or(0));
        let outcome: Outcome = text.outcome.parse().unwrap_or(Outcome::Solved);
        let id = offer.row.id;
        let actor = if by_staff { owner } else { format!("expert:{}", offer.row.expert) };
        case.feedback.push(FeedbackRow {
            id: FeedbackId::from_minted(self.dice.id(at)),
            need: case.need.id,
            assignment: id,
            done: text.text.clone(),
            hours,
            served_on: served_on.max(accepted_on),
            outcome,
            follow_up: text.follow_up.clone(),
            no_gift: true,
            no_promotion: true,
            no_touting: true,
            filed_by: if by_staff { FiledBy::Staff } else { FiledBy::Link },
            entered_by: by_staff.then_some(case.need.owner),
            filed_at: at.naive_utc(),
        });
        offer.row.state = AssignmentState::Done;
        offer.row.ended_at = Some(at.naive_utc());
        let asked_until = at + Days::new(u64::from(self.policy.rating_days));
        offer.row.next_due_at = Some(asked_until.naive_utc());
        offer.row.updated_at = at.naive_utc();
        let seat = offer.seat;
        case.void_letters(place, at);
        case.set_seat(seat, SeatState::Done);
        case.settle(at);
        let detail = json!({"assignment": id, "outcome": outcome, "hours": hours});
        case.trail.append(&mut self.dice, at, &actor, Event::FeedbackFiled, &detail);
        case.finish(TaskKind::FeedbackOverdue);
        let post = |kind, dedup, not_before| Post { kind, dedup, offer: Some(place), not_before, ordinal: None };
        if case.need.contact_email.is_some() {
            case.post(&mut self.dice, at, post(NoticeKind::RateService, format!("rate:{id}"), at));
            let later = Self::leaves_at(at + Days::new(u64::from(self.policy.rating_reminder_day)), false);
            case.post(&mut self.dice, at, post(NoticeKind::RateReminder, format!("rate-reminder:{id}"), later));
        } else {
            let task = (TaskKind::CallBack, format!("call-back:{id}"));
            case.leave_task(&mut self.dice, at, task, Some(place), (false, None, None));
        }
        self.schedule(asked_until, case.index, Step::CallBack { offer: place });
        self.plan_rating(at, case, place);
    }

    fn plan_rating(&mut self, at: DateTime<Utc>, case: &Case, place: usize) {
        let by_link = case.need.contact_email.is_some();
        let (after, phone) = match case.fate {
            Fate::NoRating => return,
            Fate::NotClosed | Fate::Reported(_) => (TimeDelta::hours(self.dice.between(4, 26)), !by_link),
            _ if by_link && self.dice.percent(64) => (TimeDelta::minutes(self.dice.between(40, 9 * 1_440)), false),
            _ if self.dice.percent(84) => (TimeDelta::hours(self.dice.between(60, 290)), true),
            // Waits for the day on which the desk asks for a call.
            _ => return,
        };
        let rated = if phone { self.office_hours(at + after) } else { waking(at + after) };
        self.schedule(rated, case.index, Step::Rate { offer: place, phone });
    }

    /// The rating link was asked for long enough: somebody calls back.
    pub(super) fn call_back_due(&mut self, at: DateTime<Utc>, case: &mut Case, place: usize) {
        let Some(offer) = case.offers.get_mut(place) else { return };
        offer.row.next_due_at = None;
        let id = offer.row.id;
        if case.ratings.iter().any(|rating| rating.assignment == id) {
            return;
        }
        let task = (TaskKind::CallBack, format!("call-back:{id}"));
        case.leave_task(&mut self.dice, at, task, Some(place), (false, None, None));
        let calls = self.later(at, 120, 4_200);
        self.schedule(calls, case.index, Step::Rate { offer: place, phone: true });
    }

    /// The enterprise rates, by link or when called.
    pub(super) fn rate(&mut self, at: DateTime<Utc>, case: &mut Case, place: usize, phone: bool) {
        let Some(offer) = case.offers.get(place) else { return };
        let (id, expert) = (offer.row.id, offer.expert);
        if offer.row.state != AssignmentState::Done || case.ratings.iter().any(|rating| rating.assignment == id) {
            return;
        }
        let reported = matches!(case.fate, Fate::Reported(shown) if shown == expert);
        let score = if reported {
            1
        } else {
            [5, 4, 3, 2, 1].get(self.dice.weighted(&[620, 255, 85, 28, 12])).copied().unwrap_or(5)
        };
        let mut remark = self.dice.percent(66).then(|| self.dice.word(self.plan.corpus.ratings.of(score)).to_owned());
        let mut conduct: Vec<ConductReport> = Vec::new();
        if reported {
            remark = Some("讲完之后收了我们一份购物卡，虽然事情解决了，还是觉得不合适。".to_owned());
            conduct.push(ConductReport::Gift);
        } else if remark.as_deref().is_some_and(|text| text.contains("递名片")) {
            conduct.push(ConductReport::Promotion);
        }
        let channel = if phone { RatingChannel::Phone } else { RatingChannel::Link };
        let actor = if phone { Self::owner(case) } else { format!("enterprise:{}", case.need.id) };
        let detail = json!({"assignment": id, "score": score, "channel": channel, "conduct": conduct});
        case.trail.append(&mut self.dice, at, &actor, Event::ServiceRated, &detail);
        case.ratings.push(RatingRow {
            id: RatingId::from_minted(self.dice.id(at)),
            need: case.need.id,
            assignment: id,
            score,
            remark,
            conduct: JsonText::of(&conduct),
            channel,
            entered_by: phone.then_some(case.need.owner),
            created_at: at.naive_utc(),
        });
        case.void_letters(place, at);
        case.finish(TaskKind::CallBack);
        for report in conduct {
            let kind = if report == ConductReport::Gift { IncidentKind::Gift } else { IncidentKind::Promotion };
            self.record_incident(at, case, place, kind, format!("{kind}:{id}"));
        }
        if reported {
            self.reports.push(Report { expert, at, assignment: id });
        }
        if case.is_ready_to_close() {
            let task = (TaskKind::CloseNeed, format!("close:{}", case.need.id));
            case.leave_task(&mut self.dice, at, task, None, (false, None, None));
            if case.fate != Fate::NotClosed {
                let closes = self.later(at, 30, 3_000);
                self.schedule(closes, case.index, Step::Close);
            }
        }
    }

    /// The owner writes the 内部评价 and closes.
    pub(super) fn close(&mut self, at: DateTime<Utc>, case: &mut Case) {
        if !case.is_ready_to_close() {
            return;
        }
        let worst = case.ratings.iter().map(|rating| rating.score).min().unwrap_or(5);
        let late = case.offers.iter().any(|offer| offer.row.late && offer.row.state == AssignmentState::Done);
        let mut mark = |base: i32| {
            u8::try_from((base + i32::from(self.dice.percent(25)) - i32::from(self.dice.percent(25))).clamp(1, 5))
                .unwrap_or(4)
        };
        let evaluation = Evaluation {
            promptness: mark(if late { 3 } else { 5 }),
            expertise: mark(worst.max(2)),
            attitude: mark((worst + 1).min(5)),
            note: self.dice.percent(70).then(|| self.dice.word(&self.plan.corpus.ratings.evaluation_notes).to_owned()),
        };
        self.finish(at, case, (CloseReason::Served, None, Some(evaluation)));
    }

    /// The need closes without a service, or is taken back.
    pub(super) fn close_for(&mut self, at: DateTime<Utc>, case: &mut Case, reason: Reason) {
        let taken = case.seats.iter().any(|seat| matches!(seat.state, SeatState::Taken | SeatState::Done));
        let void = if reason == Reason::Retracted { VoidReason::Retracted } else { VoidReason::Closed };
        if taken {
            return;
        }
        let note = match reason {
            Reason::PassedOn => Some("已转市知识产权维权援助中心办理。"),
            Reason::Retracted => Some("企业已自行解决，撤回需求。"),
            Reason::Duplicate => Some("与同一企业在办需求重复。"),
            Reason::AtOnce => Some("电话当场答复，企业表示清楚。"),
            Reason::Withdrawn | Reason::OutOfScope | Reason::Nobody => None,
        };
        // As the living office does: the need is over before its offers are made void.
        case.need.state = if reason == Reason::Retracted { NeedState::Retracted } else { NeedState::Closed };
        for place in 0..case.offers.len() {
            if case.offers.get(place).is_some_and(|offer| offer.row.state == AssignmentState::Offered) {
                self.void(at, case, place, void);
            }
        }
        if reason == Reason::Retracted {
            self.over(
                at,
                case,
                (reason.close_reason(), note.map(str::to_owned), None),
                (Event::NeedRetracted, json!({})),
            );
        } else {
            self.finish(at, case, (reason.close_reason(), note.map(str::to_owned), None));
        }
    }

    fn finish(&mut self, at: DateTime<Utc>, case: &mut Case, how: (CloseReason, Option<String>, Option<Evaluation>)) {
        let detail = json!({"reason": how.0});
        case.need.state = NeedState::Closed;
        self.over(at, case, how, (Event::NeedClosed, detail));
    }

    fn over(
        &mut self,
        at: DateTime<Utc>,
        case: &mut Case,
        (reason, note, evaluation): (CloseReason, Option<String>, Option<Evaluation>),
        (event, detail): (Event, serde_json::Value),
    ) {
        case.need.updated_at = at.naive_utc();
        case.tasks.clear();
        case.closure = Some(ClosureRow {
            need: case.need.id,
            reason,
            note,
            evaluation: evaluation.as_ref().map(JsonText::of),
            closed_by: Some(case.need.owner),
            closed_at: at.naive_utc(),
        });
        let owner = Self::owner(case);
        case.trail.append(&mut self.dice, at, &owner, event, &detail);
        if case.need.contact_email.is_some() {
            let dedup = format!("closed:{}", case.need.id);
            case.post(
                &mut self.dice,
                at,
                Post { kind: NoticeKind::NeedClosed, dedup, offer: None, not_before: at, ordinal: None },
            );
        }
    }
}
