use serde_json::json;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Result, Tx,
    rows::{hex, insert_rows},
    tx::on_either,
    values::{instant, ms, parsed},
};
use crate::domain::{DocumentId, Event, Evidence, EvidenceId, UnitId};

/// The evidence statements of the hub.
pub struct EvidenceTable<'t>(&'t mut Tx);

impl Tx {
    /// The evidence statements of the hub.
    pub fn evidence(&mut self) -> EvidenceTable<'_> {
        EvidenceTable(self)
    }
}

/// The columns of a [`Row`], from a table called `e`.
macro_rules! evidence_columns {
    () => {
        "e.id, e.document_id, e.party_id, e.event, e.round, e.at, e.statement, e.signature, \
         e.key_id"
    };
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    document_id: Uuid,
    party_id: Uuid,
    event: String,
    round: i64,
    at: i64,
    statement: String,
    signature: String,
    key_id: String,
}

impl TryFrom<Row> for Evidence {
    type Error = super::StoreError;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: EvidenceId(row.id),
            document: DocumentId(row.document_id),
            party: UnitId(row.party_id),
            event: parsed(&row.event)?,
            round: row.round,
            at: instant(row.at)?,
            statement: row.statement,
            signature: row.signature,
            key_id: row.key_id,
        })
    }
}

impl EvidenceTable<'_> {
    /// Keeps a statement. Tells whether it is the first of its document, party, event and
    /// round; a second one is not kept.
    pub async fn insert(&mut self, evidence: &Evidence) -> Result<bool> {
        let kept = self.insert_all(std::slice::from_ref(evidence)).await?;
        Ok(kept > 0)
    }

    /// Keeps statements, with one statement of SQL for all. Tells how many are the first of
    /// their document, party, event and round; the others are not kept.
    pub async fn insert_all(&mut self, statements: &[Evidence]) -> Result<usize> {
        let rows = statements.iter().map(|evidence| {
            json!({
                "id": hex(evidence.id.0),
                "document_id": hex(evidence.document.0),
                "party_id": hex(evidence.party.0),
                "event": evidence.event.code(),
                "round": evidence.round,
                "at": ms(evidence.at),
                "statement": evidence.statement,
                "signature": evidence.signature,
                "key_id": evidence.key_id,
            })
        });
        let kept = insert_rows!(self.0, rows, "evidence", "ON CONFLICT DO NOTHING", {
            id: id, document_id: id, party_id: id, event: text, round: number, at: number,
            statement: text, signature: text, key_id: text,
        });
        Ok(usize::try_from(kept).unwrap_or(usize::MAX))
    }

    /// The newest statement about a document and a party, or about its sending.
    pub async fn newest(
        &mut self,
        document: DocumentId,
        party: UnitId,
    ) -> Result<Option<EvidenceId>> {
        let id: Option<Uuid> = on_either!(self.0, |conn| {
            sqlx::query_scalar(
                "SELECT id
                   FROM evidence
                  WHERE document_id = $1 AND (party_id = $2 OR event = $3)
                  ORDER BY at DESC, id DESC
                  LIMIT 1",
            )
            .bind(document.0)
            .bind(party.0)
            .bind(Event::Submission.code())
            .fetch_optional(conn)
            .await?
        });
        Ok(id.map(EvidenceId))
    }

    /// The statement of one event.
    pub async fn of_event(
        &mut self,
        document: DocumentId,
        party: UnitId,
        event: Event,
    ) -> Result<Option<Evidence>> {
        let row: Option<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(concat!(
                "SELECT ",
                evidence_columns!(),
                "
                   FROM evidence e
                  WHERE e.document_id = $1 AND e.party_id = $2 AND e.event = $3
                  ORDER BY e.round DESC
                  LIMIT 1"
            ))
            .bind(document.0)
            .bind(party.0)
            .bind(event.code())
            .fetch_optional(conn)
            .await?
        });
        row.map(TryInto::try_into).transpose()
    }

    /// Finds a statement for a unit that may know of it: the issuers of the document know all
    /// of its statements, a recipient those about the sending, and those about itself even when
    /// the document has been taken back.
    pub async fn find_for(&mut self, viewer: UnitId, id: EvidenceId) -> Result<Option<Evidence>> {
        let row: Option<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(concat!(
                "SELECT ",
                evidence_columns!(),
                "
                   FROM evidence e
                   LEFT JOIN access a ON a.document_id = e.document_id AND a.unit_id = $1
                  WHERE e.id = $2
                    AND (a.basis IN ('issuer', 'joint')
                         OR (a.basis IS NOT NULL
                             AND (e.party_id = $1 OR e.event = 'submission'))
                         OR (e.party_id = $1
                             AND EXISTS (SELECT 1
                                           FROM deliveries v
                                          WHERE v.document_id = e.document_id
                                            AND v.unit_id = $1 AND v.state = 'recalled')))"
            ))
            .bind(viewer.0)
            .bind(id.0)
            .fetch_optional(conn)
            .await?
        });
        row.map(TryInto::try_into).transpose()
    }

    /// The statements about a document that a unit may know of, oldest first.
    pub async fn of_document_for(
        &mut self,
        viewer: UnitId,
        document: DocumentId,
        limit: i64,
    ) -> Result<Vec<Evidence>> {
        let rows: Vec<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(concat!(
                "SELECT ",
                evidence_columns!(),
                "
                   FROM evidence e
                   JOIN access a ON a.document_id = e.document_id AND a.unit_id = $1
                  WHERE e.document_id = $2
                    AND (e.party_id = $1 OR e.event = 'submission'
                         OR a.basis IN ('issuer', 'joint'))
                  ORDER BY e.at, e.id
                  LIMIT $3"
            ))
            .bind(viewer.0)
            .bind(document.0)
            .bind(limit)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(TryInto::try_into).collect()
    }
}
