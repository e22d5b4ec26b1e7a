use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use tokio::sync::watch;

use crate::{
    app::{Caller, Hub, Result},
    domain::UnitId,
};

/// How many lines of the feeds are looked at to find out who was told something. Where there are
/// more, everybody is woken.
const LINES: i64 = 1000;

/// Wakes those who follow their unit's feed, and nobody else, when it grows: one look at the
/// database for all of them, however many they are.
#[derive(Default)]
pub(in crate::app) struct Bells(Mutex<HashMap<UnitId, watch::Sender<()>>>);

impl Bells {
    fn listen(&self, unit: UnitId) -> watch::Receiver<()> {
        let mut bells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bell = bells.entry(unit).or_insert_with(|| watch::channel(()).0);
        bell.subscribe()
    }

    /// Takes away the bells that nobody hears; tells whether any are left.
    fn any(&self) -> bool {
        let mut bells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        bells.retain(|_, bell| bell.receiver_count() > 0);
        !bells.is_empty()
    }

    fn ring(&self, units: &[Option<UnitId>]) {
        let bells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if units.contains(&None) {
            bells.values().for_each(|bell| bell.send_replace(()));
            return;
        }
        for bell in units.iter().flatten().filter_map(|unit| bells.get(unit)) {
            bell.send_replace(());
        }
    }
}

impl Hub {
    /// Wakes whoever holds it when the feed of the caller's unit has grown.
    pub fn listen(&self, caller: &Caller) -> Result<watch::Receiver<()>> {
        Ok(self.0.bells.listen(caller.unit()?))
    }

    /// Wakes those whose feed has grown since the log stood at `heard`, and tells where it stands
    /// now; nothing where nobody listens.
    pub async fn ring(&self, heard: Option<u64>) -> Result<Option<u64>> {
        if !self.0.bells.any() {
            return Ok(None);
        }
        let mut tx = self.store().read().await?;
        let newest = tx.changes().newest().await?;
        let told = match heard {
            Some(heard) if heard == newest => return Ok(Some(newest)),
            Some(heard) if heard < newest => tx.feed().told_after(heard, LINES).await?,
            // Who has begun to listen meanwhile may have missed something.
            _ => vec![None],
        };
        let is_cut = i64::try_from(told.len()).is_ok_and(|count| count == LINES);
        self.0.bells.ring(if is_cut { &[None] } else { &told });
        Ok(Some(newest))
    }
}
