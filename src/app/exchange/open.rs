use crate::{
    app::{Caller, Error, Hub, Result, Shown, receipts::Fact},
    domain::{Document, DocumentId, Event, Scope, UnitId},
};

impl Hub {
    /// Shows a document to somebody of a unit that may see it. For a recipient this records the
    /// reading: once per person, and as evidence once per unit, both anew when the document was
    /// sent again. It never signs.
    pub async fn open_document(&self, caller: &Caller, id: DocumentId) -> Result<Shown<Document>> {
        let shown = self.find_document(caller, id).await?;
        let unit = caller.acting_unit()?;
        if caller.is_machine() {
            // A program reads nothing; that it has fetched is noted instead.
            if shown.value.sent.is_some() {
                self.note_fetch(caller, unit, id).await?;
            }
            return Ok(shown);
        }
        let unread = shown.value.sent.is_some() && {
            let mut tx = self.store().read().await?;
            tx.deliveries()
                .is_unread_by(id, unit, caller.user())
                .await?
        };
        if unread {
            self.record_reading(caller, unit, &shown.value).await?;
        }
        Ok(shown)
    }

    /// Looks whether a document is there for somebody, without showing what it says.
    pub async fn find_document(&self, caller: &Caller, id: DocumentId) -> Result<Shown<Document>> {
        let unit = caller.unit_for(&[Scope::Send, Scope::Receive])?;
        let mut tx = self.store().read().await?;
        let document = tx.documents().find_for(unit, id).await?;
        let document = document.ok_or(Error::NotFound)?;
        caller.reaches(&document)?;
        self.shown(&mut tx, document).await
    }

    /// Notes that somebody of a recipient has had the content before their eyes.
    pub(super) async fn record_reading(
        &self,
        caller: &Caller,
        unit: UnitId,
        document: &Document,
    ) -> Result<()> {
        let mut work = self.work(caller.clone()).await?;
        let (now, by) = (work.now, caller.user());
        let delivery = work.tx.deliveries().find_of(document.id, unit).await?;
        let Some(delivery) = delivery else {
            return Ok(());
        };
        let round = delivery.round;
        if !work
            .tx
            .deliveries()
            .mark_reader(document.id, unit, by, round, now)
            .await?
        {
            return Ok(());
        }
        let mut action = "document.read_again";
        if work.tx.deliveries().mark_read(delivery.id, by, now).await? {
            let reading = Fact::new(Event::Reading, document, unit).by(by);
            work.state(reading.in_round(round)).await?;
            action = "document.read";
        }
        // How many others of a unit read it is not told to the sender.
        work.did_between(action, document.id, unit);
        work.commit().await
    }
}
