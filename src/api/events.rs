//! The change feed: in pages, or as server-sent events that go on.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, header},
    web::Data,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    Problem, caller,
    openapi::Refusals,
    page,
    query::Query,
    streams::{self, Streams},
    views::FeedView,
};
use crate::app::{Caller, Error, Hub, Result};

/// 从哪里读起。
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventsQuery {
    /// 从此位置之后读起：事件的 `cursor` 或上一页的 `next_cursor`；`latest` 为现在；不写为从头
    after: Option<String>,
    /// 每页条数，默认 50，最多 100；事件流不分页
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// 本单位可以知道的事件，按发生的先后；`Accept: text/event-stream` 得到不断的事件流。
#[utoipa::path(get, path = "/api/v1/events", tag = "事件", security(("bearer" = [])),
    params(EventsQuery, ("last-event-id" = Option<String>, Header,
        description = "事件流断开后重连时的位置，优先于 after")),
    responses((status = 200, description = "一页事件，或事件流",
        content((FeedView = "application/json"), (String = "text/event-stream"))), Refusals))]
pub(super) async fn list(
    hub: Data<Hub>,
    streams: Data<Streams>,
    caller: Caller,
    query: Query<EventsQuery>,
    request: HttpRequest,
) -> std::result::Result<HttpResponse, Problem> {
    let query = query.into_inner();
    if wants_stream(&request) {
        let resumed = last_event_id(&request)?;
        let (named, pointer) = match &resumed {
            Some(id) => (Some(id.as_str()), "last-event-id"),
            None => (query.after.as_deref(), "after"),
        };
        let position = hub.position(&caller, named, pointer).await?;
        let token = caller::token(&request).ok_or(Error::Unauthenticated)?;
        return Ok(streams::open(&hub, &streams, (caller, token), position)?);
    }
    let limit = page::limit(&hub, query.limit)?;
    let position = hub
        .position(&caller, query.after.as_deref(), "after")
        .await?;
    let shown = hub.events(&caller, position, limit).await?;
    Ok(HttpResponse::Ok().json(FeedView::of(shown.value, &shown.names)))
}

/// Whether a stream is asked for. `HEAD` has nothing to stream.
fn wants_stream(request: &HttpRequest) -> bool {
    let accepted = request.headers().get_all(header::ACCEPT);
    let mut accepted = accepted.filter_map(|value| value.to_str().ok());
    request.method() == Method::GET
        && accepted.any(|value| {
            let mut types = value.split(',');
            types.any(|one| {
                let name = one.split(';').next().unwrap_or_default();
                name.trim().eq_ignore_ascii_case("text/event-stream")
            })
        })
}

fn last_event_id(request: &HttpRequest) -> Result<Option<String>> {
    let Some(value) = request.headers().get("last-event-id") else {
        return Ok(None);
    };
    let text = value.to_str().map_err(|_| {
        Error::invalid(
            "last-event-id",
            "malformed",
            "事件位置无效，请使用接口返回的 cursor",
        )
    })?;
    Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
}
