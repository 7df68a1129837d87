//! How fair a rota is: loads against target, way, weekends, and the Gini coefficient, all in whole numbers.

/// One expert's share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Load {
    /// Turns.
    pub turns: u32,
    /// Turns that would be just.
    pub target: u32,
    /// Turns on Saturdays, Sundays or make-up days.
    pub weekends: u32,
    /// Metres from home to the stations, one way, summed.
    pub metres: u64,
}

/// Days before a plan whose turns are caught up on: a quarter.
pub const REMEMBERED_DAYS: i64 = 91;
/// The most anybody is credited with or owes, thousandths of a turn: two turns, so that nobody pays for a heavy quarter with
/// a whole one.
pub const MOST_CREDIT: i64 = 2_000;

/// By how many thousandths of a turn each has borne more (below zero: less) than the share of the days they were there;
/// given as turns borne and days there. Whoever was not there yet is even.
#[must_use]
pub fn credits(borne: &[(u32, i64)]) -> Vec<i64> {
    let turns: i64 = borne.iter().map(|(turns, _)| i64::from(*turns)).sum();
    let days: i64 = borne.iter().map(|(_, days)| days.max(&0)).sum();
    let credit = |(own, there): &(u32, i64)| {
        let share = (turns * 1_000 * there.max(&0)).checked_div(days).unwrap_or(0);
        (i64::from(*own) * 1_000 - share).clamp(-MOST_CREDIT, MOST_CREDIT)
    };
    borne.iter().map(credit).collect()
}

/// The figures of a rota.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fairness {
    /// Experts that could serve.
    pub experts: usize,
    /// The fewest turns anybody has.
    pub least: u32,
    /// The most.
    pub most: u32,
    /// Experts by number of turns, fewest first.
    pub by_turns: Vec<(u32, usize)>,
    /// Metres a turn, mean.
    pub metres_a_turn: u64,
    /// The Gini coefficient of the loads, parts per thousand: 0 is all alike.
    pub gini_permille: u64,
    /// The sum of what everybody is away from the target.
    pub off_target: u64,
    /// The most weekend turns anybody has.
    pub most_weekends: u32,
}

/// Sums up.
#[must_use]
pub fn fairness(loads: &[Load]) -> Fairness {
    let mut turns: Vec<u64> = loads.iter().map(|load| u64::from(load.turns)).collect();
    turns.sort_unstable();
    let sum: u64 = turns.iter().sum();
    let count = turns.len() as u64;
    // Σ(2i − n + 1)·x over the sorted loads is what n·Σx is divided into.
    let weighted: i128 =
        turns.iter().enumerate().map(|(place, load)| (2 * place as i128 - count as i128 + 1) * i128::from(*load)).sum();
    let gini_permille =
        if sum == 0 { 0 } else { u64::try_from(weighted * 1_000 / (i128::from(sum) * i128::from(count))).unwrap_or(0) };
    let mut by_turns: Vec<(u32, usize)> = Vec::new();
    for load in &turns {
        let load = u32::try_from(*load).unwrap_or(u32::MAX);
        match by_turns.last_mut() {
            Some((known, people)) if *known == load => *people += 1,
            _ => by_turns.push((load, 1)),
        }
    }
    let metres: u64 = loads.iter().map(|load| load.metres).sum();
    Fairness {
        experts: loads.len(),
        least: by_turns.first().map_or(0, |(load, _)| *load),
        most: by_turns.last().map_or(0, |(load, _)| *load),
        metres_a_turn: metres.checked_div(sum).unwrap_or(0),
        gini_permille,
        off_target: loads.iter().map(|load| u64::from(load.turns.abs_diff(load.target))).sum(),
        most_weekends: loads.iter().map(|load| load.weekends).max().unwrap_or(0),
        by_turns,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(turns: &[u32]) -> Fairness {
        fairness(&turns.iter().map(|turns| Load { turns: *turns, target: 2, ..Load::default() }).collect::<Vec<_>>())
    }

    #[test]
    fn whoever_bore_more_is_credited_and_a_newcomer_is_even() {
        assert_eq!(credits(&[(2, 90), (0, 90), (1, 90)]), [1_000, -1_000, 0]);
        assert_eq!(credits(&[(3, 91), (0, 0)]), [0, 0], "one who was not there owes nothing");
        assert_eq!(credits(&[(9, 90), (0, 90), (0, 90)]), [MOST_CREDIT, -MOST_CREDIT, -MOST_CREDIT]);
        assert_eq!(credits(&[(0, 0), (0, 0)]), [0, 0]);
        assert!(credits(&[]).is_empty());
    }

    #[test]
    fn the_figures_agree_with_those_reckoned_pair_by_pair() {
        for turns in [&[2_u32, 2, 2][..], &[0, 0, 6], &[1, 2, 3, 4], &[], &[0, 0]] {
            let sum: u64 = turns.iter().map(|turns| u64::from(*turns)).sum();
            let pairs: u64 = turns.iter().flat_map(|a| turns.iter().map(move |b| u64::from(a.abs_diff(*b)))).sum();
            let expected = if sum == 0 { 0 } else { pairs * 1_000 / (2 * sum * turns.len() as u64) };
            assert_eq!(of(turns).gini_permille, expected, "{turns:?}");
        }
        let told = of(&[1, 2, 2, 4]);
        assert_eq!((told.least, told.most, told.off_target), (1, 4, 3));
        assert_eq!(told.by_turns, [(1, 1), (2, 2), (4, 1)]);
    }
}
