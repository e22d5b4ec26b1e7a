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
    domain::{Notification, NotificationFilter, NotificationId},
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
    /// 回复义务编号
    obligation_id: Uuid,
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
        Self {
            id: one.id.0,
            event: one.event.code(),
            event_label: one.event.label(),
            level: one.level.code(),
            level_label: one.level.label(),
            text: one.text,
            obligation_id: one.obligation.0,
            document_id: one.document.0,
            due_on: one.due_on.map(|date| date.to_string()),
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
