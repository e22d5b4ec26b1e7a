//! The audit, for the auditor.

use super::{Caller, Hub, Result, Shown};
use crate::domain::{AuditLine, HubRole};

impl Hub {
    /// A page of the audit before `number`, newest first.
    pub async fn audit(
        &self,
        caller: &Caller,
        before: Option<u64>,
        limit: i64,
    ) -> Result<Shown<Vec<AuditLine>>> {
        caller.hub_role(HubRole::Auditor)?;
        let mut tx = self.store().read().await?;
        let lines = tx
            .audits()
            .before(before.unwrap_or(u64::MAX), limit)
            .await?;
        self.shown(&mut tx, lines).await
    }
}
