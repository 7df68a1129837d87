//! Signatures are checked by a verifier written apart from the signer, and the canonical forms by the example of RFC 8463.

use super::*;
use ring::signature::{ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

/// A key made for this test alone; it signs nothing else.
const PEM: &str = include_str!("dkim/test_key.pem");

fn key() -> DkimKey {
    DkimKey::from_pem(PEM, "zhipai.example", "desk").expect("a key")
}

fn at() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).expect("a moment")
}

const LETTER: &str = "Message-ID: <1@zhipai.example>\r\nDate: Tue, 10 Mar 2026 02:00:00 +0000\r\n\
    From: =?utf-8?b?55+l5rS+?= <desk@zhipai.example>\r\nTo: gu@firm.example\r\n\
    Subject: =?utf-8?b?5pyJ5LiA5Lu25LqL5oOF6ZyA6KaB5oKo?=\r\n =?utf-8?b?562U5aSN?=\r\nMIME-Version: 1.0\r\n\
    Content-Type: text/plain; charset=utf-8\r\n\r\n  two  words \t\r\n\r\nend\r\n\r\n\r\n";

/// Checks the first header of a message as a receiver would, tag by tag, with regular canonicalization of its own.
fn verifies(message: &str, key: &DkimKey) -> bool {
    let (head, body) = message.split_once("\r\n\r\n").expect("a header and a body");
    let lines: Vec<String> =
        head.replace("\r\n ", "\u{1}").replace("\r\n\t", "\u{1}").split("\r\n").map(str::to_owned).collect();
    let squeeze = |value: &str| {
        let mut out = String::new();
        for c in value.trim_matches([' ', '\t', '\u{1}']).chars() {
            let c = if "\t\u{1}".contains(c) { ' ' } else { c };
            if !(c == ' ' && out.ends_with(' ')) {
                out.push(c);
            }
        }
        out
    };
    let signature = lines[0].strip_prefix("DKIM-Signature:").expect("a signature in front");
    let tag = |name: &str| {
        signature
            .split(';')
            .map(|tag| tag.trim_matches([' ', '\u{1}']))
            .find_map(|tag| tag.strip_prefix(&format!("{name}=")))
            .expect("a tag")
            .to_owned()
    };
    let mut lines_of_body: Vec<String> =
        body.split("\r\n").map(|line| squeeze_keeping_front(line).trim_end().to_owned()).collect();
    while lines_of_body.last().is_some_and(String::is_empty) {
        lines_of_body.pop();
    }
    let canonical: String = lines_of_body.iter().map(|line| format!("{line}\r\n")).collect();
    if STANDARD.encode(Sha256::digest(canonical.as_bytes())) != tag("bh") {
        return false;
    }
    let mut input = String::new();
    let mut left: Vec<&String> = lines.iter().skip(1).collect();
    for name in tag("h").split(':') {
        let place = left.iter().rposition(|line| line.to_lowercase().starts_with(&format!("{name}:")));
        if let Some(place) = place {
            let line = left.remove(place);
            input.push_str(&format!("{name}:{}\r\n", squeeze(&line[name.len() + 1..])));
        }
    }
    let without = &signature[..signature.find(" b=").or_else(|| signature.find("\u{1}b=")).expect("b=") + 3];
    input.push_str(&format!("dkim-signature:{}", squeeze(without)));
    let value: String = tag("b").chars().filter(|c| !" \u{1}".contains(*c)).collect();
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.key.public());
    public.verify(input.as_bytes(), &STANDARD.decode(value).expect("base64")).is_ok()
}

/// Runs of blanks are one; one at the front stays.
fn squeeze_keeping_front(line: &str) -> String {
    let mut out = String::new();
    for c in line.replace('\t', " ").chars() {
        if !(c == ' ' && out.ends_with(' ')) {
            out.push(c);
        }
    }
    out
}

#[test]
fn a_signed_letter_verifies_and_a_changed_one_does_not() {
    let key = key();
    let signed = String::from_utf8(key.signed(LETTER.as_bytes(), at()).expect("signed")).expect("text");
    assert!(signed.ends_with(LETTER), "the letter itself is untouched");
    assert!(verifies(&signed, &key), "{signed}");
    assert!(signed.lines().take_while(|line| !line.starts_with("Message-ID")).all(|line| line.len() <= 90), "{signed}");
    for (from, to) in [("end", "END"), ("gu@firm", "he@firm"), ("02:00:00", "02:00:01"), ("562U", "562V")] {
        assert!(!verifies(&signed.replacen(from, to, 1), &key), "{from}");
    }
    // What a relay may do to it does not break it: blanks at the ends, folding.
    let refolded = signed.replace("charset=utf-8", "\r\n\tcharset=utf-8").replace("two  words \t\r\n", "two words\r\n");
    assert!(verifies(&refolded, &key));
    // A second From, put in front of the first, is not covered by the promise that there is none.
    assert!(!verifies(&signed.replacen("Message-ID", "From: x@y\r\nMessage-ID", 1), &key));
    assert_eq!(key.signed(LETTER.as_bytes(), at()), key.signed(LETTER.as_bytes(), at()));
}

#[test]
fn the_canonical_forms_are_those_of_the_standard() {
    // RFC 8463, appendix A: the body's hash and the Ed25519 signature over relaxed header and body.
    let body = "Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n";
    let hash = STANDARD.encode(Sha256::digest(relaxed_body(body).as_bytes()));
    assert_eq!(hash, "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=");
    let head = "From: Joe SixPack <joe@football.example.com>\r\nTo: Suzie Q <suzie@shopping.example.net>\r\n\
        Subject: Is dinner ready?\r\nDate: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n\
        Message-ID: <20030712040037.46341.5F8J@football.example.com>";
    let unsigned = "v=1; a=ed25519-sha256; c=relaxed/relaxed; d=football.example.com; i=@football.example.com; \
        q=dns/txt; s=brisbane; t=1528637909; h=from : to : subject : date : message-id : from : subject : date; \
        bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=; b=";
    let names = ["from", "to", "subject", "date", "message-id", "from", "subject", "date"];
    let input = signing_input(&unfolded(head), &names, unsigned);
    let public = STANDARD.decode("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=").expect("a key");
    let signature = STANDARD
        .decode("/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11BusFa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==")
        .expect("a signature");
    let digest = Sha256::digest(input.as_bytes());
    assert!(UnparsedPublicKey::new(&ED25519, public).verify(&digest, &signature).is_ok(), "{input}");
}

#[test]
fn a_key_that_is_none_is_refused_without_showing_it() {
    for pem in ["", "secret words", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
        let error = DkimKey::from_pem(pem, "d", "s").expect_err("refused");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
    assert!(!format!("{:?}", key()).contains("BEGIN"));
    assert!(key().signed(b"no header", at()).is_err());
}
