use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{
    app::{Error, Result},
    config::Uploads,
    domain::{UnitId, UserId},
};

/// How long to wait before the next try.
const WAIT: Duration = Duration::from_secs(2);

/// Counts the uploads that are under way, so that nobody takes all of the line for themselves.
#[derive(Clone, Default)]
pub(in crate::app) struct Turnstile(Arc<Mutex<Counts>>);

#[derive(Default)]
struct Counts {
    users: HashMap<UserId, u32>,
    units: HashMap<UnitId, u32>,
}

/// A place in the line; dropping it lets the next one in.
pub(in crate::app) struct Place {
    turnstile: Turnstile,
    user: UserId,
    unit: UnitId,
}

impl Turnstile {
    /// Lets one more upload in, or says to wait.
    pub(in crate::app) fn enter(
        &self,
        user: UserId,
        unit: UnitId,
        limits: &Uploads,
    ) -> Result<Place> {
        let mut counts = self.counts();
        let of_user = counts.users.get(&user).copied().unwrap_or(0);
        let of_unit = counts.units.get(&unit).copied().unwrap_or(0);
        if of_user >= limits.concurrent_per_user || of_unit >= limits.concurrent_per_unit {
            return Err(Error::TooMany(WAIT));
        }
        counts.users.insert(user, of_user + 1);
        counts.units.insert(unit, of_unit + 1);
        drop(counts);
        Ok(Place {
            turnstile: self.clone(),
            user,
            unit,
        })
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.turnstile.counts();
        one_less(&mut counts.users, &self.user);
        one_less(&mut counts.units, &self.unit);
    }
}

fn one_less<K: Eq + Hash>(counts: &mut HashMap<K, u32>, key: &K) {
    match counts.get_mut(key) {
        Some(count) if *count > 1 => *count -= 1,
        _ => {
            counts.remove(key);
        }
    }
}
