//! The words people write in cells: lists, employers, channels, languages, dates, "none".

use crate::domain::expert::FirmType;
use crate::domain::need::Mode;
use chrono::{Days, NaiveDate};

/// What separates the entries of a list.
const SEPARATORS: &[char] = &['、', ',', '，', ';', '；', '|', '｜', '/', '／', '\n'];
/// What separates entries that may themselves hold a slash: certificate numbers and dates.
const SEPARATORS_BUT_SLASH: &[char] = &['、', ',', '，', ';', '；', '|', '｜', '\n'];

/// The headings that a person writes for the kinds of employer; the first is the one we write.
const FIRM_TYPES: &[(FirmType, &[&str])] = &[
    (
        FirmType::Agency,
        &[
            "代理机构",
            "专利代理机构",
            "商标代理机构",
            "专利、商标代理机构",
            "专利商标代理机构",
            "知识产权代理机构",
            "agency",
        ],
    ),
    (FirmType::LawFirm, &["律师事务所", "律所", "law firm"]),
    (FirmType::Enterprise, &["企业", "公司", "enterprise", "company"]),
    (
        FirmType::Institute,
        &["高校院所", "高校", "大学", "科研院所", "科研机构", "高校、科研院所", "institute", "university"],
    ),
    (FirmType::Authority, &["行政司法机关", "行政机关", "司法机关", "行政、司法机关", "机关", "authority"]),
    (FirmType::Other, &["其他", "其它", "other"]),
];

/// Likewise for the channels of a service.
const MODES: &[(Mode, &[&str])] = &[
    (Mode::Online, &["线上", "在线", "远程", "视频", "online"]),
    (Mode::Station, &["到站", "工作站", "坐班", "station"]),
    (Mode::Onsite, &["上门", "现场", "onsite"]),
    (Mode::Phone, &["电话", "phone"]),
    (Mode::Training, &["培训", "training"]),
];

/// Languages by their ISO 639-1 codes.
const LANGUAGES: &[(&str, &[&str])] = &[
    ("zh", &["中文", "汉语", "普通话", "国语", "chinese", "mandarin"]),
    ("en", &["英文", "英语", "english"]),
    ("ja", &["日文", "日语", "japanese"]),
    ("ko", &["韩文", "韩语", "朝鲜语", "korean"]),
    ("de", &["德文", "德语", "german"]),
    ("fr", &["法文", "法语", "french"]),
    ("ru", &["俄文", "俄语", "russian"]),
    ("es", &["西班牙文", "西班牙语", "spanish"]),
    ("pt", &["葡萄牙文", "葡萄牙语", "portuguese"]),
    ("it", &["意大利文", "意大利语", "italian"]),
    ("ar", &["阿拉伯文", "阿拉伯语", "arabic"]),
];

/// The kind of employer meant, by any of its names or its API text.
pub(super) fn firm_type(text: &str) -> Option<FirmType> {
    text.parse().ok().or_else(|| meant(FIRM_TYPES, text))
}

/// The channel meant.
pub(super) fn mode(text: &str) -> Option<Mode> {
    text.parse().ok().or_else(|| meant(MODES, text))
}

/// The language's code; a code of two lower-case letters stands for itself.
pub(super) fn language(text: &str) -> Option<String> {
    let code = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    if code { Some(text.to_ascii_lowercase()) } else { meant(LANGUAGES, text).map(str::to_owned) }
}

/// The word we write for the kind of employer.
pub(super) fn of_firm_type(firm_type: FirmType) -> &'static str {
    first_word(FIRM_TYPES, &firm_type)
}

/// The word we write for the channel.
pub(super) fn of_mode(mode: Mode) -> &'static str {
    first_word(MODES, &mode)
}

/// The words to choose from, as a hint.
pub(super) fn firm_types() -> String {
    choices(FIRM_TYPES)
}

/// Likewise for channels.
pub(super) fn modes() -> String {
    choices(MODES)
}

/// Likewise for languages.
pub(super) fn languages() -> String {
    choices(LANGUAGES)
}

/// The words to choose from in a drop-down, in Chinese or English: what we write, and what the readers know.
fn offered<T>(table: &[(T, &'static [&'static str])], english: bool) -> Vec<&'static str> {
    table.iter().filter_map(|(_, words)| if english { words.last() } else { words.first() }.copied()).collect()
}

/// The kinds of employer to choose from.
pub(super) fn offered_firm_types(english: bool) -> Vec<&'static str> {
    offered(FIRM_TYPES, english)
}

/// The channels to choose from.
pub(super) fn offered_modes(english: bool) -> Vec<&'static str> {
    offered(MODES, english)
}

/// The languages to choose from.
pub(super) fn offered_languages(english: bool) -> Vec<&'static str> {
    offered(LANGUAGES, english)
}

fn meant<T: Copy>(table: &[(T, &[&str])], text: &str) -> Option<T> {
    table.iter().find(|(_, words)| words.iter().any(|word| word.eq_ignore_ascii_case(text))).map(|(value, _)| *value)
}

fn first_word<T: PartialEq>(table: &[(T, &'static [&'static str])], value: &T) -> &'static str {
    table.iter().find(|(known, _)| known == value).and_then(|(_, words)| words.first()).copied().unwrap_or_default()
}

fn choices<T>(table: &[(T, &[&str])]) -> String {
    let ends = |words: &&[&str]| Some(format!("{} {}", words.first()?, words.last()?));
    table.iter().filter_map(|(_, words)| ends(words)).collect::<Vec<_>>().join("、")
}

/// The entries of a list, without the empty ones.
pub(super) fn list(text: &str) -> Vec<String> {
    text.split(SEPARATORS).map(str::trim).filter(|entry| !entry.is_empty()).map(str::to_owned).collect()
}

/// The entries of a list whose entries may hold a separator themselves: the longest run of pieces that is known stands
/// as one entry; a piece that begins no such run stands alone.
pub(super) fn list_of_known(text: &str, known: impl Fn(&str) -> bool) -> Vec<String> {
    let mut entries = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| SEPARATORS.contains(&c) || c.is_whitespace());
        if rest.is_empty() {
            return entries;
        }
        // No entry holds more than a few separators, so no more are looked at.
        let ends: Vec<usize> = rest.match_indices(SEPARATORS).map(|(at, _)| at).chain([rest.len()]).take(4).collect();
        let first = ends.first().copied().unwrap_or(rest.len());
        let whole = ends.iter().rev().copied().find(|end| rest.get(..*end).is_some_and(|run| known(run.trim())));
        let end = whole.unwrap_or(first);
        entries.push(rest.get(..end).unwrap_or_default().trim().to_owned());
        rest = rest.get(end..).unwrap_or_default();
    }
}

/// The entries of a list that is read beside another one: every place counts, and a word for "none" empties it.
pub(super) fn aligned_list(text: &str) -> Vec<Option<String>> {
    text.split(SEPARATORS_BUT_SLASH)
        .map(|entry| Some(entry.trim()).filter(|entry| !is_none(entry)).map(str::to_owned))
        .collect()
}

/// Whether the text says that there is nothing.
pub(super) fn is_none(text: &str) -> bool {
    matches!(text, "" | "无" | "—" | "——" | "-" | "/") || text.eq_ignore_ascii_case("none")
}

/// Whether the text says that something never ends.
pub(super) fn is_forever(text: &str) -> bool {
    matches!(text, "长期" | "长期有效" | "永久" | "永久有效") || text.eq_ignore_ascii_case("permanent")
}

/// Full-width letters, digits and signs (Unicode U+FF01–FF5E) as their ASCII forms.
pub(super) fn half_width(text: &str) -> String {
    let half = |c: char| {
        if ('\u{ff01}'..='\u{ff5e}').contains(&c) { char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c) } else { c }
    };
    text.chars().map(half).collect()
}

/// The day of `2028-01-31`, `2028/1/31`, `2028.1.31`, `2028年1月31日` or `20280131`, with or without a time after a blank.
pub(super) fn date(text: &str) -> Option<NaiveDate> {
    let text = half_width(text);
    let day = text.split([' ', 'T']).next().unwrap_or_default();
    if day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit()) {
        return NaiveDate::parse_from_str(day, "%Y%m%d").ok();
    }
    let mut fields = day.trim_end_matches('日').split(['-', '/', '.', '年', '月']);
    let (year, month, day) = (fields.next()?, fields.next()?, fields.next()?);
    let year = if year.len() == 4 { year.parse().ok()? } else { return None };
    let date = NaiveDate::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?);
    date.filter(|_| fields.next().is_none())
}

/// The day of a number in a date's column: `20280131` typed as a number, or Excel's count of days since 1899-12-30.
pub(super) fn date_of_number(number: f64) -> Option<NaiveDate> {
    if number.fract() == 0.0 && (19_000_101.0..=29_991_231.0).contains(&number) {
        return date(&number.to_string());
    }
    // 1954 to 2119: a day count that a certificate's date can have; smaller numbers are slips of the pen.
    if !(20_000.0..80_000.0).contains(&number) {
        return None;
    }
    let days = number.trunc().to_string().parse().ok()?;
    NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(days))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_entry_may_hold_a_separator() {
        let known = |text: &str| ["甲、乙", "甲", "丙"].contains(&text);
        for (text, expected) in [
            ("甲、乙", vec!["甲、乙"]),
            ("丙、甲、乙；丙", vec!["丙", "甲、乙", "丙"]),
            ("甲、丙", vec!["甲", "丙"]),
            ("乙、甲", vec!["乙", "甲"]),
            (" 、 ", vec![]),
        ] {
            assert_eq!(list_of_known(text, known), expected, "{text}");
        }
    }

    #[test]
    fn every_word_we_write_is_read_back() {
        for &firm_type in FirmType::ALL {
            let word = of_firm_type(firm_type);
            assert!(
                !word.is_empty()
                    && super::firm_type(word) == Some(firm_type)
                    && super::firm_type(firm_type.as_str()) == Some(firm_type)
            );
        }
        for &mode in Mode::ALL {
            let word = of_mode(mode);
            assert!(!word.is_empty() && super::mode(word) == Some(mode) && super::mode(mode.as_str()) == Some(mode));
        }
        assert_eq!((firm_type("Law Firm"), firm_type("工厂")), (Some(FirmType::LawFirm), None));
        let languages = ["英语", "EN", "Japanese", "火星文"].map(language);
        assert_eq!(languages, [Some("en".to_owned()), Some("en".into()), Some("ja".into()), None]);
    }

    #[test]
    fn lists_take_every_separator() {
        assert_eq!(list("甲、乙,丙，丁;戊；己|庚/辛\n壬、、"), ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬"]);
        assert_eq!(aligned_list("A/1、无，,C"), [Some("A/1".to_owned()), None, None, Some("C".into())]);
    }

    #[test]
    fn dates_are_read_as_people_write_them() {
        let wanted = NaiveDate::from_ymd_opt(2028, 1, 31);
        for text in [
            "2028-01-31",
            "2028/1/31",
            "2028.1.31",
            "2028年1月31日",
            "２０２８-01-31",
            "20280131",
            "2028-01-31 00:00:00",
            "2028-01-31T08:00",
        ] {
            assert_eq!(date(text), wanted, "{text}");
        }
        for text in ["2028-02-30", "31/1/2028", "2028-1", "2028", "28-1-31", "明年", "", "2028-1-31-1"] {
            assert_eq!(date(text), None, "{text}");
        }
        let numbers = [20_280_131.0, 46_783.0, 46_783.75, 12.0, 20_281_331.0, f64::NAN].map(date_of_number);
        assert_eq!(numbers, [wanted, wanted, wanted, None, None, None]);
    }
}
