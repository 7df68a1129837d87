//! DKIM (RFC 6376): the office signs its letters itself where no relay does.
//!
//! Contract: `rsa-sha256` with relaxed canonicalization of header and body, the only pair every verifier tried takes for
//! folded and encoded Chinese headers. The same message, key and instant give the same signature. Signed are the headers
//! that make a letter what it is; From, Subject and Date once more than they occur, so that none can be added. Normally
//! the relay signs and this stays off. Deliberately absent: other algorithms, DNS, verifying.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::signature::RSA_PKCS1_SHA256;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{PrivatePkcs1KeyDer, PrivatePkcs8KeyDer};
use sha2::{Digest, Sha256};
use std::fmt;

/// The headers that are signed, where a letter has them.
const SIGNED: [&str; 11] = [
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "reply-to",
    "mime-version",
    "content-type",
    "from",
    "subject",
    "date",
];

/// Why a key cannot be used; says nothing of the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DkimError(String);

impl fmt::Display for DkimError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for DkimError {}

/// A key with the name it is published under.
pub struct DkimKey {
    domain: String,
    selector: String,
    key: KeyPair,
}

impl fmt::Debug for DkimKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DkimKey({}._domainkey.{})", self.selector, self.domain)
    }
}

impl DkimKey {
    /// The key in a PEM text (PKCS#8 or PKCS#1, RSA of 2048 bits or more), published at `selector._domainkey.domain`.
    ///
    /// # Errors
    /// [`DkimError`] when there is no such key in it.
    pub fn from_pem(pem: &str, domain: &str, selector: &str) -> Result<Self, DkimError> {
        let rejected = |why: ring::error::KeyRejected| DkimError(format!("the key is not taken: {why}"));
        let key = match PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()) {
            Ok(der) => KeyPair::from_pkcs8(der.secret_pkcs8_der()).map_err(rejected)?,
            Err(_) => {
                let der = PrivatePkcs1KeyDer::from_pem_slice(pem.as_bytes())
                    .map_err(|_| DkimError("not an RSA key in PEM".to_owned()))?;
                KeyPair::from_der(der.secret_pkcs1_der()).map_err(rejected)?
            }
        };
        Ok(Self { domain: domain.to_owned(), selector: selector.to_owned(), key })
    }

    /// The message with its signature in front.
    ///
    /// # Errors
    /// [`DkimError`] when the message has no header or the key refuses.
    pub fn signed(&self, message: &[u8], now: DateTime<Utc>) -> Result<Vec<u8>, DkimError> {
        let text = std::str::from_utf8(message).map_err(|_| DkimError("a letter is UTF-8".to_owned()))?;
        let (head, body) =
            text.split_once("\r\n\r\n").ok_or_else(|| DkimError("a letter has a header and a body".to_owned()))?;
        let headers = unfolded(head);
        let names: Vec<&str> = SIGNED
            .into_iter()
            .enumerate()
            .filter(|(place, name)| {
                // The second mention of a name signs that there is no second one.
                let repeated = SIGNED.iter().take(*place).any(|before| before == name);
                repeated || headers.iter().any(|(known, _)| known == name)
            })
            .map(|(_, name)| name)
            .collect();
        let bh = STANDARD.encode(Sha256::digest(relaxed_body(body).as_bytes()));
        let unsigned = format!(
            "v=1; a=rsa-sha256; c=relaxed/relaxed; d={}; s={}; t={}; h={}; bh={bh}; b=",
            self.domain,
            self.selector,
            now.timestamp(),
            names.join(":")
        );
        let digested = signing_input(&headers, &names, &unsigned);
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), digested.as_bytes(), &mut signature)
            .map_err(|_| DkimError("the key does not sign".to_owned()))?;
        let header = folded(&format!("DKIM-Signature: {unsigned}{}", STANDARD.encode(&signature)));
        let mut signed = header.into_bytes();
        signed.extend_from_slice(message);
        Ok(signed)
    }
}

/// Names in lower case with their values as written, continued lines joined.
fn unfolded(head: &str) -> Vec<(String, String)> {
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in head.split("\r\n") {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = headers.last_mut() {
                value.push_str(line);
            }
        } else if let Some((name, value)) = line.split_once(':') {
            headers.push((name.trim_end().to_ascii_lowercase(), value.to_owned()));
        }
    }
    headers
}

/// What is signed (RFC 6376 section 3.7): the named headers, each from the bottom up, then the signature's own without
/// its value.
fn signing_input(headers: &[(String, String)], names: &[&str], unsigned: &str) -> String {
    let mut input = String::new();
    let mut used: Vec<usize> = Vec::new();
    for name in names {
        let found = headers.iter().enumerate().rev().find(|(place, (known, _))| known == name && !used.contains(place));
        if let Some((place, (_, value))) = found {
            used.push(place);
            input.push_str(&format!("{name}:{}\r\n", relaxed_value(value)));
        }
    }
    input.push_str(&format!("dkim-signature:{}", relaxed_value(unsigned)));
    input
}

/// RFC 6376 section 3.4.2.
fn relaxed_value(value: &str) -> String {
    value.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// RFC 6376 section 3.4.4.
fn relaxed_body(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    let mut empty_lines = 0;
    for line in body.split("\r\n") {
        let mut words = String::with_capacity(line.len());
        let mut blank = false;
        for c in line.chars() {
            if matches!(c, ' ' | '\t') {
                blank = true;
            } else {
                if blank {
                    words.push(' ');
                }
                blank = false;
                words.push(c);
            }
        }
        if words.is_empty() {
            empty_lines += 1;
            continue;
        }
        for _ in 0..empty_lines {
            out.push_str("\r\n");
        }
        empty_lines = 0;
        out.push_str(&words);
        out.push_str("\r\n");
    }
    out
}

/// A header in lines of at most 76 characters, cut between tags or within the base64 of the last.
fn folded(header: &str) -> String {
    let mut out = String::new();
    let mut length = 0;
    for word in header.split(' ') {
        for (n, piece) in pieces(word).enumerate() {
            if length > 0 && length + 1 + piece.len() > 76 || n > 0 {
                out.push_str("\r\n ");
                length = 1;
            } else if length > 0 {
                out.push(' ');
                length += 1;
            }
            out.push_str(piece);
            length += piece.len();
        }
    }
    out.push_str("\r\n");
    out
}

fn pieces(word: &str) -> impl Iterator<Item = &str> {
    let cut = if word.starts_with("b=") { 70 } else { usize::MAX };
    let mut rest = word;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (piece, after) = rest.split_at(rest.len().min(cut));
        rest = after;
        Some(piece)
    })
}

#[cfg(test)]
#[path = "dkim_tests.rs"]
mod tests;
