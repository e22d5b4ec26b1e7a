use crate::{
    app::{Caller, Hub, Result, Shown},
    domain::{HubRole, LedgerLine, ObligationFilter, Scope},
};

/// From which side somebody looks at obligations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// What the caller's unit owes.
    Owed,
    /// What is owed to the caller's unit.
    Due,
    /// All of them, for the conference office.
    All,
}

impl Hub {
    /// A page of obligations, newest first. The conference office follows all of them by their
    /// facts; a title is content and is shown to the parties alone.
    pub async fn obligations(
        &self,
        caller: &Caller,
        side: Side,
        filter: &ObligationFilter,
        limit: i64,
    ) -> Result<Shown<Vec<LedgerLine>>> {
        let unit = match side {
            Side::All => {
                caller.hub_role(HubRole::ConferenceOffice)?;
                caller.actor.unit
            }
            Side::Owed | Side::Due => Some(caller.unit_for(&[Scope::Report])?),
        };
        let mut tx = self.store().read().await?;
        let mut lines = match (side, unit) {
            (Side::Owed, Some(unit)) => tx.obligations().list_owed_by(unit, filter, limit).await?,
            (Side::Due, Some(unit)) => tx.obligations().list_owed_to(unit, filter, limit).await?,
            _ => tx.obligations().list_all(filter, limit).await?,
        };
        for line in &mut lines {
            let duty = &line.obligation;
            if unit != Some(duty.debtor) && unit != Some(duty.creditor) {
                line.title.clear();
            }
        }
        self.shown(&mut tx, lines).await
    }
}
