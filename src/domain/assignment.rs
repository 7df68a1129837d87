//! An assignment (派单): one offer of one seat to one expert, from the letter to the answer and beyond.
//!
//! The machine is pure: it is told the state, the moment and the deed, and answers with what happens or why not.
//! Source: Beijing standard, 服务要求 c) (2日内及时响应); rules.md, "The answer" and "The chain". Deliberately absent:
//! how a due instant is counted (see [`super::answer_rule`]) and who is asked next (see [`super::matching`]).

use super::answer_rule::answered_in_time;
use super::need::SeatState;
use super::refusal::Refusal;

use chrono::{DateTime, Utc};

text_enum! {
    /// Where an offer stands.
    pub enum AssignmentState {
        /// 待答复: the letter is on its way or out.
        Offered = "offered",
        /// 已接单.
        Accepted = "accepted",
        /// 已婉拒: a lawful answer, never an incident.
        Declined = "declined",
        /// 逾期失效: the link stays open while the seat is free.
        Lapsed = "lapsed",
        /// 未送达: the letter came back; the clock is void.
        Undelivered = "undelivered",
        /// 已作废: the seat went to somebody else, or the need was retracted or closed.
        Void = "void",
        /// 已释放: given back after acceptance.
        Released = "released",
        /// 已完成: feedback filed.
        Done = "done",
    }
}

text_enum! {
    /// What an expert may answer.
    pub enum AnswerKind {
        /// 接受.
        Accept = "accept",
        /// 婉拒.
        Decline = "decline",
        /// 提问: stops the clock once.
        Question = "question",
    }
}

text_enum! {
    /// How the answer reached us.
    pub enum AnsweredBy {
        /// By the link in the letter.
        Link = "link",
        /// By phone, entered by staff.
        Phone = "phone",
        /// By WeChat, entered by staff.
        Wechat = "wechat",
        /// At the counter, entered by staff.
        Counter = "counter",
    }
}

text_enum! {
    /// How the expert was told of the offer.
    pub enum NotifiedBy {
        /// The mail server took the letter (SMTP 250).
        Smtp = "smtp",
        /// Told by phone, entered by staff.
        Phone = "phone",
        /// Told by WeChat, entered by staff.
        Wechat = "wechat",
    }
}

text_enum! {
    /// Why an expert declines.
    pub enum DeclineReason {
        /// 时间不合适.
        Time = "time",
        /// 专业不符.
        Specialty = "specialty",
        /// 存在利益冲突.
        Conflict = "conflict",
        /// 出差在外.
        Travel = "travel",
        /// 近期任务已多.
        Load = "load",
        /// 其他.
        Other = "other",
    }
}

text_enum! {
    /// Who gives a taken seat back.
    pub enum ReleasedBy {
        /// 「我无法继续」.
        Expert = "expert",
        /// The station.
        Station = "station",
        /// The enterprise.
        Enterprise = "enterprise",
    }
}

text_enum! {
    /// Why an offer is void.
    pub enum VoidReason {
        /// Somebody else took the seat.
        SeatTaken = "seat-taken",
        /// The enterprise took the need back.
        Retracted = "retracted",
        /// The need was closed with a reason.
        Closed = "closed",
        /// The expert may not be asked any more (leave, standing).
        NotEligible = "not-eligible",
        /// Staff called the offer back.
        CalledBack = "called-back",
    }
}

text_enum! {
    /// How a finished offer counts (rules.md, "Figures").
    pub enum OfferOutcome {
        /// First answer before the due instant.
        OnTime = "on_time",
        /// First answer at or after it.
        Late = "late",
        /// Due passed, no answer since.
        Lapsed = "lapsed",
        /// Shown apart: the letter never arrived.
        Undelivered = "undelivered",
        /// Shown apart: void before an answer.
        Void = "void",
    }
}

/// What the machine needs to know of an offer.
#[derive(Debug, Clone)]
pub struct Offer {
    /// Where it stands.
    pub state: AssignmentState,
    /// When the clock began; `None` while no server took the letter.
    pub notified_at: Option<DateTime<Utc>>,
    /// The first instant that is too late.
    pub answer_due_at: Option<DateTime<Utc>>,
    /// Whether a question was asked before.
    pub asked_before: bool,
    /// Whether the clock stands still for that question.
    pub stopped: bool,
    /// Whether the expert may serve: in good standing with the office.
    pub may_serve: bool,
    /// Where the seat stands.
    pub seat: SeatState,
}

/// What an answer does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    /// The seat is theirs. `late`: at or after the due instant.
    Accepted {
        /// At or after the due instant.
        late: bool,
    },
    /// They said no.
    Declined {
        /// At or after the due instant.
        late: bool,
    },
    /// The clock stops.
    Asked {
        /// At or after the due instant.
        late: bool,
    },
}

/// Decides what an answer does. `first_byte_at` is when the POST began to arrive, `now` when it is decided.
///
/// # Errors
/// A [`Refusal`] that says kindly why the answer does not count: the seat is taken, the file is closed (also to whoever
/// left the register), it was answered before, or a question was asked before.
pub fn answer(
    offer: &Offer,
    kind: AnswerKind,
    first_byte_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Answered, Refusal> {
    // A clock that stands still makes nobody late.
    let late = !offer.stopped && offer.answer_due_at.is_some_and(|due| !answered_in_time(first_byte_at, now, due));
    match offer.state {
        AssignmentState::Offered | AssignmentState::Lapsed if kind == AnswerKind::Accept && !offer.may_serve => {
            Err(Refusal::FileClosed)
        }
        AssignmentState::Offered => match kind {
            AnswerKind::Accept => Ok(Answered::Accepted { late }),
            AnswerKind::Decline => Ok(Answered::Declined { late }),
            AnswerKind::Question if offer.asked_before => Err(Refusal::QuestionAskedBefore),
            AnswerKind::Question => Ok(Answered::Asked { late }),
        },
        AssignmentState::Lapsed => match (kind, offer.seat) {
            (_, SeatState::Taken | SeatState::Done) => Err(Refusal::SeatTaken),
            // The sweep may have lapsed the offer while a POST that began in time was still arriving.
            (AnswerKind::Accept, _) => Ok(Answered::Accepted { late }),
            (AnswerKind::Decline, _) => Ok(Answered::Declined { late }),
            (AnswerKind::Question, _) => Err(Refusal::QuestionTooLate),
        },
        AssignmentState::Accepted | AssignmentState::Done => Err(Refusal::AnsweredBefore),
        AssignmentState::Void if matches!(offer.seat, SeatState::Taken | SeatState::Done) => Err(Refusal::SeatTaken),
        AssignmentState::Declined
        | AssignmentState::Undelivered
        | AssignmentState::Void
        | AssignmentState::Released => Err(Refusal::FileClosed),
    }
}

/// What the holder of the offer's link may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkView {
    /// The offer, with its three answers.
    Open,
    /// The offer after it lapsed: it may still be taken.
    OpenLate,
    /// Theirs: contacts, release, feedback.
    Theirs,
    /// Kindly: somebody else has it.
    SeatTaken,
    /// Kindly: the file is closed.
    Closed,
}

/// What the link of an offer shows now (rules.md, "The answer").
#[must_use]
pub const fn link_view(state: AssignmentState, seat: SeatState) -> LinkView {
    match state {
        AssignmentState::Offered => LinkView::Open,
        AssignmentState::Lapsed => match seat {
            SeatState::Taken | SeatState::Done => LinkView::SeatTaken,
            SeatState::Free | SeatState::Offered => LinkView::OpenLate,
        },
        AssignmentState::Accepted | AssignmentState::Done => LinkView::Theirs,
        AssignmentState::Void => match seat {
            SeatState::Taken | SeatState::Done => LinkView::SeatTaken,
            SeatState::Free | SeatState::Offered => LinkView::Closed,
        },
        AssignmentState::Declined | AssignmentState::Undelivered | AssignmentState::Released => LinkView::Closed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn offer(state: AssignmentState, seat: SeatState) -> Offer {
        let notified = DateTime::from_timestamp(1_770_000_000, 0).expect("a date");
        Offer {
            state,
            notified_at: Some(notified),
            answer_due_at: Some(notified + TimeDelta::hours(50)),
            asked_before: false,
            stopped: false,
            may_serve: true,
            seat,
        }
    }

    /// Every (state × answer) pair is decided; a new state does not compile until it is.
    #[test]
    fn every_state_answers_every_answer() {
        use AnswerKind::{Accept, Decline, Question};
        for state in AssignmentState::ALL {
            for kind in AnswerKind::ALL {
                let offer = offer(*state, SeatState::Free);
                let after = if *state == AssignmentState::Lapsed { 51 } else { 1 };
                let now = offer.notified_at.expect("set") + TimeDelta::hours(after);
                let got = answer(&offer, *kind, now, now);
                let expected = match (state, kind) {
                    (AssignmentState::Offered, Accept) => Ok(Answered::Accepted { late: false }),
                    (AssignmentState::Offered, Decline) => Ok(Answered::Declined { late: false }),
                    (AssignmentState::Offered, Question) => Ok(Answered::Asked { late: false }),
                    (AssignmentState::Lapsed, Accept) => Ok(Answered::Accepted { late: true }),
                    (AssignmentState::Lapsed, Decline) => Ok(Answered::Declined { late: true }),
                    (AssignmentState::Lapsed, Question) => Err(Refusal::QuestionTooLate),
                    (AssignmentState::Accepted | AssignmentState::Done, _) => Err(Refusal::AnsweredBefore),
                    _ => Err(Refusal::FileClosed),
                };
                assert_eq!(got, expected, "{state} × {kind}");
            }
        }
    }

    #[test]
    fn sixty_seconds_of_grace_from_the_first_byte() {
        let offer = offer(AssignmentState::Offered, SeatState::Offered);
        let due = offer.answer_due_at.expect("set");
        let before = due - TimeDelta::seconds(1);
        let cases = [
            (before, due + TimeDelta::seconds(58), false),
            (before, due + TimeDelta::seconds(61), true),
            (due, due, true),
        ];
        for (first_byte, now, late) in cases {
            assert_eq!(answer(&offer, AnswerKind::Accept, first_byte, now), Ok(Answered::Accepted { late }));
        }
    }

    #[test]
    fn a_clock_that_stands_still_makes_nobody_late() {
        let mut offer = offer(AssignmentState::Offered, SeatState::Offered);
        (offer.asked_before, offer.stopped) = (true, true);
        let after = offer.answer_due_at.expect("set") + TimeDelta::hours(9);
        assert_eq!(answer(&offer, AnswerKind::Accept, after, after), Ok(Answered::Accepted { late: false }));
        assert_eq!(answer(&offer, AnswerKind::Decline, after, after), Ok(Answered::Declined { late: false }));
        offer.stopped = false;
        assert_eq!(answer(&offer, AnswerKind::Accept, after, after), Ok(Answered::Accepted { late: true }));
    }

    #[test]
    fn whoever_left_the_register_takes_no_seat_and_may_still_say_no() {
        for state in [AssignmentState::Offered, AssignmentState::Lapsed] {
            let mut offer = offer(state, SeatState::Free);
            offer.may_serve = false;
            let now = offer.notified_at.expect("set") + TimeDelta::hours(60);
            assert_eq!(answer(&offer, AnswerKind::Accept, now, now), Err(Refusal::FileClosed));
            assert!(answer(&offer, AnswerKind::Decline, now, now).is_ok());
        }
    }

    #[test]
    fn a_taken_seat_is_said_kindly_and_a_closed_file_shows_nothing() {
        let lapsed = offer(AssignmentState::Lapsed, SeatState::Taken);
        let now = lapsed.notified_at.expect("set") + TimeDelta::days(9);
        assert_eq!(answer(&lapsed, AnswerKind::Accept, now, now), Err(Refusal::SeatTaken));
        assert_eq!(link_view(AssignmentState::Lapsed, SeatState::Offered), LinkView::OpenLate);
        assert_eq!(link_view(AssignmentState::Void, SeatState::Taken), LinkView::SeatTaken);
        assert_eq!(link_view(AssignmentState::Declined, SeatState::Free), LinkView::Closed);
    }
}
