//! A mail as the sink got it, read the way a person's mail program would.

use mail_parser::{MessageParser, PartType};

/// One mail: its envelope as spoken in SMTP, and its content as parsed from MIME.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The envelope's sender (`MAIL FROM`); empty for a bounce.
    pub from: String,
    /// The envelope's recipients that were accepted (`RCPT TO`).
    pub to: Vec<String>,
    /// The decoded subject.
    pub subject: String,
    /// The plain-text part, if there is one.
    pub text: Option<String>,
    /// The HTML part, if there is one.
    pub html: Option<String>,
    /// Header names and values in their order, undecoded, folding kept.
    pub headers: Vec<(String, String)>,
    /// The `Message-ID` without its angle brackets; empty if there is none.
    pub message_id: String,
    /// Whether it came over TLS.
    pub over_tls: bool,
    /// The message as it stood between `DATA` and the final dot, dots unstuffed.
    pub raw: Vec<u8>,
}

impl Received {
    pub(super) fn parse(from: String, to: Vec<String>, over_tls: bool, raw: Vec<u8>) -> Self {
        let Some(message) = MessageParser::default().parse(&raw) else {
            return Self {
                from,
                to,
                subject: String::new(),
                text: None,
                html: None,
                headers: Vec::new(),
                message_id: String::new(),
                over_tls,
                raw,
            };
        };
        let text = message.text_part(0).and_then(|part| match &part.body {
            PartType::Text(text) => Some(text.to_string()),
            _ => None,
        });
        let html = message.html_part(0).and_then(|part| match &part.body {
            PartType::Html(html) => Some(html.to_string()),
            _ => None,
        });
        let headers = message.headers_raw().map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect();
        let subject = message.subject().unwrap_or_default().to_owned();
        let message_id = message.message_id().unwrap_or_default().to_owned();
        Self { from, to, subject, text, html, headers, message_id, over_tls, raw }
    }

    /// The value of the first header of this name, undecoded.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Every `http` or `https` address in the text and then in the HTML, each once, in order of appearance.
    #[must_use]
    pub fn links(&self) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        let html = self.html.as_deref().unwrap_or_default().replace("&amp;", "&");
        for body in [self.text.as_deref().unwrap_or_default(), html.as_str()] {
            let mut rest = body;
            while let Some(start) = rest.find("http") {
                let candidate = &rest[start..];
                if !(candidate.starts_with("http://") || candidate.starts_with("https://")) {
                    rest = &candidate["http".len()..];
                    continue;
                }
                let end =
                    candidate.find(|c: char| !c.is_ascii_graphic() || "\"'<>".contains(c)).unwrap_or(candidate.len());
                let link = candidate[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']']);
                if !found.iter().any(|known| known == link) {
                    found.push(link.to_owned());
                }
                rest = &candidate[end..];
            }
        }
        found
    }
}
