use jiff::civil::Date;

use crate::{
    app::{Error, Result, Work},
    domain::{
        Delivery, DeliveryId, Details, Document, Obligation, ObligationId, ObligationState,
        Progress, RecipientRole, legal_day,
    },
};

impl Work {
    /// A main recipient owes a reply where the kind says so; the duty remembers the rule's
    /// version that is in force on the day of sending.
    pub(in crate::app) async fn oblige(
        &mut self,
        document: &Document,
        deliveries: &[Delivery],
    ) -> Result<()> {
        let rules = self.hub.clone();
        let rules = rules.rules();
        let kind = rules.kind_version(&document.kind, document.kind_version);
        let kind = kind.ok_or_else(|| Error::internal(format!("no kind {}", document.kind)))?;
        if !kind.duty.owes_reply(document.reply_due_on.is_some()) {
            return Ok(());
        }
        let today = legal_day(self.now);
        let rule = kind
            .deadline_rule_for(&document.fields)
            .and_then(|code| rules.deadline_rule(code, today))
            .ok_or_else(|| Error::internal(format!("no deadline rule for {}", document.kind)))?;
        let calendar = self.hub.clone().calendar(&mut self.tx).await?;
        let promptly = self.hub.config().deadlines.prompt_signing_workdays;
        let sign_by = (promptly > 0).then(|| calendar.add_working_days(today, promptly));
        let duties: Vec<_> = deliveries
            .iter()
            .filter(|delivery| delivery.role == RecipientRole::Main)
            .map(|delivery| Obligation {
                id: ObligationId::fresh(),
                delivery: delivery.id,
                document: document.id,
                debtor: delivery.unit,
                creditor: document.unit,
                rule: (rule.code.clone(), rule.version),
                state: ObligationState::AwaitingSignature,
                typed_due_on: document.reply_due_on,
                urgency: document.urgency,
                sign_by,
                anchor_on: None,
                original_due_on: None,
                due: None,
                reply: None,
                progress: Progress::default(),
                created_at: self.now,
                revision: 1,
            })
            .collect();
        self.tx.obligations().insert_all(&duties).await?;
        Ok(())
    }

    /// Starts the clock of the duty that a delivery brought, on the day of signing; a clock that
    /// runs already is not moved. Returns the due date, where a term runs.
    pub(in crate::app) async fn start_clock(
        &mut self,
        delivery: &Delivery,
        signed_on: Date,
    ) -> Result<Option<Date>> {
        let Some(mut obligation) = self.tx.obligations().of_delivery(delivery.id).await? else {
            return Ok(None);
        };
        if obligation.state != ObligationState::AwaitingSignature {
            return Ok(obligation.due.map(|due| due.due_on));
        }
        let hub = self.hub.clone();
        let rules = hub.rules();
        let (code, version) = &obligation.rule;
        let rule = rules
            .deadline_rule_version(code, *version)
            .ok_or_else(|| Error::internal(format!("no deadline rule {code} v{version}")))?;
        let typed = obligation.typed_due_on.map(Into::into);
        let calendar = hub.calendar(&mut self.tx).await?;
        let due = rule.due(signed_on, typed, obligation.urgency, &calendar);
        obligation.anchor_on = Some(signed_on);
        obligation.original_due_on = due.as_ref().map(|due| due.due_on);
        obligation.due = due;
        obligation.state = ObligationState::AwaitingRegistration;
        obligation.revision += 1;
        if !self.tx.obligations().update(&obligation).await? {
            return Err(Error::Stale);
        }
        Ok(obligation.original_due_on)
    }

    /// Turns the duty that a delivery brought from one state into another; where there is none, or
    /// it stands elsewhere, nothing changes.
    pub(in crate::app) async fn turn_obligation(
        &mut self,
        delivery: DeliveryId,
        from: ObligationState,
        to: ObligationState,
    ) -> Result<()> {
        let found = self.tx.obligations().of_delivery(delivery).await?;
        let Some(mut obligation) = found.filter(|found| found.state == from) else {
            return Ok(());
        };
        obligation.state = to;
        obligation.revision += 1;
        if self.tx.obligations().update(&obligation).await? {
            Ok(())
        } else {
            Err(Error::Stale)
        }
    }

    /// A reply that is sent fulfils the duty it answers. Late replies count too; the first final
    /// reply stands.
    pub(in crate::app) async fn answer_obligation(&mut self, reply: &Document) -> Result<()> {
        let Some(answered) = reply.in_reply_to else {
            return Ok(());
        };
        let Some(delivery) = self.tx.deliveries().find_of(answered, reply.unit).await? else {
            return Ok(());
        };
        if delivery.signed_kind().is_none() {
            return Err(Error::WrongState("请先签收所回复的文书，再发送回复"));
        }
        let found = self.tx.obligations().of_delivery(delivery.id).await?;
        let Some(mut duty) = found.filter(Obligation::is_running) else {
            return Ok(());
        };
        let original = self.tx.documents().find_for(reply.unit, answered).await?;
        let original = original.ok_or(Error::NotFound)?;
        if !self.fulfils(&original, reply) {
            return Ok(());
        }
        let details = if is_interim(reply) {
            Details::InterimReply { reply: reply.id }
        } else {
            // What has its final reply needs no more hands.
            let (by, now) = (self.caller.user(), self.now);
            let mut deliveries = self.tx.deliveries();
            deliveries.mark_done(delivery.id, by, None, now).await?;
            self.settle(&mut duty, reply)
        };
        self.record(&mut duty, &original, details, None).await
    }

    /// The final word: of several the first is the reply, the others complete it. It leaves
    /// nothing to extend.
    fn settle(&self, duty: &mut Obligation, reply: &Document) -> Details {
        let details = Details::Reply {
            reply: reply.id,
            supplement: duty.reply.is_some(),
            days_late: duty.days_overdue(self.today(), None),
        };
        duty.reply = duty.reply.or(Some((reply.id, self.now)));
        duty.state = ObligationState::Replied;
        duty.progress.extending = false;
        duty.progress.supplement_due_on = None;
        details
    }

    /// Whether a document is of a kind that answers the original.
    fn fulfils(&self, original: &Document, reply: &Document) -> bool {
        let rules = self.hub.rules();
        let kind = rules.kind_version(&original.kind, original.kind_version);
        let allowed = kind
            .map(|kind| kind.reply_kinds.as_slice())
            .unwrap_or_default();
        if !allowed.is_empty() {
            return allowed.contains(&reply.kind);
        }
        let kind = rules.kind_version(&reply.kind, reply.kind_version);
        kind.is_some_and(|kind| kind.is_reply)
    }
}

/// Whether a reply is not the last word.
fn is_interim(reply: &Document) -> bool {
    let interim = reply.fields.get("interim");
    interim.and_then(serde_json::Value::as_bool) == Some(true)
}
