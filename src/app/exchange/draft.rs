use jiff::civil::Date;
use serde_json::{Map, Value};

use super::OFFICE;
use crate::{
    app::{Error, Result, Work},
    domain::{
        Document, DocumentAct, DocumentId, DocumentState, Draft, FileId, FileRole, GroupId, Kind,
        Openness, Recipient, RecipientRole, Scope, UnitId, Urgency,
    },
    store::Basis,
};

pub(in crate::app) const IN_QUARANTINE: &str =
    "文书因含密级标志已隔离，不能再办理，请通过机要渠道办理";

/// What is to be different about a draft; what is left out stays, `Some(None)` removes.
#[derive(Debug, Clone, Default)]
pub struct DraftChange {
    /// 文书种类.
    pub kind: Option<String>,
    /// 标题.
    pub title: Option<String>,
    /// 紧急程度.
    pub urgency: Option<Urgency>,
    /// 公开属性.
    pub openness: Option<Openness>,
    /// 成文日期.
    pub dated_on: Option<Option<Date>>,
    /// 回复期限.
    pub reply_due_on: Option<Option<Date>>,
    /// What the kind asks for, as a whole.
    pub fields: Option<Map<String, Value>>,
    /// The document that this one answers.
    pub in_reply_to: Option<Option<DocumentId>>,
    /// The files, as a whole.
    pub files: Option<Vec<(FileId, FileRole)>>,
    /// The recipients, as a whole.
    pub recipients: Option<Vec<Recipient>>,
    /// The groups, as a whole.
    pub groups: Option<Vec<(GroupId, RecipientRole)>>,
    /// The joint issuers, as a whole.
    pub joint_issuers: Option<Vec<UnitId>>,
}

impl DraftChange {
    fn apply(self, draft: &mut Draft) {
        draft.kind = self.kind.unwrap_or_else(|| draft.kind.clone());
        draft.title = self.title.unwrap_or_else(|| draft.title.clone());
        draft.urgency = self.urgency.unwrap_or(draft.urgency);
        draft.openness = self.openness.unwrap_or(draft.openness);
        draft.dated_on = self.dated_on.unwrap_or(draft.dated_on);
        draft.reply_due_on = self.reply_due_on.unwrap_or(draft.reply_due_on);
        draft.fields = self.fields.unwrap_or_else(|| draft.fields.clone());
        draft.in_reply_to = self.in_reply_to.unwrap_or(draft.in_reply_to);
        draft.files = self.files.unwrap_or_else(|| draft.files.clone());
        draft.groups = self.groups.unwrap_or_else(|| draft.groups.clone());
        draft.recipients = self.recipients.unwrap_or_else(|| draft.recipients.clone());
        draft.joint_issuers = self
            .joint_issuers
            .unwrap_or_else(|| draft.joint_issuers.clone());
    }
}

impl Work {
    /// Keeps a new draft of the caller's unit. It may be incomplete, not wrong.
    pub async fn draft(&mut self, mut draft: Draft) -> Result<Document> {
        let unit = self.caller.unit_as_or(OFFICE, Scope::Send)?;
        let kind = self.kind(&draft.kind)?;
        self.address_reply(unit, &mut draft).await?;
        self.check_draft(unit, &mut draft, &kind).await?;
        let document = self.new_document(unit, &draft, &kind);
        self.tx.documents().insert(&document).await?;
        self.tx
            .access()
            .grant(unit, document.id, Basis::Issuer, self.now)
            .await?;
        self.keep_parts(document.id, &draft).await?;
        self.did_to_document("document.draft", document.id);
        self.own_document(document.id).await
    }

    /// Changes a draft that still has this revision. Joint issuers who had consented are asked
    /// again.
    pub async fn redraft(
        &mut self,
        id: DocumentId,
        revision: i64,
        change: DraftChange,
    ) -> Result<Document> {
        let unit = self.caller.unit_as_or(OFFICE, Scope::Send)?;
        let document = self.own_draft(id, revision, DocumentAct::Edit).await?;
        let mut draft = as_draft(&document);
        change.apply(&mut draft);
        let kind = self.kind(&draft.kind)?;
        if document.replaces.is_some() && draft.kind != document.kind {
            let detail = "修改稿不能改变文书种类";
            return Err(Error::invalid("/kind", "fixed", detail));
        }
        self.check_draft(unit, &mut draft, &kind).await?;
        let changed = Document {
            id,
            drafted: document.drafted,
            revision: revision + 1,
            version: document.version,
            replaces: document.replaces,
            number: document.number,
            amendment: document.amendment,
            review: document.review,
            ..self.new_document(unit, &draft, &kind)
        };
        if !self.tx.documents().update(&changed).await? {
            return Err(Error::Stale);
        }
        self.keep_parts(id, &draft).await?;
        self.did_to_document("document.redraft", id);
        self.own_document(id).await
    }

    /// Throws a draft away that still has this revision.
    pub async fn discard(&mut self, id: DocumentId, revision: i64) -> Result<()> {
        self.caller.unit_as_or(OFFICE, Scope::Send)?;
        self.own_draft(id, revision, DocumentAct::Discard).await?;
        self.tx.documents().delete_draft(id).await?;
        self.did_to_document("document.discard", id);
        Ok(())
    }

    /// A document of the caller's unit; a stranger is told that there is none, a unit that may
    /// see it that it is not theirs.
    pub(super) async fn own_document(&mut self, id: DocumentId) -> Result<Document> {
        let unit = self.caller.unit_for(&[Scope::Send])?;
        let document = self
            .tx
            .documents()
            .find_for(unit, id)
            .await?
            .ok_or(Error::NotFound)?;
        if document.unit != unit {
            return Err(Error::Forbidden("此操作须由发文单位进行"));
        }
        if document.quarantined_at.is_some() {
            return Err(Error::WrongState(IN_QUARANTINE));
        }
        Ok(document)
    }

    async fn own_draft(
        &mut self,
        id: DocumentId,
        revision: i64,
        act: DocumentAct,
    ) -> Result<Document> {
        let document = self.own_document(id).await?;
        document.state.after(act).map_err(Error::WrongState)?;
        if document.revision != revision {
            return Err(Error::Stale);
        }
        Ok(document)
    }

    /// A reply without recipients goes back to whoever sent what it answers.
    async fn address_reply(&mut self, unit: UnitId, draft: &mut Draft) -> Result<()> {
        let nobody = draft.recipients.is_empty() && draft.groups.is_empty();
        let (true, Some(answered)) = (nobody, draft.in_reply_to) else {
            return Ok(());
        };
        let original = self.tx.documents().find_for(unit, answered).await?;
        if let Some(original) = original.filter(|original| original.unit != unit) {
            draft.recipients.push(Recipient {
                unit: original.unit,
                role: RecipientRole::Main,
            });
        }
        Ok(())
    }

    pub(super) fn new_document(&self, unit: UnitId, draft: &Draft, kind: &Kind) -> Document {
        Document {
            id: DocumentId::fresh(),
            unit,
            kind: kind.code.clone(),
            kind_version: kind.version,
            version: 1,
            replaces: None,
            title: draft.title.clone(),
            state: DocumentState::Draft,
            urgency: draft.urgency,
            openness: draft.openness,
            dated_on: draft.dated_on,
            number: None,
            case_number: draft.case_number(),
            reply_due_on: draft.reply_due_on,
            fields: draft.fields.clone(),
            in_reply_to: draft.in_reply_to,
            drafted: (self.caller.user(), self.now),
            updated_at: self.now,
            submitted: None,
            review: None,
            issued: None,
            sent: None,
            amendment: None,
            superseded_at: None,
            recalled: None,
            archived: None,
            manifest: None,
            quarantined_at: None,
            revision: 1,
            files: Vec::new(),
            recipients: Vec::new(),
            groups: Vec::new(),
            joint_issuers: Vec::new(),
        }
    }

    pub(super) async fn keep_parts(&mut self, id: DocumentId, draft: &Draft) -> Result<()> {
        let now = self.now;
        self.tx.documents().set_files(id, &draft.files).await?;
        self.tx
            .documents()
            .set_recipients(id, &draft.recipients)
            .await?;
        let groups = self.addressed(&draft.groups).await?;
        self.tx.documents().set_groups(id, &groups).await?;
        self.tx
            .documents()
            .set_joint_issuers(id, &draft.joint_issuers)
            .await?;
        self.tx.access().revoke(id, Basis::Joint).await?;
        for unit in &draft.joint_issuers {
            self.tx.access().grant(*unit, id, Basis::Joint, now).await?;
        }
        Ok(())
    }
}

pub(super) fn as_draft(document: &Document) -> Draft {
    Draft {
        kind: document.kind.clone(),
        title: document.title.clone(),
        urgency: document.urgency,
        openness: document.openness,
        dated_on: document.dated_on,
        reply_due_on: document.reply_due_on,
        fields: document.fields.clone(),
        in_reply_to: document.in_reply_to,
        files: document
            .files
            .iter()
            .map(|one| (one.file.id, one.role))
            .collect(),
        recipients: document.recipients.clone(),
        groups: document
            .groups
            .iter()
            .map(|addressed| (addressed.group, addressed.role))
            .collect(),
        joint_issuers: document
            .joint_issuers
            .iter()
            .map(|joint| joint.unit)
            .collect(),
    }
}
