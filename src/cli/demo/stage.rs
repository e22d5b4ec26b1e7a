//! What the people of the story do, each under their own name.

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::{
    app::{Begun, Caller, Hub, NumberWish, Result, Work},
    cli::registry::City,
    domain::{
        Document, DocumentId, Draft, FileId, FileRole, Openness, Prefix, Recipient, RecipientRole,
        Role, UnitId, Urgency,
    },
};

/// The hub with the city on it.
pub(super) struct Stage<'a> {
    pub(super) hub: &'a Hub,
    pub(super) city: &'a City,
}

/// A document of the story.
pub(super) struct Scene<'a> {
    pub(super) unit: &'a str,
    pub(super) kind: &'a str,
    pub(super) title: &'a str,
    pub(super) prefix: Option<&'a str>,
    pub(super) files: Vec<(FileId, FileRole)>,
    pub(super) main: Vec<&'a str>,
    pub(super) copy: Vec<&'a str>,
    pub(super) joint: Vec<&'a str>,
    pub(super) fields: Value,
    pub(super) in_reply_to: Option<DocumentId>,
}

impl Stage<'_> {
    /// Somebody of a unit who has a role there.
    pub(super) async fn somebody(&self, unit: &str, role: Role) -> Result<Caller> {
        self.hub.on_behalf_of(self.city.login(unit, role)).await
    }

    /// A unit of work of somebody's.
    pub(super) async fn work(&self, caller: Caller) -> Result<Box<Work>> {
        match self.hub.begin(caller, None).await? {
            Begun::Work(work) => Ok(work),
            Begun::Repeated(_) => unreachable!("no key was given"),
        }
    }

    /// Uploads a file.
    pub(super) async fn upload(
        &self,
        unit: &str,
        name: &str,
        bytes: impl Into<Bytes>,
    ) -> Result<FileId> {
        let clerk = self.somebody(unit, Role::Clerk).await?;
        let bytes = futures_util::stream::iter([Ok::<_, std::convert::Infallible>(bytes.into())]);
        let received = self.hub.receive_file(&clerk, name, bytes).await?;
        let mut work = self.work(clerk).await?;
        let file = work.enter_file(&received).await?;
        work.commit().await?;
        Ok(file.id)
    }

    /// Drafts, submits, has it consented to, issues and sends.
    pub(super) async fn send(&self, scene: Scene<'_>) -> Result<Document> {
        let clerk = self.somebody(scene.unit, Role::Clerk).await?;
        let draft = self.draft(&scene).await?;
        let mut work = self.work(clerk.clone()).await?;
        let mut document = work.draft(draft).await?;
        work.commit().await?;
        let mut work = self.work(clerk.clone()).await?;
        document = work.submit(document.id).await?;
        work.commit().await?;
        for unit in &scene.joint {
            let mut work = self.work(self.somebody(unit, Role::Signer).await?).await?;
            document = work.consent(document.id, document.revision, None).await?;
            work.commit().await?;
        }
        let mut work = self
            .work(self.somebody(scene.unit, Role::Signer).await?)
            .await?;
        let prefix: Option<Prefix> = scene.prefix.and_then(|prefix| prefix.parse().ok());
        work.issue(
            document.id,
            NumberWish {
                number: None,
                prefix,
            },
        )
        .await?;
        work.commit().await?;
        let mut work = self.work(clerk).await?;
        let document = work.send(document.id).await?;
        work.commit().await?;
        Ok(document)
    }

    async fn draft(&self, scene: &Scene<'_>) -> Result<Draft> {
        let mut recipients = Vec::new();
        for (keys, role) in [
            (&scene.main, RecipientRole::Main),
            (&scene.copy, RecipientRole::Copy),
        ] {
            for key in keys {
                recipients.push(Recipient {
                    unit: self.unit(key).await?,
                    role,
                });
            }
        }
        let mut joint_issuers = Vec::new();
        for key in &scene.joint {
            joint_issuers.push(self.unit(key).await?);
        }
        Ok(Draft {
            kind: scene.kind.to_owned(),
            title: scene.title.to_owned(),
            urgency: Urgency::Normal,
            openness: Openness::NotPublic,
            dated_on: None,
            reply_due_on: None,
            fields: scene.fields.as_object().cloned().unwrap_or_else(Map::new),
            in_reply_to: scene.in_reply_to,
            files: scene.files.clone(),
            recipients,
            groups: Vec::new(),
            joint_issuers,
        })
    }

    async fn unit(&self, key: &str) -> Result<UnitId> {
        self.somebody(key, Role::Clerk).await?.unit()
    }

    /// Somebody of a unit opens a document.
    pub(super) async fn read(&self, unit: &str, document: DocumentId) -> Result<()> {
        let reader = self.somebody(unit, Role::Handler).await?;
        self.hub.open_document(&reader, document).await?;
        Ok(())
    }

    /// A unit signs for a document.
    pub(super) async fn sign(&self, unit: &str, document: DocumentId) -> Result<()> {
        let clerk = self.somebody(unit, Role::Clerk).await?;
        let deliveries = self.hub.deliveries(&clerk, document).await?;
        for delivery in deliveries.value {
            let mut work = self.work(clerk.clone()).await?;
            work.sign(delivery.delivery.id, None).await?;
            work.commit().await?;
        }
        Ok(())
    }
}
