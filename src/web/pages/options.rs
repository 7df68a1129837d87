//! What the closed lists of forms offer: regions, service items, words of the office, with what is chosen.
//!
//! Deliberately absent: any choice of what a form asks.

use crate::db::Conn;
use crate::db::{self};
use crate::domain::catalogue::CATALOGUE;
use crate::i18n::L;
use std::collections::HashMap;

/// One line of a drop-down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pick {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// Whether it is chosen.
    pub selected: bool,
}

/// One box to tick, or one of several to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// What else there is to say; may be empty.
    pub note: String,
    /// Whether it is ticked.
    pub checked: bool,
    /// Whether the page recommends it.
    pub suggested: bool,
}

impl Tick {
    /// A box with a label alone.
    #[must_use]
    pub fn new(value: &str, label: String, checked: bool) -> Self {
        Self { value: value.to_owned(), label, note: String::new(), checked, suggested: false }
    }

    /// The same with a note.
    #[must_use]
    pub fn noted(mut self, note: String) -> Self {
        self.note = note;
        self
    }
}

/// A drop-down of these, with `nothing` at its head when it is not empty.
#[must_use]
pub fn picks(chosen: &str, nothing: &str, all: impl IntoIterator<Item = (String, String)>) -> Vec<Pick> {
    let head = (!nothing.is_empty()).then(|| (String::new(), nothing.to_owned()));
    head.into_iter().chain(all).map(|(value, label)| Pick { selected: value == chosen, value, label }).collect()
}

/// A drop-down of a closed list whose words are `<prefix>-<value>`.
#[must_use]
pub fn words<'a>(l: L, prefix: &str, chosen: &str, nothing: &str, all: impl IntoIterator<Item = &'a str>) -> Vec<Pick> {
    picks(chosen, nothing, all.into_iter().map(|value| (value.to_owned(), l.t(&format!("{prefix}-{value}")))))
}

/// The regions of the tree by code, in the reader's language.
///
/// # Errors
/// What the database says.
pub fn region_names(conn: &mut Conn, l: L) -> diesel::QueryResult<HashMap<String, String>> {
    Ok(db::region::all(conn)?.into_iter().map(|row| (row.code, l.pick(&row.name, &row.name_en).to_owned())).collect())
}

/// A drop-down of the regions.
///
/// # Errors
/// What the database says.
pub fn regions(conn: &mut Conn, l: L, chosen: &str, nothing: &str) -> diesel::QueryResult<Vec<Pick>> {
    let all = db::region::all(conn)?;
    Ok(picks(chosen, nothing, all.into_iter().map(|row| (row.code, l.pick(&row.name, &row.name_en).to_owned()))))
}

/// A drop-down of the service items.
#[must_use]
pub fn services(l: L, chosen: &str, nothing: &str) -> Vec<Pick> {
    picks(chosen, nothing, CATALOGUE.iter().map(|item| (item.slug.to_owned(), l.pick(item.zh, item.en).to_owned())))
}

/// The service items as boxes.
#[must_use]
pub fn service_ticks(l: L, chosen: &[&str]) -> Vec<Tick> {
    CATALOGUE
        .iter()
        .map(|item| Tick::new(item.slug, l.pick(item.zh, item.en).to_owned(), chosen.contains(&item.slug)))
        .collect()
}

/// The name of a service item.
#[must_use]
pub fn service_name(l: L, slug: &str) -> String {
    crate::domain::catalogue::by_slug(slug).map_or_else(|| slug.to_owned(), |item| l.pick(item.zh, item.en).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    #[test]
    fn the_chosen_line_is_marked_and_nothing_stands_first() {
        let lines = services(L(Lang::Zh), "risk", "全部");
        assert_eq!(lines.len(), 21);
        assert_eq!(lines[0].label, "全部");
        assert_eq!(lines.iter().filter(|line| line.selected).count(), 1);
        assert!(service_ticks(L(Lang::En), &["policy"]).iter().any(|tick| tick.checked && tick.value == "policy"));
    }
}
