//! The links in letters (专属链接): sealed at sending, so a leaked table opens nothing.
//!
//! Contract: `{base}/l/{token}` for people without an account, plain addresses of pages for staff. The sealed expiry of
//! 90 days is hygiene, never the deadline (rules.md, "The answer"). [`blank_links`] takes the secrets out of a letter
//! that is kept as evidence; [`links_in`] lists what a reader could open.

use crate::ids::{AssignmentId, CaseId, NeedId};
use crate::seal::{Keyring, Purpose};
use chrono::{DateTime, TimeDelta, Utc};

/// Days a sealed link opens.
pub const EXPIRY_DAYS: i64 = 90;

/// What stands in place of a secret in a letter that is kept.
pub const BLANK: char = '…';

/// The paths behind which a letter carries a secret: sealed links, and the one-time link that sets a password.
const SECRET_PATHS: [&str; 2] = ["/l/", "/password/"];

/// Below this length a word after such a path is no secret of ours.
const SHORTEST_SECRET: usize = 20;

/// Makes the links of one letter.
#[derive(Debug, Clone, Copy)]
pub struct Links<'office> {
    /// The service's public address, such as `https://zhipai.example`; a slash at its end is ignored.
    pub base_url: &'office str,
    /// The keys that seal.
    pub keyring: &'office Keyring,
    /// When the letter is written: expiry is counted from here.
    pub now: DateTime<Utc>,
}

impl Links<'_> {
    /// The expert's page of an offer: answer, release, feedback.
    #[must_use]
    pub fn answer(&self, assignment: AssignmentId, round: i32) -> String {
        self.sealed(Purpose::Answer, assignment.as_str(), round)
    }

    /// Where the enterprise's matter stands.
    #[must_use]
    pub fn status(&self, need: NeedId) -> String {
        self.sealed(Purpose::Status, need.as_str(), 0)
    }

    /// The enterprise's rating of one service.
    #[must_use]
    pub fn rate(&self, assignment: AssignmentId, round: i32) -> String {
        self.sealed(Purpose::Rate, assignment.as_str(), round)
    }

    /// 「非本人操作」: the entered answer was not the expert's.
    #[must_use]
    pub fn not_mine(&self, assignment: AssignmentId, round: i32) -> String {
        self.sealed(Purpose::NotMine, assignment.as_str(), round)
    }

    /// The expert's own view of a conduct case: to be heard, to appeal, the papers.
    #[must_use]
    pub fn case(&self, case: CaseId) -> String {
        self.sealed(Purpose::Case, case.as_str(), 0)
    }

    /// The staff page of a need.
    #[must_use]
    pub fn need(&self, need: NeedId) -> String {
        self.page(&format!("/needs/{need}"))
    }

    /// The staff page of a case.
    #[must_use]
    pub fn conduct(&self, case: CaseId) -> String {
        self.page(&format!("/conduct/{case}"))
    }

    /// The staff desk.
    #[must_use]
    pub fn desk(&self) -> String {
        self.page("/")
    }

    /// Where a one-time secret sets a new password.
    #[must_use]
    pub fn password(&self, secret: &str) -> String {
        self.page(&format!("/password/{secret}"))
    }

    fn sealed(&self, purpose: Purpose, subject: &str, round: i32) -> String {
        let round = u16::try_from(round).unwrap_or_default();
        let token = self.keyring.seal_link(purpose, subject, round, self.now + TimeDelta::days(EXPIRY_DAYS));
        self.page(&format!("/l/{token}"))
    }

    fn page(&self, path: &str) -> String {
        format!("{}{path}", self.base_url.trim_end_matches('/'))
    }
}

/// The text with every secret of a link replaced by `…`: how letters are kept.
#[must_use]
pub fn blank_links(text: &str) -> String {
    let mut blanked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((start, path)) = first_secret_path(rest) {
        let (before, after) = rest.split_at(start + path.len());
        let length = after.bytes().take_while(|byte| is_secret_byte(*byte)).count();
        let (word, beyond) = after.split_at(length);
        blanked.push_str(before);
        if length < SHORTEST_SECRET {
            blanked.push_str(word);
        } else {
            blanked.push(BLANK);
        }
        rest = beyond;
    }
    blanked.push_str(rest);
    blanked
}

/// Every address in a text, in order, each once.
#[must_use]
pub fn links_in(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for piece in text.split(|c: char| !c.is_ascii_graphic() || "<>\"'()".contains(c)) {
        let Some(start) = ["https://", "http://"].into_iter().find_map(|scheme| piece.find(scheme)) else { continue };
        let link = piece.get(start..).unwrap_or_default().trim_end_matches(['.', ',', ';', '!', '?']);
        if !found.iter().any(|known| known == link) {
            found.push(link.to_owned());
        }
    }
    found
}

fn first_secret_path(text: &str) -> Option<(usize, &'static str)> {
    SECRET_PATHS.into_iter().filter_map(|path| text.find(path).map(|start| (start, path))).min()
}

/// The letters of base64url (RFC 4648, section 5).
const fn is_secret_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    const ASSIGNMENT: &str = "0190b4a2-1111-7abc-8def-0123456789ab";

    #[test]
    fn sealed_links_open_for_what_they_say_and_for_ninety_days() {
        let keyring = Keyring::new(BTreeMap::from([(1, [7; 32])])).expect("keys");
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a date");
        let links = Links { base_url: "https://zhipai.example/", keyring: &keyring, now };
        let assignment: AssignmentId = ASSIGNMENT.parse().expect("an id");
        let need: NeedId = ASSIGNMENT.parse().expect("an id");
        let cases = [
            (links.answer(assignment, 3), Purpose::Answer, 3),
            (links.rate(assignment, 1), Purpose::Rate, 1),
            (links.not_mine(assignment, 2), Purpose::NotMine, 2),
            (links.status(need), Purpose::Status, 0),
        ];
        for (address, purpose, round) in cases {
            let token = address.strip_prefix("https://zhipai.example/l/").expect("one slash");
            let link = keyring.open_link(token, now + TimeDelta::days(89)).expect("genuine");
            assert_eq!((link.purpose, link.subject.as_str(), link.round), (purpose, ASSIGNMENT, round));
            assert_eq!(keyring.open_link(token, now + TimeDelta::days(EXPIRY_DAYS)), None);
            assert_eq!(blank_links(&address), "https://zhipai.example/l/…");
        }
        assert_eq!(links.need(need), format!("https://zhipai.example/needs/{ASSIGNMENT}"));
    }

    #[test]
    fn secrets_are_blanked_and_nothing_else_is() {
        let token = "Ab3_-".repeat(8);
        let cases = [
            (format!("看 https://z.example/l/{token}。再见"), "看 https://z.example/l/…。再见".to_owned()),
            (format!("<a href=\"/l/{token}\">/password/{token}</a>"), "<a href=\"/l/…\">/password/…</a>".to_owned()),
            ("https://z.example/l/short 与 /needs/1".to_owned(), "https://z.example/l/short 与 /needs/1".to_owned()),
            (String::new(), String::new()),
        ];
        for (text, expected) in cases {
            assert_eq!(blank_links(&text), expected);
        }
    }

    #[test]
    fn addresses_are_found_in_order_and_once() {
        let text = "请打开：https://z.example/l/abc\n（http://a.example/x?y=1#z），或 https://z.example/l/abc.";
        assert_eq!(links_in(text), ["https://z.example/l/abc", "http://a.example/x?y=1#z"]);
    }
}
