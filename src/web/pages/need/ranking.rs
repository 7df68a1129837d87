//! Candidates in words: the signature of their points, the sentence that tells them apart, the reasons, and who a rule
//! drops.

use super::words::Pick;
use crate::actions::expert_pool::ExpertBrief;
use crate::actions::suggest_experts::{Dropped, Shortlist, Suggested};
use crate::domain::matching::{Signal, Weights};
use crate::i18n::L;
use crate::ids::ExpertId;
use crate::web::reasons::{Teller, points};

/// The gap between two tracks of the signature, in hundredths of a point.
const GAP: i32 = 200;

/// One track of the signature, for `m::signature`.
pub struct Track {
    /// Where it begins.
    pub x: String,
    /// How wide it is.
    pub weight: String,
    /// How far it is filled.
    pub points: String,
}

/// One reason, for `m::reasons`.
pub struct ReasonView {
    /// The signal's name.
    pub name: String,
    /// Its weight.
    pub weight: String,
    /// Its points.
    pub points: String,
    /// The points as text.
    pub points_text: String,
    /// The weight as text.
    pub weight_text: String,
    /// Why.
    pub sentence: String,
}

/// A short fact with its icon.
pub struct ShortFact {
    /// Icon.
    pub symbol: &'static str,
    /// The fact.
    pub text: String,
}

/// One candidate, in words.
pub struct CandidateView {
    /// Who.
    pub id: ExpertId,
    /// Place in the order, from 1.
    pub place: usize,
    /// Name.
    pub name: String,
    /// Firm and years.
    pub about: String,
    /// The sentence.
    pub say: String,
    /// Distance, load, median.
    pub facts: Vec<ShortFact>,
    /// Points in all.
    pub score: String,
    /// The points read out.
    pub label: String,
    /// The signature.
    pub tracks: Vec<Track>,
    /// The reasons.
    pub reasons: Vec<ReasonView>,
    /// Whether he is arranged for.
    pub chosen: bool,
    /// First, reserve 1, …
    pub places: Vec<Pick>,
}

/// Somebody a rule drops, for `m::excluded`.
pub struct ExcludedView {
    /// Name.
    pub name: String,
    /// Firm.
    pub firm: String,
    /// Kind of the tag.
    pub kind: &'static str,
    /// Icon of the tag.
    pub symbol: &'static str,
    /// The tag.
    pub tag: String,
    /// Why.
    pub sentence: String,
    /// The rule's number.
    pub rule: String,
}

/// How long the whole signature is, as drawn.
#[must_use]
pub fn signature_width() -> String {
    let tracks = i32::try_from(Signal::ALL.len()).unwrap_or(1);
    points(10_000 + GAP * (tracks - 1))
}

/// The largest weight, as drawn.
#[must_use]
pub fn scale(weights: &Weights) -> String {
    points(Signal::ALL.iter().map(|signal| weights.of(*signal)).max().unwrap_or(10_000))
}

/// What the tracks stand for, in order: 服务事项 22、产业领域 10、…
#[must_use]
pub fn key(l: L, weights: &Weights) -> String {
    let parts: Vec<String> = Signal::ALL
        .iter()
        .map(|signal| format!("{} {}", l.t(&format!("signal-{signal}")), points(weights.of(*signal))))
        .collect();
    l.list(&parts)
}

/// Firm and years of practice.
#[must_use]
pub fn about(l: L, brief: &ExpertBrief) -> String {
    if brief.years > 0 {
        l.a("need-expert-about", &[("firm", &brief.firm), ("years", &brief.years.to_string())])
    } else {
        brief.firm.clone()
    }
}

/// Metres as kilometres with one decimal.
fn kilometres(metres: u32) -> String {
    let tenths = metres.saturating_add(50) / 100;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// A candidate in words; `places` is what he may be arranged as, with what is chosen.
#[must_use]
pub fn candidate(l: L, one: &Suggested, industries: &[String], places: Vec<Pick>) -> CandidateView {
    let teller = Teller::new(l, industries);
    let mut tracks = Vec::new();
    let mut reasons = Vec::new();
    let mut read_out = Vec::new();
    let mut x = 0;
    for reason in &one.reasons {
        let (weight, got) = (points(reason.weight), points(reason.contribution));
        tracks.push(Track { x: points(x), weight: weight.clone(), points: got.clone() });
        x += reason.weight + GAP;
        let name = teller.signal(reason.signal);
        read_out.push(format!("{name} {got}/{weight}"));
        reasons.push(ReasonView {
            name,
            weight: weight.clone(),
            points: got.clone(),
            points_text: got,
            weight_text: weight,
            sentence: teller.reason(reason),
        });
    }
    let mut facts = Vec::new();
    if let Some(metres) = one.distance_metres {
        facts.push(ShortFact { symbol: "pin", text: l.a("need-fact-distance", &[("km", &kilometres(metres))]) });
    }
    let (month, cap, open) = (one.month.0.to_string(), one.month.1.to_string(), one.open.to_string());
    facts.push(ShortFact {
        symbol: "case",
        text: l.a("need-fact-load", &[("month", &month), ("cap", &cap), ("open", &open)]),
    });
    if let Some(hours) = one.median_hours {
        facts.push(ShortFact { symbol: "clock", text: l.a("need-fact-median", &[("hours", &hours.to_string())]) });
    }
    CandidateView {
        id: one.expert.id,
        place: one.place,
        name: one.expert.name.clone(),
        about: about(l, &one.expert),
        say: teller.sentence(&one.sentence),
        facts,
        score: points(one.score),
        label: l.a("need-signature", &[("points", &l.list(&read_out))]),
        tracks,
        reasons,
        chosen: places.iter().any(|pick| pick.selected && !pick.value.is_empty()),
        places,
    }
}

/// Somebody a rule drops, in words.
#[must_use]
pub fn excluded(l: L, one: &Dropped, industries: &[String]) -> ExcludedView {
    let teller = Teller::new(l, industries);
    let code = one.rule.code();
    let (kind, symbol) = match code {
        "ask-manager" => ("soon", "alert"),
        _ if one.rule.is_conflict() => ("late", "xc"),
        "qualification" | "licence" => ("late", "xc"),
        "leave" | "week-hours" => ("", "calendar"),
        "open-cap" | "monthly-cap" => ("", "case"),
        "mode" | "distance" => ("", "pin"),
        "already-asked" => ("", "history"),
        _ => ("", "user"),
    };
    ExcludedView {
        name: one.expert.name.clone(),
        firm: one.expert.firm.clone(),
        kind,
        symbol,
        tag: teller.excluded_tag(&one.rule),
        sentence: teller.excluded(&one.rule),
        rule: rule_number(l, code),
    }
}

/// The rule's number: its place among the rules, which never changes.
#[must_use]
pub fn rule_number(l: L, code: &str) -> String {
    let codes = crate::domain::matching::Exclusion::CODES;
    let number = codes.iter().position(|known| *known == code).map_or(0, |place| place + 1);
    l.a("need-rule", &[("n", &number.to_string())])
}

/// How many each rule dropped, in one line; empty when none did.
#[must_use]
pub fn counts(l: L, shortlist: &Shortlist) -> String {
    let parts: Vec<String> = shortlist
        .counts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(code, count)| {
            l.a("need-rule-count", &[("tag", &l.t(&format!("excluded-{code}-tag"))), ("n", &count.to_string())])
        })
        .collect();
    l.list(&parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::matching::{Exclusion, Reason, ReasonText};
    use crate::i18n::Lang;
    use crate::ids::uuid_v7;

    fn brief() -> std::sync::Arc<ExpertBrief> {
        std::sync::Arc::new(ExpertBrief {
            id: ExpertId::from_minted(uuid_v7(1, &[3; 10])),
            name: "顾明岚".to_owned(),
            firm: "澄观专利商标代理".to_owned(),
            region: "110108".to_owned(),
            years: 12,
            qualifications: Vec::new(),
        })
    }

    #[test]
    fn a_candidate_is_told_in_both_languages_and_the_tracks_lie_side_by_side() {
        let reasons: Vec<Reason> = Signal::ALL
            .iter()
            .map(|signal| Reason {
                signal: *signal,
                value: 500,
                weight: Weights::SHIPPED.of(*signal),
                contribution: Weights::SHIPPED.of(*signal) / 2,
                text: ReasonText::DutyNow,
            })
            .collect();
        let one = Suggested {
            expert: brief(),
            place: 1,
            score: 5_000,
            sentence: vec![ReasonText::DutyNow],
            reasons,
            distance_metres: Some(3_140),
            month: (1, 4),
            open: 1,
            median_hours: Some(4),
        };
        for lang in [Lang::Zh, Lang::En] {
            let l = L(lang);
            let view = candidate(l, &one, &[], vec![Pick::new("1", "x", "1")]);
            let facts: Vec<&str> = view.facts.iter().map(|fact| fact.text.as_str()).collect();
            let said = format!(
                "{}{}{}{}{}{}",
                view.about,
                view.say,
                view.label,
                key(l, &Weights::SHIPPED),
                facts.join(""),
                rule_number(l, "leave")
            );
            assert!(!said.contains('⟦'), "{said}");
            assert!(view.chosen && view.tracks.len() == Signal::ALL.len());
            let last = view.tracks.last().expect("tracks");
            let end: f64 = last.x.parse::<f64>().expect("number") + last.weight.parse::<f64>().expect("number");
            assert!((end - signature_width().parse::<f64>().expect("number")).abs() < 1e-9);
            for rule in [Exclusion::AlreadyAsked, Exclusion::OwnEnterprise, Exclusion::OpenCap { open: 2, cap: 2 }] {
                let view = excluded(l, &Dropped { expert: brief(), rule }, &[]);
                assert!(!format!("{}{}{}", view.tag, view.sentence, view.rule).contains('⟦'));
            }
        }
        assert_eq!(kilometres(3_140), "3.1");
    }
}
