//! Takes a firm's name apart: folding, brackets, branch, legal form, place, trade; what is left is the brand (字号).

use super::{FirmName, Trade, latin, places};
use unicode_normalization::UnicodeNormalization;

/// 专利 stands in the name of an agency.
pub(super) const PATENT: u8 = 1;
/// 商标 stands in the name of an agency.
pub(super) const TRADEMARK: u8 = 2;
/// 知识产权 stands in the name of an agency.
pub(super) const INTELLECTUAL_PROPERTY: u8 = 4;
/// 版权 stands in the name of an agency.
pub(super) const COPYRIGHT: u8 = 8;

/// What people write where there is no firm.
const NOTHING: &[&str] = &[
    "无",
    "暂无",
    "没有",
    "不详",
    "未知",
    "个人",
    "自由执业",
    "自由职业",
    "独立",
    "独立专家",
    "退休",
    "已退休",
    "none",
    "na",
    "nil",
    "null",
    "unknown",
    "freelance",
    "self-employed",
    "selfemployed",
    "independent",
    "retired",
];

/// What a name's legal part begins with; the longest that begins first wins.
pub(super) const LEGAL_FORMS: &[&str] = &[
    "律师事务所",
    "事务所",
    "事务所有限公司",
    "事务所有限责任公司",
    "律师所",
    "律所",
    "有限责任公司",
    "股份有限公司",
    "集团股份有限公司",
    "集团有限公司",
    "有限公司",
    "集团公司",
    "总公司",
    "公司",
    "合伙企业",
    "工作室",
];

/// The characters those begin with; a test holds it.
pub(super) const LEGAL_FORMS_BEGIN: [char; 9] = ['律', '事', '有', '股', '集', '总', '公', '合', '工'];

const BRANCHES: &[&str] = &["分所", "分公司", "办事处", "分支机构", "分部", "分行", "代表处", "办公室"];
const DEPARTMENTS: &[&str] =
    &["部", "部门", "团队", "中心", "室", "组", "处", "学院", "系", "研究院", "研究所", "实验室", "研究生院"];
const PARTNERSHIPS: &[&str] = &["特殊普通合伙", "特殊的普通合伙", "普通合伙", "有限合伙", "合伙"];
const INSTITUTIONS: &[&str] = &[
    "局",
    "委员会",
    "协会",
    "学会",
    "法院",
    "检察院",
    "中心",
    "商会",
    "联盟",
    "研究院",
    "研究所",
    "科学院",
    "医院",
    "学院",
    "出版社",
    "基金会",
    "大队",
    "仲裁委",
    "公证处",
];
const AGENCY_WORDS: &[(&str, u8)] =
    &[("知识产权", INTELLECTUAL_PROPERTY), ("专利", PATENT), ("商标", TRADEMARK), ("版权", COPYRIGHT)];
const PLAIN_WORDS: &[&str] = &[
    "代理", "服务", "咨询", "顾问", "事务", "运营", "法律", "科技", "技术", "实业", "控股", "发展", "股份", "企业",
    "管理",
];

/// Folds width, case, brackets and traditional characters, so that 律師事務所 is 律师事务所.
pub(super) fn fold(raw: &str) -> String {
    let mut folded = String::with_capacity(raw.len());
    for character in raw.nfkc().flat_map(char::to_lowercase) {
        match character {
            '[' | '{' | '【' | '〔' | '〖' | '<' | '《' => folded.push('('),
            ']' | '}' | '】' | '〕' | '〗' | '>' | '》' => folded.push(')'),
            other => folded.push(other),
        }
    }
    fast2s::convert(&folded)
}

pub(super) fn is_chinese(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{323af}')
}

pub(super) fn parse(raw: &str) -> FirmName {
    let folded = fold(raw);
    let mut name = FirmName {
        raw: raw.trim().to_owned(),
        brand: String::new(),
        trade: Trade::Unsaid,
        seat: None,
        place_behind: None,
        group: false,
        odd_tail: false,
    };
    let without_marks: String = folded.chars().filter(|c| c.is_alphanumeric() || matches!(c, '(' | ')')).collect();
    let bare: String = without_marks.chars().filter(|c| !matches!(c, '(' | ')')).collect();
    if bare.is_empty() || NOTHING.contains(&bare.as_str()) {
        return name;
    }
    if !bare.chars().any(is_chinese) {
        latin::take_apart(&folded, &mut name);
        return name;
    }
    if let Some(head) = latin_head(&folded) {
        latin::take_apart(head, &mut name);
        return name;
    }
    let text = place_before_trade(drop_partnership(&drop_latin_brackets(&without_marks)));
    if !take_institution(&text, &mut name) {
        take_firm(&text, &mut name);
    }
    if name.brand.is_empty() {
        name.brand = bare;
    }
    name
}

/// A Latin name whose Chinese tail is only a branch, a place or a department of the firm: Keller & Partner 北京代表处.
fn latin_head(folded: &str) -> Option<&str> {
    let (head, tail) = folded.split_at(folded.find(is_chinese)?);
    let named = head.chars().filter(char::is_ascii_alphabetic).count() >= 3;
    (named && tail_is_same_firm(tail)).then(|| head.trim_end_matches(['(', ' ']))
}

/// Drops `(King & Wood)` behind a Chinese name.
fn drop_latin_brackets(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('(') {
        kept.push_str(before);
        let Some((inside, behind)) = after.split_once(')') else {
            kept.push_str(after);
            return kept;
        };
        if inside.chars().any(is_chinese) {
            kept.push('(');
            kept.push_str(inside);
            kept.push(')');
        }
        rest = behind;
    }
    kept.push_str(rest);
    kept
}

/// Drops (普通合伙), with or without brackets.
fn drop_partnership(text: &str) -> String {
    if !text.contains("合伙") {
        return text.to_owned();
    }
    for form in PARTNERSHIPS {
        let bracketed = format!("({form})");
        if text.contains(&bracketed) {
            return text.replace(&bracketed, "");
        }
        if let Some(rest) = text.strip_suffix(form)
            && rest.chars().count() > 2
        {
            return rest.to_owned();
        }
    }
    text.to_owned()
}

/// A place written inside the words of the trade stands before them: 国浩律师(上海)事务所 is 国浩(上海)律师事务所.
fn place_before_trade(text: String) -> String {
    if let Some((before, rest)) = text.split_once("律师(")
        && let Some((place, behind)) = rest.split_once(")事务所")
    {
        return format!("{before}({place})律师事务所{behind}");
    }
    text
}

fn ends_with_any(text: &str, endings: &[&str]) -> bool {
    endings.iter().any(|ending| text.ends_with(ending))
}

/// Universities, institutes and public bodies: their place belongs to the name, their departments do not.
fn take_institution(text: &str, name: &mut FirmName) -> bool {
    let text: String = text.chars().filter(|c| !matches!(c, '(' | ')')).collect();
    if text.contains("公司") || text.contains("事务所") {
        return false;
    }
    if let Some((before, tail)) = text.split_once("大学")
        && !before.is_empty()
    {
        name.brand = format!("{before}大学");
        name.trade = Trade::Institution;
        name.odd_tail = !(tail.is_empty() || ends_with_any(tail, DEPARTMENTS) || places::whole(tail).is_some());
        return true;
    }
    if !ends_with_any(&text, INSTITUTIONS) {
        return false;
    }
    let (seat, rest) = places::strip_in_front(&text, 3);
    name.seat = seat.map(str::to_owned);
    rest.clone_into(&mut name.brand);
    name.trade = Trade::Institution;
    true
}

/// Law firms, agencies and companies.
fn take_firm(text: &str, name: &mut FirmName) {
    let (before, form, tail) = split_legal_form(text);
    let is_company = form.is_some_and(|form| form.ends_with("公司") || form == "合伙企业");
    let is_law = form.is_some_and(|form| form.contains('律'));
    let is_office = form.is_some_and(|form| form.ends_with('所'));
    name.odd_tail = !tail_is_same_firm(tail);
    name.group = form.is_some_and(|form| form.starts_with("集团"));

    let before = if form.is_none() { drop_headless_branch(before) } else { before.to_owned() };
    let (body, bracketed) = take_brackets(&before);
    let mut body = body.as_str();
    if let Some(rest) = body.strip_suffix("集团") {
        body = rest;
        name.group = true;
    }
    let (seat, rest) = places::strip_in_front(body, 2);
    let (behind, rest) = places::strip_behind(rest, 2);
    let words = strip_trade_words(rest);
    let (behind_brand, brand) = places::strip_behind(words.brand, 2);
    name.seat = seat.map(str::to_owned);
    name.place_behind = bracketed.or(behind).or(behind_brand).map(str::to_owned);
    brand.clone_into(&mut name.brand);
    if AGENCY_WORDS.iter().any(|(word, _)| *word == brand) {
        // 北京知识产权代理有限公司: there is no brand but the place.
        name.brand = format!("{}{brand}", name.seat.take().unwrap_or_default());
    }
    name.trade = if is_law {
        Trade::Law
    } else if form.is_none() && brand.chars().count() > 2 && brand.ends_with("律师") {
        brand.trim_end_matches("律师").clone_into(&mut name.brand);
        Trade::Law
    } else if words.agency != 0 || words.line.starts_with("代理") {
        Trade::Agency(words.agency)
    } else if is_company || is_office || !words.line.is_empty() {
        Trade::Company(words.line)
    } else {
        Trade::Unsaid
    };
}

/// Everything before the legal form, the form, and everything behind it.
fn split_legal_form(text: &str) -> (&str, Option<&'static str>, &str) {
    for (at, first) in text.char_indices().skip(1) {
        if !LEGAL_FORMS_BEGIN.contains(&first) || text.get(..at).is_some_and(|before| before.ends_with('分')) {
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        let form = LEGAL_FORMS.iter().filter(|form| rest.starts_with(**form)).max_by_key(|form| form.len());
        if let Some(form) = form {
            let behind = rest.get(form.len()..).unwrap_or_default();
            return (text.get(..at).unwrap_or_default(), Some(form), behind);
        }
    }
    (text, None, "")
}

/// Behind the legal form: nothing, a branch, a place, or a department of the same firm.
fn tail_is_same_firm(tail: &str) -> bool {
    let tail: String = tail.chars().filter(|c| !matches!(c, '(' | ')')).collect();
    tail.is_empty()
        || ends_with_any(&tail, BRANCHES)
        || places::whole(&tail).is_some()
        || (ends_with_any(&tail, DEPARTMENTS) && tail.chars().count() <= 10 && !tail.contains("公司"))
}

/// 金杜上海分所 → 金杜: a short name with a branch behind it.
fn drop_headless_branch(text: &str) -> String {
    for branch in BRANCHES {
        if let Some(rest) = text.strip_suffix(branch) {
            let rest: String = rest.chars().filter(|c| !matches!(c, '(' | ')')).collect();
            let (_, kept) = places::strip_behind(rest.trim_end_matches('驻'), 2);
            return kept.trim_end_matches('驻').to_owned();
        }
    }
    text.to_owned()
}

/// Removes the brackets; a bracketed place is taken out, anything else stays where it stands.
fn take_brackets(text: &str) -> (String, Option<&'static str>) {
    let mut body = String::with_capacity(text.len());
    let mut place = None;
    for part in text.split(['(', ')']) {
        match places::whole(part) {
            Some(found) if !body.is_empty() => place = place.or(Some(found)),
            _ => body.push_str(part),
        }
    }
    (body, place)
}

struct TradeWords<'a> {
    brand: &'a str,
    agency: u8,
    line: String,
}

/// Strips 知识产权代理, 专利商标事务, 科技 and the like from the end; two characters of brand always stay.
fn strip_trade_words(text: &str) -> TradeWords<'_> {
    let mut words = TradeWords { brand: text, agency: 0, line: String::new() };
    loop {
        let before = words.brand;
        for (word, bit) in AGENCY_WORDS {
            if let Some(rest) = strip_word(words.brand, word) {
                words.brand = rest;
                words.agency |= bit;
            }
        }
        for word in PLAIN_WORDS {
            if let Some(rest) = strip_word(words.brand, word) {
                words.brand = rest;
                words.line.insert_str(0, word);
            }
        }
        if words.brand.len() == before.len() {
            return words;
        }
    }
}

fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    text.strip_suffix(word).filter(|rest| rest.chars().count() >= 2)
}
