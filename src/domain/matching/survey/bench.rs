//! The lists a survey writes, used again from need to need.

/// The lists a survey writes; kept and written again for the next need.
#[derive(Debug, Default)]
pub struct Bench {
    /// The score, or for somebody a rule drops a negative number that names the rule.
    pub(super) scores: Vec<i32>,
    /// Times asked in 90 days; [`NEWCOMER`] for who is on the register for less. For somebody a rule drops, how many items and
    /// industries he shares with the need.
    pub(super) asked: Vec<u16>,
    pub(super) newcomers: Vec<(u32, u16, u64)>,
    pub(super) everybody: Counts,
    pub(super) alike: Counts,
}

pub(super) const NEWCOMER: u16 = u16::MAX;
/// Times asked beyond this count as this; with at most a hundred a month nobody gets there.
const MOST_ASKED: usize = 1023;

/// How many were asked how often.
#[derive(Debug)]
pub(super) struct Counts(pub(super) [u32; MOST_ASKED + 1]);

impl Default for Counts {
    fn default() -> Self {
        Self([0; MOST_ASKED + 1])
    }
}

impl Counts {
    #[inline]
    pub(super) fn add(&mut self, asked: u16) {
        if let Some(count) = self.0.get_mut(usize::from(asked).min(MOST_ASKED)) {
            *count += 1;
        }
    }

    pub(super) fn len(&self) -> u32 {
        self.0.iter().sum()
    }

    /// The lower median; 0 of nobody.
    pub(super) fn median(&self) -> u16 {
        let Some(middle) = self.len().checked_sub(1).map(|last| last / 2) else { return 0 };
        let mut seen = 0;
        for (asked, count) in (0_u16..).zip(self.0) {
            seen += count;
            if seen > middle {
                return asked;
            }
        }
        0
    }
}
