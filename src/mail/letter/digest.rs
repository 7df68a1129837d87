//! Several matters in one letter: each with its headline, its deadline and its own links, as its own letter would have them.

use super::pen::Pen;
use super::{Entry, Letter, letter};
use crate::domain::notice::Audience;

/// Everything that waited for one reader, what is due first before the rest.
pub fn digest(pen: &Pen<'_>, into: &mut Letter) {
    let count = pen.notice.items.len().to_string();
    let kind = pen.notice.kind;
    into.heading = pen.l.a(&format!("letter-{kind}-heading"), &[("n", &count)]);
    into.subject = into.heading.clone();
    into.paragraphs = vec![pen.l.a(&format!("letter-{kind}-lead"), &[("n", &count)])];
    let mut dated: Vec<(bool, Entry)> = Vec::new();
    for (_, item) in &pen.notice.items {
        let inner = letter(item, pen.links, pen.l.0);
        let due = inner.due.map(|due| due.words);
        let mut actions = inner.actions;
        for action in &mut actions {
            // One primary a matter would be a wall of blue: the first of each leads, quietly.
            action.primary = false;
        }
        dated.push((
            due.is_none(),
            Entry { heading: inner.subject, paragraphs: inner.paragraphs, due, actions: one_each(actions) },
        ));
    }
    dated.sort_by_key(|(undated, _)| *undated);
    into.entries = dated.into_iter().map(|(_, entry)| entry).collect();
    let closing = match pen.notice.kind.audience() {
        Audience::Staff => "letter-closing-digest-staff",
        Audience::Expert | Audience::Enterprise => "letter-closing-digest",
    };
    pen.close(into, closing);
}

/// Buttons that lead to the same page are one.
fn one_each(actions: Vec<super::Action>) -> Vec<super::Action> {
    let mut kept: Vec<super::Action> = Vec::new();
    for action in actions {
        if !kept.iter().any(|known| known.url == action.url) {
            kept.push(action);
        }
    }
    kept
}
