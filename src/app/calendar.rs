//! The working days: the notices that the hub was shipped with, and over them those that were
//! entered since. One copy is kept and read anew when a notice is entered.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use uuid::Uuid;

use super::{Caller, Error, Hub, Result, Work};
use crate::{
    domain::{Calendar, CalendarFault, CalendarYear, HubRole, Subject},
    store::Tx,
};

/// Names the set of notices that was entered last.
const REVISION: &str = "calendar-revision";

/// The copy at hand, and what it was read from.
#[derive(Default)]
pub(super) struct Cache(Mutex<Option<(Option<String>, Arc<Calendar>)>>);

impl Hub {
    /// The working days as this look at the store knows them.
    pub(super) async fn calendar(&self, tx: &mut Tx) -> Result<Arc<Calendar>> {
        let revision = tx.facts().find(REVISION).await?;
        let cache = &self.0.calendar.0;
        let at_hand = cache.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((read, calendar)) = at_hand
            && read == revision
        {
            return Ok(calendar);
        }
        let years = notices(self, tx).await?;
        let calendar = Calendar::new(years.into_values().map(|(notice, _)| notice));
        let calendar = Arc::new(calendar.map_err(Error::internal)?);
        let fresh = Some((revision, calendar.clone()));
        *cache.lock().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(calendar)
    }

    /// What names the notices as they are now; it changes when one is entered.
    pub async fn calendar_revision(&self) -> Result<Option<String>> {
        Ok(self.store().read().await?.facts().find(REVISION).await?)
    }

    /// The notice for one year.
    pub async fn calendar_year(&self, caller: &Caller, year: i16) -> Result<CalendarYear> {
        caller.settled()?;
        let mut tx = self.store().read().await?;
        let calendar = self.calendar(&mut tx).await?;
        calendar.year(year).cloned().ok_or(Error::NotFound)
    }
}

impl Work {
    /// Enters the notice for a year, or a correction of it. What was entered before is kept.
    pub async fn publish_calendar(&mut self, notice: CalendarYear) -> Result<()> {
        let office = self.caller.hub_role(HubRole::ConferenceOffice);
        if self.caller.hub_role(HubRole::SecurityAdmin).is_err() && office.is_err() {
            self.caller.settled()?;
            return Err(Error::Forbidden(
                "放假安排须由安全管理员或者联席会议办公室公布",
            ));
        }
        if !(2000..=2100).contains(&notice.year) {
            return Err(Error::invalid(
                "year",
                "out_of_range",
                "年份须在 2000 至 2100 之间",
            ));
        }
        let hub = self.hub.clone();
        let mut years = notices(&hub, &mut self.tx).await?;
        let before = years.get(&notice.year);
        if before.is_some_and(|(before, _)| *before == notice) {
            return Ok(());
        }
        let version = before.map_or(1, |(_, version)| version + 1);
        years.insert(notice.year, (notice.clone(), version));
        let together = Calendar::new(years.into_values().map(|(notice, _)| notice));
        together.map_err(|fault| Error::invalid(pointer(&fault), "malformed", fault))?;
        let entered = (self.caller.user(), self.now);
        if !self
            .tx
            .calendars()
            .insert(&notice, version, entered)
            .await?
        {
            return Err(Error::Stale);
        }
        let revision = Uuid::now_v7();
        self.tx.facts().set(REVISION, &revision.to_string()).await?;
        self.did("calendar.publish", Subject::Hub, revision);
        Ok(())
    }
}

/// The newest notice for each year, with its version; 0 is what the hub was shipped with.
async fn notices(hub: &Hub, tx: &mut Tx) -> Result<BTreeMap<i16, (CalendarYear, i64)>> {
    let shipped = hub.rules().calendar.years().cloned();
    let shipped = shipped.map(|notice| (notice.year, (notice, 0)));
    let entered = tx.calendars().all().await?;
    let entered = entered.into_iter().map(|line| (line.0.year, line));
    Ok(shipped.chain(entered).collect())
}

/// Which part of a notice is wrong.
fn pointer(fault: &CalendarFault) -> &'static str {
    match fault {
        CalendarFault::NoSource(_) => "/source",
        CalendarFault::MakeUpOnWeekday { .. } => "/make_up_work",
        _ => "/rest",
    }
}
