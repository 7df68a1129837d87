//! What if (推演): a past period's needs chosen for again by other rules, and what that would have done.
//!
//! A side is one way of choosing: as it really was, by the rules in force, or by the rules tried. For every need it holds
//! whom it would ask first, or that it found nobody. Figures of two sides are comparable because they are counted by the
//! same functions from the same facts. Deliberately absent: choosing (matching ranks) and any claim about answers that
//! nobody gave; what is called expected is the mean of the experts' own records.

use super::figures::fairness::Evenness;
use super::figures::nearest_rank;

/// Whom a side asks first for a need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// The expert, by his number.
    pub expert: u32,
    /// Whether he offers one of the service items asked for; also where none was asked for.
    pub fits: bool,
    /// Metres to the place of service; None online, by phone, or where a place is unknown.
    pub metres: Option<u32>,
    /// His share of answers in time, smoothed, in permille.
    pub on_time: u16,
    /// His median hours to answer; None without an answer.
    pub hours: Option<u16>,
}

/// His share of answers in time in permille: as if he had given nine in time of ten before the first.
#[must_use]
pub fn smoothed_on_time(on_time: u16, late: u16, lapsed: u16) -> u16 {
    let good = (u32::from(on_time) + 9) * 1000;
    let all = u32::from(on_time) + u32::from(late) + u32::from(lapsed) + 10;
    u16::try_from((good + all / 2) / all).unwrap_or(1000)
}

/// One side, counted as it goes.
#[derive(Debug, Clone, Default)]
pub struct Side {
    needs: u64,
    covered: u64,
    fitting: u64,
    metres: Vec<u32>,
    on_time: u64,
    hours: Vec<u32>,
    loads: Vec<u32>,
}

/// The figures of a side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SideFigures {
    /// Needs chosen for.
    pub needs: u64,
    /// With somebody to ask.
    pub covered: u64,
    /// With somebody who offers one of the items asked for.
    pub fitting: u64,
    /// Median metres where a person goes there.
    pub metres: Option<u32>,
    /// 90th percentile of the same.
    pub metres_p90: Option<u32>,
    /// How many of these there are.
    pub travelled: u64,
    /// Mean of the smoothed shares of answers in time, in permille.
    pub on_time: Option<u16>,
    /// Median of the median hours to answer.
    pub hours: Option<u32>,
    /// How evenly the first offers lie on everybody who can be asked.
    pub evenness: Evenness,
}

impl Side {
    /// Nothing chosen yet, by so many experts.
    #[must_use]
    pub fn of(experts: usize) -> Self {
        Self { loads: vec![0; experts], ..Self::default() }
    }

    /// Counts one need.
    pub fn add(&mut self, choice: Option<&Choice>) {
        self.needs += 1;
        let Some(choice) = choice else { return };
        self.covered += 1;
        self.fitting += u64::from(choice.fits);
        self.metres.extend(choice.metres);
        self.on_time += u64::from(choice.on_time);
        self.hours.extend(choice.hours.map(u32::from));
        if let Some(load) = self.loads.get_mut(choice.expert as usize) {
            *load += 1;
        }
    }

    /// First offers of each expert, by number.
    #[must_use]
    pub fn loads(&self) -> &[u32] {
        &self.loads
    }

    /// The figures; evenness over the experts of whom `counts` says so, and whoever was asked.
    #[must_use]
    pub fn figures(&self, counts: impl Fn(usize) -> bool) -> SideFigures {
        let mut metres = self.metres.clone();
        let mut hours = self.hours.clone();
        let mut loads: Vec<u32> = self
            .loads
            .iter()
            .enumerate()
            .filter(|(number, load)| **load > 0 || counts(*number))
            .map(|(_, load)| *load)
            .collect();
        SideFigures {
            needs: self.needs,
            covered: self.covered,
            fitting: self.fitting,
            travelled: metres.len() as u64,
            metres: nearest_rank(&mut metres, 50),
            metres_p90: nearest_rank(&mut metres, 90),
            on_time: (self.on_time + self.covered / 2).checked_div(self.covered).and_then(|mean| mean.try_into().ok()),
            hours: nearest_rank(&mut hours, 50),
            evenness: Evenness::of(&mut loads),
        }
    }
}

/// An expert who is asked more often, or less, by one side than by another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// Who, by his number.
    pub expert: u32,
    /// First offers by the one side.
    pub before: u32,
    /// By the other.
    pub after: u32,
}

/// Who gains most and who loses most, at most so many of each; ties by number.
#[must_use]
pub fn shifts(before: &Side, after: &Side, most: usize) -> (Vec<Shift>, Vec<Shift>) {
    let (mut gains, mut losses) = (Vec::new(), Vec::new());
    for (expert, (before, after)) in (0_u32..).zip(before.loads.iter().zip(&after.loads)) {
        let shift = Shift { expert, before: *before, after: *after };
        match after.cmp(before) {
            std::cmp::Ordering::Greater => gains.push(shift),
            std::cmp::Ordering::Less => losses.push(shift),
            std::cmp::Ordering::Equal => {}
        }
    }
    gains.sort_by_key(|shift| (std::cmp::Reverse(shift.after - shift.before), shift.expert));
    losses.sort_by_key(|shift| (std::cmp::Reverse(shift.before - shift.after), shift.expert));
    gains.truncate(most);
    losses.truncate(most);
    (gains, losses)
}

/// Points as typed (`12`, `7.5`, `0.25`) in hundredths; None for anything else, and above 100.
#[must_use]
pub fn hundredths(text: &str) -> Option<i32> {
    let (whole, rest) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || rest.len() > 2 || !digits(whole) || !digits(rest) {
        return None;
    }
    let value = whole.parse::<i32>().ok()? * 100 + format!("{rest:0<2}").parse::<i32>().ok()?;
    Some(value).filter(|value| *value <= 10_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(expert: u32, fits: bool, metres: Option<u32>) -> Choice {
        Choice { expert, fits, metres, on_time: 900, hours: Some(6) }
    }

    #[test]
    fn a_side_counts_what_it_chose() {
        let mut side = Side::of(4);
        for chosen in
            [Some(choice(1, true, Some(3_000))), Some(choice(1, false, None)), None, Some(choice(3, true, Some(9_000)))]
        {
            side.add(chosen.as_ref());
        }
        // Number 2 can be asked and was not; number 0 cannot.
        let figures = side.figures(|number| number > 0);
        assert_eq!((figures.needs, figures.covered, figures.fitting, figures.travelled), (4, 3, 2, 2));
        assert_eq!((figures.metres, figures.metres_p90), (Some(3_000), Some(9_000)));
        assert_eq!((figures.on_time, figures.hours), (Some(900), Some(6)));
        assert_eq!((figures.evenness.experts, figures.evenness.asked, figures.evenness.offers), (3, 2, 3));
        assert_eq!(Side::of(2).figures(|_| true).on_time, None);
    }

    #[test]
    fn points_are_read_as_people_write_them() {
        for (text, value) in [("12", Some(1200)), ("7.5", Some(750)), (" 0.25 ", Some(25)), ("100", Some(10_000))] {
            assert_eq!(hundredths(text), value, "{text}");
        }
        for text in ["", ".", ".5", "1.234", "-1", "+1", "1e2", "101", "a"] {
            assert_eq!(hundredths(text), None, "{text}");
        }
    }

    #[test]
    fn nobody_starts_with_a_perfect_record() {
        assert_eq!([smoothed_on_time(0, 0, 0), smoothed_on_time(90, 0, 0), smoothed_on_time(0, 5, 5)], [900, 990, 450]);
    }

    #[test]
    fn who_gains_and_who_loses_is_told_in_order() {
        let (mut before, mut after) = (Side::of(4), Side::of(4));
        for expert in [0, 0, 0, 1, 2, 2] {
            before.add(Some(&choice(expert, true, None)));
        }
        for expert in [3, 3, 1, 1, 1, 2] {
            after.add(Some(&choice(expert, true, None)));
        }
        let (gains, losses) = shifts(&before, &after, 9);
        assert_eq!(gains, [Shift { expert: 1, before: 1, after: 3 }, Shift { expert: 3, before: 0, after: 2 }]);
        assert_eq!(losses, [Shift { expert: 0, before: 3, after: 0 }, Shift { expert: 2, before: 2, after: 1 }]);
        assert_eq!(shifts(&before, &after, 1).0.len(), 1);
    }
}
