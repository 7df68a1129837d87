//! A folded text taken apart once, for everything that is asked of it: its runs of one script, and the words the dictionary
//! finds in those of Han characters.
//!
//! The dictionary is what costs most in reading a text, so it is asked once a run, in search mode; what stands between two
//! stop words, its words, their sub-words and its two-character grams are all slices of the text.
//!
//! Contract: pure; the same words and grams as [`analyzer::words`] and [`analyzer::grams`] give of each stretch of
//! [`content`](Reading::content) by itself, a test holds it. Deliberately absent: concepts and matters (`lexicon`, `matters`), which
//! are looked for in the text as a whole.

use super::analyzer::{self, LONGEST_TERM, Run, Script, TermSort};
use std::ops::Range;

/// A piece of a Han run in bytes of the text: a word of the cut, or a shorter word within one.
#[derive(Debug, Clone)]
struct Piece {
    at: Range<usize>,
    inner: bool,
}

#[derive(Debug, Clone)]
struct Stretch {
    script: Script,
    at: Range<usize>,
    pieces: Range<usize>,
}

/// A folded text and what it is made of.
#[derive(Debug, Clone)]
pub struct Reading {
    text: String,
    runs: Vec<Stretch>,
    /// Every word of the cut after the words of two and three characters within it.
    pieces: Vec<Piece>,
}

impl Reading {
    /// Reads a text, folded or not: it is [folded](analyzer::fold) first.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self::of_folded(analyzer::fold(text))
    }

    /// Reads a folded text.
    #[must_use]
    pub fn of_folded(text: String) -> Self {
        let mut runs = Vec::new();
        let mut pieces: Vec<Piece> = Vec::new();
        for run in analyzer::runs(&text) {
            let first = pieces.len();
            if run.script == Script::Han {
                analyzer::search_words(run.text, |start, end| {
                    pieces.push(Piece { at: run.start + start..run.start + end, inner: true });
                });
            }
            // A word follows the words within it: seen from the end, whatever starts before the last word is the next.
            let mut began = usize::MAX;
            for piece in pieces.iter_mut().skip(first).rev() {
                if piece.at.start < began {
                    began = piece.at.start;
                    piece.inner = false;
                }
            }
            let at = run.start..run.start + run.text.len();
            runs.push(Stretch { script: run.script, at, pieces: first..pieces.len() });
        }
        Self { text, runs, pieces }
    }

    /// The folded text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    fn slice(&self, at: &Range<usize>) -> &str {
        self.text.get(at.clone()).unwrap_or_default()
    }

    /// The words each Han run is cut into, together the whole run, with their place in the text; run by run.
    pub(super) fn cuts(&self) -> impl Iterator<Item = impl Iterator<Item = (usize, &str)>> {
        self.runs.iter().filter(|run| run.script == Script::Han).map(|run| {
            let words = self.pieces.get(run.pieces.clone()).unwrap_or_default().iter().filter(|piece| !piece.inner);
            words.map(|piece| (piece.at.start, self.slice(&piece.at)))
        })
    }

    /// The runs that carry meaning: Han runs with stop words cut out, and Latin words that are none.
    #[must_use]
    pub fn content(&self) -> Vec<Run<'_>> {
        let mut kept = Vec::new();
        self.walk(|script, at| kept.push(Run { script, text: self.slice(&at), start: at.start }), |_| {});
        kept
    }

    /// Every term that carries meaning, in the order of the text; repeats are kept.
    #[must_use]
    pub fn terms(&self) -> Vec<(TermSort, &str)> {
        let mut words = Vec::new();
        let mut others = Vec::new();
        self.walk(
            |script, at| match script {
                Script::Latin => others.push((TermSort::Latin, self.slice(&at))),
                Script::Han => others.extend(analyzer::grams(self.slice(&at)).map(|gram| (TermSort::Gram, gram))),
            },
            |piece| words.push((TermSort::Word, self.slice(piece))),
        );
        words.append(&mut others);
        words
    }

    /// Gives every stretch that carries meaning, and every word in those of Han characters.
    fn walk<'a>(&'a self, mut stretch: impl FnMut(Script, Range<usize>), mut word: impl FnMut(&'a Range<usize>)) {
        let telling = |at: &Range<usize>| {
            let text = self.slice(at);
            (2..=LONGEST_TERM).contains(&text.chars().count()) && !analyzer::is_stopword(text)
        };
        for run in &self.runs {
            if run.script == Script::Latin {
                if !analyzer::is_stopword(self.slice(&run.at)) {
                    stretch(run.script, run.at.clone());
                }
                continue;
            }
            let pieces = self.pieces.get(run.pieces.clone()).unwrap_or_default();
            let mut from = run.at.start;
            let mut until = from;
            for word_and_within in pieces.split_inclusive(|piece| !piece.inner) {
                let Some(whole) = word_and_within.last() else { continue };
                if analyzer::is_stopword(self.slice(&whole.at)) {
                    if from < whole.at.start {
                        stretch(Script::Han, from..whole.at.start);
                    }
                    from = whole.at.end;
                } else {
                    word_and_within.iter().map(|piece| &piece.at).filter(|at| telling(at)).for_each(&mut word);
                }
                until = whole.at.end;
            }
            if from < until {
                stretch(Script::Han, from..until);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::lexicon::lexicon;
    use super::*;

    /// The same by looking at each stretch by itself.
    fn content(folded: &str) -> Vec<Run<'_>> {
        let mut kept = Vec::new();
        for run in analyzer::runs(folded) {
            if run.script == Script::Latin {
                if !analyzer::is_stopword(run.text) {
                    kept.push(run);
                }
                continue;
            }
            let mut offset = 0;
            let mut piece_start = 0;
            for word in analyzer::cut(run.text) {
                let end = offset + word.len();
                if analyzer::is_stopword(word) {
                    keep(&mut kept, run, piece_start, offset);
                    piece_start = end;
                }
                offset = end;
            }
            keep(&mut kept, run, piece_start, offset);
        }
        kept
    }

    fn keep<'a>(kept: &mut Vec<Run<'a>>, run: Run<'a>, from: usize, to: usize) {
        if let Some(text) = run.text.get(from..to).filter(|text| !text.is_empty()) {
            kept.push(Run { script: Script::Han, text, start: run.start + from });
        }
    }

    fn by_the_run(folded: &str) -> Vec<(TermSort, String)> {
        let mut found = Vec::new();
        for run in content(folded) {
            match run.script {
                Script::Latin => found.push((TermSort::Latin, run.text.to_owned())),
                Script::Han => {
                    let words = analyzer::words(run.text).into_iter().filter(|word| !analyzer::is_stopword(word));
                    found.extend(words.map(|word| (TermSort::Word, word.to_owned())));
                    found.extend(analyzer::grams(run.text).map(|gram| (TermSort::Gram, gram.to_owned())));
                }
            }
        }
        found.sort();
        found
    }

    fn read(folded: &str) -> Vec<(TermSort, String)> {
        let reading = Reading::of_folded(folded.to_owned());
        let mut found: Vec<_> = reading.terms().into_iter().map(|(sort, text)| (sort, text.to_owned())).collect();
        found.sort();
        assert_eq!(reading.content(), content(folded), "{folded}");
        found
    }

    #[test]
    fn one_look_gives_what_a_look_at_each_stretch_gives() {
        for text in [
            "请问老外发律师函说我们侵权怎么办",
            "数据知识产权登记，PCT 申请的费用减缴如何办理？",
            "the trade secrets of a competitor",
            "々〇ー한국 商标",
            "",
        ] {
            let folded = analyzer::fold(text);
            assert_eq!(read(&folded), by_the_run(&folded), "{text}");
        }
    }

    #[test]
    fn stop_words_are_cut_out_of_the_content() {
        let reading = Reading::of("请问如何办理专利预审 the patents");
        let kept: Vec<&str> = reading.content().iter().map(|run| run.text).collect();
        assert_eq!(kept, ["专利预审", "patent"]);
    }

    #[test]
    fn the_cut_is_the_whole_run() {
        let reading = Reading::of("数据知识产权登记，如何办理");
        let runs: Vec<String> = reading.cuts().map(|run| run.map(|(_, word)| word).collect()).collect();
        assert_eq!(runs, ["数据知识产权登记", "如何办理"]);
    }

    #[test]
    fn one_look_gives_the_same_of_any_mixture() {
        let names: Vec<&str> =
            lexicon().concepts().iter().flat_map(|concept| concept.aliases.iter().copied()).collect();
        let between = ["的", "，", "了吗", " of the ", "请问", "", "如何", "丂丄", "、"];
        let mut turn = 7_u64;
        let mut next = |limit: usize| {
            turn = turn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(turn >> 40).unwrap() % limit
        };
        for _ in 0..500 {
            let text: String = (0..12).flat_map(|_| [names[next(names.len())], between[next(between.len())]]).collect();
            let folded = analyzer::fold(&text);
            assert_eq!(read(&folded), by_the_run(&folded), "{text}");
        }
    }
}
