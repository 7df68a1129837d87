//! `/demo/…`: the clock that can be turned, and the mailbox where every letter lands.
//!
//! Contract (contract.md, "Demo only"): `GET /demo/clock`, `POST /demo/clock`, `GET /demo/mailbox`,
//! `GET /demo/mailbox.json`. Who may move the clock was decided at the door: an administrator's token, or the form of
//! this page. Letters are shown as text inside our own page and, apart from it, as the HTML they were sent as, under a
//! policy of its own that lets them load nothing.

use super::time_machine::{Arrived, TimeMachine, duration, written};
use crate::domain::answer_rule::tomorrow_morning;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::i18n::L;
use crate::mail::{MailboxEntry, MailboxFile};
use crate::web::demo::DemoHooks;
use crate::web::{Answer, Answered, Call, Frame};
use actix_web::http::{Method, StatusCode, header};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a letter shown by itself may load: its own styles, and nothing else.
const LETTER_CSP: &str = "default-src 'none'; style-src 'unsafe-inline'";
/// Letters on a page.
const A_PAGE: usize = 50;

/// The demo's pages.
pub struct DemoPages {
    /// The clock.
    pub machine: Arc<TimeMachine>,
    /// The mailbox; `None` when letters go to a real server instead.
    pub mailbox: Option<Arc<MailboxFile>>,
    /// Where letters go, for the page.
    pub letters_go_to: String,
}

impl DemoHooks for DemoPages {
    fn answer(&self, call: &Call) -> Answered {
        let rest = call.param("rest").trim_end_matches('/');
        match (&call.method, rest) {
            (&Method::GET, "") => self.home(call),
            (&Method::GET, "clock") => Answer::json(&Now { now: written(self.machine.now()) }),
            (&Method::POST, "clock") => self.turn_clock(call),
            (&Method::GET, "mailbox") => self.letters(call),
            (&Method::GET, "mailbox.json") => self.letters_json(call),
            (&Method::GET, path) => match path.strip_prefix("mailbox/") {
                Some(id) => self.letter(id),
                None => Err(Refusal::NotFound.into()),
            },
            _ => Err(Refusal::NotFound.into()),
        }
    }
}

/// The answer of `GET /demo/clock`.
#[derive(Serialize)]
struct Now {
    now: String,
}

/// What `POST /demo/clock` takes: one of the two.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Turn {
    advance: Option<String>,
    to: Option<String>,
}

/// Where the clock is to go.
#[derive(Debug, PartialEq, Eq)]
enum Where {
    By(chrono::TimeDelta),
    To(DateTime<Utc>),
}

impl Turn {
    fn read(&self) -> Result<Where, Refusal> {
        let wrong = |field: &str, code| Refusal::Invalid(vec![FieldProblem::new(field, code)]);
        match (&self.advance, &self.to) {
            (Some(span), None) => duration(span).map(Where::By).ok_or_else(|| wrong("advance", "not-a-duration")),
            (None, Some(at)) => at.trim().parse().map(Where::To).map_err(|_| wrong("to", "not-an-instant")),
            _ => Err(wrong("advance", "missing")),
        }
    }
}

#[derive(askama::Template)]
#[template(path = "demo/home.html", config = "src/web/askama.toml")]
struct HomePage {
    f: Frame,
    now_machine: String,
    now_text: String,
    tomorrow: String,
    letters_go_to: String,
    has_mailbox: bool,
}

#[derive(askama::Template)]
#[template(path = "demo/mailbox.html", config = "src/web/askama.toml")]
struct MailboxPage {
    f: Frame,
    now_machine: String,
    now_text: String,
    tomorrow: String,
    has_mailbox: bool,
    letters_go_to: String,
    to: String,
    letters: Vec<Shown>,
    count: String,
    newer: String,
    older: String,
}

/// A letter as the page shows it.
struct Shown {
    id: String,
    subject: String,
    to: String,
    machine: String,
    sent: String,
    text: String,
    links: Vec<String>,
    same: String,
}

impl Shown {
    fn of(l: L, entry: MailboxEntry) -> Self {
        Self {
            machine: written(entry.sent_at),
            sent: l.instant(entry.sent_at),
            same: form_urlencoded::Serializer::new(String::new()).append_pair("to", &entry.to).finish(),
            id: entry.id,
            subject: entry.subject,
            to: entry.to,
            text: entry.text,
            links: entry.links,
        }
    }
}

impl DemoPages {
    fn home(&self, call: &Call) -> Answered {
        let now = self.machine.now();
        Answer::page(&HomePage {
            f: call.frame("demo").with_csrf(call.csrf()?),
            now_machine: written(now),
            now_text: call.l.instant(now),
            tomorrow: written(tomorrow_morning(now)),
            letters_go_to: self.letters_go_to.clone(),
            has_mailbox: self.mailbox.is_some(),
        })
    }

    /// Moves the clock: JSON for scripts, the page again for its own buttons.
    fn turn_clock(&self, call: &Call) -> Answered {
        let by_form =
            call.header(header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        let turn = if by_form {
            let form = call.form()?;
            Turn { advance: form.opt("advance").map(str::to_owned), to: form.opt("to").map(str::to_owned) }
        } else {
            call.json()?
        };
        let arrived = match turn.read()? {
            Where::By(span) => self.machine.advance_by(span),
            Where::To(at) => self.machine.advance_to(at),
        }?;
        if !by_form || call.wants_json() {
            return Answer::json(&arrived);
        }
        Ok(said(Answer::see_other(&call.came_from()), &arrived))
    }

    fn letters(&self, call: &Call) -> Answered {
        let now = self.machine.now();
        let to = call.query_value("to").unwrap_or_default();
        let skip: usize = call.query_value("skip").and_then(|text| text.parse().ok()).unwrap_or(0);
        let wanted = Some(to.as_str()).filter(|to| !to.is_empty());
        let all = self.mailbox.as_ref().map(|mailbox| mailbox.entries(wanted, None)).unwrap_or_default();
        let total = all.len();
        let shown: Vec<Shown> = all.into_iter().skip(skip).take(A_PAGE).map(|entry| Shown::of(call.l, entry)).collect();
        let page = |skip: usize| {
            let mut query = form_urlencoded::Serializer::new(String::new());
            if !to.is_empty() {
                query.append_pair("to", &to);
            }
            query.append_pair("skip", &skip.to_string());
            format!("/demo/mailbox?{}", query.finish())
        };
        let last = skip + shown.len();
        Answer::page(&MailboxPage {
            f: call.frame("demo").with_csrf(call.csrf()?),
            now_machine: written(now),
            now_text: call.l.instant(now),
            tomorrow: written(tomorrow_morning(now)),
            has_mailbox: self.mailbox.is_some(),
            letters_go_to: self.letters_go_to.clone(),
            count: call.l.a("demo-mailbox-count", &[("n", &total.to_string())]),
            newer: if skip > 0 { page(skip.saturating_sub(A_PAGE)) } else { String::new() },
            older: if last < total { page(last) } else { String::new() },
            letters: shown,
            to,
        })
    }

    fn letters_json(&self, call: &Call) -> Answered {
        let since = match call.query_value("since") {
            None => None,
            Some(text) => Some(
                text.parse()
                    .map_err(|_| Refusal::Invalid(vec![FieldProblem::with("since", "not-an-instant", text)]))?,
            ),
        };
        let to = call.query_value("to");
        let letters = self.mailbox.as_ref().map(|mailbox| mailbox.entries(to.as_deref(), since)).unwrap_or_default();
        Answer::json(&letters)
    }

    /// One letter as it was sent, under its own policy.
    fn letter(&self, id: &str) -> Answered {
        let entry = self.mailbox.as_ref().and_then(|mailbox| mailbox.entry(id)).ok_or(Refusal::NotFound)?;
        let answer = Answer::new(StatusCode::OK, "text/html; charset=utf-8", entry.html);
        Ok(answer.with_header(header::CONTENT_SECURITY_POLICY, LETTER_CSP))
    }
}

/// What happened on the way, said once on the next page.
fn said(answer: Answer, arrived: &Arrived) -> Answer {
    let report = &arrived.report;
    answer.flash(
        "flash-demo-moved",
        &[
            ("letters", &report.letters_sent.to_string()),
            ("reminders", &report.reminders_sent.to_string()),
            ("lapsed", &report.assignments_lapsed.to_string()),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn one_way_of_moving_the_clock_at_a_time() {
        let turn =
            |text: &str| serde_json::from_str::<Turn>(text).map_err(drop).and_then(|turn| turn.read().map_err(drop));
        assert_eq!(turn(r#"{"advance":"PT26H"}"#), Ok(Where::By(TimeDelta::hours(26))));
        let at = "2026-05-09T00:00:00Z".parse().expect("an instant");
        assert_eq!(turn(r#"{"to":"2026-05-09T08:00:00+08:00"}"#), Ok(Where::To(at)));
        for refused in [
            "{}",
            r#"{"advance":"26h"}"#,
            r#"{"to":"tomorrow"}"#,
            r#"{"advance":"PT1H","to":"2026-05-09T00:00:00Z"}"#,
            r#"{"by":"PT1H"}"#,
        ] {
            assert_eq!(turn(refused), Err(()), "{refused}");
        }
    }
}
