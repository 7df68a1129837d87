//! Letters to enterprises: plain, with the 监督电话 at the end of each. Only [`expert_confirmed`] may print the expert's
//! contact.

use super::Letter;
use super::pen::Pen;

/// Your need is in: its number, and where it stands.
pub fn receipt(pen: &Pen<'_>, letter: &mut Letter) {
    pen.need_facts(letter);
    status_action(pen, letter);
    end(pen, letter);
}

/// An expert accepted: whom to call, by when.
pub fn expert_confirmed(pen: &Pen<'_>, letter: &mut Letter) {
    if let Some(offer) = pen.offer() {
        pen.contact(letter, "letter-contact-expert", &offer.expert);
    }
    pen.when_facts(letter);
    number_fact(pen, letter);
    letter.invite = pen.invite(false);
    if letter.invite.is_some() {
        pen.close(letter, "letter-closing-calendar");
    }
    status_action(pen, letter);
    end(pen, letter);
}

/// The expert cannot go on: nothing to do, we look for another.
pub fn searching_again(pen: &Pen<'_>, letter: &mut Letter) {
    letter.paragraphs.push(pen.say("letter-searching-again-nothing-to-do"));
    number_fact(pen, letter);
    letter.invite = pen.invite(true);
    status_action(pen, letter);
    end(pen, letter);
}

/// Please rate; also the one reminder.
pub fn rate(pen: &Pen<'_>, letter: &mut Letter) {
    if let Some(offer) = pen.offer() {
        pen.fact(letter, "letter-fact-expert", &offer.expert.name);
        pen.action(letter, "letter-act-rate", pen.links.rate(offer.id, offer.round));
    }
    number_fact(pen, letter);
    pen.close(letter, "letter-closing-rating");
    end(pen, letter);
}

/// Closed or retracted.
pub fn need_closed(pen: &Pen<'_>, letter: &mut Letter) {
    number_fact(pen, letter);
    status_action(pen, letter);
    end(pen, letter);
}

fn number_fact(pen: &Pen<'_>, letter: &mut Letter) {
    pen.fact(letter, "letter-fact-matter", &pen.matter());
    pen.fact(letter, "letter-fact-number", pen.number());
}

fn status_action(pen: &Pen<'_>, letter: &mut Letter) {
    if let Some(need) = pen.need() {
        pen.action(letter, "letter-act-status", pen.links.status(need.id));
    }
}

/// Free of charge, who writes, and whom to call if something is amiss.
fn end(pen: &Pen<'_>, letter: &mut Letter) {
    pen.close(letter, "letter-closing-free");
    pen.sign(letter);
    let phone = pen.need().map(|need| need.station.supervision_phone.trim()).unwrap_or_default();
    if !phone.is_empty() {
        letter.supervision_phone = Some(pen.l.a("letter-supervision", &[("phone", phone)]));
    }
}
