//! Where a Chinese headline may break: between words, never inside one.
//!
//! Contract: the pieces joined again are the text, byte for byte. `的 了 前 后` and closing marks hang on to the piece before,
//! every other single character and every opening mark to the piece after. Deliberately absent: markup; a template puts
//! `<wbr>` between the pieces and escapes each.

use super::analyzer::{self, Script};

/// Single characters that belong to the word before them.
const HANGS_BACK: [&str; 8] = ["的", "了", "前", "后", "後", "地", "得", "们"];
const OPENING: [char; 12] = ['（', '《', '〈', '「', '『', '【', '“', '‘', '(', '[', '{', '<'];

/// Cuts a headline into pieces between which a line may break.
#[must_use]
pub fn word_breaks(title: &str) -> Vec<&str> {
    let mut ends: Vec<usize> = Vec::new();
    let mut offset = 0;
    // A piece that is not finished yet waits for the next word: an opening mark or a single character.
    let mut waiting = false;
    for word in cut(title) {
        let end = offset + word.len();
        let hangs_back = HANGS_BACK.contains(&word) || is_closing(word);
        let extends = waiting || hangs_back;
        if extends && !ends.is_empty() && (hangs_back || waiting) {
            ends.pop();
        }
        ends.push(end);
        waiting = if hangs_back { false } else { waits(word) };
        offset = end;
    }
    if waiting && ends.len() > 1 {
        // A single character at the very end has nothing after it: it joins the word before.
        let last = ends.pop();
        ends.pop();
        ends.extend(last);
    }
    let mut pieces = Vec::with_capacity(ends.len());
    let mut start = 0;
    for end in ends {
        pieces.extend(title.get(start..end));
        start = end;
    }
    pieces
}

/// The title cut by the dictionary; traditional characters are looked up in their simplified form.
fn cut(title: &str) -> Vec<&str> {
    let simplified = fast2s::convert(title);
    let mut words = Vec::new();
    let mut rest = title.char_indices().peekable();
    let mut start = 0;
    for word in analyzer::cut(&simplified) {
        for _ in word.chars() {
            rest.next();
        }
        let end = rest.peek().map_or(title.len(), |(at, _)| *at);
        words.extend(title.get(start..end));
        start = end;
    }
    words
}

fn is_closing(word: &str) -> bool {
    word.chars().all(|c| analyzer::script_of(c).is_none() && !OPENING.contains(&c))
}

fn waits(word: &str) -> bool {
    let mut characters = word.chars();
    match (characters.next(), characters.next()) {
        (Some(only), None) => OPENING.contains(&only) || analyzer::script_of(only) == Some(Script::Han),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headlines_break_between_words() {
        let cases = [
            ("收到专利侵权警告函，需判断是否侵权并准备回函", "收到|专利|侵权|警告函，|需判断|是否|侵权|并准备|回函"),
            ("减速器出口欧盟前的专利风险排查", "减速器|出口|欧盟前的|专利|风险|排查"),
            ("想请您帮一家企业做专利风险排查", "想请您帮一家|企业|做专利|风险|排查"),
            ("《專利法》第四十二條", "《專利法》|第四十二條"),
            ("今日待办", "今日|待办"),
            ("函", "函"),
            ("", ""),
        ];
        for (title, expected) in cases {
            let pieces = word_breaks(title);
            assert_eq!(pieces.concat(), title);
            assert_eq!(pieces.join("|"), expected);
        }
    }

    #[test]
    fn nothing_is_lost_in_mixed_text() {
        for title in ["PCT 申请（欧洲）怎么办？", "5G 芯片 SEP 许可：谈判", " 前后 ", "𠮷野家商标 の 件", "a"]
        {
            assert_eq!(word_breaks(title).concat(), title);
        }
    }
}
