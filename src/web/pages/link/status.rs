//! Where an enterprise's matter stands, in plain words: received, looking for an expert, expert confirmed, served, closed;
//! the rating when it is due, and the way to take the need back.
//!
//! Contract: experts are named only once they accepted; nobody who was asked and said no is. Deliberately absent: how many
//! were asked, which is nobody's business but the office's.

use super::facts::{self, Fact};
use super::{back, refused};
use crate::actions::Actor;
use crate::actions::compose_notice::need_facts;
use crate::actions::contact;
use crate::actions::retract_need::retract_need;
use crate::db;
use crate::db::assignment::AssignmentRow;
use crate::db::need::{ClosureRow, NeedRow};
use crate::domain::assignment::AssignmentState;
use crate::domain::feedback::RatingChannel;
use crate::domain::need::NeedState;
use crate::domain::notice::{NeedFacts, Person, StationFacts};
use crate::domain::refusal::Refusal;
use crate::i18n::L;
use crate::seal::Purpose;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::form::Wrong;
use crate::web::frame::Frame;
use chrono::{DateTime, Days, NaiveDateTime, Utc};

/// One step of the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What it is.
    pub label: String,
    /// When; empty while it has not come.
    pub when: String,
    /// Whether it is behind us.
    pub done: bool,
    /// Whether it is now.
    pub current: bool,
}

/// An expert who accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Helper {
    /// Whom to call.
    pub contact: Vec<Fact>,
    /// Whether feedback is in.
    pub served: bool,
    /// Where to rate; empty when it was rated.
    pub rate: String,
}

/// The page.
#[derive(Debug, askama::Template)]
#[template(path = "pages/link_status.html", config = "src/web/askama.toml")]
pub struct StatusPage {
    /// Frame.
    pub f: Frame,
    /// The page's own address.
    pub action: String,
    /// XQ-2026-000123.
    pub number: String,
    /// The title.
    pub title: String,
    /// The same in pieces.
    pub pieces: Vec<String>,
    /// Where it stands, a paragraph each.
    pub says: Vec<String>,
    /// The way.
    pub steps: Vec<Step>,
    /// Who helps.
    pub helpers: Vec<Helper>,
    /// What was asked for.
    pub facts: Vec<Fact>,
    /// Whether it may be taken back.
    pub may_retract: bool,
    /// Whether that form is open.
    pub open: bool,
    /// The reason as typed.
    pub reason: String,
    /// What is wrong.
    pub wrong: Wrong,
    /// Whom to call.
    pub station: StationFacts,
}

/// One who accepted, as the page is told.
#[derive(Debug, Clone)]
pub struct Taker {
    /// The expert with contact data.
    pub person: Person,
    /// When feedback was filed.
    pub served_at: Option<DateTime<Utc>>,
    /// Where to rate; empty when it was rated.
    pub rate: String,
}

/// What the page is made of.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The need.
    pub need: NeedFacts,
    /// Where it stands.
    pub state: NeedState,
    /// When it came in.
    pub received_at: DateTime<Utc>,
    /// When the first expert was asked.
    pub asked_at: Option<DateTime<Utc>>,
    /// When the first expert accepted.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// Until when the expert asked now is to answer.
    pub answer_due_at: Option<DateTime<Utc>>,
    /// Who accepted.
    pub takers: Vec<Taker>,
    /// How it was closed.
    pub closure: Option<ClosureRow>,
}

/// Words the page.
#[must_use]
pub fn page(f: Frame, action: &str, seen: &Seen, reason: &str, wrong: Wrong) -> StatusPage {
    let l = f.l;
    let title = facts::title(l, &seen.need);
    StatusPage {
        action: action.to_owned(),
        number: seen.need.number.clone(),
        pieces: facts::pieces(&title),
        title,
        says: says(l, seen),
        steps: steps(l, seen),
        helpers: seen
            .takers
            .iter()
            .map(|taker| Helper {
                contact: facts::of_person(l, &taker.person),
                served: taker.served_at.is_some(),
                rate: taker.rate.clone(),
            })
            .collect(),
        facts: facts::of_need(l, &seen.need),
        may_retract: seen.state.is_open() && seen.state != NeedState::Served,
        open: !wrong.is_empty(),
        reason: reason.to_owned(),
        wrong,
        station: seen.need.station.clone(),
        f,
    }
}

fn says(l: L, seen: &Seen) -> Vec<String> {
    let mut says = vec![l.t(&format!("link-status-{}", seen.state))];
    match seen.state {
        NeedState::Offering => {
            says.extend(seen.answer_due_at.map(|due| l.a("link-status-answer-by", &[("due", &l.due(due))])))
        }
        NeedState::Accepted => {
            says.extend(seen.need.wanted_by.map(|day| l.a("link-status-wanted-by", &[("day", &l.date(day))])));
        }
        NeedState::Closed => {
            if let Some(closure) = &seen.closure {
                let reason = l.t(&format!("close-reason-{}", closure.reason));
                says.push(l.a("link-status-closed-as", &[("reason", &reason)]));
                // The note says where a matter was passed on to; other notes are the office's own.
                says.extend(closure.note.clone().filter(|_| closure.reason.needs_note()));
            }
        }
        NeedState::Open | NeedState::Unanswered | NeedState::Served | NeedState::Retracted => {}
    }
    says
}

fn steps(l: L, seen: &Seen) -> Vec<Step> {
    let served_at = seen.takers.iter().filter_map(|taker| taker.served_at).max();
    let served_at = served_at.filter(|_| seen.takers.iter().all(|taker| taker.served_at.is_some()));
    let ended_at = seen.closure.as_ref().map(|closure| closure.closed_at.and_utc());
    let last = if seen.state == NeedState::Retracted { "link-step-retracted" } else { "link-step-closed" };
    let way = [
        ("link-step-received", Some(seen.received_at)),
        ("link-step-looking", seen.asked_at),
        ("link-step-confirmed", seen.confirmed_at.filter(|_| !seen.takers.is_empty())),
        ("link-step-served", served_at),
        (last, ended_at),
    ];
    // The last thing that happened is now; a matter that ended early keeps the steps it never took open.
    let current = way.iter().rposition(|(_, at)| at.is_some()).unwrap_or(0);
    way.iter()
        .enumerate()
        .map(|(place, (key, at))| Step {
            label: l.t(key),
            when: at.map(|at| l.short_instant(at)).unwrap_or_default(),
            done: at.is_some(),
            current: place == current,
        })
        .collect()
}

fn read(call: &Call, need: &NeedRow) -> Result<Seen, WebError> {
    let mut reader = call.office.read()?;
    let assignments = db::assignment::of_need(&mut reader, need.id)?;
    let ratings = db::feedback::ratings_of_need(&mut reader, need.id)?;
    let feedback = db::feedback::of_need(&mut reader, need.id)?;
    let takers: Vec<&AssignmentRow> = assignments
        .iter()
        .filter(|row| matches!(row.state, AssignmentState::Accepted | AssignmentState::Done))
        .collect();
    let ids: Vec<_> = takers.iter().map(|row| row.expert).collect();
    let experts = db::expert::by_ids(&mut reader, &ids)?;
    let mut contacts = contact::of_experts(&call.office.keys, &mut reader, &ids)?;
    let facts = need_facts(&call.office, &mut reader, need, false, false)?;
    let closure = db::need::closure(&mut reader, need.id)?;
    drop(reader);
    let expires_at = call.now + Days::new(90);
    let at = |moment: Option<NaiveDateTime>| moment.map(|at| at.and_utc());
    let asked = assignments.iter().filter(|row| row.state == AssignmentState::Offered);
    Ok(Seen {
        state: need.state,
        received_at: need.created_at.and_utc(),
        asked_at: at(assignments.iter().map(|row| row.created_at).min()),
        confirmed_at: at(takers.iter().filter_map(|row| row.answered_at).min()),
        answer_due_at: at(asked.filter_map(|row| row.answer_due_at).max()),
        takers: takers
            .iter()
            .filter_map(|row| {
                let expert = experts.iter().find(|expert| expert.id == row.expert)?;
                let rated =
                    ratings.iter().any(|rating| rating.assignment == row.id && rating.channel == RatingChannel::Link);
                let filed = feedback.iter().find(|filed| filed.assignment == row.id);
                let reach = contacts.remove(&row.expert).unwrap_or_default();
                Some(Taker {
                    person: Person {
                        name: expert.name.clone(),
                        firm: expert.firm.clone(),
                        phone: reach.phone,
                        email: reach.email,
                    },
                    served_at: at(filed.map(|filed| filed.filed_at)),
                    rate: if rated {
                        String::new()
                    } else {
                        format!(
                            "/l/{}",
                            call.office.keys.seal_link(
                                Purpose::Rate,
                                row.id.as_str(),
                                u16::try_from(row.round).unwrap_or(0),
                                expires_at
                            )
                        )
                    },
                })
            })
            .collect(),
        closure,
        need: facts,
    })
}

/// Shows it.
///
/// # Errors
/// A fault.
pub fn show(call: &Call, need: NeedRow) -> Answered {
    Answer::page(&page(call.frame(""), &call.path, &read(call, &need)?, "", Wrong::none()))
}

/// Takes the need back.
///
/// # Errors
/// A fault; without a reason the form comes back.
pub fn retract(call: &Call, need: NeedRow) -> Answered {
    let reason = call.form()?.get("reason");
    match retract_need(&call.office, &Actor::Enterprise(need.id), need.id, reason) {
        Ok(()) => Ok(back(call)),
        Err(error) => match refused(error)? {
            refusal @ Refusal::Invalid(_) => {
                let wrong = Wrong::of_refusal(call.l, &refusal);
                Answer::form_again(&page(call.frame(""), &call.path, &read(call, &need)?, reason, wrong))
            }
            _ => Ok(back(call).flash("flash-link-again", &[])),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::domain::need::CloseReason;
    use crate::mail::letter::sample as letters;
    use askama::Template;
    use chrono::TimeDelta;

    fn seen(state: NeedState) -> Seen {
        let at = letters::now();
        let taken = matches!(state, NeedState::Accepted | NeedState::Served | NeedState::Closed);
        let served = matches!(state, NeedState::Served | NeedState::Closed);
        let ended = !state.is_open();
        Seen {
            need: NeedFacts { contact: None, ..letters::need() },
            state,
            received_at: at,
            asked_at: (state != NeedState::Open).then_some(at),
            confirmed_at: taken.then_some(at + TimeDelta::days(1)),
            answer_due_at: (state == NeedState::Offering).then_some(at + TimeDelta::days(2)),
            takers: if taken {
                let served_at = served.then_some(at + TimeDelta::days(3));
                vec![Taker { person: letters::offer().expert, served_at, rate: "/l/rate-token".into() }]
            } else {
                Vec::new()
            },
            closure: ended.then(|| ClosureRow {
                need: letters::ID.parse().expect("an id"),
                reason: CloseReason::PassedOn,
                note: Some("转市维权援助中心".into()),
                evaluation: None,
                closed_by: None,
                closed_at: (at + TimeDelta::days(9)).naive_utc(),
            }),
        }
    }

    #[test]
    fn every_state_is_told_in_both_languages_with_the_supervision_phone() {
        for l in sample::languages() {
            for state in NeedState::ALL {
                let seen = seen(*state);
                let html = page(sample::frame(l), "/l/token", &seen, "", Wrong::none()).render().expect("renders");
                assert!(!html.contains('⟦'), "{html}");
                assert!(
                    html.contains("XQ-2026-000123") && html.contains("010-12330123") && html.contains("010-00000000")
                );
                assert_eq!(html.contains("13700002222"), !seen.takers.is_empty(), "{state}");
                assert_eq!(html.contains("/l/rate-token"), !seen.takers.is_empty(), "{state}");
                let may = matches!(
                    state,
                    NeedState::Open | NeedState::Offering | NeedState::Unanswered | NeedState::Accepted
                );
                assert_eq!(html.contains("value=\"retract\""), may, "{state}");
                assert_eq!(html.matches("aria-current=\"step\"").count(), 1);
            }
        }
    }

    #[test]
    fn the_step_that_is_now_is_the_last_that_came() {
        let l = L::default();
        let cases = [
            (NeedState::Open, 0, 1),
            (NeedState::Offering, 1, 2),
            (NeedState::Unanswered, 1, 2),
            (NeedState::Accepted, 2, 3),
            (NeedState::Served, 3, 4),
            (NeedState::Closed, 4, 5),
            (NeedState::Retracted, 4, 3),
        ];
        for (state, current, done) in cases {
            let steps = steps(l, &seen(state));
            assert_eq!(steps.iter().position(|step| step.current), Some(current), "{state}");
            assert_eq!(steps.iter().filter(|step| step.done).count(), done, "{state}");
        }
    }

    #[test]
    fn a_reason_is_asked_for_and_what_was_typed_stays() {
        for l in sample::languages() {
            let wrong =
                Wrong { list: vec![crate::web::form::WrongField { field: "reason".into(), text: "太长".into() }] };
            let html = page(sample::frame(l), "/l/token", &seen(NeedState::Offering), "不用<了>", wrong)
                .render()
                .expect("renders");
            assert!(
                html.contains("<details class=\"act\" open")
                    && html.contains("不用&#60;了&#62;")
                    && html.contains("href=\"#reason\"")
            );
        }
    }
}
