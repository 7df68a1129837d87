//! A calendar feed of duty turns (iCalendar, RFC 5545): stable UIDs, a SEQUENCE that rises with every change, cancelled
//! turns told as such, an alarm the day before.
//!
//! The UID belongs to turn and expert, so that a turn that changes hands is one event cancelled and another made. What the
//! feed does not hold any more a phone forgets; what was given back lately is still told as cancelled, for programs that
//! keep what they once read. Deliberately absent: contact data.

use crate::domain::duty::Span;
use crate::ids::{DutyTurnId, ExpertId};
use chrono::{DateTime, TimeDelta, Utc};
use icalendar::{Alarm, Calendar, Component, Event, EventLike, EventStatus, Property};

/// The UID of a turn, and in an expert's calendar of the expert's: the same in feeds and letters.
#[must_use]
pub fn uid(base_url: &str, turn: DutyTurnId, expert: Option<ExpertId>) -> String {
    let host = base_url.split("://").nth(1).unwrap_or("localhost");
    let host = host.split(['/', ':']).next().unwrap_or("localhost");
    match expert {
        Some(expert) => format!("{turn}-{expert}@{host}"),
        None => format!("{turn}@{host}"),
    }
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedEvent {
    /// Its UID ([`uid`]).
    pub uid: String,
    /// Its SEQUENCE.
    pub sequence: u32,
    /// When it lies.
    pub span: Span,
    /// One line.
    pub summary: String,
    /// Where.
    pub place: String,
    /// What else there is to say.
    pub description: String,
    /// Whether it was taken back.
    pub cancelled: bool,
    /// Whether it is not sure yet.
    pub tentative: bool,
    /// When it changed last.
    pub changed: DateTime<Utc>,
}

/// The feed's text.
#[must_use]
pub fn feed(name: &str, events: &[FeedEvent]) -> String {
    let mut refresh = Property::new("REFRESH-INTERVAL", "PT1H");
    refresh.add_parameter("VALUE", "DURATION");
    let mut calendar = Calendar::empty();
    calendar
        .append_property(Property::new("VERSION", "2.0"))
        .append_property(Property::new("PRODID", "-//Zhipai//Duty rota//ZH"))
        .append_property(Property::new("CALSCALE", "GREGORIAN"))
        .append_property(Property::new("METHOD", "PUBLISH"))
        .append_property(Property::new("NAME", name))
        .append_property(Property::new("X-WR-CALNAME", name))
        .append_property(refresh)
        .append_property(Property::new("X-PUBLISHED-TTL", "PT1H"));
    for one in events {
        let status = match (one.cancelled, one.tentative) {
            (true, _) => EventStatus::Cancelled,
            (false, true) => EventStatus::Tentative,
            (false, false) => EventStatus::Confirmed,
        };
        let mut event = Event::with_uid(&one.uid);
        event
            .timestamp(one.changed)
            .sequence(one.sequence)
            .summary(&one.summary)
            .description(&one.description)
            .location(&one.place)
            .starts(one.span.begins())
            .ends(one.span.ends())
            .status(status)
            .append_property(Property::new("LAST-MODIFIED", one.changed.format("%Y%m%dT%H%M%SZ").to_string()));
        if !one.cancelled {
            event.alarm(Alarm::display(&one.summary, -TimeDelta::hours(18)));
        }
        calendar.push(event.done());
    }
    calendar.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    #[test]
    fn an_event_has_a_stable_uid_its_sequence_status_alarm_and_utc_hours() {
        let span = Span { day: NaiveDate::from_ymd_opt(2026, 5, 11).expect("a date"), from: 540, to: 720 };
        let one = |cancelled: bool| FeedEvent {
            uid: "turn-expert@zhipai.example".into(),
            sequence: 3,
            span,
            summary: "值班：云杉科技园工作站".into(),
            place: "云杉路 1 号".into(),
            description: String::new(),
            cancelled,
            tentative: false,
            changed: span.begins(),
        };
        let text = feed("我的值班", &[one(false), one(true)]).replace("\r\n ", "");
        for line in [
            "UID:turn-expert@zhipai.example",
            "SEQUENCE:3",
            "STATUS:CONFIRMED",
            "STATUS:CANCELLED",
            "DTSTART:20260511T010000Z",
            "DTEND:20260511T040000Z",
            "BEGIN:VALARM",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
        assert_eq!(text.matches("BEGIN:VALARM").count(), 1, "nobody is woken for what was taken back");
        assert!(text.split("\r\n").all(|line| line.len() < 400));
    }

    /// The value of a property, as another library reads it.
    fn value(properties: &[ical::property::Property], name: &str) -> Option<String> {
        let mut named = properties.iter().filter(|one| one.name == name);
        let found = named.next()?.value.clone();
        assert!(named.next().is_none(), "{name} stands there once");
        found
    }

    #[test]
    fn another_library_reads_back_what_was_written() {
        let mut dice = 0x5EED_u64;
        let mut below = |most: u64| {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (dice >> 33) % most
        };
        let first = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date");
        for count in [0, 1, 2, 40] {
            let mut events = Vec::new();
            for number in 0..count {
                let from = 480 + 30 * i32::try_from(below(10)).expect("small");
                let span = Span {
                    day: first.checked_add_days(chrono::Days::new(below(365))).expect("a date"),
                    from,
                    to: from + 30 + i32::try_from(below(300)).expect("small"),
                };
                // Longer than a line of 75 octets, so that it is folded, in the middle of Chinese text.
                let long = "云杉科技园知识产权公共服务工作站".repeat(1 + usize::try_from(below(5)).expect("small"));
                events.push(FeedEvent {
                    uid: format!("turn-{number}@zhipai.example"),
                    sequence: u32::try_from(below(1_000)).expect("small"),
                    span,
                    summary: format!("值班：{long}"),
                    place: long,
                    description: "010-62000001".to_owned(),
                    cancelled: below(3) == 0,
                    tentative: below(3) == 0,
                    changed: span.begins() - TimeDelta::days(3),
                });
            }
            let text = feed("我的值班", &events);
            let mut calendars = ical::IcalParser::new(text.as_bytes());
            let read = calendars.next().expect("a calendar").expect("reads");
            assert!(calendars.next().is_none(), "one calendar");
            assert_eq!(value(&read.properties, "VERSION").as_deref(), Some("2.0"));
            assert_eq!(value(&read.properties, "METHOD").as_deref(), Some("PUBLISH"));
            assert_eq!(value(&read.properties, "X-WR-CALNAME").as_deref(), Some("我的值班"));
            assert_eq!(read.events.len(), events.len());
            for (sent, got) in events.iter().zip(&read.events) {
                let is = |name: &str| value(&got.properties, name).unwrap_or_default();
                let utc = |at: DateTime<Utc>| at.format("%Y%m%dT%H%M%SZ").to_string();
                assert_eq!(is("UID"), sent.uid);
                assert_eq!(is("SEQUENCE"), sent.sequence.to_string());
                assert_eq!((is("DTSTART"), is("DTEND")), (utc(sent.span.begins()), utc(sent.span.ends())));
                assert_eq!((is("DTSTAMP"), is("LAST-MODIFIED")), (utc(sent.changed), utc(sent.changed)));
                assert_eq!((is("SUMMARY"), is("LOCATION")), (sent.summary.clone(), sent.place.clone()));
                let status = match (sent.cancelled, sent.tentative) {
                    (true, _) => "CANCELLED",
                    (false, true) => "TENTATIVE",
                    (false, false) => "CONFIRMED",
                };
                assert_eq!(is("STATUS"), status);
                // One alarm, eighteen hours before, unless there is nothing to wake for.
                let alarms: Vec<_> = got
                    .alarms
                    .iter()
                    .map(|alarm| (value(&alarm.properties, "ACTION"), value(&alarm.properties, "TRIGGER")))
                    .collect();
                let eighteen_hours = (Some("DISPLAY".to_owned()), Some("-PT64800S".to_owned()));
                assert_eq!(alarms, if sent.cancelled { Vec::new() } else { vec![eighteen_hours] });
            }
        }
    }
}
