//! A month at a glance: each day with one word, and where it leads. For staff whether the day's turns are manned, for an
//! expert which days are theirs.
//!
//! A list of days, so that it reads in order without a table and works without scripts; colour never stands alone, the word
//! says the same. Deliberately absent: who sits where, which is the week's.

use crate::domain::calendar::{Calendar, DayKind};
use crate::domain::duty::TurnState;
use crate::domain::week_hours;
use crate::i18n::L;
use chrono::{Datelike, Days, Months, NaiveDate};

/// One square.
pub struct MonthDay {
    /// 11; empty before the first and after the last.
    pub day: String,
    /// 齐, 缺 1, 休.
    pub word: String,
    /// What a reader hears: 5月11日（周一）.
    pub label: String,
    /// The classes.
    pub kind: String,
    /// Where it leads; may be empty.
    pub href: String,
}

/// A month.
pub struct Month {
    /// 2026年5月.
    pub title: String,
    /// 一 to 日.
    pub heads: Vec<String>,
    /// Squares from the Monday of its first week on.
    pub days: Vec<MonthDay>,
    /// The day before its first.
    pub before: NaiveDate,
    /// The day after its last.
    pub after: NaiveDate,
}

/// What a day is like.
pub struct Told {
    /// The word; none where there is nothing to say.
    pub word: String,
    /// `is-full`, `is-gap`, or nothing.
    pub kind: &'static str,
    /// Where it leads; may be empty.
    pub href: String,
}

/// The first day of a day's month.
#[must_use]
pub fn first_of(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

/// The last day of a day's month.
#[must_use]
pub fn last_of(day: NaiveDate) -> NaiveDate {
    let first = first_of(day);
    first.checked_add_months(Months::new(1)).and_then(|next| next.pred_opt()).unwrap_or(first)
}

/// The month of a day; `tell` says what there is on a day, the calendar says the rest.
#[must_use]
pub fn month(
    l: L,
    calendar: &Calendar,
    (of, today): (NaiveDate, NaiveDate),
    tell: impl Fn(NaiveDate) -> Option<Told>,
) -> Month {
    let (first, last) = (first_of(of), last_of(of));
    let mut days = Vec::new();
    let mut day = week_hours::monday(first);
    while day <= last {
        days.push(if day < first {
            MonthDay {
                day: String::new(),
                word: String::new(),
                label: String::new(),
                kind: "is-off".into(),
                href: String::new(),
            }
        } else {
            square(l, calendar, day, today, tell(day))
        });
        let Some(next) = day.checked_add_days(Days::new(1)) else { break };
        day = next;
    }
    Month {
        title: l.a("duty-month-of", &[("year", &first.year().to_string()), ("month", &first.month().to_string())]),
        heads: l.weekdays().into_iter().map(|name| name.trim_start_matches('周').to_owned()).collect(),
        days,
        before: first.pred_opt().unwrap_or(first),
        after: last.succ_opt().unwrap_or(last),
    }
}

fn square(l: L, calendar: &Calendar, day: NaiveDate, today: NaiveDate, told: Option<Told>) -> MonthDay {
    let off = match calendar.kind(day) {
        DayKind::Holiday { .. } | DayKind::Weekend => l.t("duty-month-off"),
        DayKind::MakeUp { .. } | DayKind::Working => String::new(),
    };
    let told = told.unwrap_or(Told { word: off, kind: "is-off", href: String::new() });
    let now = if day == today { " is-now" } else { "" };
    MonthDay {
        day: day.day().to_string(),
        label: format!("{}{}{}", l.short_date(day), l.pick("：", ": "), told.word),
        word: told.word,
        kind: format!("{}{now}", told.kind).trim_start().to_owned(),
        href: told.href,
    }
}

/// Whether a day's turns are manned: all, or how many are not; nothing on a day without turns.
#[must_use]
pub fn manned(l: L, states: impl Iterator<Item = TurnState>, href: String) -> Option<Told> {
    let (mut turns, mut gaps) = (0_u32, 0_u32);
    for state in states.filter(|state| *state != TurnState::Cancelled) {
        turns += 1;
        gaps += u32::from(state == TurnState::Gap);
    }
    match (turns, gaps) {
        (0, _) => None,
        (_, 0) => Some(Told { word: l.t("duty-month-full"), kind: "is-full", href }),
        _ => Some(Told { word: l.a("duty-month-gap", &[("n", &gaps.to_string())]), kind: "is-gap", href }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::SHIPPED_HOLIDAYS;
    use crate::i18n::Lang;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).expect("a date")
    }

    #[test]
    fn a_month_begins_on_its_monday_and_says_of_each_day_what_it_is_like() {
        let calendar = Calendar::from_csv(SHIPPED_HOLIDAYS, "t").expect("reads");
        let l = L(Lang::Zh);
        let tell = |on: NaiveDate| {
            let states = match on.day() {
                11 => vec![TurnState::Agreed, TurnState::Agreed],
                12 => vec![TurnState::Agreed, TurnState::Gap, TurnState::Cancelled],
                13 => vec![TurnState::Cancelled],
                _ => Vec::new(),
            };
            manned(l, states.into_iter(), format!("/duty?week={on}"))
        };
        let found = month(l, &calendar, (day(5, 8), day(5, 12)), tell);
        assert_eq!(found.title, "2026年5月");
        assert_eq!(found.heads, ["一", "二", "三", "四", "五", "六", "日"]);
        // The first of May 2026 is a Friday.
        assert_eq!(found.days.len(), 4 + 31);
        let square = |n: usize| &found.days[3 + n];
        let is = |n: usize| (square(n).word.as_str(), square(n).kind.as_str());
        assert_eq!((found.days[3].day.as_str(), square(1).day.as_str(), square(31).day.as_str()), ("", "1", "31"));
        assert_eq!((is(1), is(2)), (("休", "is-off"), ("休", "is-off")), "a holiday, a Saturday");
        assert_eq!((is(9), is(7)), (("", "is-off"), ("", "is-off")), "worked, without turns");
        assert_eq!((is(11), is(12), is(13)), (("齐", "is-full"), ("缺 1", "is-gap is-now"), ("", "is-off")));
        assert_eq!((square(12).href.as_str(), square(13).href.as_str()), ("/duty?week=2026-05-12", ""));
        assert_eq!((found.before, found.after), (day(4, 30), day(6, 1)));
    }
}
