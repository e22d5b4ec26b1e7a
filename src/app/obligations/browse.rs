use crate::{
    app::{Caller, Hub, Result, Shown},
    domain::{HubRole, LedgerLine, LedgerPlace, LedgerSide, ObligationFilter, Scope, legal_day},
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

/// A page of the ledger, and where to go on if there is more.
pub type LedgerPage = (Vec<LedgerLine>, Option<LedgerPlace>);

impl Side {
    /// The side of the ledger that the caller may read.
    pub(in crate::app) fn of(self, caller: &Caller) -> Result<LedgerSide> {
        Ok(match self {
            Self::Owed => LedgerSide::Owed(caller.unit_for(&[Scope::Report])?),
            Self::Due => LedgerSide::Due(caller.unit_for(&[Scope::Report])?),
            Self::All => {
                caller.hub_role(HubRole::ConferenceOffice)?;
                LedgerSide::All
            }
        })
    }
}

impl Hub {
    /// A page of obligations, newest first. The conference office follows all of them by their
    /// facts; a title is content and is shown to the parties alone.
    pub async fn obligations(
        &self,
        caller: &Caller,
        side: Side,
        filter: &ObligationFilter,
        limit: usize,
    ) -> Result<Shown<LedgerPage>> {
        let side = side.of(caller)?;
        let today = legal_day(self.now());
        let mut tx = self.store().read().await?;
        let mut obligations = tx.obligations();
        let (mut lines, next) = obligations.ledger(side, filter, today, limit).await?;
        keep_titles_to_parties(caller, &mut lines);
        self.shown(&mut tx, (lines, next)).await
    }
}

pub(in crate::app) fn keep_titles_to_parties(caller: &Caller, lines: &mut [LedgerLine]) {
    let unit = caller.actor.unit;
    for line in lines {
        let duty = &line.obligation;
        if unit != Some(duty.debtor) && unit != Some(duty.creditor) {
            line.title.clear();
        }
    }
}
