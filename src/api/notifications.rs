//! Words to single people, inside the hub.

use actix_web::{
    HttpResponse,
    web::{Data, Json, Path},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    Problem,
    answers::{RepeatKey, nothing},
    openapi::Refusals,
    page::{self, Page},
    query::Query,
    views::instant,
};
use crate::{
    app::{Caller, Hub, cursor},
    domain::{Notification, NotificationFilter, NotificationId, Occasion},
};

/// 通知的筛选。
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NotificationQuery {
    /// 每页条数，默认 50，最多 100
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// 上一页返回的 `next_cursor`
    cursor: Option<String>,
    /// 只看未读的
    unread: Option<bool>,
}

/// The kept search that has found a document.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotifiedSearch {
    /// 检索编号；检索可能已经删除
    id: Uuid,
    /// 产生通知时的名称
    name: String,
}

impl NotifiedSearch {
    fn of(occasion: &Occasion) -> Option<Self> {
        match occasion {
            Occasion::Duty(_) => None,
            Occasion::Match { search, name } => Some(Self {
                id: search.0,
                name: name.clone(),
            }),
        }
    }
}

/// A word to somebody.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotificationView {
    /// 通知编号
    id: Uuid,
    /// 事项
    event: &'static str,
    /// 事项（中文）
    event_label: &'static str,
    /// 升级层级
    level: &'static str,
    /// 升级层级（中文）
    level_label: &'static str,
    /// 内容；只有事实，没有文书的内容
    text: String,
    /// 回复义务编号；由保存的检索产生的通知为 null
    obligation_id: Option<Uuid>,
    /// 产生此通知的保存的检索；关于回复义务的通知为 null
    saved_search: Option<NotifiedSearch>,
    /// 文书编号
    document_id: Uuid,
    /// 届满日
    due_on: Option<String>,
    /// 时间
    created_at: String,
    /// 何时已读
    read_at: Option<String>,
}

impl From<Notification> for NotificationView {
    fn from(one: Notification) -> Self {
        let (occasion, level) = (&one.occasion, one.occasion.level());
        let duty = occasion.duty();
        Self {
            id: one.id.0,
            event: occasion.code(),
            event_label: occasion.label(),
            level: level.code(),
            level_label: level.label(),
            text: one.text,
            obligation_id: duty.map(|duty| duty.obligation.0),
            document_id: one.document.0,
            due_on: duty
                .and_then(|duty| duty.due_on)
                .map(|date| date.to_string()),
            saved_search: NotifiedSearch::of(occasion),
            created_at: instant(one.created_at),
            read_at: one.read_at.map(instant),
        }
    }
}

/// 给当前用户（就所代表的单位）的通知，从新到旧。
#[utoipa::path(get, path = "/api/v1/notifications", tag = "通知", security(("bearer" = [])),
    params(NotificationQuery),
    responses((status = 200, body = Page<NotificationView>), Refusals))]
pub(super) async fn list(
    hub: Data<Hub>,
    caller: Caller,
    query: Query<NotificationQuery>,
) -> Result<Json<Page<NotificationView>>, Problem> {
    let limit = page::limit(&hub, query.limit)?;
    let after = cursor::place(query.cursor.as_deref())?;
    let filter = NotificationFilter {
        unread: query.unread.unwrap_or(false),
        after: after.map(|(at, id)| (at, NotificationId(id))),
    };
    let found = hub
        .notifications(&caller, &filter, page::rows(limit))
        .await?;
    Ok(Json(page::page(
        found,
        limit,
        |one| cursor::cursor(one.created_at, one.id.0),
        NotificationView::from,
    )))
}

/// 标为已读；首次已读的时间不变。
#[utoipa::path(post, path = "/api/v1/notifications/{id}/read", tag = "通知",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "通知编号")),
    responses((status = 204), Refusals))]
pub(super) async fn mark_read(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
    key: RepeatKey,
) -> Result<HttpResponse, Problem> {
    key.once(&hub, caller, [0; 32], async |work| {
        work.read_notification(NotificationId(*id)).await?;
        Ok(nothing())
    })
    .await
}
