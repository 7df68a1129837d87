//! The counting rules against a second, independent reading of them: integers, no chrono, no zone database, no shared
//! code. Beijing is UTC+8 throughout the years compared.

use super::{CountingRule, due};
use crate::domain::calendar::{Calendar, SHIPPED_HOLIDAYS};
use chrono::DateTime;
use std::collections::HashMap;

/// Days since 1970-01-01, by adding up years and months.
fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let leap = |y: i64| (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    let mut days = day - 1;
    for y in 1970..year {
        days += if leap(y) { 366 } else { 365 };
    }
    for m in 1..month {
        days += match m {
            2 if leap(year) => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
    }
    days
}

struct Oracle {
    rows: HashMap<i64, bool>,
}

impl Oracle {
    fn new() -> Self {
        let mut rows = HashMap::new();
        for line in SHIPPED_HOLIDAYS.lines().skip(1) {
            let number = |from: usize, until: usize| line[from..until].parse::<i64>().unwrap();
            rows.insert(day_number(number(0, 4), number(5, 7), number(8, 10)), line[11..].starts_with("holiday"));
        }
        for (month, day) in [(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)] {
            rows.insert(day_number(2027, month, day), true);
        }
        Self { rows }
    }

    fn rests(&self, day: i64) -> bool {
        // 1970-01-01 was a Thursday; 0 is Monday.
        self.rows.get(&day).copied().unwrap_or((day + 3) % 7 >= 5)
    }

    /// The first second that is too late, and whether the result hangs on a day of 2027 or later.
    fn due(&self, rule: CountingRule, notified: i64) -> (i64, bool) {
        let notice_day = (notified + 8 * 3600) / 86400;
        let unknown_from = day_number(2027, 1, 1);
        let last = match rule {
            CountingRule::Hours48 => return (notified + 172_800, false),
            CountingRule::CalendarDays => return ((notice_day + 3) * 86400 - 8 * 3600, false),
            CountingRule::CivilCode => {
                let nominal = notice_day + 2;
                (nominal..).find(|day| !self.rests(*day)).unwrap()
            }
            CountingRule::WorkingDays => (notice_day + 1..).filter(|day| !self.rests(*day)).nth(1).unwrap(),
        };
        ((last + 1) * 86400 - 8 * 3600, last >= unknown_from)
    }
}

#[test]
fn every_day_of_three_years_agrees() {
    let oracle = Oracle::new();
    let calendar = Calendar::from_csv(SHIPPED_HOLIDAYS, "v1").unwrap();
    let mut compared = 0_u32;
    for day in day_number(2024, 1, 1)..day_number(2027, 1, 1) {
        let midnight = day * 86400 - 8 * 3600;
        for second in [0, 1, 60, 8 * 3600, 10 * 3600 + 1800, 16 * 3600, 21 * 3600, 86340, 86399] {
            let notified = midnight + second;
            let notified_at = DateTime::from_timestamp(notified, 0).unwrap();
            for rule in CountingRule::ALL {
                let counted = due(rule, None, notified_at, &calendar);
                let found = (counted.due_at.timestamp(), counted.provisional);
                assert_eq!(found, oracle.due(rule, notified), "{rule} {notified_at}");
                assert_eq!(due(rule, Some(24), notified_at, &calendar).due_at, counted.due_at, "24 never bind");
                let last = counted.count.last().unwrap();
                assert_eq!(last.date, super::last_day(counted.due_at), "{rule} {notified_at}");
                if rule != CountingRule::Hours48 {
                    assert_eq!(counted.count.iter().filter(|entry| entry.counted).count(), 2, "{rule} {notified_at}");
                    assert!(last.counted && !counted.count[0].counted, "{rule} {notified_at}");
                }
                assert!(counted.count.windows(2).all(|pair| pair[1].date == pair[0].date.succ_opt().unwrap()));
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 1096 * 9 * 4);
}
