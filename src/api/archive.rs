//! Handing out the 档案包 of a document.

use actix_web::{
    HttpRequest, HttpResponse,
    http::Method,
    web::{Data, Path},
};
use futures_util::TryStreamExt as _;
use uuid::Uuid;

use super::{Problem, files::inert, openapi::Refusals};
use crate::{
    app::{Caller, Hub},
    domain::DocumentId,
};

/// 下载档案包（ZIP）：原件、元数据、过程、凭证和目录，以本单位可见的为限。收件单位人员下载即记录阅读。
#[utoipa::path(get, path = "/api/v1/documents/{id}/archive", tag = "文书",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "文书编号")),
    responses((status = 200, body = Vec<u8>, content_type = "application/zip"), Refusals))]
pub(super) async fn download(
    request: HttpRequest,
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let id = DocumentId(*id);
    let mut response = HttpResponse::Ok();
    if request.method() == Method::HEAD {
        // Nothing is handed out, so nobody has read anything.
        hub.find_document(&caller, id).await?;
        let package = hub.package(caller.unit()?, id).await?;
        inert(&mut response, &package.name, "application/zip");
        return Ok(response.finish());
    }
    let package = hub.archive(&caller, id).await?;
    inert(&mut response, &package.name, "application/zip");
    let bytes = package.into_parcel()?;
    Ok(response.streaming(bytes.map_err(actix_web::error::ErrorInternalServerError)))
}
