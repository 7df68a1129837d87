//! Numbers people read aloud: `XQ-2026-000123` for a need, `PD-…` for an assignment.
//!
//! Unique and rising; gaps are allowed (rules.md, "Audit, erasure"). The running part does not restart with the year.

text_enum! {
    /// Which running series a number belongs to.
    pub enum Series {
        /// 需求.
        Need = "XQ",
        /// 派单.
        Assignment = "PD",
        /// 处情: an admonition or removal case.
        Case = "CQ",
        /// 备案: an expert on the register.
        Filing = "BA",
    }
}

/// Writes the number for the running value `value` taken in `year`.
#[must_use]
pub fn written(series: Series, year: i32, value: i64) -> String {
    format!("{series}-{year}-{value:06}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_padded_to_six_places_and_grow_beyond() {
        assert_eq!(written(Series::Need, 2026, 123), "XQ-2026-000123");
        assert_eq!(written(Series::Assignment, 2027, 1_234_567), "PD-2027-1234567");
    }
}
