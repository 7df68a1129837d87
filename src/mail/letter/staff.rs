//! Letters to staff: what happened, the next step, the page to take it on. No contact data: pages reveal it, audited.

use super::Letter;
use super::expert::{decline_fact, question_facts};
use super::pen::Pen;

/// An expert accepted.
pub fn accepted(pen: &Pen<'_>, letter: &mut Letter) {
    facts(pen, letter);
    next(pen, letter, "letter-staff-accepted-next");
    need_action(pen, letter);
}

/// An expert declined.
pub fn declined(pen: &Pen<'_>, letter: &mut Letter) {
    facts(pen, letter);
    if let Some(offer) = pen.offer() {
        decline_fact(pen, letter, offer);
    }
    next_expert(pen, letter);
    need_action(pen, letter);
}

/// An offer ran out.
pub fn lapsed(pen: &Pen<'_>, letter: &mut Letter) {
    facts(pen, letter);
    next_expert(pen, letter);
    need_action(pen, letter);
}

/// An expert asked, or still waits for a reply; `step` is the key of what to do.
pub fn question(pen: &Pen<'_>, letter: &mut Letter, step: &str) {
    facts(pen, letter);
    question_facts(pen, letter);
    next(pen, letter, step);
    need_action(pen, letter);
}

/// Nobody left to ask.
pub fn unanswered(pen: &Pen<'_>, letter: &mut Letter) {
    facts(pen, letter);
    next(pen, letter, "task-unanswered-next");
    need_action(pen, letter);
}

/// A letter came back.
pub fn undelivered(pen: &Pen<'_>, letter: &mut Letter) {
    facts(pen, letter);
    next(pen, letter, "task-undelivered-next");
    if pen.offer().is_some_and(|offer| offer.next.is_some()) {
        next(pen, letter, "letter-staff-next-asked");
    }
    need_action(pen, letter);
}

/// A task still waits.
pub fn escalated(pen: &Pen<'_>, letter: &mut Letter) {
    facts(pen, letter);
    if let Some(task) = &pen.notice.task {
        pen.fact(letter, "letter-fact-expert", task.expert.as_deref().unwrap_or_default());
        pen.fact(letter, "letter-fact-since", &pen.l.instant(task.since));
        next(pen, letter, &format!("task-{}-next", task.kind));
    }
    next(pen, letter, "letter-staff-escalated-until");
    need_action(pen, letter);
}

/// A seat was given back.
pub fn released(pen: &Pen<'_>, letter: &mut Letter) {
    facts(pen, letter);
    next_expert(pen, letter);
    need_action(pen, letter);
}

/// Feedback is in.
pub fn feedback(pen: &Pen<'_>, letter: &mut Letter) {
    facts(pen, letter);
    next(pen, letter, "letter-staff-feedback-next");
    need_action(pen, letter);
}

/// A rating says something about conduct.
pub fn conduct(pen: &Pen<'_>, letter: &mut Letter) {
    facts(pen, letter);
    next(pen, letter, "task-conduct-report-next");
    case_action(pen, letter);
    need_action(pen, letter);
}

/// A case, or its appeal, waits for another manager.
pub fn case(pen: &Pen<'_>, letter: &mut Letter, next_key: &str) {
    if let Some(case) = pen.case() {
        let kind = pen.l.t(&format!("case-kind-{}", case.kind));
        pen.fact(letter, "letter-fact-case-kind", &kind);
        pen.fact(letter, "letter-fact-expert", &case.expert);
        pen.fact(letter, "letter-fact-grounds", &case.grounds);
        pen.fact(letter, "letter-fact-case-number", &case.number);
    }
    next(pen, letter, next_key);
    case_action(pen, letter);
}

/// The entered answer was not the expert's.
pub fn not_mine(pen: &Pen<'_>, letter: &mut Letter) {
    facts(pen, letter);
    if let Some(answer) = pen.offer().and_then(|offer| offer.answer) {
        let word = pen.l.t(&format!("answer-{answer}"));
        pen.fact(letter, "letter-fact-answer", &word);
    }
    next(pen, letter, "task-not-my-answer-next");
    need_action(pen, letter);
}

/// A new password by a one-time link.
pub fn password_reset(pen: &Pen<'_>, letter: &mut Letter) {
    if let Some(secret) = &pen.notice.secret {
        pen.action(letter, "letter-act-password", pen.links.password(secret));
    }
    pen.close(letter, "letter-closing-password");
}

fn facts(pen: &Pen<'_>, letter: &mut Letter) {
    pen.fact(letter, "letter-fact-matter", &pen.matter());
    if let Some(need) = pen.need() {
        pen.fact(letter, "letter-fact-enterprise", &need.enterprise);
    }
    if let Some(offer) = pen.offer() {
        let expert = [offer.expert.name.as_str(), offer.expert.firm.as_str()];
        let expert: Vec<&str> = expert.into_iter().filter(|part| !part.trim().is_empty()).collect();
        pen.fact(letter, "letter-fact-expert", &expert.join(pen.l.pick("，", ", ")));
        pen.fact(letter, "letter-fact-offer-number", &offer.number);
    }
    if let Some(need) = pen.need() {
        pen.fact(letter, "letter-fact-number", &need.number);
    }
}

fn next(pen: &Pen<'_>, letter: &mut Letter, key: &str) {
    letter.paragraphs.push(pen.say(key));
}

/// Who is asked now, or that nobody is left.
fn next_expert(pen: &Pen<'_>, letter: &mut Letter) {
    let has_next = pen.offer().is_some_and(|offer| offer.next.is_some());
    next(pen, letter, if has_next { "letter-staff-next-asked" } else { "letter-staff-nobody-next" });
}

fn need_action(pen: &Pen<'_>, letter: &mut Letter) {
    if let Some(need) = pen.need() {
        pen.action(letter, "letter-act-need", pen.links.need(need.id));
    }
}

fn case_action(pen: &Pen<'_>, letter: &mut Letter) {
    if let Some(case) = pen.case() {
        pen.action(letter, "letter-act-case", pen.links.conduct(case.id));
    }
}
