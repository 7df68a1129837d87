//! The chain in the city's past: the next reserve who qualifies is asked, or somebody of the office must act.

use super::case::Case;
use super::fate::Fate;
use super::history::{History, Reason, Step};
use crate::domain::event::Event;
use crate::domain::need::{NeedState, ReserveState, SeatState};
use crate::domain::task::TaskKind;
use chrono::{DateTime, Utc};
use serde_json::json;

impl History<'_, '_> {
    /// Frees a seat and asks the next reserve who may be asked at that moment; if there is none, somebody is told.
    pub(super) fn next_in_chain(&mut self, at: DateTime<Utc>, case: &mut Case, seat: usize) {
        case.set_seat(seat, SeatState::Free);
        if case.need.state.is_open() && !self.ask_next(at, case, seat) {
            self.nobody_left(at, case, seat);
        }
        case.settle(at);
    }

    fn ask_next(&mut self, at: DateTime<Utc>, case: &mut Case, seat: usize) -> bool {
        let waiting: Vec<usize> = (0..case.reserves.len())
            .filter(|nth| {
                case.reserves.get(*nth).is_some_and(|(_, of, row)| *of == seat && row.state == ReserveState::Waiting)
            })
            .collect();
        for nth in waiting {
            let Some(expert) = case.reserves.get(nth).map(|(expert, _, _)| *expert) else { continue };
            let free = self
                .register
                .volunteers
                .get(expert)
                .is_some_and(|one| self.choosing.may_be_asked(one, expert, case, at));
            if free {
                self.offer(at, case, seat, expert, false);
                if let Some((_, _, row)) = case.reserves.get_mut(nth) {
                    row.state = ReserveState::Asked;
                }
                return true;
            }
            if let Some((_, _, row)) = case.reserves.get_mut(nth) {
                row.state = ReserveState::Skipped;
                row.why = Some("open-cap".to_owned());
                let detail = json!({"seat": row.seat, "expert": row.expert, "rule": "open-cap"});
                case.trail.append(&mut self.dice, at, "desk", Event::ReserveSkipped, &detail);
            }
        }
        false
    }

    fn nobody_left(&mut self, at: DateTime<Utc>, case: &mut Case, seat: usize) {
        let asked = case.offers.len();
        case.trail.append(&mut self.dice, at, "desk", Event::ChainExhausted, &json!({"asked": asked}));
        let key = format!("unanswered:{}:{asked}", case.need.id);
        case.leave_task(&mut self.dice, at, (TaskKind::Unanswered, key), None, (true, Some(asked.to_string()), None));
        if matches!(case.fate, Fate::Exhausted | Fate::Bounces) {
            return;
        }
        let rounds = case.rounds.get(seat).copied().unwrap_or(0);
        let others_taken = case.need.state != NeedState::Open
            && case.seats.iter().any(|seat| matches!(seat.state, SeatState::Taken | SeatState::Done));
        let again = self.later(at, 90, 1_900);
        let step = if rounds >= 3 && !others_taken {
            Step::CloseFor { reason: Reason::Nobody }
        } else {
            Step::Assign { seat }
        };
        self.schedule(again, case.index, step);
    }
}
