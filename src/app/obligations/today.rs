//! What a unit has to do today, at a glance.

use jiff::{ToSpan as _, civil::Date};

use crate::{
    app::{Caller, Hub, Result},
    domain::{WorkTally, legal_day},
};

/// What waits for the caller's unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Today {
    /// The legal day.
    pub on: Date,
    /// The last day of its week, Sunday.
    pub week_ends_on: Date,
    /// What waits.
    pub tally: WorkTally,
}

impl Hub {
    /// Counts what waits for the caller's unit.
    pub async fn today(&self, caller: &Caller) -> Result<Today> {
        let unit = caller.unit()?;
        let on = legal_day(self.now());
        let left = 7 - i64::from(on.weekday().to_monday_one_offset());
        let week_ends_on = on.saturating_add(left.days());
        let mut tx = self.store().read().await?;
        let tally = tx.tallies().of(unit, on, week_ends_on).await?;
        Ok(Today {
            on,
            week_ends_on,
            tally,
        })
    }
}
