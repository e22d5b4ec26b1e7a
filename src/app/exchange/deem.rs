//! 视为签收: where the units have agreed to it, what nobody has signed for by the end of the Nth
//! working day after its arrival counts as signed for on that day (domain.md 8.3).

use jiff::{Timestamp, civil::Date};

use crate::{
    app::{Caller, Error, Hub, Result, receipts::Fact},
    domain::{Calendar, Delivery, Event, beginning_of, legal_day},
};

/// How many are read at once.
const AT_ONCE: i64 = 200;

impl Hub {
    /// Signs by rule for what is due, however long nobody has looked; each is its own unit of
    /// work. Returns for how many.
    pub async fn deem_signings(&self) -> Result<usize> {
        let days = self.config().deliveries.deemed_signing_workdays;
        if days == 0 {
            return Ok(0);
        }
        let last = last_due_day(legal_day(self.now()), days, &self.rules().calendar);
        let before = last.tomorrow().map_or(Timestamp::MAX, beginning_of);
        let (mut signed, mut after) = (0, None);
        loop {
            let mut tx = self.store().read().await?;
            let due = tx
                .deliveries()
                .unsigned_since(before, after, AT_ONCE)
                .await?;
            drop(tx);
            let Some(newest) = due.last() else {
                return Ok(signed);
            };
            after = newest.arrived_at.map(|at| (at, newest.id));
            for delivery in &due {
                signed += usize::from(self.deem_signing(delivery, days).await?);
            }
        }
    }

    /// Tells whether it was still to be done: the row decides, whoever else is at it.
    async fn deem_signing(&self, delivery: &Delivery, days: u16) -> Result<bool> {
        let mut work = self.work(Caller::rule()).await?;
        let returned = work
            .tx
            .returns()
            .of_round(delivery.id, delivery.round)
            .await?;
        let put_back = returned.and_then(|one| Some(one.decision?.decided.1));
        let waits_since = put_back.max(delivery.arrived_at);
        let waits_since = waits_since.unwrap_or(delivery.sent_at);
        let calendar = &self.rules().calendar;
        let on = calendar.add_working_days(legal_day(waits_since), days);
        if on >= legal_day(work.now) {
            return Ok(false);
        }
        let (id, round, now) = (delivery.id, delivery.round, work.now);
        if !work.tx.deliveries().mark_deemed(id, round, on, now).await? {
            return Ok(false);
        }
        let document = work
            .tx
            .documents()
            .find_for(delivery.unit, delivery.document)
            .await?
            .ok_or_else(|| Error::internal(format!("{id} is delivered without access")))?;
        let due = work.start_clock(delivery, on).await?;
        let mut fact = Fact::new(Event::DeemedSigning, &document, delivery.unit);
        fact.reply_due = due;
        fact.effective_on = Some(on);
        work.state(fact.in_round(round)).await?;
        work.did_on_delivery("delivery.deem_signed", delivery);
        work.commit().await?;
        Ok(true)
    }
}

/// The last day of arrival whose term has run out before `today`.
fn last_due_day(today: Date, days: u16, calendar: &Calendar) -> Date {
    let mut day = today;
    while calendar.add_working_days(day, days) >= today {
        let Ok(before) = day.yesterday() else { break };
        day = before;
    }
    day
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::Rules;

    #[test]
    fn the_term_ends_with_the_last_working_day_and_not_on_it() {
        let calendar = &Rules::built_in().calendar;
        for (today, days, last) in [
            // Arrived on Tuesday: Wednesday, Thursday, Friday; due from Saturday on.
            (date(2026, 9, 4), 3, date(2026, 8, 31)),
            (date(2026, 9, 5), 3, date(2026, 9, 1)),
            (date(2026, 9, 7), 3, date(2026, 9, 1)),
            // Across 国庆: arrived on 30 September, the 8th, 9th and the make-up Saturday.
            (date(2026, 10, 10), 3, date(2026, 9, 29)),
            (date(2026, 10, 11), 3, date(2026, 10, 7)),
        ] {
            assert_eq!(last_due_day(today, days, calendar), last, "{today}");
        }
    }
}
