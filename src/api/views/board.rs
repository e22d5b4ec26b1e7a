use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::CardView;
use crate::{
    app::Colleague,
    domain::{BoxCount, Role, Tally},
};

/// How many deliveries lie in one box.
#[derive(Debug, Serialize, ToSchema)]
pub struct BoxCountView {
    /// 箱
    #[serde(rename = "box")]
    folder: &'static str,
    /// 箱（中文）
    box_label: &'static str,
    /// 件数，最多数到 999
    count: u64,
    /// 是否多于此数
    more: bool,
}

impl From<BoxCount> for BoxCountView {
    fn from(one: BoxCount) -> Self {
        Self {
            folder: one.folder.code(),
            box_label: one.folder.label(),
            count: one.count,
            more: one.more,
        }
    }
}

/// How far a sent document has come with its recipients.
#[derive(Debug, Serialize, ToSchema)]
pub struct TallyView {
    /// 主送、抄送单位数
    recipients: u64,
    /// 已到达
    arrived: u64,
    /// 已打开
    read: u64,
    /// 已签收，含视为签收
    signed: u64,
    /// 其中视为签收而无人签收的
    deemed: u64,
    /// 现处于退回的
    returned: u64,
    /// 其中待本单位处理的
    to_decide: u64,
    /// 另外转发到的单位数
    forwarded: u64,
}

impl From<Tally> for TallyView {
    fn from(tally: Tally) -> Self {
        Self {
            recipients: tally.recipients,
            arrived: tally.arrived,
            read: tally.read,
            signed: tally.signed,
            deemed: tally.deemed,
            returned: tally.returned,
            to_decide: tally.to_decide,
            forwarded: tally.forwarded,
        }
    }
}

/// A document in a list; on the board of its sender with how far it has come.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListedView {
    #[serde(flatten)]
    pub(in crate::api) card: CardView,
    /// 各收件单位的进展；只在 `box=sent` 时给出
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::api) deliveries: Option<TallyView>,
}

/// Somebody of the unit to whom a delivery may be given.
#[derive(Debug, Serialize, ToSchema)]
pub struct ColleagueView {
    /// 人员编号
    user_id: Uuid,
    /// 姓名
    name: String,
    /// 在本单位的角色
    roles: Vec<&'static str>,
}

impl From<Colleague> for ColleagueView {
    fn from(one: Colleague) -> Self {
        Self {
            user_id: one.user.0,
            name: one.name,
            roles: one.roles.into_iter().map(Role::code).collect(),
        }
    }
}
