use super::OFFICE;
use crate::{
    app::{Error, Result, Work},
    domain::{Document, DocumentAct, DocumentId, Review, Role},
};

/// What a reviewer says to a draft (审核).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it may be issued; otherwise it goes back to its drafters.
    pub approved: bool,
    /// What they note; needed where it goes back.
    pub note: Option<String>,
}

/// Who looks at drafts before they are issued.
const REVIEWERS: &[Role] = &[Role::Reviewer, Role::Signer];

impl Work {
    /// Lays a complete draft before the reviewers and signers of the unit (送审). From now on
    /// nothing of it changes, unless it comes back.
    pub async fn submit(&mut self, id: DocumentId) -> Result<Document> {
        let mut document = self.own_document(id).await?;
        self.caller.unit_as(OFFICE)?;
        let next = document.state.after(DocumentAct::Submit);
        document.state = next.map_err(Error::WrongState)?;
        let kind = self.kind(&document.kind)?;
        self.check_complete(&document, &kind).await?;
        document.submitted = Some((self.caller.user(), self.now));
        document.review = None;
        self.keep(document, "document.submit").await
    }

    /// Takes a draft back from review to work on it; joint issuers are asked again afterwards.
    pub async fn withdraw(&mut self, id: DocumentId) -> Result<Document> {
        let document = self.own_document(id).await?;
        self.caller.unit_as(OFFICE)?;
        self.back_to_draft(document, DocumentAct::Withdraw, "document.withdraw")
            .await
    }

    /// Approves a draft of this revision, or sends it back to its drafters with a reason. Who
    /// drafted it does not review it, unless the unit is set up as a single-person unit.
    pub async fn review(
        &mut self,
        id: DocumentId,
        revision: i64,
        verdict: Verdict,
    ) -> Result<Document> {
        let mut document = self.own_document(id).await?;
        self.caller.unit_as(REVIEWERS)?;
        if document.drafted.0 == self.caller.user() && !self.may_issue_own().await? {
            return Err(Error::Forbidden("拟稿人不能审核自己拟的文书"));
        }
        let act = if verdict.approved {
            DocumentAct::Approve
        } else {
            DocumentAct::SendBack
        };
        document.state.after(act).map_err(Error::WrongState)?;
        if document.revision != revision {
            return Err(Error::Stale);
        }
        let note = self.tidy_note(verdict.note)?;
        if note.is_none() && !verdict.approved {
            let detail = "退回修改须说明理由";
            return Err(Error::invalid("/note", "required", detail));
        }
        document.review = Some(Review {
            approved: verdict.approved,
            act: (self.caller.user(), self.now),
            note,
        });
        if verdict.approved {
            self.keep(document, "document.approve").await
        } else {
            self.back_to_draft(document, act, "document.send_back")
                .await
        }
    }

    async fn back_to_draft(
        &mut self,
        mut document: Document,
        act: DocumentAct,
        action: &'static str,
    ) -> Result<Document> {
        document.state = document.state.after(act).map_err(Error::WrongState)?;
        document.submitted = None;
        self.tx.documents().ask_consent_again(document.id).await?;
        self.keep(document, action).await
    }

    /// Writes a document that this unit of work has changed over the revision before it.
    pub(super) async fn keep(
        &mut self,
        mut document: Document,
        action: &'static str,
    ) -> Result<Document> {
        document.updated_at = self.now;
        document.revision += 1;
        if !self.tx.documents().update(&document).await? {
            return Err(Error::Stale);
        }
        self.did_to_document(action, document.id);
        self.own_document(document.id).await
    }
}
