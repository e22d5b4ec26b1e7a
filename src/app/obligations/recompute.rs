//! A due date that rests on a year whose holidays were not decreed yet is computed anew when they
//! are.

use crate::{
    app::{Caller, Error, Hub, Result, Work},
    domain::{Details, DutyEntry, DutyEntryId, Event, Obligation, ObligationId, ObligationState},
};

/// How many duties are looked at before the next are read.
const PAGE: i64 = 200;

impl Hub {
    /// Computes every provisional due date anew with the calendar as it is now. Returns how many
    /// of them moved. What is settled already is not looked at again, so that doing it twice, or
    /// on two nodes, moves nothing twice.
    pub async fn recompute_due_dates(&self) -> Result<u64> {
        let mut moved = 0;
        let mut after = None;
        loop {
            let mut tx = self.store().read().await?;
            let page = tx.obligations().provisional(after, PAGE).await?;
            drop(tx);
            let Some(last) = page.last() else { break };
            after = Some(*last);
            for id in page {
                moved += u64::from(self.recompute(id).await?);
            }
        }
        Ok(moved)
    }

    /// Computes one of them anew. Tells whether it moved.
    async fn recompute(&self, id: ObligationId) -> Result<bool> {
        let mut work = self.work(Caller::operator()).await?;
        let line = work.tx.obligations().find_for(None, id).await?;
        let duty = line.map(|line| line.obligation);
        let owed = |duty: &Obligation| duty.state != ObligationState::Withdrawn;
        let Some(mut duty) = duty.filter(owed) else {
            return Ok(false);
        };
        let calendar = self.calendar(&mut work.tx).await?;
        let (code, version) = &duty.rule;
        let rule = self.rules().deadline_rule_version(code, *version);
        let (Some(rule), Some(old)) = (rule, duty.due.clone()) else {
            return Ok(false);
        };
        let typed = duty.typed_due_on.map(Into::into);
        let new = rule.due(old.anchor_on, typed, duty.urgency, &calendar);
        let Some(new) = new.filter(|new| old.provisional && *new != old) else {
            return Ok(false);
        };
        let (from, due_on) = (old.due_on, new.due_on);
        duty.original_due_on = Some(due_on);
        duty.due = Some(new);
        duty.revision += 1;
        if !work.tx.obligations().update(&duty).await? {
            // Somebody is at it; it is still provisional, and the whole is tried again.
            return Err(Error::Stale);
        }
        if from != due_on {
            work.tell_moved(&duty, Details::DueMoved { from, due_on })
                .await?;
        }
        work.commit().await?;
        Ok(from != due_on)
    }
}

impl Work {
    /// Tells both parties that the due date has moved, in the journal and in the change log.
    async fn tell_moved(&mut self, duty: &Obligation, details: Details) -> Result<()> {
        let mut journal = self.tx.duty_entries();
        let round = journal.count(duty.id, Event::DueMoved).await? + 1;
        self.did_between(details.what(), duty.document, duty.debtor);
        let entry = DutyEntry {
            id: DutyEntryId::fresh(),
            obligation: duty.id,
            round,
            at: self.now,
            unit: None,
            user: self.caller.user(),
            details,
            answers: None,
            evidence: None,
        };
        self.tx.duty_entries().insert(&entry).await?;
        Ok(())
    }
}
