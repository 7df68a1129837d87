//! Small things every page of a need says: its state as a tag, names of services and regions, choices of a form.

use crate::domain::assignment::AssignmentState;
use crate::domain::need::{NeedState, SeatState};
use crate::domain::{catalogue, region};
use crate::i18n::L;
use crate::search::word_breaks;

/// One line of a `<select>`, for `m::select`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pick {
    /// Value.
    pub value: String,
    /// Label.
    pub label: String,
    /// Whether it is chosen.
    pub selected: bool,
}

impl Pick {
    /// A line, chosen when its value is `chosen`.
    #[must_use]
    pub fn new(value: impl Into<String>, label: impl Into<String>, chosen: &str) -> Self {
        let value = value.into();
        let selected = value == chosen;
        Self { value, label: label.into(), selected }
    }
}

/// One checkbox or radio, for `m::choices`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Value.
    pub value: String,
    /// Label.
    pub label: String,
    /// A second line; may be empty.
    pub note: String,
    /// Whether it is ticked.
    pub checked: bool,
    /// Whether the text suggests it.
    pub suggested: bool,
}

/// A tag, for `m::tag`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tag {
    /// `late`, `soon`, `ok`, `wait`, `ask` or nothing.
    pub kind: &'static str,
    /// Icon.
    pub symbol: &'static str,
    /// At most eight characters.
    pub text: String,
}

/// Where a need stands, as a tag.
#[must_use]
pub fn need_tag(l: L, state: NeedState) -> Tag {
    let (kind, symbol) = match state {
        NeedState::Open => ("wait", "send"),
        NeedState::Offering => ("soon", "clock"),
        NeedState::Unanswered => ("late", "alert"),
        NeedState::Accepted => ("ok", "check"),
        NeedState::Served => ("ok", "doc"),
        NeedState::Closed => ("", "checkc"),
        NeedState::Retracted => ("", "xc"),
    };
    Tag { kind, symbol, text: l.t(&format!("need-state-{state}")) }
}

/// Where an offer stands, as a tag.
#[must_use]
pub fn offer_tag(l: L, state: AssignmentState) -> Tag {
    let (kind, symbol) = match state {
        AssignmentState::Offered => ("soon", "clock"),
        AssignmentState::Accepted => ("ok", "check"),
        AssignmentState::Done => ("ok", "checkc"),
        AssignmentState::Lapsed => ("late", "alert"),
        AssignmentState::Undelivered => ("late", "mailx"),
        AssignmentState::Declined | AssignmentState::Void | AssignmentState::Released => ("", "xc"),
    };
    Tag { kind, symbol, text: l.t(&format!("assignment-state-{state}")) }
}

/// Where a seat stands, as a tag.
#[must_use]
pub fn seat_tag(l: L, state: SeatState) -> Tag {
    let (kind, symbol) = match state {
        SeatState::Free => ("wait", "user"),
        SeatState::Offered => ("soon", "clock"),
        SeatState::Taken => ("ok", "check"),
        SeatState::Done => ("ok", "checkc"),
    };
    Tag { kind, symbol, text: l.t(&format!("seat-state-{state}")) }
}

/// The names of service items.
#[must_use]
pub fn service_names(l: L, slugs: &[String]) -> Vec<String> {
    slugs
        .iter()
        .map(|slug| catalogue::by_slug(slug).map_or_else(|| slug.clone(), |item| l.pick(item.zh, item.en).to_owned()))
        .collect()
}

/// The name of a region; its code where it is not one of ours.
#[must_use]
pub fn region_name(l: L, code: &str) -> String {
    region::by_code(code).map_or_else(|| code.to_owned(), |found| l.pick(found.name, found.name_en).to_owned())
}

/// The regions to choose from, chosen by code.
#[must_use]
pub fn regions(l: L, chosen: &str) -> Vec<Pick> {
    region::SHIPPED.iter().map(|one| Pick::new(one.code, l.pick(one.name, one.name_en), chosen)).collect()
}

/// The pieces of a title between which a line may break.
#[must_use]
pub fn title_pieces(title: &str) -> Vec<String> {
    word_breaks(title).into_iter().map(str::to_owned).collect()
}

/// Bytes as people say them.
#[must_use]
pub fn size(bytes: i64) -> String {
    let kilobytes = bytes.max(0).saturating_add(1023) / 1024;
    if kilobytes < 1024 {
        format!("{kilobytes} KB")
    } else {
        format!("{}.{} MB", kilobytes / 1024, kilobytes % 1024 * 10 / 1024)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    #[test]
    fn every_state_has_a_tag_in_both_languages() {
        for lang in [Lang::Zh, Lang::En] {
            let l = L(lang);
            let mut tags: Vec<Tag> = NeedState::ALL.iter().map(|state| need_tag(l, *state)).collect();
            tags.extend(AssignmentState::ALL.iter().map(|state| offer_tag(l, *state)));
            tags.extend(SeatState::ALL.iter().map(|state| seat_tag(l, *state)));
            assert!(tags.iter().all(|tag| !tag.text.contains('⟦')), "{tags:?}");
        }
        assert_eq!(regions(L(Lang::Zh), "110108").iter().filter(|pick| pick.selected).count(), 1);
        assert_eq!(
            (size(0), size(1), size(83_000), size(5_400_000)),
            ("0 KB".into(), "1 KB".into(), "82 KB".into(), "5.1 MB".into())
        );
    }
}
