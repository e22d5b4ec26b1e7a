use crate::{
    app::{Error, Result, Work},
    domain::{Consent, Document, DocumentAct, DocumentId, Role},
};

impl Work {
    /// Consents to a document under review that the caller's unit issues together with others
    /// (联合行文), or refuses with a reason, which the lead unit sees. Saying the same again
    /// changes nothing; a refusal may be followed by consent, and the other way round.
    pub async fn consent(
        &mut self,
        id: DocumentId,
        revision: i64,
        refusal: Option<String>,
    ) -> Result<Document> {
        let unit = self.caller.unit()?;
        let document = self.tx.documents().find_for(unit, id).await?;
        let document = document.ok_or(Error::NotFound)?;
        let own = document
            .joint_issuers
            .iter()
            .find(|joint| joint.unit == unit);
        let Some(own) = own else {
            return Err(Error::Forbidden("此操作须由联合发文单位进行"));
        };
        self.caller.unit_as(&[Role::Signer])?;
        let act = DocumentAct::Consent;
        document.state.after(act).map_err(Error::WrongState)?;
        if document.revision != revision {
            return Err(Error::Stale);
        }
        let granted = refusal.is_none();
        let note = self.tidy_note(refusal)?;
        if note.is_none() && !granted {
            let detail = "不同意会签须说明理由";
            return Err(Error::invalid("/note", "required", detail));
        }
        let said = own
            .consent
            .as_ref()
            .is_some_and(|said| said.granted == granted && said.note == note);
        if !said {
            let answer = Consent {
                granted,
                act: (self.caller.user(), self.now),
                note,
            };
            self.tx
                .documents()
                .answer_consent(id, unit, &answer)
                .await?;
            let action = if granted {
                "document.consent"
            } else {
                "document.refuse_consent"
            };
            self.did_to_document(action, id);
        }
        let document = self.tx.documents().find_for(unit, id).await?;
        document.ok_or(Error::NotFound)
    }
}
