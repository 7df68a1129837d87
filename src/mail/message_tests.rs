//! Messages as a mail program reads them.

use super::{Message, MessageError, Sender, message, outbox_of};
use crate::domain::notice::{NoticeKind, Recipient};
use crate::i18n::Lang;
use crate::ids::OutboxId;
use crate::mail::letter::{letter, sample};
use crate::mail::links::{Links, links_in};
use crate::seal::fingerprint;
use mail_parser::{MessageParser, MimeHeaders};

fn outbox() -> OutboxId {
    "0190b4a2-9999-7abc-8def-0123456789ab".parse().expect("an id")
}

fn sender() -> Sender {
    Sender {
        name: "知派　市知识产权公共服务中心".into(),
        name_en: "Zhipai, City IP Service Centre".into(),
        address: "desk@zhipai.example".into(),
        reply_to: Some("office@zhipai.example".into()),
    }
}

fn made(kind: NoticeKind, lang: Lang, to: &Recipient) -> Result<Message, MessageError> {
    let keyring = sample::keyring();
    let links = Links { base_url: "https://zhipai.example", keyring: &keyring, now: sample::now() };
    message(&letter(&sample::notice(kind), &links, lang), to, outbox(), &sender(), sample::now())
}

fn reader() -> Recipient {
    Recipient { name: "顾明岚".into(), address: "gu.minglan@firm.example".into(), language: "zh".into() }
}

#[test]
fn every_message_reads_as_it_was_written() {
    for kind in NoticeKind::ALL {
        for lang in [Lang::Zh, Lang::En] {
            let message = made(*kind, lang, &reader()).expect("made");
            let read = MessageParser::default().parse(&message.bytes).expect("a message");
            assert_eq!(read.subject(), Some(message.subject.as_str()), "{kind}");
            let raw = String::from_utf8(message.bytes.clone()).expect("ASCII");
            assert!(raw.is_ascii() && raw.lines().all(|line| line.len() <= 998), "{kind}");
            assert_eq!(raw.matches("Message-ID:").count(), 1, "{kind}");
            assert_eq!(read.message_id(), Some("0190b4a2-9999-7abc-8def-0123456789ab@zhipai.example"));
            assert_eq!(read.message_id().and_then(outbox_of), Some(outbox()));
            assert_eq!(read.date().map(mail_parser::DateTime::to_timestamp), Some(sample::now().timestamp()));
            let from = read.from().and_then(|from| from.first()).expect("a sender");
            assert_eq!(from.address(), Some("desk@zhipai.example"));
            let shown = if lang == Lang::Zh { sender().name } else { sender().name_en };
            assert_eq!(from.name(), Some(shown.as_str()));
            let to = read.to().and_then(|to| to.first()).expect("a recipient");
            assert_eq!((to.name(), to.address()), (Some("顾明岚"), Some("gu.minglan@firm.example")));
            let text = read.body_text(0).expect("text").replace("\r\n", "\n");
            assert_eq!(text.trim_end(), message.text.trim_end(), "{kind}");
            let html = read.body_html(0).expect("HTML").replace("\r\n", "\n");
            assert_eq!(html.trim_end(), message.html.trim_end(), "{kind}");
            let headers = message.headers();
            assert_eq!(headers.get("Auto-Submitted").map(String::as_str), Some("auto-generated"));
            assert!(!headers.keys().any(|name| name.starts_with("List-")), "{headers:?}");
        }
    }
}

#[test]
fn a_confirmation_carries_its_calendar_file_twice() {
    for (kind, method) in [(NoticeKind::Confirmed, "REQUEST"), (NoticeKind::ExpertReleased, "CANCEL")] {
        let message = made(kind, Lang::Zh, &reader()).expect("made");
        let read = MessageParser::default().parse(&message.bytes).expect("a message");
        let calendars: Vec<_> = read
            .parts
            .iter()
            .filter(|part| part.content_type().is_some_and(|kind| matches!(kind.subtype(), Some("calendar" | "ics"))))
            .collect();
        assert_eq!(calendars.len(), 2, "{kind}");
        let said = calendars[0].content_type().and_then(|kind| kind.attribute("method"));
        assert_eq!(said, Some(method));
        assert_eq!(calendars[1].attachment_name(), Some("invite.ics"));
        for part in calendars {
            let file = String::from_utf8_lossy(part.contents()).into_owned();
            assert!(file.starts_with("BEGIN:VCALENDAR\r\n") && file.trim_end().ends_with("END:VCALENDAR"), "{file}");
            assert!(
                file.contains(&format!("METHOD:{method}\r\n")) && file.contains("DTSTART;VALUE=DATE:20260520\r\n"),
                "{file}"
            );
            assert!(sample::CONTACTS.iter().all(|contact| !file.contains(contact)), "{file}");
        }
    }
    let plain = made(NoticeKind::Offer, Lang::Zh, &reader()).expect("made");
    assert!(!String::from_utf8_lossy(&plain.bytes).contains("text/calendar"));
}

/// The turns in the calendar file of a published rota, read by another library: those of the feed, under the same UIDs.
#[test]
fn a_published_rota_carries_its_turns_as_another_library_reads_them() {
    let notice = sample::notice(NoticeKind::DutyPublished);
    let duty = notice.duty.expect("turns");
    let message = made(NoticeKind::DutyPublished, Lang::Zh, &reader()).expect("made");
    let read = MessageParser::default().parse(&message.bytes).expect("a message");
    let file = read.parts.iter().find(|part| part.attachment_name() == Some("invite.ics")).expect("a calendar file");
    let mut calendars = ical::IcalParser::new(file.contents());
    let calendar = calendars.next().expect("a calendar").expect("reads");
    assert!(calendars.next().is_none());
    assert_eq!(calendar.events.len(), duty.turns.len());
    for (turn, event) in duty.turns.iter().zip(&calendar.events) {
        let is = |name: &str| {
            let mut named = event.properties.iter().filter(|one| one.name == name);
            named.next().and_then(|one| one.value.clone()).unwrap_or_default()
        };
        assert_eq!(is("UID"), crate::mail::duty_feed::uid("https://zhipai.example", turn.id, duty.expert));
        assert_eq!(is("SEQUENCE"), turn.sequence.to_string());
        assert_eq!(is("STATUS"), "CONFIRMED");
        assert_eq!(is("DTSTART"), turn.span.begins().format("%Y%m%dT%H%M%SZ").to_string());
        assert_eq!(event.alarms.len(), 1);
    }
}

#[test]
fn the_same_letter_is_the_same_message_and_what_is_kept_has_no_links() {
    let one = made(NoticeKind::Offer, Lang::Zh, &reader()).expect("made");
    assert_eq!(one, made(NoticeKind::Offer, Lang::Zh, &reader()).expect("made"));
    assert_eq!(one.sha256, fingerprint(&one.kept));
    assert_eq!(one.sha256.len(), 64);
    let kept = MessageParser::default().parse(&one.kept).expect("a message");
    let text = kept.body_text(0).expect("text");
    assert!(text.contains("https://zhipai.example/l/…"), "{text}");
    for link in links_in(&one.text) {
        let token = link.rsplit('/').next().expect("a token");
        assert!(!text.contains(token) && !kept.body_html(0).expect("HTML").contains(token));
    }
}

#[test]
fn what_people_type_cannot_add_headers_and_bad_addresses_are_refused() {
    let mut to = reader();
    to.name = "顾\r\nBcc: evil@x.example\r\n".into();
    let message = made(NoticeKind::Offer, Lang::Zh, &to).expect("made");
    assert!(!message.headers().contains_key("Bcc"));
    let read = MessageParser::default().parse(&message.bytes).expect("a message");
    assert!(read.bcc().is_none());
    for address in ["", "gu", "gu@", "gu@firm.example, li@firm.example", "a b@firm.example"] {
        to.address = address.into();
        assert!(matches!(made(NoticeKind::Offer, Lang::Zh, &to), Err(MessageError::Recipient)), "{address}");
    }
}

#[test]
fn only_our_own_message_ids_name_an_outbox_row() {
    assert_eq!(outbox_of(" <0190b4a2-9999-7abc-8def-0123456789ab@zhipai.example> "), Some(outbox()));
    for foreign in ["<abc@mail.example>", "", "0190b4a2-9999-7abc-8def-0123456789ab"] {
        assert_eq!(outbox_of(foreign), None, "{foreign}");
    }
}
