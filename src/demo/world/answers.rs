//! Answering: accepting, declining, one question and its reply, and the seat given back.

use super::arrivals::waking;
use super::case::{Case, Post};
use super::fate::Fate;
use super::history::{Answer, History, Step};
use crate::domain::answer_rule::{clock_restarts_at, due_after_reply, feedback_due, reply_due};
use crate::domain::assignment::{AnsweredBy, AssignmentState, DeclineReason, OfferOutcome, ReleasedBy, VoidReason};
use crate::domain::calendar::beijing_date;
use crate::domain::event::Event;
use crate::domain::need::SeatState;
use crate::domain::notice::NoticeKind;
use crate::domain::task::TaskKind;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

/// Why somebody declines, as far as the words beside it say.
fn reason_of(note: &str) -> DeclineReason {
    let says = |words: &[&str]| words.iter().any(|word| note.contains(word));
    if says(&["委托关系", "利益冲突", "回避", "立场", "不便参与"]) {
        DeclineReason::Conflict
    } else if says(&["专业", "只做", "没有做过", "英文", "执业律师", "诉讼", "评估机构", "讲不了", "代写"])
    {
        DeclineReason::Specialty
    } else if says(&["外地", "出国", "地点太远"]) {
        DeclineReason::Travel
    } else if says(&["已经接了", "坐班", "考核"]) {
        DeclineReason::Load
    } else if says(&["时间", "这两周", "六月"]) {
        DeclineReason::Time
    } else {
        DeclineReason::Other
    }
}

impl History<'_, '_> {
    /// The expert answers, in time or after it.
    pub(super) fn answer(&mut self, at: DateTime<Utc>, case: &mut Case, place: usize, kind: Answer) {
        let Some(offer) = case.offers.get(place) else { return };
        let (seat, expert, state) = (offer.seat, offer.expert, offer.row.state);
        let was_lapsed = state == AssignmentState::Lapsed;
        let possible = match state {
            AssignmentState::Offered => offer.row.notified_at.is_some() && !offer.question_waits(),
            AssignmentState::Lapsed => {
                kind != Answer::Question && !matches!(case.seat_state(seat), SeatState::Taken | SeatState::Done)
            }
            _ => false,
        };
        if !possible || kind == Answer::Question && offer.row.asked_at.is_some() {
            return;
        }
        let late = offer.row.answer_due_at.is_some_and(|due| at.naive_utc() >= due);
        let told = at > self.plan.start - TimeDelta::days(400) && self.office_hours(at) == at && self.dice.percent(11);
        let by = if told {
            if self.dice.percent(70) { AnsweredBy::Phone } else { AnsweredBy::Wechat }
        } else {
            AnsweredBy::Link
        };
        let actor = if told { Self::owner(case) } else { format!("expert:{}", offer.row.expert) };
        if let Some(offer) = case.offers.get_mut(place) {
            if offer.row.first_answer.is_none() {
                offer.row.first_answer = Some(kind.into());
                offer.row.answered_at = Some(at.naive_utc());
                offer.row.answered_by = Some(by);
            }
            offer.row.updated_at = at.naive_utc();
            offer.cancel_reminders(at);
        }
        case.void_letters(place, at);
        match kind {
            Answer::Accept => self.accept(at, case, place, (late, was_lapsed, &actor)),
            Answer::Decline => self.decline(at, case, place, (late, was_lapsed, &actor)),
            Answer::Question => self.ask(at, case, place, &actor),
        }
        let late = case.offers.get(place).is_some_and(|offer| offer.row.late);
        let firm = self.firm_of(expert);
        case.put_fact(place, &firm, at, if late { OfferOutcome::Late } else { OfferOutcome::OnTime });
    }

    fn accept(
        &mut self,
        at: DateTime<Utc>,
        case: &mut Case,
        place: usize,
        (late, was_lapsed, actor): (bool, bool, &str),
    ) {
        let Some((seat, expert, made_at)) =
            case.offers.get(place).map(|offer| (offer.seat, offer.expert, offer.row.created_at.and_utc()))
        else {
            return;
        };
        if was_lapsed {
            let others: Vec<usize> = (0..case.offers.len())
                .filter(|other| {
                    case.offers
                        .get(*other)
                        .is_some_and(|offer| offer.seat == seat && offer.row.state == AssignmentState::Offered)
                })
                .collect();
            for other in others {
                self.void(at, case, other, VoidReason::SeatTaken);
            }
        } else {
            self.choosing.ended(expert, made_at, true);
        }
        let today = beijing_date(at);
        let served_on = case.need.wanted_by.unwrap_or(today).max(today);
        let due_at = feedback_due(served_on, self.policy.feedback_working_days, self.calendar);
        let looks_at = (due_at - TimeDelta::hours(39)).max(at + TimeDelta::hours(1));
        let Some(offer) = case.offers.get_mut(place) else { return };
        offer.row.state = AssignmentState::Accepted;
        offer.row.late = late;
        offer.row.feedback_due_at = Some(due_at.naive_utc());
        offer.row.next_due_at = Some(looks_at.naive_utc());
        // A lapsed offer has not ended after all.
        offer.row.ended_at = None;
        let (id, by) = (offer.row.id, offer.row.answered_by);
        case.set_seat(seat, SeatState::Taken);
        case.settle(at);
        case.somebody_found();
        case.finish(TaskKind::ReplyQuestion);
        case.trail.append(
            &mut self.dice,
            at,
            actor,
            Event::OfferAccepted,
            &json!({"assignment": id, "late": late, "by": by}),
        );
        let post = |kind, dedup| Post { kind, dedup, offer: Some(place), not_before: at, ordinal: None };
        case.post(&mut self.dice, at, post(NoticeKind::Confirmed, format!("confirmed:{id}")));
        if case.need.contact_email.is_some() {
            case.post(&mut self.dice, at, post(NoticeKind::ExpertConfirmed, format!("expert-confirmed:{id}")));
        }
        self.schedule(looks_at, case.index, Step::WatchFeedback { offer: place });
        self.plan_service(at, due_at, case, place);
    }

    /// When the service takes place and the feedback is written; or that somebody gives the seat back.
    fn plan_service(&mut self, at: DateTime<Utc>, due_at: DateTime<Utc>, case: &Case, place: usize) {
        let index = case.index;
        if case.fate == Fate::Ordinary && self.dice.permille(14) {
            let released = self.later(at, 480, 2_400);
            self.schedule(released, index, Step::Release { offer: place });
            return;
        }
        let left = (due_at - at).num_hours().max(30);
        let writes = match case.fate {
            Fate::NoFeedback { .. } => return,
            Fate::NoRating | Fate::NotClosed | Fate::Reported(_) => at + TimeDelta::hours(self.dice.between(20, 50)),
            _ if self.dice.percent(2) => due_at + TimeDelta::hours(self.dice.between(6, 130)),
            _ => at + TimeDelta::hours(self.dice.between((left / 4).min(30), left - 6)),
        };
        self.schedule(waking(writes), index, Step::Feedback { offer: place });
    }

    fn decline(
        &mut self,
        at: DateTime<Utc>,
        case: &mut Case,
        place: usize,
        (late, was_lapsed, actor): (bool, bool, &str),
    ) {
        let note = self.dice.word(&self.plan.corpus.experts.decline_notes).to_owned();
        let Some(offer) = case.offers.get_mut(place) else { return };
        let (id, seat, expert, made_at) = (offer.row.id, offer.seat, offer.expert, offer.row.created_at.and_utc());
        offer.row.late = offer.row.late || late;
        offer.row.decline_reason = Some(reason_of(&note));
        offer.row.note = Some(note);
        offer.row.state = AssignmentState::Declined;
        offer.row.next_due_at = None;
        offer.row.ended_at = Some(at.naive_utc());
        let detail = json!({"assignment": id, "reason": offer.row.decline_reason, "late": offer.row.late, "by": offer.row.answered_by});
        case.trail.append(&mut self.dice, at, actor, Event::OfferDeclined, &detail);
        case.finish(TaskKind::ReplyQuestion);
        if !was_lapsed {
            self.choosing.ended(expert, made_at, true);
            self.next_in_chain(at, case, seat);
        }
    }

    /// The clock stops until somebody replies.
    fn ask(&mut self, at: DateTime<Utc>, case: &mut Case, place: usize, actor: &str) {
        let question = self.dice.word(&self.plan.corpus.experts.questions).to_owned();
        let owed = reply_due(at, self.calendar);
        let restarts = clock_restarts_at(at, self.calendar);
        let Some(offer) = case.offers.get_mut(place) else { return };
        let id = offer.row.id;
        offer.row.question = Some(question);
        offer.row.asked_at = Some(at.naive_utc());
        offer.row.clock_restarts_at = Some(restarts.naive_utc());
        offer.row.next_due_at = Some(owed.naive_utc());
        case.trail.append(
            &mut self.dice,
            at,
            actor,
            Event::QuestionAsked,
            &json!({"assignment": id, "reply_due": owed}),
        );
        let task = (TaskKind::ReplyQuestion, format!("reply:{id}"));
        case.leave_task(&mut self.dice, at, task, Some(place), (false, None, Some(owed)));
        if !matches!(case.fate, Fate::Question(_)) {
            // Within the next working day, so always before the reply is overdue.
            let replies = self.later(at, 25, 300).min(owed - TimeDelta::hours(1));
            self.schedule(replies, case.index, Step::Reply { offer: place });
        }
    }

    /// The owner replies; the clock runs again.
    pub(super) fn reply(&mut self, at: DateTime<Utc>, case: &mut Case, place: usize) {
        let texts = &self.plan.corpus.experts;
        let owner = Self::owner(case);
        let Some(offer) = case.offers.get_mut(place) else { return };
        if offer.row.state != AssignmentState::Offered || !offer.question_waits() {
            return;
        }
        let asked = texts.questions.iter().position(|text| Some(text) == offer.row.question.as_ref());
        let reply = asked
            .and_then(|nth| texts.replies.get(nth))
            .cloned()
            .unwrap_or_else(|| "已与企业核实，材料已补充。".to_owned());
        let promised = offer.row.answer_due_at.map_or(at, |due| due.and_utc());
        let due_at = due_after_reply(promised, at);
        offer.row.reply = Some(reply);
        offer.row.replied_at = Some(at.naive_utc());
        offer.row.answer_due_at = Some(due_at.naive_utc());
        offer.row.updated_at = at.naive_utc();
        let id = offer.row.id;
        self.plan_reminders(at, case, place, due_at);
        let moved = json!({"assignment": id, "from": promised, "to": due_at, "why": "replied"});
        case.trail.append(&mut self.dice, at, "desk", Event::DueMoved, &moved);
        case.trail.append(&mut self.dice, at, &owner, Event::QuestionReplied, &json!({"assignment": id}));
        case.finish(TaskKind::ReplyQuestion);
        let post = Post {
            kind: NoticeKind::QuestionReplied,
            dedup: format!("replied:{id}"),
            offer: Some(place),
            not_before: at,
            ordinal: None,
        };
        case.post(&mut self.dice, at, post);
        self.schedule(due_at, case.index, Step::Due { offer: place });
        let answers_at = waking(at + TimeDelta::minutes(self.dice.between(30, 1_100)));
        if answers_at < due_at && self.dice.percent(96) {
            let kind = if self.dice.percent(78) { Answer::Accept } else { Answer::Decline };
            self.schedule(answers_at, case.index, Step::Answer { offer: place, kind });
        }
    }

    /// An open or accepted offer becomes void.
    pub(super) fn void(&mut self, at: DateTime<Utc>, case: &mut Case, place: usize, why: VoidReason) {
        let Some(offer) = case.offers.get_mut(place) else { return };
        let (id, expert, made_at) = (offer.row.id, offer.expert, offer.row.created_at.and_utc());
        let was_open = offer.row.state == AssignmentState::Offered;
        let (told, answered) = (offer.row.notified_at.is_some(), offer.row.first_answer.is_some());
        offer.row.state = AssignmentState::Void;
        offer.row.next_due_at = None;
        offer.row.ended_at = Some(at.naive_utc());
        offer.row.end_reason = Some(why.as_str().to_owned());
        offer.row.updated_at = at.naive_utc();
        offer.cancel_reminders(at);
        case.void_letters(place, at);
        case.trail.append(&mut self.dice, at, "desk", Event::OfferVoided, &json!({"assignment": id, "why": why}));
        if was_open {
            self.choosing.ended(expert, made_at, false);
        }
        if !answered {
            let firm = self.firm_of(expert);
            case.put_fact(place, &firm, at, OfferOutcome::Void);
        }
        if told {
            let kind = if why == VoidReason::SeatTaken { NoticeKind::SeatTaken } else { NoticeKind::OfferWithdrawn };
            let post = Post {
                kind,
                dedup: format!("{kind}:{id}"),
                offer: Some(place),
                not_before: Self::leaves_at(at, false),
                ordinal: None,
            };
            case.post(&mut self.dice, at, post);
        }
    }

    /// The expert cannot go on: the chain does, and nothing is held against anybody.
    pub(super) fn release(&mut self, at: DateTime<Utc>, case: &mut Case, place: usize) {
        let Some(offer) = case.offers.get_mut(place) else { return };
        if offer.row.state != AssignmentState::Accepted {
            return;
        }
        let (id, seat) = (offer.row.id, offer.seat);
        let actor = format!("expert:{}", offer.row.expert);
        offer.row.state = AssignmentState::Released;
        offer.row.next_due_at = None;
        offer.row.ended_at = Some(at.naive_utc());
        offer.row.end_reason = Some(ReleasedBy::Expert.as_str().to_owned());
        offer.row.note = Some("临时有庭审，无法继续，请另请专家。".to_owned());
        offer.row.updated_at = at.naive_utc();
        case.void_letters(place, at);
        let detail = json!({"assignment": id, "by": ReleasedBy::Expert});
        case.trail.append(&mut self.dice, at, &actor, Event::AssignmentReleased, &detail);
        if case.need.contact_email.is_some() {
            let post = Post {
                kind: NoticeKind::SearchingAgain,
                dedup: format!("searching:{id}"),
                offer: Some(place),
                not_before: at,
                ordinal: None,
            };
            case.post(&mut self.dice, at, post);
        }
        self.next_in_chain(at, case, seat);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::corpus::Corpus;

    #[test]
    fn words_of_a_decline_find_their_reason() {
        let corpus = Corpus::read().expect("the corpus");
        let reasons: Vec<DeclineReason> = corpus.experts.decline_notes.iter().map(|note| reason_of(note)).collect();
        for reason in DeclineReason::ALL {
            assert!(reasons.contains(reason), "{reason}");
        }
        assert_eq!(reason_of("和对方公司有过委托关系，应当回避。"), DeclineReason::Conflict);
    }
}
