//! Licences (执业证书): which service items ask for one, and whether somebody's would still hold on the day of the service.
//!
//! Source: 《专利代理条例》 and 《律师法》 ask for a licence of whoever acts as an agent (代理) in patent matters or in court;
//! the standard's items are advice and guidance, for which neither asks one, and rules.md is silent. So nothing here is
//! law: it is the centre's policy ([`LicenceRules`], versioned, editable by a manager), and its defaults are careful.
//! They name the items that lead up to an agent's business, and let only a licence that *has expired* bar (issue "The
//! registry", 2: an expired licence blocks only new matches that need it). Whoever never had one is judged by the other
//! rules, unless the manager says that it has to be held. Contract: pure; asked of a day. Deliberately absent: whether
//! somebody is qualified at all, which is `matching::Qualified`, and open cases, which no licence that ends takes away.

use super::catalogue;
use super::document::{Validity, last_day};
use super::refusal::{FieldProblem, Problems};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

text_enum! {
    /// A licence to practise.
    pub enum Licence {
        /// 专利代理师.
        PatentAttorney = "patent-attorney",
        /// 律师.
        Lawyer = "lawyer",
    }
}

impl Licence {
    /// The licence a certificate of that name is; `None` for titles, memberships and everything else. 专利代理人 is what it
    /// was called until 2019.
    #[must_use]
    pub fn of_certificate(name: &str) -> Option<Self> {
        if name.contains("协会") || name.contains("会员") {
            None
        } else if name.contains("专利代理") {
            Some(Self::PatentAttorney)
        } else if name.contains("律师") {
            Some(Self::Lawyer)
        } else {
            None
        }
    }
}

/// How long somebody's licences hold: for each the last valid day, the end of time for one without an end, nothing for one
/// that was never on file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Licensed([Option<NaiveDate>; Licence::ALL.len()]);

impl Licensed {
    /// Of certificates by name and validity; of several of a kind the one that lasts longest counts. Where a licence to
    /// practise (执业) is on file, what only says that somebody passed the examination (资格) says nothing more.
    #[must_use]
    pub fn of<'a>(certificates: impl Iterator<Item = (&'a str, Validity)> + Clone) -> Self {
        let mut licensed = Self::default();
        for (licence, held) in Licence::ALL.iter().zip(&mut licensed.0) {
            let of_kind = certificates.clone().filter(|(name, _)| Licence::of_certificate(name) == Some(*licence));
            let practises = |name: &str| name.contains("执业");
            let told = of_kind.clone().any(|(name, _)| practises(name));
            let of_kind = of_kind.filter(|(name, _)| !told || practises(name)).map(|(_, validity)| validity);
            *held = last_day(of_kind).map(|end| end.unwrap_or(NaiveDate::MAX));
        }
        licensed
    }

    /// The last valid day of a licence (the places are those of [`Licence::ALL`]); `None` when it was never on file.
    #[must_use]
    pub fn until(&self, licence: Licence) -> Option<NaiveDate> {
        self.0.get(licence as usize).copied().flatten()
    }
}

/// What one service item asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LicenceRule {
    /// Any one of these will do.
    pub any_of: Vec<Licence>,
    /// Whether one has to be held; else only one that has expired bars.
    #[serde(default)]
    pub must_hold: bool,
}

/// Why a licence bars.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unlicensed {
    /// The licence: of several the one that lasted longest, or the first that would do.
    pub licence: Licence,
    /// Its last valid day; `None` when none is on file.
    pub until: Option<NaiveDate>,
}

impl LicenceRule {
    /// Whether somebody's licences will do on that day.
    ///
    /// # Errors
    /// What is missing.
    pub fn met(&self, licensed: &Licensed, day: NaiveDate) -> Result<(), Unlicensed> {
        let mut ended: Option<Unlicensed> = None;
        for licence in &self.any_of {
            let Some(until) = licensed.until(*licence) else { continue };
            if until >= day {
                return Ok(());
            }
            if ended.is_none_or(|known| known.until < Some(until)) {
                ended = Some(Unlicensed { licence: *licence, until: Some(until) });
            }
        }
        match (ended, self.any_of.first()) {
            (Some(ended), _) => Err(ended),
            (None, Some(first)) if self.must_hold => Err(Unlicensed { licence: *first, until: None }),
            (None, _) => Ok(()),
        }
    }
}

/// What each service item asks for, by slug; an item that is not named asks for none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LicenceRules(pub BTreeMap<String, LicenceRule>);

impl Default for LicenceRules {
    fn default() -> Self {
        let rule = |any_of: &[Licence]| LicenceRule { any_of: any_of.to_vec(), must_hold: false };
        let attorney = rule(&[Licence::PatentAttorney]);
        let either = rule(&[Licence::Lawyer, Licence::PatentAttorney]);
        Self(BTreeMap::from([
            ("application".to_owned(), attorney.clone()),
            ("pre-examination".to_owned(), attorney),
            ("rights-aid".to_owned(), either.clone()),
            ("dispute".to_owned(), either),
        ]))
    }
}

impl LicenceRules {
    /// No item asks for any.
    #[must_use]
    pub const fn none() -> Self {
        Self(BTreeMap::new())
    }

    /// What these service items ask for, each thing once.
    #[must_use]
    pub fn of(&self, services: &[String]) -> Vec<LicenceRule> {
        let mut asked: Vec<LicenceRule> = Vec::new();
        for rule in services.iter().filter_map(|slug| self.0.get(slug)) {
            if !asked.contains(rule) {
                asked.push(rule.clone());
            }
        }
        asked
    }

    /// Names what makes no sense, by the item's slug.
    pub fn check(&self, problems: &mut Problems) {
        for (slug, rule) in &self.0 {
            if catalogue::by_slug(slug).is_none() {
                problems.add(FieldProblem::with("licences", "not-a-service", slug));
            } else if rule.any_of.is_empty() {
                problems.add(FieldProblem::new(format!("licences.{slug}"), "missing"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn until(text: &str) -> Validity {
        Validity { from: None, until: Some(day(text)) }
    }

    fn licensed(papers: &[(&str, Validity)]) -> Licensed {
        Licensed::of(papers.iter().copied())
    }

    #[test]
    fn certificates_are_known_by_name_and_titles_are_no_licence() {
        for (name, licence) in [
            ("专利代理师资格证", Some(Licence::PatentAttorney)),
            ("专利代理人", Some(Licence::PatentAttorney)),
            ("律师执业证", Some(Licence::Lawyer)),
            ("律师协会会员证", None),
            ("知识产权师（高级）", None),
            ("", None),
        ] {
            assert_eq!(Licence::of_certificate(name), licence, "{name}");
        }
    }

    #[test]
    fn only_one_that_has_expired_bars_unless_it_has_to_be_held() {
        let rules = LicenceRules::default();
        let dispute = rules.of(&["dispute".to_owned(), "search".to_owned(), "rights-aid".to_owned()]);
        assert_eq!(dispute.len(), 1, "the same thing is asked once");
        let asked = |papers: &[(&str, Validity)]| dispute[0].met(&licensed(papers), day("2026-06-01"));
        assert_eq!(asked(&[]), Ok(()), "never had one: judged by the other rules");
        assert_eq!(asked(&[("律师执业证", until("2026-06-01"))]), Ok(()), "the last day counts");
        let ended = Unlicensed { licence: Licence::Lawyer, until: Some(day("2026-05-31")) };
        assert_eq!(asked(&[("律师执业证", until("2026-05-31"))]), Err(ended));
        let passed_long_ago = ("律师资格证", Validity::default());
        assert_eq!(
            asked(&[("律师执业证", until("2026-05-31")), passed_long_ago]),
            Err(ended),
            "the examination stays passed"
        );
        assert_eq!(asked(&[passed_long_ago]), Ok(()));
        assert_eq!(asked(&[("律师执业证", until("2026-05-31")), ("高级知识产权师", Validity::default())]), Err(ended));
        assert_eq!(
            asked(&[("律师执业证", until("2026-05-31")), ("专利代理师", Validity::default())]),
            Ok(()),
            "any one of them will do"
        );
        assert_eq!(
            asked(&[("律师执业证", until("2020-01-01")), ("律师执业证", until("2026-12-31"))]),
            Ok(()),
            "renewed"
        );
        let later = [("律师执业证", until("2026-01-01")), ("专利代理师", until("2026-05-31"))];
        let told = Unlicensed { licence: Licence::PatentAttorney, until: Some(day("2026-05-31")) };
        assert_eq!(asked(&later), Err(told), "told is the one that lasted longest");
        let held = LicenceRule { must_hold: true, ..dispute[0].clone() };
        let never = Unlicensed { licence: Licence::Lawyer, until: None };
        assert_eq!(held.met(&Licensed::default(), day("2026-06-01")), Err(never));
        assert_eq!(held.met(&licensed(&[("专利代理师", until("2026-06-01"))]), day("2026-06-01")), Ok(()));
    }

    #[test]
    fn items_that_ask_for_nothing_ask_for_nothing() {
        let rules = LicenceRules::default();
        assert_eq!(rules.of(&["training".to_owned(), "search".to_owned()]), []);
        assert_eq!(LicenceRules::none().of(&["dispute".to_owned()]), []);
        for slug in rules.0.keys() {
            assert!(catalogue::by_slug(slug).is_some(), "{slug}");
        }
        let mut wrong = rules.clone();
        wrong.0.insert("nothing".to_owned(), LicenceRule { any_of: vec![Licence::Lawyer], must_hold: false });
        wrong.0.insert("search".to_owned(), LicenceRule { any_of: Vec::new(), must_hold: false });
        let mut problems = Problems::default();
        wrong.check(&mut problems);
        assert!(problems.settle().is_err());
        let text = serde_json::to_string(&rules).expect("text");
        assert_eq!(serde_json::from_str::<LicenceRules>(&text).expect("reads"), rules);
    }
}
