//! The sink, driven by the client the product uses.

use super::*;
use lettre::message::{MultiPart, header};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::{Error, SmtpTransportBuilder};
use lettre::{Message, SmtpTransport, Transport};

const SOON: Duration = Duration::from_secs(10);

fn letter(to: &str) -> Message {
    Message::builder()
        .from("知派 <desk@zhipai.test>".parse().expect("sender"))
        .to(to.parse().expect("recipient"))
        .subject("请两日内答复:专利预审咨询")
        .message_id(Some("<offer-1@zhipai.test>".to_owned()))
        .header(header::ContentTransferEncoding::QuotedPrintable)
        .multipart(MultiPart::alternative_plain_html(
            "请打开 https://zhipai.test/l/abc-1?r=1&k=2。\r\n.行首的点\r\n".to_owned(),
            "<p>请打开<a href=\"https://zhipai.test/l/abc-1?r=1&amp;k=2\">链接</a>或<a href='http://zhipai.test/help'>帮助</a></p>".to_owned(),
        ))
        .expect("a letter")
}

fn client(sink: &SmtpSink) -> SmtpTransportBuilder {
    SmtpTransport::builder_dangerous("127.0.0.1").port(sink.address().port()).timeout(Some(SOON))
}

fn trusting(sink: &SmtpSink) -> TlsParameters {
    let certificate = Certificate::from_pem(sink.certificate_pem().as_bytes()).expect("the sink's certificate");
    TlsParameters::builder("localhost".to_owned())
        .add_root_certificate(certificate)
        .build_rustls()
        .expect("TLS parameters")
}

fn code(outcome: Result<lettre::transport::smtp::response::Response, Error>) -> String {
    match outcome {
        Ok(response) => response.code().to_string(),
        Err(error) => error.status().map_or_else(|| "no answer".to_owned(), |code| code.to_string()),
    }
}

#[test]
fn a_letter_is_read_as_a_person_would_see_it() {
    let sink = SmtpSink::start(Script::accepting());
    assert_eq!(code(client(&sink).build().send(&letter("王工 <wang@firm.test>"))), "250");

    let [mail]: [Received; 1] = sink.received().try_into().expect("one mail, there as soon as 250 was said");
    assert_eq!(
        (mail.from.as_str(), mail.to.as_slice()),
        ("desk@zhipai.test", ["wang@firm.test".to_owned()].as_slice())
    );
    assert_eq!(mail.subject, "请两日内答复:专利预审咨询");
    assert_eq!(mail.message_id, "offer-1@zhipai.test");
    assert!(
        mail.text.as_deref().is_some_and(|text| text.contains("\n.行首的点")),
        "the leading dot is unstuffed: {:?}",
        mail.text
    );
    assert!(mail.html.as_deref().is_some_and(|html| html.starts_with("<p>请打开")));
    assert_eq!(mail.links(), ["https://zhipai.test/l/abc-1?r=1&k=2", "http://zhipai.test/help"]);
    assert!(mail.header("to").is_some_and(|to| to.contains("wang@firm.test")));
    assert!(mail.header("subject").is_some_and(|subject| subject.starts_with("=?utf-8?")), "headers are kept as sent");
    assert!(mail.raw.windows(4).any(|window| window == b"\r\n\r\n") && !mail.over_tls);
}

#[test]
fn each_recipient_meets_what_the_script_says_and_counted_rules_run_out() {
    let script = Script::accepting()
        .always("GONE@firm.test", Behaviour::Refuse550)
        .next_to("busy@firm.test", 2, Behaviour::Refuse451)
        .next(1, Behaviour::Refuse451);
    let sink = SmtpSink::start(script);
    let client = client(&sink).build();
    let story = [
        ("gone@firm.test", "550"),
        ("busy@firm.test", "451"),
        ("wang@firm.test", "451"),
        ("busy@firm.test", "451"),
        ("busy@firm.test", "250"),
        ("gone@firm.test", "550"),
        ("wang@firm.test", "250"),
    ];
    for (step, (to, answer)) in story.into_iter().enumerate() {
        assert_eq!(code(client.send(&letter(to))), answer, "step {step}, to {to}");
    }
    let to: Vec<String> = sink.wait_for(2, SOON).into_iter().flat_map(|mail| mail.to).collect();
    assert_eq!(to, ["busy@firm.test", "wang@firm.test"]);
}

#[test]
fn a_stalled_sender_waits_until_it_is_released() {
    let sink = SmtpSink::start(Script::accepting().next(1, Behaviour::StallInData));
    let client = client(&sink).build();
    let sending = std::thread::spawn(move || code(client.send(&letter("wang@firm.test"))));
    sink.wait_until_stalled(1, SOON);
    assert!(sink.received().is_empty() && !sending.is_finished());
    sink.release();
    assert_eq!(sending.join().expect("the sender"), "250");
    assert_eq!(sink.wait_for(1, SOON).len(), 1);
}

#[test]
fn a_sender_that_gives_up_during_a_stall_was_never_told_and_dropping_the_sink_frees_it() {
    let sink = SmtpSink::start(Script::accepting().always("slow@firm.test", Behaviour::StallInData));
    let client = client(&sink).build();
    let sending = std::thread::spawn(move || code(client.send(&letter("slow@firm.test"))));
    sink.wait_until_stalled(1, SOON);
    drop(sink);
    assert_eq!(sending.join().expect("the sender"), "no answer");
}

#[test]
fn a_connection_dropped_after_data_leaves_an_unacknowledged_mail() {
    let sink = SmtpSink::start(Script::accepting().next(1, Behaviour::DropAfterData));
    let client = client(&sink).build();
    assert_eq!(code(client.send(&letter("wang@firm.test"))), "no answer");
    assert_eq!(code(client.send(&letter("wang@firm.test"))), "250");
    let told = sink.wait_for(1, SOON);
    assert_eq!((told.len(), sink.unacknowledged().len()), (1, 1));
    assert_eq!(told[0].message_id, sink.unacknowledged()[0].message_id, "a repeat can be told by its Message-ID");
}

#[test]
fn signing_in_is_asked_for_checked_and_may_be_broken() {
    let required = Login::Required { user: "desk".to_owned(), password: "知派-secret".to_owned() };
    let sink = SmtpSink::start(Script::accepting().login(required.clone()));
    let right = || Credentials::new("desk".to_owned(), "知派-secret".to_owned());
    let wrong = || Credentials::new("desk".to_owned(), "guess".to_owned());
    for mechanism in [Mechanism::Plain, Mechanism::Login] {
        let sent = |credentials| {
            code(
                client(&sink)
                    .authentication(vec![mechanism])
                    .credentials(credentials)
                    .build()
                    .send(&letter("wang@firm.test")),
            )
        };
        assert_eq!((sent(right()), sent(wrong())), ("250".to_owned(), "535".to_owned()), "{mechanism:?}");
    }
    assert_eq!(code(client(&sink).build().send(&letter("wang@firm.test"))), "530");

    sink.play(Script::accepting().login(Login::Broken));
    assert_eq!(code(client(&sink).credentials(right()).build().send(&letter("wang@firm.test"))), "535");
    sink.play(Script::accepting().login(required));
    assert_eq!(code(client(&sink).credentials(right()).build().send(&letter("wang@firm.test"))), "250");
}

#[test]
fn tls_is_carried_out_refused_or_absent() {
    let cases =
        [(StartTls::Offered, "250", true), (StartTls::Refused, "454", false), (StartTls::Absent, "no answer", false)];
    for (offer, answer, delivered) in cases {
        let sink = SmtpSink::start(Script::accepting().start_tls(offer));
        let required = client(&sink).tls(Tls::Required(trusting(&sink))).build();
        assert_eq!(code(required.send(&letter("wang@firm.test"))), answer, "{offer:?}");
        assert_eq!(sink.received().iter().any(|mail| mail.over_tls), delivered, "{offer:?}");
    }
}

#[test]
fn a_certificate_nobody_vouches_for_is_not_trusted() {
    let sink = SmtpSink::start(Script::accepting().start_tls(StartTls::Offered));
    let stranger = TlsParameters::builder("localhost".to_owned()).build_rustls().expect("TLS parameters");
    let outcome = client(&sink).tls(Tls::Required(stranger)).build().send(&letter("wang@firm.test"));
    assert!(outcome.is_err() && sink.received().is_empty());
}

#[test]
fn the_server_may_be_down_and_come_back() {
    let sink = SmtpSink::start(Script::unavailable());
    assert_eq!(code(client(&sink).build().send(&letter("wang@firm.test"))), "421");
    sink.play(Script::accepting());
    assert_eq!(code(client(&sink).build().send(&letter("wang@firm.test"))), "250");

    let address = sink.address();
    let client = client(&sink).build();
    drop(sink);
    assert_eq!(code(client.send(&letter("wang@firm.test"))), "no answer");
    let sink = SmtpSink::start_at(address, Script::accepting());
    assert_eq!(code(client.send(&letter("wang@firm.test"))), "250");
    assert_eq!(sink.received().len(), 1);
}

#[test]
#[should_panic(expected = "for 1 mails; 0 mails and 0 stalled so far")]
fn waiting_in_vain_says_what_came() {
    let sink = SmtpSink::start(Script::accepting());
    drop(sink.wait_for(1, Duration::ZERO));
}
