//! A letter: a notice in words, one language, one reader, before it becomes a message.
//!
//! Contract: [`letter`] is a pure function of notice, links and language. Every letter says who, what, where, how long,
//! until when and what to do, in that order, and has the same words as HTML and as text. An offer never shows contact
//! data, whatever the notice holds (rules.md, "The answer"): only the arms that may print a contact do. Every letter to an
//! enterprise ends with the 监督电话. One kind
//! brings a paper: the sealed decision of a conduct case. Deliberately absent: attachments of a need, advertising, pictures.

mod admission;
mod case;
mod digest;
mod duty;
mod enterprise;
mod expert;
mod pen;
#[cfg(test)]
pub mod sample;
mod staff;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod words_tests;

pub use duty::hours as duty_hours;

use super::duty_feed::FeedEvent;
use super::invite::Invite;
use super::links::Links;
use crate::domain::notice::{Enclosure, Notice, NoticeKind};
use crate::i18n::{L, Lang};
use askama::Template;
use chrono::{DateTime, Utc};
use pen::Pen;

/// A letter in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// What is told.
    pub kind: NoticeKind,
    /// In which language.
    pub lang: Lang,
    /// The subject line.
    pub subject: String,
    /// What mail programs show beside the subject.
    pub preheader: String,
    /// Who writes: the service and the station.
    pub brand: String,
    /// The headline.
    pub heading: String,
    /// 顾明岚老师，您好：
    pub greeting: String,
    /// What it is about, in a sentence or two.
    pub paragraphs: Vec<String>,
    /// The points of the matter: label and value.
    pub facts: Vec<(String, String)>,
    /// Until when.
    pub due: Option<DueBox>,
    /// What the reader can do; the primary first.
    pub actions: Vec<Action>,
    /// Whom to reach; only in letters to those who may.
    pub contacts: Vec<ContactBlock>,
    /// The closing lines.
    pub closing: Vec<String>,
    /// 监督电话, with its label; on every letter to an enterprise.
    pub supervision_phone: Option<String>,
    /// 复制微信话术: the gist with its link, for staff to paste.
    pub wechat: String,
    /// The calendar file.
    pub invite: Option<Invite>,
    /// The turns of duty that go into a calendar file.
    pub turns: Vec<FeedEvent>,
    /// A paper that travels with it.
    pub enclosure: Option<Enclosure>,
    /// What a digest tells, one after the other.
    pub entries: Vec<Entry>,
}

/// One matter of a digest, with its own links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The headline: what, and of which matter.
    pub heading: String,
    /// What it is about, in a sentence or two.
    pub paragraphs: Vec<String>,
    /// Until when.
    pub due: Option<String>,
    /// What the reader can do; the primary first.
    pub actions: Vec<Action>,
}

/// The deadline, in words and with its count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueBox {
    /// 请于 2026年5月8日（周五）24:00 前答复
    pub words: String,
    /// The first instant that is too late, where it is known.
    pub instant: Option<DateTime<Utc>>,
    /// The rule it was counted by, in a sentence.
    pub rule: Option<String>,
    /// From when it counts; whether it is provisional.
    pub notes: Vec<String>,
    /// Day by day: the day, and why it counts or not.
    pub count: Vec<(String, String)>,
}

/// Something the reader can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// On the button.
    pub label: String,
    /// Where it leads.
    pub url: String,
    /// The one that is meant first.
    pub primary: bool,
}

/// Somebody to reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactBlock {
    /// Who this is to the reader.
    pub heading: String,
    /// Label and value.
    pub lines: Vec<(String, String)>,
}

/// Words a notice in a language.
#[must_use]
pub fn letter(notice: &Notice, links: &Links<'_>, lang: Lang) -> Letter {
    let pen = Pen { notice, links, l: L(lang) };
    // What is left of a digest when the rest has passed is an ordinary letter.
    if let (true, [(_, only)]) = (notice.kind.is_digest(), notice.items.as_slice()) {
        return self::letter(only, links, lang);
    }
    let mut letter = pen.blank();
    match notice.kind {
        NoticeKind::Offer => expert::offer(&pen, &mut letter),
        NoticeKind::Reminder => expert::reminder(&pen, &mut letter),
        NoticeKind::OfferLapsed => expert::offer_lapsed(&pen, &mut letter),
        NoticeKind::SeatTaken => expert::seat_taken(&pen, &mut letter),
        NoticeKind::OfferWithdrawn => expert::offer_withdrawn(&pen, &mut letter),
        NoticeKind::Confirmed => expert::confirmed(&pen, &mut letter),
        NoticeKind::QuestionReplied => expert::question_replied(&pen, &mut letter),
        NoticeKind::AnswerEntered => expert::answer_entered(&pen, &mut letter),
        NoticeKind::ExpertReleased => expert::expert_released(&pen, &mut letter),
        NoticeKind::FeedbackReminder => expert::feedback_reminder(&pen, &mut letter),
        NoticeKind::CaseOpened => case::opened(&pen, &mut letter),
        NoticeKind::CaseDecided => case::decided(&pen, &mut letter),
        NoticeKind::CaseSealed => case::sealed(&pen, &mut letter),
        NoticeKind::AppealDecided => case::appeal_decided(&pen, &mut letter),
        NoticeKind::StatementReminder => case::reminded(&pen, &mut letter, "letter-act-statement"),
        NoticeKind::AppealReminder => case::reminded(&pen, &mut letter, "letter-act-case-own"),
        NoticeKind::Rehomed => case::rehomed(&pen, &mut letter),
        NoticeKind::BreachWithdrawn => expert::breach_withdrawn(&pen, &mut letter),
        NoticeKind::Digest | NoticeKind::StaffDigest => digest::digest(&pen, &mut letter),
        NoticeKind::DueMoved => expert::due_moved(&pen, &mut letter),
        NoticeKind::DutyAsk => duty::ask(&pen, &mut letter),
        NoticeKind::DutyPublished
        | NoticeKind::DutyChanged
        | NoticeKind::DutyOffered
        | NoticeKind::DutyTomorrow
        | NoticeKind::DutyWeek => duty::own(&pen, &mut letter),
        NoticeKind::StaffDutyGap => duty::gaps(&pen, &mut letter),
        NoticeKind::ApplicationReceived => admission::received(&pen, &mut letter),
        NoticeKind::Filed => admission::filed(&pen, &mut letter),
        NoticeKind::MoreWanted => admission::more_wanted(&pen, &mut letter),
        NoticeKind::NotFiled => admission::not_filed(&pen, &mut letter),
        NoticeKind::DocumentReturned => admission::returned(&pen, &mut letter),
        NoticeKind::DocumentEnding => admission::ending(&pen, &mut letter),
        NoticeKind::EnterPage => admission::enter(&pen, &mut letter),
        NoticeKind::EmailConfirm => admission::email_confirm(&pen, &mut letter),
        NoticeKind::EmailTold => admission::email_told(&pen, &mut letter),

        NoticeKind::Receipt => enterprise::receipt(&pen, &mut letter),
        NoticeKind::ExpertConfirmed => enterprise::expert_confirmed(&pen, &mut letter),
        NoticeKind::SearchingAgain => enterprise::searching_again(&pen, &mut letter),
        NoticeKind::RateService | NoticeKind::RateReminder => enterprise::rate(&pen, &mut letter),
        NoticeKind::NeedClosed => enterprise::need_closed(&pen, &mut letter),

        NoticeKind::StaffAccepted => staff::accepted(&pen, &mut letter),
        NoticeKind::StaffDeclined => staff::declined(&pen, &mut letter),
        NoticeKind::StaffLapsed => staff::lapsed(&pen, &mut letter),
        NoticeKind::StaffQuestion => staff::question(&pen, &mut letter, "task-reply-question-next"),
        NoticeKind::StaffQuestionOverdue => staff::question(&pen, &mut letter, "task-question-overdue-next"),
        NoticeKind::StaffUnanswered => staff::unanswered(&pen, &mut letter),
        NoticeKind::StaffUndelivered => staff::undelivered(&pen, &mut letter),
        NoticeKind::StaffReleased => staff::released(&pen, &mut letter),
        NoticeKind::StaffFeedback => staff::feedback(&pen, &mut letter),
        NoticeKind::StaffConduct => staff::conduct(&pen, &mut letter),
        NoticeKind::StaffCase => staff::case(&pen, &mut letter, "task-decide-case-next"),
        NoticeKind::StaffAppeal => staff::case(&pen, &mut letter, "task-decide-appeal-next"),
        NoticeKind::StaffStatementEnding => staff::case(&pen, &mut letter, "letter-staff-statement-ending-next"),
        NoticeKind::StaffAppealEnding => staff::case(&pen, &mut letter, "letter-staff-appeal-ending-next"),
        NoticeKind::StaffNotMine => staff::not_mine(&pen, &mut letter),
        NoticeKind::StaffEscalated => staff::escalated(&pen, &mut letter),
        NoticeKind::StaffApplication => admission::staff_application(&pen, &mut letter),
        NoticeKind::StaffDocumentEnding => admission::staff_ending(&pen, &mut letter),
        NoticeKind::PasswordReset => staff::password_reset(&pen, &mut letter),
    }
    letter.preheader = preheader(&letter);
    letter.wechat = wechat(&pen, &letter);
    letter
}

impl Letter {
    /// The letter as HTML: one column of at most 600 px, its styles inline, since that is all mail programs agree on.
    ///
    /// # Errors
    /// What the template engine says.
    pub fn html(&self) -> askama::Result<String> {
        Html { letter: self, l: L(self.lang) }.render()
    }

    /// The letter as text, complete.
    ///
    /// # Errors
    /// What the template engine says.
    pub fn text(&self) -> askama::Result<String> {
        Text { letter: self, l: L(self.lang) }.render()
    }

    /// The letter's own addresses with what they do, each address once: two buttons may lead to the same page.
    #[must_use]
    pub fn own_addresses(&self) -> Vec<(String, &str)> {
        let l = L(self.lang);
        let mut found: Vec<(String, &str)> = Vec::new();
        for action in &self.actions {
            match found.iter_mut().find(|(_, url)| *url == action.url) {
                Some((label, _)) => *label = format!("{label}{}{}", l.pick("；", "; "), action.label),
                None => found.push((action.label.clone(), &action.url)),
            }
        }
        found
    }

    /// Every address with what it does, in the order of the text: those of a digest's matters, then the letter's own.
    #[must_use]
    pub fn addresses(&self) -> Vec<(String, &str)> {
        let of_entries = self.entries.iter().flat_map(|entry| &entry.actions);
        let mut all: Vec<(String, &str)> =
            of_entries.map(|action| (action.label.clone(), action.url.as_str())).collect();
        all.extend(self.own_addresses());
        all
    }
}

#[derive(Template)]
#[template(path = "letter.html", config = "src/web/askama.toml")]
struct Html<'a> {
    letter: &'a Letter,
    l: L,
}

#[derive(Template)]
#[template(path = "letter.txt", config = "src/web/askama.toml", escape = "none")]
struct Text<'a> {
    letter: &'a Letter,
    l: L,
}

fn preheader(letter: &Letter) -> String {
    let due = letter.due.as_ref().map(|due| due.words.as_str());
    let first = letter.paragraphs.first().map(String::as_str);
    let text = due.or(first).unwrap_or_default();
    text.chars().take(120).collect()
}

/// Greeting, gist, deadline, link, who writes: one message to paste.
fn wechat(pen: &Pen<'_>, letter: &Letter) -> String {
    let mut lines = vec![letter.greeting.clone()];
    lines.extend(letter.paragraphs.first().cloned());
    lines.extend(letter.due.as_ref().map(|due| format!("{}{}", due.words, pen.l.pick("。", "."))));
    for entry in &letter.entries {
        lines.push(format!("· {}", entry.heading));
        lines.extend(entry.due.clone());
        lines.extend(entry.actions.first().map(|action| action.url.clone()));
    }
    if let Some(action) = letter.actions.first() {
        lines.push(format!("{}{}{}", action.label, pen.l.pick("：", ": "), action.url));
    }
    lines.extend(pen.signature());
    lines.join("\n")
}
