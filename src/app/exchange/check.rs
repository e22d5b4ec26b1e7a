//! What a draft must say before it may be kept, and before it may be issued.

use crate::{
    app::{Directory, Error, Fault, Result, Work},
    domain::{
        Document, DocumentId, Draft, Duty, FieldContext, GroupId, Kind, RecipientRole, Severity,
        TextState, UnitId, legal_day, refuse_marks, title,
    },
};

impl Work {
    /// The kind as it is in force today, for the caller's unit.
    pub(super) fn kind(&self, code: &str) -> Result<Kind> {
        let today = legal_day(self.now);
        let kind = self.hub.rules().kind(code, today);
        kind.filter(|kind| kind.enabled).cloned().ok_or_else(|| {
            Error::invalid(
                "/kind",
                "unknown",
                format!("没有编码为“{code}”的现行文书种类"),
            )
        })
    }

    /// Checks what must hold of every draft, complete or not: that it can be kept.
    pub(super) async fn check_draft(
        &mut self,
        unit: UnitId,
        draft: &mut Draft,
        kind: &Kind,
    ) -> Result<()> {
        let config = self.hub.config().clone();
        let mut faults = Vec::new();
        match title(&draft.title, config.documents.title_max_chars) {
            Ok(tidy) => draft.title = tidy,
            Err(error) => faults.push(Fault::at("/title", "malformed", error)),
        }
        if let Some(mark) = refuse_marks(&draft.title).or_else(|| marks_in(draft)) {
            return Err(Error::Secrecy(mark.to_string()));
        }
        let names = self.hub.clone().directory(&mut self.tx).await?;
        check_issuer(&names, unit, kind, &mut faults);
        check_recipients(
            &names,
            unit,
            draft,
            kind,
            config.documents.recipients_max,
            &mut faults,
        );
        self.check_reach(&draft.recipients, &mut faults).await?;
        check_groups(draft, kind, &mut faults);
        check_joint_issuers(&names, unit, draft, &mut faults);
        self.check_days(draft, &mut faults);
        let context = self.field_context(unit, draft.in_reply_to).await?;
        faults.extend(filled_in(draft, kind, &context));
        self.check_files(
            unit,
            draft,
            config.uploads.max_files_per_document,
            &mut faults,
        )
        .await?;
        self.check_answered(unit, draft, kind, &mut faults).await?;
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(faults))
        }
    }

    fn check_days(&self, draft: &Draft, faults: &mut Vec<Fault>) {
        let today = legal_day(self.now);
        if draft.dated_on.is_some_and(|date| date > today) {
            faults.push(Fault::at("/dated_on", "in_future", "成文日期不能晚于今天"));
        }
        if draft.reply_due_on.is_some_and(|date| date < today) {
            faults.push(Fault::at(
                "/reply_due_on",
                "in_past",
                "回复期限不能早于今天",
            ));
        }
    }

    async fn check_files(
        &mut self,
        unit: UnitId,
        draft: &Draft,
        max: usize,
        faults: &mut Vec<Fault>,
    ) -> Result<()> {
        if draft.files.len() > max {
            faults.push(Fault::at(
                "/files",
                "too_many",
                format!("文件最多 {max} 个"),
            ));
            return Ok(());
        }
        for (place, (file, _)) in draft.files.iter().enumerate() {
            let pointer = format!("/files/{place}/file_id");
            let twice = draft
                .files
                .iter()
                .filter(|(other, _)| other == file)
                .count()
                > 1;
            if twice {
                faults.push(Fault::at(pointer, "repeated", "同一文件只能添加一次"));
            } else if self.tx.files().find_of(unit, *file).await?.is_none() {
                faults.push(Fault::at(
                    pointer,
                    "unknown",
                    "文件不存在，或不是本单位上传的",
                ));
            }
        }
        Ok(())
    }

    /// A reply answers a document that was sent to the replying unit.
    async fn check_answered(
        &mut self,
        unit: UnitId,
        draft: &Draft,
        kind: &Kind,
        faults: &mut Vec<Fault>,
    ) -> Result<()> {
        let Some(answered) = draft.in_reply_to else {
            if kind.is_reply {
                let detail = "请指明所回复的文书";
                faults.push(Fault::at("/in_reply_to", "required", detail));
            }
            return Ok(());
        };
        if self
            .tx
            .deliveries()
            .find_of(answered, unit)
            .await?
            .is_none()
        {
            let detail = "所回复的文书不存在，或未发送给本单位";
            faults.push(Fault::at("/in_reply_to", "unknown", detail));
            return Ok(());
        }
        let original = self.tx.documents().find_for(unit, answered).await?;
        let to = original.map(|original| original.unit);
        let goes_back = draft
            .recipients
            .iter()
            .any(|recipient| Some(recipient.unit) == to);
        let addressed = !draft.recipients.is_empty() || !draft.groups.is_empty();
        if addressed && !goes_back {
            let detail = "回复须发送给所回复文书的发文单位";
            faults.push(Fault::at("/recipients", "not_the_sender", detail));
        }
        Ok(())
    }

    /// Checks that nothing is missing: the document may be issued.
    pub(super) async fn check_complete(&mut self, document: &Document, kind: &Kind) -> Result<()> {
        check_texts(document)?;
        let context = self
            .field_context(document.unit, document.in_reply_to)
            .await?;
        let mut faults: Vec<Fault> = kind
            .check_fields(&document.fields, &context)
            .into_iter()
            .filter(|fault| fault.severity == Severity::Error)
            .map(Fault::from)
            .collect();
        let mains = document
            .recipients
            .iter()
            .filter(|recipient| recipient.role == RecipientRole::Main)
            .count();
        let by_group = document
            .groups
            .iter()
            .any(|addressed| addressed.role == RecipientRole::Main);
        if mains == 0 && !by_group {
            faults.push(Fault::at(
                "/recipients",
                "required",
                "请至少指定一个主送单位",
            ));
        }
        if self.needs_written_limit(document, kind) && document.reply_due_on.is_none() {
            let detail = "此类文书须写明回复期限";
            faults.push(Fault::at("/reply_due_on", "required", detail));
        }
        if document.files.is_empty() {
            faults.push(Fault::at(
                "/files",
                "required",
                "请至少添加一个文件作为正文",
            ));
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(faults))
        }
    }

    /// What the check of a reply has to know of the document that it answers.
    async fn field_context(
        &mut self,
        unit: UnitId,
        answered: Option<DocumentId>,
    ) -> Result<FieldContext> {
        let Some(answered) = answered else {
            return Ok(FieldContext::default());
        };
        let original = self.tx.documents().find_for(unit, answered).await?;
        let items_to_answer = original.and_then(|original| {
            let kind = self
                .rules()
                .kind_version(&original.kind, original.kind_version)?;
            kind.items_to_answer(&original.fields)
        });
        Ok(FieldContext { items_to_answer })
    }

    fn needs_written_limit(&self, document: &Document, kind: &Kind) -> bool {
        let today = legal_day(self.now);
        kind.deadline_rule_for(&document.fields)
            .and_then(|code| self.rules().deadline_rule(code, today))
            .is_some_and(|rule| rule.needs_written(document.urgency) && kind.duty == Duty::Reply)
    }
}

/// What is said of a file that bore a mark.
pub(super) const DESTROYED: &str = "文件有密级标志，内容已经销毁，请移除该文件，并通过机要渠道办理";

/// Refuses a document whose files carry a mark of classification (保守国家秘密法 §31), as far as
/// their texts are known.
pub(super) fn check_texts(document: &Document) -> Result<()> {
    let place = document
        .files
        .iter()
        .position(|attached| attached.text == TextState::Destroyed);
    let Some(place) = place else { return Ok(()) };
    let mark = document.files[place].text_reason.as_deref();
    let mark = mark.unwrap_or_default();
    Err(Error::Secrecy(format!(
        "第 {} 个文件{mark}。{DESTROYED}",
        place + 1
    )))
}

/// What is filled in already must fit the kind; what is missing may come later.
fn filled_in(draft: &Draft, kind: &Kind, context: &FieldContext) -> Vec<Fault> {
    kind.check_fields(&draft.fields, context)
        .into_iter()
        .filter(|fault| fault.severity == Severity::Error && !fault.is_missing())
        .map(Fault::from)
        .collect()
}

fn marks_in(draft: &Draft) -> Option<crate::domain::SecretMark> {
    draft.fields.values().find_map(marks_within)
}

/// Looks at every text in a field, however deep it lies.
fn marks_within(value: &serde_json::Value) -> Option<crate::domain::SecretMark> {
    use serde_json::Value;
    match value {
        Value::String(text) => refuse_marks(text),
        Value::Array(items) => items.iter().find_map(marks_within),
        Value::Object(members) => members.values().find_map(marks_within),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

fn check_issuer(names: &Directory, unit: UnitId, kind: &Kind, faults: &mut Vec<Fault>) {
    let branch = names.unit(unit).map(|unit| unit.branch);
    if !branch.is_some_and(|branch| kind.may_issue(branch)) {
        let detail = format!("本单位不能制发“{}”", kind.name);
        faults.push(Fault::at("/kind", "not_the_issuer", detail));
    }
}

fn check_recipients(
    names: &Directory,
    unit: UnitId,
    draft: &Draft,
    kind: &Kind,
    max: usize,
    faults: &mut Vec<Fault>,
) {
    if draft.recipients.len() > max {
        faults.push(Fault::at(
            "/recipients",
            "too_many",
            format!("收件单位最多 {max} 个"),
        ));
        return;
    }
    let mains = draft
        .recipients
        .iter()
        .filter(|one| one.role == RecipientRole::Main)
        .count();
    if let Some(max) = kind.max_main_recipients.filter(|max| mains > *max) {
        let detail = format!("“{}”的主送单位最多 {max} 个", kind.name);
        faults.push(Fault::at("/recipients", "too_many_main", detail));
    }
    for (place, recipient) in draft.recipients.iter().enumerate() {
        let pointer = format!("/recipients/{place}/unit_id");
        let twice = draft
            .recipients
            .iter()
            .filter(|other| other.unit == recipient.unit)
            .count();
        match names.unit(recipient.unit) {
            None => faults.push(Fault::at(pointer, "unknown", "单位不存在")),
            Some(_) if twice > 1 => {
                faults.push(Fault::at(pointer, "repeated", "同一单位只能列一次"));
            }
            Some(_) if recipient.role == RecipientRole::Forward => {
                let pointer = format!("/recipients/{place}/role");
                let detail = "收件单位只能是主送或抄送；转发由收件单位签收后进行";
                faults.push(Fault::at(pointer, "not_a_choice", detail));
            }
            Some(_) if recipient.unit == unit => {
                faults.push(Fault::at(pointer, "own_unit", "不能发送给本单位"));
            }
            Some(to) if !to.active => {
                faults.push(Fault::at(pointer, "inactive", "该单位已停用"));
            }
            Some(to)
                if recipient.role == RecipientRole::Main
                    && !kind.recipient_branches.contains(&to.branch) =>
            {
                let detail = format!("“{}”不能主送{}类单位", kind.name, to.branch);
                faults.push(Fault::at(pointer, "not_a_recipient", detail));
            }
            Some(_) => {}
        }
    }
}

fn check_groups(draft: &Draft, kind: &Kind, faults: &mut Vec<Fault>) {
    for (place, (group, role)) in draft.groups.iter().enumerate() {
        let pointer = format!("/groups/{place}/group_id");
        let same = |(other, _): &&(GroupId, RecipientRole)| other == group;
        if draft.groups.iter().filter(same).count() > 1 {
            faults.push(Fault::at(pointer, "repeated", "同一统称只能列一次"));
        } else if *role == RecipientRole::Main && kind.max_main_recipients.is_some() {
            let detail = format!("“{}”限定主送单位的数量，不能主送统称", kind.name);
            faults.push(Fault::at(pointer, "too_many_main", detail));
        }
    }
}

fn check_joint_issuers(names: &Directory, unit: UnitId, draft: &Draft, faults: &mut Vec<Fault>) {
    for (place, joint) in draft.joint_issuers.iter().enumerate() {
        let pointer = format!("/joint_issuers/{place}");
        let twice = draft
            .joint_issuers
            .iter()
            .filter(|other| *other == joint)
            .count()
            > 1;
        if *joint == unit || twice {
            faults.push(Fault::at(
                pointer,
                "repeated",
                "联合发文单位不能重复或为本单位",
            ));
        } else if !names.unit(*joint).is_some_and(|joint| joint.active) {
            faults.push(Fault::at(pointer, "unknown", "单位不存在或已停用"));
        } else if draft
            .recipients
            .iter()
            .any(|recipient| recipient.unit == *joint)
        {
            faults.push(Fault::at(
                pointer,
                "also_recipient",
                "联合发文单位不能同时是收件单位",
            ));
        }
    }
}
