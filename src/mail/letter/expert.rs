//! Letters to experts. Only [`confirmed`] may print the enterprise's contact.

use super::pen::Pen;
use super::{DueBox, Letter};
use crate::domain::notice::OfferFacts;

/// Will you take this? All that is needed to say yes, no or to ask; no contact, no attachment.
pub fn offer(pen: &Pen<'_>, letter: &mut Letter) {
    asks(pen, letter, "letter-offer-subject", "letter-offer-subject-undated");
    pen.close(letter, "letter-closing-looking");
    pen.close(letter, "letter-closing-private-link");
    pen.close(letter, "letter-closing-volunteer");
    pen.sign(letter);
}

/// The same offer again, shorter in its manner, with a link that works as the first does.
pub fn reminder(pen: &Pen<'_>, letter: &mut Letter) {
    asks(pen, letter, "letter-reminder-subject", "letter-reminder-subject-undated");
    pen.close(letter, "letter-closing-looking");
    pen.sign(letter);
}

fn asks(pen: &Pen<'_>, letter: &mut Letter, dated: &str, undated: &str) {
    let is_dated = pen.offer().is_some_and(|offer| offer.answer_due_at.is_some());
    letter.subject = pen.say(if is_dated { dated } else { undated });
    if pen.need().is_some_and(|need| need.title.is_none()) {
        letter.paragraphs.push(pen.say("letter-confidential-note"));
    }
    pen.need_facts(letter);
    letter.due = pen.answer_due();
    pen.answer_action(letter, "letter-act-accept");
    pen.answer_action(letter, "letter-act-decline-or-ask");
}

/// The time ran out; yes is still possible while nobody else has the seat.
pub fn offer_lapsed(pen: &Pen<'_>, letter: &mut Letter) {
    letter.paragraphs.push(pen.say("letter-offer-lapsed-still-open"));
    letter.paragraphs.push(pen.say("letter-offer-lapsed-not-received"));
    pen.when_facts(letter);
    pen.answer_action(letter, "letter-act-answer-after-all");
    pen.sign(letter);
}

/// Somebody else has it.
pub fn seat_taken(pen: &Pen<'_>, letter: &mut Letter) {
    pen.sign(letter);
}

/// Retracted or closed.
pub fn offer_withdrawn(pen: &Pen<'_>, letter: &mut Letter) {
    pen.sign(letter);
}

/// Yours: the enterprise's contact, the day, feedback, the way out.
pub fn confirmed(pen: &Pen<'_>, letter: &mut Letter) {
    if let Some(person) = pen.need().and_then(|need| need.contact.as_ref()) {
        pen.contact(letter, "letter-contact-enterprise", person);
    } else {
        letter.paragraphs.push(pen.say("letter-confirmed-no-contact"));
    }
    pen.need_facts(letter);
    letter.due = feedback_due(pen);
    letter.invite = pen.invite(false);
    if letter.invite.is_some() {
        pen.close(letter, "letter-closing-calendar");
    }
    pen.answer_action(letter, "letter-act-feedback-or-release");
    pen.close(letter, "letter-closing-volunteer");
    pen.close(letter, "letter-closing-confidence");
    pen.sign(letter);
}

/// The reply, and until when now.
pub fn question_replied(pen: &Pen<'_>, letter: &mut Letter) {
    question_facts(pen, letter);
    letter.due = pen.answer_due();
    pen.answer_action(letter, "letter-act-accept");
    pen.answer_action(letter, "letter-act-decline");
    pen.sign(letter);
}

/// Staff entered an answer in the expert's name.
pub fn answer_entered(pen: &Pen<'_>, letter: &mut Letter) {
    letter.paragraphs.push(pen.say("letter-answer-entered-not-mine"));
    if let Some(offer) = pen.offer() {
        if let Some(answer) = offer.answer {
            pen.fact(letter, "letter-fact-answer", &pen.l.t(&format!("answer-{answer}")));
        }
        decline_fact(pen, letter, offer);
        pen.fact(letter, "letter-fact-question", offer.question.as_deref().unwrap_or_default());
        pen.fact(letter, "letter-fact-offer-number", &offer.number);
        pen.answer_action(letter, "letter-act-look");
        pen.action(letter, "letter-act-not-mine", pen.links.not_mine(offer.id, offer.round));
    }
    pen.sign(letter);
}

/// Given back; the calendar entry goes too.
pub fn expert_released(pen: &Pen<'_>, letter: &mut Letter) {
    letter.paragraphs.push(pen.say("letter-expert-released-confidence"));
    letter.invite = pen.invite(true);
    pen.sign(letter);
}

/// What was done, in a few lines.
pub fn feedback_reminder(pen: &Pen<'_>, letter: &mut Letter) {
    if let Some(need) = pen.need() {
        pen.fact(letter, "letter-fact-enterprise", &need.enterprise);
        pen.fact(letter, "letter-fact-number", &need.number);
    }
    letter.due = feedback_due(pen);
    pen.answer_action(letter, "letter-act-feedback");
    pen.close(letter, "letter-closing-feedback");
    pen.sign(letter);
}

/// A breach was ours, not theirs.
pub fn breach_withdrawn(pen: &Pen<'_>, letter: &mut Letter) {
    letter.paragraphs.push(pen.say("letter-breach-withdrawn-address"));
    if let Some(offer) = pen.offer() {
        pen.fact(letter, "letter-fact-offer-number", &offer.number);
    }
    pen.sign(letter);
}

/// More time than was told, and why.
pub fn due_moved(pen: &Pen<'_>, letter: &mut Letter) {
    pen.when_facts(letter);
    letter.due = pen.answer_due();
    pen.answer_action(letter, "letter-act-look");
    pen.close(letter, "letter-closing-due-moved");
    pen.sign(letter);
}

/// Question and reply as rows.
pub fn question_facts(pen: &Pen<'_>, letter: &mut Letter) {
    if let Some(offer) = pen.offer() {
        pen.fact(letter, "letter-fact-question", offer.question.as_deref().unwrap_or_default());
        pen.fact(letter, "letter-fact-reply", offer.reply.as_deref().unwrap_or_default());
    }
}

/// The reason of a decline as a row.
pub fn decline_fact(pen: &Pen<'_>, letter: &mut Letter, offer: &OfferFacts) {
    if let Some(reason) = offer.decline_reason {
        let word = pen.l.t(&format!("decline-reason-{reason}"));
        pen.fact(letter, "letter-fact-decline-reason", &word);
    }
}

/// The box with the feedback's deadline.
fn feedback_due(pen: &Pen<'_>) -> Option<DueBox> {
    let instant = pen.offer()?.feedback_due_at?;
    let words = pen.say("letter-due-feedback");
    Some(DueBox { words, instant: Some(instant), rule: None, notes: Vec::new(), count: Vec::new() })
}
