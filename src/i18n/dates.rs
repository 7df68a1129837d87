//! Dates and times as people say them: Beijing time, with the weekday; a due instant at 00:00 is said as 24:00 of the
//! day before, as Civil Code article 203 does (ui.md).

use super::{L, Lang};
use crate::domain::calendar::beijing_date;
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike, Utc};
use chrono_tz::Asia::Shanghai;

const ZH: [&str; 7] = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];
const EN: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn month_name(date: NaiveDate) -> &'static str {
    MONTHS.get(date.month0() as usize).copied().unwrap_or_default()
}

impl L {
    /// 周一 to 周日, Mon to Sun.
    #[must_use]
    pub const fn weekdays(&self) -> [&'static str; 7] {
        match self.0 {
            Lang::Zh => ZH,
            Lang::En => EN,
        }
    }

    /// 周五, Fri.
    #[must_use]
    pub fn weekday(&self, date: NaiveDate) -> &'static str {
        self.weekdays().get(date.weekday().num_days_from_monday() as usize).copied().unwrap_or_default()
    }

    /// 2026年5月8日（周五）, Fri 8 May 2026.
    #[must_use]
    pub fn date(&self, date: NaiveDate) -> String {
        match self.0 {
            Lang::Zh => format!("{}年{}月{}日（{}）", date.year(), date.month(), date.day(), self.weekday(date)),
            Lang::En => format!("{} {} {} {}", self.weekday(date), date.day(), month_name(date), date.year()),
        }
    }

    /// 5月8日（周五）, Fri 8 May.
    #[must_use]
    pub fn short_date(&self, date: NaiveDate) -> String {
        match self.0 {
            Lang::Zh => format!("{}月{}日（{}）", date.month(), date.day(), self.weekday(date)),
            Lang::En => format!("{} {} {}", self.weekday(date), date.day(), month_name(date)),
        }
    }

    /// 2026年5月8日（周五）09:40, Fri 8 May 2026, 09:40.
    #[must_use]
    pub fn instant(&self, at: DateTime<Utc>) -> String {
        let local = at.with_timezone(&Shanghai);
        let clock = format!("{:02}:{:02}", local.hour(), local.minute());
        match self.0 {
            Lang::Zh => format!("{}{clock}", self.date(local.date_naive())),
            Lang::En => format!("{}, {clock}", self.date(local.date_naive())),
        }
    }

    /// 5月8日（周五）09:40, Fri 8 May, 09:40.
    #[must_use]
    pub fn short_instant(&self, at: DateTime<Utc>) -> String {
        let local = at.with_timezone(&Shanghai);
        let clock = format!("{:02}:{:02}", local.hour(), local.minute());
        match self.0 {
            Lang::Zh => format!("{}{clock}", self.short_date(local.date_naive())),
            Lang::En => format!("{}, {clock}", self.short_date(local.date_naive())),
        }
    }

    /// A due instant, said as 24:00 of the day before when it is midnight.
    #[must_use]
    pub fn due(&self, due_at: DateTime<Utc>) -> String {
        let local = due_at.with_timezone(&Shanghai);
        if local.hour() == 0 && local.minute() == 0 {
            let day = self.date(beijing_date(due_at - TimeDelta::seconds(1)));
            match self.0 {
                Lang::Zh => format!("{day}24:00"),
                Lang::En => format!("{day}, 24:00"),
            }
        } else {
            self.instant(due_at)
        }
    }

    /// The same without the year.
    #[must_use]
    pub fn short_due(&self, due_at: DateTime<Utc>) -> String {
        let local = due_at.with_timezone(&Shanghai);
        if local.hour() == 0 && local.minute() == 0 {
            let day = self.short_date(beijing_date(due_at - TimeDelta::seconds(1)));
            match self.0 {
                Lang::Zh => format!("{day}24:00"),
                Lang::En => format!("{day}, 24:00"),
            }
        } else {
            self.short_instant(due_at)
        }
    }

    /// What is left until `due_at`, in words; `None` when nothing is.
    #[must_use]
    pub fn left(&self, now: DateTime<Utc>, due_at: DateTime<Utc>) -> Option<String> {
        if now >= due_at {
            return None;
        }
        let minutes = (due_at - now).num_minutes().max(1);
        Some(self.span(minutes))
    }

    /// A span of minutes in words: the two largest units.
    #[must_use]
    pub fn span(&self, minutes: i64) -> String {
        let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
        match (self.0, days, hours) {
            (Lang::Zh, 0, 0) => format!("{rest} 分钟"),
            (Lang::Zh, 0, _) => format!("{hours} 小时 {rest} 分"),
            (Lang::Zh, _, 0) => format!("{days} 天"),
            (Lang::Zh, _, _) => format!("{days} 天 {hours} 小时"),
            (Lang::En, 0, 0) => format!("{rest} min"),
            (Lang::En, 0, _) => format!("{hours} h {rest} min"),
            (Lang::En, _, 0) => format!("{days} d"),
            (Lang::En, _, _) => format!("{days} d {hours} h"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn midnight_is_said_as_24_of_the_day_before() {
        let due = DateTime::parse_from_rfc3339("2026-05-08T16:00:00Z").expect("a date").to_utc();
        assert_eq!(L(Lang::Zh).due(due), "2026年5月8日（周五）24:00");
        assert_eq!(L(Lang::En).due(due), "Fri 8 May 2026, 24:00");
        assert_eq!(L(Lang::Zh).short_instant(due - TimeDelta::minutes(20)), "5月8日（周五）23:40");
        assert_eq!(L(Lang::Zh).left(due - TimeDelta::minutes(1500), due).as_deref(), Some("1 天 1 小时"));
        assert_eq!(L(Lang::Zh).left(due, due), None);
    }
}
