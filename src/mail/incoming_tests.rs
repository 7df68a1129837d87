//! Messages as servers and people write them, and bytes nobody would write.

use super::*;

const LETTER: &str = "0190b4a2-9999-7abc-8def-0123456789ab";

fn letter() -> Option<OutboxId> {
    Some(LETTER.parse().expect("an id"))
}

fn dsn(action: &str, status: &str, returned: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.firm.example\r\nTo: desk@zhipai.example\r\nSubject: Undelivered Mail Returned to Sender\r\n\
         Message-ID: <report-1@mx.firm.example>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nI am sorry.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.firm.example\r\n\r\n\
         Final-Recipient: rfc822; gu@firm.example\r\nAction: {action}\r\nStatus: {status}\r\n\
         Diagnostic-Code: smtp; 550 5.1.1 <gu@firm.example>:\r\n user unknown\r\n\r\n{returned}--b--\r\n"
    )
}

fn returned() -> String {
    format!(
        "--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: desk@zhipai.example\r\nMessage-ID: <{LETTER}@zhipai.example>\r\n\
         Subject: x\r\n\r\nbody\r\n"
    )
}

#[test]
fn a_report_says_what_became_of_the_letter() {
    let headers = format!(
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{LETTER}@zhipai.example>\r\nSubject: x\r\n\r\n"
    );
    for returned in [returned(), headers] {
        let heard = read(dsn("failed", "5.1.1", &returned).as_bytes());
        assert_eq!((heard.about, heard.key.as_str()), (letter(), "report-1@mx.firm.example"));
        let Said::Failed { status, text } = heard.said else { panic!("{:?}", heard.said) };
        assert_eq!(status, "5.1.1");
        assert!(text.contains("user unknown") && !text.contains("gu@firm"), "{text}");
    }
    for (action, status, said) in [
        ("delivered", "2.1.5", Said::Delivered),
        ("relayed", "2.1.9", Said::Relayed),
        ("expanded", "2.1.5", Said::Relayed),
        ("delayed", "4.4.7", Said::Delayed),
        ("", "4.2.2", Said::Delayed),
    ] {
        assert_eq!(read(dsn(action, status, &returned()).as_bytes()).said, said, "{action} {status}");
    }
    // Given up after temporary failures is a bounce all the same.
    assert!(matches!(read(dsn("failed", "4.4.7", &returned()).as_bytes()).said, Said::Failed { .. }));
}

#[test]
fn a_bounce_in_prose_is_found_by_the_id_it_pastes() {
    let text = format!(
        "From: PostMaster@qq.com\r\nSubject: =?utf-8?B?57O757uf6YCA5L+h?=\r\nMessage-ID: <r2@qq.com>\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n抱歉，您的邮件被退回。550 5.1.1 用户不存在\r\n\
         原始信头：Message-ID: <{LETTER}@zhipai.example>\r\n"
    );
    let heard = read(text.as_bytes());
    assert_eq!(heard.about, letter());
    assert!(matches!(heard.said, Said::Failed { ref status, .. } if status == "5.1.1"), "{heard:?}");
    // A person who writes 退信 in a subject is a person.
    let heard = read(text.replace("PostMaster@qq.com", "someone@qq.com").as_bytes());
    assert_eq!(heard.said, Said::Reply);
}

#[test]
fn automatic_answers_are_not_answers() {
    let with = |header: &str, subject: &str| {
        format!(
            "From: gu@firm.example\r\nSubject: {subject}\r\nMessage-ID: <a@firm.example>\r\n{header}\
             Date: Tue, 10 Mar 2026 10:00:00 +0800\r\nIn-Reply-To: <{LETTER}@zhipai.example>\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\r\n我于3月10日至3月20日休假。\r\n"
        )
    };
    for text in [
        with("Auto-Submitted: auto-replied\r\n", "Re: x"),
        with("X-Autoreply: yes\r\n", "Re: x"),
        with("Precedence: auto-reply\r\n", "Re: x"),
        with("", "=?utf-8?B?6Ieq5Yqo5Zue5aSN77yaeA==?="),
        with("", "Out of Office: x"),
    ] {
        let heard = read(text.as_bytes());
        let day = |d| chrono::NaiveDate::from_ymd_opt(2026, 3, d);
        assert_eq!(heard.said, Said::Away { from: day(10), until: day(20) }, "{text}");
        assert_eq!(heard.about, letter());
    }
    let person = read(with("Auto-Submitted: no\r\n", "Re: x").as_bytes());
    assert_eq!((person.said, person.about), (Said::Reply, letter()));
}

#[test]
fn a_complaint_is_told_apart() {
    let text = format!(
        "From: fbl@mail.example\r\nMessage-ID: <f@mail.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n\
         spam\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\n\r\n{}--b--\r\n",
        returned()
    );
    let heard = read(text.as_bytes());
    assert_eq!((heard.said, heard.about), (Said::Complaint, letter()));
}

#[test]
fn whatever_the_bytes_it_is_one_message_with_a_key() {
    // A small generator of our own, so that a failure is found again.
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let seeds = [dsn("failed", "5.1.1", &returned()), dsn("delayed", "4.4.7", ""), String::new(), "\r\n\r\n".into()];
    let mut about = 0;
    for round in 0..3_000_usize {
        let mut bytes = seeds[round % seeds.len()].clone().into_bytes();
        for _ in 0..=next() % 12 {
            let length = bytes.len().max(1) as u64;
            let at = (next() % length) as usize;
            match next() % 5 {
                0 if !bytes.is_empty() => bytes[at] = (next() % 256) as u8,
                1 => bytes.truncate(at),
                2 => {
                    let piece: Vec<u8> = bytes.iter().skip(at).take(60).copied().collect();
                    bytes.extend(piece);
                }
                3 => bytes
                    .splice(at.min(bytes.len())..at.min(bytes.len()), b"--b\r\n\0\xff".iter().copied())
                    .for_each(drop),
                _ => bytes
                    .splice(
                        at.min(bytes.len())..at.min(bytes.len()),
                        b"Content-Type: message/rfc822\r\n\r\n".iter().copied(),
                    )
                    .for_each(drop),
            }
        }
        let heard = read(&bytes);
        assert!(!heard.key.is_empty() && heard.subject.chars().count() <= SUBJECT);
        assert_eq!(read(&bytes), heard, "the same bytes say the same");
        about += usize::from(heard.about.is_some());
    }
    assert!(about > 100, "the mutations leave something to understand: {about}");
}

#[test]
fn a_large_message_is_cut_and_a_nameless_one_gets_a_key() {
    let mut text = dsn("failed", "5.1.1", &returned()).replace("Message-ID: <report-1@mx.firm.example>\r\n", "");
    text.push_str(&"x".repeat(MOST_BYTES * 2));
    let heard = read(text.as_bytes());
    assert!(heard.key.starts_with("sha256:"), "{}", heard.key);
    assert_eq!(heard.about, letter());
}
