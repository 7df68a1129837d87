//! How an expert answered and was rated, counted as rules.md ("Figures") says.

use crate::domain::assignment::OfferOutcome;
use crate::i18n::L;

/// Counts of answers and marks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Answered before the due instant.
    pub on_time: u32,
    /// Answered at or after it.
    pub late: u32,
    /// Not answered.
    pub lapsed: u32,
    /// Nearest-rank median of the minutes from notice to first answer.
    pub median_minutes: Option<i64>,
    /// How many marks.
    pub marks: i64,
    /// Their sum.
    pub marks_sum: i64,
}

impl Figures {
    /// Counts finished offers; undelivered and void ones are in no denominator.
    #[must_use]
    pub fn of<'a>(offers: impl IntoIterator<Item = &'a (OfferOutcome, Option<i64>)>) -> Self {
        let mut figures = Self::default();
        let mut minutes: Vec<i64> = Vec::new();
        for (outcome, taken) in offers {
            match outcome {
                OfferOutcome::OnTime => figures.on_time += 1,
                OfferOutcome::Late => figures.late += 1,
                OfferOutcome::Lapsed => figures.lapsed += 1,
                OfferOutcome::Undelivered | OfferOutcome::Void => {}
            }
            minutes.extend(taken);
        }
        minutes.sort_unstable();
        figures.median_minutes = minutes.get(minutes.len().div_ceil(2).saturating_sub(1)).copied();
        figures
    }

    /// How many offers count.
    #[must_use]
    pub const fn counted(&self) -> u32 {
        self.on_time + self.late + self.lapsed
    }

    /// The share answered on time, `97.4%`; a dash when nothing counts.
    #[must_use]
    pub fn share(&self) -> String {
        let counted = self.counted();
        if counted == 0 {
            return "—".to_owned();
        }
        let tenths = (u64::from(self.on_time) * 2_000 + u64::from(counted)) / (u64::from(counted) * 2);
        if tenths % 10 == 0 { format!("{}%", tenths / 10) } else { format!("{}.{}%", tenths / 10, tenths % 10) }
    }

    /// The mean mark with one decimal, `4.6`; a dash when there is none.
    #[must_use]
    pub fn mean_mark(&self) -> String {
        if self.marks <= 0 {
            return "—".to_owned();
        }
        let tenths = (self.marks_sum * 20 + self.marks) / (self.marks * 2);
        format!("{}.{}", tenths / 10, tenths % 10)
    }

    /// The median in words; a dash when nothing was answered.
    #[must_use]
    pub fn median(&self, l: L) -> String {
        self.median_minutes.map_or_else(|| "—".to_owned(), |minutes| l.span(minutes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_medians_and_means_are_counted_as_the_rules_say() {
        let offers = [
            (OfferOutcome::OnTime, Some(60)),
            (OfferOutcome::OnTime, Some(120)),
            (OfferOutcome::Late, Some(4_000)),
            (OfferOutcome::Lapsed, None),
            (OfferOutcome::Undelivered, None),
            (OfferOutcome::Void, None),
        ];
        let figures = Figures::of(&offers);
        assert_eq!((figures.counted(), figures.share().as_str(), figures.median_minutes), (4, "50%", Some(120)));
        assert_eq!(Figures { on_time: 37, lapsed: 1, ..Figures::default() }.share(), "97.4%");
        assert_eq!(Figures::default().share(), "—");
        assert_eq!(Figures { marks: 3, marks_sum: 14, ..Figures::default() }.mean_mark(), "4.7");
        assert_eq!(Figures::default().mean_mark(), "—");
    }
}
