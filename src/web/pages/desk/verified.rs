//! What the last nightly look at the invariants found, for managers and administrators.

use crate::db::anchor::RootRow;
use crate::db::verification::VerificationRow;
use crate::i18n::L;

/// The last look, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedView {
    /// `ok`, `soon` or `late`.
    pub kind: &'static str,
    /// Icon.
    pub symbol: &'static str,
    /// Whether all holds.
    pub say: String,
    /// When, and how many.
    pub note: String,
    /// The newest root, if there is one.
    pub root: String,
    /// What does not hold, and the first offenders.
    pub lines: Vec<(String, String)>,
}

/// How many characters of a root are shown.
const SHOWN: usize = 16;

/// The last look, in words.
#[must_use]
pub fn verified(l: L, rows: &[VerificationRow], root: Option<&RootRow>) -> VerifiedView {
    let offenders: i64 = rows.iter().map(|row| row.offenders).sum();
    let (kind, symbol, say) = match rows.first() {
        None => ("soon", "clock", l.t("desk-verified-never")),
        Some(_) if offenders == 0 => ("ok", "link", l.t("desk-verified-well")),
        Some(_) => ("late", "alert", l.a("desk-verified-ill", &[("n", &offenders.to_string())])),
    };
    let note = rows.first().map_or_else(String::new, |row| {
        let at = l.instant(row.at.and_utc());
        l.a("desk-verified-at", &[("at", &at), ("n", &rows.len().to_string())])
    });
    let root = root.map_or_else(String::new, |row| {
        let shown: String = row.root.chars().take(SHOWN).collect();
        l.a("desk-verified-root", &[("day", &row.day.to_string()), ("root", &format!("{shown}…"))])
    });
    let lines = rows
        .iter()
        .filter(|row| row.offenders > 0)
        .map(|row| (l.t(&format!("invariant-{}", row.invariant)), row.sample.clone()))
        .collect();
    VerifiedView { kind, symbol, say, note, root, lines }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::invariants::Invariant;
    use chrono::DateTime;

    #[test]
    fn every_invariant_has_a_sentence_and_an_offender_is_named() {
        let at = DateTime::from_timestamp(1_770_000_000, 0).expect("a moment").naive_utc();
        let row = |one: Invariant, offenders| VerificationRow {
            invariant: one.code().to_owned(),
            at,
            offenders,
            sample: "XQ-2026-000001".to_owned(),
        };
        let well: Vec<_> = Invariant::ALL.iter().map(|one| row(*one, 0)).collect();
        let ill: Vec<_> = Invariant::ALL.iter().map(|one| row(*one, 1)).collect();
        for lang in [Lang::Zh, Lang::En] {
            assert_eq!(verified(L(lang), &[], None).kind, "soon");
            assert_eq!(verified(L(lang), &well, None).kind, "ok");
            let view = verified(L(lang), &ill, None);
            assert_eq!((view.kind, view.lines.len()), ("late", Invariant::ALL.len()));
            assert!(!format!("{view:?}").contains('⟦'), "{view:?}");
        }
    }
}
