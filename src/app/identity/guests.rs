//! Those who have not shown yet who they are: how often they may try.

use std::{
    collections::HashMap,
    net::IpAddr,
    num::NonZeroU32,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock as _};
use jiff::Timestamp;
use tokio::sync::Semaphore;

use super::password::Hasher;
use crate::{
    app::{Error, Result},
    config::{Auth, Limits},
};

/// The most accounts whose failures are remembered; beyond it the oldest are forgotten.
const REMEMBERED: usize = 10_000;

/// What the hub keeps in mind about people at the door.
pub(crate) struct Guests {
    /// Hashes passwords.
    pub(super) hasher: Hasher,
    /// How many passwords are hashed at once, so that a flood of logins keeps its memory small.
    pub(super) hashing: Semaphore,
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    failures: Mutex<HashMap<String, Failures>>,
    auth: Auth,
}

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    until: Timestamp,
}

impl Guests {
    pub(crate) fn new(auth: &Auth, limits: &Limits) -> Result<Self> {
        let burst = limits.login_burst;
        let every = Duration::from_mins(1) / limits.login_per_minute.get();
        let quota = Quota::with_period(every)
            .unwrap_or(Quota::per_minute(NonZeroU32::MIN))
            .allow_burst(burst);
        Ok(Self {
            hasher: Hasher::new(auth)?,
            hashing: Semaphore::new(auth.argon2_concurrency.max(1)),
            addresses: RateLimiter::keyed(quota),
            failures: Mutex::default(),
            auth: auth.clone(),
        })
    }

    /// Lets an address try once more, or says how long it must wait.
    pub(super) fn admit(&self, address: Option<IpAddr>) -> Result<()> {
        let Some(address) = address else {
            return Ok(());
        };
        self.addresses.check_key(&address).map_err(|wait| {
            let clock = governor::clock::DefaultClock::default();
            Error::TooMany(wait.wait_time_from(clock.now()))
        })
    }

    /// Forgets addresses and accounts that have not tried for a while.
    pub(crate) fn tidy(&self, now: Timestamp) {
        self.addresses.retain_recent();
        self.addresses.shrink_to_fit();
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let long_ago = now.saturating_sub(self.auth.login_lock).unwrap_or(now);
        failures.retain(|_, failures| long_ago < failures.until);
    }

    /// Whether the account must wait. It is told to nobody: a locked account answers like a
    /// wrong password.
    pub(super) fn must_wait(&self, login: &str, now: Timestamp) -> bool {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures
            .get(login)
            .is_some_and(|failures| now < failures.until)
    }

    /// Remembers a failure.
    pub(super) fn failed(&self, login: &str, now: Timestamp) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= REMEMBERED {
            failures.retain(|_, failures| now < failures.until);
        }
        let count = failures
            .get(login)
            .map_or(1, |failures| failures.count.saturating_add(1));
        let until = now.saturating_add(self.wait_after(count)).unwrap_or(now);
        failures.insert(login.to_owned(), Failures { count, until });
    }

    /// Forgets the failures of an account.
    pub(super) fn succeeded(&self, login: &str) {
        self.failures
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(login);
    }

    fn wait_after(&self, count: u32) -> Duration {
        if count >= self.auth.login_lock_after {
            return self.auth.login_lock;
        }
        let Some(beyond) = count.checked_sub(self.auth.login_slow_after) else {
            return Duration::ZERO;
        };
        let doubled = self.auth.login_delay.saturating_mul(1 << beyond.min(20));
        doubled.min(self.auth.login_delay_max)
    }
}
