//! Turns what people type into terms. Index and query go through the same chain, so both sides always agree:
//! NFKC → lower case → traditional to simplified → Taiwan vocabulary → scripts told apart → Han runs as dictionary words
//! and as two-character grams, Latin and digit runs as stemmed English words.
//!
//! Contract: every function is pure and deterministic; no guessing of unknown words (jieba's HMM is off), since the
//! grams find those. Any change here that alters terms must raise [`ANALYZER_V`], which makes every index rebuild itself.
//! Deliberately absent: language detection. The script of each run decides how it is treated.

use std::collections::HashSet;
use std::fmt::Write;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use jieba_rs::Jieba;
use sha2::{Digest, Sha256};
use tantivy::tokenizer::{Language, RawTokenizer, Stemmer, TextAnalyzer, TokenStream};
use unicode_normalization::UnicodeNormalization;

/// Version of the chain below. An index built under another version is rebuilt.
pub const ANALYZER_V: u32 = 3;

const DICTIONARY: &str = include_str!("../../index/dictionary.txt");
const STOPWORDS: &str = include_str!("../../index/stopwords.txt");
const SYNONYMS: &str = include_str!("../../index/synonyms.txt");

/// The longest word kept as a term, in characters; longer runs are noise such as keys and hashes.
pub(super) const LONGEST_TERM: usize = 40;

static JIEBA: LazyLock<Jieba> = LazyLock::new(|| {
    let mut jieba = Jieba::new();
    for word in lines(DICTIONARY) {
        jieba.add_word(word, None, None);
    }
    // Its lists have grown by doubling; a copy has none of that room to spare, sixteen megabytes.
    jieba.clone()
});

static STOP: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let mut stop = HashSet::new();
    let mut stemmer = EnglishStemmer::new();
    for word in lines(STOPWORDS) {
        stop.insert(stemmer.stem(word));
    }
    stop
});

static RESPELLING: LazyLock<Option<(AhoCorasick, Vec<&'static str>)>> = LazyLock::new(|| {
    let mut from = Vec::new();
    let mut to = Vec::new();
    for line in lines(SYNONYMS) {
        if let Some((left, right)) = line.split_once('\t') {
            from.push(left.trim());
            to.push(right.trim());
        }
    }
    let automaton = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(from).ok()?;
    Some((automaton, to))
});

/// The lines of one of our `index/*.txt` files that are neither empty nor comments.
fn lines(file: &'static str) -> impl Iterator<Item = &'static str> {
    file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The words people added to the dictionary: at most four characters each (longer names are concepts).
#[cfg(test)]
pub(super) fn dictionary_words() -> Vec<&'static str> {
    lines(DICTIONARY).collect()
}

/// The version of how texts are read for a ranking, as it is frozen with an offer: the analyzer's, and the beginning of the
/// SHA-256 of the word lists and matters.
#[must_use]
pub fn text_version() -> &'static str {
    static VERSION: LazyLock<String> = LazyLock::new(|| {
        let mut hasher = Sha256::new();
        hasher.update(dictionary_hash().as_bytes());
        hasher.update(super::matters::FILE.as_bytes());
        let mut text = format!("{ANALYZER_V}-");
        for byte in hasher.finalize().iter().take(6) {
            let _ = write!(text, "{byte:02x}");
        }
        text
    });
    &VERSION
}

/// SHA-256 of every word list the terms of an index depend on, in hexadecimal.
#[must_use]
pub fn dictionary_hash() -> &'static str {
    static HASH: LazyLock<String> = LazyLock::new(|| {
        let mut hasher = Sha256::new();
        for part in [DICTIONARY, STOPWORDS, SYNONYMS, super::lexicon::CONCEPTS, super::pinyin::SURNAMES] {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        let mut hex = String::with_capacity(64);
        for byte in hasher.finalize() {
            let _ = write!(hex, "{byte:02x}");
        }
        hex
    });
    &HASH
}

/// Snowball's English stemmer, one word at a time.
pub(super) struct EnglishStemmer(TextAnalyzer);

impl EnglishStemmer {
    pub(super) fn new() -> Self {
        Self(TextAnalyzer::builder(RawTokenizer::default()).filter(Stemmer::new(Language::English)).build())
    }

    /// The stem of a lower-case word; words with other than ASCII letters come back unchanged.
    pub(super) fn stem(&mut self, word: &str) -> String {
        if word.len() < 3 || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return word.to_owned();
        }
        let mut stream = self.0.token_stream(word);
        if stream.advance() { stream.token().text.clone() } else { word.to_owned() }
    }
}

/// How a run of characters is treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// Characters written without spaces: Han, kana, hangul.
    Han,
    /// Letters and digits of every other script.
    Latin,
}

/// One unbroken run of characters of one script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run<'a> {
    /// How the run is treated.
    pub script: Script,
    /// The run itself.
    pub text: &'a str,
    /// Byte offset of the run in the text it was cut from.
    pub start: usize,
}

/// The script of a character, or `None` for spaces and punctuation.
#[must_use]
pub fn script_of(character: char) -> Option<Script> {
    let han = matches!(character,
        '\u{3005}' | '\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}');
    if han && character != '\u{30fb}' {
        Some(Script::Han)
    } else if character.is_alphanumeric() {
        Some(Script::Latin)
    } else {
        None
    }
}

/// Cuts a text into runs of one script, leaving out spaces and punctuation.
#[must_use]
pub fn runs(text: &str) -> Vec<Run<'_>> {
    let mut found = Vec::new();
    let mut open: Option<(Script, usize)> = None;
    for (at, character) in text.char_indices() {
        let script = script_of(character);
        if open.map(|(current, _)| current) == script {
            continue;
        }
        if let Some((current, start)) = open {
            found.push(Run { script: current, text: text.get(start..at).unwrap_or_default(), start });
        }
        open = script.map(|next| (next, at));
    }
    if let Some((current, start)) = open {
        found.push(Run { script: current, text: text.get(start..).unwrap_or_default(), start });
    }
    found
}

/// NFKC, lower case, simplified characters, no zero-width characters. For analysis only, never for storage: NFKC also
/// turns `，` into `,`.
#[must_use]
pub fn normalise(text: &str) -> String {
    let mut lowered = String::with_capacity(text.len());
    for character in text.chars() {
        match plain(character) {
            Some(plain) => lowered.push(plain),
            // Something that wants composing or taking apart: the whole text goes the long way.
            None => return fast2s::convert(&lowered_nfkc(text)),
        }
    }
    fast2s::convert(&lowered)
}

/// What becomes of a character that stands for itself whatever stands beside it: most of what people type. `None` for all
/// others.
const fn plain(character: char) -> Option<char> {
    match character {
        '\u{0}'..='\u{7f}' => Some(character.to_ascii_lowercase()),
        '\u{3000}' => Some(' '),
        '\u{4e00}'..='\u{9fff}' | '、' | '。' | '〈'..='】' | '—' | '‘' | '’' | '“' | '”' => {
            Some(character)
        }
        '！'..='～' => match char::from_u32(character as u32 - 0xfee0) {
            Some(half) => Some(half.to_ascii_lowercase()),
            None => None,
        },
        _ => None,
    }
}

/// NFKC and lower case without zero-width characters.
fn lowered_nfkc(text: &str) -> String {
    let mut lowered = String::with_capacity(text.len());
    for character in text.nfkc() {
        if matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{00ad}') {
            continue;
        }
        lowered.extend(character.to_lowercase());
    }
    lowered
}

/// The common form of a text: [`normalise`]d, Taiwan's words replaced by the mainland's, English words stemmed, one space
/// between English words that belong together (`pre-examination` and `pre examination` are alike), nothing between a Han
/// and a Latin run that only a space parts (`PCT 申请` is `pct申请`), and a line feed where a term must not cross.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut normalised = normalise(text);
    if let Some((automaton, replacements)) = RESPELLING.as_ref() {
        normalised = automaton.replace_all(&normalised, replacements);
    }
    let mut stemmer = EnglishStemmer::new();
    let mut folded = String::with_capacity(normalised.len());
    let mut previous: Option<Run<'_>> = None;
    for run in runs(&normalised) {
        if let Some(before) = previous {
            let gap = normalised.get(before.start + before.text.len()..run.start).unwrap_or_default();
            let possessive = run.text == "s" && matches!(gap, "'" | "’");
            if possessive {
                // Swallowed: what follows is measured from its end.
                let end = run.start + run.text.len();
                previous = Some(Run { text: normalised.get(before.start..end).unwrap_or_default(), ..before });
                continue;
            }
            let latin_pair = before.script == Script::Latin && run.script == Script::Latin;
            if latin_pair && gap.chars().all(|c| matches!(c, ' ' | '-' | '/' | '&' | '\'' | '’')) {
                folded.push(' ');
            } else if before.script == run.script || !gap.chars().all(|c| c == ' ') {
                folded.push('\n');
            }
        }
        match run.script {
            Script::Han => folded.push_str(run.text),
            Script::Latin => folded.push_str(&stemmer.stem(run.text)),
        }
        previous = Some(run);
    }
    folded
}

/// What sort of term a stretch of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TermSort {
    /// A word of the dictionary, of at least two characters, sub-words included.
    Word,
    /// Two characters side by side.
    Gram,
    /// A stemmed Latin or digit word.
    Latin,
}

/// Gives the terms of a [`fold`]ed text one by one; those of a sort come in the order of the text, and repeats are kept: they
/// are the frequencies. Among the grams the last character of each Han run also stands alone, so that a single character can
/// be found as a prefix.
pub(super) fn each_term(folded: &str, mut give: impl FnMut(TermSort, &str)) {
    for run in runs(folded) {
        match run.script {
            Script::Han => {
                search_words(run.text, |start, end| {
                    let word = run.text.get(start..end).unwrap_or_default();
                    if is_a_word(word) {
                        give(TermSort::Word, word);
                    }
                });
                let last = run.text.char_indices().next_back().and_then(|(at, _)| run.text.get(at..));
                grams(run.text).chain(last).for_each(|gram| give(TermSort::Gram, gram));
            }
            Script::Latin if run.text.chars().count() <= LONGEST_TERM => give(TermSort::Latin, run.text),
            Script::Latin => {}
        }
    }
}

/// Neither a single character, which the grams carry, nor noise.
fn is_a_word(word: &str) -> bool {
    (2..=LONGEST_TERM).contains(&word.chars().count())
}

/// Dictionary words of one Han run, sub-words of two and three characters included. Single characters are left out: the
/// grams carry them.
#[must_use]
pub fn words(run: &str) -> Vec<&str> {
    let mut found = Vec::new();
    search_words(run, |start, end| found.extend(run.get(start..end).filter(|word| is_a_word(word))));
    found
}

/// Gives every dictionary word of a Han run in search mode, in bytes of the run: each word of the cut after the words of two
/// and three characters within it.
pub(super) fn search_words(run: &str, mut give: impl FnMut(usize, usize)) {
    for token in JIEBA.cut_for_search(run, false) {
        give(token.byte_start, token.byte_end);
    }
}

/// Overlapping two-character grams of one Han run; none of a single character.
pub fn grams(run: &str) -> impl Iterator<Item = &str> {
    let ends = run.char_indices().skip(1).map(|(at, last)| at + last.len_utf8());
    run.char_indices().zip(ends).filter_map(|((start, _), end)| run.get(start..end))
}

/// Cuts a text into dictionary words without sub-words; together they are the whole text.
pub(super) fn cut(text: &str) -> Vec<&str> {
    JIEBA.cut(text, false).into_iter().map(|token| token.word).collect()
}

/// Whether a folded word says nothing about the matter (请问, 如何, the).
#[must_use]
pub fn is_stopword(folded_word: &str) -> bool {
    STOP.contains(folded_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_that_people_type_fold_alike() {
        let cases = [
            ("ＰＣＴ　申請", "pct申请"),
            ("PCT 申请", "pct申请"),
            ("專利預審", "专利预审"),
            ("智慧財產", "知识产权"),
            ("營業秘密", "商业秘密"),
            ("軟體著作權", "软件著作权"),
            ("Trade Secrets", "trade secret"),
            ("trade-secret", "trade secret"),
            ("patents, licensing", "patent\nlicens"),
            ("专利 侵权", "专利\n侵权"),
            ("competitor's patent", "competitor patent"),
            ("知识\u{200b}产权", "知识产权"),
        ];
        for (typed, expected) in cases {
            assert_eq!(fold(typed), expected, "{typed}");
        }
    }

    #[test]
    fn what_stands_for_itself_is_left_alone_by_the_standard_too() {
        let plain_ones: Vec<char> =
            (0..0x2_0000).filter_map(char::from_u32).filter(|one| plain(*one).is_some()).collect();
        assert!(plain_ones.len() > 20_000);
        for one in &plain_ones {
            let becomes: String = plain(*one).into_iter().collect();
            assert_eq!(lowered_nfkc(&one.to_string()), becomes, "{one}");
        }
        // Side by side they stay what they are alone.
        let all: String = plain_ones.iter().collect();
        let each: String = plain_ones.iter().filter_map(|one| plain(*one)).collect();
        assert_eq!(lowered_nfkc(&all), each);
        assert_eq!(normalise("Ａe\u{301}"), lowered_nfkc("Ａe\u{301}"), "an accent that follows is joined");
    }

    #[test]
    fn words_and_grams_of_a_long_name() {
        let found = |text: &str, wanted: TermSort| {
            let mut found = Vec::new();
            each_term(text, |sort, term| found.extend((sort == wanted).then(|| term.to_owned())));
            found
        };
        let words = found("数据知识产权登记", TermSort::Word);
        assert!(words.contains(&"知识产权".to_owned()), "{words:?}");
        assert_eq!(
            found("数据知识产权登记", TermSort::Gram),
            ["数据", "据知", "知识", "识产", "产权", "权登", "登记", "记"]
        );
        assert!(found("帮我找pct专家", TermSort::Latin).contains(&"pct".to_owned()));
    }

    #[test]
    fn dictionary_holds_short_words_that_stay_whole() {
        let entries = dictionary_words();
        assert!(entries.len() >= 100);
        for entry in entries {
            let length = entry.chars().count();
            assert!((2..=4).contains(&length), "{entry} is too long for the dictionary: make it a concept");
            assert_eq!(fold(entry), entry, "{entry} is not in folded form");
            assert!(words(entry).contains(&entry), "{entry} is not a word");
        }
    }

    #[test]
    fn no_word_of_the_dictionary_hides_another() {
        // Search mode gives sub-words of two and three characters only: a word of four that is two words run together
        // would hide neither, but one of more hides the four-character words inside it (数据知识产权登记 hides 知识产权).
        let plain = Jieba::new();
        for entry in dictionary_words() {
            let without: Vec<String> = plain
                .cut_for_search(entry, false)
                .into_iter()
                .map(|token| token.word.to_owned())
                .filter(|word| word.chars().count() >= 2 && word != entry)
                .collect();
            let with = words(entry);
            for word in without {
                assert!(with.contains(&word.as_str()), "{entry} hides {word}: make it a concept");
            }
        }
        assert!(words("数据知识产权登记").contains(&"知识产权"));
    }

    #[test]
    fn every_respelling_changes_something_once() {
        let mut seen = HashSet::new();
        for line in lines(SYNONYMS) {
            let (left, right) = line.split_once('\t').unwrap_or_else(|| panic!("no tab: {line}"));
            assert!(seen.insert(left), "{left} stands twice");
            assert_eq!(normalise(left), left, "{left} is not in normal form");
            let (automaton, replacements) = RESPELLING.as_ref().unwrap();
            assert_eq!(
                automaton.replace_all(&normalise(right), replacements),
                normalise(right),
                "{right} is rewritten"
            );
            assert_eq!(fold(left), fold(right), "{left} does not fold to {right}");
        }
    }
}
