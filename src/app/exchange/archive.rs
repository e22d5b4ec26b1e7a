use super::OFFICE;
use crate::{
    app::{Error, Result, Work},
    domain::{Document, DocumentAct, DocumentId},
};

impl Work {
    /// Archives a document in its issuing unit (归档): nothing more happens to the document
    /// itself. Recipients still read and sign for it; a reply that is owed keeps it open.
    pub async fn archive(&mut self, id: DocumentId) -> Result<Document> {
        let mut document = self.own_document(id).await?;
        self.caller.unit_as(OFFICE)?;
        let next = document.state.after(DocumentAct::Archive);
        document.state = next.map_err(Error::WrongState)?;
        if self.tx.obligations().any_open(id).await? {
            return Err(Error::WrongState("尚有收件单位未回复，不能归档"));
        }
        document.archived = Some((self.caller.user(), self.now));
        self.keep(document, "document.archive").await
    }
}
