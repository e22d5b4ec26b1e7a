use jiff::civil::Date;

use crate::{
    app::{Caller, Error, Hub, Result},
    domain::{DueDate, Urgency, legal_day},
};

/// A due date to be computed before anything is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The deadline rule.
    pub rule: String,
    /// The day of signing; today when left out.
    pub signed_on: Option<Date>,
    /// The date written in the document.
    pub typed_due_on: Option<Date>,
    /// Chooses the rule's urgent variant.
    pub urgency: Urgency,
}

impl Hub {
    /// Explains a due date step by step; none where the rule sets no term.
    pub async fn preview(&self, caller: &Caller, preview: &Preview) -> Result<Option<DueDate>> {
        caller.settled()?;
        let anchor = preview.signed_on.unwrap_or_else(|| legal_day(self.now()));
        let rule = self
            .rules()
            .deadline_rule(&preview.rule, anchor)
            .ok_or_else(|| {
                let detail = format!("{anchor} 没有编码为“{}”的现行期限规则", preview.rule);
                Error::invalid("/rule", "unknown", detail)
            })?;
        let typed = preview.typed_due_on.map(Into::into);
        let calendar = self.calendar(&mut self.store().read().await?).await?;
        Ok(rule.due(anchor, typed, preview.urgency, &calendar))
    }
}
