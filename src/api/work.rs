//! What a unit has to do today.

use actix_web::web::{Data, Json};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Problem, openapi::Refusals};
use crate::app::{Caller, Hub, Today};

/// What waits for the caller's unit, counted.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkView {
    /// 今天（北京时间）
    on: String,
    /// 本周的最后一日
    week_ends_on: String,
    /// 待签收的文书
    unsigned: u64,
    /// 待登记的回复义务
    to_register: u64,
    /// 本周内（含今天）到期的回复
    due_this_week: u64,
    /// 已逾期的回复
    overdue: u64,
    /// 等待本单位评价的回复
    to_evaluate: u64,
    /// 等待决定的延期申请
    extensions_to_decide: u64,
    /// 等待决定的异议
    objections_to_decide: u64,
    /// 他单位逾期未回复本单位的
    overdue_to_us: u64,
}

impl From<Today> for WorkView {
    fn from(today: Today) -> Self {
        let tally = today.tally;
        Self {
            on: today.on.to_string(),
            week_ends_on: today.week_ends_on.to_string(),
            unsigned: tally.unsigned,
            to_register: tally.to_register,
            due_this_week: tally.due_soon,
            overdue: tally.overdue,
            to_evaluate: tally.to_evaluate,
            extensions_to_decide: tally.extensions,
            objections_to_decide: tally.objections,
            overdue_to_us: tally.late_to_us,
        }
    }
}

/// 本单位今天要办的事，只有数目，各数到 1000 为止（1000 即不少于 1000）；逐件见收件箱和回复义务列表。
#[utoipa::path(get, path = "/api/v1/work", tag = "回复义务", security(("bearer" = [])),
    responses((status = 200, body = WorkView), Refusals))]
pub(super) async fn show(hub: Data<Hub>, caller: Caller) -> Result<Json<WorkView>, Problem> {
    Ok(Json(hub.today(&caller).await?.into()))
}
