//! The readable text inside a letter as it is kept: a whole message (RFC 5322, RFC 2045), of which the plain part is shown.
//!
//! Reads what our own letters are written in: nested multiparts, base64, quoted-printable, 7bit and 8bit, all UTF-8.
//! Deliberately absent: attachments, and headers other than those needed to find the text.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// How deep parts may lie in each other.
const DEEPEST: usize = 5;

/// The plain text of a message; `None` when it has none that can be read.
#[must_use]
pub fn plain_text(message: &str) -> Option<String> {
    let normal = message.replace("\r\n", "\n");
    part(&normal, DEEPEST)
}

fn part(text: &str, depth: usize) -> Option<String> {
    let (head, body) = text.split_once("\n\n")?;
    let headers = unfolded(head);
    let kind = header(&headers, "content-type").unwrap_or_else(|| "text/plain".to_owned());
    let lower = kind.to_ascii_lowercase();
    if lower.starts_with("multipart/") {
        let boundary = parameter(&kind, "boundary")?;
        return pieces(body, &boundary).into_iter().find_map(|piece| part(piece, depth.checked_sub(1)?));
    }
    if !lower.starts_with("text/plain") {
        return None;
    }
    let encoding = header(&headers, "content-transfer-encoding").unwrap_or_default().to_ascii_lowercase();
    Some(match encoding.trim() {
        "base64" => {
            let packed: String = body.chars().filter(|c| !c.is_ascii_whitespace()).collect();
            String::from_utf8_lossy(&STANDARD.decode(packed).ok()?).into_owned()
        }
        "quoted-printable" => quoted_printable(body),
        _ => body.to_owned(),
    })
}

/// Header lines with their continuations joined.
fn unfolded(head: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in head.lines() {
        match lines.last_mut() {
            Some(last) if line.starts_with([' ', '\t']) => last.push_str(line),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

fn header(lines: &[String], name: &str) -> Option<String> {
    lines.iter().find_map(|line| {
        let (known, value) = line.split_once(':')?;
        known.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })
}

fn parameter(value: &str, name: &str) -> Option<String> {
    value.split(';').skip(1).find_map(|piece| {
        let (known, value) = piece.split_once('=')?;
        known.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// What stands between the delimiter lines of a multipart.
fn pieces<'a>(body: &'a str, boundary: &str) -> Vec<&'a str> {
    let delimiter = format!("--{boundary}");
    let mut found = Vec::new();
    for piece in body.split(delimiter.as_str()).skip(1) {
        if piece.starts_with("--") {
            break;
        }
        found.push(piece.strip_prefix('\n').unwrap_or(piece));
    }
    found
}

/// RFC 2045, section 6.7.
fn quoted_printable(body: &str) -> String {
    let mut bytes: Vec<u8> = Vec::with_capacity(body.len());
    let mut rest = body.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'=' {
            bytes.push(*first);
            continue;
        }
        match after {
            [b'\n', beyond @ ..] => rest = beyond,
            [high, low, beyond @ ..] => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    bytes.push(high * 16 + low);
                    rest = beyond;
                }
                _ => bytes.push(b'='),
            },
            _ => bytes.push(b'='),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

const fn hex(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plain_part_is_found_and_decoded() {
        let packed = STANDARD.encode("顾明岚老师，您好：\n请答复。");
        let nested = format!(
            "From: a@b.cn\r\nContent-Type: multipart/mixed;\r\n boundary=\"m\"\r\n\r\n--m\r\nContent-Type: multipart/alternative; \
             boundary=x\r\n\r\n--x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>no</p>\r\n--x\r\nContent-Type: text/plain; \
             charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{packed}\r\n--x--\r\n--m--\r\n"
        );
        assert_eq!(plain_text(&nested).as_deref(), Some("顾明岚老师，您好：\n请答复。"));
        let quoted = "Subject: x\nContent-Transfer-Encoding: quoted-printable\n\n=E8=AF=B7=E7=AD=94=\n=E5=A4=8D a=3Db";
        assert_eq!(plain_text(quoted).as_deref(), Some("请答复 a=b"));
        assert_eq!(plain_text("Subject: x\nContent-Type: text/plain\n\n您好").as_deref(), Some("您好"));
        assert_eq!(plain_text("no message at all"), None);
        assert_eq!(plain_text("Content-Type: image/png\n\nabc"), None);
    }
}
