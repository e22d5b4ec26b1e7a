//! The duties to reply.

use actix_web::web::{Data, Json, Path};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    Problem,
    openapi::Refusals,
    page::{self, Page},
    query::Query,
    views::{DutyView, ObligationView},
};
use crate::{
    app::{Caller, Hub, Side, cursor},
    domain::{ObligationFilter, ObligationId, ObligationState},
};

/// 回复义务的筛选。
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ObligationQuery {
    /// 每页条数，默认 50，最多 100
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// 上一页返回的 `next_cursor`
    cursor: Option<String>,
    /// owed 本单位应回复的（默认），due 应回复本单位的，all 全部（联席会议办公室）
    side: Option<SideCode>,
    /// 状态：`awaiting_signature`、`awaiting_registration`、`in_progress`、`objecting`、
    /// `extending`、`supplementing`、`replied`、`evaluated`、`closed`、`suspended`、`withdrawn`
    #[param(value_type = Option<String>)]
    state: Option<ObligationState>,
}

/// 从哪一方看。
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SideCode {
    /// 本单位应回复的
    Owed,
    /// 应回复本单位的
    Due,
    /// 全部
    All,
}

impl From<SideCode> for Side {
    fn from(side: SideCode) -> Self {
        match side {
            SideCode::Owed => Self::Owed,
            SideCode::Due => Self::Due,
            SideCode::All => Self::All,
        }
    }
}

/// 台账：回复义务，从新到旧。
#[utoipa::path(get, path = "/api/v1/obligations", tag = "回复义务", security(("bearer" = [])),
    params(ObligationQuery), responses((status = 200, body = Page<ObligationView>), Refusals))]
pub(super) async fn list(
    hub: Data<Hub>,
    caller: Caller,
    query: Query<ObligationQuery>,
) -> Result<Json<Page<ObligationView>>, Problem> {
    let limit = page::limit(&hub, query.limit)?;
    let filter = ObligationFilter {
        state: query.state,
        after: cursor::place(query.cursor.as_deref())?.map(|(at, id)| (at, ObligationId(id))),
    };
    let side = query.side.map_or(Side::Owed, Into::into);
    let shown = hub
        .obligations(&caller, side, &filter, page::rows(limit))
        .await?;
    let (names, now) = (shown.names, hub.now());
    Ok(Json(page::page(
        shown.value,
        limit,
        |line| cursor::cursor(line.obligation.created_at, line.obligation.id.0),
        |line| ObligationView::of(line, now, &names, hub.rules()),
    )))
}

/// 一项回复义务：期限的由来和依据、全部经过、现在可以做什么。
#[utoipa::path(get, path = "/api/v1/obligations/{id}", tag = "回复义务",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "回复义务编号")),
    responses((status = 200, body = DutyView), Refusals))]
pub(super) async fn show(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<Json<DutyView>, Problem> {
    let shown = hub.obligation(&caller, ObligationId(*id)).await?;
    Ok(Json(DutyView::of(
        shown.value,
        hub.now(),
        &shown.names,
        hub.rules(),
    )))
}
