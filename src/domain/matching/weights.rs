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
    /// The weights the product ships with: those of `index/ranking.toml`, read when the program is built.
    pub const SHIPPED: Self = Self {
        version: shipped::hundredths("version") as u32 / 100,
        hundredths: [
            shipped::hundredths("service"),
            shipped::hundredths("industry"),
            shipped::hundredths("text"),
            shipped::hundredths("distance"),
            shipped::hundredths("duty"),
            shipped::hundredths("load"),
            shipped::hundredths("fairness"),
            shipped::hundredths("answers"),
            shipped::hundredths("satisfaction"),
        ],
    };

    /// Weights set in the office are numbered from here on, those of `index/ranking.toml` below.
    pub const FIRST_SET: u32 = 10_001;

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
    #[inline]
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

/// Reads `index/ranking.toml` while the program is built: a weight that is missing or out of form stops the build.
mod shipped {
    const FILE: &[u8] = include_bytes!("../../../index/ranking.toml");

    /// The figure behind `name =` at the beginning of a line, in hundredths.
    #[expect(clippy::indexing_slicing, clippy::panic, reason = "at build time, where both stop the build")]
    pub(super) const fn hundredths(name: &str) -> i32 {
        let name = name.as_bytes();
        let mut line = 0;
        while line < FILE.len() {
            let mut at = 0;
            while at < name.len() && line + at < FILE.len() && FILE[line + at] == name[at] {
                at += 1;
            }
            if at == name.len() && FILE[line + at] == b' ' {
                return figure(line + at);
            }
            while line < FILE.len() && FILE[line] != b'\n' {
                line += 1;
            }
            line += 1;
        }
        panic!("index/ranking.toml lacks a figure")
    }

    /// `  = 12.5` as 1250.
    #[expect(clippy::indexing_slicing, clippy::panic, reason = "at build time, where both stop the build")]
    const fn figure(mut at: usize) -> i32 {
        while FILE[at] == b' ' || FILE[at] == b'=' {
            at += 1;
        }
        let (mut value, mut decimals, mut digits) = (0, -1, 0);
        while at < FILE.len() && (FILE[at].is_ascii_digit() || FILE[at] == b'.') {
            if FILE[at] == b'.' {
                decimals = 0;
            } else {
                value = value * 10 + (FILE[at] - b'0') as i32;
                digits += 1;
                if decimals >= 0 {
                    decimals += 1;
                }
            }
            at += 1;
        }
        match decimals {
            _ if digits == 0 => panic!("index/ranking.toml: a name without a figure"),
            -1 | 0 => value * 100,
            1 => value * 10,
            2 => value,
            _ => panic!("index/ranking.toml: at most two decimals"),
        }
    }
}

/// What a value of 0–1000 adds to the score, in hundredths of a point, rounded half up.
#[inline]
pub(super) fn contribution(weight: i32, value: u16) -> i32 {
    // A weight is at most 10 000, so that the product stays far below the limit.
    (weight * i32::from(value.min(1000)) + 500) / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_full_scale_is_accepted() {
        assert_eq!(Signal::ALL.len(), SIGNALS);
        let shipped = Weights::SHIPPED;
        assert_eq!(Weights::new(shipped.version(), *shipped.hundredths()), Ok(shipped));
        assert_eq!(Weights::new(2, [1000; 9]), Err(WeightsError::Sum(9000)));
        let mut tilted = *shipped.hundredths();
        tilted[3] = -1;
        assert_eq!(Weights::new(2, tilted), Err(WeightsError::Negative(Signal::Distance)));
        let json = serde_json::to_string(&shipped).unwrap();
        assert_eq!(serde_json::from_str::<Weights>(&json).unwrap(), shipped);
        assert!(serde_json::from_str::<Weights>(&json.replace("1800", "1801")).is_err());
    }

    #[test]
    fn the_shipped_weights_are_those_of_the_file_and_a_full_scale() {
        let file: toml::Table = include_str!("../../../index/ranking.toml").parse().unwrap();
        assert_eq!(file["version"].as_integer(), Some(i64::from(Weights::SHIPPED.version())));
        assert!(Weights::SHIPPED.version() < Weights::FIRST_SET);
        let weights = file["weights"].as_table().unwrap();
        assert_eq!(weights.len(), SIGNALS);
        for signal in Signal::ALL {
            let points = weights[signal.as_str()].as_float().unwrap();
            assert!((points * 100.0 - f64::from(Weights::SHIPPED.of(*signal))).abs() < 1e-6, "{signal}");
        }
        assert_eq!(Weights::SHIPPED.hundredths().iter().sum::<i32>(), 10_000);
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
