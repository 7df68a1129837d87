//! When a letter that could not be handed over is tried again: pure, by the number of attempts alone.
//!
//! The steps are 1, 5 and 15 minutes, 1 hour, then every 4 hours; each stretched by up to a tenth, by the letter's id, so
//! that letters stopped together do not return together. After 24 hours of temporary failures a letter is given up, as
//! RFC 5321 section 4.5.4.1 has servers do, and stands on the desk as failed. An alarm (our own configuration) never gives
//! up: no letter is at fault, and none is lost while somebody repairs it. Deliberately absent: the present time.

use super::mailer::SendError;
use chrono::TimeDelta;

/// Minutes between attempts; the last step repeats.
const STEPS_MINUTES: [i64; 5] = [1, 5, 15, 60, 240];

/// Minutes after which temporary failures are final.
const PATIENCE_MINUTES: i64 = 24 * 60;

/// The longest wait, in minutes, while our own configuration is at fault.
const ALARM_MINUTES: i64 = 15;

/// What to do with a letter after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Try again after so long.
    TryAgainAfter(TimeDelta),
    /// The recipient's side refused for good: a bounce.
    Bounced,
    /// Tried for a day: failed, for a person to see.
    GiveUp,
}

/// What to do after `attempts` attempts (the failed one included), the last of which ended with `error`. `id` is the
/// letter's outbox id.
#[must_use]
pub fn after_failure(error: &SendError, attempts: u32, id: &str) -> Next {
    match error {
        SendError::Permanent { .. } => Next::Bounced,
        SendError::Alarm { .. } if error.stops_everything() => {
            Next::TryAgainAfter(stretched(step(attempts).min(ALARM_MINUTES), id))
        }
        SendError::Alarm { .. } | SendError::Temporary { .. } | SendError::Unknown { .. } => {
            if waited(attempts) >= PATIENCE_MINUTES {
                Next::GiveUp
            } else {
                Next::TryAgainAfter(stretched(step(attempts), id))
            }
        }
    }
}

/// Minutes from the `attempts`-th attempt to the next.
fn step(attempts: u32) -> i64 {
    let index = usize::try_from(attempts.max(1) - 1).unwrap_or(usize::MAX).min(STEPS_MINUTES.len() - 1);
    STEPS_MINUTES.get(index).copied().unwrap_or(ALARM_MINUTES)
}

/// Minutes from the first attempt to the `attempts`-th, unstretched.
fn waited(attempts: u32) -> i64 {
    let mut minutes = 0;
    for attempt in 1..attempts {
        minutes += step(attempt);
        if minutes >= PATIENCE_MINUTES {
            break;
        }
    }
    minutes
}

/// The step made longer by up to a tenth, always alike for the same letter.
fn stretched(minutes: i64, id: &str) -> TimeDelta {
    // FNV-1a, 32 bits: spreads ids that differ in their last letters.
    let mut hash: u32 = 0x811c_9dc5;
    for byte in id.bytes() {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    let seconds = minutes * 60;
    TimeDelta::seconds(seconds + seconds * i64::from(hash % 1000) / 10_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0190b4a2-1111-7abc-8def-0123456789ab";

    fn temporary() -> SendError {
        SendError::Temporary { code: Some(451), text: String::new() }
    }

    fn delay(error: &SendError, attempts: u32, id: &str) -> TimeDelta {
        match after_failure(error, attempts, id) {
            Next::TryAgainAfter(delay) => delay,
            other => panic!("attempt {attempts}: {other:?}"),
        }
    }

    #[test]
    fn waits_never_shrink_and_end_after_a_day() {
        let mut before = TimeDelta::zero();
        let mut waited = TimeDelta::zero();
        let mut attempts = 1;
        while let Next::TryAgainAfter(delay) = after_failure(&temporary(), attempts, ID) {
            assert!(delay >= before, "attempt {attempts}");
            assert!(
                delay >= TimeDelta::minutes(step(attempts)) && delay < TimeDelta::minutes(step(attempts)) * 11 / 10
            );
            before = delay;
            waited += delay;
            attempts += 1;
        }
        assert_eq!(after_failure(&temporary(), attempts, ID), Next::GiveUp);
        assert!(waited >= TimeDelta::hours(24) && waited <= TimeDelta::hours(30), "{waited}");
        assert_eq!(after_failure(&temporary(), u32::MAX, ID), Next::GiveUp);
    }

    #[test]
    fn the_ladder_is_the_one_told() {
        let minutes: Vec<i64> = (1..=7).map(step).collect();
        assert_eq!(minutes, [1, 5, 15, 60, 240, 240, 240]);
        assert_eq!(step(0), 1);
    }

    #[test]
    fn jitter_is_the_letters_own() {
        assert_eq!(delay(&temporary(), 4, ID), delay(&temporary(), 4, ID));
        let others: std::collections::BTreeSet<_> =
            (0..20).map(|n| delay(&temporary(), 4, &format!("{ID}{n}"))).collect();
        assert!(others.len() > 10, "{others:?}");
    }

    #[test]
    fn a_bounce_is_final_and_an_alarm_never_is() {
        let refused = SendError::Permanent { code: Some(550), text: String::new() };
        assert_eq!(after_failure(&refused, 1, ID), Next::Bounced);
        let alarm = SendError::Alarm { code: Some(535), text: String::new() };
        assert!(delay(&alarm, 10_000, ID) < TimeDelta::minutes(17));
        let unknown = SendError::Unknown { text: String::new() };
        assert_eq!(after_failure(&unknown, 1, ID), after_failure(&temporary(), 1, ID));
    }
}
