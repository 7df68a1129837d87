//! Several names in one free-text field, as people separate them.
//!
//! Ours is never sure where a name ends: 、 and ； always part, a comma or a stroke only beside a Chinese character (Keller,
//! Smith & Co is one firm, 甲公司,乙公司 are two), and 和, 与, 及 only behind a legal form (和睦 begins a brand). Deliberately
//! absent: parting names of persons, which have no legal form.

use super::FirmName;
use super::parse::is_chinese;

/// What always parts two names.
const PARTS: [char; 9] = ['、', '，', ';', '；', '\n', '|', '｜', '\t', '。'];
/// What parts two names beside a Chinese character.
const PARTS_CHINESE: [char; 4] = [',', '/', '／', '\\'];
/// Words that part two names behind a legal form, the longest first.
const AND: [&str; 9] = ["以及", "和", "与", "與", "及", "暨", "&", "＆", "+"];
/// What a name ends with, as far as 和 behind it means another name.
const ENDS: [&str; 14] = [
    "公司",
    "事务所",
    "事務所",
    "律所",
    "律师所",
    "分所",
    "合伙企业",
    "工作室",
    "大学",
    "大學",
    "研究院",
    "研究所",
    "代表处",
    "集团",
];

/// The names in a field, in order; what is no firm is left out.
pub(super) fn names(raw: &str) -> Vec<FirmName> {
    let mut found = Vec::new();
    for part in raw.split(PARTS) {
        for name in beside_chinese(part).into_iter().flat_map(behind_forms) {
            let name = FirmName::parse(name);
            if !name.is_nothing() {
                found.push(name);
            }
        }
    }
    found
}

/// Parts at commas and strokes that have a Chinese character on either side, blanks aside.
fn beside_chinese(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, mark) in text.char_indices().filter(|(_, one)| PARTS_CHINESE.contains(one)) {
        let after = text.get(at + mark.len_utf8()..).unwrap_or_default();
        let before = text.get(from..at).unwrap_or_default();
        let chinese = |one: Option<char>| one.is_some_and(|one| is_chinese(one) || matches!(one, ')' | '）'));
        if chinese(before.trim_end().chars().next_back()) || chinese(after.trim_start().chars().next()) {
            parts.push(before);
            from = at + mark.len_utf8();
        }
    }
    parts.push(text.get(from..).unwrap_or_default());
    parts
}

/// Parts at 和 and its like behind a legal form.
fn behind_forms(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, _) in text.char_indices() {
        let (before, rest) = (text.get(from..at).unwrap_or_default(), text.get(at..).unwrap_or_default());
        let Some(word) = AND.iter().find(|word| rest.starts_with(**word)) else { continue };
        let after = rest.get(word.len()..).unwrap_or_default();
        if ends_a_name(before) && after.trim().chars().count() >= 2 {
            parts.push(before);
            from = at + word.len();
        }
    }
    parts.push(text.get(from..).unwrap_or_default());
    parts
}

/// Whether a legal form ends the text, a bracket behind it aside.
fn ends_a_name(text: &str) -> bool {
    let text = text.trim_end();
    let text = match text.strip_suffix([')', '）']).and_then(|inside| inside.rfind(['(', '（']).map(|at| (inside, at)))
    {
        Some((inside, at)) => inside.get(..at).unwrap_or_default().trim_end(),
        None => text,
    };
    ENDS.iter().any(|form| text.ends_with(form) && text.len() > form.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_a_field_is_found() {
        let cases: &[(&str, &[&str])] = &[
            ("甲光学有限公司、乙测控有限公司", &["甲光学有限公司", "乙测控有限公司"]),
            ("甲光学有限公司,乙测控有限公司", &["甲光学有限公司", "乙测控有限公司"]),
            ("甲光学有限公司, Keller GmbH", &["甲光学有限公司", "Keller GmbH"]),
            ("华为/小米", &["华为", "小米"]),
            ("甲光学（北京）/乙测控", &["甲光学（北京）", "乙测控"]),
            ("Keller, Smith & Co", &["Keller, Smith & Co"]),
            ("甲光学有限公司和乙测控有限公司", &["甲光学有限公司", "乙测控有限公司"]),
            ("甲光学有限公司与张三", &["甲光学有限公司", "张三"]),
            ("甲律师事务所（普通合伙）及乙律所以及丙公司", &["甲律师事务所（普通合伙）", "乙律所", "丙公司"]),
            ("清华大学和甲光学", &["清华大学", "甲光学"]),
            ("和睦家医疗有限公司", &["和睦家医疗有限公司"]),
            ("北京和信科技有限公司", &["北京和信科技有限公司"]),
            ("华与科技有限公司\n无", &["华与科技有限公司"]),
            ("甲公司和", &["甲公司和"]),
            ("", &[]),
        ];
        for (field, expected) in cases {
            let found = names(field);
            let raws: Vec<&str> = found.iter().map(FirmName::raw).collect();
            assert_eq!(&raws, expected, "{field}");
        }
    }
}
