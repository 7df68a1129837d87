//! Deeds: one file a deed, each one transaction: load → decide (`domain`) → save + audit event + letters owed.
//!
//! Contract: a business change is committed here and nowhere else. A deed that causes another calls its `within` half,
//! which works inside the open transaction; only the outermost opens one. Refusals roll everything of the deed back.
//! Deliberately absent: wording, transport, and anything that reads the machine's clock.

mod office;
mod promise;
mod tx;

pub mod expert_past;
pub mod expert_pool;
pub mod owners;

pub mod account;
mod actor;
pub mod add_attachment;
pub mod anchor_trail;
pub mod answer_assignment;
pub mod answer_book;
pub mod answer_duty;
pub mod apply_expert;
pub mod ask_duty;
pub mod assign_batch;
pub mod assign_expert;
pub mod change_email;
mod change_standing;
pub mod check_conflict;
pub mod close_need;
pub mod compose_notice;
pub mod conduct_case;
pub mod contact;
pub mod contest_answer;
pub mod correct_need;
pub mod correct_opposing;
pub mod cover_duty;
pub mod decide_appeal;
pub mod decide_case;
pub mod decide_document;
pub mod declare_relation;
pub mod duty_people;
mod duty_seat;
pub mod duty_word;
pub mod enter_leave;
pub mod enter_page;
pub mod erase_expert;
pub mod escalate_task;
pub mod explain_duty;
pub mod export_own_data;
pub mod export_sheet;
pub mod feed_duty;
pub mod file_case_paper;
pub mod file_feedback;
pub mod finish_task;
pub mod follow_index;
pub mod found_office;
pub mod freeze_evidence;
pub mod gather_digest;
pub mod hand_in_document;
pub mod hand_over_needs;
pub mod hear_expert;
pub mod import_calendar;
pub mod import_sheet;
pub mod index_documents;
pub mod keep_draft;
pub mod keep_pulse;
pub mod keep_station;
pub mod kept_letter;
pub mod let_go_contacts;
pub mod mail_alarm;
pub mod next_in_chain;
pub mod own_words;
pub mod pass_on_letter;
pub mod plan_batch;
pub mod plan_duty;
mod propose_case;
pub mod propose_duty;
pub mod prune_changes;
pub mod publish_duty;
pub mod rate_service;
pub mod readmit_expert;
pub mod receive_mail;
mod record_bounce;
pub mod record_notice;
pub mod record_outage;
pub mod register_expert;
mod rehome;
mod rehome_duty;
pub mod release_assignment;
pub mod reply_question;
pub mod report_incident;
pub mod reseat_duty;
pub mod retract_need;
pub mod reveal_contact;
pub mod review_expert;
pub mod seal_contacts;
pub mod set_policy;
pub mod set_ranking;
pub mod set_terms;
pub mod sign_in;
pub mod sign_in_duty;
pub mod solve_duty;
pub mod submit_need;
pub mod suggest_experts;
pub mod swap_duty;
pub mod tell_case;
pub mod tend_assignment;
pub mod tend_document;
pub mod tend_duty;
pub mod tend_need;
pub mod waive_conflict;
pub mod what_if;
pub mod what_if_duty;
pub mod who_on_duty;
pub mod withdraw_expert;

pub use actor::Actor;
pub use office::Rooms;
pub use office::{Office, Settings, calendar_version, load_calendar as calendar_in_force};
pub use tx::{Letter, Tx, Work};

use crate::db::{self, DbFault};
use crate::domain::refusal::Refusal;
use std::fmt;

/// How a deed may fail: the office says no, or the machine broke.
#[derive(Debug)]
pub enum ActionError {
    /// The office says no; nothing was changed.
    Refused(Refusal),
    /// The machine broke; nothing was changed.
    Fault(Fault),
}

/// What kind of fault it is, for who has to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// Anything: the log says what.
    Broken,
    /// The database could not serve several writers at once; the same deed may succeed now.
    Transient,
    /// Somebody else held what the deed needed for longer than it waits; later it may succeed.
    Busy,
    /// There is no room left on the disk.
    Full,
    /// The database cannot be reached.
    Unreachable,
}

/// The machine broke, with what it was doing.
#[derive(Debug)]
pub struct Fault {
    why: String,
    kind: FaultKind,
}

impl Fault {
    /// A fault with what went wrong, for the log.
    #[must_use]
    pub fn new(why: impl fmt::Display) -> Self {
        let why = why.to_string();
        let kind = if db::dialect::says_full(&why) { FaultKind::Full } else { FaultKind::Broken };
        Self { why, kind }
    }

    /// What kind of fault it is.
    #[must_use]
    pub const fn kind(&self) -> FaultKind {
        self.kind
    }

    /// Whether nothing at all can be done before somebody sees to the machine: no room, no database.
    #[must_use]
    pub const fn stops_everything(&self) -> bool {
        matches!(self.kind, FaultKind::Full | FaultKind::Unreachable)
    }

    /// Whether the same deed may succeed later as it is: nothing about it is wrong.
    #[must_use]
    pub fn passes_by_itself(&self) -> bool {
        matches!(self.kind, FaultKind::Transient | FaultKind::Busy)
    }

    /// Whether the same deed may succeed when it is run again at once.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.kind == FaultKind::Transient
    }
}
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}
impl std::error::Error for Fault {}

impl fmt::Display for ActionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => write!(f, "refused: {}", refusal.code()),
            Self::Fault(fault) => fault.fmt(f),
        }
    }
}
impl std::error::Error for ActionError {}

impl From<Refusal> for ActionError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
impl From<Fault> for ActionError {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}
impl From<diesel::result::Error> for ActionError {
    fn from(error: diesel::result::Error) -> Self {
        let mut fault = Fault::new(&error);
        if db::dialect::is_transient(&error) {
            fault.kind = FaultKind::Transient;
        } else if db::dialect::is_busy(&error) {
            fault.kind = FaultKind::Busy;
        } else if db::dialect::is_lost(&error) {
            fault.kind = FaultKind::Unreachable;
        }
        Self::Fault(fault)
    }
}
impl From<DbFault> for ActionError {
    fn from(fault: DbFault) -> Self {
        match fault {
            DbFault::Query(error) => error.into(),
            DbFault::Connection(why) => {
                let mut fault = Fault::new(DbFault::Connection(why));
                if fault.kind == FaultKind::Broken {
                    fault.kind = FaultKind::Unreachable;
                }
                Self::Fault(fault)
            }
            other => Self::Fault(Fault::new(other)),
        }
    }
}
impl From<crate::search::IndexFault> for ActionError {
    fn from(fault: crate::search::IndexFault) -> Self {
        Self::Fault(Fault::new(fault))
    }
}

/// What a deed answers.
pub type Done<T> = Result<T, ActionError>;
