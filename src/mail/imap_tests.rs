//! Real conversations with a server that answers by script on a real socket of this machine.

use super::*;
use std::net::TcpListener;
use std::thread::JoinHandle;

/// Serves connections one after the other: for each command whose words fit, the answer (`TAG` becomes its tag).
/// Returns what it heard.
fn server(connections: usize, answers: Vec<(&'static str, String)>) -> (u16, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let heard = std::thread::spawn(move || {
        let mut heard = Vec::new();
        for _ in 0..connections {
            let (mut stream, _) = listener.accept().expect("a client");
            let mut lines = BufReader::new(stream.try_clone().expect("a stream")).lines();
            stream.write_all(b"* OK ready\r\n").expect("said");
            while let Some(Ok(line)) = lines.next() {
                let (tag, command) = line.split_once(' ').unwrap_or((&line, ""));
                let answer = answers.iter().find(|(words, _)| command.starts_with(words));
                let said = answer.map_or("TAG OK done\r\n", |(_, answer)| answer).replace("TAG", tag);
                heard.push(command.to_owned());
                if stream.write_all(said.as_bytes()).is_err() || command == "LOGOUT" {
                    break;
                }
            }
        }
        heard
    });
    (port, heard)
}

fn imap(port: u16) -> Imap {
    Imap::new(ImapSettings {
        host: "127.0.0.1".to_owned(),
        port,
        tls: false,
        user: "desk".to_owned(),
        password: "pa\"ss".into(),
        folder: "INBOX".to_owned(),
        extra_root_pem: None,
        timeout: Duration::from_secs(5),
    })
    .expect("set up")
}

#[test]
fn unseen_messages_are_fetched_and_marked() {
    let body = "Subject: x\r\n\r\n{5}\r\nTAG OK is not the end\r\n";
    let answers = vec![
        ("ID", "TAG BAD unknown\r\n".to_owned()),
        ("UID SEARCH", "* SEARCH 7 9\r\nTAG OK done\r\n".to_owned()),
        ("UID FETCH 7", format!("* 1 FETCH (UID 7 BODY[]<0> {{{}}}\r\n{body})\r\nTAG OK done\r\n", body.len() - 1)),
        ("UID FETCH 9", "TAG OK gone meanwhile\r\n".to_owned()),
    ];
    let (port, heard) = server(2, answers);
    let imap = imap(port);
    let unread = imap.unread(10).expect("read");
    assert_eq!(unread.len(), 1);
    // The server writes its tag over the word in the body too: the literal is read by its length.
    assert!(unread[0].bytes.starts_with(b"Subject: x\r\n"), "{:?}", String::from_utf8_lossy(&unread[0].bytes));
    imap.done(&["7".to_owned(), "no uid".to_owned()]).expect("marked");
    let heard = heard.join().expect("served");
    assert!(heard.contains(&"LOGIN \"desk\" \"pa\\\"ss\"".to_owned()), "{heard:?}");
    assert!(heard.contains(&"UID STORE 7 +FLAGS.SILENT (\\Seen)".to_owned()), "{heard:?}");
    assert!(!heard.iter().any(|command| command.contains("EXPUNGE")));
}

#[test]
fn a_refusal_names_no_secret_and_hostile_answers_end() {
    for (words, answer) in [
        ("LOGIN", "TAG NO [AUTHENTICATIONFAILED] wrong\r\n"),
        ("UID SEARCH", "* SEARCH {99999999999}\r\n"),
        ("UID SEARCH", "* SEARCH {88888888}\r\n"),
        ("SELECT", "TAG BAD\r\n"),
    ] {
        let (port, heard) = server(1, vec![(words, answer.to_owned())]);
        let error = imap(port).unread(10).map(|found| found.len());
        match error {
            Err(error) => assert!(!error.to_string().contains("pa\"ss"), "{error}"),
            Ok(found) => assert_eq!(found, 0, "{words}"),
        }
        drop(heard);
    }
}

#[test]
fn another_machine_is_not_spoken_to_in_the_clear() {
    let settings = ImapSettings {
        host: "mail.example".to_owned(),
        port: 143,
        tls: false,
        user: String::new(),
        password: String::new().into(),
        folder: "INBOX".to_owned(),
        extra_root_pem: None,
        timeout: Duration::from_secs(1),
    };
    assert!(Imap::new(settings.clone()).is_err());
    assert!(Imap::new(ImapSettings { tls: true, ..settings.clone() }).is_ok());
    assert!(Imap::new(ImapSettings { tls: true, extra_root_pem: Some("x".to_owned()), ..settings }).is_err());
    assert!(quoted("a\r\nz9 DELETE INBOX").is_err());
}
