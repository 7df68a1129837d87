//! Day by day in words: why a day of the count behind a deadline is counted or not.
//!
//! The codes and figures are the domain's ([`crate::domain::answer_rule::Why`]), the sentences are `answer_rule.ftl`'s.
//! Letters, pages, calls and the command line say the same sentence. Deliberately absent: any counting.

use super::L;
use crate::domain::answer_rule::Why;

impl L {
    /// Why a day is counted, or why not, as a sentence of the handle's language.
    #[must_use]
    pub fn why(&self, why: &Why) -> String {
        let occasion = why.occasion_key().map(|key| self.t(&key));
        let arguments = why.arguments();
        let spoken: Vec<(&str, &str)> = arguments
            .iter()
            .map(|(name, value)| match (&occasion, *name) {
                (Some(translated), "occasion") => (*name, translated.as_str()),
                _ => (*name, value.as_str()),
            })
            .collect();
        self.a(&format!("why-{}", why.code()), &spoken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    #[test]
    fn a_day_is_told_with_its_festival_in_the_readers_language() {
        let moved = Why::LastDayHoliday { occasion: "劳动节".to_owned() };
        assert_eq!(L(Lang::Zh).why(&moved), "最后一日遇劳动节假期，顺延（《民法典》第二百零三条）");
        assert_eq!(
            L(Lang::En).why(&moved),
            "The last day would fall on a holiday (Labour Day): it moves on (Civil Code, art. 203)"
        );
        assert_eq!(L(Lang::En).why(&Why::Counted { n: 2 }), "Day 2");
        assert!(L(Lang::Zh).why(&Why::UnknownYearWorkingDay { n: 2, year: 2027 }).contains("2027 年"));
    }
}
