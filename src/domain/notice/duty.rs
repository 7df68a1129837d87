//! What letters about turns of duty say.

use super::{NoticeKind, StationFacts};
use crate::domain::duty::{DutyPart, Span};
use crate::ids::{DutyTurnId, ExpertId};
use chrono::{DateTime, Utc};

/// One duty turn in a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutyLine {
    /// Id, for the calendar file.
    pub id: DutyTurnId,
    /// When.
    pub span: Span,
    /// Which part of the day.
    pub part: DutyPart,
    /// Where.
    pub station: StationFacts,
    /// The event it belongs to.
    pub event: Option<String>,
    /// Its SEQUENCE in a calendar.
    pub sequence: i32,
    /// Why nobody sits there, for staff: a code.
    pub why: Option<String>,
}

/// What a letter says of a rota.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutyFacts {
    /// The expert, for links; nobody for staff.
    pub expert: Option<ExpertId>,
    /// The plan's title; empty when it is about no one plan.
    pub title: String,
    /// The turns.
    pub turns: Vec<DutyLine>,
    /// Until when an answer is asked for, as counted from now.
    pub due_at: Option<DateTime<Utc>>,
}

impl NoticeKind {
    /// Whether it is about duty turns.
    #[must_use]
    pub const fn is_duty(self) -> bool {
        matches!(
            self,
            Self::DutyAsk
                | Self::DutyPublished
                | Self::DutyChanged
                | Self::DutyOffered
                | Self::DutyTomorrow
                | Self::DutyWeek
                | Self::StaffDutyGap
        )
    }
}
