//! Letters about the register: an application and its end, papers that end, the way in to one's own page, a change of
//! address. None shows contact data, and no paper.

use super::Letter;
use super::pen::Pen;

/// The application is in.
pub fn received(pen: &Pen<'_>, letter: &mut Letter) {
    letter.paragraphs.push(pen.say("letter-application-received-next"));
    who(pen, letter);
    own_page(pen, letter, "letter-act-own-page");
}

/// 备案通知: on the register, under this number.
pub fn filed(pen: &Pen<'_>, letter: &mut Letter) {
    who(pen, letter);
    if let Some(admission) = &pen.notice.admission {
        pen.fact(letter, "letter-fact-filed", admission.filed_number.as_deref().unwrap_or_default());
    }
    reason(pen, letter);
    letter.paragraphs.push(pen.say("letter-filed-next"));
    pen.close(letter, "letter-closing-volunteer");
    own_page(pen, letter, "letter-act-own-page");
}

/// More papers are wanted.
pub fn more_wanted(pen: &Pen<'_>, letter: &mut Letter) {
    reason(pen, letter);
    own_page(pen, letter, "letter-act-hand-in");
}

/// Refused, with reasons.
pub fn not_filed(pen: &Pen<'_>, letter: &mut Letter) {
    reason(pen, letter);
    letter.paragraphs.push(pen.say("letter-not-filed-again"));
}

/// A paper was sent back.
pub fn returned(pen: &Pen<'_>, letter: &mut Letter) {
    paper(pen, letter);
    if let Some(document) = &pen.notice.document {
        pen.fact(letter, "letter-fact-reason", document.note.as_deref().unwrap_or_default());
    }
    own_page(pen, letter, "letter-act-hand-in");
}

/// A paper ends soon: what that means, and what to do.
pub fn ending(pen: &Pen<'_>, letter: &mut Letter) {
    letter.paragraphs.push(pen.say("letter-document-ending-means"));
    paper(pen, letter);
    own_page(pen, letter, "letter-act-hand-in");
}

/// The way in, once and for ten minutes.
pub fn enter(pen: &Pen<'_>, letter: &mut Letter) {
    if let Some(secret) = &pen.notice.secret {
        pen.action(letter, "letter-act-enter", pen.links.enter(secret));
    }
    pen.close(letter, "letter-closing-not-asked");
}

/// To the new address.
pub fn email_confirm(pen: &Pen<'_>, letter: &mut Letter) {
    if let Some(secret) = &pen.notice.secret {
        pen.action(letter, "letter-act-email-confirm", pen.links.email_confirm(secret));
    }
    pen.close(letter, "letter-closing-not-asked");
}

/// To the old address.
pub fn email_told(pen: &Pen<'_>, letter: &mut Letter) {
    letter.paragraphs.push(pen.say("letter-email-told-object"));
    if let Some(secret) = &pen.notice.secret {
        pen.action(letter, "letter-act-email-object", pen.links.email_object(secret));
    }
}

/// To managers: somebody applied.
pub fn staff_application(pen: &Pen<'_>, letter: &mut Letter) {
    letter.paragraphs.push(pen.say("letter-staff-application-next"));
    who(pen, letter);
    to_admission(pen, letter);
}

/// To managers: a paper ends.
pub fn staff_ending(pen: &Pen<'_>, letter: &mut Letter) {
    letter.paragraphs.push(pen.say("letter-staff-document-ending-next"));
    who(pen, letter);
    paper(pen, letter);
    to_admission(pen, letter);
}

/// The own page, which asks for an address and sends the way in.
fn own_page(pen: &Pen<'_>, letter: &mut Letter, label: &str) {
    if pen.notice.admission.is_some() || pen.notice.document.is_some() {
        pen.action(letter, label, pen.links.own_page());
        pen.close(letter, "letter-closing-own-page");
    }
}

fn to_admission(pen: &Pen<'_>, letter: &mut Letter) {
    if let Some(admission) = &pen.notice.admission {
        pen.action(letter, "letter-act-admission", pen.links.admission(admission.expert));
    }
}

fn who(pen: &Pen<'_>, letter: &mut Letter) {
    if let Some(admission) = &pen.notice.admission {
        pen.fact(letter, "letter-fact-applicant", &admission.name);
        pen.fact(letter, "letter-fact-firm", &admission.firm);
    }
}

fn reason(pen: &Pen<'_>, letter: &mut Letter) {
    if let Some(admission) = &pen.notice.admission {
        pen.fact(letter, "letter-fact-review", admission.reason.as_deref().unwrap_or_default());
    }
}

fn paper(pen: &Pen<'_>, letter: &mut Letter) {
    let Some(document) = &pen.notice.document else { return };
    pen.fact(letter, "letter-fact-document", &pen.document());
    if let Some(until) = document.until {
        pen.fact(letter, "letter-fact-until", &pen.l.date(until));
    }
}
