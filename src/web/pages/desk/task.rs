//! Tasks put into words: what happened, why it needs a person, and the one deed that comes next.

use crate::db::desk::{ClockLine, TaskLine};
use crate::domain::task::TaskKind;
use crate::i18n::L;
use crate::web::pages::need::words::{Tag, title_pieces};
use chrono::{DateTime, TimeDelta, Utc};

/// One line under 现在需要您.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskView {
    /// What kind of task.
    pub tag: Tag,
    /// Number of the need; may be empty.
    pub number: String,
    /// The enterprise; may be empty.
    pub enterprise: String,
    /// Title, in pieces between which a line may break.
    pub pieces: Vec<String>,
    /// Where the title leads.
    pub href: String,
    /// Why it needs a person.
    pub why: String,
    /// The button.
    pub act: String,
    /// Where the button leads.
    pub act_href: String,
}

/// What is left shorter than this is somebody's task.
const RUNNING_OUT: TimeDelta = TimeDelta::hours(24);

/// The tasks, in words.
#[must_use]
pub fn tasks(l: L, lines: &[TaskLine]) -> Vec<TaskView> {
    lines.iter().map(|line| task(l, line)).collect()
}

fn task(l: L, line: &TaskLine) -> TaskView {
    let (kind, symbol) = look(line.kind);
    let expert = line.expert.as_ref().map_or_else(|| l.t("desk-the-expert"), |(_, name)| name.clone());
    let due = line.due_at.map_or_else(|| l.t("desk-soon"), |at| l.short_due(at.and_utc()));
    let args = [("expert", expert.as_str()), ("n", line.detail.as_deref().unwrap_or("0")), ("due", due.as_str())];
    let (number, title, href) = match (&line.need, &line.expert) {
        (Some((id, number, title)), _) => (number.clone(), title.clone(), format!("/needs/{id}")),
        (None, Some((id, name))) => (String::new(), name.clone(), format!("/experts/{id}")),
        (None, None) => (String::new(), l.t(&format!("task-{}", line.kind)), "/desk".to_owned()),
    };
    TaskView {
        tag: Tag { kind, symbol, text: l.t(&format!("task-{}", line.kind)) },
        number,
        enterprise: line.enterprise.clone().unwrap_or_default(),
        pieces: title_pieces(&title),
        why: l.a(&format!("desk-why-{}", line.kind), &args),
        act: l.t(&format!("desk-act-{}", line.kind)),
        act_href: act_href(line, &href),
        href,
    }
}

const fn look(kind: TaskKind) -> (&'static str, &'static str) {
    match kind {
        TaskKind::Unanswered | TaskKind::NobodyQualifies | TaskKind::NobodyAsked => ("late", "alert"),
        TaskKind::ClockBack => ("late", "clock"),
        TaskKind::ApproveCalendar => ("soon", "calendar"),
        TaskKind::Undelivered | TaskKind::MailAlarm | TaskKind::MailComplaint => ("late", "mailx"),
        TaskKind::OutOfOffice => ("soon", "mail"),
        TaskKind::MailReply | TaskKind::MailUnmatched => ("ask", "mail"),
        TaskKind::ReplyQuestion => ("ask", "ask"),
        TaskKind::QuestionOverdue => ("late", "ask"),
        TaskKind::NotMyAnswer | TaskKind::ConductReport => ("late", "flag"),
        TaskKind::FeedbackOverdue => ("soon", "doc"),
        TaskKind::AdmonitionProposed | TaskKind::RemovalProposed | TaskKind::DecideCase => ("soon", "case"),
        TaskKind::AddContact => ("", "edit"),
        TaskKind::ReviewApplication | TaskKind::LookAtDocument => ("wait", "doc"),
        TaskKind::EmailObjected => ("late", "mailx"),
        TaskKind::CallBack => ("", "phone"),
        TaskKind::CloseNeed => ("wait", "checkc"),
    }
}

/// Where the deed is done: a form of the need's page, the choice of experts, or the expert's record.
fn act_href(line: &TaskLine, href: &str) -> String {
    let on_need = |deed: &str| format!("{href}#act-{deed}");
    match line.kind {
        TaskKind::Unanswered | TaskKind::NobodyQualifies | TaskKind::NobodyAsked if line.need.is_some() => {
            format!("{href}/candidates")
        }
        TaskKind::Undelivered if line.need.is_none() => {
            line.case.map_or_else(|| href.to_owned(), |id| format!("/conduct/{id}"))
        }
        TaskKind::Undelivered => on_need("notice"),
        TaskKind::ReplyQuestion | TaskKind::QuestionOverdue => on_need("reply"),
        TaskKind::NotMyAnswer => on_need("answer"),
        TaskKind::OutOfOffice | TaskKind::MailReply if line.need.is_some() => on_need("answer"),
        TaskKind::AddContact => on_need("contact"),
        TaskKind::CallBack => on_need("rating"),
        TaskKind::FeedbackOverdue => on_need("feedback"),
        TaskKind::CloseNeed => on_need("closure"),
        TaskKind::DecideCase => line.case.map_or_else(|| "/conduct".to_owned(), |id| format!("/conduct/{id}")),
        TaskKind::AdmonitionProposed => case_form(line, "admonition"),
        TaskKind::RemovalProposed => case_form(line, "removal"),
        TaskKind::ClockBack => "/calendar".to_owned(),
        TaskKind::ApproveCalendar => "/calendar#imports".to_owned(),
        TaskKind::MailAlarm | TaskKind::MailUnmatched => "/mail".to_owned(),
        TaskKind::ReviewApplication | TaskKind::LookAtDocument => line
            .expert
            .as_ref()
            .map_or_else(|| "/experts/applications".to_owned(), |(id, _)| format!("/experts/{id}/admission")),
        TaskKind::EmailObjected
        | TaskKind::ConductReport
        | TaskKind::Unanswered
        | TaskKind::NobodyQualifies
        | TaskKind::NobodyAsked
        | TaskKind::OutOfOffice
        | TaskKind::MailReply
        | TaskKind::MailComplaint => href.to_owned(),
    }
}

fn case_form(line: &TaskLine, kind: &str) -> String {
    line.expert.as_ref().map_or_else(|| "/conduct".to_owned(), |(id, _)| format!("/experts/{id}/case/{kind}"))
}

/// The running clocks that end within a day, as something to look at: the expert may be phoned, and the answer entered.
#[must_use]
pub fn running_out(l: L, now: DateTime<Utc>, clocks: &[ClockLine]) -> Vec<TaskView> {
    let mut views = Vec::new();
    for line in clocks.iter().filter(|line| !line.paused) {
        let Some(due_at) = line.due_at.map(|at| at.and_utc()) else { continue };
        let Some(left) = l.left(now, due_at).filter(|_| due_at - now <= RUNNING_OUT) else { continue };
        let href = format!("/needs/{}", line.need);
        views.push(TaskView {
            tag: Tag { kind: "soon", symbol: "clock", text: l.a("desk-left", &[("left", &left)]) },
            number: line.need_number.clone(),
            enterprise: line.enterprise.clone(),
            pieces: title_pieces(&line.title),
            why: l.a("desk-why-clock", &[("expert", &line.expert), ("due", &l.short_due(due_at))]),
            act: l.t("desk-act-clock"),
            act_href: format!("{href}#act-answer"),
            href,
        });
    }
    views
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::ids::uuid_v7;

    fn line(kind: TaskKind) -> TaskLine {
        let id = uuid_v7(1, &[7; 10]);
        let text = String::from_utf8_lossy(&id).into_owned();
        TaskLine {
            id: text.parse().expect("an id"),
            kind,
            detail: Some("3".to_owned()),
            due_at: None,
            created_at: chrono::NaiveDateTime::default(),
            assignment: None,
            case: Some(text.parse().expect("an id")),
            need: Some((text.parse().expect("an id"), "XQ-2026-000123".to_owned(), "专利风险排查".to_owned())),
            enterprise: Some("砚石智能装备".to_owned()),
            expert: Some((text.parse().expect("an id"), "顾明岚".to_owned())),
        }
    }

    #[test]
    fn every_task_says_why_and_leads_to_its_deed() {
        for lang in [Lang::Zh, Lang::En] {
            for kind in TaskKind::ALL {
                let mut alone = line(*kind);
                alone.need = None;
                alone.expert = None;
                alone.case = None;
                for view in [task(L(lang), &line(*kind)), task(L(lang), &alone)] {
                    assert!(!format!("{view:?}").contains('⟦'), "{view:?}");
                    assert!(view.act_href.starts_with('/') && !view.why.contains('{'), "{view:?}");
                }
            }
        }
        assert!(task(L(Lang::Zh), &line(TaskKind::Unanswered)).act_href.ends_with("/candidates"));
        assert!(task(L(Lang::Zh), &line(TaskKind::ReplyQuestion)).act_href.ends_with("#act-reply"));
    }
}
