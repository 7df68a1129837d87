//! The settings, and real conversations with a server that answers by script on a real socket of this machine.

use super::{Smtp, SmtpSettings, SmtpSettingsError, SmtpTls};
use crate::ids::OutboxId;
use crate::mail::mailer::{Envelope, Mailer, SendError};
use crate::mail::message::Message;
use chrono::DateTime;
use secrecy::SecretString;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

/// Serves one connection: a greeting, then for each command the first answer whose beginning fits; the connection is
/// closed where the answer is empty, and at QUIT. Returns the commands it heard.
fn server(answers: &'static [(&'static str, &'static str)]) -> (u16, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let heard = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        let mut lines = BufReader::new(stream.try_clone().expect("a stream")).lines();
        let mut heard = Vec::new();
        stream.write_all(b"220 ready\r\n").expect("said");
        while let Some(Ok(line)) = lines.next() {
            let answer = answers.iter().find(|(command, _)| line.starts_with(command)).map(|(_, answer)| *answer);
            heard.push(line.clone());
            match answer {
                _ if line == "QUIT" => return heard,
                Some("") => return heard,
                Some(answer) => stream.write_all(answer.as_bytes()).expect("said"),
                None => {}
            }
        }
        heard
    });
    (port, heard)
}

fn settings(port: u16) -> SmtpSettings {
    SmtpSettings {
        hello: Some("desk.example".into()),
        connections: 1,
        ..SmtpSettings::from_address(&format!("smtp://127.0.0.1:{port}")).expect("an address")
    }
}

fn message() -> Message {
    let outbox: OutboxId = "0190b4a2-9999-7abc-8def-0123456789ab".parse().expect("an id");
    Message {
        outbox,
        subject: "s".into(),
        date: DateTime::from_timestamp(1_800_000_000, 0).expect("a date"),
        text: String::new(),
        html: String::new(),
        bytes: b"Subject: s\r\n\r\nbody\r\n".to_vec(),
        kept: Vec::new(),
        sha256: String::new(),
    }
}

fn sent(settings: &SmtpSettings) -> Result<(u16, String), SendError> {
    let envelope = Envelope { from: "desk@zhipai.example".into(), to: "gu@firm.example".into() };
    let smtp = Smtp::new(settings).expect("set up");
    smtp.send(&envelope, &message()).map(|accepted| (accepted.code, accepted.text))
}

const HELLO: (&str, &str) = ("EHLO", "250-ready\r\n250 8BITMIME\r\n");

#[test]
fn a_letter_is_handed_over_with_its_envelope() {
    let (port, heard) = server(&[
        HELLO,
        ("MAIL", "250 ok\r\n"),
        ("RCPT", "250 ok\r\n"),
        ("DATA", "354 go\r\n"),
        (".", "250 2.0.0 queued as 4711 for <gu@firm.example>\r\n"),
    ]);
    assert_eq!(sent(&settings(port)), Ok((250, "2.0.0 queued as 4711 for …@…".to_owned())));
    let heard = heard.join().expect("served");
    for line in ["EHLO desk.example", "MAIL FROM:<desk@zhipai.example>", "RCPT TO:<gu@firm.example>", "Subject: s"] {
        assert!(heard.iter().any(|known| known == line), "{line} in {heard:?}");
    }
}

#[test]
fn refusals_are_sorted_as_the_server_means_them() {
    type Case = (&'static [(&'static str, &'static str)], fn(&SendError) -> bool);
    let cases: [Case; 6] = [
        (
            &[HELLO, ("MAIL", "250 ok\r\n"), ("RCPT", "550 5.1.1 unknown\r\n")],
            |error| matches!(error, SendError::Permanent { code: Some(550), text } if text == "5.1.1 unknown"),
        ),
        (&[HELLO, ("MAIL", "250 ok\r\n"), ("RCPT", "451 4.7.1 greylisted\r\n")], |error| {
            matches!(error, SendError::Temporary { code: Some(451), .. })
        }),
        (&[HELLO, ("MAIL", "530 5.7.0 log in first\r\n")], |error| {
            matches!(error, SendError::Alarm { code: Some(530), .. })
        }),
        (&[HELLO, ("MAIL", "250 ok\r\n"), ("RCPT", "554 5.7.1 Relay access denied\r\n")], |error| {
            matches!(error, SendError::Alarm { code: Some(554), .. })
        }),
        (&[HELLO, ("MAIL", "250 ok\r\n"), ("RCPT", "250 ok\r\n"), ("DATA", "")], |error| {
            matches!(error, SendError::Unknown { .. })
        }),
        (&[HELLO, ("MAIL", "what?\r\n")], |error| matches!(error, SendError::Unknown { .. })),
    ];
    for (answers, expected) in cases {
        let (port, heard) = server(answers);
        let error = sent(&settings(port)).expect_err("refused");
        assert!(expected(&error), "{answers:?}: {error}");
        heard.join().expect("served");
    }
}

#[test]
fn a_wrong_password_and_a_server_without_login_or_encryption_are_alarms() {
    let login = Some(("desk".to_owned(), SecretString::from("wrong")));
    let (port, heard) = server(&[("EHLO", "250-ready\r\n250 AUTH PLAIN\r\n"), ("AUTH", "535 5.7.8 no\r\n")]);
    let error = sent(&SmtpSettings { login: login.clone(), ..settings(port) }).expect_err("refused");
    assert!(matches!(error, SendError::Alarm { code: Some(535), .. }), "{error}");
    heard.join().expect("served");

    let (port, heard) = server(&[HELLO]);
    let error = sent(&SmtpSettings { login: login.clone(), ..settings(port) }).expect_err("refused");
    assert!(matches!(error, SendError::Alarm { code: None, .. }), "{error}");
    heard.join().expect("served");

    let (port, heard) = server(&[HELLO]);
    let error = sent(&SmtpSettings { tls: SmtpTls::StartTls, login, ..settings(port) }).expect_err("refused");
    assert!(matches!(error, SendError::Alarm { code: None, .. }), "{error}");
    let heard = heard.join().expect("served");
    assert!(heard.iter().all(|line| !line.starts_with("AUTH") && !line.starts_with("MAIL")), "{heard:?}");
}

#[test]
fn nobody_there_is_nobodys_fault() {
    let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    assert!(matches!(sent(&settings(port)), Err(SendError::Unknown { .. })));
}

#[test]
fn addresses_of_servers_are_read_and_clear_text_stays_at_home() {
    let read = |address| SmtpSettings::from_address(address).map(|s| (s.host.clone(), s.port(), s.tls));
    let cases = [
        ("smtp://127.0.0.1:2525", Ok(("127.0.0.1".to_owned(), 2525, SmtpTls::None))),
        ("smtp://localhost", Ok(("localhost".to_owned(), 25, SmtpTls::None))),
        ("smtp://[::1]:25", Ok(("::1".to_owned(), 25, SmtpTls::None))),
        ("smtp://mail.example", Ok(("mail.example".to_owned(), 587, SmtpTls::StartTls))),
        ("smtps://mail.example/", Ok(("mail.example".to_owned(), 465, SmtpTls::Tls))),
        ("smtp://user:pass@mail.example", Err(SmtpSettingsError::NotAnAddress)),
        ("mail.example:25", Err(SmtpSettingsError::NotAnAddress)),
        ("http://mail.example", Err(SmtpSettingsError::NotAnAddress)),
        ("smtp://mail.example:x", Err(SmtpSettingsError::NotAnAddress)),
        ("smtp://", Err(SmtpSettingsError::NotAnAddress)),
    ];
    for (address, expected) in cases {
        assert_eq!(read(address), expected, "{address}");
    }
    let mut clear = SmtpSettings::from_address("smtp://mail.example").expect("an address");
    clear.tls = SmtpTls::None;
    assert_eq!(Smtp::new(&clear).err(), Some(SmtpSettingsError::ClearToAnotherMachine));
    clear.tls = SmtpTls::StartTls;
    assert_eq!(Smtp::new(&clear).expect("set up").describe(), "smtp mail.example:587 (starttls)");
}
