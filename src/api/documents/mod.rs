//! Documents: drafted, issued, sent, read.

use actix_web::{
    HttpRequest, HttpResponse,
    http::Method,
    web::{Data, Json, Path},
};
use uuid::Uuid;

pub(super) mod asked;

use asked::{AskedChange, AskedDraft, AskedIssue, AskedSend, Folder, ListQuery};

use super::{
    Problem,
    answers::{IfMatch, RepeatKey, Revised as _, at_revision, created, nothing, shows},
    body::Body,
    openapi::Refusals,
    page::{self, Page},
    query::Query,
    views::{CardView, DeliveryView, DocumentView, EventView, ListedView, ThreadView, VersionView},
};
use crate::{
    app::{Answer, Caller, Error, Hub, NumberWish, Result as AppResult, Work, cursor},
    domain::{Document, DocumentFilter, DocumentId},
};

/// Shows a document at the end of a change.
pub(super) async fn shown(
    work: &mut Work,
    document: Document,
) -> AppResult<(Document, DocumentView)> {
    let viewer = work.caller().acting_unit()?;
    let shown = work.shown(document).await?;
    let view = DocumentView::of(&shown.value, viewer, &shown.names, work.rules());
    Ok((shown.value, view))
}

pub(super) async fn shows_document(work: &mut Work, document: Document) -> AppResult<Answer> {
    let (document, view) = shown(work, document).await?;
    Ok(shows(&view)?.revised(document.revision))
}

/// 本单位可见的文书，按时间从新到旧；`box=sent` 是本单位发出的文书，附各收件单位的进展。
#[utoipa::path(get, path = "/api/v1/documents", tag = "文书", security(("bearer" = [])),
    params(ListQuery), responses((status = 200, body = Page<ListedView>), Refusals))]
pub(super) async fn list(
    hub: Data<Hub>,
    caller: Caller,
    query: Query<ListQuery>,
) -> Result<Json<Page<ListedView>>, Problem> {
    let query = query.into_inner();
    let limit = page::limit(&hub, query.limit)?;
    let after = cursor::place(query.cursor.as_deref())?.map(|(at, id)| (at, DocumentId(id)));
    if query.folder == Some(Folder::Sent) {
        query.refuse_narrowing()?;
        return sent_board(&hub, &caller, after, limit).await;
    }
    let filter = DocumentFilter {
        own: query.folder == Some(Folder::Own),
        state: query.state,
        kind: query.kind,
        after,
    };
    let shown = hub.documents(&caller, &filter, page::rows(limit)).await?;
    let names = shown.names;
    Ok(Json(page::page(
        shown.value,
        limit,
        |card| cursor::cursor(card.since, card.document.id.0),
        |card| ListedView {
            card: CardView::of(&card.document, &names, hub.rules()),
            deliveries: None,
        },
    )))
}

async fn sent_board(
    hub: &Hub,
    caller: &Caller,
    after: Option<(jiff::Timestamp, DocumentId)>,
    limit: usize,
) -> Result<Json<Page<ListedView>>, Problem> {
    let shown = hub.sent_board(caller, after, page::rows(limit)).await?;
    let names = shown.names;
    Ok(Json(page::page(
        shown.value,
        limit,
        |card| {
            let sent = card.document.sent.map(|(_, at)| at).unwrap_or_default();
            cursor::cursor(sent, card.document.id.0)
        },
        |card| ListedView {
            card: CardView::of(&card.document, &names, hub.rules()),
            deliveries: Some(card.tally.into()),
        },
    )))
}

/// 拟稿。
#[utoipa::path(post, path = "/api/v1/documents", tag = "文书", security(("bearer" = [])),
    request_body = AskedDraft, responses((status = 201, body = DocumentView), Refusals))]
pub(super) async fn draft(
    hub: Data<Hub>,
    caller: Caller,
    key: RepeatKey,
    body: Body<AskedDraft>,
) -> Result<HttpResponse, Problem> {
    let draft = body.value.into();
    key.once(&hub, caller, body.fingerprint, async |work| {
        let document = work.draft(draft).await?;
        let (document, view) = shown(work, document).await?;
        let location = format!("/api/v1/documents/{}", document.id);
        Ok(created(location, &view)?.revised(document.revision))
    })
    .await
}

/// 打开一件文书；收件单位人员打开即记录阅读，不等于签收。
#[utoipa::path(get, path = "/api/v1/documents/{id}", tag = "文书", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "文书编号")),
    responses((status = 200, body = DocumentView), Refusals))]
pub(super) async fn show(
    request: HttpRequest,
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    // `HEAD` hands nothing out, so nobody has read anything.
    let shown = if request.method() == Method::HEAD {
        hub.find_document(&caller, DocumentId(*id)).await?
    } else {
        hub.open_document(&caller, DocumentId(*id)).await?
    };
    let viewer = caller.acting_unit()?;
    let view = DocumentView::of(&shown.value, viewer, &shown.names, hub.rules());
    Ok(at_revision(shown.value.revision, &view))
}

/// 修改草稿；已会签的联合发文单位须重新会签。
#[utoipa::path(patch, path = "/api/v1/documents/{id}", tag = "文书", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "文书编号"),
           ("If-Match" = String, Header, description = "读取时得到的 ETag")),
    request_body = AskedChange, responses((status = 200, body = DocumentView), Refusals))]
pub(super) async fn redraft(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
    revision: IfMatch,
    key: RepeatKey,
    body: Body<AskedChange>,
) -> Result<HttpResponse, Problem> {
    let change = body.value.into();
    key.once(&hub, caller, body.fingerprint, async |work| {
        let document = work.redraft(DocumentId(*id), revision.0, change).await?;
        shows_document(work, document).await
    })
    .await
}

/// 删除草稿。
#[utoipa::path(delete, path = "/api/v1/documents/{id}", tag = "文书", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "文书编号"),
           ("If-Match" = String, Header, description = "读取时得到的 ETag")),
    responses((status = 204), Refusals))]
pub(super) async fn discard(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
    revision: IfMatch,
    key: RepeatKey,
) -> Result<HttpResponse, Problem> {
    key.once(&hub, caller, [0; 32], async |work| {
        work.discard(DocumentId(*id), revision.0).await?;
        Ok(nothing())
    })
    .await
}

/// 签发并编号（签发人；须已送审；拟稿人不能签发自己拟的文书）。
#[utoipa::path(post, path = "/api/v1/documents/{id}/issue", tag = "文书",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "文书编号")),
    request_body = Option<AskedIssue>, responses((status = 200, body = DocumentView), Refusals))]
pub(super) async fn issue(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
    key: RepeatKey,
    body: Body<AskedIssue>,
) -> Result<HttpResponse, Problem> {
    let wish = NumberWish {
        number: body.value.doc_number,
        prefix: body.value.prefix,
    };
    if wish.number.is_some() && wish.prefix.is_some() {
        let detail = "发文字号和机关代字只能填写一项";
        return Err(Error::invalid("/prefix", "conflicting", detail).into());
    }
    key.once(&hub, caller, body.fingerprint, async |work| {
        let document = work.issue(DocumentId(*id), wish).await?;
        shows_document(work, document).await
    })
    .await
}

/// 发送；返回的 sent.at 即法定发送时间，发送后内容不再改变。
#[utoipa::path(post, path = "/api/v1/documents/{id}/send", tag = "文书",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "文书编号")),
    request_body = Option<AskedSend>, responses((status = 200, body = DocumentView), Refusals))]
pub(super) async fn send(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
    key: RepeatKey,
    body: Body<AskedSend>,
) -> Result<HttpResponse, Problem> {
    key.once(&hub, caller, body.fingerprint, async |work| {
        let id = DocumentId(*id);
        let document = if body.value.historic {
            work.send_historic(id).await?
        } else {
            work.send(id).await?
        };
        shows_document(work, document).await
    })
    .await
}

/// 各收件单位的发送、到达、首次阅读、签收时间，含转发；收件单位只能看到自己的和自己转发的。
#[utoipa::path(get, path = "/api/v1/documents/{id}/deliveries", tag = "文书",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "文书编号")),
    responses((status = 200, body = Page<DeliveryView>), Refusals))]
pub(super) async fn deliveries(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<Json<Page<DeliveryView>>, Problem> {
    let viewer = caller.acting_unit()?;
    let shown = hub.deliveries(&caller, DocumentId(*id)).await?;
    let view = |card| DeliveryView::of(card, viewer, &shown.names);
    Ok(Json(Page {
        items: shown.value.iter().map(view).collect(),
        next_cursor: None,
    }))
}

/// 文书经历的事项及其凭证，从旧到新。
#[utoipa::path(get, path = "/api/v1/documents/{id}/history", tag = "文书",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "文书编号")),
    responses((status = 200, body = Page<EventView>), Refusals))]
pub(super) async fn history(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<Json<Page<EventView>>, Problem> {
    let shown = hub.history(&caller, DocumentId(*id)).await?;
    let view = |statement| EventView::of(statement, &shown.names);
    Ok(Json(Page {
        items: shown.value.statements.iter().map(view).collect(),
        next_cursor: None,
    }))
}

/// 来文、回复和各个版本，只列可见的。
#[utoipa::path(get, path = "/api/v1/documents/{id}/related", tag = "文书",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "文书编号")),
    responses((status = 200, body = ThreadView), Refusals))]
pub(super) async fn related(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<Json<ThreadView>, Problem> {
    let shown = hub.thread(&caller, DocumentId(*id)).await?;
    let view = |document: &Document| CardView::of(document, &shown.names, hub.rules());
    let versions = shown.value.versions.iter();
    Ok(Json(ThreadView {
        answers: shown.value.answers.as_ref().map(view),
        answered_by: shown.value.answered_by.iter().map(view).collect(),
        versions: versions
            .map(|document| VersionView {
                version: document.version,
                document: view(document),
            })
            .collect(),
    }))
}
