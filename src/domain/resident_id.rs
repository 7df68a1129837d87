//! Resident identity numbers (公民身份号码), only to keep them out: the office does not collect them.
//!
//! Source: GB 11643-1999 (seventeen digits, of which eight are a date, and a check character by ISO 7064 MOD 11-2);
//! 《个人信息保护法》第六条 (no more than the purpose needs). Deliberately absent: numbers of fifteen digits, which cannot
//! be told from a certificate's, and any reading of what a number says.

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];

/// Whether the text holds a resident identity number, alone or among other words, in half- or full-width digits, with
/// blanks or hyphens inside.
#[must_use]
pub fn stands_in(text: &str) -> bool {
    let mut run = String::new();
    for c in text.chars().map(half).chain(['\n']) {
        match c {
            '0'..='9' | 'X' => run.push(c),
            ' ' | '-' if !run.is_empty() => {}
            _ => {
                if is_one(&run) {
                    return true;
                }
                run.clear();
            }
        }
    }
    false
}

fn half(c: char) -> char {
    match c {
        '０'..='９' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        'x' | 'ｘ' | 'Ｘ' => 'X',
        '\u{3000}' => ' ',
        other => other,
    }
}

fn is_one(run: &str) -> bool {
    let characters: Vec<char> = run.chars().collect();
    let [body @ .., check] = characters.as_slice() else { return false };
    let digits: Vec<u32> = body.iter().filter_map(|c| c.to_digit(10)).collect();
    if body.len() != 17 || digits.len() != 17 {
        return false;
    }
    let number = |from: usize, to: usize| {
        digits.get(from..to).unwrap_or_default().iter().fold(0_u32, |sum, digit| sum * 10 + digit)
    };
    let born = i32::try_from(number(6, 10))
        .ok()
        .and_then(|year| chrono::NaiveDate::from_ymd_opt(year, number(10, 12), number(12, 14)));
    let plausible = born.is_some() && (1900..2100).contains(&number(6, 10)) && (11..=82).contains(&number(0, 2));
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    let place = usize::try_from(sum % 11).unwrap_or(0);
    plausible && CHECKS.get(place) == Some(check)
}

#[cfg(test)]
mod tests {
    use super::stands_in;

    #[test]
    fn a_number_is_found_however_it_is_written_and_nothing_else_is() {
        // The standard's own example.
        for text in [
            "11010519491231002X",
            "11010519491231002x",
            "身份证：110105 19491231 002X。",
            "１１０１０５１９４９１２３１００２Ｘ",
            "110105-19491231-002X",
        ] {
            assert!(stands_in(text), "{text}");
        }
        for text in [
            "",
            "13800138000",
            "110105194912310021",
            "91110108MA01TEST8X",
            "11101201010123456",
            "110105194913310023",
            "1234567890123456789012",
            "11010519491231002X9",
            "010-62770000 转 801",
        ] {
            assert!(!stands_in(text), "{text}");
        }
    }
}
