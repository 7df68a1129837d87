//! How much each signal counts: versioned, set by a manager, frozen with every offer.

use serde::{Deserialize, Serialize};
use std::fmt;

text_enum! {
    /// What speaks for or against an expert, in the fixed order in which it is shown.
    pub enum Signal {
        /// 服务事项: the service items asked for are his.
        Service = "service",
        /// 产业领域: he knows the industry.
        Industry = "industry",
        /// 文字相符: the need's words stand in his record.
        Text = "text",
        /// 距离.
        Distance = "distance",
        /// 值班.
        Duty = "duty",
        /// 在手: what he carries now.
        Load = "load",
        /// 公平: how often he was asked, next to his peers.
        Fairness = "fairness",
        /// 答复记录.
        Answers = "answers",
        /// 满意度.
        Satisfaction = "satisfaction",
    }
}

/// The number of signals.
pub const SIGNALS: usize = 9;

/// Weights that do not make up a scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeightsError {
    /// The weight of this signal is below zero.
    Negative(Signal),
    /// The weights sum to this many hundredths instead of 10 000.
    Sum(i64),
}

impl fmt::Display for WeightsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Negative(signal) => write!(f, "the weight of {signal} is below zero"),
            Self::Sum(sum) => write!(f, "the weights sum to {sum} hundredths of a point instead of 10000"),
        }
    }
}
impl std::error::Error for WeightsError {}

/// One version of the weights, in hundredths of a point, in the order of [`Signal::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Plain", into = "Plain")]
pub struct Weights {
    version: u32,
    hundredths: [i32; SIGNALS],
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Plain {
    version: u32,
    hundredths: [i32; SIGNALS],
}

impl Weights {
    /// The weights the product ships with: 30, 12, 10, 14, 5, 8, 7, 8, 6 points. Specialty carries more than half, so that
    /// nobody near by and idle outranks somebody who knows the matter.
    pub const SHIPPED: Self = Self { version: 1, hundredths: [3000, 1200, 1000, 1400, 500, 800, 700, 800, 600] };

    /// Weights of a version.
    ///
    /// # Errors
    /// [`WeightsError`] if one is negative or they do not sum to 10 000.
    pub fn new(version: u32, hundredths: [i32; SIGNALS]) -> Result<Self, WeightsError> {
        for (signal, weight) in Signal::ALL.iter().zip(hundredths) {
            if weight < 0 {
                return Err(WeightsError::Negative(*signal));
            }
        }
        let sum: i64 = hundredths.iter().map(|weight| i64::from(*weight)).sum();
        if sum == 10_000 { Ok(Self { version, hundredths }) } else { Err(WeightsError::Sum(sum)) }
    }

    /// The version.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// The weights in the order of [`Signal::ALL`].
    #[must_use]
    pub const fn hundredths(&self) -> &[i32; SIGNALS] {
        &self.hundredths
    }

    /// The weight of one signal.
    #[must_use]
    pub fn of(&self, signal: Signal) -> i32 {
        self.hundredths.get(signal as usize).copied().unwrap_or(0)
    }
}

impl Default for Weights {
    fn default() -> Self {
        Self::SHIPPED
    }
}

impl TryFrom<Plain> for Weights {
    type Error = WeightsError;
    fn try_from(plain: Plain) -> Result<Self, WeightsError> {
        Self::new(plain.version, plain.hundredths)
    }
}

impl From<Weights> for Plain {
    fn from(weights: Weights) -> Self {
        Self { version: weights.version, hundredths: weights.hundredths }
    }
}

/// What a value of 0–1000 adds to the score, in hundredths of a point, rounded half up.
pub(super) fn contribution(weight: i32, value: u16) -> i32 {
    let exact = i64::from(weight) * i64::from(value.min(1000));
    i32::try_from((exact + 500) / 1000).unwrap_or(weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_full_scale_is_accepted() {
        assert_eq!(Signal::ALL.len(), SIGNALS);
        let shipped = Weights::SHIPPED;
        assert_eq!(Weights::new(1, *shipped.hundredths()), Ok(shipped));
        assert_eq!(Weights::new(2, [1000; 9]), Err(WeightsError::Sum(9000)));
        let mut tilted = *shipped.hundredths();
        tilted[3] = -1;
        assert_eq!(Weights::new(2, tilted), Err(WeightsError::Negative(Signal::Distance)));
        let json = serde_json::to_string(&shipped).unwrap();
        assert_eq!(serde_json::from_str::<Weights>(&json).unwrap(), shipped);
        assert!(serde_json::from_str::<Weights>(&json.replace("3000", "3001")).is_err());
    }

    #[test]
    fn contributions_round_half_up_and_never_exceed_the_weight() {
        for (weight, value, expected) in
            [(2200, 1000, 2200), (2200, 0, 0), (1500, 333, 500), (1, 500, 1), (1, 499, 0), (900, 2000, 900)]
        {
            assert_eq!(contribution(weight, value), expected);
        }
    }
}
