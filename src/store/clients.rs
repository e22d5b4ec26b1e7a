use jiff::Timestamp;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Result, Tx,
    tx::on_either,
    values::{codes, instant, instant_if, ms, parsed_list},
};
use crate::domain::{Client, ClientSecret, DocumentId, UnitId, UserId};

/// The machine clients of units.
pub struct Clients<'t>(&'t mut Tx);

impl Tx {
    /// The machine clients of units.
    pub fn clients(&mut self) -> Clients<'_> {
        Clients(self)
    }
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    name: String,
    active: bool,
    created_at: i64,
    revision: i64,
    unit_id: Uuid,
    scopes: String,
    limited: bool,
    expires_at: i64,
}

#[derive(FromRow)]
struct SecretRow {
    created_at: i64,
    expires_at: Option<i64>,
}

impl Row {
    fn client(self, listed: Vec<Uuid>) -> Result<Client> {
        Ok(Client {
            id: UserId(self.id),
            name: self.name,
            unit: UnitId(self.unit_id),
            scopes: parsed_list(&self.scopes)?,
            recipients: self
                .limited
                .then(|| listed.into_iter().map(UnitId).collect()),
            expires_at: instant(self.expires_at)?,
            active: self.active,
            created_at: instant(self.created_at)?,
            revision: self.revision,
        })
    }
}

impl Clients<'_> {
    /// Enters a client with an account of its own that no password opens.
    pub async fn insert(&mut self, client: &Client) -> Result<()> {
        on_either!(self.0, |conn| {
            // A login of people holds no colon, and this hash fits no password.
            sqlx::query(
                "INSERT INTO users (id, login, name, password_hash, password_state, hub_roles,
                                    active, created_at, revision)
                 VALUES ($1, $2, $3, '!', 'chosen', '', $4, $5, $6)",
            )
            .bind(client.id.0)
            .bind(format!("client:{}", client.id))
            .bind(&client.name)
            .bind(client.active)
            .bind(ms(client.created_at))
            .bind(client.revision)
            .execute(conn)
            .await?;
        });
        on_either!(self.0, |conn| {
            sqlx::query(
                "INSERT INTO clients (user_id, unit_id, scopes, limited, expires_at)
                 VALUES ($1, $2, $3, $4, $5)",
            )
            .bind(client.id.0)
            .bind(client.unit.0)
            .bind(codes(client.scopes.iter().map(|scope| scope.code())))
            .bind(client.recipients.is_some())
            .bind(ms(client.expires_at))
            .execute(conn)
            .await?;
        });
        self.set_recipients(client).await
    }

    /// Writes the client over the revision before it. Tells whether that one was still there.
    pub async fn update(&mut self, client: &Client) -> Result<bool> {
        let updated = on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE users
                    SET name = $2, active = $3, revision = $4
                  WHERE id = $1 AND revision = $4 - 1",
            )
            .bind(client.id.0)
            .bind(&client.name)
            .bind(client.active)
            .bind(client.revision)
            .execute(conn)
            .await?
            .rows_affected()
        });
        if updated == 0 {
            return Ok(false);
        }
        on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE clients
                    SET scopes = $2, limited = $3, expires_at = $4
                  WHERE user_id = $1",
            )
            .bind(client.id.0)
            .bind(codes(client.scopes.iter().map(|scope| scope.code())))
            .bind(client.recipients.is_some())
            .bind(ms(client.expires_at))
            .execute(conn)
            .await?;
        });
        self.set_recipients(client).await?;
        Ok(true)
    }

    async fn set_recipients(&mut self, client: &Client) -> Result<()> {
        on_either!(self.0, |conn| {
            sqlx::query("DELETE FROM client_recipients WHERE client_id = $1")
                .bind(client.id.0)
                .execute(conn)
                .await?;
        });
        for unit in client.recipients.iter().flatten() {
            on_either!(self.0, |conn| {
                sqlx::query(
                    "INSERT INTO client_recipients (client_id, unit_id)
                     VALUES ($1, $2)
                         ON CONFLICT DO NOTHING",
                )
                .bind(client.id.0)
                .bind(unit.0)
                .execute(conn)
                .await?;
            });
        }
        Ok(())
    }

    /// Finds a client.
    pub async fn find(&mut self, id: UserId) -> Result<Option<Client>> {
        let row: Option<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT u.id, u.name, u.active, u.created_at, u.revision, c.unit_id, c.scopes,
                        c.limited, c.expires_at
                   FROM clients c
                   JOIN users u ON u.id = c.user_id
                  WHERE c.user_id = $1",
            )
            .bind(id.0)
            .fetch_optional(conn)
            .await?
        });
        match row {
            None => Ok(None),
            Some(row) => self.with_recipients(row).await.map(Some),
        }
    }

    /// The next clients by id, in the order they were entered.
    pub async fn list(&mut self, after: Option<UserId>, limit: i64) -> Result<Vec<Client>> {
        let rows: Vec<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT u.id, u.name, u.active, u.created_at, u.revision, c.unit_id, c.scopes,
                        c.limited, c.expires_at
                   FROM clients c
                   JOIN users u ON u.id = c.user_id
                  WHERE c.user_id > $1
                  ORDER BY c.user_id
                  LIMIT $2",
            )
            .bind(after.map_or(Uuid::nil(), |id| id.0))
            .bind(limit)
            .fetch_all(conn)
            .await?
        });
        let mut clients = Vec::with_capacity(rows.len());
        for row in rows {
            clients.push(self.with_recipients(row).await?);
        }
        Ok(clients)
    }

    async fn with_recipients(&mut self, row: Row) -> Result<Client> {
        let listed: Vec<Uuid> = on_either!(self.0, |conn| {
            sqlx::query_scalar(
                "SELECT unit_id FROM client_recipients WHERE client_id = $1 ORDER BY unit_id",
            )
            .bind(row.id)
            .fetch_all(conn)
            .await?
        });
        row.client(listed)
    }

    /// The clients of a unit that have not run out.
    pub async fn of_unit(&mut self, unit: UnitId, now: Timestamp) -> Result<Vec<Client>> {
        let ids: Vec<Uuid> = on_either!(self.0, |conn| {
            sqlx::query_scalar("SELECT user_id FROM clients WHERE unit_id = $1 AND expires_at > $2")
                .bind(unit.0)
                .bind(ms(now))
                .fetch_all(conn)
                .await?
        });
        let mut clients = Vec::with_capacity(ids.len());
        for id in ids {
            clients.extend(self.find(UserId(id)).await?);
        }
        Ok(clients)
    }

    /// Gives a client one more secret. The newest of those it had ends at `overlap`, where it
    /// does not end sooner, and any older one at once: never do more than two open it.
    pub async fn add_secret(
        &mut self,
        client: UserId,
        hash: &[u8],
        now: Timestamp,
        overlap: Timestamp,
    ) -> Result<()> {
        on_either!(self.0, |conn| {
            sqlx::query(
                "DELETE FROM client_secrets WHERE client_id = $1 AND expires_at IS NOT NULL",
            )
            .bind(client.0)
            .execute(conn)
            .await?;
        });
        on_either!(self.0, |conn| {
            sqlx::query("UPDATE client_secrets SET expires_at = $2 WHERE client_id = $1")
                .bind(client.0)
                .bind(ms(overlap))
                .execute(conn)
                .await?;
        });
        on_either!(self.0, |conn| {
            sqlx::query(
                "INSERT INTO client_secrets (hash, client_id, created_at, expires_at)
                 VALUES ($1, $2, $3, NULL)",
            )
            .bind(hash)
            .bind(client.0)
            .bind(ms(now))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// The secrets of a client that still open it, newest first.
    pub async fn secrets(&mut self, client: UserId, now: Timestamp) -> Result<Vec<ClientSecret>> {
        let rows: Vec<SecretRow> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT created_at, expires_at
                   FROM client_secrets
                  WHERE client_id = $1 AND (expires_at IS NULL OR expires_at > $2)
                  ORDER BY created_at DESC",
            )
            .bind(client.0)
            .bind(ms(now))
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|row| {
                Ok(ClientSecret {
                    created_at: instant(row.created_at)?,
                    expires_at: instant_if(row.expires_at)?,
                })
            })
            .collect()
    }

    /// Whether a secret with this hash opens the client.
    pub async fn opens(&mut self, client: UserId, hash: &[u8], now: Timestamp) -> Result<bool> {
        let found: Option<i64> = on_either!(self.0, |conn| {
            sqlx::query_scalar(
                "SELECT created_at
                   FROM client_secrets
                  WHERE hash = $1 AND client_id = $2
                    AND (expires_at IS NULL OR expires_at > $3)",
            )
            .bind(hash)
            .bind(client.0)
            .bind(ms(now))
            .fetch_optional(conn)
            .await?
        });
        Ok(found.is_some())
    }

    /// Takes a reference of a client's for this unit of work. Tells whether it was free; on
    /// PostgreSQL this waits for another unit of work that holds it.
    pub async fn take_reference(
        &mut self,
        client: UserId,
        reference: &str,
        fingerprint: &[u8],
        at: Timestamp,
    ) -> Result<bool> {
        let taken = on_either!(self.0, |conn| {
            sqlx::query(
                "INSERT INTO client_references (client_id, reference, fingerprint, at)
                 VALUES ($1, $2, $3, $4)
                     ON CONFLICT DO NOTHING",
            )
            .bind(client.0)
            .bind(reference)
            .bind(fingerprint)
            .bind(ms(at))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(taken > 0)
    }

    /// Notes which document a reference stands for.
    pub async fn keep_reference(
        &mut self,
        client: UserId,
        reference: &str,
        document: DocumentId,
    ) -> Result<()> {
        on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE client_references
                    SET document_id = $3
                  WHERE client_id = $1 AND reference = $2",
            )
            .bind(client.0)
            .bind(reference)
            .bind(document.0)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// The document that a reference stands for, and the fingerprint of what was asked.
    pub async fn referred(
        &mut self,
        client: UserId,
        reference: &str,
    ) -> Result<Option<(DocumentId, Vec<u8>)>> {
        let row: Option<(Uuid, Vec<u8>)> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT document_id, fingerprint
                   FROM client_references
                  WHERE client_id = $1 AND reference = $2 AND document_id IS NOT NULL",
            )
            .bind(client.0)
            .bind(reference)
            .fetch_optional(conn)
            .await?
        });
        Ok(row.map(|(id, fingerprint)| (DocumentId(id), fingerprint)))
    }
}
