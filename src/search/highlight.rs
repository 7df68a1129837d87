//! Which parts of a displayed text to mark as found.
//!
//! Contract: ranges are byte ranges of the text as displayed, on character borders, in order and apart from each other.
//! Matching is on the common form, so `专利` marks `專利` and `license` marks `Licensing`. Deliberately absent: markup and
//! snippets; the template escapes and marks.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::analyzer::{self, EnglishStemmer, Script};

/// A Han character or a stemmed word, and where it stands in the displayed text.
struct Unit {
    text: String,
    /// As written: of a term that is a stem already, its own stem may be shorter still.
    plain: String,
    range: Range<usize>,
}

impl Unit {
    fn is(&self, wanted: &Self) -> bool {
        self.text == wanted.text || self.text == wanted.plain
    }
}

/// The parts of `text` that match any of `terms` (as given by [`Found::highlights`](super::query::Found::highlights)).
#[must_use]
pub fn marks(text: &str, terms: &[String]) -> Vec<Range<usize>> {
    let mut stemmer = EnglishStemmer::new();
    let units = units(text, &mut stemmer);
    let mut found: Vec<Range<usize>> = Vec::new();
    for term in terms {
        let wanted = self::units(term, &mut stemmer);
        if wanted.is_empty() {
            continue;
        }
        for window in units.windows(wanted.len()) {
            if window.iter().zip(&wanted).all(|(have, want)| have.is(want))
                && let (Some(first), Some(last)) = (window.first(), window.last())
            {
                found.push(first.range.start..last.range.end);
            }
        }
    }
    found.sort_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in found {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

fn units(text: &str, stemmer: &mut EnglishStemmer) -> Vec<Unit> {
    // Normalising character by character keeps the way back to the displayed text.
    let mut lowered = String::with_capacity(text.len());
    let mut origin: Vec<Range<usize>> = Vec::new();
    for (start, character) in text.char_indices() {
        let end = start + character.len_utf8();
        for normal in character.nfkc().flat_map(char::to_lowercase) {
            lowered.push(normal);
            origin.push(start..end);
        }
    }
    let simplified = fast2s::convert(&lowered);
    let mut units: Vec<Unit> = Vec::new();
    let mut in_word = false;
    for (character, range) in simplified.chars().zip(origin) {
        match analyzer::script_of(character) {
            Some(Script::Latin) if in_word => {
                if let Some(word) = units.last_mut() {
                    word.text.push(character);
                    word.range.end = range.end;
                }
            }
            Some(script) => {
                units.push(Unit { text: String::from(character), plain: String::new(), range });
                in_word = script == Script::Latin;
            }
            None => in_word = false,
        }
    }
    for unit in &mut units {
        let stem = stemmer.stem(&unit.text);
        unit.plain = std::mem::replace(&mut unit.text, stem);
    }
    units
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, terms: &[&str]) -> Vec<String> {
        let terms: Vec<String> = terms.iter().map(|term| (*term).to_owned()).collect();
        marks(text, &terms).into_iter().map(|range| text[range].to_owned()).collect()
    }

    #[test]
    fn marks_what_was_found_in_the_displayed_form() {
        let cases: [(&str, &[&str], &[&str]); 7] = [
            ("我們的專利被侵權", &["专利"], &["專利"]),
            ("Licensing of patents", &["license", "patent"], &["Licensing", "patents"]),
            ("ＰＣＴ申请", &["pct"], &["ＰＣＴ"]),
            ("专利预审", &["专利", "利预", "预审"], &["专利预审"]),
            ("a trade-secret case", &["trade secrets"], &["trade-secret"]),
            ("Infringement", &["infring"], &["Infringement"]),
            ("无关", &["专利", ""], &[]),
        ];
        for (text, terms, expected) in cases {
            assert_eq!(marked(text, terms), expected, "{text}");
        }
    }
}
