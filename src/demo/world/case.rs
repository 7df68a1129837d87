//! One need of the past with everything that belongs to it, while it is being lived through.

use super::dice::Dice;
use super::rows::Rows;
use super::trail::Trail;
use crate::db::JsonText;
use crate::db::assignment::AssignmentRow;
use crate::db::conduct::IncidentRow;
use crate::db::fact::FactRow;
use crate::db::feedback::{FeedbackRow, RatingRow};
use crate::db::need::{ClosureRow, NeedRow, ReserveRow, SeatRow};
use crate::db::outbox::OutboxRow;
use crate::db::reminder::ReminderRow;
use crate::db::task::TaskRow;
use crate::domain::assignment::{AnswerKind, AnsweredBy, AssignmentState, OfferOutcome};
use crate::domain::calendar::beijing_date;
use crate::domain::need::{NeedState, SeatState, state_from_seats};
use crate::domain::notice::{Audience, NoticeKind, OwedNotice};
use crate::domain::task::TaskKind;
use crate::ids::{OutboxId, TaskId};
use chrono::{DateTime, TimeDelta, Utc};

use super::fate::Fate;

/// One offer with what belongs to it.
#[derive(Debug)]
pub struct Offer {
    /// Its row.
    pub row: AssignmentRow,
    /// The expert's place in the register.
    pub expert: usize,
    /// The seat's place in the need.
    pub seat: usize,
    /// Its reminders.
    pub reminders: Vec<ReminderRow>,
    /// How it counts, once it does.
    pub fact: Option<FactRow>,
}

impl Offer {
    /// Whether the expert's question waits for a reply.
    #[must_use]
    pub const fn question_waits(&self) -> bool {
        self.row.asked_at.is_some() && self.row.replied_at.is_none()
    }

    /// Cancels the reminders that have not left.
    pub fn cancel_reminders(&mut self, at: DateTime<Utc>) {
        for reminder in self.reminders.iter_mut().filter(|one| one.sent_at.is_none() && one.cancelled_at.is_none()) {
            reminder.cancelled_at = Some(at.naive_utc());
        }
    }
}

/// One need with everything that belongs to it.
#[derive(Debug)]
pub struct Case {
    /// The number of the need in order of arrival, from 0.
    pub index: usize,
    /// Its row.
    pub need: NeedRow,
    /// Its seats.
    pub seats: Vec<SeatRow>,
    /// How often each seat was offered anew by a person.
    pub rounds: Vec<u32>,
    /// Reserves, each with the expert's place and the seat's.
    pub reserves: Vec<(usize, usize, ReserveRow)>,
    /// Offers, oldest first.
    pub offers: Vec<Offer>,
    /// Feedback.
    pub feedback: Vec<FeedbackRow>,
    /// Ratings.
    pub ratings: Vec<RatingRow>,
    /// How it was closed.
    pub closure: Option<ClosureRow>,
    /// What was held against somebody.
    pub incidents: Vec<IncidentRow>,
    /// Open tasks.
    pub tasks: Vec<TaskRow>,
    /// Letters.
    pub letters: Vec<OutboxRow>,
    /// The trail.
    pub trail: Trail,
    /// What is to become of it.
    pub fate: Fate,
    /// The 字号 of the opposing agent, by place in the corpus.
    pub agent: Option<usize>,
}

/// A letter to be kept with a case.
#[derive(Debug, Clone)]
pub struct Post {
    /// What is told.
    pub kind: NoticeKind,
    /// Its key.
    pub dedup: String,
    /// The offer's place, where it is about one.
    pub offer: Option<usize>,
    /// Not before then.
    pub not_before: DateTime<Utc>,
    /// The reminder's number.
    pub ordinal: Option<i32>,
}

impl Case {
    /// Sets the need's state to what its seats say, as the living office does.
    pub fn settle(&mut self, at: DateTime<Utc>) {
        if self.need.state.is_open() {
            let seats: Vec<SeatState> = self.seats.iter().map(|seat| seat.state).collect();
            let was_offered = self.need.state != NeedState::Open || seats.iter().any(|seat| *seat != SeatState::Free);
            self.need.state = state_from_seats(&seats, was_offered);
        }
        self.need.updated_at = at.naive_utc();
    }

    /// Sets where a seat stands.
    pub fn set_seat(&mut self, seat: usize, state: SeatState) {
        if let Some(row) = self.seats.get_mut(seat) {
            row.state = state;
        }
    }

    /// Where a seat stands.
    #[must_use]
    pub fn seat_state(&self, seat: usize) -> SeatState {
        self.seats.get(seat).map_or(SeatState::Free, |row| row.state)
    }

    /// Keeps a letter: it leaves at its time, a few seconds later at the mail server.
    pub fn post(&mut self, dice: &mut Dice, at: DateTime<Utc>, post: Post) -> DateTime<Utc> {
        let accepted = post.not_before.max(at) + TimeDelta::seconds(dice.between(2, 25));
        let offer = post.offer.and_then(|place| self.offers.get(place));
        self.letters.push(OutboxRow {
            id: OutboxId::from_minted(dice.id(at)),
            dedup_key: post.dedup,
            notice: JsonText::of(&OwedNotice { kind: post.kind, ordinal: post.ordinal, ..OwedNotice::default() }),
            need: Some(self.need.id),
            assignment: offer.map(|offer| offer.row.id),
            expert: offer.filter(|_| post.kind.audience() == Audience::Expert).map(|offer| offer.row.expert),
            account: None,
            state: "accepted".to_owned(),
            not_before: post.not_before.naive_utc(),
            attempts: 1,
            fence: 1,
            leased_until: None,
            accepted_at: Some(accepted.naive_utc()),
            last_error: None,
            created_at: at.naive_utc(),
            reader: match offer.filter(|_| post.kind.audience() == Audience::Expert) {
                Some(offer) => format!("expert:{}", offer.row.expert),
                None => format!("need:{}", self.need.id),
            },
            by_desk: false,
            digest: None,
            domain: None,
            receipt: None,
            receipt_at: None,
        });
        accepted
    }

    /// The letters of an offer that have not left by `at` never do.
    pub fn void_letters(&mut self, offer: usize, at: DateTime<Utc>) {
        let Some(id) = self.offers.get(offer).map(|offer| offer.row.id) else { return };
        for letter in self.letters.iter_mut().filter(|letter| letter.assignment == Some(id)) {
            if letter.accepted_at.is_some_and(|accepted| accepted > at.naive_utc()) {
                "void".clone_into(&mut letter.state);
                letter.accepted_at = None;
                (letter.attempts, letter.fence) = (0, 0);
            }
        }
    }

    /// Leaves a task on the owner's desk, and on the managers' too where `for_manager`.
    pub fn leave_task(
        &mut self,
        dice: &mut Dice,
        at: DateTime<Utc>,
        (kind, dedup): (TaskKind, String),
        offer: Option<usize>,
        (for_manager, detail, due_at): (bool, Option<String>, Option<DateTime<Utc>>),
    ) {
        if self.tasks.iter().any(|task| task.dedup_key == dedup) {
            return;
        }
        let offer = offer.and_then(|place| self.offers.get(place));
        self.tasks.push(TaskRow {
            id: TaskId::from_minted(dice.id(at)),
            kind,
            need: Some(self.need.id),
            assignment: offer.map(|offer| offer.row.id),
            expert: offer.map(|offer| offer.row.expert),
            conduct_case: None,
            station: Some(self.need.station),
            region: Some(self.need.region.clone()),
            account: Some(self.need.owner),
            for_manager,
            detail,
            due_at: due_at.map(|at| at.naive_utc()),
            created_at: at.naive_utc(),
            done_at: None,
            done_by: None,
            dedup_key: dedup,
        });
    }

    /// The tasks of that kind are done.
    pub fn finish(&mut self, kind: TaskKind) {
        self.tasks.retain(|task| task.kind != kind);
    }

    /// Somebody was found for a seat: the task that asks for somebody goes once no seat is free any more.
    pub fn somebody_found(&mut self) {
        if self.seats.iter().all(|seat| seat.state != SeatState::Free) {
            self.finish(TaskKind::Unanswered);
        }
    }

    /// Writes or restates how an offer counts (rules.md, "Figures").
    pub fn put_fact(&mut self, offer: usize, firm: &str, at: DateTime<Utc>, outcome: OfferOutcome) {
        let need = &self.need;
        let Some(offer) = self.offers.get_mut(offer) else { return };
        let row = &offer.row;
        let notified_at = row.notified_at.map_or(at, |at| at.and_utc());
        let minutes = row.answered_at.map(|answered| (answered.and_utc() - notified_at).num_minutes().max(0));
        offer.fact = Some(FactRow {
            assignment: row.id,
            need: need.id,
            expert: row.expert,
            firm: firm.to_owned(),
            region: need.region.clone(),
            station: need.station,
            notified_on: beijing_date(notified_at),
            outcome,
            answer: match row.state {
                AssignmentState::Accepted | AssignmentState::Done => Some(AnswerKind::Accept),
                AssignmentState::Declined => Some(AnswerKind::Decline),
                _ => row.first_answer,
            },
            decline_reason: row.decline_reason,
            by_staff: row.answered_by.is_some_and(|by| by != AnsweredBy::Link),
            minutes: minutes.filter(|_| row.first_answer.is_some()),
            enterprise: need.enterprise,
        });
    }

    /// Whether every seat is served and every service rated.
    #[must_use]
    pub fn is_ready_to_close(&self) -> bool {
        self.need.state == NeedState::Served
            && self
                .offers
                .iter()
                .filter(|offer| offer.row.state == AssignmentState::Done)
                .all(|offer| self.ratings.iter().any(|rating| rating.assignment == offer.row.id))
    }

    /// Hands the rows over. Letters that would leave after `start` are queued; those of needs that are over are only kept
    /// for the newest (`keep_letters`).
    pub fn hand_over(mut self, rows: &mut Rows, start: DateTime<Utc>, keep_letters: bool) {
        let open = self.need.state.is_open();
        let services = self.need.services.get();
        if open || keep_letters {
            for letter in &mut self.letters {
                if letter.accepted_at.is_some_and(|accepted| accepted > start.naive_utc()) {
                    "queued".clone_into(&mut letter.state);
                    letter.accepted_at = None;
                    (letter.attempts, letter.fence) = (0, 0);
                }
            }
            rows.outbox.append(&mut self.letters);
        }
        if open {
            rows.tasks.append(&mut self.tasks);
        }
        for mut offer in self.offers {
            if !open {
                offer.row.next_due_at = None;
            }
            if let Some(fact) = offer.fact {
                rows.fact_services.extend(services.iter().map(|service| (fact.assignment, service.clone())));
                rows.facts.push(fact);
            }
            rows.reminders.append(&mut offer.reminders);
            rows.assignments.push(offer.row);
        }
        rows.needs.push(self.need);
        rows.seats.append(&mut self.seats);
        rows.reserves.extend(self.reserves.into_iter().map(|(_, _, row)| row));
        rows.feedback.append(&mut self.feedback);
        rows.ratings.append(&mut self.ratings);
        rows.closures.extend(self.closure);
        rows.incidents.append(&mut self.incidents);
        rows.audit.append(&mut self.trail.rows);
    }
}
