//! Names of firms in Latin letters: `King & Wood Mallesons`, `Acme Sensors Co., Ltd.`, `Lehman, Lee LLP (Shanghai Office)`.

use super::{FirmName, Trade, parse};

const LEGAL_FORMS: &[&str] = &[
    "co",
    "ltd",
    "limited",
    "inc",
    "incorporated",
    "llp",
    "llc",
    "lp",
    "corp",
    "corporation",
    "company",
    "plc",
    "gmbh",
    "ag",
    "pc",
];
const LAW: &[&str] = &["law", "firm", "office", "offices", "lawyers", "attorneys", "solicitors"];
const AGENCY: &[(&str, u8)] = &[
    ("ip", parse::INTELLECTUAL_PROPERTY),
    ("intellectual", parse::INTELLECTUAL_PROPERTY),
    ("property", parse::INTELLECTUAL_PROPERTY),
    ("patent", parse::PATENT),
    ("patents", parse::PATENT),
    ("trademark", parse::TRADEMARK),
    ("trademarks", parse::TRADEMARK),
    ("agency", 0),
    ("agents", 0),
];
const PLACES: &[&str] = &[
    "beijing",
    "shanghai",
    "shenzhen",
    "guangzhou",
    "tianjin",
    "chongqing",
    "hangzhou",
    "nanjing",
    "suzhou",
    "wuhan",
    "chengdu",
    "xian",
    "china",
];

pub(super) fn take_apart(folded: &str, name: &mut FirmName) {
    let spelled = folded.replace('&', " and ").replace(['\'', '’', '.'], "");
    let mut words: Vec<&str> = spelled.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let whole = words.join(" ");
    drop_branch(&mut words);
    let mut has_form = false;
    let mut law = false;
    let mut agency: Option<u8> = None;
    while words.len() > 1 {
        let Some(last) = words.last().copied() else { break };
        if LEGAL_FORMS.contains(&last) {
            has_form = true;
        } else if LAW.contains(&last) {
            law = true;
        } else if last == "and" && (law || agency.is_some()) {
            // `Patent and Trademark Agency`: the joining word goes with the trade.
        } else if let Some((_, bit)) = AGENCY.iter().find(|(word, _)| *word == last) {
            agency = Some(agency.unwrap_or(0) | bit);
        } else {
            break;
        }
        words.pop();
    }
    if words.len() > 1
        && let Some(first) = words.first().copied()
        && PLACES.contains(&first)
    {
        name.seat = Some(first.to_owned());
        words.remove(0);
    }
    name.brand = if words.is_empty() { whole } else { words.join(" ") };
    name.trade = match agency {
        Some(bits) => Trade::Agency(bits),
        None if law => Trade::Law,
        None if has_form => Trade::Company(String::new()),
        None => Trade::Unsaid,
    };
}

/// `… Shanghai Office`, `… Beijing Branch`, `… (Shenzhen)`: the branch is the firm.
fn drop_branch(words: &mut Vec<&str>) {
    let mut kept = words.len();
    if words.last().is_some_and(|last| matches!(*last, "office" | "branch")) {
        kept = kept.saturating_sub(1);
    }
    let before_word = kept.checked_sub(1).and_then(|at| words.get(at)).copied();
    if kept > 1 && before_word.is_some_and(|word| PLACES.contains(&word)) {
        words.truncate(kept - 1);
    } else if kept > 1 && words.last().is_some_and(|last| *last == "branch") {
        words.truncate(kept);
    }
}
