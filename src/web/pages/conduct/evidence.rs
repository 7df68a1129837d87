//! The evidence of a case as it was frozen when the case was opened, in words.

use crate::domain::calendar::beijing_date;
use crate::i18n::L;
use chrono::{DateTime, Utc};
use serde::Deserialize;

/// One offer of the evidence, as stored.
#[derive(Debug, Clone, Deserialize)]
struct StoredOffer {
    assignment: String,
    number: String,
    state: String,
    notified_at: Option<DateTime<Utc>>,
    due_at: Option<DateTime<Utc>>,
    rule: String,
    stands: bool,
    doubt: Option<String>,
}

/// One incident of the evidence, as stored.
#[derive(Debug, Clone, Deserialize)]
struct StoredIncident {
    kind: String,
    at: DateTime<Utc>,
    withdrawn: Option<String>,
}

/// The evidence, as stored.
#[derive(Debug, Clone, Default, Deserialize)]
struct Stored {
    #[serde(default)]
    incidents: Vec<StoredIncident>,
    #[serde(default)]
    offers: Vec<StoredOffer>,
}

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
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The offers named.
    pub offers: Vec<OfferLine>,
    /// The incidents of the year before.
    pub incidents: Vec<IncidentLine>,
    /// How many of the offers would stand.
    pub standing: usize,
    /// What was checked.
    pub checks: Vec<Check>,
}

/// Reads the evidence of a case.
#[must_use]
pub fn read(l: L, stored: serde_json::Value) -> Evidence {
    let stored: Stored = serde_json::from_value(stored).unwrap_or_default();
    let mut nth = 0_usize;
    let offers: Vec<OfferLine> = stored
        .offers
        .iter()
        .map(|offer| {
            let counts = match &offer.doubt {
                Some(doubt) => l.t(&format!("conduct-doubt-{doubt}")),
                None => {
                    nth += 1;
                    l.a("conduct-nth", &[("n", &nth.to_string())])
                }
            };
            OfferLine {
                assignment: offer.assignment.clone(),
                number: offer.number.clone(),
                notified: offer.notified_at.map_or_else(|| l.t("conduct-no-notice"), |at| l.instant(at)),
                due: offer.due_at.map_or_else(|| l.t("conduct-no-clock"), |at| l.due(at)),
                rule: l.t(&format!("rule-{}", offer.rule)),
                outcome: l.t(&format!("assignment-state-{}", offer.state)),
                stands: offer.stands,
                counts,
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
        })
        .collect();
    Evidence {
        standing: offers.iter().filter(|offer| offer.stands).count(),
        offers,
        incidents,
        checks: checks(l, &stored),
    }
}

fn checks(l: L, stored: &Stored) -> Vec<Check> {
    if stored.offers.is_empty() {
        return Vec::new();
    }
    let all = stored.offers.len();
    let doubts = |code: &str| stored.offers.iter().filter(|offer| offer.doubt.as_deref() == Some(code)).count();
    let told = stored.offers.iter().filter(|offer| offer.notified_at.is_some()).count();
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
    check("notice", all - told, false);
    check("undelivered", doubts("undelivered"), true);
    check("calendar", doubts("provisional-calendar"), true);
    check("leave", doubts("on-leave"), true);
    let withdrawn = stored.incidents.iter().filter(|incident| incident.withdrawn.is_some()).count();
    check("withdrawn", withdrawn, true);
    checks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use serde_json::json;

    #[test]
    fn evidence_is_counted_and_doubts_are_named_in_both_languages() {
        let stored = json!({
            "incidents": [{"kind": "lapse", "at": "2026-02-12T16:00:00Z", "assignment": null, "withdrawn": null},
                {"kind": "lapse", "at": "2026-03-12T16:00:00Z", "assignment": null, "withdrawn": "bounced"}],
            "offers": [
                {"assignment": "a", "number": "PD-2026-000001", "state": "lapsed", "notified_at": "2026-02-10T02:20:00Z",
                 "due_at": "2026-02-12T16:00:00Z", "rule": "civil-code", "stands": true, "doubt": null},
                {"assignment": "b", "number": "PD-2026-000002", "state": "undelivered", "notified_at": null,
                 "due_at": null, "rule": "hours-48", "stands": false, "doubt": "undelivered"},
                {"assignment": "c", "number": "PD-2026-000003", "state": "lapsed", "notified_at": "2026-02-10T02:20:00Z",
                 "due_at": "2026-02-12T16:00:00Z", "rule": "working-days", "stands": false, "doubt": "provisional-calendar"},
                {"assignment": "d", "number": "PD-2026-000004", "state": "lapsed", "notified_at": "2026-02-10T02:20:00Z",
                 "due_at": "2026-02-12T16:00:00Z", "rule": "calendar-days", "stands": false, "doubt": "on-leave"},
            ],
        });
        for lang in [Lang::Zh, Lang::En] {
            let evidence = read(L(lang), stored.clone());
            assert_eq!((evidence.standing, evidence.offers.len(), evidence.incidents.len()), (1, 4, 2));
            assert_eq!(
                evidence.checks.iter().map(|check| check.kind).collect::<Vec<_>>(),
                ["is-no", "is-mute", "is-mute", "is-mute", "is-mute"]
            );
            assert!(!format!("{evidence:?}").contains('⟦'), "{evidence:?}");
        }
        assert_eq!(read(L(Lang::Zh), json!({})), Evidence::default());
    }
}
