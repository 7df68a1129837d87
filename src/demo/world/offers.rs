//! Asking: offers, the clock that starts with the mail server's 250, reminders, and what happens when nobody answers.

use super::arrivals::waking;
use super::case::{Case, Offer, Post};
use super::experts::Habit;
use super::fate::Fate;
use super::history::{Answer, Happening, History, Proposal, Reason, Step};
use crate::db::JsonText;
use crate::db::assignment::AssignmentRow;
use crate::db::conduct::IncidentRow;
use crate::db::need::ReserveRow;
use crate::db::reminder::ReminderRow;
use crate::domain::answer_rule::{due, reminder_times};
use crate::domain::assignment::{AssignmentState, NotifiedBy, OfferOutcome};
use crate::domain::conduct::{IncidentKind, proposes_admonition};
use crate::domain::event::Event;
use crate::domain::need::{ReserveState, SeatState};
use crate::domain::notice::NoticeKind;
use crate::domain::number::{Series, written};
use crate::domain::task::TaskKind;
use crate::ids::{AssignmentId, ExpertId, IncidentId, ReminderId, ReserveId};
use chrono::{DateTime, Datelike, TimeDelta, Utc};
use chrono_tz::Asia::Shanghai;
use serde_json::json;

/// How long a letter may be on its way before the desk looks.
const DELIVERY_WATCH: TimeDelta = TimeDelta::hours(4);

/// What an offer of before the desk kept rankings carries instead of one.
fn no_ranking() -> JsonText<serde_json::Value> {
    JsonText::of(&json!({"schema": 0, "note": "before this desk kept rankings"}))
}

impl History<'_, '_> {
    /// The owner chooses somebody for a seat, with reserves.
    pub(super) fn assign(&mut self, at: DateTime<Utc>, case: &mut Case, seat: usize) {
        if case.seat_state(seat) != SeatState::Free {
            return;
        }
        if let Some(rounds) = case.rounds.get_mut(seat) {
            *rounds += 1;
        }
        let behind = match case.fate {
            Fate::Bounces => 0,
            Fate::Exhausted => 1,
            _ => usize::try_from(self.policy.reserves).unwrap_or(3),
        };
        let mut chosen = self.choosing.choose(&mut self.dice, &self.register.volunteers, case, at, behind + 1);
        if let Fate::Silent(shown) | Fate::Reported(shown) = case.fate
            && case.offers.is_empty()
        {
            let free =
                self.register.volunteers.get(shown).is_some_and(|one| self.choosing.may_be_asked(one, shown, case, at));
            if free {
                chosen.insert(0, shown);
            }
        }
        let Some((first, reserves)) = chosen.split_first() else {
            self.nobody_to_choose(at, case, seat);
            return;
        };
        let owner = Self::owner(case);
        self.set_reserves(at, case, seat, reserves, &owner);
        self.offer(at, case, seat, *first, true);
        case.settle(at);
        case.somebody_found();
    }

    /// Nobody at all may be asked at the moment: again tomorrow, and after some days the need is passed on.
    fn nobody_to_choose(&mut self, at: DateTime<Utc>, case: &Case, seat: usize) {
        let tries = case.rounds.get(seat).copied().unwrap_or(0);
        let taken = case.seats.iter().any(|seat| seat.state != SeatState::Free);
        let again = self.office_hours(at + TimeDelta::hours(19));
        let step =
            if tries >= 5 && !taken { Step::CloseFor { reason: Reason::PassedOn } } else { Step::Assign { seat } };
        self.schedule(again, case.index, step);
    }

    fn set_reserves(&mut self, at: DateTime<Utc>, case: &mut Case, seat: usize, reserves: &[usize], owner: &str) {
        let Some(seat_id) = case.seats.get(seat).map(|row| row.id) else { return };
        case.reserves.retain(|(_, of, row)| *of != seat || row.state != ReserveState::Waiting);
        let mut position =
            case.reserves.iter().filter(|(_, of, _)| *of == seat).map(|(_, _, row)| row.position).max().unwrap_or(0);
        let mut experts: Vec<ExpertId> = Vec::new();
        for reserve in reserves {
            let Some(expert) = self.expert_id(*reserve) else { continue };
            position += 1;
            let id = ReserveId::from_minted(self.dice.id(at));
            let row = ReserveRow { id, seat: seat_id, expert, position, state: ReserveState::Waiting, why: None };
            case.reserves.push((*reserve, seat, row));
            experts.push(expert);
        }
        if !experts.is_empty() {
            case.trail.append(
                &mut self.dice,
                at,
                owner,
                Event::ReservesSet,
                &json!({"seat": seat_id, "experts": experts}),
            );
        }
    }

    /// Writes an offer and sends its letter.
    pub(super) fn offer(&mut self, at: DateTime<Utc>, case: &mut Case, seat: usize, expert: usize, by_person: bool) {
        let (Some(expert_id), Some(seat_id)) = (self.expert_id(expert), case.seats.get(seat).map(|row| row.id)) else {
            return;
        };
        self.offers_made += 1;
        let id = AssignmentId::from_minted(self.dice.id(at));
        let number = written(Series::Assignment, at.with_timezone(&Shanghai).year(), self.offers_made);
        let leaves_at = Self::leaves_at(at, by_person);
        let place = case.offers.len();
        let owner = Self::owner(case);
        let row = AssignmentRow {
            id,
            number: number.clone(),
            need: case.need.id,
            seat: seat_id,
            expert: expert_id,
            round: 1,
            state: AssignmentState::Offered,
            rule: self.policy.counting_rule,
            offered_by: by_person.then_some(case.need.owner),
            notified_at: None,
            notified_by: None,
            answer_due_at: None,
            provisional: false,
            day_count: JsonText::of(&Vec::new()),
            late: false,
            first_answer: None,
            answered_at: None,
            answered_by: None,
            decline_reason: None,
            note: None,
            question: None,
            asked_at: None,
            clock_restarts_at: None,
            reply: None,
            replied_at: None,
            feedback_due_at: None,
            next_due_at: Some((leaves_at + DELIVERY_WATCH).naive_utc()),
            ended_at: None,
            end_reason: None,
            ranking: no_ranking(),
            created_at: at.naive_utc(),
            updated_at: at.naive_utc(),
        };
        let detail =
            json!({"assignment": id, "number": number, "seat": seat_id, "expert": expert_id, "rule": row.rule});
        case.offers.push(Offer { row, expert, seat, reminders: Vec::new(), fact: None });
        case.set_seat(seat, SeatState::Offered);
        self.choosing.offered(expert, at);
        let post = Post {
            kind: NoticeKind::Offer,
            dedup: format!("offer:{id}:1"),
            offer: Some(place),
            not_before: leaves_at,
            ordinal: None,
        };
        let accepted = case.post(&mut self.dice, at, post);
        let actor = if by_person { owner.as_str() } else { "desk" };
        case.trail.append(&mut self.dice, at, actor, Event::ExpertAssigned, &detail);
        self.schedule(accepted, case.index, Step::Deliver { offer: place });
    }

    /// The mail server takes the letter, and the clock starts; or it refuses the recipient.
    pub(super) fn deliver(&mut self, at: DateTime<Utc>, case: &mut Case, place: usize) {
        let bounces = case.fate == Fate::Bounces || case.fate == Fate::Ordinary && self.dice.permille(6);
        let calendar = self.calendar;
        let Some(offer) = case.offers.get_mut(place) else { return };
        if offer.row.state != AssignmentState::Offered || offer.row.notified_at.is_some() {
            return;
        }
        if bounces {
            self.bounce(at, case, place);
            return;
        }
        let counted = due(offer.row.rule, self.policy.waking_hours_floor, at, calendar);
        let row = &mut offer.row;
        row.notified_at = Some(at.naive_utc());
        row.notified_by = Some(NotifiedBy::Smtp);
        row.answer_due_at = Some(counted.due_at.naive_utc());
        row.provisional = counted.provisional;
        row.day_count = JsonText::of(&counted.count);
        row.updated_at = at.naive_utc();
        let detail = json!({"assignment": row.id, "by": NotifiedBy::Smtp, "at": at, "due": counted.due_at, "rule": row.rule,
            "provisional": counted.provisional, "calendar": calendar.version()});
        case.trail.append(&mut self.dice, at, "desk", Event::NoticeRecorded, &detail);
        self.plan_reminders(at, case, place, counted.due_at);
        self.schedule(counted.due_at, case.index, Step::Due { offer: place });
        self.plan_answer(at, counted.due_at, case, place);
    }

    /// Plans the reminders between two instants, and when the desk looks next.
    pub(super) fn plan_reminders(&mut self, at: DateTime<Utc>, case: &mut Case, place: usize, due_at: DateTime<Utc>) {
        let Some(offer) = case.offers.get_mut(place) else { return };
        let base = offer.reminders.iter().map(|reminder| reminder.ordinal).max().unwrap_or(0);
        let mut next = due_at;
        for (ordinal, remind_at) in reminder_times(at, due_at) {
            let ordinal = base + i32::from(ordinal);
            offer.reminders.push(ReminderRow {
                id: ReminderId::from_minted(self.dice.id(at)),
                assignment: offer.row.id,
                ordinal,
                due_at: remind_at.naive_utc(),
                sent_at: None,
                cancelled_at: None,
            });
            next = next.min(remind_at);
            self.schedule(remind_at, case.index, Step::Remind { offer: place, ordinal });
        }
        offer.row.next_due_at = Some(next.naive_utc());
    }

    /// What the expert is going to do, by fate or by habit.
    fn plan_answer(&mut self, at: DateTime<Utc>, due_at: DateTime<Utc>, case: &Case, place: usize) {
        let Some(expert) = case.offers.get(place).map(|offer| offer.expert) else { return };
        let first = place == 0;
        let soon = waking(at + TimeDelta::minutes(self.dice.between(25, 300)));
        match case.fate {
            Fate::Question(asked) if first && at < asked && asked < due_at => {
                self.schedule(asked, case.index, Step::Answer { offer: place, kind: Answer::Question });
                return;
            }
            Fate::StillWaiting | Fate::Retracted if first => return,
            Fate::Exhausted => {
                self.schedule(soon, case.index, Step::Answer { offer: place, kind: Answer::Decline });
                return;
            }
            Fate::Silent(shown) if shown == expert => return,
            fate if fate.accepts() => {
                self.schedule(soon, case.index, Step::Answer { offer: place, kind: Answer::Accept });
                return;
            }
            _ => {}
        }
        let habit = self.register.volunteers.get(expert).map_or(Habit::Mixed, |volunteer| volunteer.habit);
        let whole = (due_at - at).num_minutes().max(60);
        let (silent, minutes) = match habit {
            Habit::Prompt => (7, self.dice.between(12, 380)),
            Habit::Mixed => (28, self.dice.between(70, 1_500)),
            Habit::Slow => (55, self.dice.between(whole / 2, whole + 180)),
            Habit::Silent => (480, self.dice.between(whole / 2, whole + 700)),
        };
        if self.dice.permille(silent) {
            return;
        }
        let answers_at = waking(at + TimeDelta::minutes(minutes));
        if answers_at >= due_at && habit != Habit::Slow {
            return;
        }
        let kind = match self.dice.below(100) {
            0..=14 => Answer::Decline,
            15..=20 if answers_at < due_at => Answer::Question,
            _ => Answer::Accept,
        };
        self.schedule(answers_at, case.index, Step::Answer { offer: place, kind });
    }

    /// A reminder leaves.
    pub(super) fn remind(&mut self, at: DateTime<Utc>, case: &mut Case, place: usize, ordinal: i32) {
        let Some(offer) = case.offers.get_mut(place) else { return };
        if offer.row.state != AssignmentState::Offered || offer.question_waits() {
            return;
        }
        let id = offer.row.id;
        let open = |one: &ReminderRow| one.sent_at.is_none() && one.cancelled_at.is_none();
        let Some(reminder) = offer.reminders.iter_mut().find(|one| one.ordinal == ordinal && open(one)) else { return };
        let sent_at = at + TimeDelta::seconds(self.dice.between(2, 9));
        reminder.sent_at = Some(sent_at.naive_utc());
        let left = offer.reminders.iter().filter(|one| open(one)).map(|one| one.due_at).min();
        offer.row.next_due_at = left.into_iter().chain(offer.row.answer_due_at).min();
        let post = Post {
            kind: NoticeKind::Reminder,
            dedup: format!("reminder:{id}:{ordinal}"),
            offer: Some(place),
            not_before: at,
            ordinal: Some(ordinal),
        };
        case.post(&mut self.dice, at, post);
        case.trail.append(
            &mut self.dice,
            at,
            "desk",
            Event::ReminderSent,
            &json!({"assignment": id, "ordinal": ordinal}),
        );
    }

    /// The letter came back: the clock is void, nothing is held against anybody, the chain goes on.
    fn bounce(&mut self, at: DateTime<Utc>, case: &mut Case, place: usize) {
        let Some(offer) = case.offers.get_mut(place) else { return };
        let (id, seat, expert, made_at) = (offer.row.id, offer.seat, offer.expert, offer.row.created_at.and_utc());
        offer.row.state = AssignmentState::Undelivered;
        offer.row.next_due_at = None;
        offer.row.ended_at = Some(at.naive_utc());
        offer.row.end_reason = Some("bounced".to_owned());
        offer.row.updated_at = at.naive_utc();
        let key = format!("offer:{id}:1");
        for letter in case.letters.iter_mut().filter(|letter| letter.dedup_key == key) {
            "bounced".clone_into(&mut letter.state);
            letter.accepted_at = None;
            letter.last_error = Some("550 5.1.1 …@…: user unknown".to_owned());
        }
        let task = (TaskKind::Undelivered, format!("undelivered:{key}"));
        case.leave_task(
            &mut self.dice,
            at,
            task,
            Some(place),
            (false, Some(NoticeKind::Offer.as_str().to_owned()), None),
        );
        case.trail.append(
            &mut self.dice,
            at,
            "desk",
            Event::NoticeBounced,
            &json!({"assignment": id, "why": "bounced"}),
        );
        self.choosing.ended(expert, made_at, false);
        let firm = self.firm_of(expert);
        case.put_fact(place, &firm, at, OfferOutcome::Undelivered);
        self.next_in_chain(at, case, seat);
    }

    /// The two days are over.
    pub(super) fn lapse(&mut self, at: DateTime<Utc>, case: &mut Case, place: usize) {
        let Some(offer) = case.offers.get_mut(place) else { return };
        let runs = offer.row.state == AssignmentState::Offered && !offer.question_waits();
        if !runs || offer.row.answer_due_at != Some(at.naive_utc()) {
            return;
        }
        let (id, seat, expert, made_at) = (offer.row.id, offer.seat, offer.expert, offer.row.created_at.and_utc());
        offer.row.state = AssignmentState::Lapsed;
        offer.row.next_due_at = None;
        offer.row.ended_at = Some(at.naive_utc());
        offer.row.updated_at = at.naive_utc();
        offer.cancel_reminders(at);
        let answered = offer.row.first_answer.is_some();
        let detail = json!({"assignment": id, "due": offer.row.answer_due_at});
        case.void_letters(place, at);
        case.trail.append(&mut self.dice, at, "desk", Event::OfferLapsed, &detail);
        self.choosing.ended(expert, made_at, true);
        if !answered {
            let firm = self.firm_of(expert);
            case.put_fact(place, &firm, at, OfferOutcome::Lapsed);
            self.record_incident(at, case, place, IncidentKind::Lapse, format!("lapse:{id}"));
        }
        let post = Post {
            kind: NoticeKind::OfferLapsed,
            dedup: format!("lapsed:{id}"),
            offer: Some(place),
            not_before: Self::leaves_at(at, false),
            ordinal: None,
        };
        case.post(&mut self.dice, at, post);
        self.next_in_chain(at, case, seat);
    }

    /// Records an incident, and what policy proposes of it.
    pub(super) fn record_incident(
        &mut self,
        at: DateTime<Utc>,
        case: &mut Case,
        place: usize,
        kind: IncidentKind,
        key: String,
    ) {
        let Some((expert, row)) = case.offers.get(place).map(|offer| (offer.expert, &offer.row)) else { return };
        let (assignment, expert_id) = (row.id, row.expert);
        let incident = IncidentRow {
            id: IncidentId::from_minted(self.dice.id(at)),
            expert: expert_id,
            kind,
            need: Some(case.need.id),
            assignment: Some(assignment),
            happened_at: at.naive_utc(),
            withdrawn_at: None,
            withdrawn_why: None,
            dedup_key: key,
        };
        let detail = json!({"incident": incident.id, "kind": kind, "assignment": assignment});
        self.happenings.push(Happening {
            expert,
            at,
            actor: "desk".to_owned(),
            event: Event::IncidentRecorded,
            detail,
        });
        case.incidents.push(incident);
        if kind != IncidentKind::Lapse {
            return;
        }
        let known = self.lapses.entry(expert).or_default();
        known.push((at, assignment));
        let lapses =
            i64::try_from(known.iter().filter(|(then, _)| *then > at - TimeDelta::days(365)).count()).unwrap_or(0);
        let threshold = self.policy.lapses_to_admonish;
        if proposes_admonition(lapses, threshold, 0) && lapses % threshold == 0 {
            self.proposals.push(Proposal { expert, at, lapses, assignment });
            // Somebody talks to them before the case is even written: they answer better from now on.
            if let Some(volunteer) = self.register.volunteers.get_mut(expert).filter(|one| !one.reserved) {
                volunteer.habit = Habit::Mixed;
            }
        }
    }
}
