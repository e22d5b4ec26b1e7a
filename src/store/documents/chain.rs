//! The versions of a document: each correction names the one it replaces.

use uuid::Uuid;

use super::{
    super::{Result, tx::on_either},
    Documents, Row,
};
use crate::domain::{Document, DocumentId, UnitId};

impl Documents<'_> {
    /// The correction of a document, be it a draft or sent.
    pub async fn correction_of(&mut self, id: DocumentId) -> Result<Option<DocumentId>> {
        let id: Option<Uuid> = on_either!(self.0, |conn| {
            sqlx::query_scalar("SELECT id FROM documents WHERE replaces = $1")
                .bind(id.0)
                .fetch_optional(conn)
                .await?
        });
        Ok(id.map(DocumentId))
    }

    /// Every version of a document that a unit may see, oldest first. A correction that is not
    /// sent yet is its issuers' alone, as their access says.
    pub async fn versions_for(&mut self, viewer: UnitId, id: DocumentId) -> Result<Vec<Document>> {
        let rows: Vec<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(concat!(
                "WITH RECURSIVE
                 earlier (id, replaces) AS (
                     SELECT id, replaces FROM documents WHERE id = $2
                      UNION ALL
                     SELECT d.id, d.replaces
                       FROM documents d
                       JOIN earlier e ON d.id = e.replaces
                 ),
                 later (id) AS (
                     SELECT id FROM documents WHERE id = $2
                      UNION ALL
                     SELECT d.id
                       FROM documents d
                       JOIN later l ON d.replaces = l.id
                 )
                 SELECT ",
                document_columns!(),
                "
                   FROM documents d
                   JOIN access a ON a.document_id = d.id AND a.unit_id = $1
                  WHERE d.id IN (SELECT id FROM earlier UNION SELECT id FROM later)
                  ORDER BY d.version"
            ))
            .bind(viewer.0)
            .bind(id.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(TryInto::try_into).collect()
    }
}
