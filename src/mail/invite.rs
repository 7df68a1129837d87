//! The calendar file that goes with a confirmation, and the one that takes it back (iCalendar, RFC 5545 and 5546).
//!
//! A need says by which day it is wanted, not at which hour, so the event is that whole day, shown as free time: the two
//! people agree on the hour. The UID belongs to the assignment, so a cancellation finds its event. SEQUENCE is twice the
//! round, plus one for the cancellation: it always rises, as RFC 5546 section 2.1.4 asks. The attendee is written down as
//! having accepted, so no mail program asks for an answer. Deliberately absent: the other side's contact data.

use super::message::Sender;
use crate::domain::notice::Recipient;
use crate::i18n::Lang;
use crate::ids::AssignmentId;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use icalendar::{Calendar, Component, Event, EventLike, EventStatus, Property};

/// What a calendar file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// The assignment it belongs to.
    pub assignment: AssignmentId,
    /// The assignment's round.
    pub round: i32,
    /// Whether it takes the event back.
    pub cancelled: bool,
    /// The day.
    pub day: NaiveDate,
    /// One line.
    pub summary: String,
    /// What else there is to say.
    pub description: String,
    /// Where.
    pub place: Option<String>,
    /// The letter's language.
    pub lang: Lang,
}

impl Invite {
    /// The iTIP method: `REQUEST` or `CANCEL`.
    #[must_use]
    pub const fn method(&self) -> &'static str {
        if self.cancelled { "CANCEL" } else { "REQUEST" }
    }

    /// The file's text, for one recipient, written at `now`.
    #[must_use]
    pub fn calendar(&self, to: &Recipient, sender: &Sender, now: DateTime<Utc>) -> String {
        let domain = sender.address.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
        let round = u32::try_from(self.round).unwrap_or_default();
        let office = match self.lang {
            Lang::Zh => &sender.name,
            Lang::En => &sender.name_en,
        };
        let mut organizer = Property::new("ORGANIZER", format!("mailto:{}", sender.address));
        organizer.add_parameter("CN", &parameter(office));
        let mut attendee = Property::new("ATTENDEE", format!("mailto:{}", to.address));
        attendee.add_parameter("CN", &parameter(&to.name));
        attendee.add_parameter("PARTSTAT", "ACCEPTED");
        attendee.add_parameter("RSVP", "FALSE");

        let mut event = Event::with_uid(&format!("{}@{domain}", self.assignment));
        event
            .timestamp(now)
            .sequence(round.saturating_mul(2).saturating_add(u32::from(self.cancelled)))
            .summary(&self.summary)
            .description(&self.description)
            .status(if self.cancelled { EventStatus::Cancelled } else { EventStatus::Confirmed })
            .append_property(day("DTSTART", self.day))
            .append_property(day("DTEND", self.day.checked_add_signed(TimeDelta::days(1)).unwrap_or(self.day)))
            .append_property(Property::new("TRANSP", "TRANSPARENT"))
            .append_property(organizer)
            .append_multi_property(attendee);
        if let Some(place) = &self.place {
            event.location(place);
        }

        let mut calendar = Calendar::empty();
        calendar
            .append_property(Property::new("VERSION", "2.0"))
            .append_property(Property::new("PRODID", "-//Zhipai//Dispatch desk//ZH"))
            .append_property(Property::new("CALSCALE", "GREGORIAN"))
            .append_property(Property::new("METHOD", self.method()))
            .push(event.done());
        calendar.to_string()
    }
}

fn day(name: &str, date: NaiveDate) -> Property {
    let mut property = Property::new(name, date.format("%Y%m%d").to_string());
    property.add_parameter("VALUE", "DATE");
    property
}

/// A parameter's value may hold neither quotes nor control characters (RFC 5545, section 3.1).
fn parameter(text: &str) -> String {
    text.chars().filter(|c| *c != '"' && !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(ics: &str) -> Vec<String> {
        assert!(ics.split("\r\n").all(|line| line.len() <= 75), "a line is longer than 75 octets");
        ics.replace("\r\n ", "").trim_end().split("\r\n").map(str::to_owned).collect()
    }

    fn invite(cancelled: bool) -> Invite {
        Invite {
            assignment: "0190b4a2-1111-7abc-8def-0123456789ab".parse().expect("an id"),
            round: 2,
            cancelled,
            day: NaiveDate::from_ymd_opt(2026, 12, 31).expect("a date"),
            summary: "志愿服务：砚石智能装备，减速器出口欧盟前的专利风险排查；含避让建议".to_owned(),
            description: "一行\n又一行".to_owned(),
            place: Some("线上".to_owned()),
            lang: Lang::Zh,
        }
    }

    #[test]
    fn a_request_is_one_whole_day_and_a_cancellation_outruns_it() {
        let to =
            Recipient { name: "顾\"明岚\r\nBCC:x".into(), address: "gu@firm.example".into(), language: "zh".into() };
        let sender = Sender {
            name: "知派".into(),
            name_en: "Zhipai".into(),
            address: "desk@zhipai.example".into(),
            reply_to: None,
        };
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a date");
        let request = lines(&invite(false).calendar(&to, &sender, now));
        for line in [
            "METHOD:REQUEST",
            "UID:0190b4a2-1111-7abc-8def-0123456789ab@zhipai.example",
            "SEQUENCE:4",
            "STATUS:CONFIRMED",
            "DTSTART;VALUE=DATE:20261231",
            "DTEND;VALUE=DATE:20270101",
            "DTSTAMP:20270115T080000Z",
            "DESCRIPTION:一行\\n又一行",
        ] {
            assert!(request.iter().any(|known| known == line), "{line} in {request:#?}");
        }
        for name in ["BEGIN:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "END:VCALENDAR"] {
            assert_eq!(request.iter().filter(|line| *line == name).count(), 1, "{name}");
        }
        for name in ["UID", "DTSTAMP", "ATTENDEE", "ORGANIZER", "SUMMARY", "SEQUENCE"] {
            let count = request.iter().filter(|line| line.split([':', ';']).next() == Some(name)).count();
            assert_eq!(count, 1, "{name}");
        }
        assert!(!request.iter().any(|line| line.starts_with("BCC")), "{request:#?}");
        let cancel = lines(&invite(true).calendar(&to, &sender, now));
        for line in ["METHOD:CANCEL", "SEQUENCE:5", "STATUS:CANCELLED"] {
            assert!(cancel.iter().any(|known| known == line), "{line}");
        }
        assert_eq!(
            request.iter().find(|line| line.starts_with("UID")),
            cancel.iter().find(|line| line.starts_with("UID"))
        );
    }
}
