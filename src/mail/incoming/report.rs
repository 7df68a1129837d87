//! Reports of mail servers: delivery status (RFC 3464), complaints (RFC 5965), and bounces in prose.

use super::{is_type, text_of};
use crate::domain::incoming::Said;
use crate::mail::mailer::masked;
use mail_parser::{Address, Message};

/// What a report says; `None` when the message is none.
pub fn of(message: &Message<'_>) -> Option<Said> {
    if message.parts.iter().any(|part| is_type(part, "message", "feedback-report")) {
        return Some(Said::Complaint);
    }
    if let Some(status) = message.parts.iter().find(|part| is_type(part, "message", "delivery-status")) {
        return Some(status_of(&text_of(status)));
    }
    in_prose(message)
}

/// The first recipient's fields: each of our letters has one recipient.
fn status_of(text: &str) -> Said {
    let mut action = String::new();
    let mut status = String::new();
    let mut diagnostic = String::new();
    for (name, value) in fields(text) {
        match name.as_str() {
            // A second recipient's fields begin: the first one's are complete.
            "final-recipient" if !action.is_empty() => break,
            "action" if action.is_empty() => action = value.to_ascii_lowercase(),
            "status" if status.is_empty() => status = value,
            "diagnostic-code" if diagnostic.is_empty() => diagnostic = value,
            _ => {}
        }
    }
    let status: String = status.chars().filter(|c| c.is_ascii_digit() || *c == '.').take(16).collect();
    match action.split_whitespace().next().unwrap_or_default() {
        "delivered" => Said::Delivered,
        "relayed" | "expanded" => Said::Relayed,
        "delayed" => Said::Delayed,
        "failed" => Said::Failed { text: masked(&format!("{status} {diagnostic}")), status },
        // No action said: the status' class decides (RFC 3463 section 3.1).
        _ if status.starts_with('2') => Said::Delivered,
        _ if status.starts_with('4') => Said::Delayed,
        _ => Said::Failed { text: masked(&format!("{status} {diagnostic}")), status },
    }
}

/// `Name: value` lines, continued lines joined, names in lower case.
fn fields(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in text.lines().take(400) {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = found.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            found.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    found
}

/// A bounce without a machine-readable part: only from a mail server's own address, with a subject that says so.
fn in_prose(message: &Message<'_>) -> Option<Said> {
    let from = match message.from()? {
        Address::List(list) => list.first()?.address.as_deref().unwrap_or_default().to_ascii_lowercase(),
        Address::Group(_) => return None,
    };
    let local = from.split('@').next().unwrap_or_default();
    if !matches!(local, "mailer-daemon" | "postmaster" | "mail-daemon") {
        return None;
    }
    let subject = message.subject().unwrap_or_default().to_lowercase();
    let text = message.body_text(0).unwrap_or_default();
    let says = |words: &[&str]| words.iter().any(|word| subject.contains(word));
    if says(&["delay", "延迟", "延遲", "warning"]) {
        return Some(Said::Delayed);
    }
    let failed = ["退信", "退回", "undeliver", "returned mail", "failure", "delivery status", "投递失败", "发送失败"];
    if !says(&failed) {
        return None;
    }
    let told: String = text.chars().take(2_000).collect();
    let status = told
        .split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .find(|word| word.starts_with("5.") && word.matches('.').count() == 2)
        .unwrap_or_default()
        .to_owned();
    Some(Said::Failed { status, text: masked(&told) })
}
