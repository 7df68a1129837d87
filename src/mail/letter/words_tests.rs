//! Every state, reason and kind that people see has a name in both languages (`words.ftl`).

use crate::domain::assignment::{
    AnswerKind, AnsweredBy, AssignmentState, DeclineReason, NotifiedBy, OfferOutcome, ReleasedBy, VoidReason,
};
use crate::domain::conduct::{CaseKind, CaseState, Decision, IncidentKind};
use crate::domain::duty::{ConsentAnswer, DutyBar, DutyPart, PlanState, SwapKind, SwapState, TurnState};
use crate::domain::event::Event;
use crate::domain::expert::FirmType;
use crate::domain::feedback::{ConductReport, FiledBy, Outcome, RatingChannel};
use crate::domain::need::{CloseReason, Form, Mode, NeedState, ReserveState, SeatState, Urgency};
use crate::domain::notice::NoticeKind;
use crate::domain::role::Role;
use crate::domain::standing::Standing;
use crate::domain::task::TaskKind;
use crate::i18n::{L, Lang};

macro_rules! keys {
    ($($prefix:literal: $kind:ty),+ $(,)?) => {{
        let mut keys: Vec<String> = Vec::new();
        $(keys.extend(<$kind>::ALL.iter().map(|word| format!("{}-{word}", $prefix)));)+
        keys
    }};
}

#[test]
fn everything_people_see_has_a_name() {
    let mut keys = keys![
        "mode": Mode, "form": Form, "urgency": Urgency, "need-state": NeedState, "seat-state": SeatState,
        "reserve-state": ReserveState, "close-reason": CloseReason, "assignment-state": AssignmentState,
        "decline-reason": DeclineReason, "answer": AnswerKind, "answered-by": AnsweredBy, "notified-by": NotifiedBy,
        "released-by": ReleasedBy, "void-reason": VoidReason, "offer-outcome": OfferOutcome, "outcome": Outcome,
        "conduct-report": ConductReport, "rating-channel": RatingChannel, "filed-by": FiledBy,
        "incident": IncidentKind, "case-kind": CaseKind, "case-state": CaseState, "decision": Decision,
        "task": TaskKind, "role": Role, "standing": Standing, "firm-type": FirmType, "event": Event,
        "notice": NoticeKind, "plan-state": PlanState, "turn-state": TurnState, "consent": ConsentAnswer,
        "swap-kind": SwapKind, "swap-state": SwapState, "duty-part": DutyPart, "duty-bar": DutyBar,
    ];
    keys.extend(TaskKind::ALL.iter().map(|task| format!("task-{task}-next")));
    keys.extend(["zh", "en", "ja", "ko", "de", "fr", "ru"].map(|language| format!("language-{language}")));
    for key in keys {
        for lang in [Lang::Zh, Lang::En] {
            assert!(L(lang).has(&key), "{key} in {lang:?}");
        }
    }
}
