//! What the issuer does with an objection and with an answer; the office may only suggest.

use jiff::civil::Date;

use super::matter::Matter;
use crate::{
    app::{Error, Result, Work},
    domain::{
        Adoption, Details, DutyAct, DutyEntryId, Event, ItemVerdict, ObligationId, ObligationState,
        Remedy, Verdict,
    },
};

/// A decision on an objection.
#[derive(Debug, Clone)]
pub struct ObjectionDecision {
    /// Whether it was right.
    pub verdict: Verdict,
    /// What follows; the document stands when left out.
    pub remedy: Option<Remedy>,
    /// Why.
    pub reasons: Option<String>,
    /// The person or body that decided.
    pub decided_by: Option<String>,
}

/// What became of the suggestions.
#[derive(Debug, Clone)]
pub struct Evaluation {
    /// On the whole.
    pub adoption: Adoption,
    /// Why, where they were not followed in full.
    pub reason: Option<String>,
    /// One by one, where the document numbers its suggestions.
    pub items: Vec<ItemVerdict>,
    /// Whether what had to be put right is put right.
    pub rectified: Option<bool>,
}

impl Work {
    /// 决定异议. A document that is to be amended stays owed until its new version is sent; one
    /// that is withdrawn is owed no more.
    pub async fn decide_objection(
        &mut self,
        id: ObligationId,
        request: DutyEntryId,
        decision: ObjectionDecision,
    ) -> Result<()> {
        let mut matter = self.matter(id, DutyAct::DecideObjection).await?;
        self.open_request(&matter.duty, request, Event::Objection)
            .await?;
        let remedy = decision.remedy.unwrap_or(Remedy::Keep);
        if (decision.verdict == Verdict::Rejected) != (remedy == Remedy::Keep) {
            let detail = "异议不成立的维持原文书，成立或者部分成立的修改或者撤回";
            return Err(Error::invalid("/remedy", "conflict", detail));
        }
        let details = Details::ObjectionDecision {
            verdict: decision.verdict,
            remedy,
            reasons: self.needed("/reasons", decision.reasons)?,
            decided_by: self.words("/decided_by", decision.decided_by)?,
        };
        matter.duty.progress.objecting = false;
        if decision.verdict != Verdict::Rejected {
            matter.duty.progress.upheld = Some(true);
        }
        if remedy == Remedy::Withdraw {
            matter.duty.state = ObligationState::Withdrawn;
            matter.duty.progress.extending = false;
            matter.duty.progress.supplement_due_on = None;
        }
        self.record(&mut matter.duty, &matter.document, details, Some(request))
            .await
    }

    /// 退回补充: what was answered is to be completed by a day.
    pub async fn ask_supplement(
        &mut self,
        id: ObligationId,
        what: Option<String>,
        due_on: Date,
    ) -> Result<()> {
        let mut matter = self.matter(id, DutyAct::AskSupplement).await?;
        let what = self.needed("/what", what)?;
        self.not_past(due_on)?;
        matter.duty.state = ObligationState::InProgress;
        matter.duty.progress.supplement_due_on = Some(due_on);
        let details = Details::SupplementRequest { what, due_on };
        self.record(&mut matter.duty, &matter.document, details, None)
            .await
    }

    /// 评价.
    pub async fn evaluate(&mut self, id: ObligationId, evaluation: Evaluation) -> Result<()> {
        let mut matter = self.matter(id, DutyAct::Evaluate).await?;
        let reason = self.because("/reason", evaluation.adoption, evaluation.reason)?;
        let items = self.items_of(&matter, evaluation.items)?;
        matter.duty.state = ObligationState::Evaluated;
        matter.duty.progress.adoption = Some(evaluation.adoption);
        matter.duty.progress.rectified = evaluation.rectified;
        matter.duty.progress.evaluated_at = Some(self.now);
        let details = Details::Evaluation {
            adoption: evaluation.adoption,
            reason,
            items,
            rectified: evaluation.rectified,
        };
        self.record(&mut matter.duty, &matter.document, details, None)
            .await
    }

    /// 销号.
    pub async fn close(&mut self, id: ObligationId, note: Option<String>) -> Result<()> {
        let mut matter = self.matter(id, DutyAct::Close).await?;
        let details = Details::Closure {
            note: self.words("/note", note)?,
        };
        matter.duty.state = ObligationState::Closed;
        matter.duty.progress.closed_at = Some(self.now);
        self.record(&mut matter.duty, &matter.document, details, None)
            .await
    }

    /// 建议销号: the office thinks that the matter is done with. It changes nothing.
    pub async fn suggest_close(&mut self, id: ObligationId, reason: Option<String>) -> Result<()> {
        let mut matter = self.matter(id, DutyAct::SuggestClose).await?;
        let reason = self.needed("/reason", reason)?;
        let details = Details::CloseSuggestion { reason };
        self.record(&mut matter.duty, &matter.document, details, None)
            .await
    }

    /// 重新打开: it is to be answered again, by a day.
    pub async fn reopen(
        &mut self,
        id: ObligationId,
        reason: Option<String>,
        due_on: Date,
    ) -> Result<()> {
        let mut matter = self.matter(id, DutyAct::Reopen).await?;
        let reason = self.needed("/reason", reason)?;
        self.not_past(due_on)?;
        matter.duty.state = ObligationState::InProgress;
        let progress = &mut matter.duty.progress;
        progress.adoption = None;
        progress.rectified = None;
        progress.evaluated_at = None;
        progress.closed_at = None;
        progress.supplement_due_on = Some(due_on);
        let details = Details::Reopening { reason, due_on };
        self.record(&mut matter.duty, &matter.document, details, None)
            .await
    }

    fn not_past(&self, due_on: Date) -> Result<()> {
        if due_on < self.today() {
            return Err(Error::invalid("/due_on", "in_past", "日期不能早于今天"));
        }
        Ok(())
    }

    /// Whatever was not followed in full has a reason.
    fn because(
        &self,
        pointer: &str,
        adoption: Adoption,
        reason: Option<String>,
    ) -> Result<Option<String>> {
        if adoption == Adoption::Adopted {
            return self.words(pointer, reason);
        }
        self.needed(pointer, reason).map(Some)
    }

    /// One verdict for each numbered suggestion.
    fn items_of(&self, matter: &Matter, items: Vec<ItemVerdict>) -> Result<Vec<ItemVerdict>> {
        let wanted = matter.kind.items_to_answer(&matter.document.fields);
        let wanted = wanted.unwrap_or(0);
        if items.len() != wanted {
            let detail = format!("须逐项评价，应有 {wanted} 项");
            return Err(Error::invalid("/items", "count", detail));
        }
        let tidy = |(place, item): (usize, ItemVerdict)| {
            let pointer = format!("/items/{place}/reason");
            let reason = self.because(&pointer, item.adoption, item.reason)?;
            Ok(ItemVerdict { reason, ..item })
        };
        items.into_iter().enumerate().map(tidy).collect()
    }
}
