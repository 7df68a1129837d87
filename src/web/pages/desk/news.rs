//! 刚刚发生: the newest events in words, today's by the hour.

use crate::db::recent::NewsLine;
use crate::domain::calendar::{beijing_clock, day_after};
use crate::i18n::L;
use crate::web::pages::need::clock::machine;
use chrono::NaiveDate;

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewsView {
    /// RFC 3339.
    pub machine: String,
    /// 09:12, 昨 17:46, or the day.
    pub time: String,
    /// What happened.
    pub what: String,
    /// The need's number.
    pub number: String,
    /// Its address.
    pub href: String,
}

/// The events, in words.
#[must_use]
pub fn told(l: L, today: NaiveDate, lines: &[NewsLine]) -> Vec<NewsView> {
    lines
        .iter()
        .map(|line| {
            let at = line.at.and_utc();
            let local = beijing_clock(at);
            let clock = local.format("%H:%M").to_string();
            let time = if local.date() == today {
                clock
            } else if day_after(local.date()) == today {
                l.a("desk-yesterday", &[("time", &clock)])
            } else {
                l.short_date(local.date())
            };
            NewsView {
                machine: machine(at),
                time,
                what: l.t(&format!("event-{}", line.event)),
                number: line.number.clone(),
                href: format!("/needs/{}", line.need),
            }
        })
        .collect()
}
