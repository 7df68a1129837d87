//! A few lines of a long text around what was found.
//!
//! Contract: a piece of the text as it stands, cut on character borders, with ellipses where something is left out, and the
//! parts to mark in it. Deliberately absent: markup; the template escapes and marks.

use super::highlight::marks;
use std::ops::Range;

/// A text in pieces, those that were found told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The piece.
    pub text: String,
    /// Whether it was found.
    pub found: bool,
}

/// The whole text in pieces.
#[must_use]
pub fn marked(text: &str, terms: &[String]) -> Vec<Piece> {
    pieces(text, &marks(text, terms))
}

/// About `most` characters of the text around the place where most of what was found stands closest together.
#[must_use]
pub fn snippet(text: &str, terms: &[String], most: usize) -> Vec<Piece> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let length = starts.len() - 1;
    let found = marks(&text, terms);
    if length <= most {
        return pieces(&text, &found);
    }
    let place = |byte: usize| starts.partition_point(|start| *start < byte);
    // The window that covers most; of equal ones the first.
    let mut best = (0, 0);
    for range in &found {
        let from = place(range.start);
        let covered: usize = found
            .iter()
            .map(|other| (place(other.start), place(other.end)))
            .filter(|(start, end)| *start >= from && *end <= from + most)
            .map(|(start, end)| end - start)
            .sum();
        if covered > best.0 {
            best = (covered, from);
        }
    }
    // A little of what stands before, so that the sentence can be read.
    let from = best.1.saturating_sub(most / 5).min(length - most);
    let byte = |place: usize| starts.get(place).copied().unwrap_or(text.len());
    let (start, end) = (byte(from), byte(from + most));
    let cut = text.get(start..end).unwrap_or_default();
    let inside: Vec<Range<usize>> = found
        .iter()
        .filter(|range| range.start >= start && range.end <= end)
        .map(|range| range.start - start..range.end - start)
        .collect();
    let mut shown = pieces(cut, &inside);
    let ellipsis = || Piece { text: "…".to_owned(), found: false };
    if from > 0 {
        shown.insert(0, ellipsis());
    }
    if from + most < length {
        shown.push(ellipsis());
    }
    shown
}

fn pieces(text: &str, found: &[Range<usize>]) -> Vec<Piece> {
    let mut cut = Vec::new();
    let mut add = |range: Range<usize>, found: bool| {
        if let Some(text) = text.get(range).filter(|text| !text.is_empty()) {
            cut.push(Piece { text: text.to_owned(), found });
        }
    };
    let mut at = 0;
    for range in found {
        add(at..range.start, false);
        add(range.clone(), true);
        at = range.end;
    }
    add(at..text.len(), false);
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(pieces: &[Piece]) -> String {
        pieces.iter().map(|piece| if piece.found { format!("[{}]", piece.text) } else { piece.text.clone() }).collect()
    }

    #[test]
    fn what_was_found_is_in_sight_and_marked() {
        let terms = ["专利".to_owned(), "警告函".to_owned()];
        assert_eq!(shown(&marked("收到專利警告函", &terms)), "收到[專利警告函]");
        let long = format!("{}收到专利侵权警告函，需要判断。{}", "前情提要，".repeat(40), "后话不表，".repeat(40));
        let cut = shown(&snippet(&long, &terms, 40));
        assert!(cut.starts_with('…') && cut.ends_with('…'), "{cut}");
        assert!(cut.contains("[专利]侵权[警告函]"), "{cut}");
        assert!(cut.chars().count() <= 46, "{cut}");
        let short = snippet("没有命中的短文", &terms, 40);
        assert_eq!(shown(&short), "没有命中的短文");
        assert_eq!(shown(&snippet(&"无关".repeat(50), &terms, 10)), format!("{}…", "无关".repeat(5)));
        assert!(snippet("", &terms, 10).is_empty());
    }
}
