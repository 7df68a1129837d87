//! Fairness (公平观察): how evenly offers lie on the experts, and who works for whom again and again.
//!
//! Formulas, as the pages state them. A load is the number of offers an expert had; experts without any count with 0.
//! Gini = (2·Σ i·xᵢ − (n+1)·Σ xᵢ) ÷ (n·Σ xᵢ) over the loads x₁ ≤ … ≤ xₙ: 0 when all are alike, towards 1 when one has
//! everything. The top tenth's share is that of the ⌈n/10⌉ largest loads. All in permille, rounded half up, so that the
//! same rows give the same figure everywhere. Deliberately absent: reading, names and thresholds a manager might set.

use super::Fact;
use crate::domain::assignment::AnswerKind;
use std::collections::HashMap;

/// How evenly a number of loads lie, in permille.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Evenness {
    /// How many experts.
    pub experts: u64,
    /// How many of them had at least one offer.
    pub asked: u64,
    /// Offers in all.
    pub offers: u64,
    /// The Gini coefficient; None without an offer.
    pub gini: Option<u16>,
    /// Share of the busiest tenth of the experts; None without an offer.
    pub top_tenth: Option<u16>,
    /// Share of the ten busiest experts; None without an offer.
    pub top_ten: Option<u16>,
}

impl Evenness {
    /// Of these loads, in any order; their order changes.
    #[must_use]
    pub fn of(loads: &mut [u32]) -> Self {
        loads.sort_unstable();
        let experts = loads.len() as u64;
        let offers: u64 = loads.iter().map(|load| u64::from(*load)).sum();
        let asked = loads.iter().filter(|load| **load > 0).count() as u64;
        let top = |count: usize| permille(loads.iter().rev().take(count).map(|load| u64::from(*load)).sum(), offers);
        Self { experts, asked, offers, gini: gini(loads), top_tenth: top(loads.len().div_ceil(10)), top_ten: top(10) }
    }
}

/// The Gini coefficient of loads in rising order, in permille; None when they sum to nothing.
fn gini(rising: &[u32]) -> Option<u16> {
    let n = i128::try_from(rising.len()).ok()?;
    let (mut weighted, mut sum) = (0_i128, 0_i128);
    for (place, load) in (1_i128..).zip(rising) {
        weighted += place * i128::from(*load);
        sum += i128::from(*load);
    }
    let whole = n * sum;
    let part = 2 * weighted - (n + 1) * sum;
    (whole > 0).then(|| u16::try_from((2000 * part + whole) / (2 * whole)).unwrap_or(1000))
}

/// A share in permille, rounded half up; None of nothing.
#[must_use]
pub fn permille(part: u64, whole: u64) -> Option<u16> {
    let exact = u128::from(part) * 2000 + u128::from(whole);
    (whole > 0).then(|| u16::try_from(exact / (2 * u128::from(whole))).unwrap_or(1000))
}

/// The Lorenz curve in tenths of the experts, least asked first: how much of all offers, in permille, the first tenth,
/// two tenths, … had. The last is 1000; empty without an offer.
#[must_use]
pub fn lorenz(loads: &mut [u32]) -> Vec<u16> {
    loads.sort_unstable();
    let all: u64 = loads.iter().map(|load| u64::from(*load)).sum();
    let mut curve = Vec::with_capacity(10);
    for tenth in 1..=10 {
        let upto = (loads.len() * tenth).div_ceil(10);
        let part = loads.iter().take(upto).map(|load| u64::from(*load)).sum();
        curve.extend(permille(part, all));
    }
    curve
}

/// How many offers make one asked too often: three times the mean of all experts, rounded up, and at least five.
#[must_use]
pub fn too_often(evenness: &Evenness) -> u32 {
    let mean_threefold = (evenness.offers * 3)
        .checked_div(evenness.experts)
        .map_or(0, |whole| whole + u64::from(whole * evenness.experts < evenness.offers * 3));
    u32::try_from(mean_threefold).unwrap_or(u32::MAX).max(5)
}

/// A firm that took on needs of one enterprise several times. Places are those of [`super::Names`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The firm.
    pub firm: u32,
    /// The enterprise.
    pub enterprise: u32,
    /// How often the firm's experts accepted a need of the enterprise.
    pub times: u32,
    /// How often anybody did.
    pub of: u32,
}

/// Accepted offers of a firm and an enterprise from which the pair is told.
pub const AGAIN_AND_AGAIN: u32 = 3;

/// The pairs that met [`AGAIN_AND_AGAIN`] or more, most often first, then by places. `firm` gives for a firm's place the
/// place it counts under, so that one firm under several spellings is one.
pub fn pairs<'a>(facts: impl Iterator<Item = &'a Fact>, mut firm: impl FnMut(u32) -> u32) -> Vec<Pair> {
    let mut together: HashMap<(u32, u32), u32> = HashMap::new();
    let mut of_enterprise: HashMap<u32, u32> = HashMap::new();
    for fact in facts.filter(|fact| fact.is_answered() && fact.answer == Some(AnswerKind::Accept)) {
        *together.entry((firm(fact.firm), fact.enterprise)).or_default() += 1;
        *of_enterprise.entry(fact.enterprise).or_default() += 1;
    }
    let mut found: Vec<Pair> = together
        .into_iter()
        .filter(|(_, times)| *times >= AGAIN_AND_AGAIN)
        .map(|((firm, enterprise), times)| {
            let of = of_enterprise.get(&enterprise).copied().unwrap_or(times);
            Pair { firm, enterprise, times, of }
        })
        .collect();
    found.sort_unstable_by_key(|pair| (std::cmp::Reverse(pair.times), pair.firm, pair.enterprise));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::assignment::OfferOutcome;
    use chrono::NaiveDate;

    #[test]
    fn the_gini_coefficient_of_known_distributions() {
        let cases: [(&[u32], Option<u16>, Option<u16>); 7] = [
            (&[], None, None),
            (&[0, 0, 0], None, None),
            (&[4, 4, 4, 4], Some(0), Some(250)),
            (&[0, 0, 0, 8], Some(750), Some(1000)),
            (&[1, 2, 3, 4, 5], Some(267), Some(333)),
            (&[5, 3, 1, 2, 4], Some(267), Some(333)),
            (&[7], Some(0), Some(1000)),
        ];
        for (loads, gini, top_tenth) in cases {
            let evenness = Evenness::of(&mut loads.to_vec());
            assert_eq!((evenness.gini, evenness.top_tenth), (gini, top_tenth), "{loads:?}");
            assert_eq!(evenness.asked, loads.iter().filter(|load| **load > 0).count() as u64);
        }
    }

    /// Half the mean difference of all pairs over the mean: the definition, against the formula by ranks.
    #[test]
    fn the_formula_by_ranks_agrees_with_the_definition() {
        let mut seed = 9_u64;
        for length in 1..60 {
            let loads: Vec<u32> = (0..length)
                .map(|_| {
                    seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    u32::try_from((seed >> 33) % 9).expect("small")
                })
                .collect();
            let sum: u64 = loads.iter().map(|load| u64::from(*load)).sum();
            let mut differences = 0_u64;
            for one in &loads {
                differences += loads.iter().map(|other| u64::from(one.abs_diff(*other))).sum::<u64>();
            }
            let expected = permille(differences, 2 * loads.len() as u64 * sum);
            assert_eq!(Evenness::of(&mut loads.clone()).gini, expected, "{loads:?}");
        }
    }

    #[test]
    fn the_curve_rises_to_everything() {
        let curve = lorenz(&mut [0, 0, 0, 0, 0, 1, 1, 1, 1, 6]);
        assert_eq!(curve, [0, 0, 0, 0, 0, 100, 200, 300, 400, 1000]);
        assert!(lorenz(&mut [0, 0]).is_empty());
        assert_eq!(lorenz(&mut [3]), [1000; 10]);
    }

    #[test]
    fn too_often_is_three_times_the_mean_and_never_below_five() {
        let of = |experts, offers| too_often(&Evenness { experts, offers, ..Evenness::default() });
        assert_eq!([of(0, 0), of(10, 10), of(10, 20), of(10, 21), of(3, 100)], [5, 5, 6, 7, 100]);
    }

    #[test]
    fn pairs_are_told_from_three_accepted_offers_on() {
        let fact = |firm: u32, enterprise: u32, answer| Fact {
            day: NaiveDate::from_ymd_opt(2026, 5, 8).expect("a day"),
            outcome: Some(OfferOutcome::OnTime),
            answer: Some(answer),
            decline_reason: None,
            by_staff: false,
            minutes: Some(9),
            region: 0,
            station: 0,
            expert: firm,
            firm,
            enterprise,
            need: 0,
            services: 0,
        };
        let mut facts = vec![fact(1, 7, AnswerKind::Accept); 4];
        facts.extend(vec![fact(2, 7, AnswerKind::Accept); 2]);
        facts.extend(vec![fact(3, 8, AnswerKind::Decline); 5]);
        facts.extend(vec![fact(2, 9, AnswerKind::Accept); 3]);
        let found = pairs(facts.iter(), |firm| firm);
        assert_eq!(
            found,
            [Pair { firm: 1, enterprise: 7, times: 4, of: 6 }, Pair { firm: 2, enterprise: 9, times: 3, of: 3 }]
        );
        let one_house = pairs(facts.iter(), |_| 1);
        assert_eq!(one_house[0], Pair { firm: 1, enterprise: 7, times: 6, of: 6 }, "two spellings of one firm");
    }
}
