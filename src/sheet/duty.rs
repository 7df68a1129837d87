//! A rota as a sheet: out with one row a seat, and back in as what somebody wants changed.
//!
//! Contract: what was written reads back as no change. Rows are recognised by the number of the turn, so they may be
//! sorted, filtered and left out; an expert is named by id or by name. Deliberately absent: who may sit where.

use super::ProblemCode;
use super::table::{Value, open};
use super::write::Cell;
use chrono::NaiveDate;

/// The columns, as written: Chinese and English.
pub const COLUMNS: [(&str, &str); 8] = [
    ("班次编号", "Turn"),
    ("日期", "Day"),
    ("时段", "Part"),
    ("工作站", "Station"),
    ("席位", "Seat"),
    ("专家", "Expert"),
    ("专家编号", "Expert id"),
    ("状态", "State"),
];

/// One seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatLine {
    /// The turn.
    pub turn: String,
    /// The day.
    pub day: NaiveDate,
    /// The part of the day, in words.
    pub part: String,
    /// The station.
    pub station: String,
    /// Which seat.
    pub seat: i32,
    /// The expert's name; may be empty.
    pub expert: String,
    /// The expert's id; may be empty.
    pub expert_id: String,
    /// Where it stands, in words.
    pub state: String,
}

/// The cells of a seat.
#[must_use]
pub fn cells(line: &SeatLine) -> Vec<Cell> {
    vec![
        Cell::text(&line.turn),
        Cell::Date(line.day),
        Cell::text(&line.part),
        Cell::text(&line.station),
        Cell::Number(f64::from(line.seat)),
        Cell::text(&line.expert),
        Cell::text(&line.expert_id),
        Cell::text(&line.state),
    ]
}

/// What a row asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatWish {
    /// The row as Excel numbers it.
    pub row: u32,
    /// The turn's number as written.
    pub turn: String,
    /// The expert's name as written; empty for nobody.
    pub expert: String,
    /// The expert's id as written.
    pub expert_id: String,
}

/// Reads what a sheet asks for.
///
/// # Errors
/// [`ProblemCode`] when it is no sheet, or one without the columns of turn and expert.
pub fn read(bytes: &[u8]) -> Result<Vec<SeatWish>, ProblemCode> {
    let table = open(bytes)?.into_iter().next().unwrap_or_default();
    let place = |cells: &[Value], column: usize| {
        let (zh, en) = COLUMNS.get(column).copied().unwrap_or_default();
        cells.iter().position(|cell| {
            let shown = cell.shown();
            shown == zh || shown.eq_ignore_ascii_case(en)
        })
    };
    let header = table
        .rows
        .iter()
        .take(10)
        .find_map(|(row, cells)| Some((*row, place(cells, 0)?, place(cells, 5)?, place(cells, 6))));
    let Some((header, turn, expert, expert_id)) = header else { return Err(ProblemCode::NotASheet) };
    let shown =
        |cells: &[Value], at: Option<usize>| at.and_then(|at| cells.get(at)).map(Value::shown).unwrap_or_default();
    Ok(table
        .rows
        .iter()
        .filter(|(row, _)| *row > header)
        .map(|(row, cells)| SeatWish {
            row: *row,
            turn: shown(cells, Some(turn)),
            expert: shown(cells, Some(expert)),
            expert_id: shown(cells, expert_id),
        })
        .filter(|wish| !wish.turn.is_empty())
        .collect())
}

#[cfg(test)]
mod tests {
    use super::super::{write_csv, write_xlsx};
    use super::*;

    fn line(expert: &str) -> SeatLine {
        SeatLine {
            turn: "0190b4a2-1111-7abc-8def-0123456789ab".into(),
            day: NaiveDate::from_ymd_opt(2026, 5, 11).expect("a date"),
            part: "上午".into(),
            station: "云杉科技园工作站".into(),
            seat: 1,
            expert: expert.into(),
            expert_id: if expert.is_empty() { String::new() } else { "0190b4a2-2222-7abc-8def-0123456789ab".into() },
            state: "拟排".into(),
        }
    }

    #[test]
    fn what_goes_out_comes_back_the_same() {
        for english in [false, true] {
            let headers: Vec<&str> = COLUMNS.iter().map(|(zh, en)| if english { *en } else { *zh }).collect();
            let lines = [line("沈知行"), line("")];
            let rows: Vec<_> = lines.iter().map(cells).collect();
            for bytes in [write_csv(&headers, &rows), write_xlsx(&headers, &rows).expect("a workbook")] {
                let read = read(&bytes).expect("reads");
                let back: Vec<_> =
                    read.iter().map(|wish| (wish.turn.clone(), wish.expert.clone(), wish.expert_id.clone())).collect();
                let sent: Vec<_> =
                    lines.iter().map(|line| (line.turn.clone(), line.expert.clone(), line.expert_id.clone())).collect();
                assert_eq!(back, sent);
            }
        }
        assert!(read(b"a,b\n1,2\n").is_err());
    }

    /// Whatever stands in the names, in whatever order the rows come back, and whichever were left out.
    #[test]
    fn a_hundred_random_rotas_come_back_the_same() {
        let mut dice = 0x0D07_u64;
        let mut below = |most: usize| {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from((dice >> 33) % most as u64).expect("small")
        };
        let inside = ["沈", "知行", "·", " ", "-", "=", "+", "@", "\"", "'", ",", "（兼）", "Ann", "O’Hara", "é", "1"];
        for round in 0..100_usize {
            let mut lines = Vec::new();
            for number in 0..1 + below(40) {
                let mut name = String::new();
                if below(5) > 0 {
                    name.push('顾');
                    (0..below(6)).for_each(|_| name.push_str(inside[below(inside.len())]));
                    name.push('岚');
                }
                lines.push(SeatLine {
                    turn: format!("0190b4a2-{number:04x}-7abc-8def-0123456789ab"),
                    day: NaiveDate::from_ymd_opt(2026, 1 + u32::try_from(below(12)).expect("small"), 1)
                        .expect("a date"),
                    seat: 1 + i32::try_from(below(10)).expect("small"),
                    expert_id: if name.is_empty() { String::new() } else { line("某").expert_id },
                    expert: name,
                    ..line("")
                });
            }
            // Sorted otherwise in Excel, and some rows deleted.
            lines.sort_by_key(|one| (one.expert.clone(), one.turn.clone()));
            lines.truncate(1 + below(lines.len()));
            let english = round % 2 == 1;
            let headers: Vec<&str> = COLUMNS.iter().map(|(zh, en)| if english { *en } else { *zh }).collect();
            let rows: Vec<_> = lines.iter().map(cells).collect();
            for bytes in [write_csv(&headers, &rows), write_xlsx(&headers, &rows).expect("a workbook")] {
                let wishes = read(&bytes).expect("reads");
                let back: Vec<_> = wishes.iter().map(|wish| (&wish.turn, &wish.expert, &wish.expert_id)).collect();
                let sent: Vec<_> = lines.iter().map(|line| (&line.turn, &line.expert, &line.expert_id)).collect();
                assert_eq!(back, sent, "round {round}");
                let numbered = wishes.iter().zip(2..).all(|(wish, row)| wish.row == row);
                assert!(numbered, "rows are numbered as Excel does");
            }
        }
    }
}
