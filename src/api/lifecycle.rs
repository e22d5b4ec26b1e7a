//! What becomes of a document as a whole: review, consent, correction, recall, archive.

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use uuid::Uuid;

use super::{
    Problem,
    acts::acts,
    answers::{IfMatch, RepeatKey, Revised as _, created},
    body::Body,
    documents::{
        asked::{AskedConsent, AskedReason, AskedReview, Decision, Plain},
        shown, shows_document,
    },
    openapi::Refusals,
    views::DocumentView,
};
use crate::{
    app::{Caller, Error, Hub, Verdict},
    domain::DocumentId,
};

acts! {
    "文书", "文书编号", DocumentId => DocumentView, shows_document;

    /// 送审：草稿须完整；送审后不能修改。
    submit, "/api/v1/documents/{id}/submit", Plain as Option<Plain>,
    |work, id, Plain {}| work.submit(id);

    /// 撤回送审，回到草稿；会签须重新征求。
    withdraw, "/api/v1/documents/{id}/withdraw", Plain as Option<Plain>,
    |work, id, Plain {}| work.withdraw(id);
}

/// 审核通过或退回修改（审核人、签发人；拟稿人不能审核自己拟的文书）。
#[utoipa::path(post, path = "/api/v1/documents/{id}/review", tag = "文书",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "文书编号"),
           ("If-Match" = String, Header, description = "读取时得到的 ETag")),
    request_body = AskedReview, responses((status = 200, body = DocumentView), Refusals))]
pub(super) async fn review(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
    revision: IfMatch,
    key: RepeatKey,
    body: Body<AskedReview>,
) -> Result<HttpResponse, Problem> {
    let verdict = Verdict {
        approved: body.value.decision == Decision::Approved,
        note: body.value.note,
    };
    key.once(&hub, caller, body.fingerprint, async |work| {
        let document = work.review(DocumentId(*id), revision.0, verdict).await?;
        shows_document(work, document).await
    })
    .await
}

/// 会签：同意，或说明理由不同意（联合发文单位的签发人）。
#[utoipa::path(post, path = "/api/v1/documents/{id}/consent", tag = "文书",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "文书编号"),
           ("If-Match" = String, Header, description = "读取时得到的 ETag")),
    request_body = Option<AskedConsent>, responses((status = 200, body = DocumentView), Refusals))]
pub(super) async fn consent(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
    revision: IfMatch,
    key: RepeatKey,
    body: Body<AskedConsent>,
) -> Result<HttpResponse, Problem> {
    let AskedConsent { granted, note } = body.value;
    if granted && note.is_some() {
        let detail = "同意会签不另附意见；不同意请把 granted 设为 false";
        return Err(Error::invalid("/note", "conflicting", detail).into());
    }
    let refusal = (!granted).then(|| note.unwrap_or_default());
    key.once(&hub, caller, body.fingerprint, async |work| {
        let document = work.consent(DocumentId(*id), revision.0, refusal).await?;
        shows_document(work, document).await
    })
    .await
}

/// 修改已发送的文书：得到一份修改稿，沿用文号；修改稿发送后取代原文书。
#[utoipa::path(post, path = "/api/v1/documents/{id}/amend", tag = "文书",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "文书编号")),
    request_body = AskedReason, responses((status = 201, body = DocumentView), Refusals))]
pub(super) async fn amend(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
    key: RepeatKey,
    body: Body<AskedReason>,
) -> Result<HttpResponse, Problem> {
    key.once(&hub, caller, body.fingerprint, async |work| {
        let document = work.amend(DocumentId(*id), &body.value.reason).await?;
        let (document, view) = shown(work, document).await?;
        let location = format!("/api/v1/documents/{}", document.id);
        Ok(created(location, &view)?.revised(document.revision))
    })
    .await
}

acts! {
    "文书", "文书编号", DocumentId => DocumentView, shows_document;

    /// 撤回已发送的文书：无人签收时收件单位不再看得到内容；已有签收时保留并注明，未办结的回复义务终止。
    recall, "/api/v1/documents/{id}/recall", AskedReason as AskedReason,
    |work, id, asked| work.recall(id, &asked.reason);

    /// 归档：此后不能再修改、撤回；收件单位仍可阅读和签收。
    archive, "/api/v1/documents/{id}/archive", Plain as Option<Plain>,
    |work, id, Plain {}| work.archive(id);
}
