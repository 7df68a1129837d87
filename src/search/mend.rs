//! Slips of the keyboard: a name of the vocabulary typed with another character of the same sound (枪注 for 抢注, 灌标 for
//! 贯标), as pinyin keyboards make them.
//!
//! Only characters that the dictionary cannot join to a word are looked at: where somebody typed a word, however strange in
//! its place, he is taken at it (意义 is never 异议). What replaces them sounds alike, is as long, and keeps one of them.
//!
//! Contract: pure; a text without slips comes back as it is. For analysis only, never for what is stored or shown.
//! Deliberately absent: slips of shape, of grammar and in English.

use super::analyzer;
use super::lexicon::lexicon;
use super::matters::matters;
use super::reading::Reading;
use ::pinyin::ToPinyin;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The longest name looked for, in characters; longer ones are found by their parts.
const LONGEST: usize = 5;

/// Names of the vocabulary by their sound.
static SOUNDS: LazyLock<HashMap<String, Vec<String>>> = LazyLock::new(|| {
    let concepts = lexicon().concepts().iter().flat_map(|concept| concept.aliases.iter());
    let names = concepts.chain(matters().all().iter().flat_map(|matter| matter.names.iter()));
    let mut sounds: HashMap<String, Vec<String>> = HashMap::new();
    for name in names {
        let name = analyzer::normalise(name);
        let characters: Vec<char> = name.chars().collect();
        if let Some(sound) = sound(&characters).filter(|_| (2..=LONGEST).contains(&characters.len())) {
            let alike = sounds.entry(sound).or_default();
            if !alike.contains(&name) {
                alike.push(name);
            }
        }
    }
    sounds
});

/// How characters sound, without tones; `None` if one of them is no Chinese character.
fn sound(characters: &[char]) -> Option<String> {
    let mut sound = String::new();
    for character in characters {
        sound.push_str(character.to_pinyin()?.plain());
        sound.push(' ');
    }
    Some(sound)
}

/// A text with slips mended.
#[must_use]
pub fn mend(read: Reading) -> Reading {
    let mut slips: Vec<(usize, usize, String)> = Vec::new();
    for run in read.cuts() {
        let mut loose: Vec<(usize, char)> = Vec::new();
        for (at, word) in run {
            let mut characters = word.chars();
            match (characters.next(), characters.next()) {
                (Some(only), None) => loose.push((at, only)),
                _ => {
                    slips.extend(slips_in(&loose));
                    loose.clear();
                }
            }
        }
        slips.extend(slips_in(&loose));
    }
    if slips.is_empty() {
        return read;
    }
    let mut mended = read.text().to_owned();
    for (start, end, name) in slips.into_iter().rev() {
        mended.replace_range(start..end, &name);
    }
    Reading::of_folded(mended)
}

/// Where loose characters sound like a name: byte range and the name, from the left, the longest first.
fn slips_in(loose: &[(usize, char)]) -> Vec<(usize, usize, String)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(rest) = loose.get(from..).filter(|rest| rest.len() >= 2) {
        let slip = (2..=LONGEST.min(rest.len())).rev().find_map(|length| {
            let span = rest.get(..length)?;
            let characters: Vec<char> = span.iter().map(|(_, character)| *character).collect();
            Some((length, span, meant(&characters)?))
        });
        match slip {
            Some((length, span, name)) => {
                if let (Some((start, _)), Some((last, character))) = (span.first(), span.last()) {
                    found.push((*start, last + character.len_utf8(), name));
                }
                from += length;
            }
            None => from += 1,
        }
    }
    found
}

/// The name that sounds like these characters and shares most of them, at least one, but is not they.
fn meant(characters: &[char]) -> Option<String> {
    let alike = SOUNDS.get(&sound(characters)?)?;
    let shared = |name: &String| name.chars().zip(characters).filter(|(one, other)| one == *other).count();
    if alike.iter().any(|name| shared(name) == characters.len()) {
        return None;
    }
    // The vocabulary holds some common slips as they are typed: what the dictionary knows goes first.
    let known = |name: &str| analyzer::cut(name).len() == 1;
    let best = alike.iter().filter(|name| shared(name) > 0).max_by_key(|name| (shared(name), known(name)))?;
    Some(best.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(text: &str) -> String {
        mend(Reading::of(text)).text().to_owned()
    }

    #[test]
    fn characters_of_the_same_sound_become_the_name_that_was_meant() {
        for (typed, meant) in [
            ("商标被别人枪注了", "商标被别人抢注了"),
            ("对方说我们侵全", "对方说我们侵权"),
            ("公司要做灌标", "公司要做贯标"),
            ("用专利质压贷款", "用专利质押贷款"),
            ("软件著做权", "软件著作权"),
        ] {
            assert_eq!(mended(typed), meant);
        }
    }

    #[test]
    fn what_is_a_word_stays_what_it_is() {
        for text in ["这件事的意义", "公正的评价", "商标异议", "我们做了一种新的净水器", "老外发律师函说我们侵权", ""]
        {
            assert_eq!(mended(text), analyzer::fold(text), "{text}");
        }
        let story = "事情有点长，我从头说。我们公司做锅炉房用的换热器，板片的波纹是自己摸索的，拿到了证书。";
        assert_eq!(mended(story), analyzer::fold(story));
    }
}
