//! How often one person and one unit may ask.

use std::time::Duration;

use actix_web::web::Data;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock as _};

use crate::{
    app::{Caller, Error, Hub, Result},
    domain::{UnitId, UserId},
};

/// The rates of one node.
pub struct Rates {
    users: DefaultKeyedRateLimiter<UserId>,
    units: DefaultKeyedRateLimiter<UnitId>,
    searches: DefaultKeyedRateLimiter<UserId>,
}

impl Rates {
    /// The rates that the hub is configured with.
    #[must_use]
    pub fn new(hub: &Hub) -> Data<Self> {
        let limits = &hub.config().limits;
        Data::new(Self {
            users: RateLimiter::keyed(Quota::per_second(limits.user_per_second)),
            units: RateLimiter::keyed(Quota::per_second(limits.unit_per_second)),
            searches: RateLimiter::keyed(Quota::per_second(limits.search_per_second)),
        })
    }

    /// Lets a request in, or says how long to wait.
    pub fn admit(&self, caller: &Caller) -> Result<()> {
        within(&self.users, &caller.user())?;
        caller
            .actor
            .unit
            .map_or(Ok(()), |unit| within(&self.units, &unit))
    }

    /// Lets a search in, or says how long to wait.
    pub fn admit_search(&self, caller: &Caller) -> Result<()> {
        within(&self.searches, &caller.user())
    }

    /// Forgets those who have not asked for a while.
    pub fn tidy(&self) {
        self.users.retain_recent();
        self.units.retain_recent();
        self.searches.retain_recent();
        self.users.shrink_to_fit();
        self.units.shrink_to_fit();
        self.searches.shrink_to_fit();
    }
}

fn within<K: Clone + Eq + std::hash::Hash>(
    limiter: &DefaultKeyedRateLimiter<K>,
    key: &K,
) -> Result<()> {
    limiter.check_key(key).map_err(|wait| {
        let now = governor::clock::DefaultClock::default().now();
        Error::TooMany(wait.wait_time_from(now).max(Duration::from_millis(1)))
    })
}
