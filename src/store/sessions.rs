use jiff::Timestamp;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Result, Tx,
    tx::on_either,
    values::{codes, instant, instant_if, ms, parsed_list},
};
use crate::domain::{Scope, SessionId, UnitId, UserId};

/// One stretch of work of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Identifies the session; access tokens name it.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// The unit the person acts for.
    pub unit: Option<UnitId>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// When it was ended.
    pub ended_at: Option<Timestamp>,
    /// What a program was granted for it; a person's has none.
    pub scopes: Option<Vec<Scope>>,
}

/// One link of the chain that keeps a session going; only its hash is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshToken {
    /// SHA-256 of the token.
    pub hash: Vec<u8>,
    /// The session it keeps going.
    pub session: SessionId,
    /// When it was handed out.
    pub issued_at: Timestamp,
    /// Until when it may be used.
    pub expires_at: Timestamp,
    /// When it was used; a second use is theft.
    pub used_at: Option<Timestamp>,
}

/// The sessions of people.
pub struct Sessions<'t>(&'t mut Tx);

impl Tx {
    /// The sessions of people.
    pub fn sessions(&mut self) -> Sessions<'_> {
        Sessions(self)
    }
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    user_id: Uuid,
    unit_id: Option<Uuid>,
    created_at: i64,
    expires_at: i64,
    ended_at: Option<i64>,
    scopes: Option<String>,
}

#[derive(FromRow)]
struct TokenRow {
    hash: Vec<u8>,
    session_id: Uuid,
    issued_at: i64,
    expires_at: i64,
    used_at: Option<i64>,
}

impl Sessions<'_> {
    /// Begins a session.
    pub async fn insert(&mut self, session: &Session) -> Result<()> {
        on_either!(self.0, |conn| {
            sqlx::query(
                "INSERT INTO sessions (id, user_id, unit_id, created_at, expires_at, ended_at,
                                       scopes)
                 VALUES ($1, $2, $3, $4, $5, NULL, $6)",
            )
            .bind(session.id.0)
            .bind(session.user.0)
            .bind(session.unit.map(|id| id.0))
            .bind(ms(session.created_at))
            .bind(ms(session.expires_at))
            .bind(
                session
                    .scopes
                    .as_ref()
                    .map(|scopes| codes(scopes.iter().map(|scope| scope.code()))),
            )
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Finds a session, ended or not.
    pub async fn find(&mut self, id: SessionId) -> Result<Option<Session>> {
        let row: Option<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT id, user_id, unit_id, created_at, expires_at, ended_at, scopes
                   FROM sessions
                  WHERE id = $1",
            )
            .bind(id.0)
            .fetch_optional(conn)
            .await?
        });
        row.map(|row| {
            Ok(Session {
                id: SessionId(row.id),
                user: UserId(row.user_id),
                unit: row.unit_id.map(UnitId),
                created_at: instant(row.created_at)?,
                expires_at: instant(row.expires_at)?,
                ended_at: instant_if(row.ended_at)?,
                scopes: row.scopes.as_deref().map(parsed_list).transpose()?,
            })
        })
        .transpose()
    }

    /// Ends a session; ending it again changes nothing.
    pub async fn end(&mut self, id: SessionId, at: Timestamp) -> Result<()> {
        on_either!(self.0, |conn| {
            sqlx::query("UPDATE sessions SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL")
                .bind(id.0)
                .bind(ms(at))
                .execute(conn)
                .await?;
        });
        Ok(())
    }

    /// Ends every session of a person.
    pub async fn end_all_of(&mut self, user: UserId, at: Timestamp) -> Result<()> {
        on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE sessions SET ended_at = $2 WHERE user_id = $1 AND ended_at IS NULL",
            )
            .bind(user.0)
            .bind(ms(at))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Hands out a refresh token.
    pub async fn insert_token(&mut self, token: &RefreshToken) -> Result<()> {
        on_either!(self.0, |conn| {
            sqlx::query(
                "INSERT INTO refresh_tokens (hash, session_id, issued_at, expires_at, used_at)
                 VALUES ($1, $2, $3, $4, NULL)",
            )
            .bind(&token.hash)
            .bind(token.session.0)
            .bind(ms(token.issued_at))
            .bind(ms(token.expires_at))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Finds a refresh token by its hash.
    pub async fn find_token(&mut self, hash: &[u8]) -> Result<Option<RefreshToken>> {
        let row: Option<TokenRow> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT hash, session_id, issued_at, expires_at, used_at
                   FROM refresh_tokens
                  WHERE hash = $1",
            )
            .bind(hash)
            .fetch_optional(conn)
            .await?
        });
        row.map(|row| {
            Ok(RefreshToken {
                hash: row.hash,
                session: SessionId(row.session_id),
                issued_at: instant(row.issued_at)?,
                expires_at: instant(row.expires_at)?,
                used_at: instant_if(row.used_at)?,
            })
        })
        .transpose()
    }

    /// Uses a refresh token up. Tells whether this was its first use.
    pub async fn use_token(&mut self, hash: &[u8], at: Timestamp) -> Result<bool> {
        let used = on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE refresh_tokens SET used_at = $2 WHERE hash = $1 AND used_at IS NULL",
            )
            .bind(hash)
            .bind(ms(at))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(used > 0)
    }
}
