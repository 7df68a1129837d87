//! What experts and enterprises do when a letter reaches them, and when: planned from the letter and the person alone.

use super::dice::Dice;
use super::mailbox::Report;
use super::plan::Fault;
use super::run::Run;
use super::world::Temper;
use crate::actions::answer_assignment::{AnswerInput, answer_assignment};
use crate::actions::file_feedback::{FileFeedback, file_feedback};
use crate::actions::rate_service::{RateService, rate_service};
use crate::actions::release_assignment::release_assignment;
use crate::actions::{Actor, Done, Office};
use crate::clock::Clock;
use crate::db;
use crate::db::outbox::OutboxRow;
use crate::domain::assignment::{AnswerKind, AnsweredBy, DeclineReason, ReleasedBy};
use crate::domain::conduct::{AppealOutcome, CaseKind, Decision, StatementKind};
use crate::domain::feedback::RatingChannel;
use crate::domain::notice::NoticeKind;
use crate::domain::refusal::Refusal;
use crate::ids::{AssignmentId, CalendarImportId, CaseId, ExpertId, NeedId, OutboxId};
use chrono::{DateTime, TimeDelta, Utc};

/// Something somebody will do.
#[derive(Debug, Clone)]
pub enum Act {
    /// An enterprise's need is entered; the number makes its text.
    Submit(u32),
    /// An expert answers.
    Answer {
        /// The offer.
        offer: AssignmentId,
        /// What.
        kind: AnswerKind,
        /// By link, or told by phone and entered by staff.
        by: AnsweredBy,
        /// Twice in a row.
        twice: bool,
    },
    /// A liaison replies to a question.
    Reply(AssignmentId),
    /// A liaison tells an expert by phone.
    Phone(AssignmentId),
    /// A taken seat is given back.
    Release(AssignmentId, ReleasedBy),
    /// The expert files feedback.
    Feedback(AssignmentId),
    /// The enterprise rates, or is called back.
    Rate(AssignmentId, RatingChannel),
    /// A liaison looks at a need and does what it needs.
    SeeTo(NeedId, u32),
    /// The enterprise takes its need back.
    Retract(NeedId),
    /// An expert goes on leave for so many days.
    Leave(ExpertId, i64),
    /// A scanner opens every link of a letter.
    Scan(OutboxId, std::sync::Arc<str>),
    /// A message about a letter that was taken comes in.
    MailIn(OutboxId, Report),
    /// The machine's clock is set off by so many seconds.
    Skew(i64),
    /// The search index is lost.
    LoseIndex,
    /// The service stands still for so long, and is started anew.
    Outage(TimeDelta),
    /// The database cannot be reached for so long.
    CutOff(TimeDelta),
    /// Mail is switched off, or on.
    SwitchMail(bool),
    /// Mail is off: liaisons pass on what waits.
    PassOn,
    /// A manager enters a notice of the State Council.
    EnterNotice,
    /// A second manager says yes or no to it.
    DecideNotice(CalendarImportId, bool),
    /// A manager sets the policy anew.
    SetPolicy,
    /// The needs and tasks of the liaison of that station go to its head.
    HandOver(usize),
    /// A case is opened against an expert.
    OpenCase(ExpertId, CaseKind),
    /// Staff tell an expert of a case themselves.
    TellCase(CaseId),
    /// An expert is heard in a case.
    Hear(CaseId, StatementKind),
    /// A second manager decides a case; the number counts the tries.
    Decide(CaseId, Decision, u32),
    /// An appeal is decided.
    DecideAppeal(CaseId, AppealOutcome),
    /// An expert leaves the register.
    Withdraw(ExpertId),
    /// An expert pauses.
    Pause(ExpertId),
    /// An expert comes back from a pause.
    Resume(ExpertId),
    /// An expert goes on leave that begins later.
    LeaveLater {
        /// Who.
        expert: ExpertId,
        /// In how many days it begins.
        ahead: i64,
        /// How many days after its first it ends.
        days: i64,
    },
}

impl Act {
    /// Its name in the figures and, with the prefix `simulated-`, the key of its words in the diary.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Submit(_) => "submit",
            Self::Answer { .. } => "answer",
            Self::Reply(_) => "reply",
            Self::Phone(_) => "phone",
            Self::Release(..) => "release",
            Self::Feedback(_) => "feedback",
            Self::Rate(..) => "rate",
            Self::SeeTo(..) => "see-to",
            Self::Retract(_) => "retract",
            Self::Leave(..) => "leave",
            Self::Scan(..) => "scan",
            Self::MailIn(..) => "mail-in",
            Self::Skew(_) => "skew",
            Self::LoseIndex => "lose-index",
            Self::Outage(_) => "outage",
            Self::CutOff(_) => "cut-off",
            Self::SwitchMail(_) => "switch-mail",
            Self::PassOn => "pass-on",
            Self::EnterNotice => "enter-notice",
            Self::DecideNotice(..) => "decide-notice",
            Self::SetPolicy => "set-policy",
            Self::HandOver(_) => "hand-over",
            Self::OpenCase(..) => "open-case",
            Self::TellCase(_) => "tell-case",
            Self::Hear(..) => "hear",
            Self::Decide(..) => "decide",
            Self::DecideAppeal(..) => "decide-appeal",
            Self::Withdraw(_) => "withdraw",
            Self::Pause(_) => "pause",
            Self::Resume(_) => "resume",
            Self::LeaveLater { .. } => "leave-later",
        }
    }

    /// What it is done to, and how, in a few technical words.
    #[must_use]
    pub fn about(&self) -> String {
        match self {
            Self::Submit(n) => n.to_string(),
            Self::Answer { offer, kind, by, twice } => format!("{offer} {kind} {by} {twice}"),
            Self::Reply(offer) | Self::Phone(offer) | Self::Feedback(offer) => offer.to_string(),
            Self::Release(offer, by) => format!("{offer} {by}"),
            Self::Rate(offer, channel) => format!("{offer} {channel}"),
            Self::SeeTo(need, tries) => format!("{need} {tries}"),
            Self::Retract(need) => need.to_string(),
            Self::Scan(letter, _) => letter.to_string(),
            Self::MailIn(letter, report) => format!("{letter} {report:?}"),
            Self::Skew(seconds) => format!("{seconds} s"),
            Self::Outage(span) | Self::CutOff(span) => format!("{} s", span.num_seconds()),
            Self::SwitchMail(off) => if *off { "off" } else { "on" }.to_owned(),
            Self::LoseIndex | Self::PassOn | Self::EnterNotice | Self::SetPolicy => String::new(),
            Self::DecideNotice(import, yes) => format!("{import} {yes}"),
            Self::HandOver(station) => station.to_string(),
            Self::OpenCase(expert, kind) => format!("{expert} {kind}"),
            Self::TellCase(case) => case.to_string(),
            Self::Hear(case, kind) => format!("{case} {kind}"),
            Self::Decide(case, decision, tries) => format!("{case} {decision} {tries}"),
            Self::DecideAppeal(case, outcome) => format!("{case} {outcome}"),
            Self::Withdraw(expert) | Self::Pause(expert) | Self::Resume(expert) => expert.to_string(),
            Self::Leave(expert, days) => format!("{expert} 0 {days}"),
            Self::LeaveLater { expert, ahead, days } => format!("{expert} {ahead} {days}"),
        }
    }
}

impl Run {
    /// Plans what follows from a letter that was taken.
    pub(super) fn plan_reaction(&mut self, row: &OutboxRow, text: &std::sync::Arc<str>) {
        let mut dice = Dice::of(self.plan.seed, "reaction", row.id.as_str());
        let now = self.clock.truth();
        if dice.percent(self.scanned_percent()) {
            self.at(now + TimeDelta::seconds(22), Act::Scan(row.id, std::sync::Arc::clone(text)));
        }
        let kind = row.notice.get().kind;
        let soon = now + dice.minutes(30, 8 * 60);
        match (kind, row.assignment, row.expert, row.need) {
            (NoticeKind::Offer, Some(offer), Some(expert), _) => self.plan_answer(&mut dice, offer, expert, now),
            (NoticeKind::Reminder, Some(offer), Some(expert), _) if self.temper(expert) == Temper::Slow => {
                self.answers(soon, offer, AnswerKind::Accept, false);
            }
            (NoticeKind::Confirmed, Some(offer), ..) => {
                if dice.percent(6) {
                    let by = *dice.pick(ReleasedBy::ALL).unwrap_or(&ReleasedBy::Expert);
                    self.at(now + dice.minutes(60, 3 * 1_440), Act::Release(offer, by));
                }
                if !dice.percent(5) {
                    self.at(now + dice.minutes(1_440, 12 * 1_440), Act::Feedback(offer));
                }
            }
            (NoticeKind::FeedbackReminder, Some(offer), ..) if dice.percent(60) => self.at(soon, Act::Feedback(offer)),
            (NoticeKind::QuestionReplied, Some(offer), ..) => {
                let kind = if dice.percent(70) { AnswerKind::Accept } else { AnswerKind::Decline };
                self.answers(soon, offer, kind, false);
            }
            (NoticeKind::RateService | NoticeKind::RateReminder, Some(offer), ..) if dice.percent(50) => {
                self.at(now + dice.minutes(60, 5 * 1_440), Act::Rate(offer, RatingChannel::Link));
            }
            (NoticeKind::StaffQuestion, Some(offer), ..) if dice.percent(75) => {
                self.at(now + dice.minutes(60, 2 * 1_440), Act::Reply(offer));
            }
            (NoticeKind::StaffUndelivered, Some(offer), ..) if dice.percent(50) => self.at(soon, Act::Phone(offer)),
            (NoticeKind::StaffUnanswered | NoticeKind::StaffFeedback, _, _, Some(need)) => {
                self.at(soon, Act::SeeTo(need, 0));
            }
            _ => {}
        }
    }

    /// Plans what a mailbox says of a letter, if it says anything.
    pub(super) fn plan_report(&mut self, letter: OutboxId) {
        let mut dice = Dice::of(self.plan.seed, "report", letter.as_str());
        if !dice.percent(self.plan.faults.odds(Fault::Reports)) {
            return;
        }
        let report = match dice.between(0, 9) {
            0..=3 => Report::Delivered,
            4..=5 => Report::Delayed,
            6..=7 => Report::Away,
            8 => Report::Reply,
            _ => Report::Stranger,
        };
        self.at(self.clock.truth() + dice.minutes(1, 600), Act::MailIn(letter, report));
    }

    fn temper(&self, expert: ExpertId) -> Temper {
        self.world.tempers.get(&expert).copied().unwrap_or(Temper::Prompt)
    }

    fn answers(&mut self, at: DateTime<Utc>, offer: AssignmentId, kind: AnswerKind, twice: bool) {
        self.at(at, Act::Answer { offer, kind, by: AnsweredBy::Link, twice });
    }

    fn plan_answer(&mut self, dice: &mut Dice, offer: AssignmentId, expert: ExpertId, now: DateTime<Utc>) {
        let yes_or_no = if dice.percent(78) { AnswerKind::Accept } else { AnswerKind::Decline };
        match self.temper(expert) {
            Temper::Prompt if dice.percent(12) => {
                let act = Act::Answer { offer, kind: yes_or_no, by: AnsweredBy::Phone, twice: false };
                self.at(now + dice.minutes(20, 600), act);
            }
            Temper::Prompt => self.answers(now + dice.minutes(5, 900), offer, yes_or_no, false),
            // Near the end of the second day: some before it, some in the sixty seconds of grace, some after.
            Temper::Slow => self.answers(now + dice.minutes(1_440, 4_000), offer, yes_or_no, false),
            Temper::Silent => {}
            Temper::Declining => self.answers(now + dice.minutes(20, 2_000), offer, AnswerKind::Decline, false),
            Temper::Asking => self.answers(now + dice.minutes(20, 2_500), offer, AnswerKind::Question, false),
            Temper::Late => self.answers(now + dice.minutes(4_400, 12_000), offer, yes_or_no, false),
            Temper::Twice => {
                self.answers(now + dice.minutes(5, 2_000), offer, yes_or_no, true);
                let other = if dice.percent(50) { AnswerKind::Decline } else { AnswerKind::Accept };
                self.answers(now + dice.minutes(2_100, 9_000), offer, other, true);
            }
        }
    }
}

/// An expert answers by link, or a liaison enters what was told by phone.
///
/// # Errors
/// What the deed refuses.
pub fn answer(office: &Office, run: &Run, offer: AssignmentId, kind: AnswerKind, by: AnsweredBy) -> Done<()> {
    let row = db::assignment::find(&mut *office.read()?, &offer)?.ok_or(Refusal::NotFound)?;
    let actor = if by == AnsweredBy::Link { Actor::Expert(row.expert) } else { run.liaison_of(office, row.need)? };
    let input = AnswerInput {
        answer: kind,
        reason: (kind == AnswerKind::Decline).then_some(DeclineReason::Time),
        note: (kind == AnswerKind::Question).then(|| "请问贵单位是否已有检索报告？".to_owned()),
        busy_until: None,
        by,
        first_byte_at: run.clock.now(),
    };
    answer_assignment(office, &actor, offer, &input).map(drop)
}

/// A seat is given back.
///
/// # Errors
/// What the deed refuses.
pub fn release(office: &Office, run: &Run, offer: AssignmentId, by: ReleasedBy) -> Done<()> {
    let row = db::assignment::find(&mut *office.read()?, &offer)?.ok_or(Refusal::NotFound)?;
    let actor = match by {
        ReleasedBy::Expert => Actor::Expert(row.expert),
        _ => run.liaison_of(office, row.need)?,
    };
    release_assignment(office, &actor, offer, by, "时间冲突")
}

/// The expert files feedback.
///
/// # Errors
/// What the deed refuses.
pub fn feedback(office: &Office, offer: AssignmentId) -> Done<()> {
    let row = db::assignment::find(&mut *office.read()?, &offer)?.ok_or(Refusal::NotFound)?;
    let input = FileFeedback {
        done: "已解答问题，建议补充检索。".to_owned(),
        hours: 2.0,
        served_on: None,
        outcome: "solved".to_owned(),
        follow_up: None,
        no_gift: true,
        no_promotion: true,
        no_touting: true,
    };
    file_feedback(office, &Actor::Expert(row.expert), offer, &input)
}

/// The enterprise rates by its link, or a liaison enters what it said when called back.
///
/// # Errors
/// What the deed refuses.
pub fn rate(office: &Office, run: &Run, offer: AssignmentId, channel: RatingChannel) -> Done<()> {
    let row = db::assignment::find(&mut *office.read()?, &offer)?.ok_or(Refusal::NotFound)?;
    let actor = match channel {
        RatingChannel::Link => Actor::Enterprise(row.need),
        RatingChannel::Phone => run.liaison_of(office, row.need)?,
    };
    rate_service(office, &actor, offer, &RateService { score: 5, remark: None, conduct: Vec::new(), channel })
}
