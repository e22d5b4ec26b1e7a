use crate::{
    app::{Caller, Error, Hub, Result, Shown, cursor},
    domain::{
        HubRole, LedgerCriteria, LedgerLine, LedgerSide, LedgerViewId, Scope, Side, legal_day,
    },
    store::Tx,
};

/// What somebody asks of the ledger: criteria, and a view that they have kept. What the criteria
/// leave open is as the view has it.
#[derive(Debug, Clone, Default)]
pub struct LedgerRequest {
    /// The view.
    pub view: Option<LedgerViewId>,
    /// The criteria.
    pub criteria: LedgerCriteria,
}

/// A page of the ledger, and where to go on if there is more.
#[derive(Debug)]
pub struct LedgerPage {
    /// Its lines, in order.
    pub lines: Vec<LedgerLine>,
    /// The cursor of the next page.
    pub next: Option<String>,
}

/// The side of the ledger that the caller may read.
pub(in crate::app) fn side_for(caller: &Caller, side: Side) -> Result<LedgerSide> {
    Ok(match side {
        Side::Owed => LedgerSide::Owed(caller.unit_for(&[Scope::Report])?),
        Side::Due => LedgerSide::Due(caller.unit_for(&[Scope::Report])?),
        Side::All => {
            caller.hub_role(HubRole::ConferenceOffice)?;
            LedgerSide::All
        }
    })
}

/// What is asked for in the end.
pub(super) async fn criteria_for(
    tx: &mut Tx,
    caller: &Caller,
    asked: &LedgerRequest,
) -> Result<LedgerCriteria> {
    let criteria = asked.criteria.clone();
    let Some(id) = asked.view else {
        return Ok(criteria);
    };
    let whose = (caller.user(), caller.unit()?);
    let view = tx.ledger_views().find_for(whose, id).await?;
    let view = view.ok_or_else(|| Error::invalid("view", "unknown", "没有这个台账视图"))?;
    Ok(criteria.over(view.criteria))
}

impl Hub {
    /// A page of obligations, in the order that is asked for. The conference office follows all
    /// of them by their facts; a title is content and is shown to the parties alone.
    pub async fn obligations(
        &self,
        caller: &Caller,
        asked: &LedgerRequest,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Shown<LedgerPage>> {
        let today = legal_day(self.now());
        let mut tx = self.store().read().await?;
        let criteria = criteria_for(&mut tx, caller, asked).await?;
        let side = side_for(caller, criteria.side())?;
        let after = cursor::ledger_place(cursor, criteria.order())?;
        let mut obligations = tx.obligations();
        let page = obligations.ledger(side, &criteria, after, today, limit);
        let (mut lines, next) = page.await?;
        keep_titles_to_parties(caller, &mut lines);
        let next = next.map(|place| cursor::ledger_cursor(&place, criteria.order()));
        self.shown(&mut tx, LedgerPage { lines, next }).await
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
