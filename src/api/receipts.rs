//! Evidence statements.

use actix_web::web::{Data, Json, Path};
use uuid::Uuid;

use super::{Problem, openapi::Refusals, views::ReceiptView};
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
