//! How things look on the wire: every code with its Chinese label beside it.

mod board;
mod bundle;
mod case_report;
mod client;
mod delivery;
mod document;
mod duty;
mod event;
mod found;
mod obligation;
mod registry;
mod statistics;

pub use board::*;
pub use bundle::*;
pub use case_report::*;
pub use client::*;
pub use delivery::*;
pub use document::*;
pub use duty::*;
pub use event::*;
pub use found::*;
pub use obligation::*;
pub use registry::*;
pub use statistics::*;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    app::Directory,
    domain::{UnitId, UserId},
};

/// RFC 3339 in UTC with milliseconds.
#[must_use]
pub fn instant(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// A unit, by name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UnitRef {
    /// 单位编号
    pub id: Uuid,
    /// 单位简称
    pub name: String,
}

impl UnitRef {
    /// The unit under its short name.
    #[must_use]
    pub fn of(id: UnitId, names: &Directory) -> Self {
        let name = names.unit(id).map(|unit| unit.short_name.clone());
        Self {
            id: id.0,
            name: name.unwrap_or_default(),
        }
    }
}

/// A person's act: who and when.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ActView {
    /// 人员编号
    pub user_id: Uuid,
    /// 姓名
    pub name: String,
    /// 时间
    pub at: String,
    /// 是否由程序账号（单位自有系统）所为
    pub by_machine: bool,
}

impl ActView {
    /// Who did it and when.
    #[must_use]
    pub fn of((by, at): (UserId, Timestamp), names: &Directory) -> Self {
        Self {
            user_id: by.0,
            name: names.user(by).unwrap_or_default().to_owned(),
            at: instant(at),
            by_machine: names.is_machine(by),
        }
    }
}
