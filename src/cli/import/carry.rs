//! Carries items from the folder to the signatures, each step once.

use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{
    Arguments,
    answers::{Delivery, Document, Page, Uploaded, Whole},
    draft::Form,
    journal::Journal,
    progress::Progress,
    report::Report,
    session::{Party, Recipient, Session},
    source::{Item, Mark, Sources},
};
use crate::cli::{
    client::{
        http::{Ask, Client},
        trouble::{Refusal, Result, Trouble},
    },
    told,
};

/// Carries items.
pub(super) struct Carrier<'a> {
    pub(super) client: &'a Client,
    pub(super) party: &'a Party,
    pub(super) journal: &'a Journal,
    pub(super) form: &'a Form,
    pub(super) batch: &'a str,
}

/// A document that was sent and signed for, and is yet to be found.
#[derive(Debug)]
pub(super) struct Carried {
    pub(super) mark: Mark,
    pub(super) title: String,
    pub(super) document: Uuid,
}

/// What became of one item.
enum Fate {
    Carried(Carried),
    /// An earlier run had finished it, found and all.
    Finished,
    Refused(String),
}

/// What was done for an item in this run.
#[derive(Default)]
struct Deeds {
    uploaded: usize,
    sent: usize,
    signed: usize,
}

/// The step of signing for a unit, as the journal names it.
fn signing(recipient: &Recipient) -> String {
    format!("sign:{}", recipient.unit.id)
}

/// The step of finding as a unit, as the journal names it.
pub(super) fn finding(recipient: &Recipient) -> String {
    format!("find:{}", recipient.unit.id)
}

impl Carrier<'_> {
    /// A journal of documents that this hub does not have belongs to another hub.
    pub(super) async fn check_journal_fits(&self) -> Result<()> {
        let Some(id) = self.journal.any("draft") else {
            return Ok(());
        };
        let ask = Ask::get(format!("documents/{id}"));
        match self.client.ask::<Value>(self.party.drafter(), ask).await {
            Ok(_) => Ok(()),
            Err(Trouble::Refused(_)) => Err(Trouble::Stop(
                "日志中记下的文书不在这个文枢上；请核对 --hub 和拟稿账号，或另指定 --journal"
                    .to_owned(),
            )),
            Err(stop) => Err(stop),
        }
    }

    /// Carries everything; returns what is yet to be found.
    pub(super) async fn carry_all(
        &self,
        sources: &Sources,
        arguments: &Arguments,
        progress: &Progress,
        report: &mut Report,
    ) -> std::result::Result<Vec<Carried>, String> {
        let items = stream::iter(sources.items()?.take(arguments.limit));
        let mut fates = items
            .map(async |item| {
                let item = item?;
                let mut deeds = Deeds::default();
                let fate = match self.carry(&item, &mut deeds).await {
                    Ok(fate) => fate,
                    Err(Trouble::Refused(refusal)) => Fate::Refused(refusal.reason),
                    Err(stop) => return Err(stop.told()),
                };
                Ok((item.name, deeds, fate))
            })
            .buffer_unordered(arguments.jobs.into());
        let mut carried = Vec::new();
        while let Some(fate) = fates.next().await {
            let (name, deeds, fate) = fate?;
            report.uploaded += deeds.uploaded;
            report.sent += deeds.sent;
            report.signed += deeds.signed;
            match fate {
                Fate::Carried(one) => carried.push(one),
                Fate::Finished => report.skipped += 1,
                Fate::Refused(reason) => {
                    progress.say(&format!("未受理 {name}：{reason}"));
                    report.refused.push((name, reason));
                }
            }
            progress.step();
        }
        Ok(carried)
    }

    async fn carry(&self, item: &Item, deeds: &mut Deeds) -> Result<Fate> {
        let digest = item.content.digest().await;
        let (sha256, size) = digest.map_err(|error| Trouble::Refused(unreadable(&error)))?;
        let mark = Mark {
            name: item.name.clone(),
            sha256,
        };
        let recipients = self.party.recipients();
        if recipients
            .iter()
            .all(|one| self.journal.done(&mark, &finding(one)).is_some())
        {
            return Ok(Fate::Finished);
        }
        let document = match self.noted(&mark, "draft")? {
            Some(document) => document,
            None => self.upload_and_draft(item, &mark, size, deeds).await?,
        };
        let drafter = self.party.drafter();
        self.act(&mark, document, "submit", drafter, json!({}))
            .await?;
        let signer = self.party.signer();
        self.act(&mark, document, "issue", signer, self.form.issue())
            .await?;
        if self
            .act(&mark, document, "send", drafter, json!({}))
            .await?
        {
            deeds.sent += 1;
        }
        deeds.signed += self.sign(&mark, document).await?;
        Ok(Fate::Carried(Carried {
            mark,
            title: item.title.clone(),
            document,
        }))
    }

    async fn upload_and_draft(
        &self,
        item: &Item,
        mark: &Mark,
        size: u64,
        deeds: &mut Deeds,
    ) -> Result<Uuid> {
        let mut file = match self.noted(mark, "upload")? {
            Some(file) => {
                // The draft may have been kept and its answer lost, so long ago that the hub has
                // forgotten its key.
                if let Some(document) = self.drafted_before(item, file).await? {
                    self.journal
                        .note(mark, "draft", &document.to_string())
                        .await?;
                    return Ok(document);
                }
                file
            }
            None => {
                self.upload(item, mark, size, "upload".to_owned(), deeds)
                    .await?
            }
        };
        loop {
            let body = self.form.draft(item, file, self.party.recipients());
            let key = self.key(mark, &format!("draft {file}"));
            let ask = Ask::post("documents", &body).once(key);
            match self.client.ask::<Document>(self.party.drafter(), ask).await {
                Ok(document) => {
                    self.journal
                        .note(mark, "draft", &document.id.to_string())
                        .await?;
                    return Ok(document.id);
                }
                // An upload that became part of nothing for a day has been cleared away.
                Err(Trouble::Refused(refusal)) if lost_its_file(&refusal) => {
                    file = self
                        .upload(item, mark, size, format!("upload after {file}"), deeds)
                        .await?;
                }
                Err(trouble) => return Err(explained(trouble)),
            }
        }
    }

    async fn upload(
        &self,
        item: &Item,
        mark: &Mark,
        size: u64,
        step: String,
        deeds: &mut Deeds,
    ) -> Result<Uuid> {
        let ask = Ask::upload(&item.file_name, &item.content, size);
        let ask = ask.once(self.key(mark, &step));
        let answer = self.client.ask::<Uploaded>(self.party.drafter(), ask).await;
        let uploaded = answer.map_err(explained)?;
        if uploaded.sha256 != mark.sha256 {
            let reason = "文件在导入时被修改，请重新导入".to_owned();
            return Err(Trouble::Refused(Refusal {
                reason,
                ..Refusal::default()
            }));
        }
        deeds.uploaded += 1;
        self.journal
            .note(mark, "upload", &uploaded.id.to_string())
            .await?;
        Ok(uploaded.id)
    }

    /// The draft that holds this file.
    async fn drafted_before(&self, item: &Item, file: Uuid) -> Result<Option<Uuid>> {
        let who = self.party.drafter();
        let mut cursor = None::<String>;
        loop {
            let mut ask = Ask::get("documents")
                .with("box", "own")
                .with("state", "draft");
            if let Some(cursor) = &cursor {
                ask = ask.with("cursor", cursor);
            }
            let page: Page<Document> = self.client.ask(who, ask.with("limit", "100")).await?;
            for draft in page
                .items
                .into_iter()
                .filter(|draft| draft.title == item.title)
            {
                let ask = Ask::get(format!("documents/{}", draft.id));
                let whole: Whole = self.client.ask(who, ask).await?;
                if whole.files.iter().any(|attached| attached.id == file) {
                    return Ok(Some(draft.id));
                }
            }
            cursor = page.next_cursor;
            if cursor.is_none() {
                return Ok(None);
            }
        }
    }

    /// Submits, issues or sends, unless that is done. Tells whether it was done in this run.
    async fn act(
        &self,
        mark: &Mark,
        document: Uuid,
        step: &'static str,
        who: &Session,
        body: Value,
    ) -> Result<bool> {
        if self.journal.done(mark, step).is_some() {
            return Ok(false);
        }
        let ask = Ask::post(format!("documents/{document}/{step}"), &body);
        let ask = ask.once(self.key(mark, step));
        match self.client.ask::<Value>(who, ask).await {
            Ok(_) => {}
            Err(Trouble::Refused(refusal)) if refusal.slug == "wrong-state" => {
                // Done before, so long ago that the hub has forgotten its key.
                let ask = Ask::get(format!("documents/{document}"));
                let found: Document = self.client.ask(self.party.drafter(), ask).await?;
                if !has_passed(&found.state, step) {
                    return Err(Trouble::Refused(refusal));
                }
            }
            Err(trouble) => return Err(explained(trouble)),
        }
        self.journal.note(mark, step, "").await?;
        Ok(true)
    }

    /// Signs as every recipient; tells how many have signed in this run.
    async fn sign(&self, mark: &Mark, document: Uuid) -> Result<usize> {
        let recipients = self.party.recipients().iter();
        let left: Vec<&Recipient> = recipients
            .filter(|recipient| self.journal.done(mark, &signing(recipient)).is_none())
            .collect();
        if left.is_empty() {
            return Ok(0);
        }
        let ask = Ask::get(format!("documents/{document}/deliveries"));
        let deliveries: Page<Delivery> = self.client.ask(self.party.drafter(), ask).await?;
        for recipient in &left {
            let unit = &recipient.unit;
            let delivery = deliveries
                .items
                .iter()
                .find(|delivery| delivery.unit.id == unit.id);
            let delivery = delivery.ok_or_else(|| {
                let reason = format!("此文书当初没有发给“{}”", unit.name);
                Trouble::Refused(Refusal {
                    reason,
                    ..Refusal::default()
                })
            })?;
            let step = signing(recipient);
            let ask = Ask::post(format!("deliveries/{}/sign", delivery.id), &json!({}));
            let ask = ask.once(self.key(mark, &step));
            self.client
                .ask::<Value>(&recipient.clerk, ask)
                .await
                .map_err(explained)?;
            self.journal
                .note(mark, &step, &delivery.id.to_string())
                .await?;
        }
        Ok(left.len())
    }

    fn noted(&self, mark: &Mark, step: &str) -> std::result::Result<Option<Uuid>, String> {
        let noted = self
            .journal
            .done(mark, step)
            .map(|id| Uuid::try_parse(&id))
            .transpose();
        noted.map_err(|_| format!("日志中 {} 的编号无法读取", mark.name))
    }

    /// The same step of the same content of the same batch has the same key in every run.
    fn key(&self, mark: &Mark, step: &str) -> String {
        let mut hash = Sha256::new();
        for part in [self.batch, &mark.name, &mark.sha256, step] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        format!("import-{}", hex::encode(hash.finalize()))
    }
}

fn lost_its_file(refusal: &Refusal) -> bool {
    let lost =
        |(pointer, code): &(String, String)| pointer.starts_with("/files/") && code == "unknown";
    refusal.faults.iter().any(lost)
}

/// A key that was used for something else: the options have changed, for all items alike.
fn explained(trouble: Trouble) -> Trouble {
    match trouble {
        Trouble::Refused(refusal) if refusal.slug == "idempotency-key-reused" => Trouble::Stop(
            "这一批次曾以不同的参数导入过；请用原来的参数继续，或用 --batch 另起一个批次名"
                .to_owned(),
        ),
        other => other,
    }
}

fn unreadable(error: &std::io::Error) -> Refusal {
    Refusal {
        reason: format!("文件无法读取：{}", told(error)),
        ..Refusal::default()
    }
}

/// Whether a document in this state has gone through a step.
pub(super) fn has_passed(state: &str, step: &str) -> bool {
    match step {
        "submit" => state != "draft",
        "issue" => !matches!(state, "draft" | "in_review"),
        _ => !matches!(state, "draft" | "in_review" | "issued"),
    }
}
