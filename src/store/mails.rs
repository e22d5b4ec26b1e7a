use jiff::Timestamp;
use uuid::Uuid;

use super::{
    Result, Tx,
    tx::on_either,
    values::{instant, instant_if, ms, parsed_if},
};
use crate::domain::{EmailAddress, MailFault, MailState, Notification, NotificationId, QueuedMail};

/// What is still to be sent by e-mail, and what became of the rest.
pub struct Mails<'t>(&'t mut Tx);

impl Tx {
    /// What is still to be sent by e-mail, and what became of the rest.
    pub fn mails(&mut self) -> Mails<'_> {
        Mails(self)
    }
}

impl Mails<'_> {
    /// Sends a word by e-mail as well, if the person has an address.
    pub async fn enqueue(&mut self, word: &Notification) -> Result<()> {
        on_either!(self.0, |conn| {
            sqlx::query(
                "INSERT INTO mails (notification_id, state, attempts, next_at, created_at)
                 SELECT $1, 'waiting', 0, $3, $3
                   FROM users
                  WHERE id = $2 AND active = TRUE AND email IS NOT NULL",
            )
            .bind(word.id.0)
            .bind(word.user.0)
            .bind(ms(word.created_at))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// The mails that are to be sent by now and that nobody is sending, the longest waiting
    /// first.
    pub async fn due(&mut self, now: Timestamp, limit: i64) -> Result<Vec<QueuedMail>> {
        let rows: Vec<(Uuid, i64, i64)> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT notification_id, attempts, created_at
                   FROM mails
                  WHERE state = 'waiting' AND next_at <= $1
                  ORDER BY next_at, notification_id
                  LIMIT $2",
            )
            .bind(ms(now))
            .bind(limit)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(id, attempts, created_at)| {
                Ok(QueuedMail {
                    notification: NotificationId(id),
                    attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
                    created_at: instant(created_at)?,
                })
            })
            .collect()
    }

    /// Since when the oldest waits that is still to be sent.
    pub async fn oldest(&mut self) -> Result<Option<Timestamp>> {
        let oldest: Option<i64> = on_either!(self.0, |conn| {
            sqlx::query_scalar(
                "SELECT created_at
                   FROM mails
                  WHERE state = 'waiting'
                  ORDER BY created_at
                  LIMIT 1",
            )
            .fetch_optional(conn)
            .await?
        });
        instant_if(oldest)
    }

    /// Takes a mail for one attempt that must end by `until`; another node that looks meanwhile
    /// does not see it. Tells whether it was still there.
    pub async fn claim(
        &mut self,
        mail: &QueuedMail,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool> {
        let claimed = on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE mails
                    SET attempts = attempts + 1, next_at = $4
                  WHERE notification_id = $1 AND state = 'waiting' AND attempts = $2
                    AND next_at <= $3",
            )
            .bind(mail.notification.0)
            .bind(i64::from(mail.attempts))
            .bind(ms(now))
            .bind(ms(until))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(claimed > 0)
    }

    /// Where the person of a notification is reached as things stand now: not, when they may not
    /// use their account any more, have left the unit, or have no address.
    pub async fn address(&mut self, id: NotificationId) -> Result<Option<EmailAddress>> {
        let address: Option<String> = on_either!(self.0, |conn| {
            sqlx::query_scalar(
                "SELECT u.email
                   FROM notifications n
                   JOIN users u ON u.id = n.user_id
                   JOIN memberships m ON m.user_id = n.user_id AND m.unit_id = n.unit_id
                  WHERE n.id = $1 AND u.active = TRUE AND u.email IS NOT NULL",
            )
            .bind(id.0)
            .fetch_optional(conn)
            .await?
        });
        parsed_if(address.as_deref())
    }

    /// Notes how it ended with a mail. That it was sent stands, whatever is noted later.
    pub async fn settle(
        &mut self,
        id: NotificationId,
        state: MailState,
        fault: Option<MailFault>,
        at: Timestamp,
    ) -> Result<()> {
        on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE mails
                    SET state = $2, fault = $3, settled_at = $4
                  WHERE notification_id = $1 AND state <> 'sent'",
            )
            .bind(id.0)
            .bind(state.code())
            .bind(fault.map(MailFault::code))
            .bind(ms(at))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Puts a mail off after an attempt that failed, unless somebody else has taken it since.
    pub async fn put_off(
        &mut self,
        mail: &QueuedMail,
        fault: MailFault,
        until: Timestamp,
    ) -> Result<()> {
        on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE mails
                    SET fault = $3, next_at = $4
                  WHERE notification_id = $1 AND state = 'waiting' AND attempts = $2 + 1",
            )
            .bind(mail.notification.0)
            .bind(i64::from(mail.attempts))
            .bind(fault.code())
            .bind(ms(until))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Gives up what has waited since before then and nobody is sending. Returns how many.
    pub async fn expire(&mut self, before: Timestamp, now: Timestamp) -> Result<u64> {
        Ok(on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE mails
                    SET state = 'failed', fault = $3, settled_at = $2
                  WHERE state = 'waiting' AND created_at < $1 AND next_at <= $2",
            )
            .bind(ms(before))
            .bind(ms(now))
            .bind(MailFault::Expired.code())
            .execute(conn)
            .await?
            .rows_affected()
        }))
    }

    /// Forgets what was settled before then. Returns how many.
    pub async fn forget(&mut self, before: Timestamp) -> Result<u64> {
        Ok(on_either!(self.0, |conn| {
            sqlx::query("DELETE FROM mails WHERE settled_at < $1")
                .bind(ms(before))
                .execute(conn)
                .await?
                .rows_affected()
        }))
    }
}
