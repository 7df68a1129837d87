//! Letters to an expert about a conduct case, and the one that says that what was in hand moved on. Each case letter has
//! the case's own link: to be heard, to appeal, to read the sealed papers.

use super::Letter;
use super::pen::Pen;
use crate::domain::conduct::CaseKind;
use crate::domain::notice::CaseFacts;

/// A case was opened: on what grounds, and how to be heard.
pub fn opened(pen: &Pen<'_>, letter: &mut Letter) {
    let Some(case) = pen.case() else { return };
    if case.kind == CaseKind::Removal {
        letter.paragraphs.push(pen.say("letter-case-suspended"));
    }
    letter.paragraphs.push(pen.say("letter-case-statement"));
    facts(pen, letter, case);
    pen.action(letter, "letter-act-statement", pen.links.case(case.id));
    pen.close(letter, "letter-closing-fair");
    pen.close(letter, "letter-closing-private-link");
}

/// A case was decided: how, why, and how to appeal against it.
pub fn decided(pen: &Pen<'_>, letter: &mut Letter) {
    let Some(case) = pen.case() else { return };
    facts(pen, letter, case);
    if let Some(decision) = case.decision {
        let word = pen.l.t(&format!("decision-{decision}"));
        pen.fact(letter, "letter-fact-decision", &word);
        pen.fact(letter, "letter-fact-reason", case.reason.as_deref().unwrap_or_default());
        if decision.is_against() {
            letter.paragraphs.push(pen.say("letter-case-appeal"));
            letter.paragraphs.push(pen.say("letter-case-seal-follows"));
        } else {
            letter.paragraphs.push(pen.say("letter-case-no-mark"));
        }
    }
    pen.action(letter, "letter-act-case-own", pen.links.case(case.id));
}

/// The decision with its seal, scanned; the time to appeal counts from here.
pub fn sealed(pen: &Pen<'_>, letter: &mut Letter) {
    let Some(case) = pen.case() else { return };
    facts(pen, letter, case);
    letter.paragraphs.push(pen.say("letter-case-appeal"));
    pen.action(letter, "letter-act-case-papers", pen.links.case(case.id));
    letter.enclosure.clone_from(&case.scan);
    pen.close(letter, "letter-closing-private-link");
}

/// The appeal was decided, and why.
pub fn appeal_decided(pen: &Pen<'_>, letter: &mut Letter) {
    let Some(case) = pen.case() else { return };
    facts(pen, letter, case);
    if let Some(outcome) = case.appeal_outcome {
        let word = pen.l.t(&format!("appeal-outcome-{outcome}"));
        pen.fact(letter, "letter-fact-decision", &word);
        pen.fact(letter, "letter-fact-reason", case.appeal_reason.as_deref().unwrap_or_default());
    }
    pen.action(letter, "letter-act-case-own", pen.links.case(case.id));
}

/// The time to be heard, or to appeal, ends soon; silence is taken for what it is, and nothing worse.
pub fn reminded(pen: &Pen<'_>, letter: &mut Letter, act: &str) {
    let Some(case) = pen.case() else { return };
    letter.paragraphs.push(pen.say("letter-case-reminder-how"));
    facts(pen, letter, case);
    pen.action(letter, act, pen.links.case(case.id));
    pen.close(letter, "letter-closing-private-link");
}

/// Everything in hand moved on to others: said once, for all of it.
pub fn rehomed(pen: &Pen<'_>, letter: &mut Letter) {
    letter.paragraphs.push(pen.say("letter-expert-released-confidence"));
}

fn facts(pen: &Pen<'_>, letter: &mut Letter, case: &CaseFacts) {
    let kind = pen.l.t(&format!("case-kind-{}", case.kind));
    pen.fact(letter, "letter-fact-case-kind", &kind);
    pen.fact(letter, "letter-fact-grounds", &case.grounds);
    pen.fact(letter, "letter-fact-case-number", &case.number);
}
