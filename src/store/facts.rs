use super::{Result, Tx, tx::on_either};

/// Single facts about the hub itself.
pub struct Facts<'t>(pub(super) &'t mut Tx);

impl Tx {
    /// Single facts about the hub itself.
    pub fn facts(&mut self) -> Facts<'_> {
        Facts(self)
    }
}

impl Facts<'_> {
    /// The fact, if it was written.
    pub async fn find(&mut self, name: &str) -> Result<Option<String>> {
        Ok(on_either!(self.0, |conn| {
            sqlx::query_scalar("SELECT value FROM hub_facts WHERE name = $1")
                .bind(name)
                .fetch_optional(conn)
                .await?
        }))
    }

    /// Writes the fact unless it is there, and returns the one that stands.
    pub async fn keep_first(&mut self, name: &str, value: &str) -> Result<String> {
        Ok(on_either!(self.0, |conn| {
            sqlx::query_scalar(
                "INSERT INTO hub_facts (name, value)
                 VALUES ($1, $2)
                     ON CONFLICT (name) DO UPDATE SET value = hub_facts.value
              RETURNING value",
            )
            .bind(name)
            .bind(value)
            .fetch_one(conn)
            .await?
        }))
    }

    /// Writes the fact over what was there.
    pub async fn set(&mut self, name: &str, value: &str) -> Result<()> {
        on_either!(self.0, |conn| {
            sqlx::query(
                "INSERT INTO hub_facts (name, value)
                 VALUES ($1, $2)
                     ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            )
            .bind(name)
            .bind(value)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Removes the fact; tells whether it was there.
    pub async fn remove(&mut self, name: &str) -> Result<bool> {
        let removed = on_either!(self.0, |conn| {
            sqlx::query("DELETE FROM hub_facts WHERE name = $1")
                .bind(name)
                .execute(conn)
                .await?
                .rows_affected()
        });
        Ok(removed > 0)
    }
}
