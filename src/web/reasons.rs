//! Why him, in words: matching's reasons and exclusions as sentences of the reader's language.
//!
//! The codes and figures are the domain's ([`crate::domain::matching`]), the sentences are `matching.ftl`'s under
//! `signal-<name>`, `reason-<code>`, `excluded-<code>` and `excluded-<code>-tag`. Pages and calls use the same words.
//! Deliberately absent: which reasons are worth telling, which matching decides.

use crate::domain::matching::{Arg, Exclusion, FrozenArg, FrozenReason, Reason, ReasonText, Signal};
use crate::domain::{catalogue, region};
use crate::i18n::L;
use crate::search::lexicon::latin_name;

/// Puts reasons into words. The industries' names come with the ranking (`Shortlist::industries`), by their number.
#[derive(Debug, Clone, Copy)]
pub struct Teller<'a> {
    /// The language.
    pub l: L,
    /// The industries' names by their interned number.
    pub industries: &'a [String],
}

impl<'a> Teller<'a> {
    /// Speaks that language, with these names of industries.
    #[must_use]
    pub const fn new(l: L, industries: &'a [String]) -> Self {
        Self { l, industries }
    }

    /// The name of a signal.
    #[must_use]
    pub fn signal(&self, signal: Signal) -> String {
        self.l.t(&format!("signal-{signal}"))
    }

    /// One reason as a sentence without its full stop.
    #[must_use]
    pub fn reason(&self, reason: &Reason) -> String {
        self.text(&reason.text)
    }

    /// The same from the reason's text alone.
    #[must_use]
    pub fn text(&self, text: &ReasonText) -> String {
        self.say(&format!("reason-{}", text.code()), &text.args())
    }

    /// The two or three reasons that tell an expert apart, as one sentence; empty when nothing does.
    #[must_use]
    pub fn sentence(&self, texts: &[ReasonText]) -> String {
        if texts.is_empty() {
            return String::new();
        }
        let parts: Vec<String> = texts.iter().map(|text| self.text(text)).collect();
        format!("{}{}", parts.join(&self.l.t("reason-join")), self.l.t("reason-end"))
    }

    /// Why somebody may not be asked, as a sentence.
    #[must_use]
    pub fn excluded(&self, rule: &Exclusion) -> String {
        self.say(&format!("excluded-{}", rule.code()), &rule.args())
    }

    /// The same as a tag of at most eight characters.
    #[must_use]
    pub fn excluded_tag(&self, rule: &Exclusion) -> String {
        self.l.t(&format!("excluded-{}-tag", rule.code()))
    }

    /// A reason as it was kept with an offer, as a sentence; empty for a code that has no words any more.
    #[must_use]
    pub fn kept(&self, reason: &FrozenReason) -> String {
        let FrozenReason(code, args) = reason;
        let key = format!("reason-{code}");
        if !self.l.has(&key) {
            return String::new();
        }
        self.put(&key, args.iter().map(|(name, arg)| (name.as_str(), self.spoken_kept(arg))).collect())
    }

    fn say(&self, key: &str, args: &[(&'static str, Arg)]) -> String {
        self.put(key, args.iter().map(|(name, arg)| (*name, self.spoken(arg))).collect())
    }

    fn put(&self, key: &str, spoken: Vec<(&str, String)>) -> String {
        let borrowed: Vec<(&str, &str)> = spoken.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.l.a(key, &borrowed)
    }

    fn spoken(&self, arg: &Arg) -> String {
        match arg {
            Arg::Number(number) => number.to_string(),
            Arg::Text(text) => text.clone(),
            Arg::Code(code) => (*code).to_owned(),
            Arg::Date(date) => self.l.date(*date),
            Arg::Services(set) => {
                let names: Vec<&str> = set
                    .places()
                    .filter_map(|place| catalogue::CATALOGUE.get(place))
                    .map(|item| self.l.pick(item.zh, item.en))
                    .collect();
                self.l.list(&names)
            }
            Arg::Industries(set) => {
                let names: Vec<&str> = set
                    .places()
                    .filter_map(|place| self.industries.get(place))
                    .map(|name| industry_name(self.l, name))
                    .collect();
                self.l.list(&names)
            }
            Arg::Languages(set) => {
                let names: Vec<String> = set.codes().map(|code| self.language(code)).collect();
                self.l.list(&names)
            }
            Arg::Region(place) => region::SHIPPED
                .get(usize::from(place.0))
                .map(|region| self.l.pick(region.name, region.name_en).to_owned())
                .unwrap_or_default(),
            Arg::Words(words) => self.words(words),
        }
    }

    fn spoken_kept(&self, arg: &FrozenArg) -> String {
        match arg {
            FrozenArg::Number(number) => number.to_string(),
            FrozenArg::Text(text) | FrozenArg::Code(text) => text.clone(),
            FrozenArg::Date(date) => self.l.date(*date),
            FrozenArg::Services(slugs) => {
                let items = slugs.iter().filter_map(|slug| catalogue::by_slug(slug));
                self.l.list(&items.map(|item| self.l.pick(item.zh, item.en)).collect::<Vec<_>>())
            }
            FrozenArg::Industries(names) => {
                self.l.list(&names.iter().map(|name| industry_name(self.l, name)).collect::<Vec<_>>())
            }
            FrozenArg::Languages(codes) => {
                self.l.list(&codes.iter().map(|code| self.language(code)).collect::<Vec<_>>())
            }
            FrozenArg::Region(code) => region::by_code(code)
                .map(|region| self.l.pick(region.name, region.name_en).to_owned())
                .unwrap_or_default(),
            FrozenArg::Words(words) => self.words(words),
        }
    }

    /// Words of a need, to stand in quotation marks. A concept is told by its first name, which is Chinese; in English by its
    /// first Latin one.
    fn words(&self, words: &[String]) -> String {
        let told = words.iter().map(|word| self.l.pick(word, latin_name(word).unwrap_or(word)));
        told.collect::<Vec<&str>>().join(self.l.pick("”“", "”, “"))
    }

    /// The name of a language; its code where the office has no name for it.
    fn language(&self, code: &str) -> String {
        let key = format!("language-{code}");
        if self.l.has(&key) { self.l.t(&key) } else { code.to_owned() }
    }
}

/// The name of an industry in the reader's language; what somebody wrote stays as it was written.
#[must_use]
pub fn industry_name(l: L, name: &str) -> &str {
    l.pick(name, region::industry_en(name).unwrap_or(name))
}

/// Hundredths of a point as people read them: `86.9`, `22`, `0.05`.
#[must_use]
pub fn points(hundredths: i32) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    let (whole, rest) = (hundredths.unsigned_abs() / 100, hundredths.unsigned_abs() % 100);
    match (rest, rest % 10) {
        (0, _) => format!("{sign}{whole}"),
        (_, 0) => format!("{sign}{whole}.{}", rest / 10),
        _ => format!("{sign}{whole}.{rest:02}"),
    }
}

/// Hundredths of a point as a JSON number: the shortest that reads back as itself.
#[must_use]
pub fn as_number(hundredths: i32) -> f64 {
    f64::from(hundredths) / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::licence::Licence;
    use crate::domain::matching::{
        Ground, IndustrySet, LanguageSet, OpposingSide, RegionIx, ServiceSet, Similar, frozen_reasons,
    };
    use crate::domain::need::Mode;
    use crate::domain::standing::Standing;
    use crate::i18n::Lang;
    use chrono::NaiveDate;

    fn every_reason() -> Vec<ReasonText> {
        let services: ServiceSet = [0, 3].into_iter().collect();
        let industries: IndustrySet = [0].into_iter().collect();
        let languages = LanguageSet::from_codes(["en", "ar"]);
        let region = RegionIx(4);
        vec![
            ReasonText::ServiceAll { matched: services, similar: Similar { served: 2, rated: 1, stars: 5 } },
            ReasonText::ServiceSome { matched: services, wanted: 3, similar: Similar::default() },
            ReasonText::ServiceNone,
            ReasonText::ServiceNotStated,
            ReasonText::ServiceLanguage { matched: services, wanted: 2, languages },
            ReasonText::IndustryMatched { matched: industries },
            ReasonText::IndustryNone,
            ReasonText::IndustryUnknown,
            ReasonText::IndustryNotStated,
            ReasonText::TextWords { words: vec!["商标".into(), "抢注".into()] },
            ReasonText::TextSome,
            ReasonText::TextNone,
            ReasonText::DistanceSameRegion { metres: 3_140, region },
            ReasonText::DistanceApart { metres: 12_000 },
            ReasonText::DistanceRegion { region },
            ReasonText::DistanceUnknown,
            ReasonText::DistanceRemote { mode: Mode::Phone },
            ReasonText::DutyNow,
            ReasonText::DutyToday,
            ReasonText::DutyInDays { days: 1 },
            ReasonText::DutyElsewhere,
            ReasonText::DutyNone,
            ReasonText::Load { month: 1, cap: 4, open: 0, taken_90d: 2 },
            ReasonText::LoadResting { month: 1, cap: 4, open: 0, last: 4 },
            ReasonText::FairnessAsked { asked: 1, median: 3 },
            ReasonText::FairnessNever { median: 3 },
            ReasonText::FairnessNewcomer { asked: 0, median: 3 },
            ReasonText::AnswersAll { count: 5, hours: None },
            ReasonText::AnswersSome { on_time: 4, count: 5, hours: Some(7) },
            ReasonText::AnswersNone,
            ReasonText::SatisfactionMean { tenths: 46, count: 3 },
            ReasonText::SatisfactionNone,
        ]
    }

    fn every_exclusion() -> Vec<Exclusion> {
        let day = NaiveDate::from_ymd_opt(2026, 5, 8).expect("a date");
        let name = || "某某公司".to_owned();
        vec![
            Exclusion::Standing(Standing::Suspended),
            Exclusion::AlreadyAsked,
            Exclusion::Qualification { valid_until: day },
            Exclusion::Licence { licence: Licence::PatentAttorney, valid_until: Some(day) },
            Exclusion::Leave { until: day },
            Exclusion::OpenCap { open: 2, cap: 2 },
            Exclusion::MonthlyCap { offers: 4, cap: 4 },
            Exclusion::Booked { services: 4, cap: 4 },
            Exclusion::WeekHours { given: 4, cap: 4 },
            Exclusion::OpposingParty { name: name() },
            Exclusion::OpposingAgent { name: name() },
            Exclusion::OwnEnterprise,
            Exclusion::DeclaredRelation,
            Exclusion::LearnedConflict(Ground::PastService),
            Exclusion::NeedsWaiver(Ground::OwnDepartment),
            Exclusion::Conflict,
            Exclusion::AskManager { side: OpposingSide::Party, name: name() },
            Exclusion::Mode(Mode::Onsite),
            Exclusion::Region,
            Exclusion::Distance { metres: 30_000, max_km: 20 },
        ]
    }

    #[test]
    fn every_reason_and_rule_is_said_in_both_languages() {
        assert_eq!(every_reason().len(), ReasonText::CODES.len());
        assert_eq!(every_exclusion().len(), Exclusion::CODES.len());
        let industries = vec!["人工智能".to_owned()];
        for lang in [Lang::Zh, Lang::En] {
            let teller = Teller::new(L(lang), &industries);
            let mut said: Vec<String> = every_reason().iter().map(|text| teller.text(text)).collect();
            said.extend(every_exclusion().iter().map(|rule| teller.excluded(rule)));
            said.extend(every_exclusion().iter().map(|rule| teller.excluded_tag(rule)));
            said.extend(Signal::ALL.iter().map(|signal| teller.signal(*signal)));
            said.push(teller.sentence(&every_reason()));
            for text in said {
                assert!(!text.is_empty() && !text.contains('⟦') && !text.contains("{$"), "{text}");
            }
        }
    }

    #[test]
    fn a_licence_that_bars_is_named_with_its_end_or_as_missing() {
        let day = NaiveDate::from_ymd_opt(2026, 5, 8).expect("a date");
        for lang in [Lang::Zh, Lang::En] {
            let teller = Teller::new(L(lang), &[]);
            for licence in Licence::ALL {
                let ended = teller.excluded(&Exclusion::Licence { licence: *licence, valid_until: Some(day) });
                let never = teller.excluded(&Exclusion::Licence { licence: *licence, valid_until: None });
                assert!(ended.contains("2026") && !never.contains("2026") && ended != never, "{ended} {never}");
                assert!(![ended, never].iter().any(|text| text.contains('⟦') || text.contains("{$")), "{licence}");
                assert!(L(lang).has(&format!("licence-{licence}")), "{licence}");
            }
        }
    }

    /// What is kept with an offer reads the same as what staff read when it was made.
    #[test]
    fn a_kept_reason_reads_as_it_read_then() {
        let industries = vec!["人工智能".to_owned()];
        for lang in [Lang::Zh, Lang::En] {
            let teller = Teller::new(L(lang), &industries);
            for text in every_reason() {
                let reason = Reason { signal: Signal::Service, value: 1, weight: 1, contribution: 1, text };
                let json = serde_json::to_string(&frozen_reasons(std::slice::from_ref(&reason), &industries)).unwrap();
                let kept: Vec<FrozenReason> = serde_json::from_str(&json).unwrap();
                // The names stand in what is kept: whoever reads it needs none.
                assert_eq!(Teller::new(L(lang), &[]).kept(&kept[0]), teller.reason(&reason), "{json}");
            }
        }
        let gone = FrozenReason("no-such-code".to_owned(), Vec::new());
        assert_eq!(Teller::new(L(Lang::Zh), &[]).kept(&gone), "");
    }

    #[test]
    fn figures_and_names_stand_in_the_sentence() {
        let zh = Teller::new(L(Lang::Zh), &[]);
        let en = Teller::new(L(Lang::En), &[]);
        let near = ReasonText::DistanceSameRegion { metres: 3_140, region: RegionIx(4) };
        assert_eq!(zh.text(&near), "同在海淀区，相距 3.1 公里");
        assert_eq!(en.text(&near), "Also in Haidian, 3.1 km away");
        let words = ReasonText::TextWords { words: vec!["商标".into(), "抢注".into()] };
        assert_eq!(zh.text(&words), "需求中的“商标”“抢注”见于其专长与记录");
        assert_eq!(zh.sentence(&[near, ReasonText::DutyNow]), "同在海淀区，相距 3.1 公里；此刻正在本站值班。");
        assert_eq!(zh.sentence(&[]), "");
    }

    #[test]
    fn english_readers_read_no_chinese_names_of_industries_and_concepts() {
        let industries = vec!["人工智能".to_owned(), "精密仪器".to_owned()];
        let en = Teller::new(L(Lang::En), &industries);
        let matched: IndustrySet = [0].into_iter().collect();
        assert!(en.text(&ReasonText::IndustryMatched { matched }).contains("Artificial intelligence"));
        let matched: IndustrySet = [1].into_iter().collect();
        assert!(en.text(&ReasonText::IndustryMatched { matched }).contains("精密仪器"), "as somebody wrote it");
        let told = en.text(&ReasonText::TextWords { words: vec!["专利导航".into(), "某某词".into()] });
        assert!(told.contains("patent navigation") && told.contains("某某词"), "{told}");
        let zh = Teller::new(L(Lang::Zh), &industries);
        assert!(zh.text(&ReasonText::TextWords { words: vec!["专利导航".into()] }).contains("专利导航"));
    }

    #[test]
    fn points_are_written_short_and_read_back() {
        for (hundredths, text) in [(8690, "86.9"), (2200, "22"), (5, "0.05"), (1234, "12.34"), (0, "0")] {
            assert_eq!(points(hundredths), text);
            assert_eq!(
                serde_json::to_string(&as_number(hundredths)).ok().and_then(|json| json.parse::<f64>().ok()),
                text.parse().ok()
            );
        }
    }
}
