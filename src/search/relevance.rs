//! How good an order of experts is, by the grades people gave them.
//!
//! Grades are 0–3; −1 says that the expert must not come up at all. The gain of a grade is `2^grade − 1`, the discount of
//! a rank `log2(rank + 1)`; whoever was not judged counts 0, and so does −1, which is counted apart as a violation.
//! Source: Järvelin and Kekäläinen, Cumulated gain-based evaluation of IR techniques (2002); contract.md, "Judged
//! collections".
//!
//! Contract: pure functions of grades in rank order. Deliberately absent: files and names (`cli` reads collections).

/// How deep nDCG looks.
pub const NDCG_DEPTH: usize = 10;
/// How deep recall looks.
pub const RECALL_DEPTH: usize = 20;
/// The least grade of an expert worth asking: the threshold of the reciprocal rank and of recall.
pub const WORTH_ASKING: i8 = 1;
/// The highest grade.
pub const HIGHEST: i8 = 3;
/// The grade of whoever must be excluded.
pub const EXCLUDED: i8 = -1;

/// `2^grade − 1`; nothing for 0 and below.
#[must_use]
pub fn gain(grade: i8) -> f64 {
    if grade <= 0 { 0.0 } else { f64::from(grade).exp2() - 1.0 }
}

/// The discounted cumulated gain of grades in rank order, down to `depth`.
#[must_use]
pub fn dcg(grades: &[i8], depth: usize) -> f64 {
    let mut sum = 0.0;
    let mut rank = 1.0_f64;
    for grade in grades.iter().take(depth) {
        sum += gain(*grade) / (rank + 1.0).log2();
        rank += 1.0;
    }
    sum
}

/// nDCG at `depth`: the order's gain over that of the best order of everybody judged. `None` when nobody judged is worth
/// anything, for then every order is as good.
#[must_use]
pub fn ndcg(ranked: &[i8], judged: &[i8], depth: usize) -> Option<f64> {
    let mut best = judged.to_vec();
    best.sort_unstable_by(|one, other| other.cmp(one));
    let ideal = dcg(&best, depth);
    (ideal > 0.0).then(|| dcg(ranked, depth) / ideal)
}

/// One over the rank of the first expert worth asking; 0 if none was returned.
#[must_use]
pub fn reciprocal_rank(ranked: &[i8]) -> f64 {
    match ranked.iter().position(|grade| *grade >= WORTH_ASKING) {
        Some(above) => 1.0 / (above as f64 + 1.0),
        None => 0.0,
    }
}

/// Share of those worth asking who stand among the first `depth`. `None` when nobody is.
#[must_use]
pub fn recall(ranked: &[i8], judged: &[i8], depth: usize) -> Option<f64> {
    let worth = |grades: &[i8]| grades.iter().filter(|grade| **grade >= WORTH_ASKING).count();
    let all = worth(judged);
    let found = worth(ranked.get(..depth).unwrap_or(ranked));
    (all > 0).then(|| found as f64 / all as f64)
}

/// The mean of what there is; 0 of nothing.
#[must_use]
pub fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for value in values {
        sum += value;
        count += 1.0;
    }
    if count == 0.0 { 0.0 } else { sum / count }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: Option<f64>, expected: f64) {
        assert!(value.is_some_and(|value| (value - expected).abs() < 1e-4), "{value:?} instead of {expected}");
    }

    #[test]
    fn ndcg_is_what_a_hand_calculates() {
        // 3, 2, 3, 0, 1, 2 in rank order: 7/1 + 3/1.58496 + 7/2 + 0 + 1/2.58496 + 3/2.80735 = 13.84826;
        // ideal 3, 3, 2, 2, 1, 0: 7 + 7/1.58496 + 3/2 + 3/2.32193 + 1/2.58496 = 14.59539.
        let ranked = [3, 2, 3, 0, 1, 2];
        assert!((dcg(&ranked, 10) - 13.848_26).abs() < 1e-4);
        near(ndcg(&ranked, &ranked, 10), 0.948_81);
        // One graded 2 at rank 3: (3/2) / 3.
        near(ndcg(&[0, 0, 2], &[2], 10), 0.5);
        // Beyond the depth nothing counts.
        near(ndcg(&[0, 0, 2], &[2], 2), 0.0);
        near(ndcg(&[2, 3], &[3, 2], 10), (3.0 + 7.0 / 3.0_f64.log2()) / (7.0 + 3.0 / 3.0_f64.log2()));
    }

    #[test]
    fn those_to_be_excluded_give_no_gain_and_take_none_away() {
        near(ndcg(&[-1, 3], &[3, -1], 10), 1.0 / 3.0_f64.log2());
        assert_eq!(ndcg(&[-1, 0], &[-1, 0], 10), None);
        assert_eq!(ndcg(&[], &[], 10), None);
    }

    #[test]
    fn rank_and_recall_count_grades_from_one() {
        assert_eq!(reciprocal_rank(&[0, -1, 1]), 1.0 / 3.0);
        assert_eq!(reciprocal_rank(&[0, 0]), 0.0);
        assert_eq!(recall(&[1, 0, 2, 3], &[1, 2, 3, 2], 3), Some(0.5));
        assert_eq!(recall(&[1], &[0, -1], 20), None);
        assert_eq!(mean([1.0, 0.5].into_iter()), 0.75);
        assert_eq!(mean(std::iter::empty()), 0.0);
    }
}
