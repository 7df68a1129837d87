//! Mail that comes in: a bounce voids the clock also afterwards, an automatic answer and a reply are no answers, nothing
//! is dealt with twice (rules.md, "Letters and the night").

use crate::on_both;
use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{Holder, address, expert, need};
use serde_json::json;
use std::sync::Arc;
use zhipai::actions::receive_mail::{Heard, receive_mail};
use zhipai::jobs::tick;
use zhipai::mail::inbox::Maildir;
use zhipai::mail::incoming;
use zhipai::trial::{self, RECEIVED, Verdict};

on_both!(
    a_bounce_voids_the_running_clock_once_and_moves_the_chain,
    a_bounce_after_the_lapse_withdraws_the_breach,
    a_bounce_after_an_answer_is_a_note,
    an_absence_note_and_a_reply_are_hints,
    mail_that_belongs_to_no_letter_is_kept_as_a_task,
    a_maildir_is_read_and_emptied,
    a_message_read_again_after_a_crash_changes_nothing,
    receipts_are_shown_with_the_letter,
);

/// The Message-ID of the newest letter somebody got.
fn id_of(app: &App, to: &str) -> String {
    app.letters_to(to).first().expect("a letter").headers["Message-ID"].clone()
}

fn report(action: &str, name: &str, about: &str) -> Vec<u8> {
    format!(
        "From: MAILER-DAEMON@mx.firm.example\r\nSubject: Delivery report\r\nMessage-ID: <{name}@mx.firm.example>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nAction: {action}\r\n\
         Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 unknown\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {about}\r\n\r\n--b--\r\n"
    )
    .into_bytes()
}

fn answer(header: &str, subject: &str, about: &str) -> Vec<u8> {
    format!(
        "From: shen@firm.example\r\nSubject: {subject}\r\nMessage-ID: <{}@firm.example>\r\nIn-Reply-To: {about}\r\n{header}\
         Date: Tue, 10 Mar 2026 11:00:00 +0800\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n3月11日至3月20日出差。\r\n",
        subject.len()
    )
    .into_bytes()
}

fn hear(app: &App, message: &[u8]) -> Heard {
    receive_mail(&app.office, &incoming::read(message)).expect("heard")
}

/// A need offered to the first of them, the others behind; gives need, assignment and experts.
fn offered(app: &App, names: &[&str]) -> (String, String, Vec<String>) {
    let experts: Vec<String> = names.iter().map(|name| app.manager.registers(&expert(name))).collect();
    let mut body = need();
    body["enterprise"]["contact_email"] = json!(null);
    let id = app.liaison.submits(&body);
    let reserves: Vec<&str> = experts[1..].iter().map(String::as_str).collect();
    let assignment = app.liaison.asks(&id, &experts[0], &reserves);
    app.tick();
    (id, assignment, experts)
}

fn desk(app: &App) -> String {
    app.liaison.get("/api/v1/dashboard/desk").expect(200).text
}

fn a_bounce_voids_the_running_clock_once_and_moves_the_chain(backend: Backend) {
    let app = App::start(backend);
    let (id, assignment, _) = offered(&app, &["沈知行", "许望舒"]);
    let about = id_of(&app, &address("沈知行"));
    app.advance(chrono::TimeDelta::hours(1));
    assert_eq!(hear(&app, &report("failed", "r1", &about)), Heard::Bounced);
    app.tick();
    let row = app.liaison.assignment(&assignment);
    assert_eq!(
        (&row["state"], &row["notified_at"], &row["answer_due_at"]),
        (&json!("undelivered"), &json!(null), &json!(null))
    );
    assert_eq!(app.letters_to(&address("许望舒")).len(), 1, "the next reserve is asked");
    assert!(desk(&app).contains("undelivered"));
    // Read again, or told again under another name: nothing more happens.
    assert_eq!(hear(&app, &report("failed", "r1", &about)), Heard::Known);
    hear(&app, &report("failed", "r2", &about));
    app.tick();
    let open = app.liaison.get(&format!("/api/v1/assignments?need={id}&state=offered")).expect(200).body;
    assert_eq!(open["items"].as_array().map(Vec::len), Some(1));
    let trail = app.auditor.get(&format!("/api/v1/audit?subject={id}")).expect(200).text;
    assert_eq!(trail.matches("notice-bounced").count(), 1, "{trail}");
}

fn a_bounce_after_the_lapse_withdraws_the_breach(backend: Backend) {
    let app = App::start(backend);
    let (_, assignment, experts) = offered(&app, &["沈知行", "许望舒"]);
    let about = id_of(&app, &address("沈知行"));
    app.advance_to("2026-03-13T09:00:00+08:00");
    assert_eq!(app.liaison.assignment(&assignment)["state"], "lapsed");
    let board = |app: &App| {
        let path = "/api/v1/dashboard/answers?from=2026-03-01&to=2026-03-31&by=expert";
        app.manager.get(path).expect(200).text
    };
    let before = board(&app);
    assert!(before.contains("\"lapsed\":1"), "{before}");
    hear(&app, &report("failed", "late", &about));
    app.tick();
    assert_eq!(app.liaison.assignment(&assignment)["state"], "undelivered");
    let after = board(&app);
    assert!(!after.contains("\"lapsed\":1"), "the figures are restated: {after}");
    let trail = app.auditor.get(&format!("/api/v1/audit?subject={}", experts[0])).expect(200).text;
    assert!(trail.contains("breach-withdrawn"), "{trail}");
    let told = app.letters_to(&address("沈知行"));
    assert!(told.iter().any(|letter| letter.subject.contains("逾期记录已撤销")), "the expert is told");
}

fn a_bounce_after_an_answer_is_a_note(backend: Backend) {
    let app = App::start(backend);
    let (id, assignment, _) = offered(&app, &["沈知行", "许望舒"]);
    let about = id_of(&app, &address("沈知行"));
    Holder::of(app.link_to(&address("沈知行"))).posts(&[("answer", "accept")]);
    app.tick();
    let before = app.liaison.assignment(&assignment);
    hear(&app, &report("failed", "odd", &about));
    app.tick();
    let after = app.liaison.assignment(&assignment);
    for field in ["state", "late", "notified_at", "answer_due_at", "answered_at"] {
        assert_eq!(after[field], before[field], "{field}");
    }
    // The offer and its confirmation were owed at one instant, so their order is chance.
    let letters = after["letters"].as_array().expect("letters");
    let offer = letters.iter().find(|letter| letter["kind"] == "offer").expect("the offer's letter");
    assert_eq!(offer["state"], "bounced", "only the letter says so");
    assert!(!desk(&app).contains("\"undelivered\""));
    let trail = app.auditor.get(&format!("/api/v1/audit?subject={id}")).expect(200).text;
    assert!(trail.contains("after-the-answer"), "{trail}");
}

fn an_absence_note_and_a_reply_are_hints(backend: Backend) {
    let app = App::start(backend);
    let (_, assignment, _) = offered(&app, &["沈知行"]);
    let about = id_of(&app, &address("沈知行"));
    let before = app.liaison.assignment(&assignment);
    assert_eq!(hear(&app, &answer("Auto-Submitted: auto-replied\r\n", "Re: a", &about)), Heard::TaskLeft);
    assert_eq!(hear(&app, &answer("", "我愿意接受，谢谢", &about)), Heard::TaskLeft);
    assert_eq!(app.liaison.assignment(&assignment), before, "neither is an answer");
    let desk = desk(&app);
    assert!(desk.contains("out-of-office") && desk.contains("2026-03-11"), "{desk}");
    assert!(desk.contains("mail-reply") && desk.contains("我愿意接受"), "{desk}");
}

fn mail_that_belongs_to_no_letter_is_kept_as_a_task(backend: Backend) {
    let app = App::start(backend);
    let stranger = b"From: a@b.example\r\nSubject: Hello there\r\nMessage-ID: <x@b.example>\r\n\r\nsecret text\r\n";
    assert_eq!(hear(&app, stranger), Heard::TaskLeft);
    assert_eq!(hear(&app, &report("failed", "forged", "<0190b4a2-0000-7abc-8def-0123456789ab@x>")), Heard::TaskLeft);
    assert_eq!(hear(&app, b"\x00\xff not a message"), Heard::TaskLeft);
    let desk = app.manager.get("/api/v1/dashboard/desk").expect(200).text;
    assert!(desk.contains("mail-unmatched") && desk.contains("Hello there") && !desk.contains("secret text"), "{desk}");
}

fn a_maildir_is_read_and_emptied(backend: Backend) {
    let app = App::start(backend);
    let (_, assignment, _) = offered(&app, &["沈知行", "许望舒"]);
    let about = id_of(&app, &address("沈知行"));
    let folder = app.database.folder.join("Maildir");
    std::fs::create_dir_all(folder.join("new")).expect("a folder");
    let desk = app.desk.clone().reading(vec![Arc::new(Maildir::new(folder.clone()))]);
    std::fs::write(folder.join("new").join("1.a"), report("failed", "m1", &about)).expect("written");
    std::fs::write(folder.join("new").join("2.b"), report("failed", "m1", &about)).expect("written");
    let report = tick(&desk).expect("a round");
    assert_eq!(report.messages_read, 1, "the same message twice is one");
    assert_eq!(app.liaison.assignment(&assignment)["state"], "undelivered");
    assert_eq!(std::fs::read_dir(folder.join("new")).expect("reads").count(), 0);
    assert_eq!(std::fs::read_dir(folder.join("cur")).expect("reads").count(), 2, "kept, as seen");
    // Within a minute nobody looks again; afterwards a folder that is gone is noted and stops nothing.
    std::fs::remove_dir_all(&folder).expect("removed");
    assert_eq!(tick(&desk).expect("a round").messages_read, 0);
    app.advance(chrono::TimeDelta::minutes(2));
    tick(&desk).expect("a round goes on");
}

/// The point `read_mail:received`: a bounce was dealt with, and the desk ends before the mailbox knows.
fn a_message_read_again_after_a_crash_changes_nothing(backend: Backend) {
    let app = App::start(backend);
    let (id, assignment, _) = offered(&app, &["沈知行", "许望舒"]);
    let about = id_of(&app, &address("沈知行"));
    let folder = app.database.folder.join("Maildir");
    std::fs::create_dir_all(folder.join("new")).expect("a folder");
    let desk = app.desk.clone().reading(vec![Arc::new(Maildir::new(folder.clone()))]);
    std::fs::write(folder.join("new").join("1.a"), report("failed", "m1", &about)).expect("written");
    trial::watch(Some(Box::new(|point| if point == RECEIVED { Verdict::Crash } else { Verdict::GoOn })));
    let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| tick(&desk)));
    trial::watch(None);
    assert!(ended.is_err_and(|why| why.is::<trial::Crash>()), "the desk ended there");
    let waiting = || std::fs::read_dir(folder.join("new")).expect("reads").count();
    assert_eq!(waiting(), 1, "the mailbox knows nothing of it");
    // A new desk, two minutes later: the message is known, its mailbox is told, and nothing happens twice.
    app.clock.advance(chrono::TimeDelta::minutes(2));
    assert_eq!(tick(&desk).expect("a round").messages_read, 0);
    assert_eq!(waiting(), 0);
    assert_eq!(app.liaison.assignment(&assignment)["state"], "undelivered");
    assert_eq!(app.letters_to(&address("许望舒")).len(), 1, "the next reserve is asked once");
    let trail = app.auditor.get(&format!("/api/v1/audit?subject={id}")).expect(200).text;
    assert_eq!(trail.matches("notice-bounced").count(), 1, "{trail}");
}

fn receipts_are_shown_with_the_letter(backend: Backend) {
    let app = App::start(backend);
    let (_, assignment, _) = offered(&app, &["沈知行"]);
    let about = id_of(&app, &address("沈知行"));
    assert_eq!(hear(&app, &report("delivered", "ok", &about)), Heard::Noted);
    assert_eq!(hear(&app, &report("delayed", "slow", &about)), Heard::Noted);
    let letters = app.liaison.assignment(&assignment)["letters"].clone();
    assert_eq!(letters[0]["state"], "delivered", "{letters}");
}
