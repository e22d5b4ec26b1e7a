use crate::{
    app::{Error, Result, Work},
    domain::{Document, DocumentId, DocumentState, Role},
};

impl Work {
    /// Consents to a draft that the caller's unit issues together with others (联合行文).
    /// Consenting again changes nothing.
    pub async fn consent(&mut self, id: DocumentId, revision: i64) -> Result<Document> {
        let unit = self.caller.unit()?;
        let document = self
            .tx
            .documents()
            .find_for(unit, id)
            .await?
            .ok_or(Error::NotFound)?;
        if !document
            .joint_issuers
            .iter()
            .any(|joint| joint.unit == unit)
        {
            return Err(Error::Forbidden("此操作须由联合发文单位进行"));
        }
        self.caller.unit_as(&[Role::Signer])?;
        if document.state != DocumentState::Draft {
            return Err(Error::WrongState("文书已签发，无须再会签"));
        }
        if document.revision != revision {
            return Err(Error::Stale);
        }
        let by = self.caller.user();
        if self.tx.documents().consent(id, unit, by, self.now).await? {
            self.did_to_document("document.consent", id);
        }
        let document = self.tx.documents().find_for(unit, id).await?;
        document.ok_or(Error::NotFound)
    }
}
