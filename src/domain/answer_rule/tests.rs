//! The counting rules by table: worked notices, the day-by-day count, the floor, what is stored, and the words for it.

use super::*;
use crate::domain::calendar::{CalendarRow, RowKind, SHIPPED_HOLIDAYS};

fn shipped() -> Calendar {
    Calendar::from_csv(SHIPPED_HOLIDAYS, "v1").unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Beijing clock, `2026-03-10 10:00`, seconds optional.
pub(super) fn beijing(text: &str) -> DateTime<Utc> {
    let seconds = if text.len() == 16 { ":00" } else { "" };
    DateTime::parse_from_rfc3339(&format!("{}{seconds}+08:00", text.replace(' ', "T"))).unwrap().with_timezone(&Utc)
}

fn end_of(date: &str) -> DateTime<Utc> {
    start_of_day(day_after(day(date)))
}

/// Notice (2026 unless said), last day by civil code, instant by 48 hours, last day by working days.
const WORKED_TABLE: [(&str, &str, &str, &str); 18] = [
    ("2026-03-10 10:00", "2026-03-12", "2026-03-12 10:00", "2026-03-12"),
    ("2026-03-10 23:59", "2026-03-12", "2026-03-12 23:59", "2026-03-12"),
    ("2026-03-11 00:01", "2026-03-13", "2026-03-13 00:01", "2026-03-13"),
    ("2026-03-12 15:00", "2026-03-16", "2026-03-14 15:00", "2026-03-16"),
    ("2026-03-13 09:00", "2026-03-16", "2026-03-15 09:00", "2026-03-17"),
    ("2026-01-01 09:00", "2026-01-04", "2026-01-03 09:00", "2026-01-05"),
    ("2026-02-12 17:00", "2026-02-14", "2026-02-14 17:00", "2026-02-14"),
    ("2026-02-13 17:00", "2026-02-24", "2026-02-15 17:00", "2026-02-24"),
    ("2026-02-14 10:00", "2026-02-24", "2026-02-16 10:00", "2026-02-25"),
    ("2026-02-20 10:00", "2026-02-24", "2026-02-22 10:00", "2026-02-25"),
    ("2026-02-26 16:00", "2026-02-28", "2026-02-28 16:00", "2026-02-28"),
    ("2026-04-02 11:00", "2026-04-07", "2026-04-04 11:00", "2026-04-07"),
    ("2026-04-30 18:00", "2026-05-06", "2026-05-02 18:00", "2026-05-07"),
    ("2026-05-07 10:00", "2026-05-09", "2026-05-09 10:00", "2026-05-09"),
    ("2026-09-18 16:00", "2026-09-20", "2026-09-20 16:00", "2026-09-21"),
    ("2026-09-23 09:00", "2026-09-28", "2026-09-25 09:00", "2026-09-28"),
    ("2026-09-29 20:00", "2026-10-08", "2026-10-01 20:00", "2026-10-08"),
    ("2026-10-08 08:30", "2026-10-10", "2026-10-10 08:30", "2026-10-10"),
];

#[test]
fn worked_table() {
    let calendar = shipped();
    for (notice, civil, hours, working) in WORKED_TABLE {
        let notified_at = beijing(notice);
        let expected = [
            (CountingRule::CivilCode, end_of(civil)),
            (CountingRule::Hours48, beijing(hours)),
            (CountingRule::WorkingDays, end_of(working)),
            (CountingRule::CalendarDays, end_of(&(beijing_date(notified_at) + chrono::Days::new(2)).to_string())),
        ];
        for (rule, due_at) in expected {
            let counted = due(rule, None, notified_at, &calendar);
            assert_eq!(counted.due_at, due_at, "{notice} {rule}");
            assert!(!counted.provisional, "{notice} {rule}");
            assert_eq!((counted.rule, counted.notified_at), (rule, notified_at));
        }
    }
}

#[test]
fn the_year_without_a_notice_is_provisional() {
    let calendar = shipped();
    let cases = [
        (CountingRule::CivilCode, "2026-12-29 10:00", end_of("2026-12-31"), false),
        (CountingRule::CivilCode, "2026-12-30 10:00", end_of("2027-01-04"), true),
        (CountingRule::CivilCode, "2026-12-31 10:00", end_of("2027-01-04"), true),
        (CountingRule::WorkingDays, "2026-12-29 10:00", end_of("2026-12-31"), false),
        (CountingRule::WorkingDays, "2026-12-30 10:00", end_of("2027-01-04"), true),
        (CountingRule::WorkingDays, "2026-12-31 10:00", end_of("2027-01-05"), true),
        (CountingRule::Hours48, "2026-12-30 10:00", beijing("2027-01-01 10:00"), false),
        (CountingRule::CalendarDays, "2026-12-30 10:00", end_of("2027-01-01"), false),
        (CountingRule::CivilCode, "2027-02-15 10:00", end_of("2027-02-17"), true),
        (CountingRule::CivilCode, "2027-09-29 10:00", end_of("2027-10-04"), true),
        // Only days that decide matter: 2019 has no notice, but the last day lies in 2020.
        (CountingRule::CivilCode, "2019-12-31 10:00", end_of("2020-01-02"), false),
    ];
    for (rule, notice, due_at, provisional) in cases {
        let counted = due(rule, None, beijing(notice), &calendar);
        assert_eq!((counted.due_at, counted.provisional), (due_at, provisional), "{rule} {notice}");
    }
}

#[test]
fn a_promise_only_moves_later_when_the_notice_comes() {
    let told = due(CountingRule::CivilCode, None, beijing("2026-12-30 10:00"), &shipped());
    assert_eq!(told.due_at, end_of("2027-01-04"));
    let with = |extra: &[(&str, RowKind)]| {
        // A day between February and November makes the year known.
        let autumn = ("2027-10-01", RowKind::Holiday);
        let added = extra.iter().chain([&autumn]).map(|(date, kind)| CalendarRow {
            date: day(date),
            kind: *kind,
            occasion: "元旦".to_owned(),
        });
        Calendar::from_rows(shipped().rows().cloned().chain(added), "v2").unwrap()
    };
    let same = told.restated(None, &with(&[("2027-01-01", RowKind::Holiday)]));
    assert_eq!((same.due_at, same.provisional), (told.due_at, false));
    let later = told.restated(None, &with(&[("2027-01-01", RowKind::Holiday), ("2027-01-04", RowKind::Holiday)]));
    assert_eq!((later.due_at, later.provisional), (end_of("2027-01-05"), false));
    let earlier = told.restated(None, &with(&[("2027-01-01", RowKind::Holiday), ("2027-01-03", RowKind::Workday)]));
    assert_eq!((earlier.due_at, earlier.provisional), (told.due_at, false));
    assert_eq!(earlier.count, told.count);
}

fn codes(counted: &DueDate) -> Vec<String> {
    let code = |entry: &CountedDay| {
        let sign = if entry.counted { '+' } else { '-' };
        format!("{} {sign}{}", entry.date.format("%m-%d"), entry.why.code())
    };
    counted.count.iter().map(code).collect()
}

#[test]
fn every_day_says_why() {
    use CountingRule::{CalendarDays, CivilCode, Hours48, WorkingDays};
    let calendar = shipped();
    let cases: [(CountingRule, &str, &[&str]); 12] = [
        (CivilCode, "2026-03-10 10:00", &["03-10 -notice-day", "03-11 +counted", "03-12 +counted"]),
        (
            CivilCode,
            "2026-03-12 15:00",
            &[
                "03-12 -notice-day",
                "03-13 +counted",
                "03-14 -last-day-weekend",
                "03-15 -last-day-weekend",
                "03-16 +moved-here",
            ],
        ),
        (
            CivilCode,
            "2026-03-13 09:00",
            &["03-13 -notice-day", "03-14 +counted-weekend", "03-15 -last-day-weekend", "03-16 +moved-here"],
        ),
        (
            CivilCode,
            "2026-01-01 09:00",
            &["01-01 -notice-day", "01-02 +counted-holiday", "01-03 -last-day-holiday", "01-04 +moved-here-make-up"],
        ),
        (CivilCode, "2026-02-12 17:00", &["02-12 -notice-day", "02-13 +counted", "02-14 +counted-make-up"]),
        (
            CivilCode,
            "2026-05-08 10:00",
            &["05-08 -notice-day", "05-09 +counted-make-up", "05-10 -last-day-weekend", "05-11 +moved-here"],
        ),
        (
            CivilCode,
            "2026-12-30 10:00",
            &[
                "12-30 -notice-day",
                "12-31 +counted",
                "01-01 -last-day-holiday",
                "01-02 -unknown-year-weekend",
                "01-03 -unknown-year-weekend",
                "01-04 +unknown-year-working-day",
            ],
        ),
        (CalendarDays, "2026-03-13 09:00", &["03-13 -notice-day", "03-14 +counted-weekend", "03-15 +counted-weekend"]),
        (CalendarDays, "2027-01-01 09:00", &["01-01 -notice-day", "01-02 +counted", "01-03 +counted"]),
        (
            WorkingDays,
            "2026-01-01 09:00",
            &[
                "01-01 -notice-day",
                "01-02 -holiday-not-counted",
                "01-03 -holiday-not-counted",
                "01-04 +counted-make-up",
                "01-05 +counted",
            ],
        ),
        (
            WorkingDays,
            "2026-12-31 10:00",
            &[
                "12-31 -notice-day",
                "01-01 -holiday-not-counted",
                "01-02 -unknown-year-weekend",
                "01-03 -unknown-year-weekend",
                "01-04 +unknown-year-working-day",
                "01-05 +unknown-year-working-day",
            ],
        ),
        (Hours48, "2026-03-13 09:00", &["03-13 +hours-run", "03-14 +hours-run", "03-15 +hours-run"]),
    ];
    for (rule, notice, expected) in cases {
        assert_eq!(codes(&due(rule, None, beijing(notice), &calendar)), expected, "{rule} {notice}");
    }
}

#[test]
fn hours_show_their_share_of_each_day() {
    let runs = |notice: &str| {
        let counted = due(CountingRule::Hours48, None, beijing(notice), &shipped());
        counted.count.into_iter().map(|entry| entry.why).collect::<Vec<_>>()
    };
    let run = |from: &str, until: &str| Why::HoursRun { from: from.to_owned(), until: until.to_owned() };
    assert_eq!(runs("2026-03-13 09:00"), [run("09:00", "24:00"), run("00:00", "24:00"), run("00:00", "09:00")]);
    assert_eq!(runs("2026-03-13 00:00"), [run("00:00", "24:00"), run("00:00", "24:00")]);
    assert_eq!(runs("2026-03-13 23:59:30")[0], run("23:59:30", "24:00"));
}

#[test]
fn the_floor_runs_on_to_the_first_instant_that_suffices() {
    use CountingRule::{CivilCode, Hours48};
    let calendar = shipped();
    let cases = [
        // 48 hours hold 28 waking hours whenever they begin.
        (Hours48, 28, "2026-03-10 10:00", "2026-03-12 10:00"),
        (Hours48, 28, "2026-03-10 23:30", "2026-03-12 23:30"),
        (Hours48, 30, "2026-03-10 10:00", "2026-03-12 12:00"),
        (Hours48, 30, "2026-03-10 21:00", "2026-03-13 09:00"),
        (Hours48, 30, "2026-03-10 23:30", "2026-03-13 10:00"),
        (Hours48, 30, "2026-03-10 03:00", "2026-03-12 10:00"),
        (Hours48, 40, "2026-03-10 10:00", "2026-03-12 22:00"),
        (Hours48, 57, "2026-03-10 10:00", "2026-03-14 11:00"),
        // Notice at 23:59: two whole days, 28 waking hours.
        (CivilCode, 24, "2026-03-10 23:59", "2026-03-13 00:00"),
        (CivilCode, 28, "2026-03-10 23:59", "2026-03-13 00:00"),
        (CivilCode, 29, "2026-03-10 23:59", "2026-03-13 09:00"),
        (CivilCode, 29, "2026-03-10 21:00", "2026-03-13 00:00"),
        (CivilCode, 0, "2026-03-10 10:00", "2026-03-13 00:00"),
    ];
    for (rule, hours, notice, expected) in cases {
        let counted = due(rule, Some(hours), beijing(notice), &calendar);
        assert_eq!(counted.due_at, beijing(expected), "{rule} {hours} {notice}");
        let dates: Vec<_> = counted.count.iter().map(|entry| entry.date).collect();
        assert!(dates.windows(2).all(|pair| pair[1] == day_after(pair[0])), "each day once: {dates:?}");
        assert_eq!(dates.last(), Some(&last_day(counted.due_at)), "{rule} {hours} {notice}");
    }
    let extended = due(Hours48, Some(30), beijing("2026-03-10 23:30"), &calendar);
    let floor = |until: &str| Why::FloorExtension { hours: 30, until: until.to_owned() };
    assert_eq!(
        codes(&extended),
        ["03-10 +hours-run", "03-11 +hours-run", "03-12 +floor-extension", "03-13 +floor-extension"]
    );
    assert_eq!((&extended.count[2].why, &extended.count[3].why), (&floor("24:00"), &floor("10:00")));
    let most = due(CivilCode, Some(u32::MAX), beijing("2026-03-10 22:00"), &calendar);
    assert_eq!(most.due_at, beijing("2026-04-03 22:00"), "336 waking hours are 24 days");
}

#[test]
fn names_and_stored_form() {
    for rule in CountingRule::ALL {
        assert_eq!(rule.as_str().parse(), Ok(rule));
        assert_eq!(serde_json::to_value(rule).unwrap(), rule.as_str());
        assert_eq!(serde_json::from_value::<CountingRule>(rule.as_str().into()).unwrap(), rule);
    }
    assert_eq!("civil".parse::<CountingRule>(), Err(UnknownRule));
    assert_eq!(CountingRule::default(), CountingRule::CivilCode);
    for why in why::samples() {
        let stored = serde_json::to_value(&why).unwrap();
        assert_eq!(stored["code"], why.code());
        let mut fields: Vec<_> = stored.as_object().unwrap().keys().map(String::as_str).collect();
        fields.retain(|field| *field != "code");
        let mut arguments: Vec<_> = why.arguments().iter().map(|(name, _)| *name).collect();
        arguments.sort_unstable();
        fields.sort_unstable();
        assert_eq!(fields, arguments, "{}", why.code());
        assert_eq!(why.occasion_key().is_some(), fields.contains(&"occasion"), "{}", why.code());
        assert_eq!(serde_json::from_value::<Why>(stored).unwrap(), why);
    }
    let counted = due(CountingRule::CivilCode, Some(30), beijing("2026-02-13 17:00"), &shipped());
    let stored = serde_json::to_string(&counted).unwrap();
    assert!(stored.contains(r#""due_at":"2026-02-24T16:00:00Z""#), "{stored}");
    assert_eq!(serde_json::from_str::<DueDate>(&stored).unwrap(), counted);
}

#[test]
fn every_code_and_rule_has_words_in_both_languages() {
    let languages = [include_str!("../../i18n/zh-CN/answer_rule.ftl"), include_str!("../../i18n/en/answer_rule.ftl")];
    for text in languages {
        let message = |key: &str| {
            let prefix = format!("{key} = ");
            text.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap_or_else(|| panic!("{key}")).to_owned()
        };
        for why in why::samples() {
            let words = message(&format!("why-{}", why.code()));
            let used = words.matches("{ $").count();
            assert_eq!(used, why.arguments().len(), "{words}");
            for (name, _) in why.arguments() {
                assert!(words.contains(&format!("{{ ${name} }}")), "{words} lacks {name}");
            }
            if let Some(key) = why.occasion_key() {
                message(&key);
            }
        }
        for rule in CountingRule::ALL {
            message(&format!("rule-{rule}"));
            message(&format!("rule-{rule}-text"));
        }
        for fault in crate::domain::calendar::CalendarFault::ALL {
            message(&format!("calendar-problem-{}", fault.code()));
        }
        for row in shipped().rows() {
            message(&format!("occasion-{}", crate::domain::calendar::occasion_code(&row.occasion).unwrap()));
        }
    }
}

#[test]
fn the_ends_of_time_do_not_panic() {
    let calendar = shipped();
    for rule in CountingRule::ALL {
        for notified_at in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            let counted = due(rule, Some(40), notified_at, &calendar);
            let _ = reminder_times(notified_at, counted.due_at);
            let _ = due_after_outage(counted.due_at, 60);
        }
    }
}
