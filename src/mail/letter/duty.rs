//! Letters about duty turns (值班). The turns are the facts; the one link is the expert's own duty page.

use super::pen::Pen;
use super::{DueBox, Letter};
use crate::domain::duty::Span;
use crate::domain::notice::{DutyFacts, DutyLine, NoticeKind};
use crate::i18n::L;
use crate::mail::duty_feed::{FeedEvent, uid};

/// Turns a letter lists; the rest is behind the link.
const LISTED: usize = 40;

/// Which of these suit you?
pub fn ask(pen: &Pen<'_>, letter: &mut Letter) {
    letter.paragraphs.push(pen.say("letter-duty-ask-how"));
    let Some(duty) = &pen.notice.duty else { return };
    turns(pen, letter, duty, false);
    if let Some(due_at) = duty.due_at {
        letter.due = Some(DueBox {
            words: pen.say("letter-duty-due"),
            instant: Some(due_at),
            rule: None,
            notes: vec![pen.say("letter-duty-silence")],
            count: Vec::new(),
        });
    }
    page(pen, letter, duty, "letter-act-duty-answer");
    pen.close(letter, "letter-closing-private-link");
    pen.close(letter, "letter-closing-volunteer");
}

/// Your turns, or one that is offered, or tomorrow's.
pub fn own(pen: &Pen<'_>, letter: &mut Letter) {
    let Some(duty) = &pen.notice.duty else { return };
    if duty.turns.is_empty() {
        letter.paragraphs.push(pen.say("letter-duty-none-left"));
    }
    turns(pen, letter, duty, false);
    if matches!(pen.notice.kind, NoticeKind::DutyPublished | NoticeKind::DutyChanged) {
        letter.turns = duty.turns.iter().map(|turn| event(pen, duty, turn)).collect();
    }
    page(pen, letter, duty, "letter-act-duty-page");
    pen.close(letter, "letter-closing-duty");
    pen.close(letter, "letter-closing-private-link");
}

/// Turns of a station that nobody has, for staff.
pub fn gaps(pen: &Pen<'_>, letter: &mut Letter) {
    letter.paragraphs.push(pen.say("task-duty-gap-next"));
    if let Some(duty) = &pen.notice.duty {
        turns(pen, letter, duty, true);
    }
    pen.action(letter, "letter-act-duty-rota", pen.links.rota());
}

/// The turn as the expert's calendar has it, feed and letter alike.
fn event(pen: &Pen<'_>, duty: &DutyFacts, turn: &DutyLine) -> FeedEvent {
    let place = turn.event.as_deref().unwrap_or(&turn.station.name);
    FeedEvent {
        uid: uid(pen.links.base_url, turn.id, duty.expert),
        sequence: u32::try_from(turn.sequence).unwrap_or(0),
        span: turn.span,
        summary: pen.l.a("feed-duty-at", &[("place", place)]),
        place: format!("{} {}", turn.station.name, turn.station.address),
        description: turn.station.phone.clone(),
        cancelled: false,
        tentative: false,
        changed: pen.links.now,
    }
}

fn page(pen: &Pen<'_>, letter: &mut Letter, duty: &DutyFacts, label: &str) {
    if let Some(expert) = duty.expert {
        pen.action(letter, label, pen.links.duty(expert));
    }
}

fn turns(pen: &Pen<'_>, letter: &mut Letter, duty: &DutyFacts, why: bool) {
    for turn in duty.turns.iter().take(LISTED) {
        letter.facts.push((pen.l.short_date(turn.span.day), told(pen.l, turn, why)));
    }
    if duty.turns.len() > LISTED {
        let more = (duty.turns.len() - LISTED).to_string();
        letter.paragraphs.push(pen.l.a("letter-duty-more", &[("n", &more)]));
    }
}

/// 9:00–12:00.
#[must_use]
pub fn hours(span: Span) -> String {
    format!("{}:{:02}–{}:{:02}", span.from / 60, span.from % 60, span.to / 60, span.to % 60)
}

fn told(l: L, turn: &DutyLine, why: bool) -> String {
    let part = l.t(&format!("duty-part-{}", turn.part));
    let place = turn.event.as_ref().map_or_else(
        || turn.station.name.clone(),
        |event| format!("{}{}{event}", turn.station.name, l.pick("，", ", ")),
    );
    let reason = turn.why.as_ref().filter(|_| why).map(|code| l.t(&format!("duty-bar-{code}"))).unwrap_or_default();
    let mut text = format!("{part} {}{}{place}", hours(turn.span), l.pick("，", ", "));
    if !reason.is_empty() {
        text.push_str(l.pick("；", "; "));
        text.push_str(&reason);
    }
    text
}
