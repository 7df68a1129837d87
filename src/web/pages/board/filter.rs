//! What the board is asked for: days, rows, region; and the addresses of what lies behind its figures.
//!
//! Values that are not known are left out rather than refused; the form shows what was taken.

use super::Preset;
use crate::actions::answer_book::BoardSpan;
use crate::domain::calendar::beijing_date;
use crate::domain::figures::{By, Measure};
use crate::domain::refusal::Refusal;
use crate::domain::region;
use crate::domain::role::Scope;
use crate::i18n::L;
use crate::web::call::Call;
use crate::web::pages::need::words::Pick;
use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};

/// The longest span, in days: four years.
const LONGEST: u64 = 1_461;

/// What the board is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// From this Beijing date.
    pub from: NaiveDate,
    /// To this one, counted.
    pub to: NaiveDate,
    /// What a row stands for.
    pub by: By,
    /// Of this region only.
    pub region: Option<String>,
}

impl Filter {
    /// Reads the query; the last thirty days when no day is given.
    ///
    /// # Errors
    /// [`Refusal::SignInFirst`].
    pub fn of(call: &Call) -> Result<Self, Refusal> {
        let scope = call.scope()?;
        let day = |name: &str| call.query_value(name).and_then(|text| text.parse::<NaiveDate>().ok());
        let by = call.query_value("by").and_then(|text| text.parse().ok()).unwrap_or(match scope {
            Scope::Everything => By::Region,
            Scope::Regions(_) => By::Station,
            Scope::Station(_) => By::Expert,
        });
        let region = call.query_value("region").filter(|code| region::by_code(code).is_some());
        Ok(Self::settled(day("from"), day("to"), beijing_date(call.now), by, region))
    }

    fn settled(
        from: Option<NaiveDate>,
        to: Option<NaiveDate>,
        today: NaiveDate,
        by: By,
        region: Option<String>,
    ) -> Self {
        // Nothing is known of days to come, and nothing was before this century.
        let first_of_all = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or_default();
        let to = to.unwrap_or(today).clamp(first_of_all, today.max(first_of_all));
        let from = from.unwrap_or_else(|| back(to, 29)).clamp(first_of_all, today.max(first_of_all));
        let (from, to) = if from <= to { (from, to) } else { (to, from) };
        Self { from: from.max(back(to, LONGEST - 1)), to, by, region }
    }

    /// The same for the answer book.
    #[must_use]
    pub fn span(&self) -> BoardSpan {
        BoardSpan { from: self.from, to: self.to, by: self.by, region: self.region.clone() }
    }

    /// The days, in words.
    #[must_use]
    pub fn span_words(&self, l: L) -> String {
        l.a("board-span", &[("from", &l.date(self.from)), ("to", &l.date(self.to))])
    }

    /// A page with this filter.
    #[must_use]
    pub fn address(&self, path: &str) -> String {
        format!("{path}?{}", self.query(&[]))
    }

    /// The cases behind a figure of all.
    #[must_use]
    pub fn cases(&self, measure: Measure) -> String {
        format!("/board/cases?{}", self.query(&[("measure", measure.as_str())]))
    }

    /// The cases behind a figure of some, narrowed by more.
    #[must_use]
    pub fn cases_with(&self, measure: Measure, more: &[(&str, &str)]) -> String {
        let mut all = vec![("measure", measure.as_str())];
        all.extend_from_slice(more);
        format!("/board/cases?{}", self.query(&all))
    }

    /// The cases of one row, up to the name of the figure, which is to be written behind.
    #[must_use]
    pub fn row_cases(&self, key: &str) -> String {
        format!("/board/cases?{}&measure=", self.query(&[("key", key)]))
    }

    fn query(&self, more: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("from", &self.from.to_string()).append_pair("to", &self.to.to_string());
        query.append_pair("by", self.by.as_str());
        if let Some(code) = self.region.as_deref().filter(|_| !more.iter().any(|(name, _)| *name == "region")) {
            query.append_pair("region", code);
        }
        for (name, value) in more {
            query.append_pair(name, value);
        }
        query.finish()
    }

    /// The spans that are often asked for.
    #[must_use]
    pub fn presets(&self, l: L, now: DateTime<Utc>) -> Vec<Preset> {
        let today = beijing_date(now);
        let first = today.with_day(1).unwrap_or(today);
        let before = back(first, 1);
        let spans = [
            ("days30", back(today, 29), today),
            ("month", first, today),
            ("last-month", before.with_day(1).unwrap_or(before), before),
            ("days90", back(today, 89), today),
            ("year", back(today, 364), today),
        ];
        spans
            .into_iter()
            .map(|(key, from, to)| {
                let span = Self { from, to, ..self.clone() };
                Preset {
                    href: span.address("/board"),
                    label: l.t(&format!("board-preset-{key}")),
                    current: (self.from, self.to) == (from, to),
                }
            })
            .collect()
    }
}

fn back(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(days)).unwrap_or(day)
}

/// The regions a scope may choose from, all of them first.
#[must_use]
pub fn regions(l: L, scope: &Scope, chosen: Option<&str>) -> Vec<Pick> {
    let chosen = chosen.unwrap_or_default();
    let mut picks = vec![Pick::new("", l.t("board-any-region"), chosen)];
    picks.extend(
        region::SHIPPED
            .iter()
            .filter(|one| one.parent.is_some() && scope.covers_region(one.code))
            .map(|one| Pick::new(one.code, l.pick(one.name, one.name_en), chosen)),
    );
    picks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn days_are_put_in_order_and_kept_within_reason() {
        let today = day("2026-05-08");
        let cases = [
            (None, None, "2026-04-09", "2026-05-08"),
            (Some("2026-05-01"), Some("2026-04-01"), "2026-04-01", "2026-05-01"),
            (Some("2026-01-01"), Some("2030-01-01"), "2026-01-01", "2026-05-08"),
            (Some("0001-01-01"), None, "2022-05-09", "2026-05-08"),
            (Some("9999-01-01"), Some("9999-12-31"), "2026-05-08", "2026-05-08"),
        ];
        for (from, to, shown_from, shown_to) in cases {
            let got = Filter::settled(from.map(day), to.map(day), today, By::Month, None);
            assert_eq!((got.from, got.to), (day(shown_from), day(shown_to)), "{from:?} {to:?}");
        }
    }

    #[test]
    fn addresses_carry_the_filter_and_are_escaped() {
        let filter = Filter::settled(None, None, day("2026-05-08"), By::Firm, Some("110108".to_owned()));
        assert_eq!(filter.address("/board"), "/board?from=2026-04-09&to=2026-05-08&by=firm&region=110108");
        assert!(filter.row_cases("甲&乙").ends_with("&key=%E7%94%B2%26%E4%B9%99&measure="));
        let other = filter.cases_with(Measure::Due, &[("region", "110105")]);
        assert!(other.ends_with("&measure=due&region=110105") && !other.contains("110108"), "{other}");
    }
}
