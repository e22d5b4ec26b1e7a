use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Result, Tx,
    tx::on_either,
    values::{codes, instant, ms, parsed, parsed_if, parsed_list},
};
use crate::domain::{EmailAddress, Membership, PasswordState, Role, UnitId, User, UserId};

/// The accounts of people.
pub struct Users<'t>(&'t mut Tx);

impl Tx {
    /// The accounts of people.
    pub fn users(&mut self) -> Users<'_> {
        Users(self)
    }
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    login: String,
    name: String,
    email: Option<String>,
    password_state: String,
    hub_roles: String,
    active: bool,
    created_at: i64,
    revision: i64,
}

impl Row {
    fn user(self, memberships: Vec<Membership>) -> Result<User> {
        Ok(User {
            id: UserId(self.id),
            login: self.login,
            name: self.name,
            email: parsed_if(self.email.as_deref())?,
            memberships,
            hub_roles: parsed_list(&self.hub_roles)?,
            active: self.active,
            password: parsed(&self.password_state)?,
            created_at: instant(self.created_at)?,
            revision: self.revision,
        })
    }
}

impl Users<'_> {
    /// Enters an account. Tells whether it was entered: logins are unique.
    pub async fn insert(&mut self, user: &User, password_hash: &str) -> Result<bool> {
        let entered = on_either!(self.0, |conn| {
            sqlx::query(
                "INSERT INTO users (id, login, name, password_hash, password_state, hub_roles,
                                    active, created_at, revision, email)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                     ON CONFLICT DO NOTHING",
            )
            .bind(user.id.0)
            .bind(&user.login)
            .bind(&user.name)
            .bind(password_hash)
            .bind(user.password.code())
            .bind(codes(user.hub_roles.iter().map(|role| role.code())))
            .bind(user.active)
            .bind(ms(user.created_at))
            .bind(user.revision)
            .bind(user.email.as_ref().map(EmailAddress::as_str))
            .execute(conn)
            .await?
            .rows_affected()
        });
        if entered > 0 {
            self.set_memberships(user).await?;
        }
        Ok(entered > 0)
    }

    /// Writes the account over the revision before it. Tells whether that one was still there.
    pub async fn update(&mut self, user: &User) -> Result<bool> {
        let updated = on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE users
                    SET name = $2, hub_roles = $3, active = $4, revision = $5, email = $6
                  WHERE id = $1 AND revision = $5 - 1",
            )
            .bind(user.id.0)
            .bind(&user.name)
            .bind(codes(user.hub_roles.iter().map(|role| role.code())))
            .bind(user.active)
            .bind(user.revision)
            .bind(user.email.as_ref().map(EmailAddress::as_str))
            .execute(conn)
            .await?
            .rows_affected()
        });
        if updated > 0 {
            self.set_memberships(user).await?;
        }
        Ok(updated > 0)
    }

    async fn set_memberships(&mut self, user: &User) -> Result<()> {
        on_either!(self.0, |conn| {
            sqlx::query("DELETE FROM memberships WHERE user_id = $1")
                .bind(user.id.0)
                .execute(conn)
                .await?;
        });
        for membership in &user.memberships {
            on_either!(self.0, |conn| {
                sqlx::query(
                    "INSERT INTO memberships (user_id, unit_id, roles)
                     VALUES ($1, $2, $3)",
                )
                .bind(user.id.0)
                .bind(membership.unit.0)
                .bind(codes(membership.roles.iter().map(|role| role.code())))
                .execute(conn)
                .await?;
            });
        }
        Ok(())
    }

    /// The account and its password's hash.
    pub async fn find_login(&mut self, login: &str) -> Result<Option<(User, String)>> {
        let row: Option<(Uuid, String)> = on_either!(self.0, |conn| {
            sqlx::query_as("SELECT id, password_hash FROM users WHERE login = $1")
                .bind(login)
                .fetch_optional(conn)
                .await?
        });
        let Some((id, hash)) = row else {
            return Ok(None);
        };
        Ok(self.find(UserId(id)).await?.map(|user| (user, hash)))
    }

    /// The hash of the account's password.
    pub async fn password_hash(&mut self, id: UserId) -> Result<Option<String>> {
        Ok(on_either!(self.0, |conn| {
            sqlx::query_scalar("SELECT password_hash FROM users WHERE id = $1")
                .bind(id.0)
                .fetch_optional(conn)
                .await?
        }))
    }

    /// Gives the account another password.
    pub async fn set_password(
        &mut self,
        id: UserId,
        hash: &str,
        state: PasswordState,
    ) -> Result<()> {
        on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE users
                    SET password_hash = $2, password_state = $3, revision = revision + 1
                  WHERE id = $1",
            )
            .bind(id.0)
            .bind(hash)
            .bind(state.code())
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Finds an account.
    pub async fn find(&mut self, id: UserId) -> Result<Option<User>> {
        let row: Option<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT id, login, name, email, password_state, hub_roles, active, created_at,
                        revision
                   FROM users
                  WHERE id = $1",
            )
            .bind(id.0)
            .fetch_optional(conn)
            .await?
        });
        let Some(row) = row else {
            return Ok(None);
        };
        let mut found = self.with_memberships(vec![row]).await?;
        Ok(found.pop())
    }

    /// Whether there is any account yet.
    pub async fn any(&mut self) -> Result<bool> {
        let found: Option<i64> = on_either!(self.0, |conn| {
            sqlx::query_scalar("SELECT created_at FROM users LIMIT 1")
                .fetch_optional(conn)
                .await?
        });
        Ok(found.is_some())
    }

    /// The next accounts by id, in the order they were entered.
    pub async fn list(&mut self, after: Option<UserId>, limit: i64) -> Result<Vec<User>> {
        let rows: Vec<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT id, login, name, email, password_state, hub_roles, active, created_at,
                        revision
                   FROM users
                  WHERE id > $1
                  ORDER BY id
                  LIMIT $2",
            )
            .bind(after.map_or(Uuid::nil(), |id| id.0))
            .bind(limit)
            .fetch_all(conn)
            .await?
        });
        self.with_memberships(rows).await
    }

    /// Finds the account of a person; that of a machine client is none.
    pub async fn find_person(&mut self, id: UserId) -> Result<Option<User>> {
        let client: Option<Uuid> = on_either!(self.0, |conn| {
            sqlx::query_scalar("SELECT unit_id FROM clients WHERE user_id = $1")
                .bind(id.0)
                .fetch_optional(conn)
                .await?
        });
        match client {
            Some(_) => Ok(None),
            None => self.find(id).await,
        }
    }

    /// Like [`Users::list`], without the accounts of machine clients.
    pub async fn people(&mut self, after: Option<UserId>, limit: i64) -> Result<Vec<User>> {
        let rows: Vec<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT id, login, name, email, password_state, hub_roles, active, created_at,
                        revision
                   FROM users
                  WHERE id > $1
                    AND NOT EXISTS (SELECT 1 FROM clients c WHERE c.user_id = users.id)
                  ORDER BY id
                  LIMIT $2",
            )
            .bind(after.map_or(Uuid::nil(), |id| id.0))
            .bind(limit)
            .fetch_all(conn)
            .await?
        });
        self.with_memberships(rows).await
    }

    async fn with_memberships(&mut self, rows: Vec<Row>) -> Result<Vec<User>> {
        let Some((first, last)) = rows.first().zip(rows.last()) else {
            return Ok(Vec::new());
        };
        let memberships: Vec<(Uuid, Uuid, String)> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT user_id, unit_id, roles
                   FROM memberships
                  WHERE user_id BETWEEN $1 AND $2
                  ORDER BY user_id, unit_id",
            )
            .bind(first.id)
            .bind(last.id)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|row| {
                let own = memberships.iter().filter(|(user, ..)| *user == row.id);
                let own = own
                    .map(|(_, unit, roles)| {
                        Ok(Membership {
                            unit: UnitId(*unit),
                            roles: parsed_list::<Role>(roles)?,
                        })
                    })
                    .collect::<Result<_>>()?;
                row.user(own)
            })
            .collect()
    }
}
