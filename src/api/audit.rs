//! The audit.

use actix_web::web::{Data, Json};

use super::{
    Problem,
    openapi::Refusals,
    page::{self, Page, PageQuery},
    query::Query,
    views::AuditView,
};
use crate::app::{Caller, Hub, cursor};

/// 审计记录，从新到旧（审计管理员）；不含文书内容。
#[utoipa::path(get, path = "/api/v1/audit", tag = "审计", security(("bearer" = [])),
    params(PageQuery), responses((status = 200, body = Page<AuditView>), Refusals))]
pub(super) async fn list(
    hub: Data<Hub>,
    caller: Caller,
    query: Query<PageQuery>,
) -> Result<Json<Page<AuditView>>, Problem> {
    let limit = page::limit(&hub, query.limit)?;
    let before = cursor::key(query.cursor.as_deref())?;
    let shown = hub.audit(&caller, before, page::rows(limit)).await?;
    let names = shown.names;
    let view = |line| AuditView::of(line, &names);
    Ok(Json(page::page(
        shown.value,
        limit,
        |line| cursor::key_cursor(line.number),
        view,
    )))
}
