//! What an enterprise's contact is told and agrees to (已告知并取得同意): every wording that was ever shown, by version.
//!
//! Source: rules.md, "The chain" («已告知并取得同意» is recorded with its text version); 《个人信息保护法》第十四、十七条.
//! Contract: a need keeps the version; the wording of a version never changes, which a test holds by its hash, so what
//! was agreed to can be shown for ever. The words are `consent-<version>`. Deliberately absent: the words themselves.

/// One wording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsentText {
    /// Its version, kept with the need.
    pub version: &'static str,
    /// SHA-256, hex, of its Chinese words.
    pub sha256: &'static str,
}

/// Every wording, oldest first; the last is shown today.
pub const TEXTS: [ConsentText; 2] = [
    ConsentText { version: "2026-1", sha256: "bc82e8b23fcad43fa1b2cdf8c22122b68ccbafaae58a5fc11a2ae17642c9379e" },
    ConsentText { version: "2026-2", sha256: "1e736304d2059873ad9acb9efd11b18f18ed1ee394eaa7cf18fad137ba056fd7" },
];

/// The version shown beside the tick today.
#[must_use]
pub const fn current() -> &'static str {
    let [.., last] = TEXTS;
    last.version
}

/// Whether that version was ever shown.
#[must_use]
pub fn is_known(version: &str) -> bool {
    TEXTS.iter().any(|text| text.version == version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::{L, Lang};

    #[test]
    fn no_wording_that_was_agreed_to_ever_changes() {
        for text in TEXTS {
            let key = format!("consent-{}", text.version);
            assert!(L(Lang::En).has(&key), "{key}");
            assert_eq!(crate::seal::fingerprint(L(Lang::Zh).t(&key).as_bytes()), text.sha256, "{key}");
        }
        assert!(is_known(current()) && !is_known("1999-1"));
    }
}
