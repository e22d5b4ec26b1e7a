//! What the debtor does besides answering: takes the matter in hand, asks for more time, objects.

use jiff::civil::Date;

use super::matter::Matter;
use crate::{
    app::{Error, Result, Work},
    domain::{
        Details, DutyAct, DutyEntryId, Event, ObligationId, ObligationState, UnitId, Urgency,
        UserId,
        deadline::{ExtensionBy, Step},
    },
};

/// The most supporting units of one matter.
const SUPPORTING_MAX: usize = 20;

/// Who takes a matter in hand.
#[derive(Debug, Clone, Default)]
pub struct Registration {
    /// 收文编号.
    pub number: Option<String>,
    /// The 科室 that leads.
    pub lead: Option<String>,
    /// The person who handles it.
    pub handler: Option<UserId>,
    /// 协办单位.
    pub supporting: Vec<UnitId>,
    /// What else there is to say.
    pub note: Option<String>,
}

/// A decision on a request for more time.
#[derive(Debug, Clone)]
pub struct ExtensionDecision {
    /// Whether it is given.
    pub granted: bool,
    /// Until when, if not until the day that was asked for.
    pub due_on: Option<Date>,
    /// Why, or why not.
    pub reason: Option<String>,
    /// The court president who approved it, where the rule wants one.
    pub approved_by: Option<String>,
}

impl Work {
    /// 登记: the debtor takes the matter in hand. Registering again corrects who handles it.
    pub async fn register(&mut self, id: ObligationId, asked: Registration) -> Result<()> {
        let mut matter = self.matter(id, DutyAct::Register).await?;
        let debtor = matter.duty.debtor;
        if let Some(handler) = asked.handler {
            let user = self.tx.users().find(handler).await?;
            let there = user.is_some_and(|user| {
                user.active && user.memberships.iter().any(|place| place.unit == debtor)
            });
            if !there {
                let detail = "承办人须为本单位的在用账号";
                return Err(Error::invalid("/handler_id", "unknown", detail));
            }
        }
        if asked.supporting.len() > SUPPORTING_MAX {
            let detail = format!("协办单位最多 {SUPPORTING_MAX} 个");
            return Err(Error::invalid("/supporting_unit_ids", "too_many", detail));
        }
        for (place, unit) in asked.supporting.iter().enumerate() {
            let pointer = format!("/supporting_unit_ids/{place}");
            if *unit == debtor || asked.supporting[..place].contains(unit) {
                let detail = "协办单位不能是本单位，也不能重复";
                return Err(Error::invalid(pointer, "repeated", detail));
            }
            self.known_unit(pointer, *unit).await?;
        }
        let details = Details::Registration {
            number: self.words("/number", asked.number)?,
            lead: self.words("/lead", asked.lead)?,
            handler: asked.handler,
            supporting: asked.supporting,
            note: self.words("/note", asked.note)?,
        };
        let today = self.today();
        matter.duty.state = ObligationState::InProgress;
        matter.duty.progress.handler = asked.handler;
        matter.duty.progress.registered_on.get_or_insert(today);
        self.record(&mut matter.duty, &matter.document, details, None)
            .await
    }

    /// 申请延期. The clock runs on until it is decided.
    pub async fn ask_extension(
        &mut self,
        id: ObligationId,
        due_on: Date,
        reason: Option<String>,
    ) -> Result<()> {
        let mut matter = self.matter(id, DutyAct::AskExtension).await?;
        check_extension(&matter, due_on)?;
        let reason = self.needed("/reason", reason)?;
        matter.duty.progress.extending = true;
        let details = Details::ExtensionRequest { due_on, reason };
        self.record(&mut matter.duty, &matter.document, details, None)
            .await
    }

    /// 决定延期. The day that was first computed is kept beside the new one.
    pub async fn decide_extension(
        &mut self,
        id: ObligationId,
        request: DutyEntryId,
        decision: ExtensionDecision,
    ) -> Result<()> {
        let mut matter = self.matter(id, DutyAct::DecideExtension).await?;
        let entry = self
            .open_request(&matter.duty, request, Event::ExtensionRequest)
            .await?;
        let Details::ExtensionRequest { due_on: wanted, .. } = entry.details else {
            return Err(Error::NotFound);
        };
        let by = matter.rule.extension.map(|extension| extension.by);
        let approved_by = self.words("/approved_by", decision.approved_by)?;
        let mut reason = self.words("/reason", decision.reason)?;
        let due_on = decision.granted.then(|| decision.due_on.unwrap_or(wanted));
        if let Some(due_on) = due_on {
            if by == Some(ExtensionBy::RecipientPresident) && approved_by.is_none() {
                let detail = "请写明批准延期的院长";
                return Err(Error::invalid("/approved_by", "required", detail));
            }
            check_extension(&matter, due_on)?;
            if let Some(due) = &mut matter.duty.due {
                let by = by.map(ExtensionBy::label).unwrap_or_default();
                let text = format!("经{by}，由 {} 延期至 {due_on}", due.due_on);
                due.steps.push(Step { text, date: due_on });
                due.due_on = due_on;
                // A day that was decided does not move with the calendar.
                due.provisional = false;
            }
        } else {
            reason = Some(self.needed("/reason", reason)?);
        }
        matter.duty.progress.extending = false;
        let details = Details::ExtensionDecision {
            granted: decision.granted,
            due_on,
            reason,
            approved_by,
        };
        self.record(&mut matter.duty, &matter.document, details, Some(request))
            .await
    }

    /// 提出异议. The clock runs on; where a rule sets the issuer a term for its decision, it
    /// starts now.
    pub async fn object(&mut self, id: ObligationId, grounds: Option<String>) -> Result<()> {
        let mut matter = self.matter(id, DutyAct::Object).await?;
        let grounds = self.needed("/grounds", grounds)?;
        let (today, hub) = (self.today(), self.hub.clone());
        let rules = hub.rules();
        let rule = matter.kind.objection_rule.as_deref();
        let rule = rule.and_then(|code| rules.deadline_rule(code, today));
        let due = rule.and_then(|rule| rule.due(today, None, Urgency::Normal, &matter.calendar));
        matter.duty.progress.objecting = true;
        matter.duty.progress.upheld.get_or_insert(false);
        let details = Details::Objection {
            grounds,
            decide_by: due.map(|due| due.due_on),
        };
        self.record(&mut matter.duty, &matter.document, details, None)
            .await
    }
}

/// The end of the original term stays in the explanation, and the cap is counted from there.
fn check_extension(matter: &Matter, new: Date) -> Result<()> {
    let Some(due) = &matter.duty.due else {
        return Err(Error::WrongState("没有期限，不需要延期"));
    };
    let calendar = &matter.calendar;
    let fits = matter.rule.check_extension(due, due.due_on, new, calendar);
    fits.map_err(|fault| Error::invalid("/due_on", "out_of_range", fault))
}
