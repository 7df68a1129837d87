//! How often one may try: passwords, codes and unknown links, counted by failures only, so that nobody who is right
//! ever waits; and API calls by token.
//!
//! The generic cell rate algorithm of `governor`, per key. Sealed links that open are never limited; the demo limits no
//! API token. An exhausted key is refused before anything is compared, until its time has passed.

use crate::domain::refusal::Refusal;
use chrono::{DateTime, TimeDelta, Utc};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How many keys are kept before those at rest are dropped.
const MOST_KEYS: usize = 50_000;

/// Failures per key.
struct Failures {
    limiter: DefaultKeyedRateLimiter<String>,
    clock: DefaultClock,
    refused_until: Mutex<HashMap<String, DateTime<Utc>>>,
}

impl Failures {
    fn new(burst: NonZeroU32, one_per: Duration) -> Self {
        let quota = Quota::with_period(one_per).unwrap_or_else(|| Quota::per_minute(burst)).allow_burst(burst);
        Self { limiter: RateLimiter::keyed(quota), clock: DefaultClock::default(), refused_until: Mutex::default() }
    }

    fn check(&self, key: &str, now: DateTime<Utc>) -> Result<(), Refusal> {
        let refused = self.refused_until.lock().unwrap_or_else(PoisonError::into_inner);
        if refused.get(key).is_some_and(|until| now < *until) { Err(Refusal::TooManyTries) } else { Ok(()) }
    }

    /// Counts a failure; answers whether that was one too many.
    fn failed(&self, key: &str, now: DateTime<Utc>) -> Result<(), Refusal> {
        if self.limiter.len() > MOST_KEYS {
            self.limiter.retain_recent();
        }
        let Err(not_until) = self.limiter.check_key(&key.to_owned()) else { return Ok(()) };
        let wait = TimeDelta::from_std(not_until.wait_time_from(self.clock.now())).unwrap_or(TimeDelta::seconds(60));
        let mut refused = self.refused_until.lock().unwrap_or_else(PoisonError::into_inner);
        if refused.len() > MOST_KEYS {
            refused.retain(|_, until| now < *until);
        }
        refused.insert(key.to_owned(), now + wait);
        Err(Refusal::TooManyTries)
    }
}

/// Every limit of the site.
pub struct Limits {
    by_address: Failures,
    by_account: Failures,
    links: DefaultKeyedRateLimiter<IpAddr>,
    tokens: Option<DefaultKeyedRateLimiter<String>>,
}

const fn count(number: u32) -> NonZeroU32 {
    match NonZeroU32::new(number) {
        Some(number) => number,
        None => NonZeroU32::MIN,
    }
}

impl Limits {
    /// The limits of a service, or of a demo, whose tokens are free.
    #[must_use]
    pub fn new(demo: bool) -> Self {
        Self {
            by_address: Failures::new(count(30), Duration::from_secs(10)),
            by_account: Failures::new(count(10), Duration::from_secs(30)),
            links: RateLimiter::keyed(Quota::per_minute(count(20)).allow_burst(count(30))),
            tokens: (!demo).then(|| RateLimiter::keyed(Quota::per_second(count(50)).allow_burst(count(200)))),
        }
    }

    /// Asks before a password or code is compared.
    ///
    /// # Errors
    /// [`Refusal::TooManyTries`].
    pub fn may_try(&self, ip: IpAddr, account: &str, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.by_address.check(&ip.to_string(), now)?;
        self.by_account.check(account, now)
    }

    /// Counts a wrong password or code: the refusal it came with, or that it was one too many.
    #[must_use]
    pub fn failed(&self, ip: IpAddr, account: &str, now: DateTime<Utc>, refusal: Refusal) -> Refusal {
        let by_address = self.by_address.failed(&ip.to_string(), now);
        let by_account = self.by_account.failed(account, now);
        by_address.and(by_account).err().unwrap_or(refusal)
    }

    /// Counts an unknown link.
    #[must_use]
    pub fn unknown_link(&self, ip: IpAddr) -> Refusal {
        if self.links.len() > MOST_KEYS {
            self.links.retain_recent();
        }
        if self.links.check_key(&ip).is_ok() { Refusal::LinkUnknown } else { Refusal::TooManyTries }
    }

    /// Counts a call with an API token.
    ///
    /// # Errors
    /// [`Refusal::TooManyTries`].
    pub fn api_call(&self, token: &str) -> Result<(), Refusal> {
        match &self.tokens {
            Some(limiter) if limiter.check_key(&token.to_owned()).is_err() => Err(Refusal::TooManyTries),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    fn failures_end_in_a_pause_and_success_costs_nothing() {
        let limits = Limits::new(false);
        let ip = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a date");
        for _ in 0..10 {
            assert!(limits.may_try(ip, "a", now).is_ok());
            assert_eq!(limits.failed(ip, "a", now, Refusal::WrongPassword), Refusal::WrongPassword);
        }
        assert_eq!(limits.failed(ip, "a", now, Refusal::WrongPassword), Refusal::TooManyTries);
        assert_eq!(limits.may_try(ip, "a", now), Err(Refusal::TooManyTries));
        assert!(limits.may_try(ip, "b", now).is_ok());
        assert!(limits.may_try(ip, "a", now + TimeDelta::minutes(5)).is_ok());
    }

    #[test]
    fn unknown_links_are_limited_and_demo_tokens_are_not() {
        let limits = Limits::new(true);
        let ip = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let answers: Vec<Refusal> = (0..40).map(|_| limits.unknown_link(ip)).collect();
        assert_eq!(answers.first(), Some(&Refusal::LinkUnknown));
        assert_eq!(answers.last(), Some(&Refusal::TooManyTries));
        assert!((0..1_000).all(|_| limits.api_call("t").is_ok()));
        let service = Limits::new(false);
        assert!((0..1_000).any(|_| service.api_call("t").is_err()));
    }
}
