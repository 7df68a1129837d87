//! Names as they are typed on a Latin keyboard: 单雄信 as `shanxiongxin` or `sxx`, 北京云岫传感 also as `yunxiu`.
//!
//! Contract: [`keys`] gives what an index of names holds, [`typed_key`] what a person typed in the same form; a name is found
//! when one of its keys begins with the typed key. Every reading of a character counts (重 is `zhong` and `chong`); the
//! surname of a short name is read as `index/surnames.tsv` says. ü is `v`, as keyboards have it, and also `u` and `yu`.
//! Deliberately absent: tones, and readings that depend on the neighbouring character.

use std::collections::HashMap;
use std::sync::LazyLock;

use ::pinyin::ToPinyinMulti;
use unicode_normalization::UnicodeNormalization;

use super::analyzer::{self, Script};
use crate::domain::firm;

/// The file itself, for the fingerprint of the word files.
pub(super) const SURNAMES: &str = include_str!("../../index/surnames.tsv");

/// The most keys of one kind made from one place in a name, however many readings its characters have.
const MOST_READINGS: usize = 24;
/// The most syllables of a key; nobody types more.
const LONGEST_KEY: usize = 24;
/// Names with more characters than this are names of firms.
const LONGEST_PERSON: usize = 4;

/// Readings of surnames: for each of its readings one syllable a character.
static READINGS: LazyLock<HashMap<&'static str, Vec<Vec<&'static str>>>> = LazyLock::new(|| {
    let mut readings = HashMap::new();
    for line in SURNAMES.lines().filter(|line| !line.starts_with('#')) {
        if let Some((surname, cell)) = line.split_once('\t') {
            let all = cell.split('|').map(|reading| reading.split_whitespace().collect()).collect();
            readings.insert(surname, all);
        }
    }
    readings
});

/// One character of a name, or one Latin word of it, and how it may be typed, commonest first.
type Syllable = Vec<String>;

/// What a name is found by: full syllables and initials, from its first character, from behind the surname of a person,
/// and from the brand of a firm. Lower-case ASCII letters and digits, sorted, each once; empty for a text without any.
#[must_use]
pub fn keys(name: &str) -> Vec<String> {
    let normalised = analyzer::normalise(name);
    let mut found = Vec::new();
    let characters: Vec<char> = normalised.chars().filter(|c| analyzer::script_of(*c) == Some(Script::Han)).collect();
    let only_han = normalised.chars().all(|c| analyzer::script_of(c) != Some(Script::Latin));
    if only_han && (2..=LONGEST_PERSON).contains(&characters.len()) {
        person(&characters, &mut found);
    } else {
        let whole = syllables(&normalised);
        spell(&whole, true, &mut found);
        let brand = firm::normalised(name);
        if !brand.is_empty() {
            spell(&syllables(&analyzer::normalise(&brand)), true, &mut found);
        }
        for (at, run) in analyzer::runs(&normalised).iter().enumerate() {
            // The later words of a Latin name: `robotics` of Acme Robotics.
            if at > 0 && run.script == Script::Latin {
                found.push(ascii(run.text));
            }
        }
    }
    found.retain(|key| !key.is_empty());
    found.sort_unstable();
    found.dedup();
    found
}

/// What was typed, as the beginning of a key: `Zhāng Wěi`, `zhang'wei` and `ZHANGWEI` are `zhangwei`. `None` when it is
/// no Latin spelling (it holds Chinese characters, or no letter).
#[must_use]
pub fn typed_key(typed: &str) -> Option<String> {
    let mut key = String::with_capacity(typed.len());
    for character in typed.nfkd().flat_map(char::to_lowercase) {
        match character {
            '\u{308}' if key.ends_with('u') => {
                key.pop();
                key.push('v');
            }
            c if c.is_ascii_alphanumeric() => key.push(c),
            c if analyzer::script_of(c).is_some() => return None,
            _ => {}
        }
    }
    key.bytes().any(|byte| byte.is_ascii_alphabetic()).then_some(key)
}

/// Two to four characters: a person, or a short name of a firm.
fn person(characters: &[char], found: &mut Vec<String>) {
    let mut plain: Vec<Syllable> = Vec::new();
    for character in characters {
        plain.push(readings_of(*character));
    }
    let head = |length: usize| characters.get(..length).map(String::from_iter).unwrap_or_default();
    // 令狐 before 令: the longer surname holds.
    let surname = [2, 1].into_iter().find_map(|length| {
        let enough = characters.len() > length;
        READINGS.get(head(length).as_str()).filter(|_| enough).map(|readings| (length, readings))
    });
    let Some((length, readings)) = surname else {
        spell(&plain, true, found);
        spell(plain.get(1..).unwrap_or_default(), false, found);
        return;
    };
    let given = plain.get(length..).unwrap_or_default();
    for reading in readings {
        let mut whole: Vec<Syllable> = reading.iter().map(|syllable| typings(syllable)).collect();
        whole.extend_from_slice(given);
        spell(&whole, true, found);
    }
    spell(given, false, found);
    if length == 1 && characters.len() == LONGEST_PERSON {
        // Four characters behind a one-character surname are more often a firm: 单向空间.
        spell(&plain, true, found);
    }
}

/// The syllables of a text: one for each Chinese character, one for each Latin word.
fn syllables(normalised: &str) -> Vec<Syllable> {
    let mut all = Vec::new();
    for run in analyzer::runs(normalised) {
        match run.script {
            Script::Han => all.extend(run.text.chars().map(readings_of)),
            Script::Latin => all.push(vec![ascii(run.text)]),
        }
    }
    all.retain(|syllable: &Syllable| !syllable.is_empty());
    all.truncate(LONGEST_KEY);
    all
}

fn readings_of(character: char) -> Syllable {
    let mut all: Syllable = Vec::new();
    for reading in character.to_pinyin_multi().into_iter().flatten() {
        for typing in typings(reading.plain()) {
            if !all.contains(&typing) {
                all.push(typing);
            }
        }
    }
    all
}

/// How a syllable is typed: lü as `lv`, `lu` and, as passports have it, `lyu`.
fn typings(syllable: &str) -> Syllable {
    match syllable.split_once(['ü', 'v']) {
        None => vec![syllable.to_owned()],
        Some((before, after)) => ["v", "u", "yu"].iter().map(|vowel| format!("{before}{vowel}{after}")).collect(),
    }
}

fn ascii(word: &str) -> String {
    typed_key(word).unwrap_or_else(|| word.chars().filter(char::is_ascii_alphanumeric).collect())
}

/// Adds the full spellings, and the initials where asked. Once there are [`MOST_READINGS`], later characters keep their
/// first reading.
fn spell(syllables: &[Syllable], with_initials: bool, found: &mut Vec<String>) {
    let mut full = vec![String::new()];
    let mut initials = vec![String::new()];
    for syllable in syllables {
        full = extended(&full, syllable);
        let mut letters: Syllable = Vec::new();
        for letter in syllable.iter().filter_map(|reading| reading.get(..1)) {
            if !letters.iter().any(|known| known == letter) {
                letters.push(letter.to_owned());
            }
        }
        initials = extended(&initials, &letters);
    }
    found.append(&mut full);
    if with_initials {
        found.append(&mut initials);
    }
}

fn extended(beginnings: &[String], readings: &[String]) -> Vec<String> {
    let most = if beginnings.len() * readings.len() > MOST_READINGS { 1 } else { readings.len() };
    let mut longer = Vec::with_capacity(beginnings.len() * most.max(1));
    for beginning in beginnings {
        for reading in readings.iter().take(most) {
            longer.push(format!("{beginning}{reading}"));
        }
    }
    if readings.is_empty() { beginnings.to_vec() } else { longer }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(name: &str, typed: &str) -> bool {
        let typed = typed_key(typed).unwrap();
        keys(name).iter().any(|key| key.starts_with(&typed))
    }

    #[test]
    fn names_are_found_by_full_pinyin_initials_and_given_name() {
        let cases: [(&str, &[&str]); 12] = [
            ("张伟", &["zhangwei", "zw", "Zhang Wei", "zhāng wěi", "zhang'w", "wei", "z"]),
            ("单雄信", &["shanxiongxin", "sxx", "xiongxin"]),
            ("仇和", &["qiuhe"]),
            ("区伯", &["oubo", "ob"]),
            ("曾国藩", &["zengguofan", "zgf"]),
            ("张重庆", &["zhangchongqing", "zhangzhongqing", "zcq"]),
            ("尉迟恭", &["yuchigong", "ycg", "gong"]),
            ("長孫無忌", &["zhangsunwuji", "zswj"]),
            ("吕布", &["lvbu", "lubu", "lyubu", "lü bu", "lb"]),
            ("北京云岫传感科技有限公司", &["beijingyunxiu", "bjyx", "yunxiu", "yxcg"]),
            ("Acme Robotics 机器人", &["acmerob", "robotics", "ar", "acme robotics jiqi"]),
            ("单向空间", &["danxiang", "dxkj"]),
        ];
        for (name, typed) in cases {
            for one in typed {
                assert!(finds(name, one), "{name} by {one}: {:?}", keys(name));
            }
        }
        for (name, typed) in [("单雄信", "dan"), ("曾国藩", "ceng"), ("张伟", "zhangwu"), ("尉迟恭", "weichi")]
        {
            assert!(!finds(name, typed), "{name} by {typed}: {:?}", keys(name));
        }
    }

    #[test]
    fn what_is_no_latin_spelling_is_no_key() {
        for typed in ["张伟", "zhang伟", "", " ", "2026", "·"] {
            assert_eq!(typed_key(typed), None, "{typed}");
        }
        assert_eq!(keys(""), [""; 0]);
        assert_eq!(keys("。"), [""; 0]);
    }

    #[test]
    fn keys_are_few_plain_and_sorted_whatever_the_name() {
        let long = "中国长江三峡集团行重乐单和重行乐单和重行乐单和有限责任公司北京长安街分公司".repeat(3);
        for name in ["和行重乐", "行长行长", long.as_str(), "阿迪力·买买提", "𠮷野", "O'Neil Ⅲ", "한국"]
        {
            let keys = keys(name);
            assert!(keys.len() <= 4 * MOST_READINGS, "{name}: {}", keys.len());
            assert!(keys.windows(2).all(|pair| pair[0] < pair[1]), "{name}: {keys:?}");
            assert!(keys.iter().all(|key| key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())), "{name}");
        }
    }

    #[test]
    fn the_file_of_surnames_is_well_formed() {
        let rows: Vec<&str> = SURNAMES.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(READINGS.len(), rows.len(), "a surname stands twice, or a row has no tab");
        for (surname, readings) in READINGS.iter() {
            assert!(!readings.is_empty() && surname.chars().count() <= 2, "{surname}");
            for reading in readings {
                assert_eq!(reading.len(), surname.chars().count(), "{surname}: one syllable a character");
                assert!(reading.iter().all(|syllable| syllable.bytes().all(|b| b.is_ascii_lowercase())), "{surname}");
            }
        }
    }
}
