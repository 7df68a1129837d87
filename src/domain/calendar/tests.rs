//! The calendar by table, and Beijing time at its edges.

use super::*;
use chrono::{DateTime, Utc};

fn shipped() -> Calendar {
    Calendar::from_csv(SHIPPED_HOLIDAYS, "v1").unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn instant(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc)
}

#[test]
fn kinds_of_days() {
    let calendar = shipped();
    let cases = [
        ("2026-03-10", DayKind::Working),
        ("2026-03-14", DayKind::Weekend),
        ("2026-01-01", DayKind::Holiday { occasion: "元旦" }),
        ("2026-01-04", DayKind::MakeUp { occasion: "元旦" }),
        ("2026-02-14", DayKind::MakeUp { occasion: "春节" }),
        ("2026-02-23", DayKind::Holiday { occasion: "春节" }),
        ("2026-09-20", DayKind::MakeUp { occasion: "国庆节" }),
        ("2025-10-06", DayKind::Holiday { occasion: "中秋节" }),
        ("2023-12-31", DayKind::Holiday { occasion: "元旦" }),
        // No notice: weekday, or the fixed dates of the 放假办法.
        ("2027-01-01", DayKind::Holiday { occasion: "元旦" }),
        ("2027-01-04", DayKind::Working),
        ("2027-02-06", DayKind::Weekend),
        ("2027-02-17", DayKind::Working),
        ("2027-05-01", DayKind::Holiday { occasion: "劳动节" }),
        ("2027-05-02", DayKind::Holiday { occasion: "劳动节" }),
        ("2027-05-03", DayKind::Working),
        ("2027-10-01", DayKind::Holiday { occasion: "国庆节" }),
        ("2027-10-03", DayKind::Holiday { occasion: "国庆节" }),
        ("2027-10-04", DayKind::Working),
    ];
    for (date, expected) in cases {
        assert_eq!(calendar.kind(day(date)), expected, "{date}");
        assert_eq!(calendar.is_rest_day(day(date)), expected.is_rest(), "{date}");
        assert_eq!(calendar.is_working_day(day(date)), !expected.is_rest(), "{date}");
    }
}

#[test]
fn the_notice_of_2026_is_whole() {
    // 国办发明电〔2025〕7号: 33 days of rest, 6 days of work.
    let calendar = shipped();
    let of = |kind| calendar.rows().filter(|row| row.date.year() == 2026 && row.kind == kind).count();
    assert_eq!((of(RowKind::Holiday), of(RowKind::Workday)), (33, 6));
    assert_eq!(calendar.version(), "v1");
    assert!(calendar.rows().all(|row| occasion_code(&row.occasion).is_some()));
    assert_eq!(occasion_code("抗战胜利纪念日"), None);
}

#[test]
fn known_years_are_those_with_rows() {
    let calendar = shipped();
    for year in 2020..=2026 {
        assert!(calendar.knows_year(year), "{year}");
    }
    for year in [2019, 2027] {
        assert!(!calendar.knows_year(year), "{year}");
    }
    let cases = [
        ("2026-11-30", None),
        ("2026-12-01", Some(2027)),
        ("2025-12-31", None),
        ("2027-01-01", Some(2027)),
        ("2027-06-01", Some(2027)),
    ];
    for (today, expected) in cases {
        assert_eq!(calendar.missing_year(day(today)), expected, "{today}");
    }
}

#[test]
fn next_working_days() {
    let calendar = shipped();
    let cases = [
        ("2026-03-10", "2026-03-11"),
        ("2026-03-13", "2026-03-16"),
        ("2026-02-13", "2026-02-14"),
        ("2026-02-14", "2026-02-24"),
        ("2026-09-18", "2026-09-20"),
        ("2026-09-30", "2026-10-08"),
        ("2026-12-31", "2027-01-04"),
    ];
    for (after, expected) in cases {
        assert_eq!(calendar.next_working_day(day(after)), day(expected), "{after}");
    }
    assert_eq!(calendar.next_working_day(NaiveDate::MAX), NaiveDate::MAX);
}

#[test]
fn faulty_files_name_the_line() {
    let cases = [
        ("", 1, CalendarFault::Header),
        ("2026-01-01,holiday,元旦\n", 1, CalendarFault::Header),
        ("date,kind,occasion\n2026-01-01,holiday\n", 2, CalendarFault::Columns),
        ("date,kind,occasion\n\n2026-02-30,holiday,春节\n", 3, CalendarFault::Date),
        ("date,kind,occasion\n2026/01/01,holiday,元旦\n", 2, CalendarFault::Date),
        ("date,kind,occasion\n2026-1-1,holiday,元旦\n", 2, CalendarFault::Date),
        ("date,kind,occasion\n2026-01-01,rest,元旦\n", 2, CalendarFault::Kind),
        ("date,kind,occasion\n2026-01-01,holiday, \n", 2, CalendarFault::Occasion),
        ("date,kind,occasion\n2026-01-01,holiday,元旦\n2026-01-01,holiday,元旦\n", 3, CalendarFault::Duplicate),
        ("date,kind,occasion\n2026-01-05,workday,元旦\n", 2, CalendarFault::MakeUpOnWeekday),
    ];
    for (text, line, reason) in cases {
        let problem = Calendar::from_csv(text, "v").unwrap_err();
        assert_eq!(problem, CalendarProblem { line, reason }, "{text:?}");
        assert!(problem.to_string().starts_with(&format!("line {line}: ")));
    }
}

#[test]
fn tolerated_spellings_and_round_trip() {
    let text = "\u{feff}date,kind,occasion,notice\r\n2027-01-03,workday,元旦,国办发明电\r\n\r\n2027-01-01, holiday ,元旦,\r\n2027-10-01,holiday,国庆节,\r\n";
    let calendar = Calendar::from_csv(text, "v").unwrap();
    assert!(calendar.knows_year(2027));
    assert_eq!(calendar.kind(day("2027-01-03")), DayKind::MakeUp { occasion: "元旦" });
    assert_eq!(calendar.kind(day("2027-05-02")), DayKind::Weekend, "a known year takes no fixed dates");
    let again = Calendar::from_rows(calendar.rows().cloned(), "v").unwrap();
    assert_eq!(again, calendar);
}

#[test]
fn days_begin_at_midnight_in_beijing() {
    let cases = [
        ("2026-03-10T15:59:59Z", "2026-03-10"),
        ("2026-03-10T16:00:00Z", "2026-03-11"),
        ("2026-03-10T23:59:00-05:00", "2026-03-11"),
        ("2025-12-31T16:00:00Z", "2026-01-01"),
        ("2024-02-28T16:00:00Z", "2024-02-29"),
        // Summer time, +09:00.
        ("1990-07-01T15:00:00Z", "1990-07-02"),
    ];
    for (at, date) in cases {
        assert_eq!(beijing_date(instant(at)), day(date), "{at}");
    }
    assert_eq!(start_of_day(day("2026-03-11")), instant("2026-03-10T16:00:00Z"));
    assert_eq!(start_of_day(day("1990-07-02")), instant("1990-07-01T15:00:00Z"));
    assert_eq!(start_of_day(day("1940-06-01")), instant("1940-05-31T16:00:00Z"), "a midnight the clocks skipped");
    assert_eq!(at_hour(day("2026-03-11"), 8), instant("2026-03-11T00:00:00Z"));
    assert_eq!(at_hour(day("2026-03-11"), 24), start_of_day(day("2026-03-12")));
}

#[test]
fn the_ends_of_time_do_not_panic() {
    assert_eq!(day_after(NaiveDate::MAX), NaiveDate::MAX);
    for date in [NaiveDate::MIN, NaiveDate::MAX] {
        for hour in [0, 24, u32::MAX] {
            let _ = beijing_date(at_hour(date, hour));
        }
    }
    let _ = beijing_date(DateTime::<Utc>::MAX_UTC);
    let _ = beijing_date(DateTime::<Utc>::MIN_UTC);
}

#[test]
fn a_day_of_new_years_does_not_make_a_year_known() {
    let csv = "date,kind,occasion\n2027-01-01,holiday,元旦\n2026-12-31,holiday,元旦\n";
    let calendar = Calendar::from_csv(csv, "t").expect("reads");
    assert!(!calendar.knows_year(2027) && !calendar.knows_year(2026), "its notice is not out");
    let csv = format!("{csv}2027-10-01,holiday,国庆节\n");
    assert!(Calendar::from_csv(&csv, "t").expect("reads").knows_year(2027));
}
