//! A need (需求): what an enterprise asks for, its life, its seats and how it may close.
//!
//! Source: product.md, "The life of one need"; rules.md, "The chain" and "Feedback, rating, evaluation, closing".

text_enum! {
    /// Where a need stands.
    pub enum NeedState {
        /// Submitted; nobody asked yet.
        Open = "open",
        /// At least one offer is out or about to go out.
        Offering = "offering",
        /// No reserve left: somebody of the office must act.
        Unanswered = "unanswered",
        /// Every seat is taken; the service is to come.
        Accepted = "accepted",
        /// Every taker filed feedback.
        Served = "served",
        /// Closed with feedback and rating, or with a stated reason.
        Closed = "closed",
        /// Taken back by the enterprise.
        Retracted = "retracted",
    }
}

impl NeedState {
    /// Whether the need still asks something of somebody.
    #[must_use]
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Closed | Self::Retracted)
    }
}

text_enum! {
    /// The channel of the service (方式).
    pub enum Mode {
        /// 线上.
        Online = "online",
        /// 到站.
        Station = "station",
        /// 上门.
        Onsite = "onsite",
        /// 电话.
        Phone = "phone",
        /// 培训.
        Training = "training",
    }
}

text_enum! {
    /// The standard's 服务形式.
    pub enum Form {
        /// 咨询.
        Consultation = "consultation",
        /// 一对一指导.
        OneOnOne = "one-on-one",
        /// 培训.
        Training = "training",
        /// 轮值坐班.
        Duty = "duty",
        /// 进企业、进园区活动.
        Event = "event",
    }
}

text_enum! {
    /// How pressing the matter is.
    pub enum Urgency {
        /// 一般.
        Normal = "normal",
        /// 紧急.
        Urgent = "urgent",
    }
}

text_enum! {
    /// Where one place of a need stands.
    pub enum SeatState {
        /// Nobody is asked for it at the moment.
        Free = "free",
        /// One offer is open.
        Offered = "offered",
        /// Somebody accepted.
        Taken = "taken",
        /// The taker filed feedback.
        Done = "done",
    }
}

text_enum! {
    /// Where one reserve stands.
    pub enum ReserveState {
        /// To be asked if those before say no.
        Waiting = "waiting",
        /// Was or is being asked.
        Asked = "asked",
        /// Passed over, with the rule that said so.
        Skipped = "skipped",
    }
}

text_enum! {
    /// Why a need closes (rules.md, "Feedback, rating, evaluation, closing").
    pub enum CloseReason {
        /// Feedback filed and rated, or called back.
        Served = "served",
        /// 当场答复.
        AnsweredAtOnce = "answered-at-once",
        /// 转办, with where.
        PassedOn = "passed-on",
        /// 重复.
        Duplicate = "duplicate",
        /// 企业撤回.
        WithdrawnByEnterprise = "withdrawn-by-enterprise",
        /// 不属服务范围.
        OutOfScope = "out-of-scope",
        /// 无人接单.
        NobodyAccepted = "nobody-accepted",
    }
}

impl CloseReason {
    /// Whether the reason needs a note (转办 says where).
    #[must_use]
    pub const fn needs_note(self) -> bool {
        matches!(self, Self::PassedOn)
    }
}

/// The state of a need as its seats say, for a need that is neither closed nor retracted; `was_offered`: somebody was
/// asked before.
#[must_use]
pub fn state_from_seats(seats: &[SeatState], was_offered: bool) -> NeedState {
    if seats.contains(&SeatState::Offered) {
        NeedState::Offering
    } else if seats.contains(&SeatState::Free) {
        if was_offered { NeedState::Unanswered } else { NeedState::Open }
    } else if seats.iter().all(|seat| *seat == SeatState::Done) {
        NeedState::Served
    } else {
        NeedState::Accepted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use SeatState::{Done, Free, Offered, Taken};

    #[test]
    fn a_need_is_what_its_seats_say() {
        let cases: &[(&[SeatState], bool, NeedState)] = &[
            (&[Free], false, NeedState::Open),
            (&[Free], true, NeedState::Unanswered),
            (&[Offered], true, NeedState::Offering),
            (&[Taken, Offered], true, NeedState::Offering),
            (&[Taken, Free], true, NeedState::Unanswered),
            (&[Taken, Done], true, NeedState::Accepted),
            (&[Done, Done], true, NeedState::Served),
        ];
        for (seats, was_offered, expected) in cases {
            assert_eq!(state_from_seats(seats, *was_offered), *expected, "{seats:?}");
        }
    }
}
