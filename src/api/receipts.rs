//! Evidence statements.

use actix_web::{
    HttpResponse,
    http::header,
    web::{Data, Json, Path},
};
use uuid::Uuid;

use super::{
    Problem,
    openapi::Refusals,
    views::{BundleView, ReceiptView},
};
use crate::{
    app::{Caller, Hub},
    domain::EvidenceId,
};

/// 一份凭证：原文、签名和密钥编号，可离线验证。
#[utoipa::path(get, path = "/api/v1/receipts/{id}", tag = "凭证", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "凭证编号")),
    responses((status = 200, body = ReceiptView), Refusals))]
pub(super) async fn show(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<Json<ReceiptView>, Problem> {
    let shown = hub.receipt(&caller, EvidenceId(*id)).await?;
    Ok(Json(ReceiptView::of(shown.value, &shown.names)))
}

/// 凭证包：凭证、它之前的各份凭证和公钥，供离线核对（`wenshu verify-receipt`）。
#[utoipa::path(get, path = "/api/v1/receipts/{id}/bundle", tag = "凭证",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "凭证编号")),
    responses((status = 200, body = BundleView), Refusals))]
pub(super) async fn bundle(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let shown = hub.receipt_bundle(&caller, EvidenceId(*id)).await?;
    let name = format!("attachment; filename=\"receipt-{id}.json\"");
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_DISPOSITION, name))
        .json(BundleView::of(shown.value, hub.keys())))
}
