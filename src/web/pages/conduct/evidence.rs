//! The evidence of a case as it was frozen when the case was opened, in words, with what has become known since.

use crate::domain::calendar::beijing_date;
use crate::domain::conduct::{Doubt, Evidence as Frozen, Verdict};
use crate::i18n::L;
use crate::ids::AssignmentId;
use std::collections::BTreeMap;

/// One offer in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferLine {
    /// The offer's id.
    pub assignment: String,
    /// Its number.
    pub number: String,
    /// When the clock began.
    pub notified: String,
    /// Until when.
    pub due: String,
    /// The rule counted by.
    pub rule: String,
    /// How it ended.
    pub outcome: String,
    /// Whether it would stand.
    pub stands: bool,
    /// 第 1 次, or why it does not count.
    pub counts: String,
    /// Each letter: what, when a server took it, its fingerprint.
    pub letters: Vec<String>,
    /// What the trail says of it.
    pub trail: Vec<String>,
    /// Leave and outages beside it.
    pub beside: Vec<String>,
}

/// One incident in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentLine {
    /// Day.
    pub day: String,
    /// What.
    pub what: String,
    /// Whether it was withdrawn.
    pub withdrawn: bool,
    /// What a manager found; empty where nothing is to be found.
    pub finding: String,
}

/// One thing to check before deciding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// `is-ok`, `is-no`, `is-mute`.
    pub kind: &'static str,
    /// Icon.
    pub symbol: &'static str,
    /// What was looked at.
    pub text: String,
    /// What was found.
    pub note: String,
}

/// The evidence in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The offers named.
    pub offers: Vec<OfferLine>,
    /// The incidents of the year before.
    pub incidents: Vec<IncidentLine>,
    /// How many of the offers would stand.
    pub standing: usize,
    /// Whether it would stand: the kind of notice, its icon, and the sentence.
    pub verdict: (&'static str, &'static str, String),
    /// What was checked.
    pub checks: Vec<Check>,
    /// When it was frozen; empty for cases of the first version.
    pub frozen: String,
}

/// Reads the evidence of a case. `since`: what has become known after the case was opened.
#[must_use]
pub fn read(l: L, stored: serde_json::Value, since: &BTreeMap<AssignmentId, Vec<Doubt>>) -> Evidence {
    let stored: Frozen = serde_json::from_value(stored).unwrap_or_default();
    let stored = stored.with_since(since);
    let mut nth = 0_usize;
    let offers: Vec<OfferLine> = stored
        .offers
        .iter()
        .map(|offer| {
            let counts = if offer.stands {
                nth += 1;
                l.a("conduct-nth", &[("n", &nth.to_string())])
            } else {
                let doubts: Vec<String> =
                    offer.doubts.iter().map(|doubt| l.t(&format!("conduct-doubt-{doubt}"))).collect();
                l.list(&doubts)
            };
            OfferLine {
                assignment: offer.assignment.to_string(),
                number: offer.number.clone(),
                notified: offer.notified_at.map_or_else(|| l.t("conduct-no-notice"), |at| l.instant(at)),
                due: offer.due_at.map_or_else(|| l.t("conduct-no-clock"), |at| l.due(at)),
                rule: l.t(&format!("rule-{}", offer.rule.as_str())),
                outcome: l.t(&format!("assignment-state-{}", offer.state)),
                stands: offer.stands,
                counts,
                letters: letters(l, offer),
                trail: trail(l, offer),
                beside: beside(l, offer),
            }
        })
        .collect();
    let incidents = stored
        .incidents
        .iter()
        .map(|incident| IncidentLine {
            day: l.date(beijing_date(incident.at)),
            what: l.t(&format!("incident-{}", incident.kind)),
            withdrawn: incident.withdrawn.is_some(),
            finding: match incident.finding {
                Some(finding) => l.t(&format!("finding-{finding}")),
                None if incident.kind.is_report() && incident.withdrawn.is_none() => l.t("conduct-not-found-yet"),
                None => String::new(),
            },
        })
        .collect();
    let standing = offers.iter().filter(|offer| offer.stands).count();
    Evidence {
        verdict: verdict(l, &stored, standing),
        standing,
        offers,
        incidents,
        checks: checks(l, &stored, since),
        frozen: stored.frozen_at.map_or_else(String::new, |at| l.instant(at)),
    }
}

fn verdict(l: L, stored: &Frozen, standing: usize) -> (&'static str, &'static str, String) {
    let all = if stored.offers.is_empty() { stored.incidents.len() } else { stored.offers.len() };
    let standing = if stored.offers.is_empty() {
        stored.incidents.iter().filter(|incident| incident.weighs()).count()
    } else {
        standing
    };
    let args = [("n", &*all.to_string()), ("standing", &*standing.to_string())];
    match stored.verdict() {
        Verdict::Stands => ("ok", "checkc", l.a("conduct-verdict-stands", &args)),
        Verdict::Partly => ("soon", "alert", l.a("conduct-verdict-partly", &args)),
        Verdict::Falls => ("late", "alert", l.a("conduct-verdict-falls", &args)),
        Verdict::WordsOnly => ("", "info", l.t("conduct-verdict-words")),
    }
}

fn letters(l: L, offer: &crate::domain::conduct::Exhibit) -> Vec<String> {
    offer
        .letters
        .iter()
        .map(|letter| {
            let kind = l.t(&format!("notice-{}", letter.kind));
            let state = l.t(&format!("need-letter-{}", letter.whereabouts));
            let at = letter.accepted_at.map_or_else(String::new, |at| format!(" {}", l.instant(at)));
            let print = letter
                .sha256
                .as_ref()
                .map_or_else(String::new, |sha| format!(" · SHA-256 {}…", sha.chars().take(12).collect::<String>()));
            format!("{kind}{}{state}{at}{print}", l.pick("：", ": "))
        })
        .collect()
}

fn trail(l: L, offer: &crate::domain::conduct::Exhibit) -> Vec<String> {
    offer
        .trail
        .iter()
        .map(|event| {
            let hash: String = event.hash.chars().take(12).collect();
            format!("{} {} · #{} {hash}", l.instant(event.at), l.t(&format!("event-{}", event.event)), event.step)
        })
        .collect()
}

fn beside(l: L, offer: &crate::domain::conduct::Exhibit) -> Vec<String> {
    let leaves = offer
        .leaves
        .iter()
        .map(|leave| l.a("conduct-leave-on-file", &[("from", &l.date(leave.from)), ("to", &l.date(leave.to))]));
    let outages = offer.outages.iter().map(|outage| {
        l.a("conduct-outage-on-file", &[("from", &l.instant(outage.from)), ("until", &l.instant(outage.until))])
    });
    leaves.chain(outages).collect()
}

fn checks(l: L, stored: &Frozen, since: &BTreeMap<AssignmentId, Vec<Doubt>>) -> Vec<Check> {
    if stored.offers.is_empty() {
        return Vec::new();
    }
    let doubts = |doubt: Doubt| stored.offers.iter().filter(|offer| offer.doubts.contains(&doubt)).count();
    let mut checks = Vec::new();
    let mut check = |key: &str, found: usize, set_aside: bool| {
        let (kind, symbol) = match (found, set_aside) {
            (0, _) => ("is-ok", "checkc"),
            (_, true) => ("is-mute", "pause"),
            (_, false) => ("is-no", "alert"),
        };
        let note = if found == 0 { format!("conduct-check-{key}-none") } else { format!("conduct-check-{key}-some") };
        checks.push(Check {
            kind,
            symbol,
            text: l.t(&format!("conduct-check-{key}")),
            note: l.a(&note, &[("n", &found.to_string())]),
        });
    };
    check("notice", doubts(Doubt::NoNotice), false);
    check("undelivered", doubts(Doubt::Undelivered), true);
    check("calendar", doubts(Doubt::ProvisionalCalendar), true);
    check("leave", doubts(Doubt::OnLeave), true);
    check("outage", doubts(Doubt::Outage), true);
    check("answered", doubts(Doubt::Answered), true);
    check("withdrawn", doubts(Doubt::Withdrawn), true);
    check("unproven", doubts(Doubt::Unproven), false);
    check("since", since.len(), false);
    checks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use serde_json::json;

    const ID: &str = "0190b4a2-1111-7abc-8def-0123456789a";

    fn offer(n: u8, state: &str, doubts: &[&str]) -> serde_json::Value {
        json!({"assignment": format!("{ID}{n:x}"), "number": format!("PD-2026-00000{n}"), "state": state,
            "notified_at": "2026-02-10T02:20:00Z", "due_at": "2026-02-12T16:00:00Z", "rule": "civil-code",
            "stands": doubts.is_empty(), "doubt": doubts.first(), "doubts": doubts,
            "letters": [{"kind": "offer", "accepted_at": "2026-02-10T02:20:00Z", "whereabouts": "accepted",
                "sha256": "ab".repeat(32)}],
            "leaves": [{"from": "2026-02-11", "to": "2026-02-12"}],
            "outages": [{"from": "2026-02-12T10:00:00Z", "until": "2026-02-12T12:00:00Z"}],
            "trail": [{"step": 4, "event": "offer-lapsed", "at": "2026-02-12T16:00:00Z", "hash": "cd".repeat(32)}]})
    }

    #[test]
    fn evidence_is_counted_and_doubts_are_named_in_both_languages() {
        let stored = json!({
            "incidents": [{"kind": "lapse", "at": "2026-02-12T16:00:00Z", "assignment": null, "withdrawn": null},
                {"kind": "gift", "at": "2026-03-12T16:00:00Z", "assignment": null, "withdrawn": null}],
            "offers": [offer(1, "lapsed", &[]), offer(2, "undelivered", &["undelivered"]),
                offer(3, "lapsed", &["provisional-calendar", "on-leave"]), offer(4, "lapsed", &["outage"]),
                offer(5, "lapsed", &[])],
        });
        let late: AssignmentId = format!("{ID}5").parse().expect("an id");
        let since = BTreeMap::from([(late, vec![Doubt::Withdrawn])]);
        for lang in [Lang::Zh, Lang::En] {
            let evidence = read(L(lang), stored.clone(), &since);
            assert_eq!((evidence.standing, evidence.offers.len(), evidence.incidents.len()), (1, 5, 2));
            assert_eq!(
                evidence.checks.iter().map(|check| check.kind).collect::<Vec<_>>(),
                ["is-ok", "is-mute", "is-mute", "is-mute", "is-mute", "is-ok", "is-mute", "is-ok", "is-no"]
            );
            assert!(!format!("{evidence:?}").contains('⟦'), "{evidence:?}");
            assert_eq!(evidence.verdict.0, "soon", "some stands, some does not");
            assert!(evidence.offers[0].letters[0].contains("SHA-256 abababababab…"));
        }
    }

    #[test]
    fn every_doubt_has_its_words() {
        for lang in [Lang::Zh, Lang::En] {
            for doubt in Doubt::ALL {
                assert!(L(lang).has(&format!("conduct-doubt-{doubt}")), "{doubt}");
            }
        }
    }
}
