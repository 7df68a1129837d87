//! Text in columns (RFC 4180 and what Excel makes of it): comma, semicolon or tab; UTF-8, UTF-16 or GB18030.

use super::table::{Table, Value};
use super::write::unguarded;
use super::{MOST_COLUMNS, MOST_ROWS, ProblemCode};
use encoding_rs::{Encoding, GB18030, UTF_8};

/// The one table of a text file.
pub(super) fn read(bytes: &[u8]) -> Result<Table, ProblemCode> {
    let text = decode(bytes)?.replace("\r\n", "\n").replace('\r', "\n");
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        return Err(ProblemCode::NotASheet);
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(&text))
        .from_reader(text.as_bytes());
    let mut table = Table::default();
    let mut record = csv::StringRecord::new();
    let (mut counted_to, mut lines_before, mut lines_inside) = (0, 0, 0);
    while reader.read_record(&mut record).map_err(|_| ProblemCode::NotASheet)? {
        // Excel counts blank lines as rows and line ends inside quotes not at all; the reader does neither.
        let mut start =
            record.position().map_or(counted_to, |position| usize::try_from(position.byte()).unwrap_or(counted_to));
        start += text.get(start..).map_or(0, |rest| rest.len() - rest.trim_start_matches('\n').len());
        lines_before += line_ends(text.get(counted_to..start).unwrap_or_default());
        counted_to = start;
        let row = 1 + lines_before - lines_inside;
        if row > MOST_ROWS {
            return Err(ProblemCode::TooLarge);
        }
        lines_inside += record.iter().map(line_ends).sum::<u32>();
        let cells: Vec<Value> =
            record.iter().take(MOST_COLUMNS as usize).map(|cell| Value::of_text(unguarded(cell))).collect();
        if cells.iter().any(|cell| *cell != Value::Empty) {
            table.rows.push((row, cells));
        }
    }
    Ok(table)
}

fn line_ends(text: &str) -> u32 {
    u32::try_from(text.matches('\n').count()).unwrap_or(u32::MAX)
}

fn decode(bytes: &[u8]) -> Result<String, ProblemCode> {
    let (encoding, bytes) = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => (encoding, bytes.get(mark..).unwrap_or_default()),
        None if std::str::from_utf8(bytes).is_ok() => (UTF_8, bytes),
        None => (GB18030, bytes),
    };
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes).ok_or(ProblemCode::Encoding)?;
    Ok(text.into_owned())
}

/// The separator that the first line that is not blank uses most; a comma when in doubt.
fn delimiter(text: &str) -> u8 {
    let first_line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut best = (b',', first_line.matches(',').count());
    for candidate in [b'\t', b';'] {
        let count = first_line.matches(char::from(candidate)).count();
        if count > best.1 {
            best = (candidate, count);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(bytes: &[u8]) -> Vec<(u32, Vec<String>)> {
        let table = read(bytes).expect("a table");
        table.rows.into_iter().map(|(row, cells)| (row, cells.iter().map(Value::shown).collect())).collect()
    }

    #[test]
    fn every_encoding_that_excel_saves_reads_the_same() {
        let text = "姓名,区\n王工,海淀区\n";
        let utf16: Vec<u8> = "\u{feff}姓名\t区\r\n王工\t海淀区\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let expected = vec![(1, vec!["姓名".to_owned(), "区".into()]), (2, vec!["王工".into(), "海淀区".into()])];
        for bytes in [
            text.as_bytes().to_vec(),
            format!("\u{feff}{text}").into_bytes(),
            GB18030.encode(text).0.into_owned(),
            utf16,
            text.replace(',', ";").replace('\n', "\r\n").into_bytes(),
            text.replace('\n', "\r").into_bytes(),
        ] {
            assert_eq!(shown(&bytes), expected, "{bytes:?}");
        }
    }

    #[test]
    fn rows_have_the_numbers_that_excel_shows() {
        let text = "\n名称,备注\r\n\r\n甲,\"一\r\n二\r\n三\"\r\n,\r\n乙,\"\"\"引\"\"\"\r\n";
        let numbers: Vec<(u32, String)> =
            shown(text.as_bytes()).into_iter().map(|(row, cells)| (row, cells[1].clone())).collect();
        assert_eq!(numbers, [(2, "备注".to_owned()), (4, "一\n二\n三".into()), (6, "\"引\"".into())]);
    }

    #[test]
    fn what_is_not_text_is_told_apart() {
        assert_eq!(read(b"\x89PNG\r\n\x1a\n\0\0"), Err(ProblemCode::NotASheet));
        assert_eq!(read(b"name,\xff\xff\n"), Err(ProblemCode::Encoding));
        assert_eq!(read(b"name,\0\n"), Err(ProblemCode::NotASheet));
        assert_eq!(read("a\n".repeat(MOST_ROWS as usize + 1).as_bytes()), Err(ProblemCode::TooLarge));
        assert_eq!(read(b""), Ok(Table::default()));
    }
}
