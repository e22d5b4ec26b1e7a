//! Words to single people, inside the hub.

use crate::{
    app::{Caller, Error, Hub, Result, Work},
    domain::{
        DocumentId, DutyWord, Event, Notification, NotificationFilter, NotificationId, Obligation,
        Occasion, Role, UnitId, UserId, deadline::Audience,
    },
};

impl Hub {
    /// A page of what was said to the caller for the unit they act for, newest first.
    pub async fn notifications(
        &self,
        caller: &Caller,
        filter: &NotificationFilter,
        limit: i64,
    ) -> Result<Vec<Notification>> {
        let who = (caller.user(), caller.unit()?);
        let mut tx = self.store().read().await?;
        Ok(tx.notifications().list(who, filter, limit).await?)
    }
}

impl Work {
    /// Notes that the caller has read what was said to them.
    pub async fn read_notification(&mut self, id: NotificationId) -> Result<()> {
        let who = (self.caller.user(), self.caller.unit()?);
        let now = self.now;
        if self.tx.notifications().mark_read(who, id, now).await? {
            Ok(())
        } else {
            Err(Error::NotFound)
        }
    }

    /// Tells the people of the debtor who are meant.
    pub(super) async fn notify(
        &mut self,
        duty: &Obligation,
        event: Event,
        to: &[Audience],
        text: &str,
    ) -> Result<()> {
        for user in self.meant(duty, to).await? {
            let occasion = Occasion::Duty(DutyWord {
                obligation: duty.id,
                event,
                level: duty.progress.level,
                due_on: duty.awaited_by(),
            });
            self.say((user, duty.debtor), duty.document, occasion, text)
                .await?;
        }
        Ok(())
    }

    /// Says a word to a person of a unit, by e-mail as well where that is done.
    pub(in crate::app) async fn say(
        &mut self,
        (user, unit): (UserId, UnitId),
        document: DocumentId,
        occasion: Occasion,
        text: &str,
    ) -> Result<()> {
        let word = Notification {
            id: NotificationId::fresh(),
            user,
            unit,
            document,
            occasion,
            text: text.to_owned(),
            created_at: self.now,
            read_at: None,
        };
        self.tx.notifications().insert(&word).await?;
        if self.hub.config().mail.enabled {
            self.tx.mails().enqueue(&word).await?;
        }
        Ok(())
    }

    /// Who is meant: the person who was named handles the matter, and everybody with that role
    /// where nobody was named.
    async fn meant(&mut self, duty: &Obligation, to: &[Audience]) -> Result<Vec<UserId>> {
        let people = self.tx.reminders().people(duty.debtor).await?;
        let handler = duty.progress.handler;
        let is_meant = |user: UserId, roles: &str| {
            to.iter().any(|audience| {
                let role = match audience {
                    Audience::Clerk => Role::Clerk,
                    Audience::Handler if handler.is_some() => return handler == Some(user),
                    Audience::Handler => Role::Handler,
                    Audience::Liaison => Role::Liaison,
                    Audience::Leader => Role::Signer,
                };
                roles.split(',').any(|code| code == role.code())
            })
        };
        let meant = people.into_iter();
        let meant = meant.filter(|(user, roles)| is_meant(*user, roles));
        Ok(meant.map(|(user, _)| user).collect())
    }
}
