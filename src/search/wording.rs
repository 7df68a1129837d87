//! How a typed text is read.
//!
//! As a number first (`XQ-2026-000123`, `123`, a 统一社会信用代码): what bears it comes on top. As a name from a Latin keyboard
//! (`yunxiu`, `zw`); needs and feedback by their enterprise's, unless what was typed is a word that texts hold. Then it
//! is cut into pieces. A single character left over is none, unless it ends the word a concept begins. A piece that names a
//! concept matches the concept in any wording and either language, counted once; any other matches by its grams or its
//! stem. Up to three pieces must all match, of up to eight at least three fifths. A longer text, a pasted paragraph, is
//! looked for by its two dozen rarest terms, so that it costs little whatever its length.
//!
//! Deliberately absent: query syntax (a quote or a minus is punctuation), so nothing that is typed is an error.

use std::collections::HashSet;
use std::ops::Range;

use tantivy::query::{BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, Occur, Query, RegexQuery, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

use super::analyzer::{self, Run, Script};
use super::at_least::AtLeast;
use super::declared;
use super::document::Kind;
use super::lexicon::lexicon;
use super::number;
use super::parted::{LONGEST_BEGINNING, to_next_rung};
use super::pinyin;
use super::query::{Clause, exactly};
use super::reading::Reading;
use super::writer::{Index, IndexFault};

/// A concept named in other words counts as the words do; how much the weaker of the two adds when both match.
const BOTH: f32 = 0.3;
/// What bears the number comes first whatever else matches.
const NUMBER_SCORE: f32 = 1_000_000.0;
/// A name typed in pinyin says more than a word of a text.
const NAME_SCORE: f32 = 12.0;
/// A text of more pieces is looked for by its rarest terms.
const MOST_PIECES: usize = 8;
/// So many of them.
const MOST_TERMS: usize = 24;
/// The longest text that is read, in characters.
const LONGEST_TEXT: usize = 2_000;
/// The most terms given for marking.
const MOST_HIGHLIGHTS: usize = 40;

/// A text, read.
pub(super) struct Wording {
    /// Every word as it was typed; empty when the text is a number, a name or long.
    strict: Vec<Term>,
    loose: Box<dyn Query>,
}

impl Wording {
    /// Every word as typed, each of which must match; `None` when that says nothing the loose reading does not.
    pub(super) fn strict(&self) -> Option<Vec<Clause>> {
        let must = |term: &Term| -> Clause {
            (Occur::Must, Box::new(TermQuery::new(term.clone(), IndexRecordOption::WithFreqs)))
        };
        (!self.strict.is_empty()).then(|| self.strict.iter().map(must).collect())
    }

    /// The text in every other reading.
    pub(super) fn loose(self) -> Box<dyn Query> {
        self.loose
    }
}

impl Index {
    /// Reads a text; `highlights` gets what to mark.
    pub(super) fn wording(
        &self,
        searcher: &Searcher,
        kind: Option<Kind>,
        typed: &str,
        highlights: &mut Vec<String>,
    ) -> Result<Wording, IndexFault> {
        let typed: String = typed.chars().take(LONGEST_TEXT).collect();
        let reading = Reading::of(&typed);
        let exact = number::number(&typed).map(|number| number.term()).or_else(|| number::code(&typed));
        let pieces = self.pieces(reading.text(), highlights)?;
        let is_long = pieces.len() > MOST_PIECES;
        let words: Box<dyn Query> = if is_long {
            self.rarest(searcher, &reading)?
        } else {
            // Of a number, every part must match wherever it is merely mentioned.
            let all = exact.is_some() || pieces.len() <= 3;
            let required = if all { pieces.len() } else { (pieces.len() * 3).div_ceil(5) };
            at_least(required, pieces)
        };
        let mut seen = HashSet::new();
        highlights.retain(|term| !term.is_empty() && seen.insert(term.clone()));
        highlights.truncate(MOST_HIGHLIGHTS);
        let mut ways: Vec<Clause> = vec![(Occur::Should, words)];
        if let Some(term) = &exact {
            ways.push((Occur::Should, scored(exactly(self.fields.number, term), NUMBER_SCORE)));
        }
        let key = pinyin::typed_key(&typed).filter(|key| key.len() >= 2);
        let of_names = kind.is_none_or(|kind| matches!(kind, Kind::Expert | Kind::Enterprise));
        // A need is found by its enterprise's name in pinyin too, but a word that texts hold (pct) is that word there.
        let is_a_word = key.is_some() && self.is_written(searcher, &reading)?;
        let name = key.filter(|_| of_names || !is_a_word);
        let is_plain = !is_long && exact.is_none() && name.is_none();
        if let Some(mut key) = name {
            key.truncate(LONGEST_BEGINNING);
            let mut by_name = self.begins(&key)?;
            if is_a_word && kind.is_none() {
                let named = [Kind::Expert, Kind::Enterprise].map(|kind| exactly(self.fields.kind, kind.as_str()));
                let named: Vec<Clause> = named.into_iter().map(|kind| (Occur::Should, kind)).collect();
                let named: Box<dyn Query> = Box::new(BooleanQuery::new(named));
                by_name = Box::new(BooleanQuery::new(vec![(Occur::Must, by_name), (Occur::Must, named)]));
            }
            ways.push((Occur::Should, scored(by_name, NAME_SCORE)));
        }
        let loose = match (ways.len(), ways.pop()) {
            (1, Some((_, only))) => only,
            (_, last) => {
                ways.extend(last);
                Box::new(BooleanQuery::new(ways))
            }
        };
        Ok(Wording { strict: if is_plain { self.strict(&reading) } else { Vec::new() }, loose })
    }

    /// Whatever bears a name that begins so in pinyin.
    fn begins(&self, key: &str) -> Result<Box<dyn Query>, IndexFault> {
        Ok(match to_next_rung(key) {
            0 => exactly(self.fields.pinyin, key),
            more => Box::new(RegexQuery::from_pattern(&format!("{key}[a-z0-9]{{0,{more}}}"), self.fields.pinyin)?),
        })
    }

    /// Whether a Latin word of the text stands in any document.
    fn is_written(&self, searcher: &Searcher, reading: &Reading) -> Result<bool, IndexFault> {
        for run in reading.content().iter().filter(|run| run.script == Script::Latin) {
            if searcher.doc_freq(&Term::from_field_text(self.fields.latin, run.text))? > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Every word of a text, or the grams of what is no word. Where only stop words were typed, they are what is looked for.
    fn strict(&self, reading: &Reading) -> Vec<Term> {
        let mut terms: Vec<Term> = Vec::new();
        let mut runs = reading.content();
        runs.retain(|run| !is_scrap(reading.text(), run.start, run.text));
        if runs.is_empty() {
            runs = analyzer::runs(reading.text());
        }
        for run in runs {
            if run.script == Script::Latin {
                terms.push(Term::from_field_text(self.fields.latin, run.text));
                continue;
            }
            let grams: Vec<&str> = analyzer::grams(run.text).collect();
            if grams.is_empty() {
                // A single character is found as a beginning only.
                return Vec::new();
            }
            let words = analyzer::words(run.text);
            let covered: usize =
                analyzer::cut(run.text).iter().map(|word| word.chars().count()).filter(|n| *n > 1).sum();
            let (field, texts) = if covered == run.text.chars().count() {
                (self.fields.words, words)
            } else {
                (self.fields.grams, grams)
            };
            terms.extend(texts.iter().map(|text| Term::from_field_text(field, text)));
        }
        terms.sort_unstable();
        terms.dedup();
        terms
    }

    /// The rarest terms of a long text, any of which may match.
    fn rarest(&self, searcher: &Searcher, reading: &Reading) -> Result<Box<dyn Query>, IndexFault> {
        let mut terms: Vec<(Field, String)> = Vec::new();
        for run in reading.content() {
            match run.script {
                Script::Latin => terms.push((self.fields.latin, run.text.to_owned())),
                Script::Han => {
                    let words = analyzer::words(run.text);
                    if words.is_empty() {
                        terms.extend(analyzer::grams(run.text).map(|gram| (self.fields.grams, gram.to_owned())));
                    }
                    terms.extend(words.into_iter().map(|word| (self.fields.words, word.to_owned())));
                }
            }
        }
        terms.sort_unstable();
        terms.dedup();
        let mut counted: Vec<(u64, Term)> = Vec::with_capacity(terms.len());
        for (field, text) in terms {
            let term = Term::from_field_text(field, &text);
            let documents = searcher.doc_freq(&term)?;
            if documents > 0 {
                counted.push((documents, term));
            }
        }
        counted.sort_unstable();
        counted.truncate(MOST_TERMS);
        // Terms alone, all with their frequencies: the engine then leaves out what cannot be among the best.
        let any: Vec<Clause> = counted
            .into_iter()
            .map(|(_, term)| -> Clause {
                (Occur::Should, Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)))
            })
            .collect();
        Ok(if any.is_empty() { Box::new(EmptyQuery) } else { Box::new(BooleanQuery::new(any)) })
    }

    /// One query for each concept named and each other run of characters that means something.
    fn pieces(&self, folded: &str, highlights: &mut Vec<String>) -> Result<Vec<Box<dyn Query>>, IndexFault> {
        let mut pieces: Vec<Box<dyn Query>> = Vec::new();
        let mut covered = 0;
        let hits = lexicon().hits(folded);
        // Other names of the concepts, marked after everything that was typed: each concept's in turn.
        let mut other_names: Vec<&[&str]> = Vec::new();
        // Concepts of the same span are readings of one piece.
        for same in hits.chunk_by(|left, right| (left.start, left.end) == (right.start, right.end)) {
            let Some(hit) = same.first() else { continue };
            let span = folded.get(hit.start..hit.end).unwrap_or_default();
            self.telling(folded, covered..hit.start, &mut pieces, highlights)?;
            covered = covered.max(hit.end);
            let mut literal: Vec<Box<dyn Query>> = Vec::new();
            self.plain(&analyzer::runs(span), &mut literal, highlights)?;
            let mut wordings: Vec<Box<dyn Query>> = vec![at_least(literal.len(), literal)];
            highlights.push(span.to_owned());
            for hit in same {
                let Some(concept) = lexicon().concepts().get(hit.concept) else { continue };
                wordings.push(exactly(self.fields.concepts, concept.id));
                other_names.push(&concept.aliases);
            }
            pieces.push(Box::new(AtLeast::readings(wordings, BOTH)));
        }
        self.telling(folded, covered..folded.len(), &mut pieces, highlights)?;
        if pieces.is_empty() {
            // Only stop words were typed: then they are what is looked for.
            self.plain(&analyzer::runs(folded), &mut pieces, highlights)?;
        }
        let longest = other_names.iter().map(|names| names.len()).max().unwrap_or(0);
        for turn in 0..longest {
            highlights.extend(other_names.iter().filter_map(|names| names.get(turn)).map(|name| (*name).to_owned()));
        }
        Ok(pieces)
    }

    /// What carries meaning in a part of a text that lies between two concepts, or before or behind one.
    fn telling(
        &self,
        folded: &str,
        part: Range<usize>,
        pieces: &mut Vec<Box<dyn Query>>,
        highlights: &mut Vec<String>,
    ) -> Result<(), IndexFault> {
        let reading = Reading::of_folded(folded.get(part.clone()).unwrap_or_default().to_owned());
        let (scraps, runs): (Vec<Run<'_>>, Vec<Run<'_>>) =
            reading.content().into_iter().partition(|run| is_scrap(folded, part.start + run.start, run.text));
        for scrap in scraps {
            let start = part.start + scrap.start;
            pieces.extend(across(folded, &part, start..start + scrap.text.len()).map(|gram| self.gram(gram)));
        }
        self.plain(&runs, pieces, highlights)
    }

    fn plain(
        &self,
        runs: &[Run<'_>],
        pieces: &mut Vec<Box<dyn Query>>,
        highlights: &mut Vec<String>,
    ) -> Result<(), IndexFault> {
        for run in runs {
            match run.script {
                Script::Latin => pieces.push(counted(self.fields.latin, run.text)),
                Script::Han => pieces.push(self.han(run.text)?),
            }
            highlights.push(run.text.to_owned());
            if run.script == Script::Han {
                highlights.extend(analyzer::words(run.text).into_iter().map(str::to_owned));
            }
        }
        Ok(())
    }

    fn gram(&self, gram: &str) -> Box<dyn Query> {
        Box::new(BoostQuery::new(counted(self.fields.grams, gram), declared::boost("grams")))
    }

    /// A Han run: at least three fifths of its grams must be there (so 排查风险 finds 风险排查); its dictionary words add to the score.
    fn han(&self, run: &str) -> Result<Box<dyn Query>, IndexFault> {
        let grams: Vec<&str> = analyzer::grams(run).collect();
        if grams.is_empty() {
            let prefix = RegexQuery::from_pattern(&format!("{run}.*"), self.fields.grams)?;
            return Ok(Box::new(prefix));
        }
        let mut seen = HashSet::new();
        let distinct: Vec<&str> = grams.into_iter().filter(|gram| seen.insert(*gram)).collect();
        let required = (distinct.len() * 3).div_ceil(5);
        let mut parts: Vec<Box<dyn Query>> = Vec::with_capacity(distinct.len());
        for gram in distinct {
            parts.push(self.gram(gram));
        }
        let must = at_least(required, parts);
        let mut whole: Vec<Clause> = vec![(Occur::Must, must)];
        for word in analyzer::words(run) {
            whole.push((Occur::Should, counted(self.fields.words, word)));
        }
        Ok(Box::new(BooleanQuery::new(whole)))
    }
}

/// A single Han character left over where a concept or a stop word was cut out of a run, or counting something (3件): it says
/// nothing by itself. One that stands apart, by a space or a comma, is a word, and so is that of A股.
fn is_scrap(folded: &str, start: usize, text: &str) -> bool {
    let is_han = |beside: Option<char>| beside.and_then(analyzer::script_of) == Some(Script::Han);
    let is_near =
        |beside: Option<char>| beside.is_some_and(|beside| !beside.is_whitespace() && !beside.is_ascii_alphabetic());
    let before = folded.get(..start).and_then(|before| before.chars().next_back());
    let after = folded.get(start + text.len()..).and_then(|after| after.chars().next());
    text.chars().count() == 1 && is_han(text.chars().next()) && (is_near(before) || is_near(after))
}

/// The gram that joins a character to the concept it ends as a word, as 膜 in 石墨烯膜.
fn across<'a>(folded: &'a str, part: &Range<usize>, at: Range<usize>) -> Option<&'a str> {
    let before = folded.get(..at.start).filter(|_| at.start == part.start)?.chars().next_back()?;
    let is_han = analyzer::script_of(before) == Some(Script::Han);
    folded.get(at.start - before.len_utf8()..at.end).filter(|_| is_han)
}

/// At least so many of these. All or any are the engine's own ways: it leaves out what cannot be among the best where it
/// can.
fn at_least(required: usize, mut parts: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    match parts.len() {
        0 => Box::new(EmptyQuery),
        1 => parts.swap_remove(0),
        all if required == all => {
            Box::new(BooleanQuery::new(parts.into_iter().map(|part| (Occur::Must, part)).collect()))
        }
        _ => Box::new(AtLeast::of(required, parts)),
    }
}

fn counted(field: Field, value: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, value), IndexRecordOption::WithFreqs))
}

fn scored(query: Box<dyn Query>, score: f32) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, score))
}
